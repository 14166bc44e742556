//! Which patterns can match a text at all: one pass over it for the words that they require.
//!
//! Each word is known by four bytes of it, or three if it has no more. A bit for each hash of such a window says whether any word has
//! it: nearly all places of a text are done with after that bit, and the tables are made in no time.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::rule::{Clause, Requirement};

/// The bytes by which a word is known, if it has so many.
const WINDOW: usize = 4;
/// The same for the shortest words.
const SHORT_WINDOW: usize = 3;
/// How many bits a set of windows has: they stay in the nearest cache.
const BITS: u32 = 16;
/// From the most common on: the bytes that a window should not be made of.
const COMMON: &[u8] = b" etaoinsrldcpumhfgbyv";

/// The words that patterns require.
#[derive(Debug)]
pub(super) struct Prefilter {
    words: Vec<Vec<u8>>,
    long: Windows<WINDOW>,
    short: Windows<SHORT_WINDOW>,
    /// By word: the clauses that it meets.
    meets: Vec<Vec<usize>>,
    /// How many clauses there are.
    clauses: usize,
    /// By pattern: its clauses, all of which must be met.
    patterns: Vec<Range<usize>>,
}

/// Windows of one length: which words have them, and where.
#[derive(Debug)]
struct Windows<const LENGTH: usize> {
    bits: Vec<u64>,
    words: FxHashMap<u32, Vec<(usize, usize)>>,
}

impl<const LENGTH: usize> Windows<LENGTH> {
    /// The bytes of a window among the last four.
    const MASK: u32 = u32::MAX >> (32 - 8 * LENGTH);

    fn new() -> Self {
        Self { bits: vec![0; 1 << (BITS - 6)], words: FxHashMap::default() }
    }

    fn insert(&mut self, number: usize, word: &[u8]) {
        let rarest = (0..=word.len() - LENGTH).min_by_key(|&at| commonness(&word[at..at + LENGTH])).unwrap_or(0);
        let window = word[rarest..rarest + LENGTH].iter().fold(0, |window, &byte| window << 8 | u32::from(byte));
        let (index, bit) = Self::place(window);
        self.bits[index] |= bit;
        self.words.entry(window).or_default().push((number, rarest));
    }

    fn place(window: u32) -> (usize, u64) {
        let hash = window.wrapping_mul(0x9E37_79B1) >> (32 - BITS);
        ((hash >> 6) as usize, 1 << (hash & 63))
    }

    /// Whether some word may have these bytes.
    fn may_have(&self, last: u32) -> bool {
        let (index, bit) = Self::place(last & Self::MASK);
        self.bits[index] & bit != 0
    }

    /// The words that have them, and how many of their bytes come before.
    fn having(&self, last: u32) -> &[(usize, usize)] {
        self.words.get(&(last & Self::MASK)).map_or(&[], Vec::as_slice)
    }
}

/// How common the bytes of a window are in texts.
fn commonness(window: &[u8]) -> usize {
    window.iter().map(|byte| COMMON.iter().position(|common| common == byte).map_or(0, |rank| COMMON.len() - rank)).sum()
}

impl Prefilter {
    /// Of patterns by number: the words given with each, or what its expression requires.
    pub(super) fn new<'p>(patterns: impl IntoIterator<Item = (Requirement, &'p [String])>) -> Self {
        let mut this = Self {
            words: Vec::new(),
            long: Windows::new(),
            short: Windows::new(),
            meets: Vec::new(),
            clauses: 0,
            patterns: Vec::new(),
        };
        let mut numbers: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        for (requirement, keywords) in patterns {
            let first = this.clauses;
            // A keyword that is shorter than a window cannot be looked for: its pattern is always run.
            let given: Clause = keywords.iter().map(|word| word.to_ascii_lowercase().into_bytes()).collect();
            let is_telling = given.iter().all(|word| word.len() >= SHORT_WINDOW);
            let given = if is_telling { vec![given] } else { Vec::new() };
            let clauses = if keywords.is_empty() { requirement.clauses } else { given };
            this.clauses += clauses.len();
            this.patterns.push(first..this.clauses);
            for (clause, word) in
                (first..).zip(clauses).flat_map(|(number, clause)| clause.into_iter().map(move |word| (number, word)))
            {
                let number = *numbers.entry(word).or_insert_with_key(|word| this.add(word));
                this.meets[number].push(clause);
            }
        }
        this
    }

    /// Numbers a word.
    fn add(&mut self, word: &[u8]) -> usize {
        let number = self.words.len();
        self.words.push(word.to_vec());
        self.meets.push(Vec::new());
        if word.len() < WINDOW {
            self.short.insert(number, word)
        } else {
            self.long.insert(number, word)
        }
        number
    }

    /// The numbers of the patterns that may match, ascending.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        let is_met = self.clauses_met(text.as_bytes());
        (0..self.patterns.len()).filter(|&number| is_met[self.patterns[number].clone()].iter().all(|&is_met| is_met)).collect()
    }

    fn clauses_met(&self, text: &[u8]) -> Vec<bool> {
        let mut is_met = vec![false; self.clauses];
        let mut is_seen = vec![false; self.words.len()];
        let mut last = 0;
        for (at, byte) in text.iter().enumerate() {
            last = last << 8 | u32::from(byte.to_ascii_lowercase());
            let (is_long, is_short) = (self.long.may_have(last), self.short.may_have(last));
            if !is_long && !is_short {
                continue;
            }
            let long = self.long.having(last).iter().map(|&(word, before)| (word, before + WINDOW));
            let short = self.short.having(last).iter().map(|&(word, before)| (word, before + SHORT_WINDOW));
            for (word, length) in long.chain(short) {
                if !is_seen[word] && self.stands(word, text, (at + 1).checked_sub(length)) {
                    is_seen[word] = true;
                    self.meets[word].iter().for_each(|&clause| is_met[clause] = true);
                }
            }
        }
        is_met
    }

    /// Whether a word stands at a place of a text.
    fn stands(&self, word: usize, text: &[u8], start: Option<usize>) -> bool {
        let word = &self.words[word];
        let found = start.and_then(|start| text.get(start..start + word.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_patterns_whose_words_occur() {
        let keywords = vec!["Abandon".to_owned()];
        let filter = Prefilter::new([
            (Requirement::of("private_?key.+(?:wif|raw)"), &[][..]),
            (Requirement::of("[0-9]{4}"), &[]),
            (Requirement::of("(?:[a-z]+ ){12}"), &keywords),
            (Requirement::of("key"), &[]),
        ]);
        assert_eq!(filter.candidates("nothing"), [1]);
        assert_eq!(filter.candidates("a PRIVATE KEY as WIF"), [0, 1, 3]);
        assert_eq!(filter.candidates("a private key"), [1, 3]);
        assert_eq!(filter.candidates("abandon it"), [1, 2]);
    }

    #[test]
    fn words_stand_anywhere_in_any_case() {
        let words = ["abc", "bcde", "cookie", "\u{202A}", "secretkey"];
        let filter =
            Prefilter::new(words.map(|word| (Requirement { clauses: vec![vec![word.into()]], ..Requirement::default() }, &[][..])));
        let text = "x ABCDE abcd\nCoOkIe\u{202A} secretKe secretke";
        for start in (0..text.len()).filter(|&start| text.is_char_boundary(start)) {
            let lower = text[start..].to_ascii_lowercase();
            let expected: Vec<_> = (0..words.len()).filter(|&number| lower.contains(words[number])).collect();
            assert_eq!(filter.candidates(&text[start..]), expected, "{start}");
        }
    }
}
