use std::collections::HashMap;

use super::super::tree::{Entry, Node, json};
use super::super::{Dependencies, Importer, Lockfile, LockfileReader, Package, PackageSource};
use super::NPM;
use super::manifest::requirements;
use super::spec::source;
use crate::source::{Notice, SourceFile};

/// `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
pub(in crate::lockfile) struct PackageLock;

impl LockfileReader for PackageLock {
    fn format(&self) -> &'static str {
        "package-lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        ["package-lock.json", "npm-shrinkwrap.json"].contains(&file.name())
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = json(file);
        let Some(root) = root else { return (None, notices) };
        let mut tree = Tree::default();
        if root.get("packages").entries().is_empty() {
            tree.nested(root.get("dependencies"), "");
        } else {
            root.get("packages").entries().iter().for_each(|entry| tree.flat(entry));
        }
        let lockfile = Some(tree.finish(self.format()));
        (Some(Dependencies { manifest: None, lockfile }), notices)
    }
}

/// The packages by their folder (`node_modules/a/node_modules/b`), with the names that each needs.
#[derive(Default)]
struct Tree {
    packages: Vec<Package>,
    folders: HashMap<String, usize>,
    wishes: Vec<(String, Vec<String>)>,
    importers: Vec<Importer>,
}

impl Tree {
    /// Takes an entry of `packages` (versions 2 and 3): its key is the folder.
    fn flat(&mut self, entry: &Entry<'_>) {
        let node = &entry.value;
        let Some((_, name)) = entry.key.rsplit_once("node_modules/") else {
            let wishes = requirements(node).into_iter().map(|wish| (wish, None)).collect();
            self.importers.push(Importer { folder: entry.key.to_string(), name: node.text_of("name"), requirements: wishes });
            return;
        };
        if node.get("link").is_true() {
            return;
        }
        let mut package = common(entry, name);
        if let Some(real) = node.text_of("name").filter(|real| real != name) {
            package.alias = Some(std::mem::replace(&mut package.name, real));
        }
        package.resolved = node.text_of("resolved");
        package.source = package.resolved.as_deref().map_or(PackageSource::Registry, resolved_source);
        package.is_optional |= node.get("devOptional").is_true();
        let wishes = ["dependencies", "optionalDependencies", "peerDependencies"].iter();
        self.add(&entry.key, package, wishes.flat_map(|key| keys(node.get(key))).collect());
    }

    /// Takes `dependencies` (version 1): packages inside packages. The depth is that of the tree, which is bounded.
    fn nested(&mut self, dependencies: &Node<'_>, parent: &str) {
        for entry in dependencies.entries() {
            let folder = format!("{parent}node_modules/{}", entry.key);
            let mut package = common(entry, &entry.key);
            package.resolved = entry.value.text_of("resolved");
            package.source = source(&package.version);
            if let Some((name, version)) = package.version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
                package.alias = Some(std::mem::replace(&mut package.name, name.to_owned()));
                package.version = version.to_owned();
                package.source = PackageSource::Registry;
            }
            self.nested(entry.value.get("dependencies"), &format!("{folder}/"));
            self.add(&folder, package, keys(entry.value.get("requires")));
        }
    }

    fn add(&mut self, folder: &str, package: Package, wishes: Vec<String>) {
        let package = Package { is_nested: folder.matches("node_modules/").count() > 1, ..package };
        self.folders.insert(folder.to_owned(), self.packages.len());
        self.packages.push(package);
        self.wishes.push((folder.to_owned(), wishes));
    }

    /// Node's resolution: the nearest `node_modules` that has the name.
    fn resolve(&self, from: &str, name: &str) -> Option<usize> {
        let mut folder = from;
        loop {
            let separator = if folder.is_empty() { "" } else { "/" };
            if let Some(&index) = self.folders.get(&format!("{folder}{separator}node_modules/{name}")) {
                return Some(index);
            }
            folder = match folder.rfind("node_modules/") {
                Some(at) => folder[..at].trim_end_matches('/'),
                None if !folder.is_empty() => "",
                None => return None,
            };
        }
    }

    fn finish(mut self, format: &'static str) -> Lockfile {
        for index in 0..self.packages.len() {
            let (folder, names) = &self.wishes[index];
            self.packages[index].dependencies = names.iter().filter_map(|name| self.resolve(folder, name)).collect();
        }
        let mut importers = std::mem::take(&mut self.importers);
        for importer in &mut importers {
            for (wish, package) in &mut importer.requirements {
                *package = self.resolve(&importer.folder, wish.alias.as_ref().unwrap_or(&wish.name));
            }
        }
        importers.retain(|importer| importer.folder.is_empty() || !importer.requirements.is_empty());
        Lockfile {
            format,
            ecosystem: NPM,
            packages: self.packages,
            knows_development: true,
            has_checksums: true,
            importers,
            ..Lockfile::default()
        }
    }
}

/// What all versions of the format write alike.
fn common(entry: &Entry<'_>, name: &str) -> Package {
    let node = &entry.value;
    Package {
        integrity: node.text_of("integrity"),
        is_development: node.get("dev").is_true(),
        is_optional: node.get("optional").is_true(),
        has_install_script: node.get("hasInstallScript").is_true(),
        deprecated: node.text_of("deprecated"),
        ..Package::new(NPM, name, node.text_of("version").unwrap_or_default(), entry.key_span)
    }
}

/// An address in a lockfile is a registry's if it has the registries' form (`…/name/-/name-1.0.0.tgz`, `…/download/…`).
pub(super) fn resolved_source(resolved: &str) -> PackageSource {
    let is_web = resolved.starts_with("http");
    let is_registry = is_web && (resolved.contains("/-/") || resolved.contains("/download/"));
    if is_registry { PackageSource::Registry } else { source(resolved) }
}

fn keys(map: &Node<'_>) -> Vec<String> {
    map.entries().iter().map(|entry| entry.key.to_string()).collect()
}
