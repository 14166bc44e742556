use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rule::{CalleePattern, TextPattern};

/// A call of one of some functions, with certain arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CallMatch {
    /// The functions, as resolved paths: `crypto.pbkdf2Sync`, `new electron.BrowserWindow`, `*.setItem`.
    pub callee: Vec<CalleePattern>,
    /// Conditions by a name of the rule's choosing; all must hold.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Condition>,
    /// Conditions by a name of the rule's choosing; if any of them holds, there is no finding.
    #[serde(default)]
    pub spare: BTreeMap<String, Condition>,
    /// At least one of these must hold too, if there are any.
    #[serde(default)]
    pub any: BTreeMap<String, Condition>,
    /// Calls that must stand in the same function (or, at top level, file).
    #[serde(default)]
    pub beside: Vec<CalleePattern>,
    /// Calls of which none may stand in the same function (or, at top level, file).
    #[serde(default)]
    pub not_beside: Vec<CalleePattern>,
    /// The name of the function around the call, of the variable or property that the result is given to, or the file's path
    /// matches one of these.
    #[serde(default)]
    pub context: Vec<TextPattern>,
}

/// Something about a call: which value is looked at (the whole call if nothing is said), and what must be true of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Condition {
    /// The argument with this index, from 0.
    pub argument: Option<usize>,
    /// Any of the arguments.
    pub any_argument: bool,
    /// The object that the method is called on.
    pub receiver: bool,
    /// A member of the value: `webPreferences.nodeIntegration`.
    pub field: Option<String>,

    /// It is this constant.
    pub equals: Option<Scalar>,
    /// It is one of these constants.
    pub one_of: Vec<Scalar>,
    /// It is a constant, and none of these.
    pub none_of: Vec<Scalar>,
    /// It is a number below this.
    pub less_than: Option<f64>,
    /// It is a number not below this.
    pub at_least: Option<f64>,
    /// It is a constant string (or its text, for a regular expression) with a match.
    pub matches: Option<TextPattern>,
    /// It is written (true) or absent (false). An object whose members cannot all be seen is neither.
    pub present: Option<bool>,
    /// It is a constant, whatever its value (true), or not (false).
    pub constant: Option<bool>,
    /// A string, array or byte buffer of known length that is shorter than this.
    pub shorter_than: Option<usize>,
    /// It is the result of such a call, or is built from one.
    pub from_call: Vec<CalleePattern>,
    /// The variable or member that is read has a name that matches.
    pub named: Option<TextPattern>,
    /// It is a value of one of these kinds (by model or by name).
    pub kind: Vec<String>,
    /// It is a function whose body calls one of these.
    pub body_calls: Vec<CalleePattern>,
    /// It is a function whose body calls none of these.
    pub body_lacks: Vec<CalleePattern>,
}

/// A constant in a rule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
}
