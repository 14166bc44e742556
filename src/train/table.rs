//! The feature table: one row for each tree of a corpus, so that a model can be fitted again without a scan.
//!
//! Comma-separated values without quotes: nothing in a cell may need them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::Exposure;
use crate::risk::fit::{Side, Snapshot};
use crate::risk::{Evidence, Signal, rule_and_form};
use crate::rule::{Confidence, Severity};

const HEAD: &str = "id,repository,side,seen,year,platform,lines,coverage,credits,signals";

/// A table that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the feature table: {problem}")]
pub struct TableError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// Writes snapshots, in their order.
#[must_use]
pub fn write_features(snapshots: &[Snapshot]) -> String {
    let mut text = format!("{HEAD}\n");
    for snapshot in snapshots {
        let Snapshot { id, repository, side, is_seen, year, platform, lines, coverage, credits, signals } = snapshot;
        let signals: Vec<_> = signals.iter().map(cell).collect();
        let (id, repository, side, signals) = (plain(id), plain(repository), side.name(), signals.join(";"));
        let _ = writeln!(text, "{id},{repository},{side},{is_seen},{year},{platform},{lines},{coverage:.4},{credits},{signals}");
    }
    text
}

fn cell((signal, count): &(Signal, usize)) -> String {
    let Signal { severity, confidence, exposure, evidence, .. } = signal;
    let tier = [severity.name(), confidence.name(), exposure.name(), evidence.name()].join(":");
    format!("{}:{tier}:{count}", signal.judged_as())
}

/// Names from a corpus file, without what would end a cell.
fn plain(text: &str) -> String {
    text.replace([',', '\n', '\r'], " ")
}

/// Reads snapshots. `packs` knows the pack of each rule.
///
/// # Errors
/// At the first line that is not a row of this table.
pub fn read_features(text: &str, packs: &BTreeMap<String, String>) -> Result<Vec<Snapshot>, TableError> {
    let mut lines = (1..).zip(text.lines());
    if lines.next().is_none_or(|(_, head)| head != HEAD) {
        return Err(TableError { line: 1, problem: format!("it does not begin with `{HEAD}`") });
    }
    lines
        .map(|(line, text)| row(text, packs).ok_or_else(|| TableError { line, problem: "it is not a row of ten cells".into() }))
        .collect()
}

fn row(text: &str, packs: &BTreeMap<String, String>) -> Option<Snapshot> {
    let cells: [&str; 10] = text.split(',').collect::<Vec<_>>().try_into().ok()?;
    let [id, repository, side, seen, year, platform, lines, coverage, credits, signals] = cells;
    let signals = signals.split(';').filter(|cell| !cell.is_empty()).map(|cell| signal(cell, packs));
    Some(Snapshot {
        id: id.to_owned(),
        repository: repository.to_owned(),
        side: Side::ALL.into_iter().find(|one| one.name() == side)?,
        is_seen: seen.parse().ok()?,
        year: year.parse().ok()?,
        platform: platform.to_owned(),
        lines: lines.parse().ok()?,
        coverage: coverage.parse().ok()?,
        credits: credits.parse().ok()?,
        signals: signals.collect::<Option<_>>()?,
    })
}

fn signal(cell: &str, packs: &BTreeMap<String, String>) -> Option<(Signal, usize)> {
    let cells: [&str; 6] = cell.split(':').collect::<Vec<_>>().try_into().ok()?;
    let [rule, severity, confidence, exposure, evidence, count] = cells;
    let (rule, form) = rule_and_form(rule);
    let signal = Signal {
        pack: packs.get(&rule).cloned().unwrap_or_default(),
        rule,
        form,
        severity: Severity::ALL.into_iter().find(|one| one.name() == severity)?,
        confidence: Confidence::ALL.into_iter().find(|one| one.name() == confidence)?,
        exposure: Exposure::ALL.into_iter().find(|one| one.name() == exposure)?,
        evidence: Evidence::ALL.into_iter().find(|one| one.name() == evidence)?,
    };
    Some((signal, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let signal = Signal {
            rule: "a-rule".into(),
            form: Some("a-form".into()),
            pack: "a-pack".into(),
            severity: Severity::High,
            confidence: Confidence::Medium,
            exposure: Exposure::OnSecretPath,
            evidence: Evidence::Name,
        };
        let snapshot = |id: &str, side, signals| Snapshot {
            id: id.into(),
            repository: "o/n".into(),
            side,
            is_seen: side == Side::Case,
            year: 2020,
            platform: "web".into(),
            lines: 12,
            coverage: 0.75,
            credits: 2,
            signals,
        };
        let snapshots = [snapshot("a", Side::Case, vec![(signal, 3)]), snapshot("b", Side::Background, Vec::new())];
        let packs = [("a-rule".to_owned(), "a-pack".to_owned())].into();
        let text = write_features(&snapshots);
        assert_eq!(read_features(&text, &packs).unwrap(), snapshots);
        assert_eq!(read_features(&text.replace("web", "web,x"), &packs).unwrap_err().line, 2);
        assert_eq!(read_features("", &packs).unwrap_err().line, 1);
    }
}
