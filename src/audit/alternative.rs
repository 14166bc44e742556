//! The values that an expression may have, where it is not always the same one: options that a branch or a function chooses.

use crate::ir::{Block, Expr, NodeId, StatementKind, VariableId};
use crate::program::{Program, UnitId, Value};

/// How many choices in a row are followed.
const MAX_DEPTH: u32 = 4;
/// How many values are told apart.
const MOST: usize = 8;

/// What `value` may be; itself, resolved, if nothing is known to choose.
pub(super) fn alternatives(program: &Program<'_>, value: Value) -> Vec<Value> {
    let mut found = Vec::new();
    collect(program, value, MAX_DEPTH, &mut found);
    found
}

fn collect(program: &Program<'_>, value: Value, depth: u32, found: &mut Vec<Value>) {
    let resolved = program.resolve(value);
    let choices = if depth == 0 { Vec::new() } else { choices(program, resolved) };
    if choices.is_empty() && found.len() < MOST && !found.contains(&resolved) {
        found.push(resolved);
    }
    for choice in choices {
        collect(program, choice, depth - 1, found);
    }
}

fn choices(program: &Program<'_>, value: Value) -> Vec<Value> {
    let unit = program.unit(value.unit);
    let here = |node: NodeId| Value { unit: value.unit, node };
    match unit.expr(value.node) {
        Expr::Conditional { then, otherwise, .. } => vec![here(*then), here(*otherwise)],
        Expr::Logical { left, right, .. } => vec![here(*left), here(*right)],
        Expr::Variable(variable) => assigned(program, value.unit, *variable),
        Expr::Call { .. } => match program.targets(value.unit, value.node) {
            [function] => {
                let mut returned = Vec::new();
                collect_returned(&program.unit(function.unit).function(function.function).body, &mut returned);
                returned.into_iter().map(|node| Value { unit: function.unit, node }).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Everything that is written to a variable that is written more than once.
fn assigned(program: &Program<'_>, id: UnitId, variable: VariableId) -> Vec<Value> {
    let unit = program.unit(id);
    if unit.variable(variable).assignments < 2 {
        return Vec::new();
    }
    let written = unit.all_nodes().filter_map(|(_, node)| match node.expr {
        Expr::Assign { target, value } => matches!(unit.expr(target), Expr::Variable(it) if *it == variable).then_some(value),
        _ => None,
    });
    written.map(|node| Value { unit: id, node }).collect()
}

/// What the returns of a function give, closures in it left out.
pub(super) fn collect_returned(block: &Block, returned: &mut Vec<NodeId>) {
    for statement in block {
        match &statement.kind {
            StatementKind::Return(Some(node)) => returned.push(*node),
            StatementKind::Branch { then, otherwise, .. } => {
                [then, otherwise].into_iter().for_each(|it| collect_returned(it, returned))
            }
            StatementKind::Loop { body, .. } => collect_returned(body, returned),
            StatementKind::Try { body, handler, finally, .. } => {
                [Some(body), handler.as_ref(), Some(finally)].into_iter().flatten().for_each(|it| collect_returned(it, returned));
            }
            _ => {}
        }
    }
}
