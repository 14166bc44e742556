//! What the program says: words that people use, titles that fit a line, and a page for every setting.

use std::fmt::Write as _;

use forewarn::rule::RuleSet;
use forewarn::target::{OpenOptions, open_folder};
use regex::Regex;
use syn::visit::Visit;

use crate::tree::repository;

/// Characters that a title may have.
const LONGEST_TITLE: usize = 60;

/// Words that betray another language: "in clear" is plaintext, "mend" is fix, "is no X" is is not an X.
fn foreign() -> Regex {
    let no = "is no (?:access|advisor|archive|argument|array|browser|checksum|comment|date|directive|directory|document|entry|exclus|\
              file|folder|hash|html|json|key|kind|list|member|name|number|object|package|path|place|plain|range|regular|rule|secret|\
              secure|string|suppression|test|token|tree|valid|value|verdict|version|wallet|word|yaml)";
    Regex::new(&format!(r"\bin (?:the )?clear\b|\bmend(?:s|ed|ing)?\b|(?:^|[^e] |[^r]e ){no}")).expect("a pattern")
}

/// Words that readers stumble over, in what rules say and on the pages that newcomers read: "whoever" is anyone who, "beside" is next to,
/// "a hole" is a vulnerability, "the own" is its own.
fn awkward() -> Regex {
    Regex::new(r"(?i)\b(?:whoever|holes?|besides?|stands?|hears?|flaws?|whole|key chains?|the own|an own|(?:in|out)side of)\b")
        .expect("a pattern")
}

/// Strings of code; of the command line its documentation too, which is the help.
struct Strings {
    with_help: bool,
    found: Vec<String>,
}

impl<'ast> Visit<'ast> for Strings {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let is_help = attribute.path().is_ident("doc") && self.with_help;
        if let (true, syn::Meta::NameValue(pair)) = (is_help || attribute.path().is_ident("error"), &attribute.meta) {
            syn::visit::visit_expr(self, &pair.value);
        }
        if attribute.path().is_ident("error")
            && let syn::Meta::List(list) = &attribute.meta
        {
            self.found.push(list.tokens.to_string());
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.found.push(literal.value());
    }

    fn visit_macro(&mut self, macro_call: &'ast syn::Macro) {
        self.found.push(macro_call.tokens.to_string());
    }
}

#[test]
fn what_is_printed_is_said_as_people_say_it() {
    let (foreign, awkward) = (foreign(), awkward());
    let sources = open_folder(&repository().join("src"), &OpenOptions::default()).expect("the sources");
    let mut wrong = Vec::new();
    for file in sources.files.iter().filter(|file| file.path.ends_with(".rs") && file.name() != "tests.rs") {
        let tree = syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let mut strings = Strings { with_help: file.path.starts_with("cli/"), found: Vec::new() };
        strings.visit_file(&tree);
        let bad = strings.found.iter().filter(|text| foreign.is_match(text)).map(|text| format!("src/{}: {text}", file.path));
        wrong.extend(bad);
    }
    for path in PAGES {
        let text = read(path);
        assert!(!text.is_empty(), "{path} is missing");
        let is_awkward = |line: &str| awkward.is_match(line) && NEWCOMERS.contains(path);
        let bad = text.lines().filter(|line| foreign.is_match(line) || is_awkward(line));
        wrong.extend(bad.map(|line| format!("{path}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pages for users.
const PAGES: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/advisories.md",
    "docs/ci.md",
    "docs/configuration.md",
    "docs/reading-a-report.md",
    "docs/reports.md",
    "docs/tutorial.md",
    "npm/forewarn/README.md",
];

/// Those that are read first.
const NEWCOMERS: &[&str] = &["README.md", "docs/ci.md", "docs/reading-a-report.md", "docs/tutorial.md"];

#[test]
fn titles_fit_a_line_and_begin_with_their_subject() {
    let rules = RuleSet::embedded().expect("the embedded rules load").rules;
    let fits =
        |title: &str| title.chars().count() <= LONGEST_TITLE && !["A ", "An ", "The "].iter().any(|word| title.starts_with(word));
    let wrong: Vec<_> = rules.iter().filter(|rule| !fits(&rule.body.title)).collect();
    let told: Vec<_> =
        wrong.iter().map(|rule| format!("{} ({}): {}", rule.id, rule.body.title.chars().count(), rule.body.title)).collect();
    assert!(told.is_empty(), "titles over {LONGEST_TITLE} characters, or with an article first:\n{}", told.join("\n"));
}

#[test]
fn what_rules_say_is_said_as_people_say_it() {
    let rules = RuleSet::embedded().expect("the embedded rules load").rules;
    let (foreign, awkward) = (foreign(), awkward());
    let mut wrong = Vec::new();
    for rule in &rules {
        let body = &rule.body;
        let reasons = body.grades.iter().map(|grade| grade.because.as_str());
        let texts = [&*body.title, &body.what, &body.why, &body.fix].into_iter().chain(body.remark.as_deref()).chain(reasons);
        let bad = texts.filter(|text| foreign.is_match(text) || awkward.is_match(text));
        wrong.extend(bad.map(|text| format!("{}: {text}", rule.id)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tables of the settings: the type, and how the table is called in the file.
const TABLES: &[(&str, &str)] =
    &[("Settings", "At the top"), ("RuleSettings", "`[rule.RULE-ID]`"), ("Operations", "`[operations]`")];

/// `docs/configuration.md` is written by this test from the types: run it with `BLESS=1` after a setting has changed.
#[test]
fn the_page_of_settings_is_fresh() {
    let fresh = settings_page();
    let path = repository().join("docs/configuration.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &fresh).expect("docs/configuration.md");
    }
    assert!(read("docs/configuration.md") == fresh, "docs/configuration.md is stale: run `BLESS=1 cargo test --test it words`");
}

fn settings_page() -> String {
    let mut page = include_str!("../fixtures/configuration-head.md").to_owned();
    let tree = syn::parse_file(&read("src/settings.rs")).expect("the settings parse");
    for (name, heading) in TABLES {
        let found = tree.items.iter().find_map(|item| match item {
            syn::Item::Struct(found) if found.ident == name => Some(found),
            _ => None,
        });
        let found = found.unwrap_or_else(|| panic!("src/settings.rs has no {name}"));
        write!(page, "\n### {heading}\n\n| key | value | meaning |\n|---|---|---|\n").expect("writing to a string");
        for field in &found.fields {
            let key = field.ident.as_ref().expect("a named field").to_string().replace('_', "-");
            let (value, meaning) = (value_of(&field.ty), documentation(&field.attrs));
            writeln!(page, "| `{key}` | {value} | {meaning} |").expect("writing to a string");
        }
    }
    page
}

/// What may be written for a type.
fn value_of(ty: &syn::Type) -> &'static str {
    let text = quoted(ty);
    let known = [
        ("Glob", "list of patterns (`src/**`, `*.snap`)"),
        ("BTreeMap", "tables, one for each rule"),
        ("Vec", "list of texts"),
        ("FailOn", "`critical`, `high`, `medium`, `low`, `info` or `never`"),
        ("Severity", "`critical`, `high`, `medium`, `low` or `info`"),
        ("Confidence", "`high`, `medium` or `low`"),
        ("Operations", "a table"),
        ("f64", "number"),
        ("u32", "whole number"),
        ("bool", "`true` or `false`"),
        ("String", "text"),
    ];
    known.iter().find(|(part, _)| text.contains(part)).map(|(_, value)| *value).unwrap_or_else(|| panic!("what is a {text}?"))
}

fn quoted(ty: &syn::Type) -> String {
    syn::spanned::Spanned::span(ty).source_text().expect("the text was parsed just now")
}

fn documentation(attributes: &[syn::Attribute]) -> String {
    let line = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue { path, value: syn::Expr::Lit(literal), .. }) if path.is_ident("doc") => {
            if let syn::Lit::Str(text) = &literal.lit {
                Some(text.value().trim().to_owned())
            } else {
                None
            }
        }
        _ => None,
    };
    attributes.iter().filter_map(line).collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_default()
}
