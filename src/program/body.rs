//! What stands in the body of a function, without looking through the whole file for each.

use super::{FunctionRef, Program};
use crate::ir::{FunctionId, NodeId, Unit};

/// The expressions of a unit by the function in which they stand, and the functions by the one around them.
#[derive(Debug)]
pub(super) struct Bodies {
    /// By function: where its expressions begin in `nodes`; one more at the end.
    starts: Vec<u32>,
    nodes: Vec<NodeId>,
    inner: Vec<Vec<FunctionId>>,
}

impl Bodies {
    fn of(unit: &Unit) -> Self {
        let count = unit.functions.len();
        let mut starts = vec![0_u32; count + 1];
        for (_, node) in unit.all_nodes() {
            starts[node.function.index() + 1] += 1;
        }
        for index in 0..count {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut nodes = vec![NodeId(0); unit.nodes.len()];
        for (id, node) in unit.all_nodes() {
            let place = &mut next[node.function.index()];
            nodes[*place as usize] = id;
            *place += 1;
        }
        let mut inner = vec![Vec::new(); count];
        for (index, function) in unit.functions.iter().enumerate() {
            if let Some(owner) = function.owner {
                inner[owner.index()].push(FunctionId(index as u32));
            }
        }
        Self { starts, nodes, inner }
    }

    fn own(&self, function: FunctionId) -> &[NodeId] {
        &self.nodes[self.starts[function.index()] as usize..self.starts[function.index() + 1] as usize]
    }
}

impl Program<'_> {
    fn bodies(&self, function: FunctionRef) -> &Bodies {
        self.bodies[function.unit.0 as usize].get_or_init(|| Bodies::of(self.unit(function.unit)))
    }

    /// The expressions in the body of a function, in the order of the unit; not those of closures in it.
    #[must_use]
    pub fn body(&self, function: FunctionRef) -> &[NodeId] {
        self.bodies(function).own(function.function)
    }

    /// The expressions in the body of a function and of the closures in it, in the order of the unit.
    #[must_use]
    pub fn whole_body(&self, function: FunctionRef) -> Vec<NodeId> {
        let bodies = self.bodies(function);
        let mut functions = vec![function.function];
        let mut nodes = Vec::new();
        while let Some(function) = functions.pop() {
            nodes.extend_from_slice(bodies.own(function));
            functions.extend_from_slice(&bodies.inner[function.index()]);
        }
        nodes.sort_unstable();
        nodes
    }
}
