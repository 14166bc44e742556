//! A declaration with certain content.

use serde::Deserialize;

use crate::rule::{CalleePattern, Glob, Severity, TextPattern};

/// A function with certain facts and a certain content. All that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct FunctionMatch {
    /// Files that are passed over.
    pub not_file: Vec<Glob>,
    /// Its name matches.
    pub named: Option<TextPattern>,
    /// Its name does not match.
    pub not_named: Option<TextPattern>,
    /// It is handed to one of these calls (`electron.ipcMain.handle`).
    pub handler_of: Vec<CalleePattern>,
    /// With `handler-of`: the first constant string of that call (event or channel) matches.
    pub event: Option<TextPattern>,
    /// A decorator, attribute or annotation matches.
    pub attribute: Option<TextPattern>,
    /// Its body, closures in it included, makes at least one of these calls.
    pub calls: Vec<CalleePattern>,
    /// It makes none of these.
    pub lacks: Vec<CalleePattern>,
    /// With `calls`: the call is made on one of the function's parameters, on a part of one, or (a function that is no method) is
    /// given one: whoever calls the function chooses.
    pub on_parameter: bool,
    /// `text` and `lacks-text` see the bodies of helpers of the tree as well, each behind its call, up to two calls away: what a helper
    /// does stands in the order in which it is done.
    pub inlined: bool,
    /// Its text, without comments, has a match.
    pub text: Option<TextPattern>,
    /// Its text, without comments, has no match.
    pub lacks_text: Option<TextPattern>,
    /// With `text`: what stands before the first match has none of this. What is done too late was not done before.
    pub lacks_before: Option<TextPattern>,
    /// Nor has that of a function of the tree that it calls, up to three calls away: a modifier, a helper, a method of a base class.
    pub lacks_reached: Option<TextPattern>,
    /// It is a method of a class whose text, without comments, has a match.
    pub class_text: Option<TextPattern>,
    /// It is not a method of a class whose text, without comments, has a match.
    pub class_lacks_text: Option<TextPattern>,
    /// A branch or a handler within falls back to one of these calls…
    pub falls_back_to: Vec<CalleePattern>,
    /// …after a test for, or a failure of, one of these (as calls or as members that are tested).
    pub after_testing: Vec<CalleePattern>,
    /// The severity of what is found here is never above this: the form tells less than others of the rule do.
    pub at_most: Option<Severity>,
}
