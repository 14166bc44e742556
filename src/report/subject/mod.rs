//! What was scanned, with what, and how: the title page of every format.

mod naming;

use std::sync::Arc;

use crate::audit::Artifact;
use crate::finding::fit_to_show;
use crate::rule::Date;
use crate::source::Digest;
use crate::target::{Revision, Workspace};

/// The version of the program.
pub const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Characters of a name over which it is cut.
const LONGEST_NAME: usize = 60;

/// What a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it calls itself at its root, else the name of its repository or folder.
    pub name: String,
    /// Its version, or that of its application, if one is given.
    pub version: Option<String>,
    /// The manifest that gives the name, the version or both.
    pub named_in: Option<String>,
    /// Whether the name is that of the manifest.
    pub takes_name: bool,
    /// The commit of which it is a part.
    pub revision: Option<Revision>,
    /// The day on which it was judged: what became public later is not used.
    pub as_of: Date,
    /// SHA-256 over its files; None for a tree in memory.
    pub digest: Option<Digest>,
    /// Options of the scan that differ from the default, as they are typed.
    pub options: Vec<String>,
}

impl Subject {
    /// Names a tree after what its product says of itself at its root, else after its repository or folder: a member of a workspace does
    /// not name the whole, but its only application gives it its version. Only a tree in memory, which has no folder, takes both.
    #[must_use]
    pub fn of(workspace: &Workspace, artifacts: &[Arc<Artifact>], as_of: Date, options: Vec<String>) -> Self {
        let claim = naming::best(workspace, artifacts);
        let of_whole = claim.as_ref().filter(|claim| claim.is_of_whole() || workspace.name.is_empty());
        let folder = if workspace.name.is_empty() { "this tree" } else { &workspace.name };
        Self {
            name: short(of_whole.map_or(folder, |claim| &claim.name)),
            takes_name: of_whole.is_some(),
            version: claim.as_ref().and_then(|claim| claim.version.as_deref()).map(short),
            named_in: claim
                .as_ref()
                .filter(|claim| of_whole.is_some() || claim.version.is_some())
                .map(|claim| fit_to_show(&claim.file.path)),
            revision: workspace.revision.clone(),
            as_of,
            digest: workspace.digest,
            options,
        }
    }

    /// `Harbour 1.4.0`.
    #[must_use]
    pub fn title(&self) -> String {
        self.version.as_ref().map_or_else(|| self.name.clone(), |version| format!("{} {version}", self.name))
    }

    /// `Harbour 1.4.0 (package.json) · commit 1a2b3c4 of 2026-03-01 · as of 2026-11-28 · forewarn 0.1.0`.
    #[must_use]
    pub fn line(&self) -> String {
        self.parts().join(" · ")
    }

    /// The parts of that line, of which none should be broken.
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        let named = self.named_in.as_ref().map_or_else(|| self.title(), |file| format!("{} ({file})", self.title()));
        let parts = [Some(named), self.commit(), self.day(), Some(format!("forewarn {TOOL_VERSION}"))];
        parts.into_iter().flatten().collect()
    }

    /// `commit 1a2b3c4 of 2026-03-01`, if it is part of one.
    #[must_use]
    pub fn commit(&self) -> Option<String> {
        self.revision.as_ref().map(|commit| format!("commit {} of {}", commit.short(), commit.day))
    }

    /// `as of 2026-11-28`; None if all knowledge was used.
    #[must_use]
    pub fn day(&self) -> Option<String> {
        (self.as_of < Date::LAST).then(|| format!("as of {}", self.as_of))
    }

    /// What the manifest gave: the name, the version or both.
    #[must_use]
    pub fn named(&self) -> &'static str {
        match (self.takes_name, &self.version) {
            (true, Some(_)) => "name and version",
            (true, None) => "name",
            (false, _) => "version",
        }
    }
}

fn short(text: &str) -> String {
    let shown = fit_to_show(text);
    let short: String = shown.chars().take(LONGEST_NAME).collect();
    if short.len() < shown.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;
    use crate::{configfile, lockfile};

    fn subject(files: &[(&str, &str)]) -> (String, Option<String>) {
        subject_in("", files)
    }

    fn subject_in(folder: &str, files: &[(&str, &str)]) -> (String, Option<String>) {
        let mut workspace = Workspace { name: folder.to_owned(), ..Workspace::in_memory(files.iter().copied()) };
        crate::standing::assign(&mut workspace.files);
        let artifact = |file: &SourceFile| Artifact {
            document: configfile::find(file).and_then(|reader| reader.read(file).0),
            dependencies: lockfile::find(file).and_then(|reader| reader.read(file).0),
            ..Artifact::default()
        };
        let artifacts: Vec<_> = workspace.files.iter().map(artifact).map(Arc::new).collect();
        let subject = Subject::of(&workspace, &artifacts, Date::LAST, Vec::new());
        (subject.title(), subject.named_in)
    }

    #[test]
    fn a_tree_is_called_what_it_calls_itself_at_its_root() {
        let manifest = ("package.json", r#"{"name": "harbour", "version": "1.4.0"}"#);
        let inner = ("a/package.json", r#"{"name": "inner", "version": "9.0.0"}"#);
        assert_eq!(subject(&[inner, manifest]), ("harbour 1.4.0".into(), Some("package.json".into())));
        assert_eq!(subject(&[("Cargo.toml", "[package]\nname = 'keys'\nversion = '0.3.0'\n")]).0, "keys 0.3.0");
        let placeholder = ("manifest.json", r#"{"name": "__MSG_appName__", "version": "2"}"#);
        assert_eq!(subject(&[placeholder, ("a.ts", "")]), ("this tree".into(), None));
        assert_eq!(subject(&[("ci.yml", "name: build\non: push\n")]).1, None);
    }

    #[test]
    fn a_tree_of_packages_is_called_after_its_application() {
        let root = ("package.json", r#"{"private": true, "workspaces": ["*"]}"#);
        let docs = ("docs/package.json", r#"{"name": "docs", "version": "1.0.0"}"#);
        let helper = ("lib/package.json", r#"{"name": "@w/lib", "version": "3.0.0", "dependencies": {}}"#);
        let app =
            ("app/package.json", r#"{"name": "harbour", "version": "5.1.0", "private": true, "dependencies": {"@w/lib": "3"}}"#);
        let code = [("lib/a.ts", ""), ("lib/b.ts", ""), ("app/main.ts", "")];
        let tree = |manifests: &[(&'static str, &'static str)]| subject(&[manifests, &code].concat());
        assert_eq!(tree(&[root, docs, helper, app]), ("harbour 5.1.0".into(), Some("app/package.json".into())));
        let library = ("lib/package.json", r#"{"name": "@w/lib", "version": "3.0.0", "types": "a.d.ts"}"#);
        assert_eq!(tree(&[root, docs, library]), ("this tree".into(), None), "a part that others use does not name the whole");
        assert_eq!(tree(&[docs]), ("this tree".into(), None), "documentation is not the product");
    }

    #[test]
    fn a_folder_of_several_wallets_is_none_of_them() {
        let first = ("harbour/package.json", r#"{"name": "harbour", "version": "1.4.0", "dependencies": {}}"#);
        let second = ("lantern/package.json", r#"{"name": "lantern", "version": "2.0.0", "dependencies": {}}"#);
        assert_eq!(subject_in("wallets", &[first, second]), ("wallets".into(), None));
        let root = ("Makefile", "all:\n");
        assert_eq!(subject_in("wallets", &[root, first, second]), ("wallets".into(), None), "whatever lies next to them");
        let same = ("lantern/package.json", r#"{"name": "lantern", "version": "1.4.0", "dependencies": {}}"#);
        assert_eq!(subject_in("wallets", &[root, first, same]).0, "wallets 1.4.0", "they are released together");
        let tool = ("tools/package.json", r#"{"name": "tools", "version": "0.0.0", "private": true}"#);
        assert_eq!(subject_in("wallets", &[root, first, tool]).0, "wallets 1.4.0", "what has no version of its own names nothing");
    }

    #[test]
    fn a_member_of_a_workspace_does_not_name_the_whole() {
        let root = ("package.json", r#"{"private": true, "workspaces": ["*"]}"#);
        let app = ("extension/package.json", r#"{"name": "extension", "version": "5.0.1", "dependencies": {}}"#);
        let versioned = ("lantern 5.0.1".into(), Some("extension/package.json".into()));
        assert_eq!(subject_in("lantern", &[root, app]), versioned, "the repository's name, the application's version");
        let vague = ("package.json", r#"{"name": "root", "version": "0.0.0", "private": true}"#);
        assert_eq!(subject_in("lantern", &[vague]), ("lantern".into(), None), "half of all workspaces are called that");
        let own = ("package.json", r#"{"name": "harbour", "version": "1.4.0"}"#);
        assert_eq!(subject_in("checkout-7", &[own, app]).0, "harbour 1.4.0");
    }
}
