//! Copies of libraries inside the tree, known by what their authors write at the top of a file.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;
use crate::rule::TextPattern;
use crate::source::Span;

/// How far into a file banners are looked for, in bytes.
const REACH: usize = 4096;

/// A library that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// The package.
    pub package: &'static str,
    /// The version, if the banner says it.
    pub version: Option<String>,
    /// The banner.
    pub span: Span,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    ecosystem: String,
    package: String,
    /// A match is a copy; the group `version` is its version.
    pattern: TextPattern,
}

#[derive(Debug, Default, Deserialize)]
struct Rows {
    banner: Vec<Row>,
}

static BANNERS: LazyLock<Vec<Row>> = LazyLock::new(|| toml::from_str::<Rows>(embedded("banners.toml")).unwrap_or_default().banner);

/// The library whose copy a script is. The version counts from anywhere in the reach, also where an earlier line names the library.
#[must_use]
pub fn find(path: &str, text: &str) -> Option<Banner> {
    let is_script = [".js", ".mjs", ".cjs", ".ts"].iter().any(|end| path.ends_with(end));
    let end = (0..=REACH.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).filter(|_| is_script)?;
    let head = &text[..end];
    let found = BANNERS.iter().filter_map(|row| Some((row, row.pattern.regex().captures(head)?)));
    let (row, captures) = found.max_by_key(|(_, captures)| captures.name("version").is_some())?;
    let whole = captures.get(0)?;
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(Banner {
        ecosystem: &row.ecosystem,
        package: &row.package,
        version: captures.name("version").map(|version| version.as_str().to_owned()),
        span: Span::new(place(whole.start()), place(whole.end())),
    })
}

/// The number of banners that are known.
#[must_use]
pub fn count() -> usize {
    BANNERS.len()
}
