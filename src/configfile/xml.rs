//! XML: an element is a map with its attributes as `@name`, its children by name, and its text as `#text`.
//! Namespace prefixes are kept as written, but for namespaces that have a customary one; entities other than the five of XML are left as they are, so none can explode.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::tree::{Fault, TreeBuilder};
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Xml;

const EXTENSIONS: [&str; 8] = ["xml", "csproj", "vbproj", "fsproj", "props", "targets", "nuspec", "xsd"];

impl ConfigReader for Xml {
    fn syntax(&self) -> &'static str {
        "xml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        let (extension, text) = (file.extension(), file.text.trim_start_matches('\u{feff}').trim_start());
        match extension.as_str() {
            "config" => text.starts_with('<'),
            // Qt's translations.
            "ts" => text.starts_with("<?xml") || text.starts_with("<!DOCTYPE TS"),
            other => EXTENSIONS.contains(&other),
        }
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let mut builder = Builder { tree: TreeBuilder::default(), text: Text::default(), prefixes: Vec::new() };
        let fault = events(&file.text, |event, span| {
            builder.take(event, span);
            !builder.tree.is_full()
        });
        builder.tree.finish(self.syntax(), file, fault.err())
    }
}

/// Namespaces that have a prefix by which everybody knows them. Any other may be bound to them.
const CUSTOMARY: [(&str, &str); 3] = [
    ("http://schemas.android.com/apk/res/android", "android"),
    ("http://schemas.android.com/apk/res-auto", "app"),
    ("http://schemas.android.com/tools", "tools"),
];

/// What the readers of XML files get to see.
pub(super) enum Part<'a> {
    /// A start tag.
    Open(BytesStart<'a>),
    /// An end tag, or the end of an empty element.
    Close,
    /// A run of characters, without its entities resolved.
    Text(String),
}

/// Hands out the parts of a document with their places until `take` gives false or the text ends.
pub(super) fn events(text: &str, mut take: impl FnMut(Part<'_>, Span) -> bool) -> Result<(), Fault> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - body.len();
    let mut reader = Reader::from_str(body);
    reader.config_mut().allow_dangling_amp = true;
    let mut depth = 0_usize;
    loop {
        let start = base + reader.buffer_position() as usize;
        let event =
            reader.read_event().map_err(|error| Fault::syntax(base + reader.error_position() as usize, error.to_string()))?;
        let span = Span::new(start as u32, (base + reader.buffer_position() as usize) as u32);
        let goes_on = match event {
            Event::Start(tag) => {
                depth += 1;
                take(Part::Open(tag), span)
            }
            Event::Empty(tag) => take(Part::Open(tag), span) && take(Part::Close, span),
            Event::End(_) => {
                depth -= 1;
                take(Part::Close, span)
            }
            Event::Text(text) => take(Part::Text(text.xml_content(XmlVersion::Implicit1_0).into_owned()), span),
            Event::CData(text) => take(Part::Text(text.xml_content(XmlVersion::Implicit1_0).into_owned()), span),
            Event::GeneralRef(name) => take(Part::Text(resolve(&name)), span),
            Event::Eof if depth > 0 => return Err(Fault::syntax(text.trim_end().len(), "the file ends within an element")),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// The character of `&name;`.
fn resolve(name: &quick_xml::events::BytesRef<'_>) -> String {
    let character = name.resolve_char_ref().ok().flatten().map(String::from);
    let known = || quick_xml::escape::resolve_predefined_entity(name).map(ToOwned::to_owned);
    character.or_else(known).unwrap_or_else(|| format!("&{};", &**name))
}

/// A run of text that may go on.
#[derive(Default)]
struct Text {
    text: String,
    span: Option<Span>,
}

struct Builder {
    tree: TreeBuilder,
    text: Text,
    /// Prefixes with the customary ones of their namespaces, where these are not the same.
    prefixes: Vec<(String, &'static str)>,
}

impl Builder {
    fn take(&mut self, part: Part<'_>, span: Span) {
        match part {
            Part::Text(text) => {
                self.text.span = Some(self.text.span.map_or(span, |before| before.to(span)));
                self.text.text.push_str(&text);
            }
            Part::Open(tag) => {
                self.end_text();
                self.open(&tag, span);
            }
            Part::Close => {
                self.end_text();
                self.tree.close(span.end);
                if self.tree.depth() == 1 {
                    self.tree.close(span.end);
                }
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, span: Span) {
        if self.tree.depth() == 0 {
            self.tree.open_map(span.start);
        }
        let name = tag.name();
        let name_start = span.start + 1;
        self.tree.key(name.as_ref(), Span::new(name_start, name_start + name.as_ref().len() as u32));
        self.tree.open_map(span.start);
        self.bind_prefixes(tag);
        for attribute in tag.attributes().with_checks(false).flatten() {
            // Names and values are slices of the tag's text, which begins after `<`.
            let place = |part: &str| {
                let at = (part.as_ptr() as usize).saturating_sub(tag.as_ptr() as usize) as u32;
                Span::new(name_start + at, name_start + at + part.len() as u32)
            };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| (&*attribute.value).into());
            self.tree.key(format!("@{}", self.customary(attribute.key.as_ref())), place(attribute.key.as_ref()));
            self.tree.scalar(ValueKind::Text(value.into_owned()), place(&attribute.value));
        }
    }

    /// Notes the namespaces that an element declares under prefixes of its own choice.
    fn bind_prefixes(&mut self, tag: &BytesStart<'_>) {
        for attribute in tag.attributes().with_checks(false).flatten() {
            let customary = CUSTOMARY.iter().find(|(namespace, _)| *namespace == &*attribute.value);
            let prefix = attribute.key.as_ref().strip_prefix("xmlns:");
            if let Some((prefix, (_, customary))) = prefix.zip(customary).filter(|(prefix, (_, customary))| prefix != customary) {
                self.prefixes.push((prefix.into(), customary));
            }
        }
    }

    /// The name of an attribute with the customary prefix of its namespace.
    fn customary(&self, name: &str) -> String {
        let renamed = name.split_once(':').and_then(|(prefix, rest)| {
            let (_, customary) = self.prefixes.iter().rev().find(|(bound, _)| bound == prefix)?;
            Some(format!("{customary}:{rest}"))
        });
        renamed.unwrap_or_else(|| name.into())
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let (trimmed, Some(span)) = (text.text.trim(), text.span) else { return };
        if trimmed.is_empty() || self.tree.depth() == 0 {
            return;
        }
        let before = (text.text.len() - text.text.trim_start().len()) as u32;
        let after = (text.text.len() - text.text.trim_end().len()) as u32;
        let span = Span::new(span.start + before, span.end.saturating_sub(after).max(span.start + before));
        self.tree.key("#text", span);
        self.tree.scalar(ValueKind::Text(trimmed.into()), span);
    }
}
