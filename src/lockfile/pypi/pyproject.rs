use super::super::tree::{Entry, Node, toml};
use super::super::{Dependencies, LockfileReader, Manifest, PackageSource, Purpose, Requirement};
use super::{PYPI, wish};
use crate::source::{Notice, SourceFile, Span};

/// `pyproject.toml`: the standard table, Poetry's and uv's.
pub(in crate::lockfile) struct Pyproject;

impl LockfileReader for Pyproject {
    fn format(&self) -> &'static str {
        "pyproject.toml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "pyproject.toml"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let manifest = root.map(|root| manifest(&root));
        (manifest.map(|manifest| Dependencies { manifest: Some(manifest), lockfile: None }), notices)
    }
}

fn manifest(root: &Node<'_>) -> Manifest {
    let (project, tool) = (root.get("project"), root.get("tool"));
    let poetry = tool.get("poetry");
    let mut requirements = listed(project.get("dependencies"), Purpose::Production);
    for group in project.get("optional-dependencies").entries() {
        requirements.extend(listed(&group.value, Purpose::Optional));
    }
    for group in root.get("dependency-groups").entries() {
        requirements.extend(listed(&group.value, Purpose::Development));
    }
    requirements.extend(listed(tool.get("uv").get("dev-dependencies"), Purpose::Development));
    requirements.extend(section(poetry.get("dependencies"), Purpose::Production));
    requirements.extend(section(poetry.get("dev-dependencies"), Purpose::Development));
    for group in poetry.get("group").entries() {
        let purpose = if group.key == "main" { Purpose::Production } else { Purpose::Development };
        requirements.extend(section(group.value.get("dependencies"), purpose));
    }
    Manifest {
        ecosystem: PYPI,
        name: project.text_of("name").or_else(|| poetry.text_of("name")),
        is_library: !root.get("build-system").is_null() && project.get("scripts").is_null() && poetry.get("scripts").is_null(),
        requirements,
        further_indexes: further_indexes(root),
        members: tool.get("uv").get("workspace").get("members").texts(),
        span: project
            .entry("dependencies")
            .or_else(|| poetry.entry("dependencies"))
            .map_or(Span::default(), |entry| entry.key_span),
        ..Manifest::default()
    }
}

fn listed(list: &Node<'_>, purpose: Purpose) -> Vec<Requirement> {
    let wishes = list.items().iter().filter_map(|item| wish(item.text()?, item.span));
    wishes.map(|wish| Requirement { purpose, ..wish }).collect()
}

/// `name = "^1"` or `name = { version = "^1", git = "…", rev = "…" }`.
fn section(section: &Node<'_>, purpose: Purpose) -> Vec<Requirement> {
    section.entries().iter().filter(|entry| entry.key != "python").map(|entry| table_wish(entry, purpose)).collect()
}

fn table_wish(entry: &Entry<'_>, purpose: Purpose) -> Requirement {
    let node = &entry.value;
    let range = node.text().or_else(|| node.get("version").text()).unwrap_or_default();
    let reference = ["rev", "ref", "tag", "branch"].iter().find_map(|key| node.text_of(key));
    let source = match (node.text_of("git"), node.text_of("url"), node.text_of("path")) {
        (Some(url), ..) => PackageSource::Git { url, reference },
        (None, Some(url), _) => PackageSource::Url(url),
        (None, None, Some(path)) => PackageSource::Path(path),
        (None, None, None) => PackageSource::Registry,
    };
    let purpose = if node.get("optional").is_true() { Purpose::Optional } else { purpose };
    Requirement { source, purpose, ..Requirement::new(&*entry.key, range, entry.key_span.to(node.span)) }
}

/// Indexes that are asked for every name: Poetry's sources without a priority or as a supplement, uv's that are not explicit.
fn further_indexes(root: &Node<'_>) -> Vec<(String, Span)> {
    let poetry = root.get("tool").get("poetry").get("source").items().iter().filter(|source| {
        let priority = source.get("priority").text().unwrap_or("supplemental");
        ["supplemental", "secondary"].contains(&priority) && !source.get("default").is_true()
    });
    let uv = root.get("tool").get("uv").get("index").items().iter();
    let uv = uv.filter(|index| !index.get("explicit").is_true() && !index.get("default").is_true());
    let place = |node: &Node<'_>| {
        node.entry("url").map(|url| (url.value.text().unwrap_or_default().to_owned(), url.key_span.to(url.value.span)))
    };
    let extra = root.get("tool").get("uv").get("pip").get("extra-index-url");
    poetry
        .chain(uv)
        .filter_map(place)
        .chain(extra.items().iter().filter_map(|url| Some((url.text()?.to_owned(), url.span))))
        .collect()
}

/// `Pipfile`.
pub(in crate::lockfile) struct Pipfile;

impl LockfileReader for Pipfile {
    fn format(&self) -> &'static str {
        "Pipfile"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Pipfile"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = toml(file);
        let manifest = root.map(|root| Manifest {
            ecosystem: PYPI,
            requirements: [
                section(root.get("packages"), Purpose::Production),
                section(root.get("dev-packages"), Purpose::Development),
            ]
            .concat(),
            further_indexes: searched_sources(&root),
            span: root.entry("packages").map_or(Span::default(), |entry| entry.key_span),
            ..Manifest::default()
        });
        (manifest.map(|manifest| Dependencies { manifest: Some(manifest), lockfile: None }), notices)
    }
}

/// Sources beside the first of a `Pipfile`, if all of them are asked for every name.
fn searched_sources(root: &Node<'_>) -> Vec<(String, Span)> {
    if !root.get("pipenv").get("install_search_all_sources").is_true() {
        return Vec::new();
    }
    let further = root.get("source").items().iter().skip(1).filter_map(|source| source.entry("url"));
    further.map(|url| (url.value.text().unwrap_or_default().to_owned(), url.key_span.to(url.value.span))).collect()
}
