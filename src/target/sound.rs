//! Whether a repository's own files can be opened at all. They belong to the scanned tree like all others: a pipe, a device or a
//! sparse file in their place would hold the scan up for ever, and a link or an alternate would lead out of the tree.

use std::fs::{self, FileType};
use std::io;
use std::path::Path;

/// Files that are read whole, with the bytes over which they are not.
const READ: &[(&str, u64)] = &[
    ("HEAD", 4 << 10),
    ("commondir", 4 << 10),
    ("config", 1 << 20),
    ("config.worktree", 1 << 20),
    ("index", 512 << 20),
    ("packed-refs", 64 << 20),
    ("shallow", 16 << 20),
    ("info/grafts", 1 << 20),
    ("objects/info/commit-graph", 512 << 20),
];
/// Files that lead to other repositories: what they name is not a part of the tree.
const LEADING_OUT: &[&str] = &["objects/info/alternates", "objects/info/http-alternates", "gitdir"];
/// Folders that must be folders, and not links to some.
const FOLDERS: &[&str] = &["objects", "objects/info", "objects/pack", "refs", "info"];
/// Entries of the folders of objects and names that are looked at.
const MOST_ENTRIES: usize = 1_000_000;
/// How deep names are nested.
const MOST_DEPTH: usize = 16;

/// Says why the files of a `.git` folder, or of a bare repository, are not opened; `objects` asks for those that hold objects too.
pub(super) fn check(git: &Path, objects: bool) -> Result<(), String> {
    for (name, most) in READ {
        match kind_and_size(&git.join(name)) {
            Ok((kind, size)) if kind.is_file() && size <= *most => {}
            Ok((kind, _)) if !kind.is_file() => return Err(format!("`{name}` is not a regular file")),
            Ok((_, size)) => return Err(format!("`{name}` has {size} bytes, and the limit is {most}")),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(format!("`{name}` cannot be read: {}", error.kind())),
        }
    }
    if let Some(name) = LEADING_OUT.iter().find(|name| fs::symlink_metadata(git.join(name)).is_ok()) {
        return Err(format!("`{name}` leads to another repository"));
    }
    for name in FOLDERS {
        let is_other = kind_and_size(&git.join(name)).is_ok_and(|(kind, _)| !kind.is_dir());
        if is_other {
            return Err(format!("`{name}` is not a folder"));
        }
    }
    let mut left = MOST_ENTRIES;
    entries(git, "refs", MOST_DEPTH, &mut left)?;
    entries(git, "objects/pack", 1, &mut left)?;
    if objects { entries(git, "objects", 3, &mut left) } else { Ok(()) }
}

fn kind_and_size(path: &Path) -> io::Result<(FileType, u64)> {
    fs::symlink_metadata(path).map(|metadata| (metadata.file_type(), metadata.len()))
}

/// Whether what lies in a folder is files and folders.
fn entries(git: &Path, folder: &str, depth: usize, left: &mut usize) -> Result<(), String> {
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    for entry in fs::read_dir(git.join(folder)).into_iter().flatten().flatten() {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        *left = left.checked_sub(1).ok_or_else(|| format!("`{folder}` has too many entries"))?;
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => entries(git, &name, depth, left)?,
            Ok(kind) if kind.is_file() => {}
            _ => return Err(format!("`{name}` is neither a file nor a folder")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        gix::init_bare(folder.path()).unwrap();
        folder
    }

    #[test]
    fn a_repository_as_git_makes_it_is_sound() {
        let folder = repository();
        assert_eq!(check(folder.path(), true), Ok(()));
    }

    #[test]
    fn files_that_grow_without_end_and_ways_out_are_refused() {
        let folder = repository();
        fs::File::create(folder.path().join("packed-refs")).unwrap().set_len(10 << 30).unwrap();
        assert!(check(folder.path(), false).unwrap_err().starts_with("`packed-refs` has 10737418240 bytes"));
        fs::remove_file(folder.path().join("packed-refs")).unwrap();
        fs::create_dir_all(folder.path().join("objects/info")).unwrap();
        fs::write(folder.path().join("objects/info/alternates"), "/elsewhere/objects\n").unwrap();
        assert_eq!(check(folder.path(), false).unwrap_err(), "`objects/info/alternates` leads to another repository");
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_pipes_are_refused() {
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;
        for name in ["HEAD", "config", "index", "refs/heads/main", "objects/pack/a.idx"] {
            let folder = repository();
            let place = folder.path().join(name);
            let _ = fs::remove_file(&place);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            symlink("/dev/zero", &place).unwrap();
            assert!(check(folder.path(), false).is_err(), "{name}");
            fs::remove_file(&place).unwrap();
            // A socket stands for a pipe, which std cannot make.
            let _listener = UnixListener::bind(&place).unwrap();
            assert!(check(folder.path(), false).is_err(), "{name}");
        }
    }
}
