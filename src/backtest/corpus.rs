//! The history that a scan is measured against, as TOML: incidents with their trees before disclosure, and wallets without one.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::rule::{Date, Glob};
use crate::target::{self, TargetError};

/// Incidents and controls of one or more files.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Corpus {
    /// Trees that led to a loss or to a finding of an auditor.
    #[serde(default, rename = "incident")]
    pub incidents: Vec<Incident>,
    /// Trees that did not, as far as is publicly known.
    #[serde(default, rename = "control")]
    pub controls: Vec<Control>,
    /// The rules that speak of the defect of an incident, by its id: an answer sheet beside a corpus that has none.
    #[serde(default)]
    right: BTreeMap<String, Vec<Glob>>,
}

/// A defect that became public, and the tree in which it stood before.
#[derive(Clone, Debug, Deserialize)]
pub struct Incident {
    /// Its id in the corpus.
    pub id: String,
    /// `owner/name` of the repository.
    pub repo: Option<String>,
    /// The published package, instead of a repository: `npm:name@version`.
    pub registry: Option<String>,
    /// The sort of defect.
    pub class: String,
    /// What was lost, in US dollars of the time, where a figure is known.
    #[serde(default)]
    pub loss_usd: Option<u64>,
    /// The revision to scan.
    #[serde(default)]
    pub vulnerable_commit: String,
    /// A revision in which the defect was mended.
    pub fixed_commit: Option<String>,
    /// The folder of the tree that matters; all of it if empty.
    #[serde(default)]
    pub scan_path: String,
    /// When the defect came in, as far as it is known.
    pub introduced_date: Option<Date>,
    /// When the defect became public.
    pub disclosed_date: Option<Date>,
    /// Where a scanner should point, from the root of the repository.
    #[serde(default)]
    pub files: Vec<Location>,
    /// The languages of those files.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Whether a scanner can see it, judged by reading.
    pub detectable: Detectable,
    /// The rules that speak of this defect, as patterns of their ids; those of its class if empty.
    #[serde(default)]
    pub rules: Vec<Glob>,
    /// Whether its findings are not told.
    #[serde(skip)]
    pub is_sealed: bool,
}

/// A wallet without a known incident.
#[derive(Clone, Debug, Deserialize)]
pub struct Control {
    /// Its id in the corpus.
    pub id: String,
    /// `owner/name` of the repository.
    pub repo: String,
    /// The revision to scan.
    pub commit: String,
    /// The day of the revision.
    pub date: Date,
    /// The languages of its code.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Whether it was drawn from the public whatever its quality, instead of being chosen for its audits.
    #[serde(skip)]
    pub is_background: bool,
    /// Whether its findings are not told.
    #[serde(skip)]
    pub is_sealed: bool,
}

/// Whether a scanner can see a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detectable {
    /// It can.
    Yes,
    /// With knowledge that the tree alone does not hold.
    Partly,
    /// It cannot.
    No,
}

impl Detectable {
    /// Its name in the corpus.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }
}

/// A place that a case names: `path` or `path:line`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Location {
    /// The file, from the root of the repository.
    pub path: String,
    /// The line, from 1; the whole file if absent.
    pub line: Option<u32>,
}

impl From<String> for Location {
    fn from(text: String) -> Self {
        let numbered = text.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?)));
        match numbered {
            Some((path, line)) => Self { path: path.into(), line: Some(line) },
            None => Self { path: text, line: None },
        }
    }
}

/// What a file of a corpus is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Incidents and controls.
    #[default]
    Told,
    /// Wallets drawn from the public: they say how common a score is, and are no controls.
    Background,
    /// Incidents and controls on which no rule was written. Of their findings only numbers are told, so that none will be.
    Sealed,
}

/// A corpus that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file cannot be read.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A file is not a corpus.
    #[error("{path}: {source}")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong with it, and where.
        source: toml::de::Error,
    },
}

impl Corpus {
    /// Reads corpus files and puts them together, in the order given.
    ///
    /// # Errors
    /// At the first file that cannot be used.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a Path, Part)>) -> Result<Self, CorpusError> {
        let mut corpus = Self::default();
        for (path, of) in files {
            let text = target::read_text(path)?;
            let mut part: Self =
                toml::from_str(&text).map_err(|source| CorpusError::Invalid { path: path.display().to_string(), source })?;
            part.incidents.iter_mut().for_each(|incident| incident.is_sealed = of == Part::Sealed);
            for control in &mut part.controls {
                (control.is_background, control.is_sealed) = (of == Part::Background, of == Part::Sealed);
            }
            corpus.incidents.extend(part.incidents);
            corpus.controls.extend(part.controls);
            corpus.right.extend(part.right);
        }
        for incident in &mut corpus.incidents {
            if let Some(rules) = corpus.right.get(&incident.id) {
                incident.rules.clone_from(rules);
            }
        }
        Ok(corpus)
    }
}

impl Incident {
    /// A named place as the scan of [`Incident::scan_path`] sees it; None if it lies outside.
    #[must_use]
    pub fn path_in_scan<'a>(&self, location: &'a Location) -> Option<&'a str> {
        let folder = self.scan_path.trim_matches('/');
        if folder.is_empty() {
            return Some(&location.path);
        }
        location.path.strip_prefix(folder)?.strip_prefix('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        [[incident]]
        id = "a"
        repo = "owner/name"
        class = "nonce"
        vulnerable_commit = "HEAD"
        scan_path = "packages/a"
        disclosed_date = "2022-08-03"
        files = ["packages/a/x.js:12", "packages/a/y.js", "z.js:1"]
        languages = ["js"]
        detectable = "partly"
        loss_usd = 1

        [[control]]
        id = "b"
        repo = "owner/other"
        commit = "HEAD"
        date = "2021-01-02"
    "#;

    #[test]
    fn a_corpus_reads_and_its_places_are_seen_from_the_scanned_folder() {
        let corpus: Corpus = toml::from_str(TEXT).unwrap();
        let incident = &corpus.incidents[0];
        let seen: Vec<_> = incident.files.iter().map(|file| (incident.path_in_scan(file), file.line)).collect();
        assert_eq!(seen, [(Some("x.js"), Some(12)), (Some("y.js"), None), (None, Some(1))]);
        assert_eq!(corpus.controls[0].date.to_string(), "2021-01-02");
    }

    #[test]
    fn the_page_on_the_format_shows_a_corpus_that_can_be_read() {
        let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/backtest.md"));
        let text = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
        let corpus: Corpus = toml::from_str(text).expect("it is a corpus");
        assert_eq!((corpus.incidents.len(), corpus.controls.len()), (1, 1));
        assert_eq!(corpus.incidents[0].files[0].line, Some(7));
    }
}
