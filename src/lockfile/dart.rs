//! pub, the package manager of Dart and Flutter.

use super::tree::{Entry, Node, yaml};
use super::{Dependencies, Lockfile, LockfileReader, Manifest, Package, PackageSource, Purpose, Requirement};
use crate::source::{Notice, SourceFile, Span};

/// The ecosystem as OSV spells it.
const PUB: &str = "Pub";

/// `pubspec.yaml`.
pub(super) struct Pubspec;
/// `pubspec.lock`.
pub(super) struct PubspecLock;

impl LockfileReader for Pubspec {
    fn format(&self) -> &'static str {
        "pubspec.yaml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "pubspec.yaml"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = yaml(file);
        let Some(root) = root else { return (None, notices) };
        let section =
            |key: &str, purpose| root.get(key).entries().iter().filter_map(move |entry| wish(entry, purpose)).collect::<Vec<_>>();
        let manifest = Manifest {
            ecosystem: PUB,
            name: root.text_of("name"),
            is_library: root.get("publish_to").is_null() && root.get("flutter").is_null(),
            requirements: [section("dependencies", Purpose::Production), section("dev_dependencies", Purpose::Development)]
                .concat(),
            overrides: section("dependency_overrides", Purpose::Production),
            span: root.entry("dependencies").map_or(Span::default(), |entry| entry.key_span),
            ..Manifest::default()
        };
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), notices)
    }
}

/// `name: ^1.0.0`, or a map with `git`, `path`, `hosted` or `sdk`.
fn wish(entry: &Entry<'_>, purpose: Purpose) -> Option<Requirement> {
    let node = &entry.value;
    if !node.get("sdk").is_null() {
        return None;
    }
    let range = node.text().or_else(|| node.get("version").text()).unwrap_or_default();
    Some(Requirement { source: source(node), purpose, ..Requirement::new(&*entry.key, range, entry.key_span.to(node.span)) })
}

fn source(node: &Node<'_>) -> PackageSource {
    let git = node.get("git");
    match (git.text_of("url").or_else(|| git.text().map(ToOwned::to_owned)), node.text_of("path")) {
        (Some(url), _) => PackageSource::Git { url, reference: git.text_of("ref") },
        (None, Some(path)) => PackageSource::Path(path),
        (None, None) => PackageSource::Registry,
    }
}

impl LockfileReader for PubspecLock {
    fn format(&self) -> &'static str {
        "pubspec.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "pubspec.lock"
    }

    /// Pub says of each package whether it is direct, but not what needs it: transitive packages count as shipped.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = yaml(file);
        let Some(root) = root else { return (None, notices) };
        let packages =
            root.get("packages").entries().iter().filter(|entry| entry.value.get("source").text() != Some("sdk")).map(package);
        let lockfile = Lockfile {
            format: self.format(),
            ecosystem: PUB,
            packages: packages.collect(),
            knows_development: true,
            ..Lockfile::default()
        };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

fn package(entry: &Entry<'_>) -> Package {
    let (node, description) = (&entry.value, entry.value.get("description"));
    let kind = node.get("dependency").text().unwrap_or_default();
    let source = match (node.get("source").text(), description.text_of("url"), description.text_of("path")) {
        (Some("git"), Some(url), _) => PackageSource::Git { url, reference: description.text_of("resolved-ref") },
        (Some("path"), _, Some(path)) => PackageSource::Path(path),
        _ => PackageSource::Registry,
    };
    Package {
        source,
        integrity: description.text_of("sha256"),
        is_development: kind == "direct dev",
        is_direct: kind.starts_with("direct"),
        ..Package::new(PUB, &*entry.key, node.text_of("version").unwrap_or_default(), entry.key_span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn a_lockfile_and_its_manifest_are_read() {
        let lock = "packages:\n  keys:\n    dependency: \"direct main\"\n    description:\n      name: keys\n      sha256: aa\n    source: hosted\n    version: \"1.0.0\"\n  own:\n    dependency: \"direct dev\"\n    description:\n      url: \"https://h.example/own\"\n      resolved-ref: c0ffee1\n      ref: main\n    source: git\n    version: \"0.1.0\"\n  flutter:\n    source: sdk\n    version: \"0.0.0\"\n";
        let file = SourceFile::in_memory(FileId(0), "pubspec.lock", lock);
        let packages = PubspecLock.read(&file).0.and_then(|found| found.lockfile).expect("a lockfile").packages;
        let told: Vec<_> = packages.iter().map(|package| (&*package.name, &*package.version, package.is_development)).collect();
        assert_eq!(told, [("keys", "1.0.0", false), ("own", "0.1.0", true)]);
        let file = SourceFile::in_memory(
            FileId(0),
            "pubspec.yaml",
            "name: w\ndependencies:\n  flutter:\n    sdk: flutter\n  keys: ^1.0.0\n  own:\n    git:\n      url: https://h.example/own\n      ref: main\n",
        );
        let wishes = Pubspec.read(&file).0.and_then(|found| found.manifest).expect("a manifest").requirements;
        assert_eq!((&*wishes[0].name, &*wishes[0].range), ("keys", "^1.0.0"));
        assert!(matches!(&wishes[1].source, PackageSource::Git { reference: Some(branch), .. } if branch == "main"));
    }
}
