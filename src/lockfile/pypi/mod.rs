//! Python: what pip, Pipenv, Poetry and uv read and write.

mod lock;
mod pyproject;
mod requirements;

pub(super) use lock::{PdmLock, PipfileLock, PoetryLock, UvLock};
pub(super) use pyproject::{Pipfile, Pyproject};
pub(super) use requirements::{PipConf, Requirements};

use super::{PackageSource, Requirement};
use crate::source::Span;

/// The ecosystem as OSV spells it.
const PYPI: &str = "PyPI";

/// A wish in the form of PEP 508: `name[extra]>=1,<2; marker`, `name @ git+https://…@ref`.
fn wish(text: &str, span: Span) -> Option<Requirement> {
    let text = text.split(" ;").next().unwrap_or(text).trim();
    let is_name = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    let end = text.find(|char| !is_name(char)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('[').and_then(|extras| extras.split_once(']')).map_or(rest, |(_, rest)| rest).trim_start();
    if let Some(address) = rest.strip_prefix('@') {
        return Some(Requirement { source: source(address.trim()), ..Requirement::new(name, "", span) });
    }
    let range = rest.split(';').next().unwrap_or(rest).trim().trim_matches(['(', ')']);
    Some(Requirement::new(name, range, span))
}

/// `git+https://host/x.git@ref#egg=name`, an archive's address, or a folder.
fn source(address: &str) -> PackageSource {
    let address = address.split("#egg").next().unwrap_or(address);
    if let Some(rest) = address.strip_prefix("git+") {
        let start = rest.find("://").map_or(0, |at| at + 3);
        let (url, reference) = match rest[start..]
            .rfind('@')
            .map(|at| start + at)
            .filter(|&at| rest[at..].find('/').is_none() || rest[start..at].contains('/'))
        {
            Some(at) => (&rest[..at], Some(rest[at + 1..].to_owned())),
            None => (rest, None),
        };
        return PackageSource::Git { url: url.to_owned(), reference };
    }
    let is_web = address.starts_with("http://") || address.starts_with("https://");
    if is_web { PackageSource::Url(address.to_owned()) } else { PackageSource::Path(address.to_owned()) }
}

#[cfg(test)]
mod tests;
