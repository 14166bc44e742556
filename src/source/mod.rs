//! What every later stage speaks of: files, places in them, and remarks about the analysis itself.
//!
//! Nothing here reads a disk; `target` fills these types.

mod aside;
mod line_index;
mod notice;
mod role;

pub use aside::{Aside, AsideKind};
pub use line_index::{LineIndex, Position};
pub use notice::{Notice, NoticeKind, tidy};
pub use role::{Role, Standing};

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Index of a file in its workspace. Files are ordered by path, so the number is stable for a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one file: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same span in a text that begins `by` bytes later: for scripts inside other files.
    #[must_use]
    pub const fn shifted(self, by: u32) -> Self {
        Self::new(self.start + by, self.end + by)
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One file of the scanned tree, read once.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its number in the workspace.
    pub id: FileId,
    /// Path from the scanned root, with `/` between segments, never absolute, never with `..`.
    pub path: Arc<str>,
    /// The text. Invalid UTF-8 was replaced by U+FFFD when the file was read, with a notice.
    /// Empty for a binary file.
    pub text: Arc<str>,
    /// The raw bytes of a file that is not text (binary plist, image); empty otherwise.
    pub binary: Arc<[u8]>,
    /// SHA-256 of the bytes as they were read.
    pub digest: Digest,
    /// What the file is to the wallet.
    pub role: Role,
    /// Why it is that; empty for the product.
    pub role_reason: Cow<'static, str>,
    /// Why a build takes what is not set here from another file, if it does.
    pub merged: Option<&'static str>,
    /// Spans that are not the product, once somebody asked; the same for every file of this name and text.
    pub(crate) asides: Arc<OnceLock<Box<[Aside]>>>,
    /// Where its lines begin, once somebody asked; the same for every file of this text.
    pub(crate) lines: Arc<OnceLock<LineIndex>>,
}

impl SourceFile {
    /// A text file that exists only in memory: rule examples and tests.
    #[must_use]
    pub fn in_memory(id: FileId, path: &str, text: &str) -> Self {
        Self {
            id,
            path: path.into(),
            text: text.into(),
            binary: Arc::from([]),
            digest: Digest([0; 32]),
            role: Role::Product,
            role_reason: Cow::Borrowed(""),
            merged: None,
            asides: Arc::default(),
            lines: Arc::default(),
        }
    }

    /// Takes a standing for its own.
    pub fn stand(&mut self, standing: Standing) {
        (self.role, self.role_reason, self.merged) = (standing.role, standing.reason, standing.merged);
    }

    /// The last segment of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder of the file, without a trailing slash; empty at the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What follows the last dot of the name, in lower case; empty without a dot.
    #[must_use]
    pub fn extension(&self) -> String {
        self.name().rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase())
    }

    /// Where its lines begin; made at the first call.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The line and column of a byte.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The text of `span`; empty if the span does not fall on character borders.
    #[must_use]
    pub fn snippet(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}
