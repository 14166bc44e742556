use super::fit_to_show;
use crate::advisory::Impact;
use crate::lockfile::version;
use crate::rule::{Date, Severity};

/// Why a finding on a package has the severity that it has, if there is no other reason.
pub const AS_RATED: &str = "as the advisory rates it";

/// A package that advisories speak of, for reports that want more than a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisedPackage {
    /// Ecosystem as OSV spells it.
    pub ecosystem: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its package URL.
    pub purl: String,
    /// Whether a manifest asks for it by name.
    pub is_direct: bool,
    /// Whether it reaches users.
    pub ships: bool,
    /// The version that fixes most of what is known.
    pub fix: Option<String>,
    /// What is known of it, the gravest first.
    pub advisories: Vec<AdvisoryFact>,
}

/// An advisory on a package, as it counts in this tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisoryFact {
    /// Its id and other ids of the same flaw.
    pub ids: Vec<String>,
    /// How grave it is here.
    pub severity: Severity,
    /// What an attacker gains by it.
    pub impact: Impact,
    /// What it says, in a sentence.
    pub summary: String,
    /// Where to read more.
    pub address: Option<String>,
    /// The versions that it is about, as comparators (see [`crate::lockfile::version::matches`]).
    pub affected: String,
    /// Versions without the flaw.
    pub fixed: Vec<String>,
    /// The day on which it was public.
    pub published: Date,
}

impl AdvisedPackage {
    /// The version to move to as people are told it: a pre-release is called one.
    #[must_use]
    pub fn fix_text(&self) -> Option<String> {
        let stage = |fix: &String| if version::is_pre_release(&self.ecosystem, fix) { " (pre-release)" } else { "" };
        self.fix.as_ref().map(|fix| format!("{fix}{}", stage(fix)))
    }

    /// The same with nothing in it that steers a terminal.
    pub(super) fn shown(mut self) -> Self {
        for text in [&mut self.ecosystem, &mut self.name, &mut self.version, &mut self.purl] {
            *text = fit_to_show(text);
        }
        for advisory in &mut self.advisories {
            advisory.summary = fit_to_show(&advisory.summary);
            advisory.affected = fit_to_show(&advisory.affected);
            advisory.fixed.iter_mut().for_each(|version| *version = fit_to_show(version));
            advisory.ids.iter_mut().for_each(|id| *id = fit_to_show(id));
        }
        self
    }
}
