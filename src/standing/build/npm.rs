//! Packages of Node: private ones for readers and tests, tools, lockfiles of members.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Claim, MOST_BYTES, Tree, document, is_member, joined, text, texts};
use crate::configfile::Value;
use crate::source::{Role, SourceFile};
use crate::standing::{name, words};

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
    let mut commands: Vec<_> = manifests.iter().flat_map(|manifest| commands(manifest, tree)).collect();
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
    claims.append(&mut commands);
    claims
}

/// Words of names of scripts by which a program is built, tested, released or started.
#[rustfmt::skip]
const NO_COMMANDS: &[&str] = &[
    "api", "backend", "bot", "build", "bundle", "ci", "compile", "daemon", "deploy", "dev", "dist", "electron", "install", "notarize", "pack",
    "package", "postinstall", "preinstall", "prepare", "prod", "production", "publish", "release", "serve", "server", "sign", "start",
    "test", "upload", "version", "watch", "worker",
];

/// What runs a file of scripts.
const RUNNERS: &[&str] = &["babel-node", "bun", "esno", "node", "ts-node", "tsx"];

/// Folders of commands that developers run by hand, with what lies beside them. A folder with a manifest of its own is a package, and from
/// some the product takes code: one command in them says nothing about the rest.
fn commands(manifest: &Manifest<'_>, tree: &Tree<'_>) -> Vec<Claim> {
    let folder = manifest.file.folder();
    let mut found: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for entry in manifest.root.get("scripts").into_iter().flat_map(Value::entries) {
        let Some(command) = text(&entry.value) else { continue };
        let is_command = !words(&entry.key).iter().any(|word| NO_COMMANDS.contains(&word.as_str()));
        for path in run_by(&command).map(|path| joined(folder, path)).filter(|path| tree.has(path)) {
            let beside = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            found.entry(beside).or_default().push((entry.key.to_string(), is_command));
        }
    }
    let is_package = |path: &str| tree.has(&joined(path, "package.json"));
    let is_beside_product = |path: &str| !path.is_empty() && path != folder && !name::is_below_sources(path) && !is_package(path);
    let all = found.into_iter().filter(|(path, scripts)| {
        is_beside_product(path) && scripts.iter().all(|(_, is_command)| *is_command) && !is_part_of_product(path, tree)
    });
    all.map(|(path, scripts)| {
        let reason = format!("`npm run {}` runs it: a development command", scripts[0].0);
        Claim::folder(path, Role::Tool, reason)
    })
    .collect()
}

/// Whether a file of the product outside of a folder names one in it: by an import, in a page, or as what a manifest offers.
fn is_part_of_product(folder: &str, tree: &Tree<'_>) -> bool {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        let import = r#"(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'`](\.{1,2}/[^"'`\n]+)["'`]"#;
        let page = r#"<script[^>]*\ssrc\s*=\s*["']([^"':\n]+)["']"#;
        Regex::new(&format!("{import}|{page}")).expect("a pattern")
    });
    let below = joined(folder, "");
    let is_in = |from: &SourceFile, path: &str| joined(from.folder(), path).starts_with(&below);
    let imports = |file: &SourceFile| {
        let is_read = ["cjs", "htm", "html", "js", "jsx", "mjs", "svelte", "ts", "tsx", "vue"].contains(&&*file.extension());
        let is_product = matches!(file.role, Role::Product | Role::Generated) && !file.path.starts_with(&below);
        is_read
            && is_product
            && file.text.len() <= MOST_BYTES
            && NAMED.captures_iter(&file.text).any(|named| named.iter().skip(1).flatten().any(|path| is_in(file, path.as_str())))
    };
    let offers = |file: &SourceFile| {
        let Some(root) = document(file) else { return false };
        let sections = ["main", "module", "browser", "bin", "exports"].into_iter().filter_map(|section| root.get(section));
        sections.flat_map(named_paths).any(|path| is_in(file, &path))
    };
    tree.files.iter().any(imports) || tree.named("package.json").any(offers)
}

/// The texts of a section of a manifest, and of the tables in it.
fn named_paths(section: &Value) -> Vec<String> {
    let inner = section.entries().iter().flat_map(|entry| named_paths(&entry.value));
    text(section).into_iter().chain(inner).collect()
}

/// The files that a command line runs.
fn run_by(command: &str) -> impl Iterator<Item = &str> {
    let mut words = command.split_whitespace().peekable();
    std::iter::from_fn(move || {
        loop {
            let word = words.next()?;
            if !RUNNERS.contains(&word) {
                continue;
            }
            while words.next_if(|word| word.starts_with('-')).is_some() {}
            let file = words.next()?;
            if [".js", ".cjs", ".mjs", ".ts"].iter().any(|end| file.ends_with(end)) {
                return Some(file.trim_start_matches("./"));
            }
        }
    })
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
