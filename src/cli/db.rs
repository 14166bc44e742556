use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use forewarn::advisory::{Advisories, Knowledge};
use forewarn::db::{self, Change, DEFAULT_BASE, ECOSYSTEMS, Fetched, Import, ImportOptions, Mirror, Origin, Store, Update};
use forewarn::rule::Date;
use forewarn::source::Notice;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::output::{Format, complain, print, remark, variable};
use super::{Failure, INCOMPLETE, today};

/// What can be said about the store of advisories.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Folder of the database [default: $FOREWARN_DB, else forewarn/advisories in the user's cache].
    #[arg(long = "db", value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    /// Print no progress and no remarks.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Download all advisories of OSV, or of a mirror, and replace the local copy.
    ///
    /// Interrupted downloads resume; unchanged files are not downloaded again. Exit code 3 if an ecosystem failed: the others are
    /// up to date, and the old copy of that one is kept.
    Update {
        /// Only this ecosystem, such as npm; may be given more than once.
        #[arg(long = "ecosystem", value_name = "NAME", value_parser = PossibleValuesParser::new(ECOSYSTEMS))]
        ecosystems: Vec<String>,
        /// URL below which ECOSYSTEM/all.zip is found [default: $FOREWARN_DB_URL, else OSV's own].
        #[arg(long = "from", value_name = "URL")]
        base: Option<String>,
    },
    /// Import OSV archives, folders of OSV records, or RustSec's advisory database (a folder or git repository).
    Import {
        /// An all.zip, a folder, a git repository or a single record.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Show what the database contains, how old it is, and whether its checksums match.
    Status {
        /// Output format.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

/// So many records that could not be read are named.
const NAMED: usize = 10;

/// Where the store is if nobody says: the place that the environment names, else the cache of the user.
pub(super) fn default_folder() -> Option<PathBuf> {
    variable("FOREWARN_DB").map(PathBuf::from).or_else(|| user_cache().map(|cache| cache.join("forewarn").join("advisories")))
}

/// Where programs of this user keep what they can make again.
pub(super) fn user_cache() -> Option<PathBuf> {
    let cache = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA")).map(PathBuf::from);
    cache.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")))
}

/// What is known in a scan. A store that was asked for must be there; one that merely lies at the usual place and is damaged is told.
pub(super) fn advisories(asked: Option<&Path>) -> Result<Advisories, Failure> {
    let known = Advisories::default();
    let named = asked.map(PathBuf::from).or_else(|| variable("FOREWARN_DB").map(PathBuf::from));
    if let Some(folder) = named {
        let table = db::open_table(&folder)?.ok_or_else(|| absent(&folder))?;
        return Ok(known.with(table));
    }
    Ok(match default_folder().map(|folder| db::open_table(&folder)) {
        None | Some(Ok(None)) => known,
        Some(Ok(Some(table))) => known.with(table),
        Some(Err(error)) => known.without(format!("the local advisory database was not used: {error}")),
    })
}

fn absent(folder: &Path) -> String {
    let folder = folder.display();
    format!("there is no advisory database at {folder}; `forewarn db update --db {folder}` creates one")
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let folder =
            self.folder.clone().or_else(default_folder).ok_or("no folder for the database is known: give one with --db DIR")?;
        match &self.command {
            Command::Update { ecosystems, base } => self.update(&folder, ecosystems, base.as_deref()),
            Command::Import { paths } => self.import(&folder, paths),
            Command::Status { format } => status(&folder, *format),
        }
    }

    fn update(&self, folder: &Path, ecosystems: &[String], base: Option<&str>) -> Result<u8, Failure> {
        let named = variable("FOREWARN_DB_URL").and_then(|url| url.into_string().ok());
        let mirror = Mirror::new(base.or(named.as_deref()).unwrap_or(DEFAULT_BASE))?;
        let mut update = Update::begin(folder)?;
        let wanted: Vec<&str> =
            if ecosystems.is_empty() { ECOSYSTEMS.to_vec() } else { ecosystems.iter().map(String::as_str).collect() };
        let mut code = 0;
        for ecosystem in wanted {
            if let Err(error) = self.fetch(&mut update, folder, &mirror, ecosystem) {
                complain(&*error);
                code = INCOMPLETE;
            }
        }
        Ok(code)
    }

    /// Brings one ecosystem up to date.
    fn fetch(&self, update: &mut Update, folder: &Path, mirror: &Mirror, ecosystem: &str) -> Result<(), Failure> {
        let bar = self.bar(ecosystem);
        let known = update.origin(ecosystem).cloned();
        let mut progress = |bytes, all: Option<u64>| {
            bar.set_position(bytes);
            all.into_iter().for_each(|all| bar.set_length(all));
        };
        let fetched = mirror.fetch(folder, ecosystem, known.as_ref(), today(), &mut progress);
        bar.finish_and_clear();
        match fetched? {
            Fetched::Unchanged(origin) => {
                update.keep(ecosystem, origin);
                update.commit()?;
                print(&format!("{ecosystem}: unchanged\n"))
            }
            Fetched::Archive(path, origin) => {
                let options = ImportOptions { ecosystems: vec![ecosystem.to_owned()], ..ImportOptions::new(today()) };
                let import = Import::read(&path, &options);
                // It is not resumed, and would be read again in vain.
                let _ = std::fs::remove_file(&path);
                let import = import?;
                self.tell(&import.notices);
                let change = update.replace(ecosystem, import, origin)?;
                update.commit()?;
                print(&told(&change))
            }
        }
    }

    fn import(&self, folder: &Path, paths: &[PathBuf]) -> Result<u8, Failure> {
        for path in paths {
            let spinner = self.spinner(path);
            let import = Import::read(path, &ImportOptions::new(today()));
            spinner.finish_and_clear();
            let import = import?;
            if import.elsewhere > 0 && !self.quiet {
                remark(&format!(
                    "{} of {} records are not about a package of {}",
                    import.elsewhere,
                    import.records,
                    ECOSYSTEMS.join(", ")
                ));
            }
            self.tell(&import.notices);
            let origin = Origin { from: path.display().to_string(), on: Some(today()), sha256: None, etag: None };
            let mut update = Update::begin(folder)?;
            let changes = update.add(import, &origin)?;
            update.commit()?;
            changes.iter().try_for_each(|change| print(&told(change)))?;
        }
        Ok(0)
    }

    /// Names what could not be read.
    fn tell(&self, notices: &[Notice]) {
        if self.quiet {
            return;
        }
        for notice in notices.iter().take(NAMED) {
            remark(&forewarn::finding::neutralised(&format!("{}: {}", notice.path.as_deref().unwrap_or("?"), notice.message)));
        }
        if notices.len() > NAMED {
            remark(&format!("… and {} more that could not be read", notices.len() - NAMED));
        }
    }

    /// A sign of life on standard error, if a person looks at it.
    fn spinner(&self, path: &Path) -> ProgressBar {
        let bar = self.bar("");
        if !bar.is_hidden() {
            let style = ProgressStyle::with_template("{spinner} reading {msg} ({elapsed})");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_message(path.display().to_string());
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
        }
        bar
    }

    /// A bar on standard error, if a person looks at it.
    fn bar(&self, ecosystem: &str) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg:<10} {bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(ecosystem.to_owned())
    }
}

fn told(change: &Change) -> String {
    let Change { ecosystem, added, removed, total } = change;
    format!("{ecosystem}: {total} advisories ({added} new or changed, {removed} gone)\n")
}

/// What is told of a store, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusV1<'a> {
    schema: &'static str,
    folder: String,
    digest: Option<String>,
    newest: Option<String>,
    ecosystems: Vec<EcosystemV1<'a>>,
    embedded: EmbeddedV1,
}

#[derive(Serialize)]
struct EcosystemV1<'a> {
    name: &'a str,
    #[serde(flatten)]
    entry: &'a db::Entry,
}

#[derive(Serialize)]
struct EmbeddedV1 {
    advisories: usize,
    newest: Option<String>,
}

fn status(folder: &Path, format: Format) -> Result<u8, Failure> {
    let store = Store::open(folder)?;
    let embedded = Advisories::default().knowledge().swap_remove(0);
    match format {
        Format::Json => print(&status_json(folder, store.as_ref(), &embedded)?)?,
        Format::Table => print(&status_table(folder, store.as_ref(), &embedded))?,
    }
    store.as_ref().map_or(Ok(()), Store::verify)?;
    if format == Format::Table && store.is_some() {
        print("The checksums match.\n")?;
    }
    Ok(0)
}

fn status_json(folder: &Path, store: Option<&Store>, embedded: &Knowledge) -> Result<String, Failure> {
    let text = |day: Option<Date>| day.map(|day| day.to_string());
    let status = StatusV1 {
        schema: "forewarn-db/v1",
        folder: folder.display().to_string(),
        digest: store.map(|store| store.digest().to_string()),
        newest: text(store.and_then(Store::newest)),
        ecosystems: store.into_iter().flat_map(Store::entries).map(|(name, entry)| EcosystemV1 { name, entry }).collect(),
        embedded: EmbeddedV1 { advisories: embedded.count, newest: text(embedded.newest) },
    };
    Ok(serde_json::to_string_pretty(&status)? + "\n")
}

fn status_table(folder: &Path, store: Option<&Store>, embedded: &Knowledge) -> String {
    let day = |day: Option<Date>| day.map_or_else(|| "unknown".to_owned(), |day| format!("{day}, {} days ago", age(day)));
    let own = format!("Built in: {} advisories, latest {}\n", embedded.count, day(embedded.newest));
    let Some(store) = store else { return format!("{}\n{own}", absent(folder)) };
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    table.set_header(["ECOSYSTEM", "ADVISORIES", "PACKAGES", "NEWEST", "SIZE", "FETCHED", "FROM"]);
    for (name, entry) in store.entries() {
        let fetched = entry.origins.iter().filter_map(|origin| origin.on).max();
        let last = entry.origins.last().map_or("", |origin| origin.from.as_str());
        let others = entry.origins.len().saturating_sub(1);
        table.add_row([
            name.to_owned(),
            entry.advisories.to_string(),
            entry.packages.to_string(),
            entry.newest.map(|day| day.to_string()).unwrap_or_default(),
            format!("{:.1} MB", entry.bytes as f64 / 1e6),
            fetched.map(|day| day.to_string()).unwrap_or_default(),
            if others == 0 { last.to_owned() } else { format!("{last} and {others} before") },
        ]);
    }
    let rows: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let (place, digest) = (folder.display(), store.digest());
    format!("Store:    {place}\nDigest:   sha256 {digest}\nNewest:   {}\n{own}\n{}\n\n", day(store.newest()), rows.join("\n"))
}

/// Days between a day and today.
fn age(day: Date) -> i64 {
    (today().days() - day.days()).max(0)
}
