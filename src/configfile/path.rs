use super::{Document, Value, ValueKind};
use crate::source::Span;

/// A path into a document: `jobs.*.steps[*].uses`.
///
/// `.key` takes every entry with that key, `.*` every entry, `[*]` every item of a list, `[2]` one item, `**` any number of steps.
/// A key with dots or brackets stands in double quotes. A list where a key is asked for is entered silently, so that
/// `a.b` works on `{a: [{b: 1}]}` too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    AnyKey,
    Item(usize),
    AnyItem,
    AnyDepth,
}

/// A path that does not follow the grammar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bad path `{path}`: {reason}")]
pub struct PathError {
    path: String,
    reason: &'static str,
}

/// A value that a path reached.
#[derive(Clone, Copy, Debug)]
pub struct Reached<'a> {
    /// The value.
    pub value: &'a Value,
    /// The key that led to it, if the last step was a key.
    pub key: Option<&'a str>,
    /// Where that key stands; the value's place otherwise.
    pub key_span: Span,
}
