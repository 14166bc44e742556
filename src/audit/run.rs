//! Runs of characters: a pattern of few sorts of characters is looked for only where such characters stand long enough.

use std::ops::Range;

use regex::{Captures, Regex};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Shorter matches are found as fast by the expression itself.
const SHORTEST: usize = 16;
/// More sorts of ASCII characters than this are in nearly every line.
const MOST_SORTS: usize = 80;

/// The bytes of which every match of an expression consists, and how many a match has at least.
#[derive(Clone, Debug)]
pub(super) struct Run {
    is_part: [bool; 256],
    least: usize,
}

impl Run {
    /// Of an expression whose matches are long and do not depend on what stands more than a character away.
    pub(super) fn of(expression: &str) -> Option<Self> {
        let hir = regex_syntax::parse(expression).ok()?;
        let least = hir.properties().minimum_len().filter(|&least| least >= SHORTEST)?;
        let mut run = Self { is_part: [false; 256], least };
        run.add(&hir);
        let is_narrow = run.is_part.iter().take(128).filter(|&&is_part| is_part).count() <= MOST_SORTS;
        (is_narrow && !hir.properties().look_set().contains_anchor()).then_some(run)
    }

    /// Notes the bytes of an expression; a character outside of ASCII stands for all of them.
    fn add(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Literal(literal) => literal.0.iter().for_each(|&byte| self.add_range(byte.into(), byte.into())),
            HirKind::Class(Class::Unicode(class)) => {
                class.iter().for_each(|range| self.add_range(range.start().into(), range.end().into()));
            }
            HirKind::Class(Class::Bytes(class)) => {
                class.iter().for_each(|range| self.add_range(range.start().into(), range.end().into()));
            }
            _ => hir.kind().subs().iter().for_each(|part| self.add(part)),
        }
    }

    fn add_range(&mut self, first: u32, last: u32) {
        (first..=last.min(127)).for_each(|byte| self.is_part[byte as usize] = true);
        if last > 127 {
            self.is_part[128..].fill(true);
        }
    }

    /// All matches of the expression in a text.
    pub(super) fn captures<'t>(&self, regex: &Regex, text: &'t str) -> Vec<Captures<'t>> {
        let mut found = Vec::new();
        for run in self.runs(text.as_bytes()) {
            // The character behind the run decides whether a word ends there.
            let seen = &text[..text.ceil_char_boundary((run.end + 1).min(text.len()))];
            let mut from = run.start;
            while let Some(captures) = regex.captures_at(seen, from) {
                from = captures.get_match().end();
                found.push(captures);
            }
        }
        found
    }

    /// The longest runs that are long enough, looking only at every so manieth byte where there are none.
    fn runs<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = Range<usize>> + use<'t, '_> {
        let is_part = |at: &usize| self.is_part[usize::from(text[*at])];
        let mut from = 0;
        std::iter::from_fn(move || {
            while from + self.least <= text.len() {
                match (from..from + self.least).rev().find(|at| !is_part(at)) {
                    Some(gap) => from = gap + 1,
                    None => {
                        let end = (from + self.least..text.len()).find(|at| !is_part(at)).unwrap_or(text.len());
                        return Some(std::mem::replace(&mut from, end + 1)..end);
                    }
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_in_runs_is_what_the_expression_finds() {
        let cases = [
            (
                r"(?-u:\b)[5KL][1-9A-HJ-NP-Za-km-z]{20,22}(?-u:\b)",
                "x 5abcdefghijkmnopqrstu, 5abcdefghijkmnopqrstuv_ K1234512345123451234512é",
            ),
            (
                r"(?:[a-z]{3,8},?\s+){4,}[a-z]{3,8}",
                "one two three four five. six seven; eight nine ten eleven twelve thirteen\u{2003}more",
            ),
            (r"[\x{FE00}-\x{FE0F}]{8,}", "ab\u{FE00}\u{FE01}\u{FE00}\u{FE01}\u{FE00}\u{FE01}\u{FE00}\u{FE01}é"),
        ];
        for (expression, text) in cases {
            let regex = Regex::new(expression).expect("a pattern");
            let run = Run::of(expression).expect("long, and of few sorts");
            let found: Vec<_> = run.captures(&regex, text).iter().map(|captures| captures.get_match().range()).collect();
            let expected: Vec<_> = regex.find_iter(text).map(|found| found.range()).collect();
            assert_eq!(found, expected, "{expression}");
            assert!(!found.is_empty(), "{expression}");
        }
    }

    #[test]
    fn short_or_anchored_expressions_have_no_run() {
        assert!(["[a-z]{3}", "^[a-z]{30}$", "(?m)^[a-z]{30}"].iter().all(|expression| Run::of(expression).is_none()));
    }
}
