//! Python.

use tree_sitter::Node;

use super::described::Described;
use super::dotted::DottedModules;
use super::grammar::{
    At, AttributeRow, EACH, Form::*, FunctionParts, Grammar, Habits, NO, ParameterRow, Reader, Table, Words, first, node_span,
    of_field, of_kind, parameter,
};
use super::lower::Arm;
use super::{Language, Tables, grammar};
use crate::ir::{Expr, Literal, NodeId, Property, PropertyKey};

/// The front end for Python.
pub(super) static PYTHON: Described = Described {
    modules: Some(|files, packages| Box::new(DottedModules::new(files, packages))),
    ..Described::new(&GRAMMAR, &FACTS)
};

/// What the engine must know of Python.
static FACTS: Language = Language {
    folders_are_modules: true,
    plain_types: &["bool", "int", "float", "complex"],
    printers: &["__str__", "__repr__"],
    index_writer: Some("__setitem__"),
    tables: Tables::KEYS,
    ..Language::ORDINARY
};

const FUNCTION: FunctionParts = FunctionParts {
    name: of_field("name"),
    parameters: of_field("parameters"),
    returns: of_field("return_type"),
    body: of_field("body"),
    receiver: NO,
};

/// Decorators whose classes are made from their annotated fields.
const RECORDS: &[&str] = &["dataclass", "dataclasses", "attrs", "attr", "define", "frozen"];

const fn rest(kind: &'static str) -> ParameterRow {
    ParameterRow { kind, name: first(0), ty: NO, default: NO, is_rest: true }
}

/// The table of Python.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "python",
    extensions: &["py", "pyw", "pyi"],
    parser: || tree_sitter_python::LANGUAGE.into(),
    base: None,
    constructors: &["__init__"],
    tests: &["fixture"],
    wrappers: &["Optional", "List", "list", "Sequence", "Iterable", "Set", "set", "Final", "Annotated", "ClassVar", "Awaitable"],
    habits: Habits {
        implicit_receiver: false,
        assignment_declares: true,
        last_is_value: false,
        calls_construct: true,
        names_receiver: true,
    },
    words: Words {
        is_static: &["staticmethod"],
        is_accessor: &["property", "cached_property", ".setter"],
        containers: &["List", "list", "Sequence", "Iterable"],
        ..Words::ORDINARY
    },
    repairs: &[],
    is_public: |name, _| !name.starts_with('_'),
    modifiers: &["decorated_definition"],
    attributes: &[AttributeRow { kind: "decorator", name: first(0), arguments: NO }],
    parameters: &[
        parameter("default_parameter", of_field("name"), NO, of_field("value")),
        parameter("typed_parameter", first(0), of_field("type"), NO),
        parameter("typed_default_parameter", of_field("name"), of_field("type"), of_field("value")),
        rest("list_splat_pattern"),
        rest("dictionary_splat_pattern"),
    ],
    types: &["type", "generic_type", "union_type", "constrained_type", "member_type", "splat_type", "type_parameter"],
    parts: &[
        "aliased_import",
        "argument_list",
        "as_pattern_target",
        "case_clause",
        "chevron",
        "elif_clause",
        "escape_interpolation",
        "escape_sequence",
        "except_clause",
        "for_in_clause",
        "import_prefix",
        "keyword_separator",
        "lambda_parameters",
        "pair",
        "parameters",
        "positional_separator",
        "relative_import",
        "string_content",
        "wildcard_import",
        "with_item",
    ],
    forms: &[
        ("identifier", Name),
        ("dotted_name", Own(dotted)),
        ("string", Own(text)),
        ("string_start", Skip),
        ("string_end", Skip),
        ("interpolation", Inner),
        ("format_expression", Inner),
        ("format_specifier", Skip),
        ("type_conversion", Skip),
        ("line_continuation", Skip),
        ("concatenated_string", Own(adjacent)),
        ("integer", Number),
        ("float", Number),
        ("true", Bool),
        ("false", Bool),
        ("none", Null),
        ("ellipsis", Skip),
        ("parenthesized_expression", Inner),
        ("parenthesized_list_splat", Inner),
        ("list", List),
        ("set", List),
        ("tuple", List),
        ("expression_list", List),
        ("pattern_list", List),
        ("tuple_pattern", List),
        ("list_pattern", List),
        ("list_splat", Spread),
        ("dictionary_splat", Spread),
        ("dictionary", Own(dictionary)),
        ("keyword_argument", Named(of_field("name"), of_field("value"))),
        ("attribute", Member(of_field("object"), of_field("attribute"))),
        ("subscript", Own(subscript)),
        ("slice", Unknown),
        ("call", Own(call)),
        ("binary_operator", Binary(of_field("left"), of_field("right"))),
        ("boolean_operator", Binary(of_field("left"), of_field("right"))),
        ("comparison_operator", Binary(first(0), first(1))),
        ("not_operator", Unary(of_field("argument"))),
        ("unary_operator", Unary(of_field("argument"))),
        ("named_expression", Own(named)),
        ("conditional_expression", Conditional(first(1), first(0), first(2))),
        ("await", Inner),
        ("yield", Unknown),
        ("lambda", Closure { parameters: of_field("parameters"), body: of_field("body") }),
        ("list_comprehension", Own(comprehension)),
        ("set_comprehension", Own(comprehension)),
        ("generator_expression", Own(comprehension)),
        ("dictionary_comprehension", Own(comprehension)),
        ("as_pattern", Own(alias)),
        ("block", Evaluate),
        ("module", Evaluate),
        ("expression_statement", Own(expression)),
        ("else_clause", Evaluate),
        ("finally_clause", Evaluate),
        ("if_clause", Inner),
        ("assignment", Own(assignment)),
        ("augmented_assignment", Assign(of_field("left"), of_field("right"))),
        ("if_statement", Own(branches)),
        ("while_statement", Own(loops)),
        ("for_statement", Own(loops)),
        ("try_statement", Own(attempt)),
        ("with_statement", Evaluate),
        ("with_clause", Own(contexts)),
        (
            "match_statement",
            Switch(grammar::Switch {
                subject: of_field("subject"),
                body: of_field("body"),
                arms: &["case_clause"],
                label: "",
                test: of_kind("case_pattern"),
                falls_through: &[],
                breaks: false,
            }),
        ),
        ("case_pattern", Inner),
        ("class_pattern", Unknown),
        ("complex_pattern", Unknown),
        ("dict_pattern", Unknown),
        ("keyword_pattern", Unknown),
        ("splat_pattern", Skip),
        ("union_pattern", Unknown),
        ("return_statement", Return),
        ("raise_statement", Throw),
        ("break_statement", Break(NO)),
        ("continue_statement", Continue(NO)),
        ("assert_statement", Unknown),
        ("delete_statement", Unknown),
        ("exec_statement", Own(exec)),
        ("print_statement", Own(print)),
        ("pass_statement", Skip),
        ("global_statement", Own(outer_names)),
        ("nonlocal_statement", Own(outer_names)),
        ("type_alias_statement", Skip),
        ("function_definition", Function(FUNCTION)),
        (
            "class_definition",
            Class { name: of_field("name"), bases: &[of_field("superclasses")], body: of_field("body"), parameters: NO },
        ),
        ("decorated_definition", Own(decorated)),
        ("decorator", Skip),
        ("import_statement", Import(import)),
        ("import_from_statement", Import(import_from)),
        ("future_import_statement", Skip),
        ("comment", Skip),
    ],
    table: Table::new(),
};

/// `import a.b` binds `a`, `import a.b as c` binds the module itself.
fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    for name in reader.all(node, of_field("name")) {
        let span = node_span(name);
        if name.kind() == "aliased_import" {
            let (module, local) = (reader.source_at(name, of_field("name")), reader.source_at(name, of_field("alias")));
            reader.ir.import(module, None, local, span);
        } else {
            let module = reader.source(name);
            let root = module.split('.').next().unwrap_or(module);
            reader.ir.import(root, None, root, span);
            if root != module {
                reader.ir.mention(module, span);
            }
        }
    }
}

/// `from a.b import c as d`
fn import_from(reader: &mut Reader<'_>, node: Node<'_>) {
    let module = reader.source_at(node, of_field("module_name"));
    if reader.part(node, of_kind("wildcard_import")).is_some() {
        reader.ir.mention(module, node_span(node));
    }
    for name in reader.all(node, of_field("name")) {
        let (member, local) = match name.kind() {
            "aliased_import" => (reader.source_at(name, of_field("name")), reader.source_at(name, of_field("alias"))),
            _ => (reader.source(name), reader.source(name)),
        };
        let span = node_span(name);
        reader.ir.import(module, Some(member), local, span);
        // What is taken from may be a folder, and the member one of its modules.
        if member.starts_with(|char: char| char.is_ascii_lowercase() || char == '_') {
            let dot = if module.ends_with('.') { "" } else { "." };
            reader.ir.mention(&format!("{module}{dot}{member}"), span);
        }
        // A package hands on what it takes from its own modules.
        if module.starts_with('.') {
            reader.ir.export_import(local, span);
        }
    }
}

/// `a.b.c` in a pattern
fn dotted(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut names = reader.parts(node).into_iter();
    let start = names.next()?;
    let start = reader.ir.name(reader.source(start), node_span(start));
    Some(names.fold(start, |base, name| reader.ir.field(base, reader.source(name), node_span(node))))
}

/// A text with its interpolations; `r"…"` keeps its backslashes.
fn text(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let is_raw = reader.source_at(node, of_kind("string_start")).contains(['r', 'R']);
    Some(reader.template(node, |_| !is_raw))
}

/// `"a" "b"`
fn adjacent(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    Some(reader.adjacent(node))
}

/// `{key: value, **others}`
fn dictionary(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut properties = Vec::new();
    for part in reader.parts(node) {
        let key = match part.kind() {
            "pair" => {
                let key = reader.must(part, of_field("key"));
                match *reader.ir.expr(key) {
                    Expr::Literal(Literal::Text(name)) => PropertyKey::Name(name),
                    _ => PropertyKey::Computed(key),
                }
            }
            _ => PropertyKey::Spread,
        };
        let value = if matches!(key, PropertyKey::Spread) { first(0) } else { of_field("value") };
        let value = reader.must(part, value);
        properties.push(Property { key, value });
    }
    Some(reader.ir.node(Expr::Object(properties.into()), node_span(node)))
}

/// `value[index]`; a part of a value is the value.
fn subscript(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let base = reader.must(node, of_field("value"));
    let index = reader.part(node, of_field("subscript"))?;
    if index.kind() == "slice" {
        return Some(base);
    }
    let index = reader.value(index);
    Some(reader.ir.node(Expr::Index { base, index }, node_span(node)))
}

/// `x for y in z if c`: evaluated once, for any element.
fn comprehension(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    reader.ir.scopes.enter();
    for clause in reader.parts(node) {
        if clause.kind() == "for_in_clause" {
            let iterable = reader.must(clause, of_field("right"));
            let iterable = reader.ir.stable(iterable);
            let names = reader.part(clause, of_field("left")).map(|left| reader.names(left)).unwrap_or_default();
            let element = reader.ir.element(iterable, None, span);
            let values = reader.ir.spread_over(element, names.len());
            for (name, value) in names.into_iter().zip(values) {
                reader.ir.bind(name, Some(value), None, span);
            }
        } else if clause.kind() == "if_clause" {
            reader.statement(clause);
        }
    }
    let body = reader.part(node, of_field("body"));
    let value = match body {
        Some(pair) if pair.kind() == "pair" => {
            let key = reader.must(pair, of_field("key"));
            let value = reader.must(pair, of_field("value"));
            reader.ir.node(Expr::Object(vec![Property { key: PropertyKey::Computed(key), value }].into()), span)
        }
        Some(body) => {
            let value = reader.value(body);
            reader.ir.node(Expr::Array(vec![value].into()), span)
        }
        None => reader.ir.unknown(Vec::new(), span),
    };
    reader.ir.scopes.leave();
    Some(value)
}

/// `value as name`
fn alias(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, first(0));
    let names = reader.part(node, of_field("alias")).map(|alias| reader.names(alias)).unwrap_or_default();
    let Some(name) = names.first() else { return Some(value) };
    reader.bind_or_assign(name, Some(value), None, node);
    Some(reader.ir.name(name, node_span(node)))
}

/// `with a() as b, c:`
fn contexts(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    for item in reader.parts(node) {
        let value = reader.must(item, of_field("value"));
        reader.ir.evaluate(value);
    }
    None
}

/// `(name := value)`
fn named(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, of_field("value"));
    let name = reader.source_at(node, of_field("name"));
    reader.bind_or_assign(name, Some(value), None, node);
    Some(reader.ir.name(name, node_span(node)))
}

/// `f(a, b=c)`; `super()` is the base, and `super().__init__(a)` runs its constructor.
fn call(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let callee = reader.part(node, of_field("function"))?;
    if reader.source(callee) == "super" {
        return Some(reader.ir.node(Expr::Super, span));
    }
    let mut callee = reader.value(callee);
    if let Expr::Field { base, name } = *reader.ir.expr(callee)
        && matches!(reader.ir.expr(base), Expr::Super)
        && reader.ir.builder.unit().name(name) == "__init__"
    {
        callee = base;
    }
    let arguments = reader.arguments(node, of_field("arguments"));
    let kind = reader.call_kind(callee);
    Some(reader.ir.call(callee, arguments, kind, span))
}

/// An expression for its effects; a text that stands alone documents something and does nothing.
fn expression(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let parts = reader.parts(node);
    if let [only] = parts[..]
        && matches!(only.kind(), "string" | "concatenated_string")
    {
        return None;
    }
    parts.into_iter().for_each(|part| reader.statement(part));
    None
}

/// `a = b`, `a: T = b`; in the body of a class a field.
fn assignment(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let target = reader.part(node, of_field("left"))?;
    let ty = reader.part(node, of_field("type")).and_then(|ty| reader.ty(ty));
    let is_name = target.kind() == "identifier";
    if let Some(class) = reader.ir.class_around().filter(|_| is_name) {
        let value = reader.maybe(node, of_field("right"));
        reader.ir.add_field(class, reader.source(target), ty, value, Vec::new(), node_span(node));
        return None;
    }
    let value = reader.part(node, of_field("right"))?;
    let targets = reader.listed(target);
    let values = if targets.len() > 1 { reader.listed(value) } else { vec![value] };
    let values: Vec<_> = values.into_iter().map(|value| reader.value(value)).collect();
    let values = match (&values[..], ty) {
        ([value], Some(ty)) => vec![reader.ir.node(Expr::Typed { value: *value, ty }, node_span(node))],
        ([value], None) => reader.ir.spread_over(*value, targets.len()),
        _ => values,
    };
    let is_single = targets.len() == 1;
    let mut single = None;
    for (target, value) in targets.into_iter().zip(values) {
        let assigned = reader.assign(target, "=", value, node);
        single = assigned.filter(|_| is_single);
        if let Some(assigned) = assigned.filter(|_| !is_single) {
            reader.ir.evaluate(assigned);
        }
    }
    single
}

/// `if … elif … else`
fn branches(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let mut clauses = vec![node];
    clauses.extend(reader.all(node, of_field("alternative")));
    let arms = clauses.into_iter().map(|clause| {
        let tests: Vec<_> = reader.maybe(clause, of_field("condition")).into_iter().collect();
        let body = match clause.kind() {
            "else_clause" => of_field("body"),
            _ => of_field("consequence"),
        };
        let body = reader.part(clause, body);
        let body = reader.body(body);
        Arm { is_default: tests.is_empty(), tests, body, value: None, falls_through: false, span: node_span(clause) }
    });
    let arms = arms.collect();
    reader.ir.arms(arms, false, false, span)
}

/// `while` and `for`; what `else` says comes after them.
fn loops(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let form = match node.kind() {
        "while_statement" => While(of_field("condition"), of_field("body")),
        _ => Each { targets: of_field("left"), ty: NO, iterable: of_field("right"), body: of_field("body") },
    };
    reader.loop_form(node, form);
    if let Some(otherwise) = reader.part(node, of_field("alternative")) {
        reader.statement(otherwise);
    }
    None
}

/// `try`: what `else` says comes after it.
fn attempt(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (body, finally) = (of_field("body"), of_kind("finally_clause"));
    reader.attempt(node, (NO, body, finally), "except_clause", of_kind("as_pattern"), false);
    if let Some(otherwise) = reader.part(node, of_kind("else_clause")) {
        reader.statement(otherwise);
    }
    None
}

/// `exec code` of Python 2: a call.
fn exec(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    called(reader, node, "exec", EACH)
}

/// `print a, b` of Python 2: a call.
fn print(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    called(reader, node, "print", of_field("argument"))
}

fn called(reader: &mut Reader<'_>, node: Node<'_>, name: &str, arguments: At) -> Option<NodeId> {
    let span = node_span(node);
    let callee = reader.ir.name(name, span);
    let arguments = reader.all(node, arguments).into_iter().map(|argument| reader.value(argument)).collect();
    Some(reader.ir.call(callee, arguments, crate::ir::CallKind::Call, span))
}

/// `global a`, `nonlocal a`: the name means the variable further out.
fn outer_names(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    for part in reader.parts(node) {
        let name = reader.source(part);
        reader.ir.share_outer(name, node_span(part));
    }
    None
}

/// A declaration with its decorators; a class that is made from its fields gets the constructor that does so.
fn decorated(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let definition = reader.part(node, of_field("definition"))?;
    reader.statement(definition);
    let decorators: Vec<_> = reader.all(node, of_kind("decorator")).into_iter().map(|part| reader.source(part)).collect();
    let words = |text: &&str| text.split(|char: char| !char.is_alphanumeric()).any(|word| RECORDS.contains(&word));
    if definition.kind() == "class_definition" && decorators.iter().any(words) {
        let name = reader.source_at(definition, of_field("name"));
        let class = reader.ir.class_of_file(name, node_span(definition));
        reader.record_constructor(class, definition);
    }
    None
}
