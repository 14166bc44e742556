//! What stands in the body of a function, without looking through the whole file for each.

use super::{FunctionRef, Program};
use crate::ir::{Expr, FunctionId, NodeId, Unit};

/// Lists of expressions by the function in which they stand, one behind another.
#[derive(Debug)]
struct ByFunction {
    /// By function: where its list begins in `nodes`; one more at the end.
    starts: Vec<u32>,
    nodes: Vec<NodeId>,
}

impl ByFunction {
    /// Sorts expressions of a unit, which come in its order, into the lists of their functions.
    fn of(unit: &Unit, nodes: &[NodeId]) -> Self {
        let function = |node: &NodeId| unit.nodes[node.index()].function.index();
        let count = unit.functions.len();
        let mut starts = vec![0_u32; count + 1];
        nodes.iter().for_each(|node| starts[function(node) + 1] += 1);
        for index in 0..count {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut sorted = vec![NodeId(0); nodes.len()];
        for node in nodes {
            let place = &mut next[function(node)];
            sorted[*place as usize] = *node;
            *place += 1;
        }
        Self { starts, nodes: sorted }
    }

    fn list(&self, function: FunctionId) -> &[NodeId] {
        #[cfg(test)]
        crate::ir::steps::count((self.starts[function.index() + 1] - self.starts[function.index()]) as usize);
        &self.nodes[self.starts[function.index()] as usize..self.starts[function.index() + 1] as usize]
    }
}

/// The expressions of a unit by the function in which they stand, and the functions by the one around them.
#[derive(Debug)]
pub(super) struct Bodies {
    nodes: ByFunction,
    calls: ByFunction,
    inner: Vec<Vec<FunctionId>>,
}

impl Bodies {
    fn of(unit: &Unit) -> Self {
        let nodes: Vec<_> = unit.all_nodes().map(|(id, _)| id).collect();
        let is_call = |node: &NodeId| matches!(unit.expr(*node), Expr::Call { .. });
        let calls: Vec<_> = nodes.iter().copied().filter(is_call).collect();
        let mut inner = vec![Vec::new(); unit.functions.len()];
        for (index, function) in unit.functions.iter().enumerate() {
            if let Some(owner) = function.owner {
                inner[owner.index()].push(FunctionId(index as u32));
            }
        }
        Self { nodes: ByFunction::of(unit, &nodes), calls: ByFunction::of(unit, &calls), inner }
    }

    /// A function, and those that stand in it.
    fn within(&self, function: FunctionId) -> impl Iterator<Item = FunctionId> {
        let mut open = vec![function];
        std::iter::from_fn(move || {
            let function = open.pop()?;
            open.extend_from_slice(&self.inner[function.index()]);
            Some(function)
        })
    }
}

impl Program<'_> {
    fn bodies(&self, function: FunctionRef) -> &Bodies {
        self.bodies[function.unit.0 as usize].get_or_init(|| Bodies::of(self.unit(function.unit)))
    }

    /// The expressions in the body of a function, in the order of the unit; not those of closures in it.
    #[must_use]
    pub fn body(&self, function: FunctionRef) -> &[NodeId] {
        self.bodies(function).nodes.list(function.function)
    }

    /// The expressions in the body of a function and of the closures in it: of each function in the order of the unit, one after
    /// another.
    pub fn nodes_within(&self, function: FunctionRef) -> impl Iterator<Item = NodeId> {
        let bodies = self.bodies(function);
        bodies.within(function.function).flat_map(|function| bodies.nodes.list(function).iter().copied())
    }

    /// The same for calls alone.
    pub fn calls_within(&self, function: FunctionRef) -> impl Iterator<Item = NodeId> {
        let bodies = self.bodies(function);
        bodies.within(function.function).flat_map(|function| bodies.calls.list(function).iter().copied())
    }

    /// The first call that is meant in the text of a function and of the closures in it.
    #[must_use]
    pub fn first_call_within(&self, function: FunctionRef, is_meant: impl Fn(NodeId) -> bool) -> Option<NodeId> {
        self.calls_within(function).filter(|node| is_meant(*node)).min()
    }
}
