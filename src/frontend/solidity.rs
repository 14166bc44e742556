//! Solidity.
//!
//! A modifier is a function of the contract; where a function names it, it is called at the head of the body, as a guard is.

use tree_sitter::Node;

use super::Language;
use super::described::Described;
use super::grammar::{
    At,
    Form::{self, *},
    FunctionParts, Grammar, Habits, NO, Reader, Table, Variables, Words, first, node_span, of_field, of_kind, parameter,
};
use crate::ir::{CallKind, Expr, NodeId, Property, PropertyKey};

/// The front end for Solidity.
pub(super) static SOLIDITY: Described = Described::new(&GRAMMAR, &FACTS);

/// What the engine must know of Solidity.
static FACTS: Language = Language {
    plain_types: &["bool"],
    overloads: true,
    implicit_receiver: true,
    anyone_calls: true,
    calls_on_first_argument: true,
    ..Language::ORDINARY
};

const CONTRACT: Form =
    Class { name: of_field("name"), bases: &[of_kind("inheritance_specifier")], body: of_field("body"), parameters: NO };
const FUNCTION: FunctionParts = FunctionParts {
    name: of_field("name"),
    parameters: of_kind("parameter"),
    returns: of_field("return_type"),
    body: of_field("body"),
    receiver: NO,
};
const ARGUMENTS: At = of_kind("call_argument");
const VARIABLE: Variables = Variables { ty: of_field("type"), declarator: NO, name: of_field("name"), value: of_field("value") };

/// The table of Solidity.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "solidity",
    extensions: &["sol"],
    parser: || tree_sitter_solidity::LANGUAGE.into(),
    base: None,
    constructors: &["constructor_definition"],
    tests: &[],
    wrappers: &[],
    habits: Habits {
        implicit_receiver: true,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: false,
        names_receiver: false,
    },
    words: Words::ORDINARY,
    repairs: &[],
    is_public: |_, words| !words.contains(&"private") && !words.contains(&"internal"),
    modifiers: &["visibility", "state_mutability", "virtual", "override_specifier", "state_location", "immutable"],
    attributes: &[],
    parameters: &[parameter("parameter", of_field("name"), of_field("type"), NO)],
    types: &["type_name", "primitive_type", "user_defined_type", "inheritance_specifier", "return_parameter"],
    parts: &[
        "any_pragma_token",
        "any_source_type",
        "assembly_flags",
        "catch_clause",
        "enum_body",
        "enum_value",
        "error_parameter",
        "event_parameter",
        "number_unit",
        "pragma_value",
        "solidity_pragma_token",
        "solidity_version",
        "solidity_version_comparison_operator",
        "string",
        "struct_field_assignment",
        "type_alias",
        "user_definable_operator",
        "using_alias",
        "variable_declaration",
        "variable_declaration_tuple",
        "unchecked",
        "yul_evm_builtin",
    ],
    forms: &[
        ("identifier", Name),
        ("string_literal", Text),
        ("unicode_string_literal", Text),
        ("hex_string_literal", Text),
        ("number_literal", Number),
        ("boolean_literal", Bool),
        ("true", Bool),
        ("false", Bool),
        ("expression", Inner),
        ("statement", Evaluate),
        ("parenthesized_expression", Inner),
        ("tuple_expression", List),
        ("inline_array_expression", List),
        ("call_argument", Inner),
        ("call_struct_argument", Named(of_field("name"), of_field("value"))),
        ("meta_type_expression", Unknown),
        ("member_expression", Member(of_field("object"), of_field("property"))),
        ("array_access", Index(of_field("base"), of_field("index"))),
        ("slice_access", Own(|reader, node| reader.maybe(node, of_field("base")))),
        ("call_expression", Own(call)),
        ("type_cast_expression", Own(|reader, node| reader.maybe(node, ARGUMENTS))),
        ("payable_conversion_expression", Own(|reader, node| reader.maybe(node, ARGUMENTS))),
        ("new_expression", New(of_field("name"), ARGUMENTS)),
        ("struct_expression", Own(|reader, node| reader.maybe(node, of_field("type")))),
        ("binary_expression", Binary(of_field("left"), of_field("right"))),
        ("unary_expression", Unary(of_field("argument"))),
        ("update_expression", Update(of_field("argument"))),
        ("assignment_expression", Own(assignment)),
        ("augmented_assignment_expression", Assign(of_field("left"), of_field("right"))),
        ("ternary_expression", Conditional(first(0), first(1), first(2))),
        ("block_statement", Block),
        ("function_body", Block),
        ("contract_body", Block),
        ("source_file", Block),
        ("expression_statement", Evaluate),
        ("variable_declaration_statement", Own(local)),
        ("if_statement", Own(branch)),
        ("while_statement", While(of_field("condition"), of_field("body"))),
        ("do_while_statement", DoWhile(of_field("condition"), of_field("body"))),
        (
            "for_statement",
            For {
                first: of_field("initial"),
                condition: of_field("condition"),
                update: of_field("update"),
                body: of_field("body"),
            },
        ),
        ("try_statement", Own(attempt)),
        ("return_statement", Own(returns)),
        ("break_statement", Break(NO)),
        ("continue_statement", Continue(NO)),
        ("emit_statement", Call(of_field("name"), ARGUMENTS)),
        ("revert_statement", Throw),
        ("revert_arguments", Unknown),
        ("assembly_statement", Unknown),
        ("function_definition", Function(FUNCTION)),
        ("constructor_definition", Function(FunctionParts { name: NO, returns: NO, ..FUNCTION })),
        ("fallback_receive_definition", Function(FunctionParts { name: NO, ..FUNCTION })),
        ("modifier_invocation", Head(guard)),
        ("return_type_definition", Head(results)),
        ("modifier_definition", Function(FUNCTION)),
        ("contract_declaration", CONTRACT),
        ("interface_declaration", CONTRACT),
        ("library_declaration", CONTRACT),
        ("struct_declaration", CONTRACT),
        ("struct_body", Block),
        ("struct_member", Field(VARIABLE)),
        ("state_variable_declaration", Field(VARIABLE)),
        ("constant_variable_declaration", Local(VARIABLE)),
        ("enum_declaration", Skip),
        ("event_definition", Skip),
        ("error_declaration", Skip),
        ("using_directive", Own(using)),
        ("user_defined_type_definition", Skip),
        ("import_directive", Import(import)),
        ("pragma_directive", Skip),
        ("comment", Skip),
        ("layout_specifier", Skip),
        // Assembly: its calls, with what goes into them.
        ("yul_assignment", Unknown),
        ("yul_block", Unknown),
        ("yul_boolean", Bool),
        ("yul_break", Skip),
        ("yul_continue", Skip),
        ("yul_decimal_number", Number),
        ("yul_for_statement", Unknown),
        ("yul_function_call", Own(assembly_call)),
        ("yul_function_definition", Unknown),
        ("yul_hex_number", Number),
        ("yul_hex_string_literal", Text),
        ("yul_identifier", Own(assembly_name)),
        ("yul_if_statement", Unknown),
        ("yul_label", Skip),
        ("yul_leave", Skip),
        ("yul_path", Inner),
        ("yul_string_literal", Text),
        ("yul_switch_statement", Unknown),
        ("yul_variable_declaration", Unknown),
    ],
    table: Table::new(),
};

/// `using Library for type`: the file names the library, whose functions may then be called on values of the type.
fn using(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let words = reader.source(node).split(|char: char| !char.is_alphanumeric() && char != '_');
    words.filter(|word| !word.is_empty()).for_each(|word| {
        reader.ir.builder.name(word);
    });
    None
}

/// `import "x";`, `import {A as B} from "x";`, `import * as x from "x";`
fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    let span = node_span(node);
    let source = reader.source_at(node, of_field("source")).trim_matches(['"', '\'']);
    let names = reader.all(node, of_field("import_name"));
    let aliases = reader.all(node, of_field("alias"));
    if names.is_empty() {
        match aliases.first() {
            Some(alias) => reader.ir.import(source, None, reader.source(*alias), span),
            None => reader.ir.mention(source, span),
        }
    }
    for name in names {
        let next = name.next_named_sibling();
        let alias = next.filter(|next| aliases.iter().any(|alias| alias.id() == next.id())).unwrap_or(name);
        reader.ir.import(source, Some(reader.source(name)), reader.source(alias), span);
    }
}

/// `f(a)`, `f({a: 1})`, and `to.call{value: v}(data)`, whose options are one more argument.
fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let mut target = reader.part(node, of_field("function"))?;
    while let Some(inner) = reader.part(target, first(0)).filter(|_| target.kind() == "expression") {
        target = inner;
    }
    let callee = reader.value(target);
    let mut arguments = Vec::new();
    for argument in reader.all(node, ARGUMENTS) {
        arguments.extend(reader.parts(argument).into_iter().map(|part| reader.value(part)));
    }
    let options = reader.all(target, of_kind("struct_field_assignment"));
    if !options.is_empty() {
        let property = |reader: &mut Reader<'_>, option| {
            let name = reader.source_at(option, of_field("name"));
            let key = PropertyKey::Name(reader.ir.builder.name(name));
            Property { key, value: reader.must(option, of_field("value")) }
        };
        let properties: Vec<_> = options.into_iter().map(|option| property(reader, option)).collect();
        arguments.push(reader.ir.node(Expr::Object(properties.into()), span));
    }
    Some(reader.ir.call(callee, arguments, CallKind::Call, span))
}

/// `a = b`, `(a, , c) = f()`
fn assignment(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut left = reader.part(node, of_field("left"))?;
    while let Some(inner) = reader.part(left, first(0)).filter(|_| left.kind() == "expression") {
        left = inner;
    }
    let value = reader.must(node, of_field("right"));
    if left.kind() != "tuple_expression" {
        let target = reader.value(left);
        return Some(reader.ir.node(Expr::Assign { target, value }, node_span(node)));
    }
    let targets = places(left);
    for (target, value) in targets.iter().zip(reader.ir.spread_over(value, targets.len())) {
        if let Some(target) = target.map(|target| reader.value(target)) {
            reader.ir.assign(target, value, node_span(node));
        }
    }
    None
}

/// The members of a tuple by their places: some may be left out.
fn places(tuple: Node<'_>) -> Vec<Option<Node<'_>>> {
    let mut places = vec![None];
    let mut cursor = tuple.walk();
    for child in tuple.children(&mut cursor) {
        match child.kind() {
            "," => places.push(None),
            _ if child.is_named() && !child.is_extra() => *places.last_mut().expect("there is always a place") = Some(child),
            _ => {}
        }
    }
    places
}

/// `T a = v;`, `(T a, , T b) = v;`
fn local(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.maybe(node, of_field("value"));
    let declared = match reader.part(node, of_kind("variable_declaration_tuple")) {
        Some(tuple) => places(tuple),
        None => vec![reader.part(node, of_kind("variable_declaration"))],
    };
    let values = value.map(|value| reader.ir.spread_over(value, declared.len())).unwrap_or_default();
    for (index, declared) in declared.into_iter().enumerate() {
        let Some(declared) = declared else { continue };
        let ty = reader.part(declared, of_field("type")).and_then(|ty| reader.ty(ty));
        let name = reader.part(declared, of_field("name")).map_or_else(|| reader.source(declared), |name| reader.source(name));
        reader.ir.bind(name, values.get(index).copied(), ty, node_span(declared));
    }
    None
}

/// `if`: both ways are bodies.
fn branch(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let condition = reader.must(node, of_field("condition"));
    let bodies = reader.all(node, of_field("body"));
    let then = reader.body(bodies.first().copied());
    let otherwise = reader.body(bodies.get(1).copied());
    reader.ir.branch(condition, then, otherwise, node_span(node));
    None
}

/// `try this.f() returns (uint v) { … } catch { … }`
fn attempt(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, of_field("attempt"));
    let results = reader.all(node, of_kind("parameter"));
    reader.ir.scopes.enter();
    if results.is_empty() {
        reader.ir.evaluate(value);
    } else {
        for (result, value) in results.iter().zip(reader.ir.spread_over(value, results.len())) {
            let name = reader.source_at(*result, of_field("name"));
            reader.ir.bind(name, Some(value), None, node_span(*result));
        }
    }
    let form = Try { resources: NO, body: of_field("body"), handler: "catch_clause", error: of_kind("parameter"), finally: NO };
    reader.form_flow(node, form, false);
    reader.ir.scopes.leave();
    None
}

/// `return a;`, `return (a, b);`
fn returns(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.maybe(node, first(0));
    reader.ir.push(crate::ir::StatementKind::Return(value), node_span(node));
    None
}

/// A modifier that a function names: it is called before the body, as a guard is.
fn guard(reader: &mut Reader<'_>, node: Node<'_>) {
    let Some(name) = reader.part(node, first(0)) else { return };
    let callee = reader.ir.name(reader.source(name), node_span(name));
    let arguments = reader.all(node, ARGUMENTS).into_iter().map(|argument| reader.value(argument)).collect();
    let call = reader.ir.call(callee, arguments, CallKind::Call, node_span(node));
    reader.ir.evaluate(call);
}

/// Results with names are variables.
fn results(reader: &mut Reader<'_>, node: Node<'_>) {
    for result in reader.parts(node) {
        let ty = reader.part(result, of_field("type")).and_then(|ty| reader.ty(ty));
        let name = reader.source_at(result, of_field("name"));
        if !name.is_empty() {
            reader.ir.bind(name, None, ty, node_span(result));
        }
    }
}

fn assembly_call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let parts = reader.parts(node);
    let callee = reader.ir.name(reader.source(*parts.first()?), span);
    let arguments = parts[1..].iter().map(|argument| reader.value(*argument)).collect();
    Some(reader.ir.call(callee, arguments, CallKind::Call, span))
}

fn assembly_name(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    Some(reader.ir.name(reader.source(node), node_span(node)))
}
