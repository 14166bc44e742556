use std::path::PathBuf;

use clap::Subcommand;
use forewarn::target::{self, OpenOptions};
use forewarn::{frontend, ir};

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
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let Command::Ir { file } = &self.command;
        let workspace = target::open_folder(file, &OpenOptions::default())?;
        let source = workspace.files.first().ok_or("that is not one file of code")?;
        let frontend = frontend::find(source).ok_or_else(|| format!("no front end reads {}", file.display()))?;
        let lowered = frontend.lower(source);
        for notice in &lowered.notices {
            remark(&format!("notice: line {}: {}", notice.line.unwrap_or(1), notice.message));
        }
        print(&ir::write_text(&lowered.unit)).map(|()| 0)
    }
}
