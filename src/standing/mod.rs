//! What is not the product, and why: of a tree its files, of a file its parts.
//!
//! Every audit asks here. What is found where no user comes is told at a lower severity and with the reason; what a comment says is
//! not done, and is dropped where the claim is that code does it.

mod attribute;
mod build;
mod conditional;
mod content;
mod guard;
mod name;
mod own;
mod role;
mod scan;
mod surroundings;
mod syntax;
mod word;

use std::sync::LazyLock;

use regex::Regex;

pub use own::{AUDIT_MARK, CSV_HEADER, PAGE_POLICY, PAGE_SCRIPT, PAGE_STYLE};
pub use role::assign;
pub(crate) use word::words;

use crate::rule::Severity;
use crate::source::{Aside, AsideKind, Role, SourceFile, Span};
use scan::Scan;
use syntax::{Habit, Syntax};

/// Bytes over which a file's parts are not told apart.
const MOST_BYTES: usize = 4 << 20;

/// Whether a file is what Forewarn wrote itself: a report of an earlier run, a baseline or a review. It is no part of what is scanned.
#[must_use]
pub fn is_own_report(file: &SourceFile) -> bool {
    own::is_own(&file.path, &file.text)
}

/// The gravest that a finding in a file of a role can be; None without a limit.
#[must_use]
pub const fn ceiling_of_role(role: Role) -> Option<Severity> {
    match role {
        Role::Product | Role::Generated | Role::Build => None,
        Role::Vendored | Role::Tool | Role::Test | Role::Example | Role::Docs => Some(Severity::Low),
        Role::Idle => Some(Severity::Info),
    }
}

/// Words of classes that stand in for another, which does the work.
const STAND_INS: &[&str] = &["dummy", "fake", "faked", "mock", "mocked", "noop", "placeholder", "stub", "stubbed", "unimplemented"];

/// Whether the name of a class says that it only stands in for another: `StubProvider`, `NoOpLogger`.
#[must_use]
pub fn is_stand_in(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| STAND_INS.contains(&word.as_str())) || words.windows(2).any(|pair| pair == ["no", "op"])
}

/// So much of a line is looked at on either side of a place.
const LONGEST_LINE: usize = 2_000;

/// The gravest that a finding in such a part of a file can be.
#[must_use]
pub const fn ceiling_of_aside(kind: AsideKind) -> Severity {
    match kind {
        AsideKind::Switch => Severity::Medium,
        AsideKind::Comment | AsideKind::Test | AsideKind::Debug | AsideKind::Environment => Severity::Low,
        AsideKind::Documentation | AsideKind::Unbuilt | AsideKind::Sample => Severity::Info,
    }
}

/// The parts of a file that are not the product, in the order of their beginnings; made at the first call.
pub fn asides(file: &SourceFile) -> &[Aside] {
    file.asides.get_or_init(|| find(file).into_boxed_slice())
}

/// The part in which a span lies and that takes most from a finding there.
#[must_use]
pub fn aside_at(file: &SourceFile, span: Span) -> Option<&Aside> {
    let holders = asides(file).iter().take_while(|aside| aside.span.start <= span.start);
    holders.filter(|aside| aside.span.end > span.start).min_by_key(|aside| aside.kind)
}

/// What the names around a constant or setting say of it.
#[must_use]
pub fn named_aside(file: &SourceFile, span: Span) -> Option<Aside> {
    let syntax = Syntax::of(file.name()).filter(|syntax| syntax.has(Habit::Braces) && file.text.len() <= MOST_BYTES);
    let scan = syntax.map(|syntax| Scan::of(syntax, &file.text));
    surroundings::judge(file, span, scan.as_ref())
}

/// Whether a place lies in a string that says something to people: words stand before it.
#[must_use]
pub fn is_prose(file: &SourceFile, at: usize) -> bool {
    static PROSE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:\p{L}{2,}[,:;.]?\s+){2}\p{L}{2,}[,:;.]?\s*[(<\[]*$").expect("a pattern"));
    let Some(syntax) = Syntax::of(file.name()) else { return false };
    // A line that no person wrote is scanned near the place alone.
    let from = file.text.floor_char_boundary(at.saturating_sub(LONGEST_LINE));
    let to = file.text.ceil_char_boundary((at + LONGEST_LINE).min(file.text.len()));
    let line = file.text[from..at].rfind('\n').map_or(from, |newline| from + newline + 1);
    let end = file.text[at..to].find('\n').map_or(to, |end| at + end);
    let scan = Scan::of(syntax, &file.text[line..end]);
    let holder = scan.strings.iter().find(|range| range.start < at - line && at - line < range.end);
    holder.is_some_and(|range| PROSE.is_match(&file.text[line + range.start + 1..at]))
}

fn find(file: &SourceFile) -> Vec<Aside> {
    let Some(syntax) = Syntax::of(file.name()).filter(|_| file.text.len() <= MOST_BYTES) else { return Vec::new() };
    let scan = Scan::of(syntax, &file.text);
    let comment = |(range, documents): &(std::ops::Range<usize>, bool)| Aside {
        span: Span::new(range.start as u32, range.end as u32),
        kind: if *documents { AsideKind::Documentation } else { AsideKind::Comment },
        reason: if *documents { "in documentation".into() } else { "in a comment".into() },
    };
    let mut asides: Vec<_> = scan.comments.iter().map(comment).collect();
    if syntax.has(Habit::Directives) {
        asides.extend(conditional::find(&file.text, &scan));
    }
    asides.extend(attribute::find(syntax, &file.text, &scan));
    if syntax.has(Habit::Braces) {
        asides.extend(guard::find(&file.text, &scan));
    }
    if file.extension() == "xml" {
        asides.extend(design_time(&file.text));
    }
    asides.sort_by_key(|aside| (aside.span, aside.kind));
    asides
}

/// Attributes of the namespace of tools, which only an editor shows.
fn design_time(text: &str) -> Vec<Aside> {
    static PREFIX: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"xmlns:(\w+)\s*=\s*["']http://schemas\.android\.com/tools["']"#).expect("a pattern"));
    static ATTRIBUTE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\s(\w+):\w+\s*=\s*(?:"[^"<]*"|'[^'<]*')"#).expect("a pattern"));
    let Some(prefix) = PREFIX.captures(text).and_then(|captures| captures.get(1)) else { return Vec::new() };
    let attributes =
        ATTRIBUTE.captures_iter(text).filter(|captures| captures.get(1).is_some_and(|it| it.as_str() == prefix.as_str()));
    let aside = |captures: regex::Captures<'_>| {
        let whole = captures.get_match();
        let span = Span::new(whole.start() as u32, whole.end() as u32);
        Aside {
            span,
            kind: AsideKind::Unbuilt,
            reason: format!("an attribute `{}:`, which only the editor shows", prefix.as_str()),
        }
    };
    attributes.map(aside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn words_before_an_address_make_a_string_prose() {
        for (name, text, expected) in [
            ("a.py", "t = \"Names are kept elsewhere: see @\"", true),
            ("a.ts", "const u = \"@\";", false),
            ("a.ts", "const c = \"curl -X POST @\";", false),
            ("a.ts", "// words before the string\nconst u = '@';", false),
            ("a.ts", "const other = \"a b c d e\", u = \"@\"", false),
        ] {
            let file = SourceFile::in_memory(FileId(0), name, text);
            assert_eq!(is_prose(&file, text.find('@').expect("a mark")), expected, "{text}");
        }
    }

    #[test]
    fn attributes_for_the_editor_are_not_built() {
        let text = "<T xmlns:tools=\"http://schemas.android.com/tools\"\n tools:text=\"a b\" android:text=\"c\" />";
        let file = SourceFile::in_memory(FileId(0), "a.xml", text);
        let at = |mark: &str| Span::new(text.find(mark).expect("there") as u32, 0);
        assert_eq!(aside_at(&file, at("a b")).map(|aside| aside.kind), Some(AsideKind::Unbuilt));
        assert_eq!(aside_at(&file, at("c\"")), None);
    }
}
