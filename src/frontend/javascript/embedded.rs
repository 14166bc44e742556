//! Where the scripts of a file are, and in which dialect.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::source::{SourceFile, Span};

/// It may stand before a script, even before its `#!`.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What the parser has to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// JavaScript with JSX; perhaps Flow.
    JavaScript,
    /// TypeScript without JSX, where `<T>x` is a cast.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Declarations only.
    Definition,
}

/// A script of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) span: Span,
    pub(super) dialect: Dialect,
}

/// The only script of a file that is one.
pub(super) fn whole(file: &SourceFile) -> Place {
    let name = file.name();
    let is_definition = [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| name.ends_with(ending));
    let dialect = match file.extension().as_str() {
        _ if is_definition => Dialect::Definition,
        "tsx" => Dialect::Tsx,
        "ts" | "mts" | "cts" => Dialect::TypeScript,
        _ => Dialect::JavaScript,
    };
    let start = if file.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    Place { span: Span::new(start as u32, file.text.len() as u32), dialect }
}

/// The contents of the `<script>` elements of a text, data and templates left out.
pub(super) fn scripts(text: &str) -> Vec<Place> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut places = Vec::new();
    let mut open = None;
    for token in Tokenizer::new_with_emitter(text, emitter) {
        match token {
            Ok(Token::StartTag(tag)) if tag.name.as_slice() == b"script" && open.is_none() => {
                open = Some((tag.span.end, dialect_of(&tag)));
            }
            Ok(Token::EndTag(tag)) if tag.name.as_slice() == b"script" => places.extend(place(open.take(), tag.span.start)),
            _ => {}
        }
    }
    places.extend(place(open, text.len()));
    places
}

fn place(open: Option<(usize, Option<Dialect>)>, end: usize) -> Option<Place> {
    let (start, dialect) = open?;
    dialect.filter(|_| start < end).map(|dialect| Place { span: Span::new(start as u32, end as u32), dialect })
}

/// The dialect of a script element; none if it holds something else than code.
fn dialect_of(tag: &StartTag<usize>) -> Option<Dialect> {
    let attribute = |name: &[u8]| {
        let value = tag.attributes.iter().find(|(key, _)| key.as_slice() == name)?.1;
        Some(String::from_utf8_lossy(value.value.as_slice()).to_ascii_lowercase())
    };
    match attribute(b"lang").as_deref() {
        Some("ts" | "typescript") => return Some(Dialect::TypeScript),
        Some("tsx") => return Some(Dialect::Tsx),
        _ => {}
    }
    let ty = attribute(b"type").unwrap_or_default();
    match ty.split(';').next().unwrap_or_default().trim() {
        "" | "module" | "text/babel" | "text/jsx" => Some(Dialect::JavaScript),
        "text/typescript" | "application/typescript" => Some(Dialect::TypeScript),
        ty if ty.contains("javascript") || ty.contains("ecmascript") => Some(Dialect::JavaScript),
        _ => None,
    }
}
