//! What takes the place of `download` in a build without the feature: nothing is fetched.

use std::path::{Path, PathBuf};

use super::DbError;
use super::index::Origin;
use crate::rule::Date;

/// Where OSV publishes its exports.
pub const DEFAULT_BASE: &str = "https://osv-vulnerabilities.storage.googleapis.com";

/// Told of bytes that are there and, where the server says so, of all that there are.
pub type Progress<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// No server.
#[derive(Debug)]
pub enum Mirror {}

/// What a download brought.
#[derive(Debug)]
pub enum Fetched {
    /// The server has what we have.
    Unchanged(Origin),
    /// An archive.
    Archive(PathBuf, Origin),
}

impl Mirror {
    /// Reaches no server.
    ///
    /// # Errors
    /// Always: this build has no network.
    pub fn new(base: &str) -> Result<Self, DbError> {
        let message = "this build of Forewarn has no network access (it lacks the feature `net`); `forewarn db import` reads files";
        Err(DbError::Download { url: base.to_owned(), message: message.to_owned() })
    }

    /// Fetches nothing.
    ///
    /// # Errors
    /// Never, for there is no server.
    pub fn fetch(&self, _: &Path, _: &str, _: Option<&Origin>, _: Date, _: &mut Progress<'_>) -> Result<Fetched, DbError> {
        match *self {}
    }
}
