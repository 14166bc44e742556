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

/// Whether a function takes just these arguments.
#[must_use]
pub fn fits(caller: &Unit, arguments: &[NodeId], (unit, function): (&Unit, &Function)) -> bool {
    if arguments.iter().any(|&node| matches!(caller.expr(node), Expr::Spread(_))) {
        return true;
    }
    let parameters = &function.parameters;
    let takes_rest = parameters.last().is_some_and(|last| last.is_rest);
    let required = parameters.iter().filter(|parameter| parameter.default.is_none() && !parameter.is_rest).count();
    let is_known = |name: NameId| parameters.iter().any(|parameter| is_called(unit, parameter, caller.name(name)));
    let names = arguments.iter().filter_map(|&node| caller.argument_name(node));
    let fits_number = arguments.len() >= required && (takes_rest || arguments.len() <= parameters.len());
    fits_number && (takes_rest || names.into_iter().all(is_known))
}

/// Whether callers give a parameter by a name.
fn is_called(unit: &Unit, parameter: &Parameter, name: &str) -> bool {
    unit.name(parameter.label.unwrap_or(unit.variable(parameter.variable).name)) == name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Builder, CallKind, FunctionId, VariableKind};
    use crate::source::Span;

    const HERE: Span = Span::new(0, 0);

    /// `f(a, key k = 1, ...rest)` and a call of it with some arguments, each with the name that it has.
    fn called(names: &[&str]) -> (Unit, NodeId) {
        let mut builder = Builder::new("test", HERE);
        let name = builder.name("f");
        let function = builder.enter_function(name, HERE);
        for parameter in ["a", "k", "rest"] {
            let name = builder.name(parameter);
            let variable = builder.variable(name, VariableKind::Parameter, HERE);
            let label = (parameter == "k").then(|| builder.name("key"));
            let default = label.map(|_| builder.text("1", HERE));
            let parameter = Parameter { label, default, is_rest: parameter == "rest", ..Parameter::new(variable) };
            builder.function_mut(function).parameters.push(parameter);
        }
        builder.leave_function(Vec::new());
        let callee = builder.node(Expr::Closure(function), HERE);
        let argument = |builder: &mut Builder, name: &str| {
            let value = builder.text("x", HERE);
            if name.is_empty() {
                return value;
            }
            let name = builder.name(name);
            builder.node(Expr::Named { name, value }, HERE)
        };
        let arguments: Vec<_> = names.iter().map(|name| argument(&mut builder, name)).collect();
        let call = builder.node(Expr::Call { callee, arguments: arguments.into(), kind: CallKind::Call }, HERE);
        (builder.finish(Vec::new()), call)
    }

    #[test]
    fn arguments_go_to_the_parameters_of_their_places_and_names() {
        for (names, index, expected) in [
            (&["", "key"][..], 0, Some((0, "whole"))),
            (&["", "key"], 1, Some((1, "whole"))),
            (&["key", "a"], 0, Some((1, "whole"))),
            (&["key", "a"], 1, Some((0, "whole"))),
            (&["", "k"], 1, Some((2, "member"))),
            (&["", "", "", ""], 3, Some((2, "element"))),
        ] {
            let (unit, call) = called(names);
            let function = unit.function(FunctionId(1));
            let taken = taken(&unit, of(&unit, call), index, (&unit, function));
            let part = |part| match part {
                Part::Whole => "whole",
                Part::Element(_) => "element",
                Part::Member(_) => "member",
            };
            assert_eq!(taken.map(|taken| (taken.parameter, part(taken.part))), expected, "{names:?} {index}");
        }
    }

    #[test]
    fn parameters_are_given_by_their_labels_or_places() {
        for (names, parameter, expected) in [
            (&["", "key"][..], 1, Some(1)),
            (&["key", "a"], 0, Some(1)),
            (&["key"], 0, None),
            (&["", ""], 1, Some(1)),
            (&[""], 1, None),
        ] {
            let (unit, call) = called(names);
            let function = unit.function(FunctionId(1));
            let found = for_parameter(&unit, of(&unit, call), (&unit, function), parameter);
            assert_eq!(found, expected, "{names:?} {parameter}");
        }
    }

    #[test]
    fn positions_mean_arguments_by_place_or_name() {
        let (unit, call) = called(&["", "key"]);
        let arguments = of(&unit, call);
        for (text, expected) in [("0", Some(0)), ("1", None), ("key:", Some(1)), ("1, key:", Some(1)), ("other:", None)] {
            let position: Position = text.parse().expect("a position");
            assert_eq!(find(&unit, arguments, &position), expected, "{text}");
        }
    }

    #[test]
    fn a_function_takes_as_many_arguments_as_it_has_parameters() {
        let function = |names: &[&str]| {
            let (unit, call) = called(names);
            fits(&unit, of(&unit, call), (&unit, unit.function(FunctionId(1))))
        };
        assert!(function(&[""]) && function(&["", "", ""]) && function(&["a", "key"]));
        assert!(!function(&[]));
    }
}
