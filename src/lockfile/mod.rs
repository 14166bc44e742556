//! One file per format: what a wallet depends on, as its manifests ask for it and as its lockfiles fix it.

use crate::source::{Notice, SourceFile, Span};

/// A package that a lockfile fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Ecosystem as OSV spells it: `npm`, `crates.io`, `PyPI`, …
    pub ecosystem: &'static str,
    /// The package's real name, after aliases.
    pub name: String,
    /// The exact version, as the ecosystem writes it.
    pub version: String,
    /// Where it comes from.
    pub source: PackageSource,
    /// The address that the lockfile names for it.
    pub resolved: Option<String>,
    /// The checksum that the lockfile names for it.
    pub integrity: Option<String>,
    /// Whether only development needs it.
    pub is_development: bool,
    /// Whether a manifest of the tree asks for it by name.
    pub is_direct: bool,
    /// Whether it runs a script when it is installed, where the lockfile says so.
    pub has_install_script: bool,
    /// Indices into [`Lockfile::packages`] of what it needs.
    pub dependencies: Vec<usize>,
    /// Where the lockfile names it.
    pub span: Span,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageSource {
    /// A registry.
    Registry,
    /// A git repository, at a commit, branch or tag if one is named.
    Git {
        /// Address of the repository.
        url: String,
        /// What is checked out.
        reference: Option<String>,
    },
    /// An archive at an address.
    Url(String),
    /// A folder or archive beside the manifest.
    Path(String),
}

/// A lockfile.
#[derive(Clone, Debug)]
pub struct Lockfile {
    /// Name of the format, from [`LOCKFILES`].
    pub format: &'static str,
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// Every package that it fixes.
    pub packages: Vec<Package>,
}

/// A manifest: what people wrote.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// The package's own name, if it has one.
    pub name: Option<String>,
    /// What it asks for.
    pub requirements: Vec<Requirement>,
}

/// One dependency as a manifest asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The package's real name, after aliases.
    pub name: String,
    /// The version or range as written; empty if there is none.
    pub range: String,
    /// Where it comes from.
    pub source: PackageSource,
    /// Whether only development needs it.
    pub is_development: bool,
    /// Whether the build goes on without it.
    pub is_optional: bool,
    /// Where the manifest names it.
    pub span: Span,
}

/// What a reader makes of a file.
#[derive(Clone, Debug)]
pub enum Dependencies {
    /// It asks.
    Manifest(Manifest),
    /// It fixes.
    Lockfile(Lockfile),
}

/// A format that can be read.
pub trait LockfileReader: Sync {
    /// The format's name in rules and reports.
    fn format(&self) -> &'static str;

    /// Whether this reader reads the file, judged by its name.
    fn accepts(&self, file: &SourceFile) -> bool;

    /// Reads the file. A broken file gives what was read up to the fault, and a notice that names the line.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>);
}

/// Every format, in the order in which they are asked.
pub static LOCKFILES: &[&dyn LockfileReader] = &[];

/// The reader for a file.
#[must_use]
pub fn find(file: &SourceFile) -> Option<&'static dyn LockfileReader> {
    LOCKFILES.iter().copied().find(|reader| reader.accepts(file))
}
