//! Lines of a file, made fit to be shown.

use std::ops::Range;

use super::Place;
use super::neutral::neutral;
use super::redact::{MARK, key_material, merged, ranges};
use crate::source::Span;

/// Lines of a file, to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The number of the first line, from 1.
    pub first_line: u32,
    /// The lines, without control characters and with secrets replaced.
    pub lines: Vec<String>,
    /// The bytes of the finding in the lines when they are joined by `\n`.
    pub mark: Range<usize>,
}

/// More lines than this are not shown.
const MAX_LINES: usize = 5;
/// Of a longer line only the part around the finding is shown.
const MAX_LINE_CHARS: usize = 160;
/// How many characters of a long line are shown before the finding.
const LEAD_CHARS: usize = 40;
/// How far beyond the shown bytes key material is looked for, so that the end of a key does not show.
const MARGIN: usize = 4096;

impl Excerpt {
    /// The lines around a place in `text`; `secrets` are replaced, and so is whatever looks like one. Empty for an empty span: it
    /// stands for a whole file.
    pub(super) fn new(text: &str, place: &Place, secrets: &[Span]) -> Self {
        let marked = place.span.start as usize..place.span.end as usize;
        if marked.is_empty() {
            return Self::default();
        }
        let (lines, before) = shown_lines(text, &marked);
        let pieces: Vec<_> = lines.into_iter().map(|line| Piece::of(text, line, &marked)).collect();
        let hidden = hidden(text, &pieces, secrets);
        let mut excerpt = Self { first_line: place.start.line - before, lines: Vec::new(), mark: 0..0 };
        let mut offset = 0;
        let mut mark: Option<Range<usize>> = None;
        for piece in pieces {
            let shown = piece.fit(text, &marked, &hidden);
            if let Some(part) = shown.mark {
                let (start, end) = (part.start + offset, part.end + offset);
                mark = Some(mark.map_or(start..end, |mark| mark.start..end));
            }
            offset += shown.text.len() + 1;
            excerpt.lines.push(shown.text);
        }
        excerpt.mark = mark.unwrap_or_default();
        excerpt
    }
}

/// The lines to show for `marked`, as ranges without line ends, and how many of them stand before it.
fn shown_lines(text: &str, marked: &Range<usize>) -> (Vec<Range<usize>>, u32) {
    let start = line_start(text, marked.start);
    let mut lines = lines_from(text, start, marked.end);
    let mut before = 0;
    if lines.len() + 2 <= MAX_LINES {
        if let Some(next) = lines.last().map(|last| last.end + 1).filter(|&next| next < text.len()) {
            lines.extend(lines_from(text, next, next + 1));
        }
        if start > 0 {
            let previous = line_start(text, start - 1);
            lines.insert(0, previous..start - 1);
            before = 1;
        }
    }
    (lines, before)
}

fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1)
}

/// The lines from `start` up to the one that holds the byte before `end`, at most as many as are shown.
fn lines_from(text: &str, start: usize, end: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut from = start;
    while lines.len() < MAX_LINES && (from < end || lines.is_empty()) {
        let to = text.as_bytes()[from..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |length| from + length);
        lines.push(from..to);
        from = to + 1;
    }
    lines
}

/// A line, without its end, and the part of it that is shown.
struct Piece {
    line: Range<usize>,
    shown: Range<usize>,
}

/// A line as it is shown.
struct Fit {
    text: String,
    mark: Option<Range<usize>>,
}

impl Piece {
    fn of(text: &str, line: Range<usize>, marked: &Range<usize>) -> Self {
        let line = if text[line.clone()].ends_with('\r') { line.start..line.end - 1 } else { line };
        Self { shown: cut(text, &line, marked), line }
    }

    fn fit(&self, text: &str, marked: &Range<usize>, hidden: &[Range<usize>]) -> Fit {
        let Self { line, shown } = self;
        let mut result = String::new();
        if shown.start > line.start {
            result.push('…');
        }
        let mut mark: Option<Range<usize>> = None;
        let mut hidden = hidden.iter().skip_while(|range| range.end <= shown.start).peekable();
        for (index, char) in text[shown.clone()].char_indices() {
            let at = shown.start + index;
            let from = result.len();
            while hidden.next_if(|range| range.end <= at).is_some() {}
            match hidden.peek() {
                Some(range) if range.start < at && at > shown.start => {}
                Some(range) if range.contains(&at) => result.push_str(MARK),
                _ => result.push(neutral(char)),
            }
            if marked.contains(&at) {
                mark = Some(mark.map_or(from, |mark| mark.start)..result.len());
            }
        }
        if shown.end < line.end {
            result.push('…');
        }
        let kept = result.trim_end().len();
        result.truncate(kept);
        Fit { mark: mark.map(|mark| mark.start.min(kept)..mark.end.min(kept)), text: result }
    }
}

/// The part of a line that is shown: all of it, or what stands around the finding, or its beginning.
fn cut(text: &str, line: &Range<usize>, marked: &Range<usize>) -> Range<usize> {
    let from_line = &text[line.clone()];
    if from_line.char_indices().nth(MAX_LINE_CHARS).is_none() {
        return line.clone();
    }
    let touches = marked.start < line.end && line.start < marked.end;
    let focus = if touches { marked.start.max(line.start) } else { line.start };
    let start = text[line.start..focus].char_indices().rev().nth(LEAD_CHARS).map_or(line.start, |(index, _)| line.start + index);
    let end = text[start..line.end].char_indices().nth(MAX_LINE_CHARS).map_or(line.end, |(index, _)| start + index);
    start..end
}

/// What must not be seen of some pieces: the given secrets and what looks like one, looked for once where their surroundings touch.
fn hidden(text: &str, pieces: &[Piece], secrets: &[Span]) -> Vec<Range<usize>> {
    let around = |Piece { shown, .. }: &Piece| {
        let start = text.floor_char_boundary(shown.start.saturating_sub(MARGIN));
        start..text.ceil_char_boundary((shown.end + MARGIN).min(text.len()))
    };
    let found = merged(pieces.iter().map(around).collect()).into_iter().flat_map(|place| {
        let start = place.start;
        key_material(&text[place]).into_iter().map(move |range| range.start + start..range.end + start)
    });
    merged(found.chain(ranges(secrets)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, marked: &str) -> Excerpt {
        let start = text.find(marked).expect("the mark is in the text");
        let workspace = crate::target::Workspace::in_memory([("a.ts", text)]);
        let span = Span::new(start as u32, (start + marked.len()) as u32);
        let rule = crate::finding::test_rule("a-rule");
        crate::finding::FindingBuilder::new(&rule, &workspace, crate::source::FileId(0), span).build().excerpt
    }

    #[test]
    fn a_line_is_shown_with_its_neighbours_and_a_mark() {
        let excerpt = excerpt("one\r\ntwo = three()\nfour\nfive", "three()");
        assert_eq!((excerpt.first_line, excerpt.lines.join("|").as_str()), (1, "one|two = three()|four"));
        assert_eq!(&excerpt.lines.join("\n")[excerpt.mark.clone()], "three()");
    }

    #[test]
    fn long_texts_are_cut_around_the_mark() {
        let text = format!("{}bad(){}", "a;".repeat(5000), "b;".repeat(5000));
        let excerpt = excerpt(&text, "bad()");
        assert_eq!(excerpt.lines[0].chars().count(), MAX_LINE_CHARS + 2);
        assert_eq!(&excerpt.lines[0][excerpt.mark.clone()], "bad()");
        assert_eq!(self::excerpt("f(\n1,\n2,\n3,\n4,\n5)\n", "f(\n1,\n2,\n3,\n4,\n5)").lines.len(), MAX_LINES);
    }

    #[test]
    fn escapes_and_secrets_do_not_show() {
        let key = "a3".repeat(32);
        let text = format!("log(\"\u{1b}[2J\u{202e}{key}\")");
        let excerpt = excerpt(&text, &key);
        assert_eq!(excerpt.lines, ["log(\"␛[2J\u{fffd}[redacted]\")"]);
        assert_eq!(&excerpt.lines[0][excerpt.mark.clone()], MARK);
    }
}
