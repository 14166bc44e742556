//! Values: members, calls, instances, patterns.

use tree_sitter::Node;

use crate::frontend::grammar::{Form, LAST, Reader, first, node_span, of_field, of_kind};
use crate::frontend::lower::binary;
use crate::ir::{BinaryOp, CallKind, Expr, NodeId, Property, PropertyKey, StatementKind};

/// How far the value is looked for that `?.` stands behind.
const MAX_DEPTH: usize = 32;

/// A value, or one of the words that are no nodes of their own.
fn word_or_value(reader: &mut Reader<'_>, node: Node<'_>) -> NodeId {
    let span = node_span(node);
    match reader.source(node) {
        "this" => reader.ir.node(Expr::This, span),
        "base" => reader.ir.node(Expr::Super, span),
        _ => reader.value(node),
    }
}

/// What stands within: a value or `this`.
pub(super) fn inner(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    match reader.part(node, first(0)) {
        Some(inner) => Some(reader.value(inner)),
        None if has_word(node, "this") => Some(reader.ir.node(Expr::This, node_span(node))),
        None => None,
    }
}

fn has_word(node: Node<'_>, word: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| !child.is_named() && child.kind() == word)
}

/// `return value;`, `return this;`
pub(super) fn returns(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = inner(reader, node);
    reader.ir.push(StatementKind::Return(value), node_span(node));
    None
}

/// `{value:format}`
pub(super) fn interpolation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.parts(node).into_iter().find(|part| !part.kind().starts_with("interpolation_"))?;
    Some(reader.value(value))
}

/// `@"text"`
pub(super) fn verbatim(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let text = reader.source(node).trim_start_matches('@').trim_matches('"').replace("\"\"", "\"");
    Some(reader.ir.builder.text(&text, node_span(node)))
}

/// A name without the types that it is given: `Get<string>`.
fn plain<'t>(reader: &Reader<'t>, node: Node<'_>) -> &'t str {
    let name = reader.source(node);
    name.split('<').next().unwrap_or(name)
}

/// `base.name`
pub(super) fn member(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let base = word_or_value(reader, node.child_by_field_name("expression")?);
    let name = node.child_by_field_name("name").map_or("", |name| plain(reader, name));
    Some(reader.ir.field(base, name, node_span(node)))
}

/// The value that the `?` around stands behind.
fn asked(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut around = node;
    for _ in 0..MAX_DEPTH {
        let parent = around.parent()?;
        if parent.kind() == "conditional_access_expression" {
            let condition = parent.child_by_field_name("condition")?;
            if condition.id() != around.id() {
                return Some(word_or_value(reader, condition));
            }
        }
        around = parent;
    }
    None
}

/// `?.name`
pub(super) fn bound_member(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let base = asked(reader, node)?;
    let name = node.child_by_field_name("name").map_or("", |name| plain(reader, name));
    Some(reader.ir.field(base, name, node_span(node)))
}

/// `?[index]`
pub(super) fn bound_element(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let index = reader.must(node, first(0));
    let Some(base) = asked(reader, node) else { return Some(index) };
    Some(reader.ir.node(Expr::Index { base, index }, node_span(node)))
}

/// `name: value`, `out value`
pub(super) fn argument(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let name = reader.part(node, of_field("name"));
    let value = reader.part(node, LAST).filter(|value| Some(value.id()) != name.map(|name| name.id()));
    let value = match value {
        Some(value) => reader.value(value),
        None => reader.ir.node(Expr::This, span),
    };
    let Some(name) = name else { return Some(value) };
    let name = reader.ir.builder.name(reader.source(name));
    Some(reader.ir.node(Expr::Named { name, value }, span))
}

/// `out var name`, `out T name`
pub(super) fn declared(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let ty = reader.part(node, of_field("type")).and_then(|ty| reader.ty(ty));
    let name = reader.source_at(node, of_field("name"));
    let variable = reader.ir.bind(name, None, ty, span);
    Some(reader.ir.read(variable, span))
}

/// `f(a)`; `nameof(a)` is a text.
pub(super) fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let callee = reader.part(node, of_field("function"));
    if callee.is_some_and(|callee| reader.source(callee) == "nameof") {
        let name = reader.source_at(node, of_field("arguments")).trim_matches(['(', ')']);
        let name = name.rsplit('.').next().unwrap_or(name);
        return Some(reader.ir.builder.text(name, node_span(node)));
    }
    let callee = match callee {
        // `a?.b(c)` calls `b` with what stands behind it.
        Some(callee) => reader.value(callee),
        None => reader.ir.unknown(Vec::new(), node_span(node)),
    };
    let arguments = reader.arguments(node, of_field("arguments"));
    Some(reader.ir.call(callee, arguments, CallKind::Call, node_span(node)))
}

/// `new T(a) { B = c }`, `new() { B = c }`: what is listed behind is given to it as one object or list.
pub(super) fn creation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let ty = reader.part(node, of_field("type")).or_else(|| declared_type(node)).and_then(|ty| reader.ty(ty));
    let mut arguments = match reader.part(node, of_kind("argument_list")) {
        Some(list) => reader.parts(list).into_iter().map(|part| reader.value(part)).collect(),
        None => Vec::new(),
    };
    let listed = reader.part(node, of_kind("initializer_expression")).map(|list| reader.value(list));
    let members = listed.and_then(|list| match reader.ir.expr(list) {
        Expr::Object(members) => Some(members.to_vec()),
        _ => None,
    });
    let Some(callee) = ty else {
        arguments.extend(listed);
        return Some(if arguments.len() == 1 { arguments[0] } else { reader.ir.unknown(arguments, span) });
    };
    let Some(members) = members else {
        arguments.extend(listed);
        return Some(reader.ir.call(callee, arguments, CallKind::New, span));
    };
    let made = reader.ir.call(callee, arguments, CallKind::New, span);
    let made = reader.ir.stable(made);
    for member in members {
        let target = match member.key {
            PropertyKey::Name(name) => Expr::Field { base: made, name },
            PropertyKey::Computed(index) => Expr::Index { base: made, index },
            PropertyKey::Spread => continue,
        };
        let target = reader.ir.node(target, span);
        reader.ir.assign(target, member.value, span);
    }
    Some(made)
}

/// The type of the declaration whose first value a `new()` is.
fn declared_type(node: Node<'_>) -> Option<Node<'_>> {
    let declarator = node.parent()?;
    match declarator.kind() {
        "variable_declarator" => declarator.parent()?.child_by_field_name("type"),
        "property_declaration" => declarator.child_by_field_name("type"),
        _ => None,
    }
}

/// `{ A = b, ["c"] = d }` is an object, `{ a, b }` a list.
pub(super) fn initializer(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (mut properties, mut elements) = (Vec::new(), Vec::new());
    for part in reader.parts(node) {
        if part.kind() != "assignment_expression" {
            elements.push(reader.value(part));
            continue;
        }
        let value = reader.must(part, of_field("right"));
        let Some(left) = reader.part(part, of_field("left")) else { continue };
        let key = match left.kind() {
            "identifier" => PropertyKey::Name(reader.ir.builder.name(reader.source(left))),
            // An entry of a table, which is no member of it.
            _ => PropertyKey::Computed(reader.part(left, first(0)).map_or(value, |key| reader.value(key))),
        };
        properties.push(Property { key, value });
    }
    let expr = if properties.is_empty() { Expr::Array(elements.into()) } else { Expr::Object(properties.into()) };
    Some(reader.ir.node(expr, node_span(node)))
}

/// `new { A = b, c }`
pub(super) fn anonymous(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut cursor = node.walk();
    let mut members: Vec<(Option<&str>, Node<'_>)> = Vec::new();
    let mut is_value = false;
    for child in node.children(&mut cursor) {
        match members.last_mut() {
            Some(last) if is_value && child.is_named() => *last = (Some(reader.source(last.1)), child),
            _ if child.is_named() => members.push((None, child)),
            _ => {}
        }
        is_value = child.kind() == "=";
    }
    let mut properties = Vec::new();
    for (name, value) in members {
        let name = name.unwrap_or_else(|| reader.source(value).rsplit('.').next().unwrap_or_default());
        let key = PropertyKey::Name(reader.ir.builder.name(name));
        let value = reader.value(value);
        properties.push(Property { key, value });
    }
    Some(reader.ir.node(Expr::Object(properties.into()), node_span(node)))
}

/// `new byte[16]`, `new byte[] { 1, 2 }`
pub(super) fn array(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    if let Some(list) = reader.part(node, of_kind("initializer_expression")) {
        return Some(reader.value(list));
    }
    let span = node_span(node);
    let ty = reader.part(node, of_field("type"))?;
    let sizes = reader.part(ty, of_field("rank")).map(|rank| reader.parts(rank)).unwrap_or_default();
    let sizes = sizes.into_iter().map(|size| reader.value(size)).collect();
    let name = format!("{}[]", reader.source_at(ty, of_field("type")));
    let callee = reader.ir.builder.name(&name);
    let callee = reader.ir.node(Expr::Global(callee), span);
    Some(reader.ir.call(callee, sizes, CallKind::New, span))
}

/// `(a, b)`, `(x: a, y: b)`
pub(super) fn tuple(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let values: Vec<_> = reader.parts(node).into_iter().map(|part| reader.value(part)).collect();
    let named: Option<Vec<Property>> = values
        .iter()
        .map(|&value| match *reader.ir.expr(value) {
            Expr::Named { name, value } => Some(Property { key: PropertyKey::Name(name), value }),
            _ => None,
        })
        .collect();
    let expr = match named {
        Some(properties) if !properties.is_empty() => Expr::Object(properties.into()),
        _ => Expr::Array(values.into()),
    };
    Some(reader.ir.node(expr, node_span(node)))
}

/// `x++`, `x!`
pub(super) fn postfix(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    if reader.source(node).ends_with('!') {
        return inner(reader, node);
    }
    reader.form_flow(node, Form::Update(first(0)), true)
}

/// `value is T name`, `value is not null`
pub(super) fn is(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let value = reader.part(node, first(0)).map(|value| reader.value(value))?;
    let value = reader.ir.stable(value);
    let pattern = reader.part(node, LAST)?;
    if reader.source(pattern).trim_start_matches("not").trim() == "null" {
        let null = reader.ir.null(span);
        let op = if pattern.kind() == "negated_pattern" { BinaryOp::NotEqual } else { BinaryOp::Equal };
        return Some(reader.ir.node(Expr::Binary { op, left: value, right: null }, span));
    }
    bound(reader, pattern, value, 0);
    let ty = reader.part(pattern, of_field("type")).unwrap_or(pattern);
    let right = match pattern.kind() {
        "constant_pattern" => Some(reader.value(pattern)),
        _ => reader.ty(ty),
    };
    let right = right.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span));
    Some(reader.ir.operation(binary("is"), value, right, span))
}

/// `case T name`, `T { Member: var name } => …`: a pattern of a switch, whose names are bound to what is switched over.
pub(super) fn switch_pattern(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let switch = std::iter::successors(node.parent(), Node::parent).find(|around| around.kind().starts_with("switch_"));
    let switch = match switch {
        Some(arm) if arm.kind() == "switch_section" => arm.parent().and_then(|body| body.parent()),
        Some(arm) if arm.kind() == "switch_expression_arm" => arm.parent(),
        other => other,
    };
    let subject = switch.and_then(|switch| reader.part(switch, of_field("value")).or_else(|| reader.part(switch, first(0))));
    // A value that is computed is not computed once more.
    let subject = subject.filter(|subject| ["identifier", "member_access_expression", "this_expression"].contains(&subject.kind()));
    match subject {
        Some(subject) => {
            let value = reader.value(subject);
            bound(reader, node, value, 0);
        }
        None => {
            if let Some(name) = reader.part(node, of_field("name")) {
                let ty = reader.part(node, of_field("type")).and_then(|ty| reader.ty(ty));
                reader.ir.bind(reader.source(name), None, ty, span);
            }
        }
    }
    Some(reader.ir.unknown(Vec::new(), span))
}

/// How deep patterns stand within patterns.
const MOST_NESTED: u32 = 16;

/// Binds the names of a pattern to what they stand for in a value.
fn bound(reader: &mut Reader<'_>, pattern: Node<'_>, value: NodeId, depth: u32) {
    let span = node_span(pattern);
    if depth > MOST_NESTED {
        return;
    }
    if let Some(name) = reader.part(pattern, of_field("name")) {
        let ty = reader.part(pattern, of_field("type")).and_then(|ty| reader.ty(ty));
        reader.ir.bind(reader.source(name), Some(value), ty, span);
    }
    for part in reader.parts(pattern) {
        match part.kind() {
            "property_pattern_clause" => {
                for inner in reader.parts(part) {
                    let [member, within] = reader.parts(inner)[..] else { continue };
                    let members: Vec<_> = reader.source(member).split('.').map(str::trim).collect();
                    let held = members.into_iter().fold(value, |value, name| reader.ir.field(value, name, span));
                    bound(reader, within, held, depth + 1);
                }
            }
            "positional_pattern_clause" => {
                for (index, inner) in reader.parts(part).into_iter().enumerate() {
                    let held = reader.ir.element(value, Some(index), span);
                    if let Some(within) = reader.part(inner, LAST) {
                        bound(reader, within, held, depth + 1);
                    }
                }
            }
            kind if kind.ends_with("_pattern") => bound(reader, part, value, depth + 1),
            _ => {}
        }
    }
}

/// `from x in list`, `let x = value` of a query.
pub(super) fn from(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let name = reader.part(node, of_field("name")).or_else(|| reader.part(node, first(0)))?;
    let value = reader.must(node, LAST);
    let value = if node.kind() == "from_clause" { reader.ir.element(value, None, span) } else { value };
    reader.ir.bind(reader.source(name), Some(value), None, span);
    None
}

/// `throw error` where a value is expected.
pub(super) fn throws(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let value = reader.must(node, first(0));
    reader.ir.push(StatementKind::Throw(value), span);
    Some(reader.ir.null(span))
}
