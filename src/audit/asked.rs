//! What all rules and facts together ask of texts: each file is passed over once for the words that their patterns require.

use std::hash::Hash;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::fact::asked_by;
use super::prefilter::Prefilter;
use crate::advisory::banner::{self, Banner};
use crate::ir::FunctionId;
use crate::rule::{Fact, Match, Requirement, Rule, RuleSet, TextPattern};
use crate::source::{FileId, Role, SourceFile};
use crate::target::Workspace;

/// The patterns that rules and facts have, numbered.
#[derive(Debug)]
pub struct Patterns {
    prefilter: Prefilter,
    /// The numbers of the patterns of each `[match.text]`, by rule.
    of_rules: FxHashMap<String, Vec<Range<usize>>>,
    /// The number of each pattern of a fact or a function, by its text.
    of_facts: FxHashMap<String, usize>,
}

/// Which patterns may match a text, by its words, and what those that were tried gave: it follows from the file alone, so that a later
/// scan of the same file need not try.
#[derive(Debug)]
pub struct Possible {
    /// The numbers of the patterns, ascending.
    by_words: Box<[usize]>,
    /// What a `[match.text]` finds, by the number of its first possible pattern.
    hits: Known<(usize, Role), Arc<[Hit]>>,
    /// Whether a pattern of a fact matches.
    matches: Known<usize, bool>,
    /// In which functions a pattern matches.
    functions: Known<usize, Arc<[FunctionId]>>,
    /// The library of which it is a copy.
    banner: OnceLock<Option<Banner>>,
}

/// Answers that were worked out.
#[derive(Debug)]
struct Known<K, V>(Mutex<FxHashMap<K, V>>);

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Known<K, V> {
    /// The answer to a question, worked out without the lock if nobody has asked before.
    fn get(&self, question: K, answer: impl FnOnce() -> V) -> V {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(&question).cloned();
        found.unwrap_or_else(|| {
            let answer = answer();
            known().insert(question, answer.clone());
            answer
        })
    }
}

/// Where a `[match.text]` met a file, and what is judged there.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) whole: Range<usize>,
    pub(super) secret: Option<Range<usize>>,
}

/// Which patterns may match in which file.
#[derive(Debug)]
pub struct Texts<'p> {
    patterns: &'p Patterns,
    /// By file.
    possible: Vec<Arc<Possible>>,
}

impl Patterns {
    /// Those that rules match and ask in their conditions, and those of further facts.
    #[must_use]
    pub fn new<'a>(rules: &'a RuleSet, facts: impl Iterator<Item = &'a Fact>) -> Self {
        let mut patterns: Vec<(Requirement, &[String])> = Vec::new();
        let mut of_rules: FxHashMap<String, Vec<_>> = FxHashMap::default();
        for (rule, matcher) in rules.rules.iter().flat_map(|rule| rule.body.matchers.iter().map(move |matcher| (rule, matcher))) {
            if let Match::Text(text) = matcher {
                let first = patterns.len();
                patterns.extend(text.pattern.iter().map(|pattern| (pattern.requirement(), text.keyword.as_slice())));
                of_rules.entry(rule.id.clone()).or_default().push(first..patterns.len());
            }
        }
        let mut of_facts = FxHashMap::default();
        let asked = rules.rules.iter().flat_map(|rule| asked_by(rule)).chain(facts).flat_map(|fact| &fact.text);
        let of_functions = rules.rules.iter().flat_map(|rule| rule.body.matchers.iter()).filter_map(|matcher| match matcher {
            Match::Function(function) => function.text.as_ref(),
            _ => None,
        });
        for pattern in asked.chain(of_functions) {
            of_facts.entry(pattern.text().to_owned()).or_insert_with(|| {
                patterns.push((pattern.requirement(), &[]));
                patterns.len() - 1
            });
        }
        Self { prefilter: Prefilter::new(patterns), of_rules, of_facts }
    }

    /// Those that may match a text.
    #[must_use]
    pub fn possible_in(&self, text: &str) -> Possible {
        Possible {
            by_words: self.prefilter.candidates(text).into(),
            hits: Known::default(),
            matches: Known::default(),
            functions: Known::default(),
            banner: OnceLock::new(),
        }
    }
}

impl<'p> Texts<'p> {
    /// Of all files of a tree, each by `possible`, which knows the answers of [`Patterns::possible_in`]. The patterns may be those of
    /// more rules than are applied.
    #[must_use]
    pub fn new(
        patterns: &'p Patterns,
        workspace: &Workspace,
        possible: impl Fn(&SourceFile) -> Arc<Possible> + Sync + Send,
    ) -> Self {
        Self { patterns, possible: workspace.files.par_iter().map(possible).collect() }
    }

    /// The numbers of the patterns of a rule, for each of its `[match.text]` in order.
    pub(super) fn patterns_of(&self, rule: &Rule) -> &[Range<usize>] {
        self.patterns.of_rules.get(&rule.id).map_or(&[], Vec::as_slice)
    }

    /// The numbers of the patterns that may match in a file, ascending.
    pub(super) fn possible(&self, file: FileId) -> &[usize] {
        &self.possible[file.0 as usize].by_words
    }

    /// What a `[match.text]`, known by the number of a pattern, finds in a file. `find` may look at what follows from the file and its
    /// role, and at nothing else.
    pub(super) fn hits(&self, file: &SourceFile, number: usize, find: impl FnOnce() -> Vec<Hit>) -> Arc<[Hit]> {
        self.of(file).hits.get((number, file.role), || find().into())
    }

    /// Whether a pattern of a fact matches in a file.
    pub(super) fn has_match(&self, file: &SourceFile, pattern: &TextPattern) -> bool {
        let is_match = || pattern.is_match(&file.text);
        match self.patterns.of_facts.get(pattern.text()) {
            Some(&number) => self.is_possible(file.id, pattern) && self.of(file).matches.get(number, is_match),
            None => is_match(),
        }
    }

    /// In which functions of a file a pattern of a function matches. `find` may look at what follows from the file.
    pub(super) fn functions(
        &self,
        file: &SourceFile,
        pattern: &TextPattern,
        find: impl FnOnce() -> Vec<FunctionId>,
    ) -> Arc<[FunctionId]> {
        match self.patterns.of_facts.get(pattern.text()) {
            Some(&number) => self.of(file).functions.get(number, || find().into()),
            None => find().into(),
        }
    }

    /// The library of which a file is a copy.
    pub(super) fn banner(&self, file: &SourceFile) -> Option<&Banner> {
        self.of(file).banner.get_or_init(|| banner::find(&file.path, &file.text)).as_ref()
    }

    /// Whether a pattern of a fact or a function may match in a file.
    pub(super) fn is_possible(&self, file: FileId, pattern: &TextPattern) -> bool {
        let number = self.patterns.of_facts.get(pattern.text());
        number.is_none_or(|number| self.possible(file).binary_search(number).is_ok())
    }

    fn of(&self, file: &SourceFile) -> &Possible {
        &self.possible[file.id.0 as usize]
    }
}
