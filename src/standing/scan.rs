//! Comments and strings of a text: one pass over it, by a table and without a grammar.

use std::ops::Range;

use super::syntax::{Habit, LineAt, Quote, Syntax};

/// How deep templates are looked into.
const MOST_HOLES: usize = 16;
/// Bytes in which a character's closing mark is looked for.
const MOST_CHARACTER: usize = 10;

/// What was found in a text.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Comments, and whether each documents something.
    pub(super) comments: Vec<(Range<usize>, bool)>,
    /// Strings with their delimiters.
    pub(super) strings: Vec<Range<usize>>,
    /// The text with comments and the insides of strings as blanks; ends of lines stay.
    pub(super) code: Vec<u8>,
}

/// Where the scan stands.
struct Cursor<'a> {
    syntax: &'a Syntax,
    text: &'a [u8],
    at: usize,
    scan: Scan,
}

impl Scan {
    /// Comments and strings of a text.
    pub(super) fn of(syntax: &Syntax, text: &str) -> Self {
        if syntax.has(Habit::Scripts) {
            return Self::of_page(syntax, text);
        }
        let scan = Self { code: text.as_bytes().to_vec(), ..Self::default() };
        let mut cursor = Cursor { syntax, text: text.as_bytes(), at: 0, scan };
        cursor.run();
        cursor.scan
    }

    /// The comments of a page, and those of the scripts in it.
    fn of_page(syntax: &Syntax, text: &str) -> Self {
        let scan = Self { code: text.as_bytes().to_vec(), ..Self::default() };
        let mut cursor = Cursor { syntax, text: text.as_bytes(), at: 0, scan };
        let script = Syntax::of("script.ts");
        while cursor.at < cursor.text.len() {
            if cursor.starts_with("<script")
                && let Some(inner) = inside(text, cursor.at)
            {
                let part = script.map(|script| Self::of(script, &text[inner.clone()])).unwrap_or_default();
                cursor.scan.take(part, inner.start);
                cursor.at = inner.end;
            } else if !cursor.block() {
                cursor.at += 1;
            }
        }
        cursor.scan
    }

    fn take(&mut self, part: Self, by: usize) {
        let moved = |range: Range<usize>| range.start + by..range.end + by;
        self.comments.extend(part.comments.into_iter().map(|(range, documents)| (moved(range), documents)));
        self.strings.extend(part.strings.into_iter().map(moved));
        self.code[by..by + part.code.len()].copy_from_slice(&part.code);
    }

    fn blank(&mut self, range: Range<usize>) {
        self.code[range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
}

/// The text between the tags of a script that begins at `at`.
fn inside(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + text[at..].find('>')? + 1;
    let end = text[start..].find("</script").map_or(text.len(), |end| start + end);
    Some(start..end)
}

impl Cursor<'_> {
    fn run(&mut self) {
        while self.at < self.text.len() {
            let is_taken = self.block() || self.line() || self.raw() || self.string() || self.character() || self.regex();
            if !is_taken {
                self.at += 1;
            }
        }
    }

    fn starts_with(&self, mark: &str) -> bool {
        self.text[self.at..].starts_with(mark.as_bytes())
    }

    /// The first place of a mark from `from`, or the end of the text.
    fn find(&self, mark: &str, from: usize) -> Option<usize> {
        memchr::memmem::find(self.text.get(from..)?, mark.as_bytes()).map(|at| from + at)
    }

    fn comment(&mut self, end: usize) -> bool {
        let documents = self.syntax.documents.iter().any(|mark| self.starts_with(mark)) && !self.starts_with("/**/");
        self.scan.comments.push((self.at..end, documents));
        self.scan.blank(self.at..end);
        self.at = end;
        true
    }

    fn block(&mut self) -> bool {
        let Some((open, close)) = self.syntax.block.iter().find(|(open, _)| self.starts_with(open)) else { return false };
        let mut depth = 1;
        let mut at = self.at + open.len();
        while depth > 0 {
            let closing = self.find(close, at);
            let opening = self.find(open, at).filter(|opening| self.syntax.nests && closing.is_some_and(|end| *opening < end));
            match (opening, closing) {
                (Some(opening), _) => (at, depth) = (opening + open.len(), depth + 1),
                (None, Some(closing)) => (at, depth) = (closing + close.len(), depth - 1),
                (None, None) => (at, depth) = (self.text.len(), 0),
            }
        }
        self.comment(at)
    }

    fn line(&mut self) -> bool {
        if !self.syntax.line.iter().any(|mark| self.starts_with(mark)) {
            return false;
        }
        let before = &self.text[..self.at];
        let counts = match self.syntax.line_at {
            LineAt::Anywhere => true,
            LineAt::Word => before.last().is_none_or(u8::is_ascii_whitespace),
            LineAt::Start => {
                let blanks = before.iter().rev().take_while(|byte| **byte != b'\n');
                blanks.copied().all(|byte| byte.is_ascii_whitespace())
            }
        };
        counts && {
            let end = memchr::memchr(b'\n', &self.text[self.at..]).map_or(self.text.len(), |length| self.at + length);
            self.comment(end)
        }
    }

    /// `r#"…"#`, with any number of hashes.
    fn raw(&mut self) -> bool {
        if !self.syntax.has(Habit::RawHashes) || self.text[self.at] != b'r' || self.is_behind_word() {
            return false;
        }
        let hashes = self.text[self.at + 1..].iter().take_while(|byte| **byte == b'#').count();
        if self.text.get(self.at + 1 + hashes) != Some(&b'"') {
            return false;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let end = self.find(&close, self.at + hashes + 2).map_or(self.text.len(), |end| end + close.len());
        self.keep(self.at + hashes + 2, end.saturating_sub(close.len()), end)
    }

    fn is_behind_word(&self) -> bool {
        self.at > 0 && (self.text[self.at - 1].is_ascii_alphanumeric() || self.text[self.at - 1] == b'_')
    }

    fn keep(&mut self, inner_start: usize, inner_end: usize, end: usize) -> bool {
        self.scan.strings.push(self.at..end);
        self.scan.blank(inner_start.min(end)..inner_end.max(inner_start).min(end));
        self.at = end;
        true
    }

    fn string(&mut self) -> bool {
        let Some(&quote) = self.syntax.strings.iter().find(|quote| self.starts_with(quote.open)) else { return false };
        let start = self.at + quote.open.len();
        let (inner, end) = self.closing(quote, start);
        let is_alone = self.syntax.has(Habit::Docstring) && quote.is_long && self.stands_alone(end);
        if is_alone {
            self.scan.comments.push((self.at..end, true));
        }
        self.keep(start, inner, end)
    }

    /// `'x'` where `'x` alone is a lifetime.
    fn character(&mut self) -> bool {
        if !self.syntax.has(Habit::Lifetime) || self.text[self.at] != b'\'' {
            return false;
        }
        let rest = &self.text[self.at + 1..];
        let is_escaped = rest.first() == Some(&b'\\');
        let length = rest.iter().skip(1 + usize::from(is_escaped)).take(MOST_CHARACTER).position(|byte| *byte == b'\'');
        let is_one = |length: usize| is_escaped || rest[1..=length].iter().all(|byte| byte & 0xC0 == 0x80);
        let Some(length) = length.filter(|length| is_one(*length)) else { return false };
        let end = self.at + 3 + length + usize::from(is_escaped);
        self.keep(self.at + 1, end - 1, end)
    }

    /// Where a string's content ends, and where the string does.
    fn closing(&self, quote: Quote, start: usize) -> (usize, usize) {
        self.closing_within(quote, start, MOST_HOLES)
    }

    fn closing_within(&self, quote: Quote, start: usize, holes: usize) -> (usize, usize) {
        let mut at = start;
        while at < self.text.len() {
            if Some(self.text[at]) == quote.escape {
                at += 2;
            } else if quote.open == "`" && holes > 0 && self.text[at..].starts_with(b"${") {
                at = self.hole(at + 2, holes - 1);
            } else if self.text[at..].starts_with(quote.close.as_bytes()) {
                return (at, at + quote.close.len());
            } else if self.text[at] == b'\n' && !quote.is_long {
                return (at, at);
            } else {
                at += 1;
            }
        }
        (self.text.len(), self.text.len())
    }

    /// The end of `${…}` in a template, behind its brace: strings in it may hold marks of their own.
    fn hole(&self, start: usize, holes: usize) -> usize {
        let (mut at, mut depth) = (start, 1);
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'`' | b'"' | b'\'' => {
                    let quote = self.syntax.strings.iter().find(|quote| quote.open.as_bytes() == [byte]);
                    at = quote.map_or(at, |quote| self.closing_within(*quote, at + 1, holes).1.max(at + 1) - 1);
                }
                _ => {}
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        at
    }

    /// Whether nothing but white space stands before the string in its line, and nothing uses it: the line before ends a statement.
    fn stands_alone(&self, end: usize) -> bool {
        let before = &self.text[..self.at];
        let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let is_first = before[line..].iter().all(u8::is_ascii_whitespace);
        let above = before[..line].trim_ascii_end();
        let is_free = above.last().is_none_or(|byte| !b"(,[=+\\{".contains(byte));
        let rest = self.text[end..].iter().take_while(|byte| **byte != b'\n');
        let is_last = rest.copied().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| byte == b'#');
        is_first && is_free && is_last
    }

    /// `/…/` where a value may begin: what looks like a comment in it is none.
    fn regex(&mut self) -> bool {
        if !self.syntax.has(Habit::Regex) || self.text[self.at] != b'/' || !self.may_begin_value() {
            return false;
        }
        let (mut at, mut in_class) = (self.at + 1, false);
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b'\n' => return false,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return self.keep(self.at + 1, at, at + 1),
                _ => {}
            }
            at += 1;
        }
        false
    }

    fn may_begin_value(&self) -> bool {
        let before = self.scan.code[..self.at].trim_ascii_end();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$';
        let word = before.iter().rev().take_while(|byte| is_word(byte)).count();
        match &before[before.len() - word..] {
            b"" => before.last().is_none_or(|byte| !b")]}\"'`".contains(byte)),
            word => [&b"return"[..], b"typeof", b"case", b"in", b"of", b"do", b"else", b"void", b"yield", b"await"].contains(&word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comments of a text, those that document behind `!`.
    fn comments(name: &str, text: &str) -> Vec<String> {
        let scan = Scan::of(Syntax::of(name).expect("a known language"), text);
        scan.comments
            .iter()
            .map(|(range, documents)| format!("{}{}", if *documents { "!" } else { "" }, &text[range.clone()]))
            .collect()
    }

    #[test]
    fn comments_are_found_in_every_family() {
        for (name, text, expected) in [
            ("a.java", "x; /* a\n b */ y; // c\n\"// no\";", &["/* a\n b */", "// c"][..]),
            ("a.swift", "/* a /* b */ c */ d", &["/* a /* b */ c */"]),
            ("a.kt", "val s = \"\"\"\n/* no */\n\"\"\" // c", &["// c"]),
            ("a.js", "const a = /[/*]/; b(); /* c */", &["/* c */"]),
            ("a.js", "const a = b / c; // d\nreturn /\\/\\//.test(x)", &["// d"]),
            ("a.ts", "const t = `a ${x ? `b ${y}` : '}'} http://c`; // d", &["// d"]),
            ("a.ts", "const t = `http://${x}`; /** d */", &["!/** d */"]),
            ("a.rs", "fn f<'a>(x: &'a str) { r#\"// no \"# /* c */ }\n/// d\n", &["/* c */", "!/// d"]),
            ("a.rs", "/*! one\n two */ struct A;", &["!/*! one\n two */"]),
            (
                "a.py",
                "def f():\n    \"\"\" doc\n    http://x \"\"\"\n    x = '''no'''\n    # c\n",
                &["!\"\"\" doc\n    http://x \"\"\"", "# c"],
            ),
            ("a.py", "f(\n    \"\"\"no\"\"\"\n)\n", &[]),
            ("a.go", "s := `// no`\nx // c", &["// c"]),
            ("a.sh", "curl http://a/#b # c\n", &["# c"]),
            ("a.yaml", "a: http://x/#y\n# c\n", &["# c"]),
            (".env", "A=b#c\n# d\n", &["# d"]),
            ("a.xml", "<a><!-- b\nc --></a>", &["<!-- b\nc -->"]),
            ("a.vue", "<!-- a --><script>\n// b\nx('<!-- no')</script>", &["<!-- a -->", "// b"]),
            ("a.sql", "select '--no' -- c\n", &["-- c"]),
            ("Podfile", "pod 'a' # c\n", &["# c"]),
            ("a.php", "$a = 'x # no'; # c\n", &["# c"]),
            ("a.lua", "a = 1 --[[ b\nc ]] d -- e", &["--[[ b\nc ]]", "-- e"]),
        ] {
            assert_eq!(comments(name, text), expected, "{name}: {text}");
        }
    }

    #[test]
    fn an_open_end_hides_no_more_than_the_language_would() {
        assert_eq!(comments("a.js", "a('open\n// c\n"), ["// c"]);
        assert_eq!(comments("a.c", "/* open\nx"), ["/* open\nx"]);
        assert!(comments("a.rs", "let c = '\"'; let d = \"// no\";").is_empty());
    }
}
