use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::output::{print, remark, write_to};
use super::{Arguments, Failure};

/// For which shell.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "forewarn", &mut script);
        print(&String::from_utf8_lossy(&script)).map(|()| 0)
    }
}

/// Where to.
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// Folder for the pages of all commands [default: print the page of `forewarn`].
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let command = Arguments::command();
        if let Some(folder) = &self.folder {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(command, folder)?;
            remark(&format!("pages written to {}", folder.display()));
            return Ok(0);
        }
        write_to(None, |out| clap_mangen::Man::new(command).render(out)).map(|()| 0)
    }
}
