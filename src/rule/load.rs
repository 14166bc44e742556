use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::{Date, Incident, Knowledge, Rule, RuleBody, Severity, packed};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The rules of a run, ordered by id.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// Rules, ordered by id.
    pub rules: Vec<Arc<Rule>>,
    /// The losses that rules refer to, by id.
    pub incidents: Arc<BTreeMap<String, Incident>>,
    /// What the rules' kinds mean, and how values get them.
    pub knowledge: Arc<Knowledge>,
}

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It cannot be read.
    #[error("cannot read rules from {path}: {}", reason(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It says something that is not allowed.
    #[error("{path}:{line}:{column}: {message}")]
    Invalid {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong, with a suggestion where there is one.
        message: String,
    },
    /// Two files define one rule.
    #[error("{path}: rule `{id}` is defined already in {other}")]
    Duplicate {
        /// The second file.
        path: String,
        /// The rule.
        id: String,
        /// The first file.
        other: String,
    },
}

fn reason(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound { "no such file or folder".into() } else { error.to_string() }
}

impl RuleSet {
    /// The rules that are part of the program.
    ///
    /// # Errors
    /// If one of them is broken; a test keeps that from being released.
    pub fn embedded() -> Result<Self, RuleError> {
        let incidents = INCIDENTS.iter().map(|(path, bytes)| Ok((stem(Path::new(path)), unpack(path, bytes)?)));
        let incidents = Arc::new(incidents.collect::<Result<_, _>>()?);
        let rules = PACKS.iter().map(|(path, bytes)| Ok(rule(path, unpack(path, bytes)?)));
        let rules = rules.collect::<Result<_, _>>()?;
        Self { incidents, knowledge: Self::embedded_knowledge()?, ..Self::default() }.with(rules)
    }

    /// The kinds, models and lexicon that are part of the program, without rules.
    ///
    /// # Errors
    /// If one of them is broken; a test keeps that from being released.
    pub fn embedded_knowledge() -> Result<Arc<Knowledge>, RuleError> {
        static READ: OnceLock<Arc<Knowledge>> = OnceLock::new();
        if let Some(knowledge) = READ.get() {
            return Ok(Arc::clone(knowledge));
        }
        let file = |name: &str| VOCABULARY.iter().copied().find(|(path, _)| *path == name).unwrap_or_default();
        let knowledge = Knowledge::from_packed(file("kinds.toml"), file("lexicon.toml"), MODELS)?;
        Ok(Arc::clone(READ.get_or_init(|| Arc::new(knowledge))))
    }

    /// Rules from pairs of a path (`packs/PACK/ID.toml`) and a text.
    ///
    /// # Errors
    /// At the first file that cannot be used.
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RuleError> {
        let knowledge = Self::embedded_knowledge()?;
        Self { knowledge, ..Self::default() }.with_texts(files)
    }

    /// Adds rules from pairs of a path and a text, with the kinds and models of this set.
    ///
    /// # Errors
    /// At the first file that cannot be used.
    pub fn with_texts<'a>(self, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RuleError> {
        let files: Vec<_> = files.into_iter().collect();
        let rules: Vec<_> = files.par_iter().map(|(path, text)| parse(path, text, &self.knowledge)).collect();
        self.with(rules.into_iter().collect::<Result<_, _>>()?)
    }

    /// Adds every `*.toml` below a folder: models if they lie in a folder `models`, else rules.
    ///
    /// A folder with a `kinds.toml` is a whole house of rules (`rules/` of the project, or a changed copy): its kinds, lexicon and
    /// models replace those of the set, and its rules are those below `packs`.
    ///
    /// # Errors
    /// At the first file that cannot be used, or whose rule is there twice.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, RuleError> {
        if folder.join("kinds.toml").is_file() {
            self.knowledge = Arc::new(read_knowledge(folder)?);
            return self.with_files(&toml_files(&folder.join("packs"))?);
        }
        if self.knowledge.is_empty() {
            self.knowledge = Self::embedded_knowledge()?;
        }
        let is_model = |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).iter().any(|part| part == "models");
        let (models, rules): (Vec<_>, Vec<_>) = toml_files(folder)?.into_iter().partition(is_model);
        for path in models {
            Arc::make_mut(&mut self.knowledge).add_model(&path.to_string_lossy(), &read(&path)?)?;
        }
        self.with_files(&rules)
    }

    fn with_files(self, paths: &[PathBuf]) -> Result<Self, RuleError> {
        let rules = paths.iter().map(|path| parse(&path.to_string_lossy(), &read(path)?, &self.knowledge));
        let rules = rules.collect::<Result<_, _>>()?;
        self.with(rules)
    }

    /// Reads one rule file.
    ///
    /// # Errors
    /// If it cannot be read or used.
    pub fn read_file(path: &Path) -> Result<Rule, RuleError> {
        parse(&path.to_string_lossy(), &read(path)?, &*Self::embedded_knowledge()?)
    }

    /// Adds rules, which take the place of those that have their ids already.
    fn with(mut self, mut rules: Vec<Rule>) -> Result<Self, RuleError> {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(pair) = rules.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(RuleError::Duplicate { path: pair[1].path.clone(), id: pair[1].id.clone(), other: pair[0].path.clone() });
        }
        self.rules.retain(|old| rules.binary_search_by(|new| new.id.cmp(&old.id)).is_err());
        self.rules.extend(rules.into_iter().map(Arc::new));
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(self)
    }

    /// The rule with an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok().map(|index| &self.rules[index])
    }

    /// The id most like a word that is none: for "did you mean".
    #[must_use]
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.rules.iter().map(|rule| rule.id.as_str()))
    }

    /// Only the rules whose knowledge was public on a day, and the incidents that had happened.
    #[must_use]
    pub fn as_of(mut self, date: Date) -> Self {
        self.rules.retain(|rule| rule.body.known_since <= date);
        Arc::make_mut(&mut self.incidents).retain(|_, incident| incident.is_known(date));
        self
    }

    /// The incidents that a rule refers to, as far as they are known.
    pub fn incidents_of(&self, rule: &Rule) -> impl Iterator<Item = &Incident> {
        rule.body.incidents.iter().filter_map(|id| self.incidents.get(id))
    }

    /// The worst severity of any rule; a set without rules cannot be scanned with.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.rules.iter().map(|rule| rule.body.severity).max()
    }
}

/// The candidate most like `word`, if one is like it at all (`strsim`'s Jaro-Winkler similarity over 0.8).
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// The TOML files below a folder, ordered by path.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, RuleError> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other("its links lead in a circle"));
            RuleError::Unreadable { path: folder.into(), source }
        })?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "toml") {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Kinds, lexicon and models of a house of rules.
fn read_knowledge(folder: &Path) -> Result<Knowledge, RuleError> {
    let named = |path: PathBuf| Ok((path.to_string_lossy().into_owned(), read(&path)?));
    let (kinds, lexicon) = (named(folder.join("kinds.toml"))?, named(folder.join("lexicon.toml"))?);
    let models = toml_files(&folder.join("models"))?.into_iter().map(named).collect::<Result<Vec<_>, _>>()?;
    let models = models.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Knowledge::from_texts((&kinds.0, &kinds.1), (&lexicon.0, &lexicon.1), models)
}

#[allow(clippy::disallowed_methods, reason = "rule folders are read here and nowhere else")]
fn read(path: &Path) -> Result<String, RuleError> {
    std::fs::read_to_string(path).map_err(|source| RuleError::Unreadable { path: path.into(), source })
}

fn parse(path: &str, text: &str, knowledge: &Knowledge) -> Result<Rule, RuleError> {
    let body: RuleBody = read_toml(path, text)?;
    body.matchers.iter().try_for_each(|matcher| knowledge.check(path, text, matcher))?;
    Ok(rule(path, body))
}

fn rule(path: &str, body: RuleBody) -> Rule {
    let file = Path::new(path);
    Rule { id: stem(file), pack: file.parent().map(stem).unwrap_or_default(), path: path.into(), body }
}

/// A file at the top of `rules/` that is part of the program.
///
/// # Errors
/// If there is no such file, or it is not of the type.
pub fn vocabulary<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, RuleError> {
    let (path, bytes) = VOCABULARY.iter().find(|(path, _)| *path == name).copied().unwrap_or_default();
    unpack(path, bytes)
}

/// A file that is part of the program.
pub(super) fn unpack<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, RuleError> {
    packed::read(bytes).map_err(|error| invalid_at(path, "", 0, &error.to_string()))
}

/// The name of a file or folder without its extension.
fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read_toml<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, RuleError> {
    toml::from_str(text).map_err(|error| invalid(path, text, &error))
}

fn invalid(path: &str, text: &str, error: &toml::de::Error) -> RuleError {
    let (line, column, message) = explain(text, error);
    RuleError::Invalid { path: path.into(), line, column, message }
}

/// The line and column, both from 1, of an error in a TOML text, and its message with a suggestion where there is one.
#[must_use]
pub fn explain(text: &str, error: &toml::de::Error) -> (usize, usize, String) {
    let (line, column) = position(text, error.span().map_or(0, |span| span.start));
    (line, column, with_suggestion(error.message()))
}

/// An error at a byte of a rule file, a model or a table.
pub(super) fn invalid_at(path: &str, text: &str, offset: usize, message: &str) -> RuleError {
    let (line, column) = position(text, offset);
    RuleError::Invalid { path: path.into(), line, column, message: message.into() }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    (before.matches('\n').count() + 1, before.chars().rev().take_while(|&char| char != '\n').count() + 1)
}

/// Turns "unknown field `calee`, expected one of `callee`, …" into a question.
pub(super) fn with_suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next().filter(|_| message.starts_with("unknown")) else {
        return message.to_owned();
    };
    nearest(unknown, quoted).map_or_else(|| message.to_owned(), |known| format!("{message}; did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named_with_its_place_and_a_suggestion() {
        let text = "title = \"x\"\nseverty = \"high\"\n";
        let error = parse("packs/p/r.toml", text, &Knowledge::default()).expect_err("a misspelt key").to_string();
        assert!(error.starts_with("packs/p/r.toml:2:1: unknown field `severty`"), "{error}");
        assert!(error.ends_with("did you mean `severity`?"), "{error}");
    }

    #[test]
    fn what_is_embedded_is_what_is_written() {
        let embedded = RuleSet::embedded().expect("the rules of the program");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let written = RuleSet::default().with_folder(&folder).expect("the rules of the folder");
        assert_eq!(embedded.rules.len(), PACKS.len());
        for (embedded, written) in embedded.rules.iter().zip(&written.rules) {
            assert_eq!(format!("{:?}", embedded.body), format!("{:?}", written.body), "{}", written.path);
        }
        let rows = |set: &RuleSet| set.knowledge.models.rows().map(|(_, row)| format!("{row:?}")).collect::<Vec<_>>();
        assert_eq!(rows(&embedded), rows(&written));
        assert_eq!(format!("{:?}", embedded.knowledge.kinds), format!("{:?}", written.knowledge.kinds));
    }
}
