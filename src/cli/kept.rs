//! What an earlier run of the same scan told: told again without a scan.

use std::path::{Path, PathBuf};

use forewarn::cache::Cache;
use forewarn::report::{Style, TOOL_VERSION};
use forewarn::scan::ScanOptions;
use forewarn::source::Digest;
use forewarn::target::Workspace;
use forewarn::timing::Timings;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::db::user_cache;
use super::output::{remark, variable};

/// Where results are kept.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Cache")]
pub(super) struct CacheArguments {
    /// Keep results in this folder, and tell those of the same files again [default: $FOREWARN_CACHE, else the user's cache].
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    cache: Option<PathBuf>,
    /// Neither use nor keep results of other runs.
    #[arg(long)]
    no_cache: bool,
}

/// What `FOREWARN_CACHE` says to be as good as `--no-cache`.
const OFF: &str = "off";

impl CacheArguments {
    /// The cache of a scan; trouble with one that was asked for is told, and none that the scanned folder holds is used.
    pub(super) fn open(&self, root: &Path) -> Option<Cache> {
        let named = self.cache.clone().or_else(|| variable("FOREWARN_CACHE").map(PathBuf::from));
        if self.no_cache || named.as_deref() == Some(Path::new(OFF)) {
            return None;
        }
        let is_asked_for = named.is_some();
        let folder = named.or_else(|| user_cache().map(|cache| cache.join("forewarn").join("results")))?;
        if is_inside(&folder, root) {
            tell(is_asked_for, &folder, "it lies in the scanned folder");
            return None;
        }
        let opened = Cache::open(&folder);
        if let Err(error) = &opened {
            tell(is_asked_for, &folder, &error.to_string());
        }
        opened.ok()
    }
}

fn tell(is_asked_for: bool, folder: &Path, reason: &str) {
    if is_asked_for {
        remark(&format!("forewarn: the cache {} is not used: {reason}", folder.display()));
    }
}

/// Whether a folder, which may not be there yet, lies in another.
fn is_inside(folder: &Path, root: &Path) -> bool {
    let Ok(root) = root.canonicalize() else { return true };
    let real = |above: &Path| if above.as_os_str().is_empty() { Path::new(".").canonicalize() } else { above.canonicalize() };
    let there = folder.ancestors().find_map(|above| real(above).ok());
    there.is_none_or(|there| there.starts_with(root))
}

/// What a run told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// The reports, in the order in which they were asked for.
    pub(super) texts: Vec<String>,
    /// What standard error was told, unless the run was quiet.
    pub(super) remarks: Vec<String>,
    /// The exit code.
    pub(super) exit: u8,
}

impl Told {
    /// What an earlier run kept.
    pub(super) fn of(cache: &Cache, key: Digest) -> Option<Self> {
        postcard::from_bytes(&cache.get(key)?).ok()
    }

    /// Keeps what this run tells. A cache that cannot be written is told of and costs nothing else.
    pub(super) fn keep(&self, cache: &Cache, key: Digest) {
        let bytes = postcard::to_allocvec(self).unwrap_or_default();
        if let Err(error) = cache.put(key, &bytes) {
            tell(true, cache.folder(), &error.to_string());
        }
    }
}

/// Everything that a run's words follow from: the program, what it was told, all that it knows, the files, and how it is to look.
/// None if the program cannot tell which build of it this is.
pub(super) fn key(options: &ScanOptions, workspace: &Workspace, looks: &[(&str, Style)]) -> Option<Digest> {
    let build = std::env::current_exe().and_then(std::fs::metadata).ok()?;
    let asked = ScanOptions { timings: Timings::default(), threads: None, ..options.clone() };
    let Workspace { files, digest, notices, ignored, excluded, name, revision } = workspace;
    let parts = [
        format!("{TOOL_VERSION} {} {:?}", build.len(), build.modified().ok()?),
        format!("{asked:?}"),
        format!("{:?}", options.advisories.knowledge()),
        format!("{} {:?} {notices:?} {ignored:?} {excluded:?} {name:?} {revision:?}", files.len(), (*digest)?),
        format!("{looks:?}"),
    ];
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    Some(Digest(hasher.finalize().into()))
}
