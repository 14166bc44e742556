use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::{Builder, Kind, MAX_DEPTH, Node, Parsed, fault, span};
use crate::source::{NoticeKind, SourceFile};

/// Reads the first YAML document of a file. Aliases are null: no package manager writes them, and they can multiply a text
/// without bound.
pub(in crate::lockfile) fn yaml(file: &SourceFile) -> Parsed<'_> {
    let places = Places::new(&file.text);
    let mut builder = Builder::default();
    let mut notices = Vec::new();
    for event in Parser::new_from_str(&file.text) {
        match event {
            Ok((Event::DocumentEnd, _)) => break,
            Ok((event, place)) => take(&mut builder, event, places.byte(place.start), places.byte(place.end)),
            Err(error) => {
                let at = places.byte(*error.marker());
                notices.push(fault(file, NoticeKind::ParseError, at, format!("broken YAML: {}", error.info())));
                break;
            }
        }
    }
    if builder.was_too_deep {
        notices.push(fault(file, NoticeKind::LimitReached, 0, format!("nested deeper than {MAX_DEPTH} levels")));
    }
    (builder.finish(file.text.len()), notices)
}

fn take<'a>(builder: &mut Builder<'a>, event: Event<'a>, start: usize, end: usize) {
    match event {
        Event::MappingStart(..) => builder.open(true, start),
        Event::SequenceStart(..) => builder.open(false, start),
        Event::MappingEnd | Event::SequenceEnd => builder.close(end),
        Event::Alias(_) => builder.scalar(Node { kind: Kind::Null, span: span(start, end) }),
        Event::Scalar(text, style, ..) => {
            let kind = match &*text {
                "true" if style == ScalarStyle::Plain => Kind::Bool(true),
                "false" if style == ScalarStyle::Plain => Kind::Bool(false),
                "" | "~" | "null" if style == ScalarStyle::Plain => Kind::Null,
                _ => Kind::Text(text),
            };
            builder.scalar(Node { kind, span: span(start, end) });
        }
        Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
    }
}

/// Bytes for the parser's lines and columns, which count characters.
struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Self { text, lines: std::iter::once(0).chain(after_breaks).collect() }
    }

    fn byte(&self, marker: Marker) -> usize {
        let Some(&start) = self.lines.get(marker.line().saturating_sub(1)) else { return self.text.len() };
        let end = self.lines.get(marker.line()).copied().unwrap_or(self.text.len());
        let line = &self.text[start..end];
        if line.is_ascii() {
            return start + marker.col().min(line.len());
        }
        line.char_indices().nth(marker.col()).map_or(end, |(at, _)| start + at)
    }
}
