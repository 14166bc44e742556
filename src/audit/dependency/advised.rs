use std::cmp::Reverse;

use super::earned::{Judged, judged};
use super::usage::{Use, told};
use super::{Aim, Scene, arrival, list, ships, written_version};
use crate::advisory::vex::Statement;
use crate::advisory::{self, Advisory, AdvisoryKind, purl, version};
use crate::finding::{AdvisedPackage, AdvisoryFact, Exposure, Finding, FindingBuilder};
use crate::lockfile::graph::{Node, Project};
use crate::lockfile::{Manifest, Package, PackageSource, Requirement};
use crate::rule::Confidence;
use crate::source::SourceFile;

/// A package is there.
pub(super) fn present(scene: &Scene<'_>, aim: &Aim<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for project in &scene.projects {
        for (index, package, node) in aim.packages(project) {
            let Some((file, _)) = project.lock else { continue };
            let message = format!("{} {} is in use{}", package.name, package.version, arrival(project, index));
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

/// Something is known about the version: one finding for each package and version of the tree, whatever the number of advisories
/// and of lockfiles.
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
    once(findings)
}

/// One finding for each subject: the gravest, with the places of the others.
pub(super) fn once(mut findings: Vec<Finding>) -> Vec<Finding> {
    let key = |finding: &Finding| (finding.subject.clone(), finding.excuse.is_some());
    findings.sort_by(|a, b| {
        let rank = |finding: &Finding| (Reverse(finding.severity), finding.exposure, finding.place.path.matches('/').count());
        key(a).cmp(&key(b)).then_with(|| rank(a).cmp(&rank(b))).then_with(|| a.place.cmp(&b.place))
    });
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        match kept.last_mut().filter(|first| key(first) == key(&finding)) {
            Some(first) => first.take_in(&finding, "here too"),
            None => kept.push(finding),
        }
    }
    kept
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
    let alias = package.alias.as_ref().unwrap_or(&package.name);
    let is_importable = project.is_importable(index);
    let usage = |advisory: &Advisory| aim.use_of(file.folder(), alias, is_importable, advisory);
    let judged = worst_first(known.told(), node, &usage);
    let advisories: Vec<Advisory> = judged.iter().map(|judged| judged.advisory.clone()).collect();
    let told_of = format!("{} {} {}", package.name, package.version, said(&advisories));
    let message = format!("{told_of}{}{}{}", remedy(package, &advisories), known.remark(), arrival(project, index));
    let touch = aim.touch(project, index, node).filter(|_| is_grave(&judged));
    let builder = told(aim.about(file, project, (index, package, node)), &message, touch.as_ref());
    let facts = facts((package.ecosystem, &package.name, &package.version), node, &judged);
    known.settled(aim.rated(builder.package(facts), &judged, node)).build()
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
    let node = Node { is_direct: true, is_development: !ships(ecosystem, wish), ..Node::default() };
    let alias = wish.alias.as_ref().unwrap_or(&wish.name);
    let usage = |advisory: &Advisory| aim.use_of(file.folder(), alias, true, advisory);
    let judged = worst_first(known.told(), node, &usage);
    let advisories: Vec<Advisory> = judged.iter().map(|judged| judged.advisory.clone()).collect();
    let message = format!("{} {} allows {version}, which {}{}", wish.name, wish.range, said(&advisories), known.remark());
    let builder = aim.at(file, wish.span).subject(format!("{} {version}", wish.name)).confidence(Confidence::Medium);
    let builder = if node.is_development { builder.exposure(Exposure::Build) } else { builder };
    let touch = aim.touch_of_wish((file, manifest), wish).filter(|_| is_grave(&judged));
    let facts = facts((ecosystem, &wish.name, version), node, &judged);
    let builder = told(builder.package(facts), &message, touch.as_ref());
    Some(known.settled(aim.rated(builder, &judged, node)).build())
}

/// Advisories as they count here, the gravest first.
pub(super) fn worst_first(advisories: Vec<Advisory>, node: Node, usage: &dyn Fn(&Advisory) -> Use) -> Vec<Judged> {
    let judge = |advisory: Advisory| {
        let usage = usage(&advisory);
        judged(advisory, &usage, node)
    };
    let mut all: Vec<Judged> = advisories.into_iter().map(judge).collect();
    all.sort_by_key(|judged| (Reverse(judged.severity), judged.advisory.impact()));
    all
}

/// Whether one of them touches keys, signatures, memory or code: else it does not matter beside which secrets a package is imported.
fn is_grave(judged: &[Judged]) -> bool {
    judged.iter().any(|judged| judged.advisory.impact().is_grave() || judged.advisory.kind == AdvisoryKind::Malicious)
}

/// What reports for programs need to know of the package.
pub(super) fn facts((ecosystem, name, version): (&str, &str, &str), node: Node, judged: &[Judged]) -> AdvisedPackage {
    let advisories: Vec<Advisory> = judged.iter().map(|judged| judged.advisory.clone()).collect();
    let fact = |judged: &Judged| AdvisoryFact {
        ids: judged.advisory.ids.clone(),
        severity: judged.severity,
        impact: judged.advisory.impact(),
        summary: judged.advisory.summary.clone(),
        address: judged.advisory.address(),
        affected: judged.advisory.affected.clone(),
        fixed: judged.advisory.fixed.clone(),
        published: judged.advisory.published,
    };
    AdvisedPackage {
        purl: purl::of(ecosystem, name, version),
        ecosystem: ecosystem.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        is_direct: node.is_direct,
        ships: !node.is_development,
        fix: advisory::remedy(ecosystem, version, &advisories).map(|remedy| remedy.version),
        advisories: judged.iter().map(fact).collect(),
    }
}

/// What the advisories say, the worst one's sentence in full.
fn said(advisories: &[Advisory]) -> String {
    let Some(first) = advisories.first() else { return String::new() };
    let ids: Vec<String> = advisories.iter().filter_map(Advisory::id).map(ToOwned::to_owned).collect();
    let ids = if ids.is_empty() { String::new() } else { format!(" ({})", list(&ids)) };
    let verdict = match (first.kind, advisories.len()) {
        (AdvisoryKind::Malicious, _) => "was published to do harm".to_owned(),
        (AdvisoryKind::Unmaintained, _) => "is no longer maintained".to_owned(),
        (AdvisoryKind::Risky | AdvisoryKind::WeakDefault | AdvisoryKind::Notice, _) => "must not protect keys".to_owned(),
        (_, 1) => "has a known vulnerability".to_owned(),
        (_, count) => format!("has {count} known vulnerabilities"),
    };
    format!("{verdict}{ids}: {}", first.summary.trim_end_matches('.'))
}

fn remedy(package: &Package, advisories: &[Advisory]) -> String {
    let is_flaw = advisories.iter().any(|advisory| matches!(advisory.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound));
    match advisory::remedy(package.ecosystem, &package.version, advisories) {
        Some(remedy) => format!("; {}", remedy.told()),
        None if is_flaw => "; no fixed version is known".to_owned(),
        None => String::new(),
    }
}
