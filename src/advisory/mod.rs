//! What is known about packages: advisories, malicious releases and packages to avoid, by the day on which it was public.
//!
//! The order of versions and the meaning of ranges are those of [`version`]: `version::matches(ecosystem, range, version)`.

pub mod banner;
pub mod group;
pub mod indicator;
pub mod inventory;
pub mod lifecycle;
pub mod lookalike;
mod record;
mod table;

use std::sync::Arc;

pub use self::record::{Advisory, AdvisoryKind};
pub use self::table::Table;
pub use crate::lockfile::version;
use crate::rule::Date;

include!(concat!(env!("OUT_DIR"), "/advisories.rs"));

/// The text of an embedded file of `rules/advisories`.
fn embedded(name: &str) -> &'static str {
    let path = format!("advisories/{name}");
    ADVISORIES.iter().find(|(file, _)| *file == path).map_or("", |(_, text)| text)
}

/// The rows of an embedded table: fields between tabs, lines that begin with `#` left out.
fn rows(name: &str) -> impl Iterator<Item = Vec<&'static str>> {
    embedded(name).lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// Everything that is known in a run: the embedded tables, and the user's own store if there is one.
#[derive(Clone, Debug)]
pub struct Advisories {
    tables: Vec<Arc<Table>>,
}

impl Default for Advisories {
    /// What is part of the program.
    fn default() -> Self {
        Self { tables: vec![Table::embedded()] }
    }
}

impl Advisories {
    /// Adds a table, which is asked after those that are there.
    #[must_use]
    pub fn with(mut self, table: Arc<Table>) -> Self {
        self.tables.push(table);
        self
    }

    /// The tables, for reports: which knowledge was used.
    #[must_use]
    pub fn tables(&self) -> &[Arc<Table>] {
        &self.tables
    }

    /// What was public on a day about a version of a package, worst first. An advisory that two tables have under one id or
    /// alias counts once.
    #[must_use]
    pub fn affecting(&self, ecosystem: &str, name: &str, version: &str, as_of: Date) -> Vec<Advisory> {
        let mut found: Vec<Advisory> = Vec::new();
        for advisory in self.about(ecosystem, name) {
            let is_new = advisory.published <= as_of && advisory.affects(version);
            if is_new && !found.iter().any(|known| known.is_same(&advisory)) {
                found.push(advisory);
            }
        }
        found.sort_by(|a, b| (b.severity, &a.published, &a.ids).cmp(&(a.severity, &b.published, &b.ids)));
        found
    }

    /// Everything about a package, whatever the version and the day.
    pub fn about(&self, ecosystem: &str, name: &str) -> impl Iterator<Item = Advisory> {
        let name = version::normal_name(ecosystem, name).into_owned();
        let lines = self.tables.iter().flat_map(move |table| table.about(ecosystem, &name));
        lines.collect::<Vec<_>>().into_iter()
    }
}

/// The oldest version that none of the advisories affects, among those that they name as fixed and that are newer than `version`.
#[must_use]
pub fn fix(ecosystem: &str, version: &str, advisories: &[Advisory]) -> Option<String> {
    let newer = |fixed: &&String| version::compare(ecosystem, fixed, version).is_some_and(std::cmp::Ordering::is_gt);
    let candidates = advisories.iter().flat_map(|advisory| &advisory.fixed).filter(newer);
    let clean = candidates.filter(|fixed| !advisories.iter().any(|advisory| advisory.affects(fixed)));
    clean.min_by(|a, b| version::compare(ecosystem, a, b).unwrap_or(std::cmp::Ordering::Equal)).cloned()
}

#[cfg(test)]
mod tests;
