use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor, value::SeqAccessDeserializer};

use super::{Date, packed};

/// Whether a rule must speak in an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExampleKind {
    /// The rule must give at least one finding.
    Bad,
    /// The rule must be silent.
    Good,
}

/// A small project inside a rule's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Example {
    /// Bad or good.
    pub kind: ExampleKind,
    /// What it shows, if the files do not say it.
    #[serde(default)]
    pub note: Option<String>,
    /// Paths and texts.
    pub files: BTreeMap<String, String>,
    /// The lines on which a bad example must be found, as `path:line`; anywhere if empty.
    #[serde(default)]
    pub at: Vec<String>,
    /// The day on which the example is scanned; the newest knowledge if absent.
    #[serde(default)]
    pub as_of: Option<Date>,
}

/// The examples of a rule; those of the program's own rules are read when somebody asks for them, which no scan does.
#[derive(Clone, Default)]
pub struct Examples {
    packed: Box<[u8]>,
    read: OnceLock<Vec<Example>>,
}

impl std::ops::Deref for Examples {
    type Target = [Example];

    /// # Panics
    /// Never in a released program: a test reads all examples.
    fn deref(&self) -> &[Example] {
        self.read.get_or_init(|| {
            if self.packed.is_empty() { Vec::new() } else { packed::read(&self.packed).expect("the embedded examples are valid") }
        })
    }
}

impl<'e> IntoIterator for &'e Examples {
    type Item = &'e Example;
    type IntoIter = std::slice::Iter<'e, Example>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Examples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<'de> Deserialize<'de> for Examples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NowOrLater)
    }
}

/// Takes examples, or what they are packed in.
struct NowOrLater;

impl<'de> Visitor<'de> for NowOrLater {
    type Value = Examples;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of tables")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Examples, A::Error> {
        let read = Vec::deserialize(SeqAccessDeserializer::new(sequence))?;
        Ok(Examples { packed: Box::default(), read: OnceLock::from(read) })
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Examples, E> {
        Ok(Examples { packed: bytes.into(), read: OnceLock::new() })
    }
}
