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
    /// How many characters stand before each so manieth byte: a line may be as long as its file.
    characters: Vec<u32>,
}

/// How many bytes are counted at a time.
const BLOCK: usize = 1024;

/// How many characters begin in some bytes.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32
}

impl LineIndex {
    /// Indexes `text` once; look-ups are then logarithmic.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)).collect();
        let counts = text.as_bytes().chunks(BLOCK).scan(0, |before, block| {
            *before += characters(block);
            Some(*before)
        });
        Self { starts, characters: std::iter::once(0).chain(counts).collect() }
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
        let column =
            if text.is_char_boundary(offset as usize) { self.before(text, offset as usize) - self.before(text, start) } else { 0 };
        Position { line, column: column + 1 }
    }

    /// How many characters stand before a byte.
    fn before(&self, text: &str, offset: usize) -> u32 {
        let block = offset / BLOCK;
        self.characters[block] + characters(&text.as_bytes()[block * BLOCK..offset])
    }

    /// The byte that so many bytes after another stand before, if no character up to it is longer than a byte.
    fn in_plain_blocks(&self, text: &str, start: usize, column: usize) -> Option<u32> {
        let end = start.checked_add(column).filter(|&end| end <= text.len())?;
        let (first, behind) = (start / BLOCK, end / BLOCK + 1);
        let counted = self.characters.get(behind)? - self.characters[first];
        let bytes = (behind * BLOCK).min(text.len()) - first * BLOCK;
        (counted as usize == bytes).then_some(end as u32)
    }

    /// The byte that so many characters after the beginning of a line (from 1) stand before; the end of the text if it has fewer.
    #[must_use]
    pub fn offset(&self, text: &str, line: u32, column: usize) -> u32 {
        let start = self.starts.get((line as usize).saturating_sub(1)).map_or(text.len(), |&start| start as usize);
        if let Some(plain) = self.in_plain_blocks(text, start, column) {
            return plain;
        }
        let wanted = self.before(text, start).saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
        let block = self.characters.partition_point(|&before| before <= wanted).saturating_sub(1);
        let mut left = wanted - self.characters[block];
        let from = block * BLOCK;
        let bytes = text.as_bytes().get(from..).unwrap_or_default();
        for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte & 0xC0 != 0x80) {
            if left == 0 {
                return (from + at) as u32;
            }
            left -= 1;
        }
        text.len() as u32
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

    #[test]
    fn columns_of_long_lines_are_counted_from_blocks() {
        let text = format!("first\n{}", "aé\u{1F511}b".repeat(3 * BLOCK));
        let index = LineIndex::new(&text);
        let line = &text[6..];
        for (column, (at, _)) in line.char_indices().enumerate().step_by(101) {
            let offset = (6 + at) as u32;
            assert_eq!(index.position(&text, offset), Position { line: 2, column: column as u32 + 1 });
            assert_eq!(index.offset(&text, 2, column), offset);
        }
        assert_eq!(index.offset(&text, 2, usize::MAX), text.len() as u32);
        assert_eq!(index.offset(&text, 3, 0), text.len() as u32);
        assert_eq!(LineIndex::new("").offset("", 1, 0), 0);
    }
}
