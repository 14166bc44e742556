//! Advisories out of archives, folders and repositories. Nothing is unpacked to the disk, and names inside of archives lead nowhere.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use walkdir::WalkDir;
use zip::ZipArchive;

use super::table::Row;
use super::{DbError, ECOSYSTEMS, disk};
use crate::advisory::{Advisory, osv, rustsec};
use crate::rule::Date;
use crate::source::{Notice, NoticeKind};
use crate::target::{self, OpenOptions};

/// What is read, and how much of it.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The day of the import: a record without a date counts as published on it, which is never too early.
    pub today: Date,
    /// Only these ecosystems; every known one if empty.
    pub ecosystems: Vec<String>,
    /// Bytes over which a record is not read.
    pub max_record_bytes: u64,
    /// Bytes over which nothing more is read, counted unpacked.
    pub max_total_bytes: u64,
    /// Files over which nothing more is read.
    pub max_records: usize,
}

impl ImportOptions {
    /// The usual limits.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self { today, ecosystems: Vec::new(), max_record_bytes: 16 << 20, max_total_bytes: 16 << 30, max_records: 2_000_000 }
    }

    fn takes(&self, ecosystem: &str) -> bool {
        ECOSYSTEMS.contains(&ecosystem) && (self.ecosystems.is_empty() || self.ecosystems.iter().any(|name| name == ecosystem))
    }
}

/// What was read, before it is written to a store.
#[derive(Debug, Default)]
pub struct Import {
    /// Lines by ecosystem.
    pub(super) rows: BTreeMap<String, Vec<Row>>,
    /// How many records were read, whatever they are about.
    pub records: usize,
    /// How many of them are about no package that a reader of lockfiles knows.
    pub elsewhere: usize,
    /// Records that could not be read, and why; everything else was.
    pub notices: Vec<Notice>,
}

/// Records that are read before they are parsed, together.
const BATCH: usize = 2_000;

/// A file that may hold a record.
struct Entry {
    name: String,
    bytes: Vec<u8>,
}

/// How a name ends that may hold a record.
const RECORDS: &[&str] = &[".json", ".md"];

impl Import {
    /// Reads an archive of OSV records, a folder or git repository of them or of RustSec's advisories, or a single one. Repositories
    /// may be bare: the tree of `HEAD` is read.
    ///
    /// # Errors
    /// If it is none of these or cannot be read. What cannot be read inside of it is a notice.
    pub fn read(path: &Path, options: &ImportOptions) -> Result<Self, DbError> {
        let metadata = std::fs::metadata(path).map_err(disk::at(path))?;
        let mut reading = Reading { options, import: Self::default(), batch: Vec::new(), bytes: 0, files: 0 };
        if metadata.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) {
            reading.archive(path)?;
        } else if metadata.is_file() {
            reading.file(path, &path.display().to_string())?;
        } else if path.join("HEAD").is_file() && path.join("objects").is_dir() {
            reading.repository(path)?;
        } else {
            reading.folder(path)?;
        }
        reading.parse();
        let mut import = reading.import;
        import.notices.sort();
        if import.rows.is_empty() && import.notices.is_empty() {
            let message = format!("no advisory of {} is in it", ECOSYSTEMS.join(", "));
            return Err(DbError::Import { path: path.to_owned(), message });
        }
        Ok(import)
    }

    /// How many lines were read of each ecosystem, ordered.
    pub fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.rows.iter().map(|(ecosystem, rows)| (ecosystem.as_str(), rows.len()))
    }

    fn add(&mut self, name: &str, parsed: Result<Vec<Advisory>, String>) {
        match parsed {
            Ok(advisories) => {
                self.records += 1;
                self.elsewhere += usize::from(advisories.is_empty());
                for advisory in advisories {
                    let row = Row::new(&advisory.ecosystem, advisory.line());
                    self.rows.entry(advisory.ecosystem).or_default().push(row);
                }
            }
            Err(message) => self.notices.push(notice(name, NoticeKind::ParseError, message)),
        }
    }
}

fn notice(name: &str, kind: NoticeKind, message: impl Into<String>) -> Notice {
    Notice::about(&Arc::from(name), kind, message)
}

/// An import under way.
struct Reading<'a> {
    options: &'a ImportOptions,
    import: Import,
    batch: Vec<Entry>,
    bytes: u64,
    files: usize,
}

impl Reading<'_> {
    fn archive(&mut self, path: &Path) -> Result<(), DbError> {
        let fail = |message: String| DbError::Import { path: path.to_owned(), message };
        let mut archive = ZipArchive::new(BufReader::new(disk::open(path)?)).map_err(|error| fail(error.to_string()))?;
        for number in 0..archive.len() {
            let (name, read) = match archive.by_index(number) {
                Ok(mut file) => {
                    let name = file.name().map_or_else(|_| format!("entry {number}"), std::borrow::Cow::into_owned);
                    if file.is_dir() || !is_record(&name) {
                        continue;
                    }
                    (name, self.load(&mut file))
                }
                Err(error) => (format!("entry {number}"), Err(error.to_string())),
            };
            if !self.take(&name, read) {
                break;
            }
        }
        Ok(())
    }

    fn folder(&mut self, root: &Path) -> Result<(), DbError> {
        let walk = WalkDir::new(root).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.import.notices.push(notice(&root.display().to_string(), NoticeKind::Unreadable, error.to_string()));
                    continue;
                }
            };
            let name = entry.path().strip_prefix(root).unwrap_or(entry.path()).display().to_string();
            if entry.file_type().is_file() && is_record(&name) && !self.file(entry.path(), &name)? {
                break;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<bool, DbError> {
        let read = disk::open(path).map_err(|error| error.to_string()).and_then(|mut file| self.load(&mut file));
        Ok(self.take(name, read))
    }

    fn repository(&mut self, path: &Path) -> Result<(), DbError> {
        let options = OpenOptions {
            max_file_bytes: self.options.max_record_bytes,
            max_total_bytes: self.options.max_total_bytes.min(4 << 30),
            max_files: self.options.max_records,
            ..OpenOptions::default()
        };
        let tree = target::open_commit(path, "HEAD", "", &options);
        let tree = tree.map_err(|error| DbError::Import { path: path.to_owned(), message: error.to_string() })?;
        let is_ours = |notice: &&Notice| notice.path.as_deref().is_none_or(is_record);
        self.import.notices.extend(tree.notices.iter().filter(is_ours).cloned());
        for file in tree.files.iter().filter(|file| is_record(&file.path)) {
            if !self.take(&file.path, Ok(file.text.as_bytes().to_vec())) {
                break;
            }
        }
        Ok(())
    }

    /// The bytes of a record, within the limit, whatever an archive says of its size.
    fn load(&self, from: &mut impl Read) -> Result<Vec<u8>, String> {
        let limit = self.options.max_record_bytes;
        let mut bytes = Vec::new();
        from.take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() as u64 > limit { Err(format!("it is larger than {limit} bytes")) } else { Ok(bytes) }
    }

    /// Takes a file; false if the limits are reached.
    fn take(&mut self, name: &str, read: Result<Vec<u8>, String>) -> bool {
        self.files += 1;
        self.bytes += read.as_ref().map_or(self.options.max_record_bytes, |bytes| bytes.len() as u64);
        if self.files > self.options.max_records || self.bytes > self.options.max_total_bytes {
            let ImportOptions { max_records, max_total_bytes, .. } = self.options;
            let message =
                format!("nothing was read from here on: the limits are {max_records} records and {max_total_bytes} bytes");
            self.import.notices.push(notice(name, NoticeKind::LimitReached, message));
            return false;
        }
        match read {
            Ok(bytes) => self.batch.push(Entry { name: name.to_owned(), bytes }),
            Err(message) => self.import.notices.push(notice(name, NoticeKind::Unreadable, message)),
        }
        if self.batch.len() >= BATCH {
            self.parse();
        }
        true
    }

    /// Parses what was read since the last time, on all processors, and adds it in order.
    fn parse(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let parsed: Vec<_> = batch.par_iter().map(|entry| parse(entry, self.options)).collect();
        for (entry, parsed) in batch.iter().zip(parsed) {
            if let Some(parsed) = parsed {
                self.import.add(&entry.name, parsed);
            }
        }
    }
}

fn is_record(name: &str) -> bool {
    RECORDS.iter().any(|end| name.ends_with(end))
}

/// The advisories of a file; None if it is a text beside them.
fn parse(entry: &Entry, options: &ImportOptions) -> Option<Result<Vec<Advisory>, String>> {
    if entry.name.ends_with(".json") {
        let parsed = osv::parse(&entry.bytes, options.today, &|ecosystem| options.takes(ecosystem));
        return Some(parsed.map_err(|error| error.to_string()));
    }
    let text = String::from_utf8_lossy(&entry.bytes);
    // RustSec keeps advisories on the compiler and its tools, which are no packages, in a folder of that name.
    let is_about_rust = Path::new(&entry.name).ancestors().nth(2).is_some_and(|folder| folder.ends_with("rust"));
    let is_wanted = rustsec::is_advisory(&text) && !is_about_rust && options.takes(rustsec::ECOSYSTEM);
    if !is_wanted {
        return None;
    }
    rustsec::parse(&text).map(|advisory| advisory.map(|advisory| vec![advisory])).transpose()
}
