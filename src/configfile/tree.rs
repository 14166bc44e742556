//! Builds a [`Document`] from events, so that no reader recurses and no tree is deeper than [`MAX_DEPTH`]: what walks or drops a
//! tree later may recurse without fear.

use super::{Document, Entry, Value, ValueKind};
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// The deepest that a tree may be. Configuration that people write stays below 40.
pub(super) const MAX_DEPTH: usize = 200;

/// The most values that a tree may hold: some 200 MB of memory.
const MAX_VALUES: usize = 2_000_000;

/// The most values that a document may gain by repeating others (YAML aliases, shared objects of a binary plist).
const MAX_REPEATED: usize = 200_000;

/// Something wrong at a place of a file.
#[derive(Debug)]
pub(super) struct Fault {
    at: u32,
    kind: NoticeKind,
    message: String,
}

impl Fault {
    /// The text does not follow the syntax at a byte offset.
    pub(super) fn syntax(at: usize, message: impl Into<String>) -> Self {
        Self { at: at as u32, kind: NoticeKind::ParseError, message: message.into() }
    }

    fn limit(at: u32, message: String) -> Self {
        Self { at, kind: NoticeKind::LimitReached, message }
    }
}

/// What the innermost open container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Map,
    List,
}

/// A key and its place.
type Key = (String, Span);

#[derive(Debug)]
struct Open {
    container: Container,
    start: u32,
    entries: Vec<Entry>,
    items: Vec<Value>,
    /// A key that waits for its value.
    key: Option<Key>,
}

/// Collects values. After a limit was reached nothing more is taken; readers look at [`TreeBuilder::is_full`] and stop.
#[derive(Debug, Default)]
pub(super) struct TreeBuilder {
    open: Vec<Open>,
    roots: Vec<Value>,
    values: usize,
    repeated: usize,
    limit: Option<Fault>,
}

impl TreeBuilder {
    pub(super) fn is_full(&self) -> bool {
        self.limit.is_some()
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The innermost open container.
    pub(super) fn inner(&self) -> Option<Container> {
        self.open.last().map(|open| open.container)
    }

    /// Whether a map is open whose next event must be a key.
    pub(super) fn wants_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.container == Container::Map && open.key.is_none())
    }

    /// The entries of the innermost open map.
    pub(super) fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        self.open.last_mut().map(|open| &mut open.entries)
    }

    /// The value that was completed last, if its container is still open.
    pub(super) fn last(&self) -> Option<&Value> {
        match self.open.last() {
            None => self.roots.last(),
            Some(open) if open.container == Container::Map => open.entries.last().map(|entry| &entry.value),
            Some(open) => open.items.last(),
        }
    }

    /// Where the last part of the innermost container ends, parts that are copies left out.
    pub(super) fn end_of_parts(&self) -> Option<u32> {
        let open = self.open.last()?;
        let last = self.last().map(|value| value.span).filter(|span| span.start >= open.start);
        let key = open.key.as_ref().map(|(_, span)| *span).or_else(|| open.entries.last().map(|entry| entry.key_span));
        last.into_iter().chain(key).map(|span| span.end).max()
    }

    /// A key of the innermost map. A key that was waiting gets null.
    pub(super) fn key(&mut self, text: impl Into<String>, span: Span) {
        self.settle_key();
        if let Some(open) = self.open.last_mut() {
            open.key = Some((text.into(), span));
        }
    }

    /// A value without parts.
    pub(super) fn scalar(&mut self, kind: ValueKind, span: Span) {
        self.values += weight(&kind);
        if self.values > MAX_VALUES {
            self.stop(span.start, format!("more than {MAX_VALUES} values; the rest was not read"));
        }
        self.push(Value { kind, span });
    }

    /// A copy of a value that stands elsewhere.
    pub(super) fn repeat(&mut self, value: &Value, size: Size, at: u32) {
        self.repeated += size.values;
        if self.repeated > MAX_REPEATED {
            self.stop(at, format!("repeated values expand to more than {MAX_REPEATED}; the rest was not read"));
        } else if self.depth() + size.depth > MAX_DEPTH {
            self.stop_at_depth(at);
        } else {
            self.push(value.clone());
        }
    }

    /// Opens a map; everything up to [`TreeBuilder::close`] is its content.
    pub(super) fn open_map(&mut self, start: u32) {
        self.open(Container::Map, start);
    }

    /// Opens a list.
    pub(super) fn open_list(&mut self, start: u32) {
        self.open(Container::List, start);
    }

    /// Closes the innermost container.
    pub(super) fn close(&mut self, end: u32) {
        self.settle_key();
        let Some(open) = self.open.pop() else { return };
        let kind = match open.container {
            Container::Map => ValueKind::Map(open.entries),
            Container::List => ValueKind::List(open.items),
        };
        let value = Value { kind, span: Span::new(open.start, end.max(open.start)) };
        self.place(value);
    }

    /// Closes what is open and hands out the document. A file without any value gives none.
    pub(super) fn finish(
        mut self,
        syntax: &'static str,
        file: &SourceFile,
        faults: impl IntoIterator<Item = Fault>,
    ) -> (Option<Document>, Vec<Notice>) {
        let end = faults_end(file);
        while !self.open.is_empty() {
            self.close(end);
        }
        let notices = notices(file, self.limit.take().into_iter().chain(faults));
        let document = (!self.roots.is_empty()).then_some(Document { syntax, roots: self.roots });
        (document, notices)
    }

    fn open(&mut self, container: Container, start: u32) {
        if self.depth() >= MAX_DEPTH {
            self.stop_at_depth(start);
        }
        if !self.is_full() {
            self.open.push(Open { container, start, entries: Vec::new(), items: Vec::new(), key: None });
        }
    }

    fn settle_key(&mut self) {
        if let Some((key, key_span)) = self.open.last_mut().and_then(|open| open.key.take()) {
            let value = Value { kind: ValueKind::Null, span: key_span };
            self.open.last_mut().expect("a key waits in an open map").entries.push(Entry { key, key_span, value });
        }
    }

    fn push(&mut self, value: Value) {
        if !self.is_full() {
            self.place(value);
        }
    }

    fn place(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.roots.push(value),
            Some(open) if open.container == Container::List => open.items.push(value),
            Some(open) => {
                if let Some((key, key_span)) = open.key.take() {
                    open.entries.push(Entry { key, key_span, value });
                }
            }
        }
    }

    fn stop_at_depth(&mut self, at: u32) {
        self.stop(at, format!("nested more than {MAX_DEPTH} levels deep; the rest was not read"));
    }

    fn stop(&mut self, at: u32, message: String) {
        self.limit.get_or_insert(Fault::limit(at, message));
    }
}

/// How big a value is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// Values in it, itself included.
    pub(super) values: usize,
    /// Levels of containers in it, itself included.
    pub(super) depth: usize,
}

impl Size {
    /// Measures a value.
    pub(super) fn of(value: &Value) -> Self {
        let parts = value.items().iter().chain(value.entries().iter().map(|entry| &entry.value));
        let inner = parts.map(Self::of).fold(Self { values: 0, depth: 0 }, |sum, part| Self {
            values: sum.values + part.values,
            depth: sum.depth.max(part.depth),
        });
        Self { values: inner.values + weight(&value.kind), depth: inner.depth + 1 }
    }
}

/// One for a value, more for a long text: memory is what the limits are about.
fn weight(kind: &ValueKind) -> usize {
    if let ValueKind::Text(text) = kind { 1 + text.len() / 64 } else { 1 }
}

fn faults_end(file: &SourceFile) -> u32 {
    file.text.trim_end().len() as u32
}

fn notices(file: &SourceFile, faults: impl Iterator<Item = Fault>) -> Vec<Notice> {
    let notice = |fault: Fault| Notice::about(&file.path, fault.kind, fault.message).at_line(file.lines().line(fault.at));
    faults.map(notice).collect()
}
