//! Attributes and annotations that hold for the whole item or statement below them: `#[cfg(test)]`, `@Test`, `[Fact]`, `#Preview`.

use regex::Regex;
use std::sync::LazyLock;

use super::conditional::has_word;
use super::scan::Scan;
use super::syntax::{Habit, Syntax};
use crate::source::{Aside, AsideKind, Span};

static RUST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"#!?\[[^\]\n]*\]").expect("a pattern"));
static ANNOTATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"@(?:\w+\.)*(Test|ParameterizedTest|RepeatedTest|BeforeEach|BeforeAll|Preview\w*)(?-u:\b)|#(Preview)(?-u:\b)|(?m:^)[ \t]*(?:public |private |fileprivate |internal )?struct \w+\s*:\s*(?:\w+\s*,\s*)*(PreviewProvider)(?-u:\b)").expect("a pattern")
});
static BRACKETS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\[(Fact|Theory|Test|TestCase|TestMethod|TestClass|TestFixture|SetUp)(?-u:\b)[^\]\n]*\]|\[Conditional\((?:\x22)?(DEBUG)[^\]\n]*\]",
    )
    .expect("a pattern")
});

/// The items and statements that an attribute takes out of what ships.
pub(super) fn find(syntax: &Syntax, text: &str, scan: &Scan) -> Vec<Aside> {
    let mut found = Vec::new();
    if syntax.has(Habit::RustAttributes) {
        found.extend(rust(text, scan));
    }
    if syntax.has(Habit::Annotations) {
        found.extend(marked(&ANNOTATION, text, scan));
    }
    if syntax.has(Habit::BracketAttributes) {
        found.extend(marked(&BRACKETS, text, scan));
    }
    found
}

fn rust<'t>(text: &'t str, scan: &'t Scan) -> impl Iterator<Item = Aside> + 't {
    RUST.find_iter(text).filter_map(|found| {
        let is_code = scan.code[found.start()] == b'#';
        let is_inner = found.as_str().starts_with("#!");
        let inside = found.as_str().trim_start_matches(['#', '!']).trim_start_matches('[').trim_end_matches(']');
        let kind = Cfg::attribute(inside).filter(|_| is_code)?;
        let end = if is_inner { end_of_block(&scan.code, found.end()) } else { end_of_item(&scan.code, found.end()) };
        let span = Span::new(found.start() as u32, end as u32);
        Some(Aside { span, kind, reason: format!("behind `{}`", found.as_str()) })
    })
}

fn marked<'t>(pattern: &'static Regex, text: &'t str, scan: &'t Scan) -> impl Iterator<Item = Aside> + 't {
    pattern.captures_iter(text).filter_map(|captures| {
        let whole = captures.get_match();
        let name = captures.iter().skip(1).flatten().next()?.as_str();
        let mark = whole.end() - whole.as_str().trim_start().len();
        let is_code = scan.code[mark..whole.end()].iter().any(|byte| !byte.is_ascii_whitespace());
        let is_debug = name == "DEBUG" || name.starts_with("Preview");
        let kind = if is_debug { AsideKind::Debug } else { AsideKind::Test };
        let span = Span::new(mark as u32, end_of_item(&scan.code, whole.end()) as u32);
        is_code.then(|| Aside { span, kind, reason: format!("marked by `{name}`") })
    })
}

/// The condition of a `cfg` attribute.
struct Cfg;

impl Cfg {
    /// What an attribute without its brackets keeps out; None if users get the item.
    fn attribute(text: &str) -> Option<AsideKind> {
        let bare: String = text.chars().filter(|char| !char.is_whitespace()).collect();
        let path = bare.split('(').next().unwrap_or_default();
        match bare.strip_prefix("cfg(") {
            Some(condition) => Self::judge(condition.strip_suffix(')')?, 8),
            None if matches!(path.rsplit("::").next(), Some("test" | "bench" | "rstest" | "test_case" | "wasm_bindgen_test")) => {
                Some(AsideKind::Test)
            }
            None => None,
        }
    }

    fn judge(condition: &str, depth: usize) -> Option<AsideKind> {
        let depth = depth.checked_sub(1)?;
        let parts = |inside: &'static str| condition.strip_prefix(inside).and_then(|rest| rest.strip_suffix(')')).map(arguments);
        if let Some(parts) = parts("all(") {
            return parts.into_iter().filter_map(|part| Self::judge(part, depth)).min();
        }
        if let Some(parts) = parts("any(") {
            let kinds: Option<Vec<_>> = parts.into_iter().map(|part| Self::judge(part, depth)).collect();
            return kinds?.into_iter().max();
        }
        match condition {
            "test" | "doctest" | "fuzzing" | "loom" | "miri" => Some(AsideKind::Test),
            "debug_assertions" => Some(AsideKind::Debug),
            "any()" | "FALSE" => Some(AsideKind::Unbuilt),
            feature => {
                let name = feature.strip_prefix("feature=")?.trim_matches('"');
                has_word(name, &["test", "tests", "testing", "mock", "mocks", "fuzzing", "bench"]).then_some(AsideKind::Test)
            }
        }
    }
}

/// Parts between commas outside of brackets.
fn arguments(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The end of the block in which a place lies: its closing brace, or the end of the text.
pub(super) fn end_of_block(code: &[u8], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The end of the item, statement, field or arm that begins at a place: a semicolon, the closing brace of its block, a comma, or the
/// bracket that closes what is around it.
pub(super) fn end_of_item(code: &[u8], from: usize) -> usize {
    let first = first_word(code, from);
    let is_value = [&b"let"[..], b"const", b"static", b"use", b"var", b"val"].contains(&first);
    let is_item = [
        &b"fn"[..],
        b"struct",
        b"enum",
        b"impl",
        b"mod",
        b"trait",
        b"pub",
        b"class",
        b"func",
        b"fun",
        b"unsafe",
        b"async",
        b"extern",
        b"public",
        b"private",
        b"protected",
        b"internal",
        b"override",
        b"suspend",
        b"void",
        b"static",
        b"type",
        b"where",
    ]
    .contains(&first);
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(byte) = code.get(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return at,
            b')' | b']' => depth -= 1,
            b'}' => {
                depth -= 1;
                if depth == 0 && !is_value && !goes_on(code, at + 1) {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            b',' if depth == 0 && !is_item && !is_value => return at + 1,
            _ => {}
        }
        at += 1;
    }
    code.len()
}

/// Whether a statement goes on behind a block: `else`, a method call.
fn goes_on(code: &[u8], from: usize) -> bool {
    let rest = code[from..].trim_ascii_start();
    rest.starts_with(b"else") || rest.starts_with(b".") || rest.starts_with(b"?")
}

/// The first word of an item, behind further attributes and modifiers of visibility.
fn first_word(code: &[u8], from: usize) -> &[u8] {
    let mut rest = code[from..].trim_ascii_start();
    while rest.starts_with(b"#[") {
        let mut depth = 0_usize;
        let end = rest.iter().position(|byte| {
            depth = match byte {
                b'[' => depth + 1,
                b']' => depth.saturating_sub(1),
                _ => depth,
            };
            *byte == b']' && depth == 0
        });
        let Some(end) = end else { return b"" };
        rest = rest[end + 1..].trim_ascii_start();
    }
    let word = |text: &'_ [u8]| text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let mut first = &rest[..word(rest)];
    if first == b"pub" {
        let mut behind = rest[first.len()..].trim_ascii_start();
        if behind.starts_with(b"(") {
            let end = behind.iter().position(|byte| *byte == b')').map_or(behind.len(), |end| end + 1);
            behind = behind[end..].trim_ascii_start();
        }
        let next = &behind[..word(behind)];
        if [&b"const"[..], b"static", b"use"].contains(&next) {
            first = next;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> Vec<String> {
        let syntax = Syntax::of(name).expect("known");
        let scan = Scan::of(syntax, text);
        let asides = find(syntax, text, &scan);
        asides.iter().map(|aside| text[aside.span.start as usize..aside.span.end as usize].to_owned()).collect()
    }

    #[test]
    fn an_attribute_holds_for_what_is_below_it() {
        for (name, text, expected) in [
            (
                "a.rs",
                "#[cfg(test)]\nmod t { const A: &str = \"}\"; } const B: u8 = 1;",
                vec!["#[cfg(test)]\nmod t { const A: &str = \"}\"; }"],
            ),
            ("a.rs", "#[cfg(not(test))] let a = b(); #[cfg(test)] let a = c(0); d()", vec!["#[cfg(test)] let a = c(0);"]),
            ("a.rs", "#[cfg(test)] let a = S { x }; d()", vec!["#[cfg(test)] let a = S { x };"]),
            ("a.rs", "f(A { #[cfg(test)] x: 1, y: 2 })", vec!["#[cfg(test)] x: 1,"]),
            (
                "a.rs",
                "#[cfg(test)] #[derive(A, B)] struct C<D, E> { f: G, } fn h() {}",
                vec!["#[cfg(test)] #[derive(A, B)] struct C<D, E> { f: G, }"],
            ),
            ("a.rs", "#[cfg(any(test, feature = \"std\"))] fn a() {}", vec![]),
            (
                "a.rs",
                "#[cfg(any(test, feature = \"test-utils\"))] pub fn a() {} x",
                vec!["#[cfg(any(test, feature = \"test-utils\"))] pub fn a() {}"],
            ),
            ("a.rs", "#[cfg(all(test, unix))] use a::b; x", vec!["#[cfg(all(test, unix))] use a::b;"]),
            ("a.rs", "#[tokio::test]\nasync fn a() { b() }\nfn c() {}", vec!["#[tokio::test]\nasync fn a() { b() }"]),
            ("a.rs", "// #[cfg(test)]\nconst A: u8 = 1;", vec![]),
            ("a.rs", "mod a {\n#![cfg(test)]\nb }\nc", vec!["#![cfg(test)]\nb "]),
            ("a.java", "class A { @Test public void a() { b(); } void c() {} }", vec!["@Test public void a() { b(); }"]),
            ("a.kt", "@org.junit.Test\nfun a() { b() }\nfun c() {}", vec!["@org.junit.Test\nfun a() { b() }"]),
            ("a.kt", "@TestOnly2\nfun a() {}", vec![]),
            ("a.cs", "[Fact]\npublic void A() { B(); }\nint c;", vec!["[Fact]\npublic void A() { B(); }"]),
            ("a.swift", "#Preview {\n A(\"x\")\n}\nstruct B {}", vec!["#Preview {\n A(\"x\")\n}"]),
            (
                "a.swift",
                "struct A_Previews: PreviewProvider {\n static var x = 1\n}\nlet b = 1",
                vec!["struct A_Previews: PreviewProvider {\n static var x = 1\n}"],
            ),
        ] {
            assert_eq!(found(name, text), expected, "{text}");
        }
    }
}
