use std::collections::BTreeMap;

use serde::Deserialize;

use super::Date;

/// Whether a rule must speak in an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExampleKind {
    /// The rule must give at least one finding.
    Bad,
    /// The rule must be silent.
    Good,
}

/// A small project inside a rule's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Example {
    /// Bad or good.
    pub kind: ExampleKind,
    /// What it shows, if the files do not say it.
    #[serde(default)]
    pub note: Option<String>,
    /// Paths and texts.
    pub files: BTreeMap<String, String>,
    /// The lines on which a bad example must be found, as `path:line`; anywhere if empty.
    #[serde(default)]
    pub at: Vec<String>,
    /// The day on which the example is scanned; the newest knowledge if absent.
    #[serde(default)]
    pub as_of: Option<Date>,
}
