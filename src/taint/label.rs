//! Which rows of the models speak of which expressions: patterns are matched once for each different path.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ir::NodeId;
use crate::program::{PathId, Program, UnitId};
use crate::rule::Knowledge;
use crate::rule::model::{Effect, RowId, Subject};

/// A row that speaks of a path.
#[derive(Clone, Copy, Debug)]
struct Hit {
    row: RowId,
    subject: Subject,
    /// Only where the path is constructed.
    only_new: bool,
}

/// All rows that speak of anything in a program.
#[derive(Debug)]
pub(super) struct Labels {
    by_path: FxHashMap<PathId, Box<[Hit]>>,
}

const SUBJECTS: [Subject; 5] = [Subject::Callee, Subject::Member, Subject::Assigned, Subject::Type, Subject::Compared];

impl Labels {
    pub(super) fn new(program: &Program<'_>, knowledge: &Knowledge) -> Self {
        let paths: Vec<_> = program.all_paths().collect();
        let hits = paths.into_par_iter().filter_map(|(id, path)| Some((id, hits(knowledge, path)?)));
        Self { by_path: hits.collect() }
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
        let path = program.path_id(at.0, at.1);
        let hits = path.and_then(|path| self.by_path.get(&path)).map_or(&[][..], |hits| hits);
        hits.iter()
            .filter(move |hit| hit.subject == subject && (is_new || !hit.only_new))
            .map(|hit| hit.row)
            .filter(move |&row| knowledge.models.speaks(row, language))
    }

    /// All rows that speak of anything; ordered.
    pub(super) fn fired(&self) -> Vec<RowId> {
        let mut rows: Vec<_> = self.by_path.values().flat_map(|hits| hits.iter().map(|hit| hit.row)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Whether any row speaks of an expression, whatever its language.
    pub(super) fn is_labelled(&self, program: &Program<'_>, unit: UnitId, node: NodeId) -> bool {
        program.path_id(unit, node).is_some_and(|path| self.by_path.contains_key(&path))
    }
}

fn hits(knowledge: &Knowledge, path: &str) -> Option<Box<[Hit]>> {
    let models = &knowledge.models;
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut hits = Vec::new();
    for row in models.candidates(last) {
        for subject in SUBJECTS {
            if models.is_about(row, subject, path, true) {
                hits.push(Hit { row, subject, only_new: !models.is_about(row, subject, path, false) });
            }
        }
    }
    // What is known of this very path counts; guesses by the last name are for paths that nothing is known of.
    let exact = |hit: &Hit| !models.is_guess(hit.row, hit.subject, path);
    for subject in SUBJECTS {
        let of_subject = |hit: &&Hit| hit.subject == subject;
        let has_exact = hits.iter().filter(of_subject).any(|hit| exact(hit) && !is_check(knowledge, hit.row));
        if has_exact {
            hits.retain(|hit| hit.subject != subject || exact(hit) || is_check(knowledge, hit.row));
        }
    }
    (!hits.is_empty()).then(|| hits.into())
}

fn is_check(knowledge: &Knowledge, row: RowId) -> bool {
    matches!(knowledge.models.row_of(row).effect, Effect::Guard(..))
}
