//! A backtest for people and for programs.

use std::io::{self, Write};

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use serde::Serialize;

use crate::rule::Severity;

use super::classes::is_listed;
use super::summary::per_thousand;
use super::{Backtest, Control, Hit, Incident, IncidentRun, Proof, Run, Severe, Share, Summary, Tried};

/// Writes tables: the incidents, the controls, the sums.
///
/// # Errors
/// If the writer fails.
pub fn write_table(backtest: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(backtest);
    if !backtest.incidents.is_empty() {
        writeln!(out, "{}\n", incidents_table(backtest))?;
        writeln!(out, "{}\n", classes_table(&summary))?;
        writeln!(out, "~ marks a rule of another class: it locates nothing.")?;
        let lax = lax_classes(backtest);
        if !lax.is_empty() {
            writeln!(out, "Not in rules/classes.toml, so that nearly any rule counts as right: {}.", lax.join(", "))?;
        }
        writeln!(out)?;
    }
    if !backtest.controls.is_empty() {
        writeln!(out, "{}\n", controls_table(backtest))?;
    }
    for (detectable, share) in &summary.by_detectable {
        let [located, any, chance] = share_cells(*share);
        writeln!(out, "detectable = {:<6} located {located}, by any rule {any}, by chance {chance}", detectable.name())?;
    }
    if summary.controls > 0 {
        let counts = Severity::ALL.iter().zip(summary.control_counts);
        let counts: Vec<_> = counts.map(|(severity, count)| format!("{count} {}", severity.name())).collect();
        writeln!(out, "controls: {} over {} lines: {}", summary.controls, summary.control_lines, counts.join(", "))?;
    }
    if summary.skipped > 0 {
        writeln!(out, "skipped: {}", summary.skipped)?;
    }
    Ok(())
}

/// Whether nothing says which rules report the defect: that one of them speaks at its place shows little.
fn is_lax(incident: &Incident) -> bool {
    incident.rules.is_empty() && !is_listed(&incident.class)
}

/// The classes of incidents that nothing limits to certain rules.
fn lax_classes(backtest: &Backtest) -> Vec<&str> {
    let lax = backtest.incidents.iter().map(|(incident, _)| incident).filter(|incident| is_lax(incident));
    let mut classes: Vec<_> = lax.map(|incident| incident.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header.iter().copied());
    table
}

fn incidents_table(backtest: &Backtest) -> Table {
    let mut table = table(&["incident", "class", "detectable", "located", "at", "by", "score", "fixed", "c/h/m/l/i", "lines", "s"]);
    for (incident, tried) in &backtest.incidents {
        let head = [incident.id.clone(), incident.class.clone(), incident.detectable.name().to_owned()];
        let tail = match tried {
            Ok(run) => {
                let located = if run.is_located() && is_lax(incident) {
                    "any rule"
                } else if run.is_located() {
                    "yes"
                } else if run.hits.is_empty() {
                    "NO"
                } else {
                    "other rule"
                };
                let by = if incident.is_sealed { "not told".into() } else { hits_text(run) };
                let place = run.rank.first.map(|place| place.to_string()).unwrap_or_default();
                let fixed = run.fixed.as_ref().and_then(|fixed| fixed.as_ref().ok());
                let fixed = fixed.map(|fixed| score_cell(fixed.score)).unwrap_or_default();
                [vec![located.to_owned(), place, by, score_cell(run.run.score), fixed], run_cells(&run.run)].concat()
            }
            Err(reason) => vec!["skipped".into(), String::new(), reason.clone()],
        };
        table.add_row(head.into_iter().chain(tail));
    }
    table
}

fn hits_text(run: &IncidentRun) -> String {
    let still_there = run.fixed.as_ref().map(|fixed| fixed.as_ref().map(|fixed| &fixed.still_there));
    let hits = run.hits.iter().map(|hit| {
        let fate = match &still_there {
            Some(Ok(rest)) if rest.contains(hit) => " (still there when fixed)",
            Some(Ok(_)) => " (gone when fixed)",
            Some(Err(_)) | None => "",
        };
        let mark = if hit.is_right { "" } else { "~" };
        format!("{mark}{} {}:{}{fate}", hit.rule, hit.path, hit.line)
    });
    hits.collect::<Vec<_>>().join("; ")
}

fn score_cell(score: Option<f64>) -> String {
    score.map_or_else(|| "none".into(), |score| format!("{score:.1}"))
}

fn run_cells(run: &Run) -> Vec<String> {
    let counts: Vec<_> = run.counts.iter().map(ToString::to_string).collect();
    vec![counts.join("/"), run.lines.to_string(), format!("{:.2}", run.seconds)]
}

fn controls_table(backtest: &Backtest) -> Table {
    let mut table = table(&["control", "score", "c/h/m/l/i", "lines", "s", "severe per 1000 lines"]);
    for (control, tried) in &backtest.controls {
        let cells = match tried {
            Ok(run) => {
                let density = format!("{:.3}", per_thousand(run.severe.len(), run.lines));
                [vec![score_cell(run.score)], run_cells(run), vec![density]].concat()
            }
            Err(reason) => vec![reason.clone()],
        };
        table.add_row(std::iter::once(control.id.clone()).chain(cells));
    }
    table
}

fn classes_table(summary: &Summary) -> Table {
    let mut table = table(&["class", "detectable", "located", "by any rule", "by chance"]);
    for ((class, detectable), share) in &summary.by_class {
        let head = [class.clone(), detectable.name().to_owned()];
        table.add_row(head.into_iter().chain(share_cells(*share)));
    }
    table
}

/// Cases that were located by a right rule, by any rule, and by chance.
fn share_cells(share: Share) -> [String; 3] {
    let percent = |cases: f64| share.percent_of(cases).map(|percent| format!(" ({percent:.0} %)")).unwrap_or_default();
    let counted = |cases: usize| format!("{cases} of {}{}", share.scanned, percent(cases as f64));
    let chance = format!("{:.1}{}", share.by_chance, percent(share.by_chance));
    [counted(share.located), counted(share.by_any_rule), chance]
}

/// Writes `forewarn/backtest/v1`, with the proof if there is one.
///
/// # Errors
/// If the writer fails.
pub fn write_json(backtest: &Backtest, proof: Option<&Proof>, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(backtest);
    let json = BacktestJson {
        schema: "forewarn/backtest/v1",
        incidents: backtest.incidents.iter().map(|(incident, tried)| incident_json(incident, tried)).collect(),
        controls: backtest.controls.iter().map(|(control, tried)| control_json(control, tried)).collect(),
        summary: summary_json(&summary),
        proof,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BacktestJson<'a> {
    schema: &'static str,
    incidents: Vec<CaseJson<'a>>,
    controls: Vec<CaseJson<'a>>,
    summary: SummaryJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'a Proof>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct CaseJson<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable: Option<&'static str>,
    languages: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    located: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    located_by_any_rule: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_chance: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hits: Vec<HitJson<'a>>,
    /// Where in the report the defect stands, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    still_there_when_fixed: Option<Vec<HitJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score_when_fixed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HitJson<'a> {
    rule: &'a str,
    path: &'a str,
    line: u32,
    severity: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_right: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    kind: &'a str,
    findings: serde_json::Map<String, serde_json::Value>,
    lines: u64,
    seconds: f64,
    severe: Vec<HitJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryJson<'a> {
    classes: Vec<ShareJson<'a>>,
    all: Vec<ShareJson<'a>>,
    skipped: usize,
    controls: usize,
    control_lines: u64,
    control_findings: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShareJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    detectable: &'static str,
    located: usize,
    by_any_rule: usize,
    by_chance: f64,
    scanned: usize,
}

fn incident_json<'a>(incident: &'a Incident, tried: &'a Tried<IncidentRun>) -> CaseJson<'a> {
    let head = CaseJson {
        id: &incident.id,
        class: Some(&incident.class),
        detectable: Some(incident.detectable.name()),
        languages: &incident.languages,
        ..CaseJson::default()
    };
    let run = match tried {
        Ok(run) => run,
        Err(reason) => return CaseJson { skipped: Some(reason), ..head },
    };
    let told = |hits: &'a [Hit]| if incident.is_sealed { Vec::new() } else { hits.iter().map(hit_json).collect() };
    let fixed = run.fixed.as_ref().and_then(|fixed| fixed.as_ref().ok());
    CaseJson {
        located: Some(run.is_located()),
        located_by_any_rule: Some(!run.hits.is_empty()),
        by_chance: Some(run.chance),
        hits: told(&run.hits),
        place: run.rank.first,
        still_there_when_fixed: fixed.map(|fixed| told(&fixed.still_there)),
        score_when_fixed: fixed.and_then(|fixed| fixed.score),
        run: Some(run_json(&run.run, incident.is_sealed)),
        ..head
    }
}

fn control_json<'a>(control: &'a Control, tried: &'a Tried<Run>) -> CaseJson<'a> {
    let head = CaseJson { id: &control.id, languages: &control.languages, ..CaseJson::default() };
    match tried {
        Ok(run) => CaseJson { run: Some(run_json(run, control.is_sealed)), ..head },
        Err(reason) => CaseJson { skipped: Some(reason), ..head },
    }
}

fn hit_json(hit: &Hit) -> HitJson<'_> {
    HitJson {
        rule: &hit.rule,
        path: &hit.path,
        line: hit.line,
        severity: hit.severity.name(),
        is_right: hit.is_right,
        message: None,
    }
}

fn severe_json(severe: &Severe) -> HitJson<'_> {
    HitJson { message: Some(&severe.message), ..hit_json(&severe.hit) }
}

fn run_json(run: &Run, is_sealed: bool) -> RunJson<'_> {
    RunJson {
        score: run.score,
        kind: &run.kind,
        findings: counts_json(run.counts),
        lines: run.lines,
        seconds: run.seconds,
        severe: if is_sealed { Vec::new() } else { run.severe.iter().map(severe_json).collect() },
    }
}

fn counts_json(counts: [usize; Severity::ALL.len()]) -> serde_json::Map<String, serde_json::Value> {
    Severity::ALL.iter().zip(counts).map(|(severity, count)| (severity.name().to_owned(), count.into())).collect()
}

fn summary_json(summary: &Summary) -> SummaryJson<'_> {
    let share = |class, detectable: super::Detectable, share: Share| ShareJson {
        class,
        detectable: detectable.name(),
        located: share.located,
        by_any_rule: share.by_any_rule,
        by_chance: share.by_chance,
        scanned: share.scanned,
    };
    let classes = summary.by_class.iter().map(|((class, detectable), sum)| share(Some(class.as_str()), *detectable, *sum));
    SummaryJson {
        classes: classes.collect(),
        all: summary.by_detectable.iter().map(|(detectable, sum)| share(None, *detectable, *sum)).collect(),
        skipped: summary.skipped,
        controls: summary.controls,
        control_lines: summary.control_lines,
        control_findings: counts_json(summary.control_counts),
    }
}
