//! Where the parts of a node are.

use tree_sitter::Node;

use crate::source::Span;

/// Where a part of a node is.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) enum At {
    /// Under the name of a field; all that have it, where several may.
    Field(&'static str),
    /// The children of a kind.
    Kind(&'static str),
    /// The first child of one of these kinds.
    OneOf(&'static [&'static str]),
    /// The named child behind this token.
    After(&'static str),
    /// What stands in a field of the node, or of nodes below it that are reached through these kinds only.
    Below(&'static [&'static str], &'static str),
    /// The named child with this number, comments not counted.
    Nth(usize),
    /// The last named child.
    Last,
    /// Every named child.
    Each,
    /// The node itself.
    #[allow(dead_code, reason = "a form of tables to come")]
    Itself,
    /// Where a chain of such fields ends: `name` of `**name[3]`.
    Innermost(&'static [&'static str]),
    /// A field of the last node of a chain that has it.
    Along(&'static [&'static str], &'static str),
    /// Under the name of a field, without those in whose chain such a kind stands.
    Without(&'static str, &'static str),
    /// There is none.
    Nowhere,
}

/// Where a chain of such fields ends.
pub(in crate::frontend) const fn innermost(fields: &'static [&'static str]) -> At {
    At::Innermost(fields)
}

/// A field of the last node that has it, of a chain of fields.
pub(in crate::frontend) const fn along(fields: &'static [&'static str], field: &'static str) -> At {
    At::Along(fields, field)
}

/// The parts in a field, without those in whose chain such a kind stands.
pub(in crate::frontend) const fn without(field: &'static str, kind: &'static str) -> At {
    At::Without(field, kind)
}

/// A node, what it has under one of these names, what that has, and so on.
fn chain<'n>(node: Node<'n>, fields: &'static [&'static str]) -> impl Iterator<Item = Node<'n>> {
    // A declarator that only holds another has no field for it.
    let next = move |node: &Node<'n>| {
        let named = fields.iter().find_map(|field| node.child_by_field_name(field));
        let holds_one = node.kind().ends_with("_declarator") && node.kind() != "structured_binding_declarator";
        named.or_else(|| parts(*node).into_iter().next_back().filter(|_| holds_one))
    };
    std::iter::successors(Some(node), next)
}

/// The part in a field.
pub(in crate::frontend) const fn of_field(name: &'static str) -> At {
    At::Field(name)
}

/// The parts of a kind.
pub(in crate::frontend) const fn of_kind(kind: &'static str) -> At {
    At::Kind(kind)
}

/// The first part of one of these kinds.
pub(in crate::frontend) const fn one_of(kinds: &'static [&'static str]) -> At {
    At::OneOf(kinds)
}

/// The part behind a token.
pub(in crate::frontend) const fn after(token: &'static str) -> At {
    At::After(token)
}

/// The parts in a field of the node or of nodes of these kinds below it.
pub(in crate::frontend) const fn below(kinds: &'static [&'static str], field: &'static str) -> At {
    At::Below(kinds, field)
}

/// The part with a number.
pub(in crate::frontend) const fn first(index: usize) -> At {
    At::Nth(index)
}

/// The last part.
pub(in crate::frontend) const LAST: At = At::Last;
/// Every part.
pub(in crate::frontend) const EACH: At = At::Each;
/// No part.
pub(in crate::frontend) const NO: At = At::Nowhere;

impl At {
    /// Whether the row says that there is no such part.
    pub(super) const fn is_nowhere(self) -> bool {
        matches!(self, Self::Nowhere)
    }

    /// The first part.
    pub(super) fn of(self, node: Node<'_>) -> Option<Node<'_>> {
        match self {
            Self::Field(name) => node.child_by_field_name(name),
            Self::Kind(kind) => parts(node).into_iter().find(|part| part.kind() == kind),
            Self::OneOf(kinds) => parts(node).into_iter().find(|part| kinds.contains(&part.kind())),
            Self::After(token) => behind(node, token),
            Self::Below(..) => self.all_of(node).into_iter().next(),
            Self::Nth(index) => parts(node).into_iter().nth(index),
            Self::Each => parts(node).into_iter().next(),
            Self::Last => parts(node).into_iter().next_back(),
            Self::Itself => Some(node),
            Self::Innermost(fields) => chain(node, fields).last(),
            Self::Along(fields, field) => chain(node, fields).filter_map(|node| node.child_by_field_name(field)).last(),
            Self::Without(..) => self.all_of(node).into_iter().next(),
            Self::Nowhere => None,
        }
    }

    /// All parts.
    pub(super) fn all_of(self, node: Node<'_>) -> Vec<Node<'_>> {
        match self {
            Self::Field(name) => of_field_all(node, name),
            Self::Kind(kind) => parts(node).into_iter().filter(|part| part.kind() == kind).collect(),
            Self::Each => parts(node),
            Self::Without(field, kind) => {
                let mut found = Self::Field(field).all_of(node);
                found.retain(|part| chain(*part, &["declarator"]).all(|link| link.kind() != kind || is_pointer_to_function(link)));
                found
            }
            Self::Below(kinds, field) => {
                let mut found = Vec::new();
                reach(node, kinds, field, 0, &mut found);
                found
            }
            _ => self.of(node).into_iter().collect(),
        }
    }
}

/// `(*name)(int)`: its own declarator stands in brackets.
fn is_pointer_to_function(declarator: Node<'_>) -> bool {
    declarator.child_by_field_name("declarator").is_some_and(|inner| inner.kind() == "parenthesized_declarator")
}

fn behind<'n>(node: Node<'n>, token: &str) -> Option<Node<'n>> {
    let mut cursor = node.walk();
    let mut rest = node.children(&mut cursor).skip_while(|child| child.is_named() || child.kind() != token);
    rest.find(|child| child.is_named() && !is_comment(*child))
}

fn reach<'n>(node: Node<'n>, kinds: &[&str], field: &str, depth: u32, found: &mut Vec<Node<'n>>) {
    found.extend(of_field_all(node, field));
    for part in parts(node).into_iter().filter(|part| depth < 6 && kinds.contains(&part.kind())) {
        reach(part, kinds, field, depth + 1, found);
    }
}

fn of_field_all<'n>(node: Node<'n>, field: &str) -> Vec<Node<'n>> {
    let mut cursor = node.walk();
    node.children_by_field_name(field, &mut cursor).filter(Node::is_named).collect()
}

/// The named children without comments.
pub(super) fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|part| !is_comment(*part)).collect()
}

/// The same, and `this` where a grammar has it as a bare word.
pub(super) fn with_receiver(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let is_part = |part: &Node<'_>| if part.is_named() { !is_comment(*part) } else { part.kind() == "this" };
    node.children(&mut cursor).filter(is_part).collect()
}

/// Whether a node is a comment; an error that stands between others is none.
fn is_comment(node: Node<'_>) -> bool {
    node.is_extra() && !node.is_error() || node.kind().ends_with("comment")
}

/// Where a node stands.
pub(in crate::frontend) fn node_span(node: Node<'_>) -> Span {
    Span::new(node.start_byte() as u32, node.end_byte() as u32)
}
