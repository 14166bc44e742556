//! Kinds: the closed vocabulary by which models and rules speak of values, places, cleaners and checks.

use std::collections::BTreeMap;
use std::ops::{BitOr, BitOrAssign};

use serde::Deserialize;

use super::load::nearest;

/// A kind, as an index into [`Kinds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(u8);

impl KindId {
    /// As an index into the table.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindSet(u128);

impl KindSet {
    /// No kind at all.
    pub const EMPTY: Self = Self(0);
    /// Not a kind: marks a value that lay in a table of which no element is known apart. It is hardly ever the element that is read.
    pub const TABLE: Self = Self(1 << 127);
    /// Every kind there may be.
    pub const ALL: Self = Self(u128::MAX);

    /// The set of one kind.
    #[must_use]
    pub const fn one(kind: KindId) -> Self {
        Self(1 << kind.0)
    }

    /// Whether a kind is in the set.
    #[must_use]
    pub const fn contains(self, kind: KindId) -> bool {
        self.0 & (1 << kind.0) != 0
    }

    /// Whether the sets share a kind.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether every kind of this set is in the other.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The kinds that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The kinds of this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is no kind in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = KindId> {
        (0..127).map(KindId).filter(move |&kind| self.contains(kind))
    }
}

impl BitOr for KindSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for KindSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a kind is a kind of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KindRole {
    /// A value that is followed.
    Value,
    /// A place where values go.
    Place,
    /// Something done to a value that may make it harmless.
    Cleaner,
    /// A check that may make an act harmless.
    Guard,
}

/// What `kinds.toml` says of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Kind {
    /// What it is a kind of.
    pub role: KindRole,
    /// The more general kind.
    #[serde(default)]
    pub parent: Option<String>,
    /// Its name in a sentence: "a mnemonic", "a log".
    pub what: String,
    /// Cleaners after which a value is no longer of this kind, unless a rule asks for values that passed them. Children inherit.
    #[serde(default)]
    pub cleaned_by: Vec<String>,
    /// Whether it says where a value comes from and nothing of what it is, so that a name may tell the rest.
    #[serde(default)]
    pub is_origin: bool,
}

/// All kinds.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// Each kind with its descendants.
    closures: Vec<KindSet>,
    /// What cleans each kind, inherited cleaners included.
    cleaners: Vec<KindSet>,
    /// The most general parent of each kind.
    roots: Vec<KindId>,
}

/// A table of kinds that contradicts itself, or a word that is no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    /// Not in the table.
    #[error("unknown kind `{name}`{}", suggestion.as_ref().map(|known| format!("; did you mean `{known}`?")).unwrap_or_default())]
    Unknown {
        /// The word.
        name: String,
        /// The kind most like it.
        suggestion: Option<String>,
    },
    /// In the table, but of the wrong sort.
    #[error("`{name}` is not a kind of {wanted:?}")]
    Role {
        /// The kind.
        name: String,
        /// What is asked for.
        wanted: KindRole,
    },
    /// Too many, or a circle of parents.
    #[error("{0}")]
    Table(String),
}

impl Kinds {
    /// Most kinds that a table can hold: they are bits of a [`KindSet`], of which one is taken.
    pub const LIMIT: usize = 127;

    /// Builds the table.
    ///
    /// # Errors
    /// If a parent or cleaner is unknown, parents form a circle, or there are more than [`Kinds::LIMIT`] kinds.
    pub fn new(table: BTreeMap<String, Kind>) -> Result<Self, KindError> {
        if table.len() > Self::LIMIT {
            return Err(KindError::Table(format!("{} kinds are more than {}", table.len(), Self::LIMIT)));
        }
        let (names, kinds): (Vec<_>, Vec<_>) = table.into_iter().unzip();
        let mut this = Self { names, kinds, closures: Vec::new(), cleaners: Vec::new(), roots: Vec::new() };
        let ancestors = (0..this.kinds.len()).map(|index| this.ancestors(index)).collect::<Result<Vec<_>, _>>()?;
        this.closures = (0..this.kinds.len()).map(|kind| descendants(&ancestors, kind)).collect();
        this.roots = ancestors.iter().map(|line| KindId(line[line.len() - 1] as u8)).collect();
        this.cleaners = ancestors.iter().map(|line| this.cleaners_of(line)).collect::<Result<_, _>>()?;
        Ok(this)
    }

    /// A kind and its parents, from the kind up.
    fn ancestors(&self, kind: usize) -> Result<Vec<usize>, KindError> {
        let mut line = vec![kind];
        let mut at = kind;
        while let Some(parent) = &self.kinds[at].parent {
            at = self.find(parent)?.index();
            if line.contains(&at) {
                return Err(KindError::Table(format!("`{parent}` is its own ancestor")));
            }
            line.push(at);
        }
        Ok(line)
    }

    fn cleaners_of(&self, line: &[usize]) -> Result<KindSet, KindError> {
        let mut set = KindSet::EMPTY;
        for name in line.iter().flat_map(|&kind| &self.kinds[kind].cleaned_by) {
            let cleaner = self.find_role(name, KindRole::Cleaner)?;
            set |= self.closures[cleaner.index()];
        }
        Ok(set)
    }

    /// The kind of a name.
    ///
    /// # Errors
    /// If there is none, with the name most like it.
    pub fn find(&self, name: &str) -> Result<KindId, KindError> {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).map(|index| KindId(index as u8)).map_err(|_| {
            let suggestion = nearest(name, self.names.iter().map(String::as_str)).map(ToOwned::to_owned);
            KindError::Unknown { name: name.into(), suggestion }
        })
    }

    /// The kind of a name, which must be of a role.
    ///
    /// # Errors
    /// If there is none, or it is of another role.
    pub fn find_role(&self, name: &str, wanted: KindRole) -> Result<KindId, KindError> {
        let kind = self.find(name)?;
        if self.kinds[kind.index()].role == wanted { Ok(kind) } else { Err(KindError::Role { name: name.into(), wanted }) }
    }

    /// The kinds of some names, of any role, each with its descendants.
    ///
    /// # Errors
    /// At the first name that is none.
    pub fn closure_of(&self, names: &[String], roles: &[KindRole]) -> Result<KindSet, KindError> {
        let mut set = KindSet::EMPTY;
        for name in names {
            let kind = self.find(name)?;
            let role = self.kinds[kind.index()].role;
            if !roles.contains(&role) {
                return Err(KindError::Role { name: name.clone(), wanted: roles[0] });
            }
            set |= self.closure(kind);
        }
        Ok(set)
    }

    /// A kind with its descendants.
    #[must_use]
    pub fn closure(&self, kind: KindId) -> KindSet {
        self.closures[kind.index()]
    }

    /// The cleaners after which a value is no longer of a kind.
    #[must_use]
    pub fn cleaners(&self, kind: KindId) -> KindSet {
        self.cleaners[kind.index()]
    }

    /// The most general parent of a kind.
    #[must_use]
    pub fn root(&self, kind: KindId) -> KindId {
        self.roots[kind.index()]
    }

    /// The name of a kind in rules and models.
    #[must_use]
    pub fn name(&self, kind: KindId) -> &str {
        &self.names[kind.index()]
    }

    /// What the table says of a kind.
    #[must_use]
    pub fn get(&self, kind: KindId) -> &Kind {
        &self.kinds[kind.index()]
    }
}

fn descendants(ancestors: &[Vec<usize>], kind: usize) -> KindSet {
    let below = ancestors.iter().enumerate().filter(|(_, line)| line.contains(&kind));
    below.fold(KindSet::EMPTY, |set, (index, _)| set | KindSet::one(KindId(index as u8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Kinds {
        let text = "
            secret = { role = 'value', what = 'a secret', cleaned-by = ['encryption'] }
            seed = { role = 'value', parent = 'secret', what = 'a seed' }
            encryption = { role = 'cleaner', what = 'encryption' }
            log = { role = 'place', what = 'a log' }
        ";
        Kinds::new(toml::from_str(text).expect("a table")).expect("a sound table")
    }

    #[test]
    fn a_kind_stands_for_its_children_and_inherits_cleaners() {
        let kinds = kinds();
        let (secret, seed) = (kinds.find("secret").expect("known"), kinds.find("seed").expect("known"));
        assert!(kinds.closure(secret).contains(seed));
        assert!(!kinds.closure(seed).contains(secret));
        assert!(kinds.cleaners(seed).contains(kinds.find("encryption").expect("known")));
    }

    #[test]
    fn an_unknown_kind_is_named_with_a_suggestion() {
        assert_eq!(kinds().find("secert").map_err(|e| e.to_string()), Err("unknown kind `secert`; did you mean `secret`?".into()));
        assert!(kinds().find_role("log", KindRole::Value).is_err());
    }
}
