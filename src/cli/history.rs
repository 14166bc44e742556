use std::path::{Path, PathBuf};

use clap::ValueEnum;
use forewarn::advisory::Advisories;
use forewarn::history::{History, HistoryOptions, history, write_json, write_svg, write_table};
use forewarn::rule::{Date, Glob};
use forewarn::scan::ScanOptions;
use forewarn::target::{Choice, full_name, remote_of, repository_of};

use super::db::advisories;
use super::output::{remark, write_to};
use super::{Failure, RuleFolders};

/// What can be said about a history.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Local git repository, bare or not, or a folder in one. Its settings and suppressions do not apply.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Only tags whose name matches this pattern, such as `v*`; may be given more than once.
    #[arg(long, value_name = "GLOB", conflicts_with = "every")]
    tags: Vec<String>,
    /// Every Nth commit along first parents instead of the tags.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    every: Option<u32>,
    /// Revision from which `--every` goes back.
    #[arg(long, value_name = "REVISION", default_value = "HEAD", requires = "every")]
    from: String,
    /// No release before this day.
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// No release after this day.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Use only knowledge public on DATE for all releases [default: each release's own day].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Name of the repository, `owner/name`, under which known incidents are looked up [default: from its remote].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Folder of a local advisory database made by `forewarn db` [default: only the built-in advisories].
    #[arg(long, value_name = "DIR")]
    db: Option<PathBuf>,
    #[command(flatten)]
    rules: RuleFolders,
    /// Number of threads [default: one per processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Format on standard output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write to a file instead, as its name ends: `.json`, `.svg`, or anything else for the table; may be given more than once.
    #[arg(long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Do not print the releases while they are scanned.
    #[arg(long, short)]
    quiet: bool,
}

/// What a history looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Svg,
}

impl Format {
    fn of(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => Self::Json,
            Some("svg") => Self::Svg,
            _ => Self::Table,
        }
    }
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let options = self.options()?;
        let scan = ScanOptions {
            rule_folders: self.rules.folders.clone(),
            refuse_comments: true,
            threads: self.threads.map(usize::from),
            advisories: self.db.as_deref().map_or_else(|| Ok(Advisories::default()), |folder| advisories(Some(folder)))?,
            ..ScanOptions::new(&self.path)
        };
        let found = history(&options, &scan, |release| {
            if !self.quiet {
                remark(&format!("{} {}", release.day, release.name));
            }
        })?;
        if found.steps.is_empty() {
            let hint =
                if self.every.is_some() { "" } else { ": the repository may have no tags; `--every N` takes commits instead" };
            return Err(format!("no such releases in {}{hint}", self.path.display()).into());
        }
        if self.output.is_empty() {
            write(&found, self.format, None)?;
        }
        self.output.iter().try_for_each(|file| write(&found, Format::of(file), Some(file)))?;
        if !self.quiet {
            remark(&spared(&found));
        }
        Ok(0)
    }

    fn options(&self) -> Result<HistoryOptions, Failure> {
        let (repository, folder) = place(&self.path)?;
        let choice = match self.every {
            Some(step) => Choice::Every { step: step as usize, from: self.from.clone() },
            None => Choice::Tags(self.tags.iter().map(|text| Glob::new(text)).collect()),
        };
        let name = self.name.clone().or_else(|| full_name(&repository, remote_of(&repository).as_deref()));
        let Self { since, until, as_of, .. } = *self;
        Ok(HistoryOptions { repository, folder, name, choice, since, until, as_of })
    }
}

/// The repository that a path is or lies in, and which folder of it.
fn place(path: &Path) -> Result<(PathBuf, String), Failure> {
    let is_bare = path.join("HEAD").is_file() && path.join("objects").is_dir();
    match repository_of(path).filter(|_| !is_bare) {
        Some(root) => {
            let real = path.canonicalize()?;
            let parts: Vec<_> = real.strip_prefix(&root)?.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            Ok((root, parts.join("/")))
        }
        None => Ok((path.to_owned(), String::new())),
    }
}

fn write(found: &History, format: Format, file: Option<&Path>) -> Result<(), Failure> {
    write_to(file, |out| match format {
        Format::Table => write_table(found, out),
        Format::Json => write_json(found, out),
        Format::Svg => write_svg(found, out),
    })
}

/// `119 of 128 releases scanned, 9 had the same files; 31,420 of 33,870 files had been read before (93 %)`
fn spared(found: &History) -> String {
    let same = found.scanned().filter(|(_, step)| step.is_repeat).count();
    let scanned = found.scanned().count() - same;
    let saved = found.saved;
    let percent = (100 * saved.known).checked_div(saved.files).unwrap_or(0);
    let (all, known, files) = (found.steps.len(), saved.known, saved.files);
    format!(
        "{scanned} of {all} releases scanned, {same} had the same files; {known} of {files} files had been read before ({percent} %)"
    )
}
