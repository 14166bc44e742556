//! The measuring instrument: scans of trees whose fate is known.
//!
//! For each incident of a [`Corpus`]: did the scan of the tree, as it was before, point where a person would? For each control: how
//! much does it say about a wallet to which nothing happened?

mod classes;
mod corpus;
mod judge;
mod statistics;
mod summary;
mod write;

pub use corpus::{Control, Corpus, CorpusError, Detectable, Incident, Location};
pub use judge::Hit;
pub use statistics::write_statistics;
pub use summary::{Share, Summary};
pub use write::{write_json, write_table};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::finding::Finding;
use crate::report::Report;
use crate::rule::{Date, Severity};
use crate::scan::{ScanError, ScanOptions, scan_opened};
use crate::target::{self, TargetError};

/// Which cases to run, and where their trees are.
#[derive(Clone, Debug, Default)]
pub struct BacktestOptions {
    /// Folder of repositories, see [`target::find_repository`].
    pub repos: PathBuf,
    /// Folder of unpacked packages, `name-version`, for cases that are published packages.
    pub packages: Option<PathBuf>,
    /// Address before `owner/name` from which absent repositories are cloned; they are skipped without it.
    pub clone_from: Option<String>,
    /// Ids of cases; all if empty.
    pub only: Vec<String>,
    /// Classes of incidents; all if empty. With classes, no control is run.
    pub classes: Vec<String>,
    /// Languages of cases, any of which is enough; all if empty.
    pub languages: Vec<String>,
    /// Scan the mended revision too.
    pub with_fixed: bool,
    /// Judge each incident by what was public on the day before its disclosure, and each control by the day of its revision.
    pub as_of_disclosure: bool,
}

/// What all cases gave, in the order of the corpus.
#[derive(Clone, Debug, Default)]
pub struct Backtest {
    /// Incidents.
    pub incidents: Vec<(Incident, Tried<IncidentRun>)>,
    /// Controls.
    pub controls: Vec<(Control, Tried<Run>)>,
}

/// A case that ran, or why it did not.
pub type Tried<T> = Result<T, String>;

/// A tree that was scanned.
#[derive(Clone, Debug)]
pub struct Run {
    /// Findings by severity, in the order of [`Severity::ALL`], in what ships or builds.
    pub counts: [usize; Severity::ALL.len()],
    /// Lines of code that were analysed.
    pub lines: u64,
    /// From opening to report, in seconds.
    pub seconds: f64,
    /// Findings of high or critical severity, the worst first.
    pub severe: Vec<Severe>,
    /// What each rule said in what ships or builds, by its id.
    pub rules: BTreeMap<String, Firing>,
}

/// What one rule said of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firing {
    /// How often.
    pub findings: usize,
    /// The gravest of it.
    pub worst: Severity,
}

/// A finding that a person should read.
#[derive(Clone, Debug)]
pub struct Severe {
    /// The rule and the place.
    pub hit: Hit,
    /// What it says.
    pub message: String,
}

/// An incident's tree that was scanned.
#[derive(Clone, Debug)]
pub struct IncidentRun {
    /// The scan.
    pub run: Run,
    /// Findings at the places that the incident names.
    pub hits: Vec<Hit>,
    /// How likely right rules would be there if their findings lay anywhere in the code.
    pub chance: f64,
    /// Of those, what the mended revision still has; None if it was not scanned.
    pub still_there: Option<Tried<Vec<Hit>>>,
}

/// Runs the cases of a corpus one after the other. `progress` hears the id of each before it begins.
///
/// # Errors
/// If a rule or setting is wrong. A tree that is absent or cannot be opened is part of the result.
pub fn run(
    corpus: &Corpus,
    options: &BacktestOptions,
    scan: &ScanOptions,
    mut progress: impl FnMut(&str),
) -> Result<Backtest, ScanError> {
    let mut backtest = Backtest::default();
    for incident in corpus.incidents.iter().filter(|incident| options.selects_incident(incident)) {
        progress(&incident.id);
        backtest.incidents.push((incident.clone(), run_incident(incident, options, scan)?));
    }
    for control in corpus.controls.iter().filter(|control| options.selects_control(control)) {
        progress(&control.id);
        let day = options.as_of_disclosure.then_some(control.date);
        let tree = options.tree(&control.repo, &control.commit, "");
        backtest.controls.push((control.clone(), scan_tree(tree, scan, day)?.map(|(run, _)| run)));
    }
    Ok(backtest)
}

impl BacktestOptions {
    fn selects_incident(&self, incident: &Incident) -> bool {
        let has_class = self.classes.is_empty() || self.classes.contains(&incident.class);
        has_class && self.selects(&incident.id, &incident.languages)
    }

    fn selects_control(&self, control: &Control) -> bool {
        self.classes.is_empty() && self.selects(&control.id, &control.languages)
    }

    fn selects(&self, id: &str, languages: &[String]) -> bool {
        let has_language = self.languages.is_empty() || languages.iter().any(|language| self.languages.contains(language));
        has_language && (self.only.is_empty() || self.only.iter().any(|only| only == id))
    }

    /// Finds the tree of a repository at a revision, cloning it if that is wanted.
    fn tree(&self, name: &str, revision: &str, folder: &str) -> Tried<Tree> {
        let found = target::find_repository(&self.repos, name).map(Ok);
        let clone = || self.clone_from.as_ref().map(|host| target::clone_repository(&self.repos, host, name));
        let repository = found.or_else(clone).unwrap_or_else(|| Err(absent(name))).map_err(|error| error.to_string())?;
        Ok(Tree::Revision { repository, revision: revision.into(), folder: folder.into() })
    }

    /// Finds an unpacked package: `npm:@scope/name@1.2.3` is `scope-name-1.2.3`, as `npm pack` calls it.
    fn package(&self, name: &str) -> Tried<Tree> {
        let (_, named) = name.split_once(':').unwrap_or(("", name));
        let folder = named.trim_start_matches('@').replace(['/', '@'], "-");
        let folders = self.packages.iter().map(|packages| packages.join(&folder));
        folders.filter(|folder| folder.is_dir()).map(Tree::Folder).next().ok_or_else(|| format!("{name} is not there"))
    }
}

fn absent(name: &str) -> TargetError {
    TargetError::Git { repository: name.into(), message: "is not there".into() }
}

/// A tree that can be opened.
enum Tree {
    Revision { repository: PathBuf, revision: String, folder: String },
    Folder(PathBuf),
}

fn run_incident(incident: &Incident, options: &BacktestOptions, scan: &ScanOptions) -> Result<Tried<IncidentRun>, ScanError> {
    let day = incident.disclosed_date.filter(|_| options.as_of_disclosure).map(|day| Date::from_days(day.days() - 1));
    let tree = match (&incident.repo, &incident.registry) {
        (Some(repo), _) => options.tree(repo, &incident.vulnerable_commit, &incident.scan_path),
        (None, Some(package)) => options.package(package),
        (None, None) => Err("the case names neither a repository nor a package".into()),
    };
    let (run, hits) = match scan_tree(tree, scan, day)? {
        Ok((run, report)) => (run, judge::hits(incident, standing(&report))),
        Err(reason) => return Ok(Err(reason)),
    };
    let still_there = scan_fixed(incident, &hits, options, scan, day)?;
    let chance = judge::chance(incident, &run);
    Ok(Ok(IncidentRun { run, hits, chance, still_there }))
}

/// What the mended revision still says in the same files by the same rules.
fn scan_fixed(
    incident: &Incident,
    hits: &[Hit],
    options: &BacktestOptions,
    scan: &ScanOptions,
    day: Option<Date>,
) -> Result<Option<Tried<Vec<Hit>>>, ScanError> {
    let Some((repo, fixed)) = incident.repo.as_ref().zip(incident.fixed_commit.as_ref()).filter(|_| options.with_fixed) else {
        return Ok(None);
    };
    let scanned = scan_tree(options.tree(repo, fixed, &incident.scan_path), scan, day)?;
    let still_there = scanned.map(|(_, report)| {
        let remains = |hit: &&Hit| standing(&report).any(|finding| finding.rule.id == hit.rule && *finding.place.path == *hit.path);
        hits.iter().filter(remains).cloned().collect()
    });
    Ok(Some(still_there))
}

/// Scans a tree, as of a day if one is given.
fn scan_tree(tree: Tried<Tree>, scan: &ScanOptions, day: Option<Date>) -> Result<Tried<(Run, Report)>, ScanError> {
    let tree = match tree {
        Ok(tree) => tree,
        Err(reason) => return Ok(Err(reason)),
    };
    let options = ScanOptions { as_of: day.unwrap_or(scan.as_of), ..scan.clone() };
    let begun = Instant::now();
    let report = scan_opened(&options, |limits| match &tree {
        Tree::Revision { repository, revision, folder } => target::open_commit(repository, revision, folder, limits),
        Tree::Folder(folder) => target::open_folder(Path::new(folder), limits),
    });
    match report {
        Ok(report) => Ok(Ok((Run::of(&report, begun.elapsed().as_secs_f64()), report))),
        Err(ScanError::Target(error)) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// Findings that a person would be shown.
fn standing(report: &Report) -> impl Iterator<Item = &Finding> {
    report.triage.reported.iter()
}

impl IncidentRun {
    /// Whether a rule that speaks of the defect was heard at a place that the incident names.
    #[must_use]
    pub fn is_located(&self) -> bool {
        self.hits.iter().any(|hit| hit.is_right)
    }
}

impl Run {
    fn of(report: &Report, seconds: f64) -> Self {
        let counted: Vec<_> = standing(report).filter(|finding| judge::is_wallet(finding.role)).collect();
        let counts = Severity::ALL.map(|severity| counted.iter().filter(|finding| finding.severity == severity).count());
        let severe = counted.iter().filter(|finding| finding.severity >= Severity::High);
        let severe = severe.map(|finding| Severe { hit: Hit::of(finding, &finding.place), message: finding.message.clone() });
        Self { counts, lines: report.coverage.analysed_lines(), seconds, severe: severe.collect(), rules: firings(&counted) }
    }

    /// How many findings have a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        Severity::ALL.iter().position(|&other| other == severity).map_or(0, |index| self.counts[index])
    }
}

fn firings(findings: &[&Finding]) -> BTreeMap<String, Firing> {
    let mut firings: BTreeMap<String, Firing> = BTreeMap::new();
    for finding in findings {
        let firing = firings.entry(finding.rule.id.clone()).or_insert(Firing { findings: 0, worst: finding.severity });
        firing.findings += 1;
        firing.worst = firing.worst.max(finding.severity);
    }
    firings
}
