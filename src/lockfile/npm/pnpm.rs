use std::collections::HashMap;

use super::super::tree::{Entry, Node, yaml};
use super::super::{Dependencies, Importer, Lockfile, LockfileReader, Package, PackageSource, Purpose};
use super::NPM;
use super::spec::{requirement, source, split_at_sign};
use crate::source::{Notice, SourceFile};

/// `pnpm-lock.yaml`, versions 5 to 9.
pub(in crate::lockfile) struct PnpmLock;

/// The sections of an importer.
const SECTIONS: &[(&str, Purpose)] = &[
    ("dependencies", Purpose::Production),
    ("optionalDependencies", Purpose::Optional),
    ("devDependencies", Purpose::Development),
];

impl LockfileReader for PnpmLock {
    fn format(&self) -> &'static str {
        "pnpm"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "pnpm-lock.yaml"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = yaml(file);
        let lockfile = root.map(|root| lockfile(&root));
        (lockfile.map(|lockfile| Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

fn lockfile(root: &Node<'_>) -> Lockfile {
    let snapshots = root.get("snapshots");
    let mut packages = Vec::new();
    let mut index = HashMap::new();
    for entry in root.get("packages").entries() {
        index.insert(normal_key(&entry.key), packages.len());
        packages.push(package(entry));
    }
    // From version 9 on, `snapshots` holds the edges: one entry for each set of peers of a package.
    let edges = if snapshots.entries().is_empty() { root.get("packages") } else { snapshots };
    for entry in edges.entries() {
        let Some(&from) = index.get(&normal_key(&entry.key)) else { continue };
        let wishes = ["dependencies", "optionalDependencies"].iter().flat_map(|key| entry.value.get(key).entries());
        let found = wishes.filter_map(|wish| find(&index, &wish.key, wish.value.text()?));
        packages[from].dependencies.extend(found);
        packages[from].is_optional |= entry.value.get("optional").is_true();
    }
    for package in &mut packages {
        package.dependencies.sort_unstable();
        package.dependencies.dedup();
    }
    let knows_development = snapshots.entries().is_empty();
    let importers = importers(root, &index);
    Lockfile { format: "pnpm", ecosystem: NPM, packages, knows_development, has_checksums: true, importers, ..Lockfile::default() }
}

/// A key without the leading slash and without the peers behind it: `/a/1.0.0_b@2.0.0`, `/a@1.0.0(b@2.0.0)`, `a@1.0.0`.
/// Name and version stand apart by `@` in the result.
fn normal_key(key: &str) -> String {
    let key = key.split('(').next().unwrap_or(key);
    let Some(rest) = key.strip_prefix('/') else { return key.to_owned() };
    if split_at_sign(rest).1.starts_with(|first: char| first.is_ascii_digit()) && !is_slashed(rest) {
        return rest.to_owned();
    }
    let (name, version) = rest.rsplit_once('/').unwrap_or((rest, ""));
    format!("{name}@{}", version.split('_').next().unwrap_or(version))
}

/// Whether the version stands behind a slash (version 5): `@scope/name/1.0.0`.
fn is_slashed(key: &str) -> bool {
    let slashes = key.split('@').find(|part| !part.is_empty()).map_or(0, |part| part.matches('/').count());
    slashes > usize::from(key.starts_with('@'))
}

fn package(entry: &Entry<'_>) -> Package {
    let node = &entry.value;
    let key = normal_key(&entry.key);
    let (name, version) = split_at_sign(&key);
    let name = node.text_of("name").unwrap_or_else(|| name.to_owned());
    let resolution = node.get("resolution");
    let tarball = resolution.text_of("tarball");
    let source = match (resolution.text_of("repo"), &tarball) {
        (Some(url), _) => PackageSource::Git { url, reference: resolution.text_of("commit") },
        (None, Some(tarball)) => super::package_lock::resolved_source(tarball),
        (None, None) => PackageSource::Registry,
    };
    let source = if let Some(folder) = resolution.text_of("directory") { PackageSource::Path(folder) } else { source };
    Package {
        source,
        resolved: tarball,
        integrity: resolution.text_of("integrity"),
        is_development: node.get("dev").is_true(),
        is_optional: node.get("optional").is_true(),
        has_install_script: node.get("requiresBuild").is_true(),
        deprecated: node.text_of("deprecated"),
        ..Package::new(NPM, name, node.text_of("version").unwrap_or_else(|| version.to_owned()), entry.key_span)
    }
}

/// The package behind a name and what stands for its version: a version with peers, or a whole key.
fn find(index: &HashMap<String, usize>, name: &str, version: &str) -> Option<usize> {
    let version = version.split('(').next().unwrap_or(version);
    let short = version.split('_').next().unwrap_or(version);
    let keys = [format!("{name}@{version}"), format!("{name}@{short}"), version.to_owned(), normal_key(version)];
    keys.iter().find_map(|key| index.get(key)).copied()
}

fn importers(root: &Node<'_>, index: &HashMap<String, usize>) -> Vec<Importer> {
    let listed = root.get("importers").entries();
    if listed.is_empty() {
        return vec![importer("", root, index)];
    }
    listed.iter().map(|entry| importer(&entry.key, &entry.value, index)).collect()
}

fn importer(folder: &str, node: &Node<'_>, index: &HashMap<String, usize>) -> Importer {
    let mut requirements = Vec::new();
    for (section, purpose) in SECTIONS {
        for entry in node.get(section).entries() {
            // `{specifier, version}` from version 6 on; before, the version here and the range in `specifiers`.
            let version = entry.value.text().or_else(|| entry.value.get("version").text()).unwrap_or_default();
            let range = entry.value.get("specifier").text().or_else(|| node.get("specifiers").get(&entry.key).text());
            let mut wish = requirement(&entry.key, range.unwrap_or_default(), *purpose, entry.key_span);
            if version.starts_with("link:") {
                wish.source = source(version);
            }
            requirements.push((wish, find(index, &entry.key, version)));
        }
    }
    Importer { folder: if folder == "." { String::new() } else { folder.to_owned() }, name: None, requirements }
}
