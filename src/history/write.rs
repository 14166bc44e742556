//! A history as a table and as JSON.

use std::io::{self, Write};

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use serde::Serialize;

use crate::finding::neutralised;
use crate::rule::{Incident, Severity};
use crate::target::Release;

use super::{Change, History, Step};

/// Rules that a row names.
const MOST_NAMED: usize = 3;

/// Writes a row for each release, the oldest first, and what happened to the wallet between them.
///
/// # Errors
/// If the writer fails.
pub fn write_table(history: &History, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(["release", "date", "score", "band", "c/h/m/l/i", "introduced", "removed"]);
    let mut incidents = history.incidents.iter().peekable();
    for (release, step) in &history.steps {
        while let Some(incident) = incidents.next_if(|incident| incident.date.last_day() <= release.day) {
            table.add_row(event(incident));
        }
        let head = [neutralised(&release.name), release.day.to_string()];
        table.add_row(head.into_iter().chain(cells(step)));
    }
    incidents.for_each(|incident| {
        table.add_row(event(incident));
    });
    writeln!(out, "{table}")?;
    let day = history.as_of.map_or_else(|| "its own day".to_owned(), |day| day.to_string());
    let (count, name) = (history.steps.len(), neutralised(&history.name));
    let noun = if count == 1 { "release" } else { "releases" };
    writeln!(out, "\n{count} {noun} of {name}, each judged by what was public on {day}.")
}

fn event(incident: &Incident) -> Vec<String> {
    vec!["***".into(), incident.date.to_string(), String::new(), String::new(), String::new(), incident.heading(), String::new()]
}

fn cells(step: &Result<Step, String>) -> Vec<String> {
    let step = match step {
        Ok(step) => step,
        Err(reason) => return vec!["not opened".into(), neutralised(reason)],
    };
    let score = step.score.as_ref();
    let (introduced, removed) = step.net();
    let counts: Vec<_> = step.counts.iter().map(ToString::to_string).collect();
    vec![
        score.map_or_else(|| "none".into(), |score| format!("{:.1}", score.value)),
        score.map_or_else(|| "too little analysed".into(), |score| score.band.clone()),
        counts.join("/"),
        if step.is_repeat { "same files".into() } else { named(&introduced) },
        named(&removed),
    ]
}

/// `3 secret-to-log, 1 electron-sandbox-off, 2 more rules`: the gravest first.
pub(super) fn named(changes: &[Change]) -> String {
    let first = changes.iter().take(MOST_NAMED).map(|change| format!("{} {}", change.count, change.rule));
    let more = changes.len().saturating_sub(MOST_NAMED);
    let more = (more > 0).then(|| format!("{more} more rule{}", if more == 1 { "" } else { "s" }));
    first.chain(more).collect::<Vec<_>>().join(", ")
}

/// Writes `forewarn/history/v1`.
///
/// # Errors
/// If the writer fails.
pub fn write_json(history: &History, out: &mut dyn Write) -> io::Result<()> {
    let json = HistoryJson {
        schema: "forewarn/history/v1",
        name: &history.name,
        as_of: history.as_of.map(|day| day.to_string()),
        releases: history.steps.iter().map(|(release, step)| release_json(release, step)).collect(),
        incidents: history.incidents.iter().map(incident_json).collect(),
        reading: ReadingJson { files: history.saved.files, read_before: history.saved.known },
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryJson<'a> {
    schema: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    releases: Vec<ReleaseJson<'a>>,
    incidents: Vec<IncidentJson<'a>>,
    reading: ReadingJson,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReleaseJson<'a> {
    release: &'a str,
    commit: &'a str,
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ScoreJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    same_files: bool,
    introduced: Vec<ChangeJson<'a>>,
    removed: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
struct ScoreJson<'a> {
    value: f64,
    low: f64,
    high: f64,
    band: &'a str,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    rule: &'a str,
    severity: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct IncidentJson<'a> {
    name: &'a str,
    date: String,
    what: &'a str,
    source: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadingJson {
    files: usize,
    read_before: usize,
}

fn release_json<'a>(release: &'a Release, step: &'a Result<Step, String>) -> ReleaseJson<'a> {
    let head = ReleaseJson { release: &release.name, commit: &release.commit, date: release.day.to_string(), ..Default::default() };
    let step = match step {
        Ok(step) => step,
        Err(reason) => return ReleaseJson { skipped: Some(reason), ..head },
    };
    let tenth = |number: f64| (number * 10.0).round() / 10.0;
    let score = step.score.as_ref().map(|score| ScoreJson {
        value: tenth(score.value),
        low: tenth(score.range.0),
        high: tenth(score.range.1),
        band: &score.band,
    });
    let counts = Severity::ALL.iter().zip(step.counts).map(|(severity, count)| (severity.name().to_owned(), count.into()));
    ReleaseJson {
        score,
        findings: Some(counts.collect()),
        lines: Some(step.lines),
        same_files: step.is_repeat,
        introduced: step.introduced.iter().map(change_json).collect(),
        removed: step.removed.iter().map(change_json).collect(),
        ..head
    }
}

fn change_json(change: &Change) -> ChangeJson<'_> {
    ChangeJson { rule: &change.rule, severity: change.severity.name(), count: change.count }
}

fn incident_json(incident: &Incident) -> IncidentJson<'_> {
    IncidentJson { name: &incident.name, date: incident.date.to_string(), what: &incident.what, source: &incident.source }
}
