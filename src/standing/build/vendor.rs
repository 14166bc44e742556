//! What tools keep of other people's code in the tree: modules of Go, libraries of contracts.

use std::collections::BTreeSet;

use super::{Claim, Tree, document, joined, texts};
use crate::source::Role;

pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    modules(tree).into_iter().chain(libraries(tree)).chain(packages(tree)).collect()
}

/// `vendor/modules.txt` tells what is built; the lists of the modules themselves tell what their authors once looked at.
fn modules(tree: &Tree<'_>) -> Vec<Claim> {
    let lists = tree.files.iter().filter(|file| file.path.ends_with("vendor/modules.txt"));
    let modules = lists.flat_map(|file| tree.below(file.folder()));
    let is_list = |path: &&str| ["go.sum", "go.mod"].iter().any(|name| path.rsplit('/').next() == Some(name));
    let reason = "a list of a vendored module: vendor/modules.txt tells what is built";
    modules.filter(is_list).map(|path| Claim::file(path.to_owned(), Role::Idle, reason)).collect()
}

/// Foundry installs each library into a folder of its own, in `lib` unless its settings name others.
fn libraries(tree: &Tree<'_>) -> Vec<Claim> {
    let mut found = BTreeSet::new();
    for settings in tree.named("foundry.toml") {
        let profile = document(settings).and_then(|root| root.get("profile")?.get("default")?.get("libs").cloned());
        let named = texts(profile.as_ref());
        let folders = if named.is_empty() { vec!["lib".to_owned()] } else { named };
        for folder in
            folders.into_iter().map(|folder| joined(settings.folder(), &folder)).filter(|folder| folder != settings.folder())
        {
            let below = tree.below(&folder).into_iter().filter(|path| path.ends_with(".sol"));
            let of_library = |path: &str| Some(joined(&folder, path.get(folder.len() + 1..)?.split_once('/')?.0));
            found.extend(below.filter_map(of_library));
        }
    }
    let reason = "a library that Foundry installed";
    found.into_iter().map(|folder| Claim::folder(folder, Role::Vendored, reason)).collect()
}

/// Contracts below a scope of npm (`@scope/package/…`) are those of a package, wherever it was copied to.
fn packages(tree: &Tree<'_>) -> Vec<Claim> {
    let is_scope = |part: &str| part.len() > 1 && part.starts_with('@');
    let is_packaged = |path: &str| path.ends_with(".sol") && path.split('/').any(is_scope);
    let packaged = tree.files.iter().filter(|file| is_packaged(&file.path));
    packaged.map(|file| Claim::file(file.path.to_string(), Role::Vendored, "of a package of npm, by its folder")).collect()
}
