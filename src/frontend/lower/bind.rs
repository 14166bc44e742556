//! Names that get values: declarations, patterns, parameters.

use super::Lowering;
use crate::ir::{Expr, FunctionId, NodeId, Parameter, VariableId, VariableKind};
use crate::source::Span;

impl Lowering {
    /// One name of a declaration, with its written type and its first value.
    pub(in crate::frontend) fn bind(&mut self, text: &str, value: Option<NodeId>, ty: Option<NodeId>, span: Span) -> VariableId {
        let variable = self.declared(text, VariableKind::Local, span);
        if ty.is_some() {
            self.builder.variable_mut(variable).ty = ty;
        }
        if let Some(value) = value {
            let target = self.read(variable, span);
            self.assign(target, value, span);
        }
        variable
    }

    /// `base[index]`, or an element of which nothing is known but that it is one.
    pub(in crate::frontend) fn element(&mut self, base: NodeId, index: Option<usize>, span: Span) -> NodeId {
        let index = match index {
            Some(index) => self.number(index as f64, span),
            None => self.unknown(Vec::new(), span),
        };
        self.node(Expr::Index { base, index }, span)
    }

    /// Values for several targets out of one: `a, b = f()`.
    pub(in crate::frontend) fn spread_over(&mut self, value: NodeId, count: usize) -> Vec<NodeId> {
        if count < 2 {
            return vec![value];
        }
        let whole = self.stable(value);
        let span = self.span_of(whole);
        (0..count).map(|index| self.element(whole, Some(index), span)).collect()
    }

    /// A parameter of the function being lowered, to say more of it.
    pub(in crate::frontend) fn parameter(
        &mut self,
        function: FunctionId,
        text: &str,
        ty: Option<NodeId>,
        span: Span,
    ) -> &mut Parameter {
        let variable = self.declare(text, VariableKind::Parameter, span);
        self.builder.variable_mut(variable).ty = ty;
        let parameters = &mut self.builder.function_mut(function).parameters;
        parameters.push(Parameter::new(variable));
        parameters.last_mut().expect("one was pushed")
    }
}
