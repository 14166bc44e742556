//! How files of a store are read and written: whole or not at all.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::DbError;

/// Names the file in an error.
pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> DbError + '_ {
    |source| DbError::Disk { path: path.to_owned(), source }
}

/// Opens a file for reading.
#[expect(clippy::disallowed_methods, reason = "this is where a store is read")]
pub(super) fn open(path: &Path) -> Result<File, DbError> {
    File::open(path).map_err(at(path))
}

/// The text of a small file; None if it is not there.
#[expect(clippy::disallowed_methods, reason = "this is where a store is read")]
pub(super) fn read_text(path: &Path) -> Result<Option<String>, DbError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

/// Lets `write` write a file that stands at its place only when all of it is on the disk.
pub(super) fn write_whole<T>(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<T, DbError>) -> Result<T, DbError> {
    let beside = path.with_extension("tmp");
    let mut out = BufWriter::new(File::create(&beside).map_err(at(&beside))?);
    let written = write(&mut out).and_then(|value| {
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(at(&beside))?;
        fs::rename(&beside, path).map_err(at(path))?;
        Ok(value)
    });
    if written.is_err() {
        remove(&beside);
    }
    written
}

/// Removes a file that nobody needs; if it stays, it is in nobody's way.
pub(super) fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Makes a folder, and takes the lock of whoever writes to it: held until the file is dropped, also by a crash.
pub(super) fn lock(folder: &Path) -> Result<File, DbError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DbError::Locked(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(&path)(error)),
    }
}
