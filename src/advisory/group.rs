//! Named groups of packages, so that rules can speak of "libraries that handle keys" without naming each.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use crate::lockfile::graph::Station;
use crate::rule::Glob;

/// Members by group and ecosystem.
type Groups = BTreeMap<String, BTreeMap<String, Members>>;

/// Names and patterns of names.
struct Members {
    names: HashSet<String>,
    patterns: Vec<Glob>,
}

static GROUPS: LazyLock<Groups> = LazyLock::new(|| {
    let written: BTreeMap<String, BTreeMap<String, Vec<String>>> = super::written("groups.toml");
    let members = |(ecosystem, written): (String, Vec<String>)| (ecosystem, Members::new(written));
    written.into_iter().map(|(group, ecosystems)| (group, ecosystems.into_iter().map(members).collect())).collect()
});

impl Members {
    fn new(written: Vec<String>) -> Self {
        let (patterns, names): (Vec<String>, Vec<String>) =
            written.into_iter().partition(|name| name.contains(['*', '?', '[', '{']));
        Self { names: names.into_iter().collect(), patterns: patterns.iter().map(|pattern| Glob::new(pattern)).collect() }
    }
}

/// Whether a package belongs to a group.
#[must_use]
pub fn contains(group: &str, ecosystem: &str, name: &str) -> bool {
    let members = GROUPS.get(group).and_then(|ecosystems| ecosystems.get(ecosystem));
    members.is_some_and(|members| members.names.contains(name) || members.patterns.iter().any(|pattern| pattern.matches_name(name)))
}

/// What a package is to those who ask for it, as far as the groups know.
#[must_use]
pub fn station(ecosystem: &str, name: &str) -> Station {
    if contains("runtime", ecosystem, name) {
        Station::Runtime
    } else if contains("build-tool", ecosystem, name) {
        Station::Tool
    } else {
        Station::Plain
    }
}

/// The names of the groups.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.keys().map(String::as_str)
}
