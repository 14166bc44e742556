//! Rules on packages: what is known about them, where they come from, and how they are fixed.

mod advised;
mod earned;
mod imitation;
mod integrity;
mod lockfile;
mod outdated;
mod registry;
mod source;
mod tree;
mod usage;
mod vendored;

use std::cell::OnceCell;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Audit, Context, matching_rules};
use crate::advisory::banner::Banner;
use crate::advisory::{group, version};
use crate::finding::{AS_RATED, Exposure, Finding, FindingBuilder};
use crate::lockfile::graph::{Node, Project, Station, projects};
use crate::lockfile::{Manifest, Package, PackageSource, Requirement, written_version};
use crate::rule::matcher::dependency::{DependencyMatch, DependencyTrait};
use crate::rule::{Match, Rule, Severity};
use crate::source::{FileId, SourceFile, Span};

use earned::Judged;
use usage::Usage;

/// The audit of `[match.dependency]`.
pub(super) struct DependencyAudit;

/// A way to apply a rule to the projects of a tree.
type Check = fn(&Scene<'_>, &Aim<'_>) -> Vec<Finding>;

/// Each trait with its check.
static CHECKS: &[(DependencyTrait, Check)] = &[
    (DependencyTrait::Present, advised::present),
    (DependencyTrait::Advised, advised::advised),
    (DependencyTrait::Lookalike, imitation::lookalike),
    (DependencyTrait::EndOfLife, outdated::end_of_life),
    (DependencyTrait::MutableSource, source::mutable_source),
    (DependencyTrait::FloatingRange, source::floating_range),
    (DependencyTrait::InstallScript, source::install_script),
    (DependencyTrait::AmbiguousRegistry, registry::ambiguous_registry),
    (DependencyTrait::Duplicate, tree::duplicate),
    (DependencyTrait::ManyPackages, tree::many_packages),
    (DependencyTrait::Vendored, vendored::vendored),
    (DependencyTrait::Unlocked, lockfile::unlocked),
    (DependencyTrait::Drift, lockfile::drift),
    (DependencyTrait::WeakIntegrity, integrity::weak_integrity),
    (DependencyTrait::ForeignHost, registry::foreign_host),
    (DependencyTrait::MisleadingAddress, lockfile::misleading_address),
];

impl Audit for DependencyAudit {
    fn stage(&self) -> &'static str {
        "audit/dependency"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Dependency(matcher) = matcher { Some(matcher) } else { None });
        if rules.is_empty() {
            return Vec::new();
        }
        let files = context.workspace.files.iter().zip(context.artifacts);
        let files: Vec<_> = files.filter_map(|(file, artifact)| Some((file, artifact.dependencies.as_ref()?))).collect();
        let scene = Scene { context, projects: projects(&files, &group::station), usage: OnceCell::new(), copies: OnceCell::new() };
        let apply = |(rule, matcher): &(&Arc<Rule>, &DependencyMatch)| {
            let check = CHECKS.iter().find(|(sort, _)| *sort == matcher.is).map(|(_, check)| check);
            check.map_or_else(Vec::new, |check| check(&scene, &Aim { rule, matcher, scene: &scene }))
        };
        rules.iter().flat_map(apply).collect()
    }
}

/// The projects of a tree and everything else that checks look at.
struct Scene<'a> {
    context: &'a Context<'a>,
    projects: Vec<Project<'a>>,
    usage: OnceCell<Usage>,
    copies: OnceCell<Vec<(FileId, Banner)>>,
}

impl Scene<'_> {
    /// The libraries that were copied into the tree; looked for when the first rule asks.
    fn copies(&self) -> &[(FileId, Banner)] {
        let files = &self.context.workspace.files;
        let of_file = |file: &SourceFile| Some((file.id, self.context.texts.banner(file)?.clone()));
        self.copies.get_or_init(|| files.par_iter().filter_map(of_file).collect())
    }

    /// What code that handles secrets imports; worked out when the first finding asks.
    fn usage(&self) -> &Usage {
        self.usage.get_or_init(|| Usage::new(self.context))
    }
}

/// A rule with its matcher.
struct Aim<'a> {
    rule: &'a Arc<Rule>,
    matcher: &'a DependencyMatch,
    scene: &'a Scene<'a>,
}

impl<'a> Aim<'a> {
    /// Whether the rule is about packages of this name.
    fn names(&self, ecosystem: &str, name: &str) -> bool {
        let matcher = self.matcher;
        let is_in = |groups: &[String]| groups.iter().any(|group| group::contains(group, ecosystem, name));
        matcher.takes(ecosystem)
            && (matcher.name.is_empty() || matcher.name.iter().any(|pattern| pattern.matches_name(name)))
            && (matcher.group.is_empty() || is_in(&matcher.group))
            && !is_in(&matcher.not_group)
    }

    /// Whether the rule is about this package of a lockfile.
    fn takes(&self, package: &Package, node: Node) -> bool {
        let has_version = self.matcher.version.as_ref();
        (self.matcher.development || !node.is_development)
            && self.names(package.ecosystem, &package.name)
            && has_version.is_none_or(|range| version::matches(package.ecosystem, range, &package.version))
    }

    /// The packages of a project's lockfile that the rule is about: each name and version once, at its first place.
    fn packages<'p>(&self, project: &Project<'p>) -> Vec<(usize, &'p Package, Node)> {
        let mut seen = std::collections::HashMap::new();
        let mut found: Vec<(usize, &Package, Node)> = Vec::new();
        for (index, package, node) in project.packages().filter(|(_, package, node)| self.takes(package, *node)) {
            // A package that ships somewhere in the tree ships.
            let key = (&*package.name, &*package.version);
            match seen.get(&key) {
                Some(&at) => {
                    let known: &mut (usize, &Package, Node) = &mut found[at];
                    if known.2.is_development && !node.is_development {
                        *known = (index, package, node);
                    }
                }
                None => {
                    seen.insert(key, found.len());
                    found.push((index, package, node));
                }
            }
        }
        found
    }

    /// The wishes of a project without a lockfile that the rule is about, with the version that they are written with.
    fn wishes<'p>(&self, project: &Project<'p>) -> Vec<(&'p SourceFile, &'p Manifest, &'p Requirement)> {
        let manifests = if project.lock.is_none() { &project.manifests[..] } else { &[] };
        let all = manifests.iter().flat_map(|(file, manifest)| manifest.requirements.iter().map(|wish| (*file, *manifest, wish)));
        let takes = |(_, manifest, wish): &(&SourceFile, &Manifest, &Requirement)| {
            (self.matcher.development || ships(manifest.ecosystem, wish)) && self.names(manifest.ecosystem, &wish.name)
        };
        all.filter(takes).collect()
    }

    /// A finding at a place of a file.
    fn at(&self, file: &SourceFile, span: Span) -> FindingBuilder<'a> {
        FindingBuilder::new(self.rule, self.scene.context.workspace, file.id, span)
    }

    /// The rule's severity, or that of the lesser case.
    fn severity(&self, is_minor: bool) -> Severity {
        self.matcher.lesser.filter(|_| is_minor).unwrap_or(self.rule.body.severity)
    }

    /// A finding of the lesser case if there is a reason for that.
    fn lesser<'r>(&self, builder: FindingBuilder<'a>, reason: impl Into<Option<&'r str>>) -> FindingBuilder<'a> {
        match reason.into() {
            Some(reason) => builder.severity_because(self.severity(true), reason),
            None => builder,
        }
    }

    /// A finding about a package of a lockfile; what only development needs ships to nobody.
    fn about(&self, file: &SourceFile, project: &Project<'_>, found: (usize, &Package, Node)) -> FindingBuilder<'a> {
        let (index, package, node) = found;
        let asked = project.asked(index).filter(|(asking, _)| asking.id != file.id);
        let asked = asked.map(|(asking, wish)| (asking.id, wish.span, format!("declared here: {} {}", wish.name, wish.range)));
        let builder = self.at(file, package.span).subject(format!("{} {}", package.name, package.version));
        let builder = builder.related(asked.into_iter().collect());
        if node.is_development { builder.exposure(Exposure::Build) } else { builder }
    }

    /// Gives a finding about advisories, the gravest first, the severity that they have earned here, within what the rule allows, and
    /// tells why it is less than their source says.
    fn rated(&self, builder: FindingBuilder<'a>, judged: &[Judged], node: Node) -> FindingBuilder<'a> {
        let Some(worst) = judged.first() else { return builder };
        let bounded = self.matcher.at_most.map_or(worst.severity, |most| worst.severity.min(most));
        match self.matcher.lesser.filter(|lesser| node.is_development && *lesser < bounded) {
            Some(lesser) if node.is_tool => builder.severity_because(lesser, "a build tool, or a dependency of one"),
            Some(lesser) => builder.severity_because(lesser, "a development dependency"),
            None => match &worst.reason {
                // A severity that is the rule's own needs no reason; that it is below the rating of the advisory does.
                Some(reason) if bounded == self.rule.body.severity => builder.severity(bounded).adding(reason),
                Some(reason) => builder.severity_because(bounded, reason.clone()),
                None => builder.severity_because(bounded, AS_RATED),
            },
        }
    }
}

/// Whether what a manifest asks for reaches users: not what development needs, nor a tool that is listed among the rest.
fn ships(ecosystem: &str, wish: &Requirement) -> bool {
    match group::station(ecosystem, &wish.name) {
        Station::Tool => false,
        Station::Runtime => true,
        Station::Plain => !wish.purpose.is_development(),
    }
}

/// `; via a → b`: for packages that nobody asked for by name.
fn arrival(project: &Project<'_>, index: usize) -> String {
    let way = project.why(index);
    if way.len() < 2 { String::new() } else { format!("; via {}", shortened(&way)) }
}

fn shortened(way: &[&str]) -> String {
    match way {
        [first, _, _, _, .., before, last] => format!("{first} → … → {before} → {last}"),
        way => way.join(" → "),
    }
}

/// `1 package`, `3 packages`.
fn counted(packages: usize) -> String {
    format!("{packages} package{}", if packages == 1 { "" } else { "s" })
}

/// `a, b, c and 4 more`.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 4;
    match names.len() {
        0 => String::new(),
        1 => names[0].clone(),
        count if count <= SHOWN => format!("{} and {}", names[..count - 1].join(", "), names[count - 1]),
        count => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}

/// Whether a range admits one version only.
fn is_exact(ecosystem: &str, range: &str) -> bool {
    let range = range.trim();
    let (pinned, bare) =
        (range.trim_start_matches(['=', 'v', ' ']), range.starts_with(|first: char| first.is_ascii_digit() || first == 'v'));
    let is_version = written_version(pinned).is_some_and(|version| version == pinned);
    match ecosystem {
        "crates.io" => range.starts_with('=') && is_version,
        "PyPI" => range.starts_with("==") && is_version && !range.contains('*'),
        "npm" | "Pub" => {
            is_version
                && (range.starts_with('=') || bare)
                && pinned.split(['-', '+']).next().is_some_and(|core| core.split('.').count() >= 3)
                && !pinned.contains(".x")
        }
        _ => is_version,
    }
}

/// Whether a git reference is a commit, which nobody can move.
fn is_commit(reference: Option<&str>) -> bool {
    reference.is_some_and(|reference| {
        reference.len() >= 7
            && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
            && reference.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// How a source that is no registry is called in a message.
fn origin(source: &PackageSource) -> Option<String> {
    match source {
        PackageSource::Git { url, reference: None } => Some(format!("the default branch of {url}")),
        PackageSource::Git { url, reference: Some(reference) } => Some(format!("`{reference}` of {url}")),
        PackageSource::Url(url) => Some(format!("the address {url}")),
        PackageSource::Registry | PackageSource::Path(_) => None,
    }
}
