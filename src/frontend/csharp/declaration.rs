//! Namespaces, methods and properties.

use tree_sitter::Node;

use super::FUNCTION;
use crate::frontend::grammar::{At, NO, Reader, first, node_span, of_field, of_kind};
use crate::ir::{CallKind, ClassId, Expr, NodeId};

/// `using A.B;`, `using Name = A.B;`, `using static A.B;`
pub(super) fn using(reader: &mut Reader<'_>, node: Node<'_>) {
    let span = node_span(node);
    let alias = reader.part(node, of_field("name"));
    let path = reader.parts(node).into_iter().rfind(|part| Some(part.id()) != alias.map(|alias| alias.id()));
    let Some(path) = path.map(|path| reader.source(path)) else { return };
    match alias {
        Some(alias) => {
            let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
            let name = name.split('<').next().unwrap_or(name);
            reader.ir.import(module, Some(name), reader.source(alias), span);
        }
        None => reader.ir.mention(path, span),
    }
}

/// `namespace A.B { … }`, `namespace A.B;`
pub(super) fn namespace(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let name = reader.source_at(node, of_field("name"));
    reader.ir.builder.set_package(name);
    if let Some(body) = reader.part(node, of_field("body")) {
        let parts = reader.parts(body);
        reader.statements(&parts, false);
    }
    None
}

/// A method; one whose first parameter is `this T name` extends a type.
pub(super) fn method(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let list = reader.part(node, of_field("parameters"));
    let extended = list.and_then(|list| reader.part(list, first(0))).filter(|first| is_extended(reader, *first));
    let Some((receiver, list)) = extended.zip(list) else {
        reader.function(node, &FUNCTION);
        return None;
    };
    reader.part(node, FUNCTION.body)?;
    let text = reader.source_at(node, of_field("name"));
    let name = reader.ir.builder.name(text);
    let rest: Vec<_> = reader.parts(list).into_iter().skip(1).collect();
    let id = reader.function_body(name, node, NO, FUNCTION.body, |reader| {
        let ty = reader.part(receiver, of_field("type")).and_then(|ty| reader.ty(ty));
        reader.ir.receiver(reader.source_at(receiver, of_field("name")), ty, node_span(receiver));
        let function = reader.ir.builder.function();
        rest.into_iter().for_each(|parameter| reader.parameters(function, parameter));
    });
    reader.settle(id, node, text, None);
    None
}

fn is_extended(reader: &Reader<'_>, parameter: Node<'_>) -> bool {
    reader.all(parameter, of_kind("modifier")).into_iter().any(|word| reader.source(word) == "this")
}

/// `: base(a)`, `: this(a)` before the body of a constructor.
pub(super) fn constructor_call(reader: &mut Reader<'_>, node: Node<'_>) {
    let span = node_span(node);
    let arguments = reader.arguments(node, of_kind("argument_list"));
    let is_base = reader.source(node).trim_start_matches(':').trim_start().starts_with("base");
    let (callee, kind) = if is_base {
        (reader.ir.node(Expr::Super, span), CallKind::New)
    } else {
        let this = reader.ir.node(Expr::This, span);
        (reader.ir.field(this, crate::frontend::grammar::CONSTRUCTOR, span), CallKind::Call)
    };
    let call = reader.ir.call(callee, arguments, kind, span);
    reader.ir.evaluate(call);
}

/// `T Name { get; set; } = value;`, `T Name => value;`, `T Name { get { … } set { … } }`
pub(super) fn property(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let name = reader.source_at(node, of_field("name"));
    let ty = reader.part(node, of_field("type")).and_then(|ty| reader.ty(ty));
    let value = reader.part(node, of_field("value"));
    if let Some(arrow) = value.filter(|value| value.kind() == "arrow_expression_clause") {
        accessor(reader, class, (name, ""), arrow, At::Itself);
        return None;
    }
    let accessors = reader.part(node, of_field("accessors")).map(|list| reader.parts(list)).unwrap_or_default();
    let written: Vec<_> = accessors.into_iter().filter(|part| reader.part(*part, of_field("body")).is_some()).collect();
    if written.is_empty() || value.is_some() {
        let value = value.map(|value| reader.value(value));
        let attributes = reader.attributes(node);
        reader.ir.add_field(class, name, ty, value, attributes, node_span(node));
    }
    for part in written {
        let verb = reader.source(part);
        let verb = ["get", "set", "init"].into_iter().find(|word| verb.contains(word)).unwrap_or_default();
        accessor(reader, class, (name, verb), part, of_field("body"));
    }
    None
}

/// `T this[K key] { … }`: what it does is read, as methods without a name.
pub(super) fn indexer(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let accessors = reader.part(node, of_field("accessors")).map(|list| reader.parts(list)).unwrap_or_default();
    let written: Vec<_> = accessors.into_iter().filter(|part| reader.part(*part, of_field("body")).is_some()).collect();
    for part in written {
        accessor(reader, class, ("", "get"), part, of_field("body"));
    }
    None
}

/// What runs where a property is read or written.
fn accessor(reader: &mut Reader<'_>, class: ClassId, (name, verb): (&str, &str), node: Node<'_>, body: At) {
    let name = reader.ir.builder.name(name);
    let id = reader.function_body(name, node, NO, body, |reader| {
        if ["set", "init"].contains(&verb) {
            let function = reader.ir.builder.function();
            reader.ir.parameter(function, "value", None, node_span(node));
        }
    });
    reader.ir.builder.function_mut(id).modifiers.is_accessor = true;
    reader.ir.add_method(class, id);
}
