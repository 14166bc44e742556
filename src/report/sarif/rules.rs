//! The rules of a log. GitHub takes the severity and the title of an alert from its rule alone, so that each severity in which a rule
//! speaks is a rule of its own, and so is each advisory: `secret-to-log`, `secret-to-log/low` for what was found in documentation,
//! `dep-known-vulnerable/GHSA-vjh7-7g9h-fjfh/high` for a package.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{level, security_severity, with};
use crate::finding::{AdvisedPackage, AdvisoryFact, Finding};
use crate::report::markdown::{escaped, prose};
use crate::report::standards::{of_rule, web_address};
use crate::report::{Report, TOOL_VERSION, site};
use crate::rule::{Rule, Severity};

/// Rules by their place in the log.
pub(super) struct Rules<'a> {
    rules: Vec<Entry<'a>>,
    places: BTreeMap<Key<'a>, usize>,
}

/// A rule of the log: a rule at a severity and, where it speaks of a vulnerable package, on the gravest of its advisories. Each has an
/// alert with a title, an address and a severity of its own.
struct Entry<'a> {
    rule: &'a Arc<Rule>,
    severity: Severity,
    known: Option<(&'a AdvisedPackage, &'a AdvisoryFact)>,
}

type Key<'a> = (&'a str, Severity, &'a str);

fn key(finding: &Finding) -> Key<'_> {
    (finding.rule.id.as_str(), finding.severity, known(finding).map_or("", |(_, advisory)| advisory_id(advisory)))
}

/// The package of a finding and the gravest of its advisories.
fn known(finding: &Finding) -> Option<(&AdvisedPackage, &AdvisoryFact)> {
    let package = finding.package.as_deref()?;
    package.advisories.iter().find(|advisory| !advisory_id(advisory).is_empty()).map(|advisory| (package, advisory))
}

fn advisory_id(advisory: &AdvisoryFact) -> &str {
    advisory.ids.first().map_or("", String::as_str)
}

impl<'a> Rules<'a> {
    /// Every rule of the run at its own severity, and after them those that speak at another or of an advisory.
    pub(super) fn of(report: &'a Report) -> Self {
        let triage = &report.triage;
        let suppressed = triage.suppressed.iter().map(|(finding, _)| finding);
        let found = triage.reported.iter().chain(suppressed).chain(&triage.known);
        let own = report.rules.rules.iter().map(|rule| Entry { rule, severity: rule.body.severity, known: None });
        let mut rules: Vec<_> = own.collect();
        let mut places: BTreeMap<Key<'a>, usize> =
            rules.iter().enumerate().map(|(at, entry)| ((entry.rule.id.as_str(), entry.severity, ""), at)).collect();
        for finding in found {
            places.entry(key(finding)).or_insert_with(|| {
                rules.push(Entry { rule: &finding.rule, severity: finding.severity, known: known(finding) });
                rules.len() - 1
            });
        }
        Self { rules, places }
    }

    /// The id of a finding's rule, and its place.
    pub(super) fn of_finding(&self, finding: &Finding) -> (String, Option<usize>) {
        let place = self.places.get(&key(finding)).copied();
        (id(&finding.rule, finding.severity, known(finding)), place)
    }

    pub(super) fn driver(&self, report: &Report) -> Value {
        let driver = json!({
            "name": "Forewarn",
            "semanticVersion": TOOL_VERSION,
            "rules": self.rules.iter().map(|entry| descriptor(entry, report)).collect::<Vec<_>>(),
        });
        match &report.rule_pages {
            Some(address) => with(driver, "informationUri", json!(address)),
            None => driver,
        }
    }
}

/// `secret-to-log`, `secret-to-log/low`, `dep-known-vulnerable/GHSA-1`: the same in every run, whatever else is found.
fn id(rule: &Rule, severity: Severity, known: Option<(&AdvisedPackage, &AdvisoryFact)>) -> String {
    let advisory = known.map(|(_, advisory)| advisory_id(advisory));
    let severity = (severity != rule.body.severity).then(|| severity.name());
    [Some(rule.id.as_str()), advisory, severity].into_iter().flatten().collect::<Vec<_>>().join("/")
}

fn descriptor(entry: &Entry<'_>, report: &Report) -> Value {
    let Entry { rule, severity, known } = entry;
    let body = &rule.body;
    let mut tags: Vec<String> = vec!["security".into(), rule.pack.clone()];
    tags.extend(body.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(body.masvs.iter().cloned());
    let title = known.map_or_else(|| body.title.clone(), |(package, advisory)| advisory_title(package, advisory));
    let descriptor = json!({
        "id": id(rule, *severity, *known),
        "name": name(&rule.id),
        "shortDescription": { "text": title },
        "fullDescription": { "text": body.what },
        "help": { "text": help(entry, report, &str::to_owned), "markdown": help(entry, report, &prose) + &references(rule) },
        "defaultConfiguration": { "level": level(*severity) },
        "properties": properties(rule, *severity, tags),
    });
    let own = known.and_then(|(_, advisory)| advisory.address.as_deref().and_then(web_address));
    match own.or_else(|| address(rule, report.rule_pages.as_deref())) {
        Some(address) => with(descriptor, "helpUri", json!(address)),
        None => descriptor,
    }
}

/// Characters of a summary in the title of an alert.
const SUMMARY: usize = 160;

/// `elliptic: signatures can be forged (GHSA-1)`.
fn advisory_title(package: &AdvisedPackage, advisory: &AdvisoryFact) -> String {
    let summary: String = advisory.summary.chars().take(SUMMARY).collect();
    format!("{}: {} ({})", package.name, summary.trim_end_matches('.'), advisory_id(advisory))
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

/// Where to read more: the rule's own page if such pages are published, else the first source of the rule, else its weakness.
fn address(rule: &Rule, pages: Option<&str>) -> Option<String> {
    if let Some(base) = pages {
        return Some(site::address(base, &rule.id));
    }
    let own = rule.body.references.iter().find_map(|address| web_address(address));
    own.or_else(|| of_rule(&rule.body).into_iter().find_map(|link| link.address))
}

/// What the rule is about, for the page of an alert.
fn help(entry: &Entry<'_>, report: &Report, form: &dyn Fn(&str) -> String) -> String {
    let rule = entry.rule;
    let body = &rule.body;
    let incidents = report.rules.incidents_of(rule).map(|incident| format!("Seen before: {}", incident.story()));
    let facts = entry.known.map(|(package, advisory)| facts(package, advisory));
    let parts = [body.what.clone(), format!("Why it matters: {}", body.why), format!("How to fix: {}", body.fix)];
    let silence = if entry.known.is_some() {
        "To answer it: `--format openvex` writes the questions, `--vex FILE` reads your answers.".to_owned()
    } else {
        format!("To suppress it: `forewarn: ignore[{}] reason`, in a comment on the line or the line above.", rule.id)
    };
    let parts = facts.into_iter().chain(parts).chain(incidents).chain([silence]);
    parts.map(|part| form(part.trim())).collect::<Vec<_>>().join("\n\n")
}

/// `elliptic (GHSA-1, CVE-1), affected versions <6.6.1: signatures can be forged. Fixed in 6.6.1.`
fn facts(package: &AdvisedPackage, advisory: &AdvisoryFact) -> String {
    let fixed = match advisory.fixed.as_slice() {
        [] => "No fixed version is known.".to_owned(),
        fixed => format!("Fixed in {}.", fixed.join(", ")),
    };
    let ids = advisory.ids.join(", ");
    format!(
        "{} ({ids}), affected versions {}: {}. {fixed}",
        package.name,
        advisory.affected,
        advisory.summary.trim_end_matches('.')
    )
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
