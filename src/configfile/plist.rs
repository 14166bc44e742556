//! Property lists: real maps and lists, from XML with exact places, from the binary form without any.

use std::io::Cursor;

use plist::stream::{BinaryReader, OwnedEvent};

use super::tree::{Container, Fault, TreeBuilder};
use super::xml::{self, Part};
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Plist;

const EXTENSIONS: [&str; 4] = ["plist", "entitlements", "xcprivacy", "mobileconfig"];

impl ConfigReader for Plist {
    fn syntax(&self) -> &'static str {
        "plist"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        EXTENSIONS.contains(&file.extension().as_str())
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        if !file.binary.is_empty() {
            return read_binary(file);
        }
        let mut builder = Builder::default();
        let fault = xml::events(&file.text, |part, span| {
            builder.take(part, span);
            !builder.tree.is_full()
        });
        builder.tree.finish(self.syntax(), file, fault.err())
    }
}

#[derive(Default)]
struct Builder {
    tree: TreeBuilder,
    /// The names of the open elements, `plist` itself included.
    open: Vec<String>,
    /// The text of the open scalar, and where it stands.
    text: String,
    text_span: Option<Span>,
}

impl Builder {
    fn take(&mut self, part: Part<'_>, span: Span) {
        match part {
            Part::Open(tag) => self.open(tag.name().as_ref(), span),
            Part::Close => self.close(span),
            Part::Text(text) => {
                self.text.push_str(&text);
                self.text_span = Some(self.text_span.map_or(span, |before| before.to(span)));
            }
        }
    }

    fn open(&mut self, name: &str, span: Span) {
        match name {
            "dict" => self.tree.open_map(span.start),
            "array" => self.tree.open_list(span.start),
            _ => {}
        }
        self.open.push(name.into());
        self.text.clear();
        self.text_span = None;
    }

    fn close(&mut self, span: Span) {
        let text = std::mem::take(&mut self.text);
        let place = self.text_span.take().unwrap_or(span);
        let kind = match self.open.pop().as_deref() {
            Some("dict" | "array") => return self.tree.close(span.end),
            Some("key") => return self.tree.key(text, place),
            Some("true") => ValueKind::Bool(true),
            Some("false") => ValueKind::Bool(false),
            Some("integer" | "real") => text.trim().parse().map_or_else(|_| ValueKind::Text(text.clone()), ValueKind::Number),
            Some("string" | "date" | "data") => ValueKind::Text(text),
            _ => return,
        };
        self.tree.scalar(kind, place);
    }
}

fn read_binary(file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
    let mut tree = TreeBuilder::default();
    let mut fault = None;
    for event in BinaryReader::new(Cursor::new(&*file.binary)) {
        match event {
            Ok(event) => take_event(&mut tree, event),
            Err(error) => fault = Some(Fault::syntax(0, error.to_string())),
        }
        if fault.is_some() || tree.is_full() {
            break;
        }
    }
    tree.finish("plist", file, fault)
}

fn take_event(tree: &mut TreeBuilder, event: OwnedEvent) {
    let nowhere = Span::default();
    let kind = match event {
        OwnedEvent::StartDictionary(_) => return tree.open_map(0),
        OwnedEvent::StartArray(_) => return tree.open_list(0),
        OwnedEvent::EndCollection => return tree.close(0),
        OwnedEvent::String(text) if tree.inner() == Some(Container::Map) && tree.wants_key() => {
            return tree.key(text, nowhere);
        }
        OwnedEvent::String(text) => ValueKind::Text(text.into_owned()),
        OwnedEvent::Boolean(value) => ValueKind::Bool(value),
        OwnedEvent::Real(value) => ValueKind::Number(value),
        OwnedEvent::Integer(value) => ValueKind::Number(value.as_signed().map_or(f64::NAN, |value| value as f64)),
        OwnedEvent::Date(date) => ValueKind::Text(date.to_xml_format()),
        // Bytes and references have no text; what matters is that they are there.
        _ => ValueKind::Null,
    };
    tree.scalar(kind, nowhere);
}
