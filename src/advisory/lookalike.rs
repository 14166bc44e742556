//! Names that imitate those of well-known packages.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::{rows, version};

/// A name and what it imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookalike {
    /// The well-known package.
    pub target: &'static str,
    /// How the name was made.
    pub trick: Trick,
}

/// How a name can be made to look like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trick {
    /// Characters that look alike: `0` and `o`, `rn` and `m`, letters of other alphabets.
    Homoglyph,
    /// Hyphens, dots and underscores put elsewhere.
    Separator,
    /// A scope dropped into the name, or a scope that looks like the right one.
    Scope,
    /// A character left out, doubled, swapped, or replaced.
    Typo,
    /// A word added that promises the same thing: `-js`, `-official`, `py-`.
    Affix,
}

impl Trick {
    /// What it is called in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Homoglyph => "look-alike characters",
            Self::Separator => "separators moved",
            Self::Scope => "a scope imitated",
            Self::Typo => "one typing error away",
            Self::Affix => "the name with a word added",
        }
    }
}

/// Words that are put before or behind a well-known name. What people really build on it (`-cli`, `-plugin`, `-utils`) is not here.
const AFFIXES: &[&str] = &[
    "js",
    "javascript",
    "node",
    "nodejs",
    "py",
    "python",
    "python3",
    "py3",
    "official",
    "original",
    "real",
    "true",
    "new",
    "latest",
    "stable",
    "lts",
    "pro",
    "premium",
    "dev",
    "devs",
    "fix",
    "fixed",
    "dbfix",
    "patch",
    "patched",
    "updated",
    "old",
    "v1",
    "v2",
    "v3",
    "v4",
    "v5",
    "2",
    "3",
    "xyz",
    "lib",
    "libs",
    "library",
    "pkg",
    "package",
    "module",
    "sdk",
    "sdk2",
    "api",
    "apis",
    "secure",
    "safe",
];

/// No registry takes longer names.
const MAX_LENGTH: usize = 214;
/// Names at least this long have lookalikes one slip away; shorter ones have neighbours by chance.
const MIN_TYPO_LENGTH: usize = 5;
/// Names of several words in a scope are known without it if they are at least this long.
const MIN_BASE_LENGTH: usize = 9;
/// Names at least this long have lookalikes that put a word or a number behind them without a separator.
const MIN_GLUED_LENGTH: usize = 6;
/// Names at least this long have lookalikes two slips away.
const MIN_DOUBLE_TYPO_LENGTH: usize = 10;

/// What is known of the names of one ecosystem.
#[derive(Default)]
struct Names {
    known: HashSet<&'static str>,
    targets: Vec<Target>,
    /// Targets with a scope.
    scoped: Vec<&'static str>,
    /// Targets, with their scopes, by their letters and digits alone.
    folded: HashMap<String, &'static str>,
}

/// A name that is imitated.
struct Target {
    name: &'static str,
    /// The part of it that is imitated: without a scope.
    base: &'static str,
    folded: String,
    letters: u64,
}

impl Target {
    fn new(name: &'static str, base: &'static str) -> Self {
        let folded = fold(base);
        Self { name, base, letters: bits(&folded), folded }
    }
}

/// The names of the ecosystems that are judged, each read when it is first asked for.
static NAMES: [(&str, OnceLock<Names>); 4] =
    [("npm", OnceLock::new()), ("crates.io", OnceLock::new()), ("PyPI", OnceLock::new()), ("Pub", OnceLock::new())];

fn names(ecosystem: &str) -> Option<&'static Names> {
    let (known, names) = NAMES.iter().find(|(known, _)| *known == ecosystem)?;
    Some(names.get_or_init(|| Names::of(known)))
}

impl Names {
    fn of(wanted: &str) -> Self {
        let mut names = Self::default();
        for row in rows("popular.tsv") {
            let [ecosystem, name, standing] = row[..] else { continue };
            if ecosystem != wanted {
                continue;
            }
            names.known.insert(name);
            if standing == "popular" {
                names.folded.entry(fold(name)).or_insert(name);
                names.scoped.extend(name.starts_with('@').then_some(name));
                names.targets.extend(telling_base(name).map(|base| Target::new(name, base)));
            }
        }
        names
    }
}

/// The part of a name that alone says what is meant: all of one without a scope, and of `@scope/some-thing` what stands behind the scope
/// if that is long and of several words (`core` and `utils` are everybody's).
fn telling_base(name: &'static str) -> Option<&'static str> {
    let Some((_, base)) = name.split_once('/').filter(|_| name.starts_with('@')) else { return Some(name) };
    let words = base.split(['-', '_', '.']).filter(|word| word.len() > 1).count();
    (words >= 2 && base.len() >= MIN_BASE_LENGTH).then_some(base)
}

/// One bit for each character that occurs: two names that are a slip apart differ in two bits at most.
fn bits(folded: &str) -> u64 {
    folded.bytes().fold(0, |bits, byte| bits | 1 << (byte % 64))
}

/// What a name imitates, if it is not well known itself. A package in a scope of its own (`@someone/ethers`) imitates nothing: whoever
/// asks for it names its owner. Path-like names (Go, Maven, Swift) are compared by nobody's eye: they are not judged.
#[must_use]
pub fn find(ecosystem: &str, name: &str) -> Option<Lookalike> {
    let names = names(ecosystem).filter(|_| name.len() <= MAX_LENGTH)?;
    let name = version::normal_name(ecosystem, name);
    if names.known.contains(&*name) {
        return None;
    }
    if let Some((scope, base)) = name.strip_prefix('@').and_then(|name| name.split_once('/')) {
        return scoped(names, scope, base);
    }
    let found = same_letters(names, &name).or_else(|| typo(names, &name));
    found.or_else(|| affix(names, &name)).or_else(|| glued(names, &name))
}

/// Whether a name is a well-known one.
#[must_use]
pub fn is_known(ecosystem: &str, name: &str) -> bool {
    names(ecosystem).is_some_and(|names| names.known.contains(&*version::normal_name(ecosystem, name)))
}

/// A scope that is a slip away from a well-known one, with that one's package.
fn scoped(names: &Names, scope: &str, base: &str) -> Option<Lookalike> {
    let is_near = |target: &&str| {
        let parts = target.strip_prefix('@').and_then(|target| target.split_once('/'));
        parts.is_some_and(|(known, package)| {
            package == base
                && known != scope
                && known.len() >= MIN_TYPO_LENGTH
                && (skeleton(known, true) == skeleton(scope, true) || strsim::osa_distance(known, scope) == 1)
        })
    };
    let target = names.scoped.iter().copied().find(is_near)?;
    Some(Lookalike { target, trick: Trick::Scope })
}

/// The same letters, put together in another way or drawn with others.
fn same_letters(names: &Names, name: &str) -> Option<Lookalike> {
    let folded = fold(name);
    let drawn = letters(&skeleton(name, true));
    let in_digits = || names.folded.get(&drawn).filter(|target| !target.contains(|char: char| char.is_ascii_digit()));
    let target = names.folded.get(&folded).or_else(in_digits).filter(|_| folded.len() >= 4)?;
    let plain = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
    let trick = match (plain(target) == plain(name), target.starts_with('@')) {
        (false, _) => Trick::Homoglyph,
        (true, true) => Trick::Scope,
        (true, false) => Trick::Separator,
    };
    Some(Lookalike { target, trick })
}

fn typo(names: &Names, name: &str) -> Option<Lookalike> {
    let folded = fold(name);
    let letters = bits(&folded);
    // What no slip can be is not compared: each adds or takes one character and changes the set of letters by two.
    let is_near = |target: &&Target| {
        let (shorter, further) = (target.folded.len().min(folded.len()), target.folded.len().abs_diff(folded.len()));
        let most = if shorter + 1 >= MIN_DOUBLE_TYPO_LENGTH { 2 } else { 1 };
        let is_long_enough = shorter + 1 > MIN_TYPO_LENGTH || target.folded == folded;
        is_long_enough && further <= most && (target.letters ^ letters).count_ones() as usize <= 2 * most
    };
    let judged = names.targets.iter().filter(is_near).map(|target| (strsim::osa_distance(&target.folded, &folded), target));
    let slips = judged.filter(|(distance, target)| {
        let is_in_scope = target.base.len() < target.name.len();
        match distance {
            0 => is_in_scope,
            1 if folded.len() > MIN_DOUBLE_TYPO_LENGTH && !is_another_number(&target.folded, &folded) => true,
            _ => is_slip(*distance, &target.folded, &folded) && is_slip_of_words(target.base, name),
        }
    });
    let (_, target, is_whole) =
        slips.map(|(distance, target)| (distance, target.name, target.base.len() == target.name.len())).min()?;
    Some(Lookalike { target, trick: if is_whole { Trick::Typo } else { Trick::Scope } })
}

/// Whether a distance is that of a slip: one in names of some length, two in long ones. Another digit is another thing
/// (`sha256`, `sha512`), another first letter mostly another word.
fn is_slip(distance: usize, target: &str, name: &str) -> bool {
    let shorter = target.len().min(name.len());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_plural = name.strip_suffix('s') == Some(target) || target.strip_suffix('s') == Some(name);
    let same_start = target.chars().next() == name.chars().next() || shorter >= 7;
    match distance {
        1 => shorter + 1 > MIN_TYPO_LENGTH && digits(target) == digits(name) && same_start && !(is_plural && shorter < 5),
        2 => {
            shorter >= MIN_DOUBLE_TYPO_LENGTH - 1 && digits(target) == digits(name) && target.chars().next() == name.chars().next()
        }
        _ => false,
    }
}

/// Whether two names differ in their numbers: then each is a thing of its own.
fn is_another_number(target: &str, name: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(target) != digits(name)
}

/// Whether two names have the same words but for slips: one in a word of some length, two in a long one. `fs-extra-p` is another
/// thing than `fs-extra`, `is-blob` another than `is-glob`.
fn is_slip_of_words(target: &str, name: &str) -> bool {
    let words = |text: &str| {
        text.to_lowercase().split(['-', '_', '.']).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let (target, name) = (words(target), words(name));
    let is_near = |(a, b): (&String, &String)| match strsim::osa_distance(a, b) {
        0 => true,
        1 => a.len().max(b.len()) >= MIN_TYPO_LENGTH,
        2 => a.len().max(b.len()) >= MIN_DOUBLE_TYPO_LENGTH,
        _ => false,
    };
    target.len() == name.len() && target.iter().zip(&name).all(is_near)
}

/// A well-known name with a word of [`AFFIXES`] before or behind it.
fn affix(names: &Names, name: &str) -> Option<Lookalike> {
    let words: Vec<&str> = name.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    let (first, last) = (words.first()?, words.last()?);
    let rest =
        |words: &[&str]| names.folded.get(&fold(&words.join("-"))).copied().filter(|target| fold(target).len() >= MIN_TYPO_LENGTH);
    let behind = (words.len() > 1 && AFFIXES.contains(last)).then(|| rest(&words[..words.len() - 1])).flatten();
    let before = (words.len() > 1 && AFFIXES.contains(first)).then(|| rest(&words[1..])).flatten();
    behind.or(before).map(|target| Lookalike { target, trick: Trick::Affix })
}

/// A well-known name with `js`, `sdk`, a number or a version directly behind it: `ethersjs`, `starknet4`.
fn glued(names: &Names, name: &str) -> Option<Lookalike> {
    let plain = letters(&name.to_lowercase());
    let number = plain.trim_end_matches(|char: char| char.is_ascii_digit());
    let number = if number.len() < plain.len() { number.strip_suffix('v').unwrap_or(number) } else { "" };
    let stems = [number, plain.strip_suffix("js").unwrap_or(""), plain.strip_suffix("sdk").unwrap_or("")];
    let is_whole = |stem: &&str| stem.len() >= MIN_GLUED_LENGTH && !stem.ends_with(|char: char| char.is_ascii_digit());
    let target = stems.iter().filter(|stem| is_whole(stem)).find_map(|stem| names.folded.get(&fold(stem)))?;
    Some(Lookalike { target, trick: Trick::Affix })
}

/// Letters and digits alone, those that look alike as one.
fn fold(name: &str) -> String {
    letters(&skeleton(name, false))
}

fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).collect()
}

/// Characters that look alike, as one of them; with `digits`, digits as the letters that they look like. Otherwise only a digit
/// between letters is a disguise: `bip50` and `sha1` are numbers.
fn skeleton(name: &str, digits: bool) -> String {
    const TWINS: &[(char, char)] = &[
        ('0', 'o'),
        ('1', 'l'),
        ('5', 's'),
        ('і', 'i'),
        ('ı', 'i'),
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('х', 'x'),
        ('у', 'y'),
        ('ѕ', 's'),
        ('ο', 'o'),
        ('ⅼ', 'l'),
        ('ϲ', 'c'),
        ('ν', 'v'),
        ('к', 'k'),
        ('т', 't'),
        ('м', 'm'),
        ('в', 'b'),
        ('н', 'h'),
        ('é', 'e'),
        ('è', 'e'),
    ];
    let chars: Vec<char> = name.to_lowercase().chars().collect();
    let is_letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|char| char.is_alphabetic());
    let is_between = |at: usize| is_letter(at.checked_sub(1)) && is_letter(at.checked_add(1)) || at == 0 && is_letter(Some(1));
    let twin = |(at, char): (usize, &char)| {
        if char.is_ascii() && !char.is_ascii_digit() {
            return *char;
        }
        let known = TWINS.iter().find(|(from, _)| from == char).map(|(_, to)| *to);
        known.filter(|_| digits || !char.is_ascii_digit() || is_between(at)).unwrap_or(*char)
    };
    let folded: String = chars.iter().enumerate().map(twin).collect();
    folded.replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn tricks_are_seen_and_neighbours_spared() {
        let cases = [
            ("npm", "etherss", Some(("ethers", Trick::Typo))),
            ("npm", "solana-web3.js", Some(("@solana/web3.js", Trick::Scope))),
            ("npm", "@so1ana/web3.js", Some(("@solana/web3.js", Trick::Scope))),
            ("npm", "bitcoin-js-lib", Some(("bitcoinjs-lib", Trick::Separator))),
            ("npm", "e11iptic", Some(("elliptic", Trick::Homoglyph))),
            ("npm", "tweetnac1", Some(("tweetnacl", Trick::Homoglyph))),
            ("npm", "ethers-official", Some(("ethers", Trick::Affix))),
            ("npm", "@someone/ethers", None),
            ("npm", "ethers", None),
            ("npm", "react-dom", None),
            ("PyPI", "reqeusts", Some(("requests", Trick::Typo))),
            ("Go", "github.com/etherium/go-ethereum", None),
        ];
        for (ecosystem, name, expected) in cases {
            let found = find(ecosystem, name).map(|found| (found.target, found.trick));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn no_well_known_name_is_a_lookalike() {
        let rows: Vec<_> = rows("popular.tsv").collect();
        assert!(rows.len() > 5_000);
        for row in rows {
            assert_eq!(find(row[0], row[1]), None, "{row:?}");
        }
    }

    /// Malicious packages, every release of which is bad, and whose name is like that of a well-known one by a measure that the search
    /// does not use (Jaro's, 0.92): 300 of them in the order of the digests of their names. Every third name of the largest campaign
    /// was looked at when the search was made, and is left out.
    #[test]
    #[expect(clippy::print_stdout, reason = "the figures are what it is run for")]
    fn most_names_that_are_like_others_are_seen() {
        let mut names: Vec<(&str, &str)> = Vec::new();
        for (ecosystem, table) in [("npm", "npm.tsv"), ("PyPI", "pypi.tsv"), ("crates.io", "crates.tsv")] {
            let bad: Vec<_> = rows(table).filter(|row| row.get(1..3) == Some(&["malicious", "*"])).collect();
            let campaign = bad.iter().filter(|row| row.last() == Some(&"@pypi-clipper-typosquats-2022-2023"));
            let seen: HashSet<&str> = campaign.step_by(3).map(|row| row[0]).collect();
            names.extend(bad.iter().map(|row| (ecosystem, row[0])).filter(|(_, name)| !seen.contains(name)));
        }
        names.retain(|(ecosystem, name)| !name.starts_with('@') && is_like_another(ecosystem, name));
        names.sort_by_cached_key(|(ecosystem, name)| Sha256::digest(format!("{ecosystem} {name}")));
        names.truncate(300);
        let missed: Vec<_> = names.iter().filter(|(ecosystem, name)| find(ecosystem, name).is_none()).collect();
        let count = |wanted| names.iter().filter(|(ecosystem, _)| *ecosystem == wanted).count();
        println!(
            "{} PyPI, {} npm, {} crates.io; missed {}: {missed:?}",
            count("PyPI"),
            count("npm"),
            count("crates.io"),
            missed.len()
        );
        assert_eq!(names.len(), 300);
        assert!(missed.len() <= 60, "{} of 300 missed: {missed:?}", missed.len());
    }

    fn is_like_another(ecosystem: &str, name: &str) -> bool {
        let folded = fold(name);
        let names = names(ecosystem).expect("a judged ecosystem");
        let is_near = |target: &&Target| target.folded.len() >= 4 && target.folded.len().abs_diff(folded.len()) <= 4;
        !names.known.contains(name)
            && names.targets.iter().filter(is_near).any(|target| strsim::jaro(&target.folded, &folded) >= 0.92)
    }
}
