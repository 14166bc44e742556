use std::collections::HashMap;

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
    ids: HashMap<Box<str>, NameId>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self { texts: Vec::new(), ids: HashMap::new() };
        names.intern("");
        names
    }
}

impl Names {
    /// The id of `text`, new or old.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = NameId(self.texts.len() as u32);
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// The id of `text` if it occurs in the unit.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.ids.get(text).copied()
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
