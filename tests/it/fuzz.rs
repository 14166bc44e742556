//! Random files through every reader, the flow engine and the reports: none may panic, hang, or give two answers.
//!
//! The default run is short. A night's run: `FUZZ=1000000 cargo test --test it fuzz` (executions of each property; a failing input is
//! made small and printed). Texts are spliced from pieces of each syntax, so that most of them get past the first line of a parser.

use std::fmt::Write as _;

use forewarn::report::{REPORTERS, Style};
use forewarn::rule::RuleSet;
use forewarn::scan::{ScanOptions, scan_workspace};
use forewarn::source::{FileId, SourceFile};
use forewarn::target::Workspace;
use forewarn::{configfile, frontend, lockfile, standing};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Names that readers know, one for each reader at least; what no reader knows is looked through by the text rules.
const NAMES: &[&str] = &[
    "a.ts",
    "a.jsx",
    "a.vue",
    "a.html",
    "a.rs",
    "a.py",
    "a.go",
    "a.java",
    "a.kt",
    "a.swift",
    "a.dart",
    "a.sol",
    "a.c",
    "a.cpp",
    "a.m",
    "a.cs",
    "a.json",
    "a.json5",
    "a.yml",
    "a.toml",
    "a.xml",
    "a.plist",
    "a.properties",
    ".env",
    "Dockerfile",
    "build.gradle",
    "build.gradle.kts",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "Cargo.toml",
    "Cargo.lock",
    "pyproject.toml",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "requirements.txt",
    "go.mod",
    "go.sum",
    "pom.xml",
    "Podfile",
    "Podfile.lock",
    "Package.resolved",
    "pubspec.yaml",
    "pubspec.lock",
    "packages.lock.json",
    "Directory.Packages.props",
    "gradle.lockfile",
    "gradle/libs.versions.toml",
    "gradle/verification-metadata.xml",
    ".gitmodules",
    "AndroidManifest.xml",
    "Info.plist",
    ".github/workflows/ci.yml",
    "a.txt",
];

/// Pieces of syntaxes: brackets, quotes, words of many languages, beginnings of files, and bytes that upset counting.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "</a>",
    "<a b=\"c\">",
    "<!--",
    "-->",
    "/*",
    "*/",
    "//",
    "#",
    "'",
    "\"",
    "`",
    "${",
    "\\",
    "\n",
    "\r\n",
    "\t",
    " ",
    ",",
    ";",
    ":",
    "=",
    "=>",
    "->",
    "::",
    "..",
    "...",
    "?",
    "?.",
    "!",
    "&",
    "*",
    "@",
    "|",
    "- ",
    "---\n",
    "<<EOF\n",
    "a",
    "b",
    "x1",
    "mnemonic",
    "privateKey",
    "seed",
    "log",
    "1",
    "0x",
    "1.2.3",
    "^1.0.0",
    ">=1, <2",
    "é",
    "\u{202e}",
    "\u{feff}",
    "\u{2028}",
    "\u{1F511}",
    "\0",
    "fn f(x: &str) {",
    "function f(x) {",
    "def f(x):\n    ",
    "func f(x string) {",
    "class A {",
    "class A: B {",
    "import a from 'a';",
    "require('bip39').generateMnemonic()",
    "console.log(x)",
    "println!(\"{}\", x);",
    "return x;",
    "if (x) {",
    "else {",
    "for (;;) {",
    "while true {",
    "switch (x) { case 1:",
    "match x {",
    "try {",
    "catch (e) {",
    "let x = ",
    "const x = ",
    "var x = ",
    "x.y",
    "await ",
    "async ",
    "new A(",
    "this.",
    "self.",
    "super.",
    "macro_rules! m {",
    "impl T for A {",
    "\"dependencies\": {\"a\": \"^1\"}",
    "\"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\"}}",
    "\"lockfileVersion\": 3,",
    "# yarn lockfile v1\n\n",
    "a@^1:\n  version \"1.0.0\"\n",
    "[[package]]\nname = \"a\"\nversion = \"1.0\"\n",
    "[dependencies]\n",
    "a = \"1\"\n",
    "require (\n",
    "\texample.com/a v1.0.0\n",
    "PODS:\n  - A (1.0):\n    - B\n",
    "DEPENDENCIES:\n",
    "packages:\n",
    "implementation \"g:a:1.0\"\n",
    "<PackageVersion Include=\"A\" Version=\"1.0\" />",
    "<dict><key>a</key><string>b</string></dict>",
    "&a ",
    "*a\n",
    "<<: *a\n",
    "? ",
    "| \n  text\n",
    "FROM a\n",
    "RUN a \\\n",
    "forewarn: ignore[secret-to-log] why\n",
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS",
    "https://user:token@h.example/?key=abc",
];

/// So many executions of each property in the default run.
const FEW: u32 = 150;

fn runner() -> TestRunner {
    #[expect(clippy::disallowed_methods, reason = "a night's run is asked for by the environment")]
    let cases = std::env::var("FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(FEW);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    // The same inputs in every run of the gate; new ones in the night.
    if cases > FEW { TestRunner::new(config) } else { TestRunner::new_with_rng(config, deterministic()) }
}

fn deterministic() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// A file: its name, and a text of pieces, some of them repeated.
fn file() -> impl Strategy<Value = (&'static str, String)> {
    let piece = (prop::sample::select(PIECES), prop_oneof![9 => Just(1_usize), 1 => 2..40_usize]);
    let text = prop::collection::vec(piece, 0..60);
    let text = text.prop_map(|pieces| pieces.into_iter().map(|(piece, times)| piece.repeat(times)).collect());
    (prop::sample::select(NAMES), text)
}

#[test]
fn readers_survive_everything() {
    let outcome = runner().run(&file(), |(name, text)| {
        let file = SourceFile::in_memory(FileId(0), name, &text);
        let lines = text.lines().count() as u32;
        if let Some(reader) = frontend::find(&file) {
            let lowered = reader.lower(&file);
            prop_assert!(lowered.lines_skipped <= lines.max(1), "{} of {lines} lines skipped", lowered.lines_skipped);
            let within = |span: forewarn::source::Span| span.start <= span.end && span.end as usize <= text.len();
            prop_assert!(lowered.unit.nodes.iter().all(|node| within(node.span)), "a span beyond the file");
        }
        if let Some(reader) = configfile::find(&file) {
            let once = format!("{:?}", reader.read(&file));
            prop_assert_eq!(once, format!("{:?}", reader.read(&file)));
        }
        if let Some(reader) = lockfile::find(&file) {
            let once = format!("{:?}", reader.read(&file));
            prop_assert_eq!(once, format!("{:?}", reader.read(&file)));
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn scans_and_reports_survive_everything() {
    let rules = RuleSet::embedded().expect("the embedded rules");
    let files = prop::collection::vec(file(), 1..4);
    let outcome = runner().run(&files, |files| {
        let mut named = Vec::new();
        for (number, (name, text)) in files.iter().enumerate() {
            let mut path = String::new();
            write!(path, "d{number}/{name}").expect("writing to memory");
            named.push((path, text.as_str()));
        }
        let mut workspace = Workspace::in_memory(named.iter().map(|(path, text)| (path.as_str(), *text)));
        standing::assign(&mut workspace.files);
        let report = scan_workspace(&workspace, &rules, &ScanOptions::default());
        for reporter in REPORTERS {
            let mut out = Vec::new();
            reporter.write(&report, Style { full: true, ..Style::default() }, &mut out).expect("writing to memory");
            let written = String::from_utf8(out).expect("reports are text");
            let is_bad = |char: char| matches!(char, '\u{202e}' | '\0' | '\u{1b}' | '\u{feff}');
            prop_assert!(!written.contains(is_bad), "{}: a control character of the tree", reporter.name());
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
