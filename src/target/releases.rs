//! Which revisions of a repository a history is made of.

use std::path::Path;

use super::TargetError;
#[cfg(feature = "git")]
use super::object;
use crate::rule::{Date, Glob};

/// A revision at which a tree is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The tag, or the first digits of the commit.
    pub name: String,
    /// The commit, in hexadecimal digits.
    pub commit: String,
    /// The day on which it was committed, in Greenwich.
    pub day: Date,
}

/// Which revisions are wanted.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Those with a tag whose name is one of these; any if there are none.
    Tags(Vec<Glob>),
    /// Every so manieth commit of a revision's first parents, and the revision itself.
    Every {
        /// How many commits apart.
        step: usize,
        /// The revision to go back from.
        from: String,
    },
}

/// Commits over which a history is not followed back.
#[cfg(feature = "git")]
const MOST_COMMITS: usize = 1_000_000;

/// The revisions of a repository, the oldest first; of several tags of one commit the first by name.
///
/// # Errors
/// If there is no such repository or revision. A tag whose commit is missing is left out.
#[cfg(feature = "git")]
pub fn releases(repository: &Path, choice: &Choice) -> Result<Vec<Release>, TargetError> {
    let fail = |message: String| TargetError::Git { repository: repository.into(), message };
    let mut found = object::guarded(|| chosen(repository, choice)).map_err(fail)?;
    found.sort_by(|(a, at), (b, bt)| (at, &a.name).cmp(&(bt, &b.name)));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(release, _)| seen.insert(release.commit.clone()));
    Ok(found.into_iter().map(|(release, _)| release).collect())
}

/// Knows none: this build cannot read git repositories.
///
/// # Errors
/// Always.
#[cfg(not(feature = "git"))]
pub fn releases(repository: &Path, _: &Choice) -> Result<Vec<Release>, TargetError> {
    let message = "this build of Forewarn cannot read revisions (it lacks the feature `git`)".into();
    Err(TargetError::Git { repository: repository.into(), message })
}

#[cfg(feature = "git")]
fn chosen(repository: &Path, choice: &Choice) -> Result<Vec<Dated>, String> {
    let git = object::open_store(repository, true)?.to_thread_local();
    match choice {
        Choice::Tags(names) => tagged(&git, names).map_err(|error| error.to_string()),
        Choice::Every { step, from } => {
            let commit = object::commit_of(object::find(&git, from)?)?;
            every(&commit, (*step).max(1)).map_err(|error| error.to_string())
        }
    }
}

/// A release and the second at which it was committed.
#[cfg(feature = "git")]
type Dated = (Release, i64);

#[cfg(feature = "git")]
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[cfg(feature = "git")]
fn tagged(git: &gix::Repository, names: &[Glob]) -> Result<Vec<Dated>, Failure> {
    let references = git.references()?;
    let mut found = Vec::new();
    for mut reference in references.tags()?.filter_map(Result::ok) {
        let name = reference.name().shorten().to_string();
        let is_wanted = names.is_empty() || names.iter().any(|glob| glob.matches_name(&name));
        let mut commit = || object::commit_of(reference.follow_to_object().ok()?.object().ok()?).ok();
        if let Some(commit) = is_wanted.then(&mut commit).flatten() {
            found.extend(release(Some(name), &commit));
        }
    }
    Ok(found)
}

#[cfg(feature = "git")]
fn every(tip: &gix::Commit<'_>, step: usize) -> Result<Vec<Dated>, Failure> {
    let walk = tip.repo.rev_walk([tip.id]).first_parent_only().all()?;
    // A shallow clone ends where its commits do.
    let walk = walk.take(MOST_COMMITS).map_while(Result::ok).step_by(step);
    Ok(walk.filter_map(|info| release(None, &info.object().ok()?)).collect())
}

#[cfg(feature = "git")]
fn release(tag: Option<String>, commit: &gix::Commit<'_>) -> Option<Dated> {
    let seconds = commit.time().ok()?.seconds;
    let id = commit.id().to_string();
    let name = tag.unwrap_or_else(|| id[..8].to_owned());
    Some((Release { name, commit: id, day: Date::from_days(seconds.div_euclid(86_400)) }, seconds))
}
