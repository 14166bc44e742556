//! Go.
//!
//! A last result that is an error or says whether there is one is not a value that is followed, as `Err` is none in Rust:
//! `value, err := f()` is `value = f()`, and `return value, nil` returns `value`.

use tree_sitter::Node;

use super::described::Described;
use super::grammar::{
    Form::{self, *},
    FunctionParts, Grammar, Habits, NO, ParameterRow, Reader, Table, Variables, Words, first, node_span, of_field, of_kind,
    parameter,
};
use super::lower::{Arm, binary};
use super::{Language, grammar};
use crate::ir::{CallKind, Expr, Literal, NodeId, Property, PropertyKey, StatementKind};

/// The front end for Go.
pub(super) static GO: Described = Described::new(&GRAMMAR, &FACTS);

/// What the engine must know of Go.
static FACTS: Language = Language {
    plain_types: &["bool", "int", "int8", "int16", "int32", "int64", "uint", "uint16", "uint32", "uint64", "float32", "float64"],
    splits_classes: true,
    packages_are_folders: true,
    new_is_literal: true,
    printed_classes: &["struct"],
    printers: &["LogValue", "String", "GoString", "MarshalText"],
    ..Language::ORDINARY
};

const VARIABLES: Form = Local(Variables { ty: of_field("type"), declarator: NO, name: of_field("name"), value: of_field("value") });
const FUNCTION: FunctionParts = FunctionParts {
    name: of_field("name"),
    parameters: of_field("parameters"),
    returns: of_field("result"),
    body: of_field("body"),
    receiver: of_field("receiver"),
};

/// The table of Go.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "go",
    extensions: &["go"],
    parser: || tree_sitter_go::LANGUAGE.into(),
    base: None,
    constructors: &[],
    tests: &[],
    wrappers: &[],
    habits: Habits {
        implicit_receiver: false,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: false,
        names_receiver: false,
    },
    words: Words::ORDINARY,
    repairs: &[],
    is_public: |name, _| name.starts_with(char::is_uppercase),
    modifiers: &[],
    attributes: &[],
    parameters: &[
        parameter("parameter_declaration", of_field("name"), of_field("type"), NO),
        ParameterRow {
            kind: "variadic_parameter_declaration",
            name: of_field("name"),
            ty: of_field("type"),
            default: NO,
            is_rest: true,
        },
    ],
    types: &[
        "type_identifier",
        "qualified_type",
        "pointer_type",
        "slice_type",
        "array_type",
        "map_type",
        "channel_type",
        "function_type",
        "interface_type",
        "struct_type",
        "generic_type",
        "type_arguments",
        "type_parameter_list",
        "type_parameter_declaration",
        "parenthesized_type",
        "implicit_length_array_type",
        "negated_type",
        "type_elem",
        "type_constraint",
        "method_elem",
        "field_declaration_list",
        "field_declaration",
    ],
    parts: &[
        "interpreted_string_literal_content",
        "raw_string_literal_content",
        "escape_sequence",
        "argument_list",
        "for_clause",
        "range_clause",
        "import_spec",
        "import_spec_list",
        "type_case",
    ],
    forms: &[
        ("identifier", Name),
        ("field_identifier", Name),
        ("package_identifier", Name),
        ("blank_identifier", Unknown),
        ("iota", Unknown),
        ("dot", Skip),
        ("label_name", Skip),
        ("interpreted_string_literal", Template),
        ("raw_string_literal", Template),
        ("rune_literal", Text),
        ("int_literal", Number),
        ("float_literal", Number),
        ("imaginary_literal", Number),
        ("true", Bool),
        ("false", Bool),
        ("nil", Null),
        ("parenthesized_expression", Inner),
        ("literal_element", Inner),
        ("expression_list", List),
        ("variadic_argument", Spread),
        ("selector_expression", Member(of_field("operand"), of_field("field"))),
        ("index_expression", Index(of_field("operand"), of_field("index"))),
        ("slice_expression", Inner),
        ("call_expression", Call(of_field("function"), of_field("arguments"))),
        ("type_conversion_expression", Cast(of_field("operand"), of_field("type"))),
        ("type_assertion_expression", Cast(of_field("operand"), of_field("type"))),
        ("type_instantiation_expression", Inner),
        ("binary_expression", Binary(of_field("left"), of_field("right"))),
        ("unary_expression", Unary(of_field("operand"))),
        ("composite_literal", Own(composite)),
        ("literal_value", Record { ty: NO, entries: NO, entry: "keyed_element", key: of_field("key"), value: of_field("value") }),
        ("func_literal", Closure { parameters: of_field("parameters"), body: of_field("body") }),
        ("block", Block),
        ("statement_list", Evaluate),
        ("source_file", Block),
        ("expression_statement", Evaluate),
        ("labeled_statement", Labeled(of_field("label"), first(1))),
        ("empty_statement", Skip),
        ("assignment_statement", Own(assignment)),
        ("short_var_declaration", Own(assignment)),
        ("receive_statement", Own(assignment)),
        ("inc_statement", Update(first(0))),
        ("dec_statement", Update(first(0))),
        (
            "if_statement",
            If {
                before: of_field("initializer"),
                condition: of_field("condition"),
                then: of_field("consequence"),
                otherwise: of_field("alternative"),
            },
        ),
        ("for_statement", Own(loops)),
        (
            "expression_switch_statement",
            Switch(grammar::Switch {
                subject: of_field("value"),
                body: NO,
                arms: &["expression_case", "default_case"],
                label: "",
                test: of_field("value"),
                falls_through: &[],
                breaks: true,
            }),
        ),
        ("type_switch_statement", Own(type_switch)),
        (
            "select_statement",
            Switch(grammar::Switch {
                subject: NO,
                body: NO,
                arms: &["communication_case", "default_case"],
                label: "",
                test: NO,
                falls_through: &[],
                breaks: true,
            }),
        ),
        ("send_statement", Own(send)),
        ("go_statement", Evaluate),
        ("defer_statement", Defer),
        ("fallthrough_statement", Skip),
        ("goto_statement", Skip),
        ("return_statement", Own(returns)),
        ("break_statement", Break(of_kind("label_name"))),
        ("continue_statement", Continue(of_kind("label_name"))),
        ("var_declaration", Evaluate),
        ("var_spec_list", Evaluate),
        ("const_declaration", Evaluate),
        ("var_spec", Own(variables)),
        ("const_spec", VARIABLES),
        ("parameter_list", Head(results)),
        ("function_declaration", Function(FUNCTION)),
        ("method_declaration", Function(FUNCTION)),
        ("type_declaration", Evaluate),
        ("type_alias", Skip),
        ("type_spec", Own(declared_type)),
        ("import_declaration", Import(imports)),
        ("package_clause", Own(package)),
        ("comment", Skip),
    ],
    table: Table::new(),
};

/// `var a, b T = x`; an array without a value is one of zeros.
fn variables(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let is_array = reader.part(node, of_field("type")).is_some_and(|ty| ty.kind() == "array_type");
    if !is_array || reader.part(node, of_field("value")).is_some() {
        return reader.form_flow(node, VARIABLES, false);
    }
    for name in reader.all(node, of_field("name")) {
        let span = node_span(name);
        let make = reader.ir.name("make", span);
        let zeros = reader.ir.call(make, Vec::new(), CallKind::Call, span);
        reader.variable(reader.source(name), zeros, span);
    }
    None
}

/// The package is known by the folder, which the linker knows; its name is that of the clause.
fn package(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let name = reader.source_at(node, first(0));
    reader.ir.builder.set_package(name);
    None
}

fn imports(reader: &mut Reader<'_>, node: Node<'_>) {
    for part in reader.parts(node) {
        match part.kind() {
            "import_spec" => import(reader, part),
            "import_spec_list" => imports(reader, part),
            _ => {}
        }
    }
}

fn import(reader: &mut Reader<'_>, node: Node<'_>) {
    let path = reader.source_at(node, of_field("path")).trim_matches(['"', '`']);
    let local = match reader.source_at(node, of_field("name")) {
        "" => package_name(path),
        name => name,
    };
    match local {
        "_" | "." => reader.ir.mention(path, node_span(node)),
        local => reader.ir.import(path, None, local, node_span(node)),
    }
}

/// The name that a package most likely has: `yaml` of `gopkg.in/yaml.v3`, `bip39` of `github.com/tyler-smith/go-bip39`.
fn package_name(path: &str) -> &str {
    let is_version = |name: &&str| name.strip_prefix('v').is_some_and(|digits| digits.parse::<u32>().is_ok());
    let last = path.rsplit('/').find(|name| !is_version(name)).unwrap_or(path);
    let last = last.split_once(".v").filter(|(_, version)| version.parse::<u32>().is_ok()).map_or(last, |(name, _)| name);
    let last = last.strip_prefix("go-").unwrap_or(last);
    let last = last.strip_suffix("-go").or_else(|| last.strip_suffix(".go")).unwrap_or(last);
    last.rsplit('-').next().unwrap_or(last)
}

/// Whether a name is that of an error, or says whether there is a value.
fn is_outcome(name: &str) -> bool {
    matches!(name, "_" | "ok" | "exists" | "found" | "has" | "present")
        || name.ends_with("err")
        || name.contains("Err")
        || name.starts_with("err")
}

/// `a, b := f()`, `a[i] = x`, `v, ok := <-channel`
fn assignment(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let operator = match node.kind() {
        "short_var_declaration" => ":=",
        "receive_statement" if reader.source(node).contains(":=") => ":=",
        "assignment_statement" => reader.source_at(node, of_field("operator")),
        _ => "=",
    };
    let mut targets = reader.part(node, of_field("left")).map(|list| reader.listed(list)).unwrap_or_default();
    let values = reader.part(node, of_field("right")).map(|list| reader.listed(list)).unwrap_or_default();
    let mut values: Vec<_> = values.into_iter().map(|value| reader.value(value)).collect();
    let mut outcome = None;
    if let [value] = values[..] {
        let last = targets.last().map_or("", |last| reader.source(*last));
        if targets.len() > 1 && is_outcome(last) {
            outcome = targets.pop();
        }
        values = reader.ir.spread_over(value, targets.len());
    }
    let is_single = targets.len() == 1 && outcome.is_none();
    let mut single = None;
    for (target, value) in targets.into_iter().zip(values) {
        let assigned = if reader.source(target) == "_" { Some(value) } else { reader.assign(target, operator, value, node) };
        single = assigned.filter(|_| is_single);
        if let Some(assigned) = assigned.filter(|_| !is_single) {
            reader.ir.evaluate(assigned);
        }
    }
    if let Some(target) = outcome.filter(|target| reader.source(*target) != "_") {
        let value = reader.ir.unknown(Vec::new(), node_span(target));
        if let Some(assigned) = reader.assign(target, operator, value, target) {
            reader.ir.evaluate(assigned);
        }
    }
    single
}

/// `return a, err`
fn returns(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let parts = match reader.part(node, first(0)) {
        Some(list) => reader.listed(list),
        // A bare `return` hands back the results that have names.
        None => result_names(reader, node),
    };
    let mut values: Vec<_> = parts.iter().map(|part| (reader.value(*part), reader.source(*part))).collect();
    let is_outcome = |(value, text): &(NodeId, &str), reader: &Reader<'_>| {
        is_outcome(text)
            || text.contains("rrorf(")
            || text.contains("errors.")
            || matches!(reader.ir.expr(*value), Expr::Literal(Literal::Null | Literal::Bool(_)))
    };
    if values.len() > 1
        && let Some(outcome) = values.pop_if(|last| is_outcome(last, reader))
    {
        reader.ir.evaluate(outcome.0);
    }
    let value = match values[..] {
        [] => None,
        [(only, _)] => Some(only),
        _ => {
            let values = values.into_iter().map(|(value, _)| value).collect();
            Some(reader.ir.node(Expr::Array(values), node_span(node)))
        }
    };
    reader.ir.push(StatementKind::Return(value), node_span(node));
    None
}

/// Results with names are variables of the function: without that, every `err` of a program would be one.
fn results(reader: &mut Reader<'_>, list: Node<'_>) {
    if !list.parent().is_some_and(|function| function.child_by_field_name("result") == Some(list)) {
        return;
    }
    for result in reader.parts(list) {
        let ty = reader.part(result, of_field("type")).and_then(|ty| reader.ty(ty));
        for name in reader.all(result, of_field("name")) {
            reader.ir.bind(reader.source(name), None, ty, node_span(name));
        }
    }
}

/// The names of the results of the function around a statement.
fn result_names<'n>(reader: &Reader<'_>, statement: Node<'n>) -> Vec<Node<'n>> {
    let is_function = |node: &Node<'n>| ["function_declaration", "method_declaration", "func_literal"].contains(&node.kind());
    let function = std::iter::successors(Some(statement), Node::parent).find(is_function);
    let list = function.and_then(|function| function.child_by_field_name("result")).filter(|list| list.kind() == "parameter_list");
    let results = list.map(|list| reader.parts(list)).unwrap_or_default();
    results.into_iter().flat_map(|result| reader.all(result, of_field("name"))).collect()
}

/// `T{a: b}` makes an instance, `[]T{a, b}` and `map[K]V{a: b}` are what they hold.
fn composite(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let body = reader.part(node, of_field("body"))?;
    let value = reader.record(body, None, "keyed_element", of_field("key"), of_field("value"));
    let ty =
        reader.part(node, of_field("type")).filter(|ty| matches!(ty.kind(), "type_identifier" | "qualified_type" | "generic_type"));
    let Some((name, class)) = ty.and_then(|ty| Some((reader.source(ty), reader.ty(ty)?))) else { return Some(value) };
    let value = in_order(reader, name, value);
    Some(reader.ir.call(class, vec![value], CallKind::New, node_span(node)))
}

/// The values of a literal without names are those of the fields of its type, in their order, where the file declares it.
fn in_order(reader: &mut Reader<'_>, class: &str, value: NodeId) -> NodeId {
    let Expr::Array(elements) = reader.ir.expr(value) else { return value };
    let unit = reader.ir.builder.unit();
    let declared = unit.classes.iter().find(|declared| unit.name(declared.name) == class);
    let Some(declared) = declared.filter(|declared| declared.fields.len() == elements.len()) else { return value };
    let keys = declared.fields.iter().map(|field| PropertyKey::Name(field.name));
    let properties: Vec<_> = keys.zip(elements.iter()).map(|(key, &value)| Property { key, value }).collect();
    let span = unit.span(value);
    reader.ir.node(Expr::Object(properties.into()), span)
}

/// `channel <- value`: a call of what channels have for it.
fn send(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let channel = reader.must(node, of_field("channel"));
    let value = reader.must(node, of_field("value"));
    let index = reader.ir.unknown(Vec::new(), span);
    let target = reader.ir.node(Expr::Index { base: channel, index }, span);
    Some(reader.ir.node(Expr::Assign { target, value }, span))
}

/// `for {}`, `for condition {}`, `for i := 0; i < n; i++ {}`, `for i, x := range list {}`
fn loops(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let body = reader.part(node, of_field("body"));
    if let Some(range) = reader.part(node, of_kind("range_clause")) {
        return ranges(reader, node, range);
    }
    reader.ir.scopes.enter();
    let clause = reader.part(node, of_kind("for_clause"));
    if let Some(first) = clause.and_then(|clause| reader.part(clause, of_field("initializer"))) {
        reader.statement(first);
    }
    let test = match clause {
        Some(clause) => reader.part(clause, of_field("condition")),
        None => reader.part(node, first(0)).filter(|part| Some(part.id()) != body.map(|body| body.id())),
    };
    let test = test.map(|test| reader.apart(|reader| reader.value(test)));
    let round = reader.round(body);
    let update = clause.and_then(|clause| reader.part(clause, of_field("update")));
    let update = reader.body(update);
    reader.ir.repeat(test, round, update, span);
    reader.ir.scopes.leave();
    None
}

/// The first name of a range is the key, the second the element.
fn ranges(reader: &mut Reader<'_>, node: Node<'_>, range: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let iterable = reader.must(range, of_field("right"));
    let iterable = reader.ir.stable(iterable);
    let targets = reader.part(range, of_field("left")).map(|left| reader.listed(left)).unwrap_or_default();
    let operator = if reader.source(range).contains(":=") { ":=" } else { "=" };
    reader.ir.enter_loop();
    let (round, ()) = reader.scoped(|reader| {
        for (index, target) in targets.into_iter().enumerate() {
            if reader.source(target) == "_" {
                continue;
            }
            let value =
                if index == 0 { reader.ir.unknown(Vec::new(), node_span(target)) } else { reader.ir.element(iterable, None, span) };
            if let Some(assigned) = reader.assign(target, operator, value, target) {
                reader.ir.evaluate(assigned);
            }
        }
        if let Some(body) = reader.part(node, of_field("body")) {
            reader.statement(body);
        }
    });
    reader.ir.leave_frame();
    reader.ir.repeat(None, round, Vec::new(), span);
    None
}

/// `switch x := y.(type) { case T: … }`
fn type_switch(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let subject = reader.must(node, of_field("value"));
    let subject = reader.ir.stable(subject);
    let alias = reader.part(node, of_field("alias")).map(|alias| reader.names(alias)).unwrap_or_default();
    let cases: Vec<_> = reader.parts(node).into_iter().filter(|part| part.kind().ends_with("_case")).collect();
    let arm = |reader: &mut Reader<'_>, case: Node<'_>| {
        let span = node_span(case);
        let types = reader.arguments(case, of_field("type"));
        let tests: Vec<_> = types.iter().map(|ty| reader.ir.operation(binary("instanceof"), subject, *ty, span)).collect();
        let (body, ()) = reader.scoped(|reader| {
            if let Some(name) = alias.first() {
                reader.ir.bind(name, Some(subject), types.first().copied().filter(|_| types.len() == 1), span);
            }
            if let Some(list) = reader.part(case, of_kind("statement_list")) {
                reader.statement(list);
            }
        });
        Arm { is_default: case.kind() == "default_case", tests, body, value: None, falls_through: false, span }
    };
    reader.ir.enter_arms(true);
    let arms = cases.into_iter().map(|case| arm(reader, case)).collect();
    reader.ir.leave_arms(true);
    reader.ir.arms(arms, false, true, node_span(node))
}

/// `type T struct { … }`
fn declared_type(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let name = reader.source_at(node, of_field("name"));
    let class = reader.ir.class_of_file(name, span);
    let list = reader.part(node, of_field("type")).and_then(|ty| reader.part(ty, of_kind("field_declaration_list")));
    if list.is_some() {
        let word = reader.ir.builder.name("struct");
        let attribute = reader.ir.node(Expr::Global(word), span);
        reader.ir.builder.class_mut(class).attributes.push(attribute);
    }
    for field in list.map(|list| reader.parts(list)).unwrap_or_default() {
        let ty = reader.part(field, of_field("type"));
        let names = reader.all(field, of_field("name"));
        let embedded =
            ty.filter(|_| names.is_empty()).and_then(|ty| reader.type_names(ty).first().and_then(|path| path.last().copied()));
        let ty = ty.and_then(|ty| reader.ty(ty));
        let names: Vec<_> = names.into_iter().map(|name| reader.source(name)).chain(embedded).collect();
        names.into_iter().for_each(|name| reader.ir.add_field(class, name, ty, None, Vec::new(), node_span(field)));
    }
    let interface = reader.part(node, of_field("type")).filter(|ty| ty.kind() == "interface_type");
    for method in interface.map(|interface| reader.all(interface, of_kind("method_elem"))).unwrap_or_default() {
        let returns = reader.part(method, of_field("result")).and_then(|ty| reader.ty(ty));
        let name = reader.ir.builder.name(reader.source_at(method, of_field("name")));
        reader.ir.add_promise(class, name, returns, Vec::new());
    }
    reader.ir.name_class(name, class, span);
    None
}
