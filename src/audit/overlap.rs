//! One fact is told once: findings of several rules at one place, and of one rule on one line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::{Finding, Step};
use crate::rule::{Match, Rule};
use crate::source::FileId;

/// The findings, where those that say more of the same place are a part of the one that they yield to, and several texts of one line
/// that one rule found are one finding, the gravest.
pub(super) fn joined(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        by_file.entry(finding.place.file).or_default().push(index);
    }
    let passing = passing(&findings);
    let mut gone = repeated(&findings);
    let mut told: Vec<(usize, Arc<Rule>, Step)> = Vec::new();
    for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| !finding.rule.body.yields_to.is_empty()) {
        let others = [&by_file, &passing].into_iter().filter_map(|known| known.get(&finding.place.file)).flatten();
        let others = others.copied().filter(|other| !gone.contains(other));
        if let Some(taker) = others.into_iter().find(|&other| takes(&findings[other], finding)) {
            let step = Step { place: finding.place.clone(), message: finding.message.clone() };
            told.push((taker, Arc::clone(&finding.rule), step));
            gone.insert(index);
        }
    }
    for (taker, rule, step) in told {
        findings[taker].related.push(step);
        findings[taker].told.push(rule);
    }
    let mut index = 0..;
    findings.retain(|_| !index.next().is_some_and(|index| gone.contains(&index)));
    findings
}

/// The findings whose flow passes through a file.
fn passing(findings: &[Finding]) -> BTreeMap<FileId, Vec<usize>> {
    let mut passing: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        for step in &finding.flow {
            let known = passing.entry(step.place.file).or_default();
            if known.last() != Some(&index) {
                known.push(index);
            }
        }
    }
    passing
}

/// Whether `finding` is told as a part of `other`: both are about one place, or the flow of the other passes through what this one is
/// about.
fn takes(other: &Finding, finding: &Finding) -> bool {
    let is_here = || {
        let is_same_line = other.place.start.line == finding.place.start.line;
        let is_within = other.whole.contains(finding.whole) || finding.whole.contains(other.whole);
        other.place.file == finding.place.file && (is_same_line || is_within)
    };
    let passes = || {
        let here = other.flow.iter().map(|step| &step.place).filter(|place| place.file == finding.place.file);
        here.into_iter().any(|place| finding.whole.contains(place.span))
    };
    finding.rule.body.yields_to.contains(&other.rule.id) && (is_here() || passes())
}

/// Texts without secrets that a rule found on a line where it found a graver or an earlier one.
fn repeated(findings: &[Finding]) -> BTreeSet<usize> {
    let mut best: BTreeMap<(FileId, u32, &str), usize> = BTreeMap::new();
    let mut gone = BTreeSet::new();
    for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| is_plain_text(finding)) {
        let key = (finding.place.file, finding.place.start.line, finding.rule.id.as_str());
        let kept = *best.entry(key).or_insert(index);
        let is_graver = finding.severity > findings[kept].severity;
        if is_graver {
            best.insert(key, index);
        }
        gone.extend((kept != index).then_some(if is_graver { kept } else { index }));
    }
    gone
}

/// Whether a text was found that is no secret: each secret is a finding of its own.
fn is_plain_text(finding: &Finding) -> bool {
    finding.rule.body.matchers.iter().all(|matcher| {
        let Match::Text(text) = matcher else { return false };
        !text.secret && !text.pattern.iter().any(|pattern| pattern.text().contains("?P<secret>"))
    })
}
