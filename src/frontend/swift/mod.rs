//! Swift.
//!
//! Optionals are transparent: `x!`, `x?.y` and `try? x` are worth what `x` is worth. A property wrapper is called with what it wraps.

mod condition;
mod declaration;
mod expression;

use super::grammar::{
    At, AttributeRow,
    Form::{self, *},
    Grammar, Habits, LAST, NO, Table, first, of_field, of_kind,
};
use super::{Frontend, Language, Lowered, grammar};
use crate::ir::VariableKind;
use crate::source::SourceFile;

/// The front end for Swift.
#[derive(Debug)]
pub(super) struct Swift;

/// What the engine must know of Swift.
static FACTS: Language = Language {
    family: "apple",
    plain_types: &["Bool", "Float", "Double", "CGFloat", "Void", "Int32", "UInt32"],
    self_type: Some("Self"),
    splits_classes: true,
    implicit_receiver: true,
    printers: &["description", "debugDescription"],
    printed_classes: &["struct", "enum"],
    delegate: Some(["wrappedValue", "wrappedValue"]),
    ..Language::ORDINARY
};

impl Frontend for Swift {
    fn language(&self) -> &'static str {
        GRAMMAR.language
    }

    fn facts(&self) -> &'static Language {
        &FACTS
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        GRAMMAR.extensions.contains(&file.extension().as_str())
    }

    fn lower(&self, file: &SourceFile) -> Lowered {
        grammar::lower(&GRAMMAR, file)
    }
}

const OPERATION: Form = Binary(of_field("lhs"), of_field("rhs"));
/// The name of a type that is declared, not of one that is extended.
const TYPE_NAME: At = of_kind("type_identifier");

/// The table of Swift.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "swift",
    extensions: &["swift"],
    parser: || tree_sitter_swift::LANGUAGE.into(),
    base: None,
    constructors: &["init_declaration"],
    tests: &["Test"],
    wrappers: &["Optional", "Array", "Set", "Published", "Result"],
    habits: Habits {
        implicit_receiver: true,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: true,
        names_receiver: false,
    },
    is_public: |_, words| !words.contains(&"private") && !words.contains(&"fileprivate"),
    modifiers: &["modifiers", "parameter_modifiers", "type_modifiers", "type_parameter_modifiers"],
    attributes: &[AttributeRow { kind: "attribute", name: first(0), arguments: NO }],
    parameters: &[],
    types: &[
        "array_type",
        "bracket_qualified_type",
        "dictionary_type",
        "equality_constraint",
        "existential_type",
        "function_type",
        "inheritance_constraint",
        "metatype",
        "opaque_type",
        "optional_type",
        "protocol_composition_type",
        "suppressed_constraint",
        "throws",
        "throws_clause",
        "tuple_type",
        "tuple_type_item",
        "type_annotation",
        "type_arguments",
        "type_constraint",
        "type_constraints",
        "type_identifier",
        "type_pack_expansion",
        "type_parameter",
        "type_parameter_pack",
        "type_parameters",
        "user_type",
    ],
    parts: &[
        "_expression",
        "as_operator",
        "bang",
        "call_suffix",
        "capture_list",
        "capture_list_item",
        "class_body",
        "constructor_suffix",
        "custom_operator",
        "deprecated_operator_declaration_body",
        "didset_clause",
        "enum_class_body",
        "enum_type_parameters",
        "function_modifier",
        "getter_specifier",
        "identifier",
        "inheritance_modifier",
        "inheritance_specifier",
        "lambda_function_type",
        "lambda_function_type_parameters",
        "lambda_parameter",
        "line_str_text",
        "macro_definition",
        "member_modifier",
        "modify_specifier",
        "multi_line_str_text",
        "mutation_modifier",
        "navigation_suffix",
        "ownership_modifier",
        "parameter",
        "parameter_modifier",
        "pattern",
        "precedence_group_attribute",
        "precedence_group_attributes",
        "property_behavior_modifier",
        "property_modifier",
        "protocol_body",
        "protocol_property_requirements",
        "raw_str_continuing_indicator",
        "raw_str_end_part",
        "raw_str_interpolation_start",
        "raw_str_part",
        "setter_specifier",
        "str_escaped_char",
        "switch_entry",
        "switch_pattern",
        "value_argument_label",
        "value_arguments",
        "value_binding_pattern",
        "visibility_modifier",
        "willset_clause",
        "willset_didset_block",
    ],
    forms: FORMS,
    table: Table::new(),
};

const FORMS: &[(&str, Form)] = &[
    ("simple_identifier", Name),
    ("self_expression", This),
    ("super_expression", Super),
    ("boolean_literal", Bool),
    ("nil_literal", Null),
    ("integer_literal", Number),
    ("hex_literal", Number),
    ("oct_literal", Number),
    ("bin_literal", Number),
    ("real_literal", Number),
    ("line_string_literal", Template),
    ("multi_line_string_literal", Template),
    ("raw_string_literal", Own(expression::raw_text)),
    ("raw_str_interpolation", Inner),
    ("interpolated_expression", Own(expression::interpolation)),
    ("regex_literal", Unknown),
    ("special_literal", Unknown),
    ("playground_literal", Unknown),
    ("array_literal", List),
    ("dictionary_literal", Own(expression::dictionary)),
    ("tuple_expression", Own(expression::tuple)),
    ("additive_expression", OPERATION),
    ("multiplicative_expression", OPERATION),
    ("bitwise_operation", OPERATION),
    ("comparison_expression", OPERATION),
    ("equality_expression", OPERATION),
    ("conjunction_expression", OPERATION),
    ("disjunction_expression", OPERATION),
    ("infix_expression", OPERATION),
    ("nil_coalescing_expression", Binary(of_field("value"), of_field("if_nil"))),
    ("prefix_expression", Own(expression::prefix)),
    ("postfix_expression", Own(|reader, node| reader.maybe(node, of_field("target")))),
    ("ternary_expression", Conditional(of_field("condition"), of_field("if_true"), of_field("if_false"))),
    ("as_expression", Cast(of_field("expr"), of_field("name"))),
    ("check_expression", Own(expression::check)),
    ("try_expression", Own(|reader, node| reader.maybe(node, of_field("expr")))),
    ("try_operator", Skip),
    ("await_expression", Own(|reader, node| reader.maybe(node, of_field("expr")))),
    ("consume_expression", Own(|reader, node| reader.maybe(node, LAST))),
    ("unsafe_expression", Own(|reader, node| reader.maybe(node, LAST))),
    ("value_pack_expansion", Inner),
    ("value_parameter_pack", Inner),
    ("range_expression", Unknown),
    ("open_start_range_expression", Unknown),
    ("open_end_range_expression", Unknown),
    ("fully_open_range", Unknown),
    ("key_path_expression", Own(expression::nothing)),
    ("key_path_string_expression", Own(expression::nothing)),
    ("selector_expression", Own(expression::nothing)),
    ("navigation_expression", Own(expression::navigation)),
    ("call_expression", Own(expression::call)),
    ("constructor_expression", Own(expression::call)),
    ("macro_invocation", Unknown),
    ("external_macro_definition", Skip),
    ("value_argument", Own(expression::argument)),
    ("lambda_literal", Own(expression::lambda)),
    ("directly_assignable_expression", Inner),
    ("assignment", Own(expression::assignment)),
    ("statements", Own(|reader, node| condition::statements(reader, node, false))),
    ("function_body", Own(declaration::body)),
    ("source_file", Block),
    ("directive", Skip),
    ("diagnostic", Skip),
    ("if_statement", Own(|reader, node| condition::branch(reader, node, false))),
    ("guard_statement", Own(condition::guard)),
    ("while_statement", Own(condition::while_loop)),
    ("repeat_while_statement", DoWhile(of_field("condition"), of_kind("statements"))),
    ("for_statement", Own(condition::each)),
    ("switch_statement", Own(|reader, node| condition::switch(reader, node, false))),
    ("availability_condition", Own(expression::nothing)),
    ("where_clause", Own(|reader, node| reader.maybe(node, LAST))),
    (
        "do_statement",
        Try { resources: NO, body: of_kind("statements"), handler: "catch_block", error: of_kind("pattern"), finally: NO },
    ),
    ("control_transfer_statement", Own(condition::transfer)),
    ("statement_label", Own(condition::label)),
    ("discard_statement", Skip),
    ("property_declaration", Declares { name: of_field("name"), kind: VariableKind::Local, read: declaration::property }),
    ("computed_property", Own(declaration::body)),
    ("computed_getter", Own(declaration::body)),
    ("computed_setter", Own(declaration::body)),
    ("computed_modify", Own(declaration::body)),
    ("function_declaration", Declares { name: of_field("name"), kind: VariableKind::Function, read: declaration::function }),
    ("init_declaration", Own(declaration::function)),
    ("deinit_declaration", Own(declaration::function)),
    ("subscript_declaration", Own(declaration::function)),
    ("class_declaration", Declares { name: TYPE_NAME, kind: VariableKind::Class, read: declaration::class }),
    (
        "protocol_declaration",
        Class { name: of_field("name"), bases: &[of_kind("inheritance_specifier")], body: of_field("body"), parameters: NO },
    ),
    ("enum_entry", Declares { name: of_field("name"), kind: VariableKind::Local, read: declaration::enum_entry }),
    ("protocol_function_declaration", Skip),
    ("protocol_property_declaration", Skip),
    ("associatedtype_declaration", Skip),
    ("typealias_declaration", Skip),
    ("operator_declaration", Skip),
    ("precedence_group_declaration", Skip),
    ("macro_declaration", Skip),
    ("import_declaration", Import(declaration::import)),
    ("wildcard_pattern", Skip),
    ("catch_keyword", Skip),
    ("default_keyword", Skip),
    ("throw_keyword", Skip),
    ("where_keyword", Skip),
    ("else", Skip),
    ("shebang_line", Skip),
    ("comment", Skip),
    ("multiline_comment", Skip),
];
