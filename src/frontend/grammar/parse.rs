//! From text to unit: runs the parser within limits, and says what could not be read.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::reader::Reader;
use super::{Grammar, part};
use crate::frontend::Lowered;
use crate::frontend::lower::MAX_DEPTH;
use crate::ir::Builder;
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// Longer texts are not parsed: a tree takes many times the memory of its text.
const MOST_BYTES: usize = 4 << 20;

/// The parser asks after every hundred of its steps whether to go on. Ordinary code takes one such round for 40 bytes or more.
const ROUNDS_AT_LEAST: usize = 20_000;

/// Rounds after the first error, beside one for [`BYTES_A_ROUND`]: recovering from one error takes the time of all that it spans
/// with every step.
const ROUNDS_AFTER_ERROR: usize = 500;
/// Bytes of text for which one more round is allowed after the first error.
const BYTES_A_ROUND: usize = 80;

/// The parser is given its text in chunks of so many bytes, and asks again for one that it goes back to.
const CHUNK_BYTES: usize = 1 << 10;
/// Chunks that it may ask for, beside each chunk of the text [`READINGS`] times.
const CHUNKS_AT_LEAST: usize = 10_000;
/// How often a text may be read over: ordinary code is read some four times.
const READINGS: usize = 64;

/// What walking the tree takes: its depth is limited.
const STACK_BYTES: usize = 8 << 20;

/// Lowers a file by a grammar.
pub(in crate::frontend) fn lower(grammar: &'static Grammar, file: &SourceFile) -> Lowered {
    if file.text.len() > MOST_BYTES {
        return unread(grammar, file, format!("longer than {} MB: not parsed", MOST_BYTES >> 20));
    }
    let lower =
        |tree: &Tree, end: usize| stacker::maybe_grow(STACK_BYTES / 2, STACK_BYTES, || lower_tree(grammar, file, tree, end));
    match best_tree(grammar, &file.text) {
        Ok(tree) => lower(&tree, file.text.len()),
        // What stands before the first error is read.
        Err(end) => match parse(grammar, &file.text[..end]) {
            Ok(tree) if end > 0 => lower(&tree, end),
            _ => unread(grammar, file, "takes too many steps to parse: not read".into()),
        },
    }
}

/// The tree of a text, or of what repairs make of it: the one with the fewest bytes that do not parse.
///
/// # Errors
/// If the text takes too many steps: the line at which the first error was met.
fn best_tree(grammar: &'static Grammar, text: &str) -> Result<Tree, usize> {
    let mut best = parse(grammar, text);
    for repair in grammar.repairs {
        let lost = best.as_ref().map_or(usize::MAX, lost_bytes);
        if lost == 0 {
            break;
        }
        let repaired = repair(text).filter(|repaired| repaired.len() == text.len());
        let tree = repaired.and_then(|repaired| parse(grammar, &repaired).ok());
        if let Some(tree) = tree.filter(|tree| lost_bytes(tree) < lost) {
            best = Ok(tree);
        }
    }
    best
}

fn lost_bytes(tree: &Tree) -> usize {
    faults(tree.root_node()).into_iter().map(|fault| (fault.end - fault.start) as usize + 1).sum()
}

/// The tree of a text.
///
/// # Errors
/// If it takes too many steps: the line at which the first error was met.
fn parse(grammar: &'static Grammar, text: &str) -> Result<Tree, usize> {
    let text = &*ended(grammar, text);
    let mut parser = Parser::new();
    parser.set_language(&(grammar.parser)()).expect("the grammar was generated for this parser: a test holds it");
    let (mut rounds, mut after_error) = (ROUNDS_AT_LEAST + text.len() / 8, ROUNDS_AFTER_ERROR + text.len() / BYTES_A_ROUND);
    let mut first_error = None;
    let chunks = Cell::new(CHUNKS_AT_LEAST + text.len() / CHUNK_BYTES * READINGS);
    let mut count = |state: &ParseState| {
        rounds = rounds.saturating_sub(1);
        if state.has_error() {
            first_error.get_or_insert(state.current_byte_offset());
            after_error = after_error.saturating_sub(1);
        }
        if rounds == 0 || after_error == 0 || chunks.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    // A grammar's own scanner is never interrupted, and may look through the rest of the text at each token: it runs out of text instead.
    let mut read = |at: usize, _| {
        let left = chunks.replace(chunks.get().saturating_sub(1));
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        match left {
            0 => b"".as_slice(),
            1 => b"\n",
            _ => &rest[..rest.len().min(CHUNK_BYTES)],
        }
    };
    let tree = parser.parse_with_options(&mut read, None, Some(ParseOptions::new().progress_callback(&mut count)));
    tree.filter(|_| chunks.get() > 0).ok_or_else(|| {
        let before = text.as_bytes().get(..first_error.unwrap_or_default()).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
    })
}

/// The text, with an end of line in place of its last byte where the grammar's scanner would look for one behind an annotation for ever.
fn ended<'t>(grammar: &Grammar, text: &'t str) -> Cow<'t, str> {
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    if !grammar.words.endless_annotations || !last_line.contains('@') || !last_line.ends_with(|last: char| last.is_ascii()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}\n", &text[..text.len() - 1]))
}

/// Lowers a tree of the text up to `end`.
fn lower_tree(grammar: &'static Grammar, file: &SourceFile, tree: &Tree, end: usize) -> Lowered {
    let mut reader = Reader::new(grammar, &file.text);
    reader.module(tree.root_node());
    let (unit, cut_at) = reader.ir.finish();
    let mut faults = faults(tree.root_node());
    if end < file.text.len() {
        faults.push(Span::new(end as u32, file.text.len() as u32));
    }
    let mut notices: Vec<Notice> = fault_notice(file, &faults).into_iter().collect();
    if let Some(span) = cut_at {
        let message = format!("code nested deeper than {MAX_DEPTH} levels was left out");
        notices.push(Notice::about(&file.path, NoticeKind::LimitReached, message).at_line(file.lines().line(span.start)));
    }
    let lines_skipped = lines_of(file, &faults);
    let functions_lost =
        faults.iter().map(|fault| heads(file.text.get(fault.start as usize..fault.end as usize).unwrap_or_default())).sum();
    Lowered::of(file, unit, notices, (lines_skipped, functions_lost))
}

/// How many heads of functions a text seems to have: `name(…) … {`, or a word that begins one.
fn heads(text: &str) -> u32 {
    const WORDS: &[&str] = &["fun", "func", "function", "def", "fn"];
    const OTHERS: &[&str] = &["if", "for", "while", "switch", "catch", "when", "return", "else", "foreach", "using", "lock"];
    let by_word = text.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| WORDS.contains(word)).count();
    if by_word > 0 {
        return by_word as u32;
    }
    let by_brace = text.match_indices('{').filter(|(at, _)| {
        let line = text[..*at].rsplit(['\n', ';', '}']).next().unwrap_or_default();
        let name = line.split('(').next().unwrap_or_default().split_whitespace().next_back().unwrap_or_default();
        line.contains('(') && line.contains(')') && !name.is_empty() && !OTHERS.contains(&name.trim_start_matches('@'))
    });
    by_brace.count() as u32
}

fn unread(grammar: &'static Grammar, file: &SourceFile, message: String) -> Lowered {
    let builder = Builder::new(grammar.language, Span::new(0, file.text.len() as u32));
    let notices = vec![Notice::about(&file.path, NoticeKind::LimitReached, message)];
    Lowered::of(file, builder.finish(Vec::new()), notices, (u32::MAX, 1))
}

/// The outermost stretches that are no code of the grammar, and the places where something is missing.
fn faults(root: Node<'_>) -> Vec<Span> {
    let mut faults = Vec::new();
    if !root.has_error() {
        return faults;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        let is_fault = node.is_missing() || node.is_error() && cursor.depth() > 0;
        if is_fault {
            faults.push(part::node_span(node));
        }
        if !is_fault && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                // The root itself is an error where nothing of the file could be put together.
                if faults.is_empty() && root.is_error() {
                    faults.push(part::node_span(root));
                }
                return faults;
            }
        }
    }
}

fn fault_notice(file: &SourceFile, faults: &[Span]) -> Option<Notice> {
    let first = faults.first()?;
    let message = match faults.len() - 1 {
        0 => "does not parse here".to_owned(),
        1 => "does not parse here (and at 1 more place)".to_owned(),
        others => format!("does not parse here (and at {others} more places)"),
    };
    Some(Notice::about(&file.path, NoticeKind::ParseError, message).at_line(file.lines().line(first.start)))
}

/// The lines that faults touch, each counted once.
fn lines_of(file: &SourceFile, faults: &[Span]) -> u32 {
    let (mut count, mut counted) = (0, 0);
    for fault in faults {
        let last = file.lines().line(fault.end.saturating_sub(1).max(fault.start));
        let start = file.lines().line(fault.start).max(counted + 1);
        count += (last + 1).saturating_sub(start);
        counted = counted.max(last);
    }
    count
}
