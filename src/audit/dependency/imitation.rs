//! Names that imitate others.

use super::usage::told;
use super::{Aim, Scene, arrival};
use crate::advisory::group;
use crate::advisory::lookalike::{self, Lookalike, Trick};
use crate::finding::{Finding, FindingBuilder};
use crate::lockfile::graph::Project;
use crate::lockfile::{Package, PackageSource};
use crate::rule::Severity;

/// Its name imitates that of a well-known package.
pub(super) fn lookalike(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let is_fetched = package.source == PackageSource::Registry;
            let found = lookalike::find(package.ecosystem, &package.name).filter(|_| is_fetched && !is_vouched_for(project, index));
            if let (Some(found), Some((file, _))) = (found, project.lock) {
                let message = format!("{} {}{}", package.name, imitation(&found), arrival(project, index));
                let touch = aim.touch(project, index, node);
                let builder = told(aim.about(file, project, (index, package, node)), &message, touch.as_ref());
                findings.push(weighed(builder, package.ecosystem, &found, package.has_install_script).build());
            }
        }
        for (file, manifest, wish) in aim.wishes(project) {
            let is_fetched = wish.source == PackageSource::Registry;
            if let Some(found) = lookalike::find(manifest.ecosystem, &wish.name).filter(|_| is_fetched) {
                let message = format!("{} {}", wish.name, imitation(&found));
                let builder = aim.at(file, wish.span).subject(wish.name.clone()).message(message);
                findings.push(weighed(builder, manifest.ecosystem, &found, false).build());
            }
        }
    }
    super::advised::once(findings)
}

/// Whether a well-known package needs it: its makers have asked for it by this very name.
fn is_vouched_for(project: &Project<'_>, index: usize) -> bool {
    let packages: &[Package] = project.lock.map_or(&[], |(_, lockfile)| &lockfile.packages);
    packages.iter().any(|other| other.dependencies.contains(&index) && lookalike::is_known(other.ecosystem, &other.name))
}

/// A name alone proves next to nothing: many packages of long standing are a letter away from a famous one, as all six were that
/// readers looked at. Letters of another alphabet are chosen to deceive; a script on install makes it likely.
fn weighed<'a>(builder: FindingBuilder<'a>, ecosystem: &str, found: &Lookalike, has_script: bool) -> FindingBuilder<'a> {
    if found.trick == Trick::Homoglyph || has_script {
        return builder;
    }
    let is_of_keys = group::contains("key-library", ecosystem, found.target);
    let severity = if is_of_keys { Severity::Low } else { Severity::Info };
    builder.severity_because(severity, "only its name is suspicious")
}

fn imitation(found: &Lookalike) -> String {
    format!("looks like the well-known {} ({})", found.target, found.trick.name())
}
