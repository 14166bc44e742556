//! Fitting: from judged findings and trees whose fate is known to a [`Model`].
//!
//! A pure function of its arguments: the same ledger and trees give the same numbers.

mod draw;
mod logistic;
mod newton;
mod truth;
mod weight;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use draw::SplitMix;
pub use weight::Loss;

use super::combine::combine;
use super::judgement::{Judgement, first_readings};
use super::knowledge::Knowledge;
use super::model::{Fitted, Fold, Model, Seen, Truth, Whole, columns, hazards};
use super::signal::Signal;
use crate::rule::RuleSet;
use whole::Weighed;

/// How a tree ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// It had a serious weakness.
    Case,
    /// It was audited or reviewed for long, and nothing is known to have been wrong.
    Control,
    /// Nothing is known: drawn from the public at large.
    Background,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Case, Self::Control, Self::Background];

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Control => "control",
            Self::Background => "background",
        }
    }
}

/// A tree at one commit, as the score sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Its id in the corpus.
    pub id: String,
    /// `owner/name`, or what stands for it.
    pub repository: String,
    /// How it ended.
    pub side: Side,
    /// Whether rules may have been written or tried on it.
    pub is_seen: bool,
    /// The year as of which it was judged.
    pub year: u16,
    /// What it is compared with, by name.
    pub platform: String,
    /// Lines of code that were analysed.
    pub lines: u64,
    /// The share of code that was analysed, 0 to 1.
    pub coverage: f64,
    /// How many credits were seen.
    pub credits: usize,
    /// What was found, and how often.
    pub signals: Vec<(Signal, usize)>,
}

/// What a model is fitted on.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// Trees.
    pub snapshots: &'a [Snapshot],
    /// Judged findings.
    pub ledger: &'a [Judgement],
    /// Cases with the classes of their defects.
    pub losses: &'a [Loss],
    /// The pack of each rule.
    pub packs: &'a BTreeMap<String, String>,
    /// What is stated.
    pub knowledge: &'a Knowledge,
}

/// A model and how it does on trees that it was not fitted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Fitted on everything.
    pub model: Model,
    /// The scores of the snapshots, 0 to 100, in their order. That of a case or control is from a model that saw neither its repository nor
    /// judgements on it. None where too little was analysed.
    pub scores: Vec<Option<f64>>,
}

/// The pack of each rule, as [`Material`] wants it.
#[must_use]
pub fn packs(rules: &RuleSet) -> BTreeMap<String, String> {
    rules.rules.iter().map(|rule| (rule.id.clone(), rule.pack.clone())).collect()
}

/// Repositories are put aside in so many parts.
const FOLDS: usize = 10;

/// Fits all three stages.
#[must_use]
pub fn fit(material: Material<'_>) -> Fit {
    let ledger = &first_readings(material.ledger);
    let material = Material { ledger, ..material };
    let Material { losses, packs, knowledge, .. } = material;
    let scored: Vec<&Snapshot> =
        material.snapshots.iter().filter(|snapshot| snapshot.coverage >= knowledge.least_coverage).collect();
    let mut truth = truth::fit(ledger, packs, knowledge, None);
    (truth.repeat, truth.kin) = truth::news(&truth, ledger, packs, knowledge);
    let mut model = Model {
        fitted: fitted(&scored, ledger.len()),
        truth,
        weight: weight::fit(ledger, losses, packs, knowledge),
        whole: Whole::default(),
        thresholds: Vec::new(),
        folds: Vec::new(),
    };
    let weighed: Vec<_> = scored.iter().map(|snapshot| weighed(&model, knowledge, snapshot)).collect();
    model.whole = whole::fit(&weighed, knowledge);
    let models: Vec<Model> = (0..FOLDS).map(|fold| without(material, &model, fold)).collect();
    let scores = cross_fitted(material, &model, &models);
    model.folds = models.iter().map(|model| told(model, knowledge)).collect();
    model.thresholds = thresholds(material, &scores);
    model.whole.draws = whole::draws(&weighed, model.whole.typical, knowledge);
    Fit { model, scores }
}

fn fitted(scored: &[&Snapshot], judgements: usize) -> Fitted {
    let of = |side| scored.iter().filter(move |snapshot| snapshot.side == side);
    let repositories: BTreeSet<_> = of(Side::Case).chain(of(Side::Control)).map(|snapshot| &snapshot.repository).collect();
    Fitted { judgements, cases: of(Side::Case).count(), controls: of(Side::Control).count(), repositories: repositories.len() }
}

fn weighed<'s>(model: &Model, knowledge: &Knowledge, snapshot: &'s Snapshot) -> Weighed<'s> {
    Weighed { snapshot, findings: combine(model, knowledge, &snapshot.signals, &|_| 0.0).hazard() }
}

/// The score of a snapshot, 0 to 100.
fn score(model: &Model, knowledge: &Knowledge, snapshot: &Snapshot) -> f64 {
    let Weighed { findings, .. } = weighed(model, knowledge, snapshot);
    let seen = Seen { findings, lines: snapshot.lines, credits: snapshot.credits, platform: &snapshot.platform };
    let (findings, leak) = hazards(&columns(knowledge, model.whole.typical, seen), &model.whole.coefficients);
    -100.0 * (-findings - leak).exp_m1()
}

/// Scores by models that saw nothing of the repository.
fn cross_fitted(material: Material<'_>, whole: &Model, models: &[Model]) -> Vec<Option<f64>> {
    let Material { snapshots, knowledge, .. } = material;
    let scored = |snapshot: &Snapshot| {
        let model = if snapshot.side == Side::Background { whole } else { &models[fold(&snapshot.repository)] };
        (snapshot.coverage >= knowledge.least_coverage).then(|| score(model, knowledge, snapshot))
    };
    snapshots.iter().map(scored).collect()
}

/// A model that saw nothing of the repositories of a fold.
fn without(material: Material<'_>, whole: &Model, excluded: usize) -> Model {
    let Material { packs, knowledge, .. } = material;
    let losses: Vec<_> = material.losses.iter().filter(|loss| fold(&loss.repository) != excluded).cloned().collect();
    let (truth, ledger) = truth_without(&whole.truth, material.ledger, packs, excluded);
    let mut model = Model { truth, weight: weight::fit(&ledger, &losses, packs, knowledge), ..whole.clone() };
    let kept = material.snapshots.iter().filter(|snapshot| fold(&snapshot.repository) != excluded);
    let scored = kept.filter(|snapshot| snapshot.coverage >= knowledge.least_coverage);
    let weighed: Vec<_> = scored.map(|snapshot| weighed(&model, knowledge, snapshot)).collect();
    model.whole = whole::fit(&weighed, knowledge);
    model
}

/// What is believed of findings without the judgements on the repositories of a fold, and the ledger that is left. How far rules and packs differ is
/// taken from the whole ledger: three numbers.
fn truth_without(
    truth: &Truth,
    ledger: &[Judgement],
    packs: &BTreeMap<String, String>,
    excluded: usize,
) -> (Truth, Vec<Judgement>) {
    let kept: Vec<_> = ledger.iter().filter(|judgement| fold(&judgement.repository) != excluded).cloned().collect();
    let &Truth { spread, repeat, kin, .. } = truth;
    (Truth { repeat, kin, ..truth::fit(&kept, packs, Knowledge::embedded(), Some(spread)) }, kept)
}

impl Model {
    /// The model that saw nothing of a repository: neither trees of its fold nor judgements on them.
    ///
    /// # Panics
    /// If the model was written by another version, with other folds.
    #[must_use]
    pub fn held_out(&self, repository: &str, ledger: &[Judgement], packs: &BTreeMap<String, String>) -> Self {
        let excluded = fold(repository);
        let Fold { coefficients, typical, weights } = &self.folds[excluded];
        let mut model = self.clone();
        model.truth = truth_without(&self.truth, &first_readings(ledger), packs, excluded).0;
        for (weakness, &weight) in Knowledge::embedded().weaknesses.iter().zip(weights) {
            model.weight.entry(weakness.name.clone()).or_default().weight = weight;
        }
        (model.whole.coefficients, model.whole.typical) = (coefficients.clone(), *typical);
        model
    }
}

/// What of a model differs without a fold and cannot be had from the ledger.
fn told(model: &Model, knowledge: &Knowledge) -> Fold {
    let Whole { coefficients, typical, .. } = &model.whole;
    let weights = (0..knowledge.weaknesses.len()).map(|weakness| model.weight_of(knowledge, weakness)).collect();
    Fold { coefficients: coefficients.clone(), typical: *typical, weights }
}

/// The fold of a repository: a hash of its name (FNV-1a), so that a further repository moves no other.
#[must_use]
pub fn fold(repository: &str) -> usize {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    (repository.to_lowercase().bytes().fold(0xcbf2_9ce4_8422_2325, step) % FOLDS as u64) as usize
}

/// From which scores on each verdict holds, so that no more than its share of audited controls reaches it.
fn thresholds(material: Material<'_>, scores: &[Option<f64>]) -> Vec<f64> {
    let controls = material.snapshots.iter().zip(scores).filter(|(snapshot, _)| snapshot.side == Side::Control);
    let mut controls: Vec<f64> = controls.filter_map(|(_, score)| *score).collect();
    controls.sort_by(|a, b| b.total_cmp(a));
    let threshold = |share: f64| {
        let allowed = (share * controls.len() as f64).floor() as usize;
        // Above the first that may not reach it, in whole points as a reader sees them.
        controls.get(allowed).map_or(0.0, |highest| (highest.floor() + 1.0).min(100.0))
    };
    material.knowledge.bands.iter().map(|band| threshold(band.controls)).collect()
}
