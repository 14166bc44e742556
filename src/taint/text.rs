//! What was found out about a file's calls and functions, as text for people (`forewarn debug calls|summaries FILE`).

use std::fmt::Write as _;

use super::graph::{Edge, Graph, Output};
use super::index::World;
use super::origin::{Atom, Cell, THIS, THROWN};
use super::trace::name_of;
use super::transfer;
use crate::ir::{Expr, FunctionId, NodeId, Unit, VariableId};
use crate::program::{FunctionRef, Program, UnitId};
use crate::rule::Knowledge;
use crate::source::LineIndex;

/// Every call of a unit: its resolved path, and the functions of the tree that it may reach.
#[must_use]
pub fn write_calls(program: &Program<'_>, id: UnitId, lines: &LineIndex) -> String {
    let unit = program.unit(id);
    let mut found = Vec::new();
    for (node, content) in unit.all_nodes() {
        let Expr::Call { callee, .. } = content.expr else { continue };
        let path = program.path(id, callee).unwrap_or("(unknown)");
        let targets: Vec<_> = program.targets(id, node).iter().map(|&target| program.function_name(target)).collect();
        let arrow = if targets.is_empty() { String::new() } else { format!(" -> {}", targets.join(", ")) };
        found.push((lines.line(content.span.start), format!("{path}{arrow}")));
    }
    found.sort();
    let mut text = String::new();
    for (line, call) in found {
        let _ = writeln!(text, "{line:>5}  {call}");
    }
    text
}

/// The summary of every function of a unit: what comes from where and goes where.
#[must_use]
pub fn write_summaries(program: &Program<'_>, knowledge: &Knowledge, id: UnitId, lines: &LineIndex) -> String {
    let world = World::new(program, knowledge);
    let checks = super::checks(&world);
    let unit = program.unit(id);
    let mut text = String::new();
    for index in 0..unit.functions.len() {
        let function = FunctionRef { unit: id, function: FunctionId(index as u32) };
        let graph = transfer::run(&world, function, &checks);
        if graph.edges.is_empty() {
            continue;
        }
        let name = if index == 0 { "(module)".into() } else { program.function_name(function) };
        let _ = writeln!(text, "{name} (line {})", lines.line(unit.function(function.function).span.start));
        let summary = Summary { world: &world, function, graph: &graph, lines };
        let mut lines: Vec<_> = graph.edges.iter().map(|edge| summary.line(edge)).collect();
        lines.sort();
        lines.dedup();
        lines.iter().for_each(|(_, line)| text.push_str(line));
    }
    text
}

/// The graph of a function, to be told.
struct Summary<'t, 'a> {
    world: &'t World<'a>,
    function: FunctionRef,
    graph: &'t Graph,
    lines: &'t LineIndex,
}

impl Summary<'_, '_> {
    /// An edge, with the line that it leads to.
    fn line(&self, edge: &Edge) -> (u32, String) {
        let kinds = &self.world.knowledge.kinds;
        let passed: Vec<_> = edge.passed.iter().map(|kind| kinds.name(kind)).collect();
        let passed = if passed.is_empty() { String::new() } else { format!(" [{}]", passed.join(", ")) };
        let node = match edge.to {
            Output::Argument(node, _) | Output::Parameter(_, _, node, _) | Output::Sink(node, ..) => Some(node),
            Output::Return | Output::Written(_) | Output::Cell(_) => None,
        };
        let line = node.map_or(0, |node| self.lines.line(self.unit().span(node).start));
        let place = if line == 0 { String::new() } else { format!(" (line {line})") };
        (line, format!("  {} -> {}{place}{passed}\n", self.from(edge.from.atom), self.to(edge.to)))
    }

    fn unit(&self) -> &Unit {
        self.world.program.unit(self.function.unit)
    }

    fn name_of(&self, node: NodeId) -> String {
        name_of(self.unit(), node).unwrap_or_else(|| "a call".into())
    }

    fn parameter(&self, index: u32) -> String {
        match index {
            THIS => return "the receiver".into(),
            THROWN => return "what it throws".into(),
            _ => {}
        }
        let parameters = &self.unit().function(self.function.function).parameters;
        let name = parameters.get(index as usize).map_or("", |it| self.unit().name(self.unit().variable(it.variable).name));
        if name.is_empty() { format!("parameter {index}") } else { format!("parameter `{name}`") }
    }

    fn from(&self, atom: Atom) -> String {
        match atom {
            Atom::Parameter(index) => self.parameter(index),
            Atom::Result(node) => format!("result of `{}`", self.name_of(node)),
            Atom::Callback(node, argument) => format!("result of argument {argument} of `{}`", self.name_of(node)),
            Atom::Written(node, argument) => format!("{} after `{}`", argument_name(argument), self.name_of(node)),
            Atom::Left(node, argument, parameter) => {
                format!("what argument {argument} of `{}` leaves in its parameter {parameter}", self.name_of(node))
            }
            Atom::Source(source) => {
                let kind = self.graph.sources[source as usize].kind;
                format!("source {}", self.world.knowledge.kinds.name(kind))
            }
            Atom::Cell(cell) => shared(self.world, cell),
        }
    }

    fn to(&self, output: Output) -> String {
        match output {
            Output::Return => "result".into(),
            Output::Argument(node, index) => format!("{} of `{}`", argument_name(index), self.name_of(node)),
            Output::Parameter(function, index, ..) => {
                format!("parameter {index} of `{}`", self.world.program.function_name(function))
            }
            Output::Written(index) => format!("inside {}", self.parameter(index)),
            Output::Sink(node, kind, _) => format!("{}, `{}`", self.world.knowledge.kinds.name(kind), self.name_of(node)),
            Output::Cell(cell) => shared(self.world, cell),
        }
    }
}

fn argument_name(index: u32) -> String {
    match index {
        THIS => "the receiver".into(),
        THROWN => "what is thrown".into(),
        index => format!("argument {index}"),
    }
}

fn shared(world: &World<'_>, cell: Cell) -> String {
    let variable = |unit: UnitId, variable: VariableId| {
        let unit = world.program.unit(unit);
        unit.variables.get(variable.index()).map_or("?", |variable| unit.name(variable.name))
    };
    match cell {
        Cell::Variable(unit, id) => format!("variable `{}`", variable(unit, id)),
        Cell::Passed(unit, id) => format!("what `{}` is called with", variable(unit, id)),
        Cell::Field(..) => "a field of the class".into(),
        Cell::Global(..) => "a global".into(),
        Cell::Shared(..) => "a member of a shared object".into(),
        Cell::Channel(_) => "a channel".into(),
    }
}
