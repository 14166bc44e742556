use std::borrow::Cow;

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::{Builder, Kind, MAX_DEPTH, Node, Parsed, fault, span};
use crate::source::{NoticeKind, SourceFile};

/// Reads JSON, with comments and trailing commas as some package managers write them.
pub(in crate::lockfile) fn json(file: &SourceFile) -> Parsed<'_> {
    let mut scanner = Scanner::new(&file.text, &ScannerOptions::default());
    let mut builder = Builder::default();
    let mut notices = Vec::new();
    loop {
        match scanner.scan() {
            Ok(Some(token)) => take(&mut builder, token, scanner.token_start(), scanner.token_end()),
            Ok(None) => break,
            Err(error) => {
                notices.push(fault(file, NoticeKind::ParseError, error.range().start, format!("broken JSON: {}", error.kind())));
                break;
            }
        }
    }
    if builder.was_too_deep {
        notices.push(fault(file, NoticeKind::LimitReached, 0, format!("nested deeper than {MAX_DEPTH} levels")));
    } else if notices.is_empty() && !builder.open.is_empty() {
        notices.push(fault(file, NoticeKind::ParseError, file.text.len(), "broken JSON: the file ends too early"));
    }
    (builder.finish(file.text.len()), notices)
}

fn take<'a>(builder: &mut Builder<'a>, token: Token<'a>, start: usize, end: usize) {
    let mut scalar = |kind| builder.scalar(Node { kind, span: span(start, end) });
    match token {
        Token::OpenBrace => builder.open(true, start),
        Token::OpenBracket => builder.open(false, start),
        Token::CloseBrace | Token::CloseBracket => builder.close(end),
        Token::Comma => builder.separator(),
        Token::Colon | Token::CommentLine(_) | Token::CommentBlock(_) => {}
        Token::String(text) => scalar(Kind::Text(text)),
        Token::Word(text) | Token::Number(text) => scalar(Kind::Text(Cow::Borrowed(text))),
        Token::Boolean(value) => scalar(Kind::Bool(value)),
        Token::Null => scalar(Kind::Null),
    }
}
