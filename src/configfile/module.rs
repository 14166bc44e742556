//! Modules of code that give settings: the object that a module exports, as a document.
//!
//! Build tools and manifests are described in code (`export default { … }`, `defineConfig(() => ({ … }))`, `module.exports = …`). What
//! is written out there is a setting like one of a JSON file. A value that is computed is a text in `${…}`, as in files of variables.

use super::{Document, Entry, Value, ValueKind};
use crate::ir::{CallKind, Expr, FunctionId, Literal, NodeId, PropertyKey, Statement, StatementKind, Unit};
use crate::source::{SourceFile, Span};

/// The syntax's name in rules and reports.
pub const MODULE: &str = "module";

/// Most values of a document: no description of a product is longer, tables of texts are.
const MAX_VALUES: usize = 4000;

/// How many names, wrappers and containers may stand above one another.
const MAX_DEPTH: usize = 40;

/// The longest path of a computed value that is kept.
const MAX_PATH: usize = 120;

/// The settings that a module exports: its default export, or all that it exports under their names. None if that is no object.
#[must_use]
pub fn of_module(unit: &Unit, file: &SourceFile) -> Option<Document> {
    let mut reader = Reader { unit, file, left: MAX_VALUES };
    let default = unit.exports.iter().rev().find(|export| unit.name(export.name) == "default");
    let root = match default {
        Some(export) => reader.object(export.value, MAX_DEPTH)?,
        None => reader.named_exports(),
    };
    let is_something = !root.entries().is_empty() && reader.left > 0;
    is_something.then(|| Document { syntax: MODULE, roots: vec![root] })
}

struct Reader<'a> {
    unit: &'a Unit,
    file: &'a SourceFile,
    /// How many values may still be made.
    left: usize,
}

impl Reader<'_> {
    fn named_exports(&mut self) -> Value {
        let mut entries = Vec::new();
        for export in &self.unit.exports {
            if self.is_function(export.value) {
                continue;
            }
            if let Some(value) = self.object(export.value, MAX_DEPTH) {
                entries.push(Entry { key: self.unit.name(export.name).into(), key_span: value.span, value });
            }
        }
        Value { kind: ValueKind::Map(entries), span: self.unit.function(FunctionId::MODULE).span }
    }

    /// Functions under a name of their own are code; only what a tool calls for the settings of a file is a description.
    fn is_function(&self, node: NodeId) -> bool {
        match self.unit.expr(node) {
            Expr::Variable(variable) => {
                self.unit.variable(*variable).definition.is_some_and(|definition| self.is_closure(definition))
            }
            _ => self.is_closure(node),
        }
    }

    fn is_closure(&self, node: NodeId) -> bool {
        matches!(self.unit.expr(node), Expr::Closure(_) | Expr::Class(_))
    }

    /// The object that an expression gives, looked for behind names, functions and the wrappers of libraries.
    fn object(&mut self, node: NodeId, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.left = self.left.checked_sub(1)?;
        match self.unit.expr(node) {
            Expr::Object(_) => Some(self.value(node, depth)),
            Expr::Variable(variable) => self.object(self.unit.variable(*variable).definition?, depth),
            Expr::Typed { value, .. } => self.object(*value, depth),
            Expr::Closure(function) => self.object(returned(&self.unit.function(*function).body)?, depth),
            Expr::Call { callee, arguments, kind: CallKind::Call } => self.wrapped(*callee, arguments, depth),
            _ => None,
        }
    }

    /// What a wrapper is given: `defineConfig({ … })`, `merge(base, { … })`, `withPlugin({ … })(config)`.
    fn wrapped(&mut self, callee: NodeId, arguments: &[NodeId], depth: usize) -> Option<Value> {
        let objects: Vec<_> = arguments.iter().filter_map(|argument| self.object(*argument, depth)).collect();
        if objects.is_empty() {
            return matches!(self.unit.expr(callee), Expr::Call { .. } | Expr::Closure(_)).then(|| self.object(callee, depth))?;
        }
        let span = objects.iter().map(|object| object.span).reduce(Span::to)?;
        let entries =
            objects.into_iter().flat_map(|object| if let ValueKind::Map(entries) = object.kind { entries } else { Vec::new() });
        Some(Value { kind: ValueKind::Map(entries.collect()), span })
    }

    fn value(&mut self, node: NodeId, depth: usize) -> Value {
        let span = self.unit.span(node);
        let kind = match (depth.checked_sub(1), self.left.checked_sub(1)) {
            (Some(depth), Some(left)) => {
                self.left = left;
                self.kind(node, depth)
            }
            _ => ValueKind::Null,
        };
        Value { kind, span }
    }

    fn kind(&mut self, node: NodeId, depth: usize) -> ValueKind {
        match self.unit.expr(node) {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Typed { value, .. } => self.kind(*value, depth),
            Expr::Object(properties) => {
                let mut entries = Vec::new();
                for property in properties {
                    self.property(property.key, property.value, depth, &mut entries);
                }
                ValueKind::Map(entries)
            }
            Expr::Array(items) => ValueKind::List(items.iter().map(|item| self.value(*item, depth)).collect()),
            Expr::Variable(variable) => match self.unit.variable(*variable).definition {
                Some(definition) if self.is_written_out(definition) && depth > 0 => self.kind(definition, depth - 1),
                _ => self.computed(node),
            },
            Expr::Template(parts) => ValueKind::Text(parts.iter().map(|part| self.part(*part)).collect()),
            Expr::Call { callee, arguments, .. } => self.call(*callee, arguments, node, depth),
            _ => self.computed(node),
        }
    }

    fn literal(&self, literal: &Literal) -> ValueKind {
        match literal {
            Literal::Text(name) | Literal::Regex(name) => ValueKind::Text(self.unit.name(*name).into()),
            Literal::Number(number) => ValueKind::Number(*number),
            Literal::Bool(value) => ValueKind::Bool(*value),
            Literal::Null => ValueKind::Null,
        }
    }

    fn property(&mut self, key: PropertyKey, value: NodeId, depth: usize, entries: &mut Vec<Entry>) {
        let name = match key {
            PropertyKey::Name(name) => self.unit.name(name).to_owned(),
            PropertyKey::Computed(node) => self.computed_text(node),
            PropertyKey::Spread => {
                if let Some(Value { kind: ValueKind::Map(spread), .. }) = self.object(value, depth) {
                    entries.extend(spread);
                }
                return;
            }
        };
        let value = self.value(value, depth);
        let key_span = self.key_before(&name, value.span);
        // The last of several values is the one that counts.
        entries.retain(|entry| entry.key != name);
        entries.push(Entry { key: name, key_span, value });
    }

    /// Where a key stands that is written before its value.
    fn key_before(&self, key: &str, value: Span) -> Span {
        let before = self.file.text.get(..value.start as usize).unwrap_or("").trim_end();
        let before = before.strip_suffix(':').unwrap_or(before).trim_end();
        let before = before.trim_end_matches(['"', '\'', '`', ']']);
        let is_key = !key.is_empty() && before.ends_with(key);
        if is_key { Span::new((before.len() - key.len()) as u32, before.len() as u32) } else { value }
    }

    fn is_written_out(&self, node: NodeId) -> bool {
        match self.unit.expr(node) {
            Expr::Literal(_) | Expr::Object(_) | Expr::Array(_) | Expr::Template(_) => true,
            Expr::Typed { value, .. } => self.is_written_out(*value),
            _ => false,
        }
    }

    /// A call that is given an object is a map from its name to that object: `plugins: [new Plugin({ … })]`.
    fn call(&mut self, callee: NodeId, arguments: &[NodeId], node: NodeId, depth: usize) -> ValueKind {
        let name = match self.unit.expr(callee) {
            Expr::Global(name) | Expr::Field { name, .. } => *name,
            Expr::Variable(variable) => self.unit.variable(*variable).name,
            _ => return self.computed(node),
        };
        let given = arguments.iter().find(|argument| matches!(self.unit.expr(**argument), Expr::Object(_)));
        let Some(&given) = given else { return self.computed(node) };
        let value = self.value(given, depth);
        ValueKind::Map(vec![Entry { key: self.unit.name(name).into(), key_span: self.unit.span(callee), value }])
    }

    fn part(&self, node: NodeId) -> String {
        match self.unit.expr(node) {
            Expr::Literal(Literal::Text(name)) => self.unit.name(*name).into(),
            _ => self.computed_text(node),
        }
    }

    fn computed(&self, node: NodeId) -> ValueKind {
        ValueKind::Text(self.computed_text(node))
    }

    /// A computed value by its path or plain call; of anything with constants of its own, a choice for instance, only that it is
    /// computed: what it may be in some build is not what it is.
    fn computed_text(&self, node: NodeId) -> String {
        if let Expr::Literal(Literal::Text(name)) = self.unit.expr(node) {
            return self.unit.name(*name).into();
        }
        let written = self.file.snippet(self.unit.span(node));
        let is_plain = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$' | '.' | '(' | ')');
        let is_path = written.len() <= MAX_PATH && written.chars().all(is_plain);
        if is_path { format!("${{{written}}}") } else { "${}".into() }
    }
}

/// What a function returns last.
fn returned(body: &[Statement]) -> Option<NodeId> {
    body.iter().rev().find_map(|statement| if let StatementKind::Return(value) = statement.kind { value } else { None })
}
