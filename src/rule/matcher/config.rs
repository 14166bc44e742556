//! A setting in a configuration file.

use serde::Deserialize;

use super::call::Scalar;
use crate::rule::{Glob, Path, Severity, TextPattern};

/// A setting in configuration files.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigMatch {
    /// Which files, by path.
    pub file: Vec<Glob>,
    /// Files that are passed over.
    #[serde(default)]
    pub not_file: Vec<Glob>,
    /// The places to look at one by one (`jobs.*.steps[*]`); the whole document if absent. The paths of the conditions begin there.
    #[serde(default)]
    pub each: Option<Path>,
    /// All must hold; the finding stands at what the first one reached.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Setting>,
    /// At least one of these must hold too, if there are any; the finding stands there if `where` is empty.
    #[serde(default)]
    pub any: Vec<Setting>,
    /// If any of these holds there is no finding.
    #[serde(default)]
    pub spare: Vec<Setting>,
    /// The severity of what is found here is never above this: the form tells less than others of the rule do.
    #[serde(default)]
    pub at_most: Option<Severity>,
}

/// A condition on the values that a path reaches: one value of which everything holds is enough.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Setting {
    /// It holds in these files only: what is missing here may stand in another one.
    pub file: Vec<Glob>,
    /// It does not hold in these files.
    pub not_file: Vec<Glob>,
    /// The path; the place itself if empty.
    pub path: Path,
    /// Further paths: what any of them reaches counts.
    pub or_path: Vec<Path>,
    /// The paths begin at the root of the document although `each` is given.
    pub from_root: bool,
    /// The key that was reached matches.
    pub key: Option<TextPattern>,
    /// The key that was reached has no match.
    pub not_key: Option<TextPattern>,
    /// It is this scalar. A string `"true"` equals true.
    pub equals: Option<Scalar>,
    /// It is one of these.
    pub one_of: Vec<Scalar>,
    /// It is a scalar, and none of these.
    pub none_of: Vec<Scalar>,
    /// Its text has a match.
    pub matches: Option<TextPattern>,
    /// Its text has no match.
    pub lacks: Option<TextPattern>,
    /// It is a number below this.
    pub less_than: Option<f64>,
    /// It is a number not below this.
    pub at_least: Option<f64>,
    /// It is a list or map with at least so many members.
    pub members_at_least: Option<usize>,
    /// It is a number below a share of how many members another value has.
    pub below_share: Option<Share>,
    /// It is there (true), or no value that the paths reach is as the other keys say (false).
    pub present: Option<bool>,
    /// It is a command line: a list of words is looked at as one text, and so is a text that goes on after a backslash.
    pub command: bool,
    /// It is a name for a value of another file, and what is said here is said of that value.
    pub refers: Option<Reference>,
    /// What a report says of it in place of its key and value.
    pub say: Option<String>,
    /// It is a secret: reports do not show it.
    pub secret: bool,
    /// Further conditions, of which one is enough where this one does not hold.
    pub or: Vec<Self>,
}

/// A part of the members of a list or map: `{ of = "owners", share = 0.5 }` is half as many as `owners` has.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Share {
    /// The path to the list or map, from where the path of the condition begins.
    pub of: Path,
    /// The factor, from 0 to 1.
    pub share: f64,
}

/// Where a value is found that a setting only names: `@bool/backup` is the entry `backup` of a file of resources.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reference {
    /// How such a name is written; a group named `name` is the name itself.
    pub written: TextPattern,
    /// The files in which it is given a value.
    pub file: Vec<Glob>,
    /// The entries of these files.
    pub each: Path,
    /// The name of an entry.
    pub name: Path,
    /// The value of an entry.
    pub value: Path,
}
