use std::io::{self, Write};

use askama::Template;

use super::{closing, wrapped};
use crate::label::Answer;
use crate::report::{Report, TOOL_VERSION};
use crate::rule::Date;

/// Height of a row, and where the first one begins.
const ROW: usize = 58;
const TOP: usize = 122;
const BELOW: usize = 58;
/// So many characters of evidence fit beside a question.
const EVIDENCE: usize = 100;

/// The picture.
#[derive(Debug, Template)]
#[template(path = "label.svg")]
struct Card {
    height: usize,
    foot: usize,
    title: String,
    commit: String,
    rows: Vec<Row>,
    closing: String,
    tool: &'static str,
    about: String,
}

#[derive(Debug)]
struct Row {
    y: usize,
    asks: &'static str,
    word: String,
    tone: &'static str,
    evidence: String,
}

/// Writes the answers as a picture (SVG) without scripts, fonts or anything else from elsewhere.
///
/// # Errors
/// If it cannot be written.
pub fn write_card(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    card(report).write_into(out)?;
    writeln!(out)
}

fn card(report: &Report) -> Card {
    let answers = &report.answers;
    let subject = &report.subject;
    let commit = subject.revision.as_ref().map(|commit| format!("commit {} of {}, ", commit.short(), commit.day));
    let day = if subject.as_of < Date::LAST { format!("judged as of {}", subject.as_of) } else { String::new() };
    let said = |answer: &Answer| format!("{} {}", answer.asks, answer.word.name());
    Card {
        height: TOP + ROW * answers.len() + BELOW,
        foot: TOP + ROW * answers.len() + 34,
        title: subject.title(),
        commit: format!("{}{day}", commit.unwrap_or_default()),
        rows: answers.iter().enumerate().map(row).collect(),
        closing: closing(answers),
        tool: TOOL_VERSION,
        about: answers.iter().map(said).collect::<Vec<_>>().join("; "),
    }
}

fn row((number, answer): (usize, &Answer)) -> Row {
    let evidence = answer.evidence.first().map(String::as_str).unwrap_or_default();
    let mut lines = wrapped(evidence, EVIDENCE);
    let more = lines.len() > 1 || answer.evidence.len() > 1;
    lines.truncate(1);
    // A picture has no type for code.
    let first: String = lines.pop().unwrap_or_default().replace('`', "").chars().take(EVIDENCE).collect();
    Row {
        y: TOP + ROW * number,
        asks: answer.asks,
        word: answer.word.name().to_owned(),
        tone: answer.tone.name(),
        evidence: if more { format!("{first} …") } else { first },
    }
}
