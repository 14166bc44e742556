//! The numbers of the score, read from data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::finding::{Exposure, Finding};
use crate::rule::{Confidence, Fact, Glob, Rule, Severity, packed};

include!(concat!(env!("OUT_DIR"), "/weights.rs"));

/// The numbers of the score, from `rules/risk/weights.toml`, where each is explained.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Weights {
    /// Whether they were fitted to labelled cases.
    pub calibrated: bool,
    /// Chance of an incident without any finding, 0 to 1.
    pub base_rate: f64,
    /// Weight of the worst family besides its own, in logits.
    pub weakest_link: f64,
    /// How many findings of one rule count.
    pub repeats: usize,
    /// By how much each counts less than the one before.
    pub repeat_factor: f64,
    /// Share of analysed code below which there is no score, 0 to 1.
    pub least_coverage: f64,
    /// All credit together, in logits.
    pub most_credit: f64,
    /// What credit is divided by if a sure, critical finding lies on the path of a secret.
    pub credit_divisor: f64,
    severity: BTreeMap<String, Tier>,
    confidence: BTreeMap<String, f64>,
    exposure: BTreeMap<String, f64>,
    /// Families of rules; the last takes what no other names.
    #[serde(rename = "family")]
    pub families: Vec<Family>,
    /// Families that make each other worse.
    #[serde(rename = "pair")]
    pub pairs: Vec<Pair>,
    /// A warning that was not acted on.
    pub ignored: Ignored,
    /// Scores that certain findings do not go below.
    #[serde(rename = "floor")]
    pub floors: Vec<Floor>,
    /// The grounds of a warning that was given in public.
    #[serde(rename = "ground")]
    pub grounds: Vec<Ground>,
    /// Verdicts, by rising score.
    #[serde(rename = "band")]
    pub bands: Vec<Band>,
    /// Protective evidence.
    #[serde(rename = "credit")]
    pub credits: Vec<Credit>,
}

/// What findings of one severity can amount to.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// One sure finding, fully exposed.
    pub base: f64,
    /// All of them together.
    pub ceiling: f64,
}

/// Packs that speak of one way to lose keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its name in reports.
    pub name: String,
    packs: Vec<String>,
    /// Its weight at full risk, in logits.
    pub weight: f64,
    /// Whether one broken link of it can lose the funds.
    pub link: bool,
}

/// Two families that make each other worse.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Their names.
    pub families: [String; 2],
    /// Weight of the product of their risks, in logits.
    pub weight: f64,
}

/// When a warning counts as not acted on.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ignored {
    rules: Vec<Glob>,
    /// The risk that another family must have.
    pub least_risk: f64,
    /// In logits.
    pub weight: f64,
}

/// A score that some findings do not go below.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    rules: Vec<Glob>,
    /// 0 to 1.
    pub score: f64,
}

/// One ground of a public warning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its name in reports.
    pub name: String,
    #[serde(default)]
    packs: Vec<String>,
    #[serde(default)]
    rules: Vec<Glob>,
    least: Severity,
}

/// A verdict.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The least score, 0 to 100.
    pub from: f64,
    /// Its name: `watch`.
    pub name: String,
    /// What it says.
    pub meaning: String,
}

/// Evidence that a wallet protects itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Its name in reports.
    pub name: String,
    /// What it takes off, in logits.
    pub logit: f64,
    /// How it is seen: all of these must hold.
    pub seen: Vec<Fact>,
}

impl Weights {
    /// The weights that are part of the program.
    ///
    /// # Panics
    /// Never in a released program: a test reads them.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
            let (_, bytes) = RISK.iter().find(|(path, _)| *path == "risk/weights.toml").expect("the file is part of the program");
            packed::read(bytes).expect("the embedded weights are valid")
        });
        &WEIGHTS
    }

    /// What findings of a severity can amount to.
    pub(super) fn tier(&self, severity: Severity) -> Tier {
        self.severity.get(severity.name()).copied().unwrap_or(Tier { base: 0.0, ceiling: 0.0 })
    }

    /// The chance that a finding of a confidence is true.
    pub(super) fn truth(&self, confidence: Confidence) -> f64 {
        self.confidence.get(confidence.name()).copied().unwrap_or(0.0)
    }

    /// How much an exposure counts.
    pub(super) fn exposed(&self, exposure: Exposure) -> f64 {
        self.exposure.get(exposure.name()).copied().unwrap_or(0.0)
    }

    /// The index of a rule's family.
    pub(super) fn family_of(&self, rule: &Rule) -> usize {
        let named = self.families.iter().position(|family| family.packs.contains(&rule.pack));
        named.unwrap_or(self.families.len() - 1)
    }

    /// The index of a family.
    pub(super) fn family(&self, name: &str) -> Option<usize> {
        self.families.iter().position(|family| family.name == name)
    }

    /// The verdict on a score from 0 to 100.
    pub(super) fn band(&self, score: f64) -> &Band {
        let rank = self.bands.iter().rposition(|band| score >= band.from).unwrap_or(0);
        &self.bands[rank]
    }
}

impl Ignored {
    pub(super) fn speaks(&self, finding: &Finding) -> bool {
        named(&self.rules, finding)
    }
}

impl Floor {
    /// Whether a finding holds the score up: surely true, and in what ships.
    pub(super) fn holds(&self, finding: &Finding) -> bool {
        let ships = matches!(finding.exposure, Exposure::OnSecretPath | Exposure::Shipped);
        ships && finding.confidence == Confidence::High && named(&self.rules, finding)
    }
}

impl Ground {
    pub(super) fn is_given_by(&self, finding: &Finding) -> bool {
        let is_product = !matches!(finding.exposure, Exposure::Test | Exposure::Docs | Exposure::Vendored);
        let belongs = self.packs.contains(&finding.rule.pack) || named(&self.rules, finding);
        is_product && belongs && finding.severity >= self.least
    }
}

fn named(rules: &[Glob], finding: &Finding) -> bool {
    rules.iter().any(|glob| glob.matches_name(&finding.rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_weights_exists() {
        let weights = Weights::embedded();
        assert!(Severity::ALL.iter().all(|severity| weights.severity.contains_key(severity.name())));
        assert!(Confidence::ALL.iter().all(|confidence| weights.confidence.contains_key(confidence.name())));
        assert!(Exposure::ALL.iter().all(|exposure| weights.exposure.contains_key(exposure.name())));
        let pairs = weights.pairs.iter().flat_map(|pair| &pair.families);
        assert!(pairs.into_iter().all(|family| weights.family(family).is_some()));
        assert!(weights.bands.is_sorted_by(|a, b| a.from < b.from) && weights.bands[0].from == 0.0);
        assert!(weights.families.last().is_some_and(|family| family.packs.is_empty()));
        assert!(weights.families.iter().all(|family| family.weight >= 0.0));
    }

    #[test]
    fn every_pack_of_the_program_has_a_family() {
        let weights = Weights::embedded();
        let rules = crate::rule::RuleSet::embedded().expect("the embedded rules load").rules;
        let exists = |glob: &Glob| rules.iter().any(|rule| glob.matches_name(&rule.id));
        let named = weights.floors.iter().map(|floor| &floor.rules).chain([&weights.ignored.rules]);
        let unknown: Vec<_> =
            named.chain(weights.grounds.iter().map(|ground| &ground.rules)).flatten().filter(|glob| !exists(glob)).collect();
        assert!(unknown.is_empty(), "no rules: {unknown:?}");
        let homeless: Vec<_> = rules.iter().filter(|rule| weights.family_of(rule) + 1 == weights.families.len()).collect();
        assert!(homeless.is_empty(), "packs without a family: {:?}", homeless.iter().map(|rule| &rule.pack).collect::<Vec<_>>());
    }
}
