//! Who reads a shared place, by what they ask of what lies there: a listener that compares `message.type` with one text gets no
//! message of another type, so that senders and listeners of one channel are joined before anything flows between them.

use rustc_hash::FxHashMap;

use super::access::{Path, Symbol};
use super::graph::{Edge, Graph};
use super::mark::{Condition, ConditionSet, Mark};
use super::origin::Atom;
use crate::program::FunctionRef;

/// The readers of a shared place.
#[derive(Debug, Default)]
pub(super) struct Audience {
    /// Every reader.
    all: Vec<FunctionRef>,
    /// By number: readers that take anything.
    open: Vec<usize>,
    /// Those that take only what has certain texts at a member.
    choosy: Vec<Choice>,
}

/// Readers by the texts that they ask for at one member.
#[derive(Debug)]
struct Choice {
    member: Path,
    all: Vec<usize>,
    by_text: FxHashMap<Symbol, Vec<usize>>,
}

impl Audience {
    /// Of the functions that read a place, with their graphs.
    pub(super) fn of<'g>(readers: impl Iterator<Item = (FunctionRef, &'g Graph)>, place: Atom) -> Self {
        let mut audience = Self::default();
        // Those that do nothing with what they read are none.
        for (number, (reader, graph)) in readers.filter(|(_, graph)| !graph.edges_from(place).is_empty()).enumerate() {
            audience.all.push(reader);
            match asked_of(graph, place) {
                None => audience.open.push(number),
                Some((member, texts)) => {
                    let choice = audience.choice(member);
                    choice.all.push(number);
                    texts.iter().for_each(|text| choice.by_text.entry(*text).or_default().push(number));
                }
            }
        }
        audience
    }

    fn choice(&mut self, member: Path) -> &mut Choice {
        let known = self.choosy.iter().position(|choice| choice.member == member);
        let index = known.unwrap_or_else(|| {
            self.choosy.push(Choice { member, all: Vec::new(), by_text: FxHashMap::default() });
            self.choosy.len() - 1
        });
        &mut self.choosy[index]
    }

    /// Those that may take what bears a mark, in the order in which they were given.
    pub(super) fn of_mark(&self, mark: Mark) -> Vec<FunctionRef> {
        if mark.is_none() || self.choosy.is_empty() {
            return self.all.clone();
        }
        let mut numbers = self.open.clone();
        for choice in &self.choosy {
            let fitting = if choice.member == mark.member() { choice.by_text.get(&mark.text()) } else { Some(&choice.all) };
            numbers.extend(fitting.into_iter().flatten());
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| self.all[number]).collect()
    }
}

/// The member and the texts that every way from a place into a function asks for; None if some way asks for nothing.
fn asked_of(graph: &Graph, place: Atom) -> Option<(Path, Vec<Symbol>)> {
    let mut asked: Option<(Path, Vec<Symbol>)> = None;
    for edge in graph.edges_from(place) {
        let condition = condition_of(graph, edge, place)?;
        let (member, texts) = asked.get_or_insert_with(|| (condition.member, Vec::new()));
        if *member != condition.member {
            return None;
        }
        texts.extend(&condition.texts);
    }
    asked
}

/// A comparison of the place that an edge needs.
fn condition_of<'g>(graph: &'g Graph, edge: &Edge, place: Atom) -> Option<&'g Condition> {
    let is_needed = |index: usize| ConditionSet::one(index) != ConditionSet::EMPTY && ConditionSet::one(index).is_subset(edge.when);
    let mut conditions = graph.conditions.iter().enumerate();
    conditions.find(|(index, it)| is_needed(*index) && it.is_one && it.atom == place).map(|(_, condition)| condition)
}
