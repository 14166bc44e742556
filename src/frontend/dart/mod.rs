//! Dart.
//!
//! A named constructor is a static method that makes an object; `await`, `!` and `?.` are transparent.

mod declaration;
mod expression;
mod statement;

use super::grammar::{
    At, AttributeRow,
    Form::{self, *},
    Grammar, Habits, LAST, NO, Table, Variables, below, first, of_field, of_kind,
};
use super::{Frontend, Language, Lowered, grammar};
use crate::ir::VariableKind;
use crate::source::SourceFile;

/// The front end for Dart.
#[derive(Debug)]
pub(super) struct Dart;

/// What the engine must know of Dart.
static FACTS: Language = Language {
    family: "dart",
    plain_types: &["bool", "int", "double", "num", "void"],
    implicit_receiver: true,
    splits_classes: true,
    printers: &["toString"],
    ..Language::ORDINARY
};

impl Frontend for Dart {
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

const CHAIN: Form = Own(expression::chain);
const CLASS: Form = Class { name: of_field("name"), bases: BASES, body: of_field("body"), parameters: NO };
const BASES: &[At] = &[of_field("superclass"), of_field("interfaces")];
/// The names of functions and accessors, not of constructors.
const FUNCTION_NAME: At = below(&["method_signature", "function_signature", "getter_signature", "setter_signature"], "name");
const VARIABLE_NAMES: At = below(
    &["initialized_identifier_list", "initialized_identifier", "static_final_declaration_list", "static_final_declaration"],
    "name",
);

const fn function(read: fn(&mut grammar::Reader<'_>, tree_sitter::Node<'_>) -> Option<crate::ir::NodeId>) -> Form {
    Declares { name: FUNCTION_NAME, kind: VariableKind::Function, read }
}

const fn variables(read: fn(&mut grammar::Reader<'_>, tree_sitter::Node<'_>) -> Option<crate::ir::NodeId>) -> Form {
    Declares { name: VARIABLE_NAMES, kind: VariableKind::Local, read }
}

/// The table of Dart.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "dart",
    extensions: &["dart"],
    parser: || tree_sitter_dart::LANGUAGE.into(),
    base: None,
    constructors: &[],
    tests: &["isTest", "isTestGroup"],
    wrappers: &["Future", "FutureOr", "Stream", "List", "Set", "Iterable", "ValueNotifier", "Rx", "Rxn", "Completer"],
    habits: Habits {
        implicit_receiver: true,
        assignment_declares: false,
        last_is_value: false,
        calls_construct: true,
        names_receiver: false,
    },
    is_public: |name, _| !name.starts_with('_'),
    modifiers: &[],
    attributes: &[AttributeRow { kind: "annotation", name: of_field("name"), arguments: of_kind("annotation_arguments") }],
    parameters: &[],
    types: &[
        "extension_type_name",
        "function_type",
        "interfaces",
        "mixins",
        "named_parameter_types",
        "normal_parameter_type",
        "optional_parameter_types",
        "optional_positional_parameter_types",
        "parameter_type_list",
        "record_type",
        "record_type_field",
        "record_type_named_field",
        "superclass",
        "type",
        "type_arguments",
        "type_identifier",
        "type_parameter",
        "type_parameters",
        "typed_identifier",
        "void_type",
    ],
    parts: &[
        "additive_operator",
        "annotation_arguments",
        "annotation_open_paren",
        "arguments",
        "assertion",
        "binary_operator",
        "bitwise_operator",
        "cascade_call_expression",
        "cascade_index_expression",
        "cascade_member_expression",
        "cascade_null_assertion_expression",
        "cascade_null_aware_index_expression",
        "cascade_null_aware_member_expression",
        "cascade_section",
        "cascade_selector",
        "catch_clause",
        "class_body",
        "combinator",
        "configurable_uri",
        "configuration_uri",
        "constant_constructor_signature",
        "constructor_signature",
        "dotted_identifier_list",
        "enum_body",
        "equality_operator",
        "escape_sequence",
        "extension_body",
        "extension_type_representation",
        "external",
        "factory_constructor_signature",
        "field_formal_parameter",
        "field_initializer",
        "for_element",
        "formal_parameter",
        "formal_parameter_list",
        "function_signature",
        "getter_signature",
        "identifier_list",
        "if_element",
        "import_specification",
        "increment_operator",
        "initialized_identifier",
        "initialized_identifier_list",
        "initializer_list_entry",
        "initializers",
        "is_operator",
        "label",
        "library_export",
        "library_import",
        "map_element",
        "method_signature",
        "mixin_application",
        "mixin_application_class",
        "multiplicative_operator",
        "native",
        "negation_operator",
        "null_aware_map_element",
        "operator_signature",
        "optional_formal_parameters",
        "prefix_operator",
        "primary_constructor",
        "primary_constructor_body_signature",
        "record_field",
        "redirecting_factory_constructor_signature",
        "redirection",
        "relational_operator",
        "setter_signature",
        "shift_operator",
        "static_final_declaration",
        "static_final_declaration_list",
        "super_formal_parameter",
        "switch_block",
        "switch_expression_case",
        "switch_statement_case",
        "switch_statement_default",
        "template_chars_double",
        "template_chars_double_single",
        "template_chars_raw_slash",
        "template_chars_single",
        "template_chars_single_single",
        "type_cast",
        "type_test",
        "uri",
        "uri_test",
        "variance_modifier",
    ],
    forms: FORMS,
    table: Table::new(),
};

const FORMS: &[(&str, Form)] = &[
    ("identifier", Name),
    ("identifier_dollar_escaped", Name),
    ("qualified_name", Own(expression::dotted)),
    ("true", Bool),
    ("false", Bool),
    ("null_literal", Null),
    ("decimal_integer_literal", Number),
    ("hex_integer_literal", Number),
    ("decimal_floating_point_literal", Number),
    ("symbol_literal", Unknown),
    ("string_literal", Own(expression::text)),
    ("string_literal_single_quotes", Template),
    ("string_literal_double_quotes", Template),
    ("string_literal_single_quotes_multiple", Template),
    ("string_literal_double_quotes_multiple", Template),
    ("raw_string_literal_single_quotes", Own(expression::raw_text)),
    ("raw_string_literal_double_quotes", Own(expression::raw_text)),
    ("raw_string_literal_single_quotes_multiple", Own(expression::raw_text)),
    ("raw_string_literal_double_quotes_multiple", Own(expression::raw_text)),
    ("template_substitution", Inner),
    ("list_literal", Own(expression::list)),
    ("set_or_map_literal", Own(expression::list)),
    ("record_literal", Own(expression::record)),
    ("spread_element", Own(expression::spread)),
    ("null_aware_expression_element", Inner),
    ("named_argument", Own(expression::named)),
    ("parenthesized_expression", Inner),
    ("additive_expression", CHAIN),
    ("multiplicative_expression", CHAIN),
    ("bitwise_and_expression", CHAIN),
    ("bitwise_or_expression", CHAIN),
    ("bitwise_xor_expression", CHAIN),
    ("shift_expression", CHAIN),
    ("equality_expression", CHAIN),
    ("relational_expression", CHAIN),
    ("logical_and_expression", CHAIN),
    ("logical_or_expression", CHAIN),
    ("if_null_expression", CHAIN),
    ("unary_expression", Unary(LAST)),
    ("postfix_expression", Update(of_field("argument"))),
    ("await_expression", Inner),
    ("conditional_expression", Conditional(first(0), of_field("consequence"), of_field("alternative"))),
    ("type_cast_expression", Own(expression::cast)),
    ("type_test_expression", Own(expression::check)),
    ("member_expression", Own(expression::member)),
    ("null_aware_member_expression", Own(expression::member)),
    ("index_expression", Own(expression::member)),
    ("null_aware_index_expression", Own(expression::member)),
    ("assignable_expression", Own(expression::member)),
    ("null_assertion_expression", Inner),
    ("instantiation_expression", Inner),
    ("static_member_shorthand", Unknown),
    ("constructor_tearoff", Unknown),
    ("call_expression", Call(of_field("function"), of_field("arguments"))),
    ("new_expression", Own(expression::creation)),
    ("const_object_expression", Own(expression::creation)),
    ("constructor_invocation", Own(expression::creation)),
    ("cascade", Own(expression::cascade)),
    ("assignment_expression", Assign(of_field("left"), of_field("right"))),
    ("function_expression", Own(expression::closure)),
    ("function_expression_body", Own(declaration::body)),
    ("function_body", Own(declaration::body)),
    ("throw_expression", Own(statement::throw)),
    ("switch_expression", Own(statement::switch)),
    ("pattern_assignment", Own(statement::pattern_assignment)),
    ("constant_pattern", Own(expression::dotted)),
    ("variable_pattern", Unknown),
    ("cast_pattern", Unknown),
    ("list_pattern", Unknown),
    ("map_pattern", Unknown),
    ("null_assert_pattern", Unknown),
    ("null_check_pattern", Unknown),
    ("object_pattern", Unknown),
    ("record_pattern", Unknown),
    ("rest_pattern", Skip),
    ("block", Block),
    ("source_file", Block),
    ("expression_statement", Evaluate),
    ("empty_statement", Skip),
    ("labeled_statement", Labeled(first(0), LAST)),
    ("if_statement", Own(statement::branch)),
    ("while_statement", While(of_field("condition"), of_field("body"))),
    ("do_statement", DoWhile(of_field("condition"), of_field("body"))),
    ("for_statement", Own(statement::loops)),
    ("switch_statement", Own(statement::switch)),
    ("try_statement", Own(statement::attempt)),
    ("finally_clause", Evaluate),
    ("return_statement", Return),
    ("rethrow_statement", Own(statement::throw)),
    ("break_statement", Break(of_kind("identifier"))),
    ("continue_statement", Continue(of_kind("identifier"))),
    ("yield_statement", Unknown),
    ("yield_each_statement", Unknown),
    ("assert_statement", Own(statement::assert)),
    ("local_variable_declaration", Evaluate),
    ("initialized_variable_declaration", variables(declaration::variables)),
    ("top_level_variable_declaration", variables(declaration::variables)),
    ("pattern_variable_declaration", Own(statement::pattern_variables)),
    ("local_function_declaration", function(declaration::function)),
    ("function_declaration", function(declaration::function)),
    ("getter_declaration", Declares { name: FUNCTION_NAME, kind: VariableKind::Local, read: declaration::top_getter }),
    ("setter_declaration", Own(declaration::function)),
    ("external_function_declaration", Skip),
    ("external_getter_declaration", Skip),
    ("external_setter_declaration", Skip),
    ("external_variable_declaration", Skip),
    ("member_declaration", Evaluate),
    ("method_declaration", function(declaration::method)),
    ("declaration", variables(declaration::member)),
    ("class_declaration", CLASS),
    ("enum_declaration", CLASS),
    ("enum_entry", Field(Variables { ty: NO, declarator: NO, name: of_field("name"), value: NO })),
    ("mixin_declaration", Class { name: of_field("name"), bases: &[of_kind("type")], body: of_field("body"), parameters: NO }),
    ("extension_declaration", Own(declaration::extension)),
    ("extension_type_declaration", CLASS),
    ("type_alias", Skip),
    ("import_or_export", Import(declaration::import)),
    ("library_name", Skip),
    ("part_directive", Own(declaration::part_of)),
    ("part_of_directive", Own(declaration::part_of)),
    ("script_tag", Skip),
    ("comment", Skip),
    ("block_comment", Skip),
    ("documentation_comment", Skip),
    ("documentation_block_comment", Skip),
];
