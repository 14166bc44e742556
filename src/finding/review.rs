//! What reviewers say of findings: a file that a person edits and a team reviews. It comments and compares; it silences nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::Spanned;

use super::{Finding, Triage};
use crate::rule::{Date, RuleSet};

const SCHEMA: &str = "forewarn-review/v1";

/// A file of reviewed findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    schema: String,
    /// What was said, a finding each.
    #[serde(default, rename = "finding")]
    pub findings: Vec<Reviewed>,
}

/// What reviewers say of one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// Which finding.
    pub fingerprint: String,
    /// Its rule, for readers.
    pub rule: String,
    /// Where it was when the file was written, for readers.
    pub place: String,
    /// Its title, for readers.
    pub title: String,
    /// Its severity when the file was written, for readers.
    pub severity: String,
    /// The decision.
    pub status: Decision,
    /// The first day on which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "day")]
    pub since: Option<Date>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The last day on which the decision holds.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "day")]
    pub until: Option<Date>,
    /// What else is to be said in the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What reviewers decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Nothing yet.
    Open,
    /// The risk is known and taken.
    Accepted,
    /// The finding is not true.
    FalsePositive,
    /// It was fixed.
    Fixed,
}

/// How a finding compares with a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The review does not know it.
    New,
    /// It is as it was: open.
    Open,
    /// Its decision no longer holds.
    Expired,
    /// The review calls it fixed, and it is still there.
    NotFixed,
    /// The risk is known and taken.
    Accepted,
    /// A reviewer says that it is not true.
    FalsePositive,
}

impl Standing {
    /// Every one, the most pressing first.
    pub const ALL: [Self; 6] = [Self::NotFixed, Self::New, Self::Expired, Self::Open, Self::Accepted, Self::FalsePositive];

    /// Its name in reports for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Expired => "expired",
            Self::NotFixed => "not-fixed",
            Self::Accepted => "accepted",
            Self::FalsePositive => "false-positive",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Open => "Open",
            Self::Expired => "Decision expired",
            Self::NotFixed => "Marked as fixed, still found",
            Self::Accepted => "Risk accepted",
            Self::FalsePositive => "False positive",
        }
    }
}

/// A review that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// It is not TOML of this form.
    #[error("not a review: {0}")]
    Form(#[from] toml::de::Error),
    /// It is of another version.
    #[error("schema `{0}` is not `{SCHEMA}`")]
    Schema(String),
    /// A decision lacks what makes it one.
    #[error("{fingerprint} ({rule}): `{status}` needs `who` and `why`")]
    Unfounded {
        /// Which finding.
        fingerprint: String,
        /// Its rule.
        rule: String,
        /// The decision.
        status: Decision,
    },
    /// A finding is decided twice.
    #[error("{0} is listed twice")]
    Twice(String),
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::FalsePositive => "false-positive",
            Self::Fixed => "fixed",
        })
    }
}

impl Review {
    /// Reads the text of a review.
    ///
    /// # Errors
    /// If it is not of this form, or a decision has no reason.
    pub fn parse(text: &str) -> Result<Self, ReviewError> {
        let review: Self = toml::from_str(text)?;
        if review.schema != SCHEMA {
            return Err(ReviewError::Schema(review.schema));
        }
        let mut known = BTreeSet::new();
        for Reviewed { fingerprint, rule, status, who, why, .. } in &review.findings {
            let is_founded = [who, why].iter().all(|text| text.as_ref().is_some_and(|text| !text.trim().is_empty()));
            if matches!(status, Decision::Accepted | Decision::FalsePositive) && !is_founded {
                let (fingerprint, rule, status) = (fingerprint.clone(), rule.clone(), *status);
                return Err(ReviewError::Unfounded { fingerprint, rule, status });
            }
            if !known.insert(fingerprint) {
                return Err(ReviewError::Twice(fingerprint.clone()));
            }
        }
        Ok(review)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let body = toml::to_string_pretty(self).expect("texts and days serialise");
        format!(
            "# What reviewers say of the findings of Forewarn. `status` is open, accepted, false-positive or fixed; accepted and\n\
             # false-positive need `who` and `why`, and may have `until`, a day. A review comments and compares; it silences nothing.\n\
             {body}"
        )
    }

    /// The text of the file that `before` was: what people wrote stays as it is, comments, blank lines and order included. Only what
    /// a scan knows better is changed in its place, and new findings follow at the end.
    #[must_use]
    pub fn text_after(&self, before: &str) -> String {
        let is_same = |text: &String| Self::parse(text).is_ok_and(|read| read.by_fingerprint() == self.by_fingerprint());
        self.edited(before).filter(is_same).unwrap_or_else(|| self.to_text())
    }

    /// What it says of the findings of some rules: a scan with these alone says nothing of the others.
    #[must_use]
    pub fn among(mut self, rules: &RuleSet) -> Self {
        self.findings.retain(|reviewed| rules.find(&reviewed.rule).is_some());
        self
    }

    fn by_fingerprint(&self) -> BTreeMap<&str, &Reviewed> {
        self.findings.iter().map(|reviewed| (reviewed.fingerprint.as_str(), reviewed)).collect()
    }

    fn edited(&self, before: &str) -> Option<String> {
        let written: Written = toml::from_str(before).ok()?;
        let now = self.by_fingerprint();
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for entry in &written.findings {
            let Reviewed { rule, place, title, severity, status, .. } = now.get(entry.fingerprint.as_str())?;
            let texts = [(&entry.rule, rule), (&entry.place, place), (&entry.title, title), (&entry.severity, severity)];
            let changed = texts.into_iter().filter(|(old, new)| old.get_ref() != *new);
            edits.extend(changed.map(|(old, new)| (old.span(), toml::Value::from(new.as_str()).to_string())));
            if entry.status.get_ref() != status {
                edits.push((entry.status.span(), toml::Value::try_from(status).ok()?.to_string()));
            }
        }
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = before.to_owned();
        for (span, new) in edits.into_iter().rev() {
            text.replace_range(span, &new);
        }
        let known: BTreeSet<_> = written.findings.iter().map(|entry| entry.fingerprint.as_str()).collect();
        for new in self.findings.iter().filter(|reviewed| !known.contains(reviewed.fingerprint.as_str())) {
            let gap = if text.ends_with('\n') { "" } else { "\n" };
            text.push_str(&format!("{gap}\n[[finding]]\n{}", toml::to_string(new).ok()?));
        }
        Some(text)
    }

    /// What is said of a finding.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Option<&Reviewed> {
        self.findings.iter().find(|reviewed| reviewed.fingerprint == finding.fingerprint)
    }

    /// How a finding compares with the review on a day.
    #[must_use]
    pub fn standing(&self, finding: &Finding, today: Date) -> Standing {
        self.of(finding).map_or(Standing::New, |reviewed| reviewed.standing(today))
    }

    /// What the review knows and a scan no longer finds, whether it is shown or set aside.
    #[must_use]
    pub fn resolved(&self, triage: &Triage) -> Vec<&Reviewed> {
        let found = fingerprints(triage);
        self.findings.iter().filter(|reviewed| !found.contains(reviewed.fingerprint.as_str())).collect()
    }

    /// The review of the findings of a scan: what was decided before stays, what is new is open, what is gone is fixed.
    #[must_use]
    pub fn updated(before: Option<&Self>, triage: &Triage, today: Date) -> Self {
        let said = |finding: &Finding| before.and_then(|review| review.of(finding)).cloned();
        let mut findings: Vec<_> = triage.reported.iter().map(|finding| Reviewed::now(finding, said(finding), today)).collect();
        let found = fingerprints(triage);
        for old in before.map(|review| review.findings.as_slice()).unwrap_or_default() {
            if findings.iter().any(|new| new.fingerprint == old.fingerprint) {
                continue;
            }
            let is_gone = !found.contains(old.fingerprint.as_str());
            let status = if is_gone && old.status == Decision::Open { Decision::Fixed } else { old.status };
            findings.push(Reviewed { status, ..old.clone() });
        }
        Self { schema: SCHEMA.into(), findings }
    }
}

/// Of everything that a scan found, however it was settled.
fn fingerprints(triage: &Triage) -> BTreeSet<&str> {
    let suppressed = triage.suppressed.iter().map(|(finding, _)| finding);
    triage.standing().flat_map(Finding::all).chain(suppressed).map(|finding| finding.fingerprint.as_str()).collect()
}

impl Reviewed {
    /// How it compares on a day, of what is still found.
    fn standing(&self, today: Date) -> Standing {
        let is_over = self.until.is_some_and(|last| last < today);
        match self.status {
            Decision::Open => Standing::Open,
            Decision::Fixed => Standing::NotFixed,
            _ if is_over => Standing::Expired,
            Decision::Accepted => Standing::Accepted,
            Decision::FalsePositive => Standing::FalsePositive,
        }
    }

    /// A finding as it is now, with what was said before.
    fn now(finding: &Finding, before: Option<Self>, today: Date) -> Self {
        let new = Self {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.id.clone(),
            place: format!("{}:{}", finding.place.path, finding.place.start.line),
            title: finding.rule.body.title.clone(),
            severity: finding.severity.name().to_owned(),
            status: Decision::Open,
            since: (today < Date::LAST).then_some(today),
            who: None,
            why: None,
            until: None,
            comment: None,
        };
        match before {
            Some(Self { status, since, who, why, until, comment, .. }) => Self { status, since, who, why, until, comment, ..new },
            None => new,
        }
    }

    /// Who said what, until when, in a sentence; None if nobody said anything.
    #[must_use]
    pub fn said(&self) -> Option<String> {
        let who = self.who.as_deref().map(|who| format!("{who}: "));
        let until = self.until.map(|day| format!(" (until {day})"));
        let said: Vec<_> = [&self.why, &self.comment].into_iter().flatten().map(|text| text.trim()).collect();
        let is_silent = said.is_empty() && who.is_none();
        (!is_silent).then(|| format!("{}{}{}", who.unwrap_or_default(), said.join(" "), until.unwrap_or_default()))
    }
}

/// A review file as it is written, with the places of what a scan may change.
#[derive(Deserialize)]
struct Written {
    #[serde(default, rename = "finding")]
    findings: Vec<Entry>,
}

/// One of its findings.
#[derive(Deserialize)]
struct Entry {
    fingerprint: String,
    rule: Spanned<String>,
    place: Spanned<String>,
    title: Spanned<String>,
    severity: Spanned<String>,
    status: Spanned<Decision>,
}

/// How many findings stand in which way.
#[must_use]
pub fn standings(review: &Review, findings: &[Finding], today: Date) -> BTreeMap<Standing, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(review.standing(finding, today)).or_default() += 1;
    }
    counts
}

/// Days as TOML writes them.
mod day {
    use super::{Date, Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        let text = day.map(|day| day.to_string()).unwrap_or_default();
        text.parse::<toml::value::Datetime>().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }

    pub(super) fn deserialize<'de, S: Deserializer<'de>>(deserializer: S) -> Result<Option<Date>, S::Error> {
        let day = toml::value::Datetime::deserialize(deserializer)?.to_string();
        day.parse().map(Some).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FindingBuilder, test_rule};
    use crate::source::{FileId, Span};
    use crate::target::Workspace;

    fn triage(texts: &[&str]) -> Triage {
        let rule = test_rule("a-rule");
        let finding = |text: &&str| {
            let workspace = Workspace::in_memory([("a.ts", *text)]);
            FindingBuilder::new(&rule, &workspace, FileId(0), Span::new(0, text.len() as u32)).build()
        };
        Triage { reported: texts.iter().map(finding).collect(), ..Triage::default() }
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn a_second_run_knows_what_is_fixed_what_remains_and_what_is_new() {
        let first = Review::updated(None, &triage(&["x(1)", "x(2)"]), day("2026-03-01"));
        let read = Review::parse(&first.to_text()).expect("its own text");
        assert_eq!(read, first);
        let now = triage(&["x(2)", "x(3)"]);
        let standings: Vec<_> = now.reported.iter().map(|finding| read.standing(finding, day("2026-04-01"))).collect();
        assert_eq!(standings, [Standing::Open, Standing::New]);
        let counts = super::standings(&read, &triage(&["x(2)", "x(3)", "x(4)"]).reported, day("2026-04-01"));
        assert_eq!(counts, BTreeMap::from([(Standing::New, 2), (Standing::Open, 1)]));
        assert_eq!(read.resolved(&now).len(), 1);
        let second = Review::updated(Some(&read), &now, day("2026-04-01"));
        let told: Vec<_> = second.findings.iter().map(|one| (one.status, one.since)).collect();
        let (march, april) = (Some(day("2026-03-01")), Some(day("2026-04-01")));
        assert_eq!(told, [(Decision::Open, march), (Decision::Open, april), (Decision::Fixed, march)]);
    }

    #[test]
    fn what_an_auditor_wrote_stays_as_it_is() {
        let today = day("2026-03-01");
        let text = Review::updated(None, &triage(&["x(1)", "x(2)"]), today).to_text();
        let written = text.replacen("[[finding]]", "# Ask Ada before the release.\n[[finding]]", 1);
        let written =
            written.replacen("status = \"open\"", "status   = 'accepted' # until the audit\nwho = 'Ada'\nwhy = 'A drill.'", 1);
        let written = format!("# Our own words.\n{written}\n# The end.\n");
        let before = Review::parse(&written).expect("a review");
        let now = Review::updated(Some(&before), &triage(&["x(1)", "x(3)"]), today);
        let after = now.text_after(&written);
        let kept = written.replace("status = \"open\"", "status = \"fixed\"");
        assert!(after.starts_with(&kept), "{after}");
        assert_eq!(after[kept.len()..].matches("[[finding]]").count(), 1, "{after}");
        let read = Review::parse(&after).expect("a review");
        assert_eq!(read.by_fingerprint(), now.by_fingerprint());
        assert_eq!(now.text_after("schema = 'x'\nfinding = []\n"), now.to_text(), "what cannot be edited is written anew");
    }

    #[test]
    fn a_decision_needs_a_reason_and_ends() {
        let now = triage(&["x(1)"]);
        let open = Review::updated(None, &now, day("2026-03-01")).to_text();
        let accepted = open.replace("status = \"open\"", "status = \"accepted\"");
        assert!(Review::parse(&accepted).expect_err("no reason").to_string().contains("needs `who` and `why`"));
        let founded = format!("{accepted}who = \"Ada\"\nwhy = \"It is a test key.\"\nuntil = 2026-06-30\n");
        let review = Review::parse(&founded).expect("a reason");
        let finding = &now.reported[0];
        assert_eq!(review.standing(finding, day("2026-06-30")), Standing::Accepted);
        assert_eq!(review.standing(finding, day("2026-07-01")), Standing::Expired);
        assert_eq!(review.of(finding).and_then(Reviewed::said).as_deref(), Some("Ada: It is a test key. (until 2026-06-30)"));
        let fixed = Review::parse(&open.replace("\"open\"", "\"fixed\"")).expect("a review");
        assert_eq!(fixed.standing(finding, day("2026-07-01")), Standing::NotFixed);
        assert!(Review::parse("schema = 'forewarn-review/v9'").is_err());
    }
}
