//! Where files come from: the only readers of the disk.

use crate::source::{Digest, FileId, LineIndex, Notice, SourceFile};

/// The files of a scanned tree, ordered by path.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Files, ordered by path; a file's [`FileId`] is its index.
    pub files: Vec<SourceFile>,
    /// SHA-256 over all paths and digests: equal for equal trees.
    pub digest: Option<Digest>,
    /// What was left out while reading, and why.
    pub notices: Vec<Notice>,
}

impl Workspace {
    /// A workspace of texts in memory, for rule examples and tests.
    #[must_use]
    pub fn in_memory<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sorted: Vec<_> = files.into_iter().collect();
        sorted.sort_unstable();
        let files = sorted
            .into_iter()
            .enumerate()
            .map(|(index, (path, text))| SourceFile::in_memory(FileId(index as u32), path, text))
            .collect();
        Self { files, digest: None, notices: Vec::new() }
    }

    /// The file of an id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&SourceFile> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|index| &self.files[index])
    }

    /// The line index of a file, made anew: callers that ask often keep it.
    #[must_use]
    pub fn line_index(&self, id: FileId) -> LineIndex {
        LineIndex::new(&self.file(id).text)
    }
}
