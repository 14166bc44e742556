//! Text to items, past the ones that do not parse.

use proc_macro2::{Delimiter, Span as Place, TokenTree};
use syn::parse::{ParseStream, Parser, discouraged::Speculative};
use syn::{Attribute, Item};

use crate::source::{LineIndex, Notice, NoticeKind, SourceFile};

/// More broken items than these are only counted.
const MOST_NOTICES: usize = 8;

/// The items of a file.
pub(super) struct Parsed {
    pub(super) attributes: Vec<Attribute>,
    pub(super) items: Vec<Item>,
    broken: Vec<Broken>,
}

/// A stretch of tokens that is no item.
struct Broken {
    first: Place,
    last: Place,
    at: Place,
    message: String,
}

/// Where the tokens begin: after a byte order mark and a shebang.
pub(super) fn code_start(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let code = &text[start..];
    let is_shebang = code.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    if is_shebang { start + code.find('\n').unwrap_or(code.len()) } else { start }
}

/// Parses item by item.
///
/// # Errors
/// If the text is not even a sequence of tokens with matching brackets.
pub(super) fn parse(code: &str) -> syn::Result<Parsed> {
    let tokens: proc_macro2::TokenStream = code.parse()?;
    parse_items.parse2(tokens)
}

fn parse_items(input: ParseStream<'_>) -> syn::Result<Parsed> {
    let mut parsed = Parsed { attributes: input.call(Attribute::parse_inner)?, items: Vec::new(), broken: Vec::new() };
    while !input.is_empty() {
        let ahead = input.fork();
        match ahead.parse::<Item>() {
            Ok(item) => {
                input.advance_to(&ahead);
                parsed.items.push(item);
            }
            Err(error) => parsed.broken.push(skip_item(input, &error)?),
        }
    }
    Ok(parsed)
}

/// An item ends with its first `;` or its first braces.
fn skip_item(input: ParseStream<'_>, error: &syn::Error) -> syn::Result<Broken> {
    let mut broken = Broken { first: input.span(), last: input.span(), at: error.span(), message: error.to_string() };
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        broken.last = token.span();
        let is_end = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        if is_end {
            break;
        }
    }
    Ok(broken)
}

impl Parsed {
    /// What to say about the broken items, at lines of the whole file.
    pub(super) fn notices(&self, file: &SourceFile, start: u32, lines: &LineIndex) -> Vec<Notice> {
        let line = |place: Place| lines.line(start + place.byte_range().start as u32);
        let notice = |message: &str| Notice::about(&file.path, NoticeKind::ParseError, message);
        let named = self.broken.iter().take(MOST_NOTICES);
        let mut notices: Vec<_> = named.map(|broken| notice(&broken.message).at_line(line(broken.at))).collect();
        if self.broken.len() > MOST_NOTICES {
            notices.push(notice(&format!("{} more items do not parse", self.broken.len() - MOST_NOTICES)));
        }
        notices
    }

    /// How many lines the broken items take.
    pub(super) fn lines_skipped(&self, start: u32, lines: &LineIndex) -> u32 {
        let line = |offset: usize| lines.line(start + offset as u32);
        // Several may stand in one line, which is one line all the same.
        let mut counted = 0;
        let mut skipped = 0;
        for broken in &self.broken {
            let first = line(broken.first.byte_range().start).max(counted + 1);
            let last = line(broken.last.byte_range().end);
            skipped += (last + 1).saturating_sub(first);
            counted = counted.max(last);
        }
        skipped
    }
}
