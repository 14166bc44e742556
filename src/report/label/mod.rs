//! A label: ten plain answers, as text and as a picture that can be shown anywhere.

mod card;

use std::io::{self, Write};

use super::page::joined;
use super::{Report, Style};
use crate::finding::neutralised;
use crate::label::{Answer, Tone};

pub use card::write_card;

/// Columns before the evidence.
const INDENT: usize = 12;

/// Writes the answers for a terminal.
///
/// # Errors
/// If they cannot be written.
pub fn write_text(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for line in joined(&report.subject.parts(), style.width, usize::MAX) {
        writeln!(out, "{}", neutralised(&line))?;
    }
    writeln!(out)?;
    for answer in &report.answers {
        write_answer(answer, style, out)?;
    }
    writeln!(out, "\n{}", closing(&report.answers))?;
    writeln!(out, "A scan finds what it has rules for, in the code that it could read. It does not replace an audit by people.")
}

fn write_answer(answer: &Answer, style: Style, out: &mut dyn Write) -> io::Result<()> {
    // "No" is good news to one question and bad news to the next.
    let word = format!("{} {:<width$}", sign(answer.tone), answer.word.name().to_uppercase(), width = INDENT - 4);
    let word = if style.color { format!("\u{1b}[1;{}m{word}\u{1b}[0m", colour(answer.tone)) } else { word };
    writeln!(out, " {word} {}", answer.asks)?;
    for line in &answer.evidence {
        for part in wrapped(&neutralised(line), style.width.saturating_sub(INDENT).max(30)) {
            writeln!(out, "{:INDENT$}{part}", "")?;
        }
    }
    Ok(())
}

/// The signs of the picture.
const fn sign(tone: Tone) -> char {
    match tone {
        Tone::Good => '✓',
        Tone::Doubtful => '!',
        Tone::Bad => '✗',
        Tone::Open => '?',
    }
}

const fn colour(tone: Tone) -> u8 {
    match tone {
        Tone::Good => 32,
        Tone::Doubtful => 33,
        Tone::Bad => 31,
        Tone::Open => 90,
    }
}

/// `3 reassuring, 1 doubtful, 4 bad, 2 unknown.`
fn closing(answers: &[Answer]) -> String {
    let count = |tone| answers.iter().filter(|answer| answer.tone == tone).count();
    let each = [(Tone::Good, "reassuring"), (Tone::Doubtful, "doubtful"), (Tone::Bad, "bad"), (Tone::Open, "unknown")];
    let parts: Vec<_> = each.into_iter().map(|(tone, name)| (count(tone), name)).filter(|(count, _)| *count > 0).collect();
    let parts: Vec<_> = parts.into_iter().map(|(count, name)| format!("{count} {name}")).collect();
    format!("Of {} answers: {}.", answers.len(), parts.join(", "))
}

/// A text in lines of at most so many characters; longer words stand alone.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable a", 5), ["unbreakable", "a"]);
    }
}
