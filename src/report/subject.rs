//! What was scanned, with what, and how: the title page of every format.

use std::sync::Arc;

use crate::audit::Artifact;
use crate::configfile::{Document, Value};
use crate::finding::fit_to_show;
use crate::rule::Date;
use crate::source::{Digest, SourceFile};
use crate::target::{Revision, Workspace};

/// The version of the program.
pub const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Characters of a name over which it is cut.
const LONGEST_NAME: usize = 60;

/// What a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it calls itself, else the name of its folder.
    pub name: String,
    /// Its version, if it says one.
    pub version: Option<String>,
    /// The file that says so.
    pub named_in: Option<String>,
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
    /// Names a tree after what it says of itself, nearest to its root.
    #[must_use]
    pub fn of(workspace: &Workspace, artifacts: &[Arc<Artifact>], as_of: Date, options: Vec<String>) -> Self {
        let named = workspace.files.iter().zip(artifacts).map(|(file, artifact)| (rank(file, artifact), file, artifact));
        let named = named.filter_map(|(rank, file, artifact)| Some((rank, file, names(artifact.document.as_ref()?)?)));
        let best = named.min_by(|(a, ..), (b, ..)| a.cmp(b));
        let (name, version, file) = best.map_or((None, None, None), |(_, file, (name, version))| (Some(name), version, Some(file)));
        let folder = if workspace.name.is_empty() { "this tree" } else { &workspace.name };
        Self {
            name: short(name.as_deref().unwrap_or(folder)),
            version: version.as_deref().map(short),
            named_in: file.map(|file| fit_to_show(&file.path)),
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
        let named = self.named_in.as_ref().map_or_else(|| self.title(), |file| format!("{} ({file})", self.title()));
        let commit = self.revision.as_ref().map(|commit| format!("commit {} of {}", commit.short(), commit.day));
        let day = (self.as_of < Date::LAST).then(|| format!("as of {}", self.as_of));
        [Some(named), commit, day, Some(format!("forewarn {TOOL_VERSION}"))].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// The nearest to the root first, and there what names a package before what names something else.
fn rank<'f>(file: &'f SourceFile, artifact: &Artifact) -> (usize, bool, &'f str) {
    let is_manifest = artifact.dependencies.as_ref().is_some_and(|found| found.manifest.is_some());
    (file.path.matches('/').count(), !is_manifest, &file.path)
}

/// Keys of the tables in which manifests say a name and a version; the first is the whole document.
const TABLES: &[&[&str]] = &[&[], &["package"], &["project"], &["tool", "poetry"]];

/// The name and version that a document gives its tree.
fn names(document: &Document) -> Option<(String, Option<String>)> {
    let table = |root, keys: &&[&str]| keys.iter().try_fold(root, |value: &Value, key| value.get(key));
    document.roots.first().into_iter().find_map(|root| {
        let tables = TABLES.iter().filter_map(|keys| table(root, keys));
        tables.into_iter().find_map(|table| {
            let text = |key| table.get(key).and_then(Value::as_text).map(str::trim).filter(|text| !text.is_empty());
            let version = text("version");
            let is_told = version.is_some() || text("license").is_some() || table.get("dependencies").is_some();
            // `__MSG_appName__` stands for a text in another file.
            let name = text("name").filter(|name| is_told && !name.starts_with("__MSG_"))?;
            Some((name.to_owned(), version.map(ToOwned::to_owned)))
        })
    })
}

fn short(text: &str) -> String {
    let shown = fit_to_show(text);
    let short: String = shown.chars().take(LONGEST_NAME).collect();
    if short.len() < shown.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configfile;

    fn subject(files: &[(&str, &str)]) -> (String, Option<String>) {
        let workspace = Workspace::in_memory(files.iter().copied());
        let artifact = |file: &SourceFile| Artifact {
            document: configfile::find(file).and_then(|reader| reader.read(file).0),
            ..Artifact::default()
        };
        let artifacts: Vec<_> = workspace.files.iter().map(artifact).map(Arc::new).collect();
        let subject = Subject::of(&workspace, &artifacts, Date::LAST, Vec::new());
        (subject.title(), subject.named_in)
    }

    #[test]
    fn a_tree_is_called_what_it_calls_itself_nearest_to_its_root() {
        let manifest = ("package.json", r#"{"name": "harbour", "version": "1.4.0"}"#);
        let inner = ("a/package.json", r#"{"name": "inner", "version": "9.0.0"}"#);
        assert_eq!(subject(&[inner, manifest]), ("harbour 1.4.0".into(), Some("package.json".into())));
        assert_eq!(subject(&[("Cargo.toml", "[package]\nname = 'keys'\nversion = '0.3.0'\n")]).0, "keys 0.3.0");
        let placeholder = ("manifest.json", r#"{"name": "__MSG_appName__", "version": "2"}"#);
        assert_eq!(subject(&[placeholder, ("a.ts", "")]), ("this tree".into(), None));
        assert_eq!(subject(&[("ci.yml", "name: build\non: push\n")]).1, None);
    }
}
