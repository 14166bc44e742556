//! YAML 1.2, all documents of a stream. Aliases are expanded, within a budget; merge keys (`<<`) are resolved.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::tree::{Container, Fault, Size, TreeBuilder};
use super::{ConfigReader, Document, Entry, Value, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Yaml;

const NAMES: [&str; 3] = [".clang-format", ".gemrc", "Podfile.yaml"];

impl ConfigReader for Yaml {
    fn syntax(&self) -> &'static str {
        "yaml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        matches!(file.extension().as_str(), "yml" | "yaml") || NAMES.contains(&file.name())
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        let base = file.text.len() - text.len();
        let mut reader = Reader { offsets: Offsets::new(text, base), ..Reader::default() };
        let mut fault = None;
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => reader.take(event, reader.offsets.span(span)),
                Err(error) => {
                    fault = Some(Fault::syntax(reader.offsets.byte(error.marker().index()) as usize, error.info()));
                    break;
                }
            }
            if reader.tree.is_full() {
                break;
            }
        }
        reader.tree.finish(self.syntax(), file, fault)
    }
}

/// Turns the parser's character indices into byte offsets.
#[derive(Default)]
struct Offsets {
    base: u32,
    end: u32,
    /// Where each character begins; None if all are one byte long.
    starts: Option<Vec<u32>>,
}

impl Offsets {
    fn new(text: &str, base: usize) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at as u32).collect());
        Self { base: base as u32, end: text.len() as u32, starts }
    }

    fn byte(&self, index: usize) -> u32 {
        let within = match &self.starts {
            None => (index as u32).min(self.end),
            Some(starts) => starts.get(index).copied().unwrap_or(self.end),
        };
        self.base + within
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start.index());
        Span::new(start, self.byte(span.end.index()).max(start))
    }
}

#[derive(Default)]
struct Reader {
    offsets: Offsets,
    tree: TreeBuilder,
    /// Values by anchor.
    anchors: BTreeMap<usize, (Value, Size)>,
    /// The anchors of the open containers; 0 for none.
    open: Vec<usize>,
    /// Open containers within a key that is a container itself. Such a key has no name here.
    in_key: usize,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: Span) {
        if self.in_key > 0 {
            return self.within_key(&event, span);
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::MappingStart(..) | Event::SequenceStart(..) if self.tree.wants_key() => self.in_key = 1,
            Event::MappingStart(anchor, _) => {
                self.tree.open_map(span.start);
                self.open.push(anchor);
            }
            Event::SequenceStart(anchor, _) => {
                self.tree.open_list(span.start);
                self.open.push(anchor);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(span),
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn within_key(&mut self, event: &Event<'_>, span: Span) {
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => self.in_key += 1,
            Event::MappingEnd | Event::SequenceEnd => self.in_key -= 1,
            _ => {}
        }
        if self.in_key == 0 {
            self.tree.key("", Span::new(span.start, span.start));
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) {
        if self.tree.wants_key() {
            return self.tree.key(text, span);
        }
        let is_string = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        let kind = if is_string { ValueKind::Text(text.into()) } else { plain(text) };
        self.tree.scalar(kind, span);
        self.remember(anchor);
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        let Some((value, size)) = self.anchors.get(&anchor) else {
            return self.tree.scalar(ValueKind::Null, span);
        };
        if self.tree.wants_key() {
            self.tree.key(value.scalar_text().unwrap_or_default(), span);
        } else {
            self.tree.repeat(value, *size, span.start);
        }
    }

    fn close(&mut self, span: Span) {
        if self.tree.inner() == Some(Container::Map) {
            self.tree.entries_mut().into_iter().for_each(merge);
        }
        // The end mark of a block is empty and stands at the next token; the block's text ends with its last part.
        let end = if span.end > span.start { span.end } else { self.tree.end_of_parts().unwrap_or(span.end) };
        self.tree.close(end);
        let anchor = self.open.pop().unwrap_or_default();
        self.remember(anchor);
    }

    fn remember(&mut self, anchor: usize) {
        if anchor > 0
            && let Some(value) = self.tree.last()
        {
            self.anchors.insert(anchor, (value.clone(), Size::of(value)));
        }
    }
}

/// Replaces `<<` by the entries of its map or maps that are not there already.
fn merge(entries: &mut Vec<Entry>) {
    while let Some(at) = entries.iter().position(|entry| entry.key == "<<") {
        let merged = entries.remove(at).value;
        let maps = match merged.kind {
            ValueKind::List(items) => items,
            _ => vec![merged],
        };
        for map in maps {
            let ValueKind::Map(added) = map.kind else { continue };
            let missing: Vec<_> =
                added.into_iter().filter(|new| new.key != "<<" && entries.iter().all(|old| old.key != new.key)).collect();
            entries.extend(missing);
        }
    }
}

/// A plain scalar by the core schema of YAML 1.2.
fn plain(text: &str) -> ValueKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ValueKind::Null,
        "true" | "True" | "TRUE" => ValueKind::Bool(true),
        "false" | "False" | "FALSE" => ValueKind::Bool(false),
        _ => number(text).map_or_else(|| ValueKind::Text(text.into()), ValueKind::Number),
    }
}

fn number(text: &str) -> Option<f64> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(|value| value as f64);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(|value| value as f64);
    }
    // `parse` would take `inf`, `nan` and `infinity` too.
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|_| is_decimal)
}
