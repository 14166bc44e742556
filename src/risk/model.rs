//! The fitted numbers, as `forewarn train` writes them to `rules/risk/model.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::knowledge::{Knowledge, embedded};
use super::signal::Signal;

/// Everything that was fitted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Model {
    /// On what.
    pub fitted: Fitted,
    /// Stage 1: is a finding serious?
    pub truth: Truth,
    /// Stage 2: what does a serious one mean? By weakness.
    pub weight: BTreeMap<String, Weight>,
    /// Stage 3: what do all of them mean together?
    pub whole: Whole,
    /// The scores from which each verdict holds, in the order of [`Knowledge::bands`].
    pub thresholds: Vec<f64>,
    /// Stages 2 and 3 without the repositories of each fold, in their order.
    pub folds: Vec<Fold>,
}

/// What was fitted without a part of the repositories.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fold {
    /// Of [`Whole`].
    pub coefficients: Vec<f64>,
    /// See [`Whole::typical`].
    pub typical: f64,
    /// Weights, in the order of [`Knowledge::weaknesses`].
    pub weights: Vec<f64>,
}

/// What a model was fitted on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fitted {
    /// Judged findings.
    pub judgements: usize,
    /// Trees with a known defect.
    pub cases: usize,
    /// Audited trees.
    pub controls: usize,
    /// Repositories of both.
    pub repositories: usize,
}

/// What is known of a finding's chance to be serious: logits that add up.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Truth {
    /// Of a finding of high severity and confidence in what ships.
    pub base: f64,
    /// How much of a further finding of the same rule is news, 0 to 1.
    pub repeat: f64,
    /// How much of a further rule of the same weakness is news, 0 to 1.
    pub kin: f64,
    /// By how much tiers, packs and rules differ: standard deviations in logits.
    pub spread: Spread,
    /// By severity.
    pub severity: BTreeMap<String, f64>,
    /// By confidence.
    pub confidence: BTreeMap<String, f64>,
    /// By exposure.
    pub exposure: BTreeMap<String, f64>,
    /// By what it rests on.
    pub evidence: BTreeMap<String, f64>,
    /// By pack.
    pub pack: BTreeMap<String, Effect>,
    /// By rule.
    pub rule: BTreeMap<String, Effect>,
}

/// Standard deviations of effects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Around what was believed of severities, confidences and exposures.
    pub tier: f64,
    /// Of packs around their tier.
    pub pack: f64,
    /// Of rules around their pack.
    pub rule: f64,
}

/// What judgements say of a pack or a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// In logits, relative to what it belongs to.
    pub effect: f64,
    /// How doubtful that is: a standard deviation in logits.
    pub doubt: f64,
    /// Judged findings.
    pub judged: usize,
    /// Those that an auditor would report as high or critical.
    pub serious: usize,
}

/// What a serious finding of a weakness means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// 0 to 1.
    pub weight: f64,
    /// Serious findings and cases of the weakness.
    pub serious: usize,
    /// Of these, those rated critical or known to have cost money.
    pub costly: usize,
}

/// What stands before the platforms in [`Whole::columns`].
pub(super) const COLUMNS: [&str; 4] = ["trust", "base", "size", "credits"];
/// The column of the findings; all others are of the leak.
pub(super) const TRUST: usize = 0;

/// A leaky noisy-or of whole trees: how far the findings are trusted, and what is there besides them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// What the coefficients belong to: the trust in findings, then of the leak the base, the size, the credits and the platforms.
    pub columns: Vec<String>,
    /// A factor, and logarithms of hazards.
    pub coefficients: Vec<f64>,
    /// The same, fitted on repositories drawn anew: how doubtful they are.
    pub draws: Vec<Vec<f64>>,
    /// The size that counts nothing: the decimal logarithm of lines of code.
    pub typical: f64,
}

/// What is believed of a finding, and from which judgements.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Belief {
    /// The chance that an auditor would report it as high or critical.
    pub chance: f64,
    /// The same, of any finding with this severity, confidence and exposure.
    pub of_tier: f64,
    /// The same, if it is of this pack.
    pub of_pack: f64,
    /// What judgements say of the pack.
    pub pack: Effect,
    /// What judgements say of the rule.
    pub rule: Effect,
}

impl Model {
    /// The model that is part of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static MODEL: LazyLock<Model> = LazyLock::new(|| embedded("risk/model.toml"));
        &MODEL
    }

    /// The weight of a weakness.
    pub(super) fn weight_of(&self, knowledge: &Knowledge, weakness: usize) -> f64 {
        self.weight.get(&knowledge.weaknesses[weakness].name).map_or(0.0, |weight| weight.weight)
    }
}

impl Truth {
    /// What is believed of a finding if its rule is better or worse than the judgements say, by so many logits.
    pub(super) fn belief(&self, signal: &Signal, shift: f64) -> Belief {
        let of = |table: &BTreeMap<String, f64>, name: &str| table.get(name).copied().unwrap_or_default();
        let tier = self.base
            + of(&self.severity, signal.severity.name())
            + of(&self.confidence, signal.confidence.name())
            + of(&self.exposure, signal.exposure.name())
            + of(&self.evidence, signal.evidence.name());
        // What was never judged is as doubtful as rules and packs are different.
        let pack = self.pack.get(&signal.pack).copied().unwrap_or(Effect { doubt: self.spread.pack, ..Effect::default() });
        let rule =
            self.rule.get(signal.judged_as().as_ref()).copied().unwrap_or(Effect { doubt: self.spread.rule, ..Effect::default() });
        Belief {
            chance: chance(tier + pack.effect + rule.effect + shift * rule.doubt),
            of_tier: chance(tier),
            of_pack: chance(tier + pack.effect),
            pack,
            rule,
        }
    }
}

/// The chance that a logit stands for.
pub(super) fn chance(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// What was seen of a whole tree, in the columns of [`Whole`]; those that are not 0.
pub(super) fn columns(knowledge: &Knowledge, typical: f64, seen: Seen<'_>) -> Vec<(usize, f64)> {
    let size = (seen.lines.max(1) as f64).log10() - typical;
    let platform = knowledge.platforms.iter().position(|platform| platform.name == seen.platform);
    let plain = [seen.findings, 1.0, size, seen.credits as f64];
    plain.into_iter().enumerate().chain(platform.map(|at| (COLUMNS.len() + at, 1.0))).collect()
}

/// The hazard of the findings, as far as they are trusted, and that of what no rule saw. A hazard is -ln(1 - chance), so that the hazards of
/// independent causes add up.
pub(super) fn hazards(seen: &[(usize, f64)], coefficients: &[f64]) -> (f64, f64) {
    let findings = seen.iter().filter(|(column, _)| *column == TRUST).map(|(column, seen)| coefficients[*column] * seen).sum();
    let leak: f64 = seen.iter().filter(|(column, _)| *column != TRUST).map(|(column, seen)| coefficients[*column] * seen).sum();
    (findings, leak.exp())
}

/// What the model of whole trees takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    /// The hazard of the findings together.
    pub(super) findings: f64,
    pub(super) lines: u64,
    pub(super) credits: usize,
    pub(super) platform: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_is_monotone_and_has_a_number_for_everything() {
        let (model, knowledge) = (Model::embedded(), Knowledge::embedded());
        let Whole { columns, coefficients, draws, .. } = &model.whole;
        let platforms = knowledge.platforms.iter().map(|platform| platform.name.as_str());
        assert!(columns.iter().map(String::as_str).eq(COLUMNS.into_iter().chain(platforms)), "{columns:?}: train the model anew");
        let folds = model.folds.iter().map(|fold| &fold.coefficients);
        for fitted in std::iter::once(coefficients).chain(draws).chain(folds) {
            assert!(fitted.len() == columns.len() && fitted[TRUST] >= 0.0 && fitted[3] <= 0.0);
        }
        assert!(knowledge.weaknesses.iter().all(|weakness| model.weight.contains_key(&weakness.name)));
        assert!(model.thresholds.len() == knowledge.bands.len() && model.thresholds.is_sorted() && model.thresholds[0] == 0.0);
        assert!((0.0..=1.0).contains(&model.truth.repeat) && (0.0..=1.0).contains(&model.truth.kin));
    }
}
