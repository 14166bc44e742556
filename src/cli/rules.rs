use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use forewarn::report::site::pages;
use forewarn::risk::{embedded_ledger, tallies};
use forewarn::rule::{Rule, RuleError, RuleSet, Status};
use forewarn::scan::check_examples;
use serde_json::json;

use super::output::{Format, print, remark};
use super::{Failure, RuleFolders};

/// What can be said about rules.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    rules: RuleFolders,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the rules.
    List {
        /// Output format.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Write the rules as a static web site: a searchable index and a page for each rule.
    Site {
        /// Output folder; existing files of the same names are replaced.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Run the examples in rule files; exit code 1 if one fails.
    Test {
        /// Rule files or folders [default: all rules].
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let rules = self.rules.load()?;
        match &self.command {
            Command::List { format: Format::Table } => print(&table(&rules)).map(|()| 0),
            Command::List { format: Format::Json } => print(&list(&rules)).map(|()| 0),
            Command::Site { folder } => site(&rules, folder),
            Command::Test { files } => test(&rules, files),
        }
    }
}

/// Writes the site and says what was written.
fn site(rules: &RuleSet, folder: &Path) -> Result<u8, Failure> {
    let tallies = tallies(&embedded_ledger());
    std::fs::create_dir_all(folder)?;
    for file in pages(rules, &tallies) {
        let path = folder.join(&file.path);
        std::fs::write(&path, file.text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    print(&format!("{} rules written to {}\n", rules.rules.len(), folder.join("index.html").display()))?;
    Ok(0)
}

/// A line for each rule. Ids are whole, so that they can be searched for and copied.
fn table(rules: &RuleSet) -> String {
    let longest = |of: &dyn Fn(&Rule) -> usize| rules.rules.iter().map(|rule| of(rule)).max().unwrap_or(0);
    let (ids, packs) = (longest(&|rule| rule.id.len()), longest(&|rule| rule.pack.len()));
    let row = |id: &str, severity: &str, confidence: &str, pack: &str, title: &str| {
        format!("{id:ids$}  {severity:8}  {confidence:10}  {pack:packs$}  {title}").trim_end().to_owned()
    };
    let rows = rules.rules.iter().map(|rule| {
        let body = &rule.body;
        let preview = if body.status == Status::Preview { " (preview: off)" } else { "" };
        row(&rule.id, body.severity.name(), body.confidence.name(), &rule.pack, &format!("{}{preview}", body.title))
    });
    let lines: Vec<_> = [row("RULE", "SEVERITY", "CONFIDENCE", "PACK", "TITLE")].into_iter().chain(rows).collect();
    format!("{}\n{} rules\n", lines.join("\n"), rules.rules.len())
}

fn list(rules: &RuleSet) -> String {
    let entry = |rule: &Arc<Rule>| {
        let body = &rule.body;
        json!({
            "id": rule.id, "pack": rule.pack, "title": body.title, "severity": body.severity.name(),
            "confidence": body.confidence.name(), "preview": body.status == Status::Preview, "cwe": body.cwe,
            "masvs": body.masvs, "ccss": body.ccss, "knownSince": body.known_since.to_string(), "incidents": body.incidents,
            "languages": body.languages, "what": body.what, "why": body.why, "fix": body.fix, "references": body.references,
        })
    };
    let document = json!({ "schema": "forewarn-rules/v1", "rules": rules.rules.iter().map(entry).collect::<Vec<_>>() });
    format!("{document:#}\n")
}

/// Checks the examples of the rules in files, or of all rules.
fn test(rules: &RuleSet, files: &[PathBuf]) -> Result<u8, Failure> {
    let chosen: Vec<Arc<Rule>> = if files.is_empty() {
        rules.rules.clone()
    } else {
        files.iter().map(|path| read(path, rules)).collect::<Result<Vec<_>, _>>()?.concat()
    };
    let mut failed = 0;
    for rule in &chosen {
        if let Err(failures) = check_examples(rule, rules) {
            failed += 1;
            failures.iter().for_each(|failure| remark(&failure.to_string()));
        }
    }
    let noun = if chosen.len() == 1 { "rule" } else { "rules" };
    print(&format!("{} {noun} tested, {failed} failed\n", chosen.len()))?;
    Ok(u8::from(failed > 0))
}

/// The rules of a file or folder, and no others; they may use what the others know.
fn read(path: &Path, rules: &RuleSet) -> Result<Vec<Arc<Rule>>, RuleError> {
    if path.is_dir() {
        return Ok(RuleSet { rules: Vec::new(), ..rules.clone() }.with_folder(path)?.rules);
    }
    Ok(vec![Arc::new(RuleSet::read_file(path)?)])
}
