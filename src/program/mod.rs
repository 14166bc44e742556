//! The units of a workspace, linked: which path a callee has, which value a name stands for, which function a call reaches.

use crate::ir::{FunctionId, NodeId, Unit};
use crate::source::FileId;

/// Index of a unit in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub u32);

/// An expression of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value {
    /// The unit.
    pub unit: UnitId,
    /// The expression.
    pub node: NodeId,
}

/// A function of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionRef {
    /// The unit.
    pub unit: UnitId,
    /// The function.
    pub function: FunctionId,
}

/// A value that is known before the program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Null or undefined.
    Null,
}

/// All units of a workspace and what connects them.
#[derive(Debug)]
pub struct Program<'a> {
    /// Units with their files, ordered by path.
    pub units: Vec<(FileId, &'a Unit)>,
}

impl<'a> Program<'a> {
    /// The unit of an id.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> &'a Unit {
        self.units[id.0 as usize].1
    }
}
