//! The index: every rule in a line, with filters.

use std::collections::BTreeSet;

use askama::Template;

use super::{POLICY, path, reads, reads_in_words};
use crate::report::TOOL_VERSION;
use crate::rule::{Rule, RuleSet, Severity, Status};

/// The page as the template sees it.
#[derive(Debug, Template)]
#[template(path = "rules.html")]
pub(super) struct Index<'a> {
    policy: &'static str,
    tool: &'static str,
    count: usize,
    severities: Vec<&'static str>,
    packs: Vec<&'a str>,
    sorts: Vec<Sort>,
    rows: Vec<Row<'a>>,
}

/// A choice of what rules read.
#[derive(Debug)]
struct Sort {
    value: String,
    label: String,
}

#[derive(Debug)]
struct Row<'a> {
    id: &'a str,
    address: String,
    severity: &'static str,
    title: &'a str,
    what: &'a str,
    pack: &'a str,
    reads: String,
    state: Option<&'static str>,
}

impl<'a> Index<'a> {
    pub(super) fn of(rules: &'a RuleSet) -> Self {
        let packs: BTreeSet<_> = rules.rules.iter().map(|rule| rule.pack.as_str()).collect();
        let words: BTreeSet<_> = rules.rules.iter().flat_map(|rule| reads(rule)).collect();
        let sort = |word: &&str| Sort { value: (*word).to_owned(), label: reads_in_words(word) };
        let mut rows: Vec<_> = rules.rules.iter().map(|rule| row(rule)).collect();
        rows.sort_by_key(|row| (row.pack, Severity::ALL.iter().position(|one| one.name() == row.severity), row.id));
        Self {
            policy: POLICY,
            tool: TOOL_VERSION,
            count: rows.len(),
            severities: Severity::ALL.iter().map(|severity| severity.name()).collect(),
            packs: packs.into_iter().collect(),
            sorts: words.iter().map(sort).collect(),
            rows,
        }
    }
}

fn row(rule: &Rule) -> Row<'_> {
    let body = &rule.body;
    let state = match (body.status, &body.remark) {
        (Status::Preview, _) => Some("preview"),
        (Status::Stable, Some(_)) => Some("remark"),
        (Status::Stable, None) => None,
    };
    Row {
        id: &rule.id,
        address: path(&rule.id),
        severity: body.severity.name(),
        title: &body.title,
        what: &body.what,
        pack: &rule.pack,
        reads: reads(rule).join(" "),
        state,
    }
}
