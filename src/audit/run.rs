//! Runs of characters: a pattern of few sorts of characters is looked for only where such characters stand long enough.

use std::ops::Range;

use crate::rule::{Captured, Expression, RunOf};

/// The bytes of which every match of an expression consists, and how many a match has at least.
#[derive(Clone, Debug)]
pub(super) struct Run {
    is_part: [bool; 256],
    least: usize,
}

impl From<RunOf> for Run {
    fn from(run: RunOf) -> Self {
        let is_part = std::array::from_fn(|byte| if byte < 128 { run.ascii >> byte & 1 == 1 } else { run.beyond });
        Self { is_part, least: run.least }
    }
}

impl Run {
    /// All matches of the expression in a text. It is compiled when there is a run.
    pub(super) fn captures<'r, 't>(&self, expression: impl Fn() -> &'r Expression, text: &'t str) -> Vec<Captured<'t>> {
        let mut found = Vec::new();
        for run in self.runs(text.as_bytes()) {
            let expression = expression();
            // The character behind the run decides whether a word ends there.
            let seen = &text[..text.ceil_char_boundary((run.end + 1).min(text.len()))];
            let mut from = run.start;
            while let Some(captures) = expression.captures_at(seen, from) {
                from = captures.whole().end;
                found.push(captures);
            }
        }
        found
    }

    /// Whether there is a run that is long enough.
    pub(super) fn stands_in(&self, text: &str) -> bool {
        self.runs(text.as_bytes()).next().is_some()
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
    use crate::rule::Requirement;

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
            let regex = Expression::new(expression).expect("a pattern");
            let run = Run::from(Requirement::of(expression).run.expect("long, and of few sorts"));
            let found: Vec<_> = run.captures(|| &regex, text).iter().map(|captures| captures.whole()).collect();
            let expected: Vec<_> = regex.find_iter(text).collect();
            assert_eq!(found, expected, "{expression}");
            assert!(!found.is_empty(), "{expression}");
        }
    }
}
