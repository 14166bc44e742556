//! `forewarn debug parse`: what each grammar makes of the files of a tree, counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use forewarn::frontend::{self, Lowered};
use forewarn::source::NoticeKind;
use forewarn::target::{self, OpenOptions};

use crate::cli::Failure;
use crate::cli::output::print;

/// Which trees.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folders, and git repositories: `REPOSITORY@REVISION`, or of the newest revision.
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,

    /// Print the files that lose functions, too.
    #[arg(long)]
    files: bool,
}

#[derive(Default)]
struct Count {
    files: u64,
    faulty: u64,
    losing: u64,
    functions: u64,
    lost: u64,
    lines: u64,
    lines_skipped: u64,
    time: Duration,
}

impl Count {
    fn add(&mut self, lowered: &Lowered, time: Duration) {
        self.time += time;
        self.files += 1;
        self.faulty += u64::from(lowered.notices.iter().any(|notice| notice.kind == NoticeKind::ParseError));
        self.losing += u64::from(lowered.functions_lost > 0);
        self.functions += lowered.unit.functions.len().saturating_sub(1) as u64;
        self.lost += u64::from(lowered.functions_lost);
        self.lines += u64::from(lowered.lines_analysed);
        self.lines_skipped += u64::from(lowered.lines_skipped);
    }
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
        let mut text = String::new();
        for folder in &self.folders {
            let options = OpenOptions::default();
            let written = folder.to_string_lossy();
            let (repository, revision) = written.rsplit_once('@').unwrap_or((&*written, "HEAD"));
            let workspace = if super::imports::is_repository(Path::new(repository)) {
                target::open_commit(Path::new(repository), revision, "", &options)?
            } else {
                target::open_folder(folder, &options)?
            };
            for file in &workspace.files {
                let Some(frontend) = frontend::find(file) else { continue };
                let start = Instant::now();
                let lowered = frontend.lower(file);
                counts.entry(frontend.language()).or_default().add(&lowered, start.elapsed());
                if self.files && lowered.functions_lost > 0 {
                    let line = lowered.notices.iter().find_map(|notice| notice.line).unwrap_or(1);
                    text += &format!("{}\t{}\t{}:{line}\n", frontend.language(), lowered.functions_lost, file.path);
                }
            }
        }
        text += "language\tfiles\twith errors\tlosing functions\tfunctions\tlost\twhole files\tlines\tskipped\tmilliseconds\n";
        for (language, count) in counts {
            let whole = 100.0 * (count.files - count.losing) as f64 / count.files as f64;
            text += &format!(
                "{language}\t{}\t{}\t{}\t{}\t{}\t{whole:.2} %\t{}\t{}\t{}\n",
                count.files,
                count.faulty,
                count.losing,
                count.functions,
                count.lost,
                count.lines,
                count.lines_skipped,
                count.time.as_millis()
            );
        }
        print(&text).map(|()| 0)
    }
}
