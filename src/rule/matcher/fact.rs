//! What is true of a project as a whole.

use serde::Deserialize;

use super::config::ConfigMatch;
use crate::rule::{CalleePattern, Glob, TextPattern};

/// Something that may be true of a project. What is given must all hold; within a list one entry is enough.
///
/// Files of vendored code and of examples never count. Where no `file` is asked for, neither do tests and documentation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Fact {
    /// A file whose path matches exists. With `text`: the files in which it is looked for.
    pub file: Vec<Glob>,
    /// A manifest or lockfile names one of these packages (`@sentry/*`), whoever brings it.
    pub dependency: Vec<Glob>,
    /// A manifest asks for one of these packages by name, as a product does for what it is built on (`electron`).
    pub direct: Vec<Glob>,
    /// With `dependency` or `direct`: the version is in this range, in the ecosystem's own syntax.
    pub version: Option<String>,
    /// Lockfiles fix at least so many packages for production.
    pub packages: Option<usize>,
    /// Product code imports one of these modules.
    pub import: Vec<Glob>,
    /// Product code calls one of these.
    pub call: Vec<CalleePattern>,
    /// A file (of `file`, or any product file) contains a match.
    pub text: Vec<TextPattern>,
    /// A setting.
    pub config: Option<Box<ConfigMatch>>,
    /// Files whose path matches hold at least half of the product's analysed code, by bytes (`*.py`).
    pub mostly: Vec<Glob>,
    /// The tree is one of these, by `rules/profile.toml`: `electron`, `extension`, `android`.
    pub kind: Vec<String>,
    /// One of these holds too.
    pub any: Vec<Fact>,
}
