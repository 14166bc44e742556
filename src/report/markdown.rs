//! For pull requests and job summaries.

use std::io::{self, Write};

use super::knowledge::knowledge;
use super::text::{by_rule, counted, coverage, profile, project, resemblance, score, set_aside, verdict};
use super::{Report, Reporter, Style};
use crate::finding::{Excerpt, Finding, neutralised};

/// The Markdown format.
#[derive(Debug)]
pub(super) struct Markdown;

/// Of one rule so many places are listed.
const PLACES: usize = 10;

impl Reporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "# Forewarn\n\n**{}**\n", escaped(&verdict(report)))?;
        writeln!(out, "{}\n", escaped(&profile(report)))?;
        for line in score(report) {
            writeln!(out, "{}\n", escaped(&line))?;
        }
        write_families(report, out)?;
        for findings in by_rule(&report.triage.reported) {
            write_rule(findings, report, out)?;
        }
        writeln!(out, "## Coverage\n")?;
        for line in coverage(&report.coverage).into_iter().chain(knowledge(report)).chain(set_aside(report)).chain(project(report))
        {
            writeln!(out, "- {}", escaped(&line))?;
        }
        if !report.notices.is_empty() {
            writeln!(out, "- {}", counted(report.notices.len(), "notice"))?;
        }
        Ok(())
    }
}

fn write_families(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let families = &report.assessment.families;
    if families.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Family | Risk | Logits | Findings |\n|---|---:|---:|---:|")?;
    for family in families {
        writeln!(out, "| {} | {:.0} % | {:+.2} | {} |", family.name, family.risk * 100.0, family.logit, family.findings)?;
    }
    let (title, lines) = resemblance(report);
    writeln!(out, "\n{title}:\n")?;
    lines.iter().try_for_each(|line| writeln!(out, "- {line}"))?;
    writeln!(out)
}

fn write_rule(findings: &[Finding], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let first = &findings[0];
    let body = &first.rule.body;
    writeln!(out, "## {}: {}\n", first.severity.name(), escaped(&body.title))?;
    writeln!(out, "`{}`, {} confidence\n", first.rule.id, first.confidence.name())?;
    for finding in findings.iter().take(PLACES) {
        let place = format!("{}:{}", neutralised(&finding.place.path), finding.place.start.line);
        let note = finding.severity_note().map_or(String::new(), |note| format!(" ({})", escaped(&note)));
        writeln!(out, "- {}: {}{note}", code(&place), escaped(&finding.message))?;
        for (number, step) in (1..).zip(&finding.flow) {
            let place = format!("{}:{}", neutralised(&step.place.path), step.place.start.line);
            writeln!(out, "  {number}. {} {}", code(&place), escaped(&step.message))?;
        }
        write_excerpt(&finding.excerpt, out)?;
    }
    if let Some(rest) = findings.get(PLACES..).filter(|rest| !rest.is_empty()) {
        let subjects: Vec<_> = rest.iter().filter_map(|finding| finding.subject.as_deref()).map(escaped).collect();
        let named = if subjects.is_empty() { String::new() } else { format!(": {}", subjects.join(", ")) };
        writeln!(out, "- and {}{named}", counted(rest.len(), "more place"))?;
    }
    writeln!(out, "\n**Why it matters.** {}\n", escaped(&body.why))?;
    for incident in report.rules.incidents_of(&first.rule) {
        writeln!(out, "**Seen before.** {}\n", escaped(&incident.story()))?;
    }
    writeln!(out, "**Fix.** {}\n", escaped(&body.fix))
}

/// The lines as an indented block with a fence longer than any run of back-ticks in it.
fn write_excerpt(excerpt: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    if excerpt.lines.is_empty() {
        return Ok(());
    }
    let longest = excerpt.lines.iter().flat_map(|line| line.split(|char| char != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "\n  {fence}text")?;
    excerpt.lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    writeln!(out, "  {fence}\n")
}

/// Text as an inline code span, however many back-ticks it has.
fn code(text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

/// Text that means itself in Markdown and HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for char in neutralised(text).chars() {
        match char {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                result.push('\\');
                result.push(char);
            }
            // A mention would notify a stranger: a zero-width joiner cannot be used, a reference can.
            '@' => result.push_str("&#64;"),
            _ => result.push(char),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_acts() {
        assert_eq!(escaped("<img src=x> [a](b) @me"), "&lt;img src=x&gt; \\[a\\](b) &#64;me");
        assert_eq!(code("a`b"), "`` a`b ``");
    }
}
