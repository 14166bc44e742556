//! GitLab's code quality report: what its widget shows in merge requests.

use std::io::{self, Write};

use serde::Serialize;

use super::json::write_json;
use super::order::ordered;
use super::text::severity_text;
use super::{Report, Reporter, Style};
use crate::finding::Finding;
use crate::rule::Severity;

/// The format of GitLab's code quality.
#[derive(Debug)]
pub(super) struct Gitlab;

impl Reporter for Gitlab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        write_json(&ordered(&report.triage.reported).into_iter().map(IssueV1::of).collect::<Vec<_>>(), out)
    }
}

#[derive(Serialize)]
struct IssueV1<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: LocationV1<'a>,
}

#[derive(Serialize)]
struct LocationV1<'a> {
    path: &'a str,
    lines: LinesV1,
}

#[derive(Serialize)]
struct LinesV1 {
    begin: u32,
}

impl<'a> IssueV1<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            description: format!("{} [{}]", finding.message, severity_text(finding)),
            check_name: &finding.rule.id,
            fingerprint: finding.fingerprint.rsplit(':').next().unwrap_or(&finding.fingerprint),
            severity: level(finding.severity),
            location: LocationV1 { path: &finding.place.path, lines: LinesV1 { begin: finding.place.start.line.max(1) } },
        }
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
