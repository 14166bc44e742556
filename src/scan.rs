//! One scan: from a tree, rules and settings to a [`Report`].

use std::sync::Arc;

use crate::advisory::inventory::{Component, inventory};
use crate::advisory::vex::Answers;
use crate::audit::{self, Artifact, Branches, Called, Context, Exclusive, Facts, Patterns, Texts};
use crate::finding::{self, Finding, Terms};
use crate::ir::Unit;
use crate::label::{self, Answer, Ground};
use crate::program::Program;
use crate::report::{self, Adjustments, Coverage, Report, Subject};
use crate::risk::{self, Circumstances, Credit, Knowledge, Model, Population};
use crate::rule::label::Questions;
use crate::rule::{RuleError, RuleSet};
use crate::settings::{SettingsError, known_rule};
use crate::source::{self, FileId, Notice, NoticeKind, Role, SourceFile};
use crate::taint;
use crate::target::{self, OpenOptions, TargetError, Workspace};

mod example;
mod imports;
mod kept;
mod options;
mod packages;
mod read;
mod series;

pub use example::{ExampleFailure, check_examples};
pub use imports::{Count, Imports, Outside};
pub use options::ScanOptions;
pub use series::{Saved, Series};

use kept::{Kept, Shared};
use packages::{answers, idle_answers, local_packages, unknown};

/// Threads go deep into hostile trees; their stacks are reserved, not used.
const STACK_BYTES: usize = 64 << 20;

/// A scan that cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A rule cannot be used.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The settings name something that does not exist.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The tree cannot be opened.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The threads cannot be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Scans a tree: everything between the command line and the writing of the report.
///
/// # Errors
/// If a rule or setting is wrong or the tree cannot be opened. What goes wrong inside of the tree is a notice of the report.
pub fn scan(options: &ScanOptions) -> Result<Report, ScanError> {
    scan_opened(options, |open| target::open_folder(&options.root, open))
}

/// The same for a tree from elsewhere, such as a revision of a repository.
///
/// # Errors
/// If a rule or setting is wrong or the tree cannot be opened.
pub fn scan_opened<F>(options: &ScanOptions, open: F) -> Result<Report, ScanError>
where
    F: FnOnce(&OpenOptions) -> Result<Workspace, TargetError> + Send,
{
    let limits = limits(options);
    threads(options)?.install(|| {
        let timings = &options.timings;
        let (rules, workspace) =
            rayon::join(|| timings.of("rules", || load_rules(options)), || timings.of("open", || open(&limits)));
        let rules = rules?;
        Ok(scan_workspace(&workspace?, &rules, options))
    })
}

/// The same, unless the tree turns out to be known when it is open: None.
///
/// # Errors
/// If a rule or setting is wrong or the tree cannot be opened.
pub fn scan_unless<F>(
    options: &ScanOptions,
    is_known: impl FnOnce(&Workspace) -> bool + Send,
    open: F,
) -> Result<Option<Report>, ScanError>
where
    F: FnOnce(&OpenOptions) -> Result<Workspace, TargetError> + Send,
{
    let limits = limits(options);
    threads(options)?.install(|| {
        let workspace = open(&limits)?;
        if is_known(&workspace) {
            return Ok(None);
        }
        let rules = load_rules(options)?;
        Ok(Some(scan_workspace(&workspace, &rules, options)))
    })
}

/// The threads of a scan.
fn threads(options: &ScanOptions) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).stack_size(STACK_BYTES).build()
}

/// What is read of a tree.
fn limits(options: &ScanOptions) -> OpenOptions {
    OpenOptions {
        exclude: options.settings.exclude.clone(),
        include: options.settings.include.clone(),
        foreign: options.foreign.clone(),
        ..OpenOptions::default()
    }
}

/// Scans files that are in memory, on the threads of the caller.
#[must_use]
pub fn scan_workspace(workspace: &Workspace, rules: &RuleSet, options: &ScanOptions) -> Report {
    let kept = fresh(workspace);
    let patterns = options.timings.of("patterns", || patterns(rules, options));
    scan_shared(workspace, rules, options, Shared { patterns: &patterns, kept: &kept })
}

/// What the rules of a scan, the credits of the score and the questions of a label ask of texts.
fn patterns(rules: &RuleSet, options: &ScanOptions) -> Patterns {
    let credits = Knowledge::embedded().credits.iter().flat_map(|credit| &credit.seen);
    let questions = if options.asks { Questions::embedded().all.as_slice() } else { &[] };
    Patterns::new(rules, credits.chain(questions.iter().flat_map(|question| &question.seen)))
}

/// Of a tree of which nothing is known yet.
fn fresh(workspace: &Workspace) -> Vec<Arc<Kept>> {
    workspace.files.iter().map(|_| Arc::default()).collect()
}

fn scan_shared(workspace: &Workspace, rules: &RuleSet, options: &ScanOptions, shared: Shared<'_>) -> Report {
    let Analysis { findings, artifacts, mut notices, credits, profile, seen, inventory } =
        analyse(workspace, rules, options, shared);
    let settings = &options.settings;
    let terms = Terms {
        settings,
        rules,
        baseline: options.baseline.as_ref(),
        min_confidence: options.min_confidence,
        hears_comments: !options.refuse_comments,
        as_of: options.as_of,
    };
    let timings = &options.timings;
    let (mut triage, remarks) = timings.of("triage", || finding::triage(findings, workspace, terms));
    notices.extend(remarks);
    // Before their texts are looked at: there may be one for each line of a file.
    source::tidy(&mut notices);
    finding::fit_notices(&mut notices);
    notices.sort();
    notices.dedup();
    let coverage = Coverage::of(workspace, &artifacts);
    let circumstances = circumstances(&coverage, &profile, &credits);
    let mut assessment =
        risk::assess(Model::embedded(), Population::embedded(), triage.weighed().chain(&triage.project), &circumstances);
    triage.earn(settings, |finding| assessment.unearned(finding));
    triage.rank(|finding| assessment.damage(finding));
    let weighed = triage.weighed().chain(&triage.project);
    assessment.fixes = risk::fixes(Model::embedded(), weighed, &circumstances, &report::first_rules(&triage));
    let mut adjustments = Adjustments::of((settings, &options.origin), &options.only, &options.gate, (workspace, rules, &triage));
    adjustments.since.clone_from(&options.since);
    if adjustments.is_partial() {
        assessment = assessment.without_score();
    }
    let report = Report {
        subject: Subject::of(workspace, &artifacts, options.as_of, options.told()),
        adjustments,
        as_of: options.as_of,
        digest: workspace.digest,
        profile,
        rules: rules.clone(),
        triage,
        assessment,
        inventory,
        knowledge: options.advisories.knowledge(),
        coverage,
        notices,
        gate: options.gate,
        review: None,
        answers: Vec::new(),
        rule_pages: settings.rule_pages.clone(),
    };
    Report { answers: answered(&report, &seen, options), ..report }
}

/// What the score takes besides findings.
fn circumstances(coverage: &Coverage, profile: &[audit::Profile], credits: &[&Credit]) -> Circumstances {
    let kinds: Vec<&str> = profile.iter().map(|profile| profile.kind).collect();
    Circumstances {
        coverage: coverage.share(),
        lines: coverage.analysed_lines(),
        platform: Knowledge::embedded().platform_of(&kinds).name.clone(),
        credits: credits.iter().map(|credit| credit.name.clone()).collect(),
    }
}

/// The answers of a label, if they were asked for.
fn answered(report: &Report, seen: &[bool], options: &ScanOptions) -> Vec<Answer> {
    if !options.asks {
        return Vec::new();
    }
    let questions = Questions::embedded();
    let foreign = report.coverage.outside(&questions.languages);
    let ground = Ground {
        triage: &report.triage,
        rules: &report.rules,
        share: report.coverage.share(),
        known_share: report.coverage.share_in(&questions.languages),
        foreign: &foreign,
        files: report.coverage.analysed_files(),
        is_cut: report.notices.iter().any(|notice| notice.kind == NoticeKind::LimitReached && notice.path.is_none()),
        missing: report.notices.iter().filter(|notice| notice.message == target::MISSING_SUBMODULE).count(),
    };
    label::answers(questions, ground, seen)
}

/// What was found in files, before anything of it is judged.
struct Analysis {
    findings: Vec<Finding>,
    artifacts: Vec<Arc<Artifact>>,
    notices: Vec<Notice>,
    credits: Vec<&'static Credit>,
    profile: Vec<audit::Profile>,
    /// Of each question of a label, whether the tree has the code that could answer it.
    seen: Vec<bool>,
    inventory: Vec<Component>,
}

/// Reads, links, follows and audits: everything that looks into files.
fn analyse(workspace: &Workspace, rules: &RuleSet, options: &ScanOptions, shared: Shared<'_>) -> Analysis {
    let timings = &options.timings;
    let (artifacts, mut notices) = timings.of("read", || read::read(workspace, shared.kept));
    notices.extend(workspace.notices.iter().cloned());
    let imported = read::imported_settings(workspace, &artifacts);
    let units = units(workspace, &artifacts, &imported);
    let packages = local_packages(workspace, &artifacts);
    let (program, remarks) = timings.of("link", || Program::link(workspace, units, &packages, &rules.knowledge.models));
    notices.extend(remarks);
    let (taint, remarks) = timings.of("flows", || taint::solve(workspace, &program, &rules.knowledge, timings));
    notices.extend(remarks);
    let ScanOptions { settings, advisories, as_of, .. } = options;
    let (artifacts_seen, program, taint) = (artifacts.as_slice(), &program, &taint);
    let answers = &answers(options, &artifacts);
    let inventory = timings.of("inventory", || inventory_of(workspace, &artifacts, answers, options));
    notices.extend(idle_answers(options, answers, &inventory, &artifacts));
    notices.extend(unknown(advisories, &inventory));
    let credits = &Knowledge::embedded().credits;
    let questions = if options.asks { Questions::embedded().all.as_slice() } else { &[] };
    let asked = credits.iter().flat_map(|credit| &credit.seen).chain(questions.iter().flat_map(|question| &question.seen));
    let called = &timings.of("calls", || Called::new(program, workspace, rules, asked));
    let possible = |file: &SourceFile| shared.kept[file.id.0 as usize].possible(file, shared.patterns);
    let texts = &timings.of("words", || Texts::new(shared.patterns, workspace, possible));
    let (branches, exclusive) = (&Branches::new(program), &Exclusive::new(program));
    let context = Context {
        workspace,
        branches,
        exclusive,
        called,
        artifacts: artifacts_seen,
        texts,
        program,
        taint,
        rules,
        settings,
        advisories,
        answers,
        as_of: *as_of,
        timings,
    };
    let findings = timings.of("audit", || audit::run(&context));
    let facts = Facts::new(&context);
    let credits = credits.iter().filter(|credit| facts.all(&credit.seen)).collect();
    let profile = audit::profile(&context, &facts);
    let seen = questions.iter().map(|question| facts.any(&question.seen)).collect();
    Analysis { findings, artifacts, notices, credits, profile, seen, inventory }
}

/// The packages of what is built, and what is known of them.
fn inventory_of(
    workspace: &Workspace,
    artifacts: &[Arc<Artifact>],
    answers: &Answers<'_>,
    options: &ScanOptions,
) -> Vec<Component> {
    let built = workspace.files.iter().zip(artifacts).filter(|(file, _)| file.role != Role::Idle);
    let packages: Vec<_> = built.filter_map(|(file, read)| Some((file, read.dependencies.as_ref()?))).collect();
    inventory(&packages, (&options.advisories, answers), options.as_of)
}

/// The code of a workspace and the settings that it imports, in the order of the files.
fn units<'a>(workspace: &Workspace, artifacts: &'a [Arc<Artifact>], settings: &'a [(FileId, Unit)]) -> Vec<(FileId, &'a Unit)> {
    let code = workspace.files.iter().zip(artifacts).filter_map(|(file, read)| Some((file.id, read.unit.as_ref()?)));
    let mut units: Vec<_> = code.chain(settings.iter().map(|(file, unit)| (*file, unit))).collect();
    units.sort_by_key(|&(file, _)| file);
    units
}

/// The rules of a run: embedded and added, as known on the day, switched by the settings.
fn load_rules(options: &ScanOptions) -> Result<RuleSet, ScanError> {
    Ok(options.settings.switched(all_rules(options)?.as_of(options.as_of), &options.only))
}

/// The embedded and added rules, if the settings know them.
fn all_rules(options: &ScanOptions) -> Result<RuleSet, ScanError> {
    let embedded = RuleSet::embedded()?;
    let all = options.rule_folders.iter().try_fold(embedded, |rules, folder| rules.with_folder(folder))?;
    options.settings.check(&all)?;
    options.only.iter().try_for_each(|id| known_rule(&all, id))?;
    Ok(all)
}
