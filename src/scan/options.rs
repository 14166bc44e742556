//! What a scan is told.

use std::path::PathBuf;

use crate::advisory::Advisories;
use crate::advisory::vex::Vex;
use crate::finding::{self, Baseline};
use crate::report::Gate;
use crate::rule::{Confidence, Date};
use crate::settings::{FailOn, Origin, Settings};
use crate::timing::Timings;

/// What to scan, and how.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// The folder.
    pub root: PathBuf,
    /// Folders with further rules.
    pub rule_folders: Vec<PathBuf>,
    /// Only these rules, by id; all if empty.
    pub only: Vec<String>,
    /// The settings of the tree.
    pub settings: Settings,
    /// Where they come from.
    pub origin: Origin,
    /// Whether comments of the tree may not set findings aside.
    pub refuse_comments: bool,
    /// Files below the folder that are no part of the tree: what the run itself is about to write.
    pub foreign: Vec<String>,
    /// What is known about packages.
    pub advisories: Advisories,
    /// What the makers of the tree say to it.
    pub vex: Vex,
    /// The day on which the tree is judged.
    pub as_of: Date,
    /// Findings that were accepted before.
    pub baseline: Option<Baseline>,
    /// The revision with which the tree is compared, if the baseline is what was found in it.
    pub since: Option<String>,
    /// Below it findings are not shown.
    pub min_confidence: Option<Confidence>,
    /// When the run fails.
    pub gate: Gate,
    /// Whether the questions of a label are asked.
    pub asks: bool,
    /// How many files are read at a time; as many as there are processors if absent. The report does not depend on it.
    pub threads: Option<usize>,
    /// Where to note how long the stages take.
    pub timings: Timings,
}

impl ScanOptions {
    /// A plain scan of a folder: every stable rule, the embedded knowledge, all of it public.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            rule_folders: Vec::new(),
            only: Vec::new(),
            settings: Settings::default(),
            origin: Origin::Default,
            refuse_comments: false,
            foreign: Vec::new(),
            advisories: Advisories::default(),
            vex: Vex::default(),
            as_of: Date::LAST,
            baseline: None,
            since: None,
            min_confidence: None,
            gate: Gate::default(),
            asks: false,
            threads: None,
            timings: Timings::default(),
        }
    }

    /// What differs from a plain scan, as it is typed.
    pub(super) fn told(&self) -> Vec<String> {
        let folders = self.rule_folders.iter().map(|folder| format!("--rules {}", folder.display()));
        let only = self.only.iter().map(|id| format!("--rule {id}"));
        let fail_on = FailOn(self.gate.fail_on).name();
        let score = self.gate.max_score.map(|score| format!("--max-score {score}"));
        let coverage = self.gate.min_coverage.map(|share| format!("--min-coverage {share}"));
        let confidence = self.min_confidence.map(|least| format!("--min-confidence {}", least.name()));
        let since = self.since.as_ref().map(|revision| format!("--since {revision}"));
        let baseline = since.or_else(|| self.baseline.as_ref().map(|_| "--baseline".to_owned()));
        let told = folders.chain(only).chain([format!("--fail-on {fail_on}")]).chain(score).chain(coverage).chain(confidence);
        told.chain(baseline).map(|option| finding::fit_to_show(&option)).collect()
    }
}
