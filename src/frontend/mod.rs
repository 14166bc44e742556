//! One file per language: source text to [`ir::Unit`](crate::ir::Unit).
//!
//! A front end never fails: what does not parse becomes a notice, and the unit holds what did.

mod c;
mod go;
mod grammar;
mod java;
mod javascript;
mod kotlin;
mod lower;
mod python;
mod rust;
mod solidity;
#[cfg(test)]
mod tests;

use crate::ir::Unit;
use crate::source::{Notice, SourceFile};

/// A language that can be lowered.
pub trait Frontend: Sync {
    /// The language's name in rules and reports, in lower case.
    fn language(&self) -> &'static str;

    /// Whether this front end reads the file, judged by its name (and, where names lie, its first bytes).
    fn accepts(&self, file: &SourceFile) -> bool;

    /// Lowers the file.
    fn lower(&self, file: &SourceFile) -> Lowered;
}

/// What a front end makes of a file.
#[derive(Debug)]
pub struct Lowered {
    /// The code.
    pub unit: Unit,
    /// What could not be read.
    pub notices: Vec<Notice>,
    /// Lines of code that were parsed without error.
    pub lines_analysed: u32,
    /// Lines that were not.
    pub lines_skipped: u32,
}

/// Every language, in the order in which they are asked.
pub static FRONTENDS: &[&dyn Frontend] = &[
    &javascript::JavaScript,
    &rust::Rust,
    &java::Java,
    &kotlin::Kotlin,
    &go::Go,
    &python::Python,
    &solidity::Solidity,
    &c::Cpp,
    &c::C,
];

/// The front end for a file.
#[must_use]
pub fn find(file: &SourceFile) -> Option<&'static dyn Frontend> {
    FRONTENDS.iter().copied().find(|frontend| frontend.accepts(file))
}
