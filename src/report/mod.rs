//! What a scan tells: one [`Report`], written in one of several formats.

mod coverage;
mod gate;

pub use coverage::{Coverage, Language};
pub use gate::{Gate, Outcome};

use crate::finding::Triage;
use crate::rule::{Date, RuleSet};
use crate::source::{Digest, Notice};

/// The result of a scan.
#[derive(Clone, Debug)]
pub struct Report {
    /// The day on which the tree was judged.
    pub as_of: Date,
    /// Of the tree; None for one that exists only in memory.
    pub digest: Option<Digest>,
    /// The rules that were applied.
    pub rules: RuleSet,
    /// The findings.
    pub triage: Triage,
    /// How much was read.
    pub coverage: Coverage,
    /// Remarks about the analysis, ordered by path and line.
    pub notices: Vec<Notice>,
    /// When the run fails.
    pub gate: Gate,
}
