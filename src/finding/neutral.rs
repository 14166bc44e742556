//! Making text harmless: what could steer a terminal, hide or reorder what is read.

/// Text for one line of a report: what could steer a terminal, hide or reorder what is read is replaced.
#[must_use]
pub fn neutralised(text: &str) -> String {
    text.chars().map(|char| if char == '\n' { ' ' } else { neutral(char) }).collect()
}

/// Whether a character does something to a terminal or to the order of what is read, instead of showing.
#[must_use]
pub fn acts(char: char) -> bool {
    neutral(char) != char
}

/// The character itself if it only shows; a picture of it or U+FFFD if it acts.
pub(super) fn neutral(char: char) -> char {
    match char {
        '\t' => '\t',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + char as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        // C1 controls; marks and overrides of direction; zero-width characters; line separators; tags.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => char::REPLACEMENT_CHARACTER,
        _ => char,
    }
}
