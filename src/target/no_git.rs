//! What takes the place of `git` in a build without the feature: no commit can be read.

use std::path::Path;

use super::revision::Revision;
use super::{OpenOptions, TargetError, Workspace};

/// Opens no revision.
///
/// # Errors
/// Always: this build cannot read git repositories.
pub fn open_commit(repository: &Path, _: &str, _: &str, _: &OpenOptions) -> Result<Workspace, TargetError> {
    let message = "this build of Forewarn cannot read revisions (it lacks the feature `git`)".into();
    Err(TargetError::Git { repository: repository.into(), message })
}

/// Knows no commit.
#[must_use]
pub const fn revision_of(_: &Path) -> Option<Revision> {
    None
}

/// Blobs that revisions share; this build reads none.
#[derive(Debug, Default)]
pub struct Blobs {}

impl Blobs {
    /// Forgets nothing.
    pub const fn turn(&self) {}
}

/// Opens no revision.
///
/// # Errors
/// Always: this build cannot read git repositories.
pub fn open_commit_with(
    _: &Blobs,
    repository: &Path,
    revision: &str,
    folder: &str,
    options: &OpenOptions,
) -> Result<Workspace, TargetError> {
    open_commit(repository, revision, folder, options)
}

/// Knows no address.
#[must_use]
pub const fn remote_of(_: &Path) -> Option<String> {
    None
}
