//! Git submodules: other repositories inside the tree. Which commit of them is taken stands in git itself, not in a file.

use super::tree::span;
use super::{Dependencies, LockfileReader, Manifest, PackageSource, Requirement};
use crate::source::{Notice, SourceFile};

/// `.gitmodules`.
pub(super) struct Submodules;

impl LockfileReader for Submodules {
    fn format(&self) -> &'static str {
        "gitmodules"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.path.as_ref() == ".gitmodules"
    }

    /// Packages are named by their address, as Go and Swift do it: `github.com/owner/name`. They come as folders of the tree.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut manifest = Manifest { ecosystem: "GIT", ..Manifest::default() };
        let mut folder = String::new();
        let mut offset = 0;
        for line in file.text.split_inclusive('\n') {
            match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                Some(("path", path)) => path.clone_into(&mut folder),
                Some(("url", url)) => {
                    let start = offset + line.len() - line.trim_start().len();
                    let source = PackageSource::Path(std::mem::take(&mut folder));
                    let place = span(start, offset + line.trim_end().len());
                    manifest.requirements.push(Requirement { source, ..Requirement::new(repository(url), "", place) });
                }
                _ => {}
            }
            offset += line.len();
        }
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), Vec::new())
    }
}

/// `git@host:owner/name.git` and `https://host/owner/name.git` as `host/owner/name`.
fn repository(url: &str) -> String {
    let plain = url.split_once("://").map_or_else(|| url.replacen(':', "/", 1), |(_, rest)| rest.to_owned());
    let plain = plain.rsplit_once('@').map_or(&*plain, |(_, rest)| rest);
    plain.trim_end_matches('/').trim_end_matches(".git").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn submodules_are_packages_by_their_address() {
        let text = "[submodule \"a\"]\n\tpath = deps/a\n\turl = https://h.example/Own/A.git\n[submodule \"b\"]\n\tpath = b\n\turl = git@h.example:own/b\n";
        let file = SourceFile::in_memory(FileId(0), ".gitmodules", text);
        let wishes = Submodules.read(&file).0.and_then(|found| found.manifest).expect("a manifest").requirements;
        let told: Vec<_> = wishes.iter().map(|wish| (&*wish.name, &wish.source)).collect();
        let folder = |path: &str| PackageSource::Path(path.to_owned());
        assert_eq!(told, [("h.example/own/a", &folder("deps/a")), ("h.example/own/b", &folder("b"))]);
    }
}
