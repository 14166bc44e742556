//! Paths followed through documents.

use super::{Document, Entry, Value, ValueKind};
use crate::rule::{Path, Step};
use crate::source::Span;

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

impl<'a> Reached<'a> {
    /// A value that no key led to.
    #[must_use]
    pub const fn value(value: &'a Value) -> Self {
        Self { value, key: None, key_span: value.span }
    }

    fn entry(entry: &'a Entry) -> Self {
        Self { value: &entry.value, key: Some(&entry.key), key_span: entry.key_span }
    }
}

/// Everything that a path reaches from the roots of a document, in the order of the text.
#[must_use]
pub fn select<'a>(path: &Path, document: &'a Document) -> Vec<Reached<'a>> {
    follow(path, document.roots.iter().map(Reached::value).collect())
}

/// Everything that a path reaches from a value.
#[must_use]
pub fn select_from<'a>(path: &Path, start: Reached<'a>) -> Vec<Reached<'a>> {
    let leads_down = path.steps().first().is_some_and(|step| *step != Step::AnyDepth);
    let is_scalar = !matches!(start.value.kind, ValueKind::Map(_) | ValueKind::List(_));
    if leads_down && is_scalar {
        // Most values of a big file are scalars, and most paths are asked of each.
        return Vec::new();
    }
    follow(path, vec![start])
}

fn follow<'a>(path: &Path, start: Vec<Reached<'a>>) -> Vec<Reached<'a>> {
    let mut reached = start;
    let mut is_any_depth = false;
    for step in path.steps() {
        // `**` has reached the items of every list: a key entered through the list itself would be found twice.
        let takes = |from: &Reached<'_>| {
            !(is_any_depth && matches!(step, Step::Key(_) | Step::AnyKey) && matches!(from.value.kind, ValueKind::List(_)))
        };
        let mut next = Vec::new();
        reached.into_iter().filter(takes).for_each(|from| take(step, from, &mut next));
        reached = next;
        is_any_depth = *step == Step::AnyDepth;
    }
    reached
}

fn take<'a>(step: &Step, from: Reached<'a>, next: &mut Vec<Reached<'a>>) {
    match step {
        Step::Key(key) => entries(from.value, &mut |entry| {
            if entry.key == *key {
                next.push(Reached::entry(entry));
            }
        }),
        Step::AnyKey => entries(from.value, &mut |entry| next.push(Reached::entry(entry))),
        Step::Item(index) => next.extend(from.value.items().get(*index).map(Reached::value)),
        Step::AnyItem => next.extend(from.value.items().iter().map(Reached::value)),
        Step::AnyDepth => descend(from, next),
    }
}

/// The entries of a map, or of the maps of a list.
fn entries<'a>(value: &'a Value, take: &mut impl FnMut(&'a Entry)) {
    match &value.kind {
        ValueKind::Map(entries) => entries.iter().for_each(take),
        ValueKind::List(items) => items.iter().for_each(|item| self::entries(item, take)),
        _ => {}
    }
}

/// The value and everything below it. Trees are of bounded depth.
fn descend<'a>(from: Reached<'a>, next: &mut Vec<Reached<'a>>) {
    next.push(from);
    from.value.entries().iter().for_each(|entry| descend(Reached::entry(entry), next));
    from.value.items().iter().for_each(|item| descend(Reached::value(item), next));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, SourceFile};

    fn reached(path: &str, json: &str) -> Vec<String> {
        let file = SourceFile::in_memory(FileId(0), "a.json", json);
        let (document, _) = super::super::find(&file).expect("a reader").read(&file);
        let document = document.expect("a document");
        let reached = select(&Path::parse(path).expect("a path"), &document);
        reached.iter().map(|reached| format!("{}={}", reached.key.unwrap_or("-"), file.snippet(reached.value.span))).collect()
    }

    #[test]
    fn steps_reach_what_they_say() {
        let json = r#"{"a": [{"b": 1}, {"b": 2}], "c.d": 3, "e": {"f": {"b": [4, 5]}}}"#;
        for (path, expected) in [
            ("a[*].b", vec!["b=1", "b=2"]),
            ("a.b", vec!["b=1", "b=2"]),
            ("a[1].b", vec!["b=2"]),
            ("\"c.d\"", vec!["c.d=3"]),
            ("e.*.b[*]", vec!["-=4", "-=5"]),
            ("**.b", vec!["b=1", "b=2", "b=[4, 5]"]),
            ("e.f.b[7]", vec![]),
            ("x.y", vec![]),
        ] {
            assert_eq!(reached(path, json), expected, "{path}");
        }
    }
}
