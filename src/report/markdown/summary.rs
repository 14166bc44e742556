//! A summary that fits into a comment on a pull request, whatever was found: GitHub takes 65,536 characters.

use std::io::{self, Write};

use super::listing::{counts, status, title_rows};
use super::text::{capital, code_cell, cut, escaped, prose};
use crate::finding::Finding;
use crate::report::order::ordered;
use crate::report::text::{counted, coverage, not_read, place_of, project, verdict};
use crate::report::{Outcome, Report};
use crate::standing::AUDIT_MARK;

/// So many findings and packages have a row.
const ROWS: usize = 40;
/// So many characters of a text are shown in a cell.
const CELL: usize = 160;
/// So many lines of one sort are shown, each so long.
const LINES: usize = 20;
const LINE: usize = 400;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}: wallet audit\n{AUDIT_MARK}\n", escaped(&cut(&report.subject.title(), CELL)))?;
    writeln!(out, "**{}**\n", escaped(&verdict(report)))?;
    if let Outcome::Failed(reasons) = report.outcome() {
        writeln!(out, "Fails: {}.\n", escaped(&reasons.join("; ")))?;
    }
    counts(report, out)?;
    let (packages, own): (Vec<_>, Vec<_>) =
        ordered(&report.triage.reported).into_iter().partition(|finding| finding.package.is_some());
    rows(&own, report, out)?;
    package_rows(&packages, out)?;
    writeln!(out, "Not read: {}\n", prose(&cut(&not_read(report), LINE)))?;
    let lines = report.adjusted().into_iter().chain(coverage(&report.coverage)).chain(project(report));
    writeln!(out, "<details><summary>What was read, and what changed the result</summary>\n")?;
    for line in lines.take(LINES) {
        writeln!(out, "- {}", prose(&cut(&line, LINE)))?;
    }
    if !report.notices.is_empty() {
        writeln!(out, "- {}", counted(report.notices.len(), "notice"))?;
    }
    for (label, value) in title_rows(report).into_iter().take(LINES) {
        writeln!(out, "- {label}: {}", escaped(&cut(&value, LINE)))?;
    }
    writeln!(out, "\n</details>")
}

fn rows(own: &[&Finding], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if own.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Severity | Finding | Place | Status |\n|---|---|---|---|")?;
    for finding in own.iter().take(ROWS) {
        let severity = capital(finding.severity.name());
        let title = prose(&cut(&finding.rule.body.title, CELL));
        let place = code_cell(&cut(&place_of(finding), CELL));
        writeln!(out, "| {severity} | {title} | {place} | {} |", status(finding, report))?;
    }
    writeln!(out)?;
    if own.len() > ROWS {
        writeln!(out, "{} more are in the full report.\n", counted(own.len() - ROWS, "finding"))?;
    }
    Ok(())
}

fn package_rows(packages: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Severity | Package | Update to | Advisories |\n|---|---|---|---:|")?;
    let known = packages.iter().filter_map(|finding| Some((finding, finding.package.as_deref()?)));
    for (finding, package) in known.take(ROWS) {
        let name = escaped(&cut(&format!("{} {}", package.name, package.version), CELL));
        let fix = escaped(&cut(&package.fix_text().unwrap_or_else(|| "none yet".into()), CELL));
        writeln!(out, "| {} | {name} | {fix} | {} |", capital(finding.severity.name()), package.advisories.len())?;
    }
    writeln!(out)?;
    if packages.len() > ROWS {
        writeln!(out, "{} more are in the full report.\n", counted(packages.len() - ROWS, "package"))?;
    }
    Ok(())
}
