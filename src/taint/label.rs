//! Which rows of the models speak of which expressions: patterns are matched once for each different path.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ir::{Expr, NodeId, Unit, VariableId};
use crate::program::{PathId, Program, UnitId};
use crate::rule::model::{Row, RowId, Subject};
use crate::rule::{Knowledge, Matched};

/// A row that speaks of a path.
#[derive(Clone, Copy, Debug)]
struct Hit {
    row: RowId,
    subject: Subject,
    /// Only where the path is constructed.
    only_new: bool,
    /// Known by the last name alone.
    is_guess: bool,
}

/// All rows that speak of anything in a program.
#[derive(Debug)]
pub(super) struct Labels {
    /// By path.
    hits: Vec<Box<[Hit]>>,
    /// By unit: what is known of expressions by the names with which they are written, where their paths say nothing.
    spoken: Vec<FxHashMap<NodeId, Box<[Hit]>>>,
}

impl Labels {
    pub(super) fn new(program: &Program<'_>, knowledge: &Knowledge) -> Self {
        let paths: Vec<_> = program.all_paths().collect();
        let mut labels = Self { hits: paths.into_par_iter().map(|(_, path)| hits(knowledge, path)).collect(), spoken: Vec::new() };
        let ids: Vec<_> = program.unit_ids().collect();
        labels.spoken = ids.into_par_iter().map(|id| labels.spoken_in(program, knowledge, id)).collect();
        labels
    }

    /// What rows that know an object by its name say of the expressions of a unit.
    fn spoken_in(&self, program: &Program<'_>, knowledge: &Knowledge, id: UnitId) -> FxHashMap<NodeId, Box<[Hit]>> {
        let unit = program.unit(id);
        let is_spoken: Vec<_> = unit.names.iter().map(|(_, name)| knowledge.models.is_spoken(name)).collect();
        // Loggers and the like are spoken to again and again.
        let mut known: FxHashMap<String, Box<[Hit]>> = FxHashMap::default();
        let mut is_other: FxHashMap<PathId, bool> = FxHashMap::default();
        let spoken = unit.all_nodes().filter_map(|(node, content)| {
            let Expr::Field { name, .. } = content.expr else { return None };
            if !is_spoken[name.0 as usize] || self.is_certain(program, id, node, knowledge) {
                return None;
            }
            let names_other = |path| program.path_text(path).split('.').any(|name| knowledge.lexicon.is_other_type(name));
            if program.path_id(id, node).is_some_and(|path| *is_other.entry(path).or_insert_with(|| names_other(path))) {
                return None;
            }
            let name = Spoken { program, id, unit }.name(node, MAX_DEPTH)?;
            let speaks = |hit: &Hit| !hit.is_guess && knowledge.models.speaks(hit.row, unit.language);
            let find = |name: &String| hits(knowledge, name).into_iter().filter(speaks).collect();
            let hits = known.entry(name).or_insert_with_key(find);
            (!hits.is_empty()).then(|| (node, hits.clone()))
        });
        spoken.collect()
    }

    /// Whether a row always says what an expression is or does, known by its path.
    fn is_certain(&self, program: &Program<'_>, unit: UnitId, node: NodeId, knowledge: &Knowledge) -> bool {
        let hits = program.path_id(unit, node).map_or(&[][..], |path| &self.hits[path.0 as usize]);
        let language = program.unit(unit).language;
        let is_certain = |hit: &Hit| !hit.is_guess && is_certain(knowledge.models.row_of(hit.row));
        hits.iter().any(|hit| is_certain(hit) && knowledge.models.speaks(hit.row, language))
    }

    /// The rows that speak of an expression of a unit, met in a certain way; ordered.
    pub(super) fn rows<'l>(
        &'l self,
        world: (&'l Program<'_>, &'l Knowledge),
        at: (UnitId, NodeId),
        subject: Subject,
        is_new: bool,
    ) -> impl Iterator<Item = RowId> + 'l {
        let (program, knowledge) = world;
        let language = program.unit(at.0).language;
        let hits = speaking(knowledge, self.of(program, at), subject, language);
        hits.filter(move |hit| is_new || !hit.only_new).map(|hit| hit.row)
    }

    /// The rows that speak of a callee with a path; ordered.
    pub(super) fn rows_of(knowledge: &Knowledge, path: &str, language: &str) -> Vec<RowId> {
        let hits = hits(knowledge, path);
        speaking(knowledge, &hits, Subject::Callee, language).filter(|hit| !hit.only_new).map(|hit| hit.row).collect()
    }

    /// All rows that speak of anything; ordered.
    pub(super) fn fired(&self) -> Vec<RowId> {
        let spoken = self.spoken.iter().flat_map(|unit| unit.values());
        let mut rows: Vec<_> = self.hits.iter().chain(spoken).flat_map(|hits| hits.iter().map(|hit| hit.row)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Whether any row speaks of an expression, whatever its language.
    pub(super) fn is_labelled(&self, program: &Program<'_>, unit: UnitId, node: NodeId) -> bool {
        !self.of(program, (unit, node)).is_empty()
    }

    fn of(&self, program: &Program<'_>, (unit, node): (UnitId, NodeId)) -> &[Hit] {
        if let Some(spoken) = self.spoken[unit.0 as usize].get(&node) {
            return spoken;
        }
        program.path_id(unit, node).map_or(&[][..], |path| &self.hits[path.0 as usize])
    }
}

/// The names with which an expression is written, as a path of which only they are known: `?logger.info` for a logger that is
/// injected, imported from a library on no list, or of a declared type.
struct Spoken<'s, 'a> {
    program: &'s Program<'a>,
    id: UnitId,
    unit: &'a Unit,
}

/// How many members of members are spoken.
const MAX_DEPTH: u32 = 6;

impl Spoken<'_, '_> {
    fn name(&self, node: NodeId, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match *self.unit.expr(node) {
            Expr::Field { base, name } => {
                let name = self.unit.name(name);
                if self.is_receiver(base) {
                    return Some(format!("?{name}"));
                }
                Some(format!("{}.{name}", self.name(base, depth)?))
            }
            Expr::Call { callee, .. } => Some(format!("{}()", self.name(callee, depth)?)),
            Expr::Typed { value, .. } => self.name(value, depth),
            Expr::Variable(variable) => self.variable(variable),
            _ => None,
        }
    }

    /// Whether an expression is the receiver, or was kept as it for a class or function within.
    fn is_receiver(&self, node: NodeId) -> bool {
        match *self.unit.expr(node) {
            Expr::This => true,
            Expr::Variable(variable) => {
                let definition = self.unit.variable(variable).definition;
                definition.is_some_and(|node| matches!(self.unit.expr(node), Expr::This))
            }
            _ => false,
        }
    }

    /// The name of a variable, unless it is known what it holds: what a library makes, something of the tree.
    fn variable(&self, variable: VariableId) -> Option<String> {
        let declared = self.unit.variable(variable);
        let is_described = declared.definition.is_some_and(|definition| match *self.unit.expr(definition) {
            Expr::Call { callee, .. } => self.program.path(self.id, callee).is_some_and(|path| !path.starts_with('?')),
            Expr::Literal(_) | Expr::Object(_) | Expr::Array(_) | Expr::Closure(_) | Expr::Class(_) => true,
            _ => false,
        });
        let name = self.unit.name(declared.name);
        (!is_described && !name.is_empty()).then(|| format!("?{name}"))
    }
}

fn hits(knowledge: &Knowledge, path: &str) -> Box<[Hit]> {
    let mut hits: Vec<Hit> = Vec::new();
    for Matched { owner: (row, subject), only_new, is_guess } in knowledge.models.about(path) {
        match hits.iter_mut().find(|hit| (hit.row, hit.subject) == (row, subject)) {
            Some(hit) => {
                hit.only_new &= only_new;
                hit.is_guess &= is_guess;
            }
            None => hits.push(Hit { row, subject, only_new, is_guess }),
        }
    }
    hits.sort_unstable_by_key(|hit| (hit.row, hit.subject));
    hits.into()
}

/// The rows of some hits that speak of a subject in a language. What is known of a very path counts; guesses by the last name are
/// for paths of which nothing is known in that language.
fn speaking<'h>(knowledge: &'h Knowledge, hits: &'h [Hit], subject: Subject, language: &'h str) -> impl Iterator<Item = &'h Hit> {
    let of_language = move |hit: &&Hit| hit.subject == subject && knowledge.models.speaks(hit.row, language);
    let is_certain = |hit: &Hit| !hit.is_guess && is_certain(knowledge.models.row_of(hit.row));
    let is_known = hits.iter().any(|hit| is_certain(hit) && of_language(&hit));
    let counts = move |hit: &&Hit| !is_known || !hit.is_guess || knowledge.models.row_of(hit.row).is_check();
    hits.iter().filter(of_language).filter(counts)
}

/// Whether a row always says what its subject does. One with a condition may say nothing of a call: then guesses count.
const fn is_certain(row: &Row) -> bool {
    row.argument.is_empty() && !row.is_check()
}
