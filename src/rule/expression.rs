//! A compiled expression. It works on bytes (`super::bytewise`); what it finds in a text begins and ends between characters.

use std::ops::Range;

use regex::bytes::{self, RegexBuilder};

use super::bytewise::bytewise;

/// Most bytes that an expression may compile to.
pub(super) const SIZE_LIMIT: usize = 1 << 22;

/// An expression that is ready to search.
#[derive(Clone, Debug)]
pub struct Expression(bytes::Regex);

/// A match with its groups.
#[derive(Debug)]
pub struct Captured<'t> {
    text: &'t str,
    groups: bytes::Captures<'t>,
}

impl Expression {
    /// Compiles an expression as it is written.
    ///
    /// # Errors
    /// If it is no regular expression, or a huge one.
    pub fn new(text: &str) -> Result<Self, regex::Error> {
        let hir = regex_syntax::parse(text).map_err(|error| regex::Error::Syntax(error.to_string()))?;
        Self::of_bytes(&bytewise(&hir).to_string())
    }

    /// Compiles what [`bytewise`] made of one.
    pub(super) fn of_bytes(text: &str) -> Result<Self, regex::Error> {
        RegexBuilder::new(text).size_limit(SIZE_LIMIT).build().map(Self)
    }

    /// Whether there is a match.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }

    /// The first match.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        self.0.find(text.as_bytes()).map(|found| whole_characters(text, found.range()))
    }

    /// All matches, none in another.
    pub fn find_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = Range<usize>> + use<'_, 't> {
        self.0.find_iter(text.as_bytes()).map(|found| whole_characters(text, found.range()))
    }

    /// The first match with its groups.
    #[must_use]
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captured<'t>> {
        self.captures_at(text, 0)
    }

    /// The first match from a place on; what stands before it is seen.
    #[must_use]
    pub fn captures_at<'t>(&self, text: &'t str, from: usize) -> Option<Captured<'t>> {
        self.0.captures_at(text.as_bytes(), from).map(|groups| Captured { text, groups })
    }

    /// All matches with their groups.
    pub fn captures_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = Captured<'t>> + use<'_, 't> {
        self.0.captures_iter(text.as_bytes()).map(|groups| Captured { text, groups })
    }
}

impl Captured<'_> {
    /// Where the match is.
    #[must_use]
    pub fn whole(&self) -> Range<usize> {
        whole_characters(self.text, self.groups.get_match().range())
    }

    /// Where a group is, if it took part.
    #[must_use]
    pub fn name(&self, group: &str) -> Option<Range<usize>> {
        self.groups.name(group).map(|found| whole_characters(self.text, found.range()))
    }
}

/// A range of bytes, as far out as the characters are that it cuts.
fn whole_characters(text: &str, range: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_cut_within_a_character() {
        let expression = Expression::new("[^a-z]{2}(?<secret>.)k").expect("an expression");
        let text = "«»ék, é«k";
        let found: Vec<_> = expression.captures_iter(text).collect();
        assert!(!found.is_empty() && expression.is_match(text));
        for found in &found {
            assert!(text.get(found.whole()).is_some() && found.name("secret").and_then(|range| text.get(range)).is_some());
        }
        assert!(expression.find_iter(text).all(|range| text.get(range).is_some()));
        assert_eq!(expression.find("aaa"), None);
    }
}
