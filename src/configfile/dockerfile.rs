//! Dockerfiles: a map with the instructions as repeated keys in upper case, each with its arguments as one text, in whichever
//! of the two forms they are written.

use super::lines::{Line, lines, trimmed};
use super::tree::TreeBuilder;
use super::{ConfigReader, Document, ValueKind};
use crate::source::{Notice, SourceFile, Span};

pub(super) struct Dockerfile;

impl ConfigReader for Dockerfile {
    fn syntax(&self) -> &'static str {
        "dockerfile"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        let name = file.name();
        let is_named = ["Dockerfile", "Containerfile"]
            .iter()
            .any(|stem| name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_'])));
        (is_named && !name.ends_with(".dockerignore")) || file.extension() == "dockerfile"
    }

    fn read(&self, file: &SourceFile) -> (Option<Document>, Vec<Notice>) {
        let mut tree = TreeBuilder::default();
        tree.open_map(0);
        let mut rest = lines(&file.text);
        while let Some(line) = rest.next() {
            let (text, span) = trimmed(line.text, line.start);
            if !text.is_empty() && !text.starts_with('#') && !tree.is_full() {
                instruction(&mut tree, text, span, &mut rest);
            }
        }
        tree.finish(self.syntax(), file, None)
    }
}

fn instruction<'a>(tree: &mut TreeBuilder, text: &'a str, span: Span, rest: &mut impl Iterator<Item = Line<'a>>) {
    let name = text.split_whitespace().next().unwrap_or(text);
    let name_end = span.start + name.len() as u32;
    let (first, mut place) = trimmed(&text[name.len()..], name_end as usize);
    let mut whole = String::new();
    let mut piece = first;
    while let Some(head) = piece.strip_suffix('\\') {
        whole.push_str(head.trim_end());
        whole.push(' ');
        let Some(next) = next_piece(rest) else {
            piece = "";
            break;
        };
        piece = next.0;
        place = place.to(next.1);
    }
    whole.push_str(piece);
    if let Some(end) = heredoc(&whole) {
        place = place.to(heredoc_body(&end, &mut whole, rest).unwrap_or(place));
    }
    let whole = exec_form(&whole).unwrap_or(whole);
    tree.key(name.to_ascii_uppercase(), Span::new(span.start, name_end));
    tree.scalar(if whole.is_empty() { ValueKind::Null } else { ValueKind::Text(whole) }, place);
}

/// The next line that is no comment: comments may stand within a continued instruction.
fn next_piece<'a>(rest: &mut impl Iterator<Item = Line<'a>>) -> Option<(&'a str, Span)> {
    rest.map(|line| trimmed(line.text, line.start)).find(|(text, _)| !text.starts_with('#'))
}

/// The words of `["a", "b"]`, with the flags before it: the form without a shell says the same as that with one.
fn exec_form(text: &str) -> Option<String> {
    let (flags, list) = text.split_at(text.find('[')?);
    let words: Vec<String> = serde_json::from_str(list.trim_end()).ok()?;
    let are_flags = flags.split_whitespace().all(|word| word.starts_with("--") || word == "CMD");
    are_flags.then(|| format!("{flags}{}", words.join(" ")))
}

/// The word that ends a here-document which the text begins.
fn heredoc(text: &str) -> Option<String> {
    let after = text.split_once("<<")?.1.trim_start_matches('-').trim_start_matches(['"', '\'']);
    let word: String = after.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect();
    (!word.is_empty()).then_some(word)
}

fn heredoc_body<'a>(end: &str, whole: &mut String, rest: &mut impl Iterator<Item = Line<'a>>) -> Option<Span> {
    let mut place = None;
    for line in rest {
        let (text, span) = trimmed(line.text, line.start);
        place = Some(place.map_or(span, |before: Span| before.to(span)));
        if text == end {
            break;
        }
        whole.push('\n');
        whole.push_str(text);
    }
    place
}
