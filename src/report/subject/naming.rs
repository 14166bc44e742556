//! What names a tree: what its product says at its root; and what gives it a version, if that says none: its application.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audit::Artifact;
use crate::configfile::{Document, Value};
use crate::source::{Role, SourceFile};
use crate::target::Workspace;

/// A file that says a name.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// Whether it is the manifest of a package, and not another file with a name in it.
    is_manifest: bool,
    /// Whether it is made for others to use.
    is_library: bool,
}

/// Names that say nothing: so the heads of workspaces are called in many repositories.
const VAGUE: [&str; 8] = ["root", "monorepo", "workspace", "workspaces", "packages", "project", "repo", "app"];

impl Claim<'_> {
    /// Whether it names the whole tree, and not a part of it.
    pub(super) fn is_of_whole(&self) -> bool {
        let name = self.name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        self.file.folder().is_empty() && !VAGUE.contains(&name.as_str())
    }
}

/// The claim to go by: at the root the manifest before other files; below it, the largest package that no other package of the tree
/// uses. What is documentation, a test or an example says nothing of the product.
pub(super) fn best<'a>(workspace: &'a Workspace, artifacts: &[Arc<Artifact>]) -> Option<Claim<'a>> {
    let files = workspace.files.iter().zip(artifacts).filter(|(file, _)| file.role == Role::Product);
    let (mut at_root, below): (Vec<_>, Vec<_>) =
        files.filter_map(|(file, artifact)| claim(file, artifact)).partition(|claim| claim.file.folder().is_empty());
    at_root.sort_by_key(|claim| !claim.is_manifest);
    let says_something = |claim: &Claim<'_>| claim.is_of_whole() || claim.version.is_some();
    at_root.into_iter().find(says_something).or_else(|| application(below, workspace, artifacts))
}

fn application<'a>(mut claims: Vec<Claim<'a>>, workspace: &Workspace, artifacts: &[Arc<Artifact>]) -> Option<Claim<'a>> {
    let used = used(artifacts);
    claims.retain(|claim| !claim.is_library && !used.contains(claim.name.as_str()));
    if is_collection(&claims) {
        return None;
    }
    let sizes = sizes(&claims, workspace);
    claims.into_iter().min_by_key(|claim| {
        let size = sizes.get(claim.file.folder()).copied().unwrap_or(0);
        (!claim.is_manifest, Reverse(size), claim.file.path.matches('/').count(), claim.file.path.clone())
    })
}

/// Whether there are several applications with versions of their own: none of them is the version of the whole. One with a file that
/// says less (a browser's manifest next to a package) is one application.
fn is_collection(claims: &[Claim<'_>]) -> bool {
    let packages = claims.iter().filter(|claim| claim.is_manifest);
    packages.filter_map(|claim| claim.version.as_deref()).collect::<BTreeSet<_>>().len() > 1
}

/// The packages that manifests of the tree ask for.
fn used(artifacts: &[Arc<Artifact>]) -> BTreeSet<&str> {
    let manifests = artifacts.iter().filter_map(|artifact| artifact.dependencies.as_ref()?.manifest.as_ref());
    manifests.flat_map(|manifest| &manifest.requirements).map(|wish| wish.name.as_str()).collect()
}

/// How many files of the product lie below the folder of each claim.
fn sizes<'c>(claims: &[Claim<'c>], workspace: &Workspace) -> BTreeMap<&'c str, usize> {
    let mut sizes: BTreeMap<&str, usize> = claims.iter().map(|claim| (claim.file.folder(), 0)).collect();
    for file in workspace.files.iter().filter(|file| file.role == Role::Product) {
        let mut folder = file.folder();
        loop {
            if let Some(size) = sizes.get_mut(folder) {
                *size += 1;
            }
            match folder.rsplit_once('/') {
                Some((above, _)) => folder = above,
                None => break,
            }
        }
    }
    sizes
}

/// Keys of the tables in which manifests say a name and a version; the first is the whole document.
const TABLES: &[&[&str]] = &[&[], &["package"], &["project"], &["tool", "poetry"]];

/// The version of what is never released.
const PLACEHOLDER: &str = "0.0.0";

fn claim<'a>(file: &'a SourceFile, artifact: &Artifact) -> Option<Claim<'a>> {
    let (name, version) = names(artifact.document.as_ref()?)?;
    let manifest = artifact.dependencies.as_ref().and_then(|found| found.manifest.as_ref());
    let is_library = manifest.is_some_and(|manifest| manifest.is_library);
    Some(Claim { file, name, version, is_manifest: manifest.is_some(), is_library })
}

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
            Some((name.to_owned(), version.filter(|version| *version != PLACEHOLDER).map(ToOwned::to_owned)))
        })
    })
}
