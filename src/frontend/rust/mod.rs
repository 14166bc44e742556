//! Rust, read with `syn`.
//!
//! References, `?`, `.await`, `Some(…)` and `Ok(…)` vanish; blocks, `if` and `match` that are used as values become statements
//! that write a made-up variable, unless a [`Expr::Conditional`] says the same.

mod attribute;
mod class;
mod control;
mod crates;
mod expression;
mod format;
mod import;
mod item;
mod language;
mod limit;
mod locate;
mod macro_call;
mod parse;
mod path;
mod pattern;
mod scope;
#[cfg(test)]
mod tests;
mod ty;

use std::collections::BTreeSet;

use super::{Frontend, Lowered};
use crate::ir::{
    Block, Builder, CallKind, Expr, Literal, NameId, NodeId, Property, Statement, StatementKind, VariableId, VariableKind,
};
use crate::source::{LineIndex, Notice, NoticeKind, SourceFile, Span};
use parse::Parsed;
use scope::Scopes;

/// The front end for Rust.
#[derive(Debug)]
pub(super) struct Rust;

impl Frontend for Rust {
    fn language(&self) -> &'static str {
        "rust"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rs"]
    }

    fn grammar(&self) -> (&'static str, Option<usize>) {
        ("syn", None)
    }

    fn facts(&self) -> &'static super::Language {
        &language::RUST
    }

    fn modules(&self, files: &[SourceFile], packages: &[super::LocalPackage]) -> Option<Box<dyn super::ModuleResolver>> {
        Some(Box::new(crates::CrateTree::new(files, packages)))
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.extension() == "rs"
    }

    fn lower(&self, file: &SourceFile) -> Lowered {
        match limit::load(&file.text) {
            load if load <= limit::ORDINARY_LOAD => lower_here(file),
            load if load <= limit::GREATEST_LOAD => lower_on_deep_stack(file),
            _ => unread(file, NoticeKind::LimitReached, "nested too deeply to be parsed", None),
        }
    }
}

/// The parser recurses: what is nested deeper than usual gets a stack of its own.
fn lower_on_deep_stack(file: &SourceFile) -> Lowered {
    let result = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(limit::DEEP_STACK_BYTES);
        builder.spawn_scoped(scope, || lower_here(file)).ok().and_then(|thread| thread.join().ok())
    });
    result.unwrap_or_else(|| unread(file, NoticeKind::LimitReached, "nested too deeply: no stack to parse it on", None))
}

fn lower_here(file: &SourceFile) -> Lowered {
    let start = parse::code_start(&file.text);
    let lowered = match parse::parse(&file.text[start..]) {
        Ok(parsed) => lower_parsed(file, start, &parsed),
        Err(error) => {
            let at = start as u32 + error.span().byte_range().start as u32;
            unread(file, NoticeKind::ParseError, &format!("not Rust: {error}"), Some(at))
        }
    };
    // The parser keeps the text of every file until it is told that no span of it is in use any more.
    proc_macro2::extra::invalidate_current_thread_spans();
    lowered
}

fn lower_parsed(file: &SourceFile, start: usize, parsed: &Parsed) -> Lowered {
    let mut lowerer = Lowerer::new(&file.text, start);
    lowerer.in_test = attribute::is_test(&parsed.attributes);
    lowerer.module_items(&parsed.items);
    let body = std::mem::take(&mut lowerer.out);
    let lines = file.lines();
    let mut notices = parsed.notices(file, start as u32, lines);
    if let Some(place) = lowerer.too_deep {
        let notice = Notice::about(&file.path, NoticeKind::LimitReached, "an expression is nested too deeply to be followed");
        notices.push(notice.at_line(lines.line(place.start)));
    }
    let lines_skipped = parsed.lines_skipped(start as u32, lines);
    Lowered::of(file, lowerer.builder.finish(body), notices, (lines_skipped, u32::from(lines_skipped > 0)))
}

fn unread(file: &SourceFile, kind: NoticeKind, message: &str, at: Option<u32>) -> Lowered {
    let builder = Builder::new("rust", Span::new(0, file.text.len() as u32));
    let notice = Notice::about(&file.path, kind, message);
    let notice = at.map_or(notice.clone(), |offset| notice.at_line(file.lines().line(offset)));
    Lowered::of(file, builder.finish(Block::new()), vec![notice], (u32::MAX, 1))
}

/// What is kept while one file is lowered.
struct Lowerer<'a> {
    builder: Builder,
    /// The parsed text.
    code: &'a str,
    /// Where it begins in the file.
    start: u32,
    lines: LineIndex,
    scopes: Scopes,
    /// The statements of the block being lowered.
    out: Block,
    /// How many expressions are being lowered within each other.
    depth: usize,
    /// The first place that was too deep.
    too_deep: Option<Span>,
    /// Within code that is compiled for tests only.
    in_test: bool,
    /// Within an `async` block, where `return` does not leave the function.
    in_async: bool,
    /// The type of the `impl` around.
    self_type: Option<NodeId>,
    /// Type parameters around with the trait that each must implement.
    bounds: Vec<(String, NodeId)>,
    /// The loops around, from the outside in.
    loops: Vec<control::Loop>,
    /// Variables that borrow an element of something to write it, and what it is an element of.
    lent: Vec<(VariableId, NodeId)>,
    /// Modules that were noted as imports already.
    mentioned: BTreeSet<NameId>,
}

impl<'a> Lowerer<'a> {
    fn new(text: &'a str, start: usize) -> Self {
        Self {
            builder: Builder::new("rust", Span::new(0, text.len() as u32)),
            code: &text[start..],
            start: start as u32,
            lines: LineIndex::new(&text[start..]),
            scopes: Scopes::new(),
            out: Block::new(),
            depth: 0,
            too_deep: None,
            in_test: false,
            in_async: false,
            self_type: None,
            bounds: Vec::new(),
            loops: Vec::new(),
            lent: Vec::new(),
            mentioned: BTreeSet::new(),
        }
    }

    /// Runs `lower` with an empty block and gives what it wrote there.
    fn collect<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> (Block, T) {
        let around = std::mem::take(&mut self.out);
        let result = lower(self);
        (std::mem::replace(&mut self.out, around), result)
    }

    fn emit(&mut self, kind: StatementKind, span: Span) {
        self.out.push(Statement { kind, span });
    }

    fn evaluate(&mut self, node: NodeId) {
        let span = self.builder.unit().span(node);
        self.emit(StatementKind::Evaluate(node), span);
    }

    fn read(&mut self, variable: VariableId, span: Span) -> NodeId {
        self.builder.node(Expr::Variable(variable), span)
    }

    /// Writes a variable by a statement.
    fn assign(&mut self, variable: VariableId, value: NodeId, span: Span) {
        let target = self.read(variable, span);
        let whole = span.to(self.builder.unit().span(value));
        let node = self.builder.node(Expr::Assign { target, value }, whole);
        self.emit(StatementKind::Evaluate(node), whole);
    }

    /// A made-up variable.
    fn temporary(&mut self, span: Span) -> VariableId {
        self.builder.variable(NameId::EMPTY, VariableKind::Local, span)
    }

    fn literal(&mut self, literal: Literal, span: Span) -> NodeId {
        self.builder.node(Expr::Literal(literal), span)
    }

    fn unknown(&mut self, parts: Vec<NodeId>, span: Span) -> NodeId {
        self.builder.node(Expr::Unknown(parts.into()), span)
    }

    fn global(&mut self, name: &str, span: Span) -> NodeId {
        let name = self.builder.name(name);
        self.builder.node(Expr::Global(name), span)
    }

    fn call(&mut self, callee: NodeId, arguments: Vec<NodeId>, kind: CallKind, span: Span) -> NodeId {
        self.builder.node(Expr::Call { callee, arguments: arguments.into(), kind }, span)
    }

    fn object(&mut self, properties: Vec<Property>, span: Span) -> NodeId {
        self.builder.node(Expr::Object(properties.into()), span)
    }

    fn index(&mut self, base: NodeId, index: usize, span: Span) -> NodeId {
        let index = self.literal(Literal::Number(index as f64), span);
        self.builder.node(Expr::Index { base, index }, span)
    }

    /// Some element, it is not known which.
    fn element(&mut self, base: NodeId, span: Span) -> NodeId {
        let index = self.unknown(Vec::new(), span);
        self.builder.node(Expr::Index { base, index }, span)
    }
}
