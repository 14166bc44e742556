use rustc_hash::FxHashMap;

use super::super::tree::{Node, json};
use super::super::{Dependencies, LockfileReader, Manifest, Purpose, Requirement, Script};
use super::NPM;
use super::spec::requirement;
use crate::source::{Notice, SourceFile, Span};

/// `package.json`.
pub(in crate::lockfile) struct PackageJson;

/// The sections of a manifest that ask for packages. The last one that names a package counts, as npm has it.
const SECTIONS: &[(&str, Purpose)] = &[
    ("peerDependencies", Purpose::Peer),
    ("devDependencies", Purpose::Development),
    ("dependencies", Purpose::Production),
    ("optionalDependencies", Purpose::Optional),
];

/// The scripts that run when the package is installed from its folder.
const INSTALL_SCRIPTS: &[&str] = &["preinstall", "install", "postinstall", "prepare", "prepublish"];

/// Keys that only packages for others have.
const LIBRARY_KEYS: &[&str] = &["files", "publishConfig", "types", "typings", "exports", "module"];

impl LockfileReader for PackageJson {
    fn format(&self) -> &'static str {
        "package.json"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "package.json"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = json(file);
        let manifest = root.map(|root| manifest(&root));
        (manifest.map(|manifest| Dependencies { manifest: Some(manifest), lockfile: None }), notices)
    }
}

fn manifest(root: &Node<'_>) -> Manifest {
    let is_private = root.get("private").is_true();
    Manifest {
        ecosystem: NPM,
        name: root.text_of("name"),
        is_library: !is_private && LIBRARY_KEYS.iter().any(|key| !root.get(key).is_null()),
        requirements: requirements(root),
        shared: Vec::new(),
        further_indexes: Vec::new(),
        overrides: overrides(root),
        members: members(root.get("workspaces")),
        install_scripts: INSTALL_SCRIPTS.iter().filter_map(|name| script(root, name)).collect(),
        engines: section(root.get("engines"), Purpose::Production),
        manager: root.entry("packageManager").and_then(|entry| Some((entry.value.text()?.to_owned(), entry.value.span))),
        allowed_scripts: allowed_scripts(root),
        span: root.entry("dependencies").map_or(Span::default(), |entry| entry.key_span),
    }
}

/// What the sections of a `package.json`, or of a workspace's entry in a lockfile, ask for, in the order of the text.
pub(super) fn requirements(root: &Node<'_>) -> Vec<Requirement> {
    let mut found: Vec<Option<Requirement>> = Vec::new();
    let mut asked: FxHashMap<_, Vec<usize>> = FxHashMap::default();
    for (key, purpose) in SECTIONS {
        for wish in section(root.get(key), *purpose) {
            let earlier = asked.entry((wish.name.clone(), wish.alias.clone())).or_default();
            if *purpose != Purpose::Peer {
                earlier.drain(..).for_each(|index| found[index] = None);
            }
            earlier.push(found.len());
            found.push(Some(wish));
        }
    }
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    found.sort_by_key(|wish| wish.span);
    found
}

fn section(section: &Node<'_>, purpose: Purpose) -> Vec<Requirement> {
    let wish = |entry: &super::super::tree::Entry<'_>| {
        let spec = entry.value.text()?;
        Some(requirement(&entry.key, spec, purpose, entry.key_span.to(entry.value.span)))
    };
    section.entries().iter().filter_map(wish).collect()
}

/// npm's `overrides` (nested, with `.` for the package itself), yarn's `resolutions` and pnpm's `pnpm.overrides`.
fn overrides(root: &Node<'_>) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), root.get("overrides"))];
    open.push((String::new(), root.get("resolutions")));
    open.push((String::new(), root.get("pnpm").get("overrides")));
    while let Some((parent, map)) = open.pop() {
        for entry in map.entries() {
            let target = if entry.key == "." { parent.clone() } else { override_target(&entry.key) };
            match entry.value.text() {
                Some(spec) if !spec.starts_with('$') => {
                    found.push(requirement(&target, spec, Purpose::Production, entry.key_span.to(entry.value.span)));
                }
                _ => open.push((target, &entry.value)),
            }
        }
    }
    found.sort_by_key(|wish| wish.span);
    found
}

/// `**/a`, `parent/a`, `parent>a`, `a@^1`: the package that is overridden.
fn override_target(key: &str) -> String {
    let path = key.rsplit('>').next().unwrap_or(key);
    let mut segments = path.rsplit('/');
    let last = segments.next().and_then(|last| last.split('@').next()).unwrap_or(path);
    match segments.next() {
        Some(scope) if scope.starts_with('@') => format!("{scope}/{last}"),
        _ => last.to_owned(),
    }
}

fn members(workspaces: &Node<'_>) -> Vec<String> {
    let list = if workspaces.items().is_empty() { workspaces.get("packages") } else { workspaces };
    list.texts()
}

fn script(root: &Node<'_>, name: &str) -> Option<Script> {
    let entry = root.get("scripts").entry(name)?;
    Some(Script { name: name.to_owned(), command: entry.value.text()?.to_owned(), span: entry.key_span.to(entry.value.span) })
}

/// The allow lists of bun, pnpm and LavaMoat's `allow-scripts`.
fn allowed_scripts(root: &Node<'_>) -> Option<Vec<String>> {
    let lists = [root.get("trustedDependencies"), root.get("pnpm").get("onlyBuiltDependencies")];
    let lavamoat = root.get("lavamoat").get("allowScripts");
    let is_said = lists.iter().any(|list| !list.is_null()) || !lavamoat.is_null();
    let listed = lists.iter().flat_map(|list| list.texts());
    let allowed = lavamoat.entries().iter().filter(|entry| entry.value.is_true());
    let allowed = allowed.map(|entry| entry.key.rsplit('>').next().unwrap_or(&entry.key).to_owned());
    is_said.then(|| listed.chain(allowed).collect())
}
