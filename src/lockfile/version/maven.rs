//! The order of Maven versions (the specification in Maven's POM reference, "Version Order Specification").

use std::cmp::Ordering;

/// Words with a place in the order, from the oldest; the empty word is the release itself.
const QUALIFIERS: &[&str] = &["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
/// The place of the release.
const RELEASE: usize = 5;

/// A token and whether a hyphen (or a change between digits and letters) stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    has_hyphen: bool,
    text: String,
}

/// Where a token stands in the order. The end of a version stands where the release does, before every number, so that whatever
/// stands opposite to it is judged in the same way: the order is total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'t> {
    /// A word, by its place among the qualifiers; unknown ones by their letters.
    Word(usize, &'t str),
    /// A number behind a hyphen, by its length and digits.
    Hyphenated(usize, &'t str),
    /// A number behind a dot.
    Dotted(usize, &'t str),
}

impl Token {
    fn is_number(&self) -> bool {
        self.text.starts_with(|first: char| first.is_ascii_digit())
    }

    fn is_null(&self) -> bool {
        ["0", "", "final", "ga", "release"].contains(&&*self.text)
    }

    fn place(&self) -> Place<'_> {
        if !self.is_number() {
            let known = QUALIFIERS.iter().position(|known| *known == self.text).unwrap_or(QUALIFIERS.len());
            return Place::Word(known, &self.text);
        }
        let digits = self.text.trim_start_matches('0');
        if self.has_hyphen { Place::Hyphenated(digits.len(), digits) } else { Place::Dotted(digits.len(), digits) }
    }
}

/// Whether a version stands before its release.
pub(super) fn is_early(version: &str) -> bool {
    tokens(version).iter().any(|token| matches!(token.place(), Place::Word(place, _) if place < RELEASE))
}

/// Which of two versions is newer. Everything is a version to Maven.
pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (tokens(a), tokens(b));
    (0..a.len().max(b.len())).map(|at| place(&a, at).cmp(&place(&b, at))).find(|order| order.is_ne()).or(Some(Ordering::Equal))
}

fn place(tokens: &[Token], at: usize) -> Place<'_> {
    tokens.get(at).map_or(Place::Word(RELEASE, ""), Token::place)
}

fn tokens(version: &str) -> Vec<Token> {
    let lower = version.to_ascii_lowercase();
    let mut tokens: Vec<Token> = vec![Token { has_hyphen: false, text: String::new() }];
    let mut last = None;
    for char in lower.chars() {
        let token = tokens.last_mut().expect("there is one from the start");
        let changes = last.is_some_and(|last: char| last.is_ascii_digit() != char.is_ascii_digit() && last.is_alphanumeric());
        match char {
            '.' | '-' | '_' => tokens.push(Token { has_hyphen: char == '-', text: String::new() }),
            _ if changes => {
                expand_letter(token, char);
                tokens.push(Token { has_hyphen: true, text: char.to_string() });
            }
            _ => token.text.push(char),
        }
        last = Some(char);
    }
    tokens.iter_mut().for_each(normalise);
    trim(tokens)
}

/// `a1`, `b1` and `m1` are short for alpha, beta and milestone.
fn expand_letter(token: &mut Token, next: char) {
    let long = match &*token.text {
        "a" => "alpha",
        "b" => "beta",
        "m" => "milestone",
        _ => return,
    };
    if next.is_ascii_digit() {
        token.text = long.into();
    }
}

fn normalise(token: &mut Token) {
    let text = match &*token.text {
        "" => "0",
        "cr" => "rc",
        "final" | "ga" | "release" => "",
        _ => return,
    };
    token.text = text.into();
}

/// Drops the tokens that say nothing: at the end, and before each hyphen and word (`1.0.0.Alpha` is `1.Alpha`).
fn trim(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    for token in tokens {
        if token.has_hyphen || !token.is_number() {
            drop_nulls(&mut kept);
        }
        kept.push(token);
    }
    drop_nulls(&mut kept);
    kept
}

fn drop_nulls(tokens: &mut Vec<Token>) {
    while tokens.last().is_some_and(Token::is_null) {
        tokens.pop();
    }
}
