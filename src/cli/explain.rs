use std::fmt::Write as _;

use forewarn::rule::{ExampleKind, Rule, RuleSet, Status};
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
        let id = self.id.to_lowercase();
        known_rule(&rules, &id)?;
        let rule = rules.find(&id).expect("it is known");
        print(&explanation(rule, &rules)).map(|()| 0)
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

/// The ways in which a finding is set aside, the narrowest first.
fn silencing(id: &str) -> String {
    format!(
        "One place: a comment on its line or above it, `forewarn: ignore[{id}] reason (until 2027-06-30)`.\n\
         Some paths, or all: in forewarn.toml, `[rule.{id}]` with `exclude = [\"scripts/**\"]` or `enabled = false`.\n\
         What is there today: `forewarn baseline create`."
    )
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {}", line.trim_end()).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
