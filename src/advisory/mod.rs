//! What is known about packages: advisories, malicious releases and packages to avoid, by the day on which it was public.
//!
//! The order of versions and the meaning of ranges are those of [`version`]: `version::matches(ecosystem, range, version)`.

pub mod banner;
mod fix;
pub mod group;
mod impact;
pub mod indicator;
pub mod inventory;
pub mod lifecycle;
pub mod lookalike;
pub mod osv;
mod part;
pub mod purl;
mod record;
pub mod registry;
pub mod rustsec;
mod table;
pub mod vex;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use self::fix::{Remedy, remedy};
pub use self::impact::Impact;
pub use self::part::Part;
pub use self::record::{Advisory, AdvisoryKind};
pub use self::table::{Knowledge, Lines, Table};
pub use crate::lockfile::version;
use crate::rule::{Date, packed};

include!(concat!(env!("OUT_DIR"), "/advisories.rs"));

/// What an embedded TOML file of `rules/advisories` says; the default if it is not of the type, which a test excludes.
fn written<T: serde::de::DeserializeOwned + Default>(name: &str) -> T {
    let found = ADVISORIES.iter().find(|(file, _)| file.strip_prefix("advisories/") == Some(name));
    found.and_then(|(_, bytes)| packed::read(bytes).ok()).unwrap_or_default()
}

/// The text of an embedded table of `rules/advisories`.
fn embedded(name: &str) -> &'static str {
    TABLES.iter().find(|(file, _)| file.strip_prefix("advisories/") == Some(name)).map_or("", |(_, text)| text)
}

/// The rows of an embedded table: fields between tabs, lines that begin with `#` left out.
fn rows(name: &str) -> impl Iterator<Item = Vec<&'static str>> {
    embedded(name).lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// Everything that is known in a run: the embedded tables, and the user's own store if there is one.
#[derive(Clone, Debug)]
pub struct Advisories {
    tables: Vec<Arc<Table>>,
    /// Knowledge that was to be used and could not.
    problems: Vec<String>,
    /// What was found before: many rules ask about every package.
    found: Arc<Mutex<HashMap<Question, Arc<[Advisory]>>>>,
}

/// An ecosystem, a name, a version and a day.
type Question = (String, String, String, Date);

impl Default for Advisories {
    /// What is part of the program.
    fn default() -> Self {
        Self { tables: vec![Table::embedded()], problems: Vec::new(), found: Arc::default() }
    }
}

impl Advisories {
    /// Adds a table. What several tables know of one advisory is joined, and the judgement of the first stands.
    #[must_use]
    pub fn with(mut self, table: Arc<Table>) -> Self {
        self.tables.push(table);
        self.found = Arc::default();
        self
    }

    /// Adds that a table which was to be used cannot be, and why.
    #[must_use]
    pub fn without(mut self, problem: String) -> Self {
        self.problems.push(problem);
        self
    }

    /// Which knowledge was used.
    #[must_use]
    pub fn knowledge(&self) -> Vec<Knowledge> {
        self.tables.iter().map(|table| table.knowledge.clone()).collect()
    }

    /// What could not be used or read so far, for people.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.problems.iter().cloned().chain(self.tables.iter().flat_map(|table| table.problems())).collect()
    }

    /// What was public on a day about a version of a package, worst first. What several advisories say of one flaw, known by a
    /// common id or alias, counts once.
    #[must_use]
    pub fn affecting(&self, ecosystem: &str, name: &str, version: &str, as_of: Date) -> Vec<Advisory> {
        let question = (ecosystem.to_owned(), name.to_owned(), version.to_owned(), as_of);
        let before = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let known = before().get(&question).cloned();
        // The lock is free while the tables are read.
        let found = known.unwrap_or_else(|| {
            let found: Arc<[Advisory]> = self.find(ecosystem, name, version, as_of).into();
            before().insert(question, Arc::clone(&found));
            found
        });
        found.to_vec()
    }

    fn find(&self, ecosystem: &str, name: &str, version: &str, as_of: Date) -> Vec<Advisory> {
        let mut known = self.by_table(ecosystem, name);
        let withdrawn = withdrawn(&known, as_of);
        let stands =
            |advisory: &Advisory| advisory.stood(as_of) && advisory.id().is_none_or(|id| !withdrawn.iter().any(|gone| gone == id));
        known.retain(|(_, advisory)| stands(advisory));
        let mut found: Vec<Advisory> = Vec::new();
        for (table, advisory) in known.iter().filter(|(_, advisory)| advisory.affects(version)) {
            match found.iter_mut().find(|other| other.is_same(advisory)) {
                Some(other) => other.join(advisory),
                None => found.push(judged(*table, advisory, &known)),
            }
        }
        found.sort_by(|a, b| (b.severity, &a.published, &a.ids).cmp(&(a.severity, &b.published, &b.ids)));
        found
    }

    /// Everything about a package, whatever the version and the day.
    pub fn about(&self, ecosystem: &str, name: &str) -> impl Iterator<Item = Advisory> {
        self.by_table(ecosystem, name).into_iter().map(|(_, advisory)| advisory)
    }

    /// The same, each with the number of the table that has it.
    fn by_table(&self, ecosystem: &str, name: &str) -> Vec<(usize, Advisory)> {
        let name = version::normal_name(ecosystem, name);
        let tables = self.tables.iter().enumerate();
        tables.flat_map(|(number, table)| table.about(ecosystem, &name).into_iter().map(move |found| (number, found))).collect()
    }
}

/// The ids that their own sources no longer stood by on a day: a table that does not know of it yet is not believed.
fn withdrawn(known: &[(usize, Advisory)], on: Date) -> Vec<String> {
    let gone = known.iter().filter(|(_, advisory)| advisory.withdrawn.is_some_and(|day| day <= on));
    gone.filter_map(|(_, advisory)| advisory.id().map(ToOwned::to_owned)).collect()
}

/// An advisory with the judgement of the first table that has it, whichever versions that table names.
fn judged(table: usize, advisory: &Advisory, known: &[(usize, Advisory)]) -> Advisory {
    let mut judged = advisory.clone();
    let before = known.iter().filter(|(other, _)| *other < table);
    if let Some((_, first)) = before.into_iter().find(|(_, first)| first.is_same(advisory)) {
        judged.judge_as(first);
    }
    judged
}

#[cfg(test)]
mod tests;
