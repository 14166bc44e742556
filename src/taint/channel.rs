//! The two ends of a channel, joined by a name: a constant, or the very object that both ends use.

use super::access::{Path, Symbol, number};
use super::index::World;
use super::origin::Cell;
use crate::ir::{Expr, NodeId, Property, PropertyKey};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::model::{Channel, ChannelName};
use crate::rule::{MEMBER, Port, Position};

/// The shared place that a call, as an end of a channel, writes or reads; None if the name is not known.
pub(super) fn cell(world: &World<'_>, unit: UnitId, call: NodeId, channel: &Channel) -> Option<Cell> {
    let name = match &channel.name {
        None => String::new(),
        Some(ChannelName::At(path)) => {
            let node = named_by(world, unit, call, &path.root)?;
            let node = path.fields.iter().try_fold(Value { unit, node }, |value, field| world.program.member(value, field))?;
            name(world, node)?
        }
        Some(ChannelName::Fetched) => {
            let receiver = named_by(world, unit, call, &Port::Receiver)?;
            let fetched = world.program.resolve(Value { unit, node: receiver });
            let name = named_by(world, fetched.unit, fetched.node, &Port::Argument(Position::nth(0)))?;
            self::name(world, Value { unit: fetched.unit, node: name })?
        }
        Some(ChannelName::Callee) => {
            let Expr::Call { callee, .. } = *world.program.unit(unit).expr(call) else { return None };
            world.program.path(unit, callee)?.rsplit('.').next()?.to_owned()
        }
        Some(ChannelName::Member) => return None,
    };
    Some(named(world, unit, channel, &name))
}

/// The shared place of a channel with a name. What several projects hold is not joined.
pub(super) fn named(world: &World<'_>, unit: UnitId, channel: &Channel, name: &str) -> Cell {
    Cell::Channel(number(&format!("{} {} {name}", world.program.project(unit), channel.channel)))
}

/// The shared places that a call reads as an end of a channel.
pub(super) fn read(world: &World<'_>, unit: UnitId, call: NodeId, channel: &Channel) -> Vec<Cell> {
    if channel.to.is_empty() && channel.sink.is_none() {
        return Vec::new();
    }
    if channel.name != Some(ChannelName::Member) {
        return cell(world, unit, call, channel).into_iter().collect();
    }
    let names = channel.to.iter().flat_map(|path| {
        let argument = match &path.root {
            Port::Argument(position) => world.argument_at(Value { unit, node: call }, position),
            _ => None,
        };
        argument.map_or_else(Vec::new, |node| functions(world, Value { unit, node }, &path.fields))
    });
    names.map(|(name, _)| named(world, unit, channel, &name)).collect()
}

/// Under which member everything goes into a channel.
pub(super) fn prefix(world: &World<'_>, unit: UnitId, call: NodeId, channel: &Channel) -> Path {
    let Some(ChannelName::At(path)) = &channel.under else { return Path::EMPTY };
    let member = Some(path).and_then(|path| {
        let node = named_by(world, unit, call, &path.root)?;
        let value = path.fields.iter().try_fold(Value { unit, node }, |value, field| world.program.member(value, field))?;
        world.program.constant(value)
    });
    member.map_or(Path::EMPTY, |member| Path::one(Symbol::of(&member.text())))
}

/// The functions of the tree at some members of a value, each with the name of the last member that the path leaves open.
pub(super) fn functions(world: &World<'_>, value: Value, fields: &[String]) -> Vec<(String, FunctionRef)> {
    let mut reached = vec![(String::new(), value)];
    for field in fields {
        reached = match field.as_str() {
            MEMBER => reached.into_iter().flat_map(|(_, value)| members(world, value)).take(MOST_MEMBERS).collect(),
            field => reached.into_iter().filter_map(|(name, value)| Some((name, world.program.member(value, field)?))).collect(),
        };
    }
    reached.into_iter().filter_map(|(name, value)| Some((name, world.program.function_of(value)?))).collect()
}

/// How many bits tell the argument that a function is, or is a member of; the rest tell the members apart.
pub(super) const ARGUMENT_BITS: u32 = 8;

/// The functions of the tree at some members of an argument, each with its number: that of the argument and its own.
pub(super) fn numbered(world: &World<'_>, (index, value): (usize, Value), fields: &[String]) -> Vec<(u32, String, FunctionRef)> {
    let found = functions(world, value, fields);
    (0..).zip(found).map(|(number, (name, function))| (index as u32 | number << ARGUMENT_BITS, name, function)).collect()
}

/// So many functions of one call are told apart.
const MOST_MEMBERS: usize = 1_000;

/// The members that an object is written with.
fn members(world: &World<'_>, value: Value) -> Vec<(String, Value)> {
    let resolved = world.program.resolve(value);
    let unit = world.program.unit(resolved.unit);
    let Expr::Object(properties) = unit.expr(resolved.node) else { return Vec::new() };
    let here = |node| Value { unit: resolved.unit, node };
    let member = |property: &Property| {
        let name = match property.key {
            PropertyKey::Name(name) => unit.name(name).to_owned(),
            PropertyKey::Computed(key) => world.program.constant(here(key))?.text(),
            PropertyKey::Spread => return None,
        };
        Some((name, here(property.value)))
    };
    properties.iter().filter_map(member).collect()
}

/// The expression that holds the name.
fn named_by(world: &World<'_>, id: UnitId, call: NodeId, port: &Port) -> Option<NodeId> {
    let unit = world.program.unit(id);
    // What is no call is a function that is handed over, of whose arguments nothing is known.
    let callee = if let Expr::Call { callee, .. } = unit.expr(call) { *callee } else { call };
    match port {
        Port::Argument(position) => world.argument_at(Value { unit: id, node: call }, position),
        Port::Return => Some(call),
        Port::Receiver => {
            let resolved = world.program.resolve(Value { unit: id, node: callee });
            match *world.program.unit(resolved.unit).expr(resolved.node) {
                Expr::Field { base, .. } | Expr::Index { base, .. } if resolved.unit == id => Some(base),
                // A function that a call gave: the call stands for what it belongs to.
                Expr::Call { .. } if resolved.unit == id => Some(resolved.node),
                Expr::Call { .. } => Some(callee),
                _ => None,
            }
        }
        Port::ArgumentsFrom(_) | Port::Assigned | Port::Key => None,
    }
}

/// A name for a value: its text, or which expression of the program made it.
fn name(world: &World<'_>, value: Value) -> Option<String> {
    if let Some(constant) = world.program.constant(value) {
        return Some(constant.text());
    }
    let resolved = world.program.construction(value).unwrap_or_else(|| world.program.resolve(value));
    match world.program.unit(resolved.unit).expr(resolved.node) {
        Expr::Call { .. } | Expr::Object(_) | Expr::Class(_) | Expr::Template(_) | Expr::Binary { .. } => {
            Some(format!("#{}.{}", resolved.unit.0, resolved.node.0))
        }
        Expr::Variable(variable) => Some(format!("@{}.{}", resolved.unit.0, variable.0)),
        _ => world.program.path(resolved.unit, resolved.node).filter(|path| !path.starts_with('?')).map(ToOwned::to_owned),
    }
}
