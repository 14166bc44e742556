//! What the score knows of a finding.

use std::borrow::Cow;

use crate::finding::{Exposure, Finding};
use crate::rule::{Confidence, Severity};

/// A finding without its place: all that decides what it is worth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signal {
    /// The rule.
    pub rule: String,
    /// The form of its defect, if that is judged apart.
    pub form: Option<String>,
    /// The rule's pack.
    pub pack: String,
    /// Damage if it is true, by the rule and the circumstances alone.
    pub severity: Severity,
    /// Chance that it is true, as reported.
    pub confidence: Confidence,
    /// How far the place is from a user.
    pub exposure: Exposure,
    /// What it rests on.
    pub evidence: Evidence,
}

/// What a claim rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// On what an API or a constant does.
    Api,
    /// On what something is called.
    Name,
}

impl Evidence {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Api, Self::Name];

    /// Its name in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Name => "name",
        }
    }
}

impl Signal {
    /// What the score knows of a finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.id.clone(),
            form: finding.form.clone(),
            pack: finding.rule.pack.clone(),
            severity: finding.claimed,
            confidence: finding.confidence,
            exposure: finding.exposure,
            evidence: if finding.is_by_name { Evidence::Name } else { Evidence::Api },
        }
    }

    /// Under which name it is judged.
    #[must_use]
    pub fn judged_as(&self) -> Cow<'_, str> {
        judged_as(&self.rule, self.form.as_deref())
    }

    /// The signals of findings, ordered, equal ones counted. What a project lacks is told and never weighed.
    #[must_use]
    pub fn counted<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<(Self, usize)> {
        let weighed = findings.into_iter().filter(|finding| finding.rule.body.remark.is_none());
        let mut signals: Vec<_> = weighed.map(Self::of).collect();
        signals.sort();
        signals.chunk_by(|a, b| a == b).map(|equal| (equal[0].clone(), equal.len())).collect()
    }
}

/// Under which name findings of a rule are judged: `rule`, or `rule/form` where a form is judged apart.
pub(super) fn judged_as<'a>(rule: &'a str, form: Option<&str>) -> Cow<'a, str> {
    form.map_or(Cow::Borrowed(rule), |form| Cow::Owned(format!("{rule}/{form}")))
}

/// The rule and the form in such a name.
pub(crate) fn rule_and_form(name: &str) -> (String, Option<String>) {
    name.split_once('/').map_or_else(|| (name.to_owned(), None), |(rule, form)| (rule.to_owned(), Some(form.to_owned())))
}
