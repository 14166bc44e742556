use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use forewarn::scan::{Count, Imports, Outside};
use forewarn::target;
use serde_json::json;

use crate::cli::output::{Format, print, remark};
use crate::cli::{Failure, RuleFolders};

/// What to count, and how to show it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folders, and git repositories, of which the newest revision is counted.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show only what so many trees use.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    trees: usize,
    /// Show only packages, not what is called.
    #[arg(long)]
    packages: bool,
    #[command(flatten)]
    rules: RuleFolders,
    /// Format of the list.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let rules = self.rules.load()?;
        let mut imports = Imports::default();
        for path in &self.paths {
            let added = imports.add(&rules, |options| {
                if is_repository(path) {
                    target::open_commit(path, "HEAD", "", options)
                } else {
                    target::open_folder(path, options)
                }
            });
            if let Err(error) = added {
                remark(&format!("{} is left out: {error}", path.display()));
            }
        }
        let calls = Some(&imports.calls).filter(|_| !self.packages);
        let lists = [("package", Some(&imports.packages)), ("call", calls)];
        let lists = lists.into_iter().filter_map(|(sort, counts)| Some((sort, self.order(counts?))));
        let text = match self.format {
            Format::Table => table(&imports, lists),
            Format::Json => {
                let lists: serde_json::Map<_, _> =
                    lists.map(|(sort, list)| (format!("{sort}s"), list.iter().map(row).collect())).collect();
                format!("{:#}\n", json!({ "trees": imports.trees, "uses": lists }))
            }
        };
        print(&text).map(|()| 0)
    }

    /// What enough trees use, the most used first.
    fn order<'c>(&self, counts: &'c BTreeMap<Outside, Count>) -> Vec<(&'c Outside, &'c Count)> {
        let mut list: Vec<_> = counts.iter().filter(|(_, count)| count.trees >= self.trees).collect();
        list.sort_by_key(|(_, count)| std::cmp::Reverse((count.trees, count.files, count.uses)));
        list
    }
}

/// Whether a path is a git directory without a work tree.
pub(super) fn is_repository(path: &Path) -> bool {
    path.join("HEAD").is_file() && path.join("objects").is_dir()
}

fn table<'c>(imports: &Imports, lists: impl Iterator<Item = (&'static str, Vec<(&'c Outside, &'c Count)>)>) -> String {
    let mut text =
        format!("{} trees\n\n{:>5} {:>6} {:>7}  KNOWN  SORT     LANGUAGE    NAME\n", imports.trees, "TREES", "FILES", "USES");
    for (sort, list) in lists {
        for (outside, count) in list {
            let known = if count.is_known { "yes" } else { "" };
            let Count { trees, files, uses, .. } = count;
            let _ = writeln!(
                text,
                "{trees:>5} {files:>6} {uses:>7}  {known:<5}  {sort:<7}  {:<10}  {}",
                outside.language, outside.name
            );
        }
    }
    text
}

fn row((outside, count): &(&Outside, &Count)) -> serde_json::Value {
    json!({
        "name": outside.name,
        "language": outside.language,
        "trees": count.trees,
        "files": count.files,
        "uses": count.uses,
        "known": count.is_known,
    })
}
