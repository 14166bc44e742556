//! Repositories as folders: where they are and what a commit is called, without a look into them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::TargetError;
use crate::rule::Date;

/// A commit, as a report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its id, in hexadecimal digits.
    pub id: String,
    /// The day on which it was committed, in Greenwich.
    pub day: Date,
    /// The web address of the repository from which it was cloned, if git knows one: without a name or password.
    pub repository: Option<String>,
}

impl Revision {
    /// The first digits, enough for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }
}

/// The address on the web of a remote: `git@host:owner/name.git` and `https://user:password@host/owner/name` are
/// `https://host/owner/name`.
#[cfg_attr(not(feature = "git"), expect(dead_code, reason = "only commits have one"))]
pub(super) fn web_address(remote: &str) -> Option<String> {
    let after_scheme = ["https://", "http://", "ssh://", "git://"].iter().find_map(|scheme| remote.strip_prefix(scheme));
    let (authority, path) = match after_scheme {
        Some(rest) => rest.split_once('/')?,
        None => remote.split_once(':')?,
    };
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let is_host = host.contains('.') && host.chars().all(|char| char.is_ascii_alphanumeric() || "-.".contains(char));
    let is_path = !path.is_empty() && path.chars().all(|char| char.is_ascii_alphanumeric() || "-._~/".contains(char));
    (is_host && is_path).then(|| format!("https://{host}/{}", path.trim_matches('/').trim_end_matches(".git")))
}

/// The root of the repository in which a path lies: the nearest folder above it, or itself, that has a `.git`.
#[must_use]
pub fn repository_of(path: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    real.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// `wallet` of `/home/me/wallet/.git`, `wallet.git` and `wallet`.
#[cfg_attr(not(feature = "git"), expect(dead_code, reason = "only commits are named after it"))]
pub(super) fn repository_name(repository: &Path) -> String {
    let real = repository.canonicalize().unwrap_or_else(|_| repository.to_owned());
    let folder = if real.file_name().is_some_and(|name| name == ".git") { real.parent() } else { Some(real.as_path()) };
    let name = folder.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    name.trim_end_matches(".git").to_owned()
}

/// The name `owner/name` of a repository on disk: the end of the address from which it was cloned, or the folder as
/// [`find_repository`] looks for it.
#[must_use]
pub fn full_name(repository: &Path, address: Option<&str>) -> Option<String> {
    let of_address = address.and_then(|address| {
        let mut parts = address.rsplit('/');
        let (name, owner) = (parts.next()?, parts.next()?);
        Some(format!("{owner}/{name}"))
    });
    let real = repository.canonicalize().ok()?;
    let in_path = real.iter().rev().find_map(|part| part.to_str()?.split_once('+'));
    of_address.or_else(|| in_path.map(|(owner, name)| format!("{owner}/{name}")))
}

/// What a tree is called that says nothing of itself: after its folder, and if it is a whole repository, after the address that it was
/// cloned from, since folders of checkouts have all kinds of names.
pub(super) fn tree_name(inside: &str, revision: Option<&Revision>, folder: String) -> String {
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    match revision.and_then(|revision| revision.repository.as_deref()) {
        _ if !inside.is_empty() => last(inside),
        Some(address) => last(address),
        None => folder,
    }
}

/// The repository `owner/name` below a folder of repositories: `FOLDER/owner+name/repo`, itself or with a `.git` in it.
#[must_use]
pub fn find_repository(folder: &Path, name: &str) -> Option<PathBuf> {
    let repository = place_of(folder, name);
    let git = [repository.join(".git"), repository];
    git.into_iter().find(|path| path.join("HEAD").is_file())
}

/// Clones `owner/name` from `host` (an address that ends before the name) to where [`find_repository`] looks, without a work tree.
///
/// # Errors
/// If git is not installed or cannot clone.
pub fn clone_repository(folder: &Path, host: &str, name: &str) -> Result<PathBuf, TargetError> {
    let repository = place_of(folder, name);
    let fail = |message: String| TargetError::Git { repository: repository.clone(), message };
    let address = format!("{}/{name}", host.trim_end_matches('/'));
    let mut git = Command::new("git");
    git.args(["clone", "--bare", "--quiet", "--"]).arg(&address).arg(&repository).stdin(Stdio::null());
    let output = git.output().map_err(|error| fail(format!("cannot run git: {error}")))?;
    if output.status.success() { Ok(repository) } else { Err(fail(String::from_utf8_lossy(&output.stderr).trim().to_owned())) }
}

fn place_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(name.replace('/', "+")).join("repo")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_has_an_address_on_the_web_without_its_credentials() {
        for remote in
            ["git@git.example:own/wallet.git", "https://me:secret@git.example/own/wallet", "ssh://git@git.example:22/own/wallet/"]
        {
            assert_eq!(web_address(remote).as_deref(), Some("https://git.example/own/wallet"), "{remote}");
        }
        for other in ["/srv/git/wallet", "../wallet", "https://git.example", "https://git.example/a b", "C:\\wallet"] {
            assert_eq!(web_address(other), None, "{other}");
        }
    }

    #[test]
    fn a_tree_is_called_after_its_folder_unless_it_is_a_whole_clone() {
        let commit = Revision { id: "1a".into(), day: Date::LAST, repository: Some("https://git.example/own/wallet".into()) };
        assert_eq!(tree_name("", Some(&commit), "checkout".into()), "wallet");
        assert_eq!(tree_name("apps/web", Some(&commit), "checkout".into()), "web");
        assert_eq!(tree_name("", None, "checkout".into()), "checkout");
    }
}
