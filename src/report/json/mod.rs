//! `forewarn/v1`: everything that a scan found, for programs. These types are the contract; those of the engine are not.

mod adjustments;
mod assessment;
mod finding;
mod rules;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::knowledge::KnowledgeV1;
use super::order::ordered;
use super::sarif::round;
use super::{Coverage, Outcome, Report, Reporter, Style, Subject, TOOL_VERSION};
use crate::audit::Profile;
use crate::finding::{Finding, Review, Reviewed, acts, neutralised};
use crate::rule::Severity;
use crate::source::Notice;

use adjustments::AdjustmentsV1;
use assessment::AssessmentV1;
use finding::FindingV1;
use rules::RuleV1;

/// The JSON format.
#[derive(Debug)]
pub(super) struct Json;

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
        write_json(&ReportV1::of(report, style.resemblance), out)
    }
}

/// Writes a value as JSON in which nothing acts on a terminal. Beyond ASCII such characters stand in strings only, so that they can
/// be escaped and lose nothing.
pub(super) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let mut rest = text.as_str();
    while let Some((at, char)) = rest.char_indices().find(|&(_, char)| char != '\n' && acts(char)) {
        out.write_all(&rest.as_bytes()[..at])?;
        for unit in char.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = &rest[at + char.len_utf8()..];
    }
    writeln!(out, "{rest}")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportV1<'a> {
    schema: &'static str,
    tool_version: &'static str,
    as_of: String,
    tree_digest: Option<String>,
    subject: SubjectV1<'a>,
    outcome: OutcomeV1,
    counts: CountsV1,
    adjustments: AdjustmentsV1<'a>,
    assessment: AssessmentV1<'a>,
    findings: Vec<FindingV1<'a>>,
    suppressed: Vec<SuppressedV1<'a>>,
    known: Vec<FindingV1<'a>>,
    below_confidence: usize,
    resolved: Option<Vec<ResolvedV1<'a>>>,
    rules: BTreeMap<&'a str, RuleV1<'a>>,
    project: Vec<RemarkV1<'a>>,
    knowledge: Vec<KnowledgeV1>,
    profile: Vec<ProfileV1<'a>>,
    coverage: CoverageV1<'a>,
    notices: Vec<NoticeV1>,
}

/// What the review knew and the scan no longer finds.
#[derive(Serialize)]
struct ResolvedV1<'a> {
    fingerprint: &'a str,
    rule: &'a str,
    place: &'a str,
}

impl<'a> ResolvedV1<'a> {
    fn of(review: &'a Review, report: &Report) -> Vec<Self> {
        let one =
            |reviewed: &'a Reviewed| Self { fingerprint: &reviewed.fingerprint, rule: &reviewed.rule, place: &reviewed.place };
        review.resolved(&report.triage).into_iter().map(one).collect()
    }
}

/// What was scanned.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubjectV1<'a> {
    name: &'a str,
    version: Option<&'a str>,
    named_in: Option<&'a str>,
    revision: Option<RevisionV1<'a>>,
    options: &'a [String],
}

#[derive(Serialize)]
struct RevisionV1<'a> {
    id: &'a str,
    day: String,
}

impl<'a> SubjectV1<'a> {
    fn of(subject: &'a Subject) -> Self {
        let revision = subject.revision.as_ref();
        Self {
            name: &subject.name,
            version: subject.version.as_deref(),
            named_in: subject.named_in.as_deref(),
            revision: revision.map(|revision| RevisionV1 { id: &revision.id, day: revision.day.to_string() }),
            options: &subject.options,
        }
    }
}

/// The numbers that every format tells.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountsV1 {
    findings: usize,
    by_severity: BTreeMap<&'static str, usize>,
    suppressed: usize,
    known: usize,
    below_confidence: usize,
    excluded_files: usize,
    notices: usize,
}

impl CountsV1 {
    fn of(report: &Report) -> Self {
        let triage = &report.triage;
        let count = |severity| triage.reported.iter().filter(|finding| finding.severity == severity).count();
        Self {
            findings: triage.reported.len(),
            by_severity: Severity::ALL.into_iter().map(|severity| (severity.name(), count(severity))).collect(),
            suppressed: triage.suppressed.len(),
            known: triage.known.len(),
            below_confidence: triage.unsure.len(),
            excluded_files: report.adjustments.excluded.len(),
            notices: report.notices.len(),
        }
    }
}

/// What the project as a whole lacks.
#[derive(Serialize)]
struct RemarkV1<'a> {
    rule: &'a str,
    says: &'a str,
}

impl<'a> RemarkV1<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        Some(Self { rule: &finding.rule.id, says: finding.rule.body.remark.as_deref()? })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeV1 {
    exit_code: u8,
    reasons: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuppressedV1<'a> {
    reason: String,
    finding: FindingV1<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CoverageV1<'a> {
    share: f64,
    languages: Vec<LanguageV1>,
    documents: Vec<DocumentsV1<'a>>,
    other_files: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LanguageV1 {
    name: &'static str,
    analysed_files: usize,
    partly_analysed_files: usize,
    skipped_files: usize,
    lines: u64,
    analysed_lines: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct DocumentsV1<'a> {
    syntax: &'a str,
    files: usize,
}

#[derive(Serialize)]
struct NoticeV1 {
    kind: &'static str,
    path: Option<String>,
    line: Option<u32>,
    message: String,
}

impl<'a> ReportV1<'a> {
    fn of(report: &'a Report, resembles: bool) -> Self {
        let findings =
            |findings: &'a [Finding]| ordered(findings).into_iter().map(|finding| FindingV1::of(finding, report)).collect();
        let suppressed = |(finding, reason): &'a (Finding, String)| SuppressedV1 {
            reason: neutralised(reason),
            finding: FindingV1::of(finding, report),
        };
        Self {
            schema: "forewarn/v1",
            tool_version: TOOL_VERSION,
            as_of: report.as_of.to_string(),
            tree_digest: report.digest.map(|digest| digest.to_string()),
            subject: SubjectV1::of(&report.subject),
            outcome: OutcomeV1::of(&report.outcome()),
            counts: CountsV1::of(report),
            adjustments: AdjustmentsV1::of(&report.adjustments),
            assessment: AssessmentV1::of(&report.assessment, resembles),
            findings: findings(&report.triage.reported),
            suppressed: report.triage.suppressed.iter().map(suppressed).collect(),
            known: findings(&report.triage.known),
            below_confidence: report.triage.unsure.len(),
            resolved: report.review.as_ref().map(|review| ResolvedV1::of(review, report)),
            rules: RuleV1::that_speak(report),
            project: report.triage.project.iter().filter_map(RemarkV1::of).collect(),
            knowledge: KnowledgeV1::of(report),
            profile: report.profile.iter().map(ProfileV1::of).collect(),
            coverage: CoverageV1::of(&report.coverage),
            notices: report.notices.iter().map(NoticeV1::of).collect(),
        }
    }
}

impl OutcomeV1 {
    fn of(outcome: &Outcome) -> Self {
        let reasons = match outcome {
            Outcome::Passed => Vec::new(),
            Outcome::Failed(reasons) => reasons.clone(),
            Outcome::Incomplete(reason) => vec![reason.clone()],
        };
        Self { exit_code: outcome.exit_code(), reasons }
    }
}

/// One of the things that the tree is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileV1<'a> {
    kind: &'a str,
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl<'a> ProfileV1<'a> {
    fn of(profile: &'a Profile) -> Self {
        Self { kind: profile.kind, what: profile.what, detail: profile.detail.as_deref().map(neutralised) }
    }
}

impl<'a> CoverageV1<'a> {
    fn of(coverage: &'a Coverage) -> Self {
        let language = |language: &super::Language| LanguageV1 {
            name: language.name,
            analysed_files: language.analysed,
            partly_analysed_files: language.partly,
            skipped_files: language.skipped,
            lines: language.lines,
            analysed_lines: language.lines_analysed,
            reason: (language.skipped > 0).then(|| language.reason()),
        };
        Self {
            share: round(coverage.share(), 1e3),
            languages: coverage.languages.iter().map(language).collect(),
            documents: coverage.documents.iter().map(|&(syntax, files)| DocumentsV1 { syntax, files }).collect(),
            other_files: coverage.other_files,
        }
    }
}

impl NoticeV1 {
    fn of(notice: &Notice) -> Self {
        Self {
            kind: notice.kind.name(),
            path: notice.path.as_deref().map(neutralised),
            line: notice.line,
            message: neutralised(&notice.message),
        }
    }
}
