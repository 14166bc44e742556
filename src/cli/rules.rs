use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use comfy_table::{ContentArrangement, Table, presets};
use forewarn::rule::{Rule, RuleError, RuleSet, Status};
use forewarn::scan::check_examples;
use serde_json::json;

use super::output::{Color, Format, print, remark, style};
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
        /// Format of the list.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Run the examples inside of rule files, with no rebuild; exit code 1 if one fails.
    Test {
        /// Rule files or folders of them; all rules if none is given.
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
            Command::Test { files } => test(&rules, files),
        }
    }
}

fn table(rules: &RuleSet) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(style(Color::Never, false).width as u16);
    table.set_header(["RULE", "SEVERITY", "CONFIDENCE", "PACK", "TITLE"]);
    for rule in &rules.rules {
        let body = &rule.body;
        let title = if body.status == Status::Preview { format!("{} (preview: off)", body.title) } else { body.title.clone() };
        table.add_row([&rule.id, body.severity.name(), body.confidence.name(), &rule.pack, &title]);
    }
    let text: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n{} rules\n", text.join("\n"), rules.rules.len())
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
    print(&format!("{} rules tested, {failed} failed\n", chosen.len()))?;
    Ok(u8::from(failed > 0))
}

/// The rules of a file or folder, and no others; they may use what the others know.
fn read(path: &Path, rules: &RuleSet) -> Result<Vec<Arc<Rule>>, RuleError> {
    if path.is_dir() {
        return Ok(RuleSet { rules: Vec::new(), ..rules.clone() }.with_folder(path)?.rules);
    }
    Ok(vec![Arc::new(RuleSet::read_file(path)?)])
}
