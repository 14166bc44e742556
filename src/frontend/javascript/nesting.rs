//! How deep a text nests and how much stack its parsing can take, estimated before the recursive parser sees it.

/// Deeper brackets are refused: nobody writes them, and the parser's time grows with the square of some.
const MOST_BRACKETS: usize = 400;
/// More `<` in a row that are never closed are refused, for the same reason.
const MOST_COMPARISONS: usize = 400;

/// What the lowering itself needs: its depth is limited.
const LOWERING_BYTES: usize = 1 << 20;
/// More is not reserved, whatever the text. Only what is used is ever backed by memory.
const MOST_BYTES: usize = 1 << 30;

/// What is known of a text before it is parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Nesting {
    /// Brackets that are open at the same time, as far as a look without a parser can tell.
    brackets: usize,
    comparisons: usize,
    /// What parsing takes if everything that can nest does: more than the truth, whatever strings and comments hide.
    bytes: usize,
}

impl Nesting {
    /// Why the text is not parsed, if it is not.
    pub(super) fn refusal(&self) -> Option<String> {
        if self.brackets > MOST_BRACKETS {
            return Some(format!("brackets nested deeper than {MOST_BRACKETS} levels: not parsed"));
        }
        (self.comparisons > MOST_COMPARISONS).then(|| format!("more than {MOST_COMPARISONS} `<` in a row: not parsed"))
    }

    /// The stack to have for parsing and lowering.
    pub(super) fn stack_bytes(&self) -> usize {
        (self.bytes + LOWERING_BYTES).min(MOST_BYTES)
    }
}

/// Looks through a text.
pub(super) fn measure(text: &str) -> Nesting {
    let mut counts = [0_usize; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let bytes = counts.iter().enumerate().map(|(byte, count)| count * stack_bytes_of(byte as u8)).sum();
    let mut scan =
        Scan { bytes: text.as_bytes(), at: 0, open: Vec::new(), comparisons: 0, found: Nesting { bytes, ..Nesting::default() } };
    let openers: usize = b"([{<".iter().map(|&byte| counts[usize::from(byte)]).sum();
    if openers > MOST_BRACKETS.min(MOST_COMPARISONS) {
        scan.run();
    }
    scan.found
}

/// The most stack that the parser takes for what begins with a byte (measured with oxc 0.146: 2150 for `a=(`, 1080 for `x=>`,
/// 1720 for a `<`, 600 for `keyof `, 410 for `new `, 100 for `!`), with some room.
const fn stack_bytes_of(byte: u8) -> usize {
    match byte {
        b'(' | b'[' | b'{' => 2600,
        b'<' => 2000,
        b'=' => 800,
        b'>' | b'?' | b':' => 500,
        _ => 130,
    }
}

/// The bytes that a scan looks at.
const IS_NOTED: [bool; 256] = {
    let mut is_noted = [false; 256];
    let noted = b"()[]{}<>;,\\\"'/";
    let mut at = 0;
    while at < noted.len() {
        is_noted[noted[at] as usize] = true;
        at += 1;
    }
    is_noted
};

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The closing brackets that are awaited.
    open: Vec<u8>,
    comparisons: usize,
    found: Nesting,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(skipped) = self.bytes[self.at.min(self.bytes.len())..].iter().position(|&byte| IS_NOTED[usize::from(byte)]) {
            let byte = self.bytes[self.at + skipped];
            self.at += skipped + 1;
            match byte {
                b'(' => self.open(b')'),
                b'[' => self.open(b']'),
                b'{' => self.open(b'}'),
                b')' | b']' | b'}' => self.close(byte),
                b'<' => {
                    self.comparisons += 1;
                    self.found.comparisons = self.found.comparisons.max(self.comparisons);
                }
                b'>' | b';' | b',' => self.comparisons = 0,
                b'\\' => self.at += 1,
                b'"' | b'\'' => self.skip_string(byte),
                b'/' => self.skip_comment(),
                _ => {}
            }
        }
    }

    fn open(&mut self, closing: u8) {
        self.open.push(closing);
        self.comparisons = 0;
        self.found.brackets = self.found.brackets.max(self.open.len());
    }

    /// A bracket that closes another than the innermost closes what is within, too: those were in a text or a pattern.
    fn close(&mut self, closing: u8) {
        self.comparisons = 0;
        if let Some(at) = self.open.iter().rev().take(MOST_BRACKETS).position(|&awaited| awaited == closing) {
            self.open.truncate(self.open.len() - at - 1);
        }
    }

    /// A string ends on its line, else the quote was an apostrophe.
    fn skip_string(&mut self, quote: u8) {
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at) {
            at += match byte {
                b'\\' => 2,
                b'\n' => return,
                _ if byte == quote => {
                    self.at = at + 1;
                    return;
                }
                _ => 1,
            };
        }
    }

    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = match rest.first() {
            Some(b'/') => rest.iter().position(|&byte| byte == b'\n'),
            Some(b'*') => rest.windows(2).skip(1).position(|pair| pair == b"*/").map(|end| end + 3),
            _ => return,
        };
        self.at += length.unwrap_or(rest.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let table = [
            ("f([{}])", 3),
            ("'((' + \"[[\" // {{\n", 0),
            ("/* ((( */ (1)", 1),
            ("it's (odd)\n(x)", 1),
            (r"/\(\(/.test(x)", 1),
            ("{ /[(]/ } { /[(]/ } { /[(]/ }", 3),
        ];
        for (text, brackets) in table {
            let padding = "()".repeat(MOST_BRACKETS);
            assert_eq!(measure(&format!("{text}\n{padding}")).brackets, brackets.max(1), "{text}");
        }
    }

    #[test]
    fn absurd_depth_is_refused_and_its_stack_is_not_boundless() {
        assert_eq!(measure(&"f(".repeat(MOST_BRACKETS)).refusal(), None);
        assert!(measure(&"f(".repeat(MOST_BRACKETS + 1)).refusal().is_some());
        assert!(measure(&"a<".repeat(MOST_COMPARISONS + 1)).refusal().is_some());
        assert_eq!(measure("<a><b></b></a>".repeat(1000).as_str()).refusal(), None);
        assert_eq!(measure(&"(".repeat(1 << 20)).stack_bytes(), MOST_BYTES);
    }
}
