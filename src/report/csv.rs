//! CSV (RFC 4180) for spreadsheets: a line a finding, what was set aside included, with the reason.

use std::io::{self, Write};

use super::order::ordered;
use super::{Report, Reporter, Style};
use crate::finding::{Finding, neutralised};
use crate::standing::CSV_HEADER;

/// The CSV format.
#[derive(Debug)]
pub(super) struct Csv;

impl Reporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        let triage = &report.triage;
        writeln!(out, "{CSV_HEADER}")?;
        for finding in ordered(&triage.reported) {
            let review = report.review.as_ref();
            let status = review.map_or("open", |review| review.standing(finding, report.as_of).name());
            let said = review.and_then(|review| review.of(finding)?.said()).unwrap_or_default();
            row(finding, status, &said, out)?;
        }
        for (finding, reason) in &triage.suppressed {
            row(finding, if finding.excuse.is_some() { "answered" } else { "silenced" }, reason, out)?;
        }
        triage.known.iter().try_for_each(|finding| row(finding, "baseline", "", out))?;
        triage.unsure.iter().try_for_each(|finding| row(finding, "below-confidence", "", out))
    }
}

fn row(finding: &Finding, status: &str, reason: &str, out: &mut dyn Write) -> io::Result<()> {
    let (line, column) = (finding.place.start.line.to_string(), finding.place.start.column.to_string());
    let package = finding.package.as_deref();
    let advisories: Vec<_> = package.iter().flat_map(|package| &package.advisories).filter_map(|one| one.ids.first()).collect();
    let cells = [
        finding.severity.name(),
        &finding.rule.id,
        &finding.rule.body.title,
        &finding.message,
        &finding.place.path,
        &line,
        &column,
        finding.confidence.name(),
        finding.exposure.name(),
        status,
        reason,
        package.map_or("", |package| &package.name),
        package.map_or("", |package| &package.version),
        package.and_then(|package| package.fix.as_deref()).unwrap_or_default(),
        &advisories.into_iter().cloned().collect::<Vec<_>>().join(" "),
        &finding.fingerprint,
    ];
    writeln!(out, "{}", cells.map(cell).join(","))
}

/// A text as a cell. A spreadsheet takes what begins with one of these signs for a formula: an apostrophe makes it a text.
fn cell(text: &str) -> String {
    let text = neutralised(text);
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!(cell("@scope/name"), "\"'@scope/name\"");
    }
}
