//! What a flaw does to those who use the package: severity follows from it, and not from a number alone.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::rows;

/// What an attacker gains by a flaw, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Impact {
    /// Code of the attacker runs.
    Code,
    /// Keys, nonces or passwords become known or guessable.
    Key,
    /// Something forged passes as signed or certified.
    Signature,
    /// Memory is read or written out of its bounds.
    Memory,
    /// Data of the attacker are read as markup, a query or a header.
    Injection,
    /// Data leave.
    Disclosure,
    /// A check of who may do what is passed by.
    Access,
    /// A wrong result.
    Wrong,
    /// The prototype of all objects can be changed: harm only where other code lets it do some.
    Pollution,
    /// It stalls, crashes or uses up a resource; nothing else.
    Availability,
    /// Nobody says.
    Other,
}

impl Impact {
    /// Every impact with its name in tables.
    pub const ALL: [(Self, &str); 11] = [
        (Self::Code, "code"),
        (Self::Key, "key"),
        (Self::Signature, "signature"),
        (Self::Memory, "memory"),
        (Self::Injection, "injection"),
        (Self::Disclosure, "disclosure"),
        (Self::Access, "access"),
        (Self::Wrong, "wrong"),
        (Self::Pollution, "pollution"),
        (Self::Availability, "availability"),
        (Self::Other, "other"),
    ];

    /// Its name in tables and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(impact, _)| *impact == self).map_or("", |(_, name)| name)
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(impact, _)| *impact)
    }

    /// Whether it touches keys, signatures, memory or code: what a wallet stands on.
    #[must_use]
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::Code | Self::Key | Self::Signature | Self::Memory)
    }

    /// Of what an advisory says in its own terms: a CVSS vector that takes neither secrecy nor integrity first, then the gravest of its
    /// weaknesses (`CWE-79`) or categories. None if it says nothing that is known.
    #[must_use]
    pub fn of_facts<'t>(vectors: impl IntoIterator<Item = &'t str>, terms: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        let mut vectors = vectors.into_iter().peekable();
        if vectors.peek().is_some() && vectors.all(takes_availability_alone) {
            return Some(Self::Availability);
        }
        terms.into_iter().filter_map(|term| TERMS.terms.get(term.trim_start_matches("CWE-")).copied()).min()
    }

    /// Of a sentence.
    #[must_use]
    pub fn of_sentence(sentence: &str) -> Self {
        let sentence = sentence.to_lowercase();
        TERMS.words.iter().find(|(word, _)| sentence.contains(word)).map_or(Self::Other, |(_, impact)| *impact)
    }
}

/// Whether a CVSS vector of version 2, 3 or 4 says that secrecy and integrity stay whole.
fn takes_availability_alone(vector: &str) -> bool {
    let value = |names: [&str; 2]| {
        vector.split('/').filter_map(|part| part.split_once(':')).find(|(name, _)| names.contains(name)).map(|(_, value)| value)
    };
    value(["C", "VC"]) == Some("N") && value(["I", "VI"]) == Some("N") && value(["A", "VA"]).is_some_and(|value| value != "N")
}

/// The table `impacts.tsv`.
struct Terms {
    terms: HashMap<&'static str, Impact>,
    words: Vec<(&'static str, Impact)>,
}

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let mut table = Terms { terms: HashMap::new(), words: Vec::new() };
    for row in rows("impacts.tsv") {
        let [place, said, impact] = row[..] else { continue };
        let Some(impact) = Impact::parse(impact) else { continue };
        if place == "word" {
            table.words.push((said, impact));
        } else {
            table.terms.insert(said, impact);
        }
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_before_words() {
        let cases: [(&[&str], &[&str], Option<Impact>); 6] = [
            (&["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"], &["CWE-119"], Some(Impact::Availability)),
            (&["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N"], &[], Some(Impact::Availability)),
            (&["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"], &["CWE-400", "CWE-94"], Some(Impact::Code)),
            (&[], &["CWE-1333"], Some(Impact::Availability)),
            (&[], &["crypto-failure"], Some(Impact::Key)),
            (&[], &["CWE-9999"], None),
        ];
        for (vectors, terms, expected) in cases {
            assert_eq!(Impact::of_facts(vectors.iter().copied(), terms.iter().copied()), expected, "{vectors:?} {terms:?}");
        }
    }

    #[test]
    fn sentences_are_told_apart() {
        let cases = [
            ("Crafted input can crash or stall it.", Impact::Availability),
            ("A long header value freezes the event loop while fetching balances or prices.", Impact::Availability),
            ("Prototype Pollution in lodash", Impact::Pollution),
            ("Signing attacker-shaped input can repeat a nonce, letting the private key be computed.", Impact::Key),
            ("The JWT signature is not verified", Impact::Signature),
            ("Remote code execution", Impact::Code),
            ("A published flaw.", Impact::Other),
        ];
        for (sentence, expected) in cases {
            assert_eq!(Impact::of_sentence(sentence), expected, "{sentence}");
        }
    }
}
