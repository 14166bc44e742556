//! Dotenv files: `NAME=value`, `export NAME="value"`; every value is a string.

use super::lines::{lines, trimmed};
use super::tree::{Fault, TreeBuilder};
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Dotenv;

impl ConfigReader for Dotenv {
    fn syntax(&self) -> &'static str {
        "dotenv"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        let name = file.name();
        name == ".env" || name == ".envrc" || name.starts_with(".env.") || file.extension() == "env"
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let mut tree = TreeBuilder::default();
        let mut faults = Vec::new();
        let mut read_to = 0;
        tree.open_map(0);
        for line in lines(&file.text) {
            let (text, span) = trimmed(line.text, line.start);
            // The lines of a quoted value were read with it.
            if line.start < read_to || text.is_empty() || text.starts_with('#') || text.starts_with("//") {
                continue;
            }
            let text = text.strip_prefix("export ").unwrap_or(text);
            let Some((key, _)) = text.split_once('=') else {
                faults.push(Fault::syntax(line.start, "a line without `=`"));
                continue;
            };
            let key_start = span.end as usize - text.len();
            let (name, key_span) = trimmed(key, key_start);
            let (value, place) = value(&file.text, key_start + key.len() + 1);
            read_to = place.end as usize;
            tree.key(name, key_span);
            tree.scalar(value, place);
        }
        faults.truncate(1);
        tree.finish(self.syntax(), file, faults)
    }
}

/// The value that begins at `start`: in quotes, over several lines if need be, or up to a comment or the end of the line.
fn value(text: &str, start: usize) -> (ValueKind, Span) {
    let rest = &text[start..];
    let line = rest.split('\n').next().unwrap_or("");
    let (bare, span) = trimmed(line, start);
    let quote = bare.chars().next().filter(|&char| matches!(char, '"' | '\'' | '`'));
    if let Some(quote) = quote {
        let inner_start = span.start as usize + 1;
        if let Some(length) = closing(&text[inner_start..], quote) {
            let inner = &text[inner_start..inner_start + length];
            return (ValueKind::Text(inner.into()), Span::new(span.start, (inner_start + length + 1) as u32));
        }
    }
    let bare = bare.find(" #").map_or(bare, |comment| bare[..comment].trim_end());
    let end = span.start + bare.len() as u32;
    let kind = if bare.is_empty() { ValueKind::Null } else { ValueKind::Text(bare.into()) };
    (kind, Span::new(span.start, end))
}

/// Where an unescaped `quote` stands, within the reach that a key in PEM form needs.
fn closing(text: &str, quote: char) -> Option<usize> {
    const REACH: usize = 16_384;
    let mut escaped = false;
    for (at, char) in text.char_indices().take_while(|(at, _)| *at < REACH) {
        if char == quote && !escaped {
            return Some(at);
        }
        escaped = char == '\\' && !escaped;
    }
    None
}
