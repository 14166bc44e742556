//! What a tree says of packages, and what is known and said of them.

use std::sync::Arc;

use super::ScanOptions;
use crate::advisory::Advisories;
use crate::advisory::inventory::Component;
use crate::advisory::vex::Answers;
use crate::audit::Artifact;
use crate::lockfile::Dependencies;
use crate::program::LocalPackage;
use crate::source::{Notice, NoticeKind, SourceFile};
use crate::target::Workspace;

/// What the makers of a tree say to advisories on its packages.
pub(super) fn answers<'o>(options: &'o ScanOptions, artifacts: &[Arc<Artifact>]) -> Answers<'o> {
    let found = || artifacts.iter().filter_map(|artifact| artifact.dependencies.as_ref());
    let own = found().filter_map(|found| found.manifest.as_ref()).filter_map(|own| Some((own.ecosystem, own.name.as_deref()?)));
    let packages = found().flat_map(Dependencies::named).map(|named| (named.ecosystem, named.name));
    options.vex.about(own, packages, options.as_of)
}

/// Remarks about answers to what nobody asked, of the locked packages and of those that manifests name.
pub(super) fn idle_answers(
    options: &ScanOptions,
    answers: &Answers<'_>,
    inventory: &[Component],
    artifacts: &[Arc<Artifact>],
) -> Vec<Notice> {
    if answers.is_empty() {
        return Vec::new();
    }
    let named = artifacts.iter().filter_map(|artifact| artifact.dependencies.as_ref()).flat_map(Dependencies::named);
    let asked: Vec<_> = named
        .filter_map(|named| Some((named, named.written_version()?)))
        .flat_map(|(named, version)| {
            let known = options.advisories.affecting(named.ecosystem, named.name, version, options.as_of);
            known.into_iter().map(move |advisory| (advisory, version))
        })
        .collect();
    let locked = inventory.iter().flat_map(|part| part.known.iter().map(|known| (&known.advisory, &*part.version)));
    answers.idle(locked.chain(asked.iter().map(|(advisory, version)| (advisory, *version))))
}

/// Where knowledge about packages was lacking: ecosystems that no advisories are there of, and tables that could not be read.
pub(super) fn unknown(advisories: &Advisories, inventory: &[Component]) -> Vec<Notice> {
    let knowledge = advisories.knowledge();
    let is_known = |ecosystem: &str| knowledge.iter().flat_map(|table| &table.ecosystems).any(|(name, _)| name == ecosystem);
    let foreign = inventory.chunk_by(|a, b| a.ecosystem == b.ecosystem).filter(|packages| !is_known(packages[0].ecosystem));
    let foreign = foreign.map(|packages| {
        let unchecked = if packages.len() == 1 { "1 package was".to_owned() } else { format!("{} packages were", packages.len()) };
        let message = format!("no advisories for {} are available: {unchecked} not checked", packages[0].ecosystem);
        Notice::general(NoticeKind::Unsupported, message)
    });
    let broken = advisories.problems().into_iter().map(|problem| Notice::general(NoticeKind::Unreadable, problem));
    foreign.chain(broken).collect()
}

/// The packages of the tree itself, which import each other by name.
pub(super) fn local_packages(workspace: &Workspace, artifacts: &[Arc<Artifact>]) -> Vec<LocalPackage> {
    let package = |(file, artifact): (&SourceFile, &Arc<Artifact>)| {
        let manifest = artifact.dependencies.as_ref()?.manifest.as_ref()?;
        Some(LocalPackage { name: manifest.name.clone()?, folder: file.folder().to_owned() })
    };
    workspace.files.iter().zip(artifacts).filter_map(package).collect()
}
