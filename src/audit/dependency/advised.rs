use super::usage::{raised, told};
use super::{Aim, Scene, arrival, list, written_version};
use crate::advisory::vex::Statement;
use crate::advisory::{self, Advisory, AdvisoryKind, lookalike, version};
use crate::finding::{Finding, FindingBuilder};
use crate::lockfile::graph::{Node, Project};
use crate::lockfile::{Manifest, Package, PackageSource, Requirement};
use crate::rule::{Confidence, Severity};
use crate::source::SourceFile;

/// A package is there.
pub(super) fn present(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let Some((file, _)) = project.lock else { continue };
            let message = format!("{} {} is in the tree{}", package.name, package.version, arrival(project, index));
            findings.push(aim.about(file, project, (index, package, node)).message(message).build());
        }
        for (file, manifest, wish) in aim.wishes(project) {
            let has = |range: &str| {
                written_version(&wish.range).is_some_and(|written| version::matches(manifest.ecosystem, range, written))
            };
            if aim.matcher.version.as_deref().is_none_or(has) {
                let message = format!("{} {} is asked for", wish.name, wish.range);
                findings.push(aim.at(file, wish.span).subject(wish.name.clone()).message(message).build());
            }
        }
    }
    findings
}

/// Something is known about the version: one finding for each package and version, whatever the number of advisories.
pub(super) fn advised(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let known = Known::of(scene, aim, package.ecosystem, &package.name, &package.version);
            if let (false, Some((file, _))) = (known.is_empty() || package.source != PackageSource::Registry, project.lock) {
                findings.push(locked(aim, project, (file, index, package, node), &known));
            }
        }
        findings.extend(
            aim.wishes(project).into_iter().filter_map(|(file, manifest, wish)| unlocked(scene, aim, (file, manifest, wish))),
        );
    }
    findings
}

/// What was public about a version, of the sorts that a rule asks for.
pub(super) struct Known<'a> {
    /// The worst first.
    pub(super) standing: Vec<Advisory>,
    /// What the makers of the tree have set aside.
    answered: Vec<(Advisory, &'a Statement)>,
}

impl<'a> Known<'a> {
    pub(super) fn of(scene: &Scene<'a>, aim: &Aim<'_>, ecosystem: &str, name: &str, version: &str) -> Self {
        let mut known = Self { standing: Vec::new(), answered: Vec::new() };
        for advisory in scene.context.advisories.affecting(ecosystem, name, version, scene.context.as_of) {
            let answer = scene.context.answers.on(&advisory, version).filter(|answer| answer.status.settles());
            match answer {
                _ if !aim.matcher.advice.iter().any(|sort| sort == advisory.kind.name()) => {}
                Some(answer) => known.answered.push((advisory, answer)),
                None => known.standing.push(advisory),
            }
        }
        known
    }

    pub(super) fn is_empty(&self) -> bool {
        self.standing.is_empty() && self.answered.is_empty()
    }

    /// What there is to tell: what stands, or if everything was answered, that.
    pub(super) fn told(&self) -> Vec<Advisory> {
        if self.standing.is_empty() {
            return self.answered.iter().map(|(advisory, _)| advisory.clone()).collect();
        }
        self.standing.clone()
    }

    /// `; 2 more are answered`: beside those that stand.
    fn remark(&self) -> String {
        match (self.standing.len(), self.answered.len()) {
            (0, _) | (_, 0) => String::new(),
            (_, count) => format!("; {count} more answered by VEX"),
        }
    }

    /// The finding, set aside if nothing stands.
    pub(super) fn settled<'b>(&self, builder: FindingBuilder<'b>) -> FindingBuilder<'b> {
        let reasons: Vec<String> = self.answered.iter().map(|(_, answer)| answer.reason()).collect();
        if self.standing.is_empty() { builder.excused(reasons.join("; ")) } else { builder }
    }
}

fn locked(aim: &Aim<'_>, project: &Project<'_>, place: (&SourceFile, usize, &Package, Node), known: &Known<'_>) -> Finding {
    let (file, index, package, node) = place;
    let advisories = known.told();
    let told_of = format!("{} {} {}", package.name, package.version, said(&advisories));
    let message = format!("{told_of}{}{}{}", remedy(package, &advisories), known.remark(), arrival(project, index));
    let touch = aim.touch(project, index, node);
    let severity = aim.bounded(raised(touch.as_ref(), worst(&advisories)), node);
    known.settled(told(aim.about(file, project, (index, package, node)), &message, touch.as_ref()).severity(severity)).build()
}

/// A wish without a lockfile: the version that it is written with counts if no fix lies in its range.
fn unlocked(scene: &Scene<'_>, aim: &Aim<'_>, place: (&SourceFile, &Manifest, &Requirement)) -> Option<Finding> {
    let (file, manifest, wish) = place;
    let (ecosystem, version) = (manifest.ecosystem, written_version(&wish.range)?);
    let admits = |fixed: &String| version::satisfies(ecosystem, &wish.range, fixed) == Some(true);
    let mut known = Known::of(scene, aim, ecosystem, &wish.name, version);
    known.standing.retain(|advisory| !advisory.fixed.iter().any(admits));
    known.answered.retain(|(advisory, _)| !advisory.fixed.iter().any(admits));
    if known.is_empty() || wish.source != PackageSource::Registry {
        return None;
    }
    let advisories = known.told();
    let node = Node { is_direct: true, is_development: wish.purpose.is_development(), parent: None };
    let message = format!("{} {} admits {version}, which {}{}", wish.name, wish.range, said(&advisories), known.remark());
    let builder = aim.at(file, wish.span).subject(format!("{} {version}", wish.name)).confidence(Confidence::Medium);
    let touch = aim.touch_of_wish((file, manifest), wish);
    let severity = aim.bounded(raised(touch.as_ref(), worst(&advisories)), node);
    Some(known.settled(told(builder, &message, touch.as_ref()).severity(severity)).build())
}

fn worst(advisories: &[Advisory]) -> Severity {
    advisories.iter().map(|advisory| advisory.severity).max().unwrap_or(Severity::Info)
}

/// What the advisories say, the worst one's sentence in full.
fn said(advisories: &[Advisory]) -> String {
    let Some(first) = advisories.first() else { return String::new() };
    let ids: Vec<String> = advisories.iter().filter_map(Advisory::id).map(ToOwned::to_owned).collect();
    let ids = if ids.is_empty() { String::new() } else { format!(" ({})", list(&ids)) };
    let verdict = match (first.kind, advisories.len()) {
        (AdvisoryKind::Malicious, _) => "was published to do harm".to_owned(),
        (AdvisoryKind::Unmaintained, _) => "is no longer maintained".to_owned(),
        (AdvisoryKind::Risky | AdvisoryKind::WeakDefault | AdvisoryKind::Notice, _) => {
            "is not what keys should be trusted to".to_owned()
        }
        (_, 1) => "has a known flaw".to_owned(),
        (_, count) => format!("has {count} known flaws"),
    };
    format!("{verdict}{ids}: {}", first.summary.trim_end_matches('.'))
}

fn remedy(package: &Package, advisories: &[Advisory]) -> String {
    let is_flaw = advisories.iter().any(|advisory| matches!(advisory.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound));
    if let Some(fix) = advisory::fix(package.ecosystem, &package.version, advisories) {
        return format!("; fixed in {fix}");
    }
    // What nobody has mended may not hide that the rest is.
    let mended: Vec<Advisory> = advisories.iter().filter(|advisory| !advisory.fixed.is_empty()).cloned().collect();
    match advisory::fix(package.ecosystem, &package.version, &mended) {
        Some(fix) => format!("; all but {} fixed in {fix}", advisories.len() - mended.len()),
        None if is_flaw => "; no fixed version is known".to_owned(),
        None => String::new(),
    }
}

/// Its name imitates that of a well-known package.
pub(super) fn lookalike(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let is_fetched = !matches!(package.source, PackageSource::Path(_));
            let found = lookalike::find(package.ecosystem, &package.name).filter(|_| is_fetched);
            if let (Some(found), Some((file, _))) = (found, project.lock) {
                let message = format!("{} {}{}", package.name, imitation(&found), arrival(project, index));
                let touch = aim.touch(project, index, node);
                findings.push(told(aim.about(file, project, (index, package, node)), &message, touch.as_ref()).build());
            }
        }
        for (file, manifest, wish) in aim.wishes(project) {
            let is_fetched = !matches!(wish.source, PackageSource::Path(_));
            if let Some(found) = lookalike::find(manifest.ecosystem, &wish.name).filter(|_| is_fetched) {
                let message = format!("{} {}", wish.name, imitation(&found));
                findings.push(aim.at(file, wish.span).subject(wish.name.clone()).message(message).build());
            }
        }
    }
    findings
}

fn imitation(found: &lookalike::Lookalike) -> String {
    format!("looks like the well-known {} ({})", found.target, found.trick.name())
}
