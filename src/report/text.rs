//! Sentences that more than one format says.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::steps::Step;
use super::{Coverage, Language, Outcome, Report};
use crate::audit::Profile;
use crate::finding::{Finding, Standing, fit_to_show, neutralised, standings};
use crate::risk::{Band, Knowledge, Model, WeaknessRisk};
use crate::rule::Severity;
use crate::source::{Notice, NoticeKind};

/// So many weaknesses are named as what the score comes from…
const CONTRIBUTORS: usize = 3;
/// …if they are at least so likely to be serious.
const LEAST_RISK: f64 = 0.01;

/// `1 finding`, `2 findings`, `37,181 lines`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A number of more than four digits in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Some names, and how many more there are.
pub(super) fn listed(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most { format!("{shown} and {} more", names.len() - most) } else { shown }
}

/// The verdict in one line: how it ended, what the score is, what was found in how much.
pub(super) fn verdict(report: &Report) -> String {
    let word = match report.outcome() {
        Outcome::Passed => passed(report),
        Outcome::Failed(_) => "FAILED",
        Outcome::Incomplete(_) => "INCOMPLETE",
    };
    format!("{word}: {}; {} in {}", risk(report), findings(&report.triage.reported), analysed(&report.coverage))
}

/// The word for a run that the gate let through: it speaks of the gate alone, since the risk of a wallet is never none. Where nothing can
/// fail the run, nothing has passed.
pub(super) const fn passed(report: &Report) -> &'static str {
    if report.gate.is_off() { "REPORT ONLY" } else { "GATE PASSED" }
}

/// Whether the risk gives no reason to have the findings reviewed.
pub(super) fn is_calm(report: &Report) -> bool {
    let bands = Model::embedded().bands();
    let reviewed = bands.get(2).map_or(f64::INFINITY, |band| band.from);
    report.assessment.score.as_ref().is_some_and(|score| score.value < reviewed)
}

/// What a verdict says to do, behind the risk: `: check the first findings`, or `, review first: have the findings reviewed`.
pub(super) fn advice(band: &Band) -> String {
    let says_itself = band.meaning.starts_with(&band.name);
    if says_itself { format!(": {}", band.meaning) } else { format!(", {}: {}", band.name, band.meaning) }
}

/// `risk 62 % (48 to 75): review first`. The lowest verdict, that there is nothing special to do, is no news next to a gate that tripped.
pub(super) fn risk(report: &Report) -> String {
    match &report.assessment.score {
        Some(score) => {
            let (low, high) = score.range;
            let is_lowest = Model::embedded().bands().first() == Some(&score.band);
            let advice = if is_lowest { String::new() } else { format!(": {}", score.band.name) };
            format!("risk {:.0} % ({low:.0} to {high:.0}){advice}", score.value)
        }
        None if report.adjustments.is_partial() => {
            format!("no score: {} applied, and a score needs all", counted(report.rules.rules.len(), "rule"))
        }
        None if report.coverage.is_nothing() => "no score: nothing to analyse was found".into(),
        None => {
            let (share, least) = (report.coverage.share() * 100.0, Knowledge::embedded().least_coverage * 100.0);
            format!("no score: {:.0} % of the code was analysed, {least:.0} % are needed", share.floor())
        }
    }
}

/// `7 critical · 10 high · 3 silenced in 116 lines of code, 11 files (javascript)`: of what was read less is told if a line is too short for
/// it, of the numbers none is left out.
pub(super) fn counts(report: &Report, width: usize) -> String {
    let found = &report.triage.reported;
    let count = |severity: Severity| found.iter().filter(|finding| finding.severity == severity).count();
    let each = Severity::ALL.into_iter().map(|severity| (count(severity), severity.name())).filter(|(count, _)| *count > 0);
    let mut parts: Vec<_> = each.map(|(count, name)| format!("{count} {name}")).collect();
    let silenced = report.adjustments.silenced;
    if parts.is_empty() {
        parts.push(if silenced.baseline > 0 { "no new findings".into() } else { "no findings".into() });
    }
    let aside = [
        (silenced.baseline, "known (baseline)"),
        (silenced.comments + silenced.vex, "silenced"),
        (silenced.confidence, "below confidence"),
        (silenced.paths, "in excluded paths"),
    ];
    parts.extend(aside.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    let counted = parts.join(" · ");
    if report.coverage.is_nothing() {
        return format!("{counted}: there is no code, configuration or lockfile");
    }
    let whole = sizes(&report.coverage).into_iter().map(|size| format!("{counted} in {size}"));
    whole.into_iter().find(|line| line.chars().count() <= width).unwrap_or_else(|| counted.clone())
}

/// How much was read, the longest way of saying so first.
fn sizes(coverage: &Coverage) -> Vec<String> {
    let read = coverage.languages.iter().filter(|language| language.analysed + language.partly > 0);
    let names: Vec<_> = read.map(|language| language.name.to_owned()).collect();
    let documents = coverage.documents.iter().map(|(_, files)| files).sum();
    if names.is_empty() {
        return vec![counted(documents, "configuration file")];
    }
    let lines = format!("{} of code", counted(coverage.analysed_lines() as usize, "line"));
    let files = format!("{lines}, {}", counted(coverage.analysed_files(), "file"));
    let named = (1..=names.len()).rev().map(|most| format!("{files} ({})", listed(&names, most)));
    named.chain([files.clone(), lines.clone()]).collect()
}

/// What was not read, in a sentence: code, packages and whatever the tree refers to and does not have.
pub(super) fn not_read(report: &Report) -> String {
    let mut parts = Vec::new();
    if report.coverage.is_nothing() {
        parts.push("no code, configuration or lockfile was found".to_owned());
    }
    let mut missing: Vec<(&str, Vec<String>)> = Vec::new();
    for notice in report.notices.iter().filter(|notice| notice.kind == NoticeKind::Missing) {
        let path = notice.path.as_deref().map_or_else(|| "the tree".into(), fit_to_show);
        match missing.iter_mut().find(|(message, _)| *message == notice.message) {
            Some((_, paths)) => paths.push(path),
            None => missing.push((&notice.message, vec![path])),
        }
    }
    parts.extend(missing.iter().map(|(message, paths)| format!("{} ({})", fit_to_show(message), listed(paths, 3))));
    for is_supported in [false, true] {
        let lost = report.coverage.languages.iter().filter(|one| one.skipped > 0 && one.is_supported == is_supported);
        let named: Vec<_> = lost.map(|one| format!("{} {}", one.name, counted(one.skipped, "file"))).collect();
        let reason = match (is_supported, named.len()) {
            (_, 0) => continue,
            (false, 1) => "no reader for this language",
            (false, _) => "no reader for these languages",
            (true, _) => "not parsed or not opened",
        };
        parts.push(format!("{} ({reason})", listed(&named, 6)));
    }
    let general = report.notices.iter().filter(|notice| notice.path.is_none() && notice.kind != NoticeKind::Configuration);
    parts.extend(general.filter(|notice| notice.kind != NoticeKind::Missing).map(|notice| fit_to_show(&notice.message)));
    if report.coverage.excluded > 0 {
        parts.push(format!("{} of code, excluded by the settings", counted(report.coverage.excluded, "file")));
    }
    let kinds = [
        (NoticeKind::LimitReached, "beyond a limit"),
        (NoticeKind::ParseError, "with syntax that was not understood"),
        (NoticeKind::OwnReport, "that Forewarn wrote, set aside"),
    ];
    for (kind, what) in kinds {
        let about = |notice: &&Notice| notice.kind == kind;
        let paths: BTreeSet<_> = report.notices.iter().filter(about).filter_map(|notice| notice.path.as_deref()).collect();
        if !paths.is_empty() {
            let named: Vec<_> = paths.iter().map(|path| fit_to_show(path)).collect();
            parts.push(format!("{} {what} ({})", counted(paths.len(), "file"), listed(&named, 2)));
        }
    }
    if parts.is_empty() {
        "nothing; all code that Forewarn recognises was analysed.".into()
    } else {
        format!("{}.", parts.join("; "))
    }
}

/// How the findings compare with what reviewers said before, and what is gone: `2 new, 5 open, 1 risk accepted; 3 findings no longer
/// found`.
pub(super) fn reviewed(report: &Report) -> Option<String> {
    let review = report.review.as_ref()?;
    let standings = standings(review, &report.triage.reported, report.as_of);
    let each = Standing::ALL.into_iter().filter_map(|standing| Some((standings.get(&standing)?, standing.word().to_lowercase())));
    let mut each: Vec<_> = each.map(|(count, word)| format!("{count} {word}")).collect();
    if each.is_empty() {
        each.push("no findings".into());
    }
    let gone = review.resolved(&report.triage).len();
    let gone = if gone == 0 { String::new() } else { format!("; {} no longer found", counted(gone, "finding")) };
    Some(format!("{}{gone}", each.join(", ")))
}

/// Where a finding is, without the column.
pub(super) fn place_of(finding: &Finding) -> String {
    let path = neutralised(&finding.place.path);
    if finding.excerpt.lines.is_empty() { path } else { format!("{path}:{}", finding.place.start.line) }
}

/// `high`, or `low (rule: high; in documentation)` where the severity is not the rule's.
pub(super) fn severity_text(finding: &Finding) -> String {
    let note = finding.severity_note().map_or_else(String::new, |note| format!(" ({note})"));
    format!("{}{note}", finding.severity.name())
}

/// What the tree is: `Electron app (electron 27.1.0), browser extension (manifest version 3)`.
pub(super) fn profile(report: &Report) -> String {
    let told = |profile: &Profile| {
        let detail = profile.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        fit_to_show(&format!("{}{detail}", profile.what))
    };
    let kinds: Vec<_> = report.profile.iter().map(told).collect();
    if kinds.is_empty() { "Kind of project: not recognised".into() } else { kinds.join(", ") }
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

/// Where the score stands and what drives it, in a sentence for the first screen.
pub(super) fn standing(report: &Report) -> Option<String> {
    let place = report.assessment.score.as_ref()?.place.as_ref().map(|place| place.sentence());
    let drivers: Vec<_> = drivers(report).into_iter().map(|weakness| weakness.name.clone()).collect();
    let driven = (!drivers.is_empty()).then(|| format!("What drives it: {}", drivers.join(", ")));
    let parts: Vec<_> = place.into_iter().chain(driven).collect();
    let text = parts.join(". ");
    let mut chars = text.chars();
    chars.next().map(|first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

/// The weaknesses that the score comes from, the worst first.
fn drivers(report: &Report) -> Vec<&WeaknessRisk> {
    let weighty = report.assessment.weaknesses.iter().filter(|weakness| weakness.risk >= LEAST_RISK);
    weighty.take(CONTRIBUTORS).collect()
}

/// What the score says, where it stands and how it came about. What each part adds is told to programs alone.
pub(super) fn score(report: &Report) -> Vec<String> {
    let assessment = &report.assessment;
    let Some(score) = &assessment.score else { return Vec::new() };
    let (value, (low, high), band) = (score.value, score.range, &score.band);
    let mut lines = vec![format!(
        "Risk {value:.0} %{}. This is the probability that a competent audit would report at least one serious weakness that costs keys; \
         four times in five the true figure lies between {low:.0} and {high:.0} %.",
        advice(band)
    )];
    lines.extend(score.place.as_ref().map(|place| format!("It is {}.", place.sentence())));
    lines.extend(score.skill.map(|skill| format!("How far to trust it: {}.", skill.sentence())));
    let main = drivers(report);
    if !main.is_empty() {
        let named = main.iter().map(|weakness| format!("{} ({})", weakness.name, counted(weakness.findings, "finding")));
        lines.push(format!("What drives it: {}.", named.collect::<Vec<_>>().join(", ")));
    }
    let steps = report.steps();
    if !steps.is_empty() {
        let step = |step: &Step| match &step.falls_to {
            Some(risk) => format!("{} (risk → {risk} %)", step.rule),
            None => step.rule.clone(),
        };
        lines.push(format!("Fix first: {}.", steps.iter().map(step).collect::<Vec<_>>().join(", then ")));
    }
    lines
}

/// How many grounds of the warning of 2022 are there, and which.
pub(super) fn resemblance(report: &Report) -> (String, Vec<String>) {
    let grounds = &report.assessment.grounds;
    let given = grounds.iter().filter(|ground| ground.findings > 0).count();
    let title =
        format!("Compared with the public warning on Atomic Wallet of February 2022: {given} of {} points apply", grounds.len());
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
    lines.push(match (skipped.is_empty(), coverage.is_nothing()) {
        (false, _) => format!("Not analysed: {}.", skipped.join("; ")),
        (true, false) => "Not analysed: nothing; all recognised code was analysed.".to_owned(),
        (true, true) => "Analysed: nothing; no code, configuration or lockfile was found.".to_owned(),
    });
    if coverage.other_files > 0 {
        lines.push(format!("{}: text rules only.", counted(coverage.other_files, "other file")));
    }
    lines.push(format!("Share of shipped and building code that was analysed: {:.0} %.", coverage.share() * 100.0));
    lines
}

fn language(language: &Language) -> String {
    let mut text = format!(
        "{} {}, {}",
        language.name,
        counted(language.analysed + language.partly, "file"),
        counted(language.lines_analysed as usize, "line")
    );
    if language.partly > 0 {
        let _ = write!(text, " ({} in part)", language.partly);
    }
    text
}

fn skipped(language: &Language) -> String {
    format!("{} {} ({})", language.name, counted(language.skipped, "file"), language.reason())
}

/// What the project as a whole lacks, in one sentence.
pub(super) fn project(report: &Report) -> Option<String> {
    let lacks = lacks(report);
    (!lacks.is_empty()).then(|| format!("Project: {}.", lacks.join(", ")))
}

/// The same, each by itself.
pub(super) fn lacks(report: &Report) -> Vec<&str> {
    report.triage.project.iter().filter_map(|remark| remark.rule.body.remark.as_deref()).collect()
}

/// How the tree was read, and what severity and confidence mean.
pub(super) fn method(report: &Report) -> [String; 2] {
    let read = format!(
        "Forewarn reads the source tree without running anything of it. Code is parsed and linked, and values are followed from where \
         secrets arise to where they must not go; configuration, manifests and lockfiles are read as data; packages are compared with \
         the advisories that were public on the day of the audit. {} were applied.",
        counted(report.rules.rules.len(), "rule")
    );
    let scale = "Severity says what is lost if a finding is true: critical, keys or funds are lost; high, they are lost under \
                 conditions that occur; medium, it helps an attacker who already has a foothold; low, hardening; info, worth \
                 knowing. Confidence says how likely the finding is to be true. A scan finds what it has rules for, in what it could \
                 read; it does not replace an audit by people.";
    [read, scale.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_easy_to_read() {
        let told = [(1, "1 line"), (0, "0 lines"), (2026, "2026 lines"), (37_181, "37,181 lines"), (1_000_000, "1,000,000 lines")];
        assert!(told.iter().all(|(count, text)| counted(*count, "line") == *text));
    }
}
