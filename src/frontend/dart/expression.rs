//! Values: members, calls, cascades, literals.

use tree_sitter::Node;

use super::declaration::{self, Parameters, STATE};
use crate::frontend::grammar::{At, LAST, NO, Reader, first, node_span, of_field, of_kind};
use crate::frontend::lower::{Operator, binary};
use crate::ir::{CallKind, Expr, Literal, NameId, NodeId, Property, PropertyKey};

/// `a.b.c` where the grammar has the names alone; else the only value.
pub(super) fn dotted(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let parts = reader.parts(node);
    let (start, rest) = parts.split_first()?;
    let base = reader.value(*start);
    let rest = rest.iter().filter(|part| part.kind().ends_with("identifier"));
    Some(rest.fold(base, |base, part| reader.ir.field(base, reader.source(*part), node_span(node))))
}

/// `'a' "b"`: one constant where all are.
pub(super) fn text(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    Some(match reader.parts(node)[..] {
        [only] => reader.value(only),
        _ => reader.adjacent(node),
    })
}

/// `r'text'`
pub(super) fn raw_text(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let text = reader.source(node).trim_start_matches('r').trim_matches(['\'', '"']);
    Some(reader.ir.builder.text(text, node_span(node)))
}

/// `$name`, `${value}`, `$this`
pub(super) fn substitution(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    match reader.source(node).trim_matches(['$', '{', '}']).trim() {
        "this" => Some(reader.ir.node(Expr::This, node_span(node))),
        _ => reader.maybe(node, first(0)),
    }
}

/// `[a, ...b, if (c) d]`, `{a, b}`, `{key: value}`
pub(super) fn list(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let parts: Vec<_> = reader.parts(node).into_iter().filter(|part| part.kind() != "type_arguments").collect();
    if !parts.iter().any(|part| part.kind().ends_with("map_element")) {
        let values: Vec<_> = parts.into_iter().map(|part| element(reader, part)).collect();
        return Some(reader.ir.node(Expr::Array(values.into()), span));
    }
    let mut properties = Vec::new();
    for part in parts {
        let key = match part.kind() {
            kind if kind.ends_with("map_element") => {
                let key = reader.must(part, of_field("key"));
                match *reader.ir.expr(key) {
                    Expr::Literal(Literal::Text(name)) => PropertyKey::Name(name),
                    _ => PropertyKey::Computed(key),
                }
            }
            _ => PropertyKey::Spread,
        };
        let value = match part.kind() {
            "spread_element" | "map_element" | "null_aware_map_element" => reader.must(part, of_field("value")),
            _ => element(reader, part),
        };
        properties.push(Property { key, value });
    }
    Some(reader.ir.node(Expr::Object(properties.into()), span))
}

/// A member of a list, which may stand under a condition or in a loop.
fn element(reader: &mut Reader<'_>, node: Node<'_>) -> NodeId {
    let span = node_span(node);
    if !reader.ir.descend(span) {
        return reader.ir.unknown(Vec::new(), span);
    }
    let inner = |reader: &mut Reader<'_>, part: Option<Node<'_>>| match part {
        Some(part) if part.kind() == "spread_element" => reader.must(part, of_field("value")),
        Some(part) => element(reader, part),
        None => reader.ir.null(span),
    };
    let value = match node.kind() {
        "if_element" => {
            let condition = reader.must(node, of_field("condition"));
            let (then, otherwise) = (reader.part(node, of_field("consequence")), reader.part(node, of_field("alternative")));
            let then = reader.apart(|reader| inner(reader, then));
            let otherwise = reader.apart(|reader| inner(reader, otherwise));
            reader.ir.conditional(condition, then, otherwise, span)
        }
        "for_element" => {
            reader.ir.scopes.enter();
            let iterable = reader.maybe(node, of_field("value"));
            if let Some(iterable) = iterable {
                let names = super::statement::loop_names(reader, node);
                let element = reader.ir.element(iterable, None, span);
                let values = reader.ir.spread_over(element, names.len());
                for (name, value) in names.into_iter().zip(values) {
                    reader.ir.bind(name, Some(value), None, span);
                }
            }
            reader.all(node, of_field("init")).into_iter().for_each(|part| reader.statement(part));
            let body = reader.part(node, of_field("body"));
            let value = inner(reader, body);
            reader.ir.scopes.leave();
            value
        }
        kind if kind.ends_with("map_element") => {
            let key = reader.must(node, of_field("key"));
            let value = reader.must(node, of_field("value"));
            reader.ir.node(Expr::Object(vec![Property { key: PropertyKey::Computed(key), value }].into()), span)
        }
        _ => reader.value(node),
    };
    reader.ir.ascend();
    value
}

/// `...values`
pub(super) fn spread(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, of_field("value"));
    Some(reader.ir.node(Expr::Spread(value), node_span(node)))
}

/// `(a, name: b)`
pub(super) fn record(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let (mut properties, mut values) = (Vec::new(), Vec::new());
    for field in reader.parts(node) {
        let holder = if field.kind() == "record_field" { field } else { continue };
        let value = reader.must(holder, LAST);
        match reader.part(holder, of_kind("label")).and_then(|label| reader.part(label, first(0))) {
            Some(label) => {
                let key = PropertyKey::Name(reader.ir.builder.name(reader.source(label)));
                properties.push(Property { key, value });
            }
            None => values.push(value),
        }
    }
    if properties.is_empty() {
        return Some(reader.ir.node(Expr::Array(values.into()), span));
    }
    for (index, value) in values.into_iter().enumerate() {
        let key = PropertyKey::Name(reader.ir.builder.name(&format!("${}", index + 1)));
        properties.push(Property { key, value });
    }
    Some(reader.ir.node(Expr::Object(properties.into()), span))
}

/// `name: value`
pub(super) fn named(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let label = reader.part(node, of_kind("label")).and_then(|label| reader.part(label, first(0)));
    let name = label.map_or("", |label| reader.source(label));
    let mut cursor = node.walk();
    // The receiver is a token without a name of its own.
    let receiver = node.children(&mut cursor).last().filter(|last| !last.is_named() && reader.source(*last) == "this");
    let value = match receiver {
        Some(this) => reader.ir.node(Expr::This, node_span(this)),
        None => value_of(reader, node, LAST),
    };
    let name = reader.ir.builder.name(name);
    Some(reader.ir.node(Expr::Named { name, value }, node_span(node)))
}

/// A part; `this` is a token without a name of its own.
fn value_of(reader: &mut Reader<'_>, node: Node<'_>, at: At) -> NodeId {
    match reader.part(node, at) {
        Some(part) if part.is_named() => reader.value(part),
        Some(part) if reader.source(part) == "this" => reader.ir.node(Expr::This, node_span(part)),
        Some(part) if reader.source(part) == "super" => reader.ir.node(Expr::Super, node_span(part)),
        _ => reader.ir.unknown(Vec::new(), node_span(node)),
    }
}

/// `left operator right operator …`
pub(super) fn chain(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let mut cursor = node.walk();
    let children: Vec<_> = node.children(&mut cursor).filter(|child| !child.is_extra()).collect();
    let (mut value, mut operator) = (None, "");
    for child in children {
        let text = reader.source(child);
        if child.kind().ends_with("_operator") || !child.is_named() && !matches!(text, "this" | "super") {
            operator = text;
            continue;
        }
        let read = |reader: &mut Reader<'_>| match text {
            "this" | "super" => reader.ir.node(Expr::This, node_span(child)),
            _ => reader.value(child),
        };
        value = Some(match value {
            None => read(reader),
            Some(left) => {
                let (effects, right) = reader.apart(read);
                match binary(operator) {
                    Some(Operator::Logical(op)) => reader.ir.logical(op, left, (effects, right), span),
                    other => {
                        reader.ir.append(effects);
                        reader.ir.operation(other, left, right, span)
                    }
                }
            }
        });
    }
    value
}

/// Methods of stores that extensions call on their receiver without naming it.
const OF_RECEIVER: &[&str] = &[
    "setString",
    "setStringList",
    "getString",
    "put",
    "add",
    "write",
    "writeAsString",
    "insert",
    "rawInsert",
    "update",
    "execute",
    "nextInt",
    "setData",
    "logEvent",
    "track",
    "capture",
    "join",
    "split",
    "trim",
    "toString",
    "map",
    "codeUnits",
    "info",
    "fine",
    "severe",
    "log",
];

/// `name(arguments)`; `emit(state)` writes the state of the class around.
pub(super) fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let function = reader.part(node, of_field("function"))?;
    let mut callee = reader.value(function);
    let name = if function.kind() == "identifier" { reader.source(function) } else { "" };
    if matches!(reader.ir.expr(callee), Expr::Global(_)) && reader.ir.has_receiver() && OF_RECEIVER.contains(&name) {
        let this = reader.ir.node(Expr::This, span);
        callee = reader.ir.field(this, name, span);
    }
    let arguments = reader.arguments(node, of_field("arguments"));
    if let ("emit", [state]) = (name, &*arguments) {
        let this = reader.ir.node(Expr::This, span);
        let target = reader.ir.field(this, STATE, span);
        reader.ir.assign(target, *state, span);
    }
    let kind = reader.call_kind(callee);
    Some(reader.ir.call(callee, arguments, kind, span))
}

/// `value as Type`
pub(super) fn cast(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, first(0));
    let ty = reader.part(node, of_kind("type_cast")).and_then(|cast| reader.ty(cast));
    Some(match ty {
        Some(ty) => reader.ir.node(Expr::Typed { value, ty }, node_span(node)),
        None => value,
    })
}

/// `value is Type`, `value is! Type`
pub(super) fn check(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let left = reader.must(node, first(0));
    let test = reader.part(node, of_kind("type_test"))?;
    let right = reader.part(test, of_kind("type")).and_then(|ty| reader.ty(ty));
    let right = right.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span));
    let value = reader.ir.operation(binary("is"), left, right, span);
    let is_negated = reader.source_at(test, of_kind("is_operator")).ends_with('!');
    Some(if is_negated { reader.ir.node(Expr::Unary { op: crate::ir::UnaryOp::Not, operand: value }, span) } else { value })
}

/// `object.name`, `object?.name`, `object[index]`, `name`
pub(super) fn member(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    if reader.part(node, of_field("object")).is_none() {
        return reader.maybe(node, first(0));
    }
    let base = value_of(reader, node, of_field("object"));
    if let Some(index) = reader.maybe(node, of_field("index")) {
        return Some(reader.ir.node(Expr::Index { base, index }, span));
    }
    Some(reader.ir.field(base, reader.source_at(node, of_field("property")), span))
}

/// `new Type.name(…)`, `const Type(…)`, `Type<A>.name(…)`
pub(super) fn creation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let mut names: Vec<_> = Vec::new();
    for ty in reader.all(node, of_field("type")) {
        let inner = reader.all(ty, of_kind("type_identifier"));
        names.extend(if inner.is_empty() { vec![ty] } else { inner });
    }
    names.extend(reader.part(node, of_field("constructor")).filter(Node::is_named));
    let names: Vec<_> = names.into_iter().map(|name| reader.source(name)).collect();
    let (start, rest) = names.split_first()?;
    let start = reader.ir.name(start, span);
    let callee = rest.iter().fold(start, |base, name| reader.ir.field(base, name, span));
    let arguments = reader.arguments(node, of_field("arguments"));
    let is_named = names.len() > 1 && names.last().is_some_and(|name| name.starts_with(char::is_lowercase));
    let kind = if is_named { CallKind::Call } else { CallKind::New };
    Some(reader.ir.call(callee, arguments, kind, span))
}

/// `value..a()..b = c`: worth the value.
pub(super) fn cascade(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let value = value_of(reader, node, first(0));
    let base = reader.ir.stable(value);
    for section in reader.all(node, of_kind("cascade_section")) {
        let parts = reader.parts(section);
        let Some((target, rest)) = parts.split_first() else { continue };
        let target = link(reader, *target, base);
        match rest.last() {
            Some(value) => {
                let value = reader.value(*value);
                reader.ir.assign(target, value, span);
            }
            None => reader.ir.evaluate(target),
        }
    }
    Some(base)
}

/// A link of a cascade: what it begins with is the value of the cascade.
fn link(reader: &mut Reader<'_>, node: Node<'_>, base: NodeId) -> NodeId {
    let span = node_span(node);
    if !reader.ir.descend(span) {
        return reader.ir.unknown(Vec::new(), span);
    }
    let inner = ["object", "function", "value"].into_iter().find_map(|field| reader.part(node, of_field(field)));
    let inner = inner.map_or(base, |inner| link(reader, inner, base));
    let property = reader.part(node, of_field("property"));
    let member = match property {
        Some(property) => reader.ir.field(inner, reader.source(property), span),
        None => inner,
    };
    let value = if node.kind() == "cascade_call_expression" {
        let arguments = reader.arguments(node, of_field("arguments"));
        reader.ir.call(member, arguments, CallKind::Call, span)
    } else if let Some(index) = reader.maybe(node, of_field("index")) {
        reader.ir.node(Expr::Index { base: inner, index }, span)
    } else if node.kind() == "cascade_selector" {
        match reader.part(node, first(0)) {
            Some(name) if !reader.source(node).contains('[') => reader.ir.field(base, reader.source(name), span),
            Some(index) => {
                let index = reader.value(index);
                reader.ir.node(Expr::Index { base, index }, span)
            }
            None => base,
        }
    } else {
        member
    };
    reader.ir.ascend();
    value
}

/// `(a, {b}) => c`
pub(super) fn closure(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let lists = reader.all(node, of_field("parameters"));
    let list = lists.into_iter().find(|list| list.kind() == "formal_parameter_list");
    let id = reader.function_body(NameId::EMPTY, node, NO, of_field("body"), |reader| {
        if let Some(list) = list {
            declaration::parameters(reader, list, &mut Parameters::default());
        }
    });
    Some(reader.ir.node(Expr::Closure(id), node_span(node)))
}
