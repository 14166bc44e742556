//! Trees of a corpus, scanned as of their day.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};

use super::table::{read_features, write_features};
use crate::backtest::{Control, Corpus, Incident};
use crate::report::Report;
use crate::risk::Signal;
use crate::risk::fit::{Loss, Side, Snapshot, packs};
use crate::rule::Date;
use crate::scan::{ScanError, ScanOptions, Series};
use crate::target;

/// A tree of a corpus that is to be scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id in the corpus.
    pub id: String,
    /// `owner/name` of the repository.
    pub repository: String,
    /// The commit.
    pub revision: String,
    /// The folder that matters; all of it if empty.
    pub folder: String,
    /// How it ended.
    pub side: Side,
    /// Whether rules may have been written or tried on it.
    pub is_seen: bool,
    /// The day as of which it is judged: the day before its defect was disclosed, or that of the commit.
    pub day: Option<Date>,
}

/// Where trees are, and how they are scanned.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// Folder of repositories, see [`target::find_repository`].
    pub repos: PathBuf,
    /// Folder in which what was found in a tree is kept, one file each; nothing is kept without it.
    pub cache: Option<PathBuf>,
    /// What stands for rules and engine in the names of kept files: with another one, trees are scanned anew.
    pub version: String,
    /// Trees that are scanned at a time.
    pub jobs: usize,
}

/// The trees of a corpus, and what its cases cost.
#[must_use]
pub fn sources(corpus: &Corpus) -> (Vec<Source>, Vec<Loss>) {
    let loss = |incident: &Incident| Loss {
        repository: incident.repo.clone().unwrap_or_default(),
        class: incident.class.clone(),
        is_costly: incident.loss_usd.is_some_and(|loss| loss > 0),
    };
    let control = |control: &Control| Source {
        id: control.id.clone(),
        repository: control.repo.clone(),
        revision: control.commit.clone(),
        folder: String::new(),
        side: if control.is_background { Side::Background } else { Side::Control },
        is_seen: !control.is_sealed,
        day: Some(control.date),
    };
    let cases = corpus.incidents.iter().filter_map(of_incident);
    (cases.chain(corpus.controls.iter().map(control)).collect(), corpus.incidents.iter().map(loss).collect())
}

/// None of a published package: there is no tree of it in a repository.
fn of_incident(incident: &Incident) -> Option<Source> {
    Some(Source {
        id: incident.id.clone(),
        repository: incident.repo.clone()?,
        revision: incident.vulnerable_commit.clone(),
        folder: incident.scan_path.clone(),
        side: Side::Case,
        is_seen: !incident.is_sealed,
        day: incident.disclosed_date.map(|day| Date::from_days(day.days() - 1)),
    })
}

/// Scans trees, several at a time, and gives what the score sees of them in their order; `progress` hears of each. A tree that is not there or
/// cannot be opened is left out, with a word to `progress`.
///
/// # Errors
/// If a rule is wrong or threads cannot be started.
pub fn take(
    sources: &[Source],
    options: &TrainOptions,
    scan: &ScanOptions,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Snapshot>, ScanError> {
    let scan = ScanOptions { threads: Some(options.jobs), ..scan.clone() };
    let series = Series::new(&scan)?;
    let next = AtomicUsize::new(0);
    let taken: Mutex<Vec<(usize, Snapshot)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((at, source)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, sources.get(at)?))) {
            match one(source, options, &scan, &series) {
                Ok(snapshot) => {
                    progress(&source.id);
                    taken.lock().expect("no thread panics with the list in hand").push((at, snapshot));
                }
                Err(problem) => progress(&format!("{}: left out: {problem}", source.id)),
            }
            series.turn();
        }
    };
    std::thread::scope(|scope| (0..options.jobs.max(1)).for_each(|_| drop(scope.spawn(work))));
    let mut taken = taken.into_inner().expect("no thread panics with the list in hand");
    taken.sort_by_key(|(at, _)| *at);
    Ok(taken.into_iter().map(|(_, snapshot)| snapshot).collect())
}

fn one(source: &Source, options: &TrainOptions, scan: &ScanOptions, series: &Series) -> Result<Snapshot, String> {
    let kept = options.cache.as_ref().map(|folder| folder.join(format!("{}.csv", key(source, &options.version))));
    let known = kept.as_ref().and_then(|file| target::read_text(file).ok());
    if let Some(snapshot) = known.and_then(|text| read_features(&text, &packs(series.rules())).ok()?.pop()) {
        return Ok(Snapshot { id: source.id.clone(), side: source.side, is_seen: source.is_seen, ..snapshot });
    }
    let repository = target::find_repository(&options.repos, &source.repository).ok_or("the repository is not there")?;
    let scan = ScanOptions { as_of: source.day.unwrap_or(scan.as_of), ..scan.clone() };
    let report = series.scan(&scan, |limits| target::open_commit(&repository, &source.revision, &source.folder, limits));
    let snapshot = seen(source, &report.map_err(|error| error.to_string())?);
    if let Some(file) = kept {
        // What cannot be kept is scanned again the next time.
        let _ = fs::write(file, write_features(std::slice::from_ref(&snapshot)));
    }
    Ok(snapshot)
}

/// The name of a kept file: everything that decides what is found.
fn key(source: &Source, version: &str) -> String {
    let Source { repository, revision, folder, day, .. } = source;
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    let digest = Sha256::digest([version, repository, revision, folder, &day].join("\n"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn seen(source: &Source, report: &Report) -> Snapshot {
    let seen = &report.assessment.seen;
    let year = source.day.unwrap_or(report.as_of).year;
    let year = report.subject.revision.as_ref().map_or(year, |revision| revision.day.year);
    Snapshot {
        id: source.id.clone(),
        repository: source.repository.clone(),
        side: source.side,
        is_seen: source.is_seen,
        year,
        platform: seen.platform.clone(),
        lines: seen.lines,
        coverage: seen.coverage,
        credits: seen.credits.len(),
        signals: Signal::counted(report.triage.standing()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_gives_trees_and_losses() {
        let text = "[[incident]]\nid='a'\nrepo='o/n'\nclass='nonce'\nvulnerable_commit='1'\ndisclosed_date='2022-08-03'\n\
                    detectable='yes'\nloss_usd=5\n[[incident]]\nid='p'\nregistry='npm:x@1'\nclass='nonce'\ndetectable='no'\n\
                    [[control]]\nid='b'\nrepo='o/m'\ncommit='2'\ndate='2021-01-02'";
        let mut corpus: Corpus = toml::from_str(text).unwrap();
        corpus.controls[0].is_background = true;
        corpus.incidents[0].is_sealed = true;
        let (sources, losses) = sources(&corpus);
        let told: Vec<_> = sources.iter().map(|source| (source.id.as_str(), source.side, source.is_seen)).collect();
        assert_eq!(told, [("a", Side::Case, false), ("b", Side::Background, true)]);
        assert_eq!(sources[0].day.map(|day| day.to_string()).as_deref(), Some("2022-08-02"));
        assert_eq!((losses.len(), losses[0].is_costly, losses[1].is_costly), (2, true, false));
        assert_ne!(key(&sources[0], "1"), key(&sources[0], "2"));
    }
}
