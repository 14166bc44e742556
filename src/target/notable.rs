//! What is worth knowing of files that are not read.

use std::sync::Arc;

use crate::source::{Notice, NoticeKind};

use super::Workspace;

/// The folder into which npm and its kin install packages.
pub(super) const INSTALLED: &str = "node_modules";

/// Names of files that fix or hold what a build needs: that an ignore file names one is a fact about the tree.
const NOTABLE: &[&str] = &[
    "Cargo.lock",
    "Gemfile.lock",
    "Package.resolved",
    "Pipfile.lock",
    "Podfile.lock",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "go.sum",
    "gradle.lockfile",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pubspec.lock",
    "uv.lock",
    "yarn.lock",
];

/// Names of files without which nothing can be built: whoever ignores one has committed it all the same, or made the tree from it.
const MANIFESTS: &[&str] = &["Cargo.toml", "package.json", "pubspec.yaml", "pyproject.toml"];

/// Whether a file is read although an ignore file names it.
pub(super) fn is_manifest(name: &str) -> bool {
    MANIFESTS.contains(&name)
}

/// Whether a file fixes versions.
pub(super) fn is_lockfile(name: &str) -> bool {
    NOTABLE.binary_search(&name).is_ok()
}

/// Whether the presence of a file matters even if it is ignored.
pub(super) fn is_notable(name: &str) -> bool {
    is_lockfile(name) || name == ".env" || name.starts_with(".env.")
}

/// A notice for installed packages in the tree.
pub(super) fn installed_notice(path: &Arc<str>) -> Notice {
    let message = "not read: installed packages are checked by the lockfile; let git ignore their folder";
    Notice::about(path, NoticeKind::Unsupported, message)
}

/// What is said of a submodule that is not checked out.
pub const MISSING_SUBMODULE: &str = "submodule not checked out: its code was not analysed";

/// A notice for a submodule that is not checked out.
pub(super) fn submodule_notice(path: &Arc<str>) -> Notice {
    Notice::about(path, NoticeKind::Missing, MISSING_SUBMODULE)
}

impl Workspace {
    /// Adds a notice for each submodule of `.gitmodules` that has no files.
    pub(super) fn with_missing_submodules(mut self) -> Self {
        let paths = self.find(".gitmodules").map(|file| submodule_paths(&file.text)).unwrap_or_default();
        let missing = paths.iter().filter(|path| !self.has_files_in(path)).map(submodule_notice);
        let missing: Vec<_> = missing.collect();
        self.notices.extend(missing);
        self.notices.sort();
        self.notices.dedup();
        self
    }

    fn has_files_in(&self, folder: &str) -> bool {
        let start = self.files.partition_point(|file| *file.path < *folder);
        let below = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.files[start..].iter().take_while(|file| file.path.starts_with(folder)).any(|file| below(&file.path))
    }
}

/// The paths that a `.gitmodules` names.
fn submodule_paths(text: &str) -> Vec<Arc<str>> {
    let settings = text.lines().filter_map(|line| line.split_once('='));
    settings.filter(|(key, _)| key.trim() == "path").map(|(_, path)| path.trim().trim_matches(['"', '/']).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ordered() {
        assert!(NOTABLE.is_sorted());
    }

    #[test]
    fn submodules_without_files_are_noticed() {
        let modules = "[submodule \"a\"]\n\tpath = deps/a\n\turl = ../a\n[submodule \"b\"]\n\tpath = deps/b\n";
        let workspace = Workspace::in_memory([(".gitmodules", modules), ("deps/a-x", ""), ("deps/a/lib.rs", "")]);
        let missing: Vec<_> = workspace.with_missing_submodules().notices.into_iter().filter_map(|notice| notice.path).collect();
        assert_eq!(missing, ["deps/b".into()]);
    }
}
