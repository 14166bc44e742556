//! Written types: which name one goes by.

use tree_sitter::Node;

use super::part::{node_span, parts};
use super::reader::Reader;
use crate::ir::NodeId;

/// Names within names that are looked at: a type nests as deeply as it likes.
const MAX_DEPTH: u32 = 24;

/// What languages call a byte or the whole number that stands for one: keys are lists of them.
const NUMBERS: &[&str] = &["byte", "Byte", "UByte", "UInt8", "int", "Int", "Integer"];

impl<'t> Reader<'t> {
    /// The expression that names a type, without what only wraps it.
    pub(in crate::frontend) fn ty(&mut self, node: Node<'_>) -> Option<NodeId> {
        let mut node = node;
        for _ in 0..MAX_DEPTH {
            let Some(inner) = self.wrapped_type(node) else { break };
            node = inner;
        }
        self.whole_ty(node)
    }

    /// What a template that only wraps a type is given: the class of `std::unique_ptr<Seed>`.
    fn wrapped_type<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        if node.kind() == "type_descriptor" {
            return node.child_by_field_name("type");
        }
        let mut template = node;
        for _ in 0..MAX_DEPTH {
            if template.kind() == "template_type" {
                break;
            }
            template = Some(template).filter(|it| it.kind() == "qualified_identifier")?.child_by_field_name("name")?;
        }
        let name = self.source(template.child_by_field_name("name")?);
        let is_container = self.grammar.words.containers.contains(&name);
        let arguments = template.child_by_field_name("arguments").filter(|_| is_container || self.grammar.wraps(name))?;
        let inner = parts(arguments).into_iter().next()?;
        // Many of a class are told apart from many bytes by the name of the class.
        let is_class = || {
            let last = self.source(inner).trim_end_matches(['>', ' ']).rsplit(['<', ':', ' ']).next().unwrap_or_default();
            last.starts_with(char::is_uppercase)
        };
        (!is_container || is_class()).then_some(inner)
    }

    /// The expression that names a type as it is written.
    pub(in crate::frontend) fn whole_ty(&mut self, node: Node<'_>) -> Option<NodeId> {
        let span = node_span(node);
        let names = self.type_names(node);
        let wrapping = names.iter().take_while(|path| path.len() == 1 && self.grammar.wraps(path[0])).count();
        let is_list = names[..wrapping].iter().any(|path| self.grammar.words.containers.contains(&path[0]));
        let is_array = node.kind().contains("array_type") || node.kind().contains("slice_type");
        let path = names.into_iter().nth(wrapping)?;
        // Many bytes are not one: what is said of a plain type is not true of a list of them.
        if let [name] = path[..]
            && (is_array && name.starts_with(char::is_lowercase) || is_list && NUMBERS.contains(&name))
        {
            return None;
        }
        let first = self.ir.name(path.first()?, span);
        Some(path[1..].iter().fold(first, |base, name| self.ir.field(base, name, span)))
    }

    /// The types of a list of bases; a node that is no list is its only one.
    pub(super) fn base_types(&mut self, node: Node<'_>) -> Vec<NodeId> {
        let mut list = vec![node];
        while let [only] = list[..]
            && (only.kind().ends_with("_list")
                || only.kind().ends_with("specifiers")
                || only.kind().contains("extends")
                || only.kind().contains("interfaces")
                || only.kind().contains("superclass"))
        {
            list = parts(only);
        }
        list.into_iter().filter_map(|base| self.ty(base)).collect()
    }

    /// The names of a type in the order of the source, each with what qualifies it: `Map<String, a.B>` has three.
    pub(in crate::frontend) fn type_names(&self, node: Node<'_>) -> Vec<Vec<&'t str>> {
        let mut names = Vec::new();
        self.gather_type_names(node, 0, &mut names);
        names
    }

    fn gather_type_names(&self, node: Node<'_>, depth: u32, names: &mut Vec<Vec<&'t str>>) {
        let is_anonymous = ["function_type", "struct_type", "interface_type", "template_argument_list", "field_declaration_list"]
            .contains(&node.kind());
        if depth > MAX_DEPTH || is_anonymous || self.is_attribute(node) || self.grammar.is_modifier(node.kind()) {
            return;
        }
        let inner = parts(node);
        if inner.is_empty() {
            let text = self.source(node);
            if text.starts_with(|char: char| char.is_alphabetic() || char == '_' || char == '$') {
                names.push(vec![text]);
            }
            return;
        }
        let at = names.len();
        let is_qualified = is_qualified(node.kind());
        let (inner, arguments): (Vec<_>, Vec<_>) =
            inner.into_iter().partition(|part| !is_qualified || !part.kind().contains("argument"));
        for part in inner {
            self.gather_type_names(part, depth + 1, names);
        }
        if is_qualified && names.len() > at {
            let path: Vec<_> = names.drain(at..).flatten().collect();
            names.push(path);
        }
        for part in arguments {
            self.gather_type_names(part, depth + 1, names);
        }
    }
}

impl super::Grammar {
    fn wraps(&'static self, name: &str) -> bool {
        self.lists(name, |grammar| grammar.wrappers)
    }
}

/// Whether the parts of such a node are one name.
fn is_qualified(kind: &str) -> bool {
    kind.contains("qualified")
        || kind.contains("scoped")
        || matches!(kind, "dotted_name" | "attribute" | "member_type" | "user_type")
}
