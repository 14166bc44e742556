//! One number from many findings, every point of which can be traced.
//!
//! The score is a rank, from 0 to 100, of how much a wallet looks like those that lost funds by a fault of their own. Its first form
//! is not fitted: the numbers are judgements, kept as data in `rules/risk/weights.toml`, and reports say so.

mod feature;
mod judgement;
mod model;
mod range;
pub mod weights;

pub use judgement::{Judgement, LedgerError, Tally, Verdict, read_ledger, tallies};
pub use model::Term;
pub use weights::{Band, Credit, Weights};

use crate::finding::{Exposure, Finding};
use crate::rule::{Confidence, Severity};

use feature::{Signal, expected, risks, signals};
use model::{Circumstances, score};

/// What findings mean together.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The score; None if too little of the code was analysed for one.
    pub score: Option<Score>,
    /// Families of rules with their risk, the greatest first; those without findings are left out.
    pub families: Vec<FamilyRisk>,
    /// What to mend first: with all findings of these rules gone, one after the other, the score falls to these.
    pub fixes: Vec<Fix>,
    /// The grounds of the public warning of 2022, and whether each of them is present here.
    pub grounds: Vec<Ground>,
}

/// A score and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// 0 to 100.
    pub value: f64,
    /// The score as the terms give it, if a floor holds it up.
    pub before_floor: Option<f64>,
    /// A tenth of the draws, in which doubtful findings are true or not, lie below; a tenth above.
    pub range: (f64, f64),
    /// The verdict.
    pub band: Band,
    /// Everything that was added to the base rate, in logits, the greatest first.
    pub terms: Vec<Term>,
    /// Whether the weights were fitted to labelled cases.
    pub calibrated: bool,
}

/// What one family of rules amounts to.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilyRisk {
    /// Its name.
    pub name: String,
    /// 0 to 1.
    pub risk: f64,
    /// What it adds to the score, in logits.
    pub logit: f64,
    /// How many findings it has.
    pub findings: usize,
}

/// A rule whose findings weigh on the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// The rule.
    pub rule: String,
    /// The score without it and those before it.
    pub score: f64,
}

/// A ground of a public warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Its name.
    pub name: String,
    /// How many findings give it.
    pub findings: usize,
}

/// How many fixes are named.
const FIXES: usize = 3;
/// Among how many of the strongest rules they are looked for.
const FIX_CANDIDATES: usize = 12;
/// A fix that lowers the score by less is not worth a line.
const LEAST_DROP: f64 = 0.5;

/// Assesses findings. `coverage` is the share of analysed code, `credits` the evidence of protection that was seen.
#[must_use]
pub fn assess<'a>(
    weights: &Weights,
    findings: impl IntoIterator<Item = &'a Finding>,
    coverage: f64,
    credits: &[&Credit],
) -> Assessment {
    let findings: Vec<_> = findings.into_iter().collect();
    let signals = signals(weights, &findings);
    let circumstances = circumstances(weights, &findings, credits);
    let risks = risks(weights, expected(&signals));
    let is_scored = coverage >= weights.least_coverage;
    Assessment {
        score: is_scored.then(|| scored(weights, &signals, &risks, &circumstances)),
        families: families(weights, &findings, &risks),
        fixes: if is_scored { fixes(weights, &findings, credits) } else { Vec::new() },
        grounds: grounds(weights, &findings),
    }
}

/// What the model takes besides the risks.
fn circumstances(weights: &Weights, findings: &[&Finding], credits: &[&Credit]) -> Circumstances {
    let is_fatal = |finding: &&Finding| {
        (finding.severity, finding.confidence, finding.exposure) == (Severity::Critical, Confidence::High, Exposure::OnSecretPath)
    };
    let floors = weights.floors.iter().filter(|floor| findings.iter().any(|finding| floor.holds(finding)));
    Circumstances {
        has_ignored: findings.iter().any(|finding| weights.ignored.speaks(finding)),
        credits: credits.iter().map(|credit| (credit.name.clone(), credit.logit)).collect(),
        is_credit_doubtful: findings.iter().any(is_fatal),
        floor: floors.map(|floor| floor.score).fold(0.0, f64::max),
    }
}

fn scored(weights: &Weights, signals: &[Signal<'_>], risks: &[f64], circumstances: &Circumstances) -> Score {
    let (before, value) = score(weights, risks, circumstances);
    let mut terms = model::terms(weights, risks, circumstances);
    terms.sort_by(|a, b| b.logit.abs().total_cmp(&a.logit.abs()).then_with(|| a.name.cmp(&b.name)));
    Score {
        value,
        before_floor: (value > before).then_some(before),
        range: range::range(weights, signals, circumstances),
        band: weights.band(value).clone(),
        terms,
        calibrated: weights.calibrated,
    }
}

fn families(weights: &Weights, findings: &[&Finding], risks: &[f64]) -> Vec<FamilyRisk> {
    let count = |index| findings.iter().filter(|finding| weights.family_of(&finding.rule) == index).count();
    let each = weights.families.iter().zip(risks).enumerate();
    let mut families: Vec<_> = each
        .map(|(index, (family, &risk))| FamilyRisk {
            name: family.name.clone(),
            risk,
            logit: risk * family.weight,
            findings: count(index),
        })
        .filter(|family| family.findings > 0)
        .collect();
    families.sort_by(|a, b| b.logit.total_cmp(&a.logit).then_with(|| a.name.cmp(&b.name)));
    families
}

/// The rules whose absence lowers the score most, chosen one after the other.
fn fixes(weights: &Weights, findings: &[&Finding], credits: &[&Credit]) -> Vec<Fix> {
    let value = |findings: &[&Finding]| {
        let signals = signals(weights, findings);
        score(weights, &risks(weights, expected(&signals)), &circumstances(weights, findings, credits)).1
    };
    let mut candidates: Vec<String> = Vec::new();
    for signal in signals(weights, findings) {
        if candidates.len() < FIX_CANDIDATES && !candidates.contains(&signal.rule.id) {
            candidates.push(signal.rule.id.clone());
        }
    }
    let mut left = findings.to_vec();
    let mut now = value(&left);
    let mut fixes: Vec<Fix> = Vec::new();
    while fixes.len() < FIXES {
        let without = |rule: &str| left.iter().copied().filter(|finding| finding.rule.id != rule).collect::<Vec<_>>();
        let best = candidates.iter().map(|rule| (value(&without(rule)), rule)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((score, rule)) = best.filter(|(score, _)| now - score >= LEAST_DROP) else { break };
        fixes.push(Fix { rule: rule.clone(), score });
        left = without(rule);
        now = score;
    }
    fixes
}

fn grounds(weights: &Weights, findings: &[&Finding]) -> Vec<Ground> {
    let count = |ground: &weights::Ground| findings.iter().filter(|finding| ground.is_given_by(finding)).count();
    weights.grounds.iter().map(|ground| Ground { name: ground.name.clone(), findings: count(ground) }).collect()
}

#[cfg(test)]
mod tests;
