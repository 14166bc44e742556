//! A value of some kind reaches a place of some kind.

use serde::Deserialize;

use crate::rule::{Confidence, Severity, TextPattern};

/// A value of some kind reaches a place of some kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FlowMatch {
    /// Kinds of the value, from `rules/kinds.toml`; a kind stands for its children too.
    pub from: Vec<String>,
    /// Kinds of the place.
    pub to: Vec<String>,
    /// Cleaners after which the value no longer counts, besides those that `kinds.toml` gives for its kind.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Cleaners that the value must have passed, one of them at least: a hash on the way to a key.
    #[serde(default)]
    pub through: Vec<String>,
    /// Kinds of checks: the flow counts only if none of them stands before the place on every way to it.
    #[serde(default)]
    pub unguarded_by: Vec<String>,
    /// A value that reached such a place is not reported at later ones: what crosses a border once has crossed it.
    #[serde(default)]
    pub first_only: bool,
    /// Kinds of further places: where the same value goes there too, the finding tells it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Below which confidence in the value's kind and its way the flow does not count; medium if absent. Values that are recognised
    /// by name alone have medium confidence, those that lay in a table that functions share low.
    #[serde(default)]
    pub min_confidence: Option<Confidence>,
    /// The function in which the value arises or arrives, or the variable it arrives from, has a name that matches.
    #[serde(default)]
    pub context: Option<TextPattern>,
    /// No such name matches.
    #[serde(default)]
    pub not_context: Option<TextPattern>,
    /// The severity of what is found here is never above this: the form tells less than others of the rule do.
    #[serde(default)]
    pub at_most: Option<Severity>,
    /// The name of a form of the defect that follows from what is written, where others of the rule are inferred: a constant at an API, a
    /// way that is known step by step. People judge it apart (`rule/form` in the ledger), so that their doubts of the others leave its
    /// severity alone. What turns out to be inferred all the same is not of the form.
    #[serde(default)]
    pub form: Option<String>,
}

/// Values whose way is told by a finding at the place that they reach.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Follows {
    /// Kinds of the value.
    pub from: Vec<String>,
    /// Kinds of the place.
    pub to: Vec<String>,
    /// Cleaners that the value may have passed.
    #[serde(default)]
    pub through: Vec<String>,
}
