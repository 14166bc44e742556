//! Functions, constructors, variables and types.

use tree_sitter::Node;

use super::BASES;
use crate::frontend::grammar::{At, CONSTRUCTOR, NO, Reader, first, node_span, of_field, of_kind};
use crate::ir::{CallKind, ClassId, Expr, FunctionId, NodeId, Property, PropertyKey, StatementKind, VariableId};

/// Names of other files come in without a mention: the files of a product are one package.
const PACKAGE: &str = "package";

/// The member by which a class that keeps a state for others is read.
pub(super) const STATE: &str = "state";

/// Classes of libraries that keep a state, whose type is the last that they are given.
const KEEPERS: &[&str] =
    &["Cubit<", "Bloc<", "HydratedCubit<", "HydratedBloc<", "StateNotifier<", "Notifier<", "AutoDisposeNotifier<"];

/// A class. One that keeps a state for others has it as a member, although its base class declares it.
pub(super) fn class(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.class(node, (of_field("name"), BASES, of_field("body"), NO));
    let bases = BASES.iter().flat_map(|base| reader.all(node, *base)).map(|base| reader.source(base)).collect::<Vec<_>>();
    let keeper = bases.into_iter().find_map(|base| {
        let start = KEEPERS.iter().find_map(|keeper| Some(base.find(keeper)? + keeper.len()))?;
        base.get(start..)?.split('>').next()?.rsplit(',').next()
    })?;
    let span = node_span(node);
    let ty = reader.ir.name(keeper.trim().trim_end_matches('?'), span);
    reader.ir.add_field(class, STATE, Some(ty), None, Vec::new(), span);
    None
}

/// `import 'uri' as name show a, b;`
pub(super) fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    reader.ir.builder.set_package(PACKAGE);
    let Some(import) = reader.part(node, first(0)) else { return };
    let specification = reader.part(import, of_kind("import_specification"));
    let holder = specification.unwrap_or(import);
    let uri = reader.source_at(holder, of_field("uri"));
    let uri = uri.split_whitespace().next().unwrap_or(uri).trim_matches(['\'', '"']);
    let module = module(uri);
    let span = node_span(node);
    let alias = reader.source_at(holder, of_field("alias"));
    if !alias.is_empty() {
        reader.ir.import(&module, None, alias, span);
        return;
    }
    reader.ir.mention(&module, span);
    let is_own = !uri.starts_with("package:") && !uri.starts_with("dart:");
    for combinator in reader.all(holder, of_kind("combinator")) {
        if reader.source(combinator).starts_with("show") && !is_own && specification.is_some() {
            for name in reader.parts(combinator) {
                let name = reader.source(name);
                reader.ir.import(&module, Some(name), name, span);
            }
        }
    }
}

/// The name of a library: `bip39` of `package:bip39/bip39.dart`, `flutter/services` of `package:flutter/services.dart`.
fn module(uri: &str) -> String {
    let Some(path) = uri.strip_prefix("package:") else {
        let is_beside = !uri.starts_with('.') && !uri.contains(':');
        return if is_beside { format!("./{uri}") } else { uri.to_owned() };
    };
    let path = path.strip_suffix(".dart").unwrap_or(path);
    match path.split_once('/') {
        Some((package, library)) if package == library => package.to_owned(),
        _ => path.to_owned(),
    }
}

/// `part 'file.dart';`: names are shared.
pub(super) fn part_of(reader: &mut Reader<'_>, _: Node<'_>) -> Option<NodeId> {
    reader.ir.builder.set_package(PACKAGE);
    None
}

/// `{ … }` or `=> value`
pub(super) fn body(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let inner = reader.part(node, first(0))?;
    if inner.kind() == "block" {
        reader.statement(inner);
        return None;
    }
    Some(reader.value(inner))
}

/// What a list of parameters says.
#[derive(Default)]
pub(super) struct Parameters<'t> {
    /// `this.name`
    fields: Vec<(&'t str, VariableId)>,
    /// `super.name`
    handed_on: Vec<(&'t str, VariableId)>,
}

/// Reads the parameters of the function being read.
pub(super) fn parameters<'t>(reader: &mut Reader<'t>, list: Node<'_>, said: &mut Parameters<'t>) {
    let function = reader.ir.builder.function();
    let mut nodes: Vec<(Node<'_>, Option<Node<'_>>)> = Vec::new();
    let mut lists = vec![list];
    while let Some(list) = lists.pop() {
        let mut cursor = list.walk();
        let mut is_default = false;
        for child in list.children(&mut cursor) {
            match (child.kind(), nodes.last_mut()) {
                ("formal_parameter", _) => nodes.push((child, None)),
                ("optional_formal_parameters", _) => lists.push(child),
                (_, Some(last)) if is_default && child.is_named() => last.1 = Some(child),
                _ => {}
            }
            is_default = matches!(child.kind(), "=" | ":");
        }
    }
    for (node, default) in nodes {
        let default = default.map(|default| reader.value(default));
        let special = reader.parts(node).into_iter().find(|part| part.kind().ends_with("_formal_parameter"));
        let holder = special.unwrap_or(node);
        let name = reader.part(holder, of_field("name")).or_else(|| reader.part(holder, of_kind("identifier")));
        let name = name.map_or("", |name| reader.source(name));
        let ty = reader.part(holder, of_kind("type")).and_then(|ty| reader.ty(ty));
        let parameter = reader.ir.parameter(function, name, ty, node_span(node));
        parameter.default = default;
        let variable = parameter.variable;
        match special.map(|special| special.kind()) {
            Some("field_formal_parameter") => said.fields.push((name, variable)),
            Some("super_formal_parameter") => said.handed_on.push((name, variable)),
            _ => {}
        }
    }
}

fn parameter_list<'n>(reader: &Reader<'_>, signature: Node<'n>) -> Option<Node<'n>> {
    reader.part(signature, of_kind("formal_parameter_list"))
}

/// A function: `signature` and `body` are fields, or children of such kinds.
pub(super) fn function(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let signature = reader.part(node, of_field("signature")).or_else(|| reader.part(node, of_kind("function_signature")))?;
    read(reader, node, signature);
    None
}

fn read(reader: &mut Reader<'_>, node: Node<'_>, signature: Node<'_>) -> Option<FunctionId> {
    let text = match signature.kind() {
        "operator_signature" => reader.source_at(signature, of_field("operator")),
        _ => reader.source_at(signature, of_field("name")),
    };
    let class = reader.ir.class_around();
    let name = reader.ir.builder.name(text);
    let body = of_kind("function_body");
    let written = reader.part(node, body)?;
    let id = reader.function_body(name, node, NO, body, |reader| {
        if let Some(list) = parameter_list(reader, signature) {
            parameters(reader, list, &mut Parameters::default());
        }
    });
    let returns = reader.part(signature, of_field("return_type")).and_then(|ty| reader.ty(ty));
    reader.ir.builder.function_mut(id).returns = returns;
    reader.settle(id, node, text, class);
    let is_async = reader.source(written).starts_with("async");
    let is_static = signature.prev_sibling().is_some_and(|before| before.kind() == "static");
    let modifiers = &mut reader.ir.builder.function_mut(id).modifiers;
    (modifiers.is_async, modifiers.is_static) = (is_async, is_static);
    modifiers.is_accessor = class.is_some() && matches!(signature.kind(), "getter_signature" | "setter_signature");
    Some(id)
}

/// `Type get name => value;` outside of classes
pub(super) fn top_getter(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let signature = reader.part(node, of_field("signature"))?;
    let name = reader.source_at(signature, of_field("name"));
    let callee = reader.closure(node, NO, of_field("body"));
    let value = reader.ir.call(callee, Vec::new(), CallKind::Call, span);
    let variable = reader.ir.bind(name, Some(value), None, span);
    reader.ir.export_variable(name, variable, span);
    None
}

/// A method, an accessor, an operator or a constructor with a body.
pub(super) fn method(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let holder = reader.part(node, of_field("signature"))?;
    let signature = reader.parts(holder).into_iter().find(|part| part.kind().ends_with("_signature"))?;
    if signature.kind().contains("constructor") {
        return constructor(reader, node, signature, reader.part(holder, of_kind("initializers")));
    }
    read(reader, node, signature);
    None
}

/// Fields, or a constructor without a body.
pub(super) fn member(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let signature = reader.parts(node).into_iter().find(|part| part.kind().ends_with("constructor_signature"));
    match signature {
        Some(signature) if signature.kind() == "redirecting_factory_constructor_signature" => None,
        Some(signature) => {
            let initializers = reader.part(node, of_kind("initializers")).or_else(|| reader.part(node, of_kind("redirection")));
            constructor(reader, node, signature, initializers)
        }
        None => variables(reader, node),
    }
}

/// `Type a = 1, b;`: fields in a class, variables elsewhere.
pub(super) fn variables(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around();
    let attributes = reader.attributes(node);
    let ty = reader.part(node, of_kind("type")).and_then(|ty| reader.ty(ty));
    let lists = ["initialized_identifier_list", "static_final_declaration_list"];
    let mut declarators: Vec<Node<'_>> = Vec::new();
    if reader.part(node, of_field("name")).is_some() {
        declarators.push(node);
    }
    for part in reader.parts(node) {
        match part.kind() {
            "initialized_identifier" => declarators.push(part),
            kind if lists.contains(&kind) => declarators.extend(reader.parts(part)),
            _ => {}
        }
    }
    for declarator in declarators {
        let span = node_span(declarator);
        let name = reader.source_at(declarator, of_field("name"));
        let value = reader.maybe(declarator, of_field("value"));
        match class {
            Some(class) => reader.ir.add_field(class, name, ty, value, attributes.clone(), span),
            None => {
                let variable = reader.ir.bind(name, value, ty, span);
                reader.ir.export_variable(name, variable, span);
            }
        }
    }
    None
}

/// `Wallet(this.a, {super.b}) : c = a, super(a) { … }`, `Wallet.named(…)`, `factory Wallet.named(…)`
fn constructor(reader: &mut Reader<'_>, node: Node<'_>, signature: Node<'_>, list: Option<Node<'_>>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let names: Vec<_> = reader.all(signature, of_field("name")).into_iter().map(|name| reader.source(name)).collect();
    let is_factory = signature.kind().contains("factory");
    let text = names.get(1).copied().filter(|name| *name != "new").unwrap_or(CONSTRUCTOR);
    let is_named = text != CONSTRUCTOR;
    let name = reader.ir.builder.name(text);
    let body = if is_named && !is_factory { At::Nowhere } else { of_kind("function_body") };
    let id = reader.function_body(name, node, NO, body, |reader| {
        let mut said = Parameters::default();
        if let Some(list) = parameter_list(reader, signature) {
            parameters(reader, list, &mut said);
        }
        match (is_factory, is_named) {
            (true, _) => {}
            (false, false) => initialize(reader, &said, list),
            (false, true) => make(reader, (node, names.first().copied().unwrap_or_default()), &said, list),
        }
    });
    reader.settle(id, node, text, Some(class));
    reader.ir.builder.function_mut(id).modifiers.is_static = is_named;
    None
}

/// What a constructor writes to the object that is made, before its body.
fn initialize(reader: &mut Reader<'_>, said: &Parameters<'_>, list: Option<Node<'_>>) {
    for (name, variable) in &said.fields {
        let span = reader.ir.builder.unit().variable(*variable).span;
        let this = reader.ir.node(Expr::This, span);
        let target = reader.ir.field(this, name, span);
        let value = reader.ir.read(*variable, span);
        reader.ir.assign(target, value, span);
    }
    let mut is_handed_on = false;
    for entry in list.map(|list| reader.parts(list)).unwrap_or_default() {
        let span = node_span(entry);
        if let Some(field) = reader.part(entry, of_kind("field_initializer")) {
            let value = reader.must(field, of_field("value"));
            let this = reader.ir.node(Expr::This, span);
            let target = reader.ir.field(this, reader.source_at(field, of_field("name")), span);
            reader.ir.assign(target, value, span);
        } else if reader.source(entry).starts_with("super") {
            let arguments = reader.arguments(entry, of_kind("arguments"));
            call_base(reader, said, arguments, entry);
            is_handed_on = true;
        }
    }
    if let Some((_, variable)) = said.handed_on.first().filter(|_| !is_handed_on) {
        let span = reader.ir.builder.unit().variable(*variable).span;
        let arguments = handed_on(reader, said);
        let callee = reader.ir.node(Expr::Super, span);
        let call = reader.ir.call(callee, arguments, CallKind::New, span);
        reader.ir.evaluate(call);
    }
}

fn handed_on(reader: &mut Reader<'_>, said: &Parameters<'_>) -> Vec<NodeId> {
    let mut arguments = Vec::new();
    for (name, variable) in &said.handed_on {
        let span = reader.ir.builder.unit().variable(*variable).span;
        let value = reader.ir.read(*variable, span);
        let name = reader.ir.builder.name(name);
        arguments.push(reader.ir.node(Expr::Named { name, value }, span));
    }
    arguments
}

fn call_base(reader: &mut Reader<'_>, said: &Parameters<'_>, mut arguments: Vec<NodeId>, entry: Node<'_>) {
    let span = node_span(entry);
    arguments.extend(handed_on(reader, said));
    let callee = reader.ir.node(Expr::Super, span);
    let call = reader.ir.call(callee, arguments, CallKind::New, span);
    reader.ir.evaluate(call);
}

/// A named constructor: it gives an object of the class, or what another constructor makes.
fn make(reader: &mut Reader<'_>, (node, class): (Node<'_>, &str), said: &Parameters<'_>, list: Option<Node<'_>>) {
    let span = node_span(node);
    let ty = reader.ir.name(class, span);
    if let Some(other) = list.filter(|list| list.kind() == "redirection") {
        let arguments = reader.arguments(other, of_kind("arguments"));
        let made = reader.ir.call(ty, arguments, CallKind::New, span);
        reader.ir.push(StatementKind::Return(Some(made)), span);
        return;
    }
    let mut properties = Vec::new();
    for (name, variable) in said.fields.iter().chain(&said.handed_on) {
        let key = PropertyKey::Name(reader.ir.builder.name(name));
        let value = reader.ir.read(*variable, span);
        properties.push(Property { key, value });
    }
    for entry in list.map(|list| reader.parts(list)).unwrap_or_default() {
        if let Some(field) = reader.part(entry, of_kind("field_initializer")) {
            let value = reader.must(field, of_field("value"));
            let key = PropertyKey::Name(reader.ir.builder.name(reader.source_at(field, of_field("name"))));
            properties.push(Property { key, value });
        }
    }
    if let Some(body) = reader.part(node, of_kind("function_body")) {
        reader.statement(body);
    }
    let value = reader.ir.node(Expr::Object(properties.into()), span);
    let typed = reader.ir.node(Expr::Typed { value, ty }, span);
    reader.ir.push(StatementKind::Return(Some(typed)), span);
}

/// `extension on Type { … }`: members of the type.
pub(super) fn extension(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let ty = reader.part(node, of_field("class"))?;
    let last = reader.type_names(ty).first().and_then(|path| path.last().copied())?;
    let class: ClassId = reader.ir.class_of_file(last, node_span(node));
    let body = reader.part(node, of_field("body"));
    let extended = reader.ty(ty);
    let before = reader.ir.set_extended(extended);
    reader.class_body(class, node, body, NO);
    reader.ir.set_extended(before);
    None
}

/// `a('b')`, a member of an enumeration.
pub(super) fn enum_entry(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let arguments = At::OneOf(&["arguments", "argument_part", "argument_list"]);
    reader.member_of_enum(node, of_field("name"), arguments);
    None
}
