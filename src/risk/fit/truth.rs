//! Stage 1: from judged findings to what is believed of others.
//!
//! A hierarchical logistic model: what was reported (severity, confidence, exposure) gives a finding's tier, the pack moves it, the
//! rule moves it again, each as far as the judgements warrant (Gelman and Hill, "Data analysis using regression and multilevel models",
//! 2007, chapter 14). It is the counterpart of beta-binomial shrinkage for findings that belong to a rule and to a tier at
//! once: cut into cells of rule by tier, the few judgements of a rule would say nothing of its findings in the next tier. How far rules, packs and tiers differ
//! is what makes the ledger most probable, with a log-normal prior around 1 logit that keeps each from 0 (Chung et al., 2013).

use std::borrow::Cow;
use std::collections::BTreeMap;

use argmin::core::{CostFunction, Error, Executor};
use argmin::solver::neldermead::NelderMead;

use super::logistic::{Case, Logistic};
use super::newton::{Estimate, Prior, mode};
use crate::finding::Exposure;
use crate::risk::judgement::Judgement;
use crate::risk::knowledge::Knowledge;
use crate::risk::model::{Effect, Spread, Truth};
use crate::risk::signal::Evidence;
use crate::rule::{Confidence, Severity};

/// How sure the base is before any judgement: two thirds of what is possible lie within so many logits.
const BASE_SPREAD: f64 = 1.5;
/// The search for the most probable spreads ends after so many steps, or when nothing changes by more.
const MOST_STEPS: u64 = 80;
const SETTLED: f64 = 1e-3;

/// A ledger as cases, and what the columns mean.
struct Ledger<'a> {
    cases: Vec<Case>,
    tier: Vec<(Kind, f64)>,
    packs: Vec<&'a str>,
    /// Rules, and forms of them that are judged apart.
    rules: Vec<Cow<'a, str>>,
}

#[derive(Clone, Copy)]
enum Kind {
    Severity(Severity),
    Confidence(Confidence),
    Exposure(Exposure),
    Evidence(Evidence),
}

/// Fits, with spreads that are given or found.
pub(super) fn fit(ledger: &[Judgement], packs: &BTreeMap<String, String>, knowledge: &Knowledge, spread: Option<Spread>) -> Truth {
    let read = Ledger::of(ledger, packs, knowledge);
    let spread = spread.unwrap_or_else(|| read.most_probable_spread(knowledge));
    let estimate = mode(&Logistic(&read.cases), &read.priors(knowledge, spread));
    read.told(&estimate, ledger, packs, spread)
}

impl<'a> Ledger<'a> {
    fn of(ledger: &'a [Judgement], packs: &'a BTreeMap<String, String>, knowledge: &Knowledge) -> Self {
        let tier = tier(knowledge);
        let pack = |judgement: &Judgement| packs.get(&judgement.rule).map_or("", String::as_str);
        let packs = sorted(ledger.iter().map(pack));
        let rules = sorted(ledger.iter().map(Judgement::judged_as));
        let case = |judgement: &Judgement| {
            let of_tier = tier.iter().enumerate().filter(|(_, (kind, _))| match *kind {
                Kind::Severity(severity) => severity == judgement.severity,
                Kind::Confidence(confidence) => confidence == judgement.confidence,
                Kind::Exposure(exposure) => exposure == judgement.exposure,
                Kind::Evidence(evidence) => evidence == judgement.evidence,
            });
            let of_pack = packs.iter().position(|name| *name == pack(judgement)).map(|at| tier.len() + at);
            let of_rule = rules.iter().position(|name| *name == judgement.judged_as()).map(|at| tier.len() + packs.len() + at);
            let columns = of_tier.map(|(at, _)| at).chain(of_pack).chain(of_rule).map(|at| at + 1);
            let seen = std::iter::once(0).chain(columns).map(|column| (column, 1.0)).collect();
            Case { seen, outcome: judgement.is_serious() }
        };
        let cases = ledger.iter().map(case).collect();
        Self { cases, tier, packs, rules }
    }

    fn priors(&self, knowledge: &Knowledge, spread: Spread) -> Vec<Prior> {
        let base = (knowledge.prior.chance / (1.0 - knowledge.prior.chance)).ln();
        let tier = self.tier.iter().map(|&(_, mean)| Prior::normal(mean, spread.tier));
        let packs = self.packs.iter().map(|_| Prior::normal(0.0, spread.pack));
        let rules = self.rules.iter().map(|_| Prior::normal(0.0, spread.rule));
        std::iter::once(Prior::normal(base, BASE_SPREAD)).chain(tier).chain(packs).chain(rules).collect()
    }

    fn most_probable_spread(&self, knowledge: &Knowledge) -> Spread {
        let problem = Spreads { ledger: self, knowledge };
        let corner = |moved: usize| (0..3).map(|axis| if axis == moved { 0.7 } else { -0.2 }).collect();
        let solver = NelderMead::new((0..4).map(corner).collect::<Vec<Vec<f64>>>()).with_sd_tolerance(SETTLED);
        let found = solver.map(|solver| Executor::new(problem, solver).configure(|state| state.max_iters(MOST_STEPS)).run());
        let best = found.ok().and_then(Result::ok).and_then(|result| result.state.best_param);
        spread(&best.unwrap_or_else(|| vec![0.0; 3]))
    }

    fn told(&self, estimate: &Estimate, ledger: &[Judgement], packs: &BTreeMap<String, String>, spread: Spread) -> Truth {
        let Estimate { coefficients, deviations, .. } = estimate;
        let mut truth = Truth { base: coefficients[0], spread, ..Truth::default() };
        for (&(kind, _), &effect) in self.tier.iter().zip(&coefficients[1..]) {
            let (table, name) = match kind {
                Kind::Severity(severity) => (&mut truth.severity, severity.name()),
                Kind::Confidence(confidence) => (&mut truth.confidence, confidence.name()),
                Kind::Exposure(exposure) => (&mut truth.exposure, exposure.name()),
                Kind::Evidence(evidence) => (&mut truth.evidence, evidence.name()),
            };
            table.insert(name.to_owned(), effect);
        }
        let effect = |column: usize, is_meant: &dyn Fn(&Judgement) -> bool| {
            let judged: Vec<_> = ledger.iter().filter(|judgement| is_meant(judgement)).collect();
            let serious = judged.iter().filter(|judgement| judgement.is_serious()).count();
            Effect { effect: coefficients[column], doubt: deviations[column], judged: judged.len(), serious }
        };
        let first = 1 + self.tier.len();
        for (at, &pack) in self.packs.iter().enumerate() {
            let is_meant = |judgement: &Judgement| packs.get(&judgement.rule).map_or("", String::as_str) == pack;
            truth.pack.insert(pack.to_owned(), effect(first + at, &is_meant));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let effect = effect(first + self.packs.len() + at, &|judgement| judgement.judged_as() == *rule);
            truth.rule.insert(rule.clone().into_owned(), effect);
        }
        truth
    }
}

/// Everything that a finding can be reported as, with what is believed of it: deviations from a plain one.
fn tier(knowledge: &Knowledge) -> Vec<(Kind, f64)> {
    let prior = &knowledge.prior;
    let of = |table: &BTreeMap<String, f64>, name: &str| table.get(name).copied().unwrap_or_default();
    let severities = Severity::ALL.into_iter().map(|one| (Kind::Severity(one), of(&prior.severity, one.name())));
    let confidences = Confidence::ALL.into_iter().map(|one| (Kind::Confidence(one), of(&prior.confidence, one.name())));
    let exposures = Exposure::ALL.into_iter().map(|one| (Kind::Exposure(one), of(&prior.exposure, one.name())));
    let evidence = Evidence::ALL.into_iter().map(|one| (Kind::Evidence(one), of(&prior.evidence, one.name())));
    severities.chain(confidences).chain(exposures).chain(evidence).collect()
}

fn sorted<T: Ord>(names: impl Iterator<Item = T>) -> Vec<T> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn spread(logarithms: &[f64]) -> Spread {
    let of = |axis: usize| logarithms[axis].clamp(-3.0, 2.0).exp();
    Spread { tier: of(0), pack: of(1), rule: of(2) }
}

/// How improbable the ledger is with given spreads: what the search makes small.
struct Spreads<'l> {
    ledger: &'l Ledger<'l>,
    knowledge: &'l Knowledge,
}

impl CostFunction for Spreads<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, logarithms: &Self::Param) -> Result<f64, Error> {
        let priors = self.ledger.priors(self.knowledge, spread(logarithms));
        let evidence = mode(&Logistic(&self.ledger.cases), &priors).evidence;
        Ok(logarithms.iter().map(|log| log * log / 2.0).sum::<f64>() - evidence)
    }
}

/// How much of a further finding is news: of the same rule, and of another rule of the same weakness, in the same repository.
///
/// One less the correlation of two such findings, given what is believed of each: how far their judgements deviate together (the moment
/// estimate of an exchangeable correlation; Liang and Zeger, "Longitudinal data analysis using generalized linear models", 1986).
pub(super) fn news(truth: &Truth, ledger: &[Judgement], packs: &BTreeMap<String, String>, knowledge: &Knowledge) -> (f64, f64) {
    let mut groups: BTreeMap<(&str, usize), Vec<(&str, f64)>> = BTreeMap::new();
    for judgement in ledger {
        let pack = packs.get(&judgement.rule).cloned().unwrap_or_default();
        let weakness = knowledge.weakness_of(&judgement.rule, &pack);
        let chance = truth.belief(&judgement.signal(pack), 0.0).chance;
        let deviation = (f64::from(u8::from(judgement.is_serious())) - chance) / (chance * (1.0 - chance)).sqrt();
        groups.entry((&judgement.repository, weakness)).or_default().push((&judgement.rule, deviation));
    }
    (unlike(&groups, |a, b| a == b), unlike(&groups, |a, b| a != b))
}

/// One less the mean product of the deviations of pairs whose rules are as asked. Few pairs say little: the correlation is drawn towards
/// a half as by [`ASSUMED_PAIRS`] pairs.
fn unlike(groups: &BTreeMap<(&str, usize), Vec<(&str, f64)>>, is_pair: impl Fn(&str, &str) -> bool) -> f64 {
    let (mut pairs, mut sum) = (ASSUMED_PAIRS, 0.5 * ASSUMED_PAIRS);
    for group in groups.values() {
        for (at, (rule, deviation)) in group.iter().enumerate() {
            for (_, other) in group[at + 1..].iter().filter(|(other, _)| is_pair(rule, other)) {
                pairs += 1.0;
                sum += deviation * other;
            }
        }
    }
    (1.0 - sum / pairs).clamp(0.05, 0.95)
}

const ASSUMED_PAIRS: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::judgement::Verdict;

    fn judgement(rule: &str, confidence: Confidence, rating: Severity, repository: &str) -> Judgement {
        Judgement {
            rule: rule.into(),
            form: None,
            severity: Severity::High,
            confidence,
            exposure: Exposure::Shipped,
            evidence: Evidence::Api,
            verdict: if rating >= Severity::High { Verdict::True } else { Verdict::Overstated },
            rating: Some(rating),
            repository: repository.into(),
            is_second: false,
        }
    }

    /// So many judgements of a rule, of which so many serious.
    fn judged(rule: &str, all: usize, serious: usize) -> Vec<Judgement> {
        let rating = |at| if at < serious { Severity::High } else { Severity::Low };
        (0..all).map(|at| judgement(rule, Confidence::High, rating(at), &format!("o/{at}"))).collect()
    }

    #[test]
    fn few_judgements_are_pulled_to_the_pack_and_many_are_not() {
        let ledger = [judged("many", 40, 36), judged("few", 1, 1), judged("bad", 20, 0), judged("worse", 20, 1)].concat();
        let packs = ["many", "few", "bad", "worse"].map(|rule| (rule.to_owned(), "pack".to_owned())).into();
        let truth = fit(&ledger, &packs, Knowledge::embedded(), None);
        let belief = |rule: &str| {
            let signal = crate::risk::Signal {
                rule: rule.into(),
                form: None,
                pack: "pack".into(),
                severity: Severity::High,
                confidence: Confidence::High,
                exposure: Exposure::Shipped,
                evidence: Evidence::Api,
            };
            truth.belief(&signal, 0.0)
        };
        assert!((0.8..0.92).contains(&belief("many").chance), "{}", belief("many").chance);
        assert!((0.3..0.8).contains(&belief("few").chance), "{}", belief("few").chance);
        assert!(belief("bad").chance < 0.1 && belief("bad").rule.judged == 20);
        let unknown = belief("unknown");
        assert!((unknown.chance - unknown.of_pack).abs() < 1e-12 && unknown.rule.doubt > belief("many").rule.doubt);
        assert_eq!(fit(&ledger, &packs, Knowledge::embedded(), None), truth);
    }

    #[test]
    fn an_empty_ledger_leaves_what_was_believed() {
        let truth = fit(&[], &BTreeMap::new(), Knowledge::embedded(), None);
        assert!((crate::risk::model::chance(truth.base) - Knowledge::embedded().prior.chance).abs() < 1e-9);
        assert!(truth.severity["critical"] > truth.severity["high"] && truth.severity["high"] > truth.severity["medium"]);
    }

    #[test]
    fn findings_are_news_where_neighbours_disagree() {
        let neighbours = |second: Severity| {
            let each = |at: usize| {
                let first = if at.is_multiple_of(2) { Severity::High } else { Severity::Low };
                let second = if first == Severity::High { second } else { Severity::Low };
                let repository = format!("o/{at}");
                [judgement("r", Confidence::High, first, &repository), judgement("r", Confidence::High, second, &repository)]
            };
            (0..40).flat_map(each).collect::<Vec<_>>()
        };
        let news = |ledger: &[Judgement]| {
            let (packs, knowledge) = (BTreeMap::new(), Knowledge::embedded());
            news(&fit(ledger, &packs, knowledge, None), ledger, &packs, knowledge)
        };
        let (alike, other) = (neighbours(Severity::High), neighbours(Severity::Low));
        assert!(news(&alike).0 < 0.3 && news(&other).0 > 0.7, "{:?} {:?}", news(&alike), news(&other));
        assert!((news(&alike).1 - 0.5).abs() < 1e-12, "no two rules were judged");
    }
}
