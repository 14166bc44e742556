//! What a finding weighs in its circumstances.

use serde::Deserialize;

use super::{Confidence, Fact, Glob, Severity, TextPattern};
use crate::source::Role;

/// Circumstances in which a finding weighs something else than its rule says. Of a rule's grades, the first of which everything holds
/// that is given decides; within a list one entry is enough, but for `when`, of which all must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Grade {
    /// The severity in these circumstances; none: what the rule says is not true there, and there is no finding.
    pub severity: Graded,
    /// The confidence in these circumstances; that of the finding if absent.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Why, as a clause that a report puts behind the message.
    pub because: String,
    /// The form of the defect that it is in these circumstances, which people judge apart: see the matchers' `form`.
    #[serde(default)]
    pub form: Option<String>,

    /// Facts about the project.
    #[serde(default)]
    pub when: Vec<Fact>,
    /// Facts about the project of which none may hold.
    #[serde(default)]
    pub unless: Vec<Fact>,
    /// Ids of rules: one of them has a finding of high severity or above in the project. Those rules may not ask so themselves.
    #[serde(default)]
    pub with: Vec<String>,
    /// The finding tells the way of a value (true), or does not (false).
    #[serde(default)]
    pub flow: Option<bool>,
    /// The file of the finding, by path.
    #[serde(default)]
    pub file: Vec<Glob>,
    /// The role of the file.
    #[serde(default)]
    pub role: Vec<Role>,
    /// The file has a match of one of these.
    #[serde(default)]
    pub file_has: Vec<TextPattern>,
    /// The file has a match of none of these.
    #[serde(default)]
    pub file_lacks: Vec<TextPattern>,
    /// What was found, from its first to its last character, has one of these; of a call, the whole call.
    #[serde(default)]
    pub found: Vec<TextPattern>,
    /// What was found has none of these.
    #[serde(default)]
    pub not_found: Vec<TextPattern>,
    /// One of these occurs within `near-lines` lines.
    #[serde(default)]
    pub near: Vec<TextPattern>,
    /// None of these occurs within `near-lines` lines.
    #[serde(default)]
    pub not_near: Vec<TextPattern>,
    /// The reach of `near` and `not-near` in lines; 0, which is the lines of the finding, if absent.
    #[serde(default)]
    pub near_lines: u32,
    /// A heading around the finding has one of these: the first line of a block, function or class, or the key of a table, that it
    /// stands in, as the indentation tells.
    #[serde(default)]
    pub within: Vec<TextPattern>,
    /// No heading around has one of these.
    #[serde(default)]
    pub not_within: Vec<TextPattern>,
    /// The name that takes what was found (a variable, a member, a key; for an entry of a list that of the list) has one of these.
    #[serde(default)]
    pub bound: Vec<TextPattern>,
    /// A line of the product that names it, or the line of the finding, has one of these. Names that take its value in turn are
    /// followed. Texts in quotes are left out of the finding's own line.
    #[serde(default)]
    pub used: Vec<TextPattern>,
    /// It is named elsewhere, and each line of the product that does so has one of these.
    #[serde(default)]
    pub only_used: Vec<TextPattern>,
    /// It has a name of its own, which no other line of the product has (true).
    #[serde(default)]
    pub unused: Option<bool>,
}

/// What a grade makes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Graded {
    /// No finding.
    None,
    /// One of this severity.
    #[serde(untagged)]
    As(Severity),
}

impl Grade {
    /// Whether it asks how the name of what was found is used.
    #[must_use]
    pub fn asks_uses(&self) -> bool {
        !self.used.is_empty() || !self.only_used.is_empty() || self.unused.is_some()
    }
}
