//! `forewarn/v1`: everything that a scan found, for programs. These types are the contract; those of the engine are not.

use std::io::{self, Write};

use serde::Serialize;

use super::knowledge::KnowledgeV1;
use super::sarif::round;
use super::{Coverage, Outcome, Report, Reporter, Style};
use crate::audit::Profile;
use crate::finding::{AdvisedPackage, AdvisoryFact, Finding, Place, Step, acts, neutralised};
use crate::risk::{Assessment, FamilyRisk, Score};
use crate::source::Notice;

/// The JSON format.
#[derive(Debug)]
pub(super) struct Json;

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        write_json(&ReportV1::of(report), out)
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
    outcome: OutcomeV1,
    assessment: AssessmentV1<'a>,
    findings: Vec<FindingV1<'a>>,
    suppressed: Vec<SuppressedV1<'a>>,
    known: Vec<FindingV1<'a>>,
    below_confidence: usize,
    project: Vec<RemarkV1<'a>>,
    knowledge: Vec<KnowledgeV1>,
    profile: Vec<ProfileV1<'a>>,
    coverage: CoverageV1<'a>,
    notices: Vec<NoticeV1>,
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
struct AssessmentV1<'a> {
    score: Option<ScoreV1<'a>>,
    families: Vec<FamilyV1<'a>>,
    fix_first: Vec<FixV1<'a>>,
    warning_resemblance: Vec<GroundV1<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScoreV1<'a> {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    before_floor: Option<f64>,
    low: f64,
    high: f64,
    verdict: &'a str,
    meaning: &'a str,
    calibrated: bool,
    terms: Vec<TermV1<'a>>,
}

#[derive(Serialize)]
struct TermV1<'a> {
    name: &'a str,
    logit: f64,
}

#[derive(Serialize)]
struct FamilyV1<'a> {
    name: &'a str,
    risk: f64,
    logit: f64,
    findings: usize,
}

#[derive(Serialize)]
struct FixV1<'a> {
    rule: &'a str,
    score: f64,
}

#[derive(Serialize)]
struct GroundV1<'a> {
    name: &'a str,
    findings: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingV1<'a> {
    rule: &'a str,
    pack: &'a str,
    title: &'a str,
    severity: &'static str,
    rule_severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity_reason: Option<&'a str>,
    confidence: &'static str,
    message: &'a str,
    place: PlaceV1<'a>,
    role: &'static str,
    exposure: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<PackageV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flow: Vec<StepV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<StepV1<'a>>,
    excerpt: ExcerptV1<'a>,
    incidents: &'a [String],
    fingerprint: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageV1<'a> {
    ecosystem: &'a str,
    name: &'a str,
    version: &'a str,
    purl: &'a str,
    direct: bool,
    ships: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_in: Option<&'a str>,
    advisories: Vec<AdvisoryV1<'a>>,
}

#[derive(Serialize)]
struct AdvisoryV1<'a> {
    ids: &'a [String],
    severity: &'static str,
    impact: &'static str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    fixed: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuppressedV1<'a> {
    reason: String,
    finding: FindingV1<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlaceV1<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepV1<'a> {
    place: PlaceV1<'a>,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExcerptV1<'a> {
    first_line: u32,
    lines: &'a [String],
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
    fn of(report: &'a Report) -> Self {
        let findings = |findings: &'a [Finding]| findings.iter().map(FindingV1::of).collect();
        let suppressed = |(finding, reason): &'a (Finding, String)| SuppressedV1 {
            reason: neutralised(reason),
            finding: FindingV1::of(finding),
        };
        Self {
            schema: "forewarn/v1",
            tool_version: env!("CARGO_PKG_VERSION"),
            as_of: report.as_of.to_string(),
            tree_digest: report.digest.map(|digest| digest.to_string()),
            outcome: OutcomeV1::of(&report.outcome()),
            assessment: AssessmentV1::of(&report.assessment),
            findings: findings(&report.triage.reported),
            suppressed: report.triage.suppressed.iter().map(suppressed).collect(),
            known: findings(&report.triage.known),
            below_confidence: report.triage.unsure.len(),
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

impl<'a> AssessmentV1<'a> {
    fn of(assessment: &'a Assessment) -> Self {
        let family = |family: &'a FamilyRisk| FamilyV1 {
            name: &family.name,
            risk: round(family.risk, 1e3),
            logit: round(family.logit, 1e3),
            findings: family.findings,
        };
        Self {
            score: assessment.score.as_ref().map(ScoreV1::of),
            families: assessment.families.iter().map(family).collect(),
            fix_first: assessment.fixes.iter().map(|fix| FixV1 { rule: &fix.rule, score: round(fix.score, 10.0) }).collect(),
            warning_resemblance: assessment
                .grounds
                .iter()
                .map(|ground| GroundV1 { name: &ground.name, findings: ground.findings })
                .collect(),
        }
    }
}

impl<'a> ScoreV1<'a> {
    fn of(score: &'a Score) -> Self {
        Self {
            value: round(score.value, 10.0),
            before_floor: score.before_floor.map(|before| round(before, 10.0)),
            low: round(score.range.0, 10.0),
            high: round(score.range.1, 10.0),
            verdict: &score.band.name,
            meaning: &score.band.meaning,
            calibrated: score.calibrated,
            terms: score.terms.iter().map(|term| TermV1 { name: &term.name, logit: round(term.logit, 1e3) }).collect(),
        }
    }
}

impl<'a> FindingV1<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule.id,
            pack: &finding.rule.pack,
            title: &finding.rule.body.title,
            severity: finding.severity.name(),
            rule_severity: finding.rule.body.severity.name(),
            severity_reason: finding.severity_reason.as_deref(),
            confidence: finding.confidence.name(),
            message: &finding.message,
            place: PlaceV1::of(&finding.place),
            role: finding.role.name(),
            exposure: finding.exposure.name(),
            subject: finding.subject.as_deref(),
            package: finding.package.as_deref().map(PackageV1::of),
            flow: finding.flow.iter().map(StepV1::of).collect(),
            related: finding.related.iter().map(StepV1::of).collect(),
            excerpt: ExcerptV1 { first_line: finding.excerpt.first_line, lines: &finding.excerpt.lines },
            incidents: &finding.rule.body.incidents,
            fingerprint: &finding.fingerprint,
        }
    }
}

impl<'a> PackageV1<'a> {
    fn of(package: &'a AdvisedPackage) -> Self {
        let advisory = |advisory: &'a AdvisoryFact| AdvisoryV1 {
            ids: &advisory.ids,
            severity: advisory.severity.name(),
            impact: advisory.impact.name(),
            summary: &advisory.summary,
            url: advisory.address.as_deref(),
            fixed: &advisory.fixed,
        };
        Self {
            ecosystem: &package.ecosystem,
            name: &package.name,
            version: &package.version,
            purl: &package.purl,
            direct: package.is_direct,
            ships: package.ships,
            fixed_in: package.fix.as_deref(),
            advisories: package.advisories.iter().map(advisory).collect(),
        }
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

impl<'a> PlaceV1<'a> {
    fn of(place: &'a Place) -> Self {
        Self {
            path: &place.path,
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        }
    }
}

impl<'a> StepV1<'a> {
    fn of(step: &'a Step) -> Self {
        Self { place: PlaceV1::of(&step.place), message: &step.message }
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
