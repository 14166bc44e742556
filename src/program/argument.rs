//! Which argument of a call goes to which parameter.

use crate::ir::{Expr, Function, NameId, NodeId, Parameter, Unit};
use crate::rule::Position;

/// A parameter that takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The parameter's index.
    pub parameter: usize,
    /// What the argument is to a parameter that takes the rest.
    pub part: Part,
}

/// What an argument is to the parameter that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The element with this index.
    Element(usize),
    /// The member with this name of the caller's unit.
    Member(NameId),
}

/// The arguments of a call; none for anything else.
#[must_use]
pub fn of(unit: &Unit, call: NodeId) -> &[NodeId] {
    if let Expr::Call { arguments, .. } = unit.expr(call) { arguments } else { &[] }
}

/// Which of some arguments stands at a position.
#[must_use]
pub fn find(unit: &Unit, arguments: &[NodeId], position: &Position) -> Option<usize> {
    let is_plain = |index: &usize| arguments.get(*index).is_some_and(|&node| unit.argument_name(node).is_none());
    position.index().filter(is_plain).or_else(|| {
        let name = unit.names.find(position.name()?)?;
        arguments.iter().position(|&node| unit.argument_name(node) == Some(name))
    })
}

/// The parameter of a function that takes one of some arguments.
#[must_use]
pub fn taken(caller: &Unit, arguments: &[NodeId], index: usize, (unit, function): (&Unit, &Function)) -> Option<Taken> {
    let parameters = &function.parameters;
    let rest = parameters.len().checked_sub(1).filter(|&last| parameters[last].is_rest);
    if let Some(name) = arguments.get(index).and_then(|&node| caller.argument_name(node)) {
        let text = caller.name(name);
        let parameter = parameters.iter().position(|parameter| !parameter.is_rest && is_called(unit, parameter, text));
        return match parameter {
            Some(parameter) => Some(Taken { parameter, part: Part::Whole }),
            None => rest.map(|parameter| Taken { parameter, part: Part::Member(name) }),
        };
    }
    match parameters.get(index) {
        Some(parameter) if !parameter.is_rest => Some(Taken { parameter: index, part: Part::Whole }),
        _ => rest.map(|parameter| Taken { parameter, part: Part::Element(index.saturating_sub(parameter)) }),
    }
}

/// The argument that a call gives for a parameter: its index. None if the parameter is left out or takes several.
#[must_use]
pub fn for_parameter(caller: &Unit, arguments: &[NodeId], (unit, function): (&Unit, &Function), parameter: usize) -> Option<usize> {
    let declared = function.parameters.get(parameter)?;
    let is_it = |&node: &NodeId| caller.argument_name(node).is_some_and(|name| is_called(unit, declared, caller.name(name)));
    let is_plain = |index: &usize| arguments.get(*index).is_some_and(|&node| caller.argument_name(node).is_none());
    arguments.iter().position(is_it).or_else(|| Some(parameter).filter(is_plain))
}

/// Whether callers give a parameter by a name.
fn is_called(unit: &Unit, parameter: &Parameter, name: &str) -> bool {
    unit.name(parameter.label.unwrap_or(unit.variable(parameter.variable).name)) == name
}
