use serde::Deserialize;

use crate::rule::{Glob, TextPattern};

/// A text in a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TextMatch {
    /// Any of these; a group named `secret` is what is judged and hidden in reports, the whole match otherwise.
    pub pattern: Vec<TextPattern>,
    /// Which files, by path; all text files if empty.
    pub file: Vec<Glob>,
    /// Files that are passed over.
    pub not_file: Vec<Glob>,
    /// The line of the match has one of these: no finding.
    pub not_line: Vec<TextPattern>,
    /// One of these occurs within `near-lines` lines.
    pub near: Vec<TextPattern>,
    /// The reach of `near` in lines, 3 if absent.
    pub near_lines: Option<u32>,
    /// Shannon entropy of the match in bits per character is not below this.
    pub min_entropy: Option<f64>,
    /// The match passes one of these checks (`bip39-checksum`, `base58-checksum`, …).
    pub check: Vec<String>,
}
