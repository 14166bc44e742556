use std::fmt;
use std::sync::OnceLock;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A regular expression in a rule: linear in time, case-sensitive unless it says `(?i)`.
///
/// It is compiled at its first use: most rules never meet a file that needs theirs. [`TextPattern::check`] compiles at once.
#[derive(Clone)]
pub struct TextPattern {
    text: String,
    compiled: OnceLock<regex::Regex>,
}

impl TextPattern {
    /// The compiled expression.
    ///
    /// # Panics
    /// Never for a pattern that was read from a rule: broken and huge ones are refused there.
    #[must_use]
    pub fn regex(&self) -> &regex::Regex {
        self.compiled.get_or_init(|| compile(&self.text).expect("patterns are checked when rules are loaded"))
    }

    /// Whether the text has a match.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_match(text)
    }

    /// Compiles the pattern.
    ///
    /// # Errors
    /// If it is no regular expression, or a huge one.
    pub fn check(text: &str) -> Result<Self, regex::Error> {
        let compiled = OnceLock::from(compile(text)?);
        Ok(Self { text: text.into(), compiled })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn compile(text: &str) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(text).size_limit(1 << 22).build()
}

impl fmt::Debug for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

impl<'de> Deserialize<'de> for TextPattern {
    /// Refuses what is no pattern. Only patterns that could be too big are compiled here, for the others parsing is enough.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if may_be_huge(&text) {
            return Self::check(&text).map_err(D::Error::custom);
        }
        regex_syntax::parse(&text).map_err(D::Error::custom)?;
        Ok(Self { text, compiled: OnceLock::new() })
    }
}

/// Whether a pattern is long, or repeats much or within repetitions.
fn may_be_huge(text: &str) -> bool {
    let counted = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(counts, _)| counts);
    let digits = |counts: &str| counts.split(',').map(str::len).max().unwrap_or(0);
    text.len() > 1000 || counted.clone().count() > 2 || counted.map(digits).any(|digits| digits > 2)
}

/// A pattern of paths or package names: `*` is any run without `/`, `**` any run of folders, `?` one character, `{a,b}` one of
/// several. A file pattern without `/` matches the last segment of a path.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Glob {
    text: String,
}

impl Glob {
    /// The pattern of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// Whether a path from the root matches.
    #[must_use]
    pub fn matches_path(&self, path: &str) -> bool {
        let subject = if self.text.contains('/') { path } else { path.rsplit('/').next().unwrap_or(path) };
        fast_glob::glob_match(&self.text, subject)
    }

    /// Whether a whole name (a package, a module) matches.
    #[must_use]
    pub fn matches_name(&self, name: &str) -> bool {
        fast_glob::glob_match(&self.text, name)
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

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
    alternatives: Vec<Vec<String>>,
}

impl CalleePattern {
    /// Compiles a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (is_new, path) = text.strip_prefix("new ").map_or((false, text), |rest| (true, rest));
        let alternatives =
            expand_braces(&path.replace("::", ".")).iter().map(|path| path.split('.').map(ToOwned::to_owned).collect()).collect();
        Self { text: text.into(), is_new, alternatives }
    }

    /// Whether a resolved path matches; `is_new` says that it is constructed.
    #[must_use]
    pub fn matches(&self, path: &str, is_new: bool) -> bool {
        if self.is_new && !is_new {
            return false;
        }
        self.alternatives.iter().any(|segments| matches_segments(segments, path))
    }

    /// The last segments of the alternatives, to index patterns by them; None if one of them has a star.
    #[must_use]
    pub fn last_segments(&self) -> Option<Vec<&str>> {
        self.alternatives.iter().map(|segments| segments.last().map(String::as_str).filter(|last| !last.contains('*'))).collect()
    }

    /// Whether only constructor calls match.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether a path that ends with this segment may match at all.
    #[must_use]
    pub fn may_end_with(&self, last: &str) -> bool {
        self.alternatives.iter().any(|segments| segments.last().is_some_and(|segment| matches_segment(segment, last)))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn matches_segments(segments: &[String], path: &str) -> bool {
    let any_receiver = segments.len() > 1 && segments[0] == "*";
    let mut wanted = segments.iter().skip(usize::from(any_receiver)).rev();
    let mut found = path.rsplit('.');
    for segment in wanted.by_ref() {
        match found.next() {
            Some(text) if matches_segment(segment, text) => {}
            _ => return false,
        }
    }
    // After all wanted segments: an anchored pattern must have used the whole path, one with any receiver must leave some of it.
    found.next().is_some() == any_receiver
}

fn matches_segment(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(head) else { return false };
    if tail.is_empty() {
        return true;
    }
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| matches_segment(tail, &rest[at..]))
}

fn expand_braces(text: &str) -> Vec<String> {
    let Some((open, close)) = text.find('{').and_then(|open| Some((open, open + text[open..].find('}')?))) else {
        return vec![text.to_owned()];
    };
    text[open + 1..close]
        .split(',')
        .flat_map(|choice| expand_braces(&format!("{}{}{}", &text[..open], choice, &text[close + 1..])))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_in_front_is_any_receiver() {
        let pattern = CalleePattern::new("*.setItem");
        assert!(pattern.matches("localStorage.setItem", false));
        assert!(pattern.matches("?a.b.setItem", false));
        assert!(!pattern.matches("setItem", false));
        assert_eq!(pattern.last_segments(), Some(vec!["setItem"]));
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
    fn broken_and_huge_patterns_are_refused_when_they_are_read() {
        #[derive(Debug, Deserialize)]
        struct Holder {
            p: TextPattern,
        }
        let read = |pattern: &str| toml::from_str::<Holder>(&format!("p = '{pattern}'"));
        for pattern in ["(", "a{9000000}", "((\\w{1,60}){1,60}){1,60}"] {
            assert!(read(pattern).is_err(), "{pattern}");
        }
        assert!(read("a+").expect("a pattern").p.is_match("caat"));
    }

    #[test]
    fn globs_know_folders() {
        let glob = |text: &str| Glob { text: text.into() };
        assert!(glob("**/*.{yml,yaml}").matches_path(".github/workflows/ci.yml"));
        assert!(glob("**/*.yml").matches_path("ci.yml"));
        assert!(!glob(".github/*.yml").matches_path(".github/a/b.yml"));
        assert!(glob("package.json").matches_path("packages/a/package.json"));
        assert!(glob("@sentry/*").matches_name("@sentry/react"));
    }
}
