//! A rule's examples, run as they stand: each is a small tree.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::kept::Shared;
use super::{Analysis, ScanOptions, analyse, fresh, patterns};
use crate::frontend;
use crate::rule::{Example, ExampleKind, Rule, RuleSet, nearest};
use crate::source::SourceFile;
use crate::standing;
use crate::target::Workspace;

/// An example in which a rule does not do what it should, or one that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFailure {
    /// The rule.
    pub rule: String,
    /// Which of its examples, from 1; None if one is missing.
    pub example: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ExampleFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.example {
            Some(number) => write!(f, "{}: example {number}: {}", self.rule, self.message),
            None => write!(f, "{}: {}", self.rule, self.message),
        }
    }
}

/// Scans the examples of a rule with that rule alone: in a bad one it must speak, in a good one be silent.
///
/// # Errors
/// Everything that is wrong with them.
pub fn check_examples(rule: &Arc<Rule>, rules: &RuleSet) -> Result<(), Vec<ExampleFailure>> {
    let alone = RuleSet { rules: vec![Arc::clone(rule)], ..rules.clone() };
    let failure = |example, message| ExampleFailure { rule: rule.id.clone(), example, message };
    let runs = (1..).zip(&rule.body.examples);
    let mut failures: Vec<_> =
        runs.filter_map(|(number, example)| run(example, &alone).err().map(|message| failure(Some(number), message))).collect();
    failures.extend(missing(rule).into_iter().chain(unknown_incidents(rule, rules)).map(|message| failure(None, message)));
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

fn run(example: &Example, rules: &RuleSet) -> Result<(), String> {
    let mut workspace = Workspace::in_memory(example.files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    standing::assign(&mut workspace.files);
    let options = ScanOptions { as_of: example.as_of.unwrap_or_default(), ..ScanOptions::default() };
    let (patterns, kept) = (patterns(rules, &options), fresh(&workspace));
    let shared = Shared { patterns: &patterns, kept: &kept };
    let Analysis { findings, notices, .. } = analyse(&workspace, rules, &options, shared);
    let found: BTreeSet<_> =
        findings.iter().map(|finding| format!("{}:{}", finding.place.path, finding.place.start.line)).collect();
    let list = found.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let wanted: Vec<_> = example.at.iter().filter(|at| !found.contains(*at)).map(String::as_str).collect();
    match example.kind {
        ExampleKind::Good if found.is_empty() => Ok(()),
        ExampleKind::Good => Err(format!("is good, but the rule reports {list}")),
        ExampleKind::Bad if found.is_empty() => {
            let remarks: Vec<_> = notices.iter().map(|notice| format!("; notice: {}", notice.message)).collect();
            Err(format!("is bad, but the rule is silent{}", remarks.concat()))
        }
        ExampleKind::Bad if wanted.is_empty() => Ok(()),
        ExampleKind::Bad => Err(format!("should be found at {}, and is found at {list}", wanted.join(", "))),
    }
}

/// The examples that a rule lacks: one of each kind, and for each language that it names.
fn missing(rule: &Rule) -> Vec<String> {
    let mut messages = Vec::new();
    for (kind, name) in [(ExampleKind::Bad, "bad"), (ExampleKind::Good, "good")] {
        let examples: Vec<_> = rule.body.examples.iter().filter(|example| example.kind == kind).collect();
        if examples.is_empty() {
            messages.push(format!("has no {name} example"));
            continue;
        }
        let shown: BTreeSet<_> = examples.iter().flat_map(|example| languages(example)).collect();
        let unshown = rule.body.languages.iter().filter(|language| !shown.contains(language.as_str()));
        messages.extend(unshown.map(|language| format!("names the language {language} but has no {name} example in it")));
    }
    messages
}

/// The incidents that a rule names and that do not exist.
fn unknown_incidents(rule: &Rule, rules: &RuleSet) -> Vec<String> {
    let unknown = rule.body.incidents.iter().filter(|id| !rules.incidents.contains_key(*id));
    let ids = || rules.incidents.keys().map(String::as_str);
    let suggestion = |id: &str| nearest(id, ids()).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
    unknown.map(|id| format!("names the incident `{id}`, which is unknown{}", suggestion(id))).collect()
}

/// The languages of an example's files.
fn languages(example: &Example) -> Vec<&'static str> {
    let workspace = Workspace::in_memory(example.files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let language = |file: &SourceFile| frontend::find(file).map(|frontend| frontend.language());
    workspace.files.iter().filter_map(language).collect()
}
