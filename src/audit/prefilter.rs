//! Which patterns can match a text at all: one pass over it for the words that they require.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Words shorter than this are in every file.
const SHORTEST: usize = 3;
/// A pattern with more alternatives than this is better run than looked up.
const MOST: usize = 64;

/// The words that patterns require, in one automaton.
#[derive(Debug)]
pub(super) struct Prefilter {
    automaton: AhoCorasick,
    /// By word: the patterns that are possible where it stands.
    owners: Vec<Vec<usize>>,
    /// Patterns that require no word.
    always: Vec<usize>,
    patterns: usize,
}

impl Prefilter {
    /// Of patterns by number: the words given with each, or what its expression requires.
    pub(super) fn new<'p>(patterns: impl IntoIterator<Item = (&'p str, &'p [String])>) -> Self {
        let mut words: Vec<Vec<u8>> = Vec::new();
        let mut owners: Vec<Vec<usize>> = Vec::new();
        let mut always = Vec::new();
        let mut count = 0;
        for (number, (expression, keywords)) in patterns.into_iter().enumerate() {
            count = number + 1;
            let given: Vec<_> = keywords.iter().map(|word| word.to_ascii_lowercase().into_bytes()).collect();
            let required = if given.is_empty() { required_words(expression) } else { Some(given) };
            let Some(required) = required else {
                always.push(number);
                continue;
            };
            for word in required {
                match words.iter().position(|known| *known == word) {
                    Some(known) => owners[known].push(number),
                    None => {
                        words.push(word);
                        owners.push(vec![number]);
                    }
                }
            }
        }
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .expect("some hundred short words fit into an automaton");
        Self { automaton, owners, always, patterns: count }
    }

    /// The numbers of the patterns that may match, ascending.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        let mut is_candidate = vec![false; self.patterns];
        self.always.iter().for_each(|&number| is_candidate[number] = true);
        if self.owners.is_empty() {
            return self.always.clone();
        }
        let mut is_seen = vec![false; self.owners.len()];
        for word in self.automaton.find_overlapping_iter(text).map(|found| found.pattern().as_usize()) {
            if !std::mem::replace(&mut is_seen[word], true) {
                self.owners[word].iter().for_each(|&number| is_candidate[number] = true);
            }
        }
        (0..self.patterns).filter(|&number| is_candidate[number]).collect()
    }
}

/// Words in lower case one of which is in every match of an expression; None if there are no telling ones.
fn required_words(expression: &str) -> Option<Vec<Vec<u8>>> {
    required(&regex_syntax::parse(expression).ok()?).filter(|words| is_telling(words))
}

fn is_telling(words: &[Vec<u8>]) -> bool {
    words.len() <= MOST && words.iter().all(|word| word.len() >= SHORTEST)
}

fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Concat(parts) => in_sequence(parts),
        HirKind::Alternation(ways) => {
            ways.iter().map(required).collect::<Option<Vec<_>>>().map(|words| words.into_iter().flatten().collect())
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Class(class) => class_words(class),
        _ => letters(hir).map(|word| vec![word]),
    }
}

/// The most telling of what the parts require, where letters side by side make one word.
fn in_sequence(parts: &[Hir]) -> Option<Vec<Vec<u8>>> {
    let mut best: Option<Vec<Vec<u8>>> = None;
    let mut word = Vec::new();
    let mut offer = |words: Vec<Vec<u8>>| {
        if best.as_ref().is_none_or(|known| shortest(known) < shortest(&words)) {
            best = Some(words);
        }
    };
    for part in parts {
        if let Some(letters) = letters(part) {
            word.extend(letters);
            continue;
        }
        offer(vec![std::mem::take(&mut word)]);
        if let Some(words) = required(part).filter(|words| is_telling(words)) {
            offer(words);
        }
    }
    offer(vec![word]);
    best.filter(|words| shortest(words) > 0)
}

fn shortest(words: &[Vec<u8>]) -> usize {
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
            let words = required_words(expression)?;
            Some(words.into_iter().map(|word| String::from_utf8_lossy(&word).into_owned()).collect::<Vec<_>>().join(" "))
        };
        let cases = [
            (r"(?i)private_?key\s*[:=]", Some("private")),
            (r"https?://(?:cdn|unpkg)\.", Some("http")),
            (r"(?i)\b(?:TODO|FIXME)\b.*", Some("todo fixme")),
            (r"curl[^\n|]*\|\s*(?:ba)?sh", Some("curl")),
            (r"(?-u:\b)(?i)mask\d+", Some("mask")),
            (r"[5KL][1-9A-Z]{50}", None),
            (r"a|bcde", None),
            (r"x(?:abcd)?y", None),
            (r"(?:abc){2}", Some("abc")),
        ];
        for (expression, expected) in cases {
            assert_eq!(words(expression).as_deref(), expected, "{expression}");
        }
        let marks = required_words("[\u{202A}-\u{202E}]").expect("five characters");
        assert_eq!(marks.iter().map(Vec::len).collect::<Vec<_>>(), [3; 5]);
        assert_eq!(required_words("[\u{E0100}-\u{E01EF}]{8}"), Some((0x84..=0x87).map(|byte| vec![0xF3, 0xA0, byte]).collect()));
    }

    #[test]
    fn candidates_are_patterns_whose_words_occur() {
        let keywords = vec!["Abandon".to_owned()];
        let filter = Prefilter::new([("private_?key", &[][..]), ("[0-9]{4}", &[]), ("(?:[a-z]+ ){12}", &keywords), ("key", &[])]);
        assert_eq!(filter.candidates("nothing"), [1]);
        assert_eq!(filter.candidates("a PRIVATE KEY"), [0, 1, 3]);
        assert_eq!(filter.candidates("abandon it"), [1, 2]);
    }
}
