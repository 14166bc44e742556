//! From family risks to a score: a logistic model whose every term can be read.

use super::weights::Weights;

/// A part of the score, in logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it stands for: a family, `weakest link`, …
    pub name: String,
    /// What it adds; negative for credit.
    pub logit: f64,
}

/// What enters the model besides the risks.
#[derive(Clone, Debug, Default)]
pub(super) struct Circumstances {
    /// A warning was not acted on.
    pub(super) has_ignored: bool,
    /// Credits that were seen, with their logits.
    pub(super) credits: Vec<(String, f64)>,
    /// Whether credit counts in part only.
    pub(super) is_credit_doubtful: bool,
    /// The score is not below this, 0 to 1.
    pub(super) floor: f64,
}

/// A chance as a logit.
pub(super) fn logit(chance: f64) -> f64 {
    (chance / (1.0 - chance)).ln()
}

fn logistic(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// The score of family risks, 0 to 100, before and after the floor.
pub(super) fn score(weights: &Weights, risks: &[f64], circumstances: &Circumstances) -> (f64, f64) {
    let sum: f64 = terms(weights, risks, circumstances).iter().map(|term| term.logit).sum();
    let chance = logistic(logit(weights.base_rate) + sum);
    (100.0 * chance, 100.0 * chance.max(circumstances.floor))
}

/// Every term but the base rate, those that are not zero, in the order of the weights.
pub(super) fn terms(weights: &Weights, risks: &[f64], circumstances: &Circumstances) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut add = |name: String, logit: f64| terms.push(Term { name, logit });
    for (family, risk) in weights.families.iter().zip(risks) {
        add(family.name.clone(), family.weight * risk);
    }
    let links = weights.families.iter().zip(risks).filter(|(family, _)| family.link);
    add("weakest link".into(), weights.weakest_link * links.map(|(_, risk)| *risk).fold(0.0, f64::max));
    for pair in &weights.pairs {
        let risk = |name: &str| weights.family(name).map_or(0.0, |family| risks[family]);
        let [a, b] = &pair.families;
        add(format!("{a} with {b}"), pair.weight * risk(a) * risk(b));
    }
    let is_grave = risks.iter().any(|&risk| risk >= weights.ignored.least_risk);
    if circumstances.has_ignored && is_grave {
        add("warning not acted on".into(), weights.ignored.weight);
    }
    terms.extend(credits(weights, circumstances));
    terms.retain(|term| term.logit != 0.0);
    terms
}

/// Credits, scaled so that all of them together stay within their limit.
fn credits(weights: &Weights, circumstances: &Circumstances) -> Vec<Term> {
    let sum: f64 = circumstances.credits.iter().map(|(_, logit)| logit).sum();
    let scale = (weights.most_credit / sum).min(1.0) / if circumstances.is_credit_doubtful { weights.credit_divisor } else { 1.0 };
    let term = |(name, logit): &(String, f64)| Term { name: format!("credit: {name}"), logit: -logit * scale };
    circumstances.credits.iter().map(term).collect()
}
