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
        let is_product = !matches!(finding.exposure, Exposure::Test | Exposure::Docs | Exposure::Vendored);
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
    use crate::rule::RuleSet;

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
