//! For people who hand reports on: the audit report in full, and a summary for comments on pull requests.

mod audit;
mod listing;
mod summary;
mod text;

use std::io::{self, Write};

use super::{Report, Reporter, Style};

pub(super) use text::{escaped, prose};

/// The Markdown format.
#[derive(Debug)]
pub(super) struct Markdown;

impl Reporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn write(&self, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
        if style.summary { summary::write(report, out) } else { audit::write(report, out) }
    }
}
