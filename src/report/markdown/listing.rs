//! Parts that the audit report and the summary share.

use std::io::{self, Write};

use super::text::capital;
use crate::finding::{Finding, Place, neutralised};
use crate::report::text::{counted, profile, reviewed};
use crate::report::{Report, TOOL_VERSION};
use crate::rule::{Date, Severity};

/// The title page: what was scanned, when, with what.
pub(super) fn title_rows(report: &Report) -> Vec<(&'static str, String)> {
    let subject = &report.subject;
    let named = subject.named_in.as_ref().map_or_else(|| subject.title(), |file| format!("{} ({file})", subject.title()));
    let mut rows = vec![("Audited", named), ("What it is", profile(report))];
    if let Some(commit) = &subject.revision {
        rows.push(("Commit", format!("{} of {}", commit.id, commit.day)));
        rows.extend(commit.repository.clone().map(|origin| ("Repository", origin)));
    }
    if subject.as_of < Date::LAST {
        rows.push(("Judged as of", subject.as_of.to_string()));
    }
    rows.push(("Tool", format!("Forewarn {TOOL_VERSION}, {}", counted(report.rules.rules.len(), "rule"))));
    if !subject.options.is_empty() {
        rows.push(("Options", subject.options.join(" ")));
    }
    rows.extend(subject.digest.map(|digest| ("SHA-256 of the tree", digest.to_string())));
    rows
}

/// How many findings there are of each severity, and what is not among them.
pub(super) fn counts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let triage = &report.triage;
    let names: Vec<_> = Severity::ALL.into_iter().map(|severity| capital(severity.name())).collect();
    let count = |severity| triage.reported.iter().filter(|finding| finding.severity == severity).count().to_string();
    let numbers: Vec<_> = Severity::ALL.into_iter().map(count).collect();
    writeln!(out, "| {} | Silenced | In the baseline | Below minimum confidence | Excluded files | Notices |", names.join(" | "))?;
    writeln!(out, "|{}", "---:|".repeat(Severity::ALL.len() + 5))?;
    let (silenced, known, unsure) = (triage.suppressed.len(), triage.known.len(), triage.unsure.len());
    let (excluded, notices) = (report.adjustments.excluded.len(), report.notices.len());
    writeln!(out, "| {} | {silenced} | {known} | {unsure} | {excluded} | {notices} |\n", numbers.join(" | "))?;
    let Some(reviewed) = reviewed(report) else { return Ok(()) };
    writeln!(out, "Since the last review: {reviewed}.\n")
}

/// `src/a.ts:7`.
pub(super) fn place(place: &Place) -> String {
    format!("{}:{}", neutralised(&place.path), place.start.line)
}

/// What became of a finding that is reported.
pub(super) fn status(finding: &Finding, report: &Report) -> &'static str {
    report.review.as_ref().map_or("Open", |review| review.standing(finding, report.as_of).word())
}
