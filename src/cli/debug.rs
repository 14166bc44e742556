use std::path::PathBuf;

use clap::Subcommand;
use forewarn::program::Program;
use forewarn::rule::RuleSet;
use forewarn::target::{self, OpenOptions};
use forewarn::{frontend, ir, taint};

use super::Failure;
use super::output::{print, remark};

/// What to show.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The intermediate representation of a file of code.
    Ir {
        /// The file.
        file: PathBuf,
    },
    /// The calls of a file of code: their resolved paths and the functions of the file that they may reach.
    Calls {
        /// The file.
        file: PathBuf,
    },
    /// What the functions of a file of code do with values: what comes from where, and goes where.
    Summaries {
        /// The file.
        file: PathBuf,
    },
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let (Command::Ir { file } | Command::Calls { file } | Command::Summaries { file }) = &self.command;
        let workspace = target::open_folder(file, &OpenOptions::default())?;
        let source = workspace.files.first().ok_or("that is not one file of code")?;
        let frontend = frontend::find(source).ok_or_else(|| format!("no front end reads {}", file.display()))?;
        let lowered = frontend.lower(source);
        for notice in &lowered.notices {
            remark(&format!("notice: line {}: {}", notice.line.unwrap_or(1), notice.message));
        }
        let (program, _) = Program::link(&workspace, vec![(source.id, &lowered.unit)], &[]);
        let id = program.unit_of(source.id).ok_or("that is not one file of code")?;
        let text = match self.command {
            Command::Ir { .. } => ir::write_text(&lowered.unit),
            Command::Calls { .. } => taint::write_calls(&program, id),
            Command::Summaries { .. } => taint::write_summaries(&program, &*RuleSet::embedded_knowledge()?, id),
        };
        print(&text).map(|()| 0)
    }
}
