//! What findings weigh in their circumstances, by the grades of their rules.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Context;
use super::fact::Facts;
use super::layout::{headings, lines_around};
use super::uses::{Named, uses};
use crate::finding::Finding;
use crate::rule::{Grade, Graded, Severity, TextPattern};
use crate::source::SourceFile;

/// The findings as the grades of their rules want them, without those that are false.
pub(super) fn graded(context: &Context<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let asks = |finding: &Finding| finding.rule.body.grades.iter().any(Grade::asks_uses);
    let askers: Vec<&Finding> = findings.iter().filter(|finding| asks(finding)).collect();
    let mut named = uses(context, &askers).into_iter();
    let named: Vec<Named> =
        findings.iter().map(|finding| if asks(finding) { named.next().unwrap_or_default() } else { Named::default() }).collect();
    // A grade that asks for the findings of other rules is judged when those are.
    let waits = |finding: &Finding| finding.rule.body.grades.iter().any(|grade| !grade.with.is_empty());
    let facts = Facts::new(context);
    let mut kept: Vec<(usize, Finding)> = Vec::with_capacity(findings.len());
    let mut grave = BTreeSet::new();
    let (late, early): (Vec<_>, Vec<_>) = findings.into_iter().enumerate().partition(|(_, finding)| waits(finding));
    for (index, mut finding) in early.into_iter().chain(late) {
        let file = context.workspace.file(finding.place.file);
        let scene = Scene { file, finding: &finding, named: &named[index], facts: &facts, grave: &grave };
        let grade = finding.rule.body.grades.iter().find(|grade| scene.meets(grade)).cloned();
        match grade.as_ref().map(|grade| (grade, grade.severity)) {
            None => {}
            Some((_, Graded::None)) => continue,
            Some((grade, Graded::As(severity))) => {
                finding.grade(severity, grade.confidence, &grade.because);
                finding.form = grade.form.clone().or(finding.form);
            }
        }
        if finding.severity >= Severity::High {
            grave.insert(finding.rule.id.clone());
        }
        kept.push((index, finding));
    }
    kept.sort_by_key(|(index, _)| *index);
    kept.into_iter().map(|(_, finding)| finding).collect()
}

/// A finding, and what can be asked about it.
struct Scene<'a, 'c> {
    file: &'a SourceFile,
    finding: &'a Finding,
    named: &'a Named,
    facts: &'a Facts<'c>,
    /// The rules of which there is a finding of high severity or above.
    grave: &'a BTreeSet<String>,
}

fn any(patterns: &[TextPattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.is_match(text))
}

impl Scene<'_, '_> {
    fn meets(&self, grade: &Grade) -> bool {
        self.place_meets(grade)
            && self.surroundings_meet(grade)
            && (!grade.asks_uses() && grade.bound.is_empty() || self.name_meets(grade))
            && grade.when.iter().all(|fact| self.facts.holds(fact))
            && !self.facts.any(&grade.unless)
            && (grade.with.is_empty() || grade.with.iter().any(|rule| self.grave.contains(rule)))
    }

    fn place_meets(&self, grade: &Grade) -> bool {
        let found = self.file.snippet(self.finding.whole);
        grade.flow.is_none_or(|wanted| wanted != self.finding.flow.is_empty())
            && (grade.file.is_empty() || grade.file.iter().any(|glob| glob.matches_path(&self.file.path)))
            && (grade.role.is_empty() || grade.role.contains(&self.file.role))
            && (grade.file_has.is_empty() || any(&grade.file_has, &self.file.text))
            && !any(&grade.file_lacks, &self.file.text)
            && (grade.found.is_empty() || any(&grade.found, found))
            && !any(&grade.not_found, found)
    }

    fn surroundings_meet(&self, grade: &Grade) -> bool {
        let span = self.finding.place.span.start as usize..self.finding.place.span.end as usize;
        let near = &self.file.text[lines_around(&self.file.text, &span, grade.near_lines)];
        let is_within = |patterns: &[TextPattern]| {
            let own = lines_around(&self.file.text, &(span.start..span.start), 0);
            any(patterns, &self.file.text[own.start..span.start])
                || headings(&self.file.text, span.start).iter().any(|heading| any(patterns, heading))
        };
        (grade.near.is_empty() || any(&grade.near, near))
            && !any(&grade.not_near, near)
            && (grade.within.is_empty() || is_within(&grade.within))
            && (grade.not_within.is_empty() || !is_within(&grade.not_within))
    }

    fn name_meets(&self, grade: &Grade) -> bool {
        let Named { name, uses } = self.named;
        let own = [self.own_line()];
        // What has no name is used where it stands.
        let used: Vec<&str> = if name.is_some() { uses.iter().map(String::as_str).collect() } else { vec![&own[0]] };
        (grade.bound.is_empty() || name.as_deref().is_some_and(|name| any(&grade.bound, name)))
            && (grade.used.is_empty() || used.iter().copied().chain([own[0].as_str()]).any(|line| any(&grade.used, line)))
            && (grade.only_used.is_empty() || !used.is_empty() && used.iter().all(|line| any(&grade.only_used, line)))
            && grade.unused.is_none_or(|wanted| wanted == self.named.is_unused())
    }

    /// The statement of the finding from its beginning, without what stands in quotes.
    fn own_line(&self) -> String {
        static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""[^"\n]*"|'[^'\n]*'|`[^`\n]*`"#).expect("a valid pattern"));
        let span = self.finding.place.span.start as usize..self.finding.place.span.end as usize;
        let line = &self.file.text[lines_around(&self.file.text, &span, 0)];
        QUOTED.replace_all(line, r#""""#).into_owned()
    }
}
