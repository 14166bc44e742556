use super::advised::{Known, facts, once, worst_first};
use super::{Aim, Scene};
use crate::advisory::banner::Banner;
use crate::advisory::{Advisory, AdvisoryKind, remedy};
use crate::finding::Finding;
use crate::lockfile::graph::Node;
use crate::source::SourceFile;

/// A library was copied into the tree. With a version in its banner it is looked up like a package; without one nobody can tell which
/// flaws it has.
pub(super) fn vendored(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let file = |id| scene.context.workspace.file(id);
    once(scene.copies().iter().filter_map(|(id, banner)| finding(scene, aim, file(*id), banner)).collect())
}

fn finding(scene: &Scene<'_>, aim: &Aim<'_>, file: &SourceFile, banner: &Banner) -> Option<Finding> {
    if !aim.names(banner.ecosystem, banner.package) {
        return None;
    }
    let Some(version) = &banner.version else {
        if is_own(scene, banner) {
            return None;
        }
        let message = format!("a copy of {} that does not say its version", banner.package);
        return aim
            .matcher
            .advice
            .is_empty()
            .then(|| aim.at(file, banner.span).subject(banner.package.to_owned()).message(message).build());
    };
    let standing = Known::of(scene, aim, banner.ecosystem, banner.package, version);
    let node = Node { is_direct: true, ..Node::default() };
    let judged = worst_first(standing.told(), node, &|advisory| aim.use_of_copy(advisory));
    let known: Vec<Advisory> = judged.iter().map(|judged| judged.advisory.clone()).collect();
    let worst = known.first()?;
    let fixed = remedy(banner.ecosystem, version, &known).map_or(String::new(), |remedy| format!("; {}", remedy.told()));
    let ids: Vec<String> = known
        .iter()
        .filter(|advisory| advisory.kind != AdvisoryKind::Unmaintained)
        .filter_map(|advisory| advisory.id().map(ToOwned::to_owned))
        .collect();
    let message = format!(
        "a copy of {} {version} with {} ({}): {}{fixed}",
        banner.package,
        if known.len() == 1 { "a known vulnerability".to_owned() } else { format!("{} known vulnerabilities", known.len()) },
        super::list(&ids),
        worst.summary.trim_end_matches('.')
    );
    let facts = facts((banner.ecosystem, banner.package, version), node, &judged);
    let builder = aim.at(file, banner.span).subject(format!("{} {version}", banner.package)).message(message).package(facts);
    Some(standing.settled(aim.rated(builder, &judged, node)).build())
}

/// Whether the tree is the library's own, with a manifest that says which version it is.
fn is_own(scene: &Scene<'_>, banner: &Banner) -> bool {
    let mut manifests = scene.projects.iter().flat_map(|project| &project.manifests);
    manifests.any(|(_, manifest)| manifest.name.as_deref() == Some(banner.package))
}
