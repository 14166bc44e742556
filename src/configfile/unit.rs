//! Settings that code imports: a document as a module that exports it.

use super::{Document, Value, ValueKind};
use crate::ir::{Builder, Export, Expr, Literal, NodeId, Property, PropertyKey, Unit};
use crate::source::{SourceFile, Span};

/// The name of the language of such units: no function is called in it.
const LANGUAGE: &str = "json";

/// Most values of a document that is read so: tables of texts are no options.
const MOST_VALUES: usize = 4_000;

/// How deep a document may nest.
const MOST_LEVELS: usize = 60;

/// A document as a unit whose default export it is. None if it is empty, or too big to be a description of something.
#[must_use]
pub fn as_unit(document: &Document, file: &SourceFile) -> Option<Unit> {
    let mut left = MOST_VALUES;
    let [root] = document.roots.as_slice() else { return None };
    let span = Span::new(0, file.text.len() as u32);
    let mut builder = Builder::new(LANGUAGE, span);
    let value = node(&mut builder, root, MOST_LEVELS, &mut left)?;
    let name = builder.name("default");
    builder.export(Export { name, value });
    Some(builder.finish(Vec::new()))
}

fn node(builder: &mut Builder, value: &Value, levels: usize, left: &mut usize) -> Option<NodeId> {
    let levels = levels.checked_sub(1)?;
    *left = left.checked_sub(1)?;
    let expr = match &value.kind {
        ValueKind::Null => Expr::Literal(Literal::Null),
        ValueKind::Bool(flag) => Expr::Literal(Literal::Bool(*flag)),
        ValueKind::Number(number) => Expr::Literal(Literal::Number(*number)),
        ValueKind::Text(text) => Expr::Literal(Literal::Text(builder.name(text))),
        ValueKind::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| node(builder, item, levels, left)).collect();
            Expr::Array(items?.into())
        }
        ValueKind::Map(entries) => {
            let property = |entry: &super::Entry| {
                let key = PropertyKey::Name(builder.name(&entry.key));
                Some(Property { key, value: node(builder, &entry.value, levels, left)? })
            };
            let properties: Option<Vec<_>> = entries.iter().map(property).collect();
            Expr::Object(properties?.into())
        }
    };
    Some(builder.node(expr, value.span))
}
