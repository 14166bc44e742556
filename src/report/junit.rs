//! JUnit's XML, which every CI server shows: a test case for each finding, failed from the gate on.

use std::io::{self, Write};

use super::order::ordered;
use super::text::{place_of, severity_text};
use super::{Outcome, Report, Reporter, Style};
use crate::finding::{Finding, neutralised};
use crate::rule::Severity;

/// The JUnit format.
#[derive(Debug)]
pub(super) struct Junit;

impl Reporter for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        let found = &report.triage.reported;
        let failures = found.iter().filter(|finding| fails(report, finding)).count();
        let error = match report.outcome() {
            Outcome::Incomplete(reason) => Some(reason),
            _ => None,
        };
        let tests = found.len() + 1;
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\"", usize::from(error.is_some()));
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"forewarn\" {counts}>")?;
        writeln!(out, "  <testsuite name=\"{}\" {counts} skipped=\"0\">", escaped(&report.subject.title()))?;
        properties(report, out)?;
        write!(out, "    <testcase name=\"coverage\" classname=\"forewarn\"")?;
        match error {
            Some(reason) => writeln!(out, "><error message=\"{}\"/></testcase>", escaped(&reason))?,
            None => writeln!(out, "/>")?,
        }
        ordered(found).into_iter().try_for_each(|finding| write_case(report, finding, out))?;
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

/// The numbers that every format tells.
fn properties(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let triage = &report.triage;
    let count = |severity| triage.reported.iter().filter(|finding| finding.severity == severity).count();
    let score = report.assessment.score.as_ref().map(|score| ("score", format!("{:.0}", score.value)));
    let numbers = Severity::ALL.into_iter().map(|severity| (severity.name(), count(severity))).chain([
        ("suppressed", triage.suppressed.len()),
        ("known", triage.known.len()),
        ("belowConfidence", triage.unsure.len()),
        ("excludedFiles", report.adjustments.excluded.len()),
        ("notices", report.notices.len()),
    ]);
    writeln!(out, "    <properties>")?;
    for (name, value) in numbers.map(|(name, number)| (name, number.to_string())).chain(score) {
        writeln!(out, "      <property name=\"forewarn.{name}\" value=\"{value}\"/>")?;
    }
    writeln!(out, "    </properties>")
}

fn fails(report: &Report, finding: &Finding) -> bool {
    report.gate.fail_on.is_some_and(|least| finding.severity >= least)
}

fn write_case(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let body = &finding.rule.body;
    let name = format!("{}: {}", place_of(finding), body.title);
    let (file, line) = (escaped(&finding.place.path), finding.place.start.line);
    write!(out, "    <testcase name=\"{}\" classname=\"{}\" file=\"{file}\" line=\"{line}\">", escaped(&name), finding.rule.id)?;
    let text = format!("{}: {}\nWhy: {}\nFix: {}", severity_text(finding), finding.message, body.why, body.fix);
    if fails(report, finding) {
        let (message, severity) = (escaped(&finding.message), finding.severity.name());
        write!(out, "<failure message=\"{message}\" type=\"{severity}\">{}</failure>", escaped(&text))?;
    } else {
        write!(out, "<system-out>{}</system-out>", escaped(&text))?;
    }
    writeln!(out, "</testcase>")
}

/// Text that means itself in XML, also inside of an attribute.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for char in neutralised(text).chars() {
        match char {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '"' => result.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => result.push(char::REPLACEMENT_CHARACTER),
            _ => result.push(char),
        }
    }
    result
}
