//! Macros that stand for calls.

use tree_sitter::Node;

use crate::frontend::grammar::{Reader, node_span, of_field};
use crate::ir::{CallKind, Expr, NodeId};
use crate::source::Span;

/// How many arguments a macro hands on.
const MOST: usize = 16;

/// `#define NAME(format, …) FUNCTION(format, …)`: another name of a function that is given what the macro is. One that some condition
/// of the preprocessor makes nothing is none.
pub(super) fn alias(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (name, span) = (reader.source_at(node, of_field("name")), node_span(node));
    let value = reader.source_at(node, of_field("value")).trim().trim_start_matches(['(', '{']).trim_start_matches("do").trim();
    let value = value.trim_start_matches(['{', ' ']);
    let (callee, arguments) = value.split_once('(')?;
    let parameters = reader.source_at(node, of_field("parameters")).trim_matches(['(', ')']);
    let first = parameters.split(',').next().unwrap_or_default().trim();
    let first = if first == "..." { "__VA_ARGS__" } else { first };
    let takes_first = arguments.split(',').next().is_some_and(|argument| argument.contains(first));
    let is_name = !callee.is_empty() && callee.chars().all(|char| char.is_alphanumeric() || char == '_');
    if first.is_empty() || is_nothing_elsewhere(reader, node, (name, first)) {
        return None;
    }
    if !is_name || !takes_first {
        return function(reader, node, (name, parameters, value));
    }
    let function = reader.ir.name(callee, span);
    reader.variable(name, function, span);
    None
}

/// `#define NAME(a, ...) logger()->call(LEVEL, a, __VA_ARGS__)`: a function with that call as its body.
fn function(reader: &mut Reader<'_>, node: Node<'_>, (name, parameters, value): (&str, &str, &str)) -> Option<NodeId> {
    let span = node_span(node);
    let (callee, arguments) = split_call(value)?;
    let names: Vec<_> = parameters.split(',').map(str::trim).filter(|name| !name.is_empty()).take(MOST).collect();
    let given: Vec<_> = top_level(arguments).into_iter().map(|argument| argument.trim_start_matches('#').trim()).collect();
    let is_handed_on = |name: &&str| given.iter().any(|argument| stands_for(argument, name));
    if !is_callee(callee) || given.len() > MOST || !names.iter().any(is_handed_on) {
        return None;
    }
    let text = reader.ir.builder.name(name);
    let outside = reader.ir.enter_function(text, span);
    for name in names {
        let is_rest = name.ends_with("...");
        let name = if name == "..." { REST } else { name.trim_end_matches("...") };
        reader.ir.parameter(outside.function(), name, None, span).is_rest = is_rest;
    }
    let callee = path(reader, callee, span);
    let arguments = given.into_iter().map(|argument| handed_on(reader, argument, span)).collect();
    let call = reader.ir.call(callee, arguments, CallKind::Call, span);
    let id = reader.ir.leave_function(outside, Some(call));
    reader.ir.name_function(name, id, span);
    None
}

/// The parameters of a macro that takes any number.
const REST: &str = "__VA_ARGS__";

fn stands_for(argument: &str, parameter: &str) -> bool {
    let argument = argument.trim_matches(['(', ')', '#', ' ']);
    argument == parameter || parameter == "..." && argument.contains(REST) || Some(argument) == parameter.strip_suffix("...")
}

/// The callee and the arguments of a text that is one call, as far as its first statement goes.
fn split_call(value: &str) -> Option<(&str, &str)> {
    let text = value.split(';').next()?.trim().trim_end_matches(['\\', '}', ' ']);
    let mut text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        text = inner.trim();
    }
    let body = text.strip_suffix(')')?;
    let mut depth = 0_u32;
    for (at, char) in body.char_indices().rev() {
        match char {
            ')' => depth += 1,
            '(' if depth == 0 => return Some((body[..at].trim(), &body[at + 1..])),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The parts of a list between commas that stand in no parentheses and no text.
fn top_level(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut is_text, mut start) = (Vec::new(), 0_i32, false, 0);
    for (at, char) in list.char_indices() {
        match char {
            '"' => is_text = !is_text,
            '(' | '{' | '[' if !is_text => depth += 1,
            ')' | '}' | ']' if !is_text => depth -= 1,
            ',' if !is_text && depth == 0 => {
                parts.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Whether a text is names with what joins them, and calls without arguments.
fn is_callee(text: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.strip_suffix("()").unwrap_or(name);
        !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || char == '_')
    };
    let is_keyword = ["if", "while", "for", "switch", "sizeof", "return", "defined"].contains(&text);
    !is_keyword && text.replace("->", ".").replace("::", ".").split('.').all(is_name)
}

/// The expression that names what joins: `Log::instance()->info`.
fn path(reader: &mut Reader<'_>, text: &str, span: Span) -> NodeId {
    let text = text.replace("->", ".").replace("::", ".");
    let mut value: Option<NodeId> = None;
    for segment in text.split('.') {
        let (name, is_call) = segment.strip_suffix("()").map_or((segment, false), |name| (name, true));
        let named = match value {
            Some(base) => reader.ir.field(base, name, span),
            None => reader.ir.name(name, span),
        };
        value = Some(if is_call { reader.ir.call(named, Vec::new(), CallKind::Call, span) } else { named });
    }
    value.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span))
}

fn handed_on(reader: &mut Reader<'_>, argument: &str, span: Span) -> NodeId {
    let bare = argument.trim_matches(['(', ')', '#', ' ']);
    if argument.contains(REST) {
        let rest = reader.ir.name(REST, span);
        return reader.ir.node(Expr::Spread(rest), span);
    }
    if let Some(constant) = reader.constant(bare, span) {
        return constant;
    }
    if is_callee(bare) { path(reader, bare, span) } else { reader.ir.unknown(Vec::new(), span) }
}

/// Whether the conditional around has a definition of the same macro that stands for nothing.
fn is_nothing_elsewhere(reader: &Reader<'_>, node: Node<'_>, (name, first): (&str, &str)) -> bool {
    let mut around = node.parent();
    while let Some(outer) = around.filter(|outer| outer.kind().starts_with("preproc_")) {
        around = outer.parent();
        let mut cursor = outer.walk();
        let mut inner: Vec<_> = outer.named_children(&mut cursor).collect();
        while let Some(other) = inner.pop() {
            if other.kind().starts_with("preproc_el") {
                let mut cursor = other.walk();
                inner.extend(other.named_children(&mut cursor));
            }
            let is_same = other.kind() == "preproc_function_def" && reader.source_at(other, of_field("name")) == name;
            if is_same && !reader.source_at(other, of_field("value")).contains(first) {
                return true;
            }
        }
    }
    false
}
