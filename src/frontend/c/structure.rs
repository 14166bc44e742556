//! What makes an instance of a structure: its fields in braces, by their order or by their names.

use tree_sitter::Node;

use crate::frontend::grammar::{
    At, CONSTRUCTOR,
    Form::{self, Record},
    NO, Reader, node_span, of_field, of_kind,
};
use crate::ir::{CallKind, ClassId, Expr, FunctionId, NodeId, PropertyKey};

/// A structure that says nothing else is made by giving its fields.
pub(super) fn made_of_fields(reader: &mut Reader<'_>, class: ClassId, (name, node): (&str, Node<'_>)) {
    let unit = reader.ir.builder.unit();
    let is_made = |&function: &FunctionId| [CONSTRUCTOR, name].contains(&unit.name(unit.function(function).name));
    let declared = unit.class(class);
    if !declared.fields.is_empty() && !declared.methods.iter().any(is_made) {
        reader.record_constructor(class, node);
    }
}

/// `T{a, b}`, `(struct T){.x = a}` make a `T`.
pub(super) fn compound(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    const NAMED: &[&str] = &["type_identifier", "qualified_identifier", "struct_specifier"];
    let value = reader.part(node, of_field("value"))?;
    let told = reader.part(node, of_field("type"))?;
    let is_array = reader.part(told, of_field("declarator")).is_some();
    let ty = if told.kind() == "type_descriptor" { reader.part(told, of_field("type"))? } else { told };
    let Some(class) = Some(ty).filter(|ty| NAMED.contains(&ty.kind()) && !is_array).and_then(|ty| reader.whole_ty(ty)) else {
        return Some(reader.value(value));
    };
    let arguments = listed(reader, value);
    Some(reader.ir.call(class, arguments, CallKind::New, node_span(node)))
}

/// What a declarator with braces makes of the type of its declaration: an instance, or a table of them.
pub(super) fn made(reader: &mut Reader<'_>, (node, ty): (Node<'_>, At), declarator: Node<'_>) -> Option<NodeId> {
    let list = reader.part(declarator, of_field("value")).filter(|value| value.kind() == "initializer_list")?;
    let ty = reader.part(node, ty)?;
    if reader.part(declarator, of_kind("array_declarator")).is_none() {
        return instance(reader, ty, list);
    }
    let rows = reader.parts(list);
    if rows.is_empty() || rows.iter().any(|row| row.kind() != "initializer_list") {
        return None;
    }
    let made: Option<Vec<_>> = rows.into_iter().map(|row| instance(reader, ty, row)).collect();
    Some(reader.ir.node(Expr::Array(made?.into()), node_span(list)))
}

/// What stands in braces. Empty ones are zeros, and not a list without elements.
pub(super) fn list(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    const LIST: Form =
        Record { ty: NO, entries: NO, entry: "initializer_pair", key: of_field("designator"), value: of_field("value") };
    if !reader.parts(node).is_empty() {
        return reader.form_flow(node, LIST, true);
    }
    let zero = reader.ir.number(0.0, node_span(node));
    Some(reader.ir.node(Expr::Array(vec![zero].into()), node_span(node)))
}

fn instance(reader: &mut Reader<'_>, ty: Node<'_>, list: Node<'_>) -> Option<NodeId> {
    let class = reader.whole_ty(ty)?;
    let arguments = listed(reader, list);
    Some(reader.ir.call(class, arguments, CallKind::New, node_span(list)))
}

/// The values of a list in braces, as arguments: those that name a field have its name.
pub(super) fn listed(reader: &mut Reader<'_>, list: Node<'_>) -> Vec<NodeId> {
    if reader.parts(list).is_empty() {
        return Vec::new();
    }
    let whole = reader.value(list);
    match reader.ir.expr(whole) {
        Expr::Array(elements) => elements.to_vec(),
        Expr::Object(properties) => {
            let properties = properties.clone();
            let named = properties.iter().map(|property| match property.key {
                PropertyKey::Name(name) => reader.ir.node(Expr::Named { name, value: property.value }, node_span(list)),
                _ => property.value,
            });
            named.collect()
        }
        _ => vec![whole],
    }
}
