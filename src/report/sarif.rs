//! SARIF 2.1.0, as the standard says and GitHub code scanning wants it.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::json::write_json;
use super::knowledge::KnowledgeV1;
use super::markdown::escaped;
use super::{Outcome, Report, Reporter, Style};
use crate::finding::{Finding, Place, Step, neutralised};
use crate::rule::{Rule, Severity};
use crate::source::Notice;

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
    let kind = |finding: &Finding| if finding.excuse.is_some() { "external" } else { "inSource" };
    let inline = triage.suppressed.iter().map(|(finding, reason)| {
        suppressed(finding, json!({ "kind": kind(finding), "justification": neutralised(reason) }), report)
    });
    let known = triage
        .known
        .iter()
        .map(|finding| suppressed(finding, json!({ "kind": "external", "justification": "in the baseline" }), report));
    let reported = triage.reported.iter().map(|finding| result(finding, report));
    let results: Vec<_> = reported.chain(inline).chain(known).collect();
    json!({
        "tool": { "driver": driver(report) },
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the scanned tree." } } },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report)],
        "results": results,
        "properties": properties(report),
    })
}

fn driver(report: &Report) -> Value {
    json!({
        "name": "Forewarn",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": report.rules.rules.iter().map(|rule| descriptor(rule, report)).collect::<Vec<_>>(),
    })
}

fn descriptor(rule: &Arc<Rule>, report: &Report) -> Value {
    let body = &rule.body;
    let mut tags: Vec<String> = vec!["security".into(), rule.pack.clone()];
    tags.extend(body.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(body.masvs.iter().cloned());
    json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": { "text": body.title },
        "fullDescription": { "text": body.what },
        "help": { "text": help(rule, report, &str::to_owned), "markdown": help(rule, report, &escaped) },
        "defaultConfiguration": { "level": level(body.severity) },
        "properties": {
            "tags": tags,
            "precision": precision(rule),
            "security-severity": security_severity(body.severity),
        },
    })
}

/// What the rule is about, for the page of an alert.
fn help(rule: &Rule, report: &Report, form: &dyn Fn(&str) -> String) -> String {
    let body = &rule.body;
    let incidents = report.rules.incidents_of(rule).map(|incident| format!("Seen before: {}", incident.story()));
    let parts = [body.what.clone(), format!("Why it matters: {}", body.why), format!("How to fix: {}", body.fix)];
    let parts: Vec<_> = parts.into_iter().chain(incidents).map(|part| form(part.trim())).collect();
    parts.join("\n\n")
}

fn result(finding: &Finding, report: &Report) -> Value {
    let index = report.rules.rules.binary_search_by(|rule| rule.id.cmp(&finding.rule.id));
    let mut result = Map::new();
    let mut set = |key: &str, value: Value| result.insert(key.into(), value);
    set("ruleId", json!(finding.rule.id));
    if let Ok(index) = index {
        set("ruleIndex", json!(index));
    }
    set("level", json!(level(finding.severity)));
    set("message", json!({ "text": finding.message }));
    set("locations", json!([location(&finding.place)]));
    set("partialFingerprints", json!({ "forewarn/v1": finding.fingerprint }));
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
            "security-severity": security_severity(finding.severity),
        }),
    );
    Value::Object(result)
}

fn suppressed(finding: &Finding, suppression: Value, report: &Report) -> Value {
    with(result(finding, report), "suppressions", json!([suppression]))
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
    let families = assessment.families.iter().map(|family| (family.name.clone(), json!(round(family.risk, 1000.0))));
    let coverage = &report.coverage;
    json!({
        "asOf": report.as_of.to_string(),
        "riskScore": score.map(|score| round(score.value, 10.0)),
        "verdict": score.map(|score| score.band.name.clone()),
        "calibrated": score.map(|score| score.calibrated),
        "families": families.collect::<Map<_, _>>(),
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

fn precision(rule: &Rule) -> &'static str {
    rule.body.confidence.name()
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
