//! Reviews: what people say of findings, read before a report is written and kept after it.

use std::path::PathBuf;

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
        let Some(path) = &self.review else { return Ok(None) };
        let text = target::read_text(path)?;
        Ok(Some(Review::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?))
    }

    /// Keeps the review of a scan, if that was asked for.
    pub(super) fn write(&self, report: &Report) -> Result<(), Failure> {
        let Some(path) = &self.write_review else { return Ok(()) };
        let review = Review::updated(report.review.as_ref(), &report.triage, report.as_of);
        write_to(Some(path), |out| out.write_all(review.to_text().as_bytes()))
    }
}
