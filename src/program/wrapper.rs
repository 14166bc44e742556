//! Calls that give back what they are given: a function that a library wraps is still that function, and options that are merged
//! are still the options.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Linkage, UnitId, Value, argument};
use crate::ir::{Expr, NodeId, StatementKind, Unit, VariableKind};
use crate::rule::model::{Effect, Models};
use crate::rule::{AccessPath, FunctionPort, Port};

/// What a call gives back.
#[derive(Clone, Debug)]
pub(super) enum Wrapped {
    /// This value.
    One(NodeId),
    /// An instance of the class that this names.
    Instance(NodeId),
    /// An object with the members of these, of the last first.
    Merged(Box<[NodeId]>),
}

/// The calls of a program that give back what they are given.
pub(super) type Wrappers = FxHashMap<Value, Wrapped>;

impl Linkage<'_> {
    /// Finds the calls that models call wrappers.
    pub(super) fn wrappers(&self, models: &Models) -> Wrappers {
        let ids = 0..self.units.len() as u32;
        ids.into_par_iter().flat_map_iter(|index| self.unit_wrappers(UnitId(index), models)).collect()
    }

    fn unit_wrappers(&self, id: UnitId, models: &Models) -> Vec<(Value, Wrapped)> {
        let unit = self.unit(id);
        let ends = ends(unit, models);
        let wrapped = unit.all_nodes().filter_map(|(node, content)| {
            let Expr::Call { callee, .. } = content.expr else { return None };
            if !may_wrap(unit, callee, &ends) && !self.is_imported_wrapper(Value { unit: id, node: callee }, models) {
                return None;
            }
            let path = self.path_of(Value { unit: id, node: callee })?;
            let given = match models.wrapper(&path, unit.language)? {
                Effect::Wrapper(from) => wrapped(unit, node, from)?,
                Effect::Instance(from) => match wrapped(unit, node, from)? {
                    Wrapped::One(class) => Wrapped::Instance(class),
                    other => other,
                },
                _ => return None,
            };
            Some((Value { unit: id, node }, given))
        });
        wrapped.collect()
    }

    /// Whether a callee that another file of the tree made is a wrapper: a hook that a library's call gave.
    fn is_imported_wrapper(&self, callee: Value, models: &Models) -> bool {
        let unit = self.unit(callee.unit);
        let is_import = matches!(*unit.expr(callee.node), Expr::Variable(it) if unit.variable(it).kind == VariableKind::Import);
        is_import && self.end_name(callee).is_some_and(|name| models.ends_wrapper(name))
    }
}

/// The names of a unit with which the path of a wrapper may end.
fn ends<'u>(unit: &'u Unit, models: &Models) -> FxHashSet<&'u str> {
    unit.names.iter().map(|(_, name)| name).filter(|name| models.ends_wrapper(last(name))).collect()
}

fn last(module: &str) -> &str {
    module.rsplit(['/', '.']).next().unwrap_or(module)
}

/// How many steps a callee is traced to the name it comes from: a variable may be defined by a call of itself.
const MOST_STEPS: usize = 32;

/// Whether a callee may be a wrapper, by the names that it is written or imported with.
fn may_wrap(unit: &Unit, callee: NodeId, ends: &FxHashSet<&str>) -> bool {
    let mut node = callee;
    for _ in 0..MOST_STEPS {
        node = match *unit.expr(node) {
            Expr::Global(name) | Expr::Module(name) => return ends.contains(unit.name(name)),
            Expr::Field { name, .. } if ends.contains(unit.name(name)) => return true,
            Expr::Field { base, name } if unit.name(name) == "default" && matches!(unit.expr(base), Expr::Module(_)) => base,
            Expr::Call { callee, .. } => callee,
            Expr::Variable(variable) => match unit.variable(variable).definition {
                Some(definition) if !matches!(unit.expr(definition), Expr::Variable(_)) => definition,
                _ => return false,
            },
            _ => return false,
        };
    }
    false
}

/// What a call of a wrapper gives back.
fn wrapped(unit: &Unit, call: NodeId, from: &[AccessPath]) -> Option<Wrapped> {
    let Expr::Call { callee, ref arguments, .. } = *unit.expr(call) else { return None };
    let [path] = from else { return None };
    let node = match &path.root {
        Port::Argument(position) => unit.given(arguments[argument::find(unit, arguments, position)?]),
        // Further arguments would be the first ones of the function.
        Port::Receiver if arguments.len() < 2 => match *unit.expr(callee) {
            Expr::Field { base, .. } => base,
            _ => return None,
        },
        Port::ArgumentsFrom(start) => return Some(Wrapped::Merged(arguments.get(*start..)?.into())),
        _ => return None,
    };
    match path.function {
        None => Some(Wrapped::One(node)),
        Some((FunctionPort::Return, _)) => returned(unit, node).map(Wrapped::One),
        Some(_) => None,
    }
}

/// What a function that is written here returns at its end.
fn returned(unit: &Unit, node: NodeId) -> Option<NodeId> {
    let Expr::Closure(function) = *unit.expr(node) else { return None };
    let StatementKind::Return(result) = unit.function(function).body.last()?.kind else { return None };
    result
}
