//! Which code is part of the product or of its build: no file of tests, and no test that stands beside what it tests.

use super::{Program, UnitId, Value};
use crate::ir::Unit;
use crate::source::{AsideKind, FileId, Role, SourceFile, Span};
use crate::standing;
use crate::target::Workspace;

/// By unit: the tests that its file holds, if it is part of the product or of its build.
#[derive(Debug)]
pub(super) struct Shipping(Vec<Option<Box<[Span]>>>);

impl Shipping {
    pub(super) fn new(workspace: &Workspace, units: &[(FileId, &Unit)]) -> Self {
        let tests = |&(file, _): &(FileId, &Unit)| {
            let file = workspace.file(file);
            matches!(file.role, Role::Product | Role::Build).then(|| tests(file))
        };
        Self(units.iter().map(tests).collect())
    }

    /// Whether any code of a unit ships.
    pub(super) fn has(&self, unit: UnitId) -> bool {
        self.0[unit.0 as usize].is_some()
    }
}

/// The tests in a file.
fn tests(file: &SourceFile) -> Box<[Span]> {
    if !file.text.contains("test") && !file.text.contains("Test") {
        return Box::default();
    }
    let tests = standing::asides(file).iter().filter(|aside| matches!(aside.kind, AsideKind::Test | AsideKind::Unbuilt));
    tests.map(|aside| aside.span).collect()
}

impl Program<'_> {
    /// Whether an expression is part of the product or of its build.
    pub(super) fn ships(&self, at: Value) -> bool {
        let span = self.unit(at.unit).span(at.node);
        self.shipping.0[at.unit.0 as usize].as_ref().is_some_and(|tests| !tests.iter().any(|test| test.contains(span)))
    }
}
