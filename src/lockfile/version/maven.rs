//! The order of Maven versions (the specification in Maven's POM reference, "Version Order Specification").

use std::cmp::Ordering;

/// Words with a place in the order, from the oldest; the empty word is the release itself.
const QUALIFIERS: &[&str] = &["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

/// A token and whether a hyphen (or a change between digits and letters) stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    has_hyphen: bool,
    text: String,
}

impl Token {
    fn is_number(&self) -> bool {
        self.text.starts_with(|first: char| first.is_ascii_digit())
    }

    fn is_null(&self) -> bool {
        ["0", "", "final", "ga", "release"].contains(&&*self.text)
    }

    /// Where the sort of the token stands: `.word` < `-word` < `-number` < `.number`.
    fn rank(&self) -> u8 {
        match (self.is_number(), self.has_hyphen) {
            (false, false) => 0,
            (false, true) => 1,
            (true, true) => 2,
            (true, false) => 3,
        }
    }
}

/// Which of two versions is newer. Everything is a version to Maven.
pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (tokens(a), tokens(b));
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => token(a, b),
            (Some(a), None) => token(a, &padding(a)),
            (None, Some(b)) => token(&padding(b), b),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

/// What stands opposite a token that the other version does not have.
fn padding(token: &Token) -> Token {
    let text = if token.is_number() { "0" } else { "" };
    Token { has_hyphen: token.has_hyphen, text: text.into() }
}

fn token(a: &Token, b: &Token) -> Ordering {
    match (a.is_number(), b.is_number()) {
        (true, true) if a.has_hyphen == b.has_hyphen => number(&a.text, &b.text),
        (false, false) if a.has_hyphen == b.has_hyphen => word(&a.text, &b.text),
        _ => a.rank().cmp(&b.rank()),
    }
}

fn number(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn word(a: &str, b: &str) -> Ordering {
    let place = |word: &str| QUALIFIERS.iter().position(|known| *known == word).unwrap_or(QUALIFIERS.len());
    place(a).cmp(&place(b)).then_with(|| a.cmp(b))
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

/// Drops the tokens that say nothing: at the end, and before each hyphen.
fn trim(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    for token in tokens {
        if token.has_hyphen {
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
