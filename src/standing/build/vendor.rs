//! Modules that Go keeps in the tree.

use super::{Claim, Tree};
use crate::source::Role;

/// `vendor/modules.txt` tells what is built; the lists of the modules themselves tell what their authors once looked at.
pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    let lists = tree.files.iter().filter(|file| file.path.ends_with("vendor/modules.txt"));
    let modules = lists.flat_map(|file| tree.below(file.folder()));
    let is_list = |path: &&str| ["go.sum", "go.mod"].iter().any(|name| path.rsplit('/').next() == Some(name));
    let reason = "a list of a vendored module: vendor/modules.txt tells what is built";
    modules.filter(is_list).map(|path| Claim::file(path.to_owned(), Role::Idle, reason)).collect()
}
