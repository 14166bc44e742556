//! Statements: branches with patterns, loops, `switch`, `try`.

use tree_sitter::Node;

use crate::frontend::grammar::{Form, LAST, Reader, first, node_span, of_field, of_kind};
use crate::frontend::lower::Arm;
use crate::ir::{Block, NodeId, Statement, StatementKind, VariableKind};

/// `throw value`, `rethrow`
pub(super) fn throw(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, of_field("value"));
    reader.ir.push(StatementKind::Throw(value), node_span(node));
    None
}

/// `assert(condition)`: evaluated in builds for developers only.
pub(super) fn assert(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let assertion = reader.part(node, of_kind("assertion"))?;
    let condition = reader.ir.name("kDebugMode", span);
    let (then, ()) = reader.apart(|reader| {
        if let Some(part) = reader.part(assertion, first(0)) {
            reader.statement(part);
        }
    });
    reader.ir.branch(condition, then, Block::new(), span);
    None
}

fn is_pattern(node: Node<'_>) -> bool {
    node.kind().ends_with("_pattern")
}

/// The names that a pattern declares.
fn bound<'t>(reader: &Reader<'t>, pattern: Node<'_>) -> Vec<&'t str> {
    let mut names = Vec::new();
    let mut open = vec![(pattern, 0_u32)];
    while let Some((node, depth)) = open.pop() {
        if node.kind() == "variable_pattern" {
            names.push(reader.source_at(node, of_field("name")));
        } else if depth < 32 {
            open.extend(reader.parts(node).into_iter().filter(|part| is_pattern(*part)).rev().map(|part| (part, depth + 1)));
        }
    }
    names
}

/// `var (a, b) = value;`
pub(super) fn pattern_variables(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let value = reader.must(node, LAST);
    let pattern = reader.parts(node).into_iter().find(|part| is_pattern(*part))?;
    let names = bound(reader, pattern);
    let whole = reader.ir.stable(value);
    for (index, name) in names.into_iter().enumerate() {
        let part = match pattern.kind() {
            "record_pattern" | "list_pattern" => reader.ir.element(whole, Some(index), span),
            "object_pattern" => reader.ir.field(whole, name, span),
            _ => whole,
        };
        reader.ir.bind(name, Some(part), None, span);
    }
    None
}

/// `(a, b) = value`
pub(super) fn pattern_assignment(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let value = reader.must(node, LAST);
    let pattern = reader.part(node, first(0))?;
    let whole = reader.ir.stable(value);
    for (index, name) in bound(reader, pattern).into_iter().enumerate() {
        let part = reader.ir.element(whole, Some(index), span);
        let target = reader.ir.name(name, span);
        reader.ir.assign(target, part, span);
    }
    None
}

/// `if (condition)`, `if (value case pattern when guard)`
pub(super) fn branch(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let condition = reader.must(node, of_field("condition"));
    let patterns: Vec<_> = reader.parts(node).into_iter().filter(|part| is_pattern(*part)).collect();
    let (then, otherwise) = (reader.part(node, of_field("consequence")), reader.part(node, of_field("alternative")));
    let condition = if patterns.is_empty() { condition } else { reader.ir.stable(condition) };
    let (then, ()) = reader.scoped(|reader| {
        for name in patterns.iter().flat_map(|pattern| bound(reader, *pattern)).collect::<Vec<_>>() {
            reader.ir.bind(name, Some(condition), None, span);
        }
        if let Some(then) = then {
            reader.statement(then);
        }
    });
    let otherwise = reader.body(otherwise);
    let condition = if patterns.is_empty() { condition } else { reader.ir.unknown(vec![condition], span) };
    reader.ir.branch(condition, then, otherwise, span);
    None
}

/// The names of a `for … in`.
pub(super) fn loop_names<'t>(reader: &Reader<'t>, node: Node<'_>) -> Vec<&'t str> {
    match reader.part(node, of_field("name")) {
        Some(name) => vec![reader.source(name)],
        None => {
            let parts = reader.parts(node);
            if let Some(pattern) = parts.iter().find(|part| is_pattern(**part)) {
                return bound(reader, *pattern);
            }
            parts.first().filter(|part| part.kind() == "identifier").map(|name| reader.source(*name)).into_iter().collect()
        }
    }
}

/// `for (final a in values)`, `for (var i = 0; i < n; i++)`
pub(super) fn loops(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let Some(iterable) = reader.maybe(node, of_field("value")) else {
        let form = Form::For {
            first: of_field("init"),
            condition: of_field("condition"),
            update: of_field("update"),
            body: of_field("body"),
        };
        reader.loop_form(node, form);
        return None;
    };
    let iterable = reader.ir.stable(iterable);
    let ty = reader.part(node, of_kind("type")).and_then(|ty| reader.ty(ty));
    reader.ir.enter_loop();
    let (round, ()) = reader.scoped(|reader| {
        let names = loop_names(reader, node);
        let element = reader.ir.element(iterable, None, span);
        let values = reader.ir.spread_over(element, names.len());
        for (name, value) in names.into_iter().zip(values) {
            reader.ir.bind(name, Some(value), ty, span);
        }
        if let Some(body) = reader.part(node, of_field("body")) {
            reader.statement(body);
        }
    });
    reader.ir.leave_frame();
    reader.ir.repeat(None, round, Block::new(), span);
    None
}

/// `switch`, as a statement or as a value.
pub(super) fn switch(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let is_value = node.kind() == "switch_expression";
    let subject = reader.must(node, of_field("condition"));
    let subject = reader.ir.stable(subject);
    let cases = match reader.part(node, of_kind("switch_block")) {
        Some(block) => reader.parts(block),
        None => reader.all(node, of_kind("switch_expression_case")),
    };
    reader.ir.enter_arms(!is_value);
    let arms = cases.into_iter().map(|case| arm(reader, case, subject, is_value)).collect();
    reader.ir.leave_arms(!is_value);
    reader.ir.arms(arms, is_value, !is_value, node_span(node))
}

fn arm(reader: &mut Reader<'_>, case: Node<'_>, subject: NodeId, is_value: bool) -> Arm {
    let span = node_span(case);
    let guard = reader.part(case, of_field("guard")).map(|guard| guard.id());
    let (patterns, rest): (Vec<_>, Vec<_>) = reader.parts(case).into_iter().partition(|part| is_pattern(*part));
    let rest: Vec<_> = rest.into_iter().filter(|part| Some(part.id()) != guard && part.kind() != "label").collect();
    let is_wild = |pattern: &Node<'_>| reader.source(*pattern) == "_";
    let is_default = patterns.is_empty() || guard.is_none() && patterns.iter().any(is_wild);
    let mut tests = Vec::new();
    for pattern in &patterns {
        tests.push(if pattern.kind() == "constant_pattern" {
            let value = reader.value(*pattern);
            reader.ir.equals(subject, value)
        } else {
            reader.ir.unknown(vec![subject], node_span(*pattern))
        });
    }
    let (mut body, value) = reader.scoped(|reader| {
        for name in patterns.iter().flat_map(|pattern| bound(reader, *pattern)).collect::<Vec<_>>() {
            reader.ir.bind(name, Some(subject), None, span);
        }
        reader.statements(&rest, is_value)
    });
    if matches!(body.last().map(|last| &last.kind), Some(StatementKind::Break(0))) && !is_value {
        body.pop();
    }
    Arm { tests, is_default, body, value, falls_through: rest.is_empty() && !is_value, span }
}

/// `try { … } on Type catch (error, trace) { … } finally { … }`
pub(super) fn attempt(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let parts = reader.parts(node);
    let body = reader.part(node, of_field("body"));
    let body_id = body.map(|body| body.id());
    let body = reader.body(body);
    let error = reader.ir.temporary(span);
    let (mut names, mut handler): (Vec<&str>, Option<Block>) = (Vec::new(), None);
    for part in parts {
        match part.kind() {
            "catch_clause" => {
                names = reader.all(part, of_field("exception")).into_iter().map(|name| reader.source(name)).collect();
            }
            "block" if Some(part.id()) != body_id => {
                let (block, ()) = reader.scoped(|reader| {
                    for name in std::mem::take(&mut names) {
                        let variable = reader.ir.declare(name, VariableKind::Local, span);
                        let (target, value) = (reader.ir.read(variable, span), reader.ir.read(error, span));
                        reader.ir.assign(target, value, span);
                    }
                    reader.statement(part);
                });
                handler = Some(match handler {
                    Some(then) => {
                        let condition = reader.ir.unknown(Vec::new(), node_span(part));
                        let kind = StatementKind::Branch { condition, then, otherwise: block };
                        vec![Statement { kind, span: node_span(part) }]
                    }
                    None => block,
                });
            }
            _ => {}
        }
    }
    let finally = reader.body(reader.part(node, of_kind("finally_clause")));
    reader.ir.push(StatementKind::Try { body, parameter: Some(error), handler, finally }, span);
    None
}
