//! The ways in which rules meet models. One file each; an audit takes its rules from the set, indexes them, and runs over the
//! files in parallel.

mod absence;
mod alternative;
mod asked;
mod call;
mod callee;
mod check;
mod condition;
mod config;
mod dependency;
mod development;
mod exclusive;
mod fact;
mod fixed;
mod flow;
mod function;
mod grade;
mod handed_on;
mod layout;
mod overlap;
mod place;
mod prefilter;
mod profile;
mod run;
mod text;
mod unreferenced;
mod uses;

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use asked::{Patterns, Possible, Texts};
pub use development::Branches;
pub use exclusive::Exclusive;
pub use fact::{Called, Facts};
pub use profile::{Profile, profile};

use crate::advisory::Advisories;
use crate::advisory::vex::Answers;
use crate::configfile::Document;
use crate::finding::{Exposure, Finding, FindingBuilder};
use crate::ir::{Block, FunctionId, StatementKind, Unit};
use crate::lockfile::Dependencies;
use crate::program::{FunctionRef, Program};
use crate::rule::{Date, Match, Rule, RuleSet};
use crate::settings::Settings;
use crate::source::{Aside, AsideKind};
use crate::standing;
use crate::taint::Taint;
use crate::target::Workspace;
use crate::timing::Timings;

/// What was read from one file. All are None for a file that no reader knows.
#[derive(Debug, Default)]
pub struct Artifact {
    /// Its code.
    pub unit: Option<Unit>,
    /// Its settings.
    pub document: Option<Document>,
    /// Its packages.
    pub dependencies: Option<Dependencies>,
    /// How many lines the file has.
    pub lines: u32,
    /// How many of them a reader that knows the file could not read.
    pub lines_skipped: u32,
}

/// Everything that an audit may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// What was read from them, by [`crate::source::FileId`].
    pub artifacts: &'a [Arc<Artifact>],
    /// The patterns that may match in them.
    pub texts: &'a Texts<'a>,
    /// The linked code.
    pub program: &'a Program<'a>,
    /// The calls that facts ask for.
    pub called: &'a Called<'a>,
    /// The branches that are for developers only.
    pub branches: &'a Branches,
    /// The parts of the code that only run where something lasting is so.
    pub exclusive: &'a Exclusive,
    /// The values that were followed.
    pub taint: &'a Taint,
    /// The rules of the run.
    pub rules: &'a RuleSet,
    /// The settings of the tree.
    pub settings: &'a Settings,
    /// What is known about packages.
    pub advisories: &'a Advisories,
    /// What the makers of the tree say to it.
    pub answers: &'a Answers<'a>,
    /// The day on which the tree is judged.
    pub as_of: Date,
    /// Where to note how long the audits take.
    pub timings: &'a Timings,
}

/// One way in which rules meet models.
pub trait Audit: Sync {
    /// Its name among stages: `audit/` and that of its `[match.*]` table.
    fn stage(&self) -> &'static str;

    /// Applies all rules of its sort, in any order of findings.
    fn run(&self, context: &Context<'_>) -> Vec<Finding>;
}

/// Every audit.
pub static AUDITS: &[&dyn Audit] = &[
    &flow::FlowAudit,
    &call::CallAudit,
    &function::FunctionAudit,
    &config::ConfigAudit,
    &dependency::DependencyAudit,
    &absence::AbsenceAudit,
    &text::TextAudit,
];

/// The matchers of one sort, with their rules.
fn matching_rules<'a, M>(context: &Context<'a>, select: impl Fn(&'a Match) -> Option<&'a M>) -> Vec<(&'a Arc<Rule>, &'a M)> {
    let of_rule = |rule: &'a Arc<Rule>| rule.body.matchers.iter().map(move |matcher| (rule, matcher));
    context.rules.rules.iter().flat_map(of_rule).filter_map(|(rule, matcher)| Some((rule, select(matcher)?))).collect()
}

/// A finding in a function that the language marks as a test ships as little as one in a test file; one in a part of the file that
/// is built or run for developers only does neither.
fn in_function<'a>(context: &Context<'_>, builder: FindingBuilder<'a>, function: FunctionRef) -> FindingBuilder<'a> {
    let is_code = |aside: &&Aside| aside.kind > AsideKind::Documentation;
    let (file, span) = (builder.file(), builder.span());
    let written = standing::aside_at(file, span).filter(is_code);
    let run = context.branches.around(context.program, function.unit, span);
    let builder = written.into_iter().chain(run).fold(builder, FindingBuilder::aside);
    if is_test(context.program.unit(function.unit), function.function) { builder.exposure(Exposure::Test) } else { builder }
}

/// Whether a block ends the function.
fn leaves(block: &Block) -> bool {
    block.last().is_some_and(|last| matches!(last.kind, StatementKind::Return(_) | StatementKind::Throw(_)))
}

/// Whether the language marks a function, or one around it, as a test.
fn is_test(unit: &Unit, function: FunctionId) -> bool {
    let mut around = std::iter::successors(Some(function), |id| unit.function(*id).owner);
    around.any(|id| unit.function(id).modifiers.is_test)
}

/// Applies every rule whose `when` and `unless` allow it, and weighs what it finds. The findings come in the order of the audits, which does not depend on the threads.
#[must_use]
pub fn run(context: &Context<'_>) -> Vec<Finding> {
    let timings = context.timings;
    let rules = timings.of("audit/preconditions", || fact::applicable(context));
    let context = Context { rules: &rules, ..*context };
    let found = AUDITS.par_iter().flat_map_iter(|audit| timings.of(audit.stage(), || audit.run(&context))).collect();
    let graded = timings.of("audit/grades", || unreferenced::weighed(&context, grade::graded(&context, told_once(found))));
    timings.of("audit/overlaps", || overlap::joined(graded))
}

/// Where several matchers of one rule see the same lines, the gravest is told; of equals one that is of a form, else that of the first
/// audit.
fn told_once(findings: Vec<Finding>) -> Vec<Finding> {
    let weight = |finding: &Finding| (finding.severity, finding.form.is_some());
    let mut kept: Vec<Finding> = Vec::new();
    let mut places: FxHashMap<_, Vec<usize>> = FxHashMap::default();
    for finding in findings {
        if finding.rule.body.matchers.len() == 1 {
            kept.push(finding);
            continue;
        }
        let told = places.entry((finding.rule.id.clone(), finding.place.file)).or_default();
        let meets =
            |other: &Finding| other.place.start.line <= finding.place.end.line && finding.place.start.line <= other.place.end.line;
        match told.iter().copied().find(|&index| meets(&kept[index])) {
            Some(index) if weight(&kept[index]) < weight(&finding) => kept[index] = finding,
            Some(_) => {}
            None => {
                told.push(kept.len());
                kept.push(finding);
            }
        }
    }
    kept
}
