use super::super::tree::{Entry, Node, toml};
use super::super::{Dependencies, LockfileReader, Manifest, PackageSource, Purpose, Requirement};
use super::CRATES;
use crate::source::{Notice, SourceFile, Span};

/// `Cargo.toml`.
pub(in crate::lockfile) struct CargoToml;

/// The sections of a manifest and of each of its targets, in both spellings.
const SECTIONS: &[(&str, Purpose)] = &[
    ("dependencies", Purpose::Production),
    ("build-dependencies", Purpose::Build),
    ("build_dependencies", Purpose::Build),
    ("dev-dependencies", Purpose::Development),
    ("dev_dependencies", Purpose::Development),
];

impl LockfileReader for CargoToml {
    fn format(&self) -> &'static str {
        "Cargo.toml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Cargo.toml"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let manifest = root.map(|root| manifest(&root));
        (manifest.map(|manifest| Dependencies { manifest: Some(manifest), lockfile: None }), notices)
    }
}

fn manifest(root: &Node<'_>) -> Manifest {
    let targets = root.get("target").entries().iter().map(|entry| &entry.value);
    let places: Vec<_> = std::iter::once(root).chain(targets).collect();
    let requirements = SECTIONS.iter().flat_map(|(key, purpose)| places.iter().flat_map(|place| section(place.get(key), *purpose)));
    let workspace = root.get("workspace");
    let forced = root.get("patch").entries().iter().map(|entry| &entry.value).chain([root.get("replace")]);
    Manifest {
        ecosystem: CRATES,
        name: root.get("package").text_of("name"),
        is_library: root.get("bin").is_null() && !root.get("lib").is_null(),
        requirements: requirements.collect(),
        shared: section(workspace.get("dependencies"), Purpose::Production),
        overrides: forced.flat_map(|section_| section(section_, Purpose::Production)).collect(),
        members: workspace.get("members").texts(),
        span: root.entry("dependencies").map_or(Span::default(), |entry| entry.key_span),
        ..Manifest::default()
    }
}

fn section(section: &Node<'_>, purpose: Purpose) -> Vec<Requirement> {
    section.entries().iter().map(|entry| requirement(entry, purpose)).collect()
}

/// `name = "1"` or `alias = { package = "name", version = "1", git = "…", rev = "…" }`.
fn requirement(entry: &Entry<'_>, purpose: Purpose) -> Requirement {
    let node = &entry.value;
    let range = node.text().or_else(|| node.get("version").text()).unwrap_or_default();
    let name = node.text_of("package").unwrap_or_else(|| entry.key.split(':').next().unwrap_or(&entry.key).to_owned());
    let is_optional = node.get("optional").is_true() && purpose == Purpose::Production;
    Requirement {
        alias: (name != entry.key).then(|| entry.key.to_string()),
        source: source(node),
        purpose: if is_optional { Purpose::Optional } else { purpose },
        ..Requirement::new(name, range, entry.key_span.to(node.span))
    }
}

fn source(node: &Node<'_>) -> PackageSource {
    let reference = ["rev", "tag", "branch"].iter().find_map(|key| node.text_of(key));
    match (node.text_of("git"), node.text_of("path")) {
        (Some(url), _) => PackageSource::Git { url, reference },
        (None, Some(path)) => PackageSource::Path(path),
        (None, None) => PackageSource::Registry,
    }
}
