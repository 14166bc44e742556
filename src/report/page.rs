//! Lines for a terminal: words that are never cut in two, and what stands out.

use std::io::{self, Write};

/// What stands out, as the numbers of SGR sequences (ECMA-48).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Bold,
    Faint,
    Good,
    Bad,
    Warning,
}

impl Paint {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Bold => "1",
            Self::Faint => "2",
            Self::Good => "1;32",
            Self::Bad => "1;31",
            Self::Warning => "1;33",
        }
    }
}

/// A line of parts, each with its paint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(pub(super) Vec<(Paint, String)>);

impl Line {
    /// A line of one paint.
    pub(super) fn of(paint: Paint, text: impl Into<String>) -> Self {
        Self(vec![(paint, text.into())])
    }

    /// Its text.
    pub(super) fn plain(&self) -> String {
        let text: String = self.0.iter().map(|(_, text)| text.as_str()).collect();
        text.trim_end().to_owned()
    }

    /// Writes it, with colours if they are wanted.
    pub(super) fn write(&self, color: bool, out: &mut dyn Write) -> io::Result<()> {
        if !color {
            return writeln!(out, "{}", self.plain());
        }
        for (paint, text) in &self.0 {
            match paint {
                Paint::Plain => write!(out, "{text}")?,
                paint => write!(out, "\u{1b}[{}m{text}\u{1b}[0m", paint.code())?,
            }
        }
        writeln!(out)
    }
}

/// The words of a text in lines of at most `width` characters; a longer word has a line of its own.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut().filter(|_| length < room) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
                room -= length + 1;
            }
            None => {
                lines.push(word.to_owned());
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

/// Text behind a lead in at most so many lines; what does not fit is left out, and a mark says so.
pub(super) fn paragraph(lead: &str, text: &str, width: usize, most: usize) -> Vec<String> {
    let inset = lead.chars().count();
    let mut lines = wrapped(text, width.saturating_sub(inset));
    if lines.len() > most {
        lines = wrapped(text, width.saturating_sub(inset + 2));
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    let lead = |index| if index == 0 { lead.to_owned() } else { " ".repeat(inset) };
    lines.into_iter().enumerate().map(|(index, line)| format!("{}{line}", lead(index))).collect()
}

/// Parts in lines, none of them broken unless it is longer than a line.
pub(super) fn joined(parts: &[String], width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut().filter(|line| line.chars().count() + part.chars().count() + 3 <= width) {
            Some(line) => *line = format!("{line} · {part}"),
            None => lines.extend(wrapped(part, width)),
        }
    }
    lines.truncate(most);
    lines
}

/// The beginning of a text, with a mark if something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let short: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", short.trim_end())
}

/// The end of a path, which tells more than its beginning.
pub(super) fn cut_path(path: &str, width: usize) -> String {
    let length = path.chars().count();
    if length <= width {
        return path.to_owned();
    }
    let short: String = path.chars().skip(length - width.saturating_sub(1)).collect();
    match short.split_once('/').filter(|(_, rest)| !rest.is_empty()) {
        Some((_, rest)) => format!("…/{rest}"),
        None => format!("…{short}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a incomprehensible b", 5), ["a", "incomprehensible", "b"]);
        assert!(wrapped("", 5).is_empty());
    }

    #[test]
    fn parts_stay_whole() {
        let parts = ["one two", "three", "four five six seven"].map(ToOwned::to_owned);
        assert_eq!(joined(&parts, 15, 9), ["one two · three", "four five six", "seven"]);
    }

    #[test]
    fn what_does_not_fit_is_marked() {
        assert_eq!(paragraph("x: ", "one two three four", 10, 9), ["x: one two", "   three", "   four"]);
        assert_eq!(paragraph("x: ", "one two three four", 12, 1), ["x: one two …"]);
        assert_eq!((cut("abcdef", 4), cut("abc", 4)), ("abc…".into(), "abc".into()));
        assert_eq!(cut_path("a/long/way/to/file.ts:7", 14), "…/to/file.ts:7");
        assert_eq!(cut_path("averyveryverylongname.ts:7", 10), "…name.ts:7");
    }
}
