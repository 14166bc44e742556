//! Lockfiles that no tool reads: their versions are nobody's.

use super::{Project, below, is_member};
use crate::lockfile::{Lockfile, Manifest, PackageSource};
use crate::source::SourceFile;

/// Ecosystems whose tools build a fetched copy by the lockfile of whoever fetched it.
const FETCHED: &[(&str, &[&str])] = &[("Go", &["vendor"]), ("crates.io", &["vendor", "third_party"]), ("npm", &["node_modules"])];

type Lock<'a> = (&'a SourceFile, &'a Lockfile);
type Asking<'a> = (&'a SourceFile, &'a Manifest);

/// Notes for each lockfile why it is not read, if it is not.
pub(super) fn mark(projects: &mut [Project<'_>], manifests: &[Asking<'_>]) {
    let locks: Vec<Lock<'_>> = projects.iter().filter_map(|project| project.lock).collect();
    for project in projects {
        let Some(lock) = project.lock else { continue };
        project.unread = fetched(lock).or_else(|| member(lock, &locks, manifests)).or_else(|| rival(lock, &locks, manifests));
    }
}

/// A copy of somebody else's module brings the lockfile with which its authors worked.
fn fetched((file, lockfile): Lock<'_>) -> Option<String> {
    let (_, folders) = FETCHED.iter().find(|(ecosystem, _)| *ecosystem == lockfile.ecosystem)?;
    let is_copy = file.folder().split('/').any(|part| folders.contains(&part));
    is_copy.then(|| "it belongs to a copied module, which is built by the lockfile of this tree".to_owned())
}

/// The members of a workspace are fixed by the lockfile at its root.
fn member(lock: Lock<'_>, locks: &[Lock<'_>], manifests: &[Asking<'_>]) -> Option<String> {
    let (file, lockfile) = lock;
    let decides = |(other, root): &&Lock<'_>| {
        let Some(below) = below(other.folder(), file.folder()).filter(|below| !below.is_empty()) else { return false };
        let lists = |(asking, manifest): &Asking<'_>| {
            asking.folder() == other.folder()
                && manifest.ecosystem == root.ecosystem
                && (manifest.members.iter().any(|member| is_member(member, below)) || leads_to(manifest, below))
        };
        root.ecosystem == lockfile.ecosystem && !root.is_checksum_list && manifests.iter().any(lists)
    };
    let (other, _) = locks.iter().find(decides)?;
    Some(format!("its folder is a member of the workspace that {} fixes", other.path))
}

/// Cargo takes what a workspace's manifest asks for by its path as a member.
fn leads_to(manifest: &Manifest, below: &str) -> bool {
    let is_below = |path: &str| path.trim_start_matches("./").trim_end_matches('/') == below;
    manifest.ecosystem == "crates.io"
        && manifest.requirements.iter().chain(&manifest.shared).any(|wish| match &wish.source {
            PackageSource::Path(path) => is_below(path),
            _ => false,
        })
}

/// Of two lockfiles in one folder that of the tool which the manifest names is read.
fn rival(lock: Lock<'_>, locks: &[Lock<'_>], manifests: &[Asking<'_>]) -> Option<String> {
    let (file, lockfile) = lock;
    let is_here = |(other, manifest): &&Asking<'_>| other.folder() == file.folder() && manifest.ecosystem == lockfile.ecosystem;
    let named = manifests.iter().filter(is_here).find_map(|(_, manifest)| manifest.manager.as_ref())?;
    let tool = named.0.split('@').next().unwrap_or_default();
    let is_read = |(other, read): &&Lock<'_>| other.folder() == file.folder() && tool_of(read.format) == tool;
    let (other, _) = locks.iter().find(is_read).filter(|_| tool_of(lockfile.format) != tool)?;
    Some(format!("the manifest names {}, whose lockfile is {}", named.0, other.name()))
}

fn tool_of(format: &str) -> &str {
    if format == "package-lock" { "npm" } else { format }
}
