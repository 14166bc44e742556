//! A finding as a row of the page, with everything that opens below it.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{AdvisedPackage, AdvisoryFact, Excerpt, Finding, Reviewed, Step};
use crate::report::Report;
use crate::report::screen::headline;
use crate::report::standards::{self, Link, web_address};
use crate::report::text::counted;

/// A finding, ready to be written.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) id: String,
    pub(super) fingerprint: &'a str,
    pub(super) severity: &'static str,
    pub(super) area: String,
    pub(super) confidence: &'static str,
    /// What became of it, for the filter.
    pub(super) status: &'static str,
    /// The same for people.
    pub(super) status_word: &'static str,
    pub(super) title: String,
    pub(super) message: &'a str,
    /// What the message says besides the title.
    pub(super) detail: &'a str,
    /// The code that the finding is about, on one line.
    pub(super) snippet: String,
    pub(super) path: &'a str,
    /// The path with its middle left out, if it is long: folders, and the file.
    pub(super) folder: String,
    pub(super) file: String,
    pub(super) line: u32,
    /// Whether it is about a place in the file, and not about the file.
    pub(super) has_line: bool,
    pub(super) rule: &'a str,
    pub(super) circumstances: String,
    pub(super) note: Option<String>,
    pub(super) reason: Option<&'a str>,
    pub(super) review: Option<String>,
    pub(super) excerpt: Vec<Line>,
    pub(super) flow: Vec<StepRow<'a>>,
    pub(super) related: Vec<StepRow<'a>>,
    pub(super) package: Option<PackageCell<'a>>,
    pub(super) advisories: Vec<AdvisoryLine<'a>>,
    /// The element around what opens, if that is built when it is opened: a page of thousands of rows is read at once only without it.
    pub(super) wrap: Option<&'static str>,
    /// The row that explains the rule, if it is not this one: a rule is explained once, whatever it finds.
    pub(super) explained_in: Option<String>,
    pub(super) why: &'a str,
    pub(super) fix: &'a str,
    pub(super) incidents: Vec<String>,
    pub(super) standards: Vec<Link>,
    pub(super) references: Vec<Link>,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Status {
    pub(super) key: &'static str,
    pub(super) word: &'static str,
}

pub(super) const OPEN: Status = Status { key: "open", word: "Open" };
pub(super) const BASELINE: Status = Status { key: "baseline", word: "In the baseline" };
pub(super) const SILENCED: Status = Status { key: "silenced", word: "Silenced" };
pub(super) const ANSWERED: Status = Status { key: "answered", word: "Answered by VEX" };
pub(super) const UNSURE: Status = Status { key: "unsure", word: "Below minimum confidence" };

/// A line of an excerpt, with the part that the finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
}

/// A step of a flow, or another place.
#[derive(Clone, Debug)]
pub(super) struct StepRow<'a> {
    pub(super) path: &'a str,
    pub(super) short: String,
    pub(super) line: u32,
    pub(super) message: &'a str,
    /// Whether it lies in another file than the step before.
    pub(super) is_elsewhere: bool,
}

/// The package of a finding, for the table.
#[derive(Clone, Debug)]
pub(super) struct PackageCell<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) fix: Option<String>,
    pub(super) advisories: usize,
    pub(super) scope: &'static str,
}

/// An advisory of a package.
#[derive(Clone, Debug)]
pub(super) struct AdvisoryLine<'a> {
    /// Its id; of one without, where its address leads.
    pub(super) id: String,
    pub(super) address: Option<String>,
    pub(super) severity: &'static str,
    pub(super) summary: &'a str,
    pub(super) fixed: String,
}

/// Of a digest so many letters tell findings apart.
const ANCHOR_LETTERS: usize = 16;

/// The anchor of a finding: a part of its fingerprint.
pub(super) fn anchor(finding: &Finding) -> String {
    let digest = finding.fingerprint.rsplit(':').next().unwrap_or_default();
    format!("f-{}", &digest[..digest.len().min(ANCHOR_LETTERS)])
}

/// From so many rows on, what opens is built when it is opened.
const MANY: usize = 300;

/// What a browser with scripts does not read, and one without them shows.
const WRAP: &str = "noscript";
/// The same within rows that are not read themselves, since none can stand in another; the script of the page gives it its name.
const INNER_WRAP: &str = "x-lazy";

/// Rows that say the same of several places: a page is read more easily if it tells the first ones and counts the rest.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    pub(super) shown: Vec<Row<'a>>,
    /// Those that are folded away.
    pub(super) more: Vec<Row<'a>>,
    /// What is folded away: `12 more places in 3 files`.
    pub(super) label: String,
    pub(super) is_lazy: bool,
}

/// Fewer rows than that are not folded away.
const FEW: usize = 3;

impl<'a> Group<'a> {
    /// Shows so many rows, and folds the rest if it is worth it.
    pub(super) fn of(mut rows: Vec<Row<'a>>, shown: usize, noun: &str) -> Self {
        let mut more = if rows.len() >= shown + FEW { rows.split_off(shown) } else { Vec::new() };
        let is_lazy = more.iter().any(|row| row.wrap.is_some());
        more.iter_mut().for_each(|row| row.wrap = row.wrap.map(|_| INNER_WRAP));
        let files: BTreeSet<_> = more.iter().map(|row| row.path).collect();
        let label = format!("{} in {}", counted(more.len(), noun), counted(files.len(), "file"));
        Self { shown: rows, more, label, is_lazy }
    }

    /// All rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row<'a>> + Clone {
        self.shown.iter().chain(&self.more)
    }
}

/// Rows, which know whether their rule was explained before.
pub(super) struct Rows<'a> {
    report: &'a Report,
    explained: BTreeMap<&'a str, String>,
    is_lazy: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let triage = &report.triage;
        let rows = triage.reported.len() + triage.suppressed.len() + triage.known.len() + triage.unsure.len();
        Self { report, explained: BTreeMap::new(), is_lazy: rows > MANY }
    }

    pub(super) fn row(&mut self, finding: &'a Finding, status: Status, reason: Option<&'a str>) -> Row<'a> {
        let body = &finding.rule.body;
        let review = self.report.review.as_ref();
        let standing = review.filter(|_| status == OPEN).map(|review| review.standing(finding, self.report.as_of));
        let status = standing.map_or(status, |standing| Status { key: standing.name(), word: standing.word() });
        let package = finding.package.as_deref();
        let id = anchor(finding);
        let place = short(&finding.place.path);
        let (folder, file) = place.split_at(place.rfind('/').map_or(0, |at| at + 1));
        let explained_in = self.explained.get(finding.rule.id.as_str()).cloned();
        if explained_in.is_none() {
            self.explained.insert(&finding.rule.id, id.clone());
        }
        Row {
            id,
            fingerprint: &finding.fingerprint,
            severity: finding.severity.name(),
            area: area(finding),
            confidence: finding.confidence.name(),
            status: status.key,
            status_word: status.word,
            title: headline(&body.title),
            message: &finding.message,
            detail: detail(&finding.message, &body.title),
            snippet: snippet(&finding.excerpt),
            path: &finding.place.path,
            folder: folder.to_owned(),
            file: file.to_owned(),
            line: finding.place.start.line,
            has_line: !finding.excerpt.lines.is_empty(),
            rule: &finding.rule.id,
            circumstances: format!("{} code, {}", finding.role.name(), finding.exposure.name().replace('-', " ")),
            note: finding.severity_note(),
            reason,
            review: review.and_then(|review| review.of(finding)).and_then(Reviewed::said),
            excerpt: if package.is_some() { Vec::new() } else { lines(&finding.excerpt) },
            flow: steps(&finding.flow),
            related: steps(&finding.related),
            package: package.map(cell),
            advisories: package.map(advisories).unwrap_or_default(),
            wrap: self.is_lazy.then_some(WRAP),
            explained_in,
            why: &body.why,
            fix: &body.fix,
            incidents: self.report.rules.incidents_of(&finding.rule).map(|incident| incident.story()).collect(),
            standards: standards::of_rule(body),
            references: body.references.iter().map(|address| Link::to(address)).collect(),
        }
    }
}

/// What a rule is about, in words: the name of its pack.
pub(super) fn area(finding: &Finding) -> String {
    finding.rule.pack.replace('-', " ")
}

/// Characters that a path may have before its middle is left out.
const PATH: usize = 44;

/// `src/…/components/Reveal.tsx`: the first folder and as many of the last parts as fit.
pub(super) fn short(path: &str) -> String {
    let Some((first, rest)) = path.split_once('/').filter(|_| path.chars().count() > PATH) else { return path.to_owned() };
    let starts = rest.match_indices('/').map(|(at, _)| at + 1);
    let fits = |start: &usize| first.chars().count() + rest[*start..].chars().count() + 3 <= PATH;
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let start = starts.into_iter().find(fits).unwrap_or(last);
    if start == 0 { path.to_owned() } else { format!("{first}/…/{}", &rest[start..]) }
}

/// A message without the title that it begins with: `T: a value` and `T (a value)` say `a value`.
pub(in crate::report) fn detail<'a>(message: &'a str, title: &str) -> &'a str {
    let Some(rest) = message.strip_prefix(title) else { return message };
    let rest = rest.trim_start_matches([':', ';', ',']).trim();
    rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(rest)
}

/// Characters of the code that a row shows.
const SNIPPET: usize = 72;

/// The marked part of an excerpt up to the end of its line: what tells rows of one rule apart that say nothing else.
fn snippet(excerpt: &Excerpt) -> String {
    let lines = lines(excerpt);
    let marked = lines.iter().map(|line| line.marked.trim()).find(|text| !text.is_empty()).unwrap_or_default();
    let cut: String = marked.chars().take(SNIPPET).collect();
    if cut.len() < marked.len() { format!("{cut}…") } else { cut }
}

fn lines(excerpt: &Excerpt) -> Vec<Line> {
    let mut offset = 0;
    let mut lines = Vec::new();
    for (number, text) in (excerpt.first_line..).zip(&excerpt.lines) {
        let within = |at: usize| text.floor_char_boundary(at.saturating_sub(offset).min(text.len()));
        let (start, end) = (within(excerpt.mark.start), within(excerpt.mark.end));
        lines.push(Line {
            number,
            before: text[..start].to_owned(),
            marked: text[start..end].to_owned(),
            after: text[end..].to_owned(),
        });
        offset += text.len() + 1;
    }
    lines
}

fn steps(steps: &[Step]) -> Vec<StepRow<'_>> {
    let mut before: Option<&str> = None;
    let mut rows = Vec::new();
    for Step { place, message } in steps {
        let is_elsewhere = before.is_some_and(|path| path != &*place.path);
        rows.push(StepRow { path: &place.path, short: short(&place.path), line: place.start.line, message, is_elsewhere });
        before = Some(&place.path);
    }
    rows
}

fn cell(package: &AdvisedPackage) -> PackageCell<'_> {
    let scope = match (package.ships, package.is_direct) {
        (true, true) => "direct, shipped",
        (true, false) => "indirect, shipped",
        (false, true) => "direct, development",
        (false, false) => "indirect, development",
    };
    PackageCell {
        name: &package.name,
        version: &package.version,
        fix: package.fix_text(),
        advisories: package.advisories.len(),
        scope,
    }
}

fn advisories(package: &AdvisedPackage) -> Vec<AdvisoryLine<'_>> {
    package.advisories.iter().map(advisory_line).collect()
}

fn advisory_line(advisory: &AdvisoryFact) -> AdvisoryLine<'_> {
    let address_label = || advisory.address.as_deref().map(|address| Link::to(address).label);
    AdvisoryLine {
        id: advisory.ids.first().cloned().or_else(address_label).unwrap_or_default(),
        address: advisory.address.as_deref().and_then(web_address),
        severity: advisory.severity.name(),
        summary: &advisory.summary,
        fixed: advisory.fixed.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_path_is_left_out() {
        assert_eq!(short("src/a.ts"), "src/a.ts");
        assert_eq!(short("packages/wallet/src/ui/screens/settings/Reveal.tsx"), "packages/…/ui/screens/settings/Reveal.tsx");
        let long = format!("src/x/{}.ts", "name".repeat(20));
        assert_eq!(short(&long), format!("src/…/{}.ts", "name".repeat(20)));
        assert_eq!(short(&"n".repeat(90)), "n".repeat(90));
    }

    #[test]
    fn a_message_does_not_repeat_its_title() {
        let told = |message| detail(message, "Weak key");
        assert_eq!(told("Weak key"), "");
        assert_eq!(told("Weak key: 64 bits (of 128)"), "64 bits (of 128)");
        assert_eq!(told("Weak key (64 bits)"), "64 bits");
        assert_eq!(told("Another key"), "Another key");
    }

    #[test]
    fn marks_are_cut_at_the_ends_of_lines() {
        let excerpt = Excerpt { first_line: 7, lines: vec!["a ü(".into(), "  b".into(), ")".into()], mark: 2..8 };
        let told: Vec<_> = lines(&excerpt).into_iter().map(|line| (line.number, line.before, line.marked, line.after)).collect();
        let text = |number, before: &str, marked: &str, after: &str| (number, before.into(), marked.into(), after.into());
        assert_eq!(told, [text(7, "a ", "ü(", ""), text(8, "", "  ", "b"), text(9, "", "", ")")]);
    }
}
