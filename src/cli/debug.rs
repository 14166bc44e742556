mod imports;
mod parse;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use forewarn::program::Program;
use forewarn::rule::RuleSet;
use forewarn::scan::{ScanOptions, scan};
use forewarn::source::FileId;
use forewarn::target::{self, OpenOptions, Workspace};
use forewarn::timing::Timings;
use forewarn::{frontend, ir, taint};

use super::Failure;
use super::output::{print, remark, timing_lines};

/// What to show.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the intermediate representation of a source file.
    Ir(Subject),
    /// Print the calls of a source file: their resolved paths, and the functions that they may reach.
    Calls(Subject),
    /// Print the data-flow summaries of the functions of a source file.
    Summaries(Subject),
    /// Print how long each stage of a plain scan of a folder takes.
    Timings {
        /// The folder.
        folder: PathBuf,
    },
    /// Count the external imports and calls of projects: the list from which models are written.
    Imports(imports::Arguments),
    /// Count the files and functions of projects that are lost to errors of parsing, by language, and how long parsing takes.
    Parse(parse::Arguments),
}

/// A file, alone or within its tree.
#[derive(Debug, clap::Args)]
struct Subject {
    /// Source file.
    file: PathBuf,

    /// Project whose other files are linked too [default: only the file itself].
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl Subject {
    fn open(&self) -> Result<(Workspace, FileId), Failure> {
        let workspace = target::open_folder(self.root.as_ref().unwrap_or(&self.file), &OpenOptions::default())?;
        let file = match &self.root {
            None => workspace.files.first(),
            Some(root) => workspace.find(&self.file.strip_prefix(root).unwrap_or(&self.file).to_string_lossy()),
        };
        let id = file.ok_or("not a single source file")?.id;
        Ok((workspace, id))
    }
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let subject = match &self.command {
            Command::Ir(subject) | Command::Calls(subject) | Command::Summaries(subject) => subject,
            Command::Imports(arguments) => return arguments.run(),
            Command::Parse(arguments) => return arguments.run(),
            Command::Timings { folder } => return timings(folder),
        };
        let (workspace, file) = subject.open()?;
        let frontend = frontend::find(workspace.file(file));
        frontend.ok_or_else(|| format!("no front end for {}", subject.file.display()))?;
        let lowered: Vec<_> =
            workspace.files.iter().filter_map(|source| Some((source.id, frontend::find(source)?.lower(source)))).collect();
        for notice in lowered.iter().filter(|(id, _)| *id == file).flat_map(|(_, lowered)| &lowered.notices) {
            remark(&format!("notice: line {}: {}", notice.line.unwrap_or(1), notice.message));
        }
        let units = lowered.iter().map(|(id, lowered)| (*id, &lowered.unit)).collect();
        let knowledge = RuleSet::embedded_knowledge()?;
        let (program, _) = Program::link(&workspace, units, &[], &knowledge.models);
        let id = program.unit_of(file).ok_or("not a single source file")?;
        let lines = workspace.file(file).lines();
        let text = match self.command {
            Command::Ir(_) => ir::write_text(program.unit(id)),
            Command::Calls(_) => taint::write_calls(&program, id, lines),
            _ => taint::write_summaries(&program, &knowledge, id, lines),
        };
        print(&text).map(|()| 0)
    }
}

fn timings(folder: &Path) -> Result<u8, Failure> {
    let timings = Timings::on();
    scan(&ScanOptions { timings: timings.clone(), ..ScanOptions::new(folder) })?;
    print(&(timing_lines(&timings).join("\n") + "\n")).map(|()| 0)
}
