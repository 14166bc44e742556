use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A path into a document: `jobs.*.steps[*].uses`.
///
/// `.key` takes every entry with that key, `.*` every entry, `[*]` every item of a list, `[2]` one item, `**` any number of steps.
/// A key with dots or brackets stands in double quotes. A list where a key is asked for is entered silently, so that
/// `a.b` works on `{a: [{b: 1}]}` too. The empty path is the value itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Every entry with this key.
    Key(String),
    /// Every entry.
    AnyKey,
    /// The item with this index.
    Item(usize),
    /// Every item.
    AnyItem,
    /// The value itself and everything below it.
    AnyDepth,
}

/// A path that does not follow the grammar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bad path `{path}`: {reason}")]
pub struct PathError {
    path: String,
    reason: &'static str,
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

    /// Its steps; none stand for the value itself.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The path without its last step.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.steps.split_last().map(|(_, before)| Self { steps: before.to_vec() })
    }

    /// The key that the path ends with, if it ends with one.
    #[must_use]
    pub fn last_key(&self) -> Option<&str> {
        if let Some(Step::Key(key)) = self.steps.last() { Some(key) } else { None }
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
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
