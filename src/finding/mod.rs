//! What audits find, and what becomes of it.

use std::sync::Arc;

use crate::rule::{Confidence, Rule, Severity};
use crate::source::{FileId, Position, Role, Span};

mod baseline;
mod builder;
mod excerpt;
mod line_hash;
mod neutral;
mod package;
mod redact;
mod review;
mod suppression;
mod triage;

pub use baseline::{Baseline, BaselineError};
pub use builder::{FindingBuilder, LESSER_FORM};
pub use excerpt::Excerpt;
pub use neutral::{acts, neutralised};
pub use package::{AS_RATED, AdvisedPackage, AdvisoryFact};
pub use redact::{entropy, fit_notices, fit_to_show};
pub use review::{Decision, Review, ReviewError, Reviewed, Standing, standings};
pub use suppression::ways_to_silence;
pub use triage::{Terms, Triage, triage};

/// A place in a file, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file's path from the root.
    pub path: Arc<str>,
    /// The file.
    pub file: FileId,
    /// Its bytes.
    pub span: Span,
    /// Where it begins.
    pub start: Position,
    /// Where it ends (the column is one past the last character).
    pub end: Position,
}

/// One step of a story: a place, and what happens there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// What happens, for a person; never a secret's value.
    pub message: String,
}

/// How far a defect is from a user: a factor of the risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exposure {
    /// On the path of a secret, in code that ships.
    OnSecretPath,
    /// In code or configuration that ships.
    Shipped,
    /// Nothing says whether it ships.
    Unknown,
    /// Builds or releases the wallet.
    Build,
    /// Somebody else's code in the tree.
    Vendored,
    /// Tests and examples.
    Test,
    /// Documentation.
    Docs,
}

impl Exposure {
    /// From the most exposed down.
    pub const ALL: [Self; 7] =
        [Self::OnSecretPath, Self::Shipped, Self::Unknown, Self::Build, Self::Vendored, Self::Test, Self::Docs];

    /// Its name in reports and weights.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnSecretPath => "on-secret-path",
            Self::Shipped => "shipped",
            Self::Unknown => "unknown",
            Self::Build => "build",
            Self::Vendored => "vendored",
            Self::Test => "test",
            Self::Docs => "docs",
        }
    }
}

/// A defect that was found. Made by [`FindingBuilder`] only.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: Arc<Rule>,
    /// Damage if it is true; the rule's, unless a setting or the circumstances say otherwise.
    pub severity: Severity,
    /// Why the severity is not the rule's, in a clause; None if it is.
    pub severity_reason: Option<String>,
    /// The severity by the rule and the circumstances alone, before it was held against what people said of findings like it.
    pub claimed: Severity,
    /// The gravest that it can be where it stands.
    ceiling: Severity,
    /// Chance that it is true.
    pub confidence: Confidence,
    /// What is to be expected of it, 0 to 1: the chance that it is serious times what that means, less if its circumstances lowered it.
    /// It decides the order of a report; 0 until a whole tree was assessed.
    pub damage: f64,
    /// Whether it rests on what something is called, and not on what an API or a constant does.
    pub is_by_name: bool,
    /// The form of its rule's defect that it is for certain, if people judge that form apart.
    pub form: Option<String>,
    /// What was found here, in one sentence; never a secret's value.
    pub message: String,
    /// Where it stands.
    pub place: Place,
    /// The whole of what it is about, where the place is only a part of it: the call whose option it is.
    pub whole: Span,
    /// The way of a value from where it arises to where it must not go; empty for findings without a flow.
    pub flow: Vec<Step>,
    /// Other places that belong to it.
    pub related: Vec<Step>,
    /// The rules whose findings are told here, since they yield to this one's.
    pub told: Vec<Arc<Rule>>,
    /// What the file is to the wallet.
    pub role: Role,
    /// How far it is from a user.
    pub exposure: Exposure,
    /// What it is about, if not a place: a package with its version.
    pub subject: Option<String>,
    /// The package that it is about, with what is known of it, if it is about one that advisories speak of.
    pub package: Option<Box<AdvisedPackage>>,
    /// The lines around the place, with secrets replaced.
    pub excerpt: Excerpt,
    /// `forewarn/v1:` and a digest of rule, path and normalised text: the same when lines move.
    pub fingerprint: String,
    /// The hash of its line that GitHub code scanning uses; None where it would cover a secret.
    pub line_hash: Option<String>,
    /// Why it was set aside from the start, if it was: an answer to an advisory.
    pub excuse: Option<String>,
    /// What it has in common with others that are shown as one with it, as far as they are not set aside: one value in one function.
    group: Option<String>,
    /// The others of its group that are shown with it. Each is a finding of its own, with a fingerprint of its own.
    merged: Vec<Self>,
    /// Where its file holds secrets, as far as this finding knows.
    secrets: Vec<Span>,
    /// What its fingerprint is made of besides rule and path.
    seal: Seal,
}

/// What a fingerprint is made of besides rule and path: what the finding is about, the text at its place without secrets and white
/// space, and how many equal ones come before it in its file.
#[derive(Clone, Debug, Default)]
struct Seal {
    subject: String,
    words: String,
    ordinal: u32,
}

impl Finding {
    /// The fingerprint that it would have in a file of another name.
    fn fingerprint_at(&self, path: &str) -> String {
        let Seal { subject, words, ordinal } = &self.seal;
        let first = builder::fingerprint(&[&self.rule.id, path, subject, words]);
        if *ordinal == 0 { first } else { builder::fingerprint(&[&first, &ordinal.to_string()]) }
    }

    /// How the severity came about if it is not the rule's: `rule: high; in a comment`.
    #[must_use]
    pub fn severity_note(&self) -> Option<String> {
        let reason = self.severity_reason.as_deref()?;
        Some(format!("rule: {}; {reason}", self.rule.body.severity.name()))
    }

    /// Whether circumstances made it less grave than its rule.
    #[must_use]
    pub fn is_lowered(&self) -> bool {
        self.claimed < self.rule.body.severity
    }

    /// Whether it is about a package that others wrote.
    #[must_use]
    pub fn is_of_package(&self) -> bool {
        self.package.is_some() || self.subject.is_some()
    }

    /// The package that it is about, if it is about one: `left-pad` of `left-pad@1.3.0` and `left-pad 1.3.0`.
    #[must_use]
    pub fn package_name(&self) -> Option<&str> {
        let subject = || {
            let subject = self.subject.as_deref()?;
            let is_version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit() || first == 'v' || first == '^');
            let name = subject.rsplit_once(['@', ' ']).filter(|(name, rest)| !name.is_empty() && is_version(rest));
            Some(name.map_or(subject, |(name, _)| name))
        };
        self.package.as_deref().map(|package| package.name.as_str()).or_else(subject)
    }

    /// Weighs the finding by its circumstances, and says why. Nothing is graver than the place allows.
    pub(crate) fn grade(&mut self, severity: Severity, confidence: Option<Confidence>, because: &str) {
        self.confidence = confidence.unwrap_or(self.confidence);
        // A form that is certain elsewhere is not where circumstances speak against it.
        self.form = self.form.take().filter(|_| severity >= self.severity);
        if severity <= self.ceiling {
            self.severity = severity;
            self.severity_reason = Some(because.to_owned()).filter(|_| severity != self.rule.body.severity);
        } else if self.severity < self.ceiling {
            self.severity = self.ceiling;
        }
        self.claimed = self.severity;
    }

    /// The finding and those that are shown with it.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.merged)
    }

    /// Shows another finding of the group with this one.
    fn merge(&mut self, other: Self) {
        let reached = other.flow.last().map_or(other.message.as_str(), |step| step.message.as_str());
        let message = format!("the same value {reached}");
        let before = self.merged.len();
        if other.place != self.place {
            self.related.retain(|step| step.place != other.place);
            self.related.insert(before.min(self.related.len()), Step { place: other.place.clone(), message });
        }
        if self.place.file == other.place.file {
            self.secrets.extend(&other.secrets);
        }
        self.merged.push(other);
    }

    /// The ids of its rule and of those that are told in it.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.rule).chain(&self.told).map(|rule| rule.id.as_str())
    }

    /// Takes in another finding of the same thing: its place becomes one of this one's.
    pub fn take_in(&mut self, other: &Self, message: &str) {
        if self.place != other.place && !self.related.iter().any(|step| step.place == other.place) {
            self.related.push(Step { place: other.place.clone(), message: message.to_owned() });
        }
        if self.place.file == other.place.file {
            self.secrets.extend(&other.secrets);
        }
        for step in &other.related {
            if !self.related.iter().any(|known| known.place == step.place) {
                self.related.push(step.clone());
            }
        }
    }
}

/// A rule for tests, which matches nothing.
#[cfg(test)]
pub(crate) fn test_rule(id: &str) -> Arc<Rule> {
    let text = "title = 'T'\nseverity = 'high'\nconfidence = 'high'\nknown-since = 2020-01-01\nwhat = 'w'\nwhy = 'y'\nfix = 'f'\n\
                [match.text]\npattern = ['x']";
    let path = format!("packs/test/{id}.toml");
    let set = crate::rule::RuleSet::from_texts([(path.as_str(), text)]).expect("the rule is valid");
    Arc::clone(&set.rules[0])
}
