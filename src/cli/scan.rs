use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use forewarn::advisory::Advisories;
use forewarn::advisory::vex::Vex;
use forewarn::finding::Baseline;
use forewarn::report::{Gate, REPORTERS, Report, Reporter, Style};
use forewarn::rule::{Confidence, Date, Severity};
use forewarn::scan::{ScanOptions, scan};
use forewarn::settings::FailOn;
use forewarn::target;
use indicatif::{ProgressBar, ProgressStyle};

use super::db::advisories;
use super::output::{Color, style, write_to};
use super::{Failure, RuleFolders, trust};

/// What can be said about a scan.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder to scan.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Format of the report.
    #[arg(long, value_name = "FORMAT", default_value = REPORTERS[0].name(), value_parser = formats())]
    format: &'static dyn Reporter,
    /// Write the report to a file.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Apply only this rule; may be given more than once.
    #[arg(long = "rule", value_name = "ID")]
    only: Vec<String>,
    #[command(flatten)]
    rules: RuleFolders,
    #[command(flatten)]
    trust: trust::Trust,
    /// Judge with what was public on a day (2022-08-03); today if absent.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Folder of the store of advisories that `forewarn db` made [default: $FOREWARN_DB, else the user's cache, if one is there].
    #[arg(long, value_name = "DIR", conflicts_with = "no_db")]
    db: Option<PathBuf>,
    /// Use no store of advisories, only what is embedded.
    #[arg(long)]
    no_db: bool,
    /// Fail from this severity on, or `never` [default: high].
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Fail from this score on, 0 to 100.
    #[arg(long, value_name = "N", value_parser = bounded(100.0))]
    max_score: Option<f64>,
    /// Call the scan incomplete below this share of analysed code, 0 to 1.
    #[arg(long, value_name = "SHARE", value_parser = bounded(1.0))]
    min_coverage: Option<f64>,
    /// Show only findings of at least this confidence.
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidences())]
    min_confidence: Option<Confidence>,
    /// Accept the findings that this file names.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// An OpenVEX document with what is known of flaws in packages; may be given more than once.
    #[arg(long, value_name = "FILE")]
    vex: Vec<PathBuf>,
    /// Write a baseline that accepts every finding of this scan.
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    #[command(flatten)]
    review: super::review::ReviewFiles,
    /// Markdown only: a summary that fits into a comment on GitHub, instead of the whole audit report.
    #[arg(long)]
    summary: bool,
    /// How many threads to use; one for each processor if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// No progress, and no report on standard output: only the exit code speaks.
    #[arg(long, short)]
    quiet: bool,
}

fn formats() -> impl TypedValueParser<Value = &'static dyn Reporter> {
    let names = PossibleValuesParser::new(REPORTERS.iter().map(|reporter| reporter.name()));
    names.map(|name| *REPORTERS.iter().find(|reporter| reporter.name() == name).expect("the parser takes only these names"))
}

fn confidences() -> impl TypedValueParser<Value = Confidence> {
    let names = PossibleValuesParser::new(Confidence::ALL.map(Confidence::name));
    names.map(|name| Confidence::ALL.into_iter().find(|one| one.name() == name).expect("the parser takes only these names"))
}

/// A number from 0 to `most`.
fn bounded(most: f64) -> impl Fn(&str) -> Result<f64, String> + Clone {
    move |text| match text.parse::<f64>() {
        Ok(number) if (0.0..=most).contains(&number) => Ok(number),
        _ => Err(format!("it must be a number from 0 to {most}")),
    }
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let options = self.options()?;
        let review = self.review.read()?;
        let progress = self.progress();
        let report = scan(&options);
        progress.finish_and_clear();
        let report = Report { review, ..report? };
        self.review.write(&report)?;
        if let Some(path) = &self.write_baseline {
            let accepted = Baseline::new(report.triage.standing());
            write_to(Some(path), |out| out.write_all(accepted.to_text().as_bytes()))?;
        }
        self.write(&report)?;
        Ok(report.outcome().exit_code())
    }

    fn write(&self, report: &Report) -> Result<(), Failure> {
        if self.quiet && self.output.is_none() {
            return Ok(());
        }
        let style = Style { summary: self.summary, ..style(self.color, self.output.is_some()) };
        let written = write_to(self.output.as_deref(), |out| self.format.write(report, style, out));
        // The verdict stands even if nobody reads to the end.
        written.or_else(|error| if super::output::is_broken_pipe(&*error) { Ok(()) } else { Err(error) })
    }

    /// The arguments and the settings file made one; what is typed comes first.
    fn options(&self) -> Result<ScanOptions, Failure> {
        let trust::Decision { settings, origin, refuse_comments, rule_folders } = self.trust.decide(&self.path)?;
        let baseline = self.baseline.as_deref().map(read_baseline).transpose()?;
        let fail_on = self.fail_on.or(settings.fail_on).unwrap_or(FailOn(Some(Severity::High)));
        Ok(ScanOptions {
            root: self.path.clone(),
            rule_folders: self.rules.folders.iter().cloned().chain(rule_folders).collect(),
            origin,
            refuse_comments,
            only: self.only.clone(),
            as_of: self.as_of.unwrap_or_else(today),
            baseline,
            min_confidence: self.min_confidence.or(settings.min_confidence),
            gate: Gate {
                fail_on: fail_on.0,
                max_score: self.max_score.or(settings.max_score),
                min_coverage: self.min_coverage.or(settings.min_coverage),
            },
            asks: false,
            threads: self.threads.map(usize::from),
            advisories: if self.no_db { Advisories::default() } else { advisories(self.db.as_deref())? },
            vex: read_vex(&self.vex)?,
            settings,
        })
    }

    /// A sign of life on standard error, if a person looks at it.
    fn progress(&self) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{spinner} reading {msg} ({elapsed})")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style).with_message(self.path.display().to_string());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let text = target::read_text(path)?;
    Ok(Baseline::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn read_vex(paths: &[PathBuf]) -> Result<Vex, Failure> {
    paths.iter().try_fold(Vex::default(), |vex, path| {
        let text = target::read_text(path)?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Ok(vex.with(&name, &text).map_err(|error| format!("{}: {error}", path.display()))?)
    })
}

/// The day that it is in Greenwich.
pub(super) fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Date::from_days((seconds / 86_400) as i64)
}
