//! What a tree can be, as data: `rules/profile.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Fact, Glob, Path};

/// A sort of program, and how it is recognised.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileKind {
    /// Its name in rules.
    pub name: String,
    /// Its name for people.
    pub what: String,
    /// Packages whose version is told; the first that is there.
    #[serde(default)]
    pub version: Vec<Glob>,
    /// A setting that is told.
    #[serde(default)]
    pub setting: Option<ProfileSetting>,
    /// One of these holds.
    pub seen: Vec<Fact>,
    /// None of these holds. They may ask for kinds that stand above.
    #[serde(default)]
    pub unless: Vec<Fact>,
}

/// A value of a configuration file that tells more of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileSetting {
    /// Which files.
    pub file: Vec<Glob>,
    /// Where the value stands.
    pub path: Path,
    /// What it is.
    pub label: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinds {
    kind: Vec<ProfileKind>,
}

impl ProfileKind {
    /// All kinds that are known.
    ///
    /// # Panics
    /// Never in a released program: a test reads them.
    #[must_use]
    pub fn all() -> &'static [Self] {
        static KINDS: LazyLock<Kinds> =
            LazyLock::new(|| super::load::vocabulary("profile.toml").expect("the embedded kinds are valid"));
        &KINDS.kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_asks_only_for_kinds_above_it() {
        let mut above: Vec<&str> = Vec::new();
        for kind in ProfileKind::all() {
            assert!(kind.seen.iter().all(|fact| fact.kind.is_empty()), "{}: seen asks for a kind", kind.name);
            for asked in kind.unless.iter().flat_map(|fact| &fact.kind) {
                assert!(above.contains(&asked.as_str()), "{} asks for {asked}", kind.name);
            }
            above.push(&kind.name);
        }
    }
}
