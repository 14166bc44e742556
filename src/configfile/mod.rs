//! One file per syntax: configuration to a [`Document`], with the exact place of every key and value.
//!
//! Readers know syntaxes, never products: what an `AndroidManifest.xml` means is a rule's business.

mod dockerfile;
mod dotenv;
mod gradle;
mod html;
mod json;
mod lines;
mod module;
mod plist;
mod properties;
mod select;
mod toml;
mod tree;
mod unit;
mod xml;
mod yaml;

#[cfg(test)]
mod tests;

pub use module::{MODULE, of_module};
pub use select::{Reached, select, select_from};
pub use unit::as_unit;

use crate::source::{Notice, SourceFile, Span};

/// A configuration file as a tree.
#[derive(Clone, Debug)]
pub struct Document {
    /// Name of the syntax, from [`CONFIGS`].
    pub syntax: &'static str,
    /// The root values: one, or one for each document of a YAML stream.
    pub roots: Vec<Value>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Its text.
    pub span: Span,
}

/// What a configuration value is.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `null`, or a key without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string. Dates and other special scalars are strings too.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Keys with values in order. A key may repeat: XML children, Dockerfile instructions.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key. XML attributes begin with `@`; the text of an XML element has the key `#text`.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Value {
    /// The first value of `key`, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map; empty for anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        if let ValueKind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// The items of a list; empty for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let ValueKind::List(items) = &self.kind { items } else { &[] }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let ValueKind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// A scalar as it would be written: `true`, `3`, the string itself; None for lists and maps.
    #[must_use]
    pub fn scalar_text(&self) -> Option<String> {
        match &self.kind {
            ValueKind::Null => Some("null".into()),
            ValueKind::Bool(value) => Some(value.to_string()),
            ValueKind::Number(value) => Some(value.to_string()),
            ValueKind::Text(text) => Some(text.clone()),
            ValueKind::List(_) | ValueKind::Map(_) => None,
        }
    }
}

/// A syntax that can be read.
pub trait ConfigReader: Sync {
    /// The syntax's name in rules and reports.
    fn syntax(&self) -> &'static str;

    /// Whether this reader reads the file, judged by its name.
    fn accepts(&self, file: &SourceFile) -> bool;

    /// Reads the file. A broken file gives what was read up to the fault, and a notice that names the line.
    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>);
}

/// Every syntax, in the order in which they are asked.
pub static CONFIGS: &[&dyn ConfigReader] = &[
    &json::Json,
    &toml::Toml,
    &yaml::Yaml,
    &xml::Xml,
    &plist::Plist,
    &properties::Properties,
    &dotenv::Dotenv,
    &html::Html,
    &dockerfile::Dockerfile,
    &gradle::Gradle,
];

/// Files in a syntax of these that nobody writes by hand: they fix packages and are read by `lockfile`.
const LOCKFILES: [&str; 8] = [
    "package-lock.json",
    ".package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "shrinkwrap.yaml",
    "packages.lock.json",
    "project.assets.json",
    "verification-metadata.xml",
];

/// The reader for a file.
#[must_use]
pub fn find(file: &SourceFile) -> Option<&'static dyn ConfigReader> {
    CONFIGS.iter().copied().find(|reader| !LOCKFILES.contains(&file.name()) && reader.accepts(file))
}
