//! What stands before a declaration: modifiers and attributes.

use tree_sitter::Node;

use super::part::{node_span, parts};
use super::reader::Reader;
use crate::ir::{CallKind, Expr, FunctionId, NodeId};

impl<'t> Reader<'t> {
    /// Whether a node is an attribute.
    pub(super) fn is_attribute(&self, node: Node<'_>) -> bool {
        self.grammar.attribute_row(node.kind()).is_some()
    }

    /// The attributes of a declaration, as calls of what they name.
    pub(in crate::frontend) fn attributes(&mut self, node: Node<'_>) -> Vec<NodeId> {
        let holders = parts(node).into_iter().chain(node.parent()).filter(|part| self.grammar.is_modifier(part.kind()));
        let within: Vec<_> = holders.flat_map(parts).chain(parts(node)).filter(|part| self.is_attribute(*part)).collect();
        within.into_iter().filter_map(|attribute| self.attribute(attribute)).collect()
    }

    fn attribute(&mut self, node: Node<'_>) -> Option<NodeId> {
        let row = self.grammar.attribute_row(node.kind())?;
        let name = self.maybe(node, row.name)?;
        if row.arguments.of(node).is_none() {
            return Some(name);
        }
        let arguments = self.arguments(node, row.arguments);
        Some(self.ir.call(name, arguments, CallKind::Call, node_span(node)))
    }

    /// The words that stand before a declaration: `public`, `static`, `suspend`.
    pub(in crate::frontend) fn modifiers(&self, node: Node<'_>) -> Vec<&'t str> {
        let mut words = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if self.grammar.is_modifier(child.kind()) {
                self.gather_words(child, 0, &mut words);
            } else if !child.is_named() {
                words.push(self.source(child));
            }
        }
        words.retain(|word| word.starts_with(char::is_alphabetic));
        let around = node.parent().filter(|around| self.grammar.is_modifier(around.kind()));
        for attribute in around.map(parts).unwrap_or_default().into_iter().filter(|part| self.is_attribute(*part)) {
            let row = self.grammar.attribute_row(attribute.kind());
            words.extend(row.map(|row| self.source_at(attribute, row.name)));
        }
        words
    }

    fn gather_words(&self, node: Node<'_>, depth: u32, words: &mut Vec<&'t str>) {
        if self.is_attribute(node) || depth > 4 {
            return;
        }
        if node.child_count() == 0 {
            words.push(self.source(node));
        }
        let mut cursor = node.walk();
        node.children(&mut cursor).for_each(|child| self.gather_words(child, depth + 1, words));
    }

    /// Gives a function its attributes and modifiers.
    pub(in crate::frontend) fn describe(&mut self, function: FunctionId, node: Node<'_>, name: &str) {
        let attributes = self.attributes(node);
        let words = self.modifiers(node);
        let is_test = attributes.iter().any(|attribute| self.marks_test(*attribute));
        let is_public = (self.grammar.is_public)(name, &words);
        let known = self.grammar.words;
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
        let function = self.ir.builder.function_mut(function);
        function.attributes = attributes;
        function.modifiers.is_test = is_test;
        function.modifiers.is_public = is_public;
        function.modifiers.is_static = has(known.is_static);
        let ends = |word: &str| known.is_accessor.iter().any(|end| end.starts_with('.') && word.ends_with(end));
        function.modifiers.is_accessor = has(known.is_accessor) || words.iter().any(|word| ends(word));
        function.modifiers.is_async = has(known.is_async);
    }

    fn marks_test(&self, attribute: NodeId) -> bool {
        let mut node = attribute;
        if let Expr::Call { callee, .. } = *self.ir.expr(node) {
            node = callee;
        }
        let unit = self.ir.builder.unit();
        let name = match *unit.expr(node) {
            Expr::Field { name, .. } | Expr::Global(name) => name,
            Expr::Variable(variable) => unit.variable(variable).name,
            _ => return false,
        };
        self.grammar.tests.contains(&unit.name(name))
    }
}
