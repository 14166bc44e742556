//! Each file read once, by every reader that knows it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::kept::Kept;
use crate::audit::Artifact;
use crate::ir::Unit;
use crate::source::{FileId, Notice, NoticeKind, SourceFile};
use crate::target::Workspace;
use crate::{configfile, frontend, lockfile};

/// What the readers make of a workspace: artifacts by file, and remarks in the order of the files.
pub(super) fn read(workspace: &Workspace, kept: &[Arc<Kept>]) -> (Vec<Arc<Artifact>>, Vec<Notice>) {
    let mut files: Vec<_> = read_all(workspace, kept);
    files.sort_by_key(|&(index, _)| index);
    let (artifacts, notices): (Vec<_>, Vec<_>) = files.into_iter().map(|(_, read)| read).unzip();
    (artifacts, notices.into_iter().flatten().collect())
}

/// What the reader of a file makes of it, and what it could not read.
type Read = (Arc<Artifact>, Vec<Notice>);

/// Reads on every thread of the pool. The biggest files come first, so that none of them is left for the end.
fn read_all(workspace: &Workspace, kept: &[Arc<Kept>]) -> Vec<(usize, Read)> {
    let mut order: Vec<_> = (0..workspace.files.len()).collect();
    order.sort_by_key(|&index| Reverse(workspace.files[index].text.len()));
    let next = AtomicUsize::new(0);
    let work = || {
        let claim = || order.get(next.fetch_add(1, Ordering::Relaxed)).copied();
        std::iter::from_fn(claim).map(|index| (index, kept[index].read(|| read_file(&workspace.files[index])))).collect::<Vec<_>>()
    };
    rayon::broadcast(|_| work()).into_iter().flatten().collect()
}

/// The settings that code of the workspace imports by name, as modules.
pub(super) fn imported_settings(workspace: &Workspace, artifacts: &[Arc<Artifact>]) -> Vec<(FileId, Unit)> {
    let units = artifacts.iter().filter_map(|artifact| artifact.unit.as_ref());
    let modules = units.flat_map(|unit| unit.imports.iter().map(|import| unit.name(import.module)));
    let names: BTreeSet<&str> =
        modules.filter(|module| module.ends_with(".json")).map(|module| module.rsplit('/').next().unwrap_or(module)).collect();
    let settings = workspace.files.iter().zip(artifacts).filter(|(file, _)| names.contains(file.name()));
    settings.filter_map(|(file, artifact)| Some((file.id, configfile::as_unit(artifact.document.as_ref()?, file)?))).collect()
}

/// What the readers make of one file. A reader that fails costs its own part and no more.
pub(super) fn read_file(file: &SourceFile) -> (Artifact, Vec<Notice>) {
    let mut notices = Vec::new();
    let mut artifact = Artifact { lines: file.text.lines().count() as u32, ..Artifact::default() };
    if let Some(lowered) = frontend::find(file).and_then(|reader| guarded(file, &mut notices, || reader.lower(file))) {
        artifact.lines_skipped = lowered.lines_skipped;
        artifact.unit = Some(lowered.unit);
        notices.extend(lowered.notices);
    }
    if let Some((document, remarks)) = configfile::find(file).and_then(|reader| guarded(file, &mut notices, || reader.read(file))) {
        artifact.document = document;
        notices.extend(remarks);
    }
    if let Some(unit) = artifact.unit.as_ref().filter(|_| artifact.document.is_none()) {
        artifact.document = guarded(file, &mut notices, || configfile::of_module(unit, file)).flatten();
    }
    if let Some((dependencies, remarks)) = lockfile::find(file).and_then(|reader| guarded(file, &mut notices, || reader.read(file)))
    {
        artifact.dependencies = dependencies;
        notices.extend(remarks);
    }
    if artifact.unit.is_none() {
        artifact.lines_skipped = lines_after_error(&artifact, &notices);
    }
    (artifact, notices)
}

/// The lines behind the first fault of a file that is not code.
fn lines_after_error(artifact: &Artifact, notices: &[Notice]) -> u32 {
    let faults = notices.iter().filter(|notice| notice.kind == NoticeKind::ParseError);
    faults.map(|notice| artifact.lines.saturating_sub(notice.line.unwrap_or(1)) + 1).max().unwrap_or(0).min(artifact.lines)
}

/// Runs a reader. A panic of it is a defect of Forewarn, which may not cost the other files.
fn guarded<T>(file: &SourceFile, notices: &mut Vec<Notice>, read: impl FnOnce() -> T) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(read));
    if result.is_err() {
        let message = "a reader failed on this file, which is a defect of Forewarn: please report it";
        notices.push(Notice::about(&file.path, NoticeKind::Unreadable, message));
    }
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_becomes_a_notice() {
        let workspace = Workspace::in_memory([("a.ts", "x")]);
        let mut notices = Vec::new();
        let nothing = guarded(&workspace.files[0], &mut notices, || -> u32 { panic!("on purpose") });
        assert_eq!((nothing, notices.len()), (None, 1));
    }
}
