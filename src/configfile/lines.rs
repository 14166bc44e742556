//! Texts of lines, with their places: what properties, dotenv files and Dockerfiles have in common.

use crate::source::Span;

/// A line without its end-of-line mark, and where it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

/// The lines of a text; a byte order mark is passed over.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut start = text.len() - body.len();
    body.split_inclusive('\n').map(move |full| {
        let line = Line { text: full.trim_end_matches(['\n', '\r']), start };
        start += full.len();
        line
    })
}

/// The part of a text that is left without white space around it, and its place in a file in which the text begins at `start`.
pub(super) fn trimmed(text: &str, start: usize) -> (&str, Span) {
    let left = text.trim_start();
    let start = start + text.len() - left.len();
    let inner = left.trim_end();
    (inner, Span::new(start as u32, (start + inner.len()) as u32))
}
