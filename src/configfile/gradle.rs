//! Gradle build scripts, Groovy and Kotlin alike, as far as their declarations go.
//!
//! A block is a map; `key value`, `key = value`, `key("x")` and `key.set("x")` are entries. A block with arguments has them as
//! `#argument`, but a named element (`create("release") { … }`) is an entry of its name, as in Groovy's `release { … }`. What is
//! computed is kept as its own text. Statements of other forms are passed over.

mod token;

use token::{Kind, Token};

use super::tree::TreeBuilder;
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Gradle;

/// Words before a name that say how it is declared.
const MODIFIERS: [&str; 10] = ["def", "val", "var", "const", "final", "lateinit", "private", "internal", "public", "override"];

/// Calls that name the element which their block configures.
const NAMING: [&str; 6] = ["create", "getByName", "named", "register", "maybeCreate", "creating"];

/// Calls that make a list of their arguments.
const LISTS: [&str; 6] = ["listOf", "mutableListOf", "setOf", "mutableSetOf", "arrayOf", "arrayListOf"];

impl ConfigReader for Gradle {
    fn syntax(&self) -> &'static str {
        "gradle"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.extension() == "gradle" || file.name().ends_with(".gradle.kts")
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let tokens = token::tokens(&file.text);
        let mut reader = Reader { text: &file.text, tokens: &tokens, at: 0, tree: TreeBuilder::default() };
        reader.tree.open_map(0);
        while reader.at < tokens.len() && !reader.tree.is_full() {
            reader.step();
        }
        reader.tree.finish(self.syntax(), file, None)
    }
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    tree: TreeBuilder,
}

/// One argument: the tokens from `start` up to, not including, `end`.
struct Argument {
    name: Option<(String, Span)>,
    start: usize,
    end: usize,
}

impl Reader<'_> {
    fn step(&mut self) {
        let token = &self.tokens[self.at];
        match &token.kind {
            Kind::Word(_) | Kind::Text(_) => self.statement(),
            Kind::Mark('}') => {
                if self.tree.depth() > 1 {
                    self.tree.close(token.span.end);
                }
                self.at += 1;
            }
            Kind::Mark('{') => self.open_block("", token.span, &[]),
            _ => self.at += 1,
        }
    }

    fn statement(&mut self) {
        while self.word(self.at).is_some_and(|word| MODIFIERS.contains(&word)) && self.word(self.at + 1).is_some() {
            self.at += 1;
        }
        let (name, span) = (self.plain(self.at), self.tokens[self.at].span);
        self.at += 1;
        self.skip_type_arguments();
        match self.kind(self.at) {
            Some(Kind::Mark('{')) => self.open_block(&name, span, &[]),
            Some(Kind::Mark('(')) => self.call(&name, span),
            Some(Kind::Mark('+')) if self.is_mark(self.at + 1, '=') => self.assignment(&name, span, 2),
            Some(Kind::Mark('=')) if !self.is_mark(self.at + 1, '=') => self.assignment(&name, span, 1),
            Some(Kind::Word(_) | Kind::Text(_) | Kind::Number(_) | Kind::Mark('[')) => self.command(&name, span),
            None | Some(Kind::Line | Kind::Mark(';' | '}')) => self.entry(&name, span, &[]),
            _ => self.skip_statement(),
        }
    }

    /// `name = value`
    fn assignment(&mut self, name: &str, span: Span, marks: usize) {
        self.at += marks;
        let start = self.at;
        self.skip_statement();
        self.entry(name, span, &[Argument { name: None, start, end: self.at }]);
    }

    /// `name value, value` and `name value { … }`
    fn command(&mut self, name: &str, span: Span) {
        let arguments = self.arguments(|reader, depth| depth == 0 && reader.ends_statement(true));
        if self.is_mark(self.at, '{') {
            self.open_block(name, span, &arguments);
        } else {
            self.entry(name, span, &arguments);
        }
    }

    /// `name(value, value)`, what is chained to it, and its block
    fn call(&mut self, name: &str, span: Span) {
        self.at += 1;
        let arguments = self.arguments(|reader, depth| depth == 0 && reader.is_mark(reader.at, ')'));
        self.at += 1;
        while self.is_mark(self.at, '.') && self.word(self.at + 1).is_some() {
            self.at += 2;
            self.skip_type_arguments();
            if self.is_mark(self.at, '(') {
                self.skip_group();
            }
        }
        if self.is_mark(self.at, '{') {
            return self.open_block(name, span, &arguments);
        }
        self.entry(name.strip_suffix(".set").unwrap_or(name), span, &arguments);
        self.skip_statement();
    }

    fn open_block(&mut self, name: &str, span: Span, arguments: &[Argument]) {
        self.at += 1;
        let last_word = name.rsplit('.').next().unwrap_or(name);
        let element = match arguments {
            [only] if NAMING.contains(&last_word) => match self.kind(only.start) {
                Some(Kind::Text(text)) => Some((text.clone(), self.tokens[only.start].span)),
                _ => None,
            },
            _ => None,
        };
        let is_named = element.is_some();
        let (key, key_span) = element.unwrap_or_else(|| (name.into(), span));
        self.tree.key(key, key_span);
        self.tree.open_map(span.start);
        if !arguments.is_empty() && !is_named {
            self.entry("#argument", span, arguments);
        }
        self.skip_closure_parameters();
    }

    /// `{ name, name -> …`
    fn skip_closure_parameters(&mut self) {
        let mut at = self.at;
        while self.word(at).is_some() {
            at += if self.is_mark(at + 1, ',') { 2 } else { 1 };
        }
        if at > self.at && self.is_mark(at, '-') && self.is_mark(at + 1, '>') {
            self.at = at + 2;
        }
    }

    fn entry(&mut self, name: &str, span: Span, arguments: &[Argument]) {
        self.tree.key(name, span);
        match arguments {
            [] => self.tree.scalar(ValueKind::Null, span),
            [only] if only.name.is_none() => self.value(only.start, only.end),
            [first, ..] if first.name.is_some() => {
                self.tree.open_map(self.tokens[first.start].span.start);
                for argument in arguments {
                    let (name, span) = argument.name.clone().unwrap_or_default();
                    self.tree.key(name, span);
                    self.value(argument.start, argument.end);
                }
                self.tree.close(self.span(first.start, arguments.last().map_or(first.end, |last| last.end)).end);
            }
            [first, .., last] => {
                self.tree.open_list(self.tokens[first.start].span.start);
                arguments.iter().for_each(|argument| self.value(argument.start, argument.end));
                self.tree.close(self.span(first.start, last.end).end);
            }
            [_] => {}
        }
    }

    /// The value of an expression: a literal, a list of such, or its own text.
    fn value(&mut self, start: usize, end: usize) {
        let list = if self.is_mark(start, '[') && self.is_mark(end.saturating_sub(1), ']') {
            Some(start + 1)
        } else {
            let is_call = self.word(start).is_some_and(|word| LISTS.contains(&word)) && self.is_mark(end.saturating_sub(1), ')');
            is_call.then_some(start + 2)
        };
        let Some(first) = list.filter(|&first| first < end) else {
            return self.scalar(start, end);
        };
        let span = self.span(start, end);
        let position = std::mem::replace(&mut self.at, first);
        let items = self.arguments(|reader, depth| depth == 0 && reader.at + 1 >= end);
        self.at = position;
        self.tree.open_list(span.start);
        items.iter().for_each(|item| self.scalar(item.start, item.end));
        self.tree.close(span.end);
    }

    fn scalar(&mut self, start: usize, end: usize) {
        let span = self.span(start, end);
        let raw = || self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let kind = match self.tokens.get(start).map(|token| &token.kind) {
            Some(Kind::Text(text)) if end == start + 1 => ValueKind::Text(text.clone()),
            Some(Kind::Number(number)) if end == start + 1 => ValueKind::Number(*number),
            Some(Kind::Word(word)) if end == start + 1 && (word == "true" || word == "false") => ValueKind::Bool(word == "true"),
            Some(_) if end > start => ValueKind::Text(raw().to_owned()),
            _ => ValueKind::Null,
        };
        self.tree.scalar(kind, span);
    }

    /// Arguments from here up to where `is_end` holds, commas between them. The end itself is not consumed.
    fn arguments(&mut self, is_end: impl Fn(&Self, usize) -> bool) -> Vec<Argument> {
        let mut arguments = Vec::new();
        let mut depth = 0_usize;
        self.skip_lines();
        let mut start = self.at;
        while self.at < self.tokens.len() && !is_end(self, depth) {
            match &self.tokens[self.at].kind {
                Kind::Mark('(' | '[' | '{') => depth += 1,
                Kind::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
                Kind::Mark(',') if depth == 0 => {
                    self.add_argument(&mut arguments, start);
                    start = self.at + 1;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.add_argument(&mut arguments, start);
        arguments
    }

    fn add_argument(&self, arguments: &mut Vec<Argument>, from: usize) {
        let is_line = |at: usize| matches!(self.tokens[at].kind, Kind::Line);
        let mut start = (from..self.at).find(|&at| !is_line(at)).unwrap_or(self.at);
        let end = (start..self.at).rev().find(|&at| !is_line(at)).map_or(start, |at| at + 1);
        let is_equals = self.is_mark(start + 1, '=') && !self.is_mark(start + 2, '=');
        let is_named = self.word(start).is_some() && (self.is_mark(start + 1, ':') || is_equals);
        let name = (is_named && start + 2 < end).then(|| (self.plain(start), self.tokens[start].span));
        if name.is_some() {
            start += 2;
        }
        if start < end {
            arguments.push(Argument { name, start, end });
        }
    }

    /// Goes to the end of the statement, over closures and brackets that it opens.
    fn skip_statement(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.tokens.len() && !(depth == 0 && self.ends_statement(false)) {
            match self.tokens[self.at].kind {
                Kind::Mark('(' | '[' | '{') => depth += 1,
                Kind::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Goes past the bracket that closes the one that stands here.
    fn skip_group(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::Mark('(' | '[' | '{') => depth += 1,
                Kind::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// `<Type>` between a name and its bracket.
    fn skip_type_arguments(&mut self) {
        if !self.is_mark(self.at, '<') {
            return;
        }
        let close = (self.at..self.tokens.len().min(self.at + 16)).find(|&at| self.is_mark(at, '>'));
        if let Some(close) = close.filter(|&close| self.is_mark(close + 1, '(') || self.is_mark(close + 1, '{')) {
            self.at = close + 1;
        }
    }

    fn skip_lines(&mut self) {
        while matches!(self.kind(self.at), Some(Kind::Line)) {
            self.at += 1;
        }
    }

    /// Whether the statement ends before the token here; a line that ends with a comma or an operator goes on.
    fn ends_statement(&self, block_ends: bool) -> bool {
        match self.kind(self.at) {
            Some(Kind::Line) => {
                let before = self.at.checked_sub(1).and_then(|at| self.kind(at));
                !matches!(before, Some(Kind::Mark(',' | '=' | '+' | '|' | '&' | '?' | ':')))
            }
            Some(Kind::Mark('{')) => block_ends,
            Some(Kind::Mark(';' | '}')) | None => true,
            _ => false,
        }
    }

    fn kind(&self, at: usize) -> Option<&Kind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    fn word(&self, at: usize) -> Option<&str> {
        if let Some(Kind::Word(word)) = self.kind(at) { Some(word) } else { None }
    }

    fn is_mark(&self, at: usize, mark: char) -> bool {
        matches!(self.kind(at), Some(Kind::Mark(char)) if *char == mark)
    }

    /// The text of a word or a string.
    fn plain(&self, at: usize) -> String {
        match self.kind(at) {
            Some(Kind::Word(text) | Kind::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let first = self.tokens.get(start).map_or(Span::default(), |token| token.span);
        let last = end.checked_sub(1).filter(|&last| last >= start).and_then(|last| self.tokens.get(last));
        last.map_or(first, |last| first.to(last.span))
    }
}
