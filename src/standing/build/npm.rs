//! Packages of Node: private ones for readers and tests, tools, lockfiles of members.

use super::{Claim, Tree, document, is_member, joined, text, texts};
use crate::configfile::Value;
use crate::source::{Role, SourceFile};
use crate::standing::words;

const LOCKFILES: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];

struct Manifest<'a> {
    file: &'a SourceFile,
    root: Value,
    /// Folders of its workspace, as patterns.
    members: Vec<String>,
}

pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    let manifest = |file: &'_ SourceFile| {
        let root = document(file)?;
        let pnpm = tree.get(&joined(file.folder(), "pnpm-workspace.yaml")).and_then(document);
        let members = texts(root.get("workspaces")).into_iter().chain(texts(pnpm.as_ref())).collect();
        Some((root, members))
    };
    let read = tree.named("package.json").filter_map(|file| manifest(file).map(|(root, members)| Manifest { file, root, members }));
    let manifests: Vec<_> = read.collect();
    let mut claims: Vec<_> = manifests.iter().filter_map(|manifest| beside_the_product(manifest, &manifests)).collect();
    for manifest in &manifests {
        let folder = manifest.file.folder();
        let has_lockfile = |folder: &str| LOCKFILES.iter().any(|name| tree.has(&joined(folder, name)));
        let is_above = |above: &&Manifest<'_>| is_member(above.file.folder(), folder, &above.members, &[]);
        if manifests.iter().filter(is_above).any(|above| has_lockfile(above.file.folder())) {
            let reason = "the lockfile of a workspace's member: the one at the root of the workspace is read";
            claims.extend(LOCKFILES.iter().map(|name| Claim::file(joined(folder, name), Role::Idle, reason)));
        }
    }
    claims
}

/// A private package that is for readers, for tests, or a tool of the others.
fn beside_the_product(manifest: &Manifest<'_>, all: &[Manifest<'_>]) -> Option<Claim> {
    let folder = manifest.file.folder();
    let name = manifest.root.get("name").and_then(text)?;
    let is_private = manifest.root.get("private").and_then(text).is_some_and(|private| private == "true");
    if !is_private || folder.is_empty() {
        return None;
    }
    let words = words(&name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let uses = |section: &str| all.iter().any(|other| other.root.get(section).is_some_and(|section| section.get(&name).is_some()));
    let claim = |role, what: &str| Some(Claim::folder(folder.to_owned(), role, format!("the private package `{name}` {what}")));
    if has(&["example", "examples", "demo", "demos", "playground", "sample", "samples"]) {
        claim(Role::Example, "is named after examples")
    } else if has(&["e2e", "test", "tests", "fixtures", "mocks", "benchmark", "benchmarks"]) {
        claim(Role::Test, "is named after tests")
    } else if uses("devDependencies") && !uses("dependencies") && !uses("peerDependencies") {
        claim(Role::Build, "is needed for development only")
    } else {
        None
    }
}
