//! How messages of one channel are told apart: by a constant member, such as `type` or `command`, that the sender writes and
//! receivers compare.

use super::access::{Path, Symbol};
use super::origin::Atom;

/// How deep in a message the member lies that says what it is.
const MAX_DEPTH: usize = 3;

/// A constant member of a value, if it has one by which receivers tell values apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Mark {
    member: Path,
    text: Symbol,
}

impl Mark {
    /// The value does not say what it is.
    pub(super) const NONE: Self = Self { member: Path::EMPTY, text: Symbol::ELEMENT };

    /// The member `name` has this text.
    pub(super) fn new(name: Symbol, text: &str) -> Self {
        Self { member: Path::one(name), text: Symbol::of(text) }
    }

    /// The member that says what the value is.
    pub(super) const fn member(self) -> Path {
        self.member
    }

    /// What it says.
    pub(super) const fn text(self) -> Symbol {
        self.text
    }

    /// Whether the value says nothing.
    pub(super) const fn is_none(self) -> bool {
        self.member.is_empty()
    }

    /// The mark of a value that holds this one at a path. What lies too deep tells no messages apart.
    pub(super) fn under(self, at: Path) -> Self {
        if self.is_none() {
            return self;
        }
        let member = at.join(self.member);
        let is_whole = member.len() == at.len() + self.member.len() && member.len() <= MAX_DEPTH;
        if is_whole { Self { member, ..self } } else { Self::NONE }
    }

    /// The mark of the member at a path.
    pub(super) fn after(self, read: Path) -> Self {
        let rest = self.member.after(read).filter(|rest| !rest.is_empty());
        rest.map_or(Self::NONE, |member| Self { member, ..self })
    }

    /// This mark, or else the other.
    pub(super) fn or(self, other: Self) -> Self {
        if self.is_none() { other } else { self }
    }
}

/// A comparison of a member with constants that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// Of what the member was read.
    pub(super) atom: Atom,
    /// Which member.
    pub(super) member: Path,
    /// The constants.
    pub(super) texts: Vec<Symbol>,
    /// Whether it is one of them, or none of them.
    pub(super) is_one: bool,
}

impl Condition {
    /// Whether a value with this mark, seen as `atom`, may fulfil the condition.
    pub(super) fn allows(&self, atom: Atom, mark: Mark) -> bool {
        self.atom != atom || self.member != mark.member || self.texts.contains(&mark.text) == self.is_one
    }
}

/// Conditions of a function that hold, by their index; what exceeds 64 is not noted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ConditionSet(u64);

impl ConditionSet {
    pub(super) const EMPTY: Self = Self(0);

    pub(super) fn one(index: usize) -> Self {
        Self(u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or_default())
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The conditions that are not in the other.
    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether a value with this mark, seen as `atom`, may fulfil all of them.
    pub(super) fn allow(self, conditions: &[Condition], atom: Atom, mark: Mark) -> bool {
        mark.is_none()
            || conditions
                .iter()
                .take(64)
                .enumerate()
                .all(|(index, condition)| self.and(Self::one(index)) == Self::EMPTY || condition.allows(atom, mark))
    }
}

impl std::ops::BitOr for ConditionSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for ConditionSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
