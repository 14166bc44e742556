//! Callee patterns against the paths of a program: each different path is matched once, however often it occurs.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::ir::{CallKind, Expr, NodeId, Unit};
use crate::program::{FunctionRef, PathId, Program, UnitId};
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

/// Whether a function, with the closures in it and the functions of the tree that it calls, makes one of some calls.
pub(super) fn body_calls(program: &Program<'_>, function: FunctionRef, patterns: &[CalleePattern]) -> bool {
    let mut seen = Vec::new();
    let mut found = false;
    visit_calls(program, function, MAX_DEPTH, &mut seen, &mut |unit, node| found |= calls_any(program, unit, node, patterns));
    found
}

/// A function, and the functions of the tree that it calls, as far as they are followed.
pub(super) fn reached(program: &Program<'_>, function: FunctionRef) -> Vec<FunctionRef> {
    let mut seen = Vec::new();
    visit_calls(program, function, MAX_DEPTH, &mut seen, &mut |_, _| {});
    seen
}

fn visit_calls(
    program: &Program<'_>,
    function: FunctionRef,
    depth: u32,
    seen: &mut Vec<FunctionRef>,
    visit: &mut dyn FnMut(UnitId, NodeId),
) {
    if seen.contains(&function) {
        return;
    }
    seen.push(function);
    let unit = program.unit(function.unit);
    for node in program.whole_body(function) {
        if !matches!(unit.expr(node), Expr::Call { .. }) {
            continue;
        }
        visit(function.unit, node);
        for target in program.targets(function.unit, node).iter().filter(|_| depth > 0) {
            visit_calls(program, *target, depth - 1, seen, visit);
        }
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
