//! The page as the template sees it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::gauge::Gauge;
use super::row::{ANSWERED, BASELINE, Group, OPEN, Row, Rows, SILENCED, Status, UNSURE, anchor, short};
use crate::finding::{Finding, Review, Reviewed, Triage};
use crate::report::knowledge::knowledge;
use crate::report::order::{by_rule, ordered};
use crate::report::screen::headline;
use crate::report::standards::{self, Link};
use crate::report::steps::Step;
use crate::report::text::{advice, analysed, counted, coverage, findings, is_calm, method, not_read, profile, project};
use crate::report::{Outcome, Report, TOOL_VERSION};
use crate::risk::Knowledge;
use crate::rule::standard::Provision;
use crate::rule::{Confidence, Date, Severity};
use crate::source::Notice;
use crate::standing::{PAGE_POLICY, PAGE_SCRIPT, PAGE_STYLE};

/// Of one rule so many places are shown before the rest is folded away.
const PLACES: usize = 4;
/// So many packages, and findings that were set aside.
const PACKAGES: usize = 25;
/// So many paths are suggested for the filter.
const SUGGESTIONS: usize = 150;

/// Everything on the page.
#[derive(Debug, Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    policy: &'static str,
    style: &'static str,
    script: &'static str,
    tool: &'static str,
    name: String,
    as_of: String,
    facts: Vec<FactCell>,
    verdict: Verdict,
    gauge: Option<Gauge>,
    /// In place of a score: how much was read, and how much a score needs, in percent.
    read: usize,
    needed: usize,
    /// Whether that is why there is no score.
    is_unread: bool,
    counts: Vec<Count>,
    tallies: Vec<Tally>,
    areas: Vec<Area>,
    fixes: Vec<Fix>,
    project: Option<String>,
    not_read: String,
    choices: Choices<'a>,
    findings: Rowed<'a>,
    packages: Rowed<'a>,
    components: String,
    aside: Rowed<'a>,
    resolved: Vec<Resolved>,
    coverage: Vec<String>,
    knowledge: Vec<String>,
    notices: Vec<NoticeLine>,
    notice_count: String,
    settings: Vec<String>,
    method: [String; 2],
    frameworks: Vec<Framework>,
    regulation: &'static str,
    provisions: &'static [Provision],
    caveat: &'static str,
}

/// A list of the page.
#[derive(Debug)]
struct Rowed<'a> {
    count: usize,
    groups: Vec<Group<'a>>,
}

/// Rows over which a list is drawn as it is scrolled.
const LARGE: usize = 100;

impl<'a> Rowed<'a> {
    fn of(groups: Vec<Group<'a>>) -> Self {
        Self { count: groups.iter().map(|group| group.rows().count()).sum(), groups }
    }

    const fn is_large(&self) -> bool {
        self.count > LARGE
    }

    fn rows(&self) -> impl Iterator<Item = &Row<'a>> + Clone {
        self.groups.iter().flat_map(Group::rows)
    }
}

/// A line of the title: what was scanned, when, with what.
#[derive(Debug)]
struct FactCell {
    label: &'static str,
    value: String,
    is_code: bool,
}

#[derive(Debug)]
struct Verdict {
    class: &'static str,
    word: &'static str,
    reasons: Vec<String>,
    headline: String,
    sentence: String,
    none: String,
}

#[derive(Debug)]
struct Count {
    severity: &'static str,
    number: usize,
}

/// A number that every format tells.
#[derive(Debug)]
struct Tally {
    key: &'static str,
    number: usize,
    label: String,
}

#[derive(Debug)]
struct Area {
    name: String,
    percent: usize,
    findings: usize,
}

#[derive(Debug)]
struct Fix {
    title: String,
    anchor: String,
    effect: String,
}

/// What the last review knew and this scan no longer finds.
#[derive(Debug)]
struct Resolved {
    severity: String,
    title: String,
    place: String,
    said: Option<String>,
}

/// What the filter offers.
#[derive(Debug)]
struct Choices<'a> {
    severities: Vec<&'static str>,
    areas: BTreeSet<String>,
    confidences: Vec<&'static str>,
    statuses: BTreeSet<Status>,
    files: BTreeSet<&'a str>,
}

#[derive(Debug)]
struct NoticeLine {
    place: Option<String>,
    message: String,
    kind: &'static str,
}

/// The findings of a framework.
#[derive(Debug)]
struct Framework {
    name: &'static str,
    unit: &'static str,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    link: Link,
    rules: Vec<RuleLink>,
    findings: usize,
}

#[derive(Debug)]
struct RuleLink {
    id: String,
    anchor: String,
}

impl<'a> Page<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let triage = &report.triage;
        let rows = &mut Rows::new(report);
        let is_package = |finding: &&Finding| finding.package.is_some();
        let mut findings = Vec::new();
        for group in by_rule(&triage.reported) {
            let group: Vec<_> = group.iter().filter(|finding| !is_package(finding)).map(|one| rows.row(one, OPEN, None)).collect();
            findings.extend((!group.is_empty()).then(|| Group::of(group, PLACES, "more place")));
        }
        let packages = ordered(&triage.reported).into_iter().filter(is_package).map(|finding| rows.row(finding, OPEN, None));
        let packages = Rowed::of(vec![Group::of(packages.collect(), PACKAGES, "more package")]);
        let aside = Rowed::of(vec![Group::of(aside(triage, rows), PACKAGES, "more")]);
        let findings = Rowed::of(findings);
        Self {
            policy: PAGE_POLICY.as_str(),
            style: PAGE_STYLE,
            script: PAGE_SCRIPT,
            tool: TOOL_VERSION,
            name: report.subject.title(),
            as_of: report.as_of.to_string(),
            facts: facts(report),
            verdict: Verdict::of(report),
            gauge: report.assessment.score.as_ref().map(Gauge::of),
            read: (report.coverage.share() * 100.0) as usize,
            needed: (Knowledge::embedded().least_coverage * 100.0).round() as usize,
            is_unread: !report.adjustments.is_partial(),
            counts: counts(&triage.reported),
            tallies: tallies(report),
            areas: areas(report),
            fixes: fixes(report),
            project: project(report),
            not_read: not_read(report),
            choices: Choices::of(findings.rows().chain(packages.rows()).chain(aside.rows())),
            components: counted(report.inventory.len(), "package"),
            findings,
            packages,
            aside,
            resolved: report.review.as_ref().map(|review| resolved(review, triage)).unwrap_or_default(),
            coverage: coverage(&report.coverage).into_iter().chain(report.adjustments.remark()).collect(),
            knowledge: knowledge(report),
            notices: report.notices.iter().map(NoticeLine::of).collect(),
            notice_count: counted(report.notices.len(), "notice"),
            settings: report.adjusted(),
            method: method(report),
            frameworks: frameworks(&triage.reported),
            regulation: standards::REGULATION,
            provisions: standards::provisions(),
            caveat: standards::CAVEAT,
        }
    }
}

/// What was set aside, with the reasons.
fn aside<'a>(triage: &'a Triage, rows: &mut Rows<'a>) -> Vec<Row<'a>> {
    let mut aside = Vec::new();
    for (finding, reason) in &triage.suppressed {
        let status = if finding.excuse.is_some() { ANSWERED } else { SILENCED };
        aside.push(rows.row(finding, status, Some(reason)));
    }
    aside.extend(triage.known.iter().map(|finding| rows.row(finding, BASELINE, None)));
    aside.extend(triage.unsure.iter().map(|finding| rows.row(finding, UNSURE, None)));
    aside
}

fn resolved(review: &Review, triage: &Triage) -> Vec<Resolved> {
    let row = |reviewed: &Reviewed| Resolved {
        severity: reviewed.severity.clone(),
        title: reviewed.title.clone(),
        place: reviewed.place.clone(),
        said: reviewed.said(),
    };
    review.resolved(triage).into_iter().map(row).collect()
}

fn facts(report: &Report) -> Vec<FactCell> {
    let fact = |label, value: String, is_code| FactCell { label, value, is_code };
    let subject = &report.subject;
    let mut facts = vec![fact("What it is", profile(report), false)];
    facts.extend(subject.named_in.as_ref().map(|file| fact("Named in", file.clone(), false)));
    facts.extend(subject.revision.as_ref().map(|commit| fact("Commit", format!("{} of {}", commit.short(), commit.day), false)));
    if subject.as_of < Date::LAST {
        facts.push(fact("Judged as of", subject.as_of.to_string(), false));
    }
    facts.push(fact("Tool", format!("Forewarn {TOOL_VERSION}, {}", counted(report.rules.rules.len(), "rule")), false));
    if !subject.options.is_empty() {
        facts.push(fact("Options", subject.options.join(" "), true));
    }
    facts.extend(subject.digest.map(|digest| fact("SHA-256 of the tree", digest.to_string(), true)));
    facts
}

impl Verdict {
    fn of(report: &Report) -> Self {
        let (class, word, reasons) = match report.outcome() {
            Outcome::Passed if report.gate.is_off() => {
                ("gate", "Report only", vec!["The gate is off: nothing fails this run.".to_owned()])
            }
            Outcome::Passed if is_calm(report) => ("passed", "Passed the gate", Vec::new()),
            Outcome::Passed => ("gate", "Passed the gate", Vec::new()),
            Outcome::Failed(reasons) => ("failed", "Failed", reasons),
            Outcome::Incomplete(reason) => ("incomplete", "Incomplete", vec![reason]),
        };
        let headline = match &report.assessment.score {
            Some(score) => format!("Risk {:.0} %{}", score.value, advice(&score.band)),
            None if report.adjustments.is_partial() => "No score: only some of the rules were applied".into(),
            None => "No score: too little of the code was analysed".into(),
        };
        let sentence = format!("{} in {}.", findings(&report.triage.reported), analysed(&report.coverage));
        let none = format!("No findings in {}.", analysed(&report.coverage));
        Self { class, word, reasons, headline, sentence, none }
    }
}

fn counts(findings: &[Finding]) -> Vec<Count> {
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    Severity::ALL.into_iter().map(|severity| Count { severity: severity.name(), number: number(severity) }).collect()
}

fn tallies(report: &Report) -> Vec<Tally> {
    let triage = &report.triage;
    let tally = |key, number, noun: &str| Tally { key, number, label: counted(number, noun) };
    vec![
        tally("suppressed", triage.suppressed.len(), "silenced finding"),
        tally("known", triage.known.len(), "finding in the baseline"),
        tally("unsure", triage.unsure.len(), "finding below the minimum confidence"),
        tally("excluded", report.adjustments.excluded.len(), "excluded file"),
        tally("notices", report.notices.len(), "notice"),
    ]
}

fn areas(report: &Report) -> Vec<Area> {
    let area = |weakness: &crate::risk::WeaknessRisk| Area {
        name: weakness.name.clone(),
        percent: (weakness.risk * 100.0).round() as usize,
        findings: weakness.findings,
    };
    report.assessment.weaknesses.iter().map(area).collect()
}

/// What to do first, in the order of the findings: what is left of the risk then, or how grave it is and where.
fn fixes(report: &Report) -> Vec<Fix> {
    let groups = by_rule(&report.triage.reported);
    let fix = |step: Step| {
        let first = groups.iter().map(|group| &group[0]).find(|finding| finding.rule.id == step.rule)?;
        let place = || format!("{}, {}", first.severity.name(), short(&first.place.path));
        let effect = step.falls_to.map_or_else(place, |risk| format!("risk falls to {risk} %"));
        Some(Fix { title: headline(&first.rule.body.title), anchor: anchor(first), effect })
    };
    report.steps().into_iter().filter_map(fix).collect()
}

impl<'a> Choices<'a> {
    fn of<'r>(rows: impl Iterator<Item = &'r Row<'a>> + Clone) -> Self
    where
        'a: 'r,
    {
        let used = |name: &&'static str, of: fn(&Row<'a>) -> &'static str| rows.clone().any(|row| of(row) == *name);
        let severities = Severity::ALL.into_iter().map(Severity::name).filter(|name| used(name, |row| row.severity));
        let confidences = Confidence::ALL.into_iter().map(Confidence::name).filter(|name| used(name, |row| row.confidence));
        Self {
            severities: severities.collect(),
            areas: rows.clone().map(|row| row.area.clone()).collect(),
            confidences: confidences.collect(),
            statuses: rows.clone().map(|row| Status { key: row.status, word: row.status_word }).collect(),
            files: most_named(rows.map(|row| row.path)),
        }
    }
}

/// The paths with most rows.
fn most_named<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    paths.for_each(|path| *counts.entry(path).or_default() += 1);
    let mut paths: Vec<_> = counts.into_iter().collect();
    paths.sort_by_key(|(_, count)| Reverse(*count));
    paths.into_iter().take(SUGGESTIONS).map(|(path, _)| path).collect()
}

impl NoticeLine {
    fn of(notice: &Notice) -> Self {
        let line = notice.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = notice.path.as_deref().map(|path| format!("{path}{line}"));
        Self { place, message: notice.message.clone(), kind: notice.kind.name() }
    }
}

fn frameworks(findings: &[Finding]) -> Vec<Framework> {
    let rule = |(id, findings): (&str, &Vec<&Finding>)| RuleLink { id: id.to_owned(), anchor: anchor(findings[0]) };
    let section = |section: standards::Section<'_>| {
        let entries = section.entries.into_iter().map(|(link, rules)| Entry {
            link,
            findings: rules.values().map(Vec::len).sum(),
            rules: rules.iter().map(|(id, findings)| rule((id, findings))).collect(),
        });
        Framework { name: section.name, unit: section.unit, entries: entries.collect() }
    };
    standards::sections(findings).into_iter().map(section).collect()
}
