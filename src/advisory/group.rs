//! Named groups of packages, so that rules can speak of "libraries that handle keys" without naming each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::embedded;
use crate::rule::Glob;

/// Patterns of package names by group and ecosystem.
type Groups = BTreeMap<String, BTreeMap<String, Vec<Glob>>>;

static GROUPS: LazyLock<Groups> = LazyLock::new(|| toml::from_str(embedded("groups.toml")).unwrap_or_default());

/// Whether a package belongs to a group.
#[must_use]
pub fn contains(group: &str, ecosystem: &str, name: &str) -> bool {
    let patterns = GROUPS.get(group).and_then(|ecosystems| ecosystems.get(ecosystem));
    patterns.is_some_and(|patterns| patterns.iter().any(|pattern| pattern.matches_name(name)))
}

/// The names of the groups.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.keys().map(String::as_str)
}
