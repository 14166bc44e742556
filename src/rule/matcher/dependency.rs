use serde::Deserialize;

use crate::rule::Glob;

/// A package that a wallet depends on, or the way in which its packages are fixed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct DependencyMatch {
    /// Ecosystems as OSV spells them; all if empty.
    pub ecosystem: Vec<String>,
    /// Package names.
    pub name: Vec<Glob>,
    /// Versions, in the ecosystem's own range syntax.
    pub version: Option<String>,
}
