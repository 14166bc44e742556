use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use forewarn::finding::ways_to_silence;
use forewarn::report::{Report, sum};
use forewarn::rule::{Date, ExampleKind, Rule, RuleSet, Status};
use forewarn::scan::{ScanOptions, scan, scan_opened};
use forewarn::settings::known_rule;
use forewarn::target;

use super::output::print;
use super::selection::Tree;
use super::{Failure, RuleFolders};

/// Which rule to explain, or which score.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Rule id, such as `secret-to-log`.
    #[arg(value_name = "RULE", required_unless_present = "score", conflicts_with = "score")]
    id: Option<String>,
    /// Scan a folder or `REPOSITORY@REVISION` and explain its risk score to the last digit.
    #[arg(long, value_name = "PATH")]
    score: Option<PathBuf>,
    /// Use only knowledge public on DATE, such as 2022-08-03 [default: today].
    #[arg(long, value_name = "DATE", requires = "score")]
    as_of: Option<Date>,
    #[command(flatten)]
    rules: RuleFolders,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        if let Some(path) = &self.score {
            return print(&sum(&self.scanned(path)?)).map(|()| 0);
        }
        let rules = self.rules.load()?;
        let id = self.id.as_deref().unwrap_or_default().to_lowercase();
        known_rule(&rules, &id)?;
        let rule = rules.find(&id).expect("it is known");
        print(&explanation(rule, &rules)).map(|()| 0)
    }

    /// The tree as it is, without its settings: they are the maker's word on their own score.
    fn scanned(&self, path: &Path) -> Result<Report, Failure> {
        let options = ScanOptions {
            rule_folders: self.rules.folders.clone(),
            as_of: self.as_of.unwrap_or_else(super::today),
            ..ScanOptions::new(path)
        };
        let report = match Tree::at(path)? {
            Tree::Folder(_) => scan(&options),
            Tree::Revision { repository, revision, folder } => {
                scan_opened(&options, |limits| target::open_commit(&repository, &revision, &folder, limits))
            }
        };
        Ok(report?)
    }
}

fn explanation(rule: &Rule, rules: &RuleSet) -> String {
    let body = &rule.body;
    let mut text = format!("{}: {}\n", rule.id, body.title);
    let preview = if body.status == Status::Preview { ", preview: off unless switched on" } else { "" };
    let (severity, confidence) = (body.severity.name(), body.confidence.name());
    let _ = writeln!(
        text,
        "{severity} severity, {confidence} confidence, pack {}, known since {}{preview}\n",
        rule.pack, body.known_since
    );
    for (name, part) in [("What", &body.what), ("Why it matters", &body.why), ("How to fix", &body.fix)] {
        let _ = writeln!(text, "{name}\n{}\n", indented(part));
    }
    let incidents: Vec<_> =
        rules.incidents_of(rule).map(|incident| format!("{} ({})", incident.story(), incident.source)).collect();
    let cwe = body.cwe.iter().map(|number| format!("CWE-{number}"));
    let standards: Vec<_> =
        cwe.chain(body.masvs.iter().cloned()).chain(body.ccss.iter().map(|aspect| format!("CCSS {aspect}"))).collect();
    for (name, lines) in [("Seen before", &incidents), ("Standards", &standards), ("References", &body.references)] {
        if !lines.is_empty() {
            let _ = writeln!(text, "{name}\n{}\n", indented(&lines.join("\n")));
        }
    }
    let _ = writeln!(text, "How to silence it\n{}\n", indented(&silencing(&rule.id)));
    for example in &body.examples {
        let kind = if example.kind == ExampleKind::Bad { "Bad" } else { "Good" };
        let note = example.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let day = example.as_of.map(|day| format!(" (as of {day}: what became public later does not count)")).unwrap_or_default();
        let _ = writeln!(text, "{kind} example{note}{day}");
        for (path, content) in &example.files {
            let _ = writeln!(text, "  {path}\n{}\n", indented(&indented(content.trim_end())));
        }
    }
    text
}

fn silencing(id: &str) -> String {
    ways_to_silence(id).map(|(scope, way)| format!("{scope}: {way}.")).join("\n")
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {}", line.trim_end()).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
