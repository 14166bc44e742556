//! Where values come from, as seen from inside one function, and the places that functions share.

use super::access::{Path, Symbol};
use crate::ir::{NodeId, VariableId};
use crate::program::UnitId;

/// Stands for the receiver where the index of a parameter or argument does for those.
pub(super) const THIS: u32 = u32::MAX;

/// Stands for what a function throws where the index of a parameter does for what it leaves in that.
pub(super) const THROWN: u32 = u32::MAX - 1;

/// Where a value comes from, as seen from inside one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Atom {
    /// The caller, by the parameter with this index.
    Parameter(u32),
    /// The result of a call of a function of the tree.
    Result(NodeId),
    /// The result of a function that is this argument of a call.
    Callback(NodeId, u32),
    /// What a call of a function of the tree wrote into this argument.
    Written(NodeId, u32),
    /// What a function that is this argument of a call leaves in its parameter with this index.
    Left(NodeId, u32, u32),
    /// A source of this function.
    Source(u32),
    /// A place that functions share.
    Cell(Cell),
}

/// A place that functions share: what any of them writes, all of them may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Cell {
    /// A variable that closures or other files use too.
    Variable(UnitId, VariableId),
    /// A field of the instances of a class, or of `this` where a unit has no class (`u32::MAX`).
    Field(UnitId, u32, Symbol),
    /// A global variable of a product.
    Global(u32, Symbol),
    /// A member of an object that files share under a parameter's name.
    Shared(Symbol, Symbol),
    /// What a function passes to a parameter that it calls.
    Passed(UnitId, VariableId),
    /// A channel that is joined by name.
    Channel(u64),
}

/// A value from somewhere: a member of an [`Atom`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) atom: Atom,
    /// Which part of it was read.
    pub(super) read: Path,
}

/// What a function gives: an entry of a table that functions share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accessor {
    /// The table.
    pub(super) cell: Cell,
    /// The parameter that is the key.
    pub(super) key: usize,
}

impl Accessor {
    /// What is read under a key.
    pub(super) fn entry(key: Symbol) -> Path {
        Path::one(key.as_entry())
    }
}
