//! What earlier runs gave, on disk: whole results by the digest of everything that they follow from.
//!
//! Each entry is a file of its own, named by its key and never changed: it is written beside its place and renamed, so that a kill, a
//! full disk or a second process leaves the old state or the new one. What is cut, damaged or of another key is as good as absent. An
//! entry can only be found by who holds the same tree, so that one tree cannot speak for another.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::source::Digest;

/// The first bytes of an entry, with the version of its form.
const MAGIC: &[u8] = b"forewarn cache 1\n";
/// Bytes of an entry before its content: what it is, its key and the digest of its content.
const HEAD: usize = MAGIC.len() + 32 + 32;
/// Bytes over which the entries that were not used for the longest time go.
const MOST_BYTES: u64 = 256 << 20;
/// Bytes over which a result is not kept.
const MOST_ENTRY_BYTES: usize = 32 << 20;
/// What a file is called while it is written.
const UNFINISHED: &str = ".forewarn-";
/// A file that is still unfinished after so long belongs to a run that was killed.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A folder of results.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// A file of the folder that is an entry.
struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl Cache {
    /// The cache of a folder, which is made if it is not there, for nobody else to read.
    ///
    /// # Errors
    /// If it cannot be made, is no folder of its own, or others may write to it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        make(folder)?;
        let known = fs::symlink_metadata(folder)?;
        if !known.is_dir() {
            return Err(io::Error::other("it is not a folder, or a link to one"));
        }
        if others_may_write(&known) {
            return Err(io::Error::other("others may write to it"));
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The content of an entry; None if there is none that is sound.
    #[must_use]
    pub fn get(&self, key: Digest) -> Option<Vec<u8>> {
        let path = self.path(key);
        let known = fs::symlink_metadata(&path).ok()?;
        if !known.is_file() || known.len() > (MOST_ENTRY_BYTES + HEAD) as u64 {
            return None;
        }
        let file = open(&path).ok()?;
        let mut bytes = Vec::new();
        (&file).take((MOST_ENTRY_BYTES + HEAD) as u64).read_to_end(&mut bytes).ok()?;
        let content = bytes.split_off(HEAD.min(bytes.len()));
        let is_sound = bytes == head(key, &content);
        if is_sound {
            // Who cannot note that it was used only loses it earlier.
            let _ = file.set_modified(SystemTime::now());
        }
        is_sound.then_some(content)
    }

    /// Keeps a content, and makes room.
    ///
    /// # Errors
    /// If it cannot be written; what was there stays.
    pub fn put(&self, key: Digest, content: &[u8]) -> io::Result<()> {
        if content.len() > MOST_ENTRY_BYTES {
            return Ok(());
        }
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        file.write_all(&head(key, content))?;
        file.write_all(content)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        self.make_room(MOST_BYTES);
        Ok(())
    }

    fn path(&self, key: Digest) -> PathBuf {
        self.folder.join(key.to_string())
    }

    /// Removes the entries that were not used for the longest time, until those that stay fit. Another process may do the same.
    fn make_room(&self, most: u64) {
        let mut entries = self.entries();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.used));
        let mut bytes = 0;
        for entry in entries {
            bytes += entry.bytes;
            if bytes > most {
                let _ = fs::remove_file(&entry.path);
            }
        }
    }

    /// The entries; what a killed run left is removed, and what is no entry is not looked at.
    fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for found in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = found.file_name();
            let name = name.to_string_lossy();
            let Ok(known) = found.metadata() else { continue };
            let Ok(used) = known.modified() else { continue };
            if !known.is_file() {
                continue;
            }
            if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                entries.push(Entry { path: found.path(), bytes: known.len(), used });
            } else if name.starts_with(UNFINISHED) && used.elapsed().is_ok_and(|age| age > ABANDONED) {
                let _ = fs::remove_file(found.path());
            }
        }
        entries
    }
}

/// What an entry begins with.
fn head(key: Digest, content: &[u8]) -> Vec<u8> {
    [MAGIC, &key.0, &Sha256::digest(content)[..]].concat()
}

#[expect(clippy::disallowed_methods, reason = "this is where a cache is read")]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Makes a folder and those above it.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn others_may_write(folder: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(folder) & 0o022 != 0
}

#[cfg(not(unix))]
const fn others_may_write(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Digest {
        Digest([number; 32])
    }

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::open(&folder.path().join("a/b")).expect("a cache");
        (folder, cache)
    }

    #[test]
    fn what_is_put_is_found_under_its_key_alone() {
        let (_folder, cache) = cache();
        cache.put(key(1), b"one").expect("room");
        cache.put(key(1), b"one").expect("room");
        assert_eq!((cache.get(key(1)).as_deref(), cache.get(key(2))), (Some(&b"one"[..]), None));
        fs::copy(cache.path(key(1)), cache.path(key(2))).expect("a copy");
        assert_eq!(cache.get(key(2)), None, "an entry under another name");
    }

    #[test]
    fn a_damaged_entry_is_absent_and_written_anew() {
        let (_folder, cache) = cache();
        cache.put(key(1), b"content").expect("room");
        let path = cache.path(key(1));
        let whole = [head(key(1), b"content"), b"content".to_vec()].concat();
        for end in 0..whole.len() {
            fs::write(&path, &whole[..end]).expect("a cut entry");
            assert_eq!(cache.get(key(1)), None, "{end}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&path, &bytes).expect("a damaged entry");
            assert_eq!(cache.get(key(1)), None, "{at}");
        }
        cache.put(key(1), b"content").expect("room");
        assert!(cache.get(key(1)).is_some());
        fs::remove_file(&path).expect("an entry");
        fs::create_dir(&path).expect("a folder in its place");
        assert!(cache.get(key(1)).is_none() && cache.put(key(1), b"content").is_err());
    }

    #[test]
    fn what_was_not_used_for_long_makes_room_and_what_is_no_entry_stays() {
        let (_folder, cache) = cache();
        for number in 1..=4 {
            cache.put(key(number), &[0; 100]).expect("room");
            let file = File::options().write(true).open(cache.path(key(number))).expect("an entry");
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(number.into())).expect("a day");
        }
        fs::write(cache.folder().join("notes.txt"), "of somebody").expect("a file");
        fs::write(cache.folder().join(".forewarn-abc"), "cut").expect("a file");
        let left = File::options().write(true).open(cache.folder().join(".forewarn-abc")).expect("a file");
        left.set_modified(SystemTime::UNIX_EPOCH).expect("a day");
        assert!(cache.get(key(1)).is_some(), "used last");
        cache.make_room(2 * (100 + HEAD) as u64);
        assert_eq!((1..=4).map(|number| cache.get(key(number)).is_some()).collect::<Vec<_>>(), [true, false, false, true]);
        assert!(cache.folder().join("notes.txt").exists() && !cache.folder().join(".forewarn-abc").exists());
    }

    #[test]
    fn many_at_once_find_whole_entries_or_none() {
        let (_folder, cache) = cache();
        let content = |number: u8| vec![number; 20_000];
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..40 {
                        cache.put(key(number % 5), &content(number % 5)).expect("room");
                        assert!(cache.get(key(number % 5)).is_none_or(|found| found == content(number % 5)));
                    }
                });
            }
        });
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_or_writes_it() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        let (folder, cache) = cache();
        cache.put(key(1), b"one").expect("room");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").mode() & 0o777;
        assert_eq!((mode(cache.folder()), mode(&cache.path(key(1)))), (0o700, 0o600));
        symlink(cache.folder(), folder.path().join("link")).expect("a link");
        assert!(Cache::open(&folder.path().join("link")).is_err());
        fs::set_permissions(cache.folder(), fs::Permissions::from_mode(0o777)).expect("our folder");
        assert!(Cache::open(cache.folder()).is_err());
        fs::write(folder.path().join("file"), "").expect("a file");
        assert!(Cache::open(&folder.path().join("file")).is_err());
    }
}
