//! `forewarn.toml`: what the owner of a tree asks of a scan.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::rule::{Confidence, Glob, RuleSet, Severity, Status, nearest};

/// The name of the settings file, at the root of a tree.
pub const FILE_NAME: &str = "forewarn.toml";

/// The settings of a tree. Everything has a default, so that an absent file is an empty one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// Folders with further rules, relative to the settings file and inside its folder.
    pub rules: Vec<String>,
    /// Rule packs to apply (default: all).
    pub packs: Vec<String>,
    /// Paths to leave out of the scan. Their code counts as not analysed.
    pub exclude: Vec<Glob>,
    /// Paths to scan even if an ignore file excludes them.
    pub include: Vec<Glob>,
    /// Settings for individual rules.
    pub rule: BTreeMap<String, RuleSettings>,
    /// Exit 1 if a finding has this severity or a higher one (default: `high`).
    pub fail_on: Option<FailOn>,
    /// Exit 1 if the score, 0 to 100, reaches this value.
    pub max_score: Option<f64>,
    /// Exit 3 if less than this share of the code, 0 to 1, was analysed (default: 0.6).
    pub min_coverage: Option<f64>,
    /// Hide findings of lower confidence.
    pub min_confidence: Option<Confidence>,
    /// URL (`https://…`) at which the pages of `forewarn rules site` are published; SARIF's `helpUri` then links to them.
    pub rule_pages: Option<String>,
    /// Facts about how the wallet is operated, which code cannot show.
    pub operations: Operations,
}

/// Which settings file a scan goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// None: everything is as it is by default.
    #[default]
    Default,
    /// This one, as it was found or named.
    File(String),
    /// The tree has one that does not apply.
    Refused {
        /// The file.
        file: String,
        /// Why it does not apply, in a clause.
        reason: String,
    },
    /// None; but a folder above, which is not scanned, has one. It changes nothing, and is told where there is room.
    Above {
        /// The file.
        file: String,
        /// Whether the user stands in its folder or below, and so may expect it to count.
        is_expected: bool,
    },
}

/// From which severity on a finding fails the run: the name of one, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailOn(pub Option<Severity>);

impl FailOn {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.map_or("never", Severity::name)
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "never" {
            return Ok(Self(None));
        }
        let severity = Severity::ALL.into_iter().find(|severity| severity.name() == text);
        severity.map(|severity| Self(Some(severity))).ok_or_else(|| {
            let names: Vec<_> = Severity::ALL.iter().map(|severity| severity.name()).chain(["never"]).collect();
            format!("invalid severity `{text}` (expected {})", names.join(", "))
        })
    }
}

impl<'de> Deserialize<'de> for FailOn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// What is set for one rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct RuleSettings {
    /// `false` turns the rule off, `true` turns a preview rule on.
    pub enabled: Option<bool>,
    /// Severity of its findings, overriding that of the rule and its circumstances.
    pub severity: Option<Severity>,
    /// Paths to which the rule is not applied.
    pub exclude: Vec<Glob>,
}

/// How the wallet is run: evidence that no code holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Operations {
    /// Number of keys that can sign.
    pub signers: Option<u32>,
    /// Number of signatures required.
    pub threshold: Option<u32>,
    /// Where the keys are kept: `hsm`, `hardware-wallet`, `server`, …
    pub key_locations: Vec<String>,
    /// URLs of published audits.
    pub audits: Vec<String>,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file says something that is not allowed.
    #[error("{FILE_NAME}:{line}:{column}: {message}")]
    Invalid {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong, with a suggestion where there is one.
        message: String,
    },
    /// A value is out of its range.
    #[error("{FILE_NAME}: `{key}` is {value}; it must lie between 0 and {most}")]
    Range {
        /// The key.
        key: &'static str,
        /// Its value.
        value: f64,
        /// The greatest value that it may have.
        most: f64,
    },
    /// Rules are to be read from elsewhere.
    #[error(
        "{FILE_NAME}: `rules` names `{0}`, which is not inside the folder of the settings file; `--rules DIR` takes any folder"
    )]
    Outside(String),
    /// What should be an address is none.
    #[error("{FILE_NAME}: `rule-pages` is `{0}`, not an address that begins with https://")]
    Address(String),
    /// A rule or pack is named that does not exist.
    #[error("unknown {sort} `{name}`{}", suggestion.as_ref().map(|id| format!("; did you mean `{id}`?")).unwrap_or_default())]
    Unknown {
        /// Rule or pack.
        sort: &'static str,
        /// What was written.
        name: String,
        /// What is most like it.
        suggestion: Option<String>,
    },
}

impl Settings {
    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// At the first thing that is not allowed, with its place.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text).map_err(|error| {
            let (line, column, message) = crate::rule::explain(text, &error);
            SettingsError::Invalid { line, column, message }
        })?;
        let ranges = [("max-score", settings.max_score, 100.0), ("min-coverage", settings.min_coverage, 1.0)];
        for (key, value, most) in ranges {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(SettingsError::Range { key, value, most });
            }
        }
        let is_address =
            |text: &&String| text.starts_with("https://") && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        if let Some(text) = settings.rule_pages.as_ref().filter(|text| !is_address(text)) {
            return Err(SettingsError::Address(text.clone()));
        }
        let is_inside = |folder: &&String| {
            Path::new(folder.as_str()).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        };
        match settings.rules.iter().find(|folder| !is_inside(folder)) {
            Some(folder) => Err(SettingsError::Outside(folder.clone())),
            None => Ok(settings),
        }
    }

    /// Whether every rule and pack that is named exists.
    ///
    /// # Errors
    /// At the first one that does not.
    pub fn check(&self, rules: &RuleSet) -> Result<(), SettingsError> {
        self.rule.keys().try_for_each(|id| known_rule(rules, id))?;
        let packs = || rules.rules.iter().map(|rule| rule.pack.as_str());
        let unknown = self.packs.iter().find(|pack| !packs().any(|known| known == pack.as_str()));
        unknown.map_or(Ok(()), |pack| {
            let suggestion = nearest(pack, packs()).map(ToOwned::to_owned);
            Err(SettingsError::Unknown { sort: "pack", name: pack.clone(), suggestion })
        })
    }

    /// The rules that are on: of the packs that are asked for, not switched off, out of preview or switched on. Rules that `only`
    /// names are on in any case, and no others, unless it is empty.
    #[must_use]
    pub fn switched(&self, mut rules: RuleSet, only: &[String]) -> RuleSet {
        rules.rules.retain(|rule| {
            let enabled = self.rule.get(&rule.id).and_then(|settings| settings.enabled);
            let is_in_pack = self.packs.is_empty() || self.packs.contains(&rule.pack);
            let is_on = enabled.unwrap_or(is_in_pack && rule.body.status == Status::Stable);
            if only.is_empty() { is_on } else { only.contains(&rule.id) }
        });
        rules
    }
}

/// Whether a rule exists.
///
/// # Errors
/// If it does not, with the id most like it.
pub fn known_rule(rules: &RuleSet, id: &str) -> Result<(), SettingsError> {
    match rules.find(id) {
        Some(_) => Ok(()),
        None => {
            let suggestion = rules.nearest(id).map(ToOwned::to_owned);
            Err(SettingsError::Unknown { sort: "rule", name: id.into(), suggestion })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named_with_their_place() {
        let error = |text: &str| Settings::parse(text).expect_err("a mistake").to_string();
        assert_eq!(error("packs = []\nfail-no = \"high\"").split(',').next(), Some("forewarn.toml:2:1: unknown field `fail-no`"));
        assert!(error("fail-no = \"high\"").ends_with("did you mean `fail-on`?"));
        assert!(error("max-score = 101").contains("between 0 and 100"));
        for folder in ["/", "/etc", "../..", "rules/../../x"] {
            assert!(error(&format!("rules = ['own', '{folder}']")).contains("not inside the folder"), "{folder}");
        }
        assert!(error("rule-pages = \"javascript:alert(1)\"").ends_with("not an address that begins with https://"));
        assert!(error("fail-on = \"bad\"").starts_with("forewarn.toml:1:11: invalid severity `bad` (expected critical, high"));
    }
}
