//! What every match of an expression has, found from the expression alone: words in it, and of which bytes it is made. The build
//! script uses this file too, so that a start need not analyse the expressions of `rules/`: it knows nothing of the program.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::bytewise::bytewise;

/// Words shorter than this are in every file.
const SHORTEST_WORD: usize = 3;
/// A pattern with more alternatives than this is better run than looked up.
const MOST_WORDS: usize = 64;
/// Shorter matches are found as fast by the expression itself.
const SHORTEST_RUN: usize = 16;
/// More sorts of ASCII characters than this are in nearly every line.
const MOST_SORTS: u32 = 80;
/// The same for a part of a match: names are made of letters, digits and a line below.
const MOST_SORTS_OF_PART: u32 = 36;

/// Words in lower case of which one must be in a text.
pub(crate) type Clause = Vec<Vec<u8>>;

/// What every match of an expression has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// All of these must be met; none if there are no telling ones.
    pub(crate) clauses: Vec<Clause>,
    /// The bytes of which every match consists, if they are few and matches long.
    pub(crate) run: Option<RunOf>,
    /// The bytes of which some part of every match consists, such as the digits of a key behind its name.
    pub(crate) part: Option<RunOf>,
    /// The least number of bytes.
    pub(crate) least: usize,
}

/// Of what a match is made, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RunOf {
    /// One bit for each byte of ASCII.
    pub(crate) ascii: u128,
    /// Whether bytes beyond ASCII are in it.
    pub(crate) beyond: bool,
    /// The least number of bytes.
    pub(crate) least: usize,
}

impl Requirement {
    /// Of an expression; nothing of one that is broken.
    pub(crate) fn of(expression: &str) -> Self {
        let Ok(hir) = regex_syntax::parse(expression).map(|hir| bytewise(&hir)) else { return Self::default() };
        let clauses = required(&hir).into_iter().filter(is_telling).collect();
        let (run, part) = (RunOf::of(&hir), RunOf::within(&hir));
        Self { clauses, run, part, least: hir.properties().minimum_len().unwrap_or(0) }
    }
}

impl RunOf {
    /// Of an expression whose matches are long and do not depend on what stands more than a character away.
    fn of(hir: &Hir) -> Option<Self> {
        let least = hir.properties().minimum_len().filter(|&least| least >= SHORTEST_RUN)?;
        let mut run = Self { ascii: 0, beyond: false, least };
        run.add(hir);
        (run.ascii.count_ones() <= MOST_SORTS && !hir.properties().look_set().contains_anchor()).then_some(run)
    }

    /// Of the most telling part of an expression that every match has.
    fn within(hir: &Hir) -> Option<Self> {
        let inner = match hir.kind() {
            HirKind::Concat(parts) => parts.iter().filter_map(Self::within).max_by_key(|run| (run.rarity(), run.least)),
            HirKind::Repetition(repetition) if repetition.min > 0 => Self::within(&repetition.sub),
            HirKind::Capture(capture) => Self::within(&capture.sub),
            HirKind::Alternation(ways) => {
                let ways = ways.iter().map(Self::within).collect::<Option<Vec<_>>>();
                ways.and_then(|ways| ways.into_iter().reduce(Self::either)).filter(Self::is_telling)
            }
            _ => None,
        };
        inner.or_else(|| Self::of_part(hir))
    }

    fn of_part(hir: &Hir) -> Option<Self> {
        let least = hir.properties().minimum_len().filter(|&least| least >= SHORTEST_RUN)?;
        let mut run = Self { ascii: 0, beyond: false, least };
        run.add(hir);
        Some(run).filter(Self::is_telling)
    }

    const fn is_telling(&self) -> bool {
        self.ascii.count_ones() <= MOST_SORTS_OF_PART && !self.beyond
    }

    /// How seldom such a run is.
    const fn rarity(&self) -> usize {
        self.least * (128 - self.ascii.count_ones() as usize)
    }

    fn either(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, beyond: self.beyond || other.beyond, least: self.least.min(other.least) }
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
        (first..=last.min(127)).for_each(|byte| self.ascii |= 1 << byte);
        self.beyond |= last > 127;
    }
}

fn is_telling(words: &Clause) -> bool {
    words.len() <= MOST_WORDS && words.iter().all(|word| word.len() >= SHORTEST_WORD)
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
    if size > MOST_WORDS * MOST_WORDS || class.iter().any(|range| range.start().is_ascii()) {
        return None;
    }
    let word = |char: char| {
        let mut bytes = [0; 4];
        let bytes = char.encode_utf8(&mut bytes).as_bytes();
        bytes[..bytes.len() - usize::from(size > MOST_WORDS)].to_vec()
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
            Requirement::of(expression).clauses.into_iter().map(clause).collect::<Vec<_>>().join("; ")
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
        let marks = Requirement::of("[\u{202A}-\u{202E}]").clauses;
        assert_eq!(marks.concat().iter().map(Vec::len).collect::<Vec<_>>(), [3; 5]);
        assert_eq!(
            Requirement::of("[\u{E0100}-\u{E01EF}]{8}").clauses,
            [(0x84..=0x87).map(|byte| vec![0xF3, 0xA0, byte]).collect::<Clause>()]
        );
    }

    #[test]
    fn a_part_of_every_match_may_be_a_run() {
        let part = |expression: &str| Requirement::of(expression).part.map(|run| (run.ascii.count_ones(), run.least));
        for (expression, expected) in [
            (r"(?i)key[\w-]*\s*[:=]\s*(?P<secret>(?:0x)?[0-9a-f]{64})(?-u:\b)", Some((22, 64))),
            (r"id=(?:[0-9a-f]{32}|[A-Z2-7]{40})", Some((42, 32))),
            (r"id=(?:[0-9]{32}|[a-f]{40})", Some((16, 32))),
            (r"id=(?:[0-9]{32}|x)", None),
            (r"key:(?:[0-9a-f]{64})?", None),
            (r"name [A-Za-z0-9_]{40}", None),
            (r"(?:[a-f]{20},){3}", Some((6, 20))),
        ] {
            let expected = expected.filter(|&(sorts, _)| sorts <= MOST_SORTS_OF_PART);
            assert_eq!(part(expression), expected, "{expression}");
        }
    }

    #[test]
    fn short_or_anchored_expressions_have_no_run() {
        assert!(["[a-z]{3}", "^[a-z]{30}$", "(?m)^[a-z]{30}"].iter().all(|expression| Requirement::of(expression).run.is_none()));
    }
}
