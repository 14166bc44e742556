//! The ways in which rules meet models. One file each; an audit takes its rules from the set, indexes them, and runs over the
//! files in parallel.

use crate::configfile::Document;
use crate::finding::Finding;
use crate::ir::Unit;
use crate::lockfile::Dependencies;
use crate::program::Program;
use crate::rule::{Date, RuleSet};
use crate::settings::Settings;
use crate::target::Workspace;

/// What was read from one file. All are None for a file that no reader knows.
#[derive(Debug, Default)]
pub struct Artifact {
    /// Its code.
    pub unit: Option<Unit>,
    /// Its settings.
    pub document: Option<Document>,
    /// Its packages.
    pub dependencies: Option<Dependencies>,
}

/// Everything that an audit may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// What was read from them, by [`crate::source::FileId`].
    pub artifacts: &'a [Artifact],
    /// The linked code.
    pub program: &'a Program<'a>,
    /// The rules of the run.
    pub rules: &'a RuleSet,
    /// The settings of the tree.
    pub settings: &'a Settings,
    /// The day on which the tree is judged.
    pub as_of: Date,
}

/// One way in which rules meet models.
pub trait Audit: Sync {
    /// Its name: that of its `[match.*]` table.
    fn name(&self) -> &'static str;

    /// Applies all rules of its sort, in any order of findings.
    fn run(&self, context: &Context<'_>) -> Vec<Finding>;
}

/// Every audit.
pub static AUDITS: &[&dyn Audit] = &[];
