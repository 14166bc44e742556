//! The common shape of the JSON, TOML and YAML that package managers write: a tree that borrows from the text and knows where
//! everything stands. Lenient: a broken text gives what stands before the fault.

mod json;
mod toml;
mod yaml;

use std::borrow::Cow;

use crate::source::{Notice, NoticeKind, SourceFile, Span};

pub(super) use self::json::json;
pub(super) use self::toml::toml;
pub(super) use self::yaml::yaml;

/// How deep a text may be nested. No package manager comes near it.
const MAX_DEPTH: usize = 200;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) span: Span,
}

/// What a value is. Numbers are kept as they are written.
#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    Null,
    Bool(bool),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Vec<Entry<'a>>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) key_span: Span,
    pub(super) value: Node<'a>,
}

static NOTHING: Node<'static> = Node { kind: Kind::Null, span: Span::new(0, 0) };

impl<'a> Node<'a> {
    /// The value of `key`; null if there is none.
    pub(super) fn get(&self, key: &str) -> &Self {
        self.entry(key).map_or(&NOTHING, |entry| &entry.value)
    }

    /// The entry of `key`.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a map; empty for anything else.
    pub(super) fn entries(&self) -> &[Entry<'a>] {
        if let Kind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// The items of a list; empty for anything else.
    pub(super) fn items(&self) -> &[Self] {
        if let Kind::List(items) = &self.kind { items } else { &[] }
    }

    /// The text of a string or number.
    pub(super) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// The text of a string or number under `key`, owned.
    pub(super) fn text_of(&self, key: &str) -> Option<String> {
        self.get(key).text().map(ToOwned::to_owned)
    }

    /// Whether this is `true`.
    pub(super) fn is_true(&self) -> bool {
        matches!(self.kind, Kind::Bool(true))
    }

    /// Whether nothing is here.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The texts of a list, owned.
    pub(super) fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Self::text).map(ToOwned::to_owned).collect()
    }
}

/// A tree and the faults of its text.
pub(super) type Parsed<'a> = (Option<Node<'a>>, Vec<Notice>);

/// A fault at a byte of a file.
pub(super) fn fault(file: &SourceFile, kind: NoticeKind, at: usize, message: impl Into<String>) -> Notice {
    let before = &file.text.as_bytes()[..at.min(file.text.len())];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    Notice::about(&file.path, kind, message).at_line(u32::try_from(line).unwrap_or(u32::MAX))
}

/// A place in a file, from byte offsets. Files over 4 GiB are not read.
pub(super) fn span(start: usize, end: usize) -> Span {
    let place = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(place(start), place(end))
}

/// Puts a tree together from opening, closing and scalar tokens, without recursion.
#[derive(Default)]
struct Builder<'a> {
    open: Vec<Frame<'a>>,
    root: Option<Node<'a>>,
    /// Levels beyond [`MAX_DEPTH`] that are open: their content is dropped.
    too_deep: usize,
    was_too_deep: bool,
}

struct Frame<'a> {
    start: usize,
    is_map: bool,
    key: Option<(Cow<'a, str>, Span)>,
    entries: Vec<Entry<'a>>,
    items: Vec<Node<'a>>,
}

impl<'a> Builder<'a> {
    fn open(&mut self, is_map: bool, start: usize) {
        if self.open.len() == MAX_DEPTH {
            self.too_deep += 1;
            self.was_too_deep = true;
        } else {
            self.open.push(Frame { start, is_map, key: None, entries: Vec::new(), items: Vec::new() });
        }
    }

    fn close(&mut self, end: usize) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(frame) = self.open.pop() {
            let kind = if frame.is_map { Kind::Map(frame.entries) } else { Kind::List(frame.items) };
            self.value(Node { kind, span: span(frame.start, end) });
        }
    }

    /// Takes a scalar: a key if the innermost map waits for one.
    fn scalar(&mut self, node: Node<'a>) {
        if self.too_deep > 0 {
            return;
        }
        match self.open.last_mut() {
            Some(frame) if frame.is_map && frame.key.is_none() => frame.key = Some((key_text(&node), node.span)),
            _ => self.value(node),
        }
    }

    fn value(&mut self, node: Node<'a>) {
        match self.open.last_mut() {
            None => {
                self.root.get_or_insert(node);
            }
            Some(frame) if frame.is_map => {
                let (key, key_span) = frame.key.take().unwrap_or((Cow::Borrowed(""), node.span));
                frame.entries.push(Entry { key, key_span, value: node });
            }
            Some(frame) => frame.items.push(node),
        }
    }

    /// Forgets a key that got no value.
    fn separator(&mut self) {
        if let Some(frame) = self.open.last_mut().filter(|_| self.too_deep == 0) {
            frame.key = None;
        }
    }

    /// Closes what is still open.
    fn finish(mut self, end: usize) -> Option<Node<'a>> {
        self.too_deep = 0;
        while !self.open.is_empty() {
            self.close(end);
        }
        self.root
    }
}

fn key_text<'a>(node: &Node<'a>) -> Cow<'a, str> {
    match &node.kind {
        Kind::Text(text) => text.clone(),
        Kind::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Kind::Null | Kind::List(_) | Kind::Map(_) => Cow::Borrowed(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn file(text: &str) -> SourceFile {
        SourceFile::in_memory(FileId(0), "x.lock", text)
    }

    #[test]
    fn three_syntaxes_give_one_tree_with_places() {
        let texts = [
            "{\"a\": {\"b\": [\"x\", 2]}, \"ü\": true}",
            "\"ü\" = true\n[a]\nb = [\"x\", 2]\n",
            "ü: true\na:\n  b:\n    - x\n    - 2\n",
        ];
        for (text, read) in texts.iter().zip([json, toml, yaml]) {
            let file = file(text);
            let (root, notices) = read(&file);
            let root = root.expect("a tree");
            assert!(notices.is_empty(), "{notices:?}");
            assert_eq!(root.get("a").get("b").texts(), ["x", "2"]);
            assert!(root.get("ü").is_true());
            let entry = root.get("a").entry("b").expect("b");
            assert_eq!(file.snippet(entry.key_span).trim_matches('"'), "b");
            assert_eq!(file.snippet(entry.value.items()[0].span).trim_matches('"'), "x");
        }
    }

    #[test]
    fn a_broken_text_gives_what_stands_before_the_fault() {
        let cases = [
            ("{\"a\": {\"b\": \"x\"},\n \"c\": {\"d\": \"y\", \"e", 2),
            ("[a]\nb = \"x\"\n[[[\n", 3),
            ("a:\n  b: x\n  c: [\"1\n", 3),
        ];
        for ((text, line), read) in cases.into_iter().zip([json, toml, yaml]) {
            let file = file(text);
            let (root, notices) = read(&file);
            assert_eq!(root.expect("a tree").get("a").get("b").text(), Some("x"), "{text}");
            assert!(notices[0].line >= Some(line), "{notices:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        for (text, read) in [("[".repeat(100_000), json as fn(&SourceFile) -> Parsed<'_>), ("[".repeat(20_000), yaml)] {
            assert!(!read(&file(&text)).1.is_empty());
        }
        let nested = "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000);
        let file = file(&nested);
        let (_, notices) = json(&file);
        assert_eq!(notices[0].kind, NoticeKind::LimitReached);
    }
}
