//! The audit report: title page, summary, scope, method, findings in the auditors' form, appendices.

use std::io::{self, Write};

use super::listing::{counts, place, status, title_rows};
use super::text::{capital, code, code_cell, cut, escaped, prose};
use crate::finding::{Excerpt, Finding, Reviewed, Step};
use crate::report::knowledge::knowledge;
use crate::report::order::{by_rule, ordered};
use crate::report::standards::{self, Link};
use crate::report::text::{counted, coverage, not_read, place_of, project, score, verdict};
use crate::report::{Outcome, Report, text};
use crate::source::Notice;
use crate::standing::AUDIT_MARK;

/// Of one rule so many places have their evidence; the rest are listed.
const PLACES: usize = 10;
/// Characters of a title in a table.
const TITLE: usize = 120;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let reported = &report.triage.reported;
    let groups: Vec<_> = by_rule(reported).into_iter().filter(|findings| findings[0].package.is_none()).collect();
    title_page(report, out)?;
    summary(report, &groups, out)?;
    scope(report, out)?;
    method(report, out)?;
    writeln!(out, "## Findings\n")?;
    if groups.is_empty() {
        writeln!(out, "None in the code and configuration that was read.\n")?;
    }
    for (number, findings) in (1..).zip(&groups) {
        group(number, findings, report, out)?;
    }
    dependencies(report, out)?;
    resolved(report, out)?;
    set_aside(report, out)?;
    standards_appendix(report, out)?;
    notices(report, out)
}

fn title_page(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}: wallet security audit\n{AUDIT_MARK}\n", escaped(&report.subject.title()))?;
    writeln!(out, "| | |\n|---|---|")?;
    for (label, value) in title_rows(report) {
        writeln!(out, "| {label} | {} |", escaped(&value))?;
    }
    writeln!(out, "| Result | **{}** |\n", escaped(&verdict(report)))
}

fn summary(report: &Report, groups: &[&[Finding]], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Executive summary\n")?;
    match report.outcome() {
        Outcome::Passed => {}
        Outcome::Failed(reasons) => writeln!(out, "The audit fails: {}.\n", escaped(&reasons.join("; ")))?,
        Outcome::Incomplete(reason) => writeln!(out, "The audit is incomplete: {}.\n", escaped(&reason))?,
    }
    for line in score(report) {
        writeln!(out, "{}\n", prose(&line))?;
    }
    counts(report, out)?;
    if let Some(line) = project(report) {
        writeln!(out, "{}\n", prose(&line))?;
    }
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | Severity | Finding | Places | Status |\n|---|---|---|---:|---|")?;
    for (number, findings) in (1..).zip(groups) {
        let first = &findings[0];
        let (severity, title) = (capital(first.severity.name()), prose(&cut(&first.rule.body.title, TITLE)));
        let link = format!("[{}](#{})", label(number), label(number).to_lowercase());
        writeln!(out, "| {link} | {severity} | {title} | {} | {} |", findings.len(), statuses(findings, report))?;
    }
    writeln!(out)
}

/// `F-03`.
fn label(number: usize) -> String {
    format!("F-{number:02}")
}

/// The different statuses of the places of a finding.
fn statuses(findings: &[Finding], report: &Report) -> String {
    let mut all: Vec<_> = findings.iter().map(|finding| status(finding, report)).collect();
    all.sort_unstable();
    all.dedup();
    all.join(", ")
}

fn scope(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Scope\n\nNot read: {}\n", prose(&not_read(report)))?;
    for line in coverage(&report.coverage).into_iter().chain(knowledge(report)).chain(report.adjustments.remark()) {
        writeln!(out, "- {}", prose(&line))?;
    }
    writeln!(out, "\n### Settings that changed this result\n")?;
    let adjusted = report.adjusted();
    if adjusted.is_empty() {
        writeln!(out, "None: every rule at its own severity, nothing excluded, nothing silenced.\n")
    } else {
        adjusted.iter().try_for_each(|line| writeln!(out, "- {}", prose(line)))?;
        writeln!(out)
    }
}

fn method(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Method\n")?;
    text::method(report).iter().try_for_each(|line| writeln!(out, "{}\n", escaped(line)))
}

/// The findings of one rule and severity, as one finding of an auditor.
fn group(number: usize, findings: &[Finding], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let first = &findings[0];
    let body = &first.rule.body;
    writeln!(out, "<a id=\"{}\"></a>\n", label(number).to_lowercase())?;
    writeln!(out, "### {}: {}\n", label(number), prose(&body.title))?;
    writeln!(out, "| | |\n|---|---|")?;
    let note = first.severity_note().map(|note| format!(" ({})", escaped(&note))).unwrap_or_default();
    writeln!(out, "| Severity | **{}**{note} |", capital(first.severity.name()))?;
    writeln!(out, "| Status | {} |", statuses(findings, report))?;
    writeln!(out, "| Confidence | {} |", capital(first.confidence.name()))?;
    let more = if findings.len() > 1 { format!(" and {} more", findings.len() - 1) } else { String::new() };
    writeln!(out, "| Location | {}{more} |", code_cell(&place_of(first)))?;
    writeln!(out, "| Rule | {} |", code_cell(&first.rule.id))?;
    let standards: Vec<_> = standards::of_rule(body).iter().map(linked).collect();
    if !standards.is_empty() {
        writeln!(out, "| Standards | {} |", standards.join(", "))?;
    }
    writeln!(out, "\n**Description.** {}\n", prose(&body.what))?;
    writeln!(out, "**Impact.** {}\n", prose(&body.why))?;
    for incident in report.rules.incidents_of(&first.rule) {
        writeln!(out, "**Seen before.** {}\n", prose(&incident.story()))?;
    }
    writeln!(out, "**Recommendation.** {}\n", prose(&body.fix))?;
    writeln!(out, "**Evidence.**\n")?;
    for finding in findings.iter().take(PLACES) {
        evidence(finding, report, out)?;
    }
    if let Some(rest) = findings.get(PLACES..).filter(|rest| !rest.is_empty()) {
        writeln!(out, "- {}:\n", counted(rest.len(), "more place"))?;
        for finding in rest {
            let subject = finding.subject.as_deref().map(|subject| format!(" {}", escaped(subject))).unwrap_or_default();
            writeln!(out, "  - {}{subject}", code(&place(&finding.place)))?;
        }
        writeln!(out)?;
    }
    let references: Vec<_> = body.references.iter().map(|address| linked(&Link::to(address))).collect();
    if references.is_empty() { Ok(()) } else { writeln!(out, "**References.** {}\n", references.join(", ")) }
}

fn linked(link: &Link) -> String {
    let label = escaped(&link.label);
    match &link.address {
        Some(address) => format!("[{label}](<{}>)", address.replace(['<', '>'], "")),
        None => label,
    }
}

/// One place: the lines, the way of the value, and what reviewers say.
fn evidence(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "- {}: {}", code(&place_of(finding)), prose(&finding.message))?;
    for (number, Step { place: at, message }) in (1..).zip(&finding.flow) {
        writeln!(out, "  {number}. {} {}", code(&place(at)), prose(message))?;
    }
    excerpt(&finding.excerpt, out)?;
    let reviewed = report.review.as_ref().and_then(|review| review.of(finding));
    if let Some(said) = reviewed.and_then(Reviewed::said) {
        writeln!(out, "  > **{}.** {}\n", status(finding, report), prose(&said))?;
    }
    writeln!(out, "  Fingerprint {}\n", code(&finding.fingerprint))
}

/// The lines as an indented block with a fence longer than any run of back-ticks in it.
fn excerpt(excerpt: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    if excerpt.lines.is_empty() {
        return writeln!(out);
    }
    let longest = excerpt.lines.iter().flat_map(|line| line.split(|char| char != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "\n  {fence}text")?;
    let numbered = (excerpt.first_line..).zip(&excerpt.lines);
    numbered.into_iter().try_for_each(|(number, line)| writeln!(out, "  {number:>5}  {line}"))?;
    writeln!(out, "  {fence}\n")
}

fn dependencies(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Dependencies\n")?;
    let known = ordered(&report.triage.reported).into_iter();
    let known: Vec<_> = known.filter_map(|finding| Some((finding, finding.package.as_deref()?))).collect();
    if known.is_empty() {
        return writeln!(out, "No advisories apply to the {} that were read.\n", counted(report.inventory.len(), "package"));
    }
    writeln!(out, "| Severity | Package | Update to | Advisories | Use | Status |\n|---|---|---|---|---|---|")?;
    for (finding, package) in known {
        let ids: Vec<_> = package.advisories.iter().filter_map(|advisory| advisory.ids.first()).map(|id| escaped(id)).collect();
        let using = if package.ships { "shipped" } else { "development" };
        let fix = escaped(&package.fix_text().unwrap_or_else(|| "none yet".into()));
        writeln!(
            out,
            "| {} | {} {} | {fix} | {} | {}, {using} | {} |",
            capital(finding.severity.name()),
            escaped(&package.name),
            escaped(&package.version),
            ids.join(", "),
            if package.is_direct { "direct" } else { "indirect" },
            status(finding, report),
        )?;
    }
    writeln!(out)
}

/// What the last review knew and this scan no longer finds.
fn resolved(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(review) = &report.review else { return Ok(()) };
    let resolved = review.resolved(&report.triage);
    if resolved.is_empty() {
        return Ok(());
    }
    writeln!(out, "## No longer found since the last review\n")?;
    for reviewed in resolved {
        let said = reviewed.said().map(|said| format!(". {}", prose(&said))).unwrap_or_default();
        let (severity, title) = (capital(&escaped(&reviewed.severity)), prose(&reviewed.title));
        writeln!(out, "- {severity}: {title}, {}{said}", code(&reviewed.place))?;
    }
    writeln!(out)
}

fn set_aside(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let triage = &report.triage;
    let known = triage.known.iter().map(|finding| (finding, "in the baseline"));
    let unsure = triage.unsure.iter().map(|finding| (finding, "below the confidence that was asked for"));
    let suppressed = triage.suppressed.iter().map(|(finding, reason)| (finding, reason.as_str()));
    let aside: Vec<_> = suppressed.chain(known).chain(unsure).collect();
    if aside.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Set aside\n\n| Severity | Finding | Place | Reason |\n|---|---|---|---|")?;
    for (finding, reason) in aside {
        let (severity, title) = (capital(finding.severity.name()), prose(&cut(&finding.rule.body.title, TITLE)));
        writeln!(out, "| {severity} | {title} | {} | {} |", code_cell(&place(&finding.place)), escaped(reason))?;
    }
    writeln!(out)
}

fn standards_appendix(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Appendix A: findings by standard\n")?;
    for section in standards::sections(&report.triage.reported) {
        writeln!(out, "### {}\n\n| {} | Rules | Findings |\n|---|---|---:|", section.name, section.unit)?;
        for (link, rules) in section.entries {
            let ids: Vec<_> = rules.keys().map(|id| code_cell(id)).collect();
            let count: usize = rules.values().map(Vec::len).sum();
            writeln!(out, "| {} | {} | {count} |", linked(&link), ids.join(", "))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "### {}\n\n| Provision | Subject | Evidence |\n|---|---|---|", standards::REGULATION)?;
    for provision in standards::provisions() {
        let [name, subject, evidence] = [&provision.name, &provision.subject, &provision.evidence].map(|text| escaped(text));
        writeln!(out, "| {name} | {subject} | {evidence} |")?;
    }
    writeln!(out, "\n{}\n", escaped(standards::CAVEAT))
}

fn notices(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.notices.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Appendix B: {} on the analysis\n", counted(report.notices.len(), "notice"))?;
    for Notice { path, line, kind, message } in &report.notices {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = path.as_deref().map(|path| format!("{}: ", code(&format!("{path}{line}")))).unwrap_or_default();
        writeln!(out, "- {place}{} ({})", prose(message), kind.name())?;
    }
    writeln!(out)
}
