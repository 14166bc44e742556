//! The standing of every file of a tree.

use super::{build, content, name};
use crate::source::{Role, SourceFile, Standing};

/// Gives every file of a tree its standing: by its path, its text, and what the build files of the tree say of it.
pub fn assign(files: &mut [SourceFile]) {
    for file in files.iter_mut() {
        file.stand(classify(&file.path, &file.text));
    }
    for (at, standing) in build::judge(files) {
        files[at].stand(standing);
    }
}

/// By path and text alone. Where several fit, the one that is farthest from a user wins: a test of vendored code is a test.
fn classify(path: &str, text: &str) -> Standing {
    let by_path = name::by_path(path);
    let is_build = by_path.as_ref().is_some_and(|standing| standing.role == Role::Build);
    // A step of a build that was bundled is other people's code for the most part, as every bundle is.
    let bundle = is_build.then(|| content::bundle(path, text)).flatten();
    bundle.or(by_path).or_else(|| content::by_text(path, text)).unwrap_or(Standing::PRODUCT)
}

/// How far from a user a role is: what the build files say counts only if it leads further away.
pub(super) const fn distance(role: Role) -> u8 {
    match role {
        Role::Product => 0,
        Role::Generated => 1,
        Role::Build => 2,
        Role::Docs | Role::Vendored => 3,
        Role::Tool => 4,
        Role::Example => 5,
        Role::Test => 6,
        Role::Idle => 7,
    }
}
