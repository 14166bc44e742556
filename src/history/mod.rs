//! The risk of a repository over its releases, straight from its object store.
//!
//! Each release is judged by what was public on its own day, so that the curve is the one that somebody who scanned at the time would
//! have seen. What two releases share is read once: see [`Series`].

mod draw;
mod write;

pub use draw::write_svg;
pub use write::{write_json, write_table};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::{Baseline, Finding};
use crate::report::Report;
use crate::rule::{Date, Incident, Severity};
use crate::scan::{Saved, ScanError, ScanOptions, Series};
use crate::source::{Digest, SourceFile};
use crate::target::{self, Blobs, Choice, Release, TargetError, open_commit_with};

/// Which releases of what are scanned.
#[derive(Clone, Debug)]
pub struct HistoryOptions {
    /// The repository.
    pub repository: PathBuf,
    /// The folder of its trees that is scanned; all of them if empty.
    pub folder: String,
    /// Its name, `owner/name`, by which incidents know it.
    pub name: Option<String>,
    /// Which revisions.
    pub choice: Choice,
    /// None before this day.
    pub since: Option<Date>,
    /// None after this day.
    pub until: Option<Date>,
    /// The day by which all of them are judged; each by its own if absent.
    pub as_of: Option<Date>,
}

/// What releases were like, the oldest first.
#[derive(Clone, Debug)]
pub struct History {
    /// What it is the history of.
    pub name: String,
    /// The day by which all releases were judged; None if each was by its own.
    pub as_of: Option<Date>,
    /// Each release, or why it could not be opened.
    pub steps: Vec<(Release, Result<Step, String>)>,
    /// What happened to the wallet, in the order of time.
    pub incidents: Vec<Incident>,
    /// How much of the reading was spared.
    pub saved: Saved,
}

/// What one release was like.
#[derive(Clone, Debug)]
pub struct Step {
    /// The score; None if too little was analysed for one.
    pub score: Option<Scored>,
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub counts: [usize; Severity::ALL.len()],
    /// Lines of code that were analysed.
    pub lines: u64,
    /// Findings that the release before did not have, by rule: the gravest first.
    pub introduced: Vec<Change>,
    /// Findings of the release before that this one does not have.
    pub removed: Vec<Change>,
    /// Whether an earlier release had the same files and was judged by the same day, so that this one was not scanned again.
    pub is_repeat: bool,
}

/// A score, as a curve shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// 0 to 100.
    pub value: f64,
    /// Between what it probably lies.
    pub range: (f64, f64),
    /// The name of its band.
    pub band: String,
}

/// Findings of one rule that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The gravest of them.
    pub severity: Severity,
    /// How many.
    pub count: usize,
}

/// What the next release is compared with.
#[derive(Clone, Debug)]
struct Scanned {
    report: Arc<Report>,
    files: Arc<[SourceFile]>,
}

/// Scans the releases one after the other. `progress` hears each before it begins.
///
/// # Errors
/// If a rule is wrong or the repository cannot be opened. A release that cannot be opened is part of the result.
pub fn history(options: &HistoryOptions, scan: &ScanOptions, mut progress: impl FnMut(&Release)) -> Result<History, ScanError> {
    let series = Series::new(scan)?;
    let blobs = Blobs::default();
    let is_wanted = |release: &Release| {
        options.since.is_none_or(|since| since <= release.day) && options.until.is_none_or(|until| release.day <= until)
    };
    let releases = target::releases(&options.repository, &options.choice)?;
    let mut steps = Vec::new();
    let mut last: Option<Scanned> = None;
    for release in releases.into_iter().filter(is_wanted) {
        progress(&release);
        let scan = ScanOptions { as_of: options.as_of.unwrap_or(release.day), ..scan.clone() };
        let found = scanned(&series, &blobs, options, &release, &scan, last.as_ref());
        let is_repeat = matches!(found, Ok(None));
        let step = match found {
            Ok(now) => {
                let now = now.or_else(|| last.clone());
                let step = now.as_ref().map(|now| step(last.as_ref(), now, is_repeat));
                last = now;
                step.ok_or_else(|| "there is nothing to compare it with".to_owned())
            }
            Err(error) => Err(error.to_string()),
        };
        // What was not scanned asked for nothing, and the next release will.
        if !is_repeat && step.is_ok() {
            series.turn();
            blobs.turn();
        }
        steps.push((release, step));
    }
    let name = options.name.clone();
    // What happened before the first release that was looked at is none of its doing.
    let first = steps.first().map(|(release, _)| release.day);
    let is_told = |incident: &&Incident| {
        let day = incident.date.last_day();
        name.as_ref().is_some_and(|name| incident.is_of(name))
            && first.is_some_and(|first| first <= day)
            && options.until.is_none_or(|until| day <= until)
    };
    let mut incidents: Vec<_> = series.rules().incidents.values().filter(is_told).cloned().collect();
    incidents.sort_by_key(|incident| incident.date);
    let name = name.unwrap_or_else(|| folder_name(&options.repository));
    Ok(History { name, as_of: options.as_of, steps, incidents, saved: series.saved() })
}

fn folder_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Scans a release; None if its files and its day are those of the one before.
fn scanned(
    series: &Series,
    blobs: &Blobs,
    options: &HistoryOptions,
    release: &Release,
    scan: &ScanOptions,
    last: Option<&Scanned>,
) -> Result<Option<Scanned>, TargetError> {
    let mut files = Vec::new();
    let is_same = |digest: Option<Digest>| last.is_some_and(|last| last.report.digest == digest && last.report.as_of == scan.as_of);
    let report = series.scan_unless(scan, is_same, |limits| {
        let workspace = open_commit_with(blobs, &options.repository, &release.commit, &options.folder, limits)?;
        files.clone_from(&workspace.files);
        Ok(workspace)
    })?;
    Ok(report.map(|report| Scanned { report: Arc::new(report), files: files.into() }))
}

fn step(last: Option<&Scanned>, now: &Scanned, is_repeat: bool) -> Step {
    let report = &now.report;
    let standing: Vec<_> = report.triage.standing().collect();
    let counts = Severity::ALL.map(|severity| standing.iter().filter(|finding| finding.severity == severity).count());
    let (introduced, removed) = if is_repeat { Default::default() } else { changes(last, now) };
    let score = report.assessment.score.as_ref();
    let score = score.map(|score| Scored { value: score.value, range: score.range, band: score.band.name.clone() });
    Step { score, counts, lines: report.coverage.analysed_lines(), introduced, removed, is_repeat }
}

/// What came and what went. A finding in a file that was renamed did neither.
fn changes(last: Option<&Scanned>, now: &Scanned) -> (Vec<Change>, Vec<Change>) {
    let Some(last) = last else { return (by_rule(&now.report.triage.standing().collect::<Vec<_>>()), Vec::new()) };
    let renamed = target::renamed(&last.files, &now.files);
    let back = renamed.iter().map(|(new, old)| (Arc::clone(old), Arc::clone(new))).collect();
    let before = Baseline::earlier(last.report.triage.standing(), renamed);
    let after = Baseline::earlier(now.report.triage.standing(), back);
    (by_rule(&before.unknown(now.report.triage.standing())), by_rule(&after.unknown(last.report.triage.standing())))
}

fn by_rule(findings: &[&Finding]) -> Vec<Change> {
    let mut changes: BTreeMap<&str, Change> = BTreeMap::new();
    for finding in findings {
        let change = changes.entry(&finding.rule.id).or_insert_with(|| Change {
            rule: finding.rule.id.clone(),
            title: finding.rule.body.title.clone(),
            severity: finding.severity,
            count: 0,
        });
        change.count += 1;
        change.severity = change.severity.max(finding.severity);
    }
    let mut changes: Vec<_> = changes.into_values().collect();
    changes.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.rule.cmp(&b.rule)));
    changes
}

impl Step {
    /// What came and what went, less the findings of a rule that only look different: as many as did both.
    #[must_use]
    pub fn net(&self) -> (Vec<Change>, Vec<Change>) {
        let less = |changes: &[Change], others: &[Change]| {
            let other = |change: &Change| others.iter().find(|other| other.rule == change.rule).map_or(0, |other| other.count);
            let left = |change: &Change| Change { count: change.count.saturating_sub(other(change)), ..change.clone() };
            changes.iter().map(left).filter(|change| change.count > 0).collect()
        };
        (less(&self.introduced, &self.removed), less(&self.removed, &self.introduced))
    }
}

impl History {
    /// The releases that were scanned.
    pub fn scanned(&self) -> impl Iterator<Item = (&Release, &Step)> {
        self.steps.iter().filter_map(|(release, step)| Some((release, step.as_ref().ok()?)))
    }
}
