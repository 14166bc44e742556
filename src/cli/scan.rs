use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use forewarn::cache::Cache;
use forewarn::finding::Baseline;
use forewarn::report::{Outcome, REPORTERS, Report, Reporter, Style, first_screen, summary};
use forewarn::scan::ScanOptions;
use forewarn::target;

use super::Failure;
use super::kept::{self, CacheArguments, Told};
use super::output::{Color, STEP_WIDTH, WIDTH, is_broken_pipe, remark, style, timing_lines, variable, write_to};
use super::pdf::Pdf;
use super::selection::{GateArguments, Selection, Tree};

/// What can be said about a scan.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    cache: CacheArguments,
}

/// What is known already.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Known findings")]
struct Known {
    /// Accept the findings in this baseline; `forewarn baseline create` writes one.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Report only what was introduced after this commit, tag or branch of the repository.
    #[arg(long, value_name = "REV", conflicts_with = "baseline")]
    since: Option<String>,
    /// Write a baseline that accepts every finding of this scan.
    #[arg(long, value_name = "FILE", hide = true)]
    write_baseline: Option<PathBuf>,
    #[command(flatten)]
    review: super::review::ReviewFiles,
}

/// How the result is told.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct Look {
    /// Report format [default: table, or by the extension of the output file].
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<&'static dyn Reporter>,
    /// Write the report to a file, as `FILE` or `FORMAT=FILE`; may be given more than once.
    #[arg(long = "output", short, value_name = "[FORMAT=]FILE")]
    outputs: Vec<String>,
    /// Show everything: excerpts, flows, why it matters and how to fix it.
    #[arg(long)]
    full: bool,
    /// Markdown only: a summary that fits into a GitHub comment instead of the full audit report.
    #[arg(long)]
    summary: bool,
    /// Compare the wallet with one that auditors publicly warned about.
    #[arg(long)]
    resemblance: bool,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// Print no progress, no summary on standard error, and no report unless a format or file is given.
    #[arg(long, short)]
    quiet: bool,
}

/// Every format: those of the library, and the one that another program prints.
fn all_formats() -> impl Iterator<Item = &'static dyn Reporter> {
    let pdf: &'static dyn Reporter = &Pdf;
    REPORTERS.iter().copied().chain([pdf])
}

fn formats() -> impl TypedValueParser<Value = &'static dyn Reporter> {
    let names = PossibleValuesParser::new(all_formats().map(|reporter| reporter.name()));
    names.map(|name| format_named(&name).expect("the parser takes only these names"))
}

fn format_named(name: &str) -> Option<&'static dyn Reporter> {
    all_formats().find(|reporter| reporter.name() == name)
}

/// What the last part of a file's name says of its format.
const EXTENSIONS: &[(&str, &str)] = &[
    ("sarif", "sarif"),
    ("html", "html"),
    ("htm", "html"),
    ("md", "markdown"),
    ("csv", "csv"),
    ("json", "json"),
    ("pdf", "pdf"),
    ("txt", "table"),
];

/// A report that is to be written: its format, and the file; standard output if there is none.
type Target<'a> = (&'static dyn Reporter, Option<&'a Path>);

impl Look {
    /// What is to be written where.
    fn targets(&self) -> Vec<Target<'_>> {
        let mut targets: Vec<Target<'_>> = Vec::new();
        let mut is_format_used = false;
        for output in &self.outputs {
            let format = |name: &str| format_named(name).or_else(|| of_extension(name));
            let named = output.split_once('=').and_then(|(name, path)| Some((format(name)?, path)));
            if let Some((format, path)) = named {
                targets.push((format, Some(Path::new(path))));
                continue;
            }
            let path = Path::new(output);
            is_format_used |= self.format.is_some();
            targets.push((self.format.unwrap_or_else(|| by_extension(path)), Some(path)));
        }
        let to_screen = match self.format {
            Some(_) => !is_format_used,
            None => targets.is_empty() && !self.quiet,
        };
        if to_screen {
            targets.push((self.format.unwrap_or(REPORTERS[0]), None));
        }
        targets
    }

    fn style(&self, file: Option<&Path>) -> Style {
        let style = style(self.color, file.is_some());
        let full = self.full || file.is_some();
        Style { full, resemblance: self.resemblance, summary: self.summary, ..style }
    }

    fn write(&self, report: &Report, (format, file): Target<'_>) -> Result<(), Failure> {
        write_through(file, |out| format.write(report, self.style(file), out))
    }
}

/// The verdict stands even if nobody reads to the end.
fn write_through(file: Option<&Path>, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<(), Failure> {
    write_to(file, write).or_else(|error| if is_broken_pipe(&*error) { Ok(()) } else { Err(error) })
}

fn by_extension(path: &Path) -> &'static dyn Reporter {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    of_extension(&extension).unwrap_or(REPORTERS[0])
}

fn of_extension(extension: &str) -> Option<&'static dyn Reporter> {
    let name = EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, name)| *name);
    name.and_then(format_named)
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let quiet = self.look.quiet;
        let (tree, mut options) = self.selection.options(&self.gate)?;
        let targets = self.look.targets();
        let known = [&self.known.baseline, &self.known.write_baseline].into_iter().filter_map(Option::as_deref);
        let reviews = self.known.review.files();
        options.foreign = self.selection.below(targets.iter().filter_map(|(_, file)| *file).chain(known).chain(reviews));
        options.baseline = self.known.baseline.as_deref().map(read_baseline).transpose()?;
        if let Some(revision) = &self.known.since {
            options.baseline = Some(self.selection.since(&tree, &options, revision, quiet)?);
            options.since = Some(revision.clone());
        }
        match self.cache(&tree, &options, &targets) {
            Some(cache) => self.run_with(&cache, (&tree, &options), &targets),
            None => {
                let review = self.known.review.read()?;
                let report = self.selection.scan(&tree, &options, quiet)?;
                let is_partial = report.adjustments.is_partial();
                let review = review.map(|review| if is_partial { review.among(&report.rules) } else { review });
                let report = Report { review, ..report };
                self.conclude((&report, &options), &targets)
            }
        }
    }

    /// The cache, for a run that is nothing but a function of its files and options. Rules of the user's own are being worked on.
    fn cache(&self, tree: &Tree, options: &ScanOptions, targets: &[Target<'_>]) -> Option<Cache> {
        let has_side =
            self.known.write_baseline.is_some() || self.known.review.is_used() || self.selection.timings || is_on_github();
        let is_printed = targets.iter().any(|(format, _)| format.name() == Pdf.name());
        if has_side || is_printed || !options.rule_folders.is_empty() {
            return None;
        }
        let root = match tree {
            Tree::Folder(root) => root,
            Tree::Revision { repository, .. } => repository,
        };
        self.cache.open(root)
    }

    /// Tells what the cache has of this very scan; scans and keeps what is told if it has nothing.
    fn run_with(&self, cache: &Cache, (tree, options): (&Tree, &ScanOptions), targets: &[Target<'_>]) -> Result<u8, Failure> {
        let looks: Vec<_> = targets.iter().map(|(format, file)| (format.name(), self.look.style(*file))).collect();
        let (mut key, mut known) = (None, None);
        let report = self.selection.scan_unless(tree, options, self.look.quiet, |workspace| {
            key = kept::key(options, workspace, &looks);
            known = key.and_then(|key| Told::of(cache, key)).filter(|told| told.texts.len() == targets.len());
            known.is_some()
        })?;
        if let Some(told) = known {
            return self.repeat(&told, targets);
        }
        let Some(report) = report else { return Err("nothing was scanned".into()) };
        let text = |((format, _), (_, style)): (&Target<'_>, &(&str, Style))| {
            let mut text = Vec::new();
            format.write(&report, *style, &mut text)?;
            String::from_utf8(text).map_err(io::Error::other)
        };
        let texts = targets.iter().zip(&looks).map(text).collect::<io::Result<_>>()?;
        let told = Told { texts, remarks: remarks(&report, targets), exit: self.exit_code(&report, targets) };
        if let Some(key) = key {
            told.keep(cache, key);
        }
        self.repeat(&told, targets)
    }

    /// Tells what is to be told, scanned now or before.
    fn repeat(&self, told: &Told, targets: &[Target<'_>]) -> Result<u8, Failure> {
        for ((_, file), text) in targets.iter().zip(&told.texts) {
            write_through(*file, |out| out.write_all(text.as_bytes()))?;
        }
        if !self.look.quiet {
            told.remarks.iter().for_each(|line| remark(line));
        }
        Ok(told.exit)
    }

    /// Writes everything that was asked for.
    fn conclude(&self, (report, options): (&Report, &ScanOptions), targets: &[Target<'_>]) -> Result<u8, Failure> {
        self.known.review.write(report)?;
        if let Some(path) = &self.known.write_baseline {
            let accepted = Baseline::new(report.triage.standing());
            write_to(Some(path), |out| out.write_all(accepted.to_text().as_bytes()))?;
        }
        options.timings.of("report", || targets.iter().try_for_each(|target| self.look.write(report, *target)))?;
        timing_lines(&options.timings).iter().for_each(|line| remark(line));
        if !self.look.quiet {
            remarks(report, targets).iter().for_each(|line| remark(line));
            if is_on_github() && judges(targets) {
                let is_annotated = targets.iter().any(|(format, _)| format.name() == "github");
                annotate(report, !is_annotated)?;
            }
        }
        Ok(self.exit_code(report, targets))
    }

    fn exit_code(&self, report: &Report, targets: &[Target<'_>]) -> u8 {
        let is_bill = !targets.is_empty() && targets.iter().all(|(format, _)| !format.judges());
        match report.outcome() {
            _ if is_bill => 0,
            // What is accepted as a baseline does not fail the run that accepts it.
            Outcome::Failed(_) if self.known.write_baseline.is_some() => 0,
            outcome => outcome.exit_code(),
        }
    }
}

/// What standard error is told that no report on the screen says.
fn remarks(report: &Report, targets: &[Target<'_>]) -> Vec<String> {
    let is_told = targets.iter().any(|(format, file)| file.is_none() && format.name() == REPORTERS[0].name());
    let is_silent = is_told || !judges(targets) || report.outcome() == Outcome::Passed;
    if is_silent { Vec::new() } else { summary(report, WIDTH) }
}

fn judges(targets: &[Target<'_>]) -> bool {
    targets.iter().any(|(format, _)| format.judges())
}

fn is_on_github() -> bool {
    variable("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Marks on the lines of a change, and the first screen as the summary of the job.
fn annotate(report: &Report, with_marks: bool) -> Result<(), Failure> {
    if let Some(format) = format_named("github").filter(|_| with_marks) {
        // The runner reads commands from both streams; the other one may carry a report.
        format.write(report, Style::default(), &mut std::io::stderr().lock())?;
    }
    if let Some(path) = variable("GITHUB_STEP_SUMMARY") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        writeln!(file, "````text\n{}\n````", first_screen(report, STEP_WIDTH).join("\n").replace("````", "''''"))?;
    }
    Ok(())
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let text = target::read_text(path)?;
    Ok(Baseline::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}
