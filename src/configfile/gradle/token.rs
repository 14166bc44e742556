use crate::source::Span;

/// A piece of a build script.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// A name, with what it is a member of: `android.defaultConfig`.
    Word(String),
    /// The inside of a string.
    Text(String),
    Number(f64),
    Mark(char),
    /// The end of a line.
    Line,
}

/// All tokens of a script, comments left out.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(char) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match char {
            '\n' => (Some(Kind::Line), 1),
            '/' if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            '"' | '\'' => string(rest, char),
            '0'..='9' => number(rest),
            _ if is_name_start(char) => word(rest),
            _ if char.is_whitespace() => (None, char.len_utf8()),
            _ => (Some(Kind::Mark(char)), char.len_utf8()),
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, span: Span::new(at as u32, (at + length) as u32) });
        }
        at += length;
    }
    tokens
}

fn is_name_start(char: char) -> bool {
    char.is_alphabetic() || char == '_' || char == '$' || char == '@'
}

fn word(rest: &str) -> (Option<Kind>, usize) {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let joins = char == '.' && end > 0 && chars.peek().is_some_and(|(_, next)| is_name_start(*next));
        if !(is_name_start(char) || char.is_alphanumeric() || joins) {
            break;
        }
        end = at + char.len_utf8();
    }
    (Some(Kind::Word(rest[..end].into())), end)
}

fn number(rest: &str) -> (Option<Kind>, usize) {
    let end = rest.find(|char: char| !(char.is_alphanumeric() || char == '_' || char == '.')).unwrap_or(rest.len());
    let text = rest[..end].replace('_', "");
    let digits = text.trim_end_matches(['L', 'l', 'f', 'F', 'd', 'D']);
    (Some(digits.parse().map_or_else(|_| Kind::Text(rest[..end].into()), Kind::Number)), end)
}

fn string(rest: &str, quote: char) -> (Option<Kind>, usize) {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    if rest.starts_with(&triple) {
        let end = rest[3..].find(&triple).map_or(rest.len(), |end| end + 3);
        return (Some(Kind::Text(rest[3..end].into())), (end + 3).min(rest.len()));
    }
    let end = closing(&rest[1..], quote).map_or(rest.len(), |end| end + 1);
    (Some(Kind::Text(rest[1..end].into())), (end + 1).min(rest.len()))
}

/// Where the string ends: at its quote, not one within `${…}`, and never past the line outside of such.
fn closing(inside: &str, quote: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut escaped = false;
    let mut before = ' ';
    for (at, char) in inside.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' if before == '$' || depth > 0 => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '\n' => return Some(at),
            _ if char == quote && depth == 0 => return Some(at),
            _ => {}
        }
        before = char;
    }
    None
}
