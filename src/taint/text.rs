//! What was found out about a file's calls and functions, as text for people (`forewarn debug calls|summaries FILE`).

use std::fmt::Write as _;

use super::graph::{Graph, Output};
use super::index::World;
use super::trace::name_of;
use super::transfer;
use super::value::{Atom, Cell};
use crate::ir::{Expr, FunctionId, Unit};
use crate::program::{FunctionRef, Program, UnitId};
use crate::rule::Knowledge;

/// Every call of a unit: its resolved path, and the functions of the tree that it may reach.
#[must_use]
pub fn write_calls(program: &Program<'_>, id: UnitId) -> String {
    let unit = program.unit(id);
    let mut text = String::new();
    for (node, content) in unit.all_nodes() {
        let Expr::Call { callee, .. } = content.expr else { continue };
        let path = program.path(id, callee).unwrap_or("(unknown)");
        let targets: Vec<_> = program.targets(id, node).iter().map(|&target| program.function_name(target)).collect();
        let arrow = if targets.is_empty() { String::new() } else { format!(" -> {}", targets.join(", ")) };
        let _ = writeln!(text, "{}: {path}{arrow}", content.span.start);
    }
    text
}

/// The summary of every function of a unit: what comes from where and goes where.
#[must_use]
pub fn write_summaries(program: &Program<'_>, knowledge: &Knowledge, id: UnitId) -> String {
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
        let _ = writeln!(text, "{name}");
        let mut lines: Vec<_> = graph.edges.iter().map(|edge| line(&world, unit, &graph, edge)).collect();
        lines.sort();
        lines.dedup();
        lines.iter().for_each(|line| text.push_str(line));
    }
    text
}

fn line(world: &World<'_>, unit: &Unit, graph: &Graph, edge: &super::graph::Edge) -> String {
    let kinds = &world.knowledge.kinds;
    let passed: Vec<_> = edge.passed.iter().map(|kind| kinds.name(kind)).collect();
    let passed = if passed.is_empty() { String::new() } else { format!(" [{}]", passed.join(", ")) };
    format!("  {} -> {}{passed}\n", from(world, unit, graph, edge.from.atom), to(world, unit, edge.to))
}

fn from(world: &World<'_>, unit: &Unit, graph: &Graph, atom: Atom) -> String {
    let call = |node| name_of(unit, node).unwrap_or_else(|| "call".into());
    match atom {
        Atom::Parameter(index) => format!("parameter {index}"),
        Atom::Result(node) => format!("result of {}", call(node)),
        Atom::Callback(node, argument) => format!("result of argument {argument} of {}", call(node)),
        Atom::Written(node, argument) => format!("argument {argument} after {}", call(node)),
        Atom::Source(source) => {
            let kind = graph.sources[source as usize].kind;
            format!("source {}", world.knowledge.kinds.name(kind))
        }
        Atom::Cell(cell) => shared(world, cell),
    }
}

fn to(world: &World<'_>, unit: &Unit, output: Output) -> String {
    let call = |node| name_of(unit, node).unwrap_or_else(|| "call".into());
    match output {
        Output::Return => "return".into(),
        Output::Argument(node, index) => format!("argument {index} of {}", call(node)),
        Output::Parameter(function, index, ..) => format!("parameter {index} of {}", world.program.function_name(function)),
        Output::Written(index) => format!("inside parameter {index}"),
        Output::Sink(node, kind, _) => format!("{} ({})", world.knowledge.kinds.name(kind), call(node)),
        Output::Cell(cell) => shared(world, cell),
    }
}

fn shared(world: &World<'_>, cell: Cell) -> String {
    match cell {
        Cell::Variable(unit, variable) => {
            let unit = world.program.unit(unit);
            let name = unit.variables.get(variable.index()).map_or("?", |variable| unit.name(variable.name));
            format!("variable {name}")
        }
        Cell::Passed(..) => "what is passed to a function parameter".into(),
        Cell::Field(..) => "field of this".into(),
        Cell::Global(_) => "global".into(),
        Cell::Shared(..) => "member of a shared object".into(),
        Cell::Channel(_) => "channel".into(),
    }
}
