//! Which parts of a text must not be repeated: whatever could be a key, however it was found.
//!
//! Findings tell where a secret stands, never what it is. Rules name the secret that they found; what stands beside it is judged
//! here by its form alone, so that a report can be shown to anybody.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::neutral::neutralised;
use crate::rule::TextPattern;
use crate::source::{Notice, Span};

/// What stands in the place of a secret.
pub(super) const MARK: &str = "[redacted]";

/// Forms of key material; a group named `secret` is hidden, the whole match otherwise.
static FORMS: LazyLock<Vec<TextPattern>> = LazyLock::new(|| {
    [
        // 32 bytes or more in hexadecimal: private keys, seeds, extended keys.
        r"(?:0[xX])?[0-9a-fA-F]{64,}",
        // Twelve words or more of a recovery phrase, in one string or in a list of them, also with blanks beyond ASCII.
        r#"\b(?:[a-z]{3,8}['"`]?[\s\x{200B},+]{1,8}['"`]?){11,}[a-z]{3,8}\b"#,
        // The body of an armoured private key, also with escaped line ends; a hyphen alone may belong to it.
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?<secret>(?:[^-]|-[^-])+)",
        // 32 bytes or more as a list of numbers.
        r"(?:(?:0[xX][0-9a-fA-F]{1,2}|\d{1,3})(?:u8)?\s*,\s*){31,}(?:0[xX][0-9a-fA-F]{1,2}|\d{1,3})",
        // A password in an address; a key of a provider of nodes in its path; a key or token in its query.
        r"://[^/\s:@]*:(?<secret>[^@/\s]+)@",
        r#"://[^\s"'`<>]*?[/=](?<secret>[0-9a-fA-F]{32})(?:[^0-9a-zA-Z]|$)"#,
        r"(?i)[?&](?:\w*key|\w*token|\w*secret|auth\w*|passw(?:or)?d|sig(?:nature)?)=(?<secret>[\w.~+/%-]*\d[\w.~+/%-]*)",
        // A literal given to a name that says what it is.
        r#"(?i)(?:secret|passw(?:or)?d|passphrase|token|api_?-?key|private_?-?key|mnemonic|seed)\w*["']?\s*(?::=|=>|[:=])\s*["'`](?<secret>[^"'`\s]*\d[^"'`\s]*)["'`]"#,
    ]
    .into_iter()
    .map(TextPattern::fixed)
    .collect()
});

/// A run of characters of which tokens and encoded keys are made: WIF, extended private keys, base64.
static TOKEN: LazyLock<TextPattern> = LazyLock::new(|| TextPattern::fixed(r"[A-Za-z0-9_+/=-]{36,}"));

/// Entropy in bits per character from which a mixed run counts as random. Long camel-case names stay below 4.
const RANDOM_ENTROPY: f64 = 4.2;
/// Digits that a random run of 36 characters has nearly always and a name hardly ever.
const RANDOM_DIGITS: usize = 3;
/// Characters of the shortest run that is key material by itself.
const SHORTEST_KEY: usize = 32;
/// The shortest literal behind a telling name that is hidden.
const SHORTEST_SECRET: usize = 8;

/// The parts of `text` that look like key material, in order, not overlapping.
pub(super) fn key_material(text: &str) -> Vec<Range<usize>> {
    let by_form =
        FORMS.iter().filter(|form| form.may_match(text)).flat_map(|form| form.regex().captures_iter(text)).filter_map(|captures| {
            let named = captures.name("secret");
            let is_named = named.is_some();
            let range = named.unwrap_or_else(|| captures.whole());
            // What a name tells of may be a flag or a setting; what an address or an armour holds is what it is, however short.
            let is_certain = !is_named || ["://", "-----"].iter().any(|form| text[captures.whole()].starts_with(form));
            (is_certain || range.len() >= SHORTEST_SECRET).then_some(range)
        });
    let runs = TOKEN.may_match(text).then(|| TOKEN.regex().find_iter(text)).into_iter().flatten();
    let random = runs.filter(|run| looks_random(&text[run.clone()]));
    merged(by_form.chain(random).collect())
}

/// Text for people, taken from a scanned tree: neither key material nor anything that steers a terminal.
#[must_use]
pub fn fit_to_show(text: &str) -> String {
    neutralised(&redacted(text))
}

/// A path of the tree as reports show it: a file or folder may be called after the key that it holds. Each name is judged by itself,
/// since many names in a row look as random as a key.
pub(super) fn shown_path(path: &Arc<str>) -> Arc<str> {
    let shown = |name: &str| if name.len() < SHORTEST_KEY { name.to_owned() } else { redacted(name) };
    if path.split('/').all(|name| name.len() < SHORTEST_KEY) {
        return Arc::clone(path);
    }
    path.split('/').map(shown).collect::<Vec<_>>().join("/").into()
}

/// Makes notices fit to show, the names of their files as well.
pub fn fit_notices(notices: &mut [Notice]) {
    for notice in notices {
        notice.message = fit_to_show(&notice.message);
        notice.path = notice.path.as_ref().map(shown_path);
    }
}

/// `text` without key material.
fn redacted(text: &str) -> String {
    replaced(text, &key_material(text))
}

/// `text` with every range replaced by [`MARK`]; the ranges are in order and do not overlap.
fn replaced(text: &str, ranges: &[Range<usize>]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        result.push_str(&text[from..range.start]);
        result.push_str(MARK);
        from = range.end;
    }
    result.push_str(&text[from..]);
    result
}

/// Spans as ranges.
pub(super) fn ranges(spans: &[Span]) -> Vec<Range<usize>> {
    spans.iter().map(|span| span.start as usize..span.end as usize).collect()
}

/// Ranges in order, those that touch made one.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut result: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match result.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => result.push(range),
        }
    }
    result
}

fn looks_random(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let is_mixed = run.bytes().any(|byte| byte.is_ascii_lowercase()) && run.bytes().any(|byte| byte.is_ascii_uppercase());
    is_mixed && digits >= RANDOM_DIGITS && entropy(run) >= RANDOM_ENTROPY
}

/// Shannon entropy in bits per character.
pub fn entropy(text: &str) -> f64 {
    let mut ascii = [0_u32; 128];
    let mut others: BTreeMap<char, u32> = BTreeMap::new();
    for char in text.chars() {
        match ascii.get_mut(char as usize) {
            Some(count) => *count += 1,
            None => *others.entry(char).or_default() += 1,
        }
    }
    let counts = || ascii.iter().chain(others.values()).filter(|&&count| count > 0);
    let total = f64::from(counts().sum::<u32>());
    counts().map(|&count| f64::from(count) / total).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_is_no_key_but_a_name_in_it_may_be() {
        let path: Arc<str> = "packages/web3-provider/src/eip1559/transactions/BuildTransaction2.js".into();
        assert_eq!(shown_path(&path), path);
        let key: Arc<str> = "backup/L1aW4aubDFB7yfras2S1mN3bqg9nwySY8nkoLmJebSLD5BWv3ENZ.txt".into();
        assert_eq!(&*shown_path(&key), "backup/[redacted].txt");
    }

    #[test]
    fn key_material_is_hidden_and_the_rest_is_not() {
        let hex = "4f".repeat(32);
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let listed = phrase.split(' ').map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
        let bytes = (0..64).map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
        let hidden = [
            format!("key = 0x{hex};"),
            "wif 5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ end".into(),
            format!("m = \"{phrase}\""),
            format!("words = [{listed}]"),
            format!("key = [{bytes}]"),
            "-----BEGIN EC PRIVATE KEY-----\\nMHcCAQEEIIs\\n-----END EC PRIVATE KEY-----".into(),
            "postgres://wallet:hunter2@db.example/x".into(),
            "const apiToken = 'a1b2c3d4e5'".into(),
            "t = \"Zx81kQpW0vLm3Tn5RbYc7Hd9Jf2Ga4Se6UiXo\"".into(),
            "rpc = 'https://node.example/v3/8f2a55949038a9610f50fb23b5883af3'".into(),
            "get(`https://node.example/v3/8f2a55949038a9610f50fb23b5883af3/${path}`)".into(),
            "wss://node.example/?apikey=a1b2c3d4e5&x=1".into(),
            "https://node.example/?network=main&access_token=s3cr3t-value".into(),
        ];
        for text in &hidden {
            assert!(redacted(text).contains(MARK), "{text}");
        }
        let shown = [
            "const mnemonic = bip39.generateMnemonic(strength, rng)",
            "// The seed is kept in the store of the app, and it is read again by the signer when it has to sign.",
            "let commit = \"69b2da9826dfdeb8116be1e5a3747b3e9418592d\";",
            "convertMnemonicToSeedWithPassphraseAndDerivationPath(mnemonic, path)",
            "const seedLength = 12, password = form.password",
            "https://code.example/o/r/tree/69b2da9826dfdeb8116be1e5a3747b3e9418592d/src",
            "https://node.example/?apiKey=${apiKey}&token=none&page=12345678",
        ];
        for text in shown {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn a_text_that_is_shown_again_stays_as_it_is() {
        let armour = "-----BEGIN PRIVATE KEY-----";
        for body in ["\nMQE-It2mK9xW4rB1vNiR7vXwoAoGCCqGSM49", "\nab c--It2mK9xW4rB1vNiR7vXwoAoGCCqGSM49xx", "\nMQE"] {
            let shown = fit_to_show(&format!("{armour}{body}"));
            assert_eq!(shown, format!("{armour}{MARK}"));
            assert_eq!(fit_to_show(&shown), shown);
        }
    }

    #[test]
    fn a_name_that_is_a_key_is_hidden_and_others_are_shown() {
        let shown = |path: &str| shown_path(&path.into()).to_string();
        let key = "8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63";
        assert_eq!(shown(&format!("keys/{key}.json")), "keys/[redacted].json");
        assert_eq!(shown(&format!("{key}/a/{key}")), "[redacted]/a/[redacted]");
        for path in ["src/wallet/keyring/controllers/transactions/index.ts", "dist/main.8f2a5594.chunk.js", &key[..63]] {
            assert_eq!(shown(path), path);
        }
        let mut notices = [Notice::about(&format!("{key}.js").as_str().into(), crate::source::NoticeKind::Encoding, key)];
        fit_notices(&mut notices);
        assert_eq!((notices[0].path.as_deref(), notices[0].message.as_str()), (Some("[redacted].js"), "[redacted]"));
    }
}
