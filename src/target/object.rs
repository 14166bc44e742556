//! Objects of a repository that may be damaged on purpose. Like all of the scanned tree they may cost their own part and no more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use gix::objs::Kind;
use gix::{Commit, Object, ObjectId, Repository, ThreadSafeRepository, Tree};

use super::sound;

/// Tags that lead to tags, over which they are not followed. An object's name is not checked against its content: two of them can
/// lead to each other.
const MOST_TAGS: usize = 32;

/// Of the user's configuration nothing is used; of the repository's own nothing that could make an object cost more than this.
const LIMITS: [&str; 1] = ["gitoxide.objects.allocLimit=256m"];

/// Runs what reads git's own files. A panic of the library that reads them is an error like others: the files are the tree's.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("git's own files are damaged: they could not be read".into()))
}

/// Opens the object store of a repository, bare or not, if nothing in it is meant to lead elsewhere; `objects` is whether it is asked
/// for more than names and the index.
pub(super) fn open_store(repository: &Path, objects: bool) -> Result<ThreadSafeRepository, String> {
    let inside = repository.join(".git");
    let place = if inside.is_dir() { &inside } else { repository };
    sound::check(place, objects)?;
    gix::open::Options::isolated().config_overrides(LIMITS).open(place).map_err(|error| error.to_string())
}

/// The object that a revision names: a commit, a tag or a tree.
pub(super) fn find<'g>(git: &'g Repository, revision: &str) -> Result<Object<'g>, String> {
    let absent = || format!("there is no revision {revision:?}");
    let id = match ObjectId::from_hex(revision.as_bytes()) {
        Ok(id) => id,
        Err(_) => match named(git, revision) {
            Some(id) => id,
            None => calculated(git, revision).ok_or_else(absent)?,
        },
    };
    git.find_object(id).map_err(|_| absent())
}

/// What a branch or tag of that name points to.
fn named(git: &Repository, name: &str) -> Option<ObjectId> {
    let mut reference = git.try_find_reference(name).ok()??;
    reference.follow_to_object().ok().map(gix::Id::detach)
}

/// What `v1~2` and the like mean, unless what they start from leads nowhere or in a circle.
fn calculated(git: &Repository, revision: &str) -> Option<ObjectId> {
    let start = revision.split(['~', '^', '@', ':']).next().unwrap_or_default();
    let is_sound = named(git, start).is_none_or(|id| git.find_object(id).is_ok_and(|object| untagged(object).is_ok()));
    is_sound.then(|| git.rev_parse_single(revision).ok().map(gix::Id::detach)).flatten()
}

/// The commit that an object is, or that a tag is for.
pub(super) fn commit_of(object: Object<'_>) -> Result<Commit<'_>, String> {
    untagged(object)?.try_into_commit().map_err(|error| error.to_string())
}

/// The tree of a commit or tag.
pub(super) fn tree_of(object: Object<'_>) -> Result<Tree<'_>, String> {
    let object = untagged(object)?;
    match object.kind {
        Kind::Commit => commit_of(object)?.tree().map_err(|error| error.to_string()),
        _ => object.try_into_tree().map_err(|error| error.to_string()),
    }
}

fn untagged(mut object: Object<'_>) -> Result<Object<'_>, String> {
    for _ in 0..MOST_TAGS {
        if object.kind != Kind::Tag {
            return Ok(object);
        }
        let target = object.try_to_tag_ref_iter().and_then(|tag| tag.target_id().ok());
        let target = target.ok_or_else(|| format!("the tag {} is damaged", object.id))?;
        object = object.repo.find_object(target).map_err(|error| error.to_string())?;
    }
    Err("a tag leads from tag to tag without end".into())
}
