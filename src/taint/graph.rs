//! What one function does with values: the summary that callers and callees are joined by.

use super::access::Path;
use super::mark::{Condition, ConditionSet, Mark};
use super::origin::{Cell, Fact};
use crate::ir::{NodeId, VariableId};
use crate::program::FunctionRef;
use crate::rule::Confidence;
use crate::rule::kind::{KindId, KindSet};

/// One function's part of the value flow graph.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// Ordered by [`Edge::from`].
    pub(super) edges: Vec<Edge>,
    /// Where values of a kind arise.
    pub(super) sources: Vec<Source>,
    /// Comparisons that [`Edge::when`] refers to.
    pub(super) conditions: Vec<Condition>,
    /// The ways inside the function.
    pub(super) trails: Vec<Trail>,
    /// The checks that were passed when it returns.
    pub(super) returned: KindSet,
    /// The checks that were passed if it returns true.
    pub(super) returned_true: KindSet,
    /// Whether the budget of steps was used up.
    pub(super) is_cut: bool,
}

/// A value's way from where a function gets it to where it gives it away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: Fact,
    pub(super) to: Output,
    /// As which part of the output.
    pub(super) at: Path,
    /// What it passed on the way, and which checks stand before the output.
    pub(super) passed: KindSet,
    pub(super) sure: Confidence,
    /// What the output says of itself.
    pub(super) mark: Mark,
    /// The comparisons that hold on the way.
    pub(super) when: ConditionSet,
    pub(super) trail: TrailId,
}

/// Where a function gives values away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Output {
    /// Its result.
    Return,
    /// An argument of a call of functions of the tree.
    Argument(NodeId, u32),
    /// A parameter of a function that is handed to a known call as this argument.
    Parameter(FunctionRef, u32, NodeId, u32),
    /// What its own parameter refers to, which the caller sees too.
    Written(u32),
    /// A place of some kind, with how sure that is.
    Sink(NodeId, KindId, Confidence),
    /// A shared place.
    Cell(Cell),
}

/// Where a value of a kind arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) kind: KindId,
    pub(super) site: Site,
    pub(super) sure: Confidence,
    /// Whether only its name says so.
    pub(super) is_by_name: bool,
}

/// A place in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// An expression.
    Node(NodeId),
    /// The declaration of a variable.
    Variable(VariableId),
}

/// A step of a way, with the one before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trail {
    pub(super) before: TrailId,
    pub(super) step: Step,
    pub(super) node: NodeId,
}

/// What happens to a value in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is assigned to this variable.
    Variable(VariableId),
    /// It is written to the member or variable that the node names.
    Written,
    /// It passes the call.
    Through,
    /// It passes a cleaner.
    Cleaned(KindId),
    /// It is an argument of the call.
    Argument,
    /// It is returned.
    Returned,
    /// It reaches its place.
    Sink,
}

/// A way, as an index into [`Graph::trails`]; [`TrailId::START`] for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrailId(pub(super) u32);

impl TrailId {
    pub(super) const START: Self = Self(u32::MAX);
}

impl Graph {
    /// The edges that begin at an atom.
    pub(super) fn edges_from(&self, atom: super::origin::Atom) -> &[Edge] {
        let start = self.edges.partition_point(|edge| edge.from.atom < atom);
        let count = self.edges[start..].iter().take_while(|edge| edge.from.atom == atom).count();
        &self.edges[start..start + count]
    }

    /// Adds a step to a way.
    pub(super) fn extend(&mut self, before: TrailId, step: Step, node: NodeId) -> TrailId {
        self.trails.push(Trail { before, step, node });
        TrailId(self.trails.len() as u32 - 1)
    }
}
