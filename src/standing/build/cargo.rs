//! Cargo: targets, packages that only tests need, modules behind `#[cfg(test)]`, lockfiles of members.

use std::sync::LazyLock;

use regex::Regex;

use super::{Claim, Tree, document, is_member, joined, text, texts};
use crate::configfile::Value;
use crate::source::{Role, SourceFile};
use crate::standing::words;

/// Words of names of programs that only developers run.
const TOOL_WORDS: &[&str] =
    &["bench", "debug", "dev", "devnet", "example", "fuzz", "localnet", "mock", "playground", "test", "tests"];

/// A manifest.
struct Manifest<'a> {
    file: &'a SourceFile,
    root: Value,
}

pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    let manifests: Vec<_> = tree.named("Cargo.toml").filter_map(|file| Some(Manifest { file, root: document(file)? })).collect();
    let mut claims: Vec<_> = manifests.iter().flat_map(targets).collect();
    claims.extend(manifests.iter().filter_map(|manifest| for_tests_only(manifest, &manifests)));
    claims.extend(manifests.iter().filter(|manifest| is_idle(tree, manifest, &manifests)).map(|manifest| {
        let reason = "the lockfile of a workspace's member: Cargo reads the one at the root of the workspace";
        Claim::file(joined(manifest.file.folder(), "Cargo.lock"), Role::Idle, reason)
    }));
    claims.extend(test_modules(tree));
    claims
}

/// `[[example]]`, `[[test]]`, `[[bench]]` with a path, and `[[bin]]` for developers.
fn targets(manifest: &Manifest<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (kind, role) in [("example", Role::Example), ("test", Role::Test), ("bench", Role::Test), ("bin", Role::Tool)] {
        for target in manifest.root.get(kind).map_or(&[][..], Value::items) {
            let Some(path) = target.get("path").and_then(text) else { continue };
            let name = target.get("name").and_then(text).unwrap_or_default();
            let is_meant = kind != "bin" || words(&name).iter().any(|word| TOOL_WORDS.contains(&word.as_str()));
            if !is_meant {
                continue;
            }
            let path = joined(manifest.file.folder(), &path);
            let reason = format!("Cargo target `[[{kind}]]` {name}");
            // A target with a folder of its own begins in `main.rs`.
            let own = path.strip_suffix("/main.rs").filter(|folder| !folder.ends_with("src"));
            claims.push(match own {
                Some(folder) => Claim::folder(folder.to_owned(), role, reason),
                None => Claim::file(path, role, reason),
            });
        }
    }
    claims
}

/// A package that is not published and that others of the tree need for their tests only.
fn for_tests_only(manifest: &Manifest<'_>, all: &[Manifest<'_>]) -> Option<Claim> {
    let package = manifest.root.get("package")?;
    let name = package.get("name").and_then(text)?;
    let is_private = package.get("publish").and_then(text).is_some_and(|publish| publish == "false");
    let uses = |section: &str| all.iter().any(|other| needs(&other.root, section, &name));
    let is_for_tests = is_private
        && manifest.root.get("bin").is_none()
        && uses("dev-dependencies")
        && !uses("dependencies")
        && !uses("build-dependencies");
    let reason = format!("the package `{name}` is needed for development only");
    is_for_tests.then(|| Claim::folder(manifest.file.folder().to_owned(), Role::Test, reason))
}

/// Whether a manifest needs a package in a section, for some target or all.
fn needs(root: &Value, section: &str, name: &str) -> bool {
    let sections = root.get("target").map_or(&[][..], Value::entries).iter().map(|entry| &entry.value).chain([root]);
    sections.filter_map(|part| part.get(section)).flat_map(Value::entries).any(|entry| {
        let renamed = entry.value.get("package").and_then(text);
        renamed.unwrap_or_else(|| entry.key.clone()) == name
    })
}

/// Whether the package of a manifest is a member of a workspace above, so that a lockfile beside it is not read.
fn is_idle(tree: &Tree<'_>, manifest: &Manifest<'_>, all: &[Manifest<'_>]) -> bool {
    let folder = manifest.file.folder();
    let is_above = |above: &Manifest<'_>| {
        let Some(workspace) = above.root.get("workspace") else { return false };
        let root = above.file.folder();
        let of_package = |entry: &crate::configfile::Entry| entry.value.get("path").and_then(text).map(|path| joined(root, &path));
        let by_path = above.root.get("dependencies").map_or(&[][..], Value::entries).iter().filter_map(of_package);
        let excluded = texts(workspace.get("exclude"));
        let is_listed = is_member(root, folder, &texts(workspace.get("members")), &excluded);
        is_listed || by_path.into_iter().any(|path| path == folder) && !is_member(root, folder, &excluded, &[])
    };
    manifest.root.get("workspace").is_none() && tree.has(&joined(folder, "Cargo.lock")) && all.iter().any(is_above)
}

/// The files of `#[cfg(test)] mod name;`.
fn test_modules(tree: &Tree<'_>) -> Vec<Claim> {
    static MODULE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"#\[cfg\((?:test|all\(test,[^\]\n]*\))\)\]\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+(\w+)\s*;").expect("a pattern")
    });
    let mut claims = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".rs")) {
        for name in MODULE.captures_iter(&file.text).filter_map(|captures| captures.get(1)) {
            let stem = file.name().trim_end_matches(".rs");
            let folder =
                if ["lib", "main", "mod"].contains(&stem) { file.folder().to_owned() } else { joined(file.folder(), stem) };
            let reason = format!("a module behind `#[cfg(test)]` in {}", file.path);
            claims.push(Claim::file(joined(&folder, &format!("{}.rs", name.as_str())), Role::Test, reason.clone()));
            claims.push(Claim::folder(joined(&folder, name.as_str()), Role::Test, reason));
        }
    }
    claims
}
