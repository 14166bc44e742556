//! What the rules that found something say, once each.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::Report;
use crate::rule::Rule;

/// A rule of `forewarn/v1`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleV1<'a> {
    title: &'a str,
    pack: &'a str,
    severity: &'static str,
    confidence: &'static str,
    what: &'a str,
    why: &'a str,
    fix: &'a str,
    references: &'a [String],
}

impl<'a> RuleV1<'a> {
    /// The rules of every finding in a report, set aside or not, by id.
    pub(super) fn that_speak(report: &'a Report) -> BTreeMap<&'a str, Self> {
        let triage = &report.triage;
        let aside = triage.suppressed.iter().map(|(finding, _)| finding).chain(&triage.known);
        triage.reported.iter().chain(aside).map(|finding| (finding.rule.id.as_str(), Self::of(&finding.rule))).collect()
    }

    fn of(rule: &'a Rule) -> Self {
        let body = &rule.body;
        Self {
            title: &body.title,
            pack: &rule.pack,
            severity: body.severity.name(),
            confidence: body.confidence.name(),
            what: &body.what,
            why: &body.why,
            fix: &body.fix,
            references: &body.references,
        }
    }
}
