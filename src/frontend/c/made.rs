//! What makes an instance of a class in C++ beyond `new`: templates that are told the class, declarations that read like prototypes.

use tree_sitter::Node;

use crate::frontend::grammar::{At, NO, Reader, node_span, of_field, of_kind};
use crate::ir::{CallKind, Expr, NodeId, StatementKind};

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

/// `json document = account;`: a document is made of what it is declared to be.
pub(super) fn converted(reader: &mut Reader<'_>, declaration: Node<'_>, value: Node<'_>) -> Option<NodeId> {
    let is_instance = ["identifier", "field_expression", "pointer_expression", "call_expression"].contains(&value.kind());
    let ty = reader.part(declaration, of_field("type")).filter(|_| is_instance)?;
    if !["nlohmann::json", "nlohmann::ordered_json", "json", "ordered_json"].contains(&reader.source(ty)) {
        return None;
    }
    let class = reader.whole_ty(ty)?;
    let value = reader.value(value);
    Some(reader.ir.call(class, vec![value], CallKind::New, node_span(declaration)))
}

/// Macros that say of a class which of its members a document has: the class, then the members.
const DESCRIBERS: &[&str] = &[
    "NLOHMANN_DEFINE_TYPE_",
    "NLOHMANN_DEFINE_DERIVED_TYPE_",
    "BOOST_DESCRIBE_STRUCT",
    "JSONCONS_ALL_MEMBER_TRAITS",
    "JSONCONS_N_MEMBER_TRAITS",
    "VISITABLE_STRUCT",
    "BOOST_HANA_ADAPT_STRUCT",
    "BOOST_FUSION_ADAPT_STRUCT",
];

/// What such a macro says of a class, as a function that makes text of an instance; `text` begins with the macro.
pub(super) fn described(reader: &mut Reader<'_>, text: &str, node: Node<'_>) -> bool {
    if !DESCRIBERS.iter().any(|known| text.starts_with(known)) {
        return false;
    }
    let is_name = |name: &&str| name.starts_with(|char: char| char.is_alphabetic() || char == '_');
    let list = text.split_once('(').map_or("", |(_, rest)| rest);
    let list = list.split(|char: char| !char.is_alphanumeric() && char != '_').filter(is_name);
    let mut names = list.take(MOST_MEMBERS).map(ToOwned::to_owned).collect::<Vec<_>>().into_iter();
    let Some(class) = names.next() else { return false };
    let span = node_span(node);
    let printer = reader.ir.builder.name("to_json");
    let id = reader.function_body(printer, node, NO, At::Nowhere, |reader| {
        let function = reader.ir.builder.function();
        let ty = reader.ir.name(&class, span);
        let variable = reader.ir.parameter(function, "value", Some(ty), span).variable;
        let mut parts = Vec::new();
        for name in names {
            let value = reader.ir.read(variable, span);
            parts.push(reader.ir.field(value, &name, span));
        }
        let text = reader.ir.node(Expr::Template(parts.into()), span);
        reader.ir.push(StatementKind::Return(Some(text)), span);
    });
    reader.ir.builder.function_mut(id).class = None;
    true
}

/// More members are not looked at.
const MOST_MEMBERS: usize = 64;

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
