use std::collections::{BTreeMap, BTreeSet};

use super::{Aim, Scene, counted, is_commit, is_exact, list};
use crate::advisory::version;
use crate::finding::{Finding, FindingBuilder};
use crate::lockfile::graph::Project;
use crate::lockfile::{Lockfile, Manifest, PackageSource, Purpose, Requirement};
use crate::rule::Severity;
use crate::source::SourceFile;

/// The files that fix packages, by ecosystem. Ecosystems whose manifests fix them are absent.
const LOCKFILE_NAMES: &[(&str, &[&str])] = &[
    ("npm", &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"]),
    ("crates.io", &["Cargo.lock"]),
    ("PyPI", &["poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock", "requirements.txt"]),
    ("Pub", &["pubspec.lock"]),
    ("CocoaPods", &["Podfile.lock"]),
];

/// A list of pip of which at least this share is exact was written down from what is installed, and a few lines were put in by hand.
const FROZEN: (usize, usize) = (3, 4);

/// A manifest of an application has no lockfile. A library's lockfile binds nobody, and one further up may be meant: lesser cases.
pub(super) fn unlocked(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let open: Vec<_> =
        scene.projects.iter().filter(|project| project.lock.is_none()).flat_map(|project| &project.manifests).collect();
    let mut findings = Vec::new();
    for (file, manifest) in &open {
        let names = LOCKFILE_NAMES
            .iter()
            .find(|(ecosystem, _)| *ecosystem == manifest.ecosystem && aim.matcher.takes(ecosystem))
            .map(|(_, names)| names);
        let fetched = manifest.requirements.iter().filter(|wish| ships(wish)).count();
        let Some(names) = names.filter(|_| fetched > 0 && !is_member_of(&open, file, manifest)) else { continue };
        let ignored = lockfile_at(scene.context.workspace.ignored.iter().map(|path| &**path), file, names);
        let unread = lockfile_at(scene.context.workspace.files.iter().map(|file| &*file.path), file, names);
        let (is_above, is_beside) =
            (unread.is_some_and(|folder| folder != file.folder()), unread.is_some_and(|folder| folder == file.folder()));
        if is_beside {
            continue;
        }
        let state = if ignored.is_some() { "its lockfile is ignored by git" } else { "no lockfile is committed" };
        let message = format!(
            "{state}: each build takes whatever versions of {} and of their dependencies there are that day",
            counted(fetched)
        );
        let builder = aim.at(file, manifest.span).message(message);
        findings.extend(missing(scene, aim, (file, manifest), is_above, builder));
    }
    findings
}

/// Weighs a manifest without a lockfile.
fn missing(
    scene: &Scene<'_>,
    aim: &Aim<'_>,
    place: (&SourceFile, &Manifest),
    is_above: bool,
    builder: FindingBuilder<'_>,
) -> Option<Finding> {
    let (file, manifest) = place;
    if manifest.ecosystem == "PyPI" && is_held_elsewhere(scene, manifest) {
        return None;
    }
    let wishes = || manifest.requirements.iter().filter(|wish| ships(wish));
    let is_held = |wish: &Requirement| match &wish.source {
        PackageSource::Git { reference, .. } => is_commit(reference.as_deref()),
        _ => is_exact(manifest.ecosystem, &wish.range),
    };
    let lesser = aim.severity(true);
    let reason = if is_library(scene, file, manifest) {
        return Some(builder.severity_because(Severity::Info, "users of a library pin its versions").build());
    } else if is_above {
        "a parent folder has a lockfile"
    } else if wishes().all(is_held) {
        "its direct dependencies are exact versions"
    } else if manifest.ecosystem == "PyPI"
        && wishes().filter(|wish| is_held(wish)).count() * FROZEN.1 >= wishes().count() * FROZEN.0
    {
        "most of what it lists has an exact version, as pip writes down what is installed"
    } else if is_aside(scene, file, manifest) {
        "another part of the project is built with a lockfile"
    } else {
        return Some(builder.build());
    };
    Some(builder.severity_because(lesser, reason).build())
}

/// Whether some lockfile of the tree fixes everything that a manifest asks for: pip's lists stand wherever their makers put them.
fn is_held_elsewhere(scene: &Scene<'_>, manifest: &Manifest) -> bool {
    let name = |name: &str| version::normal_name(manifest.ecosystem, name).into_owned();
    let fixes = |lockfile: &Lockfile| {
        let known: BTreeSet<String> = lockfile.packages.iter().map(|package| name(&package.name)).collect();
        manifest.requirements.iter().filter(|wish| ships(wish)).all(|wish| known.contains(&name(&wish.name)))
    };
    let locks = scene.projects.iter().filter_map(|project| project.lock);
    locks.into_iter().any(|(_, lockfile)| lockfile.ecosystem == manifest.ecosystem && fixes(lockfile))
}

/// Whether a manifest is a side one: not at the root, and another part of the tree, no deeper, has a lockfile.
fn is_aside(scene: &Scene<'_>, file: &SourceFile, manifest: &Manifest) -> bool {
    let depth = |file: &SourceFile| file.path.matches('/').count();
    let is_main = |(lock, lockfile): (&SourceFile, &Lockfile)| {
        lockfile.ecosystem == manifest.ecosystem && !lockfile.is_checksum_list && depth(lock) <= depth(file)
    };
    let locks = scene.projects.iter().filter(|project| project.unread.is_none()).filter_map(|project| project.lock);
    !file.folder().is_empty() && locks.into_iter().any(is_main)
}

fn ships(wish: &Requirement) -> bool {
    !wish.purpose.is_development() && wish.purpose != Purpose::Peer && !matches!(wish.source, PackageSource::Path(_))
}

/// Whether a manifest above lists this one as a member: then it is spoken of there.
fn is_member_of(open: &[&(&SourceFile, &Manifest)], file: &SourceFile, manifest: &Manifest) -> bool {
    open.iter().any(|(above, root)| {
        let below =
            file.folder().strip_prefix(above.folder()).map(|rest| rest.trim_start_matches('/')).filter(|rest| !rest.is_empty());
        root.ecosystem == manifest.ecosystem
            && below.is_some_and(|below| {
                root.members
                    .iter()
                    .any(|member| fast_glob::glob_match(member.trim_start_matches("./").trim_end_matches('/'), below))
            })
    })
}

/// The folder of a lockfile beside or above a manifest.
fn lockfile_at<'p>(mut paths: impl Iterator<Item = &'p str>, file: &SourceFile, names: &[&str]) -> Option<&'p str> {
    paths.find_map(|path| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let holds = folder.is_empty() || file.folder() == folder || file.folder().starts_with(&format!("{folder}/"));
        (names.contains(&name) && holds && *path != *file.path).then_some(folder)
    })
}

/// A Rust package without a program is a library though its manifest does not say so.
fn is_library(scene: &Scene<'_>, file: &SourceFile, manifest: &Manifest) -> bool {
    let has = |name: &str| {
        let path = if file.folder().is_empty() { name.to_owned() } else { format!("{}/{name}", file.folder()) };
        scene.context.workspace.files.iter().any(|file| *file.path == *path)
    };
    manifest.is_library || manifest.ecosystem == "crates.io" && has("src/lib.rs") && !has("src/main.rs")
}

/// A manifest and its lockfile disagree, or lockfiles of several tools stand in one folder.
pub(super) fn drift(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = rivals(scene, aim);
    findings.extend(scene.projects.iter().filter_map(|project| unread(aim, project)));
    let own = own_packages(scene);
    for project in &scene.projects {
        let Some((_, lockfile)) = project.lock.filter(|(_, lockfile)| is_strict(lockfile) && aim.matcher.takes(lockfile.ecosystem))
        else {
            continue;
        };
        for (file, manifest) in &project.manifests {
            let odd: Vec<_> = manifest
                .requirements
                .iter()
                .filter(|wish| !own.contains(&(manifest.ecosystem, &*wish.name)))
                .filter_map(|wish| Some((wish, at_odds(project, lockfile, (file, manifest), wish)?)))
                .collect();
            let Some((first, _)) = odd.first() else { continue };
            let texts: Vec<String> = odd.iter().map(|(_, text)| text.clone()).collect();
            let related = odd.iter().skip(1).map(|(wish, text)| (file.id, wish.span, text.clone())).collect();
            let message = format!("manifest and lockfile disagree: {}", list(&texts));
            findings.push(aim.at(file, first.span).message(message).related(related).build());
        }
    }
    findings
}

/// The packages that the tree itself makes: they are linked, and most lockfiles do not list them.
fn own_packages<'s>(scene: &Scene<'s>) -> BTreeSet<(&'static str, &'s str)> {
    let manifests = scene.projects.iter().flat_map(|project| &project.manifests);
    manifests.filter_map(|(_, manifest)| Some((manifest.ecosystem, manifest.name.as_deref()?))).collect()
}

/// Whether a lockfile fixes what it is asked for: a list of checksums only allows it.
fn is_strict(lockfile: &Lockfile) -> bool {
    !lockfile.packages.is_empty() && !lockfile.is_checksum_list
}

fn at_odds(project: &Project<'_>, lockfile: &Lockfile, place: (&SourceFile, &Manifest), wish: &Requirement) -> Option<String> {
    let overridden = project
        .manifests
        .iter()
        .flat_map(|(_, manifest)| &manifest.overrides)
        .any(|forced| forced.name == wish.name || forced.alias.as_ref() == Some(&wish.name));
    let counts = wish.source == PackageSource::Registry && !wish.range.is_empty() && !overridden;
    if !counts || [Purpose::Peer, Purpose::Optional].contains(&wish.purpose) {
        return None;
    }
    let manifest = project.manifests.iter().find(|(file, _)| file.id == place.0.id)?;
    let wish = manifest.1.requirements.iter().find(|known| *known == wish)?;
    match project.locked(*manifest, wish) {
        None => Some(format!("{} {} is not locked", wish.name, wish.range)),
        Some(package) if package.source != PackageSource::Registry => None,
        Some(package) => {
            let is_outside = version::satisfies(lockfile.ecosystem, &wish.range, &package.version) == Some(false);
            is_outside.then(|| format!("{} {} is locked at {}", wish.name, wish.range, package.version))
        }
    }
}

/// A lockfile that no tool reads: its packages are judged by none of the rules, and that is told.
fn unread(aim: &Aim<'_>, project: &Project<'_>) -> Option<Finding> {
    let (file, lockfile) = project.lock.filter(|(_, lockfile)| aim.matcher.takes(lockfile.ecosystem))?;
    let reason = project.unread.as_ref()?;
    let packages = lockfile.packages.len();
    let message = format!(
        "{} is not read: {reason}; its {} {} not judged",
        file.name(),
        counted(packages),
        if packages == 1 { "is" } else { "are" }
    );
    Some(aim.lesser(aim.at(file, crate::source::Span::default()).message(message), "no tool reads this lockfile").build())
}

fn rivals(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut folders: BTreeMap<(&str, &str), Vec<(&SourceFile, &Lockfile)>> = BTreeMap::new();
    for (file, lockfile) in scene
        .projects
        .iter()
        .filter_map(|project| project.lock)
        .filter(|(_, lockfile)| aim.matcher.takes(lockfile.ecosystem) && is_strict(lockfile))
    {
        folders.entry((file.folder(), lockfile.ecosystem)).or_default().push((file, lockfile));
    }
    let mut findings = Vec::new();
    for locks in folders.values() {
        let formats: BTreeSet<&str> = locks.iter().map(|(_, lockfile)| lockfile.format).collect();
        if let (true, Some((first, _))) = (formats.len() > 1, locks.first()) {
            let names: Vec<String> = locks.iter().map(|(file, _)| file.name().to_owned()).collect();
            findings.push(
                aim.at(first, crate::source::Span::default()).message(format!("lockfiles compete: {}", list(&names))).build(),
            );
        }
    }
    findings
}

/// A lockfile names one package and gives the address of another, or of another version.
pub(super) fn misleading_address(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        let Some((file, _)) = project.lock else { continue };
        for (index, package, node) in aim.packages(project) {
            let Some((name, archive)) = package.resolved.as_deref().and_then(registry_address) else { continue };
            let base = package.name.rsplit('/').next().unwrap_or(&package.name);
            let version = package.version.split('+').next().unwrap_or(&package.version);
            if name != package.name && !name.is_empty() || plain(&archive) != plain(&format!("{base}-{version}.tgz")) {
                let message = format!("{} {} leads to {name}/-/{archive}", package.name, package.version);
                findings.push(aim.about(file, project, (index, package, node)).message(message).build());
            }
        }
    }
    findings
}

/// A version without the zeros with which old registries filled its numbers: `3001.0001.0000` is `3001.1.0`.
fn plain(archive: &str) -> String {
    let number = |part: &str| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let short = part.trim_start_matches('0');
        if digits && part.len() > 1 { if short.is_empty() { "0" } else { short }.to_owned() } else { part.to_owned() }
    };
    let parts = archive.split('.').map(|part| part.split('-').map(number).collect::<Vec<_>>().join("-"));
    parts.collect::<Vec<_>>().join(".")
}

/// Name and archive of `https://host/@scope/name/-/name-1.0.0.tgz`.
fn registry_address(url: &str) -> Option<(String, String)> {
    let url = url.split(['#', '?']).next()?.replace("%2f", "/").replace("%2F", "/");
    let (before, archive) = url.split_once("/-/")?;
    let mut segments = before.rsplit('/');
    let base = segments.next()?;
    let scope = segments.next().filter(|segment| segment.starts_with('@'));
    let name = scope.map_or_else(|| base.to_owned(), |scope| format!("{scope}/{base}"));
    let archive = archive.rsplit('/').next().unwrap_or(archive);
    archive.ends_with(".tgz").then(|| (name, archive.to_owned()))
}
