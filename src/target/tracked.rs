//! What is committed although an ignore file names it: git's index knows.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::index::entry::Mode;

use super::notable::INSTALLED;
use super::{Candidate, sound};
use crate::source::{Notice, NoticeKind};

/// The files of a work tree that git tracks and that are not among those found, if the folder is the root of a repository. Installed
/// packages are left out, as everywhere. An index that cannot be read gives nothing: what the walk found is there all the same.
pub(super) fn tracked(root: &Path, found: &[Candidate<PathBuf>], notices: &mut Vec<Notice>) -> Vec<Candidate<PathBuf>> {
    if !fs::symlink_metadata(root.join(".git")).is_ok_and(|it| it.is_dir()) {
        return Vec::new();
    }
    if let Err(reason) = sound::check(&root.join(".git"), false) {
        let message = format!("git's own files were not read: {reason}");
        notices.push(Notice::about(&Arc::from(".git"), NoticeKind::Unreadable, message));
        return Vec::new();
    }
    let Ok(store) = gix::open::Options::isolated().open(root.join(".git")) else { return Vec::new() };
    let git = store.to_thread_local();
    let Ok(index) = git.index_or_empty() else { return Vec::new() };
    let known: HashSet<&str> = found.iter().map(|file| &*file.path).collect();
    let files = index.entries().iter().filter(|entry| matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE));
    let paths = files.filter_map(|entry| std::str::from_utf8(entry.path(&index)).ok());
    let paths = paths.filter(|path| !known.contains(path) && !path.split('/').any(|segment| segment == INSTALLED));
    paths.filter_map(|path| candidate(root, path)).collect()
}

/// The file at a path, if it is there and no link leads to it.
fn candidate(root: &Path, path: &str) -> Option<Candidate<PathBuf>> {
    let location = root.join(path);
    let metadata = fs::symlink_metadata(&location).ok().filter(fs::Metadata::is_file)?;
    (location.canonicalize().ok()? == location).then(|| Candidate { path: Arc::from(path), size: metadata.len(), location })
}
