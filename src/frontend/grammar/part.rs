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
    /// The named child with this number, comments not counted.
    Nth(usize),
    /// The last named child.
    Last,
    /// Every named child.
    Each,
    /// The node itself.
    #[allow(dead_code, reason = "a form of tables to come")]
    Itself,
    /// There is none.
    Nowhere,
}

/// The part in a field.
pub(in crate::frontend) const fn of_field(name: &'static str) -> At {
    At::Field(name)
}

/// The parts of a kind.
pub(in crate::frontend) const fn of_kind(kind: &'static str) -> At {
    At::Kind(kind)
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
            Self::Nth(index) => parts(node).into_iter().nth(index),
            Self::Each => parts(node).into_iter().next(),
            Self::Last => parts(node).into_iter().next_back(),
            Self::Itself => Some(node),
            Self::Nowhere => None,
        }
    }

    /// All parts.
    pub(super) fn all_of(self, node: Node<'_>) -> Vec<Node<'_>> {
        match self {
            Self::Field(name) => {
                let mut cursor = node.walk();
                node.children_by_field_name(name, &mut cursor).filter(Node::is_named).collect()
            }
            Self::Kind(kind) => parts(node).into_iter().filter(|part| part.kind() == kind).collect(),
            Self::Each => parts(node),
            _ => self.of(node).into_iter().collect(),
        }
    }
}

/// The named children without comments.
pub(super) fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|part| !is_comment(*part)).collect()
}

/// Whether a node is a comment; an error that stands between others is none.
fn is_comment(node: Node<'_>) -> bool {
    node.is_extra() && !node.is_error() || node.kind().ends_with("comment")
}

/// Where a node stands.
pub(in crate::frontend) fn node_span(node: Node<'_>) -> Span {
    Span::new(node.start_byte() as u32, node.end_byte() as u32)
}
