use super::Span;

/// A place as people and editors count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Where the lines of a text begin, to turn byte offsets into positions.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text` once; look-ups are then logarithmic.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)).collect();
        Self { starts }
    }

    /// The line of a byte offset, from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// How many lines the text has; a last line without an end counts.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The position of a byte offset in `text`, the text that this index was made of.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1] as usize;
        let before = text.get(start..offset as usize).unwrap_or("");
        Position { line, column: before.chars().count() as u32 + 1 }
    }

    /// The bytes of a line (from 1), its end-of-line mark left out.
    #[must_use]
    pub fn line_span(&self, text: &str, line: u32) -> Span {
        let start = self.starts.get(line as usize - 1).copied().unwrap_or(text.len() as u32);
        let end = self.starts.get(line as usize).map_or(text.len() as u32, |&next| next - 1);
        Span::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_bytes() {
        let text = "a\nüx = 1\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 4), Position { line: 2, column: 2 });
        assert_eq!(index.line_count(), 3);
        assert_eq!(index.line_span(text, 2), Span::new(2, 9));
    }
}
