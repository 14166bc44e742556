//! A package, or the way packages are fixed.

use serde::Deserialize;

use crate::rule::{Glob, Severity, TextPattern};

/// A package that a wallet depends on, or the way in which its packages are fixed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct DependencyMatch {
    /// What must be true of the package, the manifest or the lockfile.
    pub is: DependencyTrait,
    /// Ecosystems as OSV spells them; all if empty.
    pub ecosystem: Vec<String>,
    /// Package names; all if empty.
    pub name: Vec<Glob>,
    /// Groups of `rules/advisories/groups.toml`: the package is in one of them.
    pub group: Vec<String>,
    /// Groups of which the package is in none.
    pub not_group: Vec<String>,
    /// Versions, as comparators or in the ecosystem's own range syntax.
    pub version: Option<String>,
    /// With `advised`: the sorts of advisories that count.
    pub advice: Vec<String>,
    /// Packages that only development needs count too.
    pub development: bool,
    /// The severity is never above this, whatever the advisory says.
    pub at_most: Option<Severity>,
    /// The severity for packages that only development needs, for what a lockfile tames, and the like.
    pub lesser: Option<Severity>,
    /// With `many-packages`: from how many production packages on.
    pub at_least: Option<usize>,
    /// With `install-script`: what a script of the tree's own manifest says when it is worth a finding.
    pub command: Option<TextPattern>,
}

/// What a rule may ask of packages, manifests and lockfiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DependencyTrait {
    /// A package is there.
    #[default]
    Present,
    /// Something is known about the version.
    Advised,
    /// Its name imitates that of a well-known package.
    Lookalike,
    /// Its release line gets no more fixes.
    EndOfLife,
    /// It is fetched from a branch, a tag or an address that can change.
    MutableSource,
    /// A manifest asks for it with a range.
    FloatingRange,
    /// It runs a script when it is installed.
    InstallScript,
    /// Several versions of it ship.
    Duplicate,
    /// It was copied into the tree: its banner says so.
    Vendored,
    /// A manifest of an application has no lockfile.
    Unlocked,
    /// A manifest and its lockfile disagree, or lockfiles compete.
    Drift,
    /// A lockfile names no checksum, or a broken one.
    WeakIntegrity,
    /// A lockfile leads to a host that is not the home of its packages.
    ForeignHost,
    /// A lockfile gives the address of another package.
    MisleadingAddress,
    /// A name can be answered by more than one registry.
    AmbiguousRegistry,
    /// So many packages ship that nobody can read them.
    ManyPackages,
}

impl DependencyMatch {
    /// Whether the rule is about an ecosystem.
    #[must_use]
    pub fn takes(&self, ecosystem: &str) -> bool {
        self.ecosystem.is_empty() || self.ecosystem.iter().any(|wanted| wanted == ecosystem)
    }
}
