//! What makes an instance of a class in C++ beyond `new`: templates that are told the class, declarations that read like prototypes.

use tree_sitter::Node;

use crate::frontend::grammar::{Reader, node_span, of_field, of_kind};
use crate::ir::{CallKind, NodeId};

/// Functions that make an instance of the class that they are told.
const MAKERS: &[&str] = &["make_unique", "make_shared", "make_optional", "allocate_shared", "make_scoped_refptr"];

/// `std::make_shared<T>(a)`, which makes a `T`.
pub(super) fn instance(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut callee = reader.part(node, of_field("function"))?;
    while callee.kind() == "qualified_identifier" {
        callee = reader.part(callee, of_field("name"))?;
    }
    let is_maker = callee.kind() == "template_function" && MAKERS.contains(&reader.source_at(callee, of_field("name")));
    let told = reader.part(callee, of_field("arguments")).filter(|_| is_maker)?;
    let ty = reader.parts(told).into_iter().next()?;
    // An array of bytes is no instance.
    if reader.source(ty).ends_with(']') {
        return None;
    }
    let class = reader.ty(ty)?;
    let arguments = reader.arguments(node, of_field("arguments"));
    Some(reader.ir.call(class, arguments, CallKind::New, node_span(node)))
}

/// `using Name = Type<…>;`: another name of a class.
pub(super) fn alias(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let ty = reader.part(node, of_field("type"))?;
    let inner = reader.part(ty, of_field("type")).unwrap_or(ty);
    let is_class = ["template_type", "qualified_identifier", "type_identifier"].contains(&inner.kind());
    // A function type, a pointer or an array is no other name of a class.
    if !is_class || reader.part(ty, of_field("declarator")).is_some() {
        return None;
    }
    let name = reader.source_at(node, of_field("name"));
    let class = reader.ty(ty)?;
    reader.variable(name, class, span);
    None
}

/// What a parameter of a declaration that reads like a prototype is as an argument: `Box b(key);`, `Box b(load(path));`.
pub(super) fn as_argument(reader: &mut Reader<'_>, parameter: Node<'_>) -> Option<NodeId> {
    let ty = reader.part(parameter, of_field("type"))?;
    if !["type_identifier", "qualified_identifier", "identifier"].contains(&ty.kind()) {
        return None;
    }
    let span = node_span(ty);
    let mut names = reader.source(ty).split("::").map(str::trim).filter(|name| !name.is_empty());
    let start = reader.ir.name(names.next()?, span);
    let named = names.fold(start, |base, name| reader.ir.field(base, name, span));
    let Some(declarator) = reader.part(parameter, of_field("declarator")) else { return Some(named) };
    let list = match declarator.kind() {
        "abstract_function_declarator" | "function_declarator" => reader.part(declarator, of_field("parameters")),
        "abstract_parenthesized_declarator" => reader.part(declarator, of_kind("parameter_list")),
        _ => None,
    }?;
    let arguments: Vec<_> = reader.parts(list).into_iter().filter_map(|inner| as_argument(reader, inner)).collect();
    let text = reader.source(ty);
    if ["std::move", "std::forward", "std::ref", "std::cref"].contains(&text) {
        return arguments.first().copied();
    }
    Some(reader.ir.call(named, arguments, CallKind::Call, span))
}

/// `fmt::formatter<T>::format`, which says how a `T` becomes text as a function without a class would.
pub(super) fn free_formatter(reader: &mut Reader<'_>, name: &str, node: Node<'_>) {
    let class = reader.ir.class_of_file(name, node_span(node));
    let unit = reader.ir.builder.unit();
    let format = unit.class(class).methods.iter().copied().find(|&method| unit.name(unit.function(method).name) == "format");
    if let Some(function) = format {
        let name = reader.ir.builder.name("format_as");
        let function = reader.ir.builder.function_mut(function);
        function.name = name;
        function.class = None;
    }
}
