//! Which registry answers for which name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{Aim, Scene, counted, list};
use crate::advisory::registry;
use crate::finding::Finding;
use crate::lockfile::{Manifest, Package, PackageSource};
use crate::source::{SourceFile, Span};

/// More than one registry may answer for a name, and nothing says which.
pub(super) fn ambiguous_registry(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let manifests = scene.projects.iter().flat_map(|project| &project.manifests);
    let indexes =
        manifests.flat_map(|(file, manifest)| manifest.further_indexes.iter().map(move |index| (*file, *manifest, index)));
    let wanted = indexes.filter(|(_, manifest, _)| aim.matcher.takes(manifest.ecosystem));
    let finding = |(file, _, (name, span)): (&SourceFile, &Manifest, &(String, Span))| {
        let message = format!("{name} may serve any package name as well as the registry: the higher version wins");
        aim.at(file, *span).message(message).build()
    };
    let mut findings: Vec<Finding> = wanted.map(finding).collect();
    findings.dedup_by(|a, b| a.place == b.place);
    findings.extend(unbound(scene, aim));
    findings
}

/// Settings that bind a scope to a registry, of npm and pnpm, yarn 1 and yarn from 2 on: the scope and the address.
static BINDINGS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        r"(?m)^\s*@([\w.-]+):registry\s*=\s*(\S+)",
        r#"(?m)^\s*"?@([\w.-]+):registry"?\s+"?([^\s"]+)"#,
        r#"(?m)^\s+"?([\w.-]+)"?:\s*\n\s+npmRegistryServer:\s*"?([^\s"]+)"#,
    ]
    .map(|pattern| Regex::new(pattern).expect("a valid pattern"))
});

/// Packages that a lockfile has from a registry of certain scopes, and that are in none of them. A registry that serves other names by
/// a setting (`registry=`) is a proxy, and answers for all.
fn unbound(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let settings = registry_settings(scene);
    let mut scopes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for found in settings.iter().flat_map(|text| BINDINGS.iter().flat_map(|pattern| pattern.captures_iter(text))) {
        let (Some(scope), Some(address)) = (found.get(1), found.get(2)) else { continue };
        scopes.entry(host(address.as_str()).unwrap_or_default()).or_default().insert(scope.as_str());
    }
    scopes.retain(|known, _| !known.is_empty() && !settings.iter().any(|text| default_host(text) == Some(known)));
    let mut findings = Vec::new();
    for project in scene.projects.iter().filter(|_| !scopes.is_empty()) {
        for (index, package, node) in aim.packages(project) {
            let Some((from, bound)) = package.resolved.as_deref().and_then(host).and_then(|from| scopes.get_key_value(from)) else {
                continue;
            };
            let scope = package.name.strip_prefix('@').and_then(|name| name.split('/').next());
            if let (false, Some((file, _))) = (scope.is_some_and(|scope| bound.contains(scope)), project.lock) {
                let message = format!(
                    "{} {} comes from {from}, but no setting binds its name to it: without the lockfile, the public registry serves it",
                    package.name, package.version
                );
                findings.push(aim.about(file, project, (index, package, node)).message(message).build());
            }
        }
    }
    findings
}

/// The host of `registry=…` or `npmRegistryServer: …` for all names.
fn default_host(text: &str) -> Option<&str> {
    let keys = ["registry=", "registry =", "registry ", "npmRegistryServer:"];
    let line = text.lines().find(|line| keys.iter().any(|key| line.starts_with(key)))?;
    host(line.trim_end().trim_end_matches('"'))
}

/// The texts of settings that name registries.
fn registry_settings<'s>(scene: &Scene<'s>) -> Vec<&'s str> {
    scene.context.workspace.files.iter().filter(|file| is_registry_setting(file)).map(|file| &*file.text).collect()
}

/// A host serves few packages of a lockfile and is named in no registry setting. A host that serves one in twenty is a home too,
/// unless that is a single package and another host serves many.
pub(super) fn foreign_host(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    const HOME_SHARE: usize = 20;
    const MANY: usize = 5;
    let settings = registry_settings(scene);
    let mut findings = Vec::new();
    for project in &scene.projects {
        let Some((file, _)) = project.lock else { continue };
        let mut hosts: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        for (_, package, _) in aim.packages(project).into_iter().filter(|(_, package, _)| package.source == PackageSource::Registry)
        {
            if let Some(host) = package.resolved.as_deref().and_then(host) {
                // One registry answers under several names.
                let host = registry::of_host(package.ecosystem, host).unwrap_or(host);
                hosts.entry(host).or_default().push(package);
            }
        }
        let total: usize = hosts.values().map(Vec::len).sum();
        let most = hosts.values().map(Vec::len).max().unwrap_or(0);
        for (host, packages) in &hosts {
            let is_single = packages.len() == 1 && most >= MANY;
            let is_home = packages.len() == most
                || (packages.len() * HOME_SHARE >= total && !is_single)
                || settings.iter().any(|text| text.contains(host));
            if !is_home {
                let names: Vec<String> = packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect();
                let message = format!("{host} serves {} of {}: {}", packages.len(), counted(total), list(&names));
                findings.push(aim.at(file, packages[0].span).message(message).build());
            }
        }
        findings.extend(unencrypted(aim, file, hosts.values().flatten().copied()));
    }
    findings
}

fn is_registry_setting(file: &SourceFile) -> bool {
    [".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"].contains(&file.name())
        || (file.folder().ends_with(".cargo") && file.name().starts_with("config"))
}

fn unencrypted<'p>(aim: &Aim<'_>, file: &SourceFile, packages: impl Iterator<Item = &'p Package>) -> Option<Finding> {
    let open: Vec<_> =
        packages.filter(|package| package.resolved.as_deref().is_some_and(|url| url.starts_with("http://"))).collect();
    let names: Vec<String> = open.iter().map(|package| format!("{} {}", package.name, package.version)).collect();
    let message = format!("{} fetched without encryption: {}", counted(open.len()), list(&names));
    Some(aim.lesser(aim.at(file, open.first()?.span).message(message), "its host is the usual one, only unencrypted").build())
}

fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    Some(authority.rsplit('@').next().unwrap_or(authority))
}
