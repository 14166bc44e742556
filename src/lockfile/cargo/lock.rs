use std::collections::HashMap;

use super::super::tree::{Node, toml};
use super::super::{Dependencies, Importer, Lockfile, LockfileReader, Package, PackageSource, Requirement};
use super::CRATES;
use crate::source::{Notice, SourceFile, Span};

/// `Cargo.lock`, versions 1 to 4.
pub(in crate::lockfile) struct CargoLock;

impl LockfileReader for CargoLock {
    fn format(&self) -> &'static str {
        "Cargo.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Cargo.lock"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let lockfile = root.map(|root| lockfile(&root));
        (lockfile.map(|lockfile| Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

fn lockfile(root: &Node<'_>) -> Lockfile {
    let listed = root.get("package").items().iter().chain(Some(root.get("root")).filter(|root| !root.is_null()));
    let (fetched, own): (Vec<&Node<'_>>, Vec<&Node<'_>>) = listed.partition(|node| !node.get("source").is_null());
    // Version 1 keeps the checksums in a table of their own: `"checksum NAME VERSION (SOURCE)" = "HASH"`.
    let checksums: HashMap<&str, &str> = root
        .get("metadata")
        .entries()
        .iter()
        .filter_map(|entry| Some((entry.key.strip_prefix("checksum ")?, entry.value.text()?)))
        .collect();
    let mut packages: Vec<Package> = fetched.iter().map(|node| package(node, &checksums)).collect();
    let index = Index::new(&packages, &fetched);
    let edges: Vec<Vec<usize>> = fetched.iter().map(|node| index.all(node)).collect();
    for (package, edges) in packages.iter_mut().zip(edges) {
        package.dependencies = edges;
    }
    let importers = own.iter().map(|node| importer(node, &index, &packages)).collect();
    Lockfile { format: "Cargo.lock", ecosystem: CRATES, packages, has_checksums: true, importers, ..Lockfile::default() }
}

fn package(node: &Node<'_>, checksums: &HashMap<&str, &str>) -> Package {
    let text = |key| node.get(key).text().unwrap_or_default();
    let (name, version, address) = (text("name"), text("version"), text("source"));
    let place = node.entry("name").map_or(node.span, |entry| entry.key_span.to(entry.value.span));
    let old = checksums.get(&*format!("{name} {version} ({address})")).filter(|hash| **hash != "<none>");
    Package {
        source: source(address),
        resolved: address.split_once('+').filter(|(kind, _)| *kind != "git").map(|(_, url)| url.to_owned()),
        integrity: node.text_of("checksum").or_else(|| old.map(|hash| (*hash).to_owned())),
        ..Package::new(CRATES, name, version, place)
    }
}

/// `registry+URL`, `sparse+URL`, `git+URL?branch=main#COMMIT`.
fn source(address: &str) -> PackageSource {
    let Some(rest) = address.strip_prefix("git+") else { return PackageSource::Registry };
    let (url, commit) = rest.split_once('#').map_or((rest, None), |(url, commit)| (url, Some(commit.to_owned())));
    PackageSource::Git { url: url.split('?').next().unwrap_or(url).to_owned(), reference: commit }
}

/// Packages by name, with version and source to tell them apart.
struct Index<'a> {
    by_name: HashMap<String, Vec<(usize, String, &'a str)>>,
}

impl<'a> Index<'a> {
    fn new(packages: &[Package], nodes: &[&'a Node<'_>]) -> Self {
        let mut by_name: HashMap<String, Vec<_>> = HashMap::new();
        for (number, (package, node)) in packages.iter().zip(nodes).enumerate() {
            let source = node.get("source").text().unwrap_or_default();
            by_name.entry(package.name.clone()).or_default().push((number, package.version.clone(), source));
        }
        Self { by_name }
    }

    /// What a package's `dependencies` name: `NAME`, `NAME VERSION` or `NAME VERSION (SOURCE)`.
    fn all(&self, node: &Node<'_>) -> Vec<usize> {
        node.get("dependencies").items().iter().filter_map(|item| self.find(item.text()?)).collect()
    }

    fn find(&self, wish: &str) -> Option<usize> {
        let mut words = wish.split(' ');
        let candidates = self.by_name.get(words.next()?)?;
        let version = words.next();
        let source = words.next().map(|source| source.trim_matches(['(', ')']));
        let fits = |(_, has, from): &&(usize, String, &str)| {
            version.is_none_or(|version| version == has) && source.is_none_or(|source| from.starts_with(source))
        };
        candidates.iter().find(fits).map(|(number, ..)| *number)
    }
}

/// A package without a source is part of the tree. What it needs is known, not what for.
fn importer(node: &Node<'_>, index: &Index<'_>, packages: &[Package]) -> Importer {
    let wish = |number: usize| (Requirement::new(&*packages[number].name, "", Span::default()), Some(number));
    Importer { folder: String::new(), name: node.text_of("name"), requirements: index.all(node).into_iter().map(wish).collect() }
}
