//! Which rows of the models speak of which expressions: patterns are matched once for each different path.

use rayon::prelude::*;

use crate::ir::NodeId;
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
}

const SUBJECTS: [Subject; 5] = [Subject::Callee, Subject::Member, Subject::Assigned, Subject::Type, Subject::Compared];

impl Labels {
    pub(super) fn new(program: &Program<'_>, knowledge: &Knowledge) -> Self {
        let paths: Vec<_> = program.all_paths().collect();
        Self { hits: paths.into_par_iter().map(|(_, path)| hits(knowledge, path)).collect() }
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
        let hits = program.path_id(at.0, at.1).map_or(&[][..], |path| self.of(path));
        hits.iter()
            .filter(move |hit| hit.subject == subject && (is_new || !hit.only_new))
            .map(|hit| hit.row)
            .filter(move |&row| knowledge.models.speaks(row, language))
    }

    /// All rows that speak of anything; ordered.
    pub(super) fn fired(&self) -> Vec<RowId> {
        let mut rows: Vec<_> = self.hits.iter().flat_map(|hits| hits.iter().map(|hit| hit.row)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Whether any row speaks of an expression, whatever its language.
    pub(super) fn is_labelled(&self, program: &Program<'_>, unit: UnitId, node: NodeId) -> bool {
        program.path_id(unit, node).is_some_and(|path| !self.of(path).is_empty())
    }

    fn of(&self, path: PathId) -> &[Hit] {
        &self.hits[path.0 as usize]
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
    // What is known of this very path counts; guesses by the last name are for paths that nothing is known of.
    for subject in SUBJECTS {
        let is_known = |hit: &Hit| hit.subject == subject && !hit.is_guess && is_certain(knowledge.models.row_of(hit.row));
        if hits.iter().any(is_known) {
            hits.retain(|hit| hit.subject != subject || !hit.is_guess || knowledge.models.row_of(hit.row).is_check());
        }
    }
    hits.into()
}

/// Whether a row always says what its subject does. One with a condition may say nothing of a call: then guesses count.
const fn is_certain(row: &Row) -> bool {
    row.argument.is_empty() && !row.is_check()
}
