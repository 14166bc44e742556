//! Go modules. `go.mod` asks and, as every version in it is exact and the highest asked for is taken, fixes too. `go.sum` holds the
//! checksums of everything that was looked at on the way.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::tree::{fault, span};
use super::{Dependencies, Lockfile, LockfileReader, Manifest, Package, PackageSource, Requirement, version};
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// The ecosystem as OSV spells it.
const GO: &str = "Go";

/// `go.mod`.
pub(super) struct GoMod;
/// `go.sum`.
pub(super) struct GoSum;

impl LockfileReader for GoMod {
    fn format(&self) -> &'static str {
        "go.mod"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "go.mod"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut module = Module::default();
        let mut notices = Vec::new();
        for line in directives(&file.text) {
            if !module.take(&line) && notices.is_empty() {
                notices.push(fault(
                    file,
                    NoticeKind::ParseError,
                    line.place.start as usize,
                    "broken go.mod: this line is not a directive",
                ));
            }
        }
        (Some(module.finish()), notices)
    }
}

/// A line with the word that rules it, which may stand before a block.
struct Directive<'a> {
    verb: &'a str,
    words: Vec<&'a str>,
    is_indirect: bool,
    place: Span,
}

fn directives(text: &str) -> Vec<Directive<'_>> {
    let mut found = Vec::new();
    let (mut offset, mut block) = (0, None);
    for line in text.split_inclusive('\n') {
        let (code, comment) = line.split_once("//").filter(|(code, _)| !code.ends_with(':')).unwrap_or((line, ""));
        let start = offset + code.len() - code.trim_start().len();
        let place = span(start, offset + code.trim_end().len().max(code.len() - code.trim_start().len()));
        offset += line.len();
        let mut words: Vec<&str> = code.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        match (words.first().copied(), words.last().copied()) {
            (None, _) => continue,
            (Some(")"), _) => {
                block = None;
                continue;
            }
            (Some(verb), Some("(")) => {
                block = Some(verb);
                continue;
            }
            _ => {}
        }
        let verb = block.unwrap_or_else(|| words.remove(0));
        found.push(Directive { verb, words, is_indirect: comment.trim().starts_with("indirect"), place });
    }
    found
}

#[derive(Default)]
struct Module {
    manifest: Manifest,
    packages: Vec<Package>,
    replaced: Vec<(String, Option<String>, Requirement)>,
    /// Of the language: from 1.17 on, the file names what its modules need, too.
    release: Option<String>,
}

impl Module {
    fn take(&mut self, line: &Directive<'_>) -> bool {
        match (line.verb, &line.words[..]) {
            ("module", [name]) => self.manifest.name = Some((*name).to_owned()),
            ("require", [name, version]) => {
                let version = version.trim_start_matches('v');
                self.packages.push(Package { is_direct: !line.is_indirect, ..Package::new(GO, *name, version, line.place) });
                if !line.is_indirect {
                    self.manifest.requirements.push(Requirement::new(*name, version, line.place));
                }
            }
            ("replace", words) => return self.replace(words, line.place),
            ("go", [version]) => {
                self.release = Some((*version).to_owned());
                self.manifest.engines.push(Requirement::new("go", *version, line.place));
            }
            ("exclude" | "retract" | "toolchain" | "godebug" | "tool" | "ignore", _) => {}
            _ => return false,
        }
        true
    }

    /// `old [version] => new [version]`: another module, or a folder.
    fn replace(&mut self, words: &[&str], place: Span) -> bool {
        let Some(arrow) = words.iter().position(|word| *word == "=>") else { return false };
        let (Some(old), Some(new)) = (words[..arrow].first(), words.get(arrow + 1)) else { return false };
        let is_folder = new.starts_with('.') || new.starts_with('/');
        let version = words.get(arrow + 2).map_or("", |version| version.trim_start_matches('v'));
        let source = if is_folder { PackageSource::Path((*new).to_owned()) } else { PackageSource::Registry };
        let wish = Requirement { source, alias: Some((*old).to_owned()), ..Requirement::new(*new, version, place) };
        let only = words[..arrow].get(1).map(|version| version.trim_start_matches('v').to_owned());
        self.replaced.push(((*old).to_owned(), only, wish));
        true
    }

    fn finish(mut self) -> Dependencies {
        for package in &mut self.packages {
            let fits = |(old, only, _): &&(String, Option<String>, Requirement)| {
                *old == package.name && only.as_ref().is_none_or(|only| *only == package.version)
            };
            if let Some((_, _, wish)) = self.replaced.iter().find(fits) {
                package.alias = Some(std::mem::replace(&mut package.name, wish.name.clone()));
                package.source = wish.source.clone();
                wish.range.clone_into(&mut package.version);
            }
        }
        self.manifest.ecosystem = GO;
        self.manifest.overrides = self.replaced.into_iter().map(|(_, _, wish)| wish).collect();
        let is_partial = self.release.is_none_or(|release| version::compare(GO, &release, "1.17").is_some_and(Ordering::is_lt));
        let lockfile = Lockfile {
            format: "go.mod",
            ecosystem: GO,
            packages: self.packages,
            checksums_in: Some("go.sum"),
            is_partial,
            ..Lockfile::default()
        };
        Dependencies { manifest: Some(self.manifest), lockfile: Some(lockfile) }
    }
}

impl LockfileReader for GoSum {
    fn format(&self) -> &'static str {
        "go.sum"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "go.sum"
    }

    /// `module version hash`, and `module version/go.mod hash` for modules that were only asked what they need. Of the versions of a
    /// module that were fetched, the highest is the one that Go takes.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut highest: BTreeMap<&str, Package> = BTreeMap::new();
        let mut notices = Vec::new();
        let mut offset = 0;
        for line in file.text.split_inclusive('\n') {
            let place = span(offset, offset + line.trim_end().len());
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [name, version, digest] if digest.starts_with("h1:") => take_sum(&mut highest, name, version, digest, place),
                [] => {}
                _ if notices.is_empty() => {
                    notices.push(fault(file, NoticeKind::ParseError, offset, "broken go.sum: this line is not a checksum"));
                }
                _ => {}
            }
            offset += line.len();
        }
        let packages = highest.into_values().collect();
        let lockfile = Lockfile { format: self.format(), ecosystem: GO, packages, is_checksum_list: true, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

fn take_sum<'t>(highest: &mut BTreeMap<&'t str, Package>, name: &'t str, version: &'t str, digest: &str, place: Span) {
    let number = version.trim_start_matches('v');
    if number.ends_with("/go.mod") {
        return;
    }
    let is_lower = |known: &Package| version::compare(GO, number, &known.version).is_some_and(Ordering::is_le);
    if !highest.get(name).is_some_and(is_lower) {
        let package = Package { integrity: Some(digest.to_owned()), ..Package::new(GO, name, number, place) };
        highest.insert(name, package);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn a_module_file_asks_fixes_and_replaces() {
        let text = "module example.com/w // the wallet\n\ngo 1.21\n\nrequire (\n\tgolang.org/x/crypto v0.1.0\n\tgithub.com/a/b v0.0.0-20200101000000-abcdefabcdef // indirect\n)\nrequire github.com/c/d/v2 v2.0.0+incompatible\nreplace github.com/a/b => github.com/own/b v1.0.0\nreplace github.com/c/d/v2 => ../d\n";
        let file = SourceFile::in_memory(FileId(0), "go.mod", text);
        let (found, notices) = GoMod.read(&file);
        let found = found.expect("dependencies");
        assert!(notices.is_empty(), "{notices:?}");
        let packages = found.lockfile.expect("a lockfile").packages;
        let told: Vec<_> = packages.iter().map(|package| (&*package.name, &*package.version, package.is_direct)).collect();
        assert_eq!(told, [("golang.org/x/crypto", "0.1.0", true), ("github.com/own/b", "1.0.0", false), ("../d", "", true)]);
        assert_eq!(packages[1].alias.as_deref(), Some("github.com/a/b"));
        assert_eq!(file.snippet(packages[0].span), "golang.org/x/crypto v0.1.0");
        assert_eq!(found.manifest.expect("a manifest").requirements.len(), 2);
        assert_eq!(GoMod.read(&SourceFile::in_memory(FileId(0), "go.mod", "module x\n<<<<\n")).1[0].line, Some(2));
    }

    #[test]
    fn what_is_excluded_or_replaced_at_one_version_is_told_apart() {
        let text = "module m\ngo 1.16\nrequire example.com/a v1.2.0\nrequire example.com/b v1.0.0\nexclude example.com/a v1.1.0\nreplace example.com/b v0.9.0 => example.com/own v1.0.0\n";
        let found = GoMod.read(&SourceFile::in_memory(FileId(0), "go.mod", text)).0.expect("dependencies");
        let lockfile = found.lockfile.expect("a lockfile");
        let told: Vec<_> = lockfile.packages.iter().map(|package| (&*package.name, &*package.version)).collect();
        assert_eq!(told, [("example.com/a", "1.2.0"), ("example.com/b", "1.0.0")]);
        assert!(lockfile.is_partial && lockfile.checksums_in == Some("go.sum"));
    }

    #[test]
    fn checksums_are_those_of_the_highest_version_fetched() {
        let text = "example.com/a v1.9.0 h1:AA=\nexample.com/a v1.10.0 h1:BB=\nexample.com/a v1.11.0/go.mod h1:CC=\nexample.com/b v1.0.0/go.mod h1:DD=\n\nnonsense\n";
        let file = SourceFile::in_memory(FileId(0), "go.sum", text);
        let (found, notices) = GoSum.read(&file);
        let lockfile = found.and_then(|found| found.lockfile).expect("a lockfile");
        let told: Vec<_> =
            lockfile.packages.iter().map(|package| (&*package.name, &*package.version, file.snippet(package.span))).collect();
        assert_eq!(told, [("example.com/a", "1.10.0", "example.com/a v1.10.0 h1:BB=")]);
        assert_eq!(notices[0].line, Some(6));
    }
}
