//! Copies of libraries inside the tree, known by what their authors write at the top of a file.

use std::sync::LazyLock;

use serde::Deserialize;

use super::written;
use crate::rule::{Captured, TextPattern};
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

static BANNERS: LazyLock<Vec<Row>> = LazyLock::new(|| written::<Rows>("banners.toml").banner);

/// The library whose copy a script is. The version counts from anywhere in the reach, also where an earlier line names the library.
#[must_use]
pub fn find(path: &str, text: &str) -> Option<Banner> {
    let is_script = [".js", ".mjs", ".cjs", ".ts"].iter().any(|end| path.ends_with(end));
    let end = (0..=REACH.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).filter(|_| is_script)?;
    let head = &text[..end];
    let captures = |row: &Row| {
        let mut all = row.pattern.may_match(head).then(|| row.pattern.regex().captures_iter(head))?;
        all.find(|captures| is_heading(head, captures))
    };
    let found = BANNERS.iter().filter_map(|row| Some((row, captures(row)?)));
    let (row, captures) = found.max_by_key(|(_, captures)| captures.name("version").is_some())?;
    let whole = captures.whole();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(Banner {
        ecosystem: &row.ecosystem,
        package: &row.package,
        version: captures.name("version").map(|version| head[version].to_owned()),
        span: Span::new(place(whole.start), place(whole.end)),
    })
}

/// Whether a banner with a version begins its line, but for the marks of a comment and of licences: in the middle of a sentence somebody
/// speaks of the library.
fn is_heading(text: &str, captures: &Captured<'_>) -> bool {
    if captures.name("version").is_none() {
        return true;
    }
    let before = text[..captures.whole().start].rsplit('\n').next().unwrap_or_default();
    before.split(|char: char| !char.is_alphanumeric() && char != '@').all(|word| word.is_empty() || word.starts_with('@'))
}

/// The number of banners that are known.
#[must_use]
pub fn count() -> usize {
    BANNERS.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the libraries' own files begin.
    #[test]
    fn banners_of_real_releases_are_known() {
        let cases = [
            ("/*\nCryptoJS v3.1.2\ncode.google.com/p/crypto-js\n*/", Some(("crypto-js", Some("3.1.2")))),
            ("(function(){\n\n    // Copyright (c) 2005  Tom Wu\n", Some(("jsbn", None))),
            ("\"use strict\";var sjcl={cipher:{},hash:{}", Some(("sjcl", None))),
            ("/**\n * Node.js module for Forge.\n *\n * Copyright 2011-2016 Digital Bazaar, Inc.\n */", Some(("node-forge", None))),
            ("// Implementation derived from TweetNaCl version 20140427.\n", Some(("tweetnacl", None))),
            (
                "/*\n * jsrsasign(all) 10.5.24 (2022-06-04)\n */\n/*! CryptoJS v3.1.2 core-fix.js",
                Some(("jsrsasign", Some("10.5.24"))),
            ),
            (
                "/**\n * @license\n * Lodash <https://lodash.com/>\n */\n;(function() {\n  var VERSION = '4.17.15';",
                Some(("lodash", Some("4.17.15"))),
            ),
            ("/**\n * @license\n * lodash 3.10.1 (Custom Build) <https://lodash.com/>", Some(("lodash", Some("3.10.1")))),
            ("/**\n * @license\n * Lodash lodash.com/license | Underscore.js 1.8.3", Some(("lodash", None))),
            ("//! moment.js\n//! version : 2.29.1\n", Some(("moment", Some("2.29.1")))),
            ("/* axios v0.21.1 | (c) 2020 by Matt Zabriskie */", Some(("axios", Some("0.21.1")))),
            ("/*! @license DOMPurify 2.3.3 | (c) Cure53", Some(("dompurify", Some("2.3.3")))),
            ("/**!\n\n @license\n handlebars v4.7.6\n", Some(("handlebars", Some("4.7.6")))),
            ("/*!\n * Bootstrap v3.3.7 (http://getbootstrap.com)", Some(("bootstrap", Some("3.3.7")))),
            ("/**\n * @license AngularJS v1.5.8\n", Some(("angular", Some("1.5.8")))),
            ("/*!\n * jQuery JavaScript Library v3.4.1\n", Some(("jquery", Some("3.4.1")))),
            ("/*! jQuery v3.4.1 | (c) JS Foundation", Some(("jquery", Some("3.4.1")))),
            ("import { payments } from 'bitcoinjs-lib'; // since bitcoinjs-lib 3.3.2", None),
            ("/* Same order of events as delegate() of jQuery v1.11.1. */", None),
            (
                "/*! @license DOMPurify | (c) Cure53 | github.com/cure53/DOMPurify/blob/2.0.7/LICENSE */",
                Some(("dompurify", Some("2.0.7"))),
            ),
        ];
        for (text, expected) in cases {
            let found = find("lib/a.js", text);
            let told = found.as_ref().map(|banner| (banner.package, banner.version.as_deref()));
            assert_eq!(told, expected, "{text}");
        }
    }
}
