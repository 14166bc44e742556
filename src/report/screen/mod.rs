//! The first screen: what is wrong, worst first, in no more lines than a terminal has, whatever the wallet.

mod package;
mod row;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::page::{Line, Paint, cut, joined, paragraph};
use super::steps::Step;
use super::text::{counted, counts, is_calm, lacks, listed, not_read, passed, place_of, profile, reviewed, risk, standing};
use super::{Outcome, Report, Style, TOOL_VERSION};
use crate::finding::Finding;
use crate::rule::Severity;

use package::packages;
use row::{clause, rows};

pub(super) use row::{headline, paint};

/// Lines of a screen.
pub(super) const MOST_LINES: usize = 40;
/// Of the paragraphs, so many lines each.
const STANDING: usize = 3;
const PROJECT: usize = 2;
const UNREAD: usize = 4;
const ADJUSTED: usize = 5;
/// Packages that have a line of their own even if there is much to say of the code.
const PACKAGES: usize = 5;
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
    let worst = rows.iter().take(WORST).flat_map(|row| row.lines(width)).map(|line| line.plain());
    let (_, word) = outcome_word(report);
    let head = format!("{}: {word}: {}. {}", report.subject.title(), risk(report), exit_reason(report));
    paragraph("", &head, width, 4).into_iter().chain(worst).collect()
}

/// The parts of a line as far as they fit, the first in any case.
fn fitting(parts: &[String], width: usize) -> String {
    let mut line = parts.first().map(|first| cut(first, width)).unwrap_or_default();
    for part in parts.iter().skip(1).filter(|part| !part.is_empty()) {
        let longer = format!("{line} · {part}");
        if longer.chars().count() <= width {
            line = longer;
        }
    }
    line
}

/// Three lines, so that the findings begin at once: what was scanned, how it ended, and what was found; a fourth only for numbers without
/// room.
fn head(report: &Report, width: usize) -> Vec<Line> {
    let kind = if report.profile.is_empty() { String::new() } else { profile(report) };
    let title = [report.subject.title(), report.subject.commit().unwrap_or_default(), kind];
    let (paint, word) = outcome_word(report);
    let is_only_old = report.triage.reported.is_empty() && report.adjustments.silenced.baseline > 0;
    let new = if is_only_old { "nothing new; " } else { "" };
    let mut head = vec![
        Line::of(Paint::Bold, fitting(&title, width)),
        Line(vec![(paint, word.to_owned()), (Paint::Plain, format!("   {new}{}", risk(report)))]),
    ];
    head.extend(paragraph("", &counts(report, width), width, 3).into_iter().map(|line| Line::of(Paint::Plain, line)));
    head
}

/// What the tree is, where its name and version come from, and with what it was judged: each whole or not at all.
fn scanned(report: &Report, width: usize) -> Vec<String> {
    const LEAD: &str = "Scanned: ";
    let subject = &report.subject;
    let named = subject.named_in.as_ref().map(|file| format!("{} from {file}", subject.named()));
    let kind = if report.profile.is_empty() { "kind of project not recognised".to_owned() } else { profile(report) };
    let parts = [Some(kind), named, subject.day(), Some(format!("forewarn {TOOL_VERSION}"))];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let lines = joined(&parts, width.saturating_sub(LEAD.len()), 2).into_iter().enumerate();
    lines.map(|(index, line)| format!("{:1$}{line}", if index == 0 { LEAD } else { "" }, LEAD.len())).collect()
}

/// How the run ended.
fn outcome_word(report: &Report) -> (Paint, &'static str) {
    match report.outcome() {
        Outcome::Passed if is_calm(report) => (Paint::Good, passed(report)),
        Outcome::Passed => (Paint::Warning, passed(report)),
        Outcome::Failed(_) => (Paint::Bad, "FAILED"),
        Outcome::Incomplete(_) => (Paint::Warning, "INCOMPLETE"),
    }
}

fn tail(report: &Report, width: usize) -> Vec<Line> {
    let plain = |lines: Vec<String>| lines.into_iter().map(|line| Line::of(Paint::Plain, line));
    let part = |lead: &str, text: &str, most| {
        // A long lead stands alone, so that what follows has the width.
        let (lead, above) = if lead.len() > 12 { ("  ", Some(lead.trim_end())) } else { (lead, None) };
        let lines = if text.is_empty() { Vec::new() } else { paragraph(lead, text, width, most) };
        let above = above.filter(|_| !lines.is_empty()).map(ToOwned::to_owned);
        above.into_iter().chain(lines).collect::<Vec<_>>()
    };
    let mut tail: Vec<Line> = plain(project_remarks(report, width)).collect();
    tail.extend(plain(part("REVIEW   ", &reviewed(report).map_or_else(String::new, |text| format!("{text}.")), 2)));
    tail.extend(plain(first(report, width)));
    tail.extend(plain(part("Risk: ", &standing(report).unwrap_or_default(), STANDING)));
    tail.extend(plain(part("Settings that changed this result: ", &report.adjusted().join(" "), ADJUSTED)));
    tail.extend(plain(part("", &report.adjustments.warning().unwrap_or_default(), 2)));
    tail.extend(plain(part("Not read: ", &not_read(report), UNREAD)));
    tail.extend(plain(scanned(report, width)));
    tail.extend(plain(part("", &exit_reason(report), 3)));
    tail.extend(plain(part("", "Details: --full; forewarn explain RULE.", 1)));
    tail
}

/// What the project lacks, as far as it fits, and how much more there is.
fn project_remarks(report: &Report, width: usize) -> Vec<String> {
    let lacks = lacks(report);
    let told = |count: usize| {
        let more = if count < lacks.len() { format!(" and {} more: --full", lacks.len() - count) } else { ".".to_owned() };
        paragraph("PROJECT  ", &format!("{}{more}", lacks[..count].join(", ")), width, usize::MAX)
    };
    (1..=lacks.len()).rev().map(told).find(|lines| lines.len() <= PROJECT).unwrap_or_default()
}

/// What to do first, a line each, in the order of the findings above; the risk behind a step if it is another than before.
fn first(report: &Report, width: usize) -> Vec<String> {
    let reported = &report.triage.reported;
    let steps = report.steps();
    let lead = "Do first: ";
    let line = |(at, next): (usize, &Step)| {
        let lead = if at == 0 { lead.to_owned() } else { " ".repeat(lead.len()) };
        let number = if steps.len() > 1 { format!("{}. ", at + 1) } else { String::new() };
        let effect = next.falls_to.as_ref().map_or_else(String::new, |risk| format!(" (risk → {risk} %)"));
        let room = width.saturating_sub(lead.len() + number.len() + effect.chars().count());
        let findings: Vec<_> = reported.iter().filter(|finding| finding.rule.id == next.rule).collect();
        format!("{lead}{number}{}{effect}", cut(&step(&findings, room), room))
    };
    steps.iter().enumerate().map(line).collect()
}

/// What is to be done about the findings of a rule: which packages to update, or which defect to remove where.
fn step(findings: &[&Finding], room: usize) -> String {
    let packages = packages(findings.iter().copied().filter(|finding| finding.is_of_package()));
    let updates: Vec<_> = packages.iter().filter_map(package::Packaged::update).collect();
    if !updates.is_empty() {
        let some = (1..=WORST).rev().map(|most| format!("update {}", listed(&updates, most)));
        return some
            .into_iter()
            .find(|text| text.chars().count() <= room)
            .unwrap_or_else(|| format!("update {}", listed(&updates, 1)));
    }
    let Some(row) = rows(findings.iter().copied()).into_iter().next() else { return String::new() };
    let title = clause(&headline(&row.first.rule.body.title), room);
    // The name of the setting stands in the rows above.
    let title = title.split_once(" (").filter(|_| title.chars().count() > room).map_or(title.as_str(), |(title, _)| title);
    let place = place_of(row.first);
    let place = place.rsplit('/').next().unwrap_or(&place);
    let both = format!("{title}, {place}");
    if both.chars().count() <= room { both } else { title.to_owned() }
}

/// Why the exit code is what it is.
fn exit_reason(report: &Report) -> String {
    let gate = &report.gate;
    match report.outcome() {
        Outcome::Failed(reasons) => format!("Exit code 1: {}.", reasons.join("; ")),
        Outcome::Incomplete(reason) => format!("Exit code 3: {reason}."),
        Outcome::Passed => match (gate.fail_on, gate.max_score) {
            (Some(least), _) => format!("Exit code 0: no finding of {} severity or above.", least.name()),
            (None, Some(most)) => format!("Exit code 0: the score is below {most:.0}; findings fail no run (--fail-on never)."),
            (None, None) => "Exit code 0: the gate is off, so nothing fails this run (--fail-on never).".into(),
        },
    }
}

/// Findings within the lines that are left, the gravest first: of equally grave ones own code before packages. Packages that are not
/// grave follow at the end.
fn middle(report: &Report, width: usize, room: usize) -> Vec<Line> {
    let (packaged, own): (Vec<_>, Vec<_>) = report.triage.reported.iter().partition(|finding| finding.is_of_package());
    let own = rows(own);
    let packages = packages(packaged);
    let grave = packages.iter().filter(|package| package.severity() >= Severity::High).count().min(room / 2);
    let (grave, others) = packages.split_at(grave);
    let mut first: Vec<&dyn Row> = own.iter().map(|row| row as &dyn Row).chain(grave.iter().map(|row| row as &dyn Row)).collect();
    first.sort_by_key(|row| Reverse(row.severity()));
    let heading = usize::from(!others.is_empty()) * 2;
    let for_first: usize = first.iter().map(|row| row.lines(width).len()).sum();
    let least = PACKAGES.saturating_sub(grave.len()).max(1);
    let for_others = others.len().min(least.max(room.saturating_sub(for_first + heading + 1)));
    let for_first = room.saturating_sub(if others.is_empty() { 0 } else { for_others + heading });
    let mut lines = shown(&first, for_first, width);
    let known = known_then(report);
    if !others.is_empty() || !known.is_empty() {
        let title = if grave.is_empty() || others.is_empty() { "DEPENDENCIES" } else { "OTHER DEPENDENCIES" };
        lines.push(Line(vec![(Paint::Bold, title.into()), (Paint::Faint, known)]));
        let others: Vec<_> = others.iter().map(|row| row as &dyn Row).collect();
        let left = room.saturating_sub(lines.len());
        lines.extend(shown(&others, left, width));
    }
    lines
}

/// Of how many advisories a commit could have known: of an old one most is knowledge that came later.
fn known_then(report: &Report) -> String {
    let Some(commit) = &report.subject.revision else { return String::new() };
    let packages = report.triage.reported.iter().filter_map(|finding| finding.package.as_deref());
    let known: BTreeSet<_> =
        packages.flat_map(|package| &package.advisories).map(|known| (known.ids.first(), known.published)).collect();
    let then = known.iter().filter(|(_, published)| *published <= commit.day).count();
    if then == known.len() {
        return String::new();
    }
    let all = counted(known.len(), "advisory").replace("advisorys", "advisories");
    format!("   {all} in all, {then} of them known on {}", commit.day)
}

/// A row of the screen: something with a severity, and how many findings it stands for.
trait Row {
    fn severity(&self) -> Severity;
    fn findings(&self) -> usize;
    fn noun(&self) -> &'static str;
    fn lines(&self, width: usize) -> Vec<Line>;
}

/// As many rows as fit; the last line says what did not.
fn shown(rows: &[&dyn Row], room: usize, width: usize) -> Vec<Line> {
    let mut drawn: Vec<Vec<Line>> = Vec::new();
    let mut used = 0;
    for row in rows {
        let lines = row.lines(width);
        used += lines.len();
        drawn.push(lines);
        if used > room {
            break;
        }
    }
    if used <= room {
        return drawn.concat();
    }
    while used + 1 > room {
        match drawn.pop() {
            Some(lines) => used -= lines.len(),
            None => break,
        }
    }
    let rest = &rows[drawn.len()..];
    let count = |severity| rest.iter().filter(|row| row.severity() == severity).map(|row| row.findings()).sum::<usize>();
    let each = Severity::ALL.into_iter().map(|severity| (count(severity), severity.name())).filter(|(count, _)| *count > 0);
    let each: Vec<_> = each.map(|(count, name)| format!("{count} {name}")).collect();
    let of = |noun: &str| rest.iter().filter(|row| row.noun() == noun).count();
    let more = ["rule", "package"].map(|noun| (of(noun), format!("more {noun}"))).into_iter().filter(|(count, _)| *count > 0);
    let more: Vec<_> = more.map(|(count, noun)| counted(count, &noun)).collect();
    let more = format!(" … and {} ({}): --full", more.join(" and "), each.join(", "));
    drawn.push(vec![Line::of(Paint::Faint, more)]);
    drawn.concat()
}
