//! Callee patterns against the paths of a program: each different path is matched once, however often it occurs.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::ir::{CallKind, Expr, NodeId, Unit};
use crate::program::{FunctionRef, PathId, Program, UnitId, Value};
use crate::rule::{CalleeIndex, CalleePattern};

/// How many calls deep a function's body is followed into other functions of the tree.
const MAX_DEPTH: u32 = 3;

/// Which owners of patterns the paths of a program concern.
#[derive(Debug)]
pub(super) struct Callees {
    /// By path: owners, and whether the pattern asks for a constructor call.
    owners: Vec<Box<[(usize, bool)]>>,
    index: CalleeIndex<usize>,
}

impl Callees {
    /// Matches patterns, each with the number of its owner.
    pub(super) fn new<'p>(program: &Program<'_>, patterns: impl Iterator<Item = (usize, &'p CalleePattern)>) -> Self {
        let index = patterns.collect();
        let paths: Vec<_> = program.all_paths().collect();
        Self { owners: paths.into_par_iter().map(|(_, path)| find(&index, path)).collect(), index }
    }

    /// The owners of patterns that match an element by the name that the file gives its component: `<Input>` is `?Input`, wherever
    /// the component comes from.
    pub(super) fn owners_of_element(&self, name: &str) -> impl Iterator<Item = usize> {
        find(&self.index, &format!("?{name}")).into_iter().map(|(owner, _)| owner)
    }

    /// The owners of patterns that match some call of a unit.
    pub(super) fn owners_in(&self, program: &Program<'_>, id: UnitId) -> FxHashSet<usize> {
        let unit = program.unit(id);
        let calls = unit.nodes.iter().filter_map(|node| match node.expr {
            Expr::Call { callee, kind, .. } => Some((program.path_id(id, callee)?, kind)),
            _ => None,
        });
        calls.flat_map(|(path, kind)| self.owners(path, kind)).collect()
    }

    /// The owners of patterns that some path of the program matches.
    pub(super) fn met(&self) -> FxHashSet<usize> {
        self.owners.iter().flatten().map(|&(owner, _)| owner).collect()
    }

    /// Whether a node is a call that matches a pattern of an owner.
    pub(super) fn is_call_of(&self, program: &Program<'_>, (unit, node): (UnitId, NodeId), owner: usize) -> bool {
        let Expr::Call { callee, kind, .. } = *program.unit(unit).expr(node) else { return false };
        program.path_id(unit, callee).is_some_and(|path| self.owners(path, kind).any(|other| other == owner))
    }

    /// The owners of patterns that match a call of `path`.
    pub(super) fn owners(&self, path: PathId, kind: CallKind) -> impl Iterator<Item = usize> {
        let is_new = kind == CallKind::New;
        let mut last = None;
        self.owners[path.0 as usize].iter().filter(move |(_, wants_new)| is_new || !wants_new).filter_map(move |(owner, _)| {
            let is_repeated = last.replace(*owner) == Some(*owner);
            (!is_repeated).then_some(*owner)
        })
    }
}

/// The owners of the patterns that a path matches; ordered.
fn find(index: &CalleeIndex<usize>, path: &str) -> Box<[(usize, bool)]> {
    let mut owners: Vec<_> = index.matching(path).iter().map(|matched| (matched.owner, matched.only_new)).collect();
    owners.sort_unstable();
    owners.dedup();
    owners.into()
}

/// Whether a call node's path matches one of some patterns.
pub(super) fn calls_any(program: &Program<'_>, unit: UnitId, node: NodeId, patterns: &[CalleePattern]) -> bool {
    let Expr::Call { callee, kind, .. } = program.unit(unit).expr(node) else { return false };
    let Some(path) = program.path(unit, *callee) else { return false };
    patterns.iter().any(|pattern| pattern.matches(path, *kind == CallKind::New))
}

/// Whether a node reads, or calls, something whose path matches one of some patterns.
pub(super) fn mentions_any(program: &Program<'_>, unit: UnitId, node: NodeId, patterns: &[CalleePattern]) -> bool {
    let path = program.path(unit, node);
    path.is_some_and(|path| patterns.iter().any(|pattern| pattern.matches(path, false))) || calls_any(program, unit, node, patterns)
}

/// Whether a function, with the closures in it and the functions of the tree that it certainly calls, makes a call that is meant.
pub(super) fn body_calls(program: &Program<'_>, function: FunctionRef, is_meant: &dyn Fn(UnitId, NodeId) -> bool) -> bool {
    let is_certain = |unit, node| program.rivals(Value { unit, node }) < 2;
    Walk { program, follows: &is_certain }.any(function, is_meant)
}

/// The same for the functions of the tree that it may call, one of several that implement an interface included.
pub(super) fn body_may_call(program: &Program<'_>, function: FunctionRef, is_meant: &dyn Fn(UnitId, NodeId) -> bool) -> bool {
    Walk { program, follows: &|_, _| true }.any(function, is_meant)
}

/// A function, and the functions of the tree that it calls, as far as they are followed.
pub(super) fn reached(program: &Program<'_>, function: FunctionRef) -> Vec<FunctionRef> {
    let walk = Walk { program, follows: &|_, _| true };
    let mut functions = vec![function];
    walk.through(&mut functions, &mut |_, _| false);
    functions
}

/// A walk from a function to those that it calls.
struct Walk<'w, 'a> {
    program: &'w Program<'a>,
    /// Whether a call is followed to its targets.
    follows: &'w dyn Fn(UnitId, NodeId) -> bool,
}

impl Walk<'_, '_> {
    fn any(&self, function: FunctionRef, is_meant: &dyn Fn(UnitId, NodeId) -> bool) -> bool {
        self.through(&mut vec![function], &mut |unit, node| is_meant(unit, node))
    }

    /// Adds the functions that are reached to the first one, those that are near before those that are far; ends as soon as a call
    /// is what is looked for.
    fn through(&self, functions: &mut Vec<FunctionRef>, is_found: &mut dyn FnMut(UnitId, NodeId) -> bool) -> bool {
        let mut seen: FxHashSet<FunctionRef> = functions.iter().copied().collect();
        let mut start = 0;
        for depth in 0..=MAX_DEPTH {
            let end = functions.len();
            for index in start..end {
                let unit = functions[index].unit;
                for node in self.program.calls_within(functions[index]) {
                    if is_found(unit, node) {
                        return true;
                    }
                    if depth < MAX_DEPTH && (self.follows)(unit, node) {
                        functions.extend(self.program.targets(unit, node).iter().filter(|target| seen.insert(**target)));
                    }
                }
            }
            start = end;
        }
        false
    }
}

/// The last name of a place or callee.
pub(super) fn written_name(unit: &Unit, node: NodeId) -> Option<&str> {
    match unit.expr(node) {
        Expr::Variable(variable) => Some(unit.name(unit.variable(*variable).name)),
        Expr::Field { name, .. } | Expr::Global(name) => Some(unit.name(*name)),
        Expr::Typed { value, .. } => written_name(unit, *value),
        _ => None,
    }
}
