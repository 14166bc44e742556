//! What a text is found to be by computing: checksums, ranges of curves, published values.
//!
//! A form that could be a key is a key only if its arithmetic holds; so that neither a digest nor a pattern raises an alarm.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use bip39::{Language, Mnemonic};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::advisory::indicator;
use crate::rule::matcher::text::TextCheck;
use crate::rule::{Date, vocabulary};

/// Whether a text passes a check on a day.
pub(super) fn passes(check: TextCheck, text: &str, as_of: Date) -> bool {
    let function = match check {
        TextCheck::ListedAddress => return indicator::find("address", text, as_of).is_some(),
        TextCheck::ListedDomain => return indicator::find("domain", host(text), as_of).is_some(),
        TextCheck::Bip39Checksum => has_phrase,
        TextCheck::AlteredBip39List => is_altered_list,
        TextCheck::Base58Check => is_base58check,
        TextCheck::Wif => is_wif,
        TextCheck::ExtendedPrivateKey => is_extended_private_key,
        TextCheck::Secp256k1Scalar => is_secp256k1_scalar,
        TextCheck::Bech32 => is_bech32,
        TextCheck::Ed25519Keypair => is_ed25519_keypair,
        TextCheck::StellarSeed => is_stellar_seed,
        TextCheck::XrpSeed => is_xrp_seed,
        TextCheck::KnownTestVector => is_known_test_vector,
        TextCheck::Placeholder => is_placeholder,
    };
    function(text)
}

/// The host of a URL, or of a setting that holds a host in quotes.
fn host(text: &str) -> &str {
    let quoted =
        || text.split_once(['"', '\'']).map_or(text, |(_, rest)| rest.split_once(['"', '\'']).map_or(rest, |(host, _)| host));
    let rest = text.split_once("://").map_or_else(quoted, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or(rest)
}

/// Numbers of words of a BIP-39 phrase, the longest first.
const PHRASE_LENGTHS: [usize; 5] = [24, 21, 18, 15, 12];

fn words(text: &str) -> Vec<&str> {
    text.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty()).collect()
}

fn has_phrase(text: &str) -> bool {
    phrases(text).next().is_some()
}

/// Words of one text after which nobody looks for a phrase any more.
const MOST_WORDS: usize = 20_000;

/// The valid phrases in a run of words. Words in the order of their list are a part of that list and no phrase.
fn phrases(text: &str) -> impl Iterator<Item = String> {
    let words: Vec<String> = words(text).into_iter().take(MOST_WORDS).map(str::to_lowercase).collect();
    Language::ALL.iter().zip(&*LISTS).flat_map(move |(&language, list)| {
        let indices: Vec<_> = words.iter().map(|word| list.get(word.as_str()).copied()).collect();
        let words = words.clone();
        windows(words.len())
            .filter(move |window| {
                indices[window.clone()].iter().all(Option::is_some) && !indices[window.clone()].is_sorted_by(|a, b| a < b)
            })
            .map(move |window| words[window].join(" "))
            .filter(|phrase| !is_mask(phrase))
            .filter(move |phrase| Mnemonic::parse_in_normalized(language, phrase).is_ok())
    })
}

/// A list of truth values: both words are in the English list, and every sixteenth such list passes the checksum.
fn is_mask(phrase: &str) -> bool {
    phrase.split(' ').all(|word| matches!(word, "true" | "false"))
}

/// The places of words in their lists, by language.
static LISTS: LazyLock<Vec<FxHashMap<&str, u16>>> = LazyLock::new(|| {
    let list = |language: &Language| language.word_list().iter().copied().zip(0..).collect();
    Language::ALL.iter().map(list).collect()
});

/// Every place in so many words where a phrase may stand, the longest first.
fn windows(words: usize) -> impl Iterator<Item = Range<usize>> {
    PHRASE_LENGTHS.iter().flat_map(move |&length| (0..(words + 1).saturating_sub(length)).map(move |from| from..from + length))
}

/// How far the length of a list may be from 2048 to be taken for a BIP-39 list.
const LIST_LENGTHS: std::ops::RangeInclusive<usize> = 1_900..=2_100;

fn is_altered_list(text: &str) -> bool {
    let words = words(text);
    let official = Language::English.word_list();
    // A word of code before or after the list is no part of it.
    if !LIST_LENGTHS.contains(&words.len()) || words.windows(official.len()).any(|window| window == official) {
        return false;
    }
    let known = words.iter().filter(|word| Language::English.find_word(word).is_some()).count();
    known * 10 >= words.len() * 9
}

/// The bytes of a Base58 text with a valid checksum, without that.
fn base58check(text: &str) -> Option<Vec<u8>> {
    bs58::decode(text).with_check(None).into_vec().ok()
}

fn is_base58check(text: &str) -> bool {
    base58check(text).is_some()
}

fn is_wif(text: &str) -> bool {
    base58check(text).is_some_and(|bytes| {
        let has_form = bytes.len() == 33 || (bytes.len() == 34 && bytes[33] == 1);
        has_form && bytes[0] >= 0x80 && is_scalar(&bytes[1..33])
    })
}

fn is_extended_private_key(text: &str) -> bool {
    base58check(text).is_some_and(|bytes| bytes.len() == 78 && bytes[45] == 0 && is_scalar(&bytes[46..]))
}

/// The order of the group of secp256k1.
const SECP256K1_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf,
    0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

fn is_scalar(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| *byte != 0) && *bytes < SECP256K1_ORDER[..]
}

fn is_secp256k1_scalar(text: &str) -> bool {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.is_some_and(|bytes| bytes.len() == 32 && is_scalar(&bytes))
}

fn is_bech32(text: &str) -> bool {
    bech32::decode(text).is_ok()
}

fn is_ed25519_keypair(text: &str) -> bool {
    let bytes = if text.contains(',') {
        let numbers = text.split(|char: char| !char.is_ascii_digit()).filter(|digits| !digits.is_empty());
        numbers.map(|digits| digits.parse().ok()).collect::<Option<Vec<u8>>>()
    } else {
        bs58::decode(text).into_vec().ok()
    };
    let Some((seed, public)) = bytes.as_deref().filter(|bytes| bytes.len() == 64).map(|bytes| bytes.split_at(32)) else {
        return false;
    };
    let seed = ed25519_compact::Seed::from_slice(seed).expect("the seed has 32 bytes");
    ed25519_compact::KeyPair::try_from_seed(seed).is_ok_and(|pair| *pair.pk == *public)
}

fn is_stellar_seed(text: &str) -> bool {
    /// `S` as the first letter: a secret seed.
    const SEED: u8 = 18 << 3;
    base32(text)
        .is_some_and(|bytes| bytes.len() == 35 && bytes[0] == SEED && crc16_xmodem(&bytes[..33]).to_le_bytes() == bytes[33..])
}

/// The bytes of a Base32 text (RFC 4648) without padding.
fn base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

fn crc16_xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 })
    })
}

fn is_xrp_seed(text: &str) -> bool {
    /// The version byte of a family seed.
    const SEED: u8 = 33;
    let decoded = bs58::decode(text).with_alphabet(bs58::Alphabet::RIPPLE).with_check(Some(SEED)).into_vec();
    decoded.is_ok_and(|bytes| bytes.len() == 17)
}

/// The content of `rules/test-vectors.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestVectors {
    vector: Vec<TestVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestVector {
    /// Who published it, for readers of the file.
    #[serde(rename = "from")]
    _from: String,
    /// The phrases and keys.
    values: Vec<String>,
}

static TEST_VECTORS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let vectors: TestVectors = vocabulary("test-vectors.toml").expect("the embedded test vectors are read by a test");
    vectors.vector.into_iter().flat_map(|vector| vector.values).map(|value| normalised(&value)).collect()
});

/// A value as it is compared: words by single spaces, hexadecimal in lower case without `0x`.
fn normalised(text: &str) -> String {
    let digits = text.trim().trim_start_matches("0x").trim_start_matches("0X");
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        digits.to_ascii_lowercase()
    } else {
        words(text).join(" ").to_lowercase()
    }
}

fn is_known_test_vector(text: &str) -> bool {
    let is_known = |phrase: String| TEST_VECTORS.contains(&phrase) || is_one_word(&phrase);
    TEST_VECTORS.contains(&normalised(text)) || phrases(text).any(is_known)
}

/// Whether a phrase repeats one word, with or without another one at the end: nobody draws such a phrase, everybody thinks of it.
fn is_one_word(phrase: &str) -> bool {
    let words = words(phrase);
    words.split_last().is_some_and(|(_, first)| first.iter().all(|word| *word == first[0]))
}

/// Words of values that are to be filled in.
#[rustfmt::skip]
const PLACEHOLDER_WORDS: &[&str] = &[
    "your", "example", "changeme", "change_me", "change-me", "placeholder", "dummy", "redacted", "replace", "insert", "xxxx", "todo",
    "fake", "sample", "****", "....", "${", "{{", "<", "%(", "$(", "process.env", "secrets.",
];
/// A random value of some length has more different characters than this.
const FEW_CHARACTERS: usize = 5;
/// Characters in a row, each the next of the one before, from which a value was typed and not drawn.
const LONGEST_ROW: usize = 8;

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let digits = lower.strip_prefix("0x").unwrap_or(&lower);
    let different: BTreeSet<char> = digits.chars().collect();
    different.len() <= FEW_CHARACTERS
        || PLACEHOLDER_WORDS.iter().any(|word| lower.contains(word))
        || is_typed_row(digits)
        || repeats(digits)
}

/// Whether a run such as `01234567` or `abcdefgh` is in a text.
fn is_typed_row(text: &str) -> bool {
    let bytes = text.as_bytes();
    let follows = |pair: &[u8]| pair[1] == pair[0] + 1 || (pair[0] == b'9' && matches!(pair[1], b'a' | b'0'));
    let is_row = |row: &[u8]| row.windows(2).all(|pair| pair[0] < u8::MAX && follows(pair));
    bytes.windows(LONGEST_ROW).any(is_row)
}

/// Whether a text of some length is one part of at most a quarter of it, again and again.
fn repeats(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_period = |period: usize| bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b);
    bytes.len() >= 16 && (1..=bytes.len() / 4).any(is_period)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that were drawn for this test, each with a twin whose checksum or range is broken.
    #[test]
    fn values_pass_and_their_broken_twins_do_not() {
        use TextCheck::{
            Base58Check, Bech32, Bip39Checksum, Ed25519Keypair, ExtendedPrivateKey, Secp256k1Scalar, StellarSeed, Wif, XrpSeed,
        };
        let cases = [
            (Wif, "KxWVk58fUH88osAtnGh6sEvq3yqacanBpLMCguBmxYxM5pQhQhPS", "KxWVk58fUH88osAtnGh6sEvq3yqacanBpLMCguBmxYxM5pQhQhPT"),
            (Wif, "5JvK4926D25XPPGiRzMjpqNrp6wRuHn7dC3JEmUxafTYJi4yRTa", "snkfpnEUmn4Y4CPxgsKUYFYi4ydzr"),
            (
                ExtendedPrivateKey,
                "xprv9s21ZrQH143K44URnZ9MM3tyvyGMbP4dQ5hsGs898ZEeQSMRfSNjJk1vCsnVomPWvjJTLcDktBCLKficbS78SRomJZgzcWe3dcW7n75MMKd",
                "xpub661MyMwAqRbcGYYttagMiBqiV16qzqnUmJdU5FXkgtmdHEgaCygyrYLQ48pGFQSB3K6uWhW6N6BnqkTxKKq7Vh5gPr9ax8ptYnQ8XMoTc3N",
            ),
            (Base58Check, "5JvK4926D25XPPGiRzMjpqNrp6wRuHn7dC3JEmUxafTYJi4yRTa", "5JvK4926D25XPPGiRzMjpqNrp6wRuHn7dC3JEmUxafTYJi4yRTb"),
            (
                Secp256k1Scalar,
                "0xd850dbfb49c01acb75919c5c34e0af3a502b3cd2ff7b8637ad5773d59baef888",
                "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
            ),
            (Secp256k1Scalar, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "d850dbfb"),
            (
                Bech32,
                "nsec1r07hvx02k480902a7h5at3dggvl0vug0a72txs6gwjwy23etf89snv2k4n",
                "nsec1r07hvx02k480902a7h5at3dggvl0vug0a72txs6gwjwy23etf89snv2k4p",
            ),
            (
                Ed25519Keypair,
                "guZ82wbMJXhNE2JijKpMkGLXfRzrnFx31TSaWBzdm2FgLirnnD5QbeNmZMaWEjJ12PHKJ1ukqDd99Td12sBaGjB",
                "guZ82wbMJXhNE2JijKpMkGLXfRzrnFx31TSaWBzdm2FgLirnnD5QbeNmZMaWEjJ12PHKJ1ukqDd99Td12sBaGjC",
            ),
            (
                Ed25519Keypair,
                "[34,105,219,136,169,71,8,201,102,208,210,125,251,17,85,3,226,188,154,92,35,61,115,233,115,159,105,172,108,244,170,90,\
                 165,91,105,89,243,113,109,142,148,62,115,31,17,197,120,174,68,39,169,140,55,255,149,137,13,155,216,204,102,87,23,242]",
                "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,\
                 165,91,105,89,243,113,109,142,148,62,115,31,17,197,120,174,68,39,169,140,55,255,149,137,13,155,216,204,102,87,23,242]",
            ),
            (
                StellarSeed,
                "SAZDEJ6344KYDFJOGLQ4622KDUBUVZJFODWDIBRITKORQFSZB52SXHEF",
                "SAZDEJ6344KYDFJOGLQ4622KDUBUVZJFODWDIBRITKORQFSZB52SXHEA",
            ),
            (XrpSeed, "snkfpnEUmn4Y4CPxgsKUYFYi4ydzr", "snkfpnEUmn4Y4CPxgsKUYFYi4ydzs"),
            (
                Bip39Checksum,
                "begin brain sadness sponsor demise chaos also matter evolve basket salt grab",
                "begin brain sadness sponsor demise chaos also matter evolve basket grab salt",
            ),
            (
                Bip39Checksum,
                "note: \"deputy\", \"found\",\n \"rapid\", \"report\", \"raven\", \"permit\", \"spot\", \"meat\", \"dynamic\", \"donor\", \"image\",
                 \"raise\", \"city\", \"casual\", \"upgrade\"",
                "deputy found rapid report raven permit spot meat dynamic donor image",
            ),
        ];
        for (check, good, broken) in cases {
            assert!(passes(check, good, Date::default()), "{check:?} {good}");
            assert!(!passes(check, broken, Date::default()), "{check:?} {broken}");
        }
    }

    #[test]
    fn a_word_list_holds_no_phrase_and_is_altered_only_if_it_differs() {
        let mut list = Language::English.word_list().to_vec();
        assert!(!has_phrase(&list.join(" ")));
        assert!(!has_phrase(&"true, false, false, ".repeat(40)));
        assert!(!is_altered_list(&format!("return \"{}\"", list.join(" "))));
        list.swap(7, 1_000);
        assert!(is_altered_list(&list.join("\n")));
        assert!(!is_altered_list(&list[..1_024].join("\n")));
    }

    #[test]
    fn published_phrases_and_keys_are_known_however_they_are_written() {
        for phrase in TEST_VECTORS.iter().filter(|value| value.contains(' ') && !value.starts_with("candy")) {
            assert!(has_phrase(phrase), "{phrase}");
        }
        assert!(is_known_test_vector("test test test test test test test test test test test junk"));
        assert!(is_known_test_vector("0xAC0974BEC39A17E36BA4A6B4D238FF944BACB478CBED5EFCAE784D7BF4F2FF80"));
        assert!(!is_known_test_vector("d850dbfb49c01acb75919c5c34e0af3a502b3cd2ff7b8637ad5773d59baef888"));
    }

    #[test]
    fn placeholders_are_told_from_values() {
        let placeholders = [
            "0x0000000000000000000000000000000000000000000000000000000000000000",
            "1111111111111111111111111111111111111111111111111111111111111111",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a",
            "<your key>",
            "AKIAIOSFODNN7EXAMPLE",
            "${PRIVATE_KEY}",
        ];
        for text in placeholders {
            assert!(is_placeholder(text), "{text}");
        }
        assert!(!is_placeholder("d850dbfb49c01acb75919c5c34e0af3a502b3cd2ff7b8637ad5773d59baef888"));
        assert!(!is_placeholder("begin brain sadness sponsor demise chaos also matter evolve basket salt grab"));
    }
}
