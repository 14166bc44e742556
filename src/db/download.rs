//! The exports of OSV, one archive for each ecosystem, from its home or a mirror. What was cut off goes on where it stopped.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ureq::http::{HeaderMap, StatusCode};
use ureq::{Agent, Body};

use super::index::Origin;
use super::{DbError, disk};
use crate::rule::Date;
use crate::source::Digest;

/// Where OSV publishes its exports.
pub const DEFAULT_BASE: &str = "https://osv-vulnerabilities.storage.googleapis.com";

/// Bytes over which an archive is not fetched.
const MOST_BYTES: u64 = 8 << 30;
/// How often in a row a connection may fail without bringing anything.
const ATTEMPTS: u32 = 4;
/// How long to wait before the next attempt, times the number of failures.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// Told of bytes that are there and, where the server says so, of all that there are.
pub type Progress<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// A server with exports: `BASE/ECOSYSTEM/all.zip`.
#[derive(Debug)]
pub struct Mirror {
    agent: Agent,
    base: String,
}

/// What a download brought.
#[derive(Debug)]
pub enum Fetched {
    /// The server has what we have.
    Unchanged(Origin),
    /// An archive, whole and with the checksums that the server gave. It is the caller's to remove.
    Archive(PathBuf, Origin),
}

/// What is known of a file that is not complete.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    url: String,
    /// What must still hold of the file on the server for the rest to fit.
    validator: Option<String>,
}

/// What a server says of the whole file.
#[derive(Clone, Debug, Default)]
struct Promise {
    bytes: Option<u64>,
    crc32c: Option<Vec<u8>>,
    sha256: Option<Vec<u8>>,
    etag: Option<String>,
}

/// How an attempt ended.
enum Attempt {
    Unchanged,
    Complete(Promise),
    /// The connection broke; some bytes more are there.
    Broken(String),
}

impl Mirror {
    /// A server by its address. `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are respected; an encrypted address is
    /// followed to encrypted ones only.
    ///
    /// # Errors
    /// If it is no address of the web.
    pub fn new(base: &str) -> Result<Self, DbError> {
        let is_encrypted = base.starts_with("https://");
        if !is_encrypted && !base.starts_with("http://") {
            let message = "an address that begins with https:// or http:// is needed".to_owned();
            return Err(DbError::Download { url: base.to_owned(), message });
        }
        let config = Agent::config_builder()
            .https_only(is_encrypted)
            .http_status_as_error(false)
            .user_agent(concat!("forewarn/", env!("CARGO_PKG_VERSION")))
            // Bytes are counted and joined: nobody may pack them on the way.
            .accept_encoding("identity")
            .timeout_connect(Some(SILENCE))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Ok(Self { agent: config.into(), base: base.trim_end_matches('/').to_owned() })
    }

    /// Fetches the export of an ecosystem into a folder, unless it is the one that is `known`.
    ///
    /// # Errors
    /// If the server does not have it, cannot be reached, or sends something else than it promised.
    pub fn fetch(
        &self,
        folder: &Path,
        ecosystem: &str,
        known: Option<&Origin>,
        today: Date,
        progress: &mut Progress<'_>,
    ) -> Result<Fetched, DbError> {
        let url = format!("{}/{}/all.zip", self.base, ecosystem.replace(' ', "%20"));
        let mut part = Part::open(folder, ecosystem, &url)?;
        let known = known.filter(|origin| origin.from == url);
        let mut failures = 0;
        loop {
            let before = part.bytes()?;
            match self.attempt(&mut part, known, progress)? {
                Attempt::Unchanged => {
                    let origin = known.cloned().unwrap_or(Origin { from: url, on: None, sha256: None, etag: None });
                    return Ok(Fetched::Unchanged(Origin { on: Some(today), ..origin }));
                }
                Attempt::Complete(promise) => {
                    let sha256 = Some(part.check(&promise)?.to_string());
                    let origin = Origin { from: url, on: Some(today), sha256, etag: promise.etag };
                    return Ok(Fetched::Archive(part.finish()?, origin));
                }
                Attempt::Broken(message) => {
                    failures = if part.bytes()? > before { 0 } else { failures + 1 };
                    if failures >= ATTEMPTS {
                        return Err(DbError::Download { url, message });
                    }
                    std::thread::sleep(PAUSE * (failures + 1));
                }
            }
        }
    }

    /// One request, from where the file ends.
    fn attempt(&self, part: &mut Part, known: Option<&Origin>, progress: &mut Progress<'_>) -> Result<Attempt, DbError> {
        let start = part.bytes()?;
        let mut request = self.agent.get(&part.state.url);
        match (&part.state.validator, known.and_then(|origin| origin.etag.as_deref())) {
            (Some(validator), _) if start > 0 => {
                request = request.header("Range", format!("bytes={start}-")).header("If-Range", validator);
            }
            (_, Some(etag)) => request = request.header("If-None-Match", etag),
            _ => {}
        }
        let response = match request.call() {
            Ok(response) => response,
            Err(error) => return Ok(Attempt::Broken(error.to_string())),
        };
        let url = part.state.url.clone();
        let fail = |message: String| DbError::Download { url, message };
        let (head, body) = response.into_parts();
        match head.status {
            StatusCode::NOT_MODIFIED => return Ok(Attempt::Unchanged),
            StatusCode::PARTIAL_CONTENT if content_range(&head.headers).is_some_and(|(from, _)| from == start) => {}
            StatusCode::OK => part.begin(&head.headers)?,
            // Ours is longer than theirs, or the server has lost count: from the beginning.
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT => {
                part.reset()?;
                return Ok(Attempt::Broken("the server does not continue where the file ends".to_owned()));
            }
            status if status.is_server_error() => return Ok(Attempt::Broken(format!("the server answers {status}"))),
            status => return Err(fail(format!("the server answers {status}"))),
        }
        let promise = Promise::of(&head.headers);
        if promise.bytes.is_some_and(|bytes| bytes > MOST_BYTES) {
            return Err(fail(format!("it is larger than {MOST_BYTES} bytes")));
        }
        part.receive(body, &promise, progress)
    }
}

impl Promise {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let length = text("content-length").and_then(|length| length.trim().parse().ok());
        Self {
            bytes: content_range(headers).map_or(length, |(_, total)| total),
            // Google's storage: `crc32c=…,md5=…`, in one header or several.
            crc32c: headers
                .get_all("x-goog-hash")
                .iter()
                .filter_map(|value| value.to_str().ok())
                .find_map(|text| sum(text, "crc32c")),
            // RFC 9530: `sha-256=:…:`.
            sha256: text("repr-digest").and_then(|text| sum(text, "sha-256")),
            etag: text("etag").map(ToOwned::to_owned),
        }
    }
}

/// A checksum from a list of `name=base64` or `name=:base64:`.
fn sum(list: &str, name: &str) -> Option<Vec<u8>> {
    let value = list.split(',').find_map(|item| item.trim().strip_prefix(name)?.strip_prefix('='))?;
    BASE64_STANDARD.decode(value.trim().trim_matches(':')).ok()
}

/// Where a part begins, and how long the whole is: `bytes 10-99/100`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get("content-range")?.to_str().ok()?;
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split('-').next()?.parse().ok()?, total.parse().ok()))
}

/// A strong validator: only with one may parts of two responses be joined (RFC 9110, section 13.1.5).
fn validator(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    text("etag").filter(|etag| !etag.starts_with("W/")).or_else(|| text("last-modified"))
}

/// A file that grows, and beside it what it is a part of.
struct Part {
    path: PathBuf,
    state_path: PathBuf,
    state: State,
    file: File,
}

impl Part {
    /// What is there already, if it is of this address and can be continued; else an empty file.
    fn open(folder: &Path, ecosystem: &str, url: &str) -> Result<Self, DbError> {
        let path = folder.join(format!("{ecosystem}.zip.part"));
        let state_path = folder.join(format!("{ecosystem}.zip.json"));
        let state = disk::read_text(&state_path)?.and_then(|text| serde_json::from_str::<State>(&text).ok());
        let state = state.filter(|state| state.url == url && state.validator.is_some());
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(disk::at(&path))?;
        let is_new = state.is_none();
        let state = state.unwrap_or(State { url: url.to_owned(), validator: None });
        let part = Self { path, state_path, state, file };
        if is_new {
            part.reset()?;
        }
        Ok(part)
    }

    fn bytes(&self) -> Result<u64, DbError> {
        self.file.metadata().map(|metadata| metadata.len()).map_err(disk::at(&self.path))
    }

    fn reset(&self) -> Result<(), DbError> {
        self.file.set_len(0).map_err(disk::at(&self.path))
    }

    /// Empties the file for a response that begins at the beginning.
    fn begin(&mut self, headers: &HeaderMap) -> Result<(), DbError> {
        self.reset()?;
        self.state.validator = validator(headers);
        let text = serde_json::to_string(&self.state).map_err(|error| disk::at(&self.state_path)(error.into()))?;
        disk::write_whole(&self.state_path, |out| out.write_all(text.as_bytes()).map_err(disk::at(&self.state_path)))
    }

    /// Appends a body as far as it comes.
    fn receive(&mut self, body: Body, promise: &Promise, progress: &mut Progress<'_>) -> Result<Attempt, DbError> {
        let mut body = body.into_with_config().limit(MOST_BYTES).reader();
        let mut buffer = vec![0; 64 << 10];
        let mut bytes = self.bytes()?;
        let ended = loop {
            progress(bytes, promise.bytes);
            let read = match body.read(&mut buffer) {
                Ok(0) => break None,
                Ok(read) => read,
                Err(error) => break Some(error.to_string()),
            };
            self.file.write_all(&buffer[..read]).map_err(disk::at(&self.path))?;
            bytes += read as u64;
        };
        let is_short = promise.bytes.is_some_and(|all| bytes < all);
        if ended.is_none() && !is_short {
            return Ok(Attempt::Complete(promise.clone()));
        }
        let (all, why) = (promise.bytes.map_or_else(|| "unknown".into(), |all| all.to_string()), ended.unwrap_or_default());
        Ok(Attempt::Broken(format!("the connection ended after {bytes} of {all} bytes {why}").trim_end().to_owned()))
    }

    /// Compares what came with what was promised; a file that differs is emptied.
    fn check(&mut self, promise: &Promise) -> Result<Digest, DbError> {
        let (digest, crc32c, bytes) = self.sums().map_err(disk::at(&self.path))?;
        let differs = [
            ("length", promise.bytes.is_some_and(|promised| promised != bytes)),
            ("CRC32C", promise.crc32c.as_ref().is_some_and(|promised| *promised != crc32c.to_be_bytes())),
            ("SHA-256", promise.sha256.as_ref().is_some_and(|promised| *promised != digest.0)),
        ];
        match differs.into_iter().find(|(_, differs)| *differs) {
            Some((what, _)) => {
                self.reset()?;
                let message = format!("the {what} of what came is not what the server promised");
                Err(DbError::Download { url: self.state.url.clone(), message })
            }
            None => Ok(digest),
        }
    }

    fn sums(&mut self) -> io::Result<(Digest, u32, u64)> {
        self.file.seek(SeekFrom::Start(0))?;
        let (mut hasher, mut crc32c, mut bytes) = (Sha256::new(), 0, 0);
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = self.file.read(&mut buffer)?;
            if read == 0 {
                return Ok((Digest(hasher.finalize().into()), crc32c, bytes));
            }
            hasher.update(&buffer[..read]);
            crc32c = crc32c::crc32c_append(crc32c, &buffer[..read]);
            bytes += read as u64;
        }
    }

    /// Gives the complete file its name.
    fn finish(self) -> Result<PathBuf, DbError> {
        let whole = self.path.with_extension("");
        std::fs::rename(&self.path, &whole).map_err(disk::at(&self.path))?;
        disk::remove(&self.state_path);
        Ok(whole)
    }
}
