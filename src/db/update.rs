//! Changes of a store.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::import::Import;
use super::index::{Entry, Index, Origin};
use super::table::{self, Row};
use super::{DbError, disk};

/// A store that is being changed: nobody else changes it meanwhile, and readers see nothing of it before the end.
#[derive(Debug)]
pub struct Update {
    folder: PathBuf,
    index: Index,
    _lock: File,
}

/// What a change did to an ecosystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The ecosystem.
    pub ecosystem: String,
    /// Lines that were not there before.
    pub added: usize,
    /// Lines that are there no more.
    pub removed: usize,
    /// Lines that are there now.
    pub total: usize,
}

impl Update {
    /// Begins to change the store of a folder, which is made if there is none.
    ///
    /// # Errors
    /// If another run is changing it, or if it cannot be read.
    pub fn begin(folder: &Path) -> Result<Self, DbError> {
        let lock = disk::lock(folder)?;
        let index = Index::read(folder)?.unwrap_or_default();
        Ok(Self { folder: folder.to_owned(), index, _lock: lock })
    }

    /// Where the current content of an ecosystem was downloaded from; None if it was not, or if something was imported since.
    #[must_use]
    pub fn origin(&self, ecosystem: &str) -> Option<&Origin> {
        let entry = self.index.ecosystems.get(ecosystem)?;
        table::verify(&self.folder, entry).ok()?;
        if let [origin] = &entry.origins[..] { Some(origin) } else { None }
    }

    /// Puts what was read in the place of all that is known of an ecosystem.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn replace(&mut self, ecosystem: &str, mut import: Import, origin: Origin) -> Result<Change, DbError> {
        let rows = import.rows.remove(ecosystem).unwrap_or_default();
        // What is replaced may be damaged.
        let before = self.rows(ecosystem).unwrap_or_default();
        self.write(ecosystem, before, rows, vec![origin])
    }

    /// Adds what was read. A record that is there already is replaced, whichever packages it was about.
    ///
    /// # Errors
    /// If what is there cannot be read, or the rest not be written.
    pub fn add(&mut self, import: Import, origin: &Origin) -> Result<Vec<Change>, DbError> {
        let mut changes = Vec::new();
        for (ecosystem, rows) in import.rows {
            let new: HashSet<&str> = rows.iter().map(Row::id).collect();
            let before = self.rows(&ecosystem)?;
            let mut all: Vec<Row> = before.iter().filter(|row| !new.contains(row.id())).cloned().collect();
            let mut origins = self.index.ecosystems.get(&ecosystem).map_or_else(Vec::new, |entry| entry.origins.clone());
            origins.retain(|known| known.from != origin.from);
            origins.push(origin.clone());
            all.extend(rows);
            changes.push(self.write(&ecosystem, before, all, origins)?);
        }
        Ok(changes)
    }

    /// Notes that a download found nothing new.
    pub fn keep(&mut self, ecosystem: &str, origin: Origin) {
        if let Some(entry) = self.index.ecosystems.get_mut(ecosystem) {
            entry.origins = vec![origin];
        }
    }

    /// Makes the changes visible, in one step, and removes what no longer belongs to the store.
    ///
    /// # Errors
    /// If the index cannot be written: then the store is what it was.
    pub fn commit(&mut self) -> Result<(), DbError> {
        self.index.write(&self.folder)?;
        for file in std::fs::read_dir(&self.folder).map_err(disk::at(&self.folder))?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let is_table = name.ends_with(".tsv") || name.ends_with(".new") || name.ends_with(".tmp");
            if is_table && !self.index.ecosystems.values().any(|entry| entry.file == name) {
                disk::remove(&file.path());
            }
        }
        Ok(())
    }

    fn rows(&self, ecosystem: &str) -> Result<Vec<Row>, DbError> {
        let entry = self.index.ecosystems.get(ecosystem);
        entry.map_or_else(|| Ok(Vec::new()), |entry| table::rows(&self.folder, ecosystem, entry))
    }

    fn write(&mut self, ecosystem: &str, before: Vec<Row>, rows: Vec<Row>, origins: Vec<Origin>) -> Result<Change, DbError> {
        let known: HashSet<&str> = before.iter().map(|row| row.line.as_str()).collect();
        let kept = rows.iter().map(|row| row.line.as_str()).filter(|line| known.contains(line)).collect::<HashSet<_>>().len();
        let removed = known.len() - kept;
        let entry = table::write(&self.folder, ecosystem, rows)?;
        let total = entry.advisories;
        self.index.ecosystems.insert(ecosystem.to_owned(), Entry { origins, ..entry });
        Ok(Change { ecosystem: ecosystem.to_owned(), added: total - kept, removed, total })
    }
}
