//! Every package of a tree with what is known about it: for bills of materials.

use std::collections::BTreeMap;

use super::vex::{Answers, Statement};
use super::{Advisories, Advisory, group};
use crate::lockfile::graph::projects;
use crate::lockfile::{Dependencies, Package, PackageSource};
use crate::rule::Date;
use crate::source::SourceFile;

/// A package that a lockfile of the tree fixes.
#[derive(Clone, Debug)]
pub struct Component {
    /// Ecosystem as OSV spells it.
    pub ecosystem: &'static str,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether only development needs it, wherever it occurs.
    pub is_development: bool,
    /// What it needs, as indices into the inventory.
    pub dependencies: Vec<usize>,
    /// What was public about it on the day of the scan.
    pub known: Vec<Known>,
}

/// An advisory on a component, and what the makers of the tree say to it.
#[derive(Clone, Debug)]
pub struct Known {
    /// The advisory.
    pub advisory: Advisory,
    /// Their last statement.
    pub answer: Option<Statement>,
}

/// What the lockfiles say of one version together.
#[derive(Default)]
struct Entry<'a> {
    is_development: bool,
    /// Whether a registry gave it out: advisories say nothing of what a repository or an address calls by the same version.
    is_published: bool,
    needs: Vec<&'a Package>,
}

/// The packages of all lockfiles, each name and version once, ordered. Folders of the tree itself are not among them.
#[must_use]
pub fn inventory(files: &[(&SourceFile, &Dependencies)], knowledge: (&Advisories, &Answers<'_>), as_of: Date) -> Vec<Component> {
    let (advisories, answers) = knowledge;
    let projects = projects(files, &group::station);
    let mut found: BTreeMap<(&'static str, &str, &str), Entry<'_>> = BTreeMap::new();
    let all = || {
        projects.iter().flat_map(|project| project.packages().map(move |(index, package, node)| (project, index, package, node)))
    };
    for (project, _, package, node) in all().filter(|(_, _, package, _)| !matches!(package.source, PackageSource::Path(_))) {
        let entry = found.entry(key(package)).or_insert(Entry { is_development: true, ..Entry::default() });
        entry.is_development &= node.is_development;
        entry.is_published |= package.source == PackageSource::Registry;
        let packages = project.lock.map_or(&[][..], |(_, lockfile)| &lockfile.packages);
        entry.needs.extend(package.dependencies.iter().filter_map(|&index| packages.get(index)));
    }
    let numbers: BTreeMap<_, usize> = found.keys().copied().enumerate().map(|(number, key)| (key, number)).collect();
    let component = |(&(ecosystem, name, version), entry): (&(&'static str, &str, &str), &Entry<'_>)| {
        let mut dependencies: Vec<usize> = entry.needs.iter().filter_map(|package| numbers.get(&key(package)).copied()).collect();
        dependencies.sort_unstable();
        dependencies.dedup();
        let affecting = entry.is_published.then(|| advisories.affecting(ecosystem, name, version, as_of));
        let known = affecting.into_iter().flatten();
        Component {
            ecosystem,
            name: name.to_owned(),
            version: version.to_owned(),
            is_development: entry.is_development,
            dependencies,
            known: known.map(|advisory| Known { answer: answers.on(&advisory, version).cloned(), advisory }).collect(),
        }
    };
    found.iter().map(component).collect()
}

fn key(package: &Package) -> (&'static str, &str, &str) {
    (package.ecosystem, &package.name, &package.version)
}
