use std::num::NonZero;
use std::path::{Path, PathBuf};

use forewarn::advisory::Advisories;
use forewarn::backtest::{
    self, Backtest, BacktestOptions, Corpus, Part, Proof, insert_proof, write_json, write_plot, write_proof, write_statistics,
    write_table,
};
use forewarn::risk::{read_ledger, tallies};
use forewarn::rule::Date;
use forewarn::scan::ScanOptions;
use forewarn::target::read_text;

use super::db::advisories;
use super::output::{Format, remark, write_to};
use super::{Failure, RuleFolders, today};

/// What can be said about a backtest.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Corpus files with incidents and controls (TOML).
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// Folder of git repositories: `DIR/owner+name/repo`. Cases whose repository is missing are skipped.
    #[arg(long, value_name = "DIR")]
    repos: PathBuf,
    /// Folder of unpacked packages, `DIR/name-version`, for cases that are published packages.
    #[arg(long, value_name = "DIR")]
    packages: Option<PathBuf>,
    /// Additional file with controls.
    #[arg(long, value_name = "FILE")]
    controls: Vec<PathBuf>,
    /// File with wallets sampled at random: their scores are shown next to those of cases and controls.
    #[arg(long, value_name = "FILE")]
    background: Vec<PathBuf>,
    /// File with incidents and controls for which only figures are printed and no findings, so that no rule is tuned to them.
    #[arg(long, value_name = "FILE")]
    sealed: Vec<PathBuf>,
    /// Clone missing repositories with git from this URL, to which `/owner/name` is appended.
    #[arg(long = "clone", value_name = "URL")]
    clone_from: Option<String>,
    /// Run only this case; may be given more than once.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Run only incidents of these classes.
    #[arg(long = "class", value_name = "CLASS", value_delimiter = ',')]
    classes: Vec<String>,
    /// Run only cases in one of these languages.
    #[arg(long = "language", value_name = "LANGUAGE", value_delimiter = ',')]
    languages: Vec<String>,
    /// Also scan the fixed revision, and report which findings are gone.
    #[arg(long)]
    fixed: bool,
    /// Use only knowledge public on the day before each incident's disclosure, and on each control's own day.
    #[arg(long)]
    as_of_disclosure: bool,
    /// Use only knowledge public on DATE, such as 2022-08-03 [default: today].
    #[arg(long, value_name = "DATE", conflicts_with = "as_of_disclosure")]
    as_of: Option<Date>,
    /// Folder of a local advisory database made by `forewarn db` [default: only the built-in advisories].
    #[arg(long, value_name = "DIR")]
    db: Option<PathBuf>,
    #[command(flatten)]
    rules: RuleFolders,
    /// Format of the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write the result to a file.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write statistics for each rule (findings, and how often they were right) to a Markdown file.
    #[arg(long, value_name = "FILE")]
    statistics: Option<PathBuf>,
    /// Ledger of judged findings for `--statistics`, such as `rules/risk/judgements.tsv`.
    #[arg(long, value_name = "FILE", requires = "statistics")]
    judgements: Option<PathBuf>,
    /// Evaluate the score on all cases and controls; implies --as-of-disclosure and --fixed.
    #[arg(long, conflicts_with = "as_of")]
    proof: bool,
    /// Write the evaluation into a document, between its markers.
    #[arg(long, value_name = "FILE", requires = "proof")]
    proof_into: Option<PathBuf>,
    /// Write a calibration plot (SVG): predicted risk against outcome.
    #[arg(long, value_name = "FILE", requires = "proof")]
    plot: Option<PathBuf>,
    /// Number of trees scanned at once [default: one per processor, at most four]; each needs up to 1 GB of memory.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Do not print the cases while they run.
    #[arg(long, short)]
    quiet: bool,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let told = [files(&self.corpus, Part::Told), files(&self.controls, Part::Told)].concat();
        let others = [files(&self.background, Part::Background), files(&self.sealed, Part::Sealed)].concat();
        let corpus = Corpus::read(told.into_iter().chain(others))?;
        let scan = ScanOptions {
            rule_folders: self.rules.folders.clone(),
            as_of: self.as_of.unwrap_or_else(today),
            advisories: self.db.as_deref().map_or_else(|| Ok(Advisories::default()), |folder| advisories(Some(folder)))?,
            ..ScanOptions::new(Path::new("."))
        };
        let progress = |id: &str| {
            if !self.quiet {
                remark(id);
            }
        };
        let result = backtest::run(&corpus, &self.options(), &scan, progress)?;
        let proof = self.proof.then(|| Proof::of(&result)).flatten();
        write_to(self.output.as_deref(), |out| match self.format {
            Format::Table => {
                write_table(&result, out)?;
                proof.as_ref().map_or(Ok(()), |proof| write_proof(proof, out))
            }
            Format::Json => write_json(&result, proof.as_ref(), out),
        })?;
        self.write_statistics(&result)?;
        match &proof {
            Some(proof) => self.keep(proof)?,
            None if self.proof => return Err("there is nothing to prove: no case or no control has a score".into()),
            None => {}
        }
        Ok(0)
    }

    /// Writes the proof to where it is kept.
    fn keep(&self, proof: &Proof) -> Result<(), Failure> {
        if let Some(path) = &self.proof_into {
            let document = insert_proof(&read_text(path)?, proof);
            let document = document.ok_or_else(|| format!("{} has no place for a proof", path.display()))?;
            write_to(Some(path), |out| out.write_all(document.as_bytes()))?;
        }
        self.plot.as_ref().map_or(Ok(()), |path| write_to(Some(path), |out| write_plot(proof, out)))
    }

    fn write_statistics(&self, result: &Backtest) -> Result<(), Failure> {
        let Some(file) = &self.statistics else { return Ok(()) };
        let ledger = self.judgements.as_deref().map(read_text).transpose()?;
        let ledger = tallies(&read_ledger(&ledger.unwrap_or_default())?);
        let rules = self.rules.load()?;
        write_to(Some(file), |out| write_statistics(result, &ledger, &rules, out))
    }

    fn options(&self) -> BacktestOptions {
        BacktestOptions {
            repos: self.repos.clone(),
            packages: self.packages.clone(),
            clone_from: self.clone_from.clone(),
            only: self.only.clone(),
            classes: self.classes.clone(),
            languages: self.languages.clone(),
            with_fixed: self.fixed || self.proof,
            as_of_disclosure: self.as_of_disclosure || self.proof,
            jobs: self.jobs.map_or_else(jobs, usize::from),
        }
    }
}

/// How many trees are scanned at once if nothing is said.
fn jobs() -> usize {
    const MOST: usize = 4;
    std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST)
}

/// Files of one sort.
fn files(paths: &[PathBuf], part: Part) -> Vec<(&Path, Part)> {
    paths.iter().map(|path| (path.as_path(), part)).collect()
}
