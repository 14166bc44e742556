use std::collections::{BTreeMap, BTreeSet};

use super::{Aim, Scene, counted, list};
use crate::finding::Finding;
use crate::lockfile::Package;

/// Two release lines or three versions of a package ship in one tree.
pub(super) fn duplicate(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        let Some((file, _)) = project.lock else { continue };
        let mut versions: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        for (_, package, _) in aim.packages(project) {
            versions.entry(&package.name).or_default().push(package);
        }
        for (name, packages) in versions {
            let lines: BTreeSet<&str> = packages.iter().map(|package| release_line(&package.version)).collect();
            if lines.len() >= 2 || packages.len() >= 3 {
                let numbers: Vec<String> = packages.iter().map(|package| package.version.clone()).collect();
                let related = packages.iter().skip(1).map(|package| (file.id, package.span, package.version.clone())).collect();
                let message = format!("{name} is shipped in {} versions: {}", packages.len(), list(&numbers));
                findings.push(aim.at(file, packages[0].span).subject(name.to_owned()).message(message).related(related).build());
            }
        }
    }
    super::advised::once(findings)
}

/// The part of a version that changes when promises are broken: the major number, or `0.` and the minor one.
fn release_line(version: &str) -> &str {
    let dots = if version.starts_with("0.") { 2 } else { 1 };
    version.match_indices('.').nth(dots - 1).map_or(version, |(end, _)| &version[..end])
}

/// So many packages ship that nobody can read them: a measure rather than a defect.
pub(super) fn many_packages(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        let Some((file, _)) = project.lock else { continue };
        let packages = aim.packages(project);
        if packages.len() >= aim.matcher.at_least.unwrap_or(1) {
            let direct = packages.iter().filter(|(.., node)| node.is_direct).count();
            let message = format!(
                "{} shipped, {direct} of them direct dependencies: each can read what the process holds",
                counted(packages.len())
            );
            findings.push(aim.at(file, crate::source::Span::default()).message(message).build());
        }
    }
    findings
}
