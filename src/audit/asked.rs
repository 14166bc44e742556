//! What all rules and facts together ask of texts: each file is passed over once for the words that their patterns require.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fact::asked_by;
use super::prefilter::Prefilter;
use crate::rule::{Fact, Match, Requirement, Rule, RuleSet, TextPattern};
use crate::source::{FileId, SourceFile};
use crate::target::Workspace;

/// The patterns that rules and facts have, numbered.
#[derive(Debug)]
pub struct Patterns {
    prefilter: Prefilter,
    /// The numbers of the patterns of each `[match.text]`, by rule.
    of_rules: FxHashMap<String, Vec<Range<usize>>>,
    /// The number of each pattern of a fact or a function, by its text.
    of_facts: FxHashMap<String, usize>,
}

/// Which patterns may match a text, as far as that is known: by its words at first, and less those that were tried in vain.
#[derive(Debug)]
pub struct Possible {
    /// The numbers of the patterns, ascending.
    by_words: Box<[usize]>,
    tried: Mutex<FxHashSet<usize>>,
}

impl Possible {
    /// The numbers of the patterns, ascending.
    fn numbers(&self) -> Vec<usize> {
        let tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        self.by_words.iter().copied().filter(|number| !tried.contains(number)).collect()
    }
}

/// Which patterns may match in which file.
#[derive(Debug)]
pub struct Texts<'p> {
    patterns: &'p Patterns,
    /// By file.
    possible: Vec<Arc<Possible>>,
}

impl Patterns {
    /// Those that rules match and ask in their conditions, and those of further facts.
    #[must_use]
    pub fn new<'a>(rules: &'a RuleSet, facts: impl Iterator<Item = &'a Fact>) -> Self {
        let mut patterns: Vec<(Requirement, &[String])> = Vec::new();
        let mut of_rules: FxHashMap<String, Vec<_>> = FxHashMap::default();
        for (rule, matcher) in rules.rules.iter().flat_map(|rule| rule.body.matchers.iter().map(move |matcher| (rule, matcher))) {
            if let Match::Text(text) = matcher {
                let first = patterns.len();
                patterns.extend(text.pattern.iter().map(|pattern| (pattern.requirement(), text.keyword.as_slice())));
                of_rules.entry(rule.id.clone()).or_default().push(first..patterns.len());
            }
        }
        let mut of_facts = FxHashMap::default();
        let asked = rules.rules.iter().flat_map(|rule| asked_by(rule)).chain(facts).flat_map(|fact| &fact.text);
        let of_functions = rules.rules.iter().flat_map(|rule| rule.body.matchers.iter()).filter_map(|matcher| match matcher {
            Match::Function(function) => function.text.as_ref(),
            _ => None,
        });
        for pattern in asked.chain(of_functions) {
            of_facts.entry(pattern.text().to_owned()).or_insert_with(|| {
                patterns.push((pattern.requirement(), &[]));
                patterns.len() - 1
            });
        }
        Self { prefilter: Prefilter::new(patterns), of_rules, of_facts }
    }

    /// Those that may match a text.
    #[must_use]
    pub fn possible_in(&self, text: &str) -> Possible {
        Possible { by_words: self.prefilter.candidates(text).into(), tried: Mutex::default() }
    }
}

impl<'p> Texts<'p> {
    /// Of all files of a tree, each by `possible`, which knows the answers of [`Patterns::possible_in`]. The patterns may be those of
    /// more rules than are applied.
    #[must_use]
    pub fn new(
        patterns: &'p Patterns,
        workspace: &Workspace,
        possible: impl Fn(&SourceFile) -> Arc<Possible> + Sync + Send,
    ) -> Self {
        Self { patterns, possible: workspace.files.par_iter().map(possible).collect() }
    }

    /// The numbers of the patterns of a rule, for each of its `[match.text]` in order.
    pub(super) fn patterns_of(&self, rule: &Rule) -> &[Range<usize>] {
        self.patterns.of_rules.get(&rule.id).map_or(&[], Vec::as_slice)
    }

    /// The numbers of the patterns that may match in a file, ascending.
    pub(super) fn possible(&self, file: FileId) -> Vec<usize> {
        self.possible[file.0 as usize].numbers()
    }

    /// Notes that a pattern matches nowhere in a file: a later scan of the same text need not try.
    pub(super) fn in_vain(&self, file: FileId, number: usize) {
        self.possible[file.0 as usize].tried.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
    }

    /// Whether a pattern of a fact or a function may match in a file.
    pub(super) fn is_possible(&self, file: FileId, pattern: &TextPattern) -> bool {
        let number = self.patterns.of_facts.get(pattern.text());
        number.is_none_or(|number| self.possible[file.0 as usize].by_words.binary_search(number).is_ok())
    }
}
