//! How much stack a text will take to parse, estimated before it is parsed.
//!
//! The parser recurses into brackets, prefix operators, assignments and `else if`; dropping its tree recurses into method
//! chains and sums as well. All of these cost tokens that no `,`, `;` or block has ended yet: their greatest number is the load.

/// Up to this load a thread's usual stack is enough (2 MiB, at most about 6 KiB a token).
pub(super) const ORDINARY_LOAD: usize = 300;

/// Above this load a text is refused.
pub(super) const GREATEST_LOAD: usize = 10_000;

/// Reserved, not used, unless the text asks for it.
pub(super) const DEEP_STACK_BYTES: usize = 256 << 20;

/// The greatest number of tokens that are open at the same time.
pub(super) fn load(text: &str) -> usize {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, runs: vec![0], sum: 0, greatest: 0 };
    scan.run();
    scan.greatest
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Tokens since the last separator, for each open bracket.
    runs: Vec<usize>,
    sum: usize,
    greatest: usize,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.step(byte);
        }
    }

    fn step(&mut self, byte: u8) {
        match byte {
            b'/' if self.peek(1) == Some(b'/') => self.skip_to_line_end(),
            b'/' if self.peek(1) == Some(b'*') => self.skip_block_comment(),
            b'"' => self.skip_string(),
            b'\'' => self.skip_char_or_lifetime(),
            b'(' | b'[' | b'{' => self.open(),
            b')' | b']' => self.close(false),
            b'}' => self.close(true),
            b',' | b';' => self.separate(),
            _ if byte.is_ascii_whitespace() => self.at += 1,
            _ if is_word(byte) => self.word(),
            _ => self.token(1),
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn token(&mut self, length: usize) {
        self.at += length;
        self.sum += 1;
        if let Some(run) = self.runs.last_mut() {
            *run += 1;
        }
        self.greatest = self.greatest.max(self.sum);
    }

    fn separate(&mut self) {
        self.at += 1;
        if let Some(run) = self.runs.last_mut() {
            self.sum -= std::mem::take(run);
        }
    }

    fn open(&mut self) {
        self.token(1);
        self.runs.push(0);
    }

    fn close(&mut self, is_brace: bool) {
        self.at += 1;
        if self.runs.len() > 1 {
            self.sum -= self.runs.pop().unwrap_or(0);
        }
        if is_brace && self.block_ends_statement() {
            self.at -= 1;
            self.separate();
        }
    }

    /// Whether what follows a `}` cannot go on with the same expression.
    fn block_ends_statement(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let rest = rest.trim_ascii_start();
        match rest.first() {
            None => true,
            Some(b'/') => matches!(rest.get(1), Some(b'/' | b'*')),
            Some(&byte) => {
                (is_word(byte) || b"#({['\"}])".contains(&byte)) && !rest.starts_with(b"else") && !rest.starts_with(b"as ")
            }
        }
    }

    fn word(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|&&byte| is_word(byte)).count();
        let is_raw_prefix = matches!(&rest[..length], b"r" | b"br" | b"cr");
        self.token(length);
        if is_raw_prefix {
            self.skip_raw_string();
        }
    }

    fn skip_to_line_end(&mut self) {
        self.at += self.bytes[self.at..].iter().take_while(|&&byte| byte != b'\n').count();
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            let step = match (self.bytes[self.at], self.peek(1)) {
                (b'/', Some(b'*')) => (2, depth + 1),
                (b'*', Some(b'/')) => (2, depth - 1),
                _ => (1, depth),
            };
            self.at += step.0;
            depth = step.1;
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_string(&mut self) {
        self.token(1);
        while let Some(byte) = self.peek(0) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    /// After `r`: `#"…"#`, or nothing of the sort.
    fn skip_raw_string(&mut self) {
        let hashes = self.bytes[self.at..].iter().take_while(|&&byte| byte == b'#').count();
        if self.peek(hashes) != Some(b'"') {
            return;
        }
        self.at += hashes + 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            let closing = self.bytes[self.at..].iter().take(hashes).take_while(|&&byte| byte == b'#').count();
            if byte == b'"' && closing == hashes {
                self.at += hashes;
                return;
            }
        }
    }

    /// `'a'` and `'\n'` are skipped, `'a` is a word with a mark in front.
    fn skip_char_or_lifetime(&mut self) {
        if self.peek(1) == Some(b'\\') {
            self.token(3);
            self.at += self.bytes.get(self.at..).unwrap_or_default().iter().take_while(|&&byte| byte != b'\'').count() + 1;
        } else if self.peek(2) == Some(b'\'') {
            self.token(3);
        } else {
            self.token(1);
        }
    }
}

/// Letters beyond ASCII count as words too.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_open_counts() {
        let small =
            ["fn a() {}\n".repeat(1000), "x; ".repeat(1000), "f(a, b, c);".repeat(1000), "match x { 1 => {} _ => {} }".repeat(500)];
        for text in &small {
            assert!(load(text) < 20, "{} for {}", load(text), &text[..10]);
        }
        let large = ["(".repeat(1000), "!".repeat(1000), "a + ".repeat(500), "if a {} else ".repeat(500), "x.y()".repeat(400)];
        for text in &large {
            assert!(load(text) >= 1000, "{} for {}", load(text), &text[..10]);
        }
    }

    #[test]
    fn brackets_in_strings_comments_and_characters_do_not_count() {
        let texts = [r##"r#"((((((((((("#"##, r#""(((\"((((((""#, "// ((((((((\n", "/* ((( /* (( */ (((( */", r"'(' '\'' '['"];
        for text in texts {
            assert!(load(text) <= 4, "{} for {text}", load(text));
        }
        assert_eq!(load("\"\\"), 1);
        assert_eq!(load("'\\"), 1);
    }
}
