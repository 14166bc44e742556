//! One page for a browser or a mailbox: no script, nothing loaded from elsewhere.

use std::io::{self, Write};

use super::knowledge::knowledge;
use super::text::{by_rule, counted, coverage, profile, project, resemblance, score, set_aside, verdict};
use super::{Report, Reporter, Style};
use crate::finding::{Finding, Step, neutralised};
use crate::source::Notice;

/// The HTML format.
#[derive(Debug)]
pub(super) struct Html;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forewarn</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
pre, code { font: 14px/1.4 ui-monospace, monospace; background: #f4f4f4; }
pre { padding: .6rem; overflow-x: auto; }
mark { background: #ffd9d9; }
table { border-collapse: collapse; }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; }
meter { width: 12rem; }
.critical, .high { color: #a40000; } .medium { color: #8a5a00; }
.verdict { font-size: 1.2rem; font-weight: bold; }
</style>
</head>
<body>
<h1>Forewarn</h1>
"#;

impl Reporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(HEAD.as_bytes())?;
        writeln!(out, "<p class=\"verdict\">{}</p>", escaped(&verdict(report)))?;
        writeln!(out, "<p>{}</p>", escaped(&profile(report)))?;
        for line in score(report) {
            writeln!(out, "<p>{}</p>", escaped(&line))?;
        }
        write_families(report, out)?;
        for findings in by_rule(&report.triage.reported) {
            write_rule(findings, report, out)?;
        }
        writeln!(out, "<h2>Coverage</h2>")?;
        write_list(
            coverage(&report.coverage).into_iter().chain(knowledge(report)).chain(set_aside(report)).chain(project(report)),
            out,
        )?;
        if !report.notices.is_empty() {
            writeln!(out, "<h2>{}</h2>", counted(report.notices.len(), "notice"))?;
            write_list(report.notices.iter().map(notice_text), out)?;
        }
        writeln!(out, "</body>\n</html>")
    }
}

fn write_families(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let families = &report.assessment.families;
    if families.is_empty() {
        return Ok(());
    }
    writeln!(out, "<table><tr><th>Family<th>Risk<th>Logits<th>Findings</tr>")?;
    for family in families {
        let risk = format!("<meter value=\"{:.3}\"></meter> {:.0} %", family.risk, family.risk * 100.0);
        writeln!(out, "<tr><td>{}<td>{risk}<td>{:+.2}<td>{}</tr>", escaped(&family.name), family.logit, family.findings)?;
    }
    writeln!(out, "</table>")?;
    let (title, lines) = resemblance(report);
    writeln!(out, "<p>{}</p>", escaped(&title))?;
    write_list(lines.into_iter(), out)
}

fn write_list(lines: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul>")?;
    for line in lines {
        writeln!(out, "<li>{}</li>", escaped(&line))?;
    }
    writeln!(out, "</ul>")
}

fn write_rule(findings: &[Finding], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let first = &findings[0];
    let body = &first.rule.body;
    let severity = first.severity.name();
    writeln!(out, "<h2><span class=\"{severity}\">{severity}</span>: {}</h2>", escaped(&body.title))?;
    let places = counted(findings.len(), "place");
    writeln!(out, "<p><code>{}</code>, {places}, {} confidence</p>", escaped(&first.rule.id), first.confidence.name())?;
    for finding in findings {
        write_finding(finding, out)?;
    }
    writeln!(out, "<p><b>Why it matters.</b> {}</p>", escaped(&body.why))?;
    for incident in report.rules.incidents_of(&first.rule) {
        writeln!(out, "<p><b>Seen before.</b> {}</p>", escaped(&incident.story()))?;
    }
    writeln!(out, "<p><b>Fix.</b> {}</p>", escaped(&body.fix))
}

fn write_finding(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("{}:{}:{}", finding.place.path, finding.place.start.line, finding.place.start.column);
    writeln!(out, "<p><code>{}</code> {}</p>", escaped(&place), escaped(&finding.message))?;
    if let Some(note) = finding.severity_note() {
        writeln!(out, "<p>{} ({})</p>", finding.severity.name(), escaped(&note))?;
    }
    if !finding.excerpt.lines.is_empty() {
        let text = finding.excerpt.lines.join("\n");
        let mark = &finding.excerpt.mark;
        let part =
            |range: std::ops::Range<usize>| text.get(range).unwrap_or("").split('\n').map(escaped).collect::<Vec<_>>().join("\n");
        let (before, marked, after) = (part(0..mark.start), part(mark.clone()), part(mark.end..text.len()));
        writeln!(out, "<pre>{before}<mark>{marked}</mark>{after}</pre>")?;
    }
    if finding.flow.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ol>")?;
    for Step { place, message } in &finding.flow {
        let at = format!("{}:{}", place.path, place.start.line);
        writeln!(out, "<li><code>{}</code> {}</li>", escaped(&at), escaped(message))?;
    }
    writeln!(out, "</ol>")
}

fn notice_text(notice: &Notice) -> String {
    let line = notice.line.map(|line| format!(":{line}")).unwrap_or_default();
    let place = notice.path.as_deref().map(|path| format!("{path}{line}: ")).unwrap_or_default();
    format!("{place}{} [{}]", notice.message, notice.kind.name())
}

/// Text that means itself in HTML, also inside of an attribute.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for char in neutralised(text).chars() {
        match char {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            _ => result.push(char),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(escaped("<b a='\"'>&\u{1b}"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;␛");
    }
}
