use super::advised::Known;
use super::{Aim, Scene};
use crate::advisory::banner::{self, Banner};
use crate::advisory::{AdvisoryKind, fix};
use crate::finding::Finding;
use crate::rule::Severity;
use crate::source::SourceFile;

/// A library was copied into the tree. With a version in its banner it is looked up like a package; without one nobody can tell which
/// flaws it has.
pub(super) fn vendored(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let files = scene.context.workspace.files.iter();
    files.filter_map(|file| finding(scene, aim, file, &banner::find(&file.path, &file.text)?)).collect()
}

fn finding(scene: &Scene<'_>, aim: &Aim<'_>, file: &SourceFile, banner: &Banner) -> Option<Finding> {
    if !aim.names(banner.ecosystem, banner.package) {
        return None;
    }
    let Some(version) = &banner.version else {
        let message = format!("a copy of {} that does not say its version", banner.package);
        return aim
            .matcher
            .advice
            .is_empty()
            .then(|| aim.at(file, banner.span).subject(banner.package.to_owned()).message(message).build());
    };
    let judged = Known::of(scene, aim, banner.ecosystem, banner.package, version);
    let known = judged.told();
    let worst = known.first()?;
    let fixed = fix(banner.ecosystem, version, &known).map_or(String::new(), |fix| format!("; fixed in {fix}"));
    let ids: Vec<String> = known
        .iter()
        .filter(|advisory| advisory.kind != AdvisoryKind::Unmaintained)
        .filter_map(|advisory| advisory.id().map(ToOwned::to_owned))
        .collect();
    let message = format!(
        "a copy of {} {version} with {} known flaws ({}): {}{fixed}",
        banner.package,
        known.len(),
        super::list(&ids),
        worst.summary.trim_end_matches('.')
    );
    let severity = aim.matcher.at_most.map_or(worst.severity, |most: Severity| worst.severity.min(most));
    let builder = aim.at(file, banner.span).subject(format!("{} {version}", banner.package)).message(message);
    Some(judged.settled(builder.severity(severity)).build())
}
