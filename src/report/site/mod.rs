//! The rules as a static site: an index with a search, and one page for each rule. It loads nothing from elsewhere and needs no
//! server, so that the folder can be hosted as it is.

mod index;
mod page;

use std::collections::BTreeMap;

use askama::Template as _;

use super::{prose, standards};
use crate::risk::Tally;
use crate::rule::{Match, Rule, RuleSet};

/// A file of the site.
#[derive(Clone, Debug)]
pub struct SiteFile {
    /// Its path in the folder of the site.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// The style of the HTML report and what the site adds to it.
const STYLE: &str = concat!(include_str!("../templates/report.css"), include_str!("../templates/site.css"));
const SCRIPT: &str = include_str!("../templates/site.js");

/// What a page may do: use the style and the script beside it, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'";

/// Every file of the site. `ledger` says how often the findings of a rule were right, where somebody judged them.
#[must_use]
pub fn pages(rules: &RuleSet, ledger: &BTreeMap<String, Tally>) -> Vec<SiteFile> {
    let file = |path: &str, text: String| SiteFile { path: path.to_owned(), text };
    let index = index::Index::of(rules).render().expect("strings can be written");
    let fixed = [file("index.html", index), file("style.css", STYLE.to_owned()), file("site.js", SCRIPT.to_owned())];
    let pages = rules.rules.iter().map(|rule| {
        let page = page::Page::of(rule, rules, ledger.get(&rule.id).copied());
        file(&path(&rule.id), page.render().expect("strings can be written"))
    });
    fixed.into_iter().chain(pages).collect()
}

/// The address of a rule's page, where the site is published at `base`.
#[must_use]
pub fn address(base: &str, id: &str) -> String {
    format!("{}/{}", base.trim_end_matches('/'), path(id))
}

fn path(id: &str) -> String {
    format!("{id}.html")
}

/// A text without the back-ticks around its code, for places that take no markup.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// What a rule reads: languages by their names, `any-code` if it is limited to none, and sorts of files.
fn reads(rule: &Rule) -> Vec<&str> {
    let is_code = |matcher: &Match| matches!(matcher, Match::Flow(_) | Match::Call(_) | Match::Function(_));
    let mut reads: Vec<&str> = rule.body.languages.iter().map(String::as_str).collect();
    if reads.is_empty() && rule.body.matchers.iter().any(is_code) {
        reads.push("any-code");
    }
    let sorts = rule.body.matchers.iter().filter_map(|matcher| match matcher {
        Match::Flow(_) | Match::Call(_) | Match::Function(_) => None,
        Match::Config(_) => Some("configuration"),
        Match::Dependency(_) => Some("dependencies"),
        Match::Text(_) => Some("text"),
        Match::Absence(_) => Some("project"),
    });
    for sort in sorts {
        if !reads.contains(&sort) {
            reads.push(sort);
        }
    }
    reads
}

/// What [`reads`] names, for people.
fn reads_in_words(word: &str) -> String {
    let words = match word {
        "any-code" => "code in any language",
        "configuration" => "configuration files",
        "dependencies" => "manifests and lockfiles",
        "text" => "text of files",
        "project" => "the project as a whole",
        "javascript" => "JavaScript and TypeScript",
        other => return capital(other),
    };
    words.to_owned()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
