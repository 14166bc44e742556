use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A string of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

impl NameId {
    /// The empty string, in every table.
    pub const EMPTY: Self = Self(0);
}

/// The strings of a unit, each once.
#[derive(Clone, Debug)]
pub struct Names {
    texts: Vec<Box<str>>,
    ids: HashTable<NameId>,
    hasher: DefaultHashBuilder,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self { texts: Vec::new(), ids: HashTable::new(), hasher: DefaultHashBuilder::default() };
        names.intern("");
        names
    }
}

impl Names {
    /// The id of `text`, new or old.
    pub fn intern(&mut self, text: &str) -> NameId {
        let Self { texts, ids, hasher } = self;
        let entry =
            ids.entry(hasher.hash_one(text), |id| *texts[id.0 as usize] == *text, |id| hasher.hash_one(&*texts[id.0 as usize]));
        let id = *entry.or_insert(NameId(texts.len() as u32)).get();
        if id.0 as usize == texts.len() {
            texts.push(text.into());
        }
        id
    }

    /// The id of `text` if it occurs in the unit.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.ids.find(self.hasher.hash_one(text), |id| self.text(*id) == text).copied()
    }

    /// The text of an id of this table.
    #[must_use]
    pub fn text(&self, id: NameId) -> &str {
        &self.texts[id.0 as usize]
    }

    /// All strings with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (NameId, &str)> {
        self.texts.iter().enumerate().map(|(index, text)| (NameId(index as u32), &**text))
    }
}
