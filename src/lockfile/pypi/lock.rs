use std::collections::HashMap;

use super::super::tree::{Node, json, toml};
use super::super::{Dependencies, Importer, Lockfile, LockfileReader, Package, PackageSource, Purpose, Requirement, version};
use super::PYPI;
use crate::source::{Notice, SourceFile, Span};

/// `Pipfile.lock`.
pub(in crate::lockfile) struct PipfileLock;
/// `poetry.lock`.
pub(in crate::lockfile) struct PoetryLock;
/// `uv.lock`.
pub(in crate::lockfile) struct UvLock;
/// `pdm.lock`.
pub(in crate::lockfile) struct PdmLock;

impl LockfileReader for PipfileLock {
    fn format(&self) -> &'static str {
        "Pipfile.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Pipfile.lock"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = json(file);
        let Some(root) = root else { return (None, notices) };
        let mut packages = Vec::new();
        for (section, is_development) in [("default", false), ("develop", true)] {
            packages.extend(root.get(section).entries().iter().map(|entry| Package {
                is_development,
                integrity: entry.value.get("hashes").texts().into_iter().next(),
                source: repository(&entry.value, "git", "ref"),
                is_direct: !entry.value.get("index").is_null(),
                ..Package::new(
                    PYPI,
                    &*entry.key,
                    entry.value.get("version").text().unwrap_or_default().trim_start_matches('='),
                    entry.key_span,
                )
            }));
        }
        (Some(locked(self.format(), packages, true, Vec::new())), notices)
    }
}

impl LockfileReader for PoetryLock {
    fn format(&self) -> &'static str {
        "poetry.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "poetry.lock"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let Some(root) = root else { return (None, notices) };
        let nodes = root.get("package").items();
        // Old versions say of each package whether development alone needs it, and keep the hashes in a table of their own.
        let knows_development = nodes.iter().any(|node| !node.get("category").is_null());
        let old_hashes = root.get("metadata").get("files");
        let packages = nodes.iter().map(|node| {
            let hashes = |files: &Node<'_>| files.items().first().and_then(|file| file.text_of("hash"));
            let package = named(node);
            Package {
                is_development: node.get("category").text() == Some("dev"),
                is_optional: node.get("optional").is_true(),
                integrity: hashes(node.get("files")).or_else(|| hashes(old_hashes.get(&package.name))),
                source: poetry_source(node.get("source")),
                ..package
            }
        });
        let packages = linked(packages.collect(), nodes, |node| {
            node.get("dependencies").entries().iter().map(|entry| entry.key.to_string()).collect()
        });
        (Some(locked(self.format(), packages, knows_development, Vec::new())), notices)
    }
}

impl LockfileReader for UvLock {
    fn format(&self) -> &'static str {
        "uv.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "uv.lock"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let Some(root) = root else { return (None, notices) };
        let is_own =
            |node: &&Node<'_>| ["editable", "virtual", "directory"].iter().any(|key| !node.get("source").get(key).is_null());
        let (own, fetched): (Vec<_>, Vec<_>) = root.get("package").items().iter().partition(is_own);
        let nodes: Vec<Node<'_>> = fetched.into_iter().cloned().collect();
        let packages = nodes.iter().map(|node| Package {
            integrity: node.get("sdist").text_of("hash").or_else(|| node.get("wheels").items().first()?.text_of("hash")),
            source: uv_source(node.get("source")),
            resolved: node.get("source").text_of("registry"),
            ..named(node)
        });
        let packages = linked(packages.collect(), &nodes, |node| names(node.get("dependencies")));
        let importers = own.into_iter().map(|node| importer(node, &packages)).collect();
        (Some(locked(self.format(), packages, false, importers)), notices)
    }
}

impl LockfileReader for PdmLock {
    fn format(&self) -> &'static str {
        "pdm.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "pdm.lock"
    }

    /// From version 4.3 of the format on, `groups` says what a package is for.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let Some(root) = root else { return (None, notices) };
        let nodes = root.get("package").items();
        let knows_development = nodes.iter().any(|node| !node.get("groups").is_null());
        let packages = nodes.iter().map(|node| {
            let groups = node.get("groups").texts();
            Package {
                is_development: !groups.is_empty() && !groups.iter().any(|group| group == "default"),
                integrity: node.get("files").items().first().and_then(|file| file.text_of("hash")),
                source: repository(node, "git", "revision"),
                ..named(node)
            }
        });
        let needs = |node: &Node<'_>| -> Vec<String> {
            let wishes = node.get("dependencies").items().iter();
            wishes.filter_map(|item| Some(super::wish(item.text()?, item.span)?.name)).collect()
        };
        let packages = linked(packages.collect(), nodes, needs);
        (Some(locked(self.format(), packages, knows_development, Vec::new())), notices)
    }
}

fn locked(format: &'static str, packages: Vec<Package>, knows_development: bool, importers: Vec<Importer>) -> Dependencies {
    let lockfile =
        Lockfile { format, ecosystem: PYPI, packages, knows_development, has_checksums: true, importers, ..Lockfile::default() };
    Dependencies { manifest: None, lockfile: Some(lockfile) }
}

fn named(node: &Node<'_>) -> Package {
    let text = |key| node.text_of(key).unwrap_or_default();
    let place = node.entry("name").map_or(node.span, |entry| entry.key_span.to(entry.value.span));
    Package::new(PYPI, text("name"), text("version"), place)
}

fn names(list: &Node<'_>) -> Vec<String> {
    list.items().iter().filter_map(|item| item.text_of("name")).collect()
}

/// Packages with what they need, by name.
fn linked(mut packages: Vec<Package>, nodes: &[Node<'_>], needs: impl Fn(&Node<'_>) -> Vec<String>) -> Vec<Package> {
    let normal = |name: &str| version::normal_name(PYPI, name).into_owned();
    let index: HashMap<String, usize> =
        packages.iter().enumerate().map(|(number, package)| (normal(&package.name), number)).collect();
    for (package, node) in packages.iter_mut().zip(nodes) {
        package.dependencies = needs(node).iter().filter_map(|name| index.get(&normal(name)).copied()).collect();
    }
    packages
}

fn importer(node: &Node<'_>, packages: &[Package]) -> Importer {
    let find = |name: &str| packages.iter().position(|package| package.name == name);
    let wish = |name: String, purpose| (Requirement { purpose, ..Requirement::new(&*name, "", Span::default()) }, find(&name));
    let production = names(node.get("dependencies")).into_iter().map(|name| wish(name, Purpose::Production));
    let groups = node.get("dev-dependencies").entries().iter().flat_map(|group| names(&group.value));
    let development = groups.map(|name| wish(name, Purpose::Development));
    Importer { folder: String::new(), name: node.text_of("name"), requirements: production.chain(development).collect() }
}

fn repository(node: &Node<'_>, url: &str, reference: &str) -> PackageSource {
    node.text_of(url).map_or(PackageSource::Registry, |url| PackageSource::Git { url, reference: node.text_of(reference) })
}

fn poetry_source(node: &Node<'_>) -> PackageSource {
    match (node.get("type").text(), node.text_of("url")) {
        (Some("git"), Some(url)) => {
            PackageSource::Git { url, reference: node.text_of("resolved_reference").or_else(|| node.text_of("reference")) }
        }
        (Some("url"), Some(url)) => PackageSource::Url(url),
        (Some("directory" | "file"), Some(path)) => PackageSource::Path(path),
        _ => PackageSource::Registry,
    }
}

fn uv_source(node: &Node<'_>) -> PackageSource {
    if let Some(git) = node.text_of("git") {
        let (url, commit) = git.split_once('#').map_or((&*git, None), |(url, commit)| (url, Some(commit.to_owned())));
        return PackageSource::Git { url: url.split('?').next().unwrap_or(url).to_owned(), reference: commit };
    }
    match (node.text_of("url"), node.text_of("path")) {
        (Some(url), _) => PackageSource::Url(url),
        (None, Some(path)) => PackageSource::Path(path),
        (None, None) => PackageSource::Registry,
    }
}
