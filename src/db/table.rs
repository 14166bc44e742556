//! One ecosystem of a store: the lines of the embedded tables, sorted by package, with a sparse index behind them.
//!
//! ```text
//! #forewarn-advisories  1  npm
//! lodash  vulnerability  <4.17.21  4.17.21  high  2021-05-06  GHSA-35jh-r3h4-6jhm CVE-2021-23337  …
//! …
//! #blocks
//! 29  8190  @scope/first-name-of-the-block
//! …
//! #end  00000000000012345678
//! ```
//!
//! Fields are between tabs. A look-up is a binary search among the blocks, which are in memory, and one read of a few kilobytes. A
//! text that `grep` can read needed no database library, no memory map and no second parser.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::index::Entry;
use super::{DbError, disk};
use crate::advisory::version;
use crate::rule::Date;
use crate::source::Digest;

const MAGIC: &str = "#forewarn-advisories\t1\t";
const BLOCKS: &str = "#blocks\n";
const END: &str = "#end\t";
/// Bytes of the last line.
const END_BYTES: u64 = 26;
/// A block ends with the first package after so many bytes.
const BLOCK_BYTES: usize = 8 << 10;
/// Bytes over which a list of blocks is no list of blocks.
const MOST_BLOCK_BYTES: u64 = 256 << 20;

/// A line with the name by which it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The name of the package in its normal form.
    pub(super) name: String,
    /// The line.
    pub(super) line: String,
}

impl Row {
    pub(super) fn new(ecosystem: &str, line: String) -> Self {
        let package = line.split('\t').next().unwrap_or_default();
        Self { name: version::normal_name(ecosystem, package).into_owned(), line }
    }

    /// The id of the record that it comes from.
    pub(super) fn id(&self) -> &str {
        self.column(6).split(' ').next().unwrap_or_default()
    }

    fn column(&self, number: usize) -> &str {
        self.line.split('\t').nth(number).unwrap_or_default()
    }

    /// The home database of an ecosystem speaks before those that repeat it.
    fn rank(&self) -> usize {
        const ORDER: &[&str] = &["MAL-", "RUSTSEC-", "GO-", "PYSEC-", "GHSA-"];
        ORDER.iter().position(|prefix| self.id().starts_with(prefix)).unwrap_or(ORDER.len())
    }

    /// The newest day that it speaks of.
    fn newest(&self) -> Option<Date> {
        [5, 9].into_iter().filter_map(|number| self.column(number).parse().ok()).max()
    }
}

/// Where the lines of some packages stand.
#[derive(Debug)]
struct Block {
    offset: u64,
    bytes: usize,
    first: String,
}

/// Writes the file of an ecosystem to a folder under a name made of its content.
pub(super) fn write(folder: &Path, ecosystem: &str, mut rows: Vec<Row>) -> Result<Entry, DbError> {
    rows.sort_by(|a, b| (&a.name, a.rank(), &a.line).cmp(&(&b.name, b.rank(), &b.line)));
    rows.dedup();
    let stem = ecosystem.to_ascii_lowercase();
    let path = folder.join(format!("{stem}.new"));
    let (digest, bytes) = disk::write_whole(&path, |out| write_rows(ecosystem, &rows, out).map_err(disk::at(&path)))?;
    let file = format!("{stem}-{}.tsv", &digest.to_string()[..16]);
    std::fs::rename(&path, folder.join(&file)).map_err(disk::at(&path))?;
    let packages = rows.chunk_by(|a, b| a.name == b.name).count();
    Ok(Entry {
        file,
        sha256: digest.to_string(),
        bytes,
        advisories: rows.len(),
        packages,
        newest: rows.iter().filter_map(Row::newest).max(),
        origins: Vec::new(),
    })
}

fn write_rows(ecosystem: &str, rows: &[Row], out: &mut impl Write) -> io::Result<(Digest, u64)> {
    let mut out = Hashing { out, hasher: Sha256::new(), bytes: 0 };
    writeln!(out, "{MAGIC}{ecosystem}")?;
    let mut blocks: Vec<Block> = Vec::new();
    for package in rows.chunk_by(|a, b| a.name == b.name) {
        let bytes: usize = package.iter().map(|row| row.line.len() + 1).sum();
        match blocks.last_mut().filter(|block| block.bytes < BLOCK_BYTES) {
            Some(block) => block.bytes += bytes,
            None => blocks.push(Block { offset: out.bytes, bytes, first: package[0].name.clone() }),
        }
        package.iter().try_for_each(|row| writeln!(out, "{}", row.line))?;
    }
    let end = out.bytes;
    out.write_all(BLOCKS.as_bytes())?;
    blocks.iter().try_for_each(|block| writeln!(out, "{}\t{}\t{}", block.offset, block.bytes, block.first))?;
    writeln!(out, "{END}{end:020}")?;
    Ok((Digest(out.hasher.finalize().into()), out.bytes))
}

/// Counts and hashes what passes.
struct Hashing<W> {
    out: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Every row of an ecosystem.
pub(super) fn rows(folder: &Path, ecosystem: &str, entry: &Entry) -> Result<Vec<Row>, DbError> {
    verify(folder, entry)?;
    let path = folder.join(&entry.file);
    let mut text = String::new();
    disk::open(&path)?.read_to_string(&mut text).map_err(disk::at(&path))?;
    let end = text.rfind(&format!("\n{BLOCKS}")).unwrap_or(0);
    Ok(text[..end].lines().skip(1).map(|line| Row::new(ecosystem, line.to_owned())).collect())
}

/// Compares a file with its checksum.
pub(super) fn verify(folder: &Path, entry: &Entry) -> Result<(), DbError> {
    let path = folder.join(&entry.file);
    if digest(&path)?.to_string() == entry.sha256 { Ok(()) } else { Err(damaged(&path, "its checksum is not that of the index")) }
}

/// SHA-256 of a file.
pub(super) fn digest(path: &Path) -> Result<Digest, DbError> {
    let mut hashing = Hashing { out: io::sink(), hasher: Sha256::new(), bytes: 0 };
    io::copy(&mut disk::open(path)?, &mut hashing).map_err(disk::at(path))?;
    Ok(Digest(hashing.hasher.finalize().into()))
}

fn damaged(path: &Path, message: impl Into<String>) -> DbError {
    DbError::Damaged { path: path.to_owned(), message: message.into() }
}

/// An open file of an ecosystem.
#[derive(Debug)]
pub(super) struct TableFile {
    ecosystem: String,
    path: PathBuf,
    file: Mutex<File>,
    blocks: Vec<Block>,
    /// The first thing that went wrong in reading it.
    problem: Mutex<Option<String>>,
}

impl TableFile {
    /// Opens the file of an ecosystem and reads its list of blocks.
    pub(super) fn open(folder: &Path, ecosystem: &str, entry: &Entry) -> Result<Self, DbError> {
        let path = folder.join(&entry.file);
        let mut file = disk::open(&path)?;
        let bytes = file.metadata().map_err(disk::at(&path))?.len();
        if bytes != entry.bytes {
            return Err(damaged(&path, format!("it has {bytes} bytes in the place of {}", entry.bytes)));
        }
        let blocks = read_blocks(&mut file, bytes).map_err(disk::at(&path))?;
        let blocks = blocks.ok_or_else(|| damaged(&path, "its list of blocks cannot be read"))?;
        Ok(Self { ecosystem: ecosystem.to_owned(), path, file: Mutex::new(file), blocks, problem: Mutex::new(None) })
    }

    pub(super) fn ecosystem(&self) -> &str {
        &self.ecosystem
    }

    /// The lines of a package whose name is in its normal form.
    pub(super) fn find(&self, name: &str) -> Vec<Cow<'_, str>> {
        let after = self.blocks.partition_point(|block| block.first.as_str() <= name);
        let Some(block) = after.checked_sub(1).map(|last| &self.blocks[last]) else { return Vec::new() };
        match self.read(block) {
            Ok(text) => {
                let of =
                    |line: &str| version::normal_name(&self.ecosystem, line.split('\t').next().unwrap_or_default()).into_owned();
                // The lines of a block are sorted by name.
                let lines: Vec<&str> = text.lines().collect();
                let from = lines.partition_point(|line| of(line).as_str() < name);
                let found = lines[from..].iter().take_while(|line| of(line) == name);
                found.map(|line| Cow::Owned((*line).to_owned())).collect()
            }
            Err(error) => {
                let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
                problem.get_or_insert_with(|| format!("{}: {error}: its advisories were not used", self.path.display()));
                Vec::new()
            }
        }
    }

    pub(super) fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn read(&self, block: &Block) -> io::Result<String> {
        let mut bytes = vec![0; block.bytes];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(block.offset))?;
        file.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

/// The list behind the lines; None if there is none, or if it names what is not in the file.
fn read_blocks(file: &mut File, bytes: u64) -> io::Result<Option<Vec<Block>>> {
    let Some(start) = bytes.checked_sub(END_BYTES) else { return Ok(None) };
    file.seek(SeekFrom::Start(start))?;
    let mut last = String::new();
    if file.read_to_string(&mut last).is_err() {
        return Ok(None);
    }
    let list = last.strip_prefix(END).and_then(|offset| offset.trim_end().parse::<u64>().ok());
    let Some(list) = list.filter(|list| *list <= start && start - list <= MOST_BLOCK_BYTES) else { return Ok(None) };
    file.seek(SeekFrom::Start(list))?;
    let mut text = String::new();
    if file.take(start - list).read_to_string(&mut text).is_err() {
        return Ok(None);
    }
    let block = |line: &str| {
        let mut fields = line.splitn(3, '\t');
        let (offset, bytes) = (fields.next()?.parse::<u64>().ok()?, fields.next()?.parse::<usize>().ok()?);
        let is_inside = offset.checked_add(bytes as u64).is_some_and(|end| end <= list);
        is_inside.then_some(Block { offset, bytes, first: fields.next()?.to_owned() })
    };
    Ok(text.strip_prefix(BLOCKS).and_then(|text| text.lines().map(block).collect()))
}
