//! The questions of a label, as data: `rules/label.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Fact, Glob, Rule, Severity};

/// Every question, and what silence of the rules is worth.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Questions {
    /// Below this share of analysed shipped code, silence says nothing.
    pub least_coverage: f64,
    /// Languages about which silence says something.
    pub languages: Vec<String>,
    /// The questions.
    #[serde(rename = "question")]
    pub all: Vec<Question>,
}

/// A question of somebody who wonders whether to trust a wallet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Its name for programs.
    pub id: String,
    /// The question.
    pub asks: String,
    /// Why it matters.
    pub why: String,
    /// The reassuring answer.
    pub good: Good,
    /// Packs whose findings answer it.
    #[serde(default)]
    pub packs: Vec<String>,
    /// Further rules whose findings answer it.
    #[serde(default)]
    pub rules: Vec<Glob>,
    /// Rules whose remark on the project answers badly.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// From this severity on a finding answers badly.
    #[serde(default = "high")]
    pub bad_from: Severity,
    /// From this severity on a finding answers partly.
    #[serde(default = "medium")]
    pub partly_from: Severity,
    /// One of these holds where the tree has the code that could answer.
    pub seen: Vec<Fact>,
    /// What is said where none of them holds.
    pub absent: String,
    /// What is said where silence answers well, if not how many rules were silent.
    #[serde(default)]
    pub silent: Option<String>,
    /// Whether code must have been read for silence to say something.
    #[serde(default = "yes")]
    pub needs_code: bool,
    /// Whether silence says nothing in any case.
    #[serde(default)]
    pub proves_nothing: bool,
}

/// A reassuring answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Good {
    /// Yes.
    Yes,
    /// No.
    No,
}

const fn high() -> Severity {
    Severity::High
}

const fn medium() -> Severity {
    Severity::Medium
}

const fn yes() -> bool {
    true
}

impl Questions {
    /// The questions that are part of the program.
    ///
    /// # Panics
    /// Never in a released program: a test reads them.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static QUESTIONS: LazyLock<Questions> =
            LazyLock::new(|| super::load::vocabulary("label.toml").expect("the embedded questions are valid"));
        &QUESTIONS
    }
}

impl Question {
    /// Whether a finding of the rule answers it.
    #[must_use]
    pub fn is_answered_by(&self, rule: &Rule) -> bool {
        self.packs.contains(&rule.pack) || self.rules.iter().any(|glob| glob.matches_name(&rule.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{ProfileKind, RuleSet};

    #[test]
    fn every_name_of_the_questions_exists() {
        let rules = RuleSet::embedded().expect("the embedded rules load");
        let questions = Questions::embedded();
        assert_eq!(questions.all.len(), 10);
        for Question { id, packs, rules: globs, remarks, seen, bad_from, partly_from, .. } in &questions.all {
            let has_pack = |pack: &String| rules.rules.iter().any(|rule| rule.pack == *pack);
            assert!(packs.iter().all(has_pack), "{id}: {packs:?}");
            let has_rule = |glob: &Glob| rules.rules.iter().any(|rule| glob.matches_name(&rule.id));
            assert!(globs.iter().all(has_rule), "{id}: {globs:?}");
            assert!(remarks.iter().all(|rule| rules.find(rule).is_some_and(|rule| rule.body.remark.is_some())), "{id}");
            let has_kind = |name: &String| ProfileKind::all().iter().any(|kind| kind.name == *name);
            assert!(seen.iter().flat_map(|fact| &fact.kind).all(has_kind), "{id}: {seen:?}");
            assert!(partly_from < bad_from, "{id}");
        }
    }
}
