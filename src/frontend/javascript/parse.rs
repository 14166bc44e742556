//! From text to unit: runs the parser on each script, chooses the dialect that fits, and says what could not be read.

use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::SourceType;

use super::embedded::{Dialect, Place};
use super::flow;
use super::lower::{self, Bound, Script};
use super::nesting::{self, Nesting};
use super::template::Binding;
use crate::frontend::Lowered;
use crate::source::{Notice, NoticeKind, SourceFile, Span};

thread_local! {
    /// The memory of syntax trees, kept from file to file.
    static MEMORY: RefCell<Allocator> = RefCell::new(Allocator::new());
}

/// Lowers the scripts of a file and the expressions of its template, on a larger stack if they may need it.
pub(super) fn lower(language: &'static str, file: &SourceFile, places: &[Place], bindings: &[Binding]) -> Lowered {
    let spans = places.iter().map(|place| place.span).chain(bindings.iter().map(|binding| binding.span));
    let nestings: Vec<Nesting> = spans.map(|span| nesting::measure(file.snippet(span))).collect();
    let stack = nestings.iter().map(Nesting::stack_bytes).max().unwrap_or_default();
    stacker::maybe_grow(stack, stack, || {
        MEMORY.with_borrow_mut(|memory| {
            let lowered = lower_in(memory, language, file, (places, bindings), &nestings);
            memory.reset();
            lowered
        })
    })
}

fn lower_in(
    memory: &Allocator,
    language: &'static str,
    file: &SourceFile,
    (places, bindings): (&[Place], &[Binding]),
    nestings: &[Nesting],
) -> Lowered {
    let mut report = Report { file, notices: Vec::new(), analysed: 0, skipped: 0 };
    let mut scripts = Vec::with_capacity(places.len());
    for (place, nesting) in places.iter().zip(nestings) {
        if let Some(reason) = nesting.refusal() {
            report.refused(place.span, reason);
            continue;
        }
        let parsed = parse(memory, file.snippet(place.span), place.dialect);
        report.script(place.span, &parsed);
        scripts.push(Script { program: parsed.program, offset: place.span.start });
    }
    let bound = bindings.iter().zip(&nestings[places.len()..]).filter(|(_, nesting)| nesting.refusal().is_none());
    let bound: Vec<_> = bound.filter_map(|(binding, _)| bound_expression(memory, file, binding)).collect();
    let outcome = lower::lower(language, (&scripts, &bound), Span::new(0, file.text.len() as u32));
    if let Some(at) = outcome.cut_at {
        report.notice(NoticeKind::LimitReached, at, format!("code nested deeper than {} levels was left out", lower::MAX_DEPTH));
    }
    let Report { notices, analysed, skipped, .. } = report;
    // Two scripts may share a line.
    let lines = file.text.lines().count() as u32;
    let lines_skipped = skipped.min(lines);
    let lines_analysed = analysed.min(lines - lines_skipped);
    Lowered { unit: outcome.unit, notices, lines_analysed, lines_skipped, functions_lost: u32::from(skipped > 0) }
}

/// An expression of a template, if it is one.
fn bound_expression<'a>(memory: &'a Allocator, file: &'a SourceFile, binding: &'a Binding) -> Option<Bound<'a>> {
    let parsed = parse_as(memory, file.snippet(binding.span), Dialect::TypeScript);
    let script = Script { program: parsed.program, offset: binding.span.start };
    (!parsed.panicked && !parsed.diagnostics.has_errors()).then_some(Bound { script, binding })
}

/// Parses a script. What fails as JavaScript may be Flow, most of whose types are TypeScript's too; the others are taken out.
fn parse<'a>(memory: &'a Allocator, text: &'a str, dialect: Dialect) -> ParserReturn<'a> {
    let parsed = parse_as(memory, text, dialect);
    if dialect != Dialect::JavaScript || !parsed.diagnostics.has_errors() {
        return parsed;
    }
    let typed = parse_as(memory, text, Dialect::Tsx);
    let best = if badness(&typed) < badness(&parsed) { typed } else { parsed };
    if !best.diagnostics.has_errors() {
        return best;
    }
    let plain = flow::plain(text).map(|plain| parse_as(memory, memory.alloc_str(&plain), Dialect::Tsx));
    plain.filter(|plain| badness(plain) < badness(&best)).unwrap_or(best)
}

fn parse_as<'a>(memory: &'a Allocator, text: &'a str, dialect: Dialect) -> ParserReturn<'a> {
    let source_type = match dialect {
        Dialect::JavaScript => SourceType::unambiguous().with_jsx(true),
        Dialect::TypeScript => SourceType::ts(),
        Dialect::Tsx => SourceType::tsx(),
        Dialect::Definition => SourceType::d_ts(),
    };
    let options = ParseOptions {
        preserve_parens: false,
        allow_return_outside_function: true,
        allow_v8_intrinsics: true,
        enable_ident_hashes: false,
        ..ParseOptions::default()
    };
    Parser::new(memory, text, source_type).with_options(options).parse()
}

fn badness(parsed: &ParserReturn<'_>) -> (bool, usize) {
    (parsed.panicked, parsed.diagnostics.errors().count())
}

/// What is said about the reading of a file.
struct Report<'a> {
    file: &'a SourceFile,
    notices: Vec<Notice>,
    analysed: u32,
    skipped: u32,
}

impl Report<'_> {
    fn refused(&mut self, span: Span, reason: String) {
        self.notice(NoticeKind::LimitReached, span.start, reason);
        self.skipped += self.line_count(span);
    }

    fn line_count(&self, span: Span) -> u32 {
        self.file.snippet(span).lines().count() as u32
    }

    fn script(&mut self, span: Span, parsed: &ParserReturn<'_>) {
        let lines = self.line_count(span);
        let mut errors = parsed.diagnostics.errors();
        let first = errors.next();
        if let Some(first) = first {
            let at = first.labels.first().map_or(0, |label| label.offset());
            let others = errors.count();
            let message = match others {
                0 => format!("does not parse: {}", first.message),
                _ => format!("does not parse: {} (and {others} more)", first.message),
            };
            self.notice(NoticeKind::ParseError, span.start + at, message);
        }
        if parsed.panicked {
            self.skipped += lines;
        } else {
            self.analysed += lines;
        }
    }

    fn notice(&mut self, kind: NoticeKind, at: u32, message: String) {
        let line = self.file.lines().line(at);
        self.notices.push(Notice::about(&self.file.path, kind, message).at_line(line));
    }
}
