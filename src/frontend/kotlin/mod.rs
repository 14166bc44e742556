//! Kotlin.
//!
//! Blocks that are handed to `let`, `apply` and their like run where they stand, so that they are lowered in place.

mod block;

use tree_sitter::Node;

use super::described::Described;
use super::grammar::{
    At, AttributeRow,
    Form::{self, *},
    FunctionParts, Grammar, Habits, LAST, NO, ParameterRow, Reader, Table, Variables, Words, after, first, node_span, of_field,
    of_kind, one_of, parameter,
};
use super::lower::Operator;
use super::{Language, Tables, grammar};
use crate::ir::{BinaryOp, CallKind, Expr, Literal, NameId, NodeId, VariableKind};
use crate::source::Span;

/// The front end for Kotlin.
pub(super) static KOTLIN: Described = Described::new(&GRAMMAR, &FACTS);

/// What the engine must know of Kotlin.
static FACTS: Language = Language {
    family: "jvm",
    default_package: Some(""),
    plain_types: &["Boolean", "Short", "Int", "Long", "Float", "Double", "Unit"],
    overloads: true,
    implicit_receiver: true,
    blocks_have_receivers: true,
    printers: &["toString"],
    printed_classes: &["data"],
    places: &[&["first", "key"], &["second", "value"], &["third"]],
    tables: Tables::PAIRS,
    invokers: &["invoke", "accept", "apply", "get", "test", "run", "call"],
    openers: &[
        "copy",
        "value",
        "collectAsState",
        "collectAsStateWithLifecycle",
        "observeAsState",
        "asStateFlow",
        "asSharedFlow",
        "asLiveData",
        "await",
        "getOrNull",
        "getOrThrow",
    ],
    delegate: Some(["getValue", "setValue"]),
    splits_classes: true,
    ..Language::ORDINARY
};

/// Functions of the standard library that an extension calls on its receiver without naming it.
const OF_RECEIVER: &[&str] = &[
    "toByteArray",
    "encodeToByteArray",
    "decodeToString",
    "toCharArray",
    "trim",
    "split",
    "lowercase",
    "uppercase",
    "joinToString",
    "map",
    "forEach",
    "filter",
    "toList",
    "copyOf",
    "copyOfRange",
    "contentToString",
    "toHexString",
    "chunked",
    "replace",
    "substring",
    "toString",
    "concatToString",
    "fold",
    "take",
    "drop",
    "edit",
    "getString",
    "putString",
    "asList",
    "reversed",
    "toTypedArray",
    "nextBytes",
    "nextInt",
    "chars",
    "padStart",
    "removePrefix",
    "removeSuffix",
    "substringAfter",
    "substringBefore",
    "trimIndent",
    "lines",
    "windowed",
    "filterNot",
    "mapNotNull",
    "flatMap",
    "sorted",
    "shuffled",
    "random",
    "first",
    "last",
    "sliceArray",
    "copyInto",
    "toHex",
    "encodeToString",
    "isEmpty",
    "isNotEmpty",
    "isBlank",
    "isNotBlank",
    "contentEquals",
    "toMutableList",
    "toSet",
    "toBigInteger",
    "toUByteArray",
    "toIntArray",
    "joinTo",
    "putExtra",
    "getStringExtra",
    "getSystemService",
    "getSharedPreferences",
];

const TYPES: &[&str] = &["user_type", "nullable_type", "non_nullable_type", "function_type", "parenthesized_type"];
const FUNCTION: FunctionParts = FunctionParts {
    name: of_field("name"),
    parameters: of_kind("function_value_parameters"),
    returns: after(":"),
    body: one_of(&["function_body", "block"]),
    receiver: NO,
};
const PROPERTY: Variables =
    Variables { ty: NO, declarator: NO, name: one_of(&["variable_declaration", "multi_variable_declaration"]), value: after("=") };

/// The table of Kotlin.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "kotlin",
    extensions: &["kt", "kts"],
    parser: || tree_sitter_kotlin_ng::LANGUAGE.into(),
    base: None,
    constructors: &["secondary_constructor"],
    tests: &["Test", "ParameterizedTest", "RepeatedTest", "Before", "After", "BeforeEach", "BeforeTest", "AfterTest"],
    wrappers: &["List", "Set", "Collection", "Flow", "StateFlow", "MutableStateFlow", "Result", "Deferred", "Lazy", "LiveData"],
    habits: Habits {
        implicit_receiver: true,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: true,
        names_receiver: false,
    },
    words: Words {
        is_async: &["suspend"],
        endless_annotations: true,
        containers: &["List", "Collection"],
        of_receiver: OF_RECEIVER,
        ..Words::ORDINARY
    },
    repairs: &[],
    is_public: |_, words| !words.contains(&"private") && !words.contains(&"internal"),
    modifiers: &["modifiers", "parameter_modifiers", "type_modifiers", "type_parameter_modifiers"],
    attributes: &[AttributeRow { kind: "annotation", name: LAST, arguments: NO }],
    parameters: &[
        parameter("parameter", first(0), one_of(TYPES), NO),
        parameter("class_parameter", one_of(&["identifier"]), one_of(TYPES), after("=")),
        parameter("variable_declaration", one_of(&["identifier"]), one_of(TYPES), NO),
        ParameterRow { kind: "multi_variable_declaration", name: At::Itself, ty: NO, default: NO, is_rest: false },
    ],
    types: &[
        "user_type",
        "nullable_type",
        "non_nullable_type",
        "function_type",
        "parenthesized_type",
        "type_arguments",
        "type_projection",
        "type_parameters",
        "type_parameter",
        "type_constraints",
        "type_constraint",
        "function_type_parameters",
        "delegation_specifiers",
        "delegation_specifier",
        "variance_modifier",
        "explicit_delegation",
    ],
    parts: &[
        "string_content",
        "escape_sequence",
        "catch_block",
        "class_parameters",
        "function_value_parameters",
        "getter",
        "setter",
        "lambda_parameters",
        "primary_constructor",
        "value_arguments",
        "use_site_target",
        "class_modifier",
        "function_modifier",
        "inheritance_modifier",
        "member_modifier",
        "parameter_modifier",
        "platform_modifier",
        "property_modifier",
        "reification_modifier",
        "visibility_modifier",
        "label",
        "constructor_delegation_call",
    ],
    forms: &[
        ("identifier", Own(identifier)),
        ("this_expression", Own(this)),
        ("super_expression", Super),
        ("string_literal", Own(text)),
        ("multiline_string_literal", Own(text)),
        ("interpolation", Inner),
        ("character_literal", Text),
        ("number_literal", Number),
        ("float_literal", Number),
        ("parenthesized_expression", Inner),
        ("annotated_expression", Own(|reader, node| reader.maybe(node, LAST))),
        ("labeled_expression", Own(labeled)),
        ("value_argument", Own(argument)),
        ("annotated_lambda", Own(|reader, node| reader.maybe(node, LAST))),
        ("spread_expression", Spread),
        ("collection_literal", List),
        ("qualified_identifier", Own(path)),
        ("navigation_expression", Member(first(0), LAST)),
        ("index_expression", Index(first(0), first(1))),
        ("callable_reference", Own(reference)),
        ("call_expression", Own(call)),
        ("constructor_invocation", New(first(0), of_kind("value_arguments"))),
        ("binary_expression", Own(operation)),
        ("in_expression", Binary(of_field("left"), of_field("right"))),
        ("is_expression", Binary(of_field("left"), of_field("right"))),
        ("range_expression", Unknown),
        ("infix_expression", Own(infix)),
        ("unary_expression", Unary(of_field("argument"))),
        ("as_expression", Cast(of_field("left"), of_field("right"))),
        ("assignment", Own(assignment)),
        ("lambda_literal", Own(lambda)),
        ("anonymous_function", Closure { parameters: of_kind("function_value_parameters"), body: of_kind("function_body") }),
        ("object_literal", Own(object)),
        ("block", Block),
        ("source_file", Block),
        ("function_body", Inner),
        ("class_body", Block),
        ("enum_class_body", Block),
        ("anonymous_initializer", Own(initializer)),
        ("finally_block", Evaluate),
        ("if_expression", If { before: NO, condition: of_field("condition"), then: first(1), otherwise: after("else") }),
        ("while_statement", Own(|reader, node| loops(reader, node, While(of_field("condition"), LAST)))),
        ("do_while_statement", Own(|reader, node| loops(reader, node, DoWhile(of_field("condition"), after("do"))))),
        (
            "for_statement",
            Own(|reader, node| {
                let targets = one_of(&["variable_declaration", "multi_variable_declaration"]);
                loops(reader, node, Each { targets, ty: NO, iterable: after("in"), body: LAST })
            }),
        ),
        (
            "when_expression",
            Switch(grammar::Switch {
                subject: of_kind("when_subject"),
                body: NO,
                arms: &["when_entry"],
                label: "",
                test: of_field("condition"),
                falls_through: &[],
                breaks: false,
            }),
        ),
        ("when_subject", Own(subject)),
        ("type_test", Unknown),
        ("range_test", Unknown),
        (
            "try_expression",
            Try {
                resources: NO,
                body: of_kind("block"),
                handler: "catch_block",
                error: one_of(&["identifier"]),
                finally: of_kind("finally_block"),
            },
        ),
        ("return_expression", Own(returns)),
        ("throw_expression", Throw),
        ("property_declaration", Declares { name: PROPERTY.name, kind: VariableKind::Local, read: property }),
        ("property_delegate", Inner),
        ("function_declaration", Declares { name: of_field("name"), kind: VariableKind::Function, read: function }),
        ("secondary_constructor", Function(FunctionParts { name: NO, returns: NO, ..FUNCTION })),
        ("class_declaration", Declares { name: of_field("name"), kind: VariableKind::Class, read: class }),
        ("object_declaration", Declares { name: of_field("name"), kind: VariableKind::Class, read: class }),
        ("companion_object", Members(of_kind("class_body"))),
        ("enum_entry", Declares { name: of_kind("identifier"), kind: VariableKind::Local, read: enum_entry }),
        ("type_alias", Skip),
        ("import", Import(import)),
        ("package_header", Own(package)),
        ("shebang", Skip),
        ("file_annotation", Skip),
        ("line_comment", Skip),
        ("block_comment", Skip),
    ],
    table: Table::new(),
};

fn package(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let name = reader.source_at(node, first(0));
    reader.ir.builder.set_package(name);
    None
}

/// `import a.b.C`, `import a.b.C as D`, `import a.b.*`
fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    let path = reader.source_at(node, first(0));
    if reader.source(node).trim_end().ends_with('*') {
        reader.ir.mention(path, node_span(node));
        return;
    }
    let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
    let local = reader.part(node, after("as")).map_or(name, |alias| reader.source(alias));
    reader.ir.import(module, Some(name), local, node_span(node));
}

/// A name; the grammar takes some words for names, too.
fn identifier(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    match reader.source(node) {
        "null" => Some(reader.ir.null(span)),
        text @ ("true" | "false") => Some(reader.ir.node(Expr::Literal(Literal::Bool(text == "true")), span)),
        "break" => {
            reader.ir.leave(None, span);
            None
        }
        "continue" => {
            reader.ir.go_on(None, span);
            None
        }
        text => {
            let begins_path =
                node.parent().is_some_and(|parent| parent.kind() == "navigation_expression") && PACKAGES.contains(&text);
            let text = text.trim_matches('`');
            Some(if begins_path { reader.ir.name(text, span) } else { reader.bare(text, span) })
        }
    }
}

/// With what the names of packages begin.
const PACKAGES: &[&str] = &["java", "javax", "kotlin", "kotlinx", "android", "androidx", "com", "org", "io", "net"];

/// `this`: of a block with a receiver, or of the class.
fn this(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let implied = reader.ir.implied().filter(|_| reader.parts(node).is_empty());
    Some(match implied {
        Some(value) => reader.ir.read(value, span),
        None => reader.ir.node(Expr::This, span),
    })
}

/// `"a $b ${c.d}"`: the grammar takes a bare `$b` for text.
fn text(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = |reader: &mut Reader<'_>, source: &str, span: Span| {
        let rest = source.strip_prefix('$')?;
        let length = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
        let name = rest.get(..length).filter(|name| name.starts_with(|char: char| char.is_alphabetic() || char == '_'))?;
        let span = Span::new(span.start + 1, span.start + 1 + length as u32);
        let value = match name {
            "this" => reader.ir.node(Expr::This, span),
            name => reader.bare(name, span),
        };
        Some((value, length + 1))
    };
    Some(reader.template_with(node, |kind| kind.contains("escape"), value))
}

/// `break@outer`, `continue@outer`, `outer@ while (…) {}`
fn labeled(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let label = reader.source_at(node, of_kind("label")).trim_end_matches('@');
    let last = reader.part(node, LAST)?;
    match label {
        "break" => reader.ir.leave(Some(reader.source(last)), span),
        "continue" => reader.ir.go_on(Some(reader.source(last)), span),
        label => {
            reader.ir.label(label);
            return reader.flow(last, true);
        }
    }
    None
}

fn loops(reader: &mut Reader<'_>, node: Node<'_>, form: Form) -> Option<NodeId> {
    if let Some(label) = reader.part(node, of_kind("label")) {
        reader.ir.label(reader.source(label).trim_end_matches('@'));
    }
    reader.form_flow(node, form, false)
}

/// `value`, `name = value`
fn argument(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.maybe(node, LAST)?;
    if reader.part(node, after("=")).is_none() {
        return Some(if reader.source(node).starts_with('*') {
            reader.ir.node(Expr::Spread(value), node_span(node))
        } else {
            value
        });
    }
    let name = reader.source_at(node, first(0));
    let name = reader.ir.builder.name(name);
    Some(reader.ir.node(Expr::Named { name, value }, node_span(node)))
}

fn path(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let parts = reader.parts(node);
    let base = reader.value(*parts.first()?);
    Some(parts[1..].iter().fold(base, |base, part| reader.ir.field(base, reader.source(*part), node_span(node))))
}

/// `::name`, `Type::name`
fn reference(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let parts = reader.parts(node);
    let name = reader.source(*parts.last()?);
    let base = parts.first().filter(|_| parts.len() > 1).map(|base| reader.value(*base));
    Some(match base {
        Some(base) => reader.ir.field(base, name, node_span(node)),
        None => reader.ir.name(name, node_span(node)),
    })
}

/// `name = value`: a bare name that nothing in the file has is a member of the value that a block works on.
fn assignment(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let form = Assign(of_field("left"), of_field("right"));
    let left = reader.part(node, of_field("left")).filter(|left| left.kind() == "identifier" && reader.operator(node) == "=");
    let Some((left, value)) = left.zip(reader.ir.implied()) else { return reader.form_flow(node, form, false) };
    let span = node_span(left);
    let bare = reader.ir.name(reader.source(left), span);
    if !matches!(reader.ir.expr(bare), Expr::Global(_)) {
        return reader.form_flow(node, form, false);
    }
    let base = reader.ir.read(value, span);
    let target = reader.ir.field(base, reader.source(left), span);
    let right = reader.maybe(node, of_field("right"))?;
    reader.ir.assign(target, right, node_span(node));
    None
}

/// `f(a) { b }`: the block is the last argument. To the grammar it is a call of `f(a)` with the block.
fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (mut list, mut callee) = (node, reader.part(node, first(0))?);
    let block = reader.part(node, of_kind("annotated_lambda"));
    let is_bare = block.is_some() && reader.part(node, of_kind("value_arguments")).is_none();
    if is_bare && callee.kind() == "call_expression" && reader.part(callee, of_kind("annotated_lambda")).is_none() {
        (list, callee) = (callee, reader.part(callee, first(0))?);
    }
    let block_itself = block.and_then(|block| reader.part(block, LAST));
    let scoped = match block_itself {
        Some(block) => block::scoped_call(reader, list, callee, block),
        None => block::scoped_reference(reader, list, callee),
    };
    if scoped.is_some() {
        return scoped;
    }
    let callee = block::bare_callee(reader, callee);
    let mut arguments = reader.arguments(list, of_kind("value_arguments"));
    arguments.extend(block.map(|block| reader.value(block)));
    let kind = reader.call_kind(callee);
    Some(reader.ir.call(callee, arguments, kind, node_span(node)))
}

/// `a + b`. To the grammar `f<T>(a)` is two comparisons, which no program means: what the first gives is not ordered.
fn operation(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let less = reader.part(node, of_field("left")).filter(|left| left.kind() == "binary_expression");
    let less = less.filter(|left| reader.operator(*left) == "<" && reader.operator(node) == ">");
    let argument = reader.part(node, of_field("right")).filter(|right| right.kind() == "parenthesized_expression");
    let Some((less, argument)) = less.zip(argument) else {
        return reader.form_flow(node, Binary(of_field("left"), of_field("right")), true);
    };
    let callee = reader.part(less, of_field("left"))?;
    let callee = block::bare_callee(reader, callee);
    let arguments = reader.parts(argument).into_iter().map(|part| reader.value(part)).collect();
    let kind = reader.call_kind(callee);
    Some(reader.ir.call(callee, arguments, kind, node_span(node)))
}

/// `a to b`, `a xor b`, `a f b`
fn infix(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let parts = reader.parts(node);
    let [left, name, right] = parts[..] else { return reader.maybe(node, LAST) };
    let (left, right) = (reader.value(left), reader.value(right));
    let name = reader.source(name);
    let op = match name {
        "xor" => BinaryOp::BitXor,
        "and" => BinaryOp::BitAnd,
        "or" => BinaryOp::BitOr,
        "shl" => BinaryOp::ShiftLeft,
        "shr" | "ushr" => BinaryOp::ShiftRight,
        "to" => return Some(reader.ir.node(Expr::Array([left, right].into()), span)),
        _ => {
            let callee = reader.ir.field(left, name, span);
            return Some(reader.ir.call(callee, vec![right], CallKind::Call, span));
        }
    };
    Some(reader.ir.operation(Some(Operator::Binary(op)), left, right, span))
}

/// `{ a, b -> … }`; without parameters there is `it`.
fn lambda(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let outside = reader.ir.enter_function(NameId::EMPTY, span);
    // Behind a delegate, the grammar takes `companion object { … }` for a call with a block: its declarations are members.
    let call = node.parent().and_then(|parent| parent.parent());
    let before = |call: Node<'_>| node.start_byte().saturating_sub(call.start_byte());
    let is_companion = call.is_some_and(|call| {
        reader.source(call).get(..before(call)).is_some_and(|text| text.trim_end().ends_with("companion object"))
    });
    let was_in_body = (!is_companion).then(|| reader.ir.set_in_class_body(false));
    match reader.part(node, of_kind("lambda_parameters")) {
        Some(list) => reader.parameters(outside.function(), list),
        None => drop(reader.ir.parameter(outside.function(), "it", None, span)),
    }
    let statements: Vec<_> = reader.parts(node).into_iter().filter(|part| part.kind() != "lambda_parameters").collect();
    let value = reader.statements(&statements, true);
    was_in_body.map(|was_in_body| reader.ir.set_in_class_body(was_in_body));
    let function = reader.ir.leave_function(outside, value);
    Some(reader.ir.node(Expr::Closure(function), span))
}

/// `return value`, `return@label value`
fn returns(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.parts(node).into_iter().find(|part| part.kind() != "label").map(|value| reader.value(value));
    reader.ir.push(crate::ir::StatementKind::Return(value), node_span(node));
    None
}

/// `when (val x = f()) { … }`
fn subject(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.maybe(node, LAST)?;
    let Some(name) = reader.part(node, of_kind("variable_declaration")) else { return Some(value) };
    let name = reader.names(name).first().copied()?;
    let variable = reader.ir.bind(name, Some(value), None, node_span(node));
    Some(reader.ir.read(variable, node_span(node)))
}

/// `object : Type { … }`
fn object(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let class = reader.anonymous_class(node, &[of_kind("delegation_specifiers")], of_kind("class_body"));
    let callee = reader.ir.node(Expr::Class(class), span);
    Some(reader.ir.call(callee, Vec::new(), CallKind::New, span))
}

/// `init { … }` is a method without a name.
fn initializer(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let id = reader.function_body(NameId::EMPTY, node, NO, first(0), |_| ());
    reader.ir.add_method(class, id);
    None
}

/// `val name: Type = value`, `by delegate`, with accessors; a field in a class, a variable elsewhere.
fn property(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let declared = reader.part(node, PROPERTY.name)?;
    let value = reader.part(node, PROPERTY.value).or_else(|| reader.part(node, of_kind("property_delegate")));
    let accessors: Vec<_> = reader.parts(node).into_iter().filter(|part| ["getter", "setter"].contains(&part.kind())).collect();
    let names = reader.names(declared);
    // `val Type.name get() = …`
    if let Some(extended) = reader.part(node, one_of(TYPES)).filter(|ty| ty.start_byte() < declared.start_byte()) {
        let name = names.first().copied().unwrap_or_default();
        for accessor in accessors {
            reader.extension_accessor((extended, accessor), name, (of_kind("identifier"), of_kind("function_body")));
        }
        return None;
    }
    let ty = reader.part(declared, one_of(TYPES)).and_then(|ty| reader.ty(ty));
    let Some(class) = reader.ir.class_around() else {
        let value = value.map(|value| reader.value(value));
        let value = value.or_else(|| accessors.first().map(|accessor| computed(reader, *accessor)));
        let values = value.map(|value| reader.ir.spread_over(value, names.len())).unwrap_or_default();
        for (index, name) in names.into_iter().enumerate() {
            let variable = reader.ir.bind(name, values.get(index).copied(), ty, span);
            reader.ir.export_variable(name, variable, span);
        }
        return None;
    };
    let value = value.map(|value| reader.value(value));
    let mut attributes = reader.attributes(node);
    // What a property is delegated to says what reading and writing it does.
    attributes.extend(value.filter(|_| reader.part(node, of_kind("property_delegate")).is_some()));
    let value = value.map(|value| lazily(reader, value));
    for name in &names {
        reader.ir.add_field(class, name, ty, value, attributes.clone(), span);
    }
    for accessor in accessors {
        let name = reader.ir.builder.name(names.first().copied().unwrap_or_default());
        if reader.part(accessor, of_kind("function_body")).is_some() {
            let id = reader.function_body(name, accessor, of_kind("identifier"), of_kind("function_body"), |_| ());
            reader.ir.builder.function_mut(id).modifiers.is_accessor = true;
            reader.ir.add_method(class, id);
        }
    }
    None
}

/// `by lazy { value }` is worth what the block gives.
fn lazily(reader: &mut Reader<'_>, value: NodeId) -> NodeId {
    let unit = reader.ir.builder.unit();
    let Expr::Call { callee, arguments, .. } = unit.expr(value) else { return value };
    let is_lazy = matches!(*unit.expr(*callee), Expr::Global(name) if unit.name(name) == "lazy");
    let block = arguments.last().copied().filter(|&last| is_lazy && matches!(unit.expr(last), Expr::Closure(_)));
    let span = unit.span(value);
    block.map_or(value, |block| reader.ir.call(block, Vec::new(), CallKind::Call, span))
}

fn enum_entry(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    reader.member_of_enum(node, of_kind("identifier"), of_kind("value_arguments"));
    None
}

/// What a property outside of classes is worth that is computed when it is read.
fn computed(reader: &mut Reader<'_>, accessor: Node<'_>) -> NodeId {
    let id = reader.function_body(NameId::EMPTY, accessor, NO, of_kind("function_body"), |_| ());
    let callee = reader.ir.node(Expr::Closure(id), node_span(accessor));
    reader.ir.call(callee, Vec::new(), CallKind::Call, node_span(accessor))
}

/// `fun name()`, `fun Type.name()`: the type of a receiver stands before the name.
fn function(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let name = reader.part(node, of_field("name"))?;
    let has_receiver = reader.part(node, one_of(TYPES)).is_some_and(|ty| ty.start_byte() < name.start_byte());
    let receiver = if has_receiver { one_of(TYPES) } else { NO };
    reader.function(node, &FunctionParts { receiver, ..FUNCTION });
    None
}

/// A class, an interface, an enum or an object. Where the last base is delegated, the grammar takes the body for a block that is
/// handed to the delegate.
fn class(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let bases = of_kind("delegation_specifiers");
    let delegate = reader.part(node, bases).and_then(|list| reader.part(list, LAST));
    let call = delegate.and_then(|last| reader.part(last, of_kind("explicit_delegation"))).and_then(|last| reader.part(last, LAST));
    let block =
        call.filter(|call| call.kind() == "call_expression").and_then(|call| reader.part(call, of_kind("annotated_lambda")));
    let body = reader.part(node, one_of(&["class_body", "enum_class_body"]));
    let body = body.or_else(|| reader.part(block?, LAST));
    reader.class_with(node, (of_field("name"), &[bases], of_kind("primary_constructor")), body);
    None
}
