use std::path::{Path, PathBuf};

use clap::Subcommand;
use forewarn::finding::Baseline;
use forewarn::target;

use super::Failure;
use super::output::{print, write_to};
use super::selection::{GateArguments, Selection};

/// What can be done with a baseline.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Accept all current findings: later scans with `--baseline FILE` report only new ones.
    Create(Scope),
    /// Accept new findings too, and remove entries of findings that are gone.
    Update(Scope),
    /// Remove entries of findings that are gone; accept nothing new.
    Prune(Scope),
}

#[derive(Debug, clap::Args)]
struct Scope {
    /// Baseline file.
    #[arg(long, short, value_name = "FILE", default_value = "forewarn-baseline.json")]
    file: PathBuf,
    /// Replace an existing baseline.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    gate: GateArguments,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let (Command::Create(scope) | Command::Update(scope) | Command::Prune(scope)) = &self.command;
        let old = match &self.command {
            Command::Create(_) if scope.file.exists() && !scope.force => {
                let file = scope.file.display();
                return Err(format!("{file} exists: `forewarn baseline update` extends it, --force replaces it").into());
            }
            Command::Create(_) => Baseline::new([]),
            Command::Update(_) | Command::Prune(_) => read(&scope.file)?,
        };
        let (tree, mut options) = scope.selection.options(&scope.gate)?;
        options.foreign = scope.selection.below([scope.file.as_path()]);
        let is_prune = matches!(self.command, Command::Prune(_));
        options.baseline = is_prune.then(|| old.clone());
        let report = scope.selection.scan(&tree, &options, false)?;
        // Of a file that was renamed, the finding is kept under its new name.
        let new = if is_prune { Baseline::new(&report.triage.known) } else { Baseline::new(report.triage.standing()) };
        write_to(Some(&scope.file), |out| out.write_all(new.to_text().as_bytes()))?;
        let (added, removed) = (new.without(&old), old.without(&new));
        print(&format!("{}: {} accepted, {added} new, {removed} gone\n", scope.file.display(), new.len())).map(|()| 0)
    }
}

fn read(path: &Path) -> Result<Baseline, Failure> {
    Ok(Baseline::parse(&target::read_text(path)?).map_err(|error| format!("{}: {error}", path.display()))?)
}
