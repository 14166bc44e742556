//! The walk over a tree: which form a node has, and the parts of it.

use tree_sitter::Node;

use super::part::{node_span, of_field, parts};
use super::{At, Form, Grammar};
use crate::frontend::lower::{Lowering, MAX_DEPTH};
use crate::ir::{Block, NodeId, VariableKind};
use crate::source::Span;

/// How deep declarations are looked for within statements that only hold them.
const HOIST_DEPTH: u32 = 6;

/// Nodes that stand in a pattern for what nobody needs.
const WILDCARDS: &[&str] = &["discard", "wildcard_pattern"];

/// A walk under way.
#[derive(Debug)]
pub(in crate::frontend) struct Reader<'t> {
    /// What is lowered so far.
    pub(in crate::frontend) ir: Lowering,
    pub(super) text: &'t str,
    pub(super) grammar: &'static Grammar,
}

impl<'t> Reader<'t> {
    pub(super) fn new(grammar: &'static Grammar, text: &'t str) -> Self {
        let span = Span::new(0, text.len() as u32);
        Self { ir: Lowering::new(grammar.language, span), text, grammar }
    }

    /// Lowers a whole file.
    pub(super) fn module(&mut self, root: Node<'_>) {
        let parts = parts(root);
        self.statements(&parts, false);
    }

    /// The text of a node.
    pub(in crate::frontend) fn source(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text behind a node.
    pub(in crate::frontend) fn behind(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.end_byte()..).unwrap_or_default()
    }

    /// The text of a part; empty if there is none.
    pub(in crate::frontend) fn source_at(&self, node: Node<'_>, at: At) -> &'t str {
        at.of(node).map_or("", |part| self.source(part))
    }

    /// What a node means.
    pub(in crate::frontend) fn form(&self, node: Node<'_>) -> Option<Form> {
        self.grammar.form(node.kind_id())
    }

    /// The named children of a node, without comments.
    pub(in crate::frontend) fn parts<'n>(&self, node: Node<'n>) -> Vec<Node<'n>> {
        parts(node)
    }

    /// The first such part of a node.
    pub(in crate::frontend) fn part<'n>(&self, node: Node<'n>, at: At) -> Option<Node<'n>> {
        at.of(node)
    }

    /// All such parts of a node.
    pub(in crate::frontend) fn all<'n>(&self, node: Node<'n>, at: At) -> Vec<Node<'n>> {
        at.all_of(node)
    }

    /// Whether a node names a type.
    pub(super) fn is_type(&self, node: Node<'_>) -> bool {
        self.grammar.is_type(node.kind())
    }

    /// Statements in order, after the imports and the names that they declare; the last one may be the value.
    pub(in crate::frontend) fn statements(&mut self, parts: &[Node<'_>], is_used: bool) -> Option<NodeId> {
        for part in parts {
            self.hoist(*part, 0);
        }
        let (last, rest) = parts.split_last()?;
        for part in rest {
            self.statement(*part);
        }
        self.flow(*last, is_used).filter(|&value| {
            if !is_used {
                self.ir.evaluate(value);
            }
            is_used
        })
    }

    /// The imports of a block that is no scope of its own: a function of Python has some, as has a `try`.
    pub(super) fn imports(&mut self, parts: &[Node<'_>]) {
        for part in parts {
            if let Some(Form::Import(import)) = self.form(*part) {
                import(self, *part);
            }
        }
    }

    /// Declares what code before a declaration may name.
    fn hoist(&mut self, node: Node<'_>, depth: u32) {
        match self.form(node) {
            Some(Form::Import(import)) => import(self, node),
            Some(Form::Function(parts)) if parts.receiver.of(node).is_none() && self.ir.class_around().is_none() => {
                let name = parts.body.of(node).and_then(|_| parts.name.of(node));
                self.hoist_name(name, VariableKind::Function);
            }
            Some(Form::Declares { name, kind, .. }) => {
                let is_seen = match kind {
                    VariableKind::Class => true,
                    VariableKind::Function => self.ir.class_around().is_none(),
                    _ => self.ir.scopes.is_module(),
                };
                let names: Vec<_> = name.all_of(node).into_iter().flat_map(|name| self.names(name)).collect();
                names.into_iter().filter(|_| is_seen).for_each(|name| self.hoist_text(name, node, kind));
            }
            Some(Form::Class { name, .. }) => self.hoist_name(name.of(node), VariableKind::Class),
            Some(Form::Local(row) | Form::Field(row)) if self.ir.scopes.is_module() => {
                let declarators = if row.declarator.is_nowhere() { vec![node] } else { row.declarator.all_of(node) };
                let names = declarators.into_iter().flat_map(|declarator| row.name.all_of(declarator));
                let names: Vec<_> = names.flat_map(|name| self.names(name)).collect();
                names.into_iter().for_each(|name| self.hoist_text(name, node, VariableKind::Local));
            }
            Some(Form::Assign(target, _)) if self.grammar.habits.assignment_declares && self.ir.scopes.is_module() => {
                if let Some(target) = target.of(node) {
                    let names = self.assigned_names(target);
                    self.hoist_assigned(names, node);
                }
            }
            Some(Form::Own(_)) if self.grammar.habits.assignment_declares && self.ir.scopes.is_module() => {
                let names = of_field("left").of(node).map(|target| self.assigned_names(target)).unwrap_or_default();
                self.hoist_assigned(names, node);
                // The branches of a module are no scopes of their own: what one of them imports or assigns, all of the file has.
                let branches = parts(node).into_iter().flat_map(|part| match self.form(part) {
                    Some(_) => vec![part],
                    None => parts(part),
                });
                let branches: Vec<_> = branches.filter(|_| depth < HOIST_DEPTH).collect();
                branches.into_iter().for_each(|branch| self.hoist(branch, depth + 1));
            }
            Some(_) if depth < HOIST_DEPTH && self.grammar.is_modifier(node.kind()) => {
                for part in parts(node) {
                    self.hoist(part, depth + 1);
                }
            }
            Some(Form::Evaluate) if depth < HOIST_DEPTH => {
                for part in parts(node) {
                    self.hoist(part, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn hoist_name(&mut self, name: Option<Node<'_>>, kind: VariableKind) {
        if let Some(name) = name {
            self.hoist_text(self.source(name), name, kind);
        }
    }

    /// Variables of the file that assignments declare; other files see them.
    fn hoist_assigned(&mut self, names: Vec<&'t str>, at: Node<'_>) {
        for text in names {
            let name = self.ir.builder.name(text);
            if self.ir.scopes.own(name).is_none() {
                let variable = self.ir.declare(text, VariableKind::Local, node_span(at));
                self.ir.export_variable(text, variable, node_span(at));
            }
        }
    }

    fn hoist_text(&mut self, text: &str, at: Node<'_>, kind: VariableKind) {
        let name = self.ir.builder.name(text);
        if self.ir.scopes.own(name).is_none() {
            self.ir.declare(text, kind, node_span(at));
        }
    }

    /// Lowers a node as a statement.
    pub(in crate::frontend) fn statement(&mut self, node: Node<'_>) {
        if let Some(value) = self.flow(node, false) {
            self.ir.evaluate(value);
        }
    }

    /// Lowers a node as a value.
    pub(in crate::frontend) fn value(&mut self, node: Node<'_>) -> NodeId {
        self.flow(node, true).unwrap_or_else(|| self.ir.null(node_span(node)))
    }

    /// The value of a part, if there is one.
    pub(in crate::frontend) fn maybe(&mut self, node: Node<'_>, at: At) -> Option<NodeId> {
        at.of(node).map(|part| self.value(part))
    }

    /// The value of a part that should be there: code that does not parse may lack it.
    pub(in crate::frontend) fn must(&mut self, node: Node<'_>, at: At) -> NodeId {
        self.maybe(node, at).unwrap_or_else(|| self.ir.unknown(Vec::new(), node_span(node)))
    }

    /// What `lower` does, as a block of its own.
    pub(in crate::frontend) fn apart<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> (Block, T) {
        let outer = self.ir.enter_block();
        let result = lower(self);
        (self.ir.leave_block(outer), result)
    }

    /// The same, in a scope of its own.
    pub(in crate::frontend) fn scoped<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> (Block, T) {
        self.apart(|reader| {
            reader.ir.scopes.enter();
            let result = lower(reader);
            reader.ir.scopes.leave();
            result
        })
    }

    /// A part as a block in a scope of its own, with the value of its last statement.
    pub(super) fn way(&mut self, node: Option<Node<'_>>, is_used: bool) -> (Block, Option<NodeId>) {
        self.scoped(|reader| node.and_then(|node| reader.flow(node, is_used)))
    }

    /// A part as a block without a value.
    pub(in crate::frontend) fn body(&mut self, node: Option<Node<'_>>) -> Block {
        let lower = |reader: &mut Self| {
            if let Some(node) = node {
                reader.statement(node);
            }
        };
        self.scoped(lower).0
    }

    /// A node as a statement or a value; None where there is no value.
    pub(in crate::frontend) fn flow(&mut self, node: Node<'_>, is_used: bool) -> Option<NodeId> {
        let span = node_span(node);
        if !self.ir.descend(span) {
            return Some(self.ir.unknown(Vec::new(), span));
        }
        let value = match self.form(node) {
            Some(form) => self.form_flow(node, form, is_used),
            None if self.is_type(node) => self.ty(node),
            None if node.is_error() => {
                parts(node).into_iter().for_each(|part| self.statement(part));
                None
            }
            None => Some(self.unknown(node)),
        };
        self.ir.ascend();
        value
    }

    /// The names that a pattern declares.
    pub(in crate::frontend) fn names(&self, node: Node<'_>) -> Vec<&'t str> {
        let mut names = Vec::new();
        self.gather_names(node, 0, &mut names);
        names
    }

    fn gather_names(&self, node: Node<'_>, depth: u32, names: &mut Vec<&'t str>) {
        let inner = parts(node);
        if matches!(self.form(node), Some(Form::Name)) || inner.is_empty() && node.kind().ends_with("identifier") {
            names.push(self.source(node));
        } else if inner.is_empty() && WILDCARDS.contains(&node.kind()) {
            // It takes a place among the others.
            names.push("_");
        } else if depth < MAX_DEPTH && !self.is_attribute(node) && !self.grammar.is_modifier(node.kind()) {
            let inner = inner.into_iter().filter(|part| !self.is_type(*part));
            inner.for_each(|part| self.gather_names(part, depth + 1, names));
        }
    }
}
