//! The user's own store of advisories: all of OSV, where the embedded tables hold what matters most to wallets.
//!
//! With `target` and `rule::load` the only module that reads the disk, and the only one that talks to a network. A store is a folder:
//! `index.json` says what is in it, and each ecosystem has a table of lines as the embedded tables have them, sorted by package.
//! A file is never changed: a new one is written beside it under a name made of its content, the index is replaced in one step, and
//! then the old one goes. Who reads meanwhile sees the old store or the new one.

mod disk;
#[cfg(feature = "net")]
mod download;
#[cfg(not(feature = "net"))]
#[path = "no_net.rs"]
mod download;
mod import;
mod index;
mod table;
mod update;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::advisory::{Knowledge, Lines, Table};
use crate::rule::Date;
use crate::source::Digest;

pub use self::download::{DEFAULT_BASE, Fetched, Mirror, Progress};
pub use self::import::{Import, ImportOptions};
pub use self::index::{Entry, Origin};
pub use self::update::{Change, Update};

use self::index::Index;
use self::table::TableFile;

/// The ecosystems whose lockfiles are read, as OSV spells them: advisories on others are left out.
pub const ECOSYSTEMS: &[&str] = &["crates.io", "Go", "Maven", "npm", "NuGet", "Pub", "PyPI", "SwiftURL"];

/// Why a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The disk says no.
    #[error("{path}: {source}")]
    Disk {
        /// What was to be read or written.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody else is writing.
    #[error("{0}: another process is writing to this database; try again when it is done")]
    Locked(PathBuf),
    /// A file of the store is not what the index says.
    #[error("{path}: {message}; remove the database, then download or import it again")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// What was to be imported is nothing that can be.
    #[error("cannot import {path}: {message}")]
    Import {
        /// What was to be imported.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A download failed.
    #[error("{url}: {message}")]
    Download {
        /// The address.
        url: String,
        /// What went wrong.
        message: String,
    },
}

/// A store that is there.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    index: Index,
}

impl Store {
    /// Opens the store of a folder; None if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(folder: &Path) -> Result<Option<Self>, DbError> {
        Ok(Index::read(folder)?.map(|index| Self { folder: folder.to_owned(), index }))
    }

    /// What it holds of each ecosystem, ordered by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.index.ecosystems.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// SHA-256 over what it knows: equal for equal knowledge, whenever and wherever it was fetched.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.index.digest()
    }

    /// The newest day that it knows of.
    #[must_use]
    pub fn newest(&self) -> Option<Date> {
        self.index.ecosystems.values().filter_map(|entry| entry.newest).max()
    }

    /// A table that looks packages up without reading the rest.
    ///
    /// # Errors
    /// If a file of it is absent, cut or damaged.
    pub fn table(&self) -> Result<Arc<Table>, DbError> {
        let files = self.entries().map(|(name, entry)| TableFile::open(&self.folder, name, entry));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        let ecosystems: Vec<_> = self.entries().map(|(name, entry)| (name.to_owned(), entry.advisories)).collect();
        let knowledge = Knowledge {
            name: "store",
            count: ecosystems.iter().map(|(_, count)| count).sum(),
            newest: self.newest(),
            ecosystems,
            digest: Some(self.digest()),
        };
        Ok(Table::new(knowledge, Box::new(Files(files))))
    }

    /// Reads everything, and compares it with the checksums of the index.
    ///
    /// # Errors
    /// With the first file that differs.
    pub fn verify(&self) -> Result<(), DbError> {
        self.entries().try_for_each(|(_, entry)| table::verify(&self.folder, entry))
    }
}

/// The table of the store of a folder; None if there is none.
///
/// # Errors
/// If it cannot be read.
pub fn open_table(folder: &Path) -> Result<Option<Arc<Table>>, DbError> {
    let open = || Store::open(folder)?.map(|store| store.table()).transpose();
    match open() {
        // It was replaced between the reading of the index and that of its files.
        Err(DbError::Disk { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => open(),
        result => result,
    }
}

/// The files of a store.
struct Files(Vec<TableFile>);

impl Lines for Files {
    fn find(&self, ecosystem: &str, name: &str) -> Vec<std::borrow::Cow<'_, str>> {
        let file = self.0.iter().find(|file| file.ecosystem() == ecosystem);
        file.map_or_else(Vec::new, |file| file.find(name))
    }

    fn problems(&self) -> Vec<String> {
        self.0.iter().filter_map(TableFile::problem).collect()
    }
}

#[cfg(test)]
mod tests;
