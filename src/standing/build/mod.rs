//! What the build files of a tree say of its files: targets, members, source sets, merged manifests, lockfiles that nothing reads.

mod cargo;
mod foreign;
mod gradle;
mod npm;
mod private;
mod vendor;

use std::collections::BTreeMap;

use super::role::distance;
use crate::configfile::{self, Value};
use crate::source::{Role, SourceFile, Standing};

/// Bytes over which a build file is not read here.
const MOST_BYTES: usize = 1 << 20;

/// What a build file says.
struct Claim {
    about: About,
    standing: Standing,
}

/// The files that a claim is about.
enum About {
    /// One file, by its path.
    File(String),
    /// All files below a folder.
    Folder(String),
}

impl Claim {
    fn file(path: String, role: Role, reason: impl Into<String>) -> Self {
        Self { about: About::File(path), standing: Standing::new(role, reason.into()) }
    }

    fn folder(path: String, role: Role, reason: impl Into<String>) -> Self {
        Self { about: About::Folder(path), standing: Standing::new(role, reason.into()) }
    }

    /// A manifest that is merged into another.
    fn merged(path: String, into: &'static str) -> Self {
        Self { about: About::File(path), standing: Standing { merged: Some(into), ..Standing::PRODUCT } }
    }
}

/// The files of a tree, by path.
struct Tree<'a> {
    files: &'a [SourceFile],
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Tree<'a> {
    fn new(files: &'a [SourceFile]) -> Self {
        Self { files, index: files.iter().enumerate().map(|(at, file)| (&*file.path, at)).collect() }
    }

    fn has(&self, path: &str) -> bool {
        self.index.contains_key(path)
    }

    fn get(&self, path: &str) -> Option<&'a SourceFile> {
        self.index.get(path).map(|at| &self.files[*at])
    }

    /// The files of a name that are small enough to be read here and are nobody else's.
    fn named(&self, name: &'static str) -> impl Iterator<Item = &'a SourceFile> {
        let files = self.files.iter().filter(move |file| file.name() == name);
        files.filter(|file| file.role != Role::Vendored && file.text.len() <= MOST_BYTES)
    }

    /// The paths below a folder, in order.
    fn below(&self, folder: &str) -> Vec<&'a str> {
        let prefix = joined(folder, "");
        let range = (std::ops::Bound::Included(&*prefix), std::ops::Bound::Unbounded);
        self.index.range::<str, _>(range).map(|(path, _)| *path).take_while(|path| path.starts_with(&prefix)).collect()
    }
}

/// New standings, by the index of the file. A build file can only lead away from the user.
pub(super) fn judge(files: &[SourceFile]) -> Vec<(usize, Standing)> {
    let tree = Tree::new(files);
    let claims = [
        cargo::claims(&tree),
        npm::claims(&tree),
        gradle::claims(&tree),
        vendor::claims(&tree),
        foreign::claims(&tree),
        private::claims(&tree),
    ];
    let mut found: BTreeMap<usize, Standing> = BTreeMap::new();
    let mut take = |at: usize, standing: &Standing| {
        let known = found.entry(at).or_insert_with(|| {
            let file = &files[at];
            Standing { role: file.role, reason: file.role_reason.clone(), merged: file.merged }
        });
        let merged = known.merged.or(standing.merged);
        if distance(standing.role) > distance(known.role) {
            *known = standing.clone();
        }
        known.merged = merged;
    };
    for Claim { about, standing } in claims.iter().flatten() {
        match about {
            About::File(path) => tree.index.get(&**path).into_iter().for_each(|at| take(*at, standing)),
            About::Folder(folder) => tree.below(folder).into_iter().for_each(|path| take(tree.index[path], standing)),
        }
    }
    found.into_iter().collect()
}

/// The root of a file's document.
fn document(file: &SourceFile) -> Option<Value> {
    let (document, _) = configfile::find(file)?.read(file);
    document?.roots.into_iter().next()
}

/// The text of a value, if it is one.
fn text(value: &Value) -> Option<String> {
    value.scalar_text()
}

/// The texts of a list; of a map of packages that of its key `packages`.
fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(|value| if value.items().is_empty() { value.get("packages") } else { Some(value) });
    list.map_or(Vec::new(), |list| list.items().iter().filter_map(text).collect())
}

/// A path below a folder; the folder may be the root.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = if folder.is_empty() { Vec::new() } else { folder.split('/').collect() };
    for part in path.split('/') {
        match part {
            "." => {}
            "" if !path.is_empty() && !path.ends_with('/') => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let text = parts.join("/");
    text.strip_prefix('/').map(ToOwned::to_owned).unwrap_or(text)
}

/// Whether a folder matches one of some patterns of members, as seen from the folder of the workspace, and none that excludes it.
fn is_member(workspace: &str, folder: &str, members: &[String], excluded: &[String]) -> bool {
    let Some(relative) =
        (if workspace.is_empty() { Some(folder) } else { folder.strip_prefix(workspace).and_then(|rest| rest.strip_prefix('/')) })
    else {
        return false;
    };
    let matches = |pattern: &String| {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        crate::rule::Glob::new(pattern).matches_path(relative)
    };
    let (negated, plain): (Vec<&String>, Vec<&String>) = members.iter().partition(|pattern| pattern.starts_with('!'));
    let is_negated = negated.iter().any(|pattern| matches(&pattern[1..].to_owned()));
    !relative.is_empty() && plain.into_iter().any(matches) && !is_negated && !excluded.iter().any(matches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Workspace;

    #[test]
    fn build_files_decide() {
        let files = [
            ("Cargo.toml", "[workspace]\nmembers = [\"core\", \"tools/*\"]\nexclude = [\"tools/own\"]\n"),
            ("Cargo.lock", ""),
            (
                "core/Cargo.toml",
                "[package]\nname = \"core\"\n[dev-dependencies]\nconstants = { path = \"../constants\" }\n[[bin]]\nname = \"dev-node\"\npath = \"src/node.rs\"\n[[example]]\nname = \"show\"\npath = \"show/main.rs\"\n",
            ),
            ("core/Cargo.lock", ""),
            ("core/src/lib.rs", "#[cfg(test)]\nmod vectors;\nmod keys;\n"),
            ("core/src/vectors.rs", ""),
            ("core/src/keys.rs", ""),
            ("core/src/node.rs", ""),
            ("core/show/main.rs", ""),
            ("constants/Cargo.toml", "[package]\nname = \"constants\"\npublish = false\n"),
            ("constants/src/lib.rs", ""),
            ("tools/own/Cargo.toml", "[package]\nname = \"own\"\n"),
            ("tools/own/Cargo.lock", ""),
            (
                "web/package.json",
                "{\"name\": \"web\", \"workspaces\": [\"packages/*\"], \"devDependencies\": {\"lint-rules\": \"1\"}}",
            ),
            ("web/yarn.lock", ""),
            ("web/packages/a/package.json", "{\"name\": \"a\"}"),
            ("web/packages/a/yarn.lock", ""),
            ("web/packages/b/package.json", "{\"name\": \"plover-example-window\", \"private\": true}"),
            ("web/packages/b/main.js", ""),
            ("web/packages/lint/package.json", "{\"name\": \"lint-rules\", \"private\": true}"),
            ("web/packages/lint/index.js", ""),
            ("app/build.gradle", "plugins { id 'com.android.application' }"),
            ("app/src/main/AndroidManifest.xml", ""),
            ("app/src/store/AndroidManifest.xml", ""),
            ("app/src/debug/java/A.java", ""),
            ("app/src/stagingRelease/java/A.java", ""),
            ("scan/build.gradle.kts", "plugins { alias(libs.plugins.android.library) }"),
            ("scan/src/main/AndroidManifest.xml", ""),
            ("vendor/modules.txt", ""),
            ("vendor/a.io/b/go.sum", ""),
        ];
        let mut workspace = Workspace::in_memory(files);
        super::super::assign(&mut workspace.files);
        let standing = |path: &str| workspace.find(path).map(|file| (file.role, file.merged.is_some())).expect("the file");
        for (path, role) in [
            ("core/Cargo.lock", Role::Idle),
            ("Cargo.lock", Role::Product),
            ("tools/own/Cargo.lock", Role::Build),
            ("core/src/vectors.rs", Role::Test),
            ("core/src/keys.rs", Role::Product),
            ("core/src/node.rs", Role::Tool),
            ("core/show/main.rs", Role::Example),
            ("constants/src/lib.rs", Role::Test),
            ("web/yarn.lock", Role::Product),
            ("web/packages/a/yarn.lock", Role::Idle),
            ("web/packages/b/main.js", Role::Example),
            ("web/packages/lint/index.js", Role::Build),
            ("app/src/debug/java/A.java", Role::Tool),
            ("app/src/stagingRelease/java/A.java", Role::Tool),
            ("vendor/a.io/b/go.sum", Role::Idle),
        ] {
            assert_eq!(standing(path).0, role, "{path}");
        }
        for (path, merged) in [
            ("app/src/main/AndroidManifest.xml", false),
            ("app/src/store/AndroidManifest.xml", true),
            ("scan/src/main/AndroidManifest.xml", true),
        ] {
            assert_eq!(standing(path), (Role::Product, merged), "{path}");
        }
    }

    #[test]
    fn paths_are_joined() {
        for (folder, path, expected) in
            [("a/b", "../c", "a/c"), ("", "./x", "x"), ("a", "", "a/"), ("", "", ""), ("a", "b/", "a/b/")]
        {
            assert_eq!(joined(folder, path), expected, "{folder} and {path}");
        }
    }
}
