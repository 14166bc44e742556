use std::path::PathBuf;

use clap::ValueEnum;
use forewarn::advisory::Advisories;
use forewarn::report::label::{write_card, write_text};
use forewarn::rule::Date;
use forewarn::scan::ScanOptions;

use super::db::advisories;
use super::output::{Color, style, write_to};
use super::selection::{Tree, scan_tree};
use super::{Failure, today};

/// What can be said about a label.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The wallet's source folder, or a commit of a local repository as `REPOSITORY@REVISION`. Its settings and suppressions do not
    /// apply.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Text or an SVG image.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the label to a file.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Use only knowledge public on DATE [default: today].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Folder of a local advisory database made by `forewarn db` [default: $FOREWARN_DB, else the user's cache, if present].
    #[arg(long, value_name = "DIR", conflicts_with = "no_db")]
    db: Option<PathBuf>,
    /// Use only the built-in advisories.
    #[arg(long)]
    no_db: bool,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
}

/// What a label looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Svg,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let options = ScanOptions {
            refuse_comments: true,
            asks: true,
            as_of: self.as_of.unwrap_or_else(today),
            advisories: if self.no_db { Advisories::default() } else { advisories(self.db.as_deref())? },
            ..ScanOptions::new(&self.path)
        };
        let report = scan_tree(&Tree::at(&self.path)?, &options)?;
        let style = style(self.color, self.output.is_some());
        write_to(self.output.as_deref(), |out| match self.format {
            Format::Text => write_text(&report, style, out),
            Format::Svg => write_card(&report, out),
        })?;
        Ok(0)
    }
}
