//! Whether a scan points where a person would, and how likely it would by chance.

use crate::finding::{Finding, Place};
use crate::rule::{Date, Severity};
use crate::source::Role;

use super::Run;
use super::classes::is_right;
use super::corpus::{Incident, Location};

/// Lines by which a finding may miss a named line.
const TOLERANCE: u32 = 20;

/// How many lines a file counts for, where a case names all of it.
const WHOLE_FILE: u64 = 200;

/// A finding at a place that a case names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The rule that spoke.
    pub rule: String,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// How bad it says it is.
    pub severity: Severity,
    /// Whether the rule, or one whose finding is told in this one, speaks of the incident's defect; false where there is no incident.
    pub is_right: bool,
    /// Since when the rule's knowledge is public.
    pub known_since: Date,
}

/// The findings at the places that an incident names, each rule and file once, ordered.
pub(super) fn hits<'a>(incident: &Incident, findings: impl Iterator<Item = &'a Finding>) -> Vec<Hit> {
    let mut hits: Vec<_> = findings.filter_map(|finding| hit(incident, finding)).collect();
    hits.sort();
    hits.dedup_by(|a, b| a.rule == b.rule && a.path == b.path);
    hits
}

fn hit(incident: &Incident, finding: &Finding) -> Option<Hit> {
    let steps = finding.flow.iter().chain(&finding.related).map(|step| &step.place);
    let place = std::iter::once(&finding.place).chain(steps).find(|place| is_named(incident, finding, place))?;
    let is_right = finding.rules().any(|rule| is_right(incident, rule));
    Some(Hit { is_right, ..Hit::of(finding, place) })
}

/// How likely it is that one of the findings by right rules would be at a named place if all of them lay anywhere in the code.
pub(super) fn chance(incident: &Incident, run: &Run) -> f64 {
    let findings: usize = run.rules.iter().filter(|(rule, _)| is_right(incident, rule)).map(|(_, firing)| firing.findings).sum();
    chance_of(incident, run.lines, findings)
}

/// The same for so many findings in so many lines.
fn chance_of(incident: &Incident, lines: u64, findings: usize) -> f64 {
    let named = named_lines(incident);
    let share = named as f64 / lines.max(named).max(1) as f64;
    1.0 - (1.0 - share).powi(i32::try_from(findings).unwrap_or(i32::MAX))
}

/// Where in a report the defect stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rank {
    /// The place of the first finding that points at the defect by a right rule, from 1; None if there is none.
    pub first: Option<usize>,
    /// How likely the first three findings, and the first five, would do so if they lay anywhere in the code.
    pub chance: [f64; HEADS.len()],
}

/// How many findings of a report somebody reads first.
pub const HEADS: [usize; 2] = [3, 5];

/// Where the defect stands among findings in the order of a report.
pub(super) fn rank(incident: &Incident, findings: &[&Finding], lines: u64) -> Rank {
    let first = findings.iter().position(|finding| hit(incident, finding).is_some_and(|hit| hit.is_right));
    let is_of_class = |finding: &&&Finding| finding.rules().any(|rule| is_right(incident, rule));
    let chance = |head: usize| chance_of(incident, lines, findings.iter().take(head).filter(is_of_class).count());
    Rank { first: first.map(|index| index + 1), chance: HEADS.map(chance) }
}

/// In how many lines a finding would be at a place that an incident names.
fn named_lines(incident: &Incident) -> u64 {
    let mut places: Vec<&Location> = incident.files.iter().filter(|place| incident.path_in_scan(place).is_some()).collect();
    places.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    let mut lines = 0;
    let mut last: Option<(&str, u32)> = None;
    for place in places {
        let Some(line) = place.line else {
            lines += WHOLE_FILE;
            continue;
        };
        let known = last.filter(|(path, _)| *path == place.path).map_or(0, |(_, end)| end);
        let (start, end) = (line.saturating_sub(TOLERANCE).max(known + 1), line.saturating_add(TOLERANCE));
        lines += u64::from(end.saturating_sub(start) + 1);
        last = Some((&place.path, end));
    }
    lines
}

impl Hit {
    /// A finding, at one of its places.
    pub(super) fn of(finding: &Finding, place: &Place) -> Self {
        let rule = finding.rule.id.clone();
        Self {
            rule,
            path: place.path.to_string(),
            line: place.start.line,
            severity: finding.severity,
            is_right: false,
            known_since: finding.rule.body.known_since,
        }
    }
}

/// A finding in a test, an example or prose counts only if the incident names that very file.
fn is_named(incident: &Incident, finding: &Finding, place: &Place) -> bool {
    (is_wallet(finding.role) || place.path == finding.place.path)
        && incident.files.iter().filter(|named| incident.path_in_scan(named) == Some(&place.path)).any(|named| match named.line {
            Some(line) => place.start.line <= line + TOLERANCE && line <= place.end.line + TOLERANCE,
            None => finding.severity >= Severity::Medium,
        })
}

/// Whether a file of this role is part of the wallet or of how it is made.
pub(super) const fn is_wallet(role: Role) -> bool {
    !matches!(role, Role::Test | Role::Example | Role::Docs)
}

#[cfg(test)]
mod tests {
    use crate::finding::FindingBuilder;
    use crate::rule::RuleSet;
    use crate::source::{FileId, Span};
    use crate::target::Workspace;

    use super::*;

    const RULE: &str = r#"
        title = "t"
        severity = "medium"
        confidence = "high"
        known-since = 2000-01-01
        what = "w"
        why = "y"
        fix = "f"
        [match.text]
        pattern = ["x"]
    "#;

    fn incident(files: &[&str]) -> Incident {
        let files = files.join("\", \"");
        let text = format!("id = 'i'\nclass = 'c'\ndetectable = 'yes'\nfiles = [\"{files}\"]");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn a_finding_hits_within_twenty_lines_of_a_named_file() {
        let text = "x\n".repeat(100);
        let workspace = Workspace::in_memory([("a.js", text.as_str()), ("b.js", text.as_str())]);
        let rules = RuleSet::from_texts([("packs/p/r.toml", RULE)]).unwrap();
        let at = |file, line: u32| {
            let place = Span::new((line - 1) * 2, (line - 1) * 2 + 1);
            FindingBuilder::new(&rules.rules[0], &workspace, FileId(file), place).build()
        };
        for (named, file, line, expected) in [
            ("a.js:50", 0, 70, true),
            ("a.js:50", 0, 30, true),
            ("a.js:50", 0, 71, false),
            ("a.js:50", 1, 50, false),
            ("a.js", 0, 99, true),
        ] {
            let found = hits(&incident(&[named]), std::iter::once(&at(file, line)));
            assert_eq!(!found.is_empty(), expected, "{named} at line {line}");
        }
    }

    #[test]
    fn lines_that_several_places_name_count_once() {
        assert_eq!(named_lines(&incident(&["a.js:50"])), 41);
        assert_eq!(named_lines(&incident(&["a.js:50", "a.js:60", "b.js:60"])), 51 + 41);
        assert_eq!(named_lines(&incident(&["a.js:1", "b.js"])), 21 + WHOLE_FILE);
    }

    #[test]
    fn chance_grows_with_findings_of_right_rules_and_shrinks_with_code() {
        let case: Incident = toml::from_str("id = 'i'\nclass = 'electron'\ndetectable = 'yes'\nfiles = ['a.js:50']").unwrap();
        let firing =
            |(rule, findings): (&str, usize)| (rule.to_owned(), crate::backtest::Firing { findings, worst: Severity::Low });
        let run = |findings, lines| Run {
            lines,
            rules: [("electron-sandbox-off", findings), ("secret-to-log", 99)].into_iter().map(firing).collect(),
            ..Run::default()
        };
        assert!(chance(&case, &run(0, 4_100)) < f64::EPSILON);
        assert!((chance(&case, &run(1, 4_100)) - 0.01).abs() < 1e-9);
        assert!(chance(&case, &run(9, 4_100)) > 0.08);
        assert!((chance(&case, &run(1, 3)) - 1.0).abs() < f64::EPSILON);
    }
}
