//! Stage 2: what a serious finding of a weakness means.
//!
//! An auditor's "critical" counts 1 and a "high" a half: the weight is a half and half of the share of critical ones among the serious findings of the
//! ledger and the cases of the corpus that belong to the weakness, where a case that is known to have cost money is critical. Weaknesses are taken for draws from one beta distribution, whose mean and strength make the counts most probable (the
//! beta-binomial model: Skellam, 1948; Gelman et al., "Bayesian data analysis", section 5.1), so that a weakness with two cases is not
//! sure.

use std::collections::BTreeMap;

use argmin::core::{CostFunction, Error, Executor};
use argmin::solver::neldermead::NelderMead;
use statrs::function::beta::ln_beta;

use crate::risk::judgement::Judgement;
use crate::risk::knowledge::Knowledge;
use crate::risk::model::{Weight, chance};
use crate::rule::Severity;

/// A case of the corpus: the class of its defect, and whether money was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// `owner/name` of the repository.
    pub repository: String,
    /// The class of the defect.
    pub class: String,
    /// Whether it is known to have cost money.
    pub is_costly: bool,
}

const MOST_STEPS: u64 = 200;

/// Serious findings, and the costly ones of them.
type Count = (usize, usize);

/// The weights of all weaknesses.
pub(super) fn fit(
    ledger: &[Judgement],
    losses: &[Loss],
    packs: &BTreeMap<String, String>,
    knowledge: &Knowledge,
) -> BTreeMap<String, Weight> {
    let mut counts: Vec<Count> = vec![(0, 0); knowledge.weaknesses.len()];
    for judgement in ledger.iter().filter(|judgement| judgement.is_serious()) {
        let pack = packs.get(&judgement.rule).map_or("", String::as_str);
        add(&mut counts[knowledge.weakness_of(&judgement.rule, pack)], judgement.rating == Some(Severity::Critical));
    }
    for loss in losses {
        for (weakness, count) in knowledge.weaknesses.iter().zip(&mut counts) {
            if weakness.cases.contains(&loss.class) {
                add(count, loss.is_costly);
            }
        }
    }
    let (alpha, beta) = most_probable(&counts);
    let weight = |&(serious, costly): &Count| Weight {
        weight: f64::midpoint(1.0, (alpha + costly as f64) / (alpha + beta + serious as f64)),
        serious,
        costly,
    };
    knowledge.weaknesses.iter().zip(&counts).map(|(weakness, count)| (weakness.name.clone(), weight(count))).collect()
}

fn add((serious, costly): &mut Count, is_costly: bool) {
    *serious += 1;
    *costly += usize::from(is_costly);
}

/// The parameters of the beta distribution that make the counts most probable.
fn most_probable(counts: &[Count]) -> (f64, f64) {
    let start = vec![vec![-1.0, 2.0], vec![0.0, 2.0], vec![-1.0, 1.0]];
    let solver = NelderMead::new(start).with_sd_tolerance(1e-6);
    let found = solver.map(|solver| Executor::new(Counts(counts), solver).configure(|state| state.max_iters(MOST_STEPS)).run());
    let best = found.ok().and_then(Result::ok).and_then(|result| result.state.best_param);
    parameters(&best.unwrap_or_else(|| vec![-1.0, 2.0]))
}

/// From the logit of the mean and the logarithm of the strength.
fn parameters(at: &[f64]) -> (f64, f64) {
    let (mean, strength) = (chance(at[0]).clamp(0.02, 0.98), at[1].clamp(0.0, 4.0).exp());
    (mean * strength, (1.0 - mean) * strength)
}

struct Counts<'c>(&'c [Count]);

impl CostFunction for Counts<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Self::Param) -> Result<f64, Error> {
        let (alpha, beta) = parameters(at);
        let likelihood = |&(serious, costly): &Count| {
            let (costly, others) = (costly as f64, (serious - costly) as f64);
            ln_beta(alpha + costly, beta + others) - ln_beta(alpha, beta)
        };
        // A weak prior keeps the strength near e² = 7 counts where all shares are alike.
        Ok((at[1] - 2.0).powi(2) / 2.0 + at[0].powi(2) / 8.0 - self.0.iter().map(likelihood).sum::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_their_counts_and_few_counts_follow_the_rest() {
        let (alpha, beta) = most_probable(&[(40, 36), (40, 4), (2, 2), (0, 0)]);
        let weight = |serious: f64, costly: f64| (alpha + costly) / (alpha + beta + serious);
        assert!((weight(40.0, 36.0) - 0.87).abs() < 0.05 && weight(40.0, 4.0) < 0.2);
        assert!(weight(2.0, 2.0) < 0.9 && (0.3..0.7).contains(&weight(0.0, 0.0)));
    }

    #[test]
    fn cases_and_ratings_are_counted_by_weakness() {
        let loss = |class: &str, is_costly| Loss { repository: "o/n".into(), class: class.into(), is_costly };
        let losses = [loss("weak-randomness", true), loss("weak-randomness", false), loss("unknown", true)];
        let weights = fit(&[], &losses, &BTreeMap::new(), Knowledge::embedded());
        let guessed = weights["keys can be guessed"];
        assert_eq!((guessed.serious, guessed.costly), (2, 1));
        assert_eq!(weights.len(), Knowledge::embedded().weaknesses.len());
    }
}
