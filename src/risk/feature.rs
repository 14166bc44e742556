//! From findings to numbers: how likely each family of rules means a loss.

use std::collections::BTreeMap;

use super::weights::Weights;
use crate::finding::{Finding, Place};
use crate::rule::{Rule, Severity};

/// What the score knows of a finding.
#[derive(Clone, Debug)]
pub(super) struct Signal<'a> {
    /// The rule, to tell repeats from news.
    pub(super) rule: &'a Rule,
    /// Index of the family.
    pub(super) family: usize,
    pub(super) severity: Severity,
    /// What it amounts to if it is true: base x exposure.
    pub(super) harm: f64,
    /// The chance that it is true.
    pub(super) truth: f64,
}

impl Signal<'_> {
    fn expected(&self) -> f64 {
        self.harm * self.truth
    }
}

/// More findings of one rule than this are not looked at: far fewer count.
const MOST_OF_A_RULE: usize = 32;

/// The signals of findings, the strongest first; several findings of one family at one place give one, the strongest.
pub(super) fn signals<'a>(weights: &Weights, findings: &[&'a Finding]) -> Vec<Signal<'a>> {
    let mut best: BTreeMap<(usize, &Place), Signal<'a>> = BTreeMap::new();
    for finding in findings {
        let signal = signal(weights, finding);
        let held = best.entry((signal.family, &finding.place)).or_insert_with(|| signal.clone());
        let order = |signal: &Signal<'_>| (signal.expected(), signal.severity);
        if order(&signal) > order(held) {
            *held = signal;
        }
    }
    let mut signals: Vec<_> = best.into_values().collect();
    signals.sort_by(|a, b| b.expected().total_cmp(&a.expected()).then_with(|| a.rule.id.cmp(&b.rule.id)));
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    signals.retain(|signal| {
        let seen = count.entry(&signal.rule.id).or_default();
        *seen += 1;
        *seen <= MOST_OF_A_RULE
    });
    signals
}

fn signal<'a>(weights: &Weights, finding: &'a Finding) -> Signal<'a> {
    Signal {
        rule: &finding.rule,
        family: weights.family_of(&finding.rule),
        severity: finding.severity,
        harm: weights.tier(finding.severity).base * weights.exposed(finding.exposure),
        truth: weights.truth(finding.confidence),
    }
}

/// The risk of each family, 0 to 1: by rule with repeats counting ever less, by severity up to a ceiling, then all together.
pub(super) fn risks<'s>(weights: &Weights, signals: impl IntoIterator<Item = (&'s Signal<'s>, f64)>) -> Vec<f64> {
    let mut by_rule: BTreeMap<(usize, Severity, &str), Vec<f64>> = BTreeMap::new();
    for (signal, chance) in signals {
        by_rule.entry((signal.family, signal.severity, &signal.rule.id)).or_default().push(chance);
    }
    let mut survival: BTreeMap<(usize, Severity), f64> = BTreeMap::new();
    for ((family, severity, _), chances) in by_rule {
        *survival.entry((family, severity)).or_insert(1.0) *= 1.0 - repeated(weights, chances);
    }
    let mut clear = vec![1.0; weights.families.len()];
    for ((family, severity), survival) in survival {
        clear[family] *= 1.0 - (1.0 - survival).min(weights.tier(severity).ceiling);
    }
    clear.into_iter().map(|clear| 1.0 - clear).collect()
}

/// One rule's findings together.
fn repeated(weights: &Weights, mut chances: Vec<f64>) -> f64 {
    chances.sort_by(|a, b| b.total_cmp(a));
    let factors = std::iter::successors(Some(1.0), |factor| Some(factor * weights.repeat_factor));
    let clear: f64 = chances.iter().zip(factors).take(weights.repeats).map(|(chance, factor)| 1.0 - chance * factor).product();
    1.0 - clear
}

/// The signals with what is to be expected of each.
pub(super) fn expected<'s>(signals: &'s [Signal<'s>]) -> impl Iterator<Item = (&'s Signal<'s>, f64)> {
    signals.iter().map(|signal| (signal, signal.expected()))
}
