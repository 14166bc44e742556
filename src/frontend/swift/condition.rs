//! Statements: conditions that bind, branches, loops, `switch`, conditional compilation.

use tree_sitter::Node;

use crate::frontend::grammar::{LAST, Reader, first, node_span, of_field, of_kind};
use crate::frontend::lower::{Arm, binary};
use crate::ir::{BinaryOp, Block, Expr, LogicalOp, NodeId, StatementKind, UnaryOp};

/// Statements in a scope of their own; parts under `#if` are branches.
pub(super) fn statements(reader: &mut Reader<'_>, node: Node<'_>, is_used: bool) -> Option<NodeId> {
    let parts = reader.parts(node);
    reader.ir.scopes.enter();
    let value = match &parts[..] {
        [only] if is_used && matches!(only.kind(), "if_statement" | "switch_statement") => Some(used(reader, *only)),
        parts if parts.iter().any(|part| part.kind() == "directive") => {
            compiled(reader, parts, 0);
            None
        }
        parts => reader.statements(parts, is_used),
    };
    reader.ir.scopes.leave();
    value
}

/// A value; `if` and `switch` have one where it is asked for.
pub(super) fn used(reader: &mut Reader<'_>, node: Node<'_>) -> NodeId {
    let span = node_span(node);
    if !reader.ir.descend(span) {
        return reader.ir.unknown(Vec::new(), span);
    }
    let value = match node.kind() {
        "if_statement" => branch(reader, node, true),
        "switch_statement" => switch(reader, node, true),
        _ => Some(reader.value(node)),
    };
    reader.ir.ascend();
    value.unwrap_or_else(|| reader.ir.null(span))
}

/// How deep `#if` is followed within `#if`.
const MAX_NESTING: u32 = 8;

/// Statements of which some stand between `#if` and `#endif`.
fn compiled(reader: &mut Reader<'_>, parts: &[Node<'_>], depth: u32) {
    let mut rest = parts;
    while let Some(start) = rest.iter().position(|part| begins(reader, *part, "#if")) {
        run(reader, &rest[..start]);
        let (mut level, mut middle, mut end) = (0, None, rest.len());
        for (index, part) in rest.iter().enumerate().skip(start) {
            if begins(reader, *part, "#if") {
                level += 1;
            } else if begins(reader, *part, "#endif") {
                level -= 1;
                if level == 0 {
                    end = index;
                    break;
                }
            } else if level == 1 && begins(reader, *part, "#else") && middle.is_none() {
                middle = Some(index);
            }
        }
        let (condition, span) = (flag(reader, rest[start]), node_span(rest[start]));
        let within = |reader: &mut Reader<'_>, parts: &[Node<'_>]| {
            if depth < MAX_NESTING { compiled(reader, parts, depth + 1) } else { run(reader, parts) }
        };
        let (then, ()) = reader.apart(|reader| within(reader, &rest[start + 1..middle.unwrap_or(end)]));
        let otherwise = middle.map_or(&[][..], |middle| &rest[middle + 1..end]);
        let (otherwise, ()) = reader.apart(|reader| within(reader, otherwise));
        reader.ir.branch(condition, then, otherwise, span);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    run(reader, rest);
}

fn run(reader: &mut Reader<'_>, parts: &[Node<'_>]) {
    reader.statements(parts, false);
}

fn begins(reader: &Reader<'_>, node: Node<'_>, word: &str) -> bool {
    node.kind() == "directive" && reader.source(node).starts_with(word)
}

/// The condition of `#if`: a name, or its opposite.
fn flag(reader: &mut Reader<'_>, node: Node<'_>) -> NodeId {
    let span = node_span(node);
    let text = reader.source(node).trim_start_matches("#if").trim();
    let name = text.trim_start_matches('!').trim();
    if name.is_empty() || !name.chars().all(|char| char.is_alphanumeric() || char == '_') {
        return reader.ir.unknown(Vec::new(), span);
    }
    let operand = reader.ir.name(name, span);
    if text == name { operand } else { reader.ir.node(Expr::Unary { op: UnaryOp::Not, operand }, span) }
}

/// The parts of a statement: its conditions, each as its nodes and tokens; then what stands behind its brace or `else`.
fn divided(node: Node<'_>) -> (Vec<Vec<Node<'_>>>, Vec<Node<'_>>) {
    let (mut conditions, mut rest, mut level, mut is_behind) = (vec![Vec::new()], Vec::new(), 0, false);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor).skip(1) {
        match child.kind() {
            "{" | "else" if level == 0 => is_behind = true,
            "(" => level += 1,
            ")" => level -= 1,
            _ => {}
        }
        match (child.kind(), conditions.last_mut()) {
            _ if is_behind => rest.push(child),
            (",", _) if level == 0 => conditions.push(Vec::new()),
            (_, Some(last)) => last.push(child),
            _ => {}
        }
    }
    (conditions, rest)
}

/// Lowers conditions in order; names that they bind belong to the scope around.
fn conditions(reader: &mut Reader<'_>, list: Vec<Vec<Node<'_>>>, span: crate::source::Span) -> NodeId {
    let tests: Vec<_> = list.into_iter().filter_map(|condition| tested(reader, &condition)).collect();
    let all = |left, right| reader.ir.node(Expr::Logical { op: LogicalOp::And, left, right }, span);
    let condition = tests.into_iter().reduce(all);
    condition.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span))
}

/// `let name = value`, `let name`, `case pattern = value`, or a value.
fn tested(reader: &mut Reader<'_>, parts: &[Node<'_>]) -> Option<NodeId> {
    let first = *parts.first()?;
    let is_case = parts.iter().any(|part| part.kind() == "case");
    if !is_case && first.kind() != "value_binding_pattern" {
        let value = parts.iter().find(|part| part.is_named())?;
        return Some(reader.value(*value));
    }
    let equals = parts.iter().position(|part| part.kind() == "=");
    let (pattern, value) = parts.split_at(equals.unwrap_or(parts.len()));
    let value = value.iter().find(|part| part.is_named()).map(|value| reader.value(*value));
    let names: Vec<_> = if is_case {
        let is_binding = pattern.iter().any(|part| part.kind() == "value_binding_pattern");
        pattern.iter().flat_map(|part| bound(reader, *part, is_binding)).collect()
    } else {
        let named = pattern.iter().filter(|part| matches!(part.kind(), "simple_identifier" | "pattern" | "self_expression"));
        named.flat_map(|part| reader.names(*part)).collect()
    };
    let ty = pattern.iter().find(|part| part.kind().ends_with("_type") || part.kind() == "type_annotation");
    let ty = ty.and_then(|ty| reader.ty(*ty));
    let span = node_span(first);
    if names.first() == Some(&"self") {
        return Some(reader.ir.node(Expr::This, span));
    }
    let Some(value) = value else {
        let name = names.first()?;
        let value = reader.ir.name(name, span);
        let variable = reader.ir.bind(name, Some(value), ty, span);
        let value = reader.ir.read(variable, span);
        return Some(is_there(reader, value));
    };
    let value = if is_case { reader.ir.stable(value) } else { value };
    let mut condition = None;
    for name in names {
        // A fresh variable: the value may name one that this one hides.
        let variable = reader.ir.bind(name, Some(value), ty, span);
        condition = Some(reader.ir.read(variable, span));
    }
    Some(match condition {
        Some(value) if !is_case => is_there(reader, value),
        _ => reader.ir.unknown(vec![value], span),
    })
}

/// The names that a pattern with values binds: `.some(let x)`, `let .some(x)`.
/// `is_binding` says whether a `let` stands before it.
fn bound<'t>(reader: &Reader<'t>, node: Node<'_>, is_binding: bool) -> Vec<&'t str> {
    let mut names = Vec::new();
    let mut open = vec![(node, is_binding, 0_u32)];
    while let Some((node, is_binding, depth)) = open.pop() {
        let parts = reader.parts(node);
        let binds = is_binding || parts.iter().any(|part| part.kind() == "value_binding_pattern");
        let is_name = binds && node.kind() == "pattern" && !reader.source(node).starts_with('.');
        for part in parts {
            if part.kind() == "simple_identifier" && is_name && reader.all(node, of_kind("pattern")).is_empty() {
                names.push(reader.source(part));
            } else if part.kind() == "pattern" && depth < 32 {
                open.push((part, binds, depth + 1));
            }
        }
    }
    names.reverse();
    names
}

/// `if`
pub(super) fn branch(reader: &mut Reader<'_>, node: Node<'_>, is_used: bool) -> Option<NodeId> {
    let span = node_span(node);
    let (list, rest) = divided(node);
    let middle = rest.iter().position(|part| part.kind() == "else").unwrap_or(rest.len());
    let way = |reader: &mut Reader<'_>, parts: &[Node<'_>]| {
        let part = parts.iter().copied().find(|part| matches!(part.kind(), "statements" | "if_statement"));
        reader.apart(|reader| match part {
            Some(list) if list.kind() == "statements" => statements(reader, list, is_used),
            Some(other) if is_used => Some(used(reader, other)),
            Some(other) => reader.flow(other, false),
            None => None,
        })
    };
    reader.ir.scopes.enter();
    let condition = conditions(reader, list, span);
    let then = way(reader, &rest[..middle]);
    reader.ir.scopes.leave();
    let otherwise = way(reader, &rest[middle..]);
    reader.ir.choose(condition, then, otherwise, is_used, span)
}

/// `guard condition else { … }`: its names belong to the block around.
pub(super) fn guard(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let (list, rest) = divided(node);
    let condition = conditions(reader, list, span);
    let otherwise = reader.body(rest.into_iter().find(|part| part.kind() == "statements"));
    reader.ir.branch(condition, Block::new(), otherwise, span);
    None
}

/// `while`
pub(super) fn while_loop(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let (list, rest) = divided(node);
    reader.ir.scopes.enter();
    let test = reader.apart(|reader| conditions(reader, list, span));
    let round = reader.round(rest.into_iter().find(|part| part.kind() == "statements"));
    reader.ir.scopes.leave();
    reader.ir.repeat(Some(test), round, Block::new(), span);
    None
}

/// `for name in values where condition`
pub(super) fn each(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let iterable = reader.must(node, of_field("collection"));
    let iterable = reader.ir.stable(iterable);
    let item = reader.part(node, of_field("item"));
    reader.ir.enter_loop();
    let (round, ()) = reader.scoped(|reader| {
        let names = item.map(|item| reader.names(item)).unwrap_or_default();
        let element = reader.ir.element(iterable, None, span);
        let values = reader.ir.spread_over(element, names.len());
        for (name, value) in names.into_iter().zip(values) {
            reader.ir.bind(name, Some(value), None, span);
        }
        let body = |reader: &mut Reader<'_>| {
            if let Some(body) = reader.part(node, of_kind("statements")) {
                reader.statement(body);
            }
        };
        match reader.part(node, of_kind("where_clause")) {
            Some(clause) => {
                let condition = reader.value(clause);
                let (then, ()) = reader.apart(body);
                reader.ir.branch(condition, then, Block::new(), span);
            }
            None => body(reader),
        }
    });
    reader.ir.leave_frame();
    reader.ir.repeat(None, round, Block::new(), span);
    None
}

/// `switch`
pub(super) fn switch(reader: &mut Reader<'_>, node: Node<'_>, is_used: bool) -> Option<NodeId> {
    let subject = reader.must(node, of_field("expr"));
    let subject = reader.ir.stable(subject);
    let entries = reader.all(node, of_kind("switch_entry"));
    reader.ir.enter_arms(true);
    let arms = entries.into_iter().map(|entry| arm(reader, entry, subject, is_used)).collect();
    reader.ir.leave_arms(true);
    reader.ir.arms(arms, is_used, true, node_span(node))
}

fn arm(reader: &mut Reader<'_>, entry: Node<'_>, subject: NodeId, is_used: bool) -> Arm {
    let span = node_span(entry);
    let patterns = reader.all(entry, of_kind("switch_pattern"));
    let patterns: Vec<_> = patterns.into_iter().filter_map(|holder| reader.part(holder, first(0))).collect();
    let has_condition = reader.part(entry, of_kind("where_keyword")).is_some();
    let catches_all = |pattern: &Node<'_>| {
        let parts = reader.parts(*pattern);
        let is_binding = parts.iter().any(|part| part.kind() == "value_binding_pattern");
        !has_condition && is_binding && parts.len() == 2 && parts[1].kind() == "simple_identifier"
    };
    let is_default = patterns.is_empty() || patterns.iter().any(catches_all);
    let tests = patterns.iter().map(|pattern| test(reader, *pattern, subject)).collect();
    let list = reader.part(entry, of_kind("statements"));
    let last = list.and_then(|list| reader.part(list, LAST));
    let falls_through = last.is_some_and(|last| reader.source(last) == "fallthrough");
    let (mut body, value) = reader.scoped(|reader| {
        for name in patterns.iter().flat_map(|pattern| bound(reader, *pattern, false)).collect::<Vec<_>>() {
            reader.ir.bind(name, Some(subject), None, span);
        }
        list.and_then(|list| statements(reader, list, is_used && !falls_through))
    });
    if matches!(body.last().map(|last| &last.kind), Some(StatementKind::Break(0))) {
        body.pop();
    }
    Arm { tests, is_default, body, value, falls_through, span }
}

/// Whether a pattern fits: compared where it is a value or the name of a case.
fn test(reader: &mut Reader<'_>, pattern: Node<'_>, subject: NodeId) -> NodeId {
    let span = node_span(pattern);
    let parts = reader.parts(pattern);
    let text = reader.source(pattern);
    let Some(first) = parts.first() else { return reader.ir.unknown(vec![subject], span) };
    if text.starts_with('.') && first.kind() == "simple_identifier" {
        let name = format!(".{}", reader.source(*first));
        let case = reader.ir.name(&name, span);
        return reader.ir.equals(subject, case);
    }
    if text.starts_with("is ") {
        let ty = parts.last().and_then(|ty| reader.ty(*ty)).unwrap_or(subject);
        return reader.ir.operation(binary("is"), subject, ty, span);
    }
    if parts.len() > 1 || matches!(first.kind(), "pattern" | "value_binding_pattern" | "wildcard_pattern" | "range_expression") {
        return reader.ir.unknown(vec![subject], span);
    }
    let value = reader.value(*first);
    reader.ir.equals(subject, value)
}

/// `return`, `throw`, `break`, `continue`
pub(super) fn transfer(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let part = reader.part(node, LAST).filter(|part| part.kind() != "throw_keyword");
    let word = node.child(0).map_or("", |word| reader.source(word));
    match word {
        "break" => reader.ir.leave(part.map(|label| reader.source(label)), span),
        "continue" => reader.ir.go_on(part.map(|label| reader.source(label)), span),
        word => {
            let value = part.map(|value| used(reader, value));
            let kind = match (word, value) {
                ("throw", Some(value)) => StatementKind::Throw(value),
                (_, value) => StatementKind::Return(value),
            };
            reader.ir.push(kind, span);
        }
    }
    None
}

/// `name:` before a loop
pub(super) fn label(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    reader.ir.label(reader.source(node).trim_end_matches(':').trim());
    None
}

/// `value != nil`
fn is_there(reader: &mut Reader<'_>, value: NodeId) -> NodeId {
    let span = reader.ir.span_of(value);
    let right = reader.ir.null(span);
    reader.ir.node(Expr::Binary { op: BinaryOp::NotEqual, left: value, right }, span)
}
