//! Scans of many trees with one set of rules: what is the same in two of them is read once.
//!
//! What the readers make of a file, which parts of it are not the product, and where patterns of the rules match in it follow from its
//! path, its bytes and what it is to the wallet alone. Linking, flows and most audits look at the tree as a whole, and are done for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::kept::{Kept, Shared};
use super::{ScanError, ScanOptions, all_rules, limits, patterns, scan_shared};
use crate::audit::Patterns;
use crate::report::Report;
use crate::rule::RuleSet;
use crate::source::{Digest, SourceFile};
use crate::target::{OpenOptions, Recent, TargetError, Workspace};

/// How much of what scans needed was there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Files that scans had.
    pub files: usize,
    /// Of these, files that an earlier scan of the series had read.
    pub known: usize,
}

/// Scans with the same rules, one after the other or at once.
#[derive(Debug)]
pub struct Series {
    rules: RuleSet,
    patterns: Patterns,
    files: Recent<(Digest, Arc<str>), Arc<Kept>>,
    counts: (AtomicUsize, AtomicUsize),
    threads: rayon::ThreadPool,
}

impl Series {
    /// Prepares scans that go by the rules and settings of `options`; the day on which trees are judged may differ between them.
    ///
    /// # Errors
    /// If a rule or setting is wrong or threads cannot be started.
    pub fn new(options: &ScanOptions) -> Result<Self, ScanError> {
        let rules = options.settings.switched(all_rules(options)?, &options.only);
        let threads = super::threads(options)?;
        Ok(Self { patterns: patterns(&rules, options), rules, files: Recent::default(), counts: Default::default(), threads })
    }

    /// The rules, whenever they became known.
    #[must_use]
    pub const fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Scans one more tree, judged on the day that `options` say. Their rules and settings are to be those of the series.
    ///
    /// # Errors
    /// If the tree cannot be opened.
    pub fn scan<F>(&self, options: &ScanOptions, open: F) -> Result<Report, TargetError>
    where
        F: FnOnce(&OpenOptions) -> Result<Workspace, TargetError> + Send,
    {
        self.threads.install(|| Ok(self.scan_workspace(&mut open(&limits(options))?, options)))
    }

    /// The same, unless the tree is known by its digest: None.
    ///
    /// # Errors
    /// If the tree cannot be opened.
    pub fn scan_unless<F>(
        &self,
        options: &ScanOptions,
        is_known: impl FnOnce(Option<Digest>) -> bool + Send,
        open: F,
    ) -> Result<Option<Report>, TargetError>
    where
        F: FnOnce(&OpenOptions) -> Result<Workspace, TargetError> + Send,
    {
        self.threads.install(|| {
            let mut workspace = open(&limits(options))?;
            Ok((!is_known(workspace.digest)).then(|| self.scan_workspace(&mut workspace, options)))
        })
    }

    fn scan_workspace(&self, workspace: &mut Workspace, options: &ScanOptions) -> Report {
        let kept = self.adopt(workspace);
        let rules = self.rules.clone().as_of(options.as_of);
        scan_shared(workspace, &rules, options, Shared { patterns: &self.patterns, kept: &kept })
    }

    /// Forgets what no scan asked for since the last call.
    pub fn turn(&self) {
        self.files.turn();
    }

    /// How much was saved so far.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { files: self.counts.0.load(Ordering::Relaxed), known: self.counts.1.load(Ordering::Relaxed) }
    }

    /// What is known of the files of a tree.
    fn adopt(&self, workspace: &mut Workspace) -> Vec<Arc<Kept>> {
        let adopt = |file: &mut SourceFile| {
            let (kept, is_known) = self.files.get((file.digest, Arc::clone(&file.path)), Arc::default);
            file.asides = Arc::clone(&kept.asides);
            self.counts.0.fetch_add(1, Ordering::Relaxed);
            self.counts.1.fetch_add(usize::from(is_known), Ordering::Relaxed);
            kept
        };
        workspace.files.iter_mut().map(adopt).collect()
    }
}
