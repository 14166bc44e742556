//! A call with certain arguments.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::flow::Follows;
use crate::rule::{CalleePattern, Position, Severity, TextPattern};

/// A call of one of some functions, with certain arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CallMatch {
    /// The functions, as resolved paths: `crypto.pbkdf2Sync`, `new electron.BrowserWindow`, `*.setItem`.
    #[serde(default)]
    pub callee: Vec<CalleePattern>,
    /// Members, as resolved paths, that are written like a call with one argument: `Aes.Create().Key`.
    #[serde(default)]
    pub assigned: Vec<CalleePattern>,
    /// Callees that are spared although they match.
    #[serde(default)]
    pub not_callee: Vec<CalleePattern>,
    /// Conditions by a name of the rule's choosing, which the message uses; all must hold.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Condition>,
    /// At least one of these must hold too, if there are any.
    #[serde(default)]
    pub any: BTreeMap<String, Condition>,
    /// If any of these holds, there is no finding.
    #[serde(default)]
    pub spare: BTreeMap<String, Condition>,
    /// At least one of these calls must stand in the same function (or, at top level, file).
    #[serde(default)]
    pub beside: Vec<CalleePattern>,
    /// None of these calls may stand in the same function (or, at top level, file).
    #[serde(default)]
    pub not_beside: Vec<CalleePattern>,
    /// One of these matches the name of a function around the call, or of the variable, member or argument that takes its result.
    #[serde(default)]
    pub context: Vec<TextPattern>,
    /// None of these may match such a name.
    #[serde(default)]
    pub not_context: Vec<TextPattern>,
    /// If such a value reaches such a place in the call, the finding tells its way.
    #[serde(default)]
    pub follows: Option<Follows>,
    /// The severity of what is found here is never above this: the form tells less than others of the rule do.
    #[serde(default)]
    pub at_most: Option<Severity>,
    /// The name of a form of the defect that follows from what is written, where others of the rule are inferred: a constant at an API, a
    /// way that is known step by step. People judge it apart (`rule/form` in the ledger), so that their doubts of the others leave its
    /// severity alone. What turns out to be inferred all the same is not of the form.
    #[serde(default)]
    pub form: Option<String>,
}

/// Something about a call: which value is looked at, and what must be true of it.
///
/// A condition that cannot be decided does not hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Condition {
    /// It holds for calls of these only: one rule may know functions that take a value at different places.
    pub callee: Vec<CalleePattern>,
    /// Which value: the argument with this index, from 0, or name: `0`, `"key:"`, `"0, key:"`; the call itself if neither this, nor
    /// `any-argument`, nor `receiver`.
    pub argument: Option<Position>,
    /// Which value: any of the arguments.
    pub any_argument: bool,
    /// Which value: the object that the method is called on.
    pub receiver: bool,
    /// A member of that value: `webPreferences.nodeIntegration`.
    pub field: Option<String>,
    /// The value is the result of such a call, and what is looked at is an argument of that call.
    pub result_of: Option<ResultOf>,

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
    /// It is a string with a match, or a regular expression whose source has one. Unknown parts of a string read `${}`.
    pub matches: Option<TextPattern>,
    /// It is such a text without a match.
    pub lacks: Option<TextPattern>,
    /// It is written (true) or absent (false). What may hide in a spread is neither.
    pub present: Option<bool>,
    /// It is a constant string or number, or an array of such (true), or not (false). What is empty is none, as it is still to be
    /// filled in, and neither are the labels that protocols give (`labels` in `rules/lexicon.toml`). What is such only as far as callers, defaults and branches are seen makes a finding of medium
    /// severity at most; so with `fixed`.
    pub constant: Option<bool>,
    /// It comes from nothing but what the source says: a constant, its bytes or hash, a buffer of zeros that nobody fills (true), or
    /// not (false).
    pub fixed: Option<bool>,
    /// A string or array of known length that is shorter than this.
    pub shorter_than: Option<usize>,
    /// It is the result of such a call, or is built from one.
    pub from_call: Vec<CalleePattern>,
    /// It is neither the result of such a call nor built from one.
    pub not_from_call: Vec<CalleePattern>,
    /// The resolved path of the value matches.
    pub path: Vec<CalleePattern>,
    /// The variable or member that is read has a name that matches.
    pub named: Option<TextPattern>,
    /// It is a variable that the file also gives to one of these calls, as it is or after methods of its own: `parse(typed.trim())`.
    pub passed_to: Vec<CalleePattern>,
    /// It is a function whose body calls one of these.
    pub body_calls: Vec<CalleePattern>,
    /// It is a function whose body calls none of these.
    pub body_lacks: Vec<CalleePattern>,
}

impl Condition {
    /// Whether it asks for certain constants: then it is enough that one of several values is one.
    #[must_use]
    pub const fn asks_constant(&self) -> bool {
        let asks_number = self.less_than.is_some() || self.at_least.is_some();
        asks_number || self.equals.is_some() || !self.one_of.is_empty() || self.matches.is_some()
    }

    /// Whether it asks that a value is written into the program, whichever it is.
    #[must_use]
    pub fn asks_fixed(&self) -> bool {
        self.fixed == Some(true) || self.constant == Some(true)
    }
}

/// The argument of a call whose result is looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResultOf {
    /// The functions.
    pub callee: Vec<CalleePattern>,
    /// The argument, by its index from 0 or its name; the object that the method is called on if absent.
    #[serde(default)]
    pub argument: Option<Position>,
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
