//! Conditions of rows on what a call is given.

use super::index::World;
use crate::ir::{Expr, Literal, NodeId, PropertyKey, VariableKind};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::TextPattern;
use crate::rule::model::{ArgumentIs, RowId};

impl World<'_> {
    /// Whether a row's condition holds for a call.
    pub(super) fn holds(&self, row: RowId, unit: UnitId, call: NodeId) -> bool {
        let Some(condition) = &self.knowledge.models.row_of(row).argument else { return true };
        let Expr::Call { callee, .. } = *self.program.unit(unit).expr(call) else { return false };
        let receiver = match *self.program.unit(unit).expr(callee) {
            Expr::Field { base, .. } => Some(Value { unit, node: base }),
            _ => None,
        };
        let value = match condition.index {
            None => receiver,
            Some(index) => {
                let at = if condition.of_receiver { receiver.and_then(|it| self.program.construction(it)) } else { None };
                let Some(at) = at.or_else(|| (!condition.of_receiver).then_some(Value { unit, node: call })) else { return false };
                self.argument(at, index)
            }
        };
        self.is_met(condition, value)
    }

    fn argument(&self, call: Value, index: usize) -> Option<Value> {
        let Expr::Call { arguments, .. } = self.program.unit(call.unit).expr(call.node) else { return None };
        Some(Value { unit: call.unit, node: *arguments.get(index)? })
    }

    fn is_met(&self, condition: &ArgumentIs, value: Option<Value>) -> bool {
        let member = match (&condition.field, value) {
            (Some(field), Some(value)) => self.program.member(value, field),
            _ => value,
        };
        let fits = condition
            .matches
            .as_ref()
            .is_none_or(|pattern| member.and_then(|value| self.program.text_of(value)).is_some_and(|text| pattern.is_match(&text)));
        let begins =
            |pattern: &TextPattern| member.and_then(|it| self.program.beginning(it)).is_some_and(|text| pattern.is_match(&text));
        fits && !condition.lacks.as_ref().is_some_and(begins)
            && condition.present.is_none_or(|wanted| match member {
                Some(member) => self.is_given(member) == wanted,
                None => !wanted && value.is_none_or(|options| self.is_written_out(options)),
            })
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
                let mut callers = self.callers(FunctionRef { unit: resolved.unit, function });
                parameters[index].default.is_some()
                    || callers.all(|caller| {
                        let call = Value { unit: caller.function.unit, node: caller.call };
                        caller.argument.is_some() || self.argument(call, index).is_some()
                    })
            }
            _ => true,
        }
    }
}
