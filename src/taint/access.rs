//! Which part of a value: members from the outside in, to a bounded depth.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;

use crate::rule::ELEMENT;

/// The name of a member, the same number in every unit. Two names with one number would only be taken for one member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// Any element of an array, map or iteration.
    pub(super) const ELEMENT: Self = Self(0);

    pub(super) fn of(text: &str) -> Self {
        if text == ELEMENT {
            return Self::ELEMENT;
        }
        Self((number(text) >> 32) as u32 | 1)
    }

    /// Whether reading `self` may give what was written as `written`.
    fn reads(self, written: Self) -> bool {
        self == written || self == Self::ELEMENT
    }
}

/// A number for a text, the same in every run.
pub(super) fn number(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.write_u8(0xff);
    hasher.finish()
}

/// How many members a path distinguishes; what lies deeper belongs to the last.
const MAX_DEPTH: usize = 3;

/// Members from the outside in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Path {
    length: u8,
    parts: [Symbol; MAX_DEPTH],
}

impl Path {
    pub(super) const EMPTY: Self = Self { length: 0, parts: [Symbol::ELEMENT; MAX_DEPTH] };

    pub(super) fn of(parts: &[String]) -> Self {
        parts.iter().fold(Self::EMPTY, |path, part| path.push(Symbol::of(part)))
    }

    pub(super) fn one(symbol: Symbol) -> Self {
        Self::EMPTY.push(symbol)
    }

    /// The path with one more member; a full path stays as it is.
    pub(super) fn push(mut self, symbol: Symbol) -> Self {
        if let Some(slot) = self.parts.get_mut(self.length as usize) {
            *slot = symbol;
            self.length += 1;
        }
        self
    }

    pub(super) fn join(self, rest: Self) -> Self {
        rest.parts().iter().fold(self, |path, &part| path.push(part))
    }

    pub(super) const fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(super) fn parts(&self) -> &[Symbol] {
        &self.parts[..self.length as usize]
    }

    /// The rest of the path after its first member.
    pub(super) fn tail(self) -> Self {
        self.parts().iter().skip(1).fold(Self::EMPTY, |path, &part| path.push(part))
    }

    /// What reading `read` from something that holds a value at this path gives: where the value is in what was read, and how
    /// much of `read` went into the value itself. None if the read goes elsewhere.
    pub(super) fn after_reading(self, read: Self) -> Option<(Self, Self)> {
        let (mut at, mut rest) = (self, read);
        while let (Some(&written), Some(&wanted)) = (at.parts().first(), rest.parts().first()) {
            if !wanted.reads(written) {
                return None;
            }
            (at, rest) = (at.tail(), rest.tail());
        }
        Some((at, rest))
    }

    /// Whether this path begins with `other`.
    pub(super) fn starts_with(self, other: Self) -> bool {
        self.parts().starts_with(other.parts())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        Path::of(&text.split('.').filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn reading_takes_members_off_either_path() {
        assert_eq!(path("a.b").after_reading(path("a")), Some((path("b"), Path::EMPTY)));
        assert_eq!(path("a").after_reading(path("a.b")), Some((Path::EMPTY, path("b"))));
        assert_eq!(path("a").after_reading(path("c")), None);
        assert_eq!(path("a").after_reading(path("*")), Some((Path::EMPTY, Path::EMPTY)));
        assert_eq!(path("*").after_reading(path("a")), None);
        assert_eq!(path("a.b.c.d"), path("a.b.c"));
    }
}
