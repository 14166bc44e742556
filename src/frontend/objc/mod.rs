//! Objective-C: what it adds to C.
//!
//! `[a b:x c:y]` is the call `a.b(x, c: y)`, as Swift sees such a method, and `[[A alloc] initWithB:x]` makes an `A(b: x)`. An
//! instance variable `_name` is the property `name`, whose accessors are methods.

mod macros;

use tree_sitter::Node;

use super::c::{DECLARED, GRAMMAR as C};
use super::described::Described;
use super::grammar::{
    At, CONSTRUCTOR,
    Form::{self, *},
    Grammar, Habits, LAST, NO, Reader, Table, Words, after, first, innermost, node_span, of_field, of_kind, one_of,
};
use super::{Language, Tables};
use crate::ir::{CallKind, ClassId, Expr, FunctionId, Literal, NameId, NodeId, Property, PropertyKey};

/// The front end for Objective-C.
pub(super) static OBJC: Described = Described { accepts_header: is_objective, ..Described::new(&GRAMMAR, &FACTS) };

/// What the engine must know of Objective-C.
static FACTS: Language = Language {
    family: "apple",
    default_package: Some("module"),
    also_sees: &[("c", "program")],
    plain_types: &["BOOL", "bool", "int", "NSInteger", "NSUInteger", "CGFloat", "float", "double", "size_t", "void"],
    self_type: Some("instancetype"),
    splits_classes: true,
    implicit_receiver: true,
    bare_receivers_are_members: true,
    printers: &["description", "debugDescription"],
    index_writer: Some("setObject"),
    tables: Tables::KEYS,
    ..Language::ORDINARY
};

/// Whether a header is Objective-C's: its name does not tell.
fn is_objective(text: &str) -> bool {
    let words = [
        "@interface",
        "@protocol",
        "@class",
        "#import",
        "@import",
        "@\"",
        "NSString",
        "NSData",
        "NSInteger",
        "NS_ENUM",
        "FOUNDATION_EXPORT",
    ];
    words.iter().any(|word| text.contains(word))
}

/// The rows of Objective-C.
pub(super) static GRAMMAR: Grammar = Grammar {
    language: "objc",
    extensions: &["m", "mm"],
    parser: || tree_sitter_objc::LANGUAGE.into(),
    base: Some(&C),
    constructors: &[],
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
    repairs: &[macros::prepare, macros::prepare_both, macros::prepare_first],
    is_public: |_, words| !words.contains(&"static"),
    modifiers: &["availability_attribute_specifier", "visibility_specification"],
    attributes: &[],
    parameters: &[],
    types: &[
        "abstract_block_pointer_declarator",
        "array_type_specifier",
        "generic_arguments",
        "generic_specifier",
        "method_type",
        "parameterized_arguments",
        "protocol_qualifier",
        "protocol_reference_list",
        "type_name",
        "typedefed_specifier",
        "typeof_specifier",
    ],
    parts: &[
        "atdef_field",
        "availability",
        "block_pointer_declarator",
        "catch_clause",
        "dictionary_pair",
        "keyword_declarator",
        "method_identifier",
        "method_parameter",
        "platform",
        "property_attribute",
        "property_attributes_declaration",
        "struct_declarator",
        "version",
        "version_number",
    ],
    forms: &[
        ("identifier", Own(identifier)),
        ("field_expression", Own(member)),
        ("message_expression", Own(message)),
        ("selector_expression", Own(nothing)),
        ("encode_expression", Skip),
        ("available_expression", Own(nothing)),
        ("range_expression", Unknown),
        ("va_arg_expression", Unknown),
        ("objc_bridge", Inner),
        ("at_expression", Inner),
        ("array_literal", List),
        ("dictionary_literal", Own(dictionary)),
        ("block_literal", Closure { parameters: of_kind("parameter_list"), body: of_kind("compound_statement") }),
        ("for_statement", Own(loops)),
        ("synchronized_statement", Evaluate),
        ("throw_statement", Throw),
        (
            "try_statement",
            Try {
                resources: NO,
                body: of_kind("compound_statement"),
                handler: "catch_clause",
                error: of_kind("type_name"),
                finally: of_kind("finally_clause"),
            },
        ),
        ("finally_clause", Evaluate),
        ("class_interface", Own(class)),
        ("class_implementation", Own(class)),
        ("protocol_declaration", Own(class)),
        ("implementation_definition", Evaluate),
        ("qualified_protocol_interface_declaration", Evaluate),
        ("instance_variables", Evaluate),
        ("instance_variable", Evaluate),
        ("struct_declaration", Own(field)),
        ("atomic_declaration", Skip),
        ("property_declaration", Own(property)),
        ("property_implementation", Skip),
        ("method_definition", Own(method)),
        ("method_declaration", Own(promise)),
        ("class_declaration", Skip),
        ("protocol_forward_declaration", Skip),
        ("compatibility_alias_declaration", Skip),
        ("module_import", Import(module)),
        ("ms_asm_block", Skip),
        ("preproc_undef", Skip),
        ("preproc_linemarker", Skip),
    ],
    table: Table::new(),
};

/// The variable of a declarator.
const NAME: At = innermost(DECLARED);

/// A value of which nothing is followed.
fn nothing(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    Some(reader.ir.unknown(Vec::new(), node_span(node)))
}

/// A name; those that the language gives are no keywords to the grammar.
fn identifier(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let (text, span) = (reader.source(node), node_span(node));
    Some(match text {
        "self" => reader.ir.node(Expr::This, span),
        "super" => reader.ir.node(Expr::Super, span),
        "nil" | "Nil" | "NULL" => reader.ir.null(span),
        "YES" | "NO" => reader.ir.node(Expr::Literal(Literal::Bool(text == "YES")), span),
        _ => match text.strip_prefix('_').filter(|name| name.starts_with(char::is_lowercase)) {
            Some(name) if !reader.ir.is_declared(text) && is_in_class(node) => {
                let this = reader.ir.node(Expr::This, span);
                reader.ir.field(this, name, span)
            }
            _ => reader.ir.name(text, span),
        },
    })
}

/// Whether a node stands in the code of a class.
fn is_in_class(node: Node<'_>) -> bool {
    std::iter::successors(node.parent(), Node::parent).take(64).any(|around| around.kind() == "class_implementation")
}

/// `@{ key: value }`: the keys are values, too.
fn dictionary(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let pairs = reader.parts(node).into_iter().filter(|part| part.kind() == "dictionary_pair");
    let properties = pairs.collect::<Vec<_>>().into_iter().map(|pair| {
        let key = reader.must(pair, first(0));
        let key = match *reader.ir.expr(key) {
            Expr::Literal(Literal::Text(name)) => PropertyKey::Name(name),
            _ => PropertyKey::Computed(key),
        };
        Property { key, value: reader.must(pair, LAST) }
    });
    let properties = properties.collect();
    Some(reader.ir.node(Expr::Object(properties), node_span(node)))
}

/// `a.b`, `self->_b`
fn member(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let base = reader.must(node, of_field("argument"));
    let name = reader.source_at(node, of_field("field"));
    let is_own = matches!(reader.ir.expr(base), Expr::This);
    Some(reader.ir.field(base, own_name(name, is_own), node_span(node)))
}

fn own_name(name: &str, is_own: bool) -> &str {
    name.strip_prefix('_').filter(|name| is_own && !name.is_empty()).unwrap_or(name)
}

/// The words of a message, each with its values.
fn words<'t>(reader: &mut Reader<'t>, node: Node<'_>) -> Vec<(&'t str, Vec<NodeId>)> {
    let mut words: Vec<(&'t str, Vec<NodeId>)> = Vec::new();
    let mut cursor = node.walk();
    let mut is_more = cursor.goto_first_child();
    let mut values = Vec::new();
    while is_more {
        let child = cursor.node();
        match cursor.field_name() {
            Some("method") => words.push((reader.source(child), Vec::new())),
            Some("receiver") => {}
            _ if child.is_named() && !child.kind().ends_with("comment") => values.push((words.len().saturating_sub(1), child)),
            _ => {}
        }
        is_more = cursor.goto_next_sibling();
    }
    for (word, child) in values {
        let value = reader.value(child);
        if let Some((_, list)) = words.get_mut(word) {
            list.push(value);
        }
    }
    words
}

/// The arguments of a message: the first word's have no label, unless it says what an instance is made from.
fn given(reader: &mut Reader<'_>, words: Vec<(&str, Vec<NodeId>)>, is_initializer: bool) -> Vec<NodeId> {
    let mut arguments = Vec::new();
    for (index, (word, values)) in words.into_iter().enumerate() {
        let label = if index == 0 { initial_label(word).filter(|_| is_initializer) } else { Some(word.to_owned()) };
        for (number, value) in values.into_iter().enumerate() {
            let label = label.as_deref().filter(|_| number == 0);
            arguments.push(match label {
                Some(label) => {
                    let name = reader.ir.builder.name(label);
                    let span = reader.ir.span_of(value);
                    reader.ir.node(Expr::Named { name, value }, span)
                }
                None => value,
            });
        }
    }
    arguments
}

/// The label of the first argument that Swift sees: `seed` of `initWithSeed:`.
fn initial_label(word: &str) -> Option<String> {
    let rest = word.strip_prefix("init")?;
    let rest = rest.strip_prefix("With").unwrap_or(rest);
    let mut chars = rest.chars();
    let head = chars.next()?;
    Some(head.to_lowercase().chain(chars).collect())
}

/// Whether the first word of a method says that it begins the life of an instance.
fn is_initializer(word: &str) -> bool {
    word.strip_prefix("init").is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

/// `[receiver word:value word:value]`
fn message(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let receiver = reader.part(node, of_field("receiver"))?;
    let word = reader.source_at(node, of_field("method"));
    let is_made = is_initializer(word);
    // What has been allocated is made by the message that it gets.
    let allocated = Some(receiver).filter(|receiver| {
        receiver.kind() == "message_expression" && reader.source_at(*receiver, of_field("method")).starts_with("alloc")
    });
    let class = allocated.filter(|_| is_made).and_then(|receiver| reader.part(receiver, of_field("receiver")));
    let callee = class.or_else(|| Some(receiver).filter(|_| word == "new")).map(|class| reader.value(class));
    if let Some(callee) = callee {
        let words = words(reader, node);
        let arguments = given(reader, words, true);
        return Some(reader.ir.call(callee, arguments, CallKind::New, span));
    }
    let base = reader.value(receiver);
    let words = words(reader, node);
    if let [("valueForKey" | "valueForKeyPath", values)] = &words[..]
        && let [key] = values[..]
    {
        return Some(member_by_key(reader, base, key, span));
    }
    let arguments = given(reader, words, is_made);
    if is_made && matches!(reader.ir.expr(base), Expr::Super) {
        return Some(reader.ir.call(base, arguments, CallKind::New, span));
    }
    let callee = reader.ir.field(base, if is_made { CONSTRUCTOR } else { word }, span);
    Some(reader.ir.call(callee, arguments, CallKind::Call, span))
}

/// `[a valueForKey:@"b"]` is the member `b` of `a`, and an element where the key is not written out.
fn member_by_key(reader: &mut Reader<'_>, base: NodeId, key: NodeId, span: crate::source::Span) -> NodeId {
    let written = match *reader.ir.expr(key) {
        Expr::Literal(Literal::Text(text)) => reader.ir.builder.unit().name(text).to_owned(),
        _ => String::new(),
    };
    let is_name =
        |name: &str| name.starts_with(char::is_alphabetic) && name.chars().all(|char| char.is_alphanumeric() || char == '_');
    if written.split('.').all(is_name) {
        return written.split('.').fold(base, |base, name| reader.ir.field(base, name, span));
    }
    reader.ir.node(Expr::Index { base, index: key }, span)
}

/// `for (T *x in list)`, and the loop of C.
fn loops(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let mut cursor = node.walk();
    let is_each = node.children(&mut cursor).any(|child| child.kind() == "in");
    let row = if is_each {
        let targets = one_of(&["pointer_declarator", "identifier"]);
        Form::Each { targets, ty: of_field("type"), iterable: after("in"), body: LAST }
    } else {
        Form::For { first: of_field("initializer"), condition: of_field("condition"), update: of_field("update"), body: LAST }
    };
    reader.loop_form(node, row);
    None
}

/// The lists of protocols that a class or protocol has.
const PROTOCOLS: &[&str] = &["parameterized_arguments", "protocol_reference_list"];

/// `@interface A : B <C> { … } … @end`, `@implementation A`, categories of either, and `@protocol A … @end`.
fn class(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let span = node_span(node);
    let name = reader.part(node, first(0))?;
    let text = reader.source(name);
    let class = reader.ir.class_of_file(text, span);
    let is_category = reader.part(node, of_field("category")).is_some();
    // The interface declares the class; what implements or extends it adds to it, in this file or another.
    let mut cursor = node.walk();
    let is_protocol = node.kind() == "protocol_declaration";
    if is_protocol || node.kind() == "class_interface" && !node.children(&mut cursor).any(|child| child.kind() == "(") {
        reader.ir.name_class(text, class, span);
    }
    if let Some(base) = reader.part(node, of_field("superclass")) {
        let base = reader.ir.name(reader.source(base), node_span(base));
        reader.ir.builder.class_mut(class).bases.push(base);
    }
    for list in reader.parts(node).into_iter().filter(|part| PROTOCOLS.contains(&part.kind())) {
        let protocols: Vec<_> = reader.type_names(list).into_iter().filter_map(|path| path.last().copied()).collect();
        for protocol in protocols {
            let base = reader.ir.name(protocol, node_span(list));
            reader.ir.builder.class_mut(class).bases.push(base);
        }
    }
    for (macro_name, argument) in macros::registered(reader.source(node)) {
        let callee = reader.ir.name(macro_name, span);
        let argument = reader.ir.builder.text(argument, span);
        let attribute = reader.ir.call(callee, vec![argument], CallKind::Call, span);
        reader.ir.builder.class_mut(class).attributes.push(attribute);
    }
    let extended = is_category.then(|| reader.ir.name(text, span));
    let before = reader.ir.set_extended(extended);
    reader.ir.enter_class(class, &[], span);
    for part in reader.parts(node).into_iter().filter(|part| part.kind() != "identifier" && !PROTOCOLS.contains(&part.kind())) {
        reader.statement(part);
    }
    reader.ir.leave_class();
    reader.ir.set_extended(before);
    None
}

/// A variable of instances, or a property without its attributes.
fn field(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    for (name, ty) in declared(reader, node) {
        reader.ir.add_field(class, own_name(name, true), ty, None, Vec::new(), node_span(node));
    }
    None
}

/// The names of a declaration of members, with their type.
fn declared<'t>(reader: &mut Reader<'t>, node: Node<'_>) -> Vec<(&'t str, Option<NodeId>)> {
    let ty = reader.part(node, first(0)).filter(|part| part.kind() != "struct_declarator").and_then(|ty| reader.ty(ty));
    let declarators = reader.all(node, of_kind("struct_declarator"));
    let names = declarators.into_iter().filter_map(|declarator| reader.part(declarator, first(0)));
    let names: Vec<_> = names.filter_map(|declarator| reader.part(declarator, NAME)).collect();
    names.into_iter().flat_map(|name| reader.names(name).first().copied()).map(|name| (name, ty)).collect()
}

/// `@property (…) T *name;`: a field, and the methods that read and write it.
fn property(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let span = node_span(node);
    let declaration = reader.part(node, of_kind("struct_declaration"))?;
    for (name, ty) in declared(reader, declaration) {
        reader.ir.add_field(class, name, ty, None, Vec::new(), span);
        // What holds a block is called as it is.
        if !reader.source(declaration).contains("(^") {
            accessor(reader, class, name, false, span);
        }
        accessor(reader, class, name, true, span);
    }
    None
}

fn accessor(reader: &mut Reader<'_>, class: ClassId, name: &str, is_setter: bool, span: crate::source::Span) {
    let mut letters = name.chars();
    let head = letters.next().map(|head| head.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default();
    let text = if is_setter { format!("set{head}") } else { name.to_owned() };
    let text = reader.ir.builder.name(&text);
    let outside = reader.ir.enter_function(text, span);
    let this = reader.ir.node(Expr::This, span);
    let member = reader.ir.field(this, name, span);
    let value = if is_setter {
        let variable = reader.ir.parameter(outside.function(), "value", None, span).variable;
        let value = reader.ir.read(variable, span);
        reader.ir.assign(member, value, span);
        None
    } else {
        Some(member)
    };
    let id = reader.ir.leave_function(outside, value);
    reader.ir.add_method(class, id);
}

/// `- (T)word:(A)a word:(B)b { … }`
fn method(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    reader.part(node, of_kind("compound_statement"))?;
    let word = reader.source_at(node, of_kind("identifier"));
    let is_static = node.child(0).is_some_and(|sign| sign.kind() == "+");
    let is_made = !is_static && is_initializer(word);
    let text = if is_made { CONSTRUCTOR } else { word };
    let name: NameId = reader.ir.builder.name(text);
    let macro_name = macros::exported(reader.source(node));
    let id = reader.function_body(name, node, NO, of_kind("compound_statement"), |reader| parameters(reader, node, is_made));
    let returns = reader.part(node, of_kind("method_type")).filter(|_| macro_name.is_none()).and_then(|ty| reader.ty(ty));
    reader.ir.builder.function_mut(id).returns = returns;
    reader.settle(id, node, text, Some(class));
    let has_parameters = !reader.ir.builder.unit().function(id).parameters.is_empty();
    // A method without parameters may be written as a member.
    let is_accessor = !has_parameters && !is_made && returns.is_some();
    let attribute = macro_name.map(|(name, exported)| {
        let span = node_span(node);
        let callee = reader.ir.name(name, span);
        let exported = reader.ir.builder.text(exported.unwrap_or(word), span);
        reader.ir.call(callee, vec![exported], CallKind::Call, span)
    });
    let function = reader.ir.builder.function_mut(id);
    function.modifiers.is_static = is_static;
    function.modifiers.is_accessor = is_accessor;
    function.attributes.extend(attribute);
    None
}

/// A method of an interface, which a file that is not in the tree may implement.
fn promise(reader: &mut Reader<'_>, node: Node<'_>) -> Option<NodeId> {
    let class = reader.ir.class_around()?;
    let word = reader.source_at(node, of_kind("identifier"));
    let returns = reader.part(node, of_kind("method_type")).and_then(|ty| reader.ty(ty));
    let name = reader.ir.builder.name(word);
    if !is_initializer(word) {
        reader.ir.add_promise(class, name, returns, Vec::new());
    }
    None
}

/// The parameters of the method being read, with the words by which callers give them.
fn parameters(reader: &mut Reader<'_>, node: Node<'_>, is_made: bool) {
    let function: FunctionId = reader.ir.builder.function();
    let mut word = "";
    let mut count = 0;
    for part in reader.parts(node) {
        match part.kind() {
            "identifier" => word = reader.source(part),
            "method_parameter" => {
                let name = reader.all(part, of_kind("identifier")).last().map_or("", |name| reader.source(*name));
                let ty = reader.part(part, of_kind("method_type")).and_then(|ty| reader.ty(ty));
                let label = if count == 0 { initial_label(word).filter(|_| is_made) } else { Some(word.to_owned()) };
                let label = label.map(|label| reader.ir.builder.name(&label));
                reader.ir.parameter(function, name, ty, node_span(part)).label = label;
                count += 1;
            }
            _ => {}
        }
    }
}

/// `@import UIKit;`
fn module(reader: &mut Reader<'_>, node: Node<'_>) {
    let path = reader.source_at(node, of_field("path"));
    reader.ir.mention(path, node_span(node));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_that_swift_sees() {
        let cases = [("initWithSeed", Some("seed")), ("init", None), ("initForURL", Some("forURL")), ("store", None)];
        for (word, label) in cases {
            assert_eq!(initial_label(word).as_deref(), label, "{word}");
        }
        assert!(is_initializer("init") && is_initializer("initWithX") && !is_initializer("initialize"));
    }
}
