//! Where files come from: the only readers of the disk.

mod content;
#[cfg(all(test, feature = "git"))]
mod damaged;
mod excluded;
mod folder;
#[cfg(feature = "git")]
mod git;
#[cfg(not(feature = "git"))]
#[path = "no_git.rs"]
mod git;
mod notable;
#[cfg(feature = "git")]
mod object;
mod recent;
mod releases;
mod renamed;
mod revision;
#[cfg(feature = "git")]
mod sound;
#[cfg(feature = "git")]
mod tracked;

pub use excluded::Excluded;
pub use folder::{open_folder, read_own_text, read_text};
pub use git::{Blobs, open_commit, open_commit_with, remote_of, revision_of};
pub use notable::MISSING_SUBMODULE;
pub(crate) use recent::Recent;
pub use releases::{Choice, Release, releases};
pub use renamed::renamed;
pub use revision::{Revision, clone_repository, find_repository, full_name, repository_of};

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::rule::Glob;
use crate::source::{Digest, FileId, Notice, NoticeKind, SourceFile};
use crate::standing;

use content::Content;

/// The files of a scanned tree, ordered by path.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Files, ordered by path; a file's [`FileId`] is its index.
    pub files: Vec<SourceFile>,
    /// SHA-256 over all paths and digests: equal for equal trees.
    pub digest: Option<Digest>,
    /// What was left out while reading, and why.
    pub notices: Vec<Notice>,
    /// Lockfiles, manifests and `.env` files that are there but that an ignore file of the tree names, ordered. They were not read.
    pub ignored: Vec<Arc<str>>,
    /// The files that the settings leave out, ordered by path.
    pub excluded: Vec<Excluded>,
    /// The name of the folder, file or repository; empty for a tree in memory.
    pub name: String,
    /// The commit of which the tree is a part, if git knows one.
    pub revision: Option<Revision>,
}

/// What to read of a tree.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Paths that are left out. A pattern that matches a folder leaves out what is in it.
    pub exclude: Vec<Glob>,
    /// Paths that are read although an ignore file names them.
    pub include: Vec<Glob>,
    /// Files that are no part of the tree, by their whole path: what the run itself is about to write.
    pub foreign: Vec<String>,
    /// Bytes over which a file is not read.
    pub max_file_bytes: u64,
    /// Bytes over which nothing more is read, counted over the files in the order of their paths.
    pub max_total_bytes: u64,
    /// Files over which nothing more is read.
    pub max_files: usize,
    /// Segments of a path over which a folder is not entered.
    pub max_depth: usize,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            exclude: Vec::new(),
            include: Vec::new(),
            foreign: Vec::new(),
            max_file_bytes: 10 << 20,
            max_total_bytes: 1 << 30,
            max_files: 200_000,
            max_depth: 64,
        }
    }
}

impl OpenOptions {
    /// Whether the settings leave out a path, or a folder above it.
    fn excludes(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        folders.chain([path]).any(|path| self.exclude.iter().any(|glob| glob.matches_path(path)))
    }
}

/// A tree that cannot be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Nothing is there, or it may not be read.
    #[error("cannot open {path}: {source}")]
    Unreadable {
        /// What was to be opened.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is neither a folder nor a file.
    #[error("{0} is neither a folder nor a file")]
    NotATree(PathBuf),
    /// A repository does not have what was asked for.
    #[error("{repository}: {message}")]
    Git {
        /// The repository.
        repository: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

impl TargetError {
    /// Whether simply nothing is there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        use std::io::ErrorKind::{NotADirectory, NotFound};
        matches!(self, Self::Unreadable { source, .. } if matches!(source.kind(), NotFound | NotADirectory))
    }
}

impl Workspace {
    /// A workspace of texts in memory, for rule examples and tests.
    #[must_use]
    pub fn in_memory<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sorted: Vec<_> = files.into_iter().collect();
        sorted.sort_unstable();
        let files = sorted
            .into_iter()
            .enumerate()
            .map(|(index, (path, text))| SourceFile::in_memory(FileId(index as u32), path, text))
            .collect();
        Self { files, ..Self::default() }
    }

    /// The file of an id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&SourceFile> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|index| &self.files[index])
    }
}

/// A file that was found, before it is read.
#[derive(Debug)]
struct Candidate<L> {
    /// Its path from the root.
    path: Arc<str>,
    /// Its size in bytes, as far as it is known.
    size: u64,
    /// How its source gets at it.
    location: L,
}

/// Reads what was found, in parallel, within the limits: the same for every source of files.
///
/// `load` gives the content of a file, or the reason why there is none; `reader` gives it what one thread needs for that.
fn assemble<L: Sync + Send, R>(
    mut found: Vec<Candidate<L>>,
    mut notices: Vec<Notice>,
    options: &OpenOptions,
    reader: impl Fn() -> R + Sync + Send,
    load: impl Fn(&mut R, &Candidate<L>) -> Result<Content, Notice> + Sync + Send,
) -> Workspace {
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.retain(|file| !options.foreign.iter().any(|path| **path == *file.path));
    let (left_out, mut found): (Vec<_>, Vec<_>) = found.into_iter().partition(|file| options.excludes(&file.path));
    let excluded = excluded::count(left_out, options, &reader, &load);
    notices.extend(limit(&mut found, options));

    let read: Vec<_> = found.par_iter().map_init(reader, |reader, file| (Arc::clone(&file.path), load(reader, file))).collect();
    let mut files = Vec::with_capacity(read.len());
    for (path, result) in read {
        match result {
            Ok(content) => {
                let file = content.into_file(FileId(files.len() as u32), path, &mut notices);
                if standing::is_own_report(&file) {
                    notices.push(Notice::about(&file.path, NoticeKind::OwnReport, "written by Forewarn: set aside, not analysed"));
                } else {
                    files.push(file);
                }
            }
            Err(notice) => notices.push(notice),
        }
    }
    notices.sort();
    notices.dedup();
    standing::assign(&mut files);
    Workspace { digest: Some(tree_digest(&files)), files, notices, excluded, ..Workspace::default() }
}

/// Drops files over the limits, and says which.
fn limit<L>(found: &mut Vec<Candidate<L>>, options: &OpenOptions) -> Vec<Notice> {
    let mut notices = Vec::new();
    found.retain(|candidate| {
        let fits = candidate.size <= options.max_file_bytes;
        if !fits {
            notices.push(too_large(&candidate.path, candidate.size, options));
        }
        fits
    });
    let mut total = 0;
    let within = found.iter().take(options.max_files).take_while(|candidate| {
        total += candidate.size;
        total <= options.max_total_bytes
    });
    let kept = within.count();
    if kept < found.len() {
        let message = format!(
            "{} of {} files were not read: the limit is {} files and {} MB",
            found.len() - kept,
            found.len(),
            options.max_files,
            options.max_total_bytes >> 20
        );
        notices.push(Notice::general(NoticeKind::LimitReached, message));
        found.truncate(kept);
    }
    notices
}

fn too_large(path: &Arc<str>, size: u64, options: &OpenOptions) -> Notice {
    let message = format!("not read: {size} bytes, and the limit is {}", options.max_file_bytes);
    Notice::about(path, NoticeKind::LimitReached, message)
}

fn tree_digest(files: &[SourceFile]) -> Digest {
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file.path.as_bytes());
        hasher.update([0]);
        hasher.update(file.digest.0);
    }
    Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(sizes: &[u64]) -> Vec<Candidate<()>> {
        let candidate = |(index, &size): (usize, &u64)| Candidate { path: format!("f{index}").into(), size, location: () };
        sizes.iter().enumerate().map(candidate).collect()
    }

    #[test]
    fn limits_cut_by_size_count_and_total() {
        let options = OpenOptions { max_file_bytes: 10, max_total_bytes: 20, max_files: 3, ..OpenOptions::default() };
        for (sizes, kept, notices) in
            [(&[1, 2, 3][..], 3, 0), (&[1, 11, 3], 2, 1), (&[1, 1, 1, 1], 3, 1), (&[9, 9, 9], 2, 1), (&[11, 9, 9, 9], 2, 2)]
        {
            let mut found = candidates(sizes);
            let said = limit(&mut found, &options);
            assert_eq!((found.len(), said.len()), (kept, notices), "{sizes:?}");
        }
    }

    #[test]
    fn a_pattern_that_matches_a_folder_excludes_what_is_in_it() {
        let options = OpenOptions { exclude: vec![Glob::new("build/out"), Glob::new("*.snap")], ..OpenOptions::default() };
        for (path, expected) in [("build/out/a.js", true), ("build/other/a.js", false), ("x/y.snap", true), ("x/y.snap.ts", false)]
        {
            assert_eq!(options.excludes(path), expected, "{path}");
        }
    }
}
