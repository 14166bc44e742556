//! One file per language: source text to [`ir::Unit`](crate::ir::Unit).
//!
//! A front end never fails: what does not parse becomes a notice, and the unit holds what did.

mod c;
mod csharp;
mod dart;
mod described;
mod dotted;
mod go;
mod grammar;
mod java;
mod javascript;
mod kotlin;
mod language;
mod lower;
mod objc;
mod python;
mod resolve;
mod rust;
mod solidity;
mod swift;
#[cfg(test)]
mod tests;

use crate::ir::Unit;
use crate::source::{Notice, SourceFile};

pub use language::{Component, Each, Language, Tables};
pub use resolve::{LocalPackage, ModuleResolver};

/// A language that can be lowered.
pub trait Frontend: Sync {
    /// The language's name in rules and reports, in lower case.
    fn language(&self) -> &'static str;

    /// Endings of its files.
    fn extensions(&self) -> &'static [&'static str];

    /// The parser, and how many kinds of its nodes have a meaning, where a table says it.
    fn grammar(&self) -> (&'static str, Option<usize>);

    /// What the engine must know of the language.
    fn facts(&self) -> &'static Language {
        &Language::ORDINARY
    }

    /// How its modules find each other, where names of modules lead to files.
    fn modules(&self, _files: &[SourceFile], _packages: &[LocalPackage]) -> Option<Box<dyn ModuleResolver>> {
        None
    }

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
    /// Functions that are lost with them, as far as their heads tell.
    pub functions_lost: u32,
}

impl Lowered {
    /// What was made of a file of which every line that was not skipped was read. A fault may stand behind the end of the last line, or
    /// be told twice of one line: no more can be skipped than there is.
    fn of(file: &SourceFile, unit: Unit, notices: Vec<Notice>, (lines_skipped, functions_lost): (u32, u32)) -> Self {
        let lines = file.text.lines().count() as u32;
        let lines_skipped = lines_skipped.min(lines);
        Self { unit, notices, lines_analysed: lines - lines_skipped, lines_skipped, functions_lost }
    }
}

/// Every language, in the order in which they are asked: of a header first Objective-C, then C++, and C takes what is left.
pub static FRONTENDS: &[&dyn Frontend] = &[
    &javascript::JavaScript,
    &rust::Rust,
    &java::JAVA,
    &kotlin::KOTLIN,
    &go::GO,
    &python::PYTHON,
    &solidity::SOLIDITY,
    &objc::OBJC,
    &c::CPP,
    &c::C,
    &csharp::CSHARP,
    &swift::SWIFT,
    &dart::DART,
];

/// What the engine must know of a language, by its name.
#[must_use]
pub fn facts(language: &str) -> &'static Language {
    let frontend = FRONTENDS.iter().find(|frontend| frontend.language() == language);
    frontend.map_or(&Language::ORDINARY, |frontend| frontend.facts())
}

/// The front end for a file.
#[must_use]
pub fn find(file: &SourceFile) -> Option<&'static dyn Frontend> {
    FRONTENDS.iter().copied().find(|frontend| frontend.accepts(file))
}
