//! The first byte of a packed value.

pub(crate) const FALSE: u8 = 0;
pub(crate) const TRUE: u8 = 1;
/// A signed number follows, zigzag and seven bits a byte.
pub(crate) const INTEGER: u8 = 2;
/// Eight bytes follow, the least significant first.
pub(crate) const FLOAT: u8 = 3;
/// A length and so many bytes of UTF-8 follow.
pub(crate) const TEXT: u8 = 4;
/// A count and so many values follow.
pub(crate) const ARRAY: u8 = 5;
/// A count and so many pairs follow: a text without its tag, and a value.
pub(crate) const TABLE: u8 = 6;
/// A length and so many bytes of a value that is read later follow.
pub(crate) const LATER: u8 = 7;
