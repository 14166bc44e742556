use std::collections::HashMap;

use super::super::tree::{Entry, Node, json};
use super::super::{Dependencies, Importer, Lockfile, LockfileReader, Package};
use super::NPM;
use super::manifest::requirements;
use super::spec::{source, split_at_sign};
use crate::source::{Notice, SourceFile};

/// `bun.lock`, bun's text format.
pub(in crate::lockfile) struct BunLock;

impl LockfileReader for BunLock {
    fn format(&self) -> &'static str {
        "bun"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "bun.lock"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = json(file);
        let lockfile = root.map(|root| lockfile(&root));
        (lockfile.map(|lockfile| Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

fn lockfile(root: &Node<'_>) -> Lockfile {
    let entries: Vec<_> = root.get("packages").entries().iter().filter(|entry| !is_workspace(entry)).collect();
    let index: HashMap<&str, usize> = entries.iter().enumerate().map(|(number, entry)| (&*entry.key, number)).collect();
    let packages = entries.iter().map(|entry| {
        let wishes = ["dependencies", "optionalDependencies", "peerDependencies"].iter();
        let names = wishes.flat_map(|key| details(&entry.value).get(key).entries());
        let dependencies = names.filter_map(|wish| resolve(&index, &entry.key, &wish.key)).collect();
        Package { dependencies, ..package(entry) }
    });
    let packages = packages.collect();
    let importers = root.get("workspaces").entries().iter().map(|entry| importer(entry, &index)).collect();
    Lockfile { format: "bun", ecosystem: NPM, packages, has_checksums: true, importers, ..Lockfile::default() }
}

fn is_workspace(entry: &Entry<'_>) -> bool {
    entry.value.items().first().and_then(Node::text).is_some_and(|text| text.contains("@workspace:"))
}

/// The object with a package's wishes: wherever it stands in the entry.
fn details<'a, 'b>(entry: &'b Node<'a>) -> &'b Node<'a> {
    entry.items().iter().find(|item| !item.entries().is_empty()).unwrap_or(entry)
}

/// `["name@version", "registry", {…}, "sha512-…"]`; repositories and archives have an address for a version and no registry.
fn package(entry: &Entry<'_>) -> Package {
    let texts = entry.value.texts();
    let first = texts.first().map_or("", String::as_str);
    let (name, version) = split_at_sign(first);
    let key = key_name(&entry.key);
    let source = source(version);
    Package {
        resolved: texts.get(1).filter(|address| address.starts_with("http")).cloned(),
        integrity: texts.iter().skip(1).find(|text| text.starts_with("sha")).cloned(),
        alias: (key != name).then(|| key.to_owned()),
        source,
        ..Package::new(NPM, name, version, entry.key_span)
    }
}

/// The last name of `parent/child`, where either may have a scope.
fn key_name(key: &str) -> &str {
    let last = key.rfind('/').map_or(0, |at| at + 1);
    let before = key[..last].trim_end_matches('/');
    let scope = before.rfind('/').map_or(0, |at| at + 1);
    if before[scope..].starts_with('@') { &key[scope..] } else { &key[last..] }
}

/// The package that `from` sees under a name: nested in itself, in its parents, at the top.
fn resolve(index: &HashMap<&str, usize>, from: &str, name: &str) -> Option<usize> {
    let mut parent = from;
    loop {
        let key = if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") };
        if let Some(&found) = index.get(&*key) {
            return Some(found);
        }
        if parent.is_empty() {
            return None;
        }
        parent = parent[..parent.len() - key_name(parent).len()].trim_end_matches('/');
    }
}

fn importer(entry: &Entry<'_>, index: &HashMap<&str, usize>) -> Importer {
    let name = entry.value.text_of("name");
    let found = |wish: &super::super::Requirement| {
        let key = wish.alias.as_ref().unwrap_or(&wish.name);
        resolve(index, name.as_deref().unwrap_or(""), key)
    };
    let requirements = requirements(&entry.value).into_iter().map(|wish| (found(&wish), wish)).map(|(at, wish)| (wish, at));
    Importer { folder: entry.key.to_string(), name: name.clone(), requirements: requirements.collect() }
}
