//! Commands of a GitHub workflow: a mark on the line of each finding.

use std::io::{self, Write};

use super::order::ordered;
use super::text::severity_text;
use super::{Report, Reporter, Style};
use crate::finding::{Finding, neutralised};
use crate::rule::Severity;

/// The format of annotations.
#[derive(Debug)]
pub(super) struct Github;

/// GitHub shows no more marks of one level for a step.
const MARKS: usize = 10;

impl Reporter for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        let ordered = ordered(&report.triage.reported);
        for level in ["error", "warning", "notice"] {
            let marks = ordered.iter().filter(|finding| level_of(finding.severity) == level).take(MARKS);
            for finding in marks {
                write_mark(level, finding, out)?;
            }
        }
        Ok(())
    }
}

const fn level_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

fn write_mark(level: &str, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = &finding.place;
    let (path, title) = (property(&place.path), property(&finding.rule.id));
    let (line, end) = (place.start.line.max(1), place.end.line.max(1));
    let message = data(&format!("{}: {}\nFix: {}", severity_text(finding), finding.message, finding.rule.body.fix));
    writeln!(out, "::{level} file={path},line={line},endLine={end},title={title}::{message}")
}

/// Text that ends no command.
fn data(text: &str) -> String {
    neutralised(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text that ends no property either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_a_command() {
        assert_eq!(data("100 %\n::error::x"), "100 %25 ::error::x");
        assert_eq!(property("a,b:c\nd"), "a%2Cb%3Ac d");
    }
}
