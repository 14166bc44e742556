//! For people at a terminal: the first screen; on request what is wrong, rule by rule, and what was not seen.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use comfy_table::{ContentArrangement, presets};

use super::knowledge::knowledge;
use super::order::by_rule;
use super::page::{Line, Paint, cut, wrapped};
use super::screen::{self, paint};
use super::standards::of_rule;
use super::text::{counted, coverage, project, resemblance, score, severity_text};
use super::{Report, Reporter, Style};
use crate::finding::{Excerpt, Exposure, Finding, Reviewed, Step, neutralised};
use crate::rule::Severity;
use crate::source::Notice;

/// The table format.
#[derive(Debug)]
pub(super) struct Table;

/// Of one rule so many places are shown with their code.
const PLACES: usize = 3;
/// Of further places so many are named.
const NAMED: usize = 6;
/// Of further packages so many are listed, a line each.
const PACKAGES: usize = 20;
/// Of a flow so many steps are shown, at both ends.
const STEPS: usize = 12;
/// Of the flows at further places of the same rule, fewer.
const FURTHER_STEPS: usize = 4;
/// Of a rule so many incidents are told; `forewarn explain` tells all.
const INCIDENTS: usize = 2;
/// So many notices are shown.
const NOTICES: usize = 12;
/// Columns that the writer of excerpts keeps free at the right edge.
const MARGIN: usize = 20;
/// The bar of a weakness at full risk, in characters.
const BAR: usize = 20;

impl Reporter for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn write(&self, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page { style, told: BTreeSet::new(), out };
        for line in screen::lines(report, style) {
            line.write(style.color, page.out)?;
        }
        if style.full {
            page.details(report)?;
        }
        if style.resemblance {
            page.resemblance(report)?;
        }
        Ok(())
    }
}

/// A page that is written from top to bottom.
struct Page<'a> {
    style: Style,
    /// Names of the incidents that were told already.
    told: BTreeSet<String>,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn details(&mut self, report: &Report) -> io::Result<()> {
        for (index, line) in score(report).iter().enumerate() {
            if index == 0 {
                writeln!(self.out)?;
            }
            self.paragraph("", line)?;
        }
        if !report.assessment.weaknesses.is_empty() && report.assessment.score.is_some() {
            writeln!(self.out)?;
            self.weaknesses(report)?;
        }
        for findings in by_rule(&report.triage.reported) {
            self.severity(findings[0].severity)?;
            self.rule(findings, report)?;
        }
        self.tail(report)
    }

    fn resemblance(&mut self, report: &Report) -> io::Result<()> {
        let (title, lines) = resemblance(report);
        writeln!(self.out)?;
        self.paragraph("", &title)?;
        lines.iter().try_for_each(|line| self.paragraph("  ", line))
    }

    fn weaknesses(&mut self, report: &Report) -> io::Result<()> {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["WEAKNESS", "RISK", "", "FINDINGS"]);
        for weakness in &report.assessment.weaknesses {
            let filled = (weakness.risk * BAR as f64).round() as usize;
            let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
            let percent = format!("{:3.0} %", weakness.risk * 100.0);
            table.add_row([weakness.name.clone(), bar, percent, weakness.findings.to_string()]);
        }
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn severity(&mut self, severity: Severity) -> io::Result<()> {
        let title = format!("── {} ", severity.name().to_uppercase());
        let rule = "─".repeat(self.style.width.saturating_sub(title.chars().count()));
        writeln!(self.out)?;
        self.painted(paint(severity), &format!("{title}{rule}"))
    }

    /// All findings of one rule: its title once, its places, and once more why it matters and what to do.
    fn rule(&mut self, findings: &[Finding], report: &Report) -> io::Result<()> {
        let rule = &findings[0].rule;
        self.painted(Paint::Bold, &rule.body.title)?;
        let places = counted(findings.len(), "place");
        let sure = findings.iter().map(|finding| finding.confidence).max().unwrap_or(rule.body.confidence);
        let standards: Vec<_> = of_rule(&rule.body).into_iter().map(|link| link.label).collect();
        let about = [rule.id.clone(), places, format!("{} confidence", sure.name()), standards.join(", ")];
        let about: Vec<_> = about.into_iter().filter(|part| !part.is_empty()).collect();
        self.painted(Paint::Faint, &about.join(" · "))?;
        for (index, finding) in findings.iter().take(PLACES).enumerate() {
            self.place(finding, if index == 0 { STEPS } else { FURTHER_STEPS }, report)?;
        }
        self.further(findings.get(PLACES..).unwrap_or(&[]))?;
        self.paragraph("  Why   ", &rule.body.why)?;
        for incident in report.rules.incidents_of(rule).take(INCIDENTS) {
            let is_new = self.told.insert(incident.name.clone());
            let story = if is_new { incident.story() } else { format!("{} (see above)", incident.heading()) };
            self.paragraph("  Seen  ", &story)?;
        }
        self.paragraph("  Fix   ", &rule.body.fix)
    }

    fn place(&mut self, finding: &Finding, steps: usize, report: &Report) -> io::Result<()> {
        let role = if finding.exposure == Exposure::OnSecretPath { "on the path of a secret" } else { finding.role.name() };
        writeln!(self.out, "  {} ({role})", place_text(finding))?;
        if finding.severity_note().is_some() {
            self.paragraph("    ", &severity_text(finding))?;
        }
        let subject = finding.subject.as_deref().filter(|subject| !finding.message.contains(subject));
        let said = Some(news(finding)).filter(|said| !said.is_empty());
        let text: Vec<_> = subject.into_iter().chain(said).collect();
        self.paragraph("    ", &text.join(": "))?;
        self.excerpt(&finding.excerpt, finding.severity)?;
        self.flow(&finding.flow, steps)?;
        for step in &finding.related {
            self.step("    see ", step)?;
        }
        if let Some(review) = &report.review {
            let standing = review.standing(finding, report.as_of).word();
            let said = review.of(finding).and_then(Reviewed::said).map(|said| format!(", {}", neutralised(&said)));
            self.paragraph("    Review: ", &format!("{standing}{}", said.unwrap_or_default()))?;
        }
        Ok(())
    }

    fn excerpt(&mut self, excerpt: &Excerpt, severity: Severity) -> io::Result<()> {
        if excerpt.lines.is_empty() {
            return Ok(());
        }
        let (source, mark) = dedented(excerpt);
        let width = self.style.width.saturating_sub(4).max(DEFAULT_TERM_WIDTH / 4);
        let gutter = (excerpt.first_line as usize + excerpt.lines.len()).to_string().len() + 3;
        let (source, mark) = shortened(&source, mark, width.saturating_sub(gutter));
        let mark = AnnotationKind::Primary.span(mark);
        let snippet = Snippet::source(&source).line_start(excerpt.first_line as usize).fold(false).annotation(mark);
        let level = if severity >= Severity::High { Level::ERROR } else { Level::WARNING };
        let renderer = if self.style.color { Renderer::styled() } else { Renderer::plain() };
        let text = renderer.term_width(width + MARGIN).render(&[Group::with_level(level).element(snippet)]);
        for line in text.lines() {
            writeln!(self.out, "  {}", line.trim_end())?;
        }
        Ok(())
    }

    /// The steps of a flow; of a long one the two ends.
    fn flow(&mut self, steps: &[Step], most: usize) -> io::Result<()> {
        let left_out = steps.len().saturating_sub(most);
        for (index, step) in steps.iter().enumerate() {
            let is_shown = left_out == 0 || index < most / 2 || index >= steps.len() - most / 2;
            if is_shown {
                self.step(&format!("    {}. ", index + 1), step)?;
            } else if index == most / 2 {
                writeln!(self.out, "    … {}", counted(left_out, "step"))?;
            }
        }
        Ok(())
    }

    fn step(&mut self, lead: &str, step: &Step) -> io::Result<()> {
        let place = format!("{}:{}", neutralised(&step.place.path), step.place.start.line);
        self.paragraph(lead, &format!("{place} {}", step.message))
    }

    fn further(&mut self, findings: &[Finding]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        if findings.iter().all(|finding| finding.subject.is_some()) {
            return self.packages(findings);
        }
        let named: Vec<_> = findings.iter().take(NAMED).map(place_text).collect();
        let rest = if findings.len() > NAMED { ", … (all of them in --format json)" } else { "" };
        self.paragraph("  ", &format!("and {}: {}{rest}", counted(findings.len(), "more place"), named.join(", ")))
    }

    /// One line for each package.
    fn packages(&mut self, findings: &[Finding]) -> io::Result<()> {
        for finding in findings.iter().take(PACKAGES) {
            let subject = finding.subject.as_deref().filter(|subject| !finding.message.contains(subject));
            let words: Vec<_> = subject.into_iter().chain([&*finding.message]).collect();
            let line = wrapped(&format!("{} {}", place_text(finding), words.join(": ")), self.style.width.saturating_sub(4));
            let rest = if line.len() > 1 { " …" } else { "" };
            writeln!(self.out, "  {}{rest}", line.first().map_or("", |line| line))?;
        }
        let rest = findings.len().saturating_sub(PACKAGES);
        if rest > 0 {
            writeln!(self.out, "  and {rest} more (all of them in --format json)")?;
        }
        Ok(())
    }

    /// What the last review knew and this scan no longer finds.
    fn resolved(&mut self, report: &Report) -> io::Result<()> {
        let resolved = report.review.as_ref().map(|review| review.resolved(&report.triage)).unwrap_or_default();
        if resolved.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.painted(Paint::Bold, "No longer found since the last review")?;
        for one in resolved {
            let said = one.said().map(|said| format!(" ({said})")).unwrap_or_default();
            self.paragraph("  ", &neutralised(&format!("{} {}: {}{said}", one.severity, one.title, one.place)))?;
        }
        Ok(())
    }

    fn tail(&mut self, report: &Report) -> io::Result<()> {
        self.resolved(report)?;
        writeln!(self.out)?;
        self.painted(Paint::Bold, "Coverage")?;
        for line in coverage(&report.coverage)
            .into_iter()
            .chain(knowledge(report))
            .chain(report.adjustments.remark())
            .chain(project(report))
        {
            self.paragraph("  ", &line)?;
        }
        if report.notices.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.painted(Paint::Bold, &counted(report.notices.len(), "notice"))?;
        for notice in report.notices.iter().take(NOTICES) {
            self.paragraph("  ", &notice_line(notice))?;
        }
        let rest = report.notices.len().saturating_sub(NOTICES);
        if rest > 0 {
            writeln!(self.out, "  and {rest} more (all of them in --format json)")?;
        }
        Ok(())
    }

    fn painted(&mut self, paint: Paint, text: &str) -> io::Result<()> {
        wrapped(text, self.style.width).into_iter().try_for_each(|line| Line::of(paint, line).write(self.style.color, self.out))
    }

    /// Text behind a lead, broken at words, with further lines as far in as the first.
    fn paragraph(&mut self, lead: &str, text: &str) -> io::Result<()> {
        let inset = lead.chars().count();
        for (index, line) in wrapped(text, self.style.width.saturating_sub(inset)).iter().enumerate() {
            let lead = if index == 0 { lead.to_owned() } else { " ".repeat(inset) };
            writeln!(self.out, "{}", format!("{lead}{line}").trim_end())?;
        }
        Ok(())
    }
}

/// Where a finding stands; of one that is about a whole file, the file.
fn place_text(finding: &Finding) -> String {
    let path = neutralised(&finding.place.path);
    let start = finding.place.start;
    if finding.excerpt.lines.is_empty() { path } else { format!("{path}:{}:{}", start.line, start.column) }
}

/// The lines without the white space that all of them begin with, and the mark in them.
fn dedented(excerpt: &Excerpt) -> (String, Range<usize>) {
    let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let filled = excerpt.lines.iter().filter(|line| !line.is_empty());
    let inset = filled.map(|line| blank(line)).min().unwrap_or(0);
    let lines: Vec<_> = excerpt.lines.iter().map(|line| line.get(inset..).unwrap_or("")).collect();
    let source = excerpt.lines.join("\n");
    let moved = |offset: usize| {
        let before = source.get(..offset).unwrap_or(&source);
        let lost: usize = before.split('\n').map(|line| line.len().min(inset)).sum();
        offset - lost
    };
    (lines.join("\n"), moved(excerpt.mark.start)..moved(excerpt.mark.end))
}

/// The beginnings of lines that are too long, if the mark begins in one: what leads up to it tells more than what follows.
fn shortened(source: &str, mark: Range<usize>, width: usize) -> (String, Range<usize>) {
    let start = source.get(..mark.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let lead = source.get(start..mark.start).map_or(0, |lead| lead.chars().count());
    if lead + width / 4 > width {
        return (source.to_owned(), mark);
    }
    let (mut text, mut moved, mut offset) = (String::new(), mark.clone(), 0);
    for line in source.split('\n') {
        let cut = cut(line, width);
        let kept = if cut == line { line.len() } else { cut.trim_end_matches('…').len() };
        let place = |at: usize| text.len() + (at - offset).min(kept);
        if (offset..=offset + line.len()).contains(&mark.start) {
            moved.start = place(mark.start);
        }
        if (offset..=offset + line.len()).contains(&mark.end) {
            moved.end = place(mark.end);
        }
        text.push_str(&cut);
        text.push('\n');
        offset += line.len() + 1;
    }
    text.pop();
    moved.end = moved.end.max(moved.start);
    (text, moved)
}

/// What a finding's message says beyond the title, which stands above it already.
fn news(finding: &Finding) -> &str {
    let rest = finding.message.strip_prefix(finding.rule.body.title.as_str());
    rest.map_or(finding.message.as_str(), |rest| {
        let rest = rest.trim_start_matches([':', ' ']);
        rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest)
    })
}

fn notice_line(notice: &Notice) -> String {
    let line = notice.line.map(|line| format!(":{line}")).unwrap_or_default();
    let place = notice.path.as_deref().map(|path| format!("{}{line}: ", neutralised(path))).unwrap_or_default();
    format!("{place}{} [{}]", neutralised(&notice.message), notice.kind.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_keeps_its_beginning() {
        let source = "let x = 1;\nfirst.call(\"a long argument\", second, third);\nend";
        let start = source.find("call").expect("it is there");
        let (short, mark) = shortened(source, start..source.len() - 5, 20);
        assert_eq!((short.as_str(), &short[mark]), ("let x = 1;\nfirst.call(\"a long…\nend", "call(\"a long"));
        let (same, mark) = shortened("a b", 2..3, 20);
        assert_eq!((same.as_str(), mark), ("a b", 2..3));
    }

    #[test]
    fn common_white_space_is_taken_off_and_the_mark_follows() {
        let lines = ["    if (x) {", "", "      bad(1);"].map(str::to_owned).to_vec();
        let start = lines.join("\n").find("bad").expect("it is there");
        let (source, mark) = dedented(&Excerpt { first_line: 1, lines, mark: start..start + 6 });
        assert_eq!((source.as_str(), &source[mark]), ("if (x) {\n\n  bad(1);", "bad(1)"));
    }
}
