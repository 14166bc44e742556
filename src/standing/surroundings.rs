//! What the names around a place say: the name that takes a value, and the blocks and keys in which it stands.
//!
//! Names decide for constants and settings only. What a function does it does whatever it is called.

use std::sync::LazyLock;

use regex::Regex;

use super::scan::Scan;
use super::word::words;
use crate::source::{Aside, AsideKind, SourceFile, Span};

/// Words for environments that no user has.
#[rustfmt::skip]
const ENVIRONMENTS: &[&str] = &[
    "anvil", "dev", "devchain", "develop", "development", "devnet", "ganache", "hardhat", "localchain", "localhost", "localnet", "preprod", "qa", "regtest", "sandbox", "signet", "stage", "stagenet",
    "staging", "testnet", "testnets", "uat",
];
/// Words for builds and flavours of a build file that no user has, beside those.
const BUILDS: &[&str] = &["debug", "internal", "mock", "regression", "test"];
/// Words at the beginning of the name of a thing for tests.
const FOR_TESTS: &[&str] = &["dummy", "fake", "fixture", "mock", "mocked", "test", "testing", "tests", "unittest"];
/// Words of the names of things that show a form.
const SAMPLES: &[&str] = &["demo", "example", "examples", "placeholder", "sample", "hint"];

/// How far back the name of a value is looked for, in bytes.
const REACH: usize = 240;
/// How many blocks or keys around a place are looked at.
const MOST_LEVELS: usize = 12;

/// `name =`, `"name":`, `name: Type =` at the end of a text, before the value.
static TAKER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"([A-Za-z_$][\w$.-]*)["']?\s*(?::\s*[\w<>&'\[\]?.| ]+)?(?:=|:|:=|=>)\s*[&*\s("'`\[{]*$"#).expect("a pattern")
});
/// The name of a block, in what stands before its brace.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    let declared = r"(?:class|object|interface|enum|struct|extension|namespace|module|mod)\s+([\w.]+)[^=]*$";
    let assigned = r#"([\w$.-]+)["']?\s*(?::\s*[\w<>,\[\]. ]+)?[:=]\s*(?:[\w.]+\s*)?\(?\s*$"#;
    let chosen = r#"(?:create|getByName|register|named|maybeCreate)\(\s*["'](\w+)["']\s*\)\s*$"#;
    Regex::new(&format!(r#"{declared}|{assigned}|{chosen}|^\s*["']?([\w-]+)["']?\s*$"#)).expect("a pattern")
});

/// What the names around a place say, if they say that it is not for users.
pub(super) fn judge(file: &SourceFile, span: Span, scan: Option<&Scan>) -> Option<Aside> {
    let start = (span.start as usize).min(file.text.len());
    let aside = |kind, reason| Aside { span, kind, reason };
    if let Some(name) = taker(&file.text, start)
        && let Some(kind) = of_taker(name)
    {
        return Some(aside(kind, format!("named `{name}`")));
    }
    let blocks = scan.map(|scan| blocks(&file.text, scan, start)).unwrap_or_default();
    let keys = if scan.is_none() || blocks.is_empty() { keys(&file.text, start) } else { Vec::new() };
    let is_build = ["gradle", "kts"].contains(&&*file.extension());
    blocks.into_iter().chain(keys).find_map(|name| Some(aside(of_block(&name, is_build)?, format!("in `{name}`"))))
}

/// The name that takes the value at a place.
fn taker(text: &str, start: usize) -> Option<&str> {
    let from = text.floor_char_boundary(start.saturating_sub(REACH));
    let before = &text[from..text.floor_char_boundary(start)];
    TAKER.captures(before)?.get(1).map(|name| name.as_str())
}

fn of_taker(name: &str) -> Option<AsideKind> {
    let words = words(name.rsplit('.').next().unwrap_or(name));
    let is = |list: &[&str], word: Option<&String>| word.is_some_and(|word| list.contains(&word.as_str()));
    if is(SAMPLES, words.first()) || is(SAMPLES, words.last()) {
        Some(AsideKind::Sample)
    } else if is(FOR_TESTS, words.first()) && words.get(1).is_none_or(|second| second != "net") {
        Some(AsideKind::Test)
    } else if words.iter().any(|word| is(ENVIRONMENTS, Some(word))) || is_test_net(&words) {
        Some(AsideKind::Environment)
    } else {
        None
    }
}

fn of_block(name: &str, is_build: bool) -> Option<AsideKind> {
    let words = words(name.rsplit('.').next().unwrap_or(name));
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_sample = || words.len() == 1 && ["example", "examples", "placeholder"].contains(&words[0].as_str());
    if has(ENVIRONMENTS) || is_test_net(&words) || is_build && has(BUILDS) {
        Some(AsideKind::Environment)
    } else if is_sample() {
        Some(AsideKind::Sample)
    } else {
        None
    }
}

fn is_test_net(words: &[String]) -> bool {
    words.windows(2).any(|pair| pair[0] == "test" && pair[1].starts_with("net"))
}

/// The names of the blocks in braces around a place, from the inside out.
fn blocks(text: &str, scan: &Scan, start: usize) -> Vec<String> {
    let code = &scan.code[..start];
    let mut names = Vec::new();
    let mut depth = 0_usize;
    for at in (0..code.len()).rev() {
        match code[at] {
            b'}' => depth += 1,
            b'{' if depth > 0 => depth -= 1,
            b'{' => {
                names.extend(block_name(text, code, at));
                if names.len() >= MOST_LEVELS {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// The name of the block that opens at a place. A condition gives no name: it may ask for the opposite.
fn block_name(text: &str, code: &[u8], open: usize) -> Option<String> {
    let least = open.saturating_sub(REACH);
    let ends = |at: &usize| matches!(code[*at], b';' | b'{' | b'}' | b',' | b'\n');
    let mut from = (least..open).rev().find(ends).map_or(least, |at| at + 1);
    if text.get(from..open)?.trim().is_empty() {
        from = (least..from.saturating_sub(1)).rev().find(ends).map_or(least, |at| at + 1);
    }
    let head = text.get(from..open)?.trim();
    let first = head.split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
    if ["if", "else", "for", "while", "switch", "when", "catch", "match", "guard", "return"].contains(&first) {
        return None;
    }
    let captures = BLOCK.captures(head)?;
    captures.iter().skip(1).flatten().next().map(|name| name.as_str().to_owned())
}

/// The keys above a place that stand further left, and the section in whose brackets they stand.
fn keys(text: &str, start: usize) -> Vec<String> {
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = text[line_start..].split('\n').next().unwrap_or_default();
    let mut least = indent(own);
    let mut names = Vec::new();
    for line in text[..line_start].lines().rev().take(2_000) {
        let trimmed = line.trim();
        if trimmed.starts_with('[') && trimmed.ends_with(']') {
            names.push(trimmed.trim_matches(['[', ']']).to_owned());
            break;
        }
        let is_above = !trimmed.is_empty() && !trimmed.starts_with('#') && indent(line) < least;
        if let Some((key, _)) = trimmed.trim_start_matches(['-', ' ']).split_once(':').filter(|_| is_above) {
            least = indent(line);
            names.push(key.trim_matches(['"', '\'', ' ']).to_owned());
        }
        if names.len() >= MOST_LEVELS {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::standing::syntax::{Habit, Syntax};

    #[test]
    fn names_around_a_value() {
        use AsideKind::{Environment, Sample, Test};
        for (name, text, expected) in [
            ("a.ts", "const STAGING_URL = \"@\";", Some(Environment)),
            ("a.ts", "const networks = { testnet: { rpc: { url: \"@\" } }, main: 1 };", Some(Environment)),
            ("a.ts", "const networks = { main: { url: \"@\" } };", None),
            ("a.ts", "if (network !== testnet) { use(\"@\") }", None),
            ("a.rs", "pub const TEST_PHRASE: &str =\n    \"@\";", Some(Test)),
            ("a.rs", "pub const LATEST: &str = \"@\";", None),
            ("a.kt", "object StagingHosts : Hosts {\n  val api = \"@\"\n}", Some(Environment)),
            ("a.swift", "struct Staging { static let api = \"@\" }", Some(Environment)),
            (
                "build.gradle",
                "productFlavors {\n regression {\n  buildConfigField \"String\", \"A\", '@'\n }\n}",
                Some(Environment),
            ),
            ("build.gradle", "productFlavors {\n store {\n  buildConfigField \"String\", \"A\", '@'\n }\n}", None),
            ("build.gradle.kts", "productFlavors {\n create(\"dev\") {\n  a(\"@\")\n }\n}", Some(Environment)),
            ("api.yaml", "properties:\n  next:\n    type: string\n    example: @\n", Some(Sample)),
            ("api.yaml", "a:\n  examples:\n    one:\n      value: @\n", Some(Sample)),
            ("app.yaml", "staging:\n  api: @\nlive:\n  api: x\n", Some(Environment)),
            ("app.yaml", "staging:\n  api: x\nlive:\n  api: @\n", None),
            ("a.toml", "[env.staging]\nurl = \"@\"\n", Some(Environment)),
            ("a.json", "{\"testnet\": {\"url\": \"@\"}}", Some(Environment)),
            ("a.tsx", "<input placeholder=\"@\" />", Some(Sample)),
            ("a.ts", "const device = \"@\";", None),
        ] {
            let file = SourceFile::in_memory(FileId(0), name, text);
            let at = text.find('@').expect("a mark") as u32;
            let syntax = Syntax::of(name).filter(|syntax| syntax.has(Habit::Braces));
            let scan = syntax.map(|syntax| Scan::of(syntax, text));
            let found = judge(&file, Span::new(at, at + 1), scan.as_ref());
            assert_eq!(found.map(|aside| aside.kind), expected, "{name}: {text}");
        }
    }
}
