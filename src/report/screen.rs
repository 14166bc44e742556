//! The first screen: what is wrong, worst first, in no more lines than a terminal has, whatever the wallet.

use std::collections::BTreeSet;

use super::page::{Line, Paint, cut, cut_path, paragraph};
use super::text::{counted, counts, listed, not_read, place_of, profile, project, risk};
use super::{Outcome, Report, Style};
use crate::advisory::version;
use crate::finding::{AdvisedPackage, Finding, neutralised};
use crate::rule::Severity;
use std::cmp::Ordering;

/// Lines of a screen.
pub(super) const MOST_LINES: usize = 40;
/// Of the paragraphs, so many lines each.
const PROJECT: usize = 3;
const FIRST: usize = 3;
const UNREAD: usize = 4;
const ADJUSTED: usize = 5;
/// Packages that have a line of their own even if there is much to say of the code.
const PACKAGES: usize = 7;
/// Findings that the summary of a failed run names.
const WORST: usize = 3;

/// The lines of the first screen.
pub(super) fn lines(report: &Report, style: Style) -> Vec<Line> {
    let width = style.width;
    let head = head(report, width);
    let tail = tail(report, width);
    let room = MOST_LINES.saturating_sub(head.len() + tail.len() + 2);
    let middle = middle(report, width, room);
    let gap = if middle.is_empty() { Vec::new() } else { vec![Line::default()] };
    [head, gap, middle, vec![Line::default()], tail].concat()
}

/// The verdict and the worst findings.
pub(super) fn summary(report: &Report, width: usize) -> Vec<String> {
    let rows = rows(&report.triage.reported);
    let worst = rows.iter().take(WORST).map(|row| row.line(width).plain());
    let (_, word) = outcome_word(&report.outcome());
    let head = format!("{}: {word}: {}. {}", report.subject.title(), risk(report), exit_reason(report));
    paragraph("", &head, width, 4).into_iter().chain(worst).collect()
}

fn head(report: &Report, width: usize) -> Vec<Line> {
    let plain =
        |lead: &str, text: &str, most| paragraph(lead, text, width, most).into_iter().map(|line| Line::of(Paint::Plain, line));
    let bold = paragraph("", &report.subject.line(), width, 3).into_iter().map(|line| Line::of(Paint::Bold, line));
    let mut head: Vec<Line> = bold.collect();
    if !report.profile.is_empty() {
        head.extend(plain("", &profile(report), 2));
    }
    let (paint, word) = outcome_word(&report.outcome());
    let is_only_old = report.outcome() == Outcome::Passed && report.adjustments.silenced.baseline > 0;
    let new = if is_only_old { "nothing new; " } else { "" };
    head.push(Line(vec![(paint, word.to_owned()), (Paint::Plain, format!("   {new}{}", risk(report)))]));
    head.extend(plain("", &counts(report), 3));
    head
}

const fn outcome_word(outcome: &Outcome) -> (Paint, &'static str) {
    match outcome {
        Outcome::Passed => (Paint::Good, "PASSED"),
        Outcome::Failed(_) => (Paint::Bad, "FAILED"),
        Outcome::Incomplete(_) => (Paint::Warning, "INCOMPLETE"),
    }
}

fn tail(report: &Report, width: usize) -> Vec<Line> {
    let parts = [
        ("PROJECT  ", project_remarks(report), PROJECT),
        ("Do first: ", first(report), FIRST),
        ("Settings that changed this result: ", report.adjusted().join(" "), ADJUSTED),
        ("Not read: ", not_read(report), UNREAD),
        ("", exit_reason(report), 3),
        ("", "Details: --full, or forewarn explain RULE.".into(), 1),
    ];
    let filled = parts.into_iter().filter(|(_, text, _)| !text.is_empty());
    let lines = filled.flat_map(|(lead, text, most)| {
        // A long lead stands alone, so that what follows has the width.
        let (lead, above) = if lead.len() > 12 { ("  ", Some(lead.trim_end())) } else { (lead, None) };
        above.into_iter().map(ToOwned::to_owned).chain(paragraph(lead, &text, width, most)).collect::<Vec<_>>()
    });
    lines.map(|line| Line::of(Paint::Plain, line)).collect()
}

fn project_remarks(report: &Report) -> String {
    let remarks = project(report).unwrap_or_default();
    remarks.strip_prefix("Project: ").map(ToOwned::to_owned).unwrap_or_default()
}

/// What to do first: what lowers the score most, else what is worst.
fn first(report: &Report) -> String {
    let fixes = report.assessment.fixes.iter().map(|fix| format!("{} (score → {:.0})", fix.rule, fix.score));
    let mut named: Vec<String> = fixes.collect();
    if named.is_empty() {
        let mut seen = BTreeSet::new();
        let worst = report.triage.reported.iter().filter(|finding| finding.severity >= Severity::High);
        named = worst.filter(|finding| seen.insert(&finding.rule.id)).take(WORST).map(|finding| finding.rule.id.clone()).collect();
    }
    named.join(", ")
}

/// Why the exit code is what it is.
fn exit_reason(report: &Report) -> String {
    let gate = &report.gate;
    match report.outcome() {
        Outcome::Failed(reasons) => format!("Exit code 1: {}.", reasons.join("; ")),
        Outcome::Incomplete(reason) => format!("Exit code 3: {reason}."),
        Outcome::Passed => match gate.fail_on {
            Some(least) => format!("Exit code 0: no finding of severity {} or above.", least.name()),
            None => "Exit code 0: no severity fails this run (--fail-on never).".into(),
        },
    }
}

/// Findings, own code before packages, within the lines that are left.
fn middle(report: &Report, width: usize, room: usize) -> Vec<Line> {
    let (packaged, own): (Vec<_>, Vec<_>) = report.triage.reported.iter().partition(|finding| is_of_package(finding));
    let own = rows(own);
    let packages = packages(&packaged);
    let heading = usize::from(!packages.is_empty()) * 2;
    let for_packages = packages.len().min(PACKAGES.max(room.saturating_sub(own.len() + heading + 1)));
    let for_own = room.saturating_sub(if packages.is_empty() { 0 } else { for_packages + heading });
    let mut lines = shown(&own, for_own, "rule", |row| row.line(width));
    if !packages.is_empty() {
        lines.push(Line::of(Paint::Bold, "DEPENDENCIES"));
        let left = room.saturating_sub(lines.len());
        lines.extend(shown(&packages, left, "package", |package| package.line(width)));
    }
    lines
}

/// A row of the screen: something with a severity, and how many findings it stands for.
trait Weighed {
    fn severity(&self) -> Severity;
    fn findings(&self) -> usize;
}

/// As many rows as fit; the last line says what did not.
fn shown<T: Weighed>(rows: &[T], room: usize, noun: &str, line: impl Fn(&T) -> Line) -> Vec<Line> {
    if rows.len() <= room {
        return rows.iter().map(line).collect();
    }
    let (kept, rest) = rows.split_at(room.saturating_sub(1));
    let count = |severity| rest.iter().filter(|row| row.severity() == severity).map(Weighed::findings).sum::<usize>();
    let each = Severity::ALL.into_iter().map(|severity| (count(severity), severity.name())).filter(|(count, _)| *count > 0);
    let each: Vec<_> = each.map(|(count, name)| format!("{count} {name}")).collect();
    let more = format!(" … and {} ({}): --full", counted(rest.len(), &format!("more {noun}")), each.join(", "));
    kept.iter().map(line).chain([Line::of(Paint::Faint, more)]).collect()
}

/// Findings of one rule and severity.
struct Row<'a> {
    first: &'a Finding,
    places: usize,
}

impl Weighed for Row<'_> {
    fn severity(&self) -> Severity {
        self.first.severity
    }

    fn findings(&self) -> usize {
        self.places
    }
}

/// One row for each rule and severity, the worst first, and of equals those nearest to a user.
fn rows<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for finding in findings {
        match rows.iter_mut().find(|row| row.first.rule.id == finding.rule.id && row.first.severity == finding.severity) {
            Some(row) => {
                row.places += 1;
                if finding.exposure < row.first.exposure {
                    row.first = finding;
                }
            }
            None => rows.push(Row { first: finding, places: 1 }),
        }
    }
    rows.sort_by(|a, b| {
        let rank = |row: &Row<'_>| (row.first.severity, row.first.confidence);
        rank(b).cmp(&rank(a)).then_with(|| a.first.exposure.cmp(&b.first.exposure))
    });
    rows
}

/// Columns of the severity, with the blanks around it.
const SEVERITY: usize = 11;

impl Row<'_> {
    /// The title, and the place at the right edge: each row gives its title what its place leaves.
    fn line(&self, width: usize) -> Line {
        let title = headline(&self.first.rule.body.title);
        let more = if self.places > 1 { format!(" (+{})", self.places - 1) } else { String::new() };
        let note = self.first.severity_note().map_or_else(String::new, |note| format!(" ({note})"));
        let place = cut_path(&place_of(self.first), width * 2 / 5);
        let room = width.saturating_sub(SEVERITY + place.chars().count() + 2);
        let text = format!("{}{more}", cut(&format!("{title}{note}"), room.saturating_sub(more.len())));
        Line(vec![severity(self.first.severity), (Paint::Plain, format!("{text:room$}  ")), (Paint::Faint, place)])
    }
}

fn severity(severity: Severity) -> (Paint, String) {
    (paint(severity), format!(" {:10}", severity.name().to_uppercase()))
}

/// How a severity stands out.
pub(super) const fn paint(severity: Severity) -> Paint {
    match severity {
        Severity::Critical | Severity::High => Paint::Bad,
        Severity::Medium => Paint::Warning,
        Severity::Low | Severity::Info => Paint::Bold,
    }
}

/// A title without the article that hides its noun in a list.
fn headline(title: &str) -> String {
    let rest = ["A ", "An ", "The "].iter().find_map(|article| title.strip_prefix(article)).unwrap_or(title);
    let mut chars = rest.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether a finding is about a package that others wrote.
fn is_of_package(finding: &Finding) -> bool {
    finding.package.is_some() || finding.subject.is_some()
}

/// What is to be said of one package, in whatever versions the tree has it.
struct Packaged<'a> {
    name: String,
    worst: &'a Finding,
    findings: usize,
    versions: BTreeSet<&'a str>,
    advisories: BTreeSet<&'a str>,
    fixes: Vec<(&'a str, &'a str)>,
}

impl Weighed for Packaged<'_> {
    fn severity(&self) -> Severity {
        self.worst.severity
    }

    fn findings(&self) -> usize {
        self.findings
    }
}

/// One for each package, the worst first.
fn packages<'a>(findings: &[&'a Finding]) -> Vec<Packaged<'a>> {
    let mut packages: Vec<Packaged<'a>> = Vec::new();
    for finding in findings {
        let name = finding.package.as_ref().map_or_else(|| subject_name(finding), |package| package.name.clone());
        let at = packages.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let (versions, advisories, fixes) = Default::default();
            packages.push(Packaged { name, worst: finding, findings: 0, versions, advisories, fixes });
            packages.len() - 1
        });
        packages[at].add(finding);
    }
    packages.sort_by(|a, b| b.worst.severity.cmp(&a.worst.severity).then_with(|| b.advisories.len().cmp(&a.advisories.len())));
    packages
}

/// `left-pad` of `left-pad@1.3.0` and `left-pad 1.3.0`.
fn subject_name(finding: &Finding) -> String {
    let subject = finding.subject.as_deref().unwrap_or_default();
    let is_version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit() || first == 'v' || first == '^');
    let name = subject.rsplit_once(['@', ' ']).filter(|(name, rest)| !name.is_empty() && is_version(rest));
    name.map_or(subject, |(name, _)| name).to_owned()
}

impl<'a> Packaged<'a> {
    fn add(&mut self, finding: &'a Finding) {
        self.findings += 1;
        if finding.severity > self.worst.severity {
            self.worst = finding;
        }
        if let Some(package) = finding.package.as_deref() {
            self.take(package);
        }
    }

    fn take(&mut self, package: &'a AdvisedPackage) {
        self.versions.insert(&package.version);
        self.advisories.extend(package.advisories.iter().filter_map(|advisory| advisory.ids.first()).map(String::as_str));
        self.fixes.extend(package.fix.as_deref().map(|fix| (package.ecosystem.as_str(), fix)));
    }

    /// The version that fixes most: the newest of those that fix each copy.
    fn fix(&self) -> Option<&'a str> {
        let newer = |a: &(&str, &str), b: &(&str, &str)| version::compare(a.0, a.1, b.1).unwrap_or(Ordering::Equal);
        self.fixes.iter().copied().max_by(newer).map(|(_, fix)| fix)
    }

    fn line(&self, width: usize) -> Line {
        let versions: Vec<_> = self.versions.iter().map(|version| (*version).to_owned()).collect();
        let fix = self.fix().map_or_else(String::new, |fix| format!(" → {fix}"));
        let said = match self.advisories.len() {
            0 => headline(&self.worst.rule.body.title),
            1 => "1 advisory".into(),
            count => format!("{count} advisories"),
        };
        let more = if self.findings > 1 { format!(" (+{})", self.findings - 1) } else { String::new() };
        let text = format!("{} {}{fix}  {said}{more}", self.name, listed(&versions, 2));
        let room = width.saturating_sub(SEVERITY);
        Line(vec![severity(self.worst.severity), (Paint::Plain, cut(&neutralised(&text).replace("   ", "  "), room))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_begin_with_their_noun() {
        assert_eq!(headline("A window shares its world"), "Window shares its world");
        assert_eq!(headline("Another thing"), "Another thing");
        assert_eq!(headline(""), "");
    }
}
