//! Values: members, calls, closures, texts.

use tree_sitter::Node;

use super::{condition, declaration};
use crate::frontend::grammar::{At, LAST, Reader, first, node_span, of_field, of_kind};
use crate::frontend::lower::{Operator, binary};
use crate::ir::{CallKind, Expr, LogicalOp, NameId, NodeId, Property, PropertyKey, StatementKind, UnaryOp};

/// A value of which nothing is followed.
pub(super) fn nothing(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    Some(reader.ir.unknown(Vec::new(), node_span(node)))
}

/// `#"text"#`
pub(super) fn raw_text(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let text = reader.source(node).trim_matches('#').trim_matches('"');
    let text = reader.ir.builder.text(text, node_span(node));
    let values: Vec<_> = reader.all(node, of_kind("raw_str_interpolation"));
    if values.is_empty() {
        return Some(text);
    }
    let mut pieces = vec![text];
    for part in values {
        for value in reader.all(part, of_field("interpolation")) {
            pieces.push(reader.value(value));
        }
    }
    Some(reader.ir.node(Expr::Template(pieces.into()), node_span(node)))
}

/// `\(value)`; what says how a log shows it is a call around it: `\(value, privacy: .public)`.
pub(super) fn interpolation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    if reader.part(node, of_field("name")).is_some() {
        return Some(reader.ir.builder.text("", span));
    }
    let value = reader.must(node, of_field("value"));
    let behind = reader.behind(node).trim_start().strip_prefix(',').map(str::trim_start);
    let privacy =
        behind.and_then(|text| text.strip_prefix("privacy:")).map(str::trim_start).and_then(|text| text.strip_prefix('.'));
    let Some(privacy) = privacy else { return Some(value) };
    let end = privacy.find(|char: char| !char.is_alphanumeric()).unwrap_or(privacy.len());
    let base = reader.ir.name("OSLogPrivacy", span);
    let callee = reader.ir.field(base, privacy.get(..end).unwrap_or_default(), span);
    Some(reader.ir.call(callee, vec![value], CallKind::Call, span))
}

/// Comparisons joined by `&&` and `||`. The grammar takes `!=`, `<=` and `>=` for signs of the program's own and lets them take everything
/// behind them (of `a != b && c` the right side is `b && c`), so that the operands are put together here by what binds them.
pub(super) fn operation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (mut operands, mut signs) = (Vec::new(), Vec::new());
    let mut open = vec![(node, None)];
    while let Some((part, done)) = open.pop() {
        let sides = reader.part(part, of_field("lhs")).zip(reader.part(part, of_field("rhs")));
        match (done, sign(reader, part), sides) {
            (Some(operator), ..) => signs.push(operator),
            (None, Some(operator), Some((left, right))) => open.extend([(right, None), (part, Some(operator)), (left, None)]),
            _ if part == node => {
                let left = reader.must(node, of_field("lhs"));
                let right = reader.must(node, of_field("rhs"));
                return Some(reader.ir.operation(None, left, right, node_span(node)));
            }
            _ => operands.push(part),
        }
    }
    Some(joined(reader, &operands, &signs, &[LogicalOp::Or, LogicalOp::And]))
}

/// The sign of an operation that the grammar may have put together wrongly.
fn sign(reader: &Reader<'_>, node: Node<'_>) -> Option<Operator> {
    match node.kind() {
        "conjunction_expression" => Some(Operator::Logical(LogicalOp::And)),
        "disjunction_expression" => Some(Operator::Logical(LogicalOp::Or)),
        "infix_expression" => reader.part(node, of_field("op")).and_then(|sign| binary(reader.source(sign))),
        _ => None,
    }
}

/// Operands with the signs between them; `levels` are the signs that bind least, from the least on.
fn joined(reader: &mut Reader<'_>, operands: &[Node<'_>], signs: &[Operator], levels: &[LogicalOp]) -> NodeId {
    let span = node_span(operands[0]).to(node_span(operands[operands.len() - 1]));
    let Some((&op, tighter)) = levels.split_first() else {
        let mut value = reader.value(operands[0]);
        for (count, (operand, sign)) in operands[1..].iter().zip(signs).enumerate() {
            if count >= reader.ir.levels_left() {
                reader.ir.cut(span);
                break;
            }
            let right = reader.value(*operand);
            value = reader.ir.operation(Some(*sign), value, right, span);
        }
        return value;
    };
    let ends = signs.iter().enumerate().filter(|(_, sign)| **sign == Operator::Logical(op)).map(|(at, _)| at);
    let mut start = 0;
    let mut value = None;
    for (count, end) in ends.chain([signs.len()]).enumerate() {
        let (parts, between) = (&operands[start..=end], &signs[start..end]);
        start = end + 1;
        let Some(left) = value else {
            value = Some(joined(reader, parts, between, tighter));
            continue;
        };
        if count >= reader.ir.levels_left() {
            reader.ir.cut(span);
            break;
        }
        let (effects, right) = reader.apart(|reader| joined(reader, parts, between, tighter));
        value = Some(reader.ir.logical(op, left, (effects, right), span));
    }
    value.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span))
}

/// `[key: value]`
pub(super) fn dictionary(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let keys = reader.all(node, of_field("key"));
    let values = reader.all(node, of_field("value"));
    let mut properties = Vec::new();
    for (key, value) in keys.into_iter().zip(values) {
        let key = reader.value(key);
        let key = match *reader.ir.expr(key) {
            Expr::Literal(crate::ir::Literal::Text(name)) => PropertyKey::Name(name),
            _ => PropertyKey::Computed(key),
        };
        let value = reader.value(value);
        properties.push(Property { key, value });
    }
    Some(reader.ir.node(Expr::Object(properties.into()), node_span(node)))
}

/// `(a)`, `(a, b)`, `(x: a, y: b)`
pub(super) fn tuple(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let names = reader.all(node, of_field("name"));
    let parts = reader.all(node, of_field("value"));
    let values: Vec<_> = parts.into_iter().map(|part| reader.value(part)).collect();
    if let ([only], []) = (&values[..], &names[..]) {
        return Some(*only);
    }
    if names.len() != values.len() {
        return Some(reader.ir.node(Expr::Array(values.into()), span));
    }
    let mut properties = Vec::new();
    for (name, value) in names.into_iter().zip(values) {
        let key = PropertyKey::Name(reader.ir.builder.name(reader.source(name)));
        properties.push(Property { key, value });
    }
    Some(reader.ir.node(Expr::Object(properties.into()), span))
}

/// `-x`, `!x`, `&x`; `.name` is a member of the type that is expected.
pub(super) fn prefix(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let target = reader.part(node, of_field("target"))?;
    let op = match reader.source_at(node, of_field("operation")) {
        "." if target.kind() == "simple_identifier" => {
            let name = format!(".{}", reader.source(target));
            return Some(reader.ir.name(&name, span));
        }
        "!" => UnaryOp::Not,
        "-" => UnaryOp::Negate,
        "~" => UnaryOp::BitNot,
        _ => return Some(reader.value(target)),
    };
    let operand = reader.value(target);
    Some(reader.ir.node(Expr::Unary { op, operand }, span))
}

/// `value is Type`
pub(super) fn check(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let left = reader.must(node, of_field("target"));
    let right = reader.part(node, of_field("name")).and_then(|ty| reader.ty(ty));
    let right = right.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span));
    Some(reader.ir.operation(binary("is"), left, right, span))
}

/// `base.name`, `base?.name`, `base.0`, `base.self`
pub(super) fn navigation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let base = match reader.part(node, first(0)).and_then(|base| wrapped(reader.source(base))) {
        Some(name) => reader.ir.name(name, span),
        None => reader.must(node, first(0)),
    };
    let suffix = reader.part(node, of_field("suffix")).and_then(|suffix| reader.part(suffix, of_field("suffix")));
    let Some(suffix) = suffix else { return Some(base) };
    let name = reader.source(suffix);
    let name = wrapped(name).unwrap_or(name);
    Some(match name.parse::<usize>() {
        Ok(index) => reader.ir.element(base, Some(index), span),
        Err(_) if name == "self" => base,
        Err(_) => reader.ir.field(base, name.trim_matches('`'), span),
    })
}

/// The property of which `$name` gives the binding or the publisher, which stands for what it holds.
fn wrapped(name: &str) -> Option<&str> {
    let name = name.strip_prefix('$')?;
    let is_name = name.starts_with(|char: char| char.is_alphabetic() || char == '_');
    (is_name && name.chars().all(|char| char.is_alphanumeric() || char == '_')).then_some(name)
}

/// `name: value`
pub(super) fn argument(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.maybe(node, of_field("value"))?;
    let label = reader.part(node, of_field("name")).map(|label| reader.source(label));
    let Some(label) = label.filter(|label| *label != "_") else { return Some(value) };
    let name = reader.ir.builder.name(label);
    Some(reader.ir.node(Expr::Named { name, value }, node_span(node)))
}

/// `f(a) { b } label: { c }`, `list[index]`, `defer { … }`
pub(super) fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let callee = reader.part(node, first(0))?;
    let suffix = reader.part(node, LAST)?;
    let list = reader.part(suffix, of_kind("value_arguments"));
    if list.is_some_and(|list| reader.source(list).starts_with('[')) {
        return subscript(reader, callee, list?, span);
    }
    if reader.source(callee) == "defer" && list.is_none() {
        let block = reader.part(suffix, of_kind("lambda_literal")).and_then(|block| reader.part(block, of_kind("statements")))?;
        let (block, ()) = reader.apart(|reader| reader.statement(block));
        reader.ir.defer(block);
        return None;
    }
    if is_implied(reader, callee) {
        let values = arguments(reader, suffix, list);
        return Some(reader.ir.unknown(values, span));
    }
    let (callee, kind) = callee_of(reader, callee);
    let arguments = arguments(reader, suffix, list);
    Some(reader.ir.call(callee, arguments, kind, span))
}

/// `.case(value)`: made by a type that is not written here.
fn is_implied(reader: &Reader<'_>, callee: Node<'_>) -> bool {
    callee.kind() == "prefix_expression" && reader.source(callee).starts_with('.')
}

/// `[Byte](…)`, `Type.init(…)`, `super.init(…)` make instances.
fn callee_of(reader: &mut Reader<'_>, node: Node<'_>) -> (NodeId, CallKind) {
    let span = node_span(node);
    let base = reader.part(node, first(0)).filter(|_| node.kind() == "navigation_expression");
    let suffix = reader.part(node, of_field("suffix")).map(|suffix| reader.source(suffix));
    match (node.kind(), base) {
        ("array_literal" | "array_type", _) => (reader.ir.name("Array", span), CallKind::New),
        ("dictionary_literal" | "dictionary_type", _) => (reader.ir.name("Dictionary", span), CallKind::New),
        (_, Some(base)) if suffix == Some(".init") && base.kind() != "self_expression" => (reader.value(base), CallKind::New),
        _ => {
            let callee = reader.value(node);
            let kind = reader.call_kind(callee);
            (callee, kind)
        }
    }
}

/// Those in brackets, then the closures behind them: the first without a label.
fn arguments(reader: &mut Reader<'_>, suffix: Node<'_>, list: Option<Node<'_>>) -> Vec<NodeId> {
    let mut values = list.map(|_| reader.arguments(suffix, of_kind("value_arguments"))).unwrap_or_default();
    let mut label = None;
    for part in reader.parts(suffix) {
        match part.kind() {
            "simple_identifier" => label = Some(reader.source(part)),
            "lambda_literal" => {
                let value = reader.value(part);
                values.push(match label.take() {
                    Some(label) => {
                        let name = reader.ir.builder.name(label);
                        reader.ir.node(Expr::Named { name, value }, node_span(part))
                    }
                    None => value,
                });
            }
            _ => {}
        }
    }
    values
}

/// `list[index]`; a part of a list is the list.
fn subscript(reader: &mut Reader<'_>, callee: Node<'_>, list: Node<'_>, span: crate::source::Span) -> Option<NodeId> {
    let base = reader.value(callee);
    let argument = reader.part(list, first(0))?;
    let index = reader.part(argument, of_field("value"))?;
    if index.kind().contains("range") {
        return Some(base);
    }
    let index = reader.value(index);
    Some(reader.ir.node(Expr::Index { base, index }, span))
}

/// `\.name.first`, `\Type.name`: a function that reads the member.
pub(super) fn key_path(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let path = reader.source(node).trim_start_matches('\\');
    let members: Vec<_> = path.split('.').skip(1).map(|name| name.trim_matches(['?', '!', '`'])).collect();
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || char == '_');
    if members.is_empty() || !members.iter().all(is_name) {
        return nothing(reader, node);
    }
    let id = reader.function_body(NameId::EMPTY, node, crate::frontend::grammar::NO, At::Nowhere, |reader| {
        let function = reader.ir.builder.function();
        reader.ir.parameter(function, "$0", None, span);
        let root = reader.ir.name("$0", span);
        let members = members.iter().filter(|name| **name != "self");
        let value = members.fold(root, |value, name| reader.ir.field(value, name, span));
        reader.ir.push(StatementKind::Return(Some(value)), span);
    });
    Some(reader.ir.node(Expr::Closure(id), span))
}

/// `{ [weak self] a, b in … }`
pub(super) fn lambda(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let captures = reader.part(node, of_field("captures")).map(|list| reader.parts(list)).unwrap_or_default();
    let captured: Vec<_> = captures
        .into_iter()
        .filter_map(|item| {
            let value = reader.maybe(item, of_field("value"))?;
            Some((reader.source_at(item, of_field("name")), value))
        })
        .collect();
    reader.ir.scopes.enter();
    for (name, value) in captured.into_iter().filter(|(name, _)| *name != "self") {
        reader.ir.bind(name, Some(value), None, span);
    }
    let id = reader.function_body(NameId::EMPTY, node, crate::frontend::grammar::NO, At::Nowhere, |reader| {
        let function = reader.ir.builder.function();
        declaration::closure_parameters(reader, function, node);
        if let Some(value) = declaration::body(reader, node) {
            let span = reader.ir.span_of(value);
            reader.ir.push(StatementKind::Return(Some(value)), span);
        }
    });
    reader.ir.scopes.leave();
    Some(reader.ir.node(Expr::Closure(id), span))
}

/// `target = value`, `(a, b) = pair`, `_ = value`
pub(super) fn assignment(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let target = reader.part(node, of_field("target"))?;
    let target = reader.part(target, first(0));
    let value = reader.part(node, of_field("result")).map(|value| condition::used(reader, value))?;
    let Some(target) = target.filter(|target| reader.source(*target) != "_") else { return Some(value) };
    let operator = reader.source_at(node, of_field("operator"));
    let targets = reader.all(target, of_field("value"));
    if target.kind() != "tuple_expression" || targets.len() < 2 {
        return reader.assign(target, operator, value, node);
    }
    let values = reader.ir.spread_over(value, targets.len());
    for (target, value) in targets.into_iter().zip(values) {
        if reader.source(target) != "_" {
            let target = reader.value(target);
            reader.ir.assign(target, value, span);
        }
    }
    None
}
