//! For people at a terminal: the verdict first, then what is wrong, worst first, then what was not seen.

use std::io::{self, Write};

use super::{Report, Reporter, Style};
use crate::finding::Finding;

/// The table format.
#[derive(Debug)]
pub(super) struct Table;

impl Reporter for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        for finding in &report.triage.reported {
            write_finding(finding, out)?;
        }
        writeln!(out, "{} findings, {:.0} % of the code analysed", report.triage.reported.len(), report.coverage.share() * 100.0)
    }
}

fn write_finding(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = &finding.place;
    let severity = finding.severity.name();
    writeln!(out, "{severity} {} {}:{}: {}", finding.rule.id, place.path, place.start.line, finding.message)
}
