use serde::Deserialize;

use super::call::Scalar;
use crate::rule::{Glob, TextPattern};

/// A setting in configuration files.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigMatch {
    /// Which files, by path.
    pub file: Vec<Glob>,
    /// The places to look at one by one (`jobs.*.steps[*]`); the whole document if absent. The paths of `where` begin there.
    #[serde(default)]
    pub each: Option<String>,
    /// All must hold; the finding stands at what the first one reached.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Setting>,
    /// If any of these holds there is no finding.
    #[serde(default)]
    pub spare: Vec<Setting>,
}

/// A condition on the values that a path reaches: one value that holds is enough.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Setting {
    /// The path, see [`crate::configfile::Path`]; the place itself if empty.
    pub path: String,
    /// The path begins at the root of the document although `each` is given.
    pub from_root: bool,
    /// The key that was reached matches.
    pub key: Option<TextPattern>,
    /// It is this scalar. A string `"true"` equals true.
    pub equals: Option<Scalar>,
    /// It is one of these.
    pub one_of: Vec<Scalar>,
    /// It is none of these.
    pub none_of: Vec<Scalar>,
    /// Its text has a match.
    pub matches: Option<TextPattern>,
    /// Its text has no match.
    pub lacks: Option<TextPattern>,
    /// It is a number below this.
    pub less_than: Option<f64>,
    /// It is a number not below this.
    pub at_least: Option<f64>,
    /// It is there (true) or nowhere (false).
    pub present: Option<bool>,
}
