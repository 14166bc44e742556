//! A finding of `forewarn/v1`.

use serde::Serialize;

use super::assessment::WorthV1;
use crate::finding::{AdvisedPackage, AdvisoryFact, Finding, Place, Review, Step};
use crate::report::Report;
use crate::rule::Date;

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingV1<'a> {
    rule: &'a str,
    pack: &'a str,
    title: &'a str,
    severity: &'static str,
    rule_severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'a str>,
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
    #[serde(skip_serializing_if = "<[u32]>::is_empty")]
    cwe: &'a [u32],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    masvs: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    ccss: &'a [String],
    incidents: &'a [String],
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    worth: Option<WorthV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewV1<'a>>,
}

/// How a finding compares with the review, and what was said.
#[derive(Serialize)]
struct ReviewV1<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
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
    /// The versions that it is about, as comparators.
    affected: &'a str,
    fixed: &'a [String],
    published: String,
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

impl<'a> FindingV1<'a> {
    pub(super) fn of(finding: &'a Finding, report: &'a Report) -> Self {
        Self {
            rule: &finding.rule.id,
            pack: &finding.rule.pack,
            title: &finding.rule.body.title,
            severity: finding.severity.name(),
            rule_severity: finding.rule.body.severity.name(),
            severity_reason: finding.severity_reason.as_deref(),
            form: finding.form.as_deref(),
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
            cwe: &finding.rule.body.cwe,
            masvs: &finding.rule.body.masvs,
            ccss: &finding.rule.body.ccss,
            incidents: &finding.rule.body.incidents,
            fingerprint: &finding.fingerprint,
            worth: WorthV1::of(finding, report),
            review: report.review.as_ref().map(|review| ReviewV1::of(finding, review, report.as_of)),
        }
    }
}

impl<'a> ReviewV1<'a> {
    fn of(finding: &Finding, review: &'a Review, as_of: Date) -> Self {
        let said = review.of(finding);
        Self {
            status: review.standing(finding, as_of).name(),
            who: said.and_then(|said| said.who.as_deref()),
            why: said.and_then(|said| said.why.as_deref()),
            until: said.and_then(|said| said.until).map(|day| day.to_string()),
            comment: said.and_then(|said| said.comment.as_deref()),
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
            affected: &advisory.affected,
            fixed: &advisory.fixed,
            published: advisory.published.to_string(),
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
