//! One file per format: what a wallet depends on, as its manifests ask for it and as its lockfiles fix it.

mod apple;
mod cargo;
mod dart;
mod git;
mod go;
pub mod graph;
mod jvm;
mod npm;
mod nuget;
mod pypi;
mod tree;
pub mod version;

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
    /// Whether only development needs it, where the lockfile says so.
    pub is_development: bool,
    /// Whether a manifest asks for it by name, where the lockfile says so.
    pub is_direct: bool,
    /// Whether the build goes on without it.
    pub is_optional: bool,
    /// Whether it runs a script when it is installed, where the lockfile says so.
    pub has_install_script: bool,
    /// Whether the lockfile puts it inside of another package, where only that one can import it.
    pub is_nested: bool,
    /// What its authors said when they gave it up, where the lockfile says so.
    pub deprecated: Option<String>,
    /// The name by which the tree knows it, if that is not its own.
    pub alias: Option<String>,
    /// The ranges by which it was asked for, where the lockfile says so.
    pub requested: Vec<String>,
    /// Indices into [`Lockfile::packages`] of what it needs.
    pub dependencies: Vec<usize>,
    /// Where the lockfile names it.
    pub span: Span,
}

impl Package {
    /// A package of a registry, of which nothing else is known yet.
    #[must_use]
    pub fn new(ecosystem: &'static str, name: impl Into<String>, version: impl Into<String>, span: Span) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            version: version.into(),
            source: PackageSource::Registry,
            resolved: None,
            integrity: None,
            is_development: false,
            is_direct: false,
            is_optional: false,
            has_install_script: false,
            is_nested: false,
            deprecated: None,
            alias: None,
            requested: Vec::new(),
            dependencies: Vec::new(),
            span,
        }
    }
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
#[derive(Clone, Debug, Default)]
pub struct Lockfile {
    /// Name of the format, from [`LOCKFILES`].
    pub format: &'static str,
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// Every package that it fixes.
    pub packages: Vec<Package>,
    /// Whether it says itself which packages only development needs.
    pub knows_development: bool,
    /// Whether it names a checksum for every package of a registry, as written by its tool.
    pub has_checksums: bool,
    /// The file beside it that holds its checksums, if they are not in it (`go.sum`).
    pub checksums_in: Option<&'static str>,
    /// Whether it leaves out what its packages need in turn (`go.mod` before Go 1.17).
    pub is_partial: bool,
    /// Whether it is a list of checksums that may name more than the tree uses (`go.sum`, Gradle's verification metadata): another
    /// lockfile knows better, where there is one.
    pub is_checksum_list: bool,
    /// The packages of the tree itself with their wishes, where the lockfile remembers them.
    pub importers: Vec<Importer>,
}

/// A package of the tree itself, as its lockfile remembers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Importer {
    /// Its folder, from that of the lockfile; empty if it is the same.
    pub folder: String,
    /// Its name, if the lockfile says it.
    pub name: Option<String>,
    /// What it asked for when the lockfile was written, and the index of the package that it got.
    pub requirements: Vec<(Requirement, Option<usize>)>,
}

/// A manifest: what people wrote.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// The package's own name, if it has one.
    pub name: Option<String>,
    /// Whether it is made to be used by other packages: its lockfile binds nobody but its authors.
    pub is_library: bool,
    /// What it asks for.
    pub requirements: Vec<Requirement>,
    /// What its members may take over by name (Cargo's `workspace.dependencies`, pnpm's catalogs).
    pub shared: Vec<Requirement>,
    /// What it forces upon its dependencies' dependencies.
    pub overrides: Vec<Requirement>,
    /// Folders of further packages that share its lockfile, as patterns from its own folder.
    pub members: Vec<String>,
    /// Commands that run when it is installed, by name.
    pub install_scripts: Vec<Script>,
    /// The programs that it says it runs on (`node`, `npm`), with their ranges.
    pub engines: Vec<Requirement>,
    /// The tool that it says fixes its packages, as written: `pnpm@9.1.0`.
    pub manager: Option<(String, Span)>,
    /// The packages whose install scripts it allows; None if it says nothing about scripts.
    pub allowed_scripts: Option<Vec<String>>,
    /// Registries that may answer for any name beside the usual one, with their places.
    pub further_indexes: Vec<(String, Span)>,
    /// Where its dependencies begin, or its first byte.
    pub span: Span,
}

/// A command that a package manager runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// When: `postinstall`.
    pub name: String,
    /// The command.
    pub command: String,
    /// Where it stands.
    pub span: Span,
}

/// One dependency as a manifest asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The package's real name, after aliases.
    pub name: String,
    /// The name by which the code knows it, if that is another.
    pub alias: Option<String>,
    /// The version or range as written; empty if there is none.
    pub range: String,
    /// Where it comes from.
    pub source: PackageSource,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether it names checksums.
    pub has_hashes: bool,
    /// Where the manifest names it.
    pub span: Span,
}

impl Requirement {
    /// A wish for a package of a registry that ships.
    #[must_use]
    pub fn new(name: impl Into<String>, range: impl Into<String>, span: Span) -> Self {
        Self {
            name: name.into(),
            alias: None,
            range: range.into(),
            source: PackageSource::Registry,
            purpose: Purpose::Production,
            has_hashes: false,
            span,
        }
    }
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// It is part of what ships.
    #[default]
    Production,
    /// Part of what ships if it can be installed.
    Optional,
    /// The user of this package must have it.
    Peer,
    /// It builds what ships.
    Build,
    /// Only development needs it.
    Development,
}

impl Purpose {
    /// Whether what is needed for this purpose does not ship.
    #[must_use]
    pub const fn is_development(self) -> bool {
        matches!(self, Self::Development)
    }
}

/// What a reader makes of a file: it asks, it fixes, or both (`go.mod`, a `requirements.txt` with exact versions).
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    /// What it asks for.
    pub manifest: Option<Manifest>,
    /// What it fixes.
    pub lockfile: Option<Lockfile>,
}

impl Dependencies {
    /// Every package named, with the version that is fixed or the range that is asked for, and the place.
    pub fn named(&self) -> impl Iterator<Item = Named<'_>> {
        let asked = self.manifest.iter();
        let asked = asked.flat_map(|manifest| manifest.requirements.iter().map(move |wish| Named::asked(manifest, wish)));
        let fixed = self.lockfile.iter().filter(|lockfile| !lockfile.is_checksum_list);
        let fixed = fixed.flat_map(|lockfile| lockfile.packages.iter().map(Named::from));
        asked.chain(fixed)
    }
}

/// A package that a file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// The package's real name.
    pub name: &'a str,
    /// The exact version if it is fixed; the range as written otherwise.
    pub version: &'a str,
    /// Whether the version is exact.
    pub is_fixed: bool,
    /// Where.
    pub span: Span,
}

impl<'a> From<&'a Package> for Named<'a> {
    fn from(package: &'a Package) -> Self {
        let Package { ecosystem, name, version, span, .. } = package;
        Self { ecosystem, name, version, is_fixed: true, span: *span }
    }
}

impl<'a> Named<'a> {
    /// A wish of a manifest.
    #[must_use]
    pub fn asked(manifest: &Manifest, wish: &'a Requirement) -> Self {
        Self { ecosystem: manifest.ecosystem, name: &wish.name, version: &wish.range, is_fixed: false, span: wish.span }
    }

    /// The version that is fixed, or that the range is written with.
    #[must_use]
    pub fn written_version(&self) -> Option<&'a str> {
        if self.is_fixed { Some(self.version) } else { written_version(self.version) }
    }
}

/// The version with which a range is written: `1.2.0` in `^1.2.0`; None if it is no single version.
#[must_use]
pub fn written_version(range: &str) -> Option<&str> {
    let version = range.trim().trim_start_matches(['^', '~', '=', 'v', '>', ' ']);
    let is_version = version.starts_with(|first: char| first.is_ascii_digit()) && !version.contains([' ', '|', ',', '*']);
    is_version.then_some(version)
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
pub static LOCKFILES: &[&dyn LockfileReader] = &[
    &cargo::CargoToml,
    &cargo::CargoLock,
    &npm::PackageJson,
    &npm::PackageLock,
    &npm::YarnLock,
    &npm::PnpmLock,
    &npm::BunLock,
    &pypi::Requirements,
    &pypi::PipConf,
    &pypi::Pyproject,
    &pypi::Pipfile,
    &pypi::PipfileLock,
    &pypi::PoetryLock,
    &pypi::UvLock,
    &pypi::PdmLock,
    &git::Submodules,
    &go::GoMod,
    &go::GoSum,
    &jvm::Pom,
    &jvm::GradleLock,
    &jvm::VerificationMetadata,
    &jvm::BuildGradle,
    &jvm::VersionCatalog,
    &apple::PodfileLock,
    &apple::Podfile,
    &apple::PackageResolved,
    &apple::CartfileResolved,
    &dart::Pubspec,
    &dart::PubspecLock,
    &nuget::NugetLock,
    &nuget::PackagesConfig,
    &nuget::ProjectFile,
];

/// The reader for a file.
#[must_use]
pub fn find(file: &SourceFile) -> Option<&'static dyn LockfileReader> {
    LOCKFILES.iter().copied().find(|reader| reader.accepts(file))
}
