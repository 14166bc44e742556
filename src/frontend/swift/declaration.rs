//! Functions, properties and types.

use tree_sitter::Node;

use super::condition;
use crate::frontend::grammar::{At, CONSTRUCTOR, NO, Reader, first, node_span, of_field, of_kind};
use crate::ir::{CallKind, ClassId, Expr, FunctionId, NameId, NodeId};

/// All files of a module see each other's declarations without an import; which module a file is of is not written in it.
const MODULE: &str = "module";

/// `import Module`, `import struct Module.Name`
pub(super) fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    let path = reader.source_at(node, of_kind("identifier"));
    let module = path.split('.').next().unwrap_or(path);
    reader.ir.mention(module, node_span(node));
    reader.ir.builder.set_package(MODULE);
}

/// What a body does; one that is a single expression is worth it.
pub(super) fn body(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let list = reader.part(node, of_kind("statements"))?;
    let is_single = reader.parts(list).len() == 1;
    condition::statements(reader, list, is_single)
}

/// `func`, `init`, `deinit`, `subscript`
pub(super) fn function(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let body = match node.kind() {
        "subscript_declaration" => of_kind("computed_property"),
        _ => of_field("body"),
    };
    reader.part(node, body)?;
    let text = match node.kind() {
        "init_declaration" => CONSTRUCTOR,
        "deinit_declaration" => "deinit",
        "subscript_declaration" => "subscript",
        _ => reader.source_at(node, of_field("name")),
    };
    let class = reader.ir.class_around();
    let name = reader.ir.builder.name(text);
    let id = reader.function_body(name, node, NO, body, |reader| parameters(reader, node));
    let returns = reader.all(node, of_field("name")).into_iter().rfind(|part| part.kind().ends_with("_type"));
    let returns = returns.and_then(|ty| reader.ty(ty));
    reader.ir.builder.function_mut(id).returns = returns;
    reader.settle(id, node, text, class);
    None
}

/// `func name()` of a protocol, which has no body.
pub(super) fn promise(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let name = reader.ir.builder.name(reader.source_at(node, of_field("name")));
    let returns = reader.all(node, of_field("name")).into_iter().rfind(|part| part.kind().ends_with("_type"));
    let returns = returns.and_then(|ty| reader.ty(ty));
    let attributes = reader.attributes(node);
    reader.ir.add_promise(class, name, returns, attributes);
    None
}

/// The parameters of the function being read: each stands in the declaration itself, its default behind it.
fn parameters(reader: &mut Reader<'_>, node: Node<'_>) {
    let function = reader.ir.builder.function();
    let mut cursor = node.walk();
    let mut parameters: Vec<(Node<'_>, Option<Node<'_>>, bool)> = Vec::new();
    let mut is_default = false;
    for child in node.children(&mut cursor) {
        match (child.kind(), parameters.last_mut()) {
            ("parameter", _) => parameters.push((child, None, false)),
            ("...", Some(last)) => last.2 = true,
            (_, Some(last)) if is_default && child.is_named() => last.1 = Some(child),
            _ => {}
        }
        is_default = child.kind() == "=";
    }
    for (node, default, is_rest) in parameters {
        let default = default.map(|default| reader.value(default));
        parameter(reader, function, node);
        if let Some(last) = reader.ir.builder.function_mut(function).parameters.last_mut() {
            (last.default, last.is_rest) = (default, is_rest || last.is_rest);
        }
    }
}

/// `label name: inout Type`
pub(super) fn parameter(reader: &mut Reader<'_>, function: FunctionId, node: Node<'_>) {
    let label = match reader.source_at(node, of_field("external_name")) {
        "" | "_" => None,
        label => Some(reader.ir.builder.name(label)),
    };
    let names = reader.all(node, of_field("name"));
    let name = names.first().map_or("", |name| reader.source(*name));
    let ty = names.into_iter().skip(1).find(|part| part.kind().ends_with("_type")).and_then(|ty| reader.ty(ty));
    let is_reference = reader.modifiers(node).contains(&"inout");
    let is_rest = reader.source(node).ends_with("...");
    let parameter = reader.ir.parameter(function, name, ty, node_span(node));
    (parameter.label, parameter.is_reference, parameter.is_rest) = (label, is_reference, is_rest);
}

/// One name, or several out of one value, of a declaration.
#[derive(Default)]
struct Declared<'n> {
    pattern: Option<Node<'n>>,
    ty: Option<Node<'n>>,
    value: Option<Node<'n>>,
    computed: Option<Node<'n>>,
    observers: Option<Node<'n>>,
}

fn declared(node: Node<'_>) -> Vec<Declared<'_>> {
    let mut groups: Vec<Declared<'_>> = Vec::new();
    let mut cursor = node.walk();
    let mut is_value = false;
    for child in node.children(&mut cursor) {
        match (child.kind(), groups.last_mut()) {
            ("pattern", None) => groups.push(Declared { pattern: Some(child), ..Declared::default() }),
            ("pattern", Some(last)) if last.ty.is_some() || last.value.is_some() || !is_value => {
                groups.push(Declared { pattern: Some(child), ..Declared::default() });
            }
            ("type_annotation", Some(last)) => last.ty = Some(child),
            ("computed_property", Some(last)) => last.computed = Some(child),
            ("willset_didset_block", Some(last)) => last.observers = Some(child),
            (_, Some(last)) if is_value && child.is_named() => last.value = Some(child),
            _ => {}
        }
        is_value = child.kind() == "=";
    }
    groups
}

/// `let a = 1, b: Int`, `var x: T { … }`: fields in a type, variables elsewhere.
pub(super) fn property(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let class = reader.ir.class_around();
    for group in declared(node) {
        let names = group.pattern.map(|pattern| reader.names(pattern)).unwrap_or_default();
        let ty = group.ty.and_then(|ty| reader.ty(ty));
        let value = group.value.map(|value| condition::used(reader, value));
        let Some(class) = class else {
            let value = value.or_else(|| group.computed.map(|computed| called(reader, computed)));
            let values = value.map(|value| reader.ir.spread_over(value, names.len())).unwrap_or_default();
            for (index, name) in names.into_iter().enumerate() {
                let variable = reader.ir.bind(name, values.get(index).copied(), ty, span);
                reader.ir.export_variable(name, variable, span);
            }
            continue;
        };
        let attributes = reader.attributes(node);
        let Some(name) = names.first() else { continue };
        if let Some(computed) = group.computed {
            accessors(reader, class, name, computed);
            continue;
        }
        reader.ir.add_field(class, name, ty, value, attributes, span);
        wrappers(reader, class, name, node);
        if let Some(observers) = group.observers {
            for clause in reader.parts(observers) {
                method(reader, class, NameId::EMPTY, clause);
            }
        }
    }
    None
}

/// What a property outside of types is worth that is computed when it is read.
fn called(reader: &mut Reader<'_>, computed: Node<'_>) -> NodeId {
    let accessor = reader.part(computed, of_kind("computed_getter")).unwrap_or(computed);
    let callee = reader.closure(accessor, NO, At::Itself);
    reader.ir.call(callee, Vec::new(), CallKind::Call, node_span(computed))
}

/// `{ get { … } set { … } }`, or the body of the getter alone.
fn accessors(reader: &mut Reader<'_>, class: ClassId, name: &str, computed: Node<'_>) {
    let name = reader.ir.builder.name(name);
    let clauses = reader.parts(computed);
    let mut written: Vec<_> = clauses.into_iter().filter(|part| part.kind() != "statements").collect();
    if written.is_empty() {
        written.push(computed);
    }
    for accessor in written {
        let id = method(reader, class, name, accessor);
        reader.ir.builder.function_mut(id).modifiers.is_accessor = true;
    }
}

/// A part of a property that runs: a setter and observers have the value under a name.
fn method(reader: &mut Reader<'_>, class: ClassId, name: NameId, node: Node<'_>) -> FunctionId {
    let implied = match node.kind() {
        "computed_setter" | "willset_clause" => Some("newValue"),
        "didset_clause" => Some("oldValue"),
        _ => None,
    };
    let body = if node.kind().ends_with("set_clause") { of_kind("statements") } else { At::Itself };
    let id = reader.function_body(name, node, NO, body, |reader| {
        let Some(implied) = implied else { return };
        let text = reader.part(node, of_kind("simple_identifier")).map_or(implied, |name| reader.source(name));
        let function = reader.ir.builder.function();
        reader.ir.parameter(function, text, None, node_span(node));
    });
    reader.ir.add_method(class, id);
    id
}

/// `@AppStorage("key") var name`: the wrapper is made from its arguments and from what it wraps, whenever that is.
fn wrappers(reader: &mut Reader<'_>, class: ClassId, name: &str, node: Node<'_>) {
    let holder = reader.part(node, of_kind("modifiers"));
    let attributes = holder.map(|holder| reader.all(holder, of_kind("attribute"))).unwrap_or_default();
    for attribute in attributes {
        let parts = reader.parts(attribute);
        let [ty, arguments @ ..] = &parts[..] else { continue };
        if arguments.is_empty() {
            continue;
        }
        let span = node_span(attribute);
        let outside = reader.ir.enter_function(NameId::EMPTY, span);
        if let Some(callee) = reader.ty(*ty) {
            let mut values: Vec<_> = arguments.iter().map(|argument| reader.value(*argument)).collect();
            let this = reader.ir.node(Expr::This, span);
            let wrapped = reader.ir.field(this, name, span);
            let label = reader.ir.builder.name("wrappedValue");
            values.push(reader.ir.node(Expr::Named { name: label, value: wrapped }, span));
            let call = reader.ir.call(callee, values, CallKind::New, span);
            reader.ir.evaluate(call);
        }
        let id = reader.ir.leave_function(outside, None);
        reader.ir.add_method(class, id);
    }
}

/// `class`, `struct`, `enum`, `actor`, `extension`
pub(super) fn class(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let kind = reader.source_at(node, of_field("declaration_kind"));
    let body = of_field("body");
    if kind == "extension" {
        let name = reader.part(node, of_field("name"))?;
        let last = reader.type_names(name).first().and_then(|path| path.last().copied())?;
        let class = reader.ir.class_of_file(last, node_span(node));
        let body = reader.part(node, body);
        let extended = reader.ty(name);
        let before = reader.ir.set_extended(extended);
        reader.class_body(class, node, body, NO);
        reader.ir.set_extended(before);
        return None;
    }
    let class = reader.class(node, (super::TYPE_NAME, &[of_kind("inheritance_specifier")], body, NO));
    if kind == "struct" {
        memberwise(reader, class, node);
    }
    None
}

/// The constructor of a `struct` that declares none: one parameter for each stored property.
fn memberwise(reader: &mut Reader<'_>, class: ClassId, node: Node<'_>) {
    let Some(body) = reader.part(node, of_field("body")) else { return };
    let members = reader.parts(body);
    if members.iter().any(|member| member.kind() == "init_declaration") {
        return;
    }
    let properties: Vec<_> = members.into_iter().filter(|member| member.kind() == "property_declaration").collect();
    let constructor = reader.ir.builder.name(CONSTRUCTOR);
    let outside = reader.ir.enter_function(constructor, node_span(node));
    let function = outside.function();
    for property in properties {
        if reader.modifiers(property).contains(&"static") {
            continue;
        }
        let span = node_span(property);
        for group in declared(property).into_iter().filter(|group| group.computed.is_none()) {
            let Some(name) = group.pattern.and_then(|pattern| reader.names(pattern).first().copied()) else { continue };
            let ty = group.ty.and_then(|ty| reader.ty(ty));
            let variable = reader.ir.parameter(function, name, ty, span).variable;
            let this = reader.ir.node(Expr::This, span);
            let target = reader.ir.field(this, name, span);
            let value = reader.ir.read(variable, span);
            reader.ir.assign(target, value, span);
        }
    }
    let id = reader.ir.leave_function(outside, None);
    reader.ir.add_method(class, id);
}

/// `case a = "x", b(Int)`: one with values is a function that is worth them.
pub(super) fn enum_entry(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let span = node_span(node);
    let mut entries: Vec<(Node<'_>, Option<Node<'_>>, usize)> = Vec::new();
    let mut cursor = node.walk();
    let mut is_value = false;
    for child in node.children(&mut cursor) {
        match (child.kind(), entries.last_mut()) {
            (_, Some(last)) if is_value && child.is_named() => last.1 = Some(child),
            ("simple_identifier", _) => entries.push((child, None, 0)),
            ("enum_type_parameters", Some(last)) => last.2 = reader.all(child, of_field("name")).len(),
            _ => {}
        }
        is_value = child.kind() == "=";
    }
    for (name, value, count) in entries {
        let text = reader.source(name);
        if count == 0 {
            let value = value.map(|value| reader.value(value));
            reader.ir.add_field(class, text, None, value, Vec::new(), span);
            continue;
        }
        let name = reader.ir.builder.name(text);
        let outside = reader.ir.enter_function(name, span);
        let function = outside.function();
        let parameters: Vec<_> = (0..count).map(|_| reader.ir.parameter(function, "", None, span).variable).collect();
        let values = parameters.into_iter().map(|variable| reader.ir.read(variable, span)).collect();
        let value = reader.ir.unknown(values, span);
        let id = reader.ir.leave_function(outside, Some(value));
        reader.ir.builder.function_mut(id).modifiers.is_static = true;
        reader.ir.add_method(class, id);
    }
    None
}

/// The parameters of a closure: those that are written, else as many as it names by number.
pub(super) fn closure_parameters(reader: &mut Reader<'_>, function: FunctionId, node: Node<'_>) {
    let list = reader.part(node, of_field("type")).and_then(|ty| reader.part(ty, of_kind("lambda_function_type_parameters")));
    if let Some(list) = list {
        reader.parts(list).into_iter().for_each(|part| parameter(reader, function, part));
        return;
    }
    if reader.part(node, first(0)).is_some_and(|part| part.kind() != "statements" && part.kind() != "capture_list") {
        return;
    }
    let text = reader.source(node);
    let names = ["$0", "$1", "$2", "$3"];
    let count = names.iter().rposition(|name| text.contains(name)).map_or(0, |last| last + 1);
    for name in &names[..count] {
        reader.ir.parameter(function, name, None, node_span(node));
    }
}
