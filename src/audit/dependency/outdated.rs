use super::{Aim, Scene, arrival, written_version};
use crate::advisory::{lifecycle, version};
use crate::finding::Finding;
use crate::rule::Date;

/// Its release line gets no more fixes on the day of the scan: packages of lockfiles, wishes without one, and the programs on which
/// a manifest says it runs.
pub(super) fn end_of_life(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let as_of = scene.context.as_of;
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let Some((file, _)) = project.lock else { continue };
            if let Some(text) = ended(package.ecosystem, &package.name, &package.version, as_of) {
                let message = format!("{} {}: {text}{}", package.name, package.version, arrival(project, index));
                let builder = aim.about(file, project, (index, package, node)).message(message);
                // What another package brings along runs in that package's tools, not in the wallet.
                let is_minor = node.parent.is_some();
                findings.push(if is_minor { aim.lesser(builder) } else { builder }.build());
            }
        }
        for (file, manifest, wish) in aim.wishes(project) {
            let written =
                written_version(&wish.range).filter(|_| !admits_living(manifest.ecosystem, &wish.name, &wish.range, as_of));
            if let Some(text) = written.and_then(|version| ended(manifest.ecosystem, &wish.name, version, as_of)) {
                let message = format!("{} {}: {text}", wish.name, wish.range);
                findings.push(aim.at(file, wish.span).subject(format!("{} {}", wish.name, wish.range)).message(message).build());
            }
        }
        findings.extend(engines(aim, project, as_of));
    }
    findings
}

/// The programs of `engines`, if none of their living release lines is admitted.
fn engines(aim: &Aim<'_>, project: &crate::lockfile::graph::Project<'_>, as_of: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, manifest) in &project.manifests {
        for engine in manifest.engines.iter().filter(|engine| aim.names("runtime", &engine.name)) {
            let written = written_version(&engine.range).filter(|_| !admits_living("runtime", &engine.name, &engine.range, as_of));
            if let Some(text) = written.and_then(|version| ended("runtime", &engine.name, version, as_of)) {
                let message = format!("it runs on {} {}: {text}", engine.name, engine.range);
                findings.push(aim.at(file, engine.span).message(message).build());
            }
        }
    }
    findings
}

fn ended(ecosystem: &str, name: &str, version: &str, as_of: Date) -> Option<String> {
    let line = lifecycle::line(ecosystem, name, version).filter(|line| line.end < as_of)?;
    Some(format!("release line {} got its last fixes on {}", line.name, line.end))
}

fn admits_living(ecosystem: &str, name: &str, range: &str, as_of: Date) -> bool {
    let newest = |line: &str| if line.contains('.') { format!("{line}.99") } else { format!("{line}.99.99") };
    lifecycle::living(ecosystem, name, as_of).any(|line| version::satisfies("npm", range, &newest(line)) == Some(true))
}
