use std::fmt;
use std::sync::OnceLock;

use regex_syntax::hir::{Class, Hir, HirKind};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::expression::{Expression, SIZE_LIMIT};
use super::requirement::{Clause, Requirement, RunOf};

/// A regular expression in a rule: linear in time, case-sensitive unless it says `(?i)`. Its words, blanks, digits and cases are those
/// of ASCII.
///
/// It is compiled at its first use: most rules never meet a file that needs theirs. [`TextPattern::check`] compiles at once.
#[derive(Clone)]
pub struct TextPattern {
    text: String,
    compiled: OnceLock<Expression>,
    /// What a text must have for the expression to be compiled at all.
    needs: OnceLock<Requirement>,
}

impl TextPattern {
    /// The compiled expression.
    ///
    /// # Panics
    /// Never for a pattern that was read from a rule: broken and huge ones are refused there.
    #[must_use]
    pub fn regex(&self) -> &Expression {
        let known = || self.known().map(|(_, known)| Expression::of_bytes(known.bytes));
        let compile = || known().unwrap_or_else(|| Expression::new(&self.text));
        self.compiled.get_or_init(|| compile().expect("patterns are checked when rules are loaded"))
    }

    /// Whether the text has a match.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.regex().is_match(text)
    }

    /// Whether the expression, while it is not compiled, is worth compiling for a text.
    #[must_use]
    pub fn may_match(&self, text: &str) -> bool {
        self.compiled.get().is_some() || self.may_hold(text)
    }

    /// Whether a text has the words without which there is no match.
    #[must_use]
    pub fn may_hold(&self, text: &str) -> bool {
        self.needs.get_or_init(|| self.requirement()).may_hold(text)
    }

    /// A pattern that is written in the program.
    ///
    /// # Panics
    /// At its first use, if it is no regular expression.
    #[must_use]
    pub fn fixed(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new(), needs: OnceLock::new() }
    }

    /// Compiles the pattern.
    ///
    /// # Errors
    /// If it is no regular expression, or a huge one.
    pub fn check(text: &str) -> Result<Self, regex::Error> {
        let compiled = OnceLock::from(Expression::new(text)?);
        Ok(Self { text: text.into(), compiled, needs: OnceLock::new() })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What every match of it has; for the patterns of `rules/` the build script has found it.
    #[must_use]
    pub(crate) fn requirement(&self) -> Requirement {
        self.known().map_or_else(|| Requirement::of(&self.text), |&(_, known)| known.into())
    }

    /// What the build script found of it.
    fn known(&self) -> Option<&'static (&'static str, Known)> {
        let place = REQUIREMENTS.binary_search_by(|(text, ..)| (*text).cmp(&self.text));
        place.ok().map(|index| &REQUIREMENTS[index])
    }
}

impl Requirement {
    /// Clauses that the build script packed: how many words, and each behind its length.
    fn unpacked(bytes: &[u8]) -> Vec<Clause> {
        let mut rest = bytes.iter().copied();
        let mut clauses = Vec::new();
        while let Some(words) = rest.next() {
            let word = |_| {
                let length = rest.next().unwrap_or(0);
                rest.by_ref().take(length.into()).collect()
            };
            clauses.push((0..words).map(word).collect());
        }
        clauses
    }

    /// Whether a text may have a match, without running the expression.
    pub(crate) fn may_hold(&self, text: &str) -> bool {
        let has = |word: &Vec<u8>| contains(text.as_bytes(), word);
        text.len() >= self.least && self.clauses.iter().all(|clause| clause.iter().any(has))
    }
}

/// Whether a word in lower case stands in a text, whatever the case there.
fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return true };
    let starts = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text);
    starts.map(|at| &text[at + 1..]).any(|tail| tail.get(..rest.len()).is_some_and(|tail| tail.eq_ignore_ascii_case(rest)))
}

/// A [`Requirement`] that is part of the program.
#[derive(Clone, Copy)]
struct Known {
    /// What is compiled.
    bytes: &'static str,
    /// Packed.
    clauses: &'static [u8],
    run: Option<RunOf>,
    part: Option<RunOf>,
    least: usize,
}

impl From<Known> for Requirement {
    fn from(known: Known) -> Self {
        Self { clauses: Self::unpacked(known.clauses), run: known.run, part: known.part, least: known.least }
    }
}

include!(concat!(env!("OUT_DIR"), "/requirements.rs"));

impl fmt::Debug for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

impl<'de> Deserialize<'de> for TextPattern {
    /// Refuses what is no pattern. Only patterns that could be too big are compiled here, for the others parsing is enough. Those that
    /// are part of the program are not looked at again.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let is_written = deserializer.is_human_readable();
        let text = String::deserialize(deserializer)?;
        if !is_written {
            return Ok(Self { text, compiled: OnceLock::new(), needs: OnceLock::new() });
        }
        let parsed = regex_syntax::parse(&text).map_err(D::Error::custom)?;
        if weight(&parsed) > SURE_TO_FIT {
            return Self::check(&text).map_err(D::Error::custom);
        }
        Ok(Self { text, compiled: OnceLock::new(), needs: OnceLock::new() })
    }
}

/// A pattern of this weight compiles to less than half of [`SIZE_LIMIT`].
const SURE_TO_FIT: usize = SIZE_LIMIT >> 9;

/// About how many states an expression compiles to, repetitions written out.
fn weight(hir: &Hir) -> usize {
    /// Most states that a range of characters takes: a sequence of bytes for each length of them.
    const PER_RANGE: usize = 4;
    let inner = || hir.kind().subs().iter().map(weight).fold(1, usize::saturating_add);
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) if !class.is_ascii() => class.ranges().len() * PER_RANGE,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1) as usize;
            inner().saturating_mul(times)
        }
        _ => inner(),
    }
}

/// A pattern of paths or package names: `*` is any run without `/`, `**` any run of folders, `?` one character, `{a,b}` one of
/// several. A file pattern without `/` matches the last segment of a path.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    /// The patterns without braces that it stands for.
    alternatives: Vec<Shape>,
}

/// What most patterns come to, so that they need not be interpreted for each path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// `package.json`
    Whole(String),
    /// `*.ts`
    Ending(String),
    /// `Dockerfile*`
    Beginning(String),
    /// `*mock*`
    Part(String),
    /// `**/package.json`, `**/.husky/install`
    Tail(String),
    /// `**/*.ts`
    PathEnding(String),
    /// `**/manifest.*`
    NameBeginning(String),
    /// `docs/**`, with the slash.
    Below(String),
    /// `**/test/**`, `**/src/debug/**`
    Folder(String),
    /// `**/*mock*/**`
    FolderPart(String),
    /// `**`
    All,
    /// Anything else.
    Any(String),
}

impl Shape {
    fn new(text: String) -> Self {
        let is_plain = |text: &str| !text.is_empty() && !text.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
        let is_name = |text: &str| is_plain(text) && !text.contains('/');
        let is_path = |text: &str| is_plain(text) && !text.starts_with('/') && !text.ends_with('/');
        let between = |open: &str, close: &str| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if text == "**" {
            return Self::All;
        }
        if let Some(part) = between("**/*", "*/**").filter(|part| is_name(part)) {
            return Self::FolderPart(part.into());
        }
        if let Some(folder) = between("**/", "/**").filter(|folder| is_path(folder)) {
            return Self::Folder(folder.into());
        }
        if let Some(ending) = between("**/*", "").filter(|ending| is_name(ending)) {
            return Self::PathEnding(ending.into());
        }
        if let Some(beginning) = between("**/", "*").filter(|beginning| is_name(beginning)) {
            return Self::NameBeginning(beginning.into());
        }
        if let Some(tail) = between("**/", "").filter(|tail| is_path(tail)) {
            return Self::Tail(tail.into());
        }
        if let Some(folder) = between("", "**").filter(|folder| folder.strip_suffix('/').is_some_and(is_path)) {
            return Self::Below(folder.into());
        }
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (None, None) if is_plain(&text) => Self::Whole(text),
            (Some(ending), None) if is_plain(ending) => Self::Ending(ending.into()),
            (None, Some(beginning)) if is_plain(beginning) => Self::Beginning(beginning.into()),
            _ => match between("*", "*").filter(|part| is_name(part)) {
                Some(part) => Self::Part(part.into()),
                None => Self::Any(text),
            },
        }
    }

    fn matches(&self, subject: &str) -> bool {
        let is_run = |rest: Option<&str>| rest.is_some_and(|rest| !rest.contains('/'));
        let name = || subject.rsplit('/').next().unwrap_or(subject);
        match self {
            Self::Whole(text) => subject == text,
            Self::Ending(text) => is_run(subject.strip_suffix(&**text)),
            Self::Beginning(text) => is_run(subject.strip_prefix(&**text)),
            Self::Part(text) => !subject.contains('/') && subject.contains(&**text),
            Self::Tail(text) => subject.strip_suffix(&**text).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')),
            Self::PathEnding(text) => subject.ends_with(&**text),
            Self::NameBeginning(text) => name().starts_with(&**text),
            Self::Below(text) => subject.starts_with(&**text),
            Self::Folder(text) => stands_as_folder(subject, text),
            Self::FolderPart(text) => subject.rsplit_once('/').is_some_and(|(folders, _)| folders.contains(&**text)),
            Self::All => true,
            Self::Any(text) => fast_glob::glob_match(text, subject),
        }
    }
}

/// Whether some of the folders of a path are those of another.
fn stands_as_folder(path: &str, folder: &str) -> bool {
    let starts = path.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).any(|at| path[at..].strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

impl Glob {
    /// The pattern of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let is_nested = text.matches('{').count() > 1 || text.contains(['\\', '[', '!']);
        let alternatives = if is_nested { vec![text.to_owned()] } else { expand_braces(text) };
        Self { text: text.into(), alternatives: alternatives.into_iter().map(Shape::new).collect() }
    }

    /// Whether a path from the root matches.
    #[must_use]
    pub fn matches_path(&self, path: &str) -> bool {
        let subject = if self.text.contains('/') { path } else { path.rsplit('/').next().unwrap_or(path) };
        self.matches_name(subject)
    }

    /// Whether a whole name (a package, a module) matches.
    #[must_use]
    pub fn matches_name(&self, name: &str) -> bool {
        self.alternatives.iter().any(|shape| shape.matches(name))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

/// `a{b,c}` is `ab` and `ac`.
pub(super) fn expand_braces(text: &str) -> Vec<String> {
    let Some((open, close)) = text.find('{').and_then(|open| Some((open, open + text[open..].find('}')?))) else {
        return vec![text.to_owned()];
    };
    text[open + 1..close]
        .split(',')
        .flat_map(|choice| expand_braces(&format!("{}{}{}", &text[..open], choice, &text[close + 1..])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_may_hold_a_match_holds_its_words() {
        let requirement = Requirement::of("(?i)private_?key.+(?:wif|raw)");
        assert!(requirement.may_hold("PRIVATE_KEY as Raw"));
        assert!(!requirement.may_hold("PRIVATE_KEY as rax"));
        assert!(!requirement.may_hold("wif"));
        assert!(!requirement.may_hold("not of ASCII characters: é"));
    }

    #[test]
    fn the_build_script_found_what_the_program_would_find() {
        for (text, known) in REQUIREMENTS.iter().step_by(7) {
            assert_eq!(Requirement::from(*known), Requirement::of(text), "{text}");
        }
    }

    #[test]
    fn what_needs_no_interpreter_matches_the_same() {
        let patterns = [
            "a",
            "*.ts",
            "a*",
            "*a*",
            "**/a",
            "**/a/b",
            "**/*.ts",
            "**/*a",
            "**/a*",
            "a/**",
            "a/b/**",
            "**/a/**",
            "**/a/b/**",
            "**/*a*/**",
            "**",
            "*",
            ".a/**",
            "**/.a",
            "aa/**",
            "**/aa/**",
            "*/a",
            "a/*",
            "**/a/*",
        ];
        let mut subjects = vec![String::new()];
        for length in 1..=5 {
            let longer = subjects.iter().filter(|it| it.chars().count() == length - 1);
            let longer: Vec<_> = longer.flat_map(|it| ["a", "b", "/", ".ts", ".", "é"].map(|more| format!("{it}{more}"))).collect();
            subjects.extend(longer);
        }
        subjects.extend(["a/b/a/c.ts", "xa/b", "x/aa/b.ts", "aaa/x", "a/a/a", ".a/b", "x/.a"].map(str::to_owned));
        let is_path = |it: &&String| !it.is_empty() && !it.starts_with('/') && !it.ends_with('/') && !it.contains("//");
        for subject in subjects.iter().filter(is_path) {
            for pattern in patterns {
                let expected = fast_glob::glob_match(pattern, subject);
                assert_eq!(Shape::new(pattern.to_owned()).matches(subject), expected, "{pattern} {subject}");
            }
        }
        assert!(patterns.iter().filter(|pattern| matches!(Shape::new((**pattern).to_owned()), Shape::Any(_))).count() < 5);
    }

    #[test]
    fn globs_know_folders() {
        let glob = Glob::new;
        assert!(glob("**/*.{yml,yaml}").matches_path(".github/workflows/ci.yml"));
        assert!(glob("**/*.yml").matches_path("ci.yml"));
        assert!(!glob(".github/*.yml").matches_path(".github/a/b.yml"));
        assert!(glob("package.json").matches_path("packages/a/package.json"));
        assert!(glob("@sentry/*").matches_name("@sentry/react"));
        assert!(!glob("@sentry/*").matches_name("@sentry/react/a"));
        assert!(!glob("*.ts").matches_name("a/b.ts"));
        assert!(glob("Dockerfile*").matches_path("a/Dockerfile.dev"));
        assert!(glob("{a,b}/*.{js,ts}").matches_path("b/c.ts"));
    }
}
