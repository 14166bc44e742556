//! Whether a scan points where a person would.

use crate::finding::{Finding, Place};
use crate::rule::Severity;
use crate::source::Role;

use super::corpus::Incident;

/// Lines by which a finding may miss a named line.
const TOLERANCE: u32 = 20;

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
}

/// The findings at the places that an incident names, each rule and file once, ordered. Any rule counts: whether it speaks of the
/// right defect is for a person to judge.
pub(super) fn hits<'a>(incident: &Incident, findings: impl Iterator<Item = &'a Finding>) -> Vec<Hit> {
    let mut hits: Vec<_> = findings.filter_map(|finding| hit(incident, finding)).collect();
    hits.sort();
    hits.dedup_by(|a, b| a.rule == b.rule && a.path == b.path);
    hits
}

fn hit(incident: &Incident, finding: &Finding) -> Option<Hit> {
    let steps = finding.flow.iter().chain(&finding.related).map(|step| &step.place);
    let place = std::iter::once(&finding.place).chain(steps).find(|place| is_named(incident, finding, place))?;
    Some(Hit::of(finding, place))
}

impl Hit {
    /// A finding, at one of its places.
    pub(super) fn of(finding: &Finding, place: &Place) -> Self {
        let rule = finding.rule.id.clone();
        Self { rule, path: place.path.to_string(), line: place.start.line, severity: finding.severity }
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
}
