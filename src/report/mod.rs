//! What a scan tells: one [`Report`], written in one of several formats.

mod adjustments;
mod coverage;
mod csv;
mod cyclonedx;
mod gate;
mod github;
mod gitlab;
pub(crate) mod html;
mod json;
mod junit;
mod knowledge;
pub mod label;
pub mod languages;
mod markdown;
mod openvex;
mod order;
mod page;
mod prose;
mod sarif;
mod screen;
pub mod site;
mod standards;
mod steps;
mod subject;
mod sum;
mod table;
mod text;

pub use adjustments::{Adjustments, Regraded, Silenced};
pub use coverage::{Coverage, Language};
pub use gate::{Gate, Outcome};
pub(crate) use steps::first_rules;
pub use subject::{Subject, TOOL_VERSION};
pub use sum::sum;

use std::io::{self, Write};

use crate::advisory::Knowledge;
use crate::advisory::inventory::Component;
use crate::audit::Profile;
use crate::finding::{Review, Triage};
use crate::label::Answer;
use crate::risk::Assessment;
use crate::rule::{Date, RuleSet};
use crate::source::{Digest, Notice};

use text::counted;

/// The result of a scan.
#[derive(Clone, Debug)]
pub struct Report {
    /// The day on which the tree was judged.
    pub as_of: Date,
    /// Of the tree; None for one that exists only in memory.
    pub digest: Option<Digest>,
    /// What the tree is.
    pub profile: Vec<Profile>,
    /// The rules that were applied.
    pub rules: RuleSet,
    /// The findings.
    pub triage: Triage,
    /// What they mean together.
    pub assessment: Assessment,
    /// The packages of its lockfiles.
    pub inventory: Vec<Component>,
    /// What was known about packages: the embedded advisories, and the user's own store if there is one.
    pub knowledge: Vec<Knowledge>,
    /// How much was read.
    pub coverage: Coverage,
    /// Remarks about the analysis, ordered by path and line.
    pub notices: Vec<Notice>,
    /// When the run fails.
    pub gate: Gate,
    /// What was scanned, and how.
    pub subject: Subject,
    /// What settings, comments and options changed.
    pub adjustments: Adjustments,
    /// What reviewers said before, if they did; it comments and compares, and changes no number.
    pub review: Option<Review>,
    /// Plain answers for somebody who asks whether to trust it; empty unless they were asked for.
    pub answers: Vec<Answer>,
    /// Where the pages of [`site`] are published, if they are.
    pub rule_pages: Option<String>,
}

impl Report {
    /// How the run ends.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.gate.outcome(self)
    }
}

/// How a report is to look, where the format leaves a choice.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Characters in a line.
    pub width: usize,
    /// Whether terminal colours are wanted.
    pub color: bool,
    /// Whether a summary is wanted where a format has one: Markdown that fits into a comment.
    pub summary: bool,
    /// Whether excerpts, flows, reasons and fixes follow the first screen.
    pub full: bool,
    /// Whether the wallet is compared with one that was warned of in public.
    pub resemblance: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false, summary: false, full: false, resemblance: false }
    }
}

/// A format.
pub trait Reporter: std::fmt::Debug + Sync {
    /// Its name behind `--format`.
    fn name(&self) -> &'static str;

    /// Whether it tells a verdict: a bill of materials does not, and no gate trips while one is written.
    fn judges(&self) -> bool {
        true
    }

    /// Writes the report. Nothing of the scanned tree may act in what reads the format.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write(&self, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()>;
}

/// The first lines of a failed run for the error stream: the verdict, and the worst findings.
#[must_use]
pub fn summary(report: &Report, width: usize) -> Vec<String> {
    screen::summary(report, width)
}

/// The first screen as lines without colour: what is wrong, worst first, and what was not read.
#[must_use]
pub fn first_screen(report: &Report, width: usize) -> Vec<String> {
    screen::lines(report, Style { width, ..Style::default() }).into_iter().map(|line| line.plain()).collect()
}

/// Every format; the first is the default.
pub static REPORTERS: &[&dyn Reporter] = &[
    &table::Table,
    &json::Json,
    &sarif::Sarif,
    &markdown::Markdown,
    &html::Html,
    &cyclonedx::CycloneDx,
    &openvex::OpenVex,
    &junit::Junit,
    &csv::Csv,
    &gitlab::Gitlab,
    &github::Github,
];
