//! NuGet, the package manager of .NET.

use std::sync::LazyLock;

use regex::Regex;

use super::tree::{json, span};
use super::{Dependencies, Lockfile, LockfileReader, Manifest, Package, Requirement};
use crate::source::{Notice, SourceFile};

/// The ecosystem as OSV spells it.
const NUGET: &str = "NuGet";

/// `packages.lock.json`.
pub(super) struct NugetLock;
/// `packages.config`: exact versions.
pub(super) struct PackagesConfig;
/// `PackageReference` and `PackageVersion` in project files.
pub(super) struct ProjectFile;

impl LockfileReader for NugetLock {
    fn format(&self) -> &'static str {
        "packages.lock.json"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "packages.lock.json"
    }

    /// Packages by target framework; those of several frameworks are told once for each.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = json(file);
        let Some(root) = root else { return (None, notices) };
        let mut packages = Vec::new();
        for entry in root.get("dependencies").entries().iter().flat_map(|framework| framework.value.entries()) {
            let Some(version) = entry.value.text_of("resolved") else { continue };
            packages.push(Package {
                integrity: entry.value.text_of("contentHash"),
                is_direct: entry.value.get("type").text() == Some("Direct"),
                ..Package::new(NUGET, &*entry.key, version, entry.key_span)
            });
        }
        let lockfile = Lockfile { format: self.format(), ecosystem: NUGET, packages, has_checksums: true, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

static CONFIG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<package\s+id="([^"]+)"\s+version="([^"]+)"[^>]*>"#).expect("a valid pattern"));
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<Package(?:Reference|Version)\s+(?:Include|Update)="([^"]+)"(?:[^>]*?\sVersion="([^"]+)"|[^>]*>\s*<Version>([^<]+)</Version>)?"#)
        .expect("a valid pattern")
});

impl LockfileReader for PackagesConfig {
    fn format(&self) -> &'static str {
        "packages.config"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "packages.config"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let package = |found: regex::Captures<'_>| {
            let whole = found.get(0)?;
            Some(Package { is_direct: true, ..Package::new(NUGET, &found[1], &found[2], span(whole.start(), whole.end())) })
        };
        let packages = CONFIG.captures_iter(&file.text).filter_map(package).collect();
        let lockfile = Lockfile { format: self.format(), ecosystem: NUGET, packages, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), Vec::new())
    }
}

impl LockfileReader for ProjectFile {
    fn format(&self) -> &'static str {
        "msbuild"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        [".csproj", ".fsproj", ".vbproj"].iter().any(|end| file.name().ends_with(end))
            || ["Directory.Packages.props", "Directory.Build.props"].contains(&file.name())
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let wish = |found: regex::Captures<'_>| {
            let whole = found.get(0)?;
            let range = found.get(2).or(found.get(3)).map_or("", |range| range.as_str());
            Some(Requirement::new(&found[1], range, span(whole.start(), whole.end())))
        };
        let requirements = REFERENCE.captures_iter(&file.text).filter_map(wish).collect();
        let manifest = Manifest { ecosystem: NUGET, requirements, ..Manifest::default() };
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn three_files_name_packages() {
        let lock = r#"{"version": 1, "dependencies": {"net8.0": {"NBitcoin": {"type": "Direct", "resolved": "7.0.1", "contentHash": "aa"}, "Own": {"type": "Project"}}}}"#;
        let file = SourceFile::in_memory(FileId(0), "packages.lock.json", lock);
        let packages = NugetLock.read(&file).0.and_then(|found| found.lockfile).expect("a lockfile").packages;
        assert_eq!((packages.len(), &*packages[0].version, packages[0].is_direct), (1, "7.0.1", true));
        let file = SourceFile::in_memory(
            FileId(0),
            "packages.config",
            r#"<packages><package id="NBitcoin" version="4.1.1" targetFramework="net46" /></packages>"#,
        );
        assert_eq!(PackagesConfig.read(&file).0.and_then(|found| found.lockfile).expect("a lockfile").packages[0].version, "4.1.1");
        let central = "<Project><ItemGroup><PackageVersion Include=\"NBitcoin\" Version=\"7.0.1\" /></ItemGroup></Project>";
        let file = SourceFile::in_memory(FileId(0), "Directory.Packages.props", central);
        let wishes = ProjectFile.read(&file).0.and_then(|found| found.manifest).expect("a manifest").requirements;
        assert_eq!((&*wishes[0].name, &*wishes[0].range), ("NBitcoin", "7.0.1"));
        let project = "<ItemGroup><PackageReference Include=\"NBitcoin\" Version=\"7.0.1\" /><PackageReference Include=\"Own\"><Version>1.0</Version></PackageReference></ItemGroup>";
        let file = SourceFile::in_memory(FileId(0), "w.csproj", project);
        let wishes = ProjectFile.read(&file).0.and_then(|found| found.manifest).expect("a manifest").requirements;
        assert_eq!(
            wishes.iter().map(|wish| (&*wish.name, &*wish.range)).collect::<Vec<_>>(),
            [("NBitcoin", "7.0.1"), ("Own", "1.0")]
        );
    }
}
