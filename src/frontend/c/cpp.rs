//! C++: what it adds to C.

use tree_sitter::Node;

use super::made;
use super::structure;
use super::{DECLARATORS, DECLARED, NAME};
use crate::frontend::described::Described;
use crate::frontend::grammar::{
    At,
    Form::{self, *},
    FunctionParts, Grammar, Habits, NO, ParameterRow, Reader, Table, Variables, Words, along, both_branches, first, first_branches,
    node_span, of_field, of_kind, one_of, parameter, without_macros,
};
use crate::frontend::{Language, Tables};
use crate::ir::NodeId;

/// The front end for C++.
pub(in crate::frontend) static CPP: Described = Described { accepts_header: is_cpp, ..Described::new(&GRAMMAR, &FACTS) };

/// What the engine must know of C++.
static FACTS: Language = Language {
    splits_classes: true,
    // A copy holds what was there when it was made.
    room_is_shared: false,
    overloads: true,
    implicit_receiver: true,
    fields_are_values: true,
    open_namespaces: true,
    bare_receivers_are_members: true,
    places: &[&["first"], &["second"]],
    tables: Tables::PAIRS,
    free_printers: &["operator<<", "to_string", "to_json", "format_as"],
    ..super::FACTS
};

/// Whether a header that is not Objective-C's is C++'s: its name does not tell.
fn is_cpp(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "namespace ",
        "template",
        "class ",
        "public:",
        "private:",
        "std::",
        "virtual ",
        "explicit ",
        "constexpr ",
        "nullptr",
        "operator",
        ") override",
        ") const {",
        ") const;",
        ") noexcept",
        "= default;",
        "= delete;",
        "static_cast<",
        "QString",
        "auto ",
        " &&",
    ];
    // A header of the library has no ending: `#include <string>`.
    let is_library =
        |line: &str| line.strip_prefix("#include <").is_some_and(|rest| !rest.split('>').next().unwrap_or(rest).contains('.'));
    WORDS.iter().any(|word| text.contains(word)) || text.lines().any(is_library)
}

/// A named type: a plain one says nothing of a pointer to many of it.
const TYPE: At = one_of(&["type_identifier", "qualified_identifier", "template_type"]);
const FUNCTION: FunctionParts = FunctionParts {
    name: NAME,
    parameters: along(DECLARED, "parameters"),
    returns: TYPE,
    body: of_field("body"),
    receiver: along(DECLARED, "scope"),
};
const CLASS: Form =
    Class { name: of_field("name"), bases: &[of_kind("base_class_clause")], body: of_field("body"), parameters: NO };

/// The rows of C++.
pub(in crate::frontend) static GRAMMAR: Grammar = Grammar {
    language: "cpp",
    extensions: &["cpp", "cc", "cxx", "hpp", "hh", "hxx", "ino"],
    parser: || tree_sitter_cpp::LANGUAGE.into(),
    base: Some(&super::GRAMMAR),
    constructors: &[],
    tests: &[],
    wrappers: &[
        "unique_ptr",
        "shared_ptr",
        "weak_ptr",
        "optional",
        "reference_wrapper",
        "QPointer",
        "QSharedPointer",
        "QScopedPointer",
    ],
    habits: Habits {
        implicit_receiver: true,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: false,
        names_receiver: false,
    },
    words: Words {
        by_reference: &["reference_declarator"],
        first_values: "field_initializer_list",
        containers: &["vector", "deque", "list", "array", "set", "span", "QVector", "QList", "initializer_list"],
        ..Words::ORDINARY
    },
    repairs: &[without_macros, both_branches, first_branches],
    is_public: |_, words| !words.contains(&"static"),
    modifiers: &["access_specifier", "virtual_specifier", "explicit_function_specifier", "ref_qualifier", "noexcept"],
    attributes: &[],
    parameters: &[
        parameter("parameter_declaration", NAME, TYPE, NO),
        parameter("optional_parameter_declaration", NAME, TYPE, of_field("default_value")),
        ParameterRow {
            kind: "variadic_parameter_declaration",
            name: NAME,
            ty: of_kind("type_identifier"),
            default: NO,
            is_rest: true,
        },
    ],
    types: &[
        "auto",
        "decltype",
        "dependent_type",
        "placeholder_type_specifier",
        "template_type",
        "template_argument_list",
        "template_parameter_list",
        "trailing_return_type",
        "abstract_reference_declarator",
        "type_parameter_declaration",
        "optional_type_parameter_declaration",
        "template_template_parameter_declaration",
        "variadic_type_parameter_declaration",
        "throw_specifier",
        "base_class_clause",
    ],
    parts: &[
        "compound_requirement",
        "constraint_conjunction",
        "constraint_disjunction",
        "default_method_clause",
        "delete_method_clause",
        "field_initializer",
        "field_initializer_list",
        "lambda_capture_initializer",
        "lambda_capture_specifier",
        "lambda_default_capture",
        "literal_suffix",
        "nested_namespace_specifier",
        "new_declarator",
        "operator_cast",
        "pointer_type_declarator",
        "pure_virtual_clause",
        "raw_string_content",
        "reference_declarator",
        "requirement_seq",
        "requires_clause",
        "simple_requirement",
        "structured_binding_declarator",
        "type_requirement",
        "variadic_declarator",
    ],
    forms: &[
        ("namespace_identifier", Skip),
        ("this", This),
        ("raw_string_literal", Template),
        ("raw_string_delimiter", Skip),
        ("user_defined_literal", Inner),
        ("qualified_identifier", Own(qualified)),
        ("template_function", Inner),
        ("template_method", Inner),
        ("dependent_name", Inner),
        ("operator_name", Skip),
        ("destructor_name", Skip),
        ("subscript_argument_list", Inner),
        ("subscript_expression", Index(of_field("argument"), of_field("indices"))),
        ("new_expression", New(of_field("type"), of_field("arguments"))),
        ("delete_expression", Unknown),
        ("co_await_expression", Inner),
        ("co_yield_statement", Unknown),
        ("co_return_statement", Return),
        ("fold_expression", Unknown),
        ("parameter_pack_expansion", Inner),
        ("requires_expression", Skip),
        ("lambda_expression", Own(lambda)),
        ("declaration", Own(declaration)),
        ("field_declaration", Field(FIELDS)),
        ("binary_expression", Own(operation)),
        ("call_expression", Own(call)),
        ("condition_clause", Own(condition)),
        ("init_statement", Evaluate),
        ("for_range_loop", Each { targets: NAME, ty: TYPE, iterable: of_field("right"), body: of_field("body") }),
        (
            "try_statement",
            Try { resources: NO, body: of_field("body"), handler: "catch_clause", error: of_field("parameters"), finally: NO },
        ),
        ("throw_statement", Throw),
        ("compound_literal_expression", Own(structure::compound)),
        ("class_specifier", Own(class)),
        ("struct_specifier", Own(record)),
        ("union_specifier", CLASS),
        ("function_definition", Function(FUNCTION)),
        ("namespace_definition", Own(namespace)),
        ("namespace_alias_definition", Skip),
        ("template_declaration", Evaluate),
        ("template_instantiation", Skip),
        ("using_declaration", Skip),
        ("alias_declaration", Own(made::alias)),
        ("friend_declaration", Skip),
        ("concept_definition", Skip),
        ("static_assert_declaration", Skip),
    ],
    table: Table::new(),
};

const VARIABLES: Variables = Variables { ty: TYPE, declarator: DECLARATORS, name: NAME, value: of_field("value") };
const FIELDS: Variables = Variables { value: of_field("default_value"), ..VARIABLES };

/// `namespace a::b { … }`: what is in it is in the package of the program, and its name leads there.
fn namespace(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    for name in reader.source_at(node, of_field("name")).split("::").map(str::trim).filter(|name| !name.is_empty()) {
        reader.ir.namespace(name, span);
    }
    if let Some(body) = reader.part(node, of_field("body")) {
        reader.statement(body);
    }
    None
}

/// A structure, which is made by giving its fields if it says nothing else.
fn record(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let made = reader.form_flow(node, CLASS, false);
    let name = reader.source_at(node, of_field("name"));
    if name.contains("formatter<") {
        made::free_formatter(reader, name, node);
    }
    let is_plain = reader.part(node, of_field("body")).is_some()
        && reader.part(node, of_kind("base_class_clause")).is_none()
        && !name.is_empty()
        && !name.contains(['<', ':']);
    if is_plain {
        let class = reader.ir.class_of_file(name, node_span(node));
        structure::made_of_fields(reader, class, (name, node));
    }
    describe(reader, node);
    made
}

/// `[name = value](a) { b }`
fn lambda(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    const ROW: Form = Closure { parameters: along(DECLARED, "parameters"), body: of_field("body") };
    let captures = reader.part(node, of_field("captures")).map(|list| reader.parts(list)).unwrap_or_default();
    let captures = captures.into_iter().filter(|capture| capture.kind() == "lambda_capture_initializer");
    let captures: Vec<_> = captures.filter_map(|capture| Some((capture, reader.maybe(capture, of_field("right"))?))).collect();
    reader.ir.scopes.enter();
    for (capture, value) in captures {
        reader.ir.bind(reader.source_at(capture, of_field("left")), Some(value), None, node_span(capture));
    }
    let closure = reader.form_flow(node, ROW, true);
    reader.ir.scopes.leave();
    closure
}

/// A class, with what a macro in it says of its members.
fn class(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let made = reader.form_flow(node, CLASS, false);
    describe(reader, node);
    made
}

/// Reads a macro that stands among the members of a class, and names these.
fn describe(reader: &mut Reader<'_>, node: Node<'_>) {
    if let Some(body) = reader.part(node, of_field("body"))
        && let Some(at) = reader.source(body).find("NLOHMANN_DEFINE_")
    {
        let text = reader.source(body).get(at..).unwrap_or_default();
        made::described(reader, text.split(')').next().unwrap_or_default(), node);
    }
}

/// `a::b::c`, without the arguments of templates.
fn qualified(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let mut names =
        reader.source(node).split("::").map(|name| name.split('<').next().unwrap_or(name).trim()).filter(|name| !name.is_empty());
    let start = reader.ir.name(names.next()?, span);
    Some(names.fold(start, |base, name| reader.ir.field(base, name, span)))
}

/// `T x = y;` and `T x(y), z{};`, which make a `T` each.
fn declaration(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    reader.variables_made(node, &VARIABLES, |reader, declarator| made(reader, node, declarator));
    // Within a function `T x(f(y));` reads like a prototype.
    let is_local = node.parent().is_some_and(|parent| parent.kind() == "compound_statement");
    for declarator in reader.all(node, of_field("declarator")).into_iter().filter(|_| is_local) {
        if declarator.kind() == "function_declarator"
            && let Some(value) = made(reader, node, declarator)
        {
            let name = reader.source_at(declarator, NAME);
            reader.variable(name, value, node_span(declarator));
        }
    }
    None
}

/// What a declarator with arguments makes of the type of its declaration.
fn made(reader: &mut Reader<'_>, node: Node<'_>, declarator: Node<'_>) -> Option<NodeId> {
    let value = match declarator.kind() {
        "function_declarator" => reader.part(declarator, of_field("parameters"))?,
        _ => reader.part(declarator, of_field("value"))?,
    };
    if declarator.kind() != "function_declarator" && !["argument_list", "initializer_list"].contains(&value.kind()) {
        return made::converted(reader, node, value);
    }
    // What is listed makes an array of plain types, and an instance of any other.
    let is_list = value.kind() == "initializer_list";
    let is_array = reader.part(declarator, of_kind("array_declarator")).is_some();
    let is_made =
        |kind: &str| kind != "auto" && (!is_list || !is_array && !["primitive_type", "sized_type_specifier"].contains(&kind));
    let ty = reader.part(node, of_field("type")).filter(|ty| is_made(ty.kind()))?;
    let class = reader.whole_ty(ty)?;
    let arguments = match value.kind() {
        "argument_list" => reader.parts(value).into_iter().map(|argument| reader.value(argument)).collect(),
        "initializer_list" => structure::listed(reader, value),
        _ => reader.parts(value).into_iter().filter_map(|parameter| made::as_argument(reader, parameter)).collect(),
    };
    Some(reader.ir.call(class, arguments, crate::ir::CallKind::New, node_span(declarator)))
}

/// `if (auto x = f())`: what is declared is what is tested.
fn condition(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.form_flow(node, Evaluate, true);
    let declared = reader.part(node, of_field("value")).filter(|value| value.kind() == "declaration");
    match declared.map(|declared| reader.source_at(declared, NAME)) {
        Some(name) => Some(reader.ir.name(name, node_span(node))),
        None => value,
    }
}

/// `stream << a << b`: what is inserted is given to the stream, as one call. A shift of a number is an operation.
fn operation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    const ROW: Form = Binary(of_field("left"), of_field("right"));
    let mut inserted = Vec::new();
    let mut start = node;
    while start.kind() == "binary_expression" && reader.operator(start) == "<<" {
        inserted.extend(reader.part(start, of_field("right")));
        let Some(left) = reader.part(start, of_field("left")) else { break };
        start = left;
    }
    let is_stream = matches!(
        start.kind(),
        "identifier" | "qualified_identifier" | "call_expression" | "field_expression" | "pointer_expression"
    );
    let is_count = |part: &Node<'_>| part.kind() == "number_literal";
    let is_part = node.parent().is_some_and(|parent| parent.kind() == "binary_expression");
    if inserted.is_empty() || !is_stream || is_part || inserted.len() == 1 && is_count(&inserted[0]) {
        return reader.form_flow(node, ROW, true);
    }
    let stream = reader.value(start);
    let callee = reader.ir.field(stream, "<<", node_span(node));
    let arguments: Vec<_> = inserted.into_iter().rev().map(|part| reader.value(part)).collect();
    Some(reader.ir.call(callee, arguments, crate::ir::CallKind::Call, node_span(node)))
}

/// `f(a)`; a cast says how bytes are read, not what they are, and what is moved stays what it is.
fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    const CASTS: &[&str] =
        &["static_cast<", "reinterpret_cast<", "const_cast<", "dynamic_cast<", "bit_cast<", "std::bit_cast<", "std::forward<"];
    const MOVES: &[&str] = &["std::move", "std::as_const", "std::ref", "std::cref", "qAsConst"];
    let callee = reader.source_at(node, of_field("function"));
    if CASTS.iter().any(|cast| callee.starts_with(cast)) || MOVES.contains(&callee) {
        let arguments = reader.part(node, of_field("arguments"))?;
        return reader.maybe(arguments, first(0));
    }
    if made::described(reader, reader.source(node), node) {
        return None;
    }
    if let Some(instance) = made::instance(reader, node) {
        return Some(instance);
    }
    reader.form_flow(node, Form::Call(of_field("function"), of_field("arguments")), true)
}
