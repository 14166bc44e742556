//! Texts and numbers as they are written.

use std::borrow::Cow;

use crate::ir::Literal;

/// The text of a literal with its quotation marks and what stands before them: `'a'`, `b"x"`, `u8"x"`.
pub(super) fn unquoted(source: &str) -> Cow<'_, str> {
    let Some(start) = source.find(['"', '\'', '`']) else { return Cow::Borrowed(source) };
    let quote = &source[start..=start];
    let inner = &source[start + 1..];
    unescaped(inner.strip_suffix(quote).unwrap_or(inner))
}

/// A text without its escapes.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        result.push_str(before);
        let (char, length) = escaped(escape);
        result.extend(char);
        rest = &escape[length..];
    }
    result.push_str(rest);
    Cow::Owned(result)
}

/// The character that an escape stands for, and how long the escape is behind its backslash.
fn escaped(escape: &str) -> (Option<char>, usize) {
    let Some(first) = escape.chars().next() else { return (None, 0) };
    let char = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        'x' => return coded(escape, 1, 2),
        'u' if escape[1..].starts_with('{') => {
            let length = escape.find('}').unwrap_or(escape.len() - 1);
            let code = escape.get(2..length).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            return (code.and_then(char::from_u32), length + 1);
        }
        'u' => return coded(escape, 1, 4),
        'U' => return coded(escape, 1, 8),
        other => other,
    };
    (Some(char), first.len_utf8())
}

/// A character by the number of digits of its code.
fn coded(escape: &str, from: usize, digits: usize) -> (Option<char>, usize) {
    let code = escape.get(from..from + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match code {
        Some(code) => (char::from_u32(code), from + digits),
        None => (None, from),
    }
}

/// The value of a number, as far as a double goes.
pub(super) fn number(source: &str) -> Literal {
    let plain: String = source.chars().filter(|char| !matches!(char, '_' | '\'')).collect();
    let plain = plain.to_ascii_lowercase();
    let radix = |prefix: &str, radix: u32| {
        let digits = plain.strip_prefix(prefix)?;
        let digits: Vec<u32> = digits.chars().map_while(|char| char.to_digit(radix)).collect();
        (!digits.is_empty()).then(|| digits.iter().fold(0.0, |value, digit| value * f64::from(radix) + f64::from(*digit)))
    };
    let value = radix("0x", 16).or_else(|| radix("0b", 2)).or_else(|| radix("0o", 8)).or_else(|| {
        let end = plain.rfind(|char: char| char.is_ascii_digit() || char == '.').map_or(0, |at| at + 1);
        plain[..end].parse().ok()
    });
    value.map_or(Literal::Null, Literal::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_many_languages() {
        let cases = [
            ("10L", 10.0),
            ("0xFFu", 255.0),
            ("1_000", 1000.0),
            ("1e3", 1000.0),
            ("2.5f", 2.5),
            ("0b101", 5.0),
            ("0o17", 15.0),
            ("5'000", 5000.0),
        ];
        for (source, value) in cases {
            assert_eq!(number(source), Literal::Number(value), "{source}");
        }
        assert_eq!(number("x"), Literal::Null);
    }

    #[test]
    fn texts_lose_quotes_and_escapes() {
        let cases = [
            ("\"a\\n\\\"b\\\"\"", "a\n\"b\""),
            ("'\\u0041'", "A"),
            ("b\"x\"", "x"),
            ("\"\\u{1F511}\"", "\u{1f511}"),
            ("\"\\u{\"", ""),
            ("\"\\x4\"", "4"),
            ("\"\\", ""),
            ("\"é\\é\"", "éé"),
        ];
        for (source, text) in cases {
            assert_eq!(unquoted(source), text, "{source}");
        }
    }
}
