//! One scan: from a tree, rules and settings to a [`Report`].

use std::path::PathBuf;
use std::sync::Arc;

use crate::advisory::Advisories;
use crate::advisory::inventory::{Component, inventory};
use crate::advisory::vex::{Answers, Vex};
use crate::audit::{self, Artifact, Branches, Context, Patterns, Texts};
use crate::finding::{self, Baseline, Finding, Terms};
use crate::ir::Unit;
use crate::label::{self, Answer, Ground};
use crate::lockfile::Dependencies;
use crate::program::{LocalPackage, Program};
use crate::report::{Adjustments, Coverage, Gate, Report, Subject};
use crate::risk::{self, Circumstances, Credit, Knowledge, Model, Population};
use crate::rule::label::Questions;
use crate::rule::{Confidence, Date, Fact, RuleError, RuleSet};
use crate::settings::{FailOn, Origin, Settings, SettingsError, known_rule};
use crate::source::{self, FileId, Notice, NoticeKind, Role, SourceFile};
use crate::taint;
use crate::target::{self, OpenOptions, TargetError, Workspace};

mod example;
mod imports;
mod kept;
mod read;
mod series;

pub use example::{ExampleFailure, check_examples};
pub use imports::{Count, Imports, Outside};
pub use series::{Saved, Series};

use kept::{Kept, Shared};

/// Threads go deep into hostile trees; their stacks are reserved, not used.
const STACK_BYTES: usize = 64 << 20;

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
        }
    }
}

impl ScanOptions {
    /// What differs from a plain scan, as it is typed.
    fn told(&self) -> Vec<String> {
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
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).stack_size(STACK_BYTES).build()?;
    threads.install(|| {
        let (rules, workspace) = rayon::join(|| load_rules(options), || open(&limits));
        let rules = rules?;
        Ok(scan_workspace(&workspace?, &rules, options))
    })
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
    scan_shared(workspace, rules, options, Shared { patterns: &patterns(rules, options), kept: &kept })
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
    let Analysis { findings, artifacts, mut notices, credits, profile, seen } = analyse(workspace, rules, options, shared);
    let settings = &options.settings;
    let terms = Terms {
        settings,
        rules,
        baseline: options.baseline.as_ref(),
        min_confidence: options.min_confidence,
        hears_comments: !options.refuse_comments,
        as_of: options.as_of,
    };
    let (mut triage, remarks) = finding::triage(findings, workspace, terms);
    notices.extend(remarks);
    let built = workspace.files.iter().zip(&artifacts).filter(|(file, _)| file.role != Role::Idle);
    let packages = built.filter_map(|(file, read)| Some((file, read.dependencies.as_ref()?)));
    let answers = answers(options, &artifacts);
    let inventory = inventory(&packages.collect::<Vec<_>>(), (&options.advisories, &answers), options.as_of);
    notices.extend(idle_answers(options, &answers, &inventory, &artifacts));
    notices.extend(unknown(&options.advisories, &inventory));
    // Before their texts are looked at: there may be one for each line of a file.
    source::tidy(&mut notices);
    notices.iter_mut().for_each(|notice| notice.message = finding::fit_to_show(&notice.message));
    notices.sort();
    notices.dedup();
    let coverage = Coverage::of(workspace, &artifacts);
    let circumstances = circumstances(&coverage, &profile, &credits);
    let assessment = risk::assess(Model::embedded(), Population::embedded(), triage.standing(), &circumstances);
    triage.rank(|finding| assessment.damage(finding));
    let mut adjustments = Adjustments::of((settings, &options.origin), &options.only, &options.gate, (workspace, rules, &triage));
    adjustments.since.clone_from(&options.since);
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
    let ground = Ground {
        triage: &report.triage,
        rules: &report.rules,
        share: report.coverage.share(),
        known_share: report.coverage.share_in(&questions.languages),
        files: report.coverage.analysed_files(),
        is_cut: report.notices.iter().any(|notice| notice.kind == NoticeKind::LimitReached && notice.path.is_none()),
    };
    label::answers(questions, ground, seen)
}

/// Where knowledge about packages was lacking: ecosystems that no advisories are there of, and tables that could not be read.
fn unknown(advisories: &Advisories, inventory: &[Component]) -> Vec<Notice> {
    let knowledge = advisories.knowledge();
    let is_known = |ecosystem: &str| knowledge.iter().flat_map(|table| &table.ecosystems).any(|(name, _)| name == ecosystem);
    let foreign = inventory.chunk_by(|a, b| a.ecosystem == b.ecosystem).filter(|packages| !is_known(packages[0].ecosystem));
    let foreign = foreign.map(|packages| {
        let message = format!("no advisories of {} are known: {} packages were not judged", packages[0].ecosystem, packages.len());
        Notice::general(NoticeKind::Unsupported, message)
    });
    let broken = advisories.problems().into_iter().map(|problem| Notice::general(NoticeKind::Unreadable, problem));
    foreign.chain(broken).collect()
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
}

/// Reads, links, follows and audits: everything that looks into files.
fn analyse(workspace: &Workspace, rules: &RuleSet, options: &ScanOptions, shared: Shared<'_>) -> Analysis {
    let (artifacts, mut notices) = read::read(workspace, shared.kept);
    notices.extend(workspace.notices.iter().cloned());
    let imported = read::imported_settings(workspace, &artifacts);
    let units = units(workspace, &artifacts, &imported);
    let (program, remarks) = Program::link(workspace, units, &local_packages(workspace, &artifacts), &rules.knowledge.models);
    notices.extend(remarks);
    let (taint, remarks) = taint::solve(workspace, &program, &rules.knowledge);
    notices.extend(remarks);
    let ScanOptions { settings, advisories, as_of, .. } = options;
    let (artifacts_seen, program, taint) = (artifacts.as_slice(), &program, &taint);
    let answers = &answers(options, &artifacts);
    let credits = &Knowledge::embedded().credits;
    let questions = if options.asks { Questions::embedded().all.as_slice() } else { &[] };
    let texts = &Texts::new(shared.patterns, workspace, |file| shared.kept[file.id.0 as usize].possible(file, shared.patterns));
    let branches = &Branches::new(program);
    let context = Context {
        workspace,
        branches,
        artifacts: artifacts_seen,
        texts,
        program,
        taint,
        rules,
        settings,
        advisories,
        answers,
        as_of: *as_of,
    };
    let findings = audit::run(&context);
    let credits = credits.iter().filter(|credit| audit::holds(&context, &credit.seen)).collect();
    let profile = audit::profile(&context);
    let is_seen = |fact: &Fact| audit::holds(&context, std::slice::from_ref(fact));
    let seen = questions.iter().map(|question| question.seen.iter().any(is_seen)).collect();
    Analysis { findings, artifacts, notices, credits, profile, seen }
}

/// The code of a workspace and the settings that it imports, in the order of the files.
fn units<'a>(workspace: &Workspace, artifacts: &'a [Arc<Artifact>], settings: &'a [(FileId, Unit)]) -> Vec<(FileId, &'a Unit)> {
    let code = workspace.files.iter().zip(artifacts).filter_map(|(file, read)| Some((file.id, read.unit.as_ref()?)));
    let mut units: Vec<_> = code.chain(settings.iter().map(|(file, unit)| (*file, unit))).collect();
    units.sort_by_key(|&(file, _)| file);
    units
}

/// What the makers of a tree say to advisories on its packages.
fn answers<'o>(options: &'o ScanOptions, artifacts: &[Arc<Artifact>]) -> Answers<'o> {
    let found = || artifacts.iter().filter_map(|artifact| artifact.dependencies.as_ref());
    let own = found().filter_map(|found| found.manifest.as_ref()).filter_map(|own| Some((own.ecosystem, own.name.as_deref()?)));
    let packages = found().flat_map(Dependencies::named).map(|named| (named.ecosystem, named.name));
    options.vex.about(own, packages, options.as_of)
}

/// Remarks about answers to what nobody asked, of the locked packages and of those that manifests name.
fn idle_answers(options: &ScanOptions, answers: &Answers<'_>, inventory: &[Component], artifacts: &[Arc<Artifact>]) -> Vec<Notice> {
    if answers.is_empty() {
        return Vec::new();
    }
    let named = artifacts.iter().filter_map(|artifact| artifact.dependencies.as_ref()).flat_map(Dependencies::named);
    let asked: Vec<_> = named
        .filter_map(|named| Some((named, named.written_version()?)))
        .flat_map(|(named, version)| {
            let known = options.advisories.affecting(named.ecosystem, named.name, version, options.as_of);
            known.into_iter().map(move |advisory| (advisory, version))
        })
        .collect();
    let locked = inventory.iter().flat_map(|part| part.known.iter().map(|known| (&known.advisory, &*part.version)));
    answers.idle(locked.chain(asked.iter().map(|(advisory, version)| (advisory, *version))))
}

/// The packages of the tree itself, which import each other by name.
fn local_packages(workspace: &Workspace, artifacts: &[Arc<Artifact>]) -> Vec<LocalPackage> {
    let package = |(file, artifact): (&SourceFile, &Arc<Artifact>)| {
        let manifest = artifact.dependencies.as_ref()?.manifest.as_ref()?;
        Some(LocalPackage { name: manifest.name.clone()?, folder: file.folder().to_owned() })
    };
    workspace.files.iter().zip(artifacts).filter_map(package).collect()
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
