//! Blocks of Kotlin that are run on a value where they stand, and what bare names mean in them.

use tree_sitter::Node;

use crate::frontend::grammar::{LAST, Reader, first, node_span, of_kind};
use crate::ir::{CallKind, Expr, NodeId};

/// How a block is run where it stands.
struct Scope {
    /// `this` is the value; else `it`, or the name of the block's parameter, is.
    is_implied: bool,
    /// The whole is worth the value; else what the block is worth.
    gives_value: bool,
}

/// The functions of the standard library that make something by a block whose receiver it is while it is made.
const BUILDERS: &[&str] = &[
    "buildString",
    "buildList",
    "buildSet",
    "buildMap",
    "buildAnnotatedString",
    "buildSpannedString",
    "buildJsonObject",
    "buildJsonArray",
    "parameters",
    "formData",
    "flow",
    "channelFlow",
    "sequence",
];

/// The functions of the standard library that run a block on a value at once.
fn scope_function(name: &str) -> Option<Scope> {
    let (is_implied, gives_value) = match name {
        "let" | "use" => (false, false),
        "also" => (false, true),
        "apply" => (true, true),
        "run" | "with" => (true, false),
        _ => return None,
    };
    Some(Scope { is_implied, gives_value })
}

/// What is called: a bare name that nothing in the file has is a member of the value that a block works on, or that a function extends.
pub(super) fn bare_callee(reader: &mut Reader<'_>, callee: Node<'_>) -> NodeId {
    if callee.kind() != "identifier" {
        return reader.value(callee);
    }
    let (name, span) = (reader.source(callee).trim_matches('`'), node_span(callee));
    let node = reader.ir.name(name, span);
    let is_of_receiver = reader.is_of_receiver(name);
    let base = match (reader.ir.expr(node), reader.ir.implied()) {
        (Expr::Global(_), Some(value)) if is_of_receiver && reader.is_object(value) => reader.ir.node(Expr::This, span),
        (Expr::Global(_), Some(value)) if !is_of_language(name) => reader.ir.read(value, span),
        // The function extends what has a function of this name of its own.
        (Expr::Variable(_), Some(value)) if reader.ir.has_receiver() && reader.ir.is_within(name) => reader.ir.read(value, span),
        (Expr::Global(_), None) if is_of_receiver => reader.ir.node(Expr::This, span),
        _ => return node,
    };
    reader.ir.field(base, name, span)
}

/// Whether a function or class is known everywhere: never taken for a member.
fn is_of_language(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
        || name.ends_with("Of")
        || [
            "println",
            "print",
            "require",
            "requireNotNull",
            "check",
            "checkNotNull",
            "error",
            "lazy",
            "launch",
            "async",
            "repeat",
            "runCatching",
            "synchronized",
            "lazyOf",
            "arrayOfNulls",
        ]
        .contains(&name)
}

/// `value.also(function)` and its like: the function is called with the value.
pub(super) fn scoped_reference(reader: &mut Reader<'_>, node: Node<'_>, callee: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let receiver = reader.part(callee, first(0)).filter(|_| callee.kind() == "navigation_expression")?;
    let scope = scope_function(reader.source_at(callee, LAST))?;
    let [function] = reader.parts(reader.part(node, of_kind("value_arguments"))?)[..] else { return None };
    let value = reader.value(receiver);
    let variable = reader.ir.temporary(span);
    let target = reader.ir.read(variable, span);
    reader.ir.assign(target, value, span);
    let given = reader.ir.read(variable, span);
    let function = reader.value(function);
    let result = reader.ir.call(function, vec![given], CallKind::Call, span);
    if !scope.gives_value {
        return Some(result);
    }
    reader.ir.evaluate(result);
    Some(reader.ir.read(variable, span))
}

/// `value.apply { … }` and its like. None if the call is none of them.
pub(super) fn scoped_call(reader: &mut Reader<'_>, node: Node<'_>, callee: Node<'_>, block: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let given = reader.part(node, of_kind("value_arguments")).and_then(|list| reader.part(list, first(0)));
    let (receiver, name) = match callee.kind() {
        "navigation_expression" => (reader.part(callee, first(0)), reader.source_at(callee, LAST)),
        _ => (given, reader.source(callee)),
    };
    // `also { … }` of an extension is about its receiver.
    let is_own_receiver = callee.kind() == "identifier" && given.is_none() && name != "with";
    let is_edit = name == "edit" && callee.kind() == "navigation_expression";
    let is_builder = BUILDERS.contains(&name) && callee.kind() == "identifier";
    let is_own = is_edit || is_builder;
    let scope = if is_own { Scope { is_implied: true, gives_value: true } } else { scope_function(name)? };
    let mut value = if is_builder {
        let builder = reader.value(callee);
        reader.ir.call(builder, Vec::new(), CallKind::Call, span)
    } else if is_own_receiver {
        scope_function(name)?;
        reader.ir.node(Expr::This, span)
    } else {
        reader.value(receiver?)
    };
    if is_edit {
        let editor = reader.ir.field(value, name, span);
        value = reader.ir.call(editor, Vec::new(), CallKind::Call, span);
    }
    let variable = reader.ir.temporary(span);
    let target = reader.ir.read(variable, span);
    reader.ir.assign(target, value, span);
    reader.ir.scopes.enter();
    let parameters = reader.part(block, of_kind("lambda_parameters"));
    if scope.is_implied {
        reader.ir.enter_implied(variable);
    }
    // The editor of one store is `this`, that of another is given.
    let named = parameters.and_then(|list| reader.names(list).first().copied());
    let is_given = !scope.is_implied || is_edit && (named.is_some() || reader.source(block).contains("it["));
    if is_given {
        let name = named.unwrap_or("it");
        let value = reader.ir.read(variable, span);
        reader.ir.bind(name, Some(value), None, span);
    }
    let statements: Vec<_> = reader.parts(block).into_iter().filter(|part| part.kind() != "lambda_parameters").collect();
    let last = reader.statements(&statements, !scope.gives_value);
    if scope.is_implied {
        reader.ir.leave_implied();
    }
    reader.ir.scopes.leave();
    Some(if scope.gives_value { reader.ir.read(variable, span) } else { last.unwrap_or_else(|| reader.ir.null(span)) })
}
