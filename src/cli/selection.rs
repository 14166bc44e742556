//! What is scanned, and by which knowledge: the arguments that every command with a scan takes.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use forewarn::advisory::Advisories;
use forewarn::advisory::vex::Vex;
use forewarn::finding::Baseline;
use forewarn::report::{Gate, Report};
use forewarn::rule::{Confidence, Date, Severity};
use forewarn::scan::{ScanOptions, scan, scan_opened, scan_unless};
use forewarn::settings::{FailOn, Settings};
use forewarn::target::{self, OpenOptions, Workspace};
use forewarn::timing::Timings;
use indicatif::{ProgressBar, ProgressStyle};

use super::db::advisories;
use super::trust::{self, Decision};
use super::{Failure, RuleFolders};

/// What is scanned, and by which knowledge.
#[derive(Debug, clap::Args)]
pub(super) struct Selection {
    /// Folder to scan, or `REPOSITORY@REVISION` for a commit, tag or branch of a local git repository.
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Apply only this rule; may be given more than once.
    #[arg(long = "rule", value_name = "ID", value_parser = |id: &str| Ok::<_, String>(id.to_lowercase()))]
    only: Vec<String>,
    #[command(flatten)]
    rules: RuleFolders,
    /// Use only knowledge public on DATE, such as 2022-08-03 [default: today].
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Folder of a local advisory database made by `forewarn db` [default: $FOREWARN_DB, else the user's cache, if present].
    #[arg(long, value_name = "DIR", conflicts_with = "no_db")]
    db: Option<PathBuf>,
    /// Use only the built-in advisories.
    #[arg(long)]
    no_db: bool,
    /// Show only findings of at least this confidence.
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidences())]
    min_confidence: Option<Confidence>,
    /// OpenVEX document with answers to package vulnerabilities; may be given more than once.
    #[arg(long, value_name = "FILE")]
    vex: Vec<PathBuf>,
    /// Number of threads [default: one per processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print the time of each stage to standard error.
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    trust: trust::Trust,
}

/// When a run fails, as it is typed.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Exit code")]
pub(super) struct GateArguments {
    /// Exit 1 if a finding has this severity or a higher one, or `never` [default: high].
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Exit 1 if the score, 0 to 100, reaches this value.
    #[arg(long, value_name = "N", value_parser = bounded(100.0))]
    max_score: Option<f64>,
    /// Exit 3 if less than this share of the code, 0 to 1, was analysed [default: 0.6, below which there is no score].
    #[arg(long, value_name = "SHARE", value_parser = bounded(1.0))]
    min_coverage: Option<f64>,
}

impl GateArguments {
    /// What is typed comes before the settings file.
    pub(super) fn over(&self, settings: &Settings) -> Gate {
        Gate {
            fail_on: self.fail_on.or(settings.fail_on).unwrap_or(FailOn(Some(Severity::High))).0,
            max_score: self.max_score.or(settings.max_score),
            min_coverage: self.min_coverage.or(settings.min_coverage),
        }
    }
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

/// Where a tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Folder(PathBuf),
    Revision { repository: PathBuf, revision: String, folder: String },
}

/// Names of archives, which hold a tree and are none.
const ARCHIVES: &[&str] = &["zip", "crx", "xpi", "apk", "aab", "ipa", "jar", "asar", "tar", "tgz", "gz", "xz", "whl"];

impl Tree {
    /// What a path means.
    pub(super) fn at(path: &Path) -> Result<Self, Failure> {
        if path.exists() {
            let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            if path.is_file() && ARCHIVES.contains(&extension.as_str()) {
                return Err(format!("{} is an archive: unpack it and scan the folder", path.display()).into());
            }
            return Ok(Self::Folder(path.to_owned()));
        }
        let text = path.to_string_lossy();
        let revisions = text.rmatch_indices('@').map(|(at, _)| (&text[..at], &text[at + 1..]));
        let mut found = revisions.filter(|(repository, revision)| !revision.is_empty() && Path::new(repository).is_dir());
        if let Some((repository, revision)) = found.next() {
            return Ok(Self::revision(Path::new(repository), revision));
        }
        let is_address = text.contains("://") || text.starts_with("git@");
        let is_name = text.matches('/').count() == 1 && !text.starts_with(['.', '/']) && !text.ends_with('/');
        let reason = match (is_address, is_name) {
            (true, _) => "Forewarn reads local files only; clone the repository and scan the folder",
            (false, true) => "no such file or folder (clone the repository first)",
            (false, false) => "no such file or folder",
        };
        Err(format!("cannot open {text}: {reason}").into())
    }

    /// The part of a revision that a folder of its repository is.
    fn revision(folder: &Path, revision: &str) -> Self {
        let inside = target::repository_of(folder).and_then(|root| {
            let real = folder.canonicalize().ok()?;
            let parts: Vec<_> = real.strip_prefix(&root).ok()?.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            Some((root, parts.join("/")))
        });
        // A bare repository has no `.git` in it.
        let is_bare = folder.join("HEAD").is_file() && folder.join("objects").is_dir();
        let (repository, folder) = inside.filter(|_| !is_bare).unwrap_or_else(|| (folder.to_owned(), String::new()));
        Self::Revision { repository, revision: revision.to_owned(), folder }
    }
}

impl Selection {
    /// The arguments and the settings file made one.
    pub(super) fn options(&self, gate: &GateArguments) -> Result<(Tree, ScanOptions), Failure> {
        let tree = Tree::at(&self.path)?;
        let decision = match &tree {
            Tree::Folder(root) => self.trust.decide(root)?,
            Tree::Revision { .. } => self.trust.decide_elsewhere()?,
        };
        let Decision { settings, origin, refuse_comments, rule_folders } = decision;
        let options = ScanOptions {
            root: self.path.clone(),
            rule_folders: self.rules.folders.iter().cloned().chain(rule_folders).collect(),
            only: self.only.clone(),
            origin,
            refuse_comments,
            as_of: self.as_of.unwrap_or_else(super::today),
            min_confidence: self.min_confidence.or(settings.min_confidence),
            gate: gate.over(&settings),
            threads: self.threads.map(usize::from),
            timings: if self.timings { Timings::on() } else { Timings::default() },
            advisories: if self.no_db { Advisories::default() } else { advisories(self.db.as_deref())? },
            vex: read_vex(&self.vex)?,
            settings,
            ..ScanOptions::new(".")
        };
        Ok((tree, options))
    }

    /// The files of a run, as paths below the scanned folder: a report of yesterday is no part of the wallet.
    pub(super) fn below<'p>(&self, files: impl IntoIterator<Item = &'p Path>) -> Vec<String> {
        let Ok(root) = self.path.canonicalize() else { return Vec::new() };
        let below = |file: &Path| {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let inside = folder.canonicalize().ok()?.join(file.file_name()?);
            let parts: Vec<_> = inside.strip_prefix(&root).ok()?.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            Some(parts.join("/"))
        };
        files.into_iter().filter_map(below).collect()
    }

    /// Scans, with a sign of life on standard error if a person looks at it.
    pub(super) fn scan(&self, tree: &Tree, options: &ScanOptions, quiet: bool) -> Result<Report, Failure> {
        let progress = self.progress(quiet);
        let report = scan_tree(tree, options);
        progress.finish_and_clear();
        report
    }

    /// The same, unless the files turn out to be known: None.
    pub(super) fn scan_unless(
        &self,
        tree: &Tree,
        options: &ScanOptions,
        quiet: bool,
        is_known: impl FnOnce(&Workspace) -> bool + Send,
    ) -> Result<Option<Report>, Failure> {
        let progress = self.progress(quiet);
        let report = match tree {
            Tree::Folder(_) => scan_unless(options, is_known, |limits| target::open_folder(&options.root, limits)),
            Tree::Revision { repository, revision, folder } => {
                scan_unless(options, is_known, |limits| target::open_commit(repository, revision, folder, limits))
            }
        };
        progress.finish_and_clear();
        Ok(report?)
    }

    /// What was there at a revision before: the same scan of it, as a baseline.
    pub(super) fn since(&self, tree: &Tree, options: &ScanOptions, revision: &str, quiet: bool) -> Result<Baseline, Failure> {
        let Tree::Folder(root) = tree else { return Err("--since compares a folder with an earlier revision of it".into()) };
        let folder = if root.is_file() { root.parent().unwrap_or(root) } else { root };
        let earlier = match target::repository_of(root) {
            Some(_) => Tree::revision(folder, revision),
            None => return Err(format!("{} is in no git repository: --since needs one", root.display()).into()),
        };
        let Tree::Revision { repository, revision, folder } = &earlier else { return Err("there is no such revision".into()) };
        let progress = self.progress(quiet);
        let mut before = Vec::new();
        let report = scan_opened(&ScanOptions { baseline: None, ..options.clone() }, |limits| {
            let workspace = target::open_commit(repository, revision, folder, limits)?;
            before.clone_from(&workspace.files);
            Ok(workspace)
        })?;
        progress.finish_and_clear();
        let limits = OpenOptions { exclude: options.settings.exclude.clone(), ..OpenOptions::default() };
        let renamed = target::renamed(&before, &target::open_folder(root, &limits)?.files);
        Ok(Baseline::earlier(report.triage.standing(), renamed))
    }

    fn progress(&self, quiet: bool) -> ProgressBar {
        if quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{spinner} reading {msg} ({elapsed})")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style).with_message(self.path.display().to_string());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// Scans what is there, on the disk or in a commit.
pub(super) fn scan_tree(tree: &Tree, options: &ScanOptions) -> Result<Report, Failure> {
    let report = match tree {
        Tree::Folder(_) => scan(options),
        Tree::Revision { repository, revision, folder } => {
            scan_opened(options, |limits| target::open_commit(repository, revision, folder, limits))
        }
    };
    Ok(report?)
}

fn read_vex(paths: &[PathBuf]) -> Result<Vex, Failure> {
    paths.iter().try_fold(Vex::default(), |vex, path| {
        let text = target::read_text(path)?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Ok(vex.with(&name, &text).map_err(|error| format!("{}: {error}", path.display()))?)
    })
}
