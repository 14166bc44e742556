//! TOML, read by the `toml` crate, which recovers from errors by itself.

use toml::de::{DeTable, DeValue};

use super::tree::{Fault, TreeBuilder};
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Toml;

impl ConfigReader for Toml {
    fn syntax(&self) -> &'static str {
        "toml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.extension() == "toml" || file.name() == "Pipfile"
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let (root, errors) = DeTable::parse_recoverable(&file.text);
        let mut tree = TreeBuilder::default();
        if !root.get_ref().is_empty() {
            tree.open_map(0);
            add_entries(&mut tree, root.get_ref());
            tree.close(file.text.len() as u32);
        }
        take_apart(root.into_inner());
        let faults = errors.iter().map(|error| Fault::syntax(error.span().map_or(0, |span| span.start), error.message()));
        tree.finish(self.syntax(), file, faults)
    }
}

/// Frees a table level by level. The crate limits nested brackets and dotted keys each by itself, so that together they still
/// nest thousands of levels deep, and dropping that would recurse.
fn take_apart(root: DeTable<'_>) {
    let mut open: Vec<DeValue<'_>> = vec![DeValue::Table(root)];
    while let Some(value) = open.pop() {
        match value {
            DeValue::Table(table) => open.extend(table.into_iter().map(|(_, value)| value.into_inner())),
            DeValue::Array(items) => open.extend(items.into_iter().map(toml::Spanned::into_inner)),
            _ => {}
        }
    }
}

/// Adds the entries in the order of the text; the crate keeps them by name. The crate limits how deep this recursion goes.
fn add_entries(tree: &mut TreeBuilder, table: &DeTable<'_>) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        tree.key(key.get_ref().as_ref(), span(key.span()));
        add_value(tree, value.get_ref(), span(value.span()));
    }
}

fn add_value(tree: &mut TreeBuilder, value: &DeValue<'_>, span: Span) {
    match value {
        DeValue::Table(table) => {
            tree.open_map(span.start);
            if !tree.is_full() {
                add_entries(tree, table);
                tree.close(span.end);
            }
        }
        DeValue::Array(items) => {
            tree.open_list(span.start);
            if !tree.is_full() {
                items.iter().for_each(|item| add_value(tree, item.get_ref(), self::span(item.span())));
                tree.close(span.end);
            }
        }
        scalar => tree.scalar(scalar_kind(scalar), span),
    }
}

fn scalar_kind(value: &DeValue<'_>) -> ValueKind {
    let number = |parsed: Option<f64>, text: &str| parsed.map_or_else(|| ValueKind::Text(text.into()), ValueKind::Number);
    match value {
        DeValue::Boolean(value) => ValueKind::Bool(*value),
        DeValue::Integer(value) => {
            let parsed = i64::from_str_radix(value.as_str(), value.radix()).ok().map(|value| value as f64);
            number(parsed, value.as_str())
        }
        DeValue::Float(value) => number(value.as_str().parse().ok(), value.as_str()),
        DeValue::String(text) => ValueKind::Text(text.to_string()),
        DeValue::Datetime(date) => ValueKind::Text(date.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => ValueKind::Null,
    }
}

fn span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}
