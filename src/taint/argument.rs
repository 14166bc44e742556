//! What calls give to the functions that they reach.

use super::access::{Path, Symbol};
use super::index::{Caller, World};
use super::value::Atom;
use crate::ir::NodeId;
use crate::program::argument::{self, Part};
use crate::program::{FunctionRef, Value};
use crate::rule::Position;

impl World<'_> {
    /// The parameter of a function that takes an argument of a call, and as which part of it.
    pub(super) fn taken_by(&self, caller: Option<Caller>, argument: u32, target: FunctionRef) -> Option<(u32, Path)> {
        let unit = self.program.unit(target.unit);
        let function = unit.function(target.function);
        // What is handed to a call is given its arguments by a library, without names.
        let caller = caller.filter(|caller| caller.argument.is_none());
        let calling = caller.map_or(unit, |caller| self.program.unit(caller.function.unit));
        let arguments = caller.map_or(&[][..], |caller| argument::of(calling, caller.call));
        let taken = argument::taken(calling, arguments, argument as usize, (unit, function))?;
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
        argument::for_parameter(caller, arguments, (unit, unit.function(target.function)), parameter)
    }

    /// The argument of a call at a position.
    pub(super) fn argument_at(&self, call: Value, position: &Position) -> Option<NodeId> {
        let unit = self.program.unit(call.unit);
        let arguments = argument::of(unit, call.node);
        Some(unit.given(arguments[argument::find(unit, arguments, position)?]))
    }

    /// What a call of `target` leaves in what it was given for a parameter.
    pub(super) fn left_in(&self, caller: Caller, target: FunctionRef, parameter: u32) -> Option<Atom> {
        if let Some(argument) = caller.argument {
            return Some(Atom::Left(caller.call, argument, parameter));
        }
        let call = Value { unit: caller.function.unit, node: caller.call };
        Some(Atom::Written(caller.call, self.argument_index(call, target, parameter as usize)? as u32))
    }
}
