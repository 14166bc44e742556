//! How much a wallet resembles one that was warned of in public: no part of the score.

use std::sync::LazyLock;

use serde::Deserialize;

use super::knowledge::embedded;
use crate::finding::{Exposure, Finding};
use crate::rule::{Glob, Severity};

/// A ground of a public warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Its name.
    pub name: String,
    /// How many findings give it.
    pub findings: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Warning {
    #[serde(rename = "ground")]
    grounds: Vec<Known>,
}

/// What stands for a ground.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    name: String,
    #[serde(default)]
    packs: Vec<String>,
    #[serde(default)]
    rules: Vec<Glob>,
    least: Severity,
}

impl Known {
    fn is_given_by(&self, finding: &Finding) -> bool {
        let is_aside = matches!(finding.exposure, Exposure::Test | Exposure::Docs | Exposure::Vendored);
        // A published audit is a document, and what it leaves open is meant here all the same.
        let is_product = !is_aside || finding.rule.body.counts_in.contains(&finding.role);
        let is_named = self.rules.iter().any(|glob| glob.matches_name(&finding.rule.id));
        is_product && (is_named || self.packs.contains(&finding.rule.pack)) && finding.severity >= self.least
    }
}

/// The grounds of the public warning of 2022, and whether findings give each of them.
pub(super) fn grounds(findings: &[&Finding]) -> Vec<Ground> {
    static WARNING: LazyLock<Warning> = LazyLock::new(|| embedded("risk/resemblance.toml"));
    let count = |known: &Known| findings.iter().filter(|finding| known.is_given_by(finding)).count();
    WARNING.grounds.iter().map(|known| Ground { name: known.name.clone(), findings: count(known) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::FindingBuilder;
    use crate::rule::RuleSet;
    use crate::source::{FileId, Role, Span};
    use crate::target::Workspace;

    #[test]
    fn an_audit_with_open_findings_is_a_ground_although_it_is_a_document() {
        let rules = RuleSet::embedded().expect("the embedded rules load");
        let rule = rules.find("hygiene-unresolved-audit-finding").expect("the rule");
        let mut workspace = Workspace::in_memory([("docs/audits/a.md", "High: open")]);
        workspace.files[0].role = Role::Docs;
        let finding = FindingBuilder::new(rule, &workspace, FileId(0), Span::new(0, 4)).build();
        let given: Vec<_> = grounds(&[&finding]).into_iter().filter(|ground| ground.findings > 0).collect();
        assert_eq!(given.len(), 1, "{given:?}");
        assert!(given[0].name.contains("audit findings left open"), "{given:?}");
    }

    #[test]
    fn every_ground_names_rules_that_exist() {
        let warning: Warning = embedded("risk/resemblance.toml");
        let rules = RuleSet::embedded().expect("the embedded rules load").rules;
        for ground in &warning.grounds {
            assert!(ground.rules.iter().all(|glob| rules.iter().any(|rule| glob.matches_name(&rule.id))), "{}", ground.name);
            assert!(ground.packs.iter().all(|pack| rules.iter().any(|rule| rule.pack == *pack)), "{}", ground.name);
        }
    }
}
