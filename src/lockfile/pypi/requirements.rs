use super::super::tree::span;
use super::super::{Dependencies, Lockfile, LockfileReader, Manifest, Package, PackageSource, Purpose, Requirement};
use super::{PYPI, source, wish};
use crate::source::{Notice, SourceFile};

/// `requirements.txt` and its like. Exact versions are packages too: then the file is its own lockfile.
pub(in crate::lockfile) struct Requirements;

impl LockfileReader for Requirements {
    fn format(&self) -> &'static str {
        "requirements.txt"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        let is_text = [".txt", ".in"].iter().any(|end| file.name().ends_with(end));
        is_text
            && (file.name().starts_with("requirements")
                || file.name().starts_with("constraints")
                || file.folder().ends_with("requirements"))
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let is_development = ["dev", "test", "doc", "lint", "ci", "build", "binaries-build", "mac-build"]
            .iter()
            .any(|word| file.name().contains(word));
        let mut manifest = Manifest { ecosystem: PYPI, ..Manifest::default() };
        let mut packages = Vec::new();
        for (line, place) in lines(&file.text) {
            if let Some(index) = line.strip_prefix("--extra-index-url") {
                manifest.further_indexes.push((index.trim_start_matches(['=', ' ']).to_owned(), place));
            } else if let Some(mut wish) = requirement(&line, place) {
                wish.purpose = if is_development { Purpose::Development } else { Purpose::Production };
                packages.extend(exact(&wish, &line, is_development));
                manifest.requirements.push(wish);
            }
        }
        let held = manifest.requirements.iter().filter(|wish| is_at_commit(wish)).count();
        let is_locked = !packages.is_empty() && packages.len() + held == manifest.requirements.len();
        let lockfile =
            Lockfile { format: self.format(), ecosystem: PYPI, packages, knows_development: true, ..Lockfile::default() };
        let lockfile = is_locked.then_some(lockfile);
        (Some(Dependencies { manifest: Some(manifest), lockfile }), Vec::new())
    }
}

/// `pip.conf`: it asks for nothing, but says where pip looks.
pub(in crate::lockfile) struct PipConf;

impl LockfileReader for PipConf {
    fn format(&self) -> &'static str {
        "pip.conf"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        ["pip.conf", ".pip.conf", "pip.ini"].contains(&file.name())
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut manifest = Manifest { ecosystem: PYPI, ..Manifest::default() };
        for (line, place) in lines(&file.text) {
            if let Some(("extra-index-url", address)) = line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                manifest.further_indexes.push((address.to_owned(), place));
            }
        }
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), Vec::new())
    }
}

/// Lines without comments, those that end in a backslash joined, with the place of the first.
fn lines(text: &str) -> Vec<(String, crate::source::Span)> {
    let mut joined: Vec<(String, crate::source::Span)> = Vec::new();
    let (mut offset, mut goes_on) = (0, false);
    for line in text.split_inclusive('\n') {
        let plain = line.split(" #").next().unwrap_or(line).trim();
        let is_comment = plain.starts_with('#');
        let content = plain.trim_end_matches('\\').trim_end();
        match joined.last_mut() {
            Some((before, _)) if goes_on => {
                before.push(' ');
                before.push_str(content);
            }
            _ if !content.is_empty() && !is_comment => {
                let start = offset + line.len() - line.trim_start().len();
                joined.push((content.to_owned(), span(start, start + content.len())));
            }
            _ => {}
        }
        goes_on = plain.ends_with('\\') && !is_comment;
        offset += line.len();
    }
    joined
}

/// Whether a wish is for a commit, which is as exact as a version.
fn is_at_commit(wish: &Requirement) -> bool {
    let is_commit = |reference: &String| reference.len() >= 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    matches!(&wish.source, PackageSource::Git { reference: Some(reference), .. } if is_commit(reference))
}

/// The package of an address: what `#egg=` says, else the end of the path without version and suffix.
fn named_by_address(address: &str) -> &str {
    let name = address.split_once("#egg=").map_or("", |(_, name)| name).split(['&', '[', ' ']).next().unwrap_or_default();
    if !name.is_empty() {
        return name;
    }
    let plain = address.split(['#', '?', ' ']).next().unwrap_or(address);
    let last = plain.rsplit('/').next().unwrap_or(plain);
    let last = last.split('@').next().unwrap_or(last);
    let stem = [".git", ".whl", ".zip", ".tar.gz", ".tgz"].iter().find_map(|end| last.strip_suffix(end)).unwrap_or(last);
    stem.split('-').next().unwrap_or(stem)
}

fn requirement(line: &str, place: crate::source::Span) -> Option<Requirement> {
    let (text, has_hashes) = line.split_once("--hash").map_or((line, false), |(text, _)| (text, true));
    let address = text.strip_prefix("-e ").or_else(|| text.strip_prefix("--editable ")).unwrap_or(text).trim();
    // An address stands alone: behind a name there is an `@`.
    if address.split("://").next().is_some_and(|scheme| scheme.len() < address.len() && !scheme.contains([' ', '@', '='])) {
        return Some(Requirement { source: source(address), ..Requirement::new(named_by_address(address), "", place) });
    }
    if text.starts_with('-') {
        return None;
    }
    Some(Requirement { has_hashes, ..wish(text, place)? })
}

/// The package of a wish for one version.
fn exact(wish: &Requirement, line: &str, is_development: bool) -> Option<Package> {
    let version = wish.range.strip_prefix("===").or_else(|| wish.range.strip_prefix("=="))?.trim();
    let is_exact = wish.source == PackageSource::Registry && !version.contains(['*', ',', ' ', '<', '>']);
    let integrity = line.split("--hash=").nth(1).map(|hash| hash.split(' ').next().unwrap_or(hash).replacen(':', "-", 1));
    let package = Package { integrity, is_development, is_direct: true, ..Package::new(PYPI, &*wish.name, version, wish.span) };
    is_exact.then_some(package)
}
