use super::usage::told;
use super::{Aim, Scene, arrival, is_commit, is_exact, list, origin};
use crate::finding::Finding;
use crate::lockfile::graph::Project;
use crate::lockfile::{Manifest, PackageSource, Purpose, Requirement};
use crate::source::SourceFile;

/// A branch, a tag or an address is fetched: what a manifest asks for, and what a lockfile leaves open. Where the lockfile names the
/// commit, only a new lock lets something else in: the lesser case.
pub(super) fn mutable_source(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (file, manifest) in &project.manifests {
            for wish in manifest.requirements.iter().chain(&manifest.overrides).filter(|wish| is_asked(aim, manifest, wish)) {
                findings.extend(mutable_wish(aim, project, (file, manifest), wish));
            }
        }
        let Some((file, _)) = project.lock else { continue };
        for (index, package, node) in aim.packages(project) {
            let is_open = !node.is_direct && is_mutable(&package.source) && package.integrity.is_none();
            if let Some(origin) = origin(&package.source).filter(|_| is_open) {
                let message = format!("{} {} comes from {origin}{}", package.name, package.version, arrival(project, index));
                findings.push(
                    told(aim.about(file, project, (index, package, node)), &message, aim.touch(project, index, node).as_ref())
                        .build(),
                );
            }
        }
    }
    findings
}

/// Why a wish that many versions fulfil is the lesser case.
const HELD: &str = "the lockfile holds it";
const OF_LIBRARY: &str = "users of a library pin its versions";

fn is_asked(aim: &Aim<'_>, manifest: &Manifest, wish: &Requirement) -> bool {
    let counts = aim.matcher.development || !wish.purpose.is_development();
    counts && is_mutable(&wish.source) && aim.names(manifest.ecosystem, &wish.name)
}

fn mutable_wish(aim: &Aim<'_>, project: &Project<'_>, place: (&SourceFile, &Manifest), wish: &Requirement) -> Option<Finding> {
    let (file, manifest) = place;
    let is_held = project.packages().any(|(_, package, _)| {
        package.name == wish.name
            && (package.integrity.is_some() || package.source != PackageSource::Registry && !is_mutable(&package.source))
    });
    let hold = if is_held { "; only the lockfile holds it" } else { "; anyone who controls it controls the build" };
    let message = format!("{} is {}{hold}", wish.name, origin(&wish.source)?);
    let touch = aim.touch_of_wish(place, wish);
    let builder = told(aim.at(file, wish.span).subject(wish.name.clone()), &message, touch.as_ref());
    let reason = match (is_held, wish.purpose.is_development(), manifest.is_library) {
        (true, ..) => Some(HELD),
        (_, true, _) => Some("a development dependency"),
        (.., true) => Some(OF_LIBRARY),
        _ => None,
    };
    Some(aim.lesser(builder, reason).build())
}

/// What a source gives can be another thing tomorrow.
fn is_mutable(source: &PackageSource) -> bool {
    match source {
        PackageSource::Git { reference, .. } => !is_commit(reference.as_deref()),
        PackageSource::Url(_) => true,
        PackageSource::Registry | PackageSource::Path(_) => false,
    }
}

/// A manifest asks with ranges: one finding for each manifest. A lockfile makes it the lesser case.
pub(super) fn floating_range(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (file, manifest) in &project.manifests {
            let floats = |wish: &&Requirement| {
                let counts =
                    !wish.purpose.is_development() && wish.purpose != Purpose::Peer && wish.source == PackageSource::Registry;
                counts && !is_exact(manifest.ecosystem, &wish.range) && aim.names(manifest.ecosystem, &wish.name)
            };
            let shared = manifest.shared.iter();
            let wishes: Vec<_> = manifest
                .requirements
                .iter()
                .chain(shared)
                .filter(floats)
                .filter(|wish| !wish.range.is_empty() || is_bare(manifest))
                .collect();
            let Some(first) = wishes.first() else { continue };
            let names: Vec<String> =
                wishes.iter().map(|wish| format!("{} {}", wish.name, wish.range).trim_end().to_owned()).collect();
            let message =
                format!("floating: {}{}", list(&names), if project.lock.is_some() { "; the lockfile holds them" } else { "" });
            let related = wishes.iter().skip(1).map(|wish| (file.id, wish.span, format!("{} {}", wish.name, wish.range)));
            let touch = wishes.iter().find_map(|wish| Some(aim.touch_of_wish((file, manifest), wish)?.naming(&wish.name)));
            let builder = told(aim.at(file, first.span).related(related.collect()), &message, touch.as_ref());
            let reason = project.lock.map(|_| HELD).or_else(|| manifest.is_library.then_some(OF_LIBRARY));
            findings.push(aim.lesser(builder, reason).build());
        }
    }
    findings
}

/// A name without a range is a wish for anything (`requirements.txt`); elsewhere the range stands in another file.
fn is_bare(manifest: &Manifest) -> bool {
    ["PyPI", "CocoaPods"].contains(&manifest.ecosystem)
}

/// Scripts run on install: those of packages that a lockfile names, and those of the tree's own manifests that fetch or change code.
pub(super) fn install_script(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        let allowed: Vec<&str> = project
            .manifests
            .iter()
            .filter_map(|(_, manifest)| manifest.allowed_scripts.as_ref())
            .flatten()
            .map(String::as_str)
            .collect();
        let is_controlled =
            project.manifests.iter().any(|(_, manifest)| manifest.allowed_scripts.is_some()) || scripts_are_off(scene, project);
        if let Some((file, _)) = project.lock {
            let runs = aim
                .packages(project)
                .into_iter()
                .filter(|(_, package, _)| package.has_install_script && !allowed.contains(&&*package.name));
            let running: Vec<_> = runs.collect();
            if let Some((_, first, _)) = running.first().filter(|_| !is_controlled) {
                let names: Vec<String> = running.iter().map(|(_, package, _)| package.name.clone()).collect();
                let message = format!("scripts run on install for {}", list(&names));
                let related = running.iter().skip(1).map(|(_, package, _)| (file.id, package.span, package.name.clone()));
                let touch = running.iter().find_map(|&(index, package, node)| {
                    aim.touch(project, index, node).filter(|touch| touch.is_direct).map(|touch| touch.naming(&package.name))
                });
                let builder = told(aim.at(file, first.span).related(related.collect()), &message, touch.as_ref());
                findings.push(builder.build());
            }
        }
        for (file, manifest) in &project.manifests {
            let telling = |command: &str| aim.matcher.command.as_ref().is_some_and(|pattern| pattern.is_match(command));
            for script in manifest.install_scripts.iter().filter(|script| telling(&script.command)) {
                let message = format!("`{}` of the manifest itself fetches or changes code", script.name);
                findings.push(aim.at(file, script.span).message(message).build());
            }
        }
    }
    findings
}

/// Whether a setting beside or above the lockfile keeps install scripts from running.
fn scripts_are_off(scene: &Scene<'_>, project: &Project<'_>) -> bool {
    const SETTINGS: &[(&str, &str)] = &[
        (".npmrc", "ignore-scripts=true"),
        (".yarnrc", "ignore-scripts true"),
        (".yarnrc.yml", "enableScripts: false"),
        ("pnpm-workspace.yaml", "onlyBuiltDependencies:"),
    ];
    let Some((lock, _)) = project.lock else { return false };
    let applies = |file: &&SourceFile| file.folder().is_empty() || file.folder() == lock.folder();
    let says = |file: &SourceFile| {
        let text = || file.text.replace(" = ", "=");
        SETTINGS.iter().any(|(name, setting)| {
            file.name() == *name && text().lines().any(|line| line.trim().trim_start_matches('-').starts_with(setting))
        })
    };
    scene.context.workspace.files.iter().filter(applies).any(says)
}
