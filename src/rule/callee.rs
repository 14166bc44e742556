use std::borrow::Cow;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use rustc_hash::FxHashMap;

use super::pattern::expand_braces;

/// A pattern of callee paths.
///
/// A path is written with dots whatever the language: a module, then members, `()` for the result of a call and for an instance:
/// `crypto.pbkdf2Sync`, `bip39.Mnemonic.generate`, `crypto.createCipheriv().update`. An unknown receiver is `?` and its name:
/// `?event.sender.send`.
/// `*` at the beginning is any receiver or module (one segment or more), within a segment any run of characters; `{a,b}` is one of
/// several. `new ` before the path asks for a constructor call.
#[derive(Clone, Debug)]
pub struct CalleePattern {
    text: String,
    is_new: bool,
    alternatives: Vec<Arc<Alternative>>,
}

/// One of several paths that a pattern stands for.
#[derive(Clone, Debug)]
struct Alternative {
    /// From the last to the first, without the star of any receiver.
    segments: Vec<Segment>,
    any_receiver: bool,
}

#[derive(Clone, Debug)]
enum Segment {
    Exact(Box<str>),
    /// With stars.
    Wild(Wild),
}

/// A text with stars, taken apart: each star is any run of characters.
#[derive(Clone, Debug)]
struct Wild {
    text: Box<str>,
    /// Before the first star and behind the last one.
    ends: (Box<str>, Box<str>),
    /// Between stars, in order.
    between: Box<[Box<str>]>,
}

impl CalleePattern {
    /// Compiles a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (is_new, path) = text.strip_prefix("new ").map_or((false, text), |rest| (true, rest));
        let dotted = if path.contains("::") { Cow::Owned(path.replace("::", ".")) } else { Cow::Borrowed(path) };
        let alternatives = if dotted.contains('{') {
            expand_braces(&dotted).iter().map(|path| Arc::new(Alternative::new(path))).collect()
        } else {
            vec![Arc::new(Alternative::new(&dotted))]
        };
        Self { text: text.into(), is_new, alternatives }
    }

    /// Whether a resolved path matches; `is_new` says that it is constructed.
    #[must_use]
    pub fn matches(&self, path: &str, is_new: bool) -> bool {
        (is_new || !self.is_new) && self.alternatives.iter().any(|alternative| alternative.matches(path.rsplit('.')))
    }

    /// Whether only constructor calls match.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether it says nothing of the receiver or module, so that a match is a guess.
    #[must_use]
    pub fn is_guess(&self) -> bool {
        self.text.starts_with('*')
    }

    /// The names with which its paths end, those of modules without their folders; results of calls without their mark.
    pub fn ends(&self) -> impl Iterator<Item = &str> {
        let ends = self.alternatives.iter().filter_map(|alternative| alternative.segments.first().map(Segment::text));
        ends.map(|text| text.rsplit('/').next().unwrap_or(text).trim_end_matches("()"))
    }

    /// The names with which those of its paths end that begin with an object known by its name only.
    pub fn spoken_ends(&self) -> impl Iterator<Item = &str> {
        let is_spoken = |alternative: &&Arc<Alternative>| {
            !alternative.any_receiver && alternative.segments.last().is_some_and(|first| first.text().starts_with('?'))
        };
        self.alternatives.iter().filter(is_spoken).filter_map(|alternative| alternative.segments.first().map(Segment::text))
    }

    /// Whether one of its paths begins with a module, or with one below it: `idb` and `idb/with-async` are of `idb`.
    #[must_use]
    pub fn is_of(&self, module: &str) -> bool {
        self.alternatives.iter().any(|alternative| alternative.begins_with(module))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Alternative {
    fn begins_with(&self, module: &str) -> bool {
        let segments: Vec<_> = self.segments.iter().rev().map(Segment::text).collect();
        let path = segments.join(".");
        let rest = path.strip_prefix(module).filter(|_| !self.any_receiver);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', '(']))
    }

    fn new(path: &str) -> Self {
        let (any_receiver, path) = path.strip_prefix("*.").map_or((false, path), |rest| (true, rest));
        let segment = |text: &str| Wild::new(text).map_or_else(|| Segment::Exact(text.into()), Segment::Wild);
        Self { segments: path.rsplit('.').map(segment).collect(), any_receiver }
    }

    /// Whether the segments of a path match, which come from the last to the first.
    fn matches<'p>(&self, mut found: impl Iterator<Item = &'p str>) -> bool {
        let is_met = self.segments.iter().all(|segment| found.next().is_some_and(|text| segment.matches(text)));
        // An anchored pattern must have used the whole path, one with any receiver must leave some of it.
        is_met && found.next().is_some() == self.any_receiver
    }
}

impl Segment {
    fn text(&self) -> &str {
        match self {
            Self::Exact(text) | Self::Wild(Wild { text, .. }) => text,
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => **exact == *text,
            Self::Wild(wild) => wild.matches(text),
        }
    }
}

impl Wild {
    /// None if there is no star.
    fn new(text: &str) -> Option<Self> {
        let (head, rest) = text.split_once('*')?;
        let (between, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
        let between = between.split('*').filter(|part| !part.is_empty()).map(Box::from).collect();
        Some(Self { text: text.into(), ends: (head.into(), tail.into()), between })
    }

    fn matches(&self, text: &str) -> bool {
        let Some(inner) = text.strip_prefix(&*self.ends.0).and_then(|rest| rest.strip_suffix(&*self.ends.1)) else { return false };
        // Where each part stands first leaves most room for the others.
        let mut parts = self.between.iter();
        parts.try_fold(inner, |rest, part| rest.find(&**part).map(|at| &rest[at + part.len()..])).is_some()
    }
}

impl<'de> Deserialize<'de> for CalleePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.matches('{').count() != text.matches('}').count() {
            return Err(D::Error::custom(format!("the braces of `{text}` do not close")));
        }
        Ok(Self::new(&text))
    }
}

/// Many patterns, each with its owner, by the last two of their segments as far as those have no star: a path meets only the few
/// that end as it does.
#[derive(Clone, Debug)]
pub struct CalleeIndex<O> {
    by_last: FxHashMap<Box<str>, Bucket<O>>,
    by_last_but_one: FxHashMap<Box<str>, Vec<Entry<O>>>,
    others: Others<O>,
}

/// Patterns of which the last two segments have stars, by a byte with which one of the last few must begin or end: without it all of
/// them would be tried on every path.
#[derive(Clone, Debug)]
struct Others<O> {
    by_end: FxHashMap<End, Vec<Entry<O>>>,
    any: Vec<Entry<O>>,
}

/// A byte at an end of a segment: which segment from the last, and whether it begins with it.
type End = (usize, bool, u8);

/// The patterns that end with a name.
#[derive(Clone, Debug)]
struct Bucket<O> {
    by_last_but_one: FxHashMap<Box<str>, Vec<Entry<O>>>,
    others: Vec<Entry<O>>,
}

/// A path that a pattern stands for.
#[derive(Clone, Debug)]
struct Entry<O> {
    alternative: Arc<Alternative>,
    matched: Matched<O>,
}

/// A pattern that matches a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched<O> {
    /// Whose pattern it is.
    pub owner: O,
    /// Whether it matches only where the path is constructed.
    pub only_new: bool,
    /// Whether it says nothing of the receiver.
    pub is_guess: bool,
}

impl<O> Default for CalleeIndex<O> {
    fn default() -> Self {
        let others = Others { by_end: FxHashMap::default(), any: Vec::new() };
        Self { by_last: FxHashMap::default(), by_last_but_one: FxHashMap::default(), others }
    }
}

impl<O> Others<O> {
    /// Where a pattern with such segments belongs.
    fn list(&mut self, segments: &[Segment]) -> &mut Vec<Entry<O>> {
        let end_of = |(at, segment): (usize, &Segment)| {
            let (head, tail) = match segment {
                Segment::Exact(text) => (text, text),
                Segment::Wild(Wild { ends: (head, tail), .. }) => (head, tail),
            };
            let first = head.as_bytes().first().map(|&byte| (at, true, byte));
            first.or_else(|| tail.as_bytes().last().map(|&byte| (at, false, byte)))
        };
        match segments.iter().enumerate().take(SEGMENTS_WITH_ENDS).find_map(end_of) {
            Some(end) => self.by_end.entry(end).or_default(),
            None => &mut self.any,
        }
    }

    /// The patterns that may match a path with such segments.
    fn possible<'o>(&'o self, path: &'o [&str]) -> impl Iterator<Item = &'o Entry<O>> {
        let ends = path.iter().enumerate().take(SEGMENTS_WITH_ENDS).flat_map(|(at, text)| {
            let (first, last) = (text.as_bytes().first(), text.as_bytes().last());
            [first.map(|&byte| (at, true, byte)), last.map(|&byte| (at, false, byte))]
        });
        ends.flatten().filter_map(|end| self.by_end.get(&end)).flatten().chain(&self.any)
    }
}

impl<O> Default for Bucket<O> {
    fn default() -> Self {
        Self { by_last_but_one: FxHashMap::default(), others: Vec::new() }
    }
}

/// So many segments from the last are looked at for such a byte.
const SEGMENTS_WITH_ENDS: usize = 4;

/// A path with more segments than this is taken apart in memory of its own.
const MOST_SEGMENTS: usize = 16;

impl<O: Copy> CalleeIndex<O> {
    /// Adds a pattern.
    pub fn insert(&mut self, pattern: &CalleePattern, owner: O) {
        let matched = Matched { owner, only_new: pattern.is_new, is_guess: pattern.is_guess() };
        for alternative in &pattern.alternatives {
            let entry = Entry { alternative: Arc::clone(alternative), matched };
            let list = match &*alternative.segments {
                [Segment::Exact(last), before @ ..] => {
                    let bucket = self.by_last.entry(last.clone()).or_default();
                    match before {
                        [Segment::Exact(before), ..] => bucket.by_last_but_one.entry(before.clone()).or_default(),
                        _ => &mut bucket.others,
                    }
                }
                [_, Segment::Exact(before), ..] => self.by_last_but_one.entry(before.clone()).or_default(),
                segments => self.others.list(segments),
            };
            list.push(entry);
        }
    }

    /// The patterns that a path matches, constructed or not; one that matches in several ways comes several times.
    #[must_use]
    pub fn matching(&self, path: &str) -> Vec<Matched<O>> {
        let mut few = [""; MOST_SEGMENTS];
        let mut count = 0;
        for segment in path.rsplit('.') {
            if count == MOST_SEGMENTS {
                return self.matching_segments(&path.rsplit('.').collect::<Vec<_>>());
            }
            few[count] = segment;
            count += 1;
        }
        self.matching_segments(&few[..count])
    }

    /// The same for the segments of a path, from the last to the first.
    fn matching_segments(&self, path: &[&str]) -> Vec<Matched<O>> {
        let before = path.get(1);
        let bucket = path.first().and_then(|last| self.by_last.get(*last));
        let exact = bucket.and_then(|bucket| bucket.by_last_but_one.get(*before?));
        let by_last = exact.into_iter().chain(bucket.map(|bucket| &bucket.others));
        let by_last_but_one = before.and_then(|before| self.by_last_but_one.get(*before));
        let entries = by_last.chain(by_last_but_one).flatten().chain(self.others.possible(path));
        entries.filter(|entry| entry.alternative.matches(path.iter().copied())).map(|entry| entry.matched).collect()
    }
}

impl<'p, O: Copy> FromIterator<(O, &'p CalleePattern)> for CalleeIndex<O> {
    fn from_iter<I: IntoIterator<Item = (O, &'p CalleePattern)>>(patterns: I) -> Self {
        let mut index = Self::default();
        patterns.into_iter().for_each(|(owner, pattern)| index.insert(pattern, owner));
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_in_front_is_any_receiver() {
        let pattern = CalleePattern::new("*.setItem");
        assert!(pattern.matches("localStorage.setItem", false));
        assert!(pattern.matches("?a.b.setItem", false));
        assert!(!pattern.matches("setItem", false));
    }

    #[test]
    fn a_star_inside_is_one_segment_and_new_asks_for_a_constructor() {
        let pattern = CalleePattern::new("new electron.{BrowserWindow,BrowserView}");
        assert!(pattern.matches("electron.BrowserView", true));
        assert!(!pattern.matches("electron.BrowserView", false));
        let pattern = CalleePattern::new("aes::*::encrypt");
        assert!(pattern.matches("aes.cbc.encrypt", false));
        assert!(!pattern.matches("aes.a.b.encrypt", false));
        assert!(CalleePattern::new("@sentry/*.capture*").matches("@sentry/react.captureMessage", false));
    }

    #[test]
    fn each_star_is_any_run() {
        for (pattern, text, expected) in [
            ("a*", "a", true),
            ("*a", "ba", true),
            ("ab*ba", "aba", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxcyyb", false),
            ("a*bb*bc", "abbbc", true),
            ("a**c", "ac", true),
            ("*x*", "é", false),
            ("a*", "é", false),
        ] {
            assert_eq!(Wild::new(pattern).expect("a star").matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn an_index_finds_what_each_pattern_alone_would() {
        let texts = [
            "*.setItem",
            "a.b",
            "localStorage.*",
            "<*>",
            "new x.Y",
            "*.is*Url*",
            "{a,b}.c::d",
            "*/md5",
            "*.c.d",
            "*",
            "a*.b",
            "a*.*",
            "*.*Up",
            "b.c.*.*",
        ];
        let patterns = texts.map(CalleePattern::new);
        let index: CalleeIndex<usize> = patterns.iter().enumerate().collect();
        let deep = format!("{}.c.d", "a.".repeat(20));
        let paths = [
            "?s.setItem",
            "setItem",
            "a.b",
            "localStorage.k",
            "<A>",
            "x.Y",
            "v.isMyUrlOk",
            "b.c.d",
            "z/md5",
            "c.d",
            "abc.d",
            "a.setUp",
            "b.c.x.y",
            "",
        ];
        for path in paths.into_iter().chain([&*deep]) {
            let mut owners: Vec<_> = index.matching(path).iter().map(|matched| matched.owner).collect();
            owners.sort_unstable();
            let alone: Vec<_> = (0..texts.len()).filter(|&owner| patterns[owner].matches(path, true)).collect();
            assert_eq!(owners, alone, "{path}");
        }
        assert_eq!(index.matching("x.Y"), [Matched { owner: 4, only_new: true, is_guess: false }]);
    }
}
