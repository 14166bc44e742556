//! What is in a store: the one file that is replaced.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{DbError, disk};
use crate::rule::Date;
use crate::source::Digest;

const NAME: &str = "index.json";
/// Of this layout; another one is refused rather than misread.
const SCHEMA: &str = "forewarn-advisories/v1";

/// The index of a store.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    schema: String,
    pub(super) ecosystems: BTreeMap<String, Entry>,
}

/// What a store holds of one ecosystem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of its file in the folder of the store.
    pub file: String,
    /// SHA-256 of that file, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How many lines it has: what one advisory says of one package.
    pub advisories: usize,
    /// How many packages they are about.
    pub packages: usize,
    /// The newest day that it knows of.
    #[serde(with = "day")]
    pub newest: Option<Date>,
    /// Where it came from, in order; a download takes the place of all before it.
    pub origins: Vec<Origin>,
}

/// Where advisories came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The address, or the name of the file or folder.
    pub from: String,
    /// The day on which it was last fetched, or found unchanged.
    #[serde(with = "day")]
    pub on: Option<Date>,
    /// SHA-256 of the archive, if it was one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the server calls this version of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

impl Index {
    /// The index of a folder; None if it has none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, DbError> {
        let path = folder.join(NAME);
        let Some(text) = disk::read_text(&path)? else { return Ok(None) };
        let damaged = |message: String| DbError::Damaged { path: path.clone(), message };
        let index: Self = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if index.schema != SCHEMA {
            return Err(damaged(format!("its schema is `{}`, and this program reads `{SCHEMA}`", index.schema)));
        }
        match index.ecosystems.values().find(|entry| entry.file.contains(['/', '\\', ':']) || entry.file.starts_with('.')) {
            Some(entry) => Err(damaged(format!("`{}` cannot be the name of a file of the store", entry.file))),
            None => Ok(Some(index)),
        }
    }

    /// Replaces the index of a folder.
    pub(super) fn write(&mut self, folder: &Path) -> Result<(), DbError> {
        self.schema = SCHEMA.to_owned();
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(self).map_err(|error| disk::at(&path)(error.into()))?;
        disk::write_whole(&path, |out| writeln!(out, "{text}").map_err(disk::at(&path)))
    }

    pub(super) fn digest(&self) -> Digest {
        let mut hasher = Sha256::new();
        for (name, entry) in &self.ecosystems {
            hasher.update(format!("{name}\t{}\n", entry.sha256));
        }
        Digest(hasher.finalize().into())
    }
}

/// Days as text.
mod day {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::rule::Date;

    #[expect(clippy::ref_option, reason = "serde asks for this form")]
    pub(super) fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.collect_str(day),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}
