//! Gradle for Android: modules of libraries, source sets that no user gets, manifests that are merged.

use std::sync::LazyLock;

use regex::Regex;

use super::{Claim, Tree, joined};
use crate::source::{Role, SourceFile};
use crate::standing::words;

static LIBRARY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)com\.android\.(?:library|dynamic-feature)|\bandroid[._-]library\b|\.android\.(?:library|feature)\b")
        .expect("a pattern")
});
static APPLICATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)com\.android\.application|\bandroid[._-]application\b|\bapplicationId\b").expect("a pattern")
});
static TEST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"com\.android\.test\b").expect("a pattern"));

/// Words of source sets that no user gets.
const UNSHIPPED: &[&str] = &[
    "alpha",
    "debug",
    "dev",
    "develop",
    "development",
    "internal",
    "mock",
    "nightly",
    "qa",
    "regression",
    "regtest",
    "sandbox",
    "stage",
    "stagenet",
    "staging",
    "testnet",
    "uat",
];

pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    let modules = tree.named("build.gradle").chain(tree.named("build.gradle.kts"));
    modules.flat_map(|file| of_module(tree, file)).collect()
}

fn of_module(tree: &Tree<'_>, file: &SourceFile) -> Vec<Claim> {
    let folder = file.folder();
    let mut claims = Vec::new();
    if TEST.is_match(&file.text) {
        claims.push(Claim::folder(folder.to_owned(), Role::Test, "the module applies com.android.test"));
    }
    let is_library = LIBRARY.is_match(&file.text) && !APPLICATION.is_match(&file.text);
    let sources = joined(folder, "src");
    let main = joined(&sources, "main/AndroidManifest.xml");
    for path in tree.below(&sources) {
        let Some((set, rest)) = path[sources.len() + 1..].split_once('/') else { continue };
        if rest == "AndroidManifest.xml" && is_library {
            claims.push(Claim::merged(path.to_owned(), "the module applies com.android.library: the manifest of the app decides"));
        } else if rest == "AndroidManifest.xml" && set != "main" && tree.has(&main) {
            claims.push(Claim::merged(path.to_owned(), "merged with the manifest of `main`"));
        }
        if set != "main" && words(set).iter().any(|word| UNSHIPPED.contains(&word.as_str())) {
            claims.push(Claim::file(path.to_owned(), Role::Tool, format!("source set `{set}` is not built for users")));
        }
    }
    if is_library {
        claims.push(Claim::merged(
            joined(folder, "AndroidManifest.xml"),
            "the module applies com.android.library: the manifest of the app decides",
        ));
    }
    claims
}
