//! One number from many findings: the probability that a competent audit would report at least one serious weakness that costs keys.
//!
//! Three stages, each of which can be checked by itself ([`fit`] fits them, `docs/risk-score.md` explains them): the chance that a finding
//! is serious, from judged findings ([`Truth`]); what a serious finding of its kind means, joined over all findings
//! ([`Combined`]); and what that means for whole trees, from trees whose fate is known ([`Whole`]).

mod combine;
pub mod fit;
mod judgement;
mod knowledge;
mod model;
mod population;
mod range;
mod resemblance;
mod signal;

use std::collections::BTreeMap;

pub use combine::{Combined, RuleShare};
pub use judgement::{Judgement, LedgerError, Tally, Verdict, embedded_ledger, first_readings, read_ledger, reported_now, tallies};
pub use knowledge::{Credit, Knowledge, Platform};
pub use model::{Belief, Effect, Fitted, Fold, Model, Spread, Truth, Weight, Whole};
pub use population::{Measured, Place, Population, Skill};
pub use resemblance::Ground;
pub(crate) use signal::rule_and_form;
pub use signal::{Evidence, Signal};

use crate::finding::Finding;

use combine::combine;
use model::{Seen, TRUST, columns, hazards};

/// What findings mean together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// The score; None if too little of the code was analysed for one.
    pub score: Option<Score>,
    /// Weaknesses with their risk, the greatest first; those without findings are left out.
    pub weaknesses: Vec<WeaknessRisk>,
    /// Rules with what their findings amount to, the greatest damage first.
    pub rules: Vec<RuleShare>,
    /// What to fix first: with all findings of these rules gone, one after the other, the score falls to these. See [`fixes`].
    pub fixes: Vec<Fix>,
    /// The grounds of the public warning of 2022, and whether each of them is present here.
    pub grounds: Vec<Ground>,
    /// What the score took besides findings.
    pub seen: Circumstances,
    /// What each finding is worth.
    worths: BTreeMap<Signal, Worth>,
}

/// A score and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// 0 to 100: a probability in per cent.
    pub value: f64,
    /// The score lies in it with a probability of four fifths.
    pub range: (f64, f64),
    /// The verdict.
    pub band: Band,
    /// Where it stands among wallets that were measured; None if none were.
    pub place: Option<Place>,
    /// How well it tells wallets apart whose fate is known; None if none were measured.
    pub skill: Option<Skill>,
    /// The chance that one of the findings is serious and costs keys, 0 to 1: [`Combined::chance`].
    pub findings: f64,
    /// How far that is trusted: the chance that none is serious is raised to this power.
    pub trust: f64,
    /// The chance that there is something serious that no rule saw, 0 to 1.
    pub unseen: f64,
    /// What that chance comes from: logarithms of hazards.
    pub terms: Vec<Term>,
}

/// A verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The least score, 0 to 100.
    pub from: f64,
    /// Its name: `review first`.
    pub name: String,
    /// What to do.
    pub meaning: String,
}

/// A part of what was not seen: the logarithms of hazards add up, and a hazard is -ln(1 - chance).
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it stands for: `size`, `credits`, …
    pub name: String,
    /// What was seen of it.
    pub seen: f64,
    /// What it adds.
    pub log_hazard: f64,
}

/// What one weakness amounts to.
#[derive(Clone, Debug, PartialEq)]
pub struct WeaknessRisk {
    /// Its name.
    pub name: String,
    /// The chance that one of its findings is serious and costs keys, 0 to 1.
    pub risk: f64,
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

/// What a finding is worth to an attacker.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// The chance that it is serious, and from which judgements.
    pub belief: Belief,
    /// The name of its weakness.
    pub weakness: String,
    /// What a serious finding of this weakness weighs.
    pub weight: f64,
}

impl Worth {
    /// What is to be expected of it: chance x weight.
    #[must_use]
    pub fn damage(&self) -> f64 {
        self.belief.chance * self.weight
    }
}

/// What the score takes besides findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// The share of code that was analysed, 0 to 1.
    pub coverage: f64,
    /// Lines of code that were analysed.
    pub lines: u64,
    /// What the tree is compared with: the name of a [`Platform`].
    pub platform: String,
    /// The names of the credits that were seen.
    pub credits: Vec<String>,
}

/// Assesses findings. `population` is what the score is compared with.
#[must_use]
pub fn assess<'a>(
    model: &Model,
    population: &Population,
    findings: impl IntoIterator<Item = &'a Finding>,
    seen: &Circumstances,
) -> Assessment {
    let knowledge = Knowledge::embedded();
    let findings: Vec<_> = findings.into_iter().collect();
    let signals = Signal::counted(findings.iter().copied());
    let combined = combine(model, knowledge, &signals, &|_| 0.0);
    let is_scored = seen.coverage >= knowledge.least_coverage;
    Assessment {
        score: is_scored.then(|| scored(model, population, &signals, &combined, seen)),
        weaknesses: weaknesses(knowledge, &combined),
        fixes: Vec::new(),
        grounds: resemblance::grounds(&findings),
        worths: signals.iter().map(|(signal, _)| (signal.clone(), worth(model, knowledge, signal))).collect(),
        rules: combined.rules,
        seen: seen.clone(),
    }
}

impl Assessment {
    /// The same without what only a scan with every rule can say.
    #[must_use]
    pub fn without_score(self) -> Self {
        Self { score: None, weaknesses: Vec::new(), fixes: Vec::new(), ..self }
    }

    /// What a finding is worth; None if it was not among those assessed, or is never weighed.
    #[must_use]
    pub fn worth(&self, finding: &Finding) -> Option<&Worth> {
        self.worths.get(&Signal::of(finding))
    }

    /// Why a finding has not earned to be called grave; None if it has, or if no finding of its rule was judged yet.
    #[must_use]
    pub fn unearned(&self, finding: &Finding) -> Option<String> {
        let Belief { chance, rule: Effect { judged, serious, .. }, .. } = self.worth(finding)?.belief;
        let is_doubted = judged > 0 && chance < Knowledge::embedded().least_grave;
        let whole = if finding.form.is_some() { "form of the rule" } else { "rule" };
        let (findings, were) = if judged == 1 { ("finding", "was") } else { ("findings", "were") };
        is_doubted.then(|| format!("{serious} of {judged} judged {findings} of this {whole} {were} serious"))
    }

    /// What is to be expected of a finding; 0 if it is never weighed.
    #[must_use]
    pub fn damage(&self, finding: &Finding) -> f64 {
        self.worth(finding).map_or(0.0, Worth::damage)
    }
}

impl Model {
    /// The verdicts, by rising score.
    #[must_use]
    pub fn bands(&self) -> Vec<Band> {
        let words = &Knowledge::embedded().bands;
        let band = |(word, &from): (&knowledge::Word, &f64)| Band { from, name: word.name.clone(), meaning: word.meaning.clone() };
        words.iter().zip(&self.thresholds).map(band).collect()
    }
}

fn worth(model: &Model, knowledge: &Knowledge, signal: &Signal) -> Worth {
    let weakness = knowledge.weakness_of(&signal.rule, &signal.pack);
    Worth {
        belief: model.truth.belief(signal, 0.0),
        weakness: knowledge.weaknesses[weakness].name.clone(),
        weight: model.weight_of(knowledge, weakness),
    }
}

fn scored(model: &Model, population: &Population, signals: &[(Signal, usize)], combined: &Combined, seen: &Circumstances) -> Score {
    let knowledge = Knowledge::embedded();
    let coefficients = &model.whole.coefficients;
    let value = value(model, knowledge, coefficients, combined.hazard(), seen);
    let columns = seen_columns(model, knowledge, combined.hazard(), seen);
    let (_, leak) = hazards(&columns, coefficients);
    let mut bands = model.bands();
    let rank = bands.iter().rposition(|band| value >= band.from).unwrap_or(0);
    let term = |&(column, seen): &(usize, f64)| Term {
        name: model.whole.columns[column].clone(),
        seen,
        log_hazard: coefficients[column] * seen,
    };
    Score {
        value,
        range: range::range(model, knowledge, signals, seen, value),
        band: bands.swap_remove(rank),
        place: population.place(knowledge, &seen.platform, value),
        skill: population.skill(),
        findings: combined.chance,
        trust: coefficients[TRUST],
        unseen: -(-leak).exp_m1(),
        terms: columns.iter().filter(|(column, _)| *column != TRUST).map(term).collect(),
    }
}

fn seen_columns(model: &Model, knowledge: &Knowledge, findings: f64, seen: &Circumstances) -> Vec<(usize, f64)> {
    let (lines, credits, platform) = (seen.lines, seen.credits.len(), seen.platform.as_str());
    columns(knowledge, model.whole.typical, Seen { findings, lines, credits, platform })
}

/// The score of a hazard of findings, 0 to 100, with given coefficients.
fn value(model: &Model, knowledge: &Knowledge, coefficients: &[f64], findings: f64, seen: &Circumstances) -> f64 {
    let (findings, leak) = hazards(&seen_columns(model, knowledge, findings, seen), coefficients);
    -100.0 * (-findings - leak).exp_m1()
}

fn weaknesses(knowledge: &Knowledge, combined: &Combined) -> Vec<WeaknessRisk> {
    let findings = |at| combined.rules.iter().filter(|rule| rule.weakness == at).map(|rule| rule.findings).sum();
    let each = knowledge.weaknesses.iter().zip(&combined.weaknesses).enumerate();
    let mut risks: Vec<_> = each
        .map(|(at, (weakness, &risk))| WeaknessRisk { name: weakness.name.clone(), risk, findings: findings(at) })
        .filter(|weakness| weakness.findings > 0)
        .collect();
    risks.sort_by(|a, b| b.risk.total_cmp(&a.risk).then_with(|| a.name.cmp(&b.name)));
    risks
}

/// What the score falls to without the findings of some rules, in the order in which they are fixed; nothing where there is no score.
#[must_use]
pub fn fixes<'a>(model: &Model, findings: impl IntoIterator<Item = &'a Finding>, seen: &Circumstances, rules: &[&str]) -> Vec<Fix> {
    let knowledge = Knowledge::embedded();
    if seen.coverage < knowledge.least_coverage {
        return Vec::new();
    }
    let mut left = Signal::counted(findings);
    let without = |rule: &&str| {
        left.retain(|(signal, _)| signal.rule != **rule);
        let findings = combine(model, knowledge, &left, &|_| 0.0).hazard();
        Fix { rule: (*rule).to_owned(), score: value(model, knowledge, &model.whole.coefficients, findings, seen) }
    };
    rules.iter().map(without).collect()
}

#[cfg(test)]
mod tests;
