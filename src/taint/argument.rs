//! What calls give to the functions that they reach.

use super::access::{Path, Symbol};
use super::index::{Caller, World};
use super::origin::{Atom, THIS, THROWN};
use crate::ir::{Expr, NodeId};
use crate::program::argument::{self, Part};
use crate::program::{FunctionRef, Handover, Value};
use crate::rule::Position;

impl World<'_> {
    /// The parameter of a function that takes an argument of a call, and as which part of it.
    pub(super) fn taken_by(&self, caller: Option<Caller>, argument: u32, target: FunctionRef) -> Option<(u32, Path)> {
        let unit = self.program.unit(target.unit);
        let function = unit.function(target.function);
        if argument == THIS {
            return function.receiver.map(|_| (THIS, Path::EMPTY));
        }
        // What is handed to a call is given its arguments by a library, without names.
        let caller = caller.filter(|caller| caller.argument.is_none());
        if let Some(handover) = caller.and_then(|caller| self.program.handover(caller_value(caller), target)) {
            return across(handover, argument).filter(|(parameter, _)| (*parameter as usize) < function.parameters.len());
        }
        let calling = caller.map_or(unit, |caller| self.program.unit(caller.function.unit));
        let arguments = caller.map_or(&[][..], |caller| argument::of(calling, caller.call));
        let is_unbound = caller.is_some_and(|caller| self.is_unbound(caller_value(caller), target));
        let argument = match argument.checked_sub(u32::from(is_unbound)) {
            Some(argument) => argument as usize,
            None => return Some((THIS, Path::EMPTY)),
        };
        let taken = argument::taken(calling, &arguments[usize::from(is_unbound)..], argument, (unit, function))?;
        let part = match taken.part {
            Part::Whole => Path::EMPTY,
            Part::Element(index) => Path::one(u32::try_from(index).ok().and_then(Symbol::index).unwrap_or(Symbol::ELEMENT)),
            Part::Member(name) => Path::one(Symbol::of(calling.name(name))),
        };
        Some((taken.parameter as u32, part))
    }

    /// What a call gives for a parameter of a function.
    pub(super) fn argument_for(&self, call: Value, target: FunctionRef, parameter: usize) -> Option<Value> {
        let (caller, index) = (self.program.unit(call.unit), self.argument_index(call, target, parameter)?);
        Some(Value { unit: call.unit, node: caller.given(*argument::of(caller, call.node).get(index)?) })
    }

    /// The index of the argument that a call gives for a parameter of a function.
    fn argument_index(&self, call: Value, target: FunctionRef, parameter: usize) -> Option<usize> {
        let (caller, unit) = (self.program.unit(call.unit), self.program.unit(target.unit));
        let arguments = argument::of(caller, call.node);
        if let Some(handover) = self.program.handover(call, target) {
            let index = (parameter + handover.from).checked_sub(handover.to)?;
            return Some(index).filter(|&index| !handover.members && handover.under.is_none() && index < arguments.len());
        }
        let before = usize::from(self.is_unbound(call, target));
        let index = argument::for_parameter(caller, &arguments[before..], (unit, unit.function(target.function)), parameter);
        index.map(|index| index + before)
    }

    /// Whether a call names a method by its type, `Type::method(receiver, …)`: the first argument is the receiver.
    fn is_unbound(&self, call: Value, target: FunctionRef) -> bool {
        let function = self.program.unit(target.unit).function(target.function);
        let unit = self.program.unit(call.unit);
        let Expr::Call { callee, arguments, .. } = unit.expr(call.node) else { return false };
        if function.receiver.is_none() || arguments.len() != function.parameters.len() + 1 {
            return false;
        }
        let Expr::Field { base, .. } = *unit.expr(*callee) else { return false };
        let resolved = self.program.resolve(Value { unit: call.unit, node: base });
        matches!(self.program.unit(resolved.unit).expr(resolved.node), Expr::Class(_) | Expr::Global(_) | Expr::Field { .. })
            && self.program.class_of(resolved).is_none()
    }

    /// The argument of a call at a position.
    pub(super) fn argument_at(&self, call: Value, position: &Position) -> Option<NodeId> {
        let unit = self.program.unit(call.unit);
        let arguments = argument::of(unit, call.node);
        Some(unit.given(arguments[argument::find(unit, arguments, position)?]))
    }

    /// What a call of `target` leaves in what it was given for a parameter.
    pub(super) fn left_in(&self, caller: Caller, target: FunctionRef, parameter: u32) -> Option<Atom> {
        if let Some(argument) = caller.argument.filter(|_| parameter != THROWN) {
            return Some(Atom::Left(caller.call, argument, parameter));
        }
        let call = caller_value(caller);
        let argument = match parameter {
            THROWN => THROWN,
            THIS if self.is_unbound(call, target) => 0,
            THIS => THIS,
            // An instance that becomes text is no call: what prints it is given the parameters by their numbers.
            parameter if !matches!(self.program.unit(call.unit).expr(call.node), Expr::Call { .. }) => parameter,
            parameter => self.argument_index(call, target, parameter as usize)? as u32,
        };
        Some(Atom::Written(caller.call, argument))
    }
}

/// What stands behind the numbers of arguments is a member of one, for the parameter with the number that is left.
pub(super) const MEMBERS: u32 = 1 << 16;

/// The parameter of another language that takes an argument, and as which part of it.
fn across(handover: &Handover, argument: u32) -> Option<(u32, Path)> {
    if handover.members {
        return argument.checked_sub(MEMBERS).map(|parameter| (parameter, Path::EMPTY));
    }
    let parameter = (argument as usize).checked_sub(handover.from)? + handover.to;
    let part = handover.under.as_deref().map_or(Path::EMPTY, |member| Path::one(Symbol::of(member)));
    Some((parameter as u32, part))
}

const fn caller_value(caller: Caller) -> Value {
    Value { unit: caller.function.unit, node: caller.call }
}
