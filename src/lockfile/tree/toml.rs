use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Kind, Node, Parsed, fault, span};
use crate::source::{NoticeKind, SourceFile};

/// Reads TOML. The parser bounds depth itself.
pub(in crate::lockfile) fn toml(file: &SourceFile) -> Parsed<'_> {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    let notice = |error: &toml::de::Error| {
        let at = error.span().map_or(0, |place| place.start);
        fault(file, NoticeKind::ParseError, at, format!("broken TOML: {}", error.message()))
    };
    let notices = errors.first().map(notice).into_iter().collect();
    (Some(Node { span: span(0, file.text.len()), kind: map(table.into_inner()) }), notices)
}

/// The parser orders keys by name; the order of the file is that of the places.
fn map(table: DeTable<'_>) -> Kind<'_> {
    let entry = |(key, value): (Spanned<_>, _)| {
        let key_span = span(key.span().start, key.span().end);
        Entry { key: key.into_inner(), key_span, value: node(value) }
    };
    let mut entries: Vec<_> = table.into_iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.key_span);
    Kind::Map(entries)
}

fn node(value: Spanned<DeValue<'_>>) -> Node<'_> {
    let place = span(value.span().start, value.span().end);
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::Text(text),
        DeValue::Integer(number) => Kind::Text(number.as_str().to_owned().into()),
        DeValue::Float(number) => Kind::Text(number.as_str().to_owned().into()),
        DeValue::Boolean(value) => Kind::Bool(value),
        DeValue::Datetime(date) => Kind::Text(date.to_string().into()),
        DeValue::Array(items) => Kind::List(items.into_iter().map(node).collect()),
        DeValue::Table(table) => map(table),
    };
    Node { kind, span: place }
}
