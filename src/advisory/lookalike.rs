//! Names that imitate those of well-known packages.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

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
            Self::Homoglyph => "characters that look alike",
            Self::Separator => "separators moved",
            Self::Scope => "a scope imitated",
            Self::Typo => "a slip of the keyboard away",
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
/// Names at least this long have lookalikes two slips away.
const MIN_DOUBLE_TYPO_LENGTH: usize = 10;

/// What is known of the names of one ecosystem.
#[derive(Default)]
struct Names {
    known: HashSet<&'static str>,
    targets: Vec<Target>,
    /// Targets by their letters and digits alone.
    folded: HashMap<String, &'static str>,
}

/// A name that is imitated.
struct Target {
    name: &'static str,
    folded: String,
    letters: u64,
}

static NAMES: LazyLock<HashMap<&'static str, Names>> = LazyLock::new(|| {
    let mut ecosystems: HashMap<&str, Names> = HashMap::new();
    for row in rows("popular.tsv") {
        let [ecosystem, name, standing] = row[..] else { continue };
        let names = ecosystems.entry(ecosystem).or_default();
        names.known.insert(name);
        if standing == "popular" {
            let folded = fold(name);
            names.folded.entry(folded.clone()).or_insert(name);
            names.targets.push(Target { name, letters: bits(&folded), folded });
        }
    }
    ecosystems
});

/// One bit for each character that occurs: two names that are a slip apart differ in two bits at most.
fn bits(folded: &str) -> u64 {
    folded.bytes().fold(0, |bits, byte| bits | 1 << (byte % 64))
}

/// What a name imitates, if it is not well known itself. A package in a scope of its own (`@someone/ethers`) imitates nothing: whoever
/// asks for it names its owner. Path-like names (Go, Maven, Swift) are compared by nobody's eye: they are not judged.
#[must_use]
pub fn find(ecosystem: &str, name: &str) -> Option<Lookalike> {
    let is_judged = name.len() <= MAX_LENGTH && ["npm", "crates.io", "PyPI", "Pub"].contains(&ecosystem);
    let names = NAMES.get(ecosystem).filter(|_| is_judged)?;
    let name = version::normal_name(ecosystem, name);
    if names.known.contains(&*name) {
        return None;
    }
    if let Some((scope, base)) = name.strip_prefix('@').and_then(|name| name.split_once('/')) {
        return scoped(names, scope, base);
    }
    same_letters(names, &name).or_else(|| typo(names, &name)).or_else(|| affix(names, &name))
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
    let target = names.targets.iter().map(|target| target.name).find(is_near)?;
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
    let is_near = |target: &&Target| {
        !target.name.starts_with('@')
            && target.folded.len().abs_diff(folded.len()) <= 2
            && (target.letters ^ letters).count_ones() <= 4
    };
    let judged = names.targets.iter().filter(is_near).map(|target| (strsim::osa_distance(&target.folded, &folded), target));
    let slips =
        judged.filter(|(distance, target)| is_slip(*distance, &target.folded, &folded) && is_slip_of_words(target.name, name));
    let (_, target) = slips.map(|(distance, target)| (distance, target.name)).min()?;
    Some(Lookalike { target, trick: Trick::Typo })
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
        let known = TWINS.iter().find(|(from, _)| from == char).map(|(_, to)| *to);
        known.filter(|_| digits || !char.is_ascii_digit() || is_between(at)).unwrap_or(*char)
    };
    let folded: String = chars.iter().enumerate().map(twin).collect();
    folded.replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
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

    /// Every third name of a campaign of 900 look-alikes. Another third showed which targets were unknown; these were not looked at.
    #[test]
    fn most_names_of_a_real_campaign_are_seen() {
        let campaign = rows("pypi.tsv").filter(|row| row.last() == Some(&"@pypi-clipper-typosquats-2022-2023")).map(|row| row[0]);
        let names: Vec<&str> = campaign.skip(1).step_by(3).collect();
        let missed: Vec<&str> = names.iter().copied().filter(|name| find("PyPI", name).is_none()).collect();
        assert_eq!(names.len(), 300);
        assert!(missed.len() <= 60, "{} of 300 missed: {missed:?}", missed.len());
    }
}
