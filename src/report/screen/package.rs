//! A row for each package that others wrote: its versions, the one that fixes most, and how much is known of it.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::Row;
use super::row::{headline, lines};
use crate::advisory::version;
use crate::finding::{AS_RATED, AdvisedPackage, Finding, neutralised};
use crate::report::page::{Line, cut};
use crate::report::text::{counted, listed};
use crate::rule::Severity;

/// What is to be said of one package, in whatever versions the tree has it.
pub(super) struct Packaged<'a> {
    name: String,
    worst: &'a Finding,
    findings: usize,
    versions: BTreeSet<&'a str>,
    advisories: BTreeSet<&'a str>,
    fixes: Vec<(&'a str, &'a str)>,
}

impl Row for Packaged<'_> {
    fn severity(&self) -> Severity {
        self.worst.severity
    }

    fn findings(&self) -> usize {
        self.findings
    }

    fn noun(&self) -> &'static str {
        "package"
    }

    fn lines(&self, width: usize) -> Vec<Line> {
        let versions: Vec<_> = self.versions.iter().map(|version| cut(version, VERSION)).collect();
        let versions = if versions.is_empty() { String::new() } else { format!(" {}", listed(&versions, 2)) };
        let fix = self.fix().map_or_else(String::new, |fix| format!(" → {fix}"));
        let name = neutralised(&format!("{}{versions}{fix}", self.name));
        let (said, beside) = match self.advisories.len() {
            0 => (format!("{name}: {}", headline(&self.worst.rule.body.title)), String::new()),
            count => (name, counted(count, "advisory").replace("advisorys", "advisories")),
        };
        // The row counts advisories: that they rate it needs no words.
        let is_rated = self.worst.severity_reason.as_deref() == Some(AS_RATED);
        let note = self.worst.severity_note().filter(|_| !is_rated).map(|note| format!("({note})"));
        lines(self.worst.severity, &said, note.as_deref(), &beside, width)
    }
}

/// Characters of a version: one of a commit without a tag is longer, and says nothing to people.
const VERSION: usize = 16;

/// One for each package, the worst first.
pub(super) fn packages<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Packaged<'a>> {
    let mut packages: Vec<Packaged<'a>> = Vec::new();
    for finding in findings {
        let name = finding.package_name().unwrap_or_default();
        let at = packages.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let (versions, advisories, fixes) = Default::default();
            packages.push(Packaged { name: name.to_owned(), worst: finding, findings: 0, versions, advisories, fixes });
            packages.len() - 1
        });
        packages[at].add(finding);
    }
    packages.sort_by(|a, b| b.worst.severity.cmp(&a.worst.severity).then_with(|| b.advisories.len().cmp(&a.advisories.len())));
    packages
}

impl<'a> Packaged<'a> {
    fn add(&mut self, finding: &'a Finding) {
        self.findings += 1;
        if finding.severity > self.worst.severity {
            self.worst = finding;
        }
        if let Some(package) = finding.package.as_deref() {
            self.take(package);
        }
    }

    fn take(&mut self, package: &'a AdvisedPackage) {
        self.versions.insert(&package.version);
        self.advisories.extend(package.advisories.iter().filter_map(|advisory| advisory.ids.first()).map(String::as_str));
        self.fixes.extend(package.fix.as_deref().map(|fix| (package.ecosystem.as_str(), fix)));
    }

    /// The version that fixes most: the newest of those that fix each copy.
    fn fix(&self) -> Option<String> {
        let newer = |a: &(&str, &str), b: &(&str, &str)| version::compare(a.0, a.1, b.1).unwrap_or(Ordering::Equal);
        let (ecosystem, fix) = self.fixes.iter().copied().max_by(newer)?;
        let stage = if version::is_pre_release(ecosystem, fix) { " (pre-release)" } else { "" };
        Some(format!("{}{stage}", cut(fix, VERSION)))
    }

    /// `lodash to 4.18.0`: what is to be done, if somebody fixed it.
    pub(super) fn update(&self) -> Option<String> {
        self.fix().map(|fix| neutralised(&format!("{} to {fix}", self.name)))
    }
}
