//! Properties and INI files: `key = value`, `key: value`, `key value`; sections in brackets become maps.

use super::lines::{Line, lines, trimmed};
use super::tree::TreeBuilder;
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile};

pub(super) struct Properties;

const EXTENSIONS: [&str; 6] = ["properties", "ini", "cfg", "npmrc", "yarnrc", "service"];
const NAMES: [&str; 6] = [".npmrc", ".yarnrc", ".pnpmrc", "pip.conf", ".pip.conf", ".gitmodules"];

impl ConfigReader for Properties {
    fn syntax(&self) -> &'static str {
        "properties"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        EXTENSIONS.contains(&file.extension().as_str()) || NAMES.contains(&file.name())
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let mut tree = TreeBuilder::default();
        tree.open_map(0);
        let mut rest = lines(&file.text);
        while let Some(line) = rest.next() {
            let (text, span) = trimmed(line.text, line.start);
            if text.is_empty() || text.starts_with(['#', '!', ';']) {
                continue;
            }
            if let Some(section) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                while tree.depth() > 1 {
                    tree.close(span.start);
                }
                tree.key(section.trim(), span);
                tree.open_map(span.start);
            } else {
                entry(&mut tree, line, &mut rest);
            }
            if tree.is_full() {
                break;
            }
        }
        tree.finish(self.syntax(), file, None)
    }
}

/// Reads a key and its value, with the lines that continue it after a backslash.
fn entry<'a>(tree: &mut TreeBuilder, line: Line<'a>, rest: &mut impl Iterator<Item = Line<'a>>) {
    let (text, span) = trimmed(line.text, line.start);
    let key_end = key_end(text);
    let after = &text[key_end..];
    let value = after.trim_start().strip_prefix(['=', ':']).unwrap_or(after);
    let (mut value, mut place) = trimmed(value, span.end as usize - value.len());
    let mut whole = String::new();
    while let Some(head) = value.strip_suffix('\\').filter(|head| !head.ends_with('\\')) {
        whole.push_str(head);
        let Some(next) = rest.next() else { break };
        let (text, next_span) = trimmed(next.text, next.start);
        value = text;
        place = place.to(next_span);
    }
    whole.push_str(value);
    tree.key(
        unescaped(text[..key_end].trim_end()),
        super::Span::new(span.start, span.start + text[..key_end].trim_end().len() as u32),
    );
    tree.scalar(kind(&whole), place);
}

/// Where the key ends: at an unescaped `=`, `:` or white space. A `:` counts only before white space or at the end, or not after
/// a `//`: keys of `.npmrc` are addresses (`//registry.example/:_authToken=…`).
fn key_end(text: &str) -> usize {
    let is_address = text.starts_with("//") || text.starts_with('@');
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        let ends = char == '=' || char.is_whitespace() || (char == ':' && !is_address);
        if ends && !escaped {
            return at;
        }
        escaped = char == '\\' && !escaped;
    }
    text.len()
}

fn unescaped(key: &str) -> String {
    key.replace("\\:", ":").replace("\\=", "=").replace("\\ ", " ")
}

/// Values of these files are strings; quotes around one are not part of it.
fn kind(text: &str) -> ValueKind {
    match text {
        "true" => ValueKind::Bool(true),
        "false" => ValueKind::Bool(false),
        "" => ValueKind::Null,
        _ => {
            let inner = ['"', '\''].iter().find_map(|&quote| text.strip_prefix(quote)?.strip_suffix(quote));
            ValueKind::Text(inner.unwrap_or(text).into())
        }
    }
}
