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
