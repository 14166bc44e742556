use super::super::tree::{Entry, Node, yaml};
use super::super::{Importer, Lockfile, Package, PackageSource, Purpose};
use super::NPM;
use super::patterns::Patterns;
use super::spec::{requirement, split_at_sign};
use crate::source::{Notice, SourceFile};

/// Reads the `yarn.lock` of yarn 2 and later.
pub(super) fn read(file: &SourceFile) -> (Option<Lockfile>, Vec<Notice>) {
    let (root, notices) = yaml(file);
    let Some(root) = root else { return (None, notices) };
    let mut patterns = Patterns::default();
    let entries = root.entries().iter().filter(|entry| entry.key != "__metadata");
    let (folders, packages): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.key.contains("@workspace:"));
    packages.into_iter().for_each(|entry| add(&mut patterns, entry));
    let importers = folders.into_iter().filter_map(|entry| importer(entry, &patterns)).collect();
    let packages = patterns.finish();
    (Some(Lockfile { format: "yarn", ecosystem: NPM, packages, importers, has_checksums: true, ..Lockfile::default() }), notices)
}

/// An entry whose resolution is a folder of the workspace. Its wishes are production and development in one.
fn importer(entry: &Entry<'_>, patterns: &Patterns) -> Option<Importer> {
    let resolution = entry.value.get("resolution").text()?;
    let (name, folder) = resolution.split_once("@workspace:")?;
    let folder = if folder == "." { "" } else { folder };
    let requirements = wishes(&entry.value).iter().filter_map(|wish| {
        let spec = wish.value.text()?;
        Some((requirement(&wish.key, spec, Purpose::Production, entry.key_span), patterns.find(&wish.key, spec)))
    });
    Some(Importer { folder: folder.to_owned(), name: Some(name.to_owned()), requirements: requirements.collect() })
}

fn add(patterns: &mut Patterns, entry: &Entry<'_>) {
    let keys: Vec<&str> = entry.key.split(", ").collect();
    let (key, _) = split_at_sign(keys[0]);
    let resolution = entry.value.get("resolution").text().unwrap_or(keys[0]);
    let (name, spec) = split_at_sign(resolution);
    let mut package = Package::new(NPM, name, entry.value.text_of("version").unwrap_or_default(), entry.key_span);
    package.alias = (key != name).then(|| key.to_owned());
    package.integrity = entry.value.text_of("checksum");
    let found = requirement(name, spec, Purpose::Production, entry.key_span);
    package.source = found.source;
    if package.source != PackageSource::Registry {
        package.resolved = Some(spec.to_owned());
    }
    let wishes = wishes(&entry.value).iter().filter_map(|wish| Some((wish.key.to_string(), wish.value.text()?.to_owned())));
    patterns.add(package, &keys, wishes.collect());
}

fn wishes<'a, 'b>(node: &'b Node<'a>) -> &'b [Entry<'a>] {
    node.get("dependencies").entries()
}
