use std::path::Path;
use std::sync::{Arc, OnceLock};

use gix::objs::tree::EntryKind;
use gix::{ObjectId, Repository};

use crate::rule::Date;
use crate::source::{Notice, NoticeKind};

use super::content::Content;
use super::notable::{INSTALLED, installed_notice, submodule_notice};
use super::recent::Recent;
use super::revision::{Revision, repository_name, repository_of, tree_name, web_address};
use super::{Candidate, OpenOptions, TargetError, Workspace, assemble, object, too_large};

/// Opens the tree of a revision straight from an object store, bare or not. A work tree, if there is one, is neither read nor
/// written, and nothing of the user's configuration is used.
///
/// `folder` is the part of the tree to open, `/` between segments; empty for all of it. What is committed is read, whatever ignore
/// files say; links and submodules are not.
///
/// # Errors
/// If there is no such repository, revision or folder. An object that is missing is a notice.
pub fn open_commit(repository: &Path, revision: &str, folder: &str, options: &OpenOptions) -> Result<Workspace, TargetError> {
    open_commit_with(&Blobs::default(), repository, revision, folder, options)
}

/// The same with blobs that other revisions of the repository may share: each is read and decoded once.
///
/// # Errors
/// If there is no such repository, revision or folder.
pub fn open_commit_with(
    blobs: &Blobs,
    repository: &Path,
    revision: &str,
    folder: &str,
    options: &OpenOptions,
) -> Result<Workspace, TargetError> {
    object::guarded(|| open_revision(blobs, repository, revision, folder, options))
        .map_err(|message| TargetError::Git { repository: repository.into(), message })
}

fn open_revision(
    blobs: &Blobs,
    repository: &Path,
    revision: &str,
    folder: &str,
    options: &OpenOptions,
) -> Result<Workspace, String> {
    let store = object::open_store(repository, true)?;
    let git = store.to_thread_local();
    let root = find_folder(&git, revision, folder)?;

    let mut walk = Walk { git: &git, options, folders: 0, found: Vec::new(), links: Vec::new(), notices: Vec::new() };
    walk.enter(root, "", 0);
    let Walk { found, links, mut notices, .. } = walk;
    notices.extend(links.iter().filter_map(|link| link_notice(&git, link, &found)));
    let workspace = assemble(found, notices, options, || store.to_thread_local(), |git, file| blobs.load(git, file, options));
    let commit = object::find(&git, revision).and_then(object::commit_of).ok();
    let revision = commit.as_ref().and_then(|commit| revision_from(&git, commit));
    let name = tree_name(folder, revision.as_ref(), repository_name(repository));
    Ok(Workspace { name, revision, ..workspace }.with_missing_submodules())
}

/// The web address from which a repository was cloned, if git knows one: without a name or password.
#[must_use]
pub fn remote_of(repository: &Path) -> Option<String> {
    let remote = object::guarded(|| {
        let git = object::open_store(repository, true)?.to_thread_local();
        Ok(git.config_snapshot().string("remote.origin.url").map(|url| url.to_string()))
    });
    remote.ok()?.as_deref().and_then(web_address)
}

fn revision_from(git: &Repository, commit: &gix::Commit<'_>) -> Option<Revision> {
    let remote = git.config_snapshot().string("remote.origin.url").map(|url| url.to_string());
    let seconds = commit.time().ok()?.seconds;
    Some(Revision {
        id: commit.id().to_string(),
        day: Date::from_days(seconds.div_euclid(86_400)),
        repository: remote.as_deref().and_then(web_address),
    })
}

/// The commit that is checked out around a path, if the path is a part of it: what git does not know is no part of a commit.
#[must_use]
pub fn revision_of(path: &Path) -> Option<Revision> {
    let real = path.canonicalize().ok()?;
    let root = repository_of(&real)?;
    // A file or link `.git` of the tree itself may lead anywhere.
    if root == real && !std::fs::symlink_metadata(root.join(".git")).ok()?.is_dir() {
        return None;
    }
    object::guarded(|| Ok(checked_out(&root, real.strip_prefix(&root).unwrap_or(&real)))).ok()?
}

/// The commit that is checked out in a repository, if a path of it is a part of that.
fn checked_out(root: &Path, inside: &Path) -> Option<Revision> {
    let git = object::open_store(root, true).ok()?.to_thread_local();
    let commit = object::find(&git, "HEAD").and_then(object::commit_of).ok()?;
    let is_part = inside.as_os_str().is_empty() || commit.tree().ok()?.lookup_entry_by_path(inside).ok()?.is_some();
    is_part.then(|| revision_from(&git, &commit))?
}

fn find_folder(git: &Repository, revision: &str, folder: &str) -> Result<ObjectId, String> {
    let tree = object::tree_of(object::find(git, revision)?).map_err(|error| format!("{revision:?} has no tree: {error}"))?;
    let folder = folder.trim_matches('/');
    if folder.is_empty() {
        return Ok(tree.id);
    }
    let entry = tree.lookup_entry_by_path(folder).map_err(|error| error.to_string())?;
    let is_folder = |entry: &gix::object::tree::Entry<'_>| entry.mode().is_tree();
    entry.filter(is_folder).map(|entry| entry.object_id()).ok_or_else(|| format!("{revision:?} has no folder {folder:?}"))
}

/// Finds what a tree object holds.
struct Walk<'a> {
    git: &'a Repository,
    options: &'a OpenOptions,
    folders: usize,
    found: Vec<Candidate<ObjectId>>,
    links: Vec<(Arc<str>, ObjectId)>,
    notices: Vec<Notice>,
}

impl Walk<'_> {
    /// Adds what is below a folder, up to the limit of files: a small repository may unfold to an endless tree.
    fn enter(&mut self, tree: ObjectId, folder: &str, depth: usize) {
        let path: Arc<str> = folder.into();
        if depth >= self.options.max_depth {
            let message = format!("not entered: it lies {depth} folders deep");
            return self.notices.push(Notice::about(&path, NoticeKind::LimitReached, message));
        }
        let Ok(tree) = self.git.find_tree(tree) else {
            let message = "the repository lacks this folder: it was not analysed";
            return self.notices.push(Notice::about(&path, NoticeKind::Missing, message));
        };
        self.folders += 1;
        for entry in tree.iter() {
            if self.folders.max(self.found.len()) > self.options.max_files {
                return self.notices.push(Notice::general(NoticeKind::LimitReached, "too many files: the rest was not read"));
            }
            match entry {
                Ok(entry) => self.visit(&entry, folder, depth),
                Err(error) => self.notices.push(Notice::about(&path, NoticeKind::Unreadable, error.to_string())),
            }
        }
    }

    fn visit(&mut self, entry: &gix::object::tree::EntryRef<'_, '_>, folder: &str, depth: usize) {
        let name = entry.filename().to_string();
        let path: Arc<str> = if folder.is_empty() { name.as_str().into() } else { format!("{folder}/{name}").into() };
        let id = entry.object_id();
        match entry.kind() {
            EntryKind::Tree if name == INSTALLED => self.notices.push(installed_notice(&path)),
            EntryKind::Tree => self.enter(id, &path, depth + 1),
            EntryKind::Blob | EntryKind::BlobExecutable => self.found(path, id),
            EntryKind::Link => self.links.push((path, id)),
            EntryKind::Commit => self.notices.push(submodule_notice(&path)),
        }
    }

    fn found(&mut self, path: Arc<str>, id: ObjectId) {
        match self.git.find_header(id) {
            Ok(header) => self.found.push(Candidate { path, size: header.size(), location: id }),
            Err(_) => self.notices.push(missing(&path)),
        }
    }
}

fn missing(path: &Arc<str>) -> Notice {
    Notice::about(path, NoticeKind::Missing, "the repository lacks this file: it was not analysed")
}

/// A notice if a link leads out of the tree or nowhere.
fn link_notice(git: &Repository, (path, id): &(Arc<str>, ObjectId), found: &[Candidate<ObjectId>]) -> Option<Notice> {
    let target = git.find_blob(*id).ok().map(|blob| String::from_utf8_lossy(&blob.data).into_owned()).unwrap_or_default();
    let message = match resolve(path, &target) {
        None => "not followed: the link leads outside the scanned folder",
        Some(inside) if found.iter().any(|file| is_at_or_below(&file.path, &inside)) => return None,
        Some(_) => "not followed: the link leads nowhere (entity not found)",
    };
    Some(Notice::about(path, NoticeKind::Link, message))
}

/// Where a link at `path` leads inside the tree; None if out of it.
fn resolve(path: &str, target: &str) -> Option<String> {
    let mut segments: Vec<&str> = path.split('/').collect();
    segments.pop();
    if target.starts_with('/') {
        return None;
    }
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Blobs that were read: one that stands at several paths, or in several revisions, is read and held once.
#[derive(Debug, Default)]
pub struct Blobs {
    read: Recent<ObjectId, Arc<OnceLock<Option<Content>>>>,
}

impl Blobs {
    /// Forgets the blobs that no revision asked for since the last call.
    pub fn turn(&self) {
        self.read.turn();
    }

    fn load(&self, git: &Repository, file: &Candidate<ObjectId>, options: &OpenOptions) -> Result<Content, Notice> {
        if file.size > options.max_file_bytes {
            return Err(too_large(&file.path, file.size, options));
        }
        let (slot, _) = self.read.get(file.location, Arc::default);
        let read = || git.find_blob(file.location).map_err(|error| error.to_string());
        let content = slot.get_or_init(|| object::guarded(read).ok().map(|mut blob| Content::decode(blob.take_data())));
        content.clone().ok_or_else(|| missing(&file.path))
    }
}

#[cfg(test)]
mod tests {
    use gix::objs::tree::{Entry, EntryMode};

    use super::*;
    /// A bare repository in memory of the test: what a tree is made of, by name.
    struct Store {
        folder: tempfile::TempDir,
        git: Repository,
    }

    impl Store {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let git = gix::init_bare(folder.path()).unwrap();
            Self { folder, git }
        }

        fn blob(&self, text: &str) -> ObjectId {
            self.git.write_blob(text).unwrap().detach()
        }

        fn tree(&self, entries: &[(&str, EntryKind, ObjectId)]) -> ObjectId {
            let entry = |&(name, kind, oid): &(&str, EntryKind, ObjectId)| Entry {
                mode: EntryMode::from(kind),
                filename: name.into(),
                oid,
            };
            let mut entries: Vec<_> = entries.iter().map(entry).collect();
            entries.sort();
            self.git.write_object(gix::objs::Tree { entries }).unwrap().detach()
        }

        fn open(&self, tree: ObjectId, folder: &str, options: &OpenOptions) -> Workspace {
            open_commit(self.folder.path(), &tree.to_string(), folder, options).unwrap()
        }
    }

    #[test]
    fn a_tree_is_read_and_what_is_absent_is_noticed() {
        let store = Store::new();
        let nowhere = ObjectId::from_hex(b"1234567890123456789012345678901234567890").unwrap();
        let source =
            store.tree(&[("a.js", EntryKind::Blob, store.blob("a")), ("copy.js", EntryKind::BlobExecutable, store.blob("a"))]);
        let root = store.tree(&[
            (".gitignore", EntryKind::Blob, store.blob("src/")),
            ("gone.js", EntryKind::Blob, nowhere),
            ("in", EntryKind::Link, store.blob("src/a.js")),
            ("module", EntryKind::Commit, nowhere),
            ("node_modules", EntryKind::Tree, source),
            ("out", EntryKind::Link, store.blob("../../etc/passwd")),
            ("src", EntryKind::Tree, source),
        ]);
        let workspace = store.open(root, "", &OpenOptions::default());
        let files: Vec<_> = workspace.files.iter().map(|file| (&*file.path, &*file.text)).collect();
        assert_eq!(files, [(".gitignore", "src/"), ("src/a.js", "a"), ("src/copy.js", "a")]);
        let notices: Vec<_> = workspace.notices.iter().map(|notice| (notice.path.as_deref().unwrap(), notice.kind)).collect();
        let expected = [
            ("gone.js", NoticeKind::Missing),
            ("module", NoticeKind::Missing),
            ("node_modules", NoticeKind::Unsupported),
            ("out", NoticeKind::Link),
        ];
        assert_eq!(notices, expected);
        assert_eq!(store.open(root, "src", &OpenOptions::default()).files.len(), 2);
    }

    #[test]
    fn an_endless_tree_ends() {
        let store = Store::new();
        let mut tree = store.tree(&[]);
        for _ in 0..50 {
            tree = store.tree(&[("a", EntryKind::Tree, tree), ("b", EntryKind::Tree, tree)]);
        }
        let workspace = store.open(tree, "", &OpenOptions { max_files: 1_000, ..OpenOptions::default() });
        assert!(workspace.notices.iter().any(|notice| notice.kind == NoticeKind::LimitReached), "{:?}", workspace.notices);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let store = Store::new();
        let tree = store.tree(&[]).to_string();
        let message = |revision: &str, folder| {
            open_commit(store.folder.path(), revision, folder, &OpenOptions::default()).unwrap_err().to_string()
        };
        assert!(message("nope", "").ends_with("there is no revision \"nope\""));
        assert!(message(&tree, "src").ends_with("has no folder \"src\""));
        assert!(open_commit(Path::new("/nonexistent"), "HEAD", "", &OpenOptions::default()).is_err());
    }

    #[test]
    fn links_resolve_inside_the_tree_or_not_at_all() {
        for (path, target, expected) in [
            ("a/b", "../c/d", Some("c/d")),
            ("a/b", "./x", Some("a/x")),
            ("b", "../x", None),
            ("a/b", "/etc/passwd", None),
            ("a/b", "..", Some("")),
        ] {
            assert_eq!(resolve(path, target).as_deref(), expected, "{path} -> {target}");
        }
    }
}
