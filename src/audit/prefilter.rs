//! Which patterns can match a text at all: one pass over it for the words that they require.

use std::ops::Range;

use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, MatchKind};
use regex_syntax::hir::{Class, Hir, HirKind};
use rustc_hash::FxHashMap;

/// Words shorter than this are in every file.
const SHORTEST: usize = 3;
/// A pattern with more alternatives than this is better run than looked up.
const MOST: usize = 64;

/// Words in lower case of which one must be in a text.
type Clause = Vec<Vec<u8>>;

/// The words that patterns require, in one automaton.
#[derive(Debug)]
pub(super) struct Prefilter {
    automaton: DFA,
    /// By word: the clauses that it meets.
    meets: Vec<Vec<usize>>,
    /// How many clauses there are.
    clauses: usize,
    /// By pattern: its clauses, all of which must be met.
    patterns: Vec<Range<usize>>,
}

impl Prefilter {
    /// Of patterns by number: the words given with each, or what its expression requires.
    pub(super) fn new<'p>(patterns: impl IntoIterator<Item = (&'p str, &'p [String])>) -> Self {
        let (mut words, mut meets): (Vec<Vec<u8>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        let mut numbers: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (expression, keywords) in patterns {
            let first = ranges.last().map_or(0, |last| last.end);
            let given: Clause = keywords.iter().map(|word| word.to_ascii_lowercase().into_bytes()).collect();
            let clauses = if given.is_empty() { required_words(expression) } else { vec![given] };
            ranges.push(first..first + clauses.len());
            for (clause, word) in
                (first..).zip(clauses).flat_map(|(number, clause)| clause.into_iter().map(move |word| (number, word)))
            {
                let number = *numbers.entry(word).or_insert_with_key(|word| {
                    words.push(word.clone());
                    meets.push(Vec::new());
                    words.len() - 1
                });
                meets[number].push(clause);
            }
        }
        let automaton = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(&words)
            .expect("some hundred short words fit into an automaton");
        Self { automaton, meets, clauses: ranges.last().map_or(0, |last| last.end), patterns: ranges }
    }

    /// The numbers of the patterns that may match, ascending.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        let is_met = self.clauses_met(text);
        (0..self.patterns.len()).filter(|&number| is_met[self.patterns[number].clone()].iter().all(|&is_met| is_met)).collect()
    }

    fn clauses_met(&self, text: &str) -> Vec<bool> {
        let mut is_met = vec![false; self.clauses];
        let mut is_seen = vec![false; self.meets.len()];
        let mut state = self.automaton.start_state(Anchored::No).expect("the automaton is built for searches from anywhere");
        for &byte in text.as_bytes() {
            state = self.automaton.next_state(Anchored::No, state, byte);
            if !self.automaton.is_special(state) || !self.automaton.is_match(state) {
                continue;
            }
            for index in 0..self.automaton.match_len(state) {
                let word = self.automaton.match_pattern(state, index).as_usize();
                if !std::mem::replace(&mut is_seen[word], true) {
                    self.meets[word].iter().for_each(|&clause| is_met[clause] = true);
                }
            }
        }
        is_met
    }
}

/// Clauses all of which every match of an expression meets; none if there are no telling ones.
fn required_words(expression: &str) -> Vec<Clause> {
    regex_syntax::parse(expression).map(|hir| required(&hir)).unwrap_or_default().into_iter().filter(is_telling).collect()
}

fn is_telling(words: &Clause) -> bool {
    words.len() <= MOST && words.iter().all(|word| word.len() >= SHORTEST)
}

fn required(hir: &Hir) -> Vec<Clause> {
    match hir.kind() {
        HirKind::Concat(parts) => in_sequence(parts),
        HirKind::Alternation(ways) => {
            let best = ways.iter().map(|way| required(way).into_iter().max_by_key(shortest));
            best.collect::<Option<Vec<_>>>().map(|clauses| clauses.concat()).into_iter().collect()
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Class(class) => class_words(class).into_iter().collect(),
        _ => letters(hir).map(|word| vec![word]).into_iter().collect(),
    }
}

/// What the parts require, where letters side by side make one word.
fn in_sequence(parts: &[Hir]) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut word = Vec::new();
    for part in parts {
        if let Some(letters) = letters(part) {
            word.extend(letters);
            continue;
        }
        clauses.push(vec![std::mem::take(&mut word)]);
        clauses.extend(required(part).into_iter().filter(is_telling));
    }
    clauses.push(vec![word]);
    clauses.retain(|words| shortest(words) > 0);
    clauses
}

fn shortest(words: &Clause) -> usize {
    words.iter().map(Vec::len).min().unwrap_or(0)
}

/// The text of a part that can be nothing else, but for the case of its letters.
fn letters(hir: &Hir) -> Option<Vec<u8>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Unicode(class)) => {
            // `(?i)` folds k and s also to U+212A and U+017F: nobody writes those, so that losing them costs nothing.
            let mut folded: Vec<_> = class
                .iter()
                .filter(|range| range.start().is_ascii())
                .flat_map(|range| [range.start(), range.end()])
                .map(|letter| letter.to_ascii_lowercase() as u8)
                .collect();
            folded.dedup();
            let is_fold =
                class.iter().all(|range| range.start() == range.end() && (range.start().is_ascii() || is_odd_fold(range.start())));
            (is_fold && folded.len() == 1).then_some(folded)
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut folded: Vec<_> =
                class.iter().flat_map(|range| [range.start(), range.end()]).map(|byte| byte.to_ascii_lowercase()).collect();
            folded.dedup();
            let is_fold = class.iter().all(|range| range.start() == range.end());
            (is_fold && folded.len() == 1).then_some(folded)
        }
        HirKind::Repetition(repetition) if repetition.min == 1 && repetition.max == Some(1) => letters(&repetition.sub),
        HirKind::Capture(capture) => letters(&capture.sub),
        _ => None,
    }
}

const fn is_odd_fold(letter: char) -> bool {
    matches!(letter, '\u{212A}' | '\u{17F}')
}

/// Characters outside of ASCII, few of them whole, more of them without their last byte.
fn class_words(class: &Class) -> Option<Vec<Vec<u8>>> {
    let Class::Unicode(class) = class else { return None };
    let size: usize = class.iter().map(|range| range.end() as usize - range.start() as usize + 1).sum();
    if size > MOST * MOST || class.iter().any(|range| range.start().is_ascii()) {
        return None;
    }
    let word = |char: char| {
        let mut bytes = [0; 4];
        let bytes = char.encode_utf8(&mut bytes).as_bytes();
        bytes[..bytes.len() - usize::from(size > MOST)].to_vec()
    };
    let mut words: Vec<_> = class.iter().flat_map(|range| range.start()..=range.end()).map(word).collect();
    words.dedup();
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pattern_requires() {
        let words = |expression: &str| {
            let clause =
                |words: Clause| words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect::<Vec<_>>().join(" ");
            required_words(expression).into_iter().map(clause).collect::<Vec<_>>().join("; ")
        };
        let cases = [
            (r"(?i)private_?key\s*[:=]", "private; key"),
            (r"https?://(?:cdn|unpkg)\.", "http; ://; cdn unpkg"),
            (r"(?i)\b(?:TODO|FIXME)\b.*", "todo fixme"),
            (r"curl[^\n|]*\|\s*(?:ba)?sh", "curl"),
            (r"(?-u:\b)(?i)mask\d+", "mask"),
            (r"[5KL][1-9A-Z]{50}", ""),
            (r"a|bcde", ""),
            (r"x(?:abcd)?y", ""),
            (r"(?:abc){2}", "abc"),
        ];
        for (expression, expected) in cases {
            assert_eq!(words(expression), expected, "{expression}");
        }
        let marks = required_words("[\u{202A}-\u{202E}]");
        assert_eq!(marks.concat().iter().map(Vec::len).collect::<Vec<_>>(), [3; 5]);
        assert_eq!(
            required_words("[\u{E0100}-\u{E01EF}]{8}"),
            [(0x84..=0x87).map(|byte| vec![0xF3, 0xA0, byte]).collect::<Clause>()]
        );
    }

    #[test]
    fn candidates_are_patterns_whose_words_occur() {
        let keywords = vec!["Abandon".to_owned()];
        let filter = Prefilter::new([
            ("private_?key.+(?:wif|raw)", &[][..]),
            ("[0-9]{4}", &[]),
            ("(?:[a-z]+ ){12}", &keywords),
            ("key", &[]),
        ]);
        assert_eq!(filter.candidates("nothing"), [1]);
        assert_eq!(filter.candidates("a PRIVATE KEY as WIF"), [0, 1, 3]);
        assert_eq!(filter.candidates("a private key"), [1, 3]);
        assert_eq!(filter.candidates("abandon it"), [1, 2]);
    }
}
