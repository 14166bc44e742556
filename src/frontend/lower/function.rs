//! Functions: their scope, their body, and what runs when they are left.

use super::Lowering;
use super::jump::Frame;
use crate::ir::{Block, Expr, FunctionId, NameId, NodeId, Statement, StatementKind, VariableKind};
use crate::source::Span;

/// What is put aside while a function is lowered.
#[derive(Debug)]
pub(in crate::frontend) struct Outside {
    function: FunctionId,
    block: Block,
    frames: Vec<Frame>,
}

impl Outside {
    /// The function being lowered.
    pub(in crate::frontend) const fn function(&self) -> FunctionId {
        self.function
    }
}

impl Lowering {
    /// Begins a function. Its parameters and its body follow, then [`Lowering::leave_function`].
    pub(in crate::frontend) fn enter_function(&mut self, name: NameId, span: Span) -> Outside {
        let function = self.builder.enter_function(name, span);
        self.scopes.enter_function();
        self.deferred.push(Block::new());
        Outside { function, block: self.enter_block(), frames: std::mem::take(&mut self.frames) }
    }

    /// Ends a function; the value of its body, if it has one, is returned.
    pub(in crate::frontend) fn leave_function(&mut self, outside: Outside, value: Option<NodeId>) -> FunctionId {
        if let Some(value) = value {
            let span = self.span_of(value);
            self.push(StatementKind::Return(Some(value)), span);
        }
        let mut body = self.leave_block(outside.block);
        self.frames = outside.frames;
        let deferred = self.deferred.pop().unwrap_or_default();
        if !deferred.is_empty() {
            let span = self.builder.unit().function(outside.function).span;
            let kind = StatementKind::Try { body, parameter: None, handler: None, finally: deferred };
            body = vec![Statement { kind, span }];
        }
        self.scopes.leave();
        self.builder.leave_function(body)
    }

    /// Puts statements off until the function is left; those that are put off last run first.
    pub(in crate::frontend) fn defer(&mut self, block: Block) {
        if let Some(deferred) = self.deferred.last_mut() {
            deferred.splice(0..0, block);
        }
    }

    /// Gives a function that belongs to no class its name in the scope around.
    pub(in crate::frontend) fn name_function(&mut self, text: &str, function: FunctionId, span: Span) {
        let value = self.node(Expr::Closure(function), span);
        let variable = self.declared(text, VariableKind::Function, span);
        self.builder.define(variable, value);
        self.export_variable(text, variable, span);
    }

    /// Whether the function being lowered is handed its receiver as a value.
    pub(in crate::frontend) fn has_receiver(&self) -> bool {
        let unit = self.builder.unit();
        self.extended.is_some() || unit.receiver(self.builder.function()).is_some()
    }

    /// Whether the function being lowered, or one around it, has a name.
    pub(in crate::frontend) fn is_within(&self, name: &str) -> bool {
        let unit = self.builder.unit();
        let around = std::iter::successors(Some(self.builder.function()), |&id| unit.function(id).owner);
        around.into_iter().any(|id| unit.name(unit.function(id).name) == name)
    }

    /// The receiver of the function being lowered, where it is handed in as a value; its name, if it has one, means `this`.
    pub(in crate::frontend) fn receiver(&mut self, text: &str, ty: Option<NodeId>, span: Span) {
        let function = self.builder.function();
        let variable = self.declare(text, VariableKind::Parameter, span);
        self.builder.variable_mut(variable).ty = ty;
        self.builder.function_mut(function).receiver = Some(variable);
    }
}
