//! Whole projects of other people, copied into the tree: they bring their own build, licence and release notes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Claim, Tree};
use crate::source::{Role, SourceFile};

/// What a file of a released project is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Build,
    Licence,
    Notes,
    Instructions,
    People,
    /// A mark that a file belongs to somebody else, left by those who imported it.
    Import,
    /// A manifest of a package manager: workspaces have members with licences of their own.
    Manifest,
}

/// How many different parts, the build among them, make a project of its own.
const ENOUGH_PARTS: usize = 3;

/// Folders that hold a project of other people.
pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    let mut parts: BTreeMap<&str, BTreeSet<Part>> = BTreeMap::new();
    for file in tree.files {
        if let Some(part) = part(file) {
            parts.entry(file.folder()).or_default().insert(part);
        }
    }
    let most = tree.files.len() / 2;
    let found = parts.into_iter().filter(|(folder, parts)| !folder.is_empty() && is_foreign(parts));
    let found = found.filter(|(folder, _)| tree.below(folder).len() <= most);
    found
        .map(|(folder, _)| {
            let reason = format!("folder `{folder}` is a separate project, with its own build, licence and release notes");
            Claim::folder(folder.to_owned(), Role::Vendored, reason)
        })
        .collect()
}

fn is_foreign(parts: &BTreeSet<Part>) -> bool {
    let is_released = parts.contains(&Part::Build) && parts.len() >= ENOUGH_PARTS;
    parts.contains(&Part::Import) || is_released && !parts.contains(&Part::Manifest)
}

/// The part that a file is, by its name alone.
fn part(file: &SourceFile) -> Option<Part> {
    let name = file.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    if name.starts_with("module_license_") || ["readme.android", "readme.chromium"].contains(&&*name) {
        return Some(Part::Import);
    }
    let manifests = ["package.json", "cargo.toml", "build.gradle", "build.gradle.kts", "pubspec.yaml", "pom.xml", "go.mod"];
    if manifests.contains(&&*name) {
        return Some(Part::Manifest);
    }
    let builds = ["configure", "configure.ac", "configure.in", "autogen.sh", "makefile.am", "cmakelists.txt", "meson.build"];
    match stem {
        _ if builds.contains(&&*name) => Some(Part::Build),
        "license" | "licence" | "copying" | "copyright" | "notice" => Some(Part::Licence),
        "changelog" | "changes" | "news" | "release_notes" | "history" => Some(Part::Notes),
        "install" => Some(Part::Instructions),
        "authors" | "thanks" | "maintainers" | "contributors" => Some(Part::People),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::assign;
    use crate::source::Role;
    use crate::target::Workspace;

    #[test]
    fn projects_with_releases_of_their_own_are_foreign() {
        let mut workspace = Workspace::in_memory([
            ("COPYING", ""),
            ("configure.ac", ""),
            ("ChangeLog", ""),
            ("src/main.cpp", ""),
            ("src/wallet.cpp", ""),
            ("src/keys.cpp", ""),
            ("src/rpc.cpp", ""),
            ("src/net.cpp", ""),
            ("src/store.cpp", ""),
            ("cpp/tls/configure", ""),
            ("cpp/tls/LICENSE", ""),
            ("cpp/tls/NEWS", ""),
            ("cpp/tls/apps/server.pem", ""),
            ("cpp/ssl/MODULE_LICENSE_BSD_LIKE", ""),
            ("cpp/ssl/apps/ca.pem", ""),
            ("packages/keys/package.json", "{}"),
            ("packages/keys/LICENSE", ""),
            ("packages/keys/CHANGELOG.md", ""),
            ("packages/keys/CMakeLists.txt", ""),
            ("packages/keys/index.js", ""),
        ]);
        assign(&mut workspace.files);
        let role = |path: &str| workspace.find(path).map(|file| file.role).expect("the file");
        for path in ["cpp/tls/apps/server.pem", "cpp/ssl/apps/ca.pem"] {
            assert_eq!(role(path), Role::Vendored, "{path}");
        }
        for path in ["src/keys.cpp", "packages/keys/index.js"] {
            assert_eq!(role(path), Role::Product, "{path}");
        }
    }
}
