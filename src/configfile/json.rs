//! JSON, JSON with comments, and JSON5: what any of them allows is read in every file, since tools differ in what they accept.

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::tree::{Container, Fault, TreeBuilder};
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Json;

const EXTENSIONS: [&str; 5] = ["json", "jsonc", "json5", "webmanifest", "code-workspace"];
const NAMES: [&str; 6] = [".babelrc", ".eslintrc", ".swcrc", ".prettierrc", ".parcelrc", ".bowerrc"];

impl ConfigReader for Json {
    fn syntax(&self) -> &'static str {
        "json"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        EXTENSIONS.contains(&file.extension().as_str()) || NAMES.contains(&file.name())
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let mut reader = Reader::new(&file.text);
        let fault = reader.run().err();
        reader.tree.finish(self.syntax(), file, fault)
    }
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value, or the end of the list.
    Item,
    /// A key, or the end of the map.
    Key,
    Colon,
    /// A comma, or the end of the container.
    Comma,
    End,
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    /// Bytes before the scanned text: a byte order mark.
    base: usize,
    tree: TreeBuilder,
    expect: Expect,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let scanner = Scanner::new(body, &ScannerOptions::default());
        Self { scanner, base: text.len() - body.len(), tree: TreeBuilder::default(), expect: Expect::Value }
    }

    fn run(&mut self) -> Result<(), Fault> {
        while !self.tree.is_full() {
            let token =
                self.scanner.scan().map_err(|error| Fault::syntax(self.base + error.range().start, error.kind().to_string()))?;
            match token {
                None => return self.at_end(),
                Some(Token::CommentLine(_) | Token::CommentBlock(_)) => {}
                Some(token) => self.take(token)?,
            }
        }
        Ok(())
    }

    fn at_end(&self) -> Result<(), Fault> {
        let is_empty = self.expect == Expect::Value && self.tree.depth() == 0;
        if self.expect == Expect::End || is_empty { Ok(()) } else { Err(self.fault("the file ends within a value")) }
    }

    fn take(&mut self, token: Token<'a>) -> Result<(), Fault> {
        match (self.expect, token) {
            (Expect::Key, Token::CloseBrace) | (Expect::Item, Token::CloseBracket) => self.close(),
            (Expect::Key, token) => {
                let key = key_text(&token).ok_or_else(|| self.unexpected(&token, "a key"))?;
                self.tree.key(key, self.span());
                self.expect = Expect::Colon;
            }
            (Expect::Colon, Token::Colon) => self.expect = Expect::Value,
            (Expect::Comma, Token::Comma) => self.expect = self.inside(Expect::Key, Expect::Item),
            (Expect::Comma, Token::CloseBrace) if self.tree.inner() == Some(Container::Map) => self.close(),
            (Expect::Comma, Token::CloseBracket) if self.tree.inner() == Some(Container::List) => self.close(),
            (Expect::Value | Expect::Item, token) => self.value(token)?,
            (Expect::Colon, token) => return Err(self.unexpected(&token, "a colon")),
            (Expect::Comma, token) => return Err(self.unexpected(&token, "a comma")),
            (Expect::End, token) => return Err(self.unexpected(&token, "the end of the file")),
        }
        Ok(())
    }

    fn value(&mut self, token: Token<'a>) -> Result<(), Fault> {
        let span = self.span();
        let kind = match token {
            Token::OpenBrace => {
                self.tree.open_map(span.start);
                self.expect = Expect::Key;
                return Ok(());
            }
            Token::OpenBracket => {
                self.tree.open_list(span.start);
                self.expect = Expect::Item;
                return Ok(());
            }
            Token::String(text) => ValueKind::Text(text.into_owned()),
            Token::Number(text) => number(text).map_or_else(|| ValueKind::Text(text.into()), ValueKind::Number),
            Token::Boolean(value) => ValueKind::Bool(value),
            Token::Null => ValueKind::Null,
            token => return Err(self.unexpected(&token, "a value")),
        };
        self.tree.scalar(kind, span);
        self.expect = self.inside(Expect::Comma, Expect::Comma);
        Ok(())
    }

    fn close(&mut self) {
        self.tree.close(self.span().end);
        self.expect = self.inside(Expect::Comma, Expect::Comma);
    }

    /// What is expected in the innermost container, or after the root.
    fn inside(&self, map: Expect, list: Expect) -> Expect {
        match self.tree.inner() {
            Some(Container::Map) => map,
            Some(Container::List) => list,
            None => Expect::End,
        }
    }

    fn span(&self) -> Span {
        Span::new((self.base + self.scanner.token_start()) as u32, (self.base + self.scanner.token_end()) as u32)
    }

    fn unexpected(&self, token: &Token<'_>, wanted: &str) -> Fault {
        let text: String = token.as_str().chars().filter(|char| !char.is_control()).take(20).collect();
        self.fault(&format!("`{text}` where {wanted} is expected"))
    }

    fn fault(&self, message: &str) -> Fault {
        Fault::syntax(self.base + self.scanner.token_start(), message)
    }
}

fn key_text(token: &Token<'_>) -> Option<String> {
    match token {
        Token::String(text) => Some(text.to_string()),
        Token::Word(text) | Token::Number(text) => Some((*text).into()),
        Token::Boolean(value) => Some(value.to_string()),
        Token::Null => Some("null".into()),
        _ => None,
    }
}

/// A number of JSON5: a sign, hexadecimal digits, a bare decimal point, `Infinity`, `NaN`.
fn number(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim_start_matches('+')),
    };
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let value = match hexadecimal {
        Some(digits) => u64::from_str_radix(digits, 16).ok()? as f64,
        None => digits.parse().ok()?,
    };
    Some(sign * value)
}
