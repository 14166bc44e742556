//! One page for a browser or a mailbox: it loads nothing, and its only script filters its rows.

mod gauge;
mod markup;
mod page;
mod row;

use std::io::{self, Write};

use askama::Template as _;

use super::{Report, Reporter, Style, prose};

pub(crate) use markup::Markup;

/// The HTML format.
#[derive(Debug)]
pub(super) struct Html;

impl Reporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        page::Page::of(report).write_into(out)?;
        writeln!(out)
    }
}
