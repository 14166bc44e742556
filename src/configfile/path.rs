use super::{Document, Entry, Value, ValueKind};
use crate::source::Span;

/// A path into a document: `jobs.*.steps[*].uses`.
///
/// `.key` takes every entry with that key, `.*` every entry, `[*]` every item of a list, `[2]` one item, `**` any number of steps.
/// A key with dots or brackets stands in double quotes. A list where a key is asked for is entered silently, so that
/// `a.b` works on `{a: [{b: 1}]}` too. The empty path is the value itself.
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

impl Path {
    /// Parses a path.
    ///
    /// # Errors
    /// If it does not follow the grammar.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let fail = |reason| PathError { path: text.into(), reason };
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
                item(inside).map_err(fail)?
            } else {
                let key =
                    if steps.is_empty() { rest } else { rest.strip_prefix('.').ok_or_else(|| fail("a `.` or `[` must follow"))? };
                self::key(key).map_err(fail)?
            };
            steps.push(step);
            rest = after;
        }
        if steps.iter().filter(|step| **step == Step::AnyDepth).count() > 2 {
            return Err(fail("`**` may stand twice at most"));
        }
        Ok(Self { steps })
    }

    /// Everything that the path reaches from the roots of a document, in the order of the text.
    #[must_use]
    pub fn select<'a>(&self, document: &'a Document) -> Vec<Reached<'a>> {
        self.follow(document.roots.iter().map(Reached::value).collect())
    }

    /// Everything that the path reaches from a value.
    #[must_use]
    pub fn select_from<'a>(&self, start: Reached<'a>) -> Vec<Reached<'a>> {
        self.follow(vec![start])
    }

    /// The path without its last step, and that step's key: None for a path that does not end with a key.
    #[must_use]
    pub fn split_key(&self) -> Option<(Self, &str)> {
        let (last, before) = self.steps.split_last()?;
        let Step::Key(key) = last else { return None };
        Some((Self { steps: before.to_vec() }, key))
    }

    fn follow<'a>(&self, start: Vec<Reached<'a>>) -> Vec<Reached<'a>> {
        let mut reached = start;
        let mut is_any_depth = false;
        for step in &self.steps {
            // `**` has reached the items of every list: a key entered through the list itself would be found twice.
            let takes = |from: &Reached<'_>| !(is_any_depth && step.is_key() && matches!(from.value.kind, ValueKind::List(_)));
            let mut next = Vec::new();
            reached.into_iter().filter(takes).for_each(|from| step.take(from, &mut next));
            reached = next;
            is_any_depth = *step == Step::AnyDepth;
        }
        reached
    }
}

impl Step {
    const fn is_key(&self) -> bool {
        matches!(self, Self::Key(_) | Self::AnyKey)
    }

    fn take<'a>(&self, from: Reached<'a>, next: &mut Vec<Reached<'a>>) {
        match self {
            Self::Key(key) => entries(from.value, &mut |entry| {
                if entry.key == *key {
                    next.push(Reached::entry(entry));
                }
            }),
            Self::AnyKey => entries(from.value, &mut |entry| next.push(Reached::entry(entry))),
            Self::Item(index) => next.extend(from.value.items().get(*index).map(Reached::value)),
            Self::AnyItem => next.extend(from.value.items().iter().map(Reached::value)),
            Self::AnyDepth => descend(from, next),
        }
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

fn item(inside: &str) -> Result<(Step, &str), &'static str> {
    let (index, after) = inside.split_once(']').ok_or("a `[` is not closed")?;
    if index == "*" {
        return Ok((Step::AnyItem, after));
    }
    let index = index.parse().map_err(|_| "between `[` and `]` stands a number or `*`")?;
    Ok((Step::Item(index), after))
}

fn key(text: &str) -> Result<(Step, &str), &'static str> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (key, after) = quoted.split_once('"').ok_or("a quote is not closed")?;
        return Ok((Step::Key(key.into()), after));
    }
    let (key, after) = text.split_at(text.find(['.', '[']).unwrap_or(text.len()));
    let step = match key {
        "" => return Err("a key is missing"),
        "*" => Step::AnyKey,
        "**" => Step::AnyDepth,
        _ if key.contains('*') => return Err("`*` stands alone or twice, not within a key"),
        _ => Step::Key(key.into()),
    };
    Ok((step, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, SourceFile};

    fn reached(path: &str, json: &str) -> Vec<String> {
        let file = SourceFile::in_memory(FileId(0), "a.json", json);
        let (document, _) = super::super::find(&file).expect("a reader").read(&file);
        let document = document.expect("a document");
        let reached = Path::parse(path).expect("a path").select(&document);
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

    #[test]
    fn broken_paths_are_named() {
        for (path, reason) in [
            ("a..b", "a key is missing"),
            ("a[", "a `[` is not closed"),
            ("a[x]", "between `[` and `]` stands a number or `*`"),
            ("\"a", "a quote is not closed"),
            ("a[0]b", "a `.` or `[` must follow"),
            ("a*b", "`*` stands alone or twice, not within a key"),
            ("**.a.**.b.**", "`**` may stand twice at most"),
        ] {
            assert_eq!(Path::parse(path).expect_err(path).to_string(), format!("bad path `{path}`: {reason}"));
        }
    }
}
