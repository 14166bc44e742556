use std::sync::Arc;

use rayon::prelude::*;

use super::content::Content;
use super::{Candidate, OpenOptions};
use crate::source::{FileId, Notice, Role, SourceFile};
use crate::standing;

/// A file that the settings leave out: it is counted, so that a report can say how much was not looked at, and then forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// Its path from the root.
    pub path: Arc<str>,
    /// How many lines it has; 0 if it could not be read.
    pub lines: u64,
    /// What it would have been to the wallet.
    pub role: Role,
}

/// Counts what is left out. What is over the limits, or cannot be read, counts as a file without lines.
pub(super) fn count<L: Sync + Send, R>(
    mut left_out: Vec<Candidate<L>>,
    options: &OpenOptions,
    reader: &(impl Fn() -> R + Sync + Send),
    load: &(impl Fn(&mut R, &Candidate<L>) -> Result<Content, Notice> + Sync + Send),
) -> Vec<Excluded> {
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    let mut total = 0_u64;
    let sized: Vec<_> = left_out
        .iter()
        .map(|file| {
            total = total.saturating_add(file.size);
            (file, file.size <= options.max_file_bytes && total <= options.max_total_bytes)
        })
        .collect();
    let file = |reader: &mut R, (at, (file, fits)): (usize, &(&Candidate<L>, bool))| {
        let id = FileId(at as u32);
        let content = if *fits { load(reader, file).ok() } else { None };
        content.map_or_else(
            || SourceFile::in_memory(id, &file.path, ""),
            |content| content.into_file(id, Arc::clone(&file.path), &mut Vec::new()),
        )
    };
    let mut files: Vec<_> = sized.par_iter().enumerate().map_init(reader, file).collect();
    standing::assign(&mut files);
    let counted = |file: SourceFile| Excluded { lines: file.text.lines().count() as u64, role: file.role, path: file.path };
    files.into_iter().map(counted).collect()
}
