//! Reviews: what people say of findings, read before a report is written and kept after it.

use std::path::{Path, PathBuf};

use forewarn::finding::Review;
use forewarn::report::Report;
use forewarn::target;

use super::Failure;
use super::output::write_to;

/// What can be said about reviews.
#[derive(Debug, clap::Args)]
pub(super) struct ReviewFiles {
    /// Review file (TOML) with statuses and comments for the report; also shows what is new or fixed since. It silences nothing.
    #[arg(long, value_name = "FILE")]
    review: Option<PathBuf>,
    /// Write a review file of this scan: earlier decisions are kept, new findings are open, those that are gone are fixed.
    #[arg(long, value_name = "FILE")]
    write_review: Option<PathBuf>,
}

impl ReviewFiles {
    /// Whether a review is read or written.
    pub(super) fn is_used(&self) -> bool {
        self.review.is_some() || self.write_review.is_some()
    }

    /// The review, if there is one.
    pub(super) fn read(&self) -> Result<Option<Review>, Failure> {
        let Some((path, text)) = self.before()? else { return Ok(None) };
        Ok(Some(Review::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?))
    }

    /// The review of before, as it is written: the one that was named, else the one that is to be written anew. What is decided there
    /// is not lost because somebody named the file once only.
    fn before(&self) -> Result<Option<(&Path, String)>, Failure> {
        if let Some(path) = &self.review {
            return Ok(Some((path, target::read_text(path)?)));
        }
        let Some(path) = &self.write_review else { return Ok(None) };
        match target::read_text(path) {
            Err(error) if error.is_absent() => Ok(None),
            text => Ok(Some((path, text?))),
        }
    }

    /// The files of the reviews, which are no part of what is scanned.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.review, &self.write_review].into_iter().filter_map(Option::as_deref)
    }

    /// Keeps the review of a scan, if that was asked for.
    pub(super) fn write(&self, report: &Report) -> Result<(), Failure> {
        let Some(path) = &self.write_review else { return Ok(()) };
        if report.adjustments.is_partial() {
            return Err("--write-review needs a scan with every rule: what was not looked for would be called fixed".into());
        }
        let review = Review::updated(report.review.as_ref(), &report.triage, report.as_of);
        let text = self.before()?.map_or_else(|| review.to_text(), |(_, before)| review.text_after(&before));
        write_to(Some(path), |out| out.write_all(text.as_bytes()))
    }
}
