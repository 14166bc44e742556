//! What is known of a file before a scan looks at it.

use std::sync::{Arc, OnceLock};

use crate::audit::{Artifact, Patterns, Possible};
use crate::source::{Aside, Notice, SourceFile};

/// What a file's path and bytes determine, each part made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Kept {
    read: OnceLock<(Arc<Artifact>, Vec<Notice>)>,
    /// Which of its parts are not the product.
    pub(super) asides: Arc<OnceLock<Box<[Aside]>>>,
    /// Which patterns may match, of the one set of patterns that it is used with.
    possible: OnceLock<Arc<Possible>>,
}

impl Kept {
    /// What the readers make of the file.
    pub(super) fn read(&self, read: impl FnOnce() -> (Artifact, Vec<Notice>)) -> (Arc<Artifact>, Vec<Notice>) {
        let read = || {
            let (artifact, notices) = read();
            (Arc::new(artifact), notices)
        };
        self.read.get_or_init(read).clone()
    }

    /// Which patterns may match in the file.
    pub(super) fn possible(&self, file: &SourceFile, patterns: &Patterns) -> Arc<Possible> {
        Arc::clone(self.possible.get_or_init(|| Arc::new(patterns.possible_in(&file.text))))
    }
}

/// What one scan shares with others: of a scan by itself nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'s> {
    /// What rules ask of texts, at least those of the scan.
    pub(super) patterns: &'s Patterns,
    /// By file.
    pub(super) kept: &'s [Arc<Kept>],
}
