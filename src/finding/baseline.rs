//! Findings that were there before and are accepted for now, by fingerprint.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::source::{Notice, NoticeKind};
use crate::target::Workspace;

const SCHEMA: &str = "forewarn-baseline/v1";

/// The content of a baseline file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema: String,
    /// Fingerprint to rule and path, which are there for people who read the file.
    findings: BTreeMap<String, String>,
    /// Findings in files that were renamed since, by their old path and what they are without it: how many of each.
    #[serde(skip)]
    moved: BTreeMap<String, usize>,
    /// Old paths by new ones.
    #[serde(skip)]
    renamed: BTreeMap<Arc<str>, Arc<str>>,
    /// Whether it is an earlier state: what is gone since then was fixed, and is no mistake of the file.
    #[serde(skip)]
    is_earlier: bool,
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
        Self {
            schema: SCHEMA.into(),
            findings: findings.into_iter().flat_map(Finding::all).map(entry).collect(),
            moved: BTreeMap::new(),
            renamed: BTreeMap::new(),
            is_earlier: false,
        }
    }

    /// The baseline of an earlier state of a tree, in which a finding is the same in a file that was renamed (old paths by new ones).
    #[must_use]
    pub fn earlier<'a>(findings: impl IntoIterator<Item = &'a Finding>, renamed: BTreeMap<Arc<str>, Arc<str>>) -> Self {
        let findings: Vec<_> = findings.into_iter().flat_map(Finding::all).collect();
        let mut baseline = Self { is_earlier: true, renamed, ..Self::new(findings.iter().copied()) };
        let gone: BTreeSet<_> = baseline.renamed.values().cloned().collect();
        for finding in findings.iter().filter(|finding| gone.contains(&finding.place.path)) {
            *baseline.moved.entry(at_path(finding, &finding.place.path)).or_default() += 1;
        }
        baseline
    }

    /// How many findings it accepts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it accepts none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many of its entries another baseline has not.
    #[must_use]
    pub fn without(&self, other: &Self) -> usize {
        self.findings.keys().filter(|print| !other.findings.contains_key(*print)).count()
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

    /// The findings that it does not know.
    #[must_use]
    pub fn unknown<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> Vec<&'f Finding> {
        let mut usage = self.usage();
        findings.into_iter().filter(|finding| !usage.take(finding)).collect()
    }

    /// A look at the baseline that remembers which entries were met.
    pub(super) fn usage(&self) -> Usage<'_> {
        let idle = self.findings.keys().map(String::as_str).collect();
        Usage { idle, moved: self.moved.clone(), gone: BTreeMap::new(), baseline: self }
    }

    /// The same for a tree: where the file of an entry is gone, its finding may be in a file of another name.
    pub(super) fn usage_in(&self, workspace: &Workspace) -> Usage<'_> {
        let mut gone: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (rule, path) in self.findings.values().filter_map(|place| place.split_once(' ')) {
            if workspace.find(path).is_none() {
                gone.entry(rule).or_default().insert(path);
            }
        }
        Usage { gone, ..self.usage() }
    }
}

/// What a finding is in a file, wherever its lines are: its rule, what it is about, and the text at its place.
fn at_path(finding: &Finding, path: &str) -> String {
    let excerpt = &finding.excerpt;
    let lines = excerpt.lines.join("\n");
    let marked = lines.get(excerpt.mark.clone()).unwrap_or(&lines);
    let words: Vec<_> = marked.split_whitespace().collect();
    format!("{path}\n{}\n{}\n{}", finding.rule.id, finding.subject.as_deref().unwrap_or_default(), words.join(" "))
}

/// Which entries of a baseline no finding has met yet.
pub(super) struct Usage<'a> {
    baseline: &'a Baseline,
    idle: BTreeSet<&'a str>,
    moved: BTreeMap<String, usize>,
    /// By rule, the files of entries that the tree no longer has.
    gone: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// So many files that are gone are tried for a finding.
const TRIED: usize = 1_000;

impl Usage<'_> {
    /// Whether the baseline knows the finding.
    pub(super) fn take(&mut self, finding: &Finding) -> bool {
        self.idle.remove(finding.fingerprint.as_str());
        if self.baseline.findings.contains_key(&finding.fingerprint) {
            return true;
        }
        let old = self.baseline.renamed.get(&finding.place.path);
        let moved = old.and_then(|old| self.moved.get_mut(&at_path(finding, old)));
        let moved = moved.filter(|left| **left > 0).map(|left| *left -= 1);
        // An earlier state of the tree knows what was renamed; a file of accepted findings has to guess.
        moved.is_some() || (!self.baseline.is_earlier && self.take_renamed(finding))
    }

    /// Whether an entry is about the same text in a file that is gone: each is met once.
    fn take_renamed(&mut self, finding: &Finding) -> bool {
        let Some(paths) = self.gone.get(finding.rule.id.as_str()) else { return false };
        let prints = paths.iter().take(TRIED).map(|path| finding.fingerprint_at(path));
        let found = prints.into_iter().find(|print| self.idle.contains(print.as_str()));
        found.is_some_and(|print| self.idle.remove(print.as_str()))
    }

    /// A remark if entries are left over.
    pub(super) fn notice(self) -> Option<Notice> {
        if self.baseline.is_earlier {
            return None;
        }
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
    fn a_renamed_file_is_the_same_file() {
        let rule = crate::finding::test_rule("r");
        let finding = |path: &str, text: &str| {
            let workspace = Workspace::in_memory([(path, text)]);
            let span = crate::source::Span::new(0, text.len() as u32);
            crate::finding::FindingBuilder::new(&rule, &workspace, crate::source::FileId(0), span).build()
        };
        let renamed = BTreeMap::from([("new.ts".into(), "old.ts".into())]);
        let earlier = Baseline::earlier([&finding("old.ts", "bad(1)"), &finding("kept.ts", "bad(1)")], renamed);
        let mut usage = earlier.usage();
        assert!(!usage.take(&finding("more.ts", "bad(1)")), "it is not the one that was renamed");
        assert!(usage.take(&finding("kept.ts", "bad(1)")) && usage.take(&finding("new.ts", "bad(1)")));
        assert!(!usage.take(&finding("new.ts", "bad(1)")), "one was there, and no second one");
        assert!(!usage.take(&finding("new.ts", "bad(2)")));
        assert!(usage.notice().is_none());
    }

    #[test]
    fn a_baseline_file_knows_a_finding_in_a_file_of_another_name() {
        let rule = crate::finding::test_rule("r");
        let tree = |path: &str| Workspace::in_memory([(path, "bad(1)")]);
        let finding = |path: &str| {
            let span = crate::source::Span::new(0, 6);
            crate::finding::FindingBuilder::new(&rule, &tree(path), crate::source::FileId(0), span).build()
        };
        let baseline = Baseline::parse(&Baseline::new([&finding("old.ts")]).to_text()).expect("its own text");
        let workspace = tree("new.ts");
        let mut usage = baseline.usage_in(&workspace);
        assert!(usage.take(&finding("new.ts")), "the old file is gone");
        assert!(!usage.take(&finding("new.ts")), "one was there, and no second one");
        assert!(usage.notice().is_none(), "the entry is in use");
        let workspace = Workspace::in_memory([("new.ts", "bad(1)"), ("old.ts", "bad(1)")]);
        assert!(!baseline.usage_in(&workspace).take(&finding("new.ts")), "a copy is new");
    }

    #[test]
    fn a_baseline_is_read_back_and_others_are_refused() {
        let baseline = Baseline::new([]);
        assert_eq!(Baseline::parse(&baseline.to_text()).expect("its own text"), baseline);
        let other = baseline.to_text().replace("/v1", "/v9");
        assert!(Baseline::parse(&other).expect_err("another schema").to_string().contains("v9"));
        assert!(Baseline::parse("[]").is_err());
    }
}
