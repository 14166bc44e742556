//! A text in a file.

use serde::Deserialize;

use crate::rule::{Glob, Severity, TextPattern};
use crate::source::Role;

/// A text in a file. All that is given must hold; within a list one entry is enough.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TextMatch {
    /// Any of these; a group named `secret` is what is judged and hidden in reports, the whole match is judged otherwise.
    pub pattern: Vec<TextPattern>,
    /// The whole match is a secret, without a group of that name.
    pub secret: bool,
    /// A file without any of these words, whatever their case, is passed over unread. Needed only for a pattern that begins and
    /// ends with anything: what a pattern requires literally is found out by itself.
    pub keyword: Vec<String>,
    /// Which files, by path; all text files if empty.
    pub file: Vec<Glob>,
    /// Files that are passed over.
    pub not_file: Vec<Glob>,
    /// What the file must be to the wallet; anything but `vendored` if empty, since bundles and copies are not the wallet's text.
    pub role: Vec<Role>,
    /// The file has a match of one of these.
    pub file_has: Vec<TextPattern>,
    /// The file has a match of none of these.
    pub file_lacks: Vec<TextPattern>,
    /// The match itself has none of these: a tag without `type="password"`.
    pub lacks: Vec<TextPattern>,
    /// The line of the match has one of these: no finding.
    pub not_line: Vec<TextPattern>,
    /// One of these occurs within `near-lines` lines.
    pub near: Vec<TextPattern>,
    /// None of these occurs within `near-lines` lines.
    pub not_near: Vec<TextPattern>,
    /// The reach of `near` and `not-near` in lines, 3 if absent; 0 is the line of the match.
    pub near_lines: Option<u32>,
    /// Shannon entropy of the match in bits per character is not below this.
    pub min_entropy: Option<f64>,
    /// The match passes one of these checks.
    pub check: Vec<TextCheck>,
    /// The match passes none of these checks.
    pub not_check: Vec<TextCheck>,
    /// Comments are read too: for rules on what people say, not on what code does. A secret in a plain comment is told anyway.
    pub comments: bool,
    /// A match in a string that says something to people, behind several words, is none.
    pub not_in_prose: bool,
    /// A match that has one of these is of lesser weight: `low` at most.
    pub lesser: Vec<TextPattern>,
    /// Why it is.
    pub lesser_because: Option<String>,
    /// So many matches must stand in the file; there is one finding then, at the first.
    pub min_count: Option<usize>,
    /// The severity of what is found here is never above this: the form tells less than others of the rule do.
    pub at_most: Option<Severity>,
    /// The name of a form of the defect that follows from what is written, where others of the rule are inferred: a constant at an API, a
    /// way that is known step by step. People judge it apart (`rule/form` in the ledger), so that their doubts of the others leave its
    /// severity alone. What turns out to be inferred all the same is not of the form.
    pub form: Option<String>,
}

/// What a text can be found to be by computing, where a regular expression sees only its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextCheck {
    /// It holds 12, 15, 18, 21 or 24 words in a row of one BIP-39 list, with a valid checksum.
    Bip39Checksum,
    /// It is nearly the English BIP-39 list: about as many words, nine of ten from it, but not that list.
    AlteredBip39List,
    /// Base58 with a valid checksum of four bytes.
    Base58Check,
    /// A private key in wallet import format: Base58Check of 32 bytes, and a mark for compression.
    Wif,
    /// A serialised BIP-32 private key (`xprv…`, `zprv…`), with its checksum.
    ExtendedPrivateKey,
    /// 32 bytes in hexadecimal that are a scalar of secp256k1: not zero, below the order of the curve.
    Secp256k1Scalar,
    /// Bech32 or Bech32m with a valid checksum.
    Bech32,
    /// 64 bytes, in Base58 or as a list of numbers, of which the last 32 are the Ed25519 public key of the first.
    Ed25519Keypair,
    /// A Stellar secret seed (`S…`), with its checksum.
    StellarSeed,
    /// An XRP Ledger seed (`s…`), with its checksum.
    XrpSeed,
    /// A phrase or key that documentation or a development tool has made public (`rules/test-vectors.toml`).
    KnownTestVector,
    /// An address that was listed as that of a theft or a sanctioned party on the day of the scan.
    ListedAddress,
    /// The host of a URL that was listed as that of an attack or a copy of a wallet on the day of the scan.
    ListedDomain,
    /// It stands for a value to be filled in: `<your key>`, `0x000…`, `CHANGE_ME`, `${SECRET}`.
    Placeholder,
}

impl TextCheck {
    /// Whether the answer depends on the day of the scan.
    #[must_use]
    pub const fn is_of_day(self) -> bool {
        matches!(self, Self::ListedAddress | Self::ListedDomain)
    }
}
