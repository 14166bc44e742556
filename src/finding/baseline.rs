//! Findings that were there before and are accepted for now, by fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::source::{Notice, NoticeKind};

const SCHEMA: &str = "forewarn-baseline/v1";

/// The content of a baseline file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema: String,
    /// Fingerprint to rule and path, which are there for people who read the file.
    findings: BTreeMap<String, String>,
}

/// A text that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It does not parse.
    #[error("not a baseline: {0}")]
    Syntax(#[from] serde_json::Error),
    /// It is of another version.
    #[error("the baseline's schema is `{0}`; this program reads `{SCHEMA}`")]
    Schema(String),
}

impl Baseline {
    /// The baseline that accepts `findings`.
    #[must_use]
    pub fn new<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let entry = |finding: &Finding| (finding.fingerprint.clone(), format!("{} {}", finding.rule.id, finding.place.path));
        Self { schema: SCHEMA.into(), findings: findings.into_iter().map(entry).collect() }
    }

    /// Reads the text of a baseline file.
    ///
    /// # Errors
    /// If it is no JSON, or not of this schema.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_json::from_str(text)?;
        if baseline.schema == SCHEMA { Ok(baseline) } else { Err(BaselineError::Schema(baseline.schema)) }
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("maps of strings serialise");
        text.push('\n');
        text
    }

    /// A look at the baseline that remembers which entries were met.
    pub(super) fn usage(&self) -> Usage<'_> {
        Usage { idle: self.findings.keys().map(String::as_str).collect(), baseline: self }
    }
}

/// Which entries of a baseline no finding has met yet.
pub(super) struct Usage<'a> {
    baseline: &'a Baseline,
    idle: BTreeSet<&'a str>,
}

impl Usage<'_> {
    /// Whether the baseline knows the finding.
    pub(super) fn take(&mut self, finding: &Finding) -> bool {
        self.idle.remove(finding.fingerprint.as_str());
        self.baseline.findings.contains_key(&finding.fingerprint)
    }

    /// A remark if entries are left over.
    pub(super) fn notice(self) -> Option<Notice> {
        let count = self.idle.len();
        let first = self.idle.into_iter().next().and_then(|print| self.baseline.findings.get(print))?;
        let message = match count {
            1 => format!("1 baseline entry matches no finding any more (`{first}`): `forewarn baseline prune` removes it"),
            _ => {
                format!("{count} baseline entries match no finding any more (`{first}`, …): `forewarn baseline prune` removes them")
            }
        };
        Some(Notice::general(NoticeKind::Configuration, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_read_back_and_others_are_refused() {
        let baseline = Baseline::new([]);
        assert_eq!(Baseline::parse(&baseline.to_text()).expect("its own text"), baseline);
        let other = baseline.to_text().replace("/v1", "/v9");
        assert!(Baseline::parse(&other).expect_err("another schema").to_string().contains("v9"));
        assert!(Baseline::parse("[]").is_err());
    }
}
