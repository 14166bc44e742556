//! The measuring instrument: scans of trees whose fate is known.
//!
//! For each incident of a [`Corpus`]: did the scan of the tree, as it was before, point where a person would? For each control: how
//! much does it say about a wallet to which nothing happened?

mod classes;
mod corpus;
mod judge;
mod plot;
mod proof;
mod prove;
mod sample;
mod score;
mod statistics;
mod summary;
mod write;

pub use corpus::{Control, Corpus, CorpusError, Detectable, Incident, Location, Part};
pub use judge::{HEADS, Hit, Rank};
pub use plot::write_plot;
pub use proof::Proof;
pub use prove::{insert_proof, write_proof};
pub use sample::{Bin, Estimate};
pub use statistics::write_statistics;
pub use summary::{Share, Summary};
pub use write::{write_json, write_table};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::finding::Finding;
use crate::report::Report;
use crate::rule::{Date, Severity};
use crate::scan::{ScanError, ScanOptions, Series};
use crate::target::{self, TargetError};

use score::{Models, Scored};

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
    /// How many trees are scanned at once; one if zero. The result does not depend on it.
    pub jobs: usize,
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
#[derive(Clone, Debug, Default)]
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
    /// The score, 0 to 100, by a model that saw nothing of the repository; None if too little was analysed for one.
    pub score: Option<f64>,
    /// The score without what each weakness has, for those that have something.
    pub without: BTreeMap<String, f64>,
    /// What sort of wallet it is.
    pub kind: String,
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
    /// Where in the report the defect stands.
    pub rank: Rank,
    /// What the mended revision gave; None if it was not scanned.
    pub fixed: Option<Tried<Fixed>>,
}

/// A mended revision that was scanned as of the same day.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Its score.
    pub score: Option<f64>,
    /// Of the findings at the places that the incident names, those that are still there.
    pub still_there: Vec<Hit>,
}

/// Runs the cases of a corpus. `progress` hears the id of each before it begins.
///
/// # Errors
/// If a rule or setting is wrong. A tree that is absent or cannot be opened is part of the result.
pub fn run(
    corpus: &Corpus,
    options: &BacktestOptions,
    scan: &ScanOptions,
    progress: impl Fn(&str) + Sync,
) -> Result<Backtest, ScanError> {
    let series = &Series::new(scan)?;
    let bench = Bench { options, scan, series, models: &Models::new(series.rules()) };
    let incidents: Vec<_> = corpus.incidents.iter().filter(|incident| options.selects_incident(incident)).collect();
    let controls: Vec<_> = corpus.controls.iter().filter(|control| options.selects_control(control)).collect();
    let tried = side_by_side(options.jobs, incidents.len() + controls.len(), |index| match incidents.get(index) {
        Some(incident) => {
            progress(&incident.id);
            Outcome::Incident(bench.incident(incident))
        }
        None => {
            let control = controls[index - incidents.len()];
            progress(&control.id);
            Outcome::Control(bench.control(control))
        }
    });
    let mut backtest = Backtest::default();
    for (index, outcome) in tried.into_iter().enumerate() {
        match outcome {
            Outcome::Incident(tried) => backtest.incidents.push((incidents[index].clone(), tried)),
            Outcome::Control(tried) => backtest.controls.push((controls[index - incidents.len()].clone(), tried)),
        }
    }
    Ok(backtest)
}

/// What became of one case.
enum Outcome {
    Incident(Tried<IncidentRun>),
    Control(Tried<Run>),
}

/// Does things on several threads; the results come in the order of the numbers.
fn side_by_side<T: Send>(jobs: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    let run = || {
        while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < count) {
            let result = work(index);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.min(count) {
            scope.spawn(run);
        }
        run();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|&(index, _)| index);
    done.into_iter().map(|(_, result)| result).collect()
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

/// What cases are run with.
struct Bench<'a> {
    options: &'a BacktestOptions,
    scan: &'a ScanOptions,
    series: &'a Series,
    models: &'a Models,
}

impl Bench<'_> {
    fn control(&self, control: &Control) -> Tried<Run> {
        let day = self.options.as_of_disclosure.then_some(control.date);
        let tree = self.options.tree(&control.repo, &control.commit, "");
        // Nothing was fitted on the background.
        let held_out = Some(control.repo.as_str()).filter(|_| !control.is_background);
        self.scan(tree, day, held_out).map(|(run, _)| run)
    }

    fn incident(&self, incident: &Incident) -> Tried<IncidentRun> {
        let options = self.options;
        let day = incident.disclosed_date.filter(|_| options.as_of_disclosure).map(|day| Date::from_days(day.days() - 1));
        let tree = match (&incident.repo, &incident.registry) {
            (Some(repo), _) => options.tree(repo, &incident.vulnerable_commit, &incident.scan_path),
            (None, Some(package)) => options.package(package),
            (None, None) => Err("the case names neither a repository nor a package".into()),
        };
        let (run, report) = self.scan(tree, day, incident.repo.as_deref().or(incident.registry.as_deref()))?;
        let hits = judge::hits(incident, standing(&report));
        let rank = judge::rank(incident, &standing(&report).collect::<Vec<_>>(), run.lines);
        drop(report);
        let fixed = self.fixed(incident, &hits, day);
        let chance = judge::chance(incident, &run);
        Ok(IncidentRun { run, hits, chance, rank, fixed })
    }

    /// What the mended revision still says in the same files by the same rules.
    fn fixed(&self, incident: &Incident, hits: &[Hit], day: Option<Date>) -> Option<Tried<Fixed>> {
        let (repo, fixed) = incident.repo.as_ref().zip(incident.fixed_commit.as_ref()).filter(|_| self.options.with_fixed)?;
        let scanned = self.scan(self.options.tree(repo, fixed, &incident.scan_path), day, Some(repo));
        Some(scanned.map(|(run, report)| {
            let remains =
                |hit: &&Hit| standing(&report).any(|finding| finding.rule.id == hit.rule && *finding.place.path == *hit.path);
            Fixed { score: run.score, still_there: hits.iter().filter(remains).cloned().collect() }
        }))
    }

    /// Scans a tree, as of a day if one is given; the model of its score saw nothing of a repository if one is named.
    fn scan(&self, tree: Tried<Tree>, day: Option<Date>, held_out: Option<&str>) -> Tried<(Run, Report)> {
        let tree = tree?;
        let options = ScanOptions { as_of: day.unwrap_or(self.scan.as_of), ..self.scan.clone() };
        let begun = Instant::now();
        let report = self.series.scan(&options, |limits| match &tree {
            Tree::Revision { repository, revision, folder } => target::open_commit(repository, revision, folder, limits),
            Tree::Folder(folder) => target::open_folder(Path::new(folder), limits),
        });
        self.series.turn();
        let report = report.map_err(|error| error.to_string())?;
        let scored = self.models.score(&report, held_out);
        Ok((Run::of(&report, scored, begun.elapsed().as_secs_f64()), report))
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
    fn of(report: &Report, scored: Scored, seconds: f64) -> Self {
        let counted: Vec<_> = standing(report).filter(|finding| judge::is_wallet(finding.role)).collect();
        let counts = Severity::ALL.map(|severity| counted.iter().filter(|finding| finding.severity == severity).count());
        let severe = counted.iter().filter(|finding| finding.severity >= Severity::High);
        let severe = severe.map(|finding| Severe { hit: Hit::of(finding, &finding.place), message: finding.message.clone() });
        Self {
            counts,
            lines: report.coverage.analysed_lines(),
            seconds,
            severe: severe.collect(),
            rules: firings(&counted),
            score: scored.score,
            without: scored.without,
            kind: report.assessment.seen.platform.clone(),
        }
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
