//! Java.

use tree_sitter::Node;

use super::described::Described;
use super::grammar::{
    At, AttributeRow, EACH,
    Form::{self, *},
    FunctionParts, Grammar, Habits, LAST, NO, ParameterRow, Reader, Table, Variables, Words, first, node_span, of_field, of_kind,
    parameter,
};
use super::lower::binary;
use super::{Language, Tables, grammar};
use crate::ir::{CallKind, NodeId, VariableKind};

/// The front end for Java.
pub(super) static JAVA: Described = Described::new(&GRAMMAR, &FACTS);

/// What the engine must know of Java.
static FACTS: Language = Language {
    family: "jvm",
    default_package: Some(""),
    overloads: true,
    implicit_receiver: true,
    printers: &["toString"],
    openers: &["orElse", "orElseThrow", "join"],
    invokers: &["accept", "apply", "get", "test", "run", "call", "handle"],
    printed_classes: &["record"],
    plain_types: &["boolean", "short", "int", "long", "float", "double", "Boolean", "Integer", "Long", "Double", "void"],
    tables: Tables::PAIRS,
    ..Language::ORDINARY
};

const FUNCTION: Form = Function(FunctionParts {
    name: of_field("name"),
    parameters: of_field("parameters"),
    returns: of_field("type"),
    body: of_field("body"),
    receiver: NO,
});
const CLASS: Form = class(&[of_field("superclass"), of_field("interfaces"), of_kind("extends_interfaces")], NO);
const VARIABLES: Variables =
    Variables { ty: of_field("type"), declarator: of_field("declarator"), name: of_field("name"), value: of_field("value") };
const SINGLE: Variables = Variables { declarator: NO, ..VARIABLES };
const TRY: Form = Try {
    resources: of_field("resources"),
    body: of_field("body"),
    handler: "catch_clause",
    error: of_kind("catch_formal_parameter"),
    finally: of_kind("finally_clause"),
};

const fn class(bases: &'static [At], parameters: At) -> Form {
    Class { name: of_field("name"), bases, body: of_field("body"), parameters }
}

/// The table of Java.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "java",
    extensions: &["java"],
    parser: || tree_sitter_java::LANGUAGE.into(),
    base: None,
    constructors: &["constructor_declaration", "compact_constructor_declaration"],
    tests: &["Test", "ParameterizedTest", "RepeatedTest", "Before", "After", "BeforeEach", "BeforeAll", "AfterEach", "AfterAll"],
    wrappers: &["Optional", "List", "Set", "Collection", "CompletableFuture", "Future", "ListenableFuture", "Supplier"],
    habits: Habits {
        implicit_receiver: true,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: false,
        names_receiver: false,
    },
    words: Words { containers: &["List", "Collection"], ..Words::ORDINARY },
    repairs: &[],
    is_public: |_, words| !words.contains(&"private"),
    modifiers: &["modifiers"],
    attributes: &[
        AttributeRow { kind: "marker_annotation", name: of_field("name"), arguments: NO },
        AttributeRow { kind: "annotation", name: of_field("name"), arguments: of_field("arguments") },
    ],
    parameters: &[
        parameter("formal_parameter", of_field("name"), of_field("type"), NO),
        ParameterRow { kind: "spread_parameter", name: of_kind("variable_declarator"), ty: first(0), default: NO, is_rest: true },
        parameter("receiver_parameter", NO, NO, NO),
    ],
    types: &[
        "type_identifier",
        "scoped_type_identifier",
        "generic_type",
        "array_type",
        "integral_type",
        "floating_point_type",
        "boolean_type",
        "void_type",
        "annotated_type",
        "type_arguments",
        "type_parameters",
        "type_parameter",
        "type_list",
        "type_bound",
        "catch_type",
        "wildcard",
        "super_interfaces",
        "superclass",
        "extends_interfaces",
        "throws",
        "permits",
        "dimensions",
    ],
    parts: &[
        "string_fragment",
        "multiline_string_fragment",
        "escape_sequence",
        "argument_list",
        "annotation_argument_list",
        "annotation_type_body",
        "asterisk",
        "catch_formal_parameter",
        "dimensions_expr",
        "exports_module_directive",
        "formal_parameters",
        "inferred_parameters",
        "module_body",
        "opens_module_directive",
        "provides_module_directive",
        "record_pattern_component",
        "requires_modifier",
        "requires_module_directive",
        "switch_block",
        "uses_module_directive",
        "variable_declarator",
    ],
    forms: &[
        ("identifier", Name),
        ("this", This),
        ("super", Super),
        ("string_literal", Template),
        ("string_interpolation", Inner),
        ("character_literal", Text),
        ("decimal_integer_literal", Number),
        ("hex_integer_literal", Number),
        ("octal_integer_literal", Number),
        ("binary_integer_literal", Number),
        ("decimal_floating_point_literal", Number),
        ("hex_floating_point_literal", Number),
        ("true", Bool),
        ("false", Bool),
        ("null_literal", Null),
        ("parenthesized_expression", Inner),
        ("array_initializer", List),
        ("element_value_array_initializer", List),
        ("element_value_pair", Named(of_field("key"), of_field("value"))),
        ("class_literal", Unknown),
        ("template_expression", Unknown),
        ("scoped_identifier", Member(of_field("scope"), of_field("name"))),
        ("field_access", Member(of_field("object"), of_field("field"))),
        ("array_access", Index(of_field("array"), of_field("index"))),
        ("method_invocation", Method { receiver: of_field("object"), name: of_field("name"), arguments: of_field("arguments") }),
        ("method_reference", Own(reference)),
        ("explicit_constructor_invocation", Call(of_field("constructor"), of_field("arguments"))),
        ("object_creation_expression", Own(creation)),
        ("array_creation_expression", Own(array)),
        ("binary_expression", Binary(of_field("left"), of_field("right"))),
        ("instanceof_expression", Own(instance)),
        ("unary_expression", Unary(of_field("operand"))),
        ("update_expression", Update(first(0))),
        ("assignment_expression", Assign(of_field("left"), of_field("right"))),
        ("cast_expression", Cast(of_field("value"), of_field("type"))),
        ("ternary_expression", Conditional(of_field("condition"), of_field("consequence"), of_field("alternative"))),
        ("lambda_expression", Closure { parameters: of_field("parameters"), body: of_field("body") }),
        ("block", Block),
        ("constructor_body", Block),
        ("program", Block),
        ("expression_statement", Evaluate),
        ("labeled_statement", Labeled(first(0), LAST)),
        ("synchronized_statement", Evaluate),
        ("assert_statement", Unknown),
        ("finally_clause", Evaluate),
        ("static_initializer", Own(initializer)),
        ("yield_statement", Inner),
        (
            "if_statement",
            If { before: NO, condition: of_field("condition"), then: of_field("consequence"), otherwise: of_field("alternative") },
        ),
        ("while_statement", While(of_field("condition"), of_field("body"))),
        ("do_statement", DoWhile(of_field("condition"), of_field("body"))),
        (
            "for_statement",
            For { first: of_field("init"), condition: of_field("condition"), update: of_field("update"), body: of_field("body") },
        ),
        (
            "enhanced_for_statement",
            Each { targets: of_field("name"), ty: of_field("type"), iterable: of_field("value"), body: of_field("body") },
        ),
        (
            "switch_expression",
            Switch(grammar::Switch {
                subject: of_field("condition"),
                body: of_field("body"),
                arms: &["switch_block_statement_group", "switch_rule"],
                label: "switch_label",
                test: EACH,
                falls_through: &["switch_block_statement_group"],
                breaks: true,
            }),
        ),
        ("pattern", Inner),
        ("guard", Inner),
        ("type_pattern", Own(type_pattern)),
        ("record_pattern", Unknown),
        ("record_pattern_body", Unknown),
        ("try_statement", TRY),
        ("try_with_resources_statement", TRY),
        ("resource_specification", Evaluate),
        ("resource", Own(resource)),
        ("return_statement", Return),
        ("throw_statement", Throw),
        ("break_statement", Break(of_kind("identifier"))),
        ("continue_statement", Continue(of_kind("identifier"))),
        ("local_variable_declaration", Local(VARIABLES)),
        ("field_declaration", Field(VARIABLES)),
        ("constant_declaration", Field(VARIABLES)),
        ("method_declaration", FUNCTION),
        ("constructor_declaration", FUNCTION),
        ("compact_constructor_declaration", FUNCTION),
        ("annotation_type_element_declaration", Skip),
        ("class_declaration", CLASS),
        ("record_declaration", class(&[of_field("interfaces")], of_field("parameters"))),
        ("interface_declaration", CLASS),
        ("enum_declaration", CLASS),
        ("annotation_type_declaration", Skip),
        ("class_body", Block),
        ("interface_body", Block),
        ("enum_body", Block),
        ("enum_body_declarations", Evaluate),
        ("enum_constant", Declares { name: of_field("name"), kind: VariableKind::Local, read: enum_constant }),
        ("import_declaration", Import(import)),
        ("package_declaration", Own(package)),
        ("module_declaration", Skip),
        ("line_comment", Skip),
        ("block_comment", Skip),
        ("underscore_pattern", Skip),
    ],
    table: Table::new(),
};

fn package(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let name = reader.parts(node).into_iter().find(|part| part.kind().ends_with("identifier"))?;
    let name = reader.source(name);
    reader.ir.builder.set_package(name);
    None
}

fn enum_constant(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let Some(body) = reader.part(node, of_kind("class_body")) else {
        reader.member_of_enum(node, of_field("name"), of_field("arguments"));
        return None;
    };
    // `NAME { … }` is the only instance of a class of its own.
    let span = node_span(node);
    let around = reader.ir.class_around()?;
    let unit = reader.ir.builder.unit();
    let owner = unit.name(unit.class(around).name).to_owned();
    let base = reader.ir.name(&owner, span);
    let arguments = reader.arguments(node, of_field("arguments"));
    let class = reader.ir.class("", vec![base], Vec::new(), span);
    reader.class_body(class, node, Some(body), NO);
    let callee = reader.ir.node(crate::ir::Expr::Class(class), span);
    let value = reader.ir.call(callee, arguments, CallKind::New, span);
    let name = reader.source_at(node, of_field("name"));
    reader.ir.add_field(around, name, None, Some(value), Vec::new(), span);
    None
}

/// `import a.b.C;`, `import static a.b.C.m;`, `import a.b.*;`
fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    let Some(path) = reader.part(node, first(0)).map(|path| reader.source(path)) else { return };
    if reader.part(node, of_kind("asterisk")).is_some() {
        reader.ir.mention(path, node_span(node));
        return;
    }
    let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
    reader.ir.import(module, Some(name), name, node_span(node));
}

/// `new C(a) { … }`: the body is a class of its own.
fn creation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let callee = reader.part(node, of_field("type")).and_then(|ty| reader.ty(ty))?;
    let arguments = reader.arguments(node, of_field("arguments"));
    let span = node_span(node);
    let Some(body) = reader.part(node, of_kind("class_body")) else {
        return Some(reader.ir.call(callee, arguments, CallKind::New, span));
    };
    let class = reader.ir.class("", vec![callee], Vec::new(), span);
    reader.class_body(class, node, Some(body), NO);
    let callee = reader.ir.node(crate::ir::Expr::Class(class), span);
    Some(reader.ir.call(callee, arguments, CallKind::New, span))
}

/// `new int[] {1, 2}`, `new byte[16]`
fn array(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    if let Some(value) = reader.maybe(node, of_field("value")) {
        return Some(value);
    }
    let span = node_span(node);
    let sizes = reader.arguments(node, of_kind("dimensions_expr"));
    let ty = format!("{}[]", reader.source_at(node, of_field("type")));
    let name = reader.ir.builder.name(&ty);
    let callee = reader.ir.node(crate::ir::Expr::Global(name), span);
    Some(reader.ir.call(callee, sizes, CallKind::New, span))
}

/// `C::m`, `C::new`
fn reference(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let base = reader.maybe(node, first(0))?;
    let last = reader.source_at(node, LAST);
    let is_constructor = reader.parts(node).len() < 2 || reader.source(node).ends_with("::new");
    Some(if is_constructor { base } else { reader.ir.field(base, last, node_span(node)) })
}

/// `value instanceof Type name`
fn instance(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let left = reader.maybe(node, of_field("left"))?;
    let ty = reader.part(node, of_field("right")).and_then(|ty| reader.ty(ty));
    if let Some(name) = reader.part(node, of_field("name")) {
        let name = reader.source(name);
        reader.ir.bind(name, Some(left), ty, span);
    }
    let right = ty.unwrap_or_else(|| reader.ir.unknown(Vec::new(), span));
    Some(reader.ir.operation(binary("instanceof"), left, right, span))
}

/// `case Type name`: what is switched over is not known here, so that the name is bound to something.
fn type_pattern(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let ty = reader.part(node, first(0)).and_then(|ty| reader.ty(ty));
    let name = reader.source_at(node, LAST);
    reader.ir.bind(name, None, ty, span);
    Some(reader.ir.unknown(Vec::new(), span))
}

/// A resource of a `try`: a declaration, or a variable that is there.
fn resource(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    if reader.part(node, of_field("name")).is_none() {
        return reader.maybe(node, LAST);
    }
    reader.variables(node, &SINGLE);
    None
}

/// `static { … }` is a method without a name.
fn initializer(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let id = reader.function_body(crate::ir::NameId::EMPTY, node, NO, first(0), |_| ());
    reader.ir.builder.function_mut(id).modifiers.is_static = true;
    reader.ir.add_method(class, id);
    None
}
