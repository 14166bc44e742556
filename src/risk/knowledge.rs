//! What the score knows before any number is fitted, read from `rules/risk/score.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::rule::{Fact, Glob, packed};

include!(concat!(env!("OUT_DIR"), "/risk.rs"));

/// Everything that is stated and not fitted.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Knowledge {
    /// Share of analysed code below which there is no score, 0 to 1.
    pub least_coverage: f64,
    /// The chance to be serious below which a finding is not reported as high or critical, 0 to 1.
    pub least_grave: f64,
    /// Ways to lose keys; the last takes what no other names.
    #[serde(rename = "weakness")]
    pub weaknesses: Vec<Weakness>,
    /// What a wallet can be; the last takes what no other names.
    #[serde(rename = "platform")]
    pub platforms: Vec<Platform>,
    /// Verdicts, by rising score.
    #[serde(rename = "band")]
    pub bands: Vec<Word>,
    /// What is believed of findings before any is judged.
    pub prior: Prior,
    /// Protective evidence.
    #[serde(rename = "credit")]
    pub credits: Vec<Credit>,
}

/// A way to lose keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Weakness {
    /// Its name in reports.
    pub name: String,
    #[serde(default)]
    packs: Vec<String>,
    #[serde(default)]
    rules: Vec<Glob>,
    /// Classes of incidents that are of this kind.
    #[serde(default)]
    pub cases: Vec<String>,
}

/// A sort of wallets that are compared with each other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its name in tables.
    pub name: String,
    /// Its name for people, many of them: `desktop wallets`.
    pub words: String,
    kinds: Vec<String>,
}

/// The words of a verdict.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Its name: `review first`.
    pub name: String,
    /// What to do.
    pub meaning: String,
    /// The share of audited wallets that reaches it.
    pub controls: f64,
}

/// What is believed of a finding's chance to be serious, by what was reported, in logits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Of a plain finding, 0 to 1.
    pub chance: f64,
    /// By severity.
    pub severity: BTreeMap<String, f64>,
    /// By confidence.
    pub confidence: BTreeMap<String, f64>,
    /// By exposure.
    pub exposure: BTreeMap<String, f64>,
    /// By what it rests on.
    pub evidence: BTreeMap<String, f64>,
}

/// Evidence that a wallet protects itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Its name in reports.
    pub name: String,
    /// How it is seen: all of these must hold.
    pub seen: Vec<Fact>,
}

impl Knowledge {
    /// What is part of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| embedded("risk/score.toml"));
        &KNOWLEDGE
    }

    /// The index of the weakness that a rule speaks of.
    #[must_use]
    pub fn weakness_of(&self, rule: &str, pack: &str) -> usize {
        let by_rule = || self.weaknesses.iter().position(|weakness| weakness.rules.iter().any(|glob| glob.matches_name(rule)));
        let by_pack = || self.weaknesses.iter().position(|weakness| weakness.packs.iter().any(|own| own == pack));
        by_rule().or_else(by_pack).unwrap_or(self.weaknesses.len() - 1)
    }

    /// What a tree of these kinds is compared with.
    #[must_use]
    pub fn platform_of(&self, kinds: &[&str]) -> &Platform {
        let named = self.platforms.iter().find(|platform| platform.kinds.iter().any(|kind| kinds.contains(&kind.as_str())));
        named.unwrap_or(&self.platforms[self.platforms.len() - 1])
    }

    /// A platform by its name.
    #[must_use]
    pub fn platform(&self, name: &str) -> Option<&Platform> {
        self.platforms.iter().find(|platform| platform.name == name)
    }
}

/// A file of the score that is part of the program.
pub(super) fn embedded<T: for<'de> Deserialize<'de>>(path: &str) -> T {
    let (_, bytes) = RISK.iter().find(|(name, _)| *name == path).expect("the file is part of the program");
    packed::read(bytes).expect("a test reads the embedded files of the score")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Exposure;
    use crate::risk::Evidence;
    use crate::rule::{Confidence, RuleSet, Severity};

    #[test]
    fn every_name_exists() {
        let Knowledge { weaknesses, bands, prior, .. } = Knowledge::embedded();
        assert!(Severity::ALL.iter().all(|severity| prior.severity.contains_key(severity.name())));
        assert!(Confidence::ALL.iter().all(|confidence| prior.confidence.contains_key(confidence.name())));
        assert!(Exposure::ALL.iter().all(|exposure| prior.exposure.contains_key(exposure.name())));
        assert!(Evidence::ALL.iter().all(|evidence| prior.evidence.contains_key(evidence.name())));
        assert!(bands.is_sorted_by(|a, b| a.controls > b.controls) && bands[0].controls == 1.0);
        let rules = RuleSet::embedded().expect("the embedded rules load").rules;
        let unknown: Vec<_> = weaknesses
            .iter()
            .flat_map(|weakness| &weakness.rules)
            .filter(|glob| !rules.iter().any(|rule| glob.matches_name(&rule.id)))
            .collect();
        assert!(unknown.is_empty(), "no rules: {unknown:?}");
    }

    #[test]
    fn every_pack_of_the_program_is_a_weakness() {
        let knowledge = Knowledge::embedded();
        let rules = RuleSet::embedded().expect("the embedded rules load").rules;
        let last = knowledge.weaknesses.len() - 1;
        let homeless: Vec<_> =
            rules.iter().filter(|rule| knowledge.weakness_of(&rule.id, &rule.pack) == last).map(|rule| &rule.pack).collect();
        assert!(homeless.is_empty(), "packs without a weakness: {homeless:?}");
    }
}
