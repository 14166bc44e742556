//! What is committed although an ignore file names it: git's index knows.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use gix::index::entry::Mode;

use super::notable::INSTALLED;
use super::{Candidate, object};
use crate::source::{Notice, NoticeKind};

/// The files of a work tree that git tracks and that are not among those found, if the folder is the root of a repository. Installed
/// packages are left out, as everywhere. An index that cannot be read gives nothing: what the walk found is there all the same.
pub(super) fn tracked(root: &Path, found: &[Candidate<PathBuf>], notices: &mut Vec<Notice>) -> Vec<Candidate<PathBuf>> {
    let is_there = |name: &str| fs::symlink_metadata(root.join(name)).ok();
    if !is_there(".git").is_some_and(|it| it.is_dir()) || is_there(".git/HEAD").is_none() {
        return Vec::new();
    }
    let paths = object::guarded(|| indexed(root)).unwrap_or_else(|reason| {
        let message = format!("git's own files were not read: {reason}");
        notices.push(Notice::about(&Arc::from(".git"), NoticeKind::Unreadable, message));
        Vec::new()
    });
    let known: HashSet<&str> = found.iter().map(|file| &*file.path).collect();
    let paths = paths.iter().filter(|path| !known.contains(path.as_str()) && is_inside(path));
    paths.filter_map(|path| candidate(root, path)).collect()
}

/// The files that the index of a repository names.
fn indexed(root: &Path) -> Result<Vec<String>, String> {
    let git = object::open_store(root, false)?.to_thread_local();
    let index = git.index_or_empty().map_err(|error| error.to_string())?;
    let files = index.entries().iter().filter(|entry| matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE));
    Ok(files.filter_map(|entry| Some(std::str::from_utf8(entry.path(&index)).ok()?.to_owned())).collect())
}

/// Whether a path can be one of the tree's own: an index may hold any bytes, such as the path of a file of the machine.
fn is_inside(path: &str) -> bool {
    let is_name = |name: &str| !matches!(name, "" | "." | ".." | INSTALLED) && !name.eq_ignore_ascii_case(".git");
    path.split('/').all(is_name) && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The file at a path, if it is there and no link leads to it.
fn candidate(root: &Path, path: &str) -> Option<Candidate<PathBuf>> {
    let location = root.join(path);
    let metadata = fs::symlink_metadata(&location).ok().filter(fs::Metadata::is_file)?;
    (location.canonicalize().ok()? == location).then(|| Candidate { path: Arc::from(path), size: metadata.len(), location })
}
