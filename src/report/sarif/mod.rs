//! SARIF 2.1.0, as the standard says and GitHub code scanning wants it.

mod rules;

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::json::write_json;
use super::knowledge::KnowledgeV1;
use super::order::ordered;
use super::{Outcome, Report, Reporter, Style, Subject};
use crate::finding::{Finding, Place, Step, neutralised};
use crate::rule::Severity;
use crate::source::Notice;

use rules::Rules;

/// The SARIF format.
#[derive(Debug)]
pub(super) struct Sarif;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Reporter for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run(report)] });
        write_json(&log, out)
    }
}

fn run(report: &Report) -> Value {
    let triage = &report.triage;
    let rules = &Rules::of(report);
    let kind = |finding: &Finding| if finding.excuse.is_some() { "external" } else { "inSource" };
    let inline = triage.suppressed.iter().map(|(finding, reason)| {
        suppressed(finding, json!({ "kind": kind(finding), "justification": neutralised(reason) }), (report, rules))
    });
    let known = ordered(&triage.known)
        .into_iter()
        .map(|finding| suppressed(finding, json!({ "kind": "external", "justification": "in the baseline" }), (report, rules)));
    let reported = ordered(&triage.reported).into_iter().map(|finding| result(finding, (report, rules)));
    let results: Vec<_> = reported.chain(inline).chain(known).collect();
    let run = json!({
        "tool": { "driver": rules.driver(report) },
        "automationDetails": {
            "id": format!("forewarn/{}/", uri(&report.subject.name)),
            "description": { "text": report.subject.line() },
        },
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the scanned tree." } } },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report)],
        "results": results,
        "properties": properties(report),
    });
    match provenance(&report.subject) {
        Some(provenance) => with(run, "versionControlProvenance", json!([provenance])),
        None => run,
    }
}

/// The commit, if the repository has an address: the standard asks for one.
fn provenance(subject: &Subject) -> Option<Value> {
    let revision = subject.revision.as_ref()?;
    Some(json!({
        "repositoryUri": revision.repository.as_ref()?,
        "revisionId": revision.id,
        "mappedTo": { "uriBaseId": "SRCROOT" },
    }))
}

fn result(finding: &Finding, (report, rules): (&Report, &Rules<'_>)) -> Value {
    let mut result = Map::new();
    let mut set = |key: &str, value: Value| result.insert(key.into(), value);
    let (id, index) = rules.of_finding(finding);
    set("ruleId", json!(id));
    if let Some(index) = index {
        set("ruleIndex", json!(index));
    }
    set("level", json!(level(finding.severity)));
    set("message", json!({ "text": message(finding) }));
    set("locations", json!([location(&finding.place)]));
    set("partialFingerprints", fingerprints(finding));
    if !finding.flow.is_empty() {
        let steps: Vec<_> = finding.flow.iter().map(|step| json!({ "location": explained(step) })).collect();
        set("codeFlows", json!([{ "threadFlows": [{ "locations": steps }] }]));
    }
    if !finding.related.is_empty() {
        let related = (1..).zip(&finding.related).map(|(id, step)| with(explained(step), "id", json!(id)));
        set("relatedLocations", related.collect());
    }
    set(
        "properties",
        json!({
            "severity": finding.severity.name(),
            "severity-note": finding.severity_note(),
            "confidence": finding.confidence.name(),
            "role": finding.role.name(),
            "exposure": finding.exposure.name(),
            "subject": finding.subject,
            "review": report.review.as_ref().map(|review| review.standing(finding, report.as_of).name()),
            "security-severity": security_severity(finding.severity),
        }),
    );
    Value::Object(result)
}

/// What was found, and why its severity is not that of the rule: the page of an alert shows nothing else.
fn message(finding: &Finding) -> String {
    let note = finding.severity_note().map(|note| format!(" Severity {} ({note}).", finding.severity.name()));
    let end = if note.is_some() && !finding.message.ends_with('.') { "." } else { "" };
    format!("{}{end}{}", finding.message, note.unwrap_or_default())
}

fn fingerprints(finding: &Finding) -> Value {
    let own = json!({ "forewarn/v1": finding.fingerprint });
    match &finding.line_hash {
        Some(hash) => with(own, "primaryLocationLineHash", json!(hash)),
        None => own,
    }
}

fn suppressed(finding: &Finding, suppression: Value, (report, rules): (&Report, &Rules<'_>)) -> Value {
    with(result(finding, (report, rules)), "suppressions", json!([suppression]))
}

/// An object with a further member.
fn with(object: Value, key: &str, value: Value) -> Value {
    match object {
        Value::Object(mut members) => {
            members.insert(key.into(), value);
            Value::Object(members)
        }
        other => other,
    }
}

fn location(place: &Place) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.path), "uriBaseId": "SRCROOT" },
            "region": {
                "startLine": place.start.line,
                "startColumn": place.start.column,
                "endLine": place.end.line,
                "endColumn": place.end.column,
            },
        },
    })
}

fn explained(step: &Step) -> Value {
    with(location(&step.place), "message", json!({ "text": step.message }))
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn invocation(report: &Report) -> Value {
    let outcome = report.outcome();
    let is_complete = !matches!(outcome, Outcome::Incomplete(_));
    json!({
        "executionSuccessful": is_complete,
        "exitCode": outcome.exit_code(),
        "toolExecutionNotifications": report.notices.iter().map(notification).collect::<Vec<_>>(),
    })
}

fn notification(notice: &Notice) -> Value {
    let text = json!({ "level": "warning", "message": { "text": neutralised(&notice.message) }, "properties": { "kind": notice.kind.name() } });
    let Some(path) = notice.path.as_deref() else { return text };
    let mut place = json!({ "artifactLocation": { "uri": uri(path), "uriBaseId": "SRCROOT" } });
    if let Some(line) = notice.line {
        place = with(place, "region", json!({ "startLine": line.max(1) }));
    }
    with(text, "locations", json!([{ "physicalLocation": place }]))
}

fn properties(report: &Report) -> Value {
    let assessment = &report.assessment;
    let score = assessment.score.as_ref();
    let weaknesses = assessment.weaknesses.iter().map(|weakness| (weakness.name.clone(), json!(round(weakness.risk, 1000.0))));
    let coverage = &report.coverage;
    json!({
        "asOf": report.as_of.to_string(),
        "subject": report.subject.title(),
        "revision": report.subject.revision.as_ref().map(|revision| revision.id.clone()),
        "options": report.subject.options,
        "adjustments": report.adjusted(),
        "excludedFiles": report.adjustments.excluded.len(),
        "belowConfidence": report.triage.unsure.len(),
        "riskScore": score.map(|score| round(score.value, 10.0)),
        "verdict": score.map(|score| score.band.name.clone()),
        "riskScoreLow": score.map(|score| round(score.range.0, 10.0)),
        "riskScoreHigh": score.map(|score| round(score.range.1, 10.0)),
        "weaknesses": weaknesses.collect::<Map<_, _>>(),
        "coverage": {
            "share": round(coverage.share(), 1000.0),
            "analysedFiles": coverage.analysed_files(),
            "analysedLines": coverage.analysed_lines(),
        },
        "knowledge": KnowledgeV1::of(report),
    })
}

/// A number to so many parts of one: reports do not differ in the last bit.
pub(super) fn round(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub's scale: critical over 9.0, high from 7.0, medium from 4.0.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(uri("src/a b#1.ts"), "src/a%20b%231.ts");
        assert_eq!(uri("ü:x"), "%C3%BC%3Ax");
    }
}
