use std::collections::HashSet;

use super::{Aim, Scene, counted, list};
use crate::finding::Finding;
use crate::lockfile::graph::Project;
use crate::lockfile::{Lockfile, Package, PackageSource};
use crate::source::{SourceFile, Span};

/// Packages of a registry without a checksum, or with one that can be forged: one finding of a sort for a lockfile.
pub(super) fn weak_integrity(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        let Some((file, lockfile)) = project.lock else { continue };
        let fetched: Vec<&Package> = aim
            .packages(project)
            .into_iter()
            .map(|(_, package, _)| package)
            .filter(|package| package.source == PackageSource::Registry)
            .collect();
        match lockfile.checksums_in {
            Some(name) => findings.extend(listed_elsewhere(scene, aim, (file, lockfile, name), &fetched)),
            None => findings.extend(listed_here(aim, (file, lockfile), &fetched)),
        }
    }
    findings
}

fn listed_here(aim: &Aim<'_>, lock: (&SourceFile, &Lockfile), fetched: &[&Package]) -> Vec<Finding> {
    let (file, lockfile) = lock;
    let is_due = |package: &Package| lockfile.has_checksums && package.resolved.is_some() || lockfile.is_checksum_list;
    let is_forgeable = |digest: &str| digest.starts_with("sha1-") || digest.starts_with("md5-");
    let bare = fetched.iter().filter(|package| is_due(package) && package.integrity.is_none()).copied().collect();
    let counts = lockfile.has_checksums || lockfile.is_checksum_list;
    let broken = |package: &&&Package| counts && package.integrity.as_deref().is_some_and(is_forgeable);
    let broken = fetched.iter().filter(broken).copied().collect();
    let sorts: [(Vec<&Package>, _, _); 2] = [
        (bare, "have no checksum", None),
        (broken, "have only a SHA-1 or MD5 checksum, which can be forged", Some("a weak checksum still has to be forged")),
    ];
    let finding = |(packages, what, reason): (Vec<&Package>, &str, Option<&str>)| {
        let counted = format!("{} of {} of a {}", packages.len(), counted(fetched.len()), lockfile.format);
        let message = format!("{counted} {what}: {}", names(&packages));
        let builder = aim.at(file, packages.first()?.span).message(message);
        Some(aim.lesser(builder, reason).build())
    };
    sorts.into_iter().filter_map(finding).collect()
}

/// The checksums stand in a file beside the lockfile, which may be missing or lack some.
fn listed_elsewhere(
    scene: &Scene<'_>,
    aim: &Aim<'_>,
    lock: (&SourceFile, &Lockfile, &str),
    fetched: &[&Package],
) -> Option<Finding> {
    let (file, lockfile, name) = lock;
    let beside =
        |project: &&Project<'_>| project.lock.is_some_and(|(other, _)| other.folder() == file.folder() && other.name() == name);
    let Some((_, sums)) = scene.projects.iter().find(beside).and_then(|project| project.lock) else {
        let message = format!("{name} is missing: nothing verifies the {} of {}", counted(fetched.len()), file.name());
        return (!fetched.is_empty())
            .then(|| aim.at(file, fetched.first().map_or(Span::default(), |package| package.span)).message(message).build());
    };
    let known: HashSet<&str> = sums.packages.iter().map(|package| &*package.name).collect();
    let bare: Vec<&Package> = fetched.iter().filter(|package| !known.contains(&*package.name)).copied().collect();
    // What is only asked for its needs has no checksum of its own: direct packages have.
    let asked: Vec<&Package> = bare.into_iter().filter(|package| package.is_direct).collect();
    let (packages, have) = (counted(asked.len()), if asked.len() == 1 { "has" } else { "have" });
    let message = format!("{packages} of a {} {have} no checksum in {name}: {}", lockfile.format, names(&asked));
    Some(aim.at(file, asked.first()?.span).message(message).build())
}

fn names(packages: &[&Package]) -> String {
    let names: Vec<String> = packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect();
    list(&names)
}
