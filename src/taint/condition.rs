//! Conditions of rows on what a call is given.

use super::index::World;
use crate::ir::{BinaryOp, Expr, Literal, NodeId, PropertyKey, VariableKind};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::model::{ArgumentIs, RowId};
use crate::rule::{CalleePattern, TextPattern};

/// How deep a list that is written out may be.
pub(super) const MAX_FIXED_DEPTH: u32 = 6;

impl World<'_> {
    /// Whether a row's condition holds for a call, or for a member that is written.
    pub(super) fn holds(&self, row: RowId, unit: UnitId, call: NodeId) -> bool {
        self.knowledge.models.row_of(row).argument.iter().all(|condition| self.holds_for(condition, unit, call))
    }

    fn holds_for(&self, condition: &ArgumentIs, unit: UnitId, call: NodeId) -> bool {
        let expr = |node: NodeId| self.program.unit(unit).expr(node);
        let subject = if let Expr::Call { callee, .. } = *expr(call) { callee } else { call };
        let receiver = match *expr(subject) {
            Expr::Field { base, .. } | Expr::Index { base, .. } => Some(Value { unit, node: base }),
            _ => None,
        };
        if !condition.beside.is_empty() && !self.is_beside(unit, call, &condition.beside) {
            return false;
        }
        let value = match &condition.index {
            None => receiver,
            Some(position) => {
                let at = if condition.of_receiver { receiver.and_then(|it| self.program.construction(it)) } else { None };
                let Some(at) = at.or_else(|| (!condition.of_receiver).then_some(Value { unit, node: call })) else { return false };
                self.argument_at(at, position).map(|node| Value { unit: at.unit, node })
            }
        };
        self.is_met(condition, value)
    }

    /// Whether the function of a node makes one of some calls.
    fn is_beside(&self, id: UnitId, node: NodeId, patterns: &[CalleePattern]) -> bool {
        let unit = self.program.unit(id);
        let function = unit.nodes[node.index()].function;
        let is_meant = |callee: NodeId| {
            self.program.path(id, callee).is_some_and(|path| patterns.iter().any(|pattern| pattern.matches(path, true)))
        };
        let body = self.program.body(FunctionRef { unit: id, function });
        body.iter().any(|&other| matches!(*unit.expr(other), Expr::Call { callee, .. } if is_meant(callee)))
    }

    /// Whether a row's condition holds for a call of which no argument is known.
    pub(super) fn holds_for_any(&self, row: RowId) -> bool {
        let holds = |condition: &ArgumentIs| condition.beside.is_empty() && self.is_met(condition, None);
        self.knowledge.models.row_of(row).argument.iter().all(holds)
    }

    fn is_met(&self, condition: &ArgumentIs, value: Option<Value>) -> bool {
        let member = match (&condition.field, value) {
            (Some(field), Some(value)) => self.program.member(value, field),
            _ => value,
        };
        let fits = condition
            .matches
            .as_ref()
            .is_none_or(|pattern| member.and_then(|value| self.text(value)).is_some_and(|text| pattern.is_match(&text)));
        let beginning = |value: Value| self.program.beginning(value).or_else(|| self.text(value));
        let begins = |pattern: &TextPattern| member.and_then(beginning).is_some_and(|text| pattern.is_match(&text));
        let is_at = |patterns: &[CalleePattern], value: Value| {
            self.program.path(value.unit, value.node).is_some_and(|path| patterns.iter().any(|it| it.matches(path, true)))
        };
        let is_path = (condition.path.is_empty() || member.is_some_and(|value| is_at(&condition.path, value)))
            && !member.is_some_and(|value| is_at(&condition.not_path, value));
        fits && is_path
            && !condition.lacks.as_ref().is_some_and(begins)
            && condition.begins.as_ref().is_none_or(begins)
            && condition.less.as_ref().is_none_or(|pattern| member.is_some_and(|value| self.is_less(value, pattern)))
            && condition.pair.is_none_or(|wanted| member.is_some_and(|value| self.takes_pair(value)) == wanted)
            && (!condition.fixed || member.is_some_and(|value| self.is_fixed(value, MAX_FIXED_DEPTH)))
            && condition.present.is_none_or(|wanted| match member {
                Some(member) => self.is_given(member) == wanted,
                None => !wanted && value.is_none_or(|options| self.is_written_out(options)),
            })
    }

    fn is_less(&self, value: Value, pattern: &TextPattern) -> bool {
        let Expr::Binary { op: BinaryOp::Subtract, right, .. } = *self.program.unit(value.unit).expr(value.node) else {
            return false;
        };
        self.program.text_of(Value { node: right, ..value }).is_some_and(|text| pattern.is_match(&text))
    }

    fn takes_pair(&self, value: Value) -> bool {
        let function = self.program.function_of(value);
        function.is_some_and(|it| self.program.unit(it.unit).function(it.function).parameters.len() > 1)
    }

    /// The text that a value always is; of a list of constants, its elements with commas.
    fn text(&self, value: Value) -> Option<String> {
        let resolved = self.program.resolve(value);
        match self.program.unit(resolved.unit).expr(resolved.node) {
            Expr::Array(elements) => {
                let element = |&node: &NodeId| self.program.text_of(Value { unit: resolved.unit, node });
                elements.iter().map(element).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
            }
            _ => self.program.text_of(value),
        }
    }

    /// Whether all of a value is written out in the source: a constant, a list or table of such, or a set made of one.
    pub(super) fn is_fixed(&self, value: Value, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let resolved = self.program.resolve(value);
        let unit = self.program.unit(resolved.unit);
        let each = |node: NodeId| self.is_fixed(Value { unit: resolved.unit, node }, depth);
        match unit.expr(resolved.node) {
            Expr::Literal(_) | Expr::Closure(_) => true,
            Expr::Array(elements) => elements.iter().all(|&element| each(element)),
            Expr::Spread(inner) => each(*inner),
            Expr::Object(properties) => properties.iter().all(|property| each(property.value)),
            Expr::Call { arguments, .. } => {
                let is_outside = self.program.targets(resolved.unit, resolved.node).is_empty();
                is_outside && !arguments.is_empty() && arguments.iter().all(|&argument| each(argument))
            }
            _ => self.program.constant(resolved).is_some(),
        }
    }

    /// Whether all members of an object are written where it is made.
    fn is_written_out(&self, value: Value) -> bool {
        let resolved = self.program.resolve(value);
        match self.program.unit(resolved.unit).expr(resolved.node) {
            Expr::Object(properties) => properties.iter().all(|property| matches!(property.key, PropertyKey::Name(_))),
            Expr::Literal(_) => true,
            _ => false,
        }
    }

    /// Whether a value is always given: null is not, nor is a parameter that some caller leaves out.
    fn is_given(&self, value: Value) -> bool {
        let resolved = self.program.resolve(value);
        let unit = self.program.unit(resolved.unit);
        match *unit.expr(resolved.node) {
            Expr::Literal(Literal::Null) => false,
            Expr::Variable(variable) if unit.variable(variable).kind == VariableKind::Parameter => {
                let function = unit.variable(variable).owner;
                let parameters = &unit.function(function).parameters;
                let Some(index) = parameters.iter().position(|parameter| parameter.variable == variable) else { return true };
                let called = FunctionRef { unit: resolved.unit, function };
                let mut callers = self.callers(called);
                parameters[index].default.is_some()
                    || callers.all(|caller| {
                        let call = Value { unit: caller.function.unit, node: caller.call };
                        caller.argument.is_some() || self.argument_for(call, called, index).is_some()
                    })
            }
            _ => true,
        }
    }
}
