use super::super::tree::{Entry, Node, toml};
use super::super::{Dependencies, LockfileReader, Manifest, Requirement};
use super::MAVEN;
use crate::source::{Notice, SourceFile};

/// `libs.versions.toml`, Gradle's version catalog.
pub(in crate::lockfile) struct VersionCatalog;

impl LockfileReader for VersionCatalog {
    fn format(&self) -> &'static str {
        "version-catalog"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name().ends_with(".versions.toml")
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let Some(root) = root else { return (None, notices) };
        let requirements = root.get("libraries").entries().iter().filter_map(|entry| library(&root, entry)).collect();
        let manifest = Manifest { ecosystem: MAVEN, requirements, ..Manifest::default() };
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), notices)
    }
}

/// `name = "g:a:v"`, `{ module = "g:a", version = "v" }` or `{ group, name, version.ref }`.
fn library(root: &Node<'_>, entry: &Entry<'_>) -> Option<Requirement> {
    let node = &entry.value;
    let place = entry.key_span.to(node.span);
    if let Some(text) = node.text() {
        let (name, version) = text.rsplit_once(':')?;
        return Some(Requirement::new(name, version, place));
    }
    let name = node.text_of("module").or_else(|| Some(format!("{}:{}", node.get("group").text()?, node.get("name").text()?)))?;
    let version = node.get("version");
    let referred = version.get("ref").text().and_then(|name| root.get("versions").get(name).text());
    let range = version.text().or(referred).or_else(|| version.get("strictly").text()).unwrap_or_default();
    Some(Requirement::new(name, range, place))
}
