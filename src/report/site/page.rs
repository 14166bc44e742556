//! The page of one rule.

use askama::Template;

use super::standards::{Link, of_rule};
use super::{POLICY, path, plain, reads, reads_in_words};
use crate::finding::ways_to_silence;
use crate::report::TOOL_VERSION;
use crate::risk::Tally;
use crate::rule::{Example, ExampleKind, Graded, Rule, RuleSet, Status};

/// The page as the template sees it.
#[derive(Debug, Template)]
#[template(path = "rule.html")]
pub(super) struct Page<'a> {
    policy: &'static str,
    tool: &'static str,
    id: &'a str,
    name: String,
    title: &'a str,
    severity: &'static str,
    confidence: &'static str,
    pack: &'a str,
    is_preview: bool,
    is_remark: bool,
    known_since: String,
    reads: String,
    what: &'a str,
    why: &'a str,
    fix: &'a str,
    grades: Vec<GradeLine<'a>>,
    incidents: Vec<Story>,
    standards: Vec<Link>,
    references: Vec<Link>,
    examples: Vec<Examples<'a>>,
    silence: Vec<(&'static str, String)>,
    judged: Option<String>,
    instead: Vec<Other<'a>>,
}

/// Circumstances that change the severity.
#[derive(Debug)]
struct GradeLine<'a> {
    severity: &'static str,
    because: &'a str,
}

#[derive(Debug)]
struct Story {
    text: String,
    source: Link,
}

/// Another rule.
#[derive(Debug)]
struct Other<'a> {
    title: &'a str,
    address: String,
}

/// The bad examples, or the good ones.
#[derive(Debug)]
struct Examples<'a> {
    heading: &'static str,
    all: Vec<ExampleView<'a>>,
}

#[derive(Debug)]
struct ExampleView<'a> {
    note: Option<&'a str>,
    as_of: Option<String>,
    files: Vec<FileView<'a>>,
}

#[derive(Debug)]
struct FileView<'a> {
    path: &'a str,
    lines: Vec<LineView<'a>>,
}

#[derive(Debug)]
struct LineView<'a> {
    number: usize,
    text: &'a str,
    is_marked: bool,
}

impl<'a> Page<'a> {
    pub(super) fn of(rule: &'a Rule, rules: &'a RuleSet, tally: Option<Tally>) -> Self {
        let body = &rule.body;
        let story = |incident: &crate::rule::Incident| Story { text: incident.story(), source: Link::to(&incident.source) };
        let other = |id: &String| rules.find(id).map(|other| Other { title: &other.body.title, address: path(&other.id) });
        Self {
            policy: POLICY,
            tool: TOOL_VERSION,
            id: &rule.id,
            name: plain(&body.title),
            title: &body.title,
            severity: body.severity.name(),
            confidence: body.confidence.name(),
            pack: &rule.pack,
            is_preview: body.status == Status::Preview,
            is_remark: body.remark.is_some(),
            known_since: body.known_since.to_string(),
            reads: reads(rule).into_iter().map(reads_in_words).collect::<Vec<_>>().join(", "),
            what: &body.what,
            why: &body.why,
            fix: &body.fix,
            grades: grades(rule),
            incidents: rules.incidents_of(rule).map(story).collect(),
            standards: of_rule(body),
            references: body.references.iter().map(|address| Link::to(address)).collect(),
            examples: examples(rule),
            silence: ways_to_silence(&rule.id).into(),
            judged: tally.filter(|tally| tally.judged() > 0).map(judged),
            instead: body.yields_to.iter().filter_map(other).collect(),
        }
    }
}

/// The grades, each reason once.
fn grades(rule: &Rule) -> Vec<GradeLine<'_>> {
    let mut lines: Vec<GradeLine<'_>> = Vec::new();
    for grade in &rule.body.grades {
        let severity = match grade.severity {
            Graded::None => "none",
            Graded::As(severity) => severity.name(),
        };
        if !lines.iter().any(|line| line.severity == severity && line.because == grade.because) {
            lines.push(GradeLine { severity, because: &grade.because });
        }
    }
    lines
}

fn examples(rule: &Rule) -> Vec<Examples<'_>> {
    let of = |kind: ExampleKind, heading| {
        let all: Vec<_> = rule.body.examples.iter().filter(|example| example.kind == kind).map(view).collect();
        Examples { heading, all }
    };
    let groups = [of(ExampleKind::Bad, "Reported"), of(ExampleKind::Good, "Not reported")];
    groups.into_iter().filter(|group| !group.all.is_empty()).collect()
}

fn view(example: &Example) -> ExampleView<'_> {
    let files = example.files.iter().map(|(path, text)| {
        let is_marked = |number: usize| example.at.iter().any(|at| *at == format!("{path}:{number}"));
        let lines = (1..).zip(text.trim_end().lines());
        let lines = lines.map(|(number, text)| LineView { number, text, is_marked: is_marked(number) });
        FileView { path, lines: lines.collect() }
    });
    ExampleView { note: example.note.as_deref(), as_of: example.as_of.map(|day| day.to_string()), files: files.collect() }
}

/// How often it was right, in a sentence.
fn judged(tally: Tally) -> String {
    let judged = tally.judged();
    let right = tally.right + tally.overstated;
    let share = 100 * right / judged;
    let noun = if judged == 1 { "finding" } else { "findings" };
    format!(
        "People who opened the code judged {judged} {noun} of this rule on wallets of the corpus: {right} right ({share} %), \
         {} of these at too high a severity, and {} false.",
        tally.overstated, tally.wrong
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_told_with_its_number_and_share() {
        let text = judged(Tally { right: 5, overstated: 1, wrong: 2 });
        assert!(text.contains("judged 8 findings") && text.contains("6 right (75 %), 1 of these"), "{text}");
    }
}
