//! What names mean: variables of blocks and functions, members of the classes around, globals.

use std::collections::HashMap;

use super::Lowering;
use crate::ir::{Expr, NameId, NodeId, VariableId, VariableKind};
use crate::source::Span;

/// The scopes around the place being lowered.
#[derive(Debug, Default)]
pub(in crate::frontend) struct Scopes {
    open: Vec<Scope>,
}

#[derive(Debug, Default)]
struct Scope {
    names: HashMap<NameId, VariableId>,
    is_function: bool,
}

impl Scopes {
    /// Opens the scope of a block.
    pub(in crate::frontend) fn enter(&mut self) {
        self.open.push(Scope::default());
    }

    /// Opens the scope of a function.
    pub(in crate::frontend) fn enter_function(&mut self) {
        self.open.push(Scope { is_function: true, ..Scope::default() });
    }

    /// Closes the innermost scope.
    pub(in crate::frontend) fn leave(&mut self) {
        self.open.pop();
    }

    /// Whether names that are declared here belong to the file.
    pub(in crate::frontend) const fn is_module(&self) -> bool {
        self.open.len() == 1
    }

    /// Gives a name a meaning in the innermost scope.
    pub(super) fn declare(&mut self, name: NameId, variable: VariableId) {
        if let Some(scope) = self.open.last_mut() {
            scope.names.insert(name, variable);
        }
    }

    /// Gives a name a meaning in the whole function.
    fn declare_in_function(&mut self, name: NameId, variable: VariableId) {
        if let Some(scope) = self.open.iter_mut().rev().find(|scope| scope.is_function) {
            scope.names.insert(name, variable);
        }
    }

    /// The variable that a name means, from the innermost scope outwards.
    pub(super) fn find(&self, name: NameId) -> Option<VariableId> {
        self.open.iter().rev().find_map(|scope| scope.names.get(&name)).copied()
    }

    /// The variable that the innermost scope itself declares.
    pub(in crate::frontend) fn own(&self, name: NameId) -> Option<VariableId> {
        self.open.last()?.names.get(&name).copied()
    }

    fn declare_in_file(&mut self, name: NameId, variable: VariableId) {
        if let Some(scope) = self.open.first_mut() {
            scope.names.insert(name, variable);
        }
    }

    fn outside_of_function(&self, name: NameId) -> Option<VariableId> {
        let from = self.open.iter().rposition(|scope| scope.is_function).unwrap_or_default();
        self.open[..from].iter().rev().find_map(|scope| scope.names.get(&name)).copied()
    }

    /// The variable that the function being lowered declares.
    fn of_function(&self, name: NameId) -> Option<VariableId> {
        let from = self.open.iter().rposition(|scope| scope.is_function).unwrap_or_default();
        self.open[from..].iter().rev().find_map(|scope| scope.names.get(&name)).copied()
    }
}

impl Lowering {
    /// Declares a variable of the innermost scope.
    pub(in crate::frontend) fn declare(&mut self, text: &str, kind: VariableKind, span: Span) -> VariableId {
        let name = self.builder.name(text);
        let variable = self.builder.variable(name, kind, span);
        self.scopes.declare(name, variable);
        variable
    }

    /// The variable of a declaration: one that was hoisted, or a new one.
    pub(in crate::frontend) fn declared(&mut self, text: &str, kind: VariableKind, span: Span) -> VariableId {
        let name = self.builder.name(text);
        let hoisted = self.scopes.own(name).filter(|&variable| {
            let variable = self.builder.unit().variable(variable);
            variable.assignments == 0 && variable.kind == kind
        });
        hoisted.unwrap_or_else(|| self.declare(text, kind, span))
    }

    /// The variable that an assignment declares where assigning is declaring: that of the function, new if it has none.
    pub(in crate::frontend) fn assigned(&mut self, text: &str, span: Span) -> VariableId {
        let name = self.builder.name(text);
        self.scopes.of_function(name).unwrap_or_else(|| {
            let variable = self.builder.variable(name, VariableKind::Local, span);
            self.scopes.declare_in_function(name, variable);
            variable
        })
    }

    /// Says that a name of the function being lowered means the variable further out, or one of the file.
    pub(in crate::frontend) fn share_outer(&mut self, text: &str, span: Span) {
        let name = self.builder.name(text);
        let variable = match self.scopes.outside_of_function(name) {
            Some(variable) => variable,
            None => {
                let variable = self.builder.variable(name, VariableKind::Local, span);
                self.scopes.declare_in_file(name, variable);
                variable
            }
        };
        self.scopes.declare_in_function(name, variable);
    }

    /// Whether a bare name means a variable.
    pub(in crate::frontend) fn is_declared(&mut self, text: &str) -> bool {
        let name = self.builder.name(text);
        self.scopes.find(name).is_some()
    }

    /// What a bare name means: a variable, a member of a class around, or a global.
    pub(in crate::frontend) fn name(&mut self, text: &str, span: Span) -> NodeId {
        let name = self.builder.name(text);
        if let Some(variable) = self.scopes.find(name) {
            let owner = self.builder.unit().variable(variable).owner;
            let is_receiver = self.builder.unit().function(owner).receiver == Some(variable);
            return if is_receiver { self.node(Expr::This, span) } else { self.read(variable, span) };
        }
        self.member_of_surrounding(name, span).unwrap_or_else(|| self.node(Expr::Global(name), span))
    }
}
