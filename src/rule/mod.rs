//! Rules, kinds and models: everything that Forewarn believes about wallets, read from TOML.
//!
//! A rule is one file whose name is its id. Its `[match.*]` tables say by which audits it is applied; each audit's matcher is
//! described by one file of [`matcher`].

mod access_path;
pub mod bridge;
mod bytewise;
mod callee;
mod date;
mod example;
mod expression;
mod grade;
mod incident;
pub mod kind;
mod knowledge;
pub mod label;
pub mod lexicon;
mod load;
pub mod matcher;
pub mod model;
pub mod packed;
mod path;
mod pattern;
pub mod profile;
mod requirement;
pub mod standard;

pub use access_path::{AccessPath, EACH, ELEMENT, ENTRY, FunctionPort, MEMBER, OWN, Port, Position, THROWN};
pub use callee::{CalleeIndex, CalleePattern, Matched};
pub use date::Date;
pub use example::{Example, ExampleKind, Examples};
pub use expression::{Captured, Expression};
pub use grade::{Grade, Graded};
pub use incident::{Incident, PartialDate};
pub use knowledge::Knowledge;
pub use load::{RuleError, RuleSet, explain, nearest, vocabulary};
pub use matcher::{Fact, Match, Matchers};
pub use path::{Path, PathError, Step};
pub use pattern::{Glob, TextPattern};
pub use profile::ProfileKind;
pub(crate) use requirement::{Clause, Requirement, RunOf};

use serde::Deserialize;

use crate::source::Role;

/// Damage if a finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; no loss follows from it alone.
    Info,
    /// Hardens.
    Low,
    /// Helps an attacker who has something else.
    Medium,
    /// Keys or funds are lost under conditions that occur.
    High,
    /// Keys or funds are lost.
    Critical,
}

impl Severity {
    /// From the worst down, as reports list them.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// Its name in rules and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }

    /// The next worse one.
    #[must_use]
    pub fn raised(self) -> Self {
        let at = Self::ALL.iter().position(|severity| *severity == self).unwrap_or(0);
        Self::ALL[at.saturating_sub(1)]
    }
}

/// Chance that a finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A person must look.
    Low,
    /// Probably true.
    Medium,
    /// True but for exceptions.
    High,
}

impl Confidence {
    /// From the surest down.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// Its name in rules and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Whether a rule is on by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// On.
    #[default]
    Stable,
    /// Off unless asked for: new and not yet tried enough.
    Preview,
}

/// One defect that Forewarn knows, and how to see it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id: the name of its file.
    pub id: String,
    /// Its pack: the name of its folder.
    pub pack: String,
    /// The path of its file, for errors.
    pub path: String,
    /// What the file says.
    pub body: RuleBody,
}

/// The content of a rule's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleBody {
    /// The defect in one line.
    pub title: String,
    /// Damage if a finding is true.
    pub severity: Severity,
    /// Chance that a finding is true.
    pub confidence: Confidence,
    /// For what says something of the project and nothing of a place: what it lacks, in a few words (`no security policy`). It is told
    /// in one paragraph on the project and is no finding: it neither counts nor fails a run.
    #[serde(default)]
    pub remark: Option<String>,
    /// On by default or not.
    #[serde(default)]
    pub status: Status,
    /// Weaknesses, as numbers of the CWE list.
    #[serde(default)]
    pub cwe: Vec<u32>,
    /// OWASP MASVS controls.
    #[serde(default)]
    pub masvs: Vec<String>,
    /// CryptoCurrency Security Standard aspects.
    #[serde(default)]
    pub ccss: Vec<String>,
    /// Since when the knowledge behind the rule is public; `--as-of` obeys it.
    pub known_since: Date,
    /// Ids of incidents under `rules/incidents` that this rule would have warned of.
    #[serde(default)]
    pub incidents: Vec<String>,
    /// What is wrong, in one or two sentences.
    pub what: String,
    /// Why it matters: which loss it leads or led to.
    pub why: String,
    /// How to fix it.
    pub fix: String,
    /// Addresses of sources.
    #[serde(default)]
    pub references: Vec<String>,
    /// Languages to which the rule is limited; all if empty.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Roles of files in which a finding counts as it does in the product: an open finding of an audit is one in any document.
    #[serde(default)]
    pub counts_in: Vec<Role>,
    /// How the defect is seen: any of these is enough.
    #[serde(rename = "match")]
    pub matchers: Matchers,
    /// Facts about the project that must hold for the rule to speak at all.
    #[serde(default)]
    pub when: Vec<Fact>,
    /// Facts about the project that silence the rule.
    #[serde(default)]
    pub unless: Vec<Fact>,
    /// Circumstances that make a finding graver or lighter, or false.
    #[serde(default, rename = "grade")]
    pub grades: Vec<Grade>,
    /// Ids of rules that say more of the same place: where one of them speaks, this one is told as a part of its finding.
    #[serde(default)]
    pub yields_to: Vec<String>,
    /// Small projects in which the rule must speak or be silent.
    #[serde(default, rename = "example")]
    pub examples: Examples,
}

impl Rule {
    /// The names of the forms of its defect that are judged apart.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        let of_matchers = self.body.matchers.iter().filter_map(|matcher| match matcher {
            Match::Flow(flow) => flow.form.as_deref(),
            Match::Call(call) => call.form.as_deref(),
            Match::Text(text) => text.form.as_deref(),
            _ => None,
        });
        of_matchers.chain(self.body.grades.iter().filter_map(|grade| grade.form.as_deref()))
    }

    /// Whether the rule speaks about a language.
    #[must_use]
    pub fn applies_to(&self, language: &str) -> bool {
        self.body.languages.is_empty() || self.body.languages.iter().any(|wanted| wanted == language)
    }
}
