//! What to do first: the rules whose findings come first in a report, and what is left of the risk without them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Report;
use super::order::ordered;
use crate::finding::Triage;
use crate::rule::Severity;

/// How many steps are named.
const STEPS: usize = 3;

/// A step: what a rule reports is to be fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) rule: String,
    /// The risk after it, in percent, if that is another figure than before.
    pub(super) falls_to: Option<String>,
}

/// The rules to begin with, in the order of the first screen: by severity, and of one severity own code before packages. What is less
/// than medium is not urgent.
pub(crate) fn first_rules(triage: &Triage) -> Vec<&str> {
    let mut grave = ordered(&triage.reported);
    grave.retain(|finding| finding.severity >= Severity::Medium);
    grave.sort_by_key(|finding| (Reverse(finding.severity), finding.is_of_package()));
    let mut rules: Vec<&str> = Vec::new();
    let mut packages = BTreeSet::new();
    for finding in grave {
        // What else is said of a package ends with the same update.
        let is_new = finding.package_name().is_none_or(|name| packages.insert(name) || rules.contains(&finding.rule.id.as_str()));
        if is_new && rules.len() < STEPS && !rules.contains(&finding.rule.id.as_str()) {
            rules.push(&finding.rule.id);
        }
    }
    rules
}

impl Report {
    /// What to do first. A figure that a step does not change is not told.
    pub(super) fn steps(&self) -> Vec<Step> {
        let shown = |risk: f64| format!("{risk:.0}");
        let mut now = self.assessment.score.as_ref().map(|score| shown(score.value));
        let fixes = &self.assessment.fixes;
        let step = |rule: &str| {
            let after = fixes.iter().find(|fix| fix.rule == rule).map(|fix| shown(fix.score));
            let falls_to = after.filter(|after| now.as_ref() != Some(after));
            now = falls_to.clone().or(now.take());
            Step { rule: rule.to_owned(), falls_to }
        };
        first_rules(&self.triage).into_iter().map(step).collect()
    }
}
