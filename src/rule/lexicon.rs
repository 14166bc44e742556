//! Words by which identifiers give away what they hold: evidence of medium weight, never more.

use std::collections::{BTreeMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::TextPattern;
use super::kind::{KindError, KindId, KindRole, Kinds};

/// The lexicon as it is written in `lexicon.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LexiconText {
    /// Phrases of lower-case words by kind: `["mnemonic", "seed phrase"]`.
    phrases: BTreeMap<String, Vec<String>>,
    /// Whole names by kind, which say nothing as a part of another: `phrase`.
    #[serde(default)]
    names: BTreeMap<String, Vec<String>>,
    /// Words that make a name harmless wherever they stand in it.
    stop: Vec<String>,
    /// Words that make a name harmless if they stand after the phrase: `mnemonicLength`.
    stop_after: Vec<String>,
    /// Words that make a name harmless if they stand before the phrase: `publicKey`, `hasSeed`.
    stop_before: Vec<String>,
    /// Words in the name of an object that make its members harmless: `icons.mnemonic`.
    stop_object: Vec<String>,
    /// Words in the name of a type or module that make the names of its instances say nothing: a `SecureStore` named `store`.
    #[serde(default)]
    stop_type: Vec<String>,
    /// Words in the name of a function, or of a parameter beside it, that make a parameter's name harmless: `password` beside `ssid`.
    #[serde(default)]
    stop_beside: Vec<String>,
    /// Objects whose members are written as constants are, and hold what the environment gives: `Config.MNEMONIC`.
    #[serde(default)]
    environments: Vec<String>,
    /// Objects whose members the build writes into the program: `BuildConfig.KEY`.
    #[serde(default)]
    built_in: Vec<String>,
    /// Phrases by the kind of place that a variable or member of such a name is: `{ nonce-iv = ["iv"] }`.
    #[serde(default)]
    places: BTreeMap<String, Vec<String>>,
    /// Phrases by the kind of place that the result of a function of such a name is: `generateSeed`.
    #[serde(default)]
    results: BTreeMap<String, Vec<String>>,
    /// Names of members by what they leave of the whole, as if it had been cleaned: the address of a key.
    #[serde(default)]
    members: BTreeMap<String, Vec<String>>,
    /// Names that say that a thing is public.
    #[serde(default)]
    public: PublicText,
    /// Names of functions that leave only a part of what they are given.
    #[serde(default)]
    masking: MaskingText,
    /// Words before and behind what a function gives: `loadMnemonicAsync`.
    #[serde(default)]
    getters: GetterText,
    /// Names of flags that tell whether a result is an error.
    #[serde(default)]
    flags: FlagText,
    /// What the beginning of a text must look like for the rest to follow: an address up to its path.
    #[serde(default)]
    beginnings: BeginningText,
    /// What the words in a function's name say of where its result comes from.
    #[serde(default)]
    making: MakingText,
    /// Texts that protocols and standards give as keys and salts: they name what is derived and hide nothing.
    #[serde(default)]
    labels: Option<TextPattern>,
}

/// Words in the names of functions that no model describes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct MakingText {
    /// The result is another form of what is given.
    converts: HashSet<String>,
    /// The result, or what is filled, is new: it is drawn, read or asked for.
    draws: HashSet<String>,
    /// Of those, words of functions that give back what was put in and fill nothing else that they are given.
    #[serde(default)]
    opens: HashSet<String>,
}

/// Where the result of a function comes from, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// From what it is given: `getBytes`, `encode`.
    Converts,
    /// From elsewhere: `fillRandom`, `readKey`.
    Draws,
    /// Nobody can say.
    Unknown,
}

/// Beginnings of a text that decide where it leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct BeginningText {
    /// They look like this…
    fixed: Option<TextPattern>,
    /// …and not like this.
    open: Option<TextPattern>,
}

/// Names that say that a thing is public: they end with one of these, and hold none of those.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PublicText {
    ends: Vec<String>,
    #[serde(default)]
    views: Vec<String>,
    lacks: Vec<String>,
}

/// Names of functions that mask what they are given, by their first word.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct MaskingText {
    begins: HashSet<String>,
    /// Methods by which a value prints itself.
    #[serde(default)]
    printers: HashSet<String>,
    /// Names of fields by which a type holds all that it is.
    #[serde(default)]
    inner: HashSet<String>,
}

/// Words around what a function gives.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GetterText {
    begins: HashSet<String>,
    ends: HashSet<String>,
}

/// Flags beside a value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FlagText {
    failed: Vec<String>,
    succeeded: Vec<String>,
}

/// Recognises kinds by name.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    values: Phrases,
    names: Vec<(String, KindId)>,
    places: Phrases,
    results: Phrases,
    members: Vec<(String, KindId)>,
    stop: HashSet<String>,
    stop_after: HashSet<String>,
    stop_before: HashSet<String>,
    stop_object: HashSet<String>,
    public_ends: Vec<Vec<String>>,
    public_lacks: HashSet<String>,
    public_views: Vec<Vec<String>>,
    masking: MaskingText,
    getters: GetterText,
    flags: FlagText,
    beginnings: BeginningText,
    making: MakingText,
    labels: Option<TextPattern>,
    stop_type: HashSet<String>,
    stop_beside: HashSet<String>,
    environments: HashSet<String>,
    built_in: HashSet<String>,
}

/// Phrases with their kinds.
#[derive(Clone, Debug, Default)]
struct Phrases {
    /// The longest first.
    entries: Vec<(Vec<String>, KindId)>,
    /// The numbers of the phrases that begin with a word, ascending.
    by_first: FxHashMap<String, Vec<usize>>,
    /// The first word of every phrase, for a quick no; None without phrases.
    first_words: Option<AhoCorasick>,
}

impl Phrases {
    fn new(written: &BTreeMap<String, Vec<String>>, role: KindRole, kinds: &Kinds) -> Result<Self, KindError> {
        let mut entries = Vec::new();
        for (kind, phrases) in written {
            let kind = kinds.find_role(kind, role)?;
            entries.extend(phrases.iter().map(|phrase| (phrase.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>(), kind)));
        }
        entries.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        let first_words = (!entries.is_empty()).then(|| {
            AhoCorasickBuilder::new()
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::DFA))
                .prefilter(false)
                .build(entries.iter().map(|(words, _)| &words[0]))
                .expect("some hundred short words fit into an automaton")
        });
        let mut by_first: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (number, (words, _)) in entries.iter().enumerate() {
            by_first.entry(words[0].clone()).or_default().push(number);
        }
        Ok(Self { entries, by_first, first_words })
    }

    /// A quick no: most names hold no first word of any phrase.
    fn may_match(&self, name: &str) -> bool {
        const LONGEST: usize = 64;
        (2..=LONGEST).contains(&name.len())
            && name.is_ascii()
            && self.first_words.as_ref().is_some_and(|words| words.is_match(name))
    }

    /// The first phrase in some words: where it begins and ends, and its kind.
    fn find(&self, words: &[String]) -> Option<(usize, usize, KindId)> {
        let from = |start: usize| {
            let rest = &words[start..];
            let numbers = self.by_first.get(rest.first()?)?;
            Some((*numbers.iter().find(|&&number| rest.starts_with(&self.entries[number].0))?, start))
        };
        let (number, start) = (0..words.len()).filter_map(from).min()?;
        let (phrase, kind) = &self.entries[number];
        Some((start, start + phrase.len(), *kind))
    }
}

/// A lexicon that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// It is no such table.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// It names a kind that is none.
    #[error(transparent)]
    Kind(#[from] KindError),
}

impl Lexicon {
    /// Reads the lexicon.
    ///
    /// # Errors
    /// If the text is no lexicon, or names an unknown kind.
    pub fn parse(text: &str, kinds: &Kinds) -> Result<Self, LexiconError> {
        Ok(Self::new(toml::from_str(text)?, kinds)?)
    }

    pub(super) fn new(written: LexiconText, kinds: &Kinds) -> Result<Self, KindError> {
        let set = |words: Vec<String>| words.into_iter().collect();
        let phrases = |ends: &[String]| ends.iter().map(|end| end.split(' ').map(ToOwned::to_owned).collect()).collect();
        let mut members = Vec::new();
        for (kind, names) in written.members {
            let kind = kinds.find_role(&kind, KindRole::Cleaner)?;
            members.extend(names.into_iter().map(|name| (name, kind)));
        }
        Ok(Self {
            names: whole_names(&written.names, kinds)?,
            values: Phrases::new(&written.phrases, KindRole::Value, kinds)?,
            places: Phrases::new(&written.places, KindRole::Place, kinds)?,
            results: Phrases::new(&written.results, KindRole::Place, kinds)?,
            members,
            stop: set(written.stop),
            stop_after: set(written.stop_after),
            stop_before: set(written.stop_before),
            stop_object: set(written.stop_object),
            public_ends: phrases(&written.public.ends),
            public_views: phrases(&written.public.views),
            public_lacks: set(written.public.lacks),
            masking: written.masking,
            getters: written.getters,
            flags: written.flags,
            beginnings: written.beginnings,
            making: written.making,
            labels: written.labels,
            stop_type: set(written.stop_type),
            stop_beside: set(written.stop_beside),
            environments: set(written.environments),
            built_in: set(written.built_in),
        })
    }

    /// The kind that a name gives away, if any: `userSeedPhrase` a mnemonic, `hasSeedPhrase` nothing.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<KindId> {
        let whole = name.trim_matches('_');
        if let Some((_, kind)) = self.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(whole)) {
            return Some(*kind);
        }
        if !self.values.may_match(name) {
            return None;
        }
        let words = words(name);
        let (start, end, kind) = self.values.find(&words)?;
        let harmless = words.iter().any(|word| self.stop.contains(word))
            || words[..start].iter().any(|word| self.stop_before.contains(word))
            || words[end..].iter().any(|word| self.stop_after.contains(word));
        (!harmless).then_some(kind)
    }

    /// Whether the build writes the members of an object of this name into the program.
    #[must_use]
    pub fn is_built_in(&self, object: &str) -> bool {
        self.built_in.contains(object)
    }

    /// The kind of what a function of this name gives, where nothing else tells: `recoveryPhrase()`, `getMnemonicAsync()`.
    #[must_use]
    pub fn kind_of_given(&self, name: &str) -> Option<KindId> {
        if !self.values.may_match(name) {
            return None;
        }
        let words = words(name);
        let start = usize::from(words.first().is_some_and(|word| self.getters.begins.contains(word)));
        let end = words.len() - usize::from(words.last().is_some_and(|word| self.getters.ends.contains(word)));
        self.kind(&words.get(start..end)?.join("_"))
    }

    /// Whether a name says that what it names is public: `spend_public_key`, `generatePublicKey`, `ownerAddress`.
    #[must_use]
    pub fn says_public(&self, name: &str) -> bool {
        // Most names are no such name by their last letters.
        let letters = name.trim_end_matches(|it: char| !it.is_ascii_alphanumeric()).as_bytes();
        let may_end = |end: &Vec<String>| {
            let last = end.last().map_or(&[][..], |word| word.as_bytes());
            letters.len() >= last.len() && letters[letters.len() - last.len()..].eq_ignore_ascii_case(last)
        };
        if !self.public_ends.iter().chain(&self.public_views).any(may_end) {
            return false;
        }
        let words = words(name);
        self.public_views.iter().any(|end| words.ends_with(end))
            || self.public_ends.iter().any(|end| words.ends_with(end)) && !words.iter().any(|word| self.public_lacks.contains(word))
    }

    /// Whether a function of such a name gives only a part of what it is given: `maskAddress`, `shorten_key`.
    #[must_use]
    pub fn says_masked(&self, name: &str) -> bool {
        words(name).first().is_some_and(|first| self.masking.begins.contains(first))
    }

    /// Whether a text is one that a protocol or standard gives as a key or salt: `Bitcoin seed`.
    #[must_use]
    pub fn is_label(&self, text: &str) -> bool {
        self.labels.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }

    /// Where the result of a function of such a name comes from.
    #[must_use]
    pub fn making(&self, name: &str) -> Making {
        let words = words(name);
        let has = |set: &HashSet<String>| words.iter().any(|word| set.contains(word));
        if has(&self.making.draws) {
            Making::Draws
        } else if has(&self.making.converts) {
            Making::Converts
        } else {
            Making::Unknown
        }
    }

    /// Whether a function of such a name opens what was sealed: what it is given beside that only says how.
    #[must_use]
    pub fn opens(&self, name: &str) -> bool {
        words(name).iter().any(|word| self.making.opens.contains(word))
    }

    /// Whether a method of such a name prints its object.
    #[must_use]
    pub fn is_printer(&self, name: &str) -> bool {
        self.masking.printers.contains(name)
    }

    /// Whether a field of such a name holds what its object is about.
    #[must_use]
    pub fn is_inner(&self, name: &str) -> bool {
        let plain = name.strip_prefix("m_").unwrap_or(name).trim_matches('_');
        self.masking.inner.contains(plain)
    }

    /// Whether a flag of such a name, being true or not, says that what came with it is no value but the text of an error.
    #[must_use]
    pub fn says_failure(&self, name: &str, truth: bool) -> bool {
        let flags = if truth { &self.flags.failed } else { &self.flags.succeeded };
        flags.iter().any(|flag| flag == name)
    }

    /// Whether what follows a text of this beginning cannot choose where it leads.
    #[must_use]
    pub fn fixes(&self, beginning: &str) -> bool {
        let fits = |pattern: &Option<TextPattern>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(beginning));
        fits(&self.beginnings.fixed) && !fits(&self.beginnings.open)
    }

    /// Whether the members of an object of such a name are pictures, texts or routes, whatever they are called.
    #[must_use]
    pub fn is_harmless_object(&self, name: &str) -> bool {
        words(name).iter().any(|word| self.stop_object.contains(word))
    }

    /// Whether a function or parameter of such a name says that a password beside it opens no wallet: that of a wireless network.
    #[must_use]
    pub fn is_beside(&self, name: &str) -> bool {
        words(name).iter().any(|word| self.stop_beside.contains(word))
    }

    /// Whether an object and its member are both written as constants are: an enumeration, a table of ids or routes.
    #[must_use]
    pub fn is_constant(&self, object: &str, member: &str) -> bool {
        let is_capital = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
        is_capital(member) && is_capital(object) && !self.environments.contains(&object.to_ascii_lowercase())
    }

    /// Whether a type or module of such a name is not what its instances are called.
    #[must_use]
    pub fn is_other_type(&self, name: &str) -> bool {
        words(name).iter().any(|word| self.stop_type.contains(word))
    }

    /// Names of members with the cleaner that reading them from a whole amounts to.
    pub fn members(&self) -> impl Iterator<Item = (&str, KindId)> {
        self.members.iter().map(|(name, kind)| (name.as_str(), *kind))
    }

    /// The kind of place that a variable or member is by its name: `walletSeed` key material, `iv` an IV.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<KindId> {
        if !self.places.may_match(name) {
            return None;
        }
        let words = words(name);
        let (_, end, kind) = self.places.find(&words)?;
        let harmless =
            words.iter().any(|word| self.stop.contains(word)) || words[end..].iter().any(|word| self.stop_after.contains(word));
        (!harmless).then_some(kind)
    }

    /// The kind of place that what a function returns is by the function's name: `generateSeed` key material.
    #[must_use]
    pub fn result(&self, name: &str) -> Option<KindId> {
        if !self.results.may_match(name) {
            return None;
        }
        let words: Vec<_> =
            words(name).iter().map(|word| word.trim_end_matches(|it: char| it.is_ascii_digit()).to_owned()).collect();
        let (_, end, kind) = self.results.find(&words)?;
        let is_harmless = |word: &String| self.stop_after.contains(word) || self.stop.contains(word);
        (!words[end..].iter().any(is_harmless)).then_some(kind)
    }
}

/// Whole names with their kinds.
fn whole_names(written: &BTreeMap<String, Vec<String>>, kinds: &Kinds) -> Result<Vec<(String, KindId)>, KindError> {
    let mut names = Vec::new();
    for (kind, list) in written {
        let kind = kinds.find_role(kind, KindRole::Value)?;
        names.extend(list.iter().map(|name| (name.clone(), kind)));
    }
    Ok(names)
}

/// The words of an identifier in lower case: `HDSeed_bytes` is `hd`, `seed`, `bytes`.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let begins = letter.is_ascii_uppercase()
            && (before.is_some_and(|before| !before.is_ascii_uppercase())
                || letters.get(index + 1).is_some_and(char::is_ascii_lowercase));
        if !letter.is_ascii_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric() {
            words.last_mut().expect("there is always a word").push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_says_so_at_its_end() {
        let kinds = Kinds::default();
        let text = "phrases = {}\nstop = []\nstop-after = []\nstop-before = []\nstop-object = []\n\
                    [public]\nends = [\"public key\", \"address\"]\nlacks = [\"private\", \"from\", \"by\"]";
        let lexicon = Lexicon::parse(text, &kinds).expect("a lexicon");
        for name in ["spend_public_key", "generatePublicKey", "ADDRESS", "ownerAddress_"] {
            assert!(lexicon.says_public(name), "{name}");
        }
        for name in ["publicKeyAndPrivate", "keyByAddress", "loadFromAddress", "privateAddress", "readdress", "key"] {
            assert!(!lexicon.says_public(name), "{name}");
        }
    }

    #[test]
    fn identifiers_are_split_in_every_style() {
        assert_eq!(words("HDSeed_bytes"), ["hd", "seed", "bytes"]);
        assert_eq!(words("getPrivateKeyWIF"), ["get", "private", "key", "wif"]);
        assert_eq!(words("SEED-PHRASE"), ["seed", "phrase"]);
    }
}
