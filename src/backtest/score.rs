//! The score of a tree by a model that saw nothing of its repository, and without each weakness.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::Finding;
use crate::report::Report;
use crate::risk::{self, Judgement, Model, Population, embedded_ledger, reported_now};
use crate::rule::RuleSet;

/// What a tree's score is, and what it would be.
#[derive(Clone, Debug, Default)]
pub(super) struct Scored {
    /// 0 to 100; None if too little was analysed for one.
    pub(super) score: Option<f64>,
    /// Without what each weakness has, for those that have something.
    pub(super) without: BTreeMap<String, f64>,
}

/// The models by the fold that they saw nothing of.
pub(super) struct Models {
    packs: BTreeMap<String, String>,
    ledger: Vec<Judgement>,
    by_fold: Mutex<BTreeMap<usize, Arc<Model>>>,
}

impl Models {
    pub(super) fn new(rules: &RuleSet) -> Self {
        Self { packs: risk::fit::packs(rules), ledger: reported_now(embedded_ledger(), rules), by_fold: Mutex::default() }
    }

    /// The model that saw nothing of a repository.
    fn without(&self, repository: &str) -> Arc<Model> {
        let fold = risk::fit::fold(repository);
        let mut known = self.by_fold.lock().unwrap_or_else(PoisonError::into_inner);
        let model =
            known.entry(fold).or_insert_with(|| Arc::new(Model::embedded().held_out(repository, &self.ledger, &self.packs)));
        Arc::clone(model)
    }

    /// The score of a tree: by a model that saw nothing of the repository, or by the one that scans use if none is named.
    pub(super) fn score(&self, report: &Report, repository: Option<&str>) -> Scored {
        let held_out = repository.map(|repository| self.without(repository));
        let model: &Model = match &held_out {
            Some(model) => model,
            None => Model::embedded(),
        };
        let value = |without: Option<&str>| {
            let kept = |finding: &&Finding| {
                without.is_none_or(|weakness| report.assessment.worth(finding).is_none_or(|worth| worth.weakness != weakness))
            };
            let findings = report.triage.standing().filter(kept);
            let assessment = risk::assess(model, Population::embedded(), findings, &report.assessment.seen);
            assessment.score.map(|score| score.value)
        };
        let names = report.assessment.weaknesses.iter().map(|weakness| weakness.name.as_str());
        let without = names.filter_map(|name| Some((name.to_owned(), value(Some(name))?))).collect();
        Scored { score: value(None), without }
    }
}
