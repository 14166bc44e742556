//! Sentences that more than one format says.

use std::fmt::Write as _;

use super::{Coverage, Language, Outcome, Report};
use crate::audit::Profile;
use crate::finding::{Finding, fit_to_show};
use crate::risk::Weights;
use crate::rule::Severity;

/// Terms that would show as zero are left to the formats for programs.
const LEAST_TERM: f64 = 0.005;

/// `1 finding`, `2 findings`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Some names, and how many more there are.
pub(super) fn listed(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most { format!("{shown} and {} more", names.len() - most) } else { shown }
}

/// The verdict in one line: how it ended, what the score is, what was found in how much.
pub(super) fn verdict(report: &Report) -> String {
    let word = match report.outcome() {
        Outcome::Passed => "PASSED",
        Outcome::Failed(_) => "FAILED",
        Outcome::Incomplete(_) => "INCOMPLETE",
    };
    let score = match &report.assessment.score {
        Some(score) => format!("{}, score {:.0} of 100", score.band.name, score.value),
        None => "no score: too little of the code was analysed".into(),
    };
    format!("{word}: {score}; {} in {}", findings(&report.triage.reported), analysed(&report.coverage))
}

/// What the tree is: `Electron app (electron 27.1.0), browser extension (manifest version 3)`.
pub(super) fn profile(report: &Report) -> String {
    let told = |profile: &Profile| {
        let detail = profile.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        fit_to_show(&format!("{}{detail}", profile.what))
    };
    let kinds: Vec<_> = report.profile.iter().map(told).collect();
    if kinds.is_empty() { "What it is: nothing that is known".into() } else { format!("What it is: {}", kinds.join(", ")) }
}

/// `3 findings (1 critical, 2 high)`.
pub(super) fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "no findings".into();
    }
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let each = Severity::ALL.into_iter().map(|severity| (count(severity), severity.name())).filter(|(count, _)| *count > 0);
    let parts: Vec<_> = each.map(|(count, name)| format!("{count} {name}")).collect();
    format!("{} ({})", counted(findings.len(), "finding"), parts.join(", "))
}

/// `210 analysed files (rust, typescript)`: what a sentence about findings is about.
pub(super) fn analysed(coverage: &Coverage) -> String {
    let read = coverage.languages.iter().filter(|language| language.analysed + language.partly > 0);
    let names: Vec<_> = read.map(|language| language.name).collect();
    let files = coverage.analysed_files();
    let code =
        if names.is_empty() { "no code".into() } else { format!("{} ({})", counted(files, "analysed file"), names.join(", ")) };
    let documents: usize = coverage.documents.iter().map(|(_, files)| files).sum();
    if documents == 0 { code } else { format!("{code} and {}", counted(documents, "configuration file")) }
}

/// What the score is worth, and how it came about.
pub(super) fn score(report: &Report) -> Vec<String> {
    let assessment = &report.assessment;
    let Some(score) = &assessment.score else { return Vec::new() };
    let (low, high) = score.range;
    let calibrated = if score.calibrated { "" } else { " The score is a rank and not calibrated: it is no probability." };
    let doubt = format!(" Between {low:.0} and {high:.0}, as doubtful findings turn out false or true.");
    let doubt = if high - low < 1.0 { "" } else { &doubt };
    let mut lines =
        vec![format!("Score {:.0} of 100, {}: {}.{doubt}{calibrated}", score.value, score.band.name, score.band.meaning)];
    let seen = score.terms.iter().filter(|term| term.logit.abs() >= LEAST_TERM);
    let terms: Vec<_> = seen.map(|term| format!("{} {:+.2}", term.name, term.logit)).collect();
    if !terms.is_empty() {
        let base = Weights::embedded().base_rate * 100.0;
        lines.push(format!("It is made of (logits, on a base rate of {base:.0} of 100): {}.", terms.join(", ")));
    }
    if let Some(before) = score.before_floor {
        lines.push(format!("A floor holds it up, since one finding alone is enough; the terms would give {before:.0}."));
    }
    if !assessment.fixes.is_empty() {
        let fixes: Vec<_> = assessment.fixes.iter().map(|fix| format!("{} (to {:.0})", fix.rule, fix.score)).collect();
        lines.push(format!("Fix this first, the score would fall: {}.", fixes.join(", then ")));
    }
    lines
}

/// How many grounds of the warning of 2022 are there, and which.
pub(super) fn resemblance(report: &Report) -> (String, Vec<String>) {
    let grounds = &report.assessment.grounds;
    let given = grounds.iter().filter(|ground| ground.findings > 0).count();
    let title = format!(
        "Warning resemblance: {given} of {} grounds of the public warning on Atomic Wallet of February 2022",
        grounds.len()
    );
    let line = |ground: &crate::risk::Ground| match ground.findings {
        0 => format!("[ ] {}", ground.name),
        count => format!("[x] {} ({})", ground.name, counted(count, "finding")),
    };
    (title, grounds.iter().map(line).collect())
}

/// What was analysed, what was not, and why.
pub(super) fn coverage(coverage: &Coverage) -> Vec<String> {
    let mut lines = Vec::new();
    let read: Vec<_> = coverage.languages.iter().filter(|language| language.analysed + language.partly > 0).map(language).collect();
    let documents: Vec<_> = coverage.documents.iter().map(|(syntax, files)| format!("{syntax} {files}")).collect();
    if !read.is_empty() {
        lines.push(format!("Analysed code: {}.", read.join("; ")));
    }
    if !documents.is_empty() {
        lines.push(format!("Analysed configuration and lockfiles: {}.", documents.join(", ")));
    }
    let skipped: Vec<_> = coverage.languages.iter().filter(|language| language.skipped > 0).map(skipped).collect();
    let missing = if skipped.is_empty() { "no code that we know of".into() } else { skipped.join("; ") };
    lines.push(format!("Not analysed: {missing}."));
    if coverage.other_files > 0 {
        lines.push(format!("Searched as texts only: {}.", counted(coverage.other_files, "other file")));
    }
    lines.push(format!("Share of shipped and building code that was analysed: {:.0} %.", coverage.share() * 100.0));
    lines
}

fn language(language: &Language) -> String {
    let mut text =
        format!("{} {}, {} lines", language.name, counted(language.analysed + language.partly, "file"), language.lines_analysed);
    if language.partly > 0 {
        let _ = write!(text, " ({} in part)", language.partly);
    }
    text
}

fn skipped(language: &Language) -> String {
    format!("{} {} ({})", language.name, counted(language.skipped, "file"), language.reason())
}

/// What was set aside.
pub(super) fn set_aside(report: &Report) -> Vec<String> {
    let triage = &report.triage;
    let answered = triage.suppressed.iter().filter(|(finding, _)| finding.excuse.is_some()).count();
    let lists = [
        (triage.suppressed.len() - answered, "suppressed by comments in the code"),
        (answered, "answered by VEX statements"),
        (triage.known.len(), "in the baseline, accepted before"),
        (triage.unsure.len(), "below the confidence that was asked for"),
    ];
    lists.into_iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{}: {why}.", counted(count, "finding"))).collect()
}

/// What the project as a whole lacks, in one sentence.
pub(super) fn project(report: &Report) -> Option<String> {
    let lacks: Vec<_> = report.triage.project.iter().filter_map(|remark| remark.rule.body.remark.as_deref()).collect();
    (!lacks.is_empty()).then(|| format!("Project: {}.", lacks.join(", ")))
}

/// Findings of one rule and severity, which stand together in the order of a report.
pub(super) fn by_rule(findings: &[Finding]) -> impl Iterator<Item = &[Finding]> {
    findings.chunk_by(|a, b| a.rule.id == b.rule.id && a.severity == b.severity)
}
