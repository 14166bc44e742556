//! Objects that are put in at one place and taken out at another, joined by a name: what a provider of a context is given is what
//! `useContext` gives, and the functions in it can be called there.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Linkage, UnitId, Value};
use crate::ir::{Expr, NodeId, StatementKind, VariableId};
use crate::rule::model::{Channel, ChannelName, Models};
use crate::rule::{AccessPath, FunctionPort, Port};

/// How many places may put in what one takes out: more than these are a library of their own.
const MOST: usize = 8;

/// How deep the end of a callee's path is looked for.
const MAX_DEPTH: u32 = 8;

/// What comes out at calls, and at the parameters of functions that are handed to them.
#[derive(Debug, Default)]
pub(super) struct Joined {
    calls: FxHashMap<Value, Box<[Value]>>,
    parameters: FxHashMap<(UnitId, VariableId), Box<[Value]>>,
}

impl Joined {
    /// The objects that a call may give.
    pub(super) fn of_call(&self, call: Value) -> &[Value] {
        self.calls.get(&call).map_or(&[], |objects| objects)
    }

    /// The objects that a parameter may be.
    pub(super) fn of_parameter(&self, unit: UnitId, parameter: VariableId) -> &[Value] {
        self.parameters.get(&(unit, parameter)).map_or(&[], |objects| objects)
    }
}

/// What joins the ends: the sort of channel, and a text or the expression that made what both ends name.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Text(String, String),
    Value(String, Value),
}

/// An end of an object.
enum End {
    In(Key, Value),
    Call(Key, Value),
    Parameter(Key, UnitId, VariableId),
}

impl Linkage<'_> {
    /// Finds the ends that models name, and joins them.
    pub(super) fn joined(&self, models: &Models) -> Joined {
        let ids = 0..self.units.len() as u32;
        let ends: Vec<_> = ids.into_par_iter().flat_map_iter(|index| self.ends_of(UnitId(index), models)).collect();
        let mut put: FxHashMap<&Key, Vec<Value>> = FxHashMap::default();
        for end in &ends {
            if let End::In(key, object) = end {
                put.entry(key).or_default().push(*object);
            }
        }
        let objects = |key: &Key| put.get(key).filter(|objects| objects.len() <= MOST).map(|objects| objects.as_slice().into());
        let mut joined = Joined::default();
        for end in &ends {
            match end {
                End::Call(key, call) => joined.calls.extend(objects(key).map(|objects| (*call, objects))),
                End::Parameter(key, unit, parameter) => {
                    joined.parameters.extend(objects(key).map(|objects| ((*unit, *parameter), objects)));
                }
                End::In(..) => {}
            }
        }
        joined
    }

    fn ends_of(&self, id: UnitId, models: &Models) -> Vec<End> {
        let unit = self.unit(id);
        let mut ends = Vec::new();
        for (node, content) in unit.all_nodes() {
            let Expr::Call { callee, .. } = content.expr else { continue };
            let callee = Value { unit: id, node: callee };
            if !self.end_name(callee).is_some_and(|name| models.ends_object(name)) {
                continue;
            }
            let Some(path) = self.path_of(callee) else { continue };
            for channel in models.objects(&path, unit.language) {
                ends.extend(self.ends_at(Value { unit: id, node }, channel));
            }
        }
        ends
    }

    /// The last name of a callee's path.
    pub(super) fn end_name(&self, callee: Value) -> Option<&str> {
        self.last_name(callee, MAX_DEPTH)
    }

    fn last_name(&self, callee: Value, depth: u32) -> Option<&str> {
        let depth = depth.checked_sub(1)?;
        let unit = self.unit(callee.unit);
        let here = |node: NodeId| Value { unit: callee.unit, node };
        match *unit.expr(callee.node) {
            Expr::Global(name) | Expr::Module(name) => unit.name(name).rsplit('/').next(),
            Expr::Field { base, name } if unit.name(name) == "default" && matches!(unit.expr(base), Expr::Module(_)) => {
                let resolved = self.resolve(callee);
                if resolved == callee { self.last_name(here(base), depth) } else { self.last_name(resolved, depth) }
            }
            Expr::Field { base, name } => {
                let resolved = if matches!(unit.expr(base), Expr::Module(_)) { self.resolve(callee) } else { callee };
                if resolved == callee { Some(unit.name(name)) } else { self.last_name(resolved, depth) }
            }
            Expr::Call { callee, .. } => self.last_name(here(callee), depth),
            Expr::Variable(variable) => self.last_name(here(unit.variable(variable).definition?), depth),
            _ => None,
        }
    }

    /// What a call is, as one end of a channel.
    fn ends_at(&self, call: Value, channel: &Channel) -> Vec<End> {
        let Some(key) = self.key(call, channel) else { return Vec::new() };
        let put = channel.from.iter().filter_map(|path| self.put_in(call, path)).map(|object| End::In(key.clone(), object));
        let taken = channel.to.iter().filter_map(|path| match (&path.root, &path.function) {
            (Port::Return, None) => Some(End::Call(key.clone(), call)),
            (Port::Argument(_), Some((FunctionPort::Parameter(index), _))) => {
                let (unit, parameter) = self.parameter(call, path, *index)?;
                Some(End::Parameter(key.clone(), unit, parameter))
            }
            _ => None,
        });
        put.chain(taken).collect()
    }

    fn key(&self, call: Value, channel: &Channel) -> Option<Key> {
        let sort = channel.channel.clone();
        let Some(ChannelName::At(path)) = &channel.name else { return None };
        let unit = self.unit(call.unit);
        let here = |node: NodeId| Value { unit: call.unit, node };
        let named = match &path.root {
            // What only wraps something is that.
            Port::Return => return Some(Key::Value(sort, self.resolve(call))),
            Port::Receiver => {
                let Expr::Call { callee, .. } = *unit.expr(call.node) else { return None };
                // A function that a call gave belongs to that call.
                if let Expr::Field { base, .. } = *unit.expr(callee) { here(base) } else { here(callee) }
            }
            Port::Argument(_) => self.argument_of(call, path)?,
            _ => return None,
        };
        if let Some(constant) = self.constant(named) {
            return Some(Key::Text(sort, constant.text()));
        }
        let resolved = self.resolve(named);
        let is_made = matches!(self.unit(resolved.unit).expr(resolved.node), Expr::Call { .. } | Expr::Object(_) | Expr::Class(_));
        is_made.then_some(Key::Value(sort, resolved))
    }

    fn argument_of(&self, call: Value, path: &AccessPath) -> Option<Value> {
        let Port::Argument(position) = &path.root else { return None };
        let unit = self.unit(call.unit);
        let arguments = super::argument::of(unit, call.node);
        let index = super::argument::find(unit, arguments, position)?;
        Some(Value { unit: call.unit, node: unit.given(arguments[index]) })
    }

    /// The object that goes in at a path: an argument, a member of one, or what a function returns that is one.
    fn put_in(&self, call: Value, path: &AccessPath) -> Option<Value> {
        let argument = self.argument_of(call, path)?;
        let value = path.fields.iter().try_fold(argument, |value, field| self.member(value, field))?;
        match &path.function {
            None => Some(self.resolve(value)),
            Some((FunctionPort::Return, _)) => {
                let resolved = self.resolve(value);
                let unit = self.unit(resolved.unit);
                let Expr::Closure(function) = *unit.expr(resolved.node) else { return None };
                let StatementKind::Return(Some(node)) = unit.function(function).body.last()?.kind else { return None };
                Some(self.resolve(Value { unit: resolved.unit, node }))
            }
            Some(_) => None,
        }
    }

    /// The variable that is a parameter of a function which a call is handed.
    fn parameter(&self, call: Value, path: &AccessPath, index: usize) -> Option<(UnitId, VariableId)> {
        let resolved = self.resolve(self.argument_of(call, path)?);
        let unit = self.unit(resolved.unit);
        let Expr::Closure(function) = *unit.expr(resolved.node) else { return None };
        let parameter = unit.function(function).parameters.get(index)?;
        Some((resolved.unit, parameter.variable))
    }
}
