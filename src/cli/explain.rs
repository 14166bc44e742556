use std::fmt::Write as _;

use forewarn::rule::{ExampleKind, Rule, RuleSet};
use forewarn::settings::known_rule;

use super::output::print;
use super::{Failure, RuleFolders};

/// Which rule to explain.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The rule's id.
    #[arg(value_name = "RULE")]
    id: String,
    #[command(flatten)]
    rules: RuleFolders,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let rules = self.rules.load()?;
        known_rule(&rules, &self.id)?;
        let rule = rules.find(&self.id).expect("it is known");
        print(&explanation(rule, &rules)).map(|()| 0)
    }
}

fn explanation(rule: &Rule, rules: &RuleSet) -> String {
    let body = &rule.body;
    let mut text = format!("{}: {}\n", rule.id, body.title);
    let _ = writeln!(text, "{} severity, {} confidence, pack {}\n", body.severity.name(), body.confidence.name(), rule.pack);
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
    for example in &body.examples {
        let kind = if example.kind == ExampleKind::Bad { "Bad" } else { "Good" };
        let note = example.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let _ = writeln!(text, "{kind} example{note}");
        for (path, content) in &example.files {
            let _ = writeln!(text, "  {path}\n{}\n", indented(&indented(content.trim_end())));
        }
    }
    text
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {}", line.trim_end()).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
