//! Texts that mean themselves in Markdown and in the HTML that Markdown may hold.

use crate::finding::neutralised;
use crate::report::prose::parts;

/// Text that means itself.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for char in neutralised(text).chars() {
        match char {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                result.push('\\');
                result.push(char);
            }
            // A mention would notify a stranger: a zero-width joiner cannot be used, a reference can.
            '@' => result.push_str("&#64;"),
            _ => result.push(char),
        }
    }
    result
}

/// A sentence with names of code between back-ticks, which stay code.
pub(in crate::report) fn prose(text: &str) -> String {
    parts(text).into_iter().map(|part| if part.is_code { code(part.text) } else { escaped(part.text) }).collect()
}

/// Text as an inline code span, however many back-ticks it has.
pub(super) fn code(text: &str) -> String {
    let text = neutralised(text);
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

/// The same in a cell of a table, where a bar would end the cell even within code.
pub(super) fn code_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// The first characters of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A word with a capital: `Critical`.
pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_acts() {
        assert_eq!(escaped("<img src=x> [a](b) @me"), "&lt;img src=x&gt; \\[a\\](b) &#64;me");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(prose("`a<b` calls *c*"), "`a<b` calls \\*c\\*");
        assert_eq!(code_cell("a|b"), "`a\\|b`");
    }
}
