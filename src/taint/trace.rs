//! The way of a value across functions, told in steps.

use super::graph::{Graph, Site, Step as LocalStep, TrailId};
use super::index::{Caller, World};
use crate::ir::{Expr, NodeId, Unit};
use crate::program::{FunctionRef, UnitId, Value};
use crate::source::Span;

/// A piece of a way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trace {
    /// It begins at a source.
    Source,
    /// It begins at a parameter: what was before is the caller's.
    Parameter,
    /// A way inside a function.
    Local { before: TraceId, function: FunctionRef, trail: TrailId },
    /// A way up to a call, and the way inside the called function.
    Call { outer: TraceId, inner: TraceId },
    /// It went through a place that functions share.
    Shared { before: TraceId },
    /// It came back to a caller.
    Back { before: TraceId, caller: Caller },
}

/// A way, as an index into [`Traces`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TraceId(u32);

/// All pieces.
#[derive(Debug, Default)]
pub(super) struct Traces(Vec<Trace>);

impl Traces {
    pub(super) fn add(&mut self, trace: Trace) -> TraceId {
        self.0.push(trace);
        TraceId(self.0.len() as u32 - 1)
    }

    pub(super) const fn count(&self) -> usize {
        self.0.len()
    }

    /// Forgets all but the first pieces.
    pub(super) fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }
}

/// A step of a flow: where, and what happens to the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowStep {
    /// The unit.
    pub unit: UnitId,
    /// The bytes.
    pub span: Span,
    /// What happens, for a person.
    pub message: String,
    /// Whether the value enters a function of the tree here.
    pub enters: bool,
    /// Whether it comes back from one of several implementations, of which another may run as well.
    pub is_choice: bool,
}

/// So many steps are told; what lies between is left out of the middle.
const MAX_STEPS: usize = 24;

/// Tells ways.
pub(super) struct Teller<'t, 'a> {
    pub(super) world: &'t World<'a>,
    pub(super) traces: &'t Traces,
    pub(super) graphs: &'t rustc_hash::FxHashMap<FunctionRef, Graph>,
}

impl Teller<'_, '_> {
    /// The steps of a way, in order, without its source.
    pub(super) fn steps(&self, trace: TraceId) -> Vec<FlowStep> {
        let mut steps = Vec::new();
        // Built from the end, with the pieces that are still to be told on a stack.
        let mut stack = vec![trace];
        while let Some(TraceId(at)) = stack.pop() {
            match self.traces.0[at as usize] {
                Trace::Source | Trace::Parameter => {}
                Trace::Local { before, function, trail } => {
                    self.local(function, trail, &mut steps);
                    stack.push(before);
                }
                Trace::Call { outer, inner } => {
                    stack.push(outer);
                    stack.push(inner);
                }
                Trace::Shared { before } => stack.push(before),
                Trace::Back { before, caller } => {
                    if caller.argument.is_none() {
                        let call = Value { unit: caller.function.unit, node: caller.call };
                        let is_choice = caller.handed_by.is_none() && self.world.program.rivals(call) > 1;
                        let message = "is returned from the call".into();
                        steps.push(FlowStep { is_choice, ..self.step(caller.function, caller.call, message) });
                    }
                    stack.push(before);
                }
            }
        }
        steps.reverse();
        steps.dedup();
        if steps.len() > MAX_STEPS {
            steps.drain(MAX_STEPS / 2..steps.len() - MAX_STEPS / 2);
        }
        steps
    }

    /// Through how many places that functions share a way leads, and through how many of these, calls and returns.
    pub(super) fn hops(&self, trace: TraceId) -> (usize, usize) {
        let (mut shared, mut hops) = (0, 0);
        let mut stack = vec![trace];
        while let Some(TraceId(at)) = stack.pop() {
            match self.traces.0[at as usize] {
                Trace::Source | Trace::Parameter => {}
                Trace::Local { before, .. } => stack.push(before),
                Trace::Back { before, .. } => {
                    hops += 1;
                    stack.push(before);
                }
                Trace::Shared { before } => {
                    shared += 1;
                    hops += 1;
                    stack.push(before);
                }
                Trace::Call { outer, inner } => {
                    hops += 1;
                    stack.extend([outer, inner]);
                }
            }
        }
        (shared, hops)
    }

    /// The steps inside a function, last first.
    fn local(&self, function: FunctionRef, trail: TrailId, steps: &mut Vec<FlowStep>) {
        let graph = &self.graphs[&function];
        let mut at = trail;
        while at != TrailId::START {
            let piece = graph.trails[at.0 as usize];
            if let Some(message) = self.message(function, piece.step, piece.node) {
                let enters = piece.step == LocalStep::Argument;
                steps.push(FlowStep { enters, ..self.step(function, piece.node, message) });
            }
            at = piece.before;
        }
    }

    fn step(&self, function: FunctionRef, node: NodeId, message: String) -> FlowStep {
        FlowStep {
            unit: function.unit,
            span: self.world.program.unit(function.unit).span(node),
            message,
            enters: false,
            is_choice: false,
        }
    }

    fn message(&self, function: FunctionRef, step: LocalStep, node: NodeId) -> Option<String> {
        let unit = self.world.program.unit(function.unit);
        let kinds = &self.world.knowledge.kinds;
        Some(match step {
            LocalStep::Variable(variable) => {
                format!("is assigned to `{}`", unit.name(unit.variable(variable).name))
            }
            LocalStep::Written => format!("is written to `{}`", written(unit, node)?),
            LocalStep::Through => format!("passes `{}`", self.callee(function.unit, node)),
            LocalStep::Cleaned(kind) => format!("passes {} in `{}`", kinds.get(kind).what, self.callee(function.unit, node)),
            LocalStep::Argument => format!("is passed to `{}`", self.callee(function.unit, node)),
            LocalStep::Returned => format!("is returned by `{}`", self.world.program.function_name(function)),
            LocalStep::Sink => return None,
        })
    }

    /// What is called, for a person.
    pub(super) fn callee(&self, id: UnitId, node: NodeId) -> String {
        let unit = self.world.program.unit(id);
        match *unit.expr(node) {
            Expr::Call { callee, .. } => name_of(unit, callee).unwrap_or_else(|| "a function".into()),
            Expr::Assign { target, .. } => name_of(unit, target).unwrap_or_else(|| "a member".into()),
            _ => name_of(unit, node).unwrap_or_else(|| "an expression".into()),
        }
    }

    /// Where a source stands, for a person.
    pub(super) fn source(&self, function: FunctionRef, site: Site) -> (Span, String) {
        let unit = self.world.program.unit(function.unit);
        match site {
            Site::Node(node) => (unit.span(node), format!("`{}`", self.callee(function.unit, node))),
            Site::Variable(variable) => {
                let variable = unit.variable(variable);
                let name = unit.name(variable.name);
                (variable.span, if name.is_empty() { "the parameter".to_owned() } else { format!("`{name}`") })
            }
        }
    }
}

fn written(unit: &Unit, node: NodeId) -> Option<String> {
    match *unit.expr(node) {
        Expr::Assign { target, .. } => name_of(unit, target),
        Expr::Call { callee, .. } => name_of(unit, callee),
        _ => None,
    }
}

/// The name of a variable or member: `wallet.seed`. At most three members, no arguments, never a value.
pub(super) fn name_of(unit: &Unit, node: NodeId) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = node;
    while parts.len() < 3 {
        match *unit.expr(at) {
            Expr::Field { base, name } => {
                parts.push(unit.name(name).to_owned());
                at = base;
            }
            Expr::Index { base, .. } => at = base,
            Expr::Call { callee, .. } => {
                parts.push(format!("{}()", name_of(unit, callee)?));
                break;
            }
            Expr::Variable(variable) => {
                parts.push(unit.name(unit.variable(variable).name).to_owned());
                break;
            }
            Expr::Global(name) | Expr::Module(name) => {
                parts.push(unit.name(name).to_owned());
                break;
            }
            Expr::This => {
                parts.push("this".into());
                break;
            }
            _ => break,
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.reverse();
    (!parts.is_empty()).then(|| parts.join("."))
}
