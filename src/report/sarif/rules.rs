//! The rules of a log. GitHub takes the severity of an alert from its rule alone, so that each severity in which a rule speaks is a
//! rule of its own: `secret-to-log`, and `secret-to-log/low` for what was found in documentation.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{level, security_severity, with};
use crate::finding::Finding;
use crate::report::markdown::{escaped, prose};
use crate::report::standards::{of_rule, web_address};
use crate::report::{Report, TOOL_VERSION};
use crate::rule::{Rule, Severity};

/// Rules by their place in the log.
pub(super) struct Rules<'a> {
    rules: Vec<(&'a Arc<Rule>, Severity)>,
    places: BTreeMap<(&'a str, Severity), usize>,
}

impl<'a> Rules<'a> {
    /// Every rule of the run at its own severity, and after them those that speak at another.
    pub(super) fn of(report: &'a Report) -> Self {
        let triage = &report.triage;
        let suppressed = triage.suppressed.iter().map(|(finding, _)| finding);
        let found = triage.reported.iter().chain(suppressed).chain(&triage.known);
        let own = report.rules.rules.iter().map(|rule| (rule, rule.body.severity));
        let mut rules: Vec<_> = own.collect();
        let mut places: BTreeMap<_, _> =
            rules.iter().enumerate().map(|(at, (rule, severity))| ((&*rule.id, *severity), at)).collect();
        for finding in found {
            places.entry((finding.rule.id.as_str(), finding.severity)).or_insert_with(|| {
                rules.push((&finding.rule, finding.severity));
                rules.len() - 1
            });
        }
        Self { rules, places }
    }

    /// The id of a finding's rule, and its place.
    pub(super) fn of_finding(&self, finding: &Finding) -> (String, Option<usize>) {
        let place = self.places.get(&(finding.rule.id.as_str(), finding.severity)).copied();
        (id(&finding.rule, finding.severity).into_owned(), place)
    }

    pub(super) fn driver(&self, report: &Report) -> Value {
        json!({
            "name": "Forewarn",
            "semanticVersion": TOOL_VERSION,
            "rules": self.rules.iter().map(|(rule, severity)| descriptor(rule, *severity, report)).collect::<Vec<_>>(),
        })
    }
}

fn id(rule: &Rule, severity: Severity) -> Cow<'_, str> {
    if severity == rule.body.severity { Cow::Borrowed(&rule.id) } else { Cow::Owned(format!("{}/{}", rule.id, severity.name())) }
}

fn descriptor(rule: &Arc<Rule>, severity: Severity, report: &Report) -> Value {
    let body = &rule.body;
    let mut tags: Vec<String> = vec!["security".into(), rule.pack.clone()];
    tags.extend(body.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(body.masvs.iter().cloned());
    let descriptor = json!({
        "id": id(rule, severity),
        "name": name(&rule.id),
        "shortDescription": { "text": body.title },
        "fullDescription": { "text": body.what },
        "help": { "text": help(rule, report, &str::to_owned), "markdown": help(rule, report, &prose) + &references(rule) },
        "defaultConfiguration": { "level": level(severity) },
        "properties": properties(rule, severity, tags),
    });
    match address(rule) {
        Some(address) => with(descriptor, "helpUri", json!(address)),
        None => descriptor,
    }
}

fn properties(rule: &Rule, severity: Severity, tags: Vec<String>) -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert("tags".into(), json!(tags));
    properties.insert("precision".into(), json!(rule.body.confidence.name()));
    properties.insert("security-severity".into(), json!(security_severity(severity)));
    properties
}

/// `SecretToLog`: what the standard wants a name to look like.
fn name(id: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    id.split('-').map(capital).collect()
}

/// Where to read more: the first source of the rule, else its weakness.
fn address(rule: &Rule) -> Option<String> {
    let own = rule.body.references.iter().find_map(|address| web_address(address));
    own.or_else(|| of_rule(&rule.body).into_iter().find_map(|link| link.address))
}

/// What the rule is about, for the page of an alert.
fn help(rule: &Rule, report: &Report, form: &dyn Fn(&str) -> String) -> String {
    let body = &rule.body;
    let incidents = report.rules.incidents_of(rule).map(|incident| format!("Seen before: {}", incident.story()));
    let parts = [body.what.clone(), format!("Why it matters: {}", body.why), format!("How to fix: {}", body.fix)];
    let silence =
        format!("To silence it where it stands: `forewarn: ignore[{}] reason`, in a comment on the line or above it.", rule.id);
    let parts: Vec<_> = parts.into_iter().chain(incidents).chain([silence]).map(|part| form(part.trim())).collect();
    parts.join("\n\n")
}

/// Sources and standards as a list of links.
fn references(rule: &Rule) -> String {
    let sources = rule.body.references.iter().filter_map(|address| web_address(address)).map(|address| format!("\n- <{address}>"));
    let standards = of_rule(&rule.body).into_iter().map(|link| match link.address {
        Some(address) => format!("\n- [{}]({address})", escaped(&link.label)),
        None => format!("\n- {}", escaped(&link.label)),
    });
    let list: String = sources.chain(standards).collect();
    if list.is_empty() { list } else { format!("\n\n**References**\n{list}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_pascal_case() {
        assert_eq!(name("secret-to-log"), "SecretToLog");
        assert_eq!(name("dep-known-vulnerable-2"), "DepKnownVulnerable2");
    }
}
