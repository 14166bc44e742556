//! HTML and the templates made of it: elements as repeated keys of a tree, attributes as `@name`, text as `#text`. Tag soup never
//! fails; scripts and styles are left to the front ends.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span as HtmlSpan, Tokenizer};

use super::tree::{MAX_DEPTH, TreeBuilder};
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Html;

const EXTENSIONS: [&str; 7] = ["html", "htm", "xhtml", "vue", "svelte", "ejs", "hbs"];

/// Elements that have no content.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

impl ConfigReader for Html {
    fn syntax(&self) -> &'static str {
        "html"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        EXTENSIONS.contains(&file.extension().as_str())
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let mut builder = Builder { text: &file.text, tree: TreeBuilder::default(), open: Vec::new() };
        builder.tree.open_map(0);
        let callback = |event: CallbackEvent<'_>, span: HtmlSpan<usize>| -> Option<Infallible> {
            builder.take(&event, Span::new(span.start as u32, span.end as u32));
            None
        };
        let mut emitter = CallbackEmitter::new(callback);
        emitter.naively_switch_states(true);
        let ended = Tokenizer::new_with_emitter(&*file.text, emitter).finish();
        let Ok(()) = ended;
        builder.tree.finish(self.syntax(), file, None)
    }
}

struct Builder<'a> {
    text: &'a str,
    tree: TreeBuilder,
    /// The names of the open elements.
    open: Vec<String>,
}

impl Builder<'_> {
    fn take(&mut self, event: &CallbackEvent<'_>, span: Span) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.open(&text(name), span.start),
            CallbackEvent::AttributeName { name } => self.tree.key(format!("@{}", text(name)), span),
            CallbackEvent::AttributeValue { value } => self.tree.scalar(ValueKind::Text(text(value)), span),
            CallbackEvent::CloseStartTag { self_closing } => self.end_start_tag(*self_closing, span.end),
            CallbackEvent::EndTag { name } => self.end_tag(&text(name), span),
            CallbackEvent::String { value } => self.characters(&text(value), span),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn open(&mut self, name: &str, start: u32) {
        // Unclosed tags pile up in soup; at the limit the rest becomes siblings.
        if self.tree.depth() + 2 > MAX_DEPTH {
            self.close_one(start);
        }
        self.tree.key(name, Span::new(start + 1, start + 1 + name.len() as u32));
        self.tree.open_map(start);
        self.open.push(name.into());
    }

    fn end_start_tag(&mut self, self_closing: bool, end: u32) {
        let is_void = self.open.last().is_some_and(|name| VOID.contains(&name.as_str()));
        if is_void || self_closing {
            self.close_one(end);
        }
    }

    fn end_tag(&mut self, name: &str, span: Span) {
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        while self.open.len() > at + 1 {
            self.close_one(span.start);
        }
        self.close_one(span.end);
    }

    fn close_one(&mut self, end: u32) {
        if self.open.pop().is_some() {
            self.tree.close(end);
        }
    }

    fn characters(&mut self, value: &str, span: Span) {
        let is_code = self.open.last().is_some_and(|name| name == "script" || name == "style");
        if is_code || value.trim().is_empty() {
            return;
        }
        let written = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let start = span.start + (written.len() - written.trim_start().len()) as u32;
        let span = Span::new(start, start + written.trim().len() as u32);
        self.tree.key("#text", span);
        self.tree.scalar(ValueKind::Text(value.trim().into()), span);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
