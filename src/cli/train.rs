use std::path::{Path, PathBuf};

use forewarn::backtest::{Corpus, Part};
use forewarn::risk::Knowledge;
use forewarn::risk::fit::{Material, Snapshot, fit, packs};
use forewarn::risk::{read_ledger, reported_now};
use forewarn::scan::ScanOptions;
use forewarn::target::read_text;
use forewarn::train::{
    Source, TrainOptions, fit_report, model_text, population_text, read_features, sources, take, write_features,
};
use sha2::{Digest as _, Sha256};

use super::output::{remark, write_to};
use super::{Failure, RuleFolders, today};

/// What the score is fitted on.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files with incidents and controls. Trees in `background*` files have no known outcome; no rule was developed on those in `calibration*` files.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// Folder of git repositories: `DIR/owner+name/repo`. Trees whose repository is missing are skipped.
    #[arg(long, value_name = "DIR", required_unless_present = "features")]
    repos: Option<PathBuf>,
    /// Ledger of judged findings.
    #[arg(long, value_name = "FILE", default_value = "rules/risk/judgements.tsv")]
    judgements: PathBuf,
    /// Feature table, one row per tree: written with --repos, read without it.
    #[arg(long, value_name = "FILE")]
    features: Option<PathBuf>,
    /// Folder that caches scanned trees for this build of the program and these rules.
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Number of trees scanned at once [default: one per processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Folder for model.toml, population.toml and fit.md.
    #[arg(long, value_name = "DIR", default_value = "rules/risk")]
    out: PathBuf,
    #[command(flatten)]
    rules: RuleFolders,
    /// Do not print the trees while they are scanned.
    #[arg(long, short)]
    quiet: bool,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let rules = self.rules.load()?;
        let ledger =
            read_ledger(&read_text(&self.judgements)?).map_err(|error| format!("{}: {error}", self.judgements.display()))?;
        let ledger = reported_now(ledger, &rules);
        let (sources, losses) = sources(&Corpus::read(self.corpus.iter().map(|path| (path.as_path(), part(path))))?);
        let packs = packs(&rules);
        let snapshots = match (&self.repos, &self.features) {
            (None, Some(file)) => {
                read_features(&read_text(file)?, &packs).map_err(|error| format!("{}: {error}", file.display()))?
            }
            _ => self.scanned(&sources)?,
        };
        let material =
            Material { snapshots: &snapshots, ledger: &ledger, losses: &losses, packs: &packs, knowledge: Knowledge::embedded() };
        let fitted = fit(material);
        self.write("model.toml", &model_text(&fitted.model))?;
        self.write("population.toml", &population_text(&snapshots, &fitted))?;
        self.write("fit.md", &fit_report(&snapshots, &fitted))?;
        Ok(0)
    }

    fn scanned(&self, sources: &[Source]) -> Result<Vec<Snapshot>, Failure> {
        if let Some(folder) = &self.cache {
            std::fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        }
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let options = TrainOptions {
            repos: self.repos.clone().unwrap_or_default(),
            cache: self.cache.clone(),
            version: self.version()?,
            jobs: self.jobs.map_or(processors, usize::from),
        };
        let scan = ScanOptions { rule_folders: self.rules.folders.clone(), as_of: today(), ..ScanOptions::new(".") };
        let progress = |said: &str| {
            if !self.quiet {
                remark(said);
            }
        };
        let snapshots = take(sources, &options, &scan, &progress)?;
        if let Some(file) = &self.features {
            write_to(Some(file), |out| out.write_all(write_features(&snapshots).as_bytes()))?;
        }
        Ok(snapshots)
    }

    /// What stands for rules and engine: the program itself, which holds both, and further rules by their files.
    fn version(&self) -> Result<String, Failure> {
        let program = std::env::current_exe()?;
        #[expect(clippy::disallowed_methods, reason = "the program is no tree that is scanned")]
        let bytes = std::fs::read(&program)?;
        let folders: Vec<_> = self.rules.folders.iter().map(|folder| folder.display().to_string()).collect();
        let digest = Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
        Ok(format!("{digest} {}", folders.join(" ")))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        write_to(Some(&self.out.join(name)), |out| out.write_all(text.as_bytes()))
    }
}

/// What the name of a corpus says of its trees.
fn part(path: &Path) -> Part {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let parts = [("background", Part::Background), ("calibration", Part::Sealed)];
    parts.into_iter().find(|(start, _)| name.starts_with(start)).map_or(Part::Told, |(_, part)| part)
}
