//! The two ends of a channel, joined by a name: a constant, or the very object that both ends use.

use super::access::number;
use super::index::World;
use super::value::Cell;
use crate::ir::{Expr, NodeId};
use crate::program::{UnitId, Value};
use crate::rule::Port;
use crate::rule::model::Channel;

/// The shared place that a call, as an end of a channel, writes or reads; None if the name is not known.
pub(super) fn cell(world: &World<'_>, unit: UnitId, call: NodeId, channel: &Channel) -> Option<Cell> {
    let name = match &channel.name {
        None => String::new(),
        Some(path) => {
            let node = named_by(world, unit, call, path.root)?;
            let node = path.fields.iter().try_fold(Value { unit, node }, |value, field| world.program.member(value, field))?;
            name(world, node)?
        }
    };
    Some(Cell::Channel(number(&format!("{} {name}", channel.channel))))
}

/// The expression that holds the name.
fn named_by(world: &World<'_>, id: UnitId, call: NodeId, port: Port) -> Option<NodeId> {
    let unit = world.program.unit(id);
    let Expr::Call { callee, arguments, .. } = unit.expr(call) else { return None };
    match port {
        Port::Argument(index) => arguments.get(index).copied(),
        Port::Return => Some(call),
        Port::Receiver => {
            let resolved = world.program.resolve(Value { unit: id, node: *callee });
            match *world.program.unit(resolved.unit).expr(resolved.node) {
                Expr::Field { base, .. } | Expr::Index { base, .. } if resolved.unit == id => Some(base),
                _ => None,
            }
        }
        Port::ArgumentsFrom(_) | Port::Assigned => None,
    }
}

/// A name for a value: its text, or which expression of the program made it.
fn name(world: &World<'_>, value: Value) -> Option<String> {
    if let Some(constant) = world.program.constant(value) {
        return Some(constant.text());
    }
    let resolved = world.program.resolve(value);
    match world.program.unit(resolved.unit).expr(resolved.node) {
        Expr::Call { .. } | Expr::Object(_) | Expr::Class(_) | Expr::Template(_) | Expr::Binary { .. } => {
            Some(format!("#{}.{}", resolved.unit.0, resolved.node.0))
        }
        Expr::Variable(variable) => Some(format!("@{}.{}", resolved.unit.0, variable.0)),
        _ => world.program.path(resolved.unit, resolved.node).filter(|path| !path.starts_with('?')).map(ToOwned::to_owned),
    }
}
