use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::source::{Notice, NoticeKind};

use super::content::{self, Content, SNIFFED};
use super::git::revision_of;
use super::notable::{self, INSTALLED, installed_notice};
use super::revision::tree_name;
#[cfg(feature = "git")]
use super::tracked::tracked;
use super::{Candidate, OpenOptions, TargetError, Workspace, assemble, too_large};

/// Opens a folder, or a single file as a tree of its own.
///
/// Ignore files of git inside the folder are honoured, whether or not it is a repository; those above it and those of the user are
/// not, so that a tree gives the same files everywhere. Manifests are read even if one names them, and in a tree
/// without `.git` so are lockfiles: it was made of what is committed. Hidden files are read; `.git`, `node_modules` and Cargo's build folder are
/// not. No link is followed, and only regular files are opened.
///
/// # Errors
/// If there is no such folder. Whatever goes wrong inside it is a notice.
pub fn open_folder(root: &Path, options: &OpenOptions) -> Result<Workspace, TargetError> {
    let unreadable = |source| TargetError::Unreadable { path: root.into(), source };
    let real = root.canonicalize().map_err(unreadable)?;
    let metadata = fs::metadata(&real).map_err(unreadable)?;
    if metadata.is_file() {
        let name = name_of(&real);
        let file = Candidate { path: name.as_str().into(), size: metadata.len(), location: real.clone() };
        let workspace = assemble(vec![file], Vec::new(), options, || (), |(), file| load(file, options));
        return Ok(Workspace { name, revision: revision_of(&real), ..workspace });
    }
    if !metadata.is_dir() {
        return Err(TargetError::NotATree(root.into()));
    }
    fs::read_dir(&real).map_err(unreadable)?;

    let mut walk = Walk::new(&real, options);
    walk.run(&real, true);
    // Where the ignore file is none, nothing is ignored.
    let closed = std::mem::take(&mut *walk.closed.lock().unwrap_or_else(PoisonError::into_inner));
    for folder in &closed {
        let path = walk.relative(&folder.join(IGNORE_FILE));
        walk.note(Some(Notice::about(&path, NoticeKind::Unreadable, "not applied: it is not a regular file of a usual size")));
        walk.without_ignore_files(folder);
    }
    if !options.include.is_empty() {
        walk.run(&real, false);
    }
    #[cfg_attr(not(feature = "git"), allow(unused_mut))]
    let Tree { mut found, mut notices, notable } = walk.tree.into_inner().unwrap_or_else(PoisonError::into_inner);
    #[cfg(feature = "git")]
    found.extend(tracked(&real, &found, &mut notices));
    if !is_checkout(&real) {
        found.extend(exported(&real, &notable));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    let ignored = notable.into_iter().filter(|path| found.binary_search_by(|file| file.path.cmp(path)).is_err()).collect();
    let workspace = assemble(found, notices, options, || (), |(), file| load(file, options));
    let revision = revision_of(&real);
    let name = tree_name("", revision.as_ref().filter(|_| is_checkout(&real)), name_of(&real));
    Ok(Workspace { ignored, name, revision, ..workspace }.with_missing_submodules())
}

/// The last segment of a path.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether git can say what is committed. What lies above the tree does not count: it gives the same files everywhere.
fn is_checkout(root: &Path) -> bool {
    fs::metadata(root.join(".git")).is_ok()
}

/// The lockfiles of an export: it holds what was committed, so that an ignore file does not tell against them.
fn exported<'n>(root: &Path, notable: &'n BTreeSet<Arc<str>>) -> impl Iterator<Item = Candidate<PathBuf>> + use<'n> {
    let root = root.to_owned();
    notable.iter().filter(|path| notable::is_lockfile(path.rsplit('/').next().unwrap_or(path))).filter_map(move |path| {
        let location = root.join(&**path);
        let metadata = fs::symlink_metadata(&location).ok().filter(fs::Metadata::is_file)?;
        Some(Candidate { path: path.clone(), size: metadata.len(), location })
    })
}

/// Reads one text that is no part of a scanned tree: settings, a corpus, a baseline.
///
/// # Errors
/// If it is not there or not UTF-8.
#[expect(clippy::disallowed_methods, reason = "this is where files are read")]
pub fn read_text(path: &Path) -> Result<String, TargetError> {
    fs::read_to_string(path).map_err(|source| TargetError::Unreadable { path: path.into(), source })
}

/// Reads one small text that is a part of a tree: only a regular file, and only as much as anybody writes.
///
/// # Errors
/// If it is not there, not a file, too large or not UTF-8.
pub fn read_own_text(path: &Path) -> Result<String, TargetError> {
    let unreadable = |source| TargetError::Unreadable { path: path.into(), source };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MAX_IGNORE_BYTES {
        return Err(unreadable(io::Error::other("it is not a regular file of a usual size")));
    }
    read_text(path)
}

/// What a walk has found.
#[derive(Default)]
struct Tree {
    found: Vec<Candidate<PathBuf>>,
    notices: Vec<Notice>,
    /// Notable files of every folder that was entered, ignored or not.
    notable: BTreeSet<Arc<str>>,
}

struct Walk<'a> {
    root: &'a Path,
    options: &'a OpenOptions,
    tree: Mutex<Tree>,
    /// Folders whose ignore file must not be opened.
    closed: Arc<Mutex<BTreeSet<PathBuf>>>,
}

/// The ignore file that is obeyed.
const IGNORE_FILE: &str = ".gitignore";
/// Bytes over which an ignore file is not obeyed: nobody writes such.
const MAX_IGNORE_BYTES: u64 = 1 << 20;

/// Whether a folder has an ignore file that cannot be opened like a file: a pipe, a device, a link, a sparse giant.
fn has_odd_ignore_file(folder: &Path) -> bool {
    let metadata = fs::symlink_metadata(folder.join(IGNORE_FILE));
    metadata.is_ok_and(|metadata| !metadata.is_file() || metadata.len() > MAX_IGNORE_BYTES)
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, options: &'a OpenOptions) -> Self {
        Self { root, options, tree: Mutex::default(), closed: Arc::default() }
    }

    /// Walks the tree in parallel. Without ignore files, only what the settings include is taken.
    fn run(&mut self, root: &Path, with_ignore_files: bool) {
        if with_ignore_files && has_odd_ignore_file(root) {
            self.closed.lock().unwrap_or_else(PoisonError::into_inner).insert(root.to_owned());
            return;
        }
        let mut builder = WalkBuilder::new(root);
        builder
            .standard_filters(false)
            .git_ignore(with_ignore_files)
            .require_git(false)
            .follow_links(false)
            .max_depth(Some(self.options.max_depth))
            .threads(rayon::current_num_threads());
        // An ignore file is read before its folder is shown: what must not be opened is kept from the walk.
        let closed = Arc::clone(&self.closed);
        builder.filter_entry(move |entry| {
            let is_closed = with_ignore_files && !is_skipped(entry) && is_closed(entry);
            if is_closed {
                closed.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.path().to_owned());
            }
            !is_closed
        });
        let this = &*self;
        builder.build_parallel().run(|| {
            Box::new(move |entry| match entry {
                Ok(entry) if is_skipped(&entry) => this.skip(&entry, with_ignore_files),
                Ok(entry) => this.visit(&entry, with_ignore_files),
                Err(error) => this.fail(&error),
            })
        });
    }

    /// Walks a folder whose ignore file, and those below it, are not obeyed.
    fn without_ignore_files(&self, folder: &Path) {
        let depth = folder.strip_prefix(self.root).map_or(0, |inside| inside.iter().count());
        let mut builder = WalkBuilder::new(folder);
        builder.standard_filters(false).follow_links(false).max_depth(Some(self.options.max_depth.saturating_sub(depth)));
        builder.filter_entry(|entry| !is_skipped(entry));
        for entry in builder.build() {
            match entry {
                Ok(entry) => drop(self.visit(&entry, true)),
                Err(error) => drop(self.fail(&error)),
            }
        }
    }

    fn visit(&self, entry: &DirEntry, with_ignore_files: bool) -> WalkState {
        let Some(file_type) = entry.file_type() else { return WalkState::Continue };
        let path = self.relative(entry.path());
        if file_type.is_dir() && with_ignore_files {
            self.enter(entry, &path);
        } else if file_type.is_symlink() && with_ignore_files {
            self.note(link_notice(self.root, entry.path(), &path));
        } else if file_type.is_file() && (with_ignore_files || self.options.include.iter().any(|glob| glob.matches_path(&path))) {
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            self.with_tree(|tree| tree.found.push(Candidate { path, size, location: entry.path().into() }));
        }
        WalkState::Continue
    }

    /// Installed packages that no ignore file names are worth a word.
    fn skip(&self, entry: &DirEntry, with_ignore_files: bool) -> WalkState {
        if with_ignore_files && entry.file_name() == INSTALLED {
            self.note(Some(installed_notice(&self.relative(entry.path()))));
        }
        WalkState::Skip
    }

    /// Looks for what the walk itself does not show: notable files that are ignored, installed packages, what lies too deep.
    fn enter(&self, entry: &DirEntry, path: &Arc<str>) {
        if entry.depth() >= self.options.max_depth {
            let message = format!("not entered: it lies {} folders deep", entry.depth());
            return self.note(Some(Notice::about(path, NoticeKind::LimitReached, message)));
        }
        for child in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
            let name = child.file_name();
            let is = |is_such: fn(&str) -> bool| name.to_str().is_some_and(is_such);
            if is(notable::is_notable) {
                self.with_tree(|tree| tree.notable.insert(self.relative(&child.path())));
            } else if is(notable::is_manifest) {
                self.take_manifest(&child);
            }
        }
    }

    /// Reads a manifest whether or not it is ignored; links are not followed.
    fn take_manifest(&self, entry: &fs::DirEntry) {
        if let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) {
            let location = entry.path();
            let candidate = Candidate { path: self.relative(&location), size: metadata.len(), location };
            self.with_tree(|tree| tree.found.push(candidate));
        }
    }

    fn fail(&self, error: &ignore::Error) -> WalkState {
        let path = path_of(error).map(|path| self.relative(path));
        let kind = if matches!(error, ignore::Error::Loop { .. }) { NoticeKind::Link } else { NoticeKind::Unreadable };
        let message = error.io_error().map_or_else(|| "cannot be read".to_owned(), reason);
        self.note(Some(Notice { path, line: None, kind, message }));
        WalkState::Continue
    }

    fn note(&self, notice: Option<Notice>) {
        self.with_tree(|tree| tree.notices.extend(notice));
    }

    fn with_tree<T>(&self, change: impl FnOnce(&mut Tree) -> T) -> T {
        change(&mut self.tree.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A path from the root, with `/` between segments.
    fn relative(&self, path: &Path) -> Arc<str> {
        let inside = path.strip_prefix(self.root).unwrap_or(path);
        let segments: Vec<_> = inside.iter().map(|segment| segment.to_string_lossy()).collect();
        segments.join("/").into()
    }
}

fn is_closed(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir()) && has_odd_ignore_file(entry.path())
}

/// What is never read: git's own (a file, in a submodule), installed packages, and what Cargo builds.
fn is_skipped(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && match entry.file_name().to_str() {
            Some(".git" | INSTALLED) => true,
            Some("target") => entry.path().join("CACHEDIR.TAG").exists(),
            _ => false,
        }
}

/// A notice if a link leads out of the tree or nowhere. What it leads to inside the tree is read at its own place.
fn link_notice(root: &Path, link: &Path, path: &Arc<str>) -> Option<Notice> {
    let message = match link.canonicalize() {
        Ok(target) if target.starts_with(root) => return None,
        Ok(_) => "not followed: the link leads outside the scanned folder".to_owned(),
        Err(error) => format!("not followed: the link leads nowhere ({})", reason(&error)),
    };
    Some(Notice::about(path, NoticeKind::Link, message))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// Reads a file once. It may grow, shrink or vanish meanwhile: what is read is what is scanned.
fn load(file: &Candidate<PathBuf>, options: &OpenOptions) -> Result<Content, Notice> {
    let bytes = read(&file.location, options.max_file_bytes)
        .map_err(|error| Notice::about(&file.path, NoticeKind::Unreadable, format!("cannot be read: {}", reason(&error))))?;
    if bytes.len() as u64 > options.max_file_bytes {
        return Err(too_large(&file.path, bytes.len() as u64, options));
    }
    Ok(Content::decode(bytes))
}

/// At most `limit` bytes and one more; of a binary file only the first.
#[expect(clippy::disallowed_methods, reason = "this is where files are read")]
fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no longer a regular file"));
    }
    let mut file = File::open(path)?;
    let mut bytes = Vec::with_capacity(metadata.len().min(limit) as usize + 1);
    file.by_ref().take(SNIFFED as u64).read_to_end(&mut bytes)?;
    if content::is_worth_reading(&bytes) {
        file.take((limit + 1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// An error in words that are the same on every machine.
fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(_) => error.kind().to_string(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::Glob;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn paths(workspace: &Workspace) -> Vec<&str> {
        workspace.files.iter().map(|file| &*file.path).collect()
    }

    #[cfg(unix)]
    #[test]
    fn an_ignore_file_that_is_none_is_not_opened() {
        let root = tree(&[("a/x.js", ""), ("a/.gitignore", "x.js"), ("b.js", ""), ("c/.gitignore", "y.js"), ("c/y.js", "")]);
        fs::remove_file(root.path().join("a/.gitignore")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", root.path().join("a/.gitignore")).unwrap();
        let workspace = open_folder(root.path(), &OpenOptions::default()).unwrap();
        assert_eq!(paths(&workspace), ["a/x.js", "b.js", "c/.gitignore"]);
        fs::File::create(root.path().join(".gitignore")).unwrap().set_len(MAX_IGNORE_BYTES + 1).unwrap();
        let workspace = open_folder(root.path(), &OpenOptions::default()).unwrap();
        assert!(paths(&workspace).contains(&"c/y.js"), "{:?}", paths(&workspace));
        assert!(workspace.notices.iter().any(|notice| notice.message.starts_with("not applied")), "{:?}", workspace.notices);
        assert!(read_own_text(&root.path().join("a")).is_err());
    }

    #[test]
    fn ignore_files_are_honoured_and_hidden_files_read() {
        let root = tree(&[
            (".gitignore", "dist/\nyarn.lock\n.env\npackage.json\n"),
            (".github/workflows/ci.yml", "on: push"),
            (".git/config", ""),
            (".npmrc", ""),
            (".env", "KEY=1"),
            ("b.js", ""),
            ("a/x.js", ""),
            ("a-b.js", ""),
            ("dist/out.js", ""),
            ("dist/package.json", "{}"),
            ("package.json", "{}"),
            ("node_modules/left/index.js", ""),
            ("src/target/mod.rs", ""),
            ("target/CACHEDIR.TAG", ""),
            ("yarn.lock", ""),
        ]);
        let workspace = open_folder(root.path(), &OpenOptions::default()).unwrap();
        let expected =
            [".github/workflows/ci.yml", ".gitignore", ".npmrc", "a-b.js", "a/x.js", "b.js", "package.json", "src/target/mod.rs"];
        assert_eq!(paths(&workspace), expected);
        assert_eq!(workspace.ignored, [".env".into(), "yarn.lock".into()]);
        assert_eq!(workspace.notices.len(), 1, "{:?}", workspace.notices);
        assert_eq!(workspace.notices[0].path.as_deref(), Some("node_modules"));

        let included = OpenOptions { include: vec![Glob::new("dist/**"), Glob::new("yarn.lock")], ..OpenOptions::default() };
        let workspace = open_folder(root.path(), &included).unwrap();
        assert!(workspace.find("dist/out.js").is_some());
        assert_eq!(workspace.ignored, [".env".into()]);
    }

    #[test]
    fn what_is_committed_is_read_though_it_is_ignored() {
        let root =
            tree(&[(".gitignore", "*.lock\ndist/\n"), ("a.js", "x"), ("yarn.lock", "y"), ("dist/b.js", "z"), ("other.lock", "")]);
        std::os::unix::fs::symlink("/etc", root.path().join("away")).unwrap();
        let git = |arguments: &[&str]| {
            let mut git = std::process::Command::new("git");
            assert!(git.arg("-C").arg(root.path()).args(arguments).output().unwrap().status.success(), "{arguments:?}");
        };
        git(&["init", "--quiet"]);
        git(&["add", "--force", "a.js", "yarn.lock", "dist/b.js"]);
        // A path of the index that a link leads out of the tree is not followed.
        git(&["update-index", "--add", "--cacheinfo", "100644,257cc5642cb1a054f08cc83f2d943e56fd3ebe99,away/hostname"]);
        let workspace = open_folder(root.path(), &OpenOptions::default()).unwrap();
        assert_eq!(paths(&workspace), [".gitignore", "a.js", "dist/b.js", "yarn.lock"]);
        assert!(workspace.ignored.is_empty());
    }

    #[test]
    fn an_export_holds_what_was_committed() {
        let root =
            tree(&[(".gitignore", "*.lock\n.env\n"), ("a.js", "x"), ("app/yarn.lock", "y"), (".env", "K=1"), ("o.lock", "")]);
        let workspace = open_folder(root.path(), &OpenOptions::default()).unwrap();
        assert_eq!(paths(&workspace), [".gitignore", "a.js", "app/yarn.lock"]);
        assert_eq!(workspace.ignored, [".env".into()]);
    }

    #[test]
    fn a_file_is_a_tree_of_its_own() {
        let root = tree(&[("a.js", "x"), ("b.js", "y")]);
        let workspace = open_folder(&root.path().join("a.js"), &OpenOptions::default()).unwrap();
        assert_eq!(paths(&workspace), ["a.js"]);
    }

    #[test]
    fn an_empty_folder_opens_and_a_missing_one_does_not() {
        let root = tree(&[]);
        assert!(open_folder(root.path(), &OpenOptions::default()).unwrap().files.is_empty());
        let error = open_folder(&root.path().join("gone"), &OpenOptions::default()).unwrap_err();
        assert!(matches!(error, TargetError::Unreadable { .. }), "{error}");
    }

    #[test]
    fn equal_trees_have_equal_digests() {
        let digest = |files: &[(&str, &str)]| open_folder(tree(files).path(), &OpenOptions::default()).unwrap().digest;
        assert_eq!(digest(&[("a", "1"), ("b", "2")]), digest(&[("b", "2"), ("a", "1")]));
        assert_ne!(digest(&[("a", "1"), ("b", "2")]), digest(&[("a", "12"), ("b", "")]));
    }
}
