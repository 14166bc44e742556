use super::super::tree::span;
use super::super::{Dependencies, Lockfile, LockfileReader, Package, PackageSource};
use super::package_lock::resolved_source;
use super::patterns::Patterns;
use super::spec::{requirement, split_at_sign};
use super::{NPM, berry};
use crate::lockfile::Purpose;
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// `yarn.lock` of yarn 1 ("classic") and, as YAML, of yarn 2 and later ("berry").
pub(in crate::lockfile) struct YarnLock;

impl LockfileReader for YarnLock {
    fn format(&self) -> &'static str {
        "yarn"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "yarn.lock"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let is_berry = file.text.lines().take(50).any(|line| line.starts_with("__metadata:"));
        let (lockfile, notices) = if is_berry { berry::read(file) } else { classic(file) };
        (lockfile.map(|lockfile| Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

/// An entry while its lines are read.
struct Block<'a> {
    patterns: Vec<&'a str>,
    package: Package,
    wishes: Vec<(String, String)>,
    lists_wishes: bool,
}

fn classic(file: &SourceFile) -> (Option<Lockfile>, Vec<Notice>) {
    let mut patterns = Patterns::default();
    let mut notices = Vec::new();
    let mut block: Option<Block<'_>> = None;
    let mut offset = 0;
    for (index, line) in file.text.split_inclusive('\n').enumerate() {
        let text = line.trim_end();
        let indent = text.len() - text.trim_start().len();
        let place = span(offset, offset + text.len());
        offset += line.len();
        if text.is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        let is_understood = match (indent, &mut block) {
            (0, _) => {
                close(&mut patterns, block.take());
                block = open(text, place);
                block.is_some()
            }
            (_, Some(block)) => field(block, indent, text.trim_start()),
            (_, None) => false,
        };
        if !is_understood && notices.is_empty() {
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let notice = Notice::about(&file.path, NoticeKind::ParseError, "broken yarn.lock: this line is not an entry");
            notices.push(notice.at_line(line));
        }
    }
    close(&mut patterns, block);
    let packages = patterns.finish();
    (Some(Lockfile { format: "yarn", ecosystem: NPM, packages, has_checksums: true, ..Lockfile::default() }), notices)
}

fn close(patterns: &mut Patterns, block: Option<Block<'_>>) {
    if let Some(block) = block {
        patterns.add(block.package, &block.patterns, block.wishes);
    }
}

/// `"@a/b@^1", c@^2:`
fn open(line: &str, place: Span) -> Option<Block<'_>> {
    let patterns: Vec<&str> = line.strip_suffix(':')?.split(',').map(|pattern| pattern.trim().trim_matches('"')).collect();
    // Where a resolution leads several names to one package, any of them may be the one that says which.
    let real = patterns.iter().find(|pattern| split_at_sign(pattern).1.starts_with("npm:"));
    let (key, spec) = split_at_sign(real.or(patterns.first())?);
    let wish = requirement(key, spec, Purpose::Production, place);
    let mut package = Package::new(NPM, wish.name, "", place);
    package.alias = wish.alias;
    package.source = wish.source;
    Some(Block { patterns, package, wishes: Vec::new(), lists_wishes: false })
}

/// `version "1.0.0"`, `dependencies:` or, deeper, `"@a/b" "^1"`.
fn field(block: &mut Block<'_>, indent: usize, text: &str) -> bool {
    if text.ends_with(':') && !text.contains(' ') {
        block.lists_wishes = true;
        return true;
    }
    let Some((key, value)) = text.split_once(' ').map(|(key, value)| (key.trim_matches('"'), value.trim().trim_matches('"')))
    else {
        return false;
    };
    if indent > 2 && block.lists_wishes {
        block.wishes.push((key.to_owned(), value.to_owned()));
        return true;
    }
    match key {
        "version" => value.clone_into(&mut block.package.version),
        "resolved" => resolve(&mut block.package, value),
        "integrity" => block.package.integrity = Some(value.to_owned()),
        _ => {}
    }
    true
}

/// Old locks carry the checksum (SHA-1) behind the address: `…tgz#HASH`.
fn resolve(package: &mut Package, value: &str) {
    let source = resolved_source(value);
    if source == PackageSource::Registry && package.integrity.is_none() {
        package.integrity = value.split_once('#').map(|(_, digest)| format!("sha1-{digest}"));
    }
    if source != PackageSource::Registry {
        package.source = source;
    }
    package.resolved = Some(value.to_owned());
}
