use std::cmp::Reverse;

use super::{Aim, Scene, arrival, written_version};
use crate::advisory::lifecycle::Line;
use crate::advisory::{lifecycle, version};
use crate::finding::{Finding, FindingBuilder};
use crate::rule::{Date, Severity};

/// Days after the end of a line within which a move is under way.
const FRESH: i64 = 60;
/// Days after which it is half a year.
const STALE: i64 = 183;

/// Its release line gets no more fixes on the day of the scan: packages of lockfiles, wishes without one, and the programs on which
/// a manifest says it runs.
pub(super) fn end_of_life(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let as_of = scene.context.as_of;
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let Some((file, _)) = project.lock else { continue };
            if let Some(line) = ended(package.ecosystem, &package.name, &package.version, as_of) {
                let message = format!("{} {}: {}{}", package.name, package.version, told(line), arrival(project, index));
                let builder = aim.about(file, project, (index, package, node)).message(message);
                // What another package brings along runs in that package's tools, not in the wallet.
                let is_minor = node.parent.is_some();
                findings.push(
                    if is_minor { aim.lesser(builder, "another package brings it along") } else { aged(aim, builder, line, as_of) }
                        .build(),
                );
            }
        }
        for (file, manifest, wish) in aim.wishes(project) {
            let written =
                written_version(&wish.range).filter(|_| !admits_living(manifest.ecosystem, &wish.name, &wish.range, as_of));
            if let Some(line) = written.and_then(|version| ended(manifest.ecosystem, &wish.name, version, as_of)) {
                let message = format!("{} {}: {}", wish.name, wish.range, told(line));
                let builder = aim.at(file, wish.span).subject(format!("{} {}", wish.name, wish.range)).message(message);
                findings.push(aged(aim, builder, line, as_of).build());
            }
        }
        findings.extend(engines(aim, project, as_of));
    }
    one_of_each(findings)
}

/// Weighs the end of a line: who moves within weeks loses nothing.
fn aged<'a>(aim: &Aim<'_>, builder: FindingBuilder<'a>, line: Line, as_of: Date) -> FindingBuilder<'a> {
    let days = as_of.days() - line.end.days();
    let most = if days <= FRESH { Severity::Low } else { Severity::Medium };
    let severity = aim.rule.body.severity;
    if days > STALE || severity <= most {
        return builder;
    }
    builder.severity_because(most, format!("the line ended {days} days before"))
}

/// One finding for each program of the tree, whatever the number of lockfiles: the gravest, with the places of the others.
fn one_of_each(mut findings: Vec<Finding>) -> Vec<Finding> {
    let name = |finding: &Finding| finding.subject.as_deref().and_then(|subject| subject.split(' ').next()).map(ToOwned::to_owned);
    findings.sort_by_cached_key(|finding| {
        (name(finding), Reverse(finding.severity), finding.exposure, finding.place.path.matches('/').count(), finding.place.clone())
    });
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        match kept.last_mut().filter(|first| first.subject.is_some() && name(first) == name(&finding)) {
            Some(first) => first.take_in(&finding, finding.subject.as_deref().unwrap_or_default()),
            None => kept.push(finding),
        }
    }
    kept
}

/// The programs of `engines`, if none of their living release lines is admitted.
fn engines(aim: &Aim<'_>, project: &crate::lockfile::graph::Project<'_>, as_of: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, manifest) in &project.manifests {
        for engine in manifest.engines.iter().filter(|engine| aim.names("runtime", &engine.name)) {
            let written = oldest_written(&engine.range).filter(|_| !admits_living("runtime", &engine.name, &engine.range, as_of));
            if let Some(line) = written.and_then(|version| ended("runtime", &engine.name, version, as_of)) {
                let message = format!("it runs on {} {}: {}", engine.name, engine.range, told(line));
                findings.push(aged(aim, aim.at(file, engine.span).message(message), line, as_of).build());
            }
        }
    }
    findings
}

/// The first version that a range of several parts is written with: `12.22.0` in `>=12.22.0 <15`, `14` in `14.x || 16.x`.
fn oldest_written(range: &str) -> Option<&str> {
    let first = range.trim().trim_start_matches(['^', '~', '=', 'v', '<', '>', ' ']);
    let end = first.find([' ', '|', ',', '<', '>']).unwrap_or(first.len());
    let first = first[..end].trim_end_matches(['.', 'x', 'X', '*']);
    first.starts_with(|digit: char| digit.is_ascii_digit()).then_some(first)
}

fn ended(ecosystem: &str, name: &str, version: &str, as_of: Date) -> Option<Line> {
    lifecycle::line(ecosystem, name, version).filter(|line| line.end < as_of)
}

fn told(line: Line) -> String {
    format!("release line {} got its last fixes on {}", line.name, line.end)
}

fn admits_living(ecosystem: &str, name: &str, range: &str, as_of: Date) -> bool {
    let newest = |line: &str| if line.contains('.') { format!("{line}.99") } else { format!("{line}.99.99") };
    lifecycle::living(ecosystem, name, as_of).any(|line| version::satisfies("npm", range, &newest(line)) == Some(true))
}
