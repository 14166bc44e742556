//! `forewarn.toml`: what the owner of a tree asks of a scan.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rule::{Confidence, Glob, Severity};

/// The settings of a tree. Everything has a default, so that an absent file is an empty one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// Folders with further rules, relative to the settings file.
    pub rules: Vec<String>,
    /// Packs that are used; all if empty.
    pub packs: Vec<String>,
    /// Paths that are not scanned.
    pub exclude: Vec<Glob>,
    /// Paths that are scanned although an ignore file names them.
    pub include: Vec<Glob>,
    /// Settings by rule id.
    pub rule: BTreeMap<String, RuleSettings>,
    /// From which severity on a finding fails the run.
    pub fail_on: Option<Severity>,
    /// From which score on the run fails, 0 to 100.
    pub max_score: Option<f64>,
    /// Below which share of analysed lines the run counts as incomplete, 0 to 1.
    pub min_coverage: Option<f64>,
    /// Below which confidence findings are not shown.
    pub min_confidence: Option<Confidence>,
    /// What code cannot show.
    pub operations: Operations,
}

/// What is set for one rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct RuleSettings {
    /// Off if false; on if true, for a rule in preview.
    pub enabled: Option<bool>,
    /// Another severity.
    pub severity: Option<Severity>,
    /// Paths in which the rule is not applied.
    pub exclude: Vec<Glob>,
}

/// How the wallet is run: evidence that no code holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Operations {
    /// How many keys can sign.
    pub signers: Option<u32>,
    /// How many of them must.
    pub threshold: Option<u32>,
    /// Where the keys live: `hsm`, `hardware-wallet`, `server`, …
    pub key_locations: Vec<String>,
    /// Published audits, as addresses.
    pub audits: Vec<String>,
}
