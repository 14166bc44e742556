//! Which part of a value: members from the outside in, to a bounded depth.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;

use crate::rule::{EACH, ELEMENT};

/// The name of a member, the same number in every unit. Two names with one number would only be taken for one member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// Any element of an array, map or iteration.
    pub(super) const ELEMENT: Self = Self(0);
    /// The entry of a table under a key that nobody knows, as it is written.
    pub(super) const VALUE: Self = Self(FIRST_PARAMETER - 2);
    /// What a loop is given of what it goes over: an element or, of a table, a pair of a key and what is under it.
    pub(super) const PAIR: Self = Self(FIRST_PARAMETER - 4);
    /// What a loop is given where that over a table goes over its keys.
    pub(super) const KEY: Self = Self(FIRST_PARAMETER - 6);

    pub(super) fn of(text: &str) -> Self {
        match text {
            ELEMENT => return Self::ELEMENT,
            EACH => return Self::PAIR,
            _ => {}
        }
        text.parse().ok().and_then(Self::index).unwrap_or_else(|| Self((number(text) >> 32) as u32 & !ENTRY | 1))
    }

    /// One element of an array or tuple, by its index; names are odd numbers, indices even ones.
    pub(super) fn index(index: u32) -> Option<Self> {
        index.checked_add(1)?.checked_mul(2).filter(|&number| number < FIRST_SPECIAL).map(Self)
    }

    /// The entry of a table under the key that a function is given for a parameter. What is written so is known by its key only to
    /// the callers; in the function itself, any key may be meant.
    pub(super) fn parameter(index: usize) -> Self {
        let number = u32::try_from(index).ok().and_then(|index| index.checked_mul(2)?.checked_add(FIRST_PARAMETER));
        number.map_or(Self::ELEMENT, Self)
    }

    /// The index of the parameter that the key is.
    pub(super) fn as_parameter(self) -> Option<usize> {
        (self.0.is_multiple_of(2)).then(|| self.0.checked_sub(FIRST_PARAMETER)).flatten().map(|number| number as usize / 2)
    }

    /// A table's entry under a key that is this text: who reads it may mean what was put there under a key that is not known, too, and
    /// a loop over the table is given it with its key.
    pub(super) const fn as_entry(self) -> Self {
        if self.is_named() { Self(self.0 | ENTRY) } else { self }
    }

    const fn is_index(self) -> bool {
        self.0 != 0 && self.0 < FIRST_SPECIAL && self.0.is_multiple_of(2)
    }

    const fn is_entry(self) -> bool {
        self.is_named() && self.0 & ENTRY != 0
    }

    /// Whether it is the very name or index, and no parameter or any element.
    pub(super) const fn is_known(self) -> bool {
        self.is_named() || self.is_index()
    }

    /// Whether it is a member with a name of its own.
    const fn is_named(self) -> bool {
        !self.0.is_multiple_of(2)
    }

    /// Whether it is what a loop is given.
    fn is_each(self) -> bool {
        self == Self::PAIR || self == Self::KEY
    }

    /// Whether it is written as the entry of a table.
    fn is_of_table(self) -> bool {
        self == Self::VALUE || self.is_entry() || self.as_parameter().is_some()
    }

    /// Whether reading `self` may give what was written as `written`.
    pub(super) fn reads(self, written: Self) -> bool {
        let is_same = self == written || (self.is_named() && written.is_named() && self.0 | ENTRY == written.0 | ENTRY);
        let is_any = |symbol: Self| symbol == Self::VALUE || symbol.as_parameter().is_some();
        is_same
            || self == Self::ELEMENT
            || self.is_each()
            || ((written == Self::ELEMENT || written == Self::VALUE) && (self.is_index() || self.is_entry()))
            || is_any(self)
            || written.as_parameter().is_some()
    }

    /// What a loop that is given this makes of what was written as `written`, of which `at` is left: none if it is only given the key.
    fn looped(self, written: Self, at: Path) -> Option<Path> {
        if self.is_each() && written.is_of_table() {
            // What nobody knows the key of may be the element of a list, whose members are read at once.
            let is_pair = at.is_empty() || written != Self::VALUE;
            let value = Self::index(1).filter(|_| is_pair).map_or(at, |value| Path::one(value).join(at));
            return (self == Self::PAIR).then_some(value);
        }
        // What has members but is no table holds them still: an optional value, a stream.
        Some(if self.is_each() && written.is_named() { Path::one(written).join(at) } else { at })
    }
}

/// The bit by which the read of a table's entry differs from that of a member.
const ENTRY: u32 = 2;

/// From this even number on, symbols stand for parameters.
const FIRST_PARAMETER: u32 = u32::MAX - 0x1ff;

/// From this even number on, symbols stand for what a table or loop gives.
const FIRST_SPECIAL: u32 = FIRST_PARAMETER - 6;

/// A number for a text, the same in every run.
pub(super) fn number(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.write_u8(0xff);
    hasher.finish()
}

/// How many members a path distinguishes; what lies deeper belongs to the last.
const MAX_DEPTH: usize = 4;

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

    /// The path with one more member; a full path stays as it is, and so does one that has come back to a member.
    pub(super) fn push(mut self, symbol: Symbol) -> Self {
        let is_back = self.comes_back();
        if let Some(slot) = self.parts.get_mut(self.length as usize).filter(|_| !is_back) {
            *slot = symbol;
            self.length += 1;
        }
        self
    }

    /// Whether the last member is one through which the path led before: where things hold things of their own sort, such as
    /// `parent.child.parent`, all that lies deeper belongs to the last, or there would be a path for each way to walk in circles.
    fn comes_back(self) -> bool {
        let Some((last, [before @ .., _])) = self.parts().split_last() else { return false };
        last.is_named() && before.contains(last)
    }

    pub(super) fn join(self, rest: Self) -> Self {
        rest.parts().iter().fold(self, |path, &part| path.push(part))
    }

    pub(super) const fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(super) const fn len(self) -> usize {
        self.length as usize
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
            (at, rest) = (wanted.looped(written, at.tail())?, rest.tail());
        }
        Some((at, rest))
    }

    /// The path with other symbols where it has keys that are parameters.
    pub(super) fn with_keys(self, key: impl Fn(usize) -> Symbol) -> Self {
        if !self.has_keys() {
            return self;
        }
        let key = |parameter| match key(parameter) {
            Symbol::ELEMENT => Symbol::VALUE,
            known => known.as_entry(),
        };
        let symbols = self.parts().iter().map(|&part| part.as_parameter().map_or(part, key));
        symbols.fold(Self::EMPTY, Self::push)
    }

    /// Whether it leads to the key of what a loop is given.
    pub(super) fn is_of_key(self) -> bool {
        self.parts().windows(2).any(|parts| parts[0] == Symbol::PAIR && Some(parts[1]) == Symbol::index(0))
    }

    /// The path with any entry where it has keys that are parameters: for all but the function whose parameters they are.
    pub(super) fn without_keys(self) -> Self {
        self.with_keys(|_| Symbol::ELEMENT)
    }

    /// Whether some part is any element.
    pub(super) fn has_elements(self) -> bool {
        self.parts().iter().any(|part| [Symbol::ELEMENT, Symbol::VALUE].contains(part))
    }

    /// Whether some part is known by a parameter only.
    pub(super) fn has_keys(self) -> bool {
        self.parts().iter().any(|part| part.as_parameter().is_some())
    }

    /// What follows `prefix` in this path, if it begins with it.
    pub(super) fn after(self, prefix: Self) -> Option<Self> {
        let rest = self.parts().strip_prefix(prefix.parts())?;
        Some(rest.iter().fold(Self::EMPTY, |path, &part| path.push(part)))
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
        assert_eq!(path("a.b.c.d.e"), path("a.b.c.d"));
    }

    #[test]
    fn a_path_ends_where_it_comes_back_to_a_member() {
        assert_eq!(path("a.b.a.c"), path("a.b.a"));
        assert_eq!(path("a.a.a.c"), path("a.a.a"));
        assert_ne!(path("data.data.c"), path("data.data"));
        assert_ne!(path("*.keys.*.c"), path("*.keys.*"));
        assert_eq!(path("a.b").join(path("a.c")), path("a.b.a"));
    }

    #[test]
    fn a_key_is_known_where_it_is_given() {
        let by_key = Path::one(Symbol::parameter(1)).push(Symbol::of("text"));
        assert!(by_key.has_keys() && !path("a.text").has_keys());
        let given = by_key.with_keys(|parameter| Symbol::of(["b", "a"][parameter]));
        assert_eq!(given, Path::one(Symbol::of("a").as_entry()).push(Symbol::of("text")));
        assert_eq!(by_key.without_keys(), Path::one(Symbol::VALUE).push(Symbol::of("text")));
        assert_eq!(path("a.text").after_reading(Path::one(Symbol::parameter(0))), Some((path("text"), Path::EMPTY)));
    }

    #[test]
    fn an_entry_reads_what_was_put_under_its_key_or_an_unknown_one() {
        let read = Path::one(Symbol::of("a").as_entry());
        assert_eq!(path("a").after_reading(read), Some((Path::EMPTY, Path::EMPTY)));
        assert_eq!(path("*").after_reading(read), Some((Path::EMPTY, Path::EMPTY)));
        assert_eq!(path("b").after_reading(read), None);
    }

    #[test]
    fn a_loop_over_a_table_is_given_keys_with_what_is_under_them() {
        let (key, value) = (Path::one(Symbol::PAIR).join(path("0")), Path::one(Symbol::PAIR).join(path("1")));
        for written in [Symbol::VALUE, Symbol::of("a").as_entry()] {
            let written = Path::one(written);
            assert_eq!(written.after_reading(value), Some((Path::EMPTY, Path::EMPTY)));
            assert_eq!(written.after_reading(key), None);
            assert_eq!(written.after_reading(Path::one(Symbol::KEY)), None);
        }
        assert_eq!(path("*").after_reading(Path::one(Symbol::PAIR)), Some((Path::EMPTY, Path::EMPTY)));
        assert_eq!(path("3.a").after_reading(Path::one(Symbol::KEY)), Some((path("a"), Path::EMPTY)));
        assert_eq!(path("a").after_reading(Path::one(Symbol::PAIR)), Some((path("a"), Path::EMPTY)));
        assert!(key.is_of_key() && !value.is_of_key());
    }

    #[test]
    fn an_index_reads_its_own_element_and_those_of_unknown_index() {
        assert_eq!(path("1").after_reading(path("1")), Some((Path::EMPTY, Path::EMPTY)));
        assert_eq!(path("1").after_reading(path("0")), None);
        assert_eq!(path("*").after_reading(path("0")), Some((Path::EMPTY, Path::EMPTY)));
        assert_eq!(path("0").after_reading(path("*")), Some((Path::EMPTY, Path::EMPTY)));
    }
}
