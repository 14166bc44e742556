//! C. C++ adds its rows to this table.

mod cpp;
mod macros;
mod made;
mod structure;

use tree_sitter::Node;

pub(super) use cpp::CPP;
#[cfg(test)]
pub(super) use cpp::GRAMMAR as CPP_GRAMMAR;

use super::described::Described;
use super::grammar::{
    At,
    Form::{self, *},
    FunctionParts, Grammar, Habits, LAST, NO, ParameterRow, Reader, Table, Variables, Words, along, both_branches, first_branches,
    innermost, node_span, of_field, of_kind, one_of, parameter, without,
};
use super::{Language, grammar};
use crate::ir::{Expr, NodeId};

/// The front end for C.
pub(super) static C: Described = Described::new(&GRAMMAR, &FACTS);

/// What the engine must know of C.
static FACTS: Language = Language {
    family: "c",
    // All files of a program see each other's functions.
    default_package: Some("program"),
    room_is_shared: true,
    plain_types: &["bool", "int", "short", "long", "size_t", "ssize_t", "float", "double"],
    ..Language::ORDINARY
};

/// Fields that lead from a declaration to the name that it declares.
pub(super) const DECLARED: &[&str] = &["declarator", "name"];
/// The name of a declarator, through pointers, arrays and parameters.
const NAME: At = innermost(DECLARED);
/// Declarators of variables: what has parameters is a prototype.
const DECLARATORS: At = without("declarator", "function_declarator");
const FUNCTION: FunctionParts =
    FunctionParts { name: NAME, parameters: along(DECLARED, "parameters"), returns: NO, body: of_field("body"), receiver: NO };
// A plain type says nothing of a pointer to many of it, so that only named types count.
const TYPE: At = one_of(&["type_identifier", "struct_specifier", "union_specifier"]);
const VARIABLES: Variables = Variables { ty: TYPE, declarator: DECLARATORS, name: NAME, value: of_field("value") };
const STRUCT: Form = Class { name: of_field("name"), bases: &[], body: of_field("body"), parameters: NO };

/// The table of C.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "c",
    extensions: &["c", "h"],
    parser: || tree_sitter_c::LANGUAGE.into(),
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
    repairs: &[both_branches, first_branches],
    is_public: |_, words| !words.contains(&"static"),
    modifiers: &["storage_class_specifier", "type_qualifier", "attribute_specifier", "attribute_declaration", "alignas_qualifier"],
    attributes: &[],
    parameters: &[
        parameter("parameter_declaration", NAME, TYPE, NO),
        ParameterRow { kind: "variadic_parameter", name: NO, ty: NO, default: NO, is_rest: true },
    ],
    types: &[
        "type_identifier",
        "primitive_type",
        "sized_type_specifier",
        "macro_type_specifier",
        "type_descriptor",
        "abstract_array_declarator",
        "abstract_function_declarator",
        "abstract_parenthesized_declarator",
        "abstract_pointer_declarator",
    ],
    parts: &[
        "string_content",
        "escape_sequence",
        "character",
        "argument_list",
        "array_declarator",
        "attribute",
        "attributed_declarator",
        "bitfield_clause",
        "enumerator",
        "function_declarator",
        "gnu_asm_clobber_list",
        "gnu_asm_goto_list",
        "gnu_asm_input_operand",
        "gnu_asm_input_operand_list",
        "gnu_asm_output_operand",
        "gnu_asm_output_operand_list",
        "gnu_asm_qualifier",
        "init_declarator",
        "initializer_pair",
        "ms_based_modifier",
        "ms_call_modifier",
        "ms_declspec_modifier",
        "ms_pointer_modifier",
        "ms_restrict_modifier",
        "ms_signed_ptr_modifier",
        "ms_unaligned_ptr_modifier",
        "ms_unsigned_ptr_modifier",
        "parameter_list",
        "parenthesized_declarator",
        "pointer_declarator",
        "preproc_arg",
        "preproc_directive",
        "preproc_params",
        "seh_except_clause",
        "subscript_range_designator",
        "system_lib_string",
    ],
    forms: &[
        ("identifier", Name),
        ("field_identifier", Name),
        ("statement_identifier", Skip),
        ("string_literal", Template),
        ("concatenated_string", Own(adjacent)),
        ("char_literal", Text),
        ("number_literal", Number),
        ("true", Bool),
        ("false", Bool),
        ("null", Null),
        ("parenthesized_expression", Inner),
        ("extension_expression", Inner),
        ("comma_expression", Evaluate),
        ("field_expression", Member(of_field("argument"), of_field("field"))),
        ("subscript_expression", Index(of_field("argument"), of_field("index"))),
        ("call_expression", Call(of_field("function"), of_field("arguments"))),
        ("binary_expression", Binary(of_field("left"), of_field("right"))),
        ("unary_expression", Unary(of_field("argument"))),
        ("update_expression", Update(of_field("argument"))),
        ("pointer_expression", Own(pointer)),
        ("assignment_expression", Assign(of_field("left"), of_field("right"))),
        ("conditional_expression", Conditional(of_field("condition"), of_field("consequence"), of_field("alternative"))),
        ("cast_expression", Own(cast)),
        ("compound_literal_expression", Own(structure::compound)),
        ("initializer_list", Own(structure::list)),
        ("field_designator", Inner),
        ("subscript_designator", Inner),
        ("generic_expression", Unknown),
        ("sizeof_expression", Skip),
        ("alignof_expression", Skip),
        ("offsetof_expression", Skip),
        ("gnu_asm_expression", Skip),
        ("compound_statement", Block),
        ("declaration_list", Evaluate),
        ("linkage_specification", Evaluate),
        ("expression_statement", Evaluate),
        ("attributed_statement", Evaluate),
        ("else_clause", Evaluate),
        ("translation_unit", Evaluate),
        ("labeled_statement", Labeled(of_field("label"), LAST)),
        ("goto_statement", Skip),
        ("declaration", Own(declaration)),
        ("field_declaration", Field(VARIABLES)),
        ("field_declaration_list", Evaluate),
        ("type_definition", Own(typedef)),
        ("struct_specifier", Own(structure)),
        ("union_specifier", STRUCT),
        ("enum_specifier", Skip),
        ("enumerator_list", Skip),
        ("function_definition", Function(FUNCTION)),
        (
            "if_statement",
            If { before: NO, condition: of_field("condition"), then: of_field("consequence"), otherwise: of_field("alternative") },
        ),
        ("while_statement", While(of_field("condition"), of_field("body"))),
        ("do_statement", DoWhile(of_field("condition"), of_field("body"))),
        (
            "for_statement",
            For {
                first: of_field("initializer"),
                condition: of_field("condition"),
                update: of_field("update"),
                body: of_field("body"),
            },
        ),
        (
            "switch_statement",
            Switch(grammar::Switch {
                subject: of_field("condition"),
                body: of_field("body"),
                arms: &["case_statement"],
                label: "",
                test: of_field("value"),
                falls_through: &["case_statement"],
                breaks: true,
            }),
        ),
        (
            "seh_try_statement",
            Try {
                resources: NO,
                body: of_field("body"),
                handler: "seh_except_clause",
                error: NO,
                finally: of_kind("seh_finally_clause"),
            },
        ),
        ("seh_finally_clause", Evaluate),
        ("seh_leave_statement", Skip),
        ("return_statement", Return),
        ("break_statement", Break(NO)),
        ("continue_statement", Continue(NO)),
        // Both sides of a condition of the preprocessor are read.
        ("preproc_if", Evaluate),
        ("preproc_ifdef", Evaluate),
        ("preproc_else", Evaluate),
        ("preproc_elif", Evaluate),
        ("preproc_elifdef", Evaluate),
        ("preproc_defined", Skip),
        ("preproc_def", Own(define)),
        ("preproc_function_def", Own(macros::alias)),
        ("preproc_call", Skip),
        ("preproc_include", Import(include)),
        ("comment", Skip),
    ],
    table: Table::new(),
};

/// `"a" "b"`
fn adjacent(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    Some(reader.adjacent(node))
}

/// `*p` is what `p` points to, and `&x` is `x`; only where something is written there does it matter.
fn pointer(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let value = reader.must(node, of_field("argument"));
    let is_target = node.parent().and_then(|parent| parent.child_by_field_name("left")).is_some_and(|left| left.id() == node.id());
    let is_place = is_target && reader.source(node).starts_with('*');
    Some(if is_place { reader.ir.node(Expr::Deref(value), node_span(node)) } else { value })
}

/// A cast says how bytes are read, not what they are.
fn cast(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    reader.maybe(node, of_field("value"))
}

/// `struct name { … };`; what only names one declares nothing.
fn structure(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let name = reader.source_at(node, of_field("name"));
    if name.is_empty() || reader.part(node, of_field("body")).is_none() {
        return None;
    }
    reader.form_flow(node, STRUCT, false);
    let class = reader.ir.class_of_file(name, node_span(node));
    structure::made_of_fields(reader, class, (name, node));
    None
}

/// `T x = { … };`, which makes a `T`, and what is declared like any value.
fn declaration(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let ty = reader.part(node, of_field("type"));
    if let Some(ty) = ty.filter(|ty| ty.kind() == "struct_specifier") {
        structure(reader, ty);
    }
    reader.variables_made(node, &VARIABLES, |reader, declarator| structure::made(reader, (node, TYPE), declarator));
    None
}

/// `typedef struct { … } name;`, and another name of a structure that is declared elsewhere.
fn typedef(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let ty = reader.part(node, of_field("type")).filter(|ty| ty.kind().ends_with("_specifier"))?;
    let (name, tag) = (reader.source_at(node, NAME), reader.source_at(ty, of_field("name")));
    let span = node_span(node);
    let Some(body) = reader.part(ty, of_field("body")).filter(|body| body.kind() == "field_declaration_list") else {
        if ty.kind() != "enum_specifier" && !tag.is_empty() && tag != name {
            let class = reader.ir.name(tag, span);
            reader.variable(name, class, span);
        }
        return None;
    };
    let class = reader.ir.class_of_file(name, span);
    reader.class_body(class, ty, Some(body), NO);
    structure::made_of_fields(reader, class, (name, node));
    reader.ir.name_class(name, class, span);
    if !tag.is_empty() && tag != name {
        reader.ir.name_class(tag, class, span);
    }
    None
}

/// `#define NAME "text"`: a constant.
fn define(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (name, span) = (reader.source_at(node, of_field("name")), node_span(node));
    let value = reader.source_at(node, of_field("value")).trim();
    let constant = reader.constant(value, span)?;
    reader.variable(name, constant, span);
    None
}

fn include(reader: &mut Reader<'_>, node: Node<'_>) {
    let path = reader.source_at(node, of_field("path")).trim_matches(['"', '<', '>']);
    reader.ir.mention(path, node_span(node));
}
