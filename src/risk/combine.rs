//! From findings to one chance: the weakest link counts in full, and nothing counts twice.
//!
//! A finding counts its chance of being serious, times the weight of its weakness. What is like each other is not independent: of a rule's
//! findings the most probable counts in full and each further one by a factor less, and so with the rules of one weakness. What
//! remains is joined as independent causes of one effect, of which one is enough: the noisy-or of Pearl ("Probabilistic Reasoning in Intelligent
//! Systems", 1988, section 4.3.2). Lists are sorted before factors are applied, so that no further finding can lower the result.

use std::collections::BTreeMap;

use super::knowledge::Knowledge;
use super::model::{Belief, Model};
use super::signal::Signal;

/// Of one rule so many findings count: of no rule more were judged in one tree, so that nothing is known of how much further ones say.
const MOST_OF_A_RULE: usize = 3;

/// What all findings amount to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Combined {
    /// The chance that at least one of them is a serious weakness that costs keys.
    pub chance: f64,
    /// By weakness, in the order of [`Knowledge::weaknesses`].
    pub weaknesses: Vec<f64>,
    /// By rule, the greatest damage first.
    pub rules: Vec<RuleShare>,
}

/// What the findings of one rule amount to.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleShare {
    /// The rule.
    pub rule: String,
    /// The index of its weakness.
    pub weakness: usize,
    /// How many findings it has.
    pub findings: usize,
    /// The chance that one of them is serious.
    pub chance: f64,
    /// The weight of the weakness.
    pub weight: f64,
}

impl RuleShare {
    /// What is to be expected of it: chance x weight.
    #[must_use]
    pub fn damage(&self) -> f64 {
        self.chance * self.weight
    }
}

impl Combined {
    /// The hazard of the findings: -ln(1 - chance). It grows without bound, so that large trees do not all look the same.
    #[must_use]
    pub fn hazard(&self) -> f64 {
        -(-self.chance.min(MOST)).ln_1p()
    }
}

/// Nothing is sure.
const MOST: f64 = 0.999_999;

/// What is believed of equal findings, and how many of them there are.
type Counted = Vec<(Belief, usize)>;

/// Joins findings. `shift` says by how many of its standard deviations a rule is better than the judgements say.
pub(super) fn combine(model: &Model, knowledge: &Knowledge, signals: &[(Signal, usize)], shift: &dyn Fn(&str) -> f64) -> Combined {
    let mut by_rule: BTreeMap<&str, (usize, Counted)> = BTreeMap::new();
    for (signal, count) in signals {
        let belief = model.truth.belief(signal, shift(&signal.rule));
        let weakness = || (knowledge.weakness_of(&signal.rule, &signal.pack), Vec::new());
        by_rule.entry(&signal.rule).or_insert_with(weakness).1.push((belief, *count));
    }
    let mut rules: Vec<_> = by_rule
        .into_iter()
        .map(|(rule, (weakness, beliefs))| RuleShare {
            rule: rule.to_owned(),
            weakness,
            findings: beliefs.iter().map(|(_, count)| count).sum(),
            chance: joined(of_rule(&beliefs).into_iter(), model.truth.repeat),
            weight: model.weight_of(knowledge, weakness),
        })
        .collect();
    rules.sort_by(|a, b| b.damage().total_cmp(&a.damage()).then_with(|| a.rule.cmp(&b.rule)));
    let of_weakness = |at| joined(rules.iter().filter(|rule| rule.weakness == at).map(RuleShare::damage), model.truth.kin);
    let weaknesses: Vec<f64> = (0..knowledge.weaknesses.len()).map(of_weakness).collect();
    Combined { chance: 1.0 - weaknesses.iter().map(|risk| 1.0 - risk).product::<f64>(), weaknesses, rules }
}

/// The greatest chances of a rule's findings.
fn of_rule(beliefs: &[(Belief, usize)]) -> Vec<f64> {
    let each = beliefs.iter().flat_map(|(belief, count)| std::iter::repeat_n(belief.chance, (*count).min(MOST_OF_A_RULE)));
    let mut chances: Vec<f64> = each.collect();
    chances.sort_by(|a, b| b.total_cmp(a));
    chances.truncate(MOST_OF_A_RULE);
    chances
}

/// The chance that one of several like causes acts, each further one counting by a factor less than the one before.
fn joined(chances: impl Iterator<Item = f64>, factor: f64) -> f64 {
    let mut chances: Vec<f64> = chances.collect();
    chances.sort_by(|a, b| b.total_cmp(a));
    let factors = std::iter::successors(Some(1.0), |last| Some(last * factor));
    1.0 - chances.iter().zip(factors).map(|(chance, factor)| 1.0 - chance * factor).product::<f64>()
}
