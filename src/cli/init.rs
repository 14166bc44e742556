use std::path::{Path, PathBuf};

use super::Failure;
use super::output::{print, write_to};

/// What to write.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Repository folder.
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// Write a GitHub workflow that scans changes and uploads SARIF to code scanning.
    #[arg(long)]
    github: bool,
    /// Write a GitLab job that reports to the code quality widget.
    #[arg(long)]
    gitlab: bool,
    /// Write a pre-commit configuration.
    #[arg(long)]
    pre_commit: bool,
    /// Replace existing files.
    #[arg(long)]
    force: bool,
}

const SETTINGS: (&str, &str) = ("forewarn.toml", include_str!("init/forewarn.toml"));
const GITHUB: (&str, &str) = (".github/workflows/forewarn.yml", include_str!("init/github.yml"));
const GITLAB: (&str, &str) = (".gitlab/forewarn.yml", include_str!("init/gitlab.yml"));
const PRE_COMMIT: (&str, &str) = (".pre-commit-config.yaml", include_str!("init/pre-commit.yaml"));

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let further = [(self.github, GITHUB), (self.gitlab, GITLAB), (self.pre_commit, PRE_COMMIT)];
        let wanted = further.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, file)| file);
        let files: Vec<_> = [SETTINGS].into_iter().chain(wanted).collect();
        for (path, text) in &files {
            print(&format!("{}\n", self.write(path, text)?))?;
        }
        let next = "Next: `forewarn scan .` shows the findings; `forewarn baseline create` accepts the current ones.\n";
        print(next).map(|()| 0)
    }

    /// Writes a file, unless it is there; says what was done.
    fn write(&self, path: &str, text: &str) -> Result<String, Failure> {
        let file = self.folder.join(path);
        if file.exists() && !self.force {
            return Ok(format!("kept    {path}: it exists (--force replaces it)"));
        }
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        write_to(Some(&file), |out| out.write_all(text.as_bytes()))?;
        Ok(format!("written {path}"))
    }
}
