//! What is true of the project as a whole: rules ask for it in `when`, `unless` and `expected`.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::callee::Callees;
use super::{Context, config};
use crate::advisory::group;
use crate::lockfile::graph::{Project, projects};
use crate::lockfile::{Dependencies, Named, version};
use crate::program::{Program, UnitId};
use crate::rule::{CalleePattern, Fact, Glob, Match, ProfileKind, Rule, RuleSet};
use crate::source::{Role, SourceFile};
use crate::target::Workspace;

/// Versions of a framework that are told one by one.
const MOST_VERSIONS: usize = 3;

/// Answers whether facts hold, each different one once.
#[derive(Debug)]
pub struct Facts<'a> {
    context: Context<'a>,
    known: RefCell<BTreeMap<String, bool>>,
    direct: OnceCell<Vec<Named<'a>>>,
}

/// Which of the calls that facts ask for the product makes: all are looked for at once.
#[derive(Debug)]
pub struct Called<'f> {
    /// The number of each pattern, by its text.
    numbers: FxHashMap<&'f str, usize>,
    is_made: Vec<bool>,
}

impl<'f> Called<'f> {
    /// Of some facts, those of rules and of what a tree can be.
    #[must_use]
    pub fn new(program: &Program<'_>, workspace: &Workspace, rules: &'f RuleSet, facts: impl Iterator<Item = &'f Fact>) -> Self {
        let kinds = ProfileKind::all().iter().flat_map(|kind| kind.seen.iter().chain(&kind.unless));
        let mut patterns = Vec::new();
        let mut numbers = FxHashMap::default();
        let mut open: Vec<&Fact> = rules.rules.iter().flat_map(|rule| asked_by(rule)).chain(kinds).chain(facts).collect();
        while let Some(fact) = open.pop() {
            open.extend(&fact.any);
            for pattern in &fact.call {
                numbers.entry(pattern.text()).or_insert_with(|| {
                    patterns.push(pattern);
                    patterns.len() - 1
                });
            }
        }
        let mut is_made = vec![false; patterns.len()];
        let callees = Callees::new(program, patterns.into_iter().enumerate());
        let shipped: Vec<_> = shipped_units(program, workspace).collect();
        let made = shipped.into_par_iter().map(|unit| callees.owners_in(program, unit)).collect::<Vec<_>>();
        made.into_iter().flatten().for_each(|number| is_made[number] = true);
        Self { numbers, is_made }
    }

    /// Whether the product makes a call that one of some patterns matches.
    fn any(&self, patterns: &[CalleePattern]) -> bool {
        patterns.iter().any(|pattern| self.numbers.get(pattern.text()).is_some_and(|&number| self.is_made[number]))
    }
}

/// The facts that a rule asks for.
pub(super) fn asked_by(rule: &Rule) -> impl Iterator<Item = &Fact> {
    let expected = rule.body.matchers.iter().flat_map(|matcher| match matcher {
        Match::Absence(absence) => &absence.expected[..],
        _ => &[],
    });
    let graded = rule.body.grades.iter().flat_map(|grade| grade.when.iter().chain(&grade.unless));
    rule.body.when.iter().chain(&rule.body.unless).chain(expected).chain(graded)
}

/// The rules whose `when` holds and whose `unless` does not.
pub(super) fn applicable(context: &Context<'_>) -> RuleSet {
    let facts = Facts::new(context);
    let applies = |rule: &Rule| rule.body.when.iter().all(|fact| facts.holds(fact)) && !facts.any(&rule.body.unless);
    let mut rules = context.rules.clone();
    rules.rules.retain(|rule| applies(rule));
    rules
}

impl<'a> Facts<'a> {
    /// Of a tree; nothing is known yet.
    #[must_use]
    pub fn new(context: &Context<'a>) -> Self {
        Self { context: *context, known: RefCell::default(), direct: OnceCell::new() }
    }

    /// Whether all of some facts hold.
    #[must_use]
    pub fn all(&self, facts: &[Fact]) -> bool {
        facts.iter().all(|fact| self.holds(fact))
    }

    /// Whether one of some facts holds.
    #[must_use]
    pub fn any(&self, facts: &[Fact]) -> bool {
        facts.iter().any(|fact| self.holds(fact))
    }

    /// Whether everything that the fact names is there.
    pub(super) fn holds(&self, fact: &Fact) -> bool {
        let key = format!("{fact:?}");
        let known = self.known.borrow().get(&key).copied();
        known.unwrap_or_else(|| {
            let holds = self.evaluate(fact);
            self.known.borrow_mut().insert(key, holds);
            holds
        })
    }

    /// The cheap questions come first: most facts fail by a file or a package.
    fn evaluate(&self, fact: &Fact) -> bool {
        (fact.kind.is_empty() || fact.kind.iter().any(|kind| self.is_kind(kind)))
            && (fact.file.is_empty() || !fact.text.is_empty() || self.has_file(&fact.file))
            && (fact.mostly.is_empty() || self.is_mostly(&fact.mostly))
            && (fact.dependency.is_empty() || has_one(self.named(), &fact.dependency, fact.version.as_deref()))
            && (fact.direct.is_empty() || has_one(self.direct(), &fact.direct, fact.version.as_deref()))
            && fact.packages.is_none_or(|least| self.packages() >= least)
            && (fact.import.is_empty() || self.has_import(&fact.import))
            && (fact.call.is_empty() || self.context.called.any(&fact.call))
            && fact.config.as_ref().is_none_or(|matcher| config::occurs(&self.context, matcher))
            && (fact.text.is_empty() || self.has_text(fact))
            && (fact.any.is_empty() || self.any(&fact.any))
    }

    /// Whether the tree is of a kind of `rules/profile.toml`.
    pub(super) fn is_kind(&self, name: &str) -> bool {
        let kind = ProfileKind::all().iter().find(|kind| kind.name == name);
        kind.is_some_and(|kind| self.any(&kind.seen) && !self.any(&kind.unless))
    }

    /// A package that the product is built on, with its versions: those that a lockfile fixes, or what manifests write.
    pub(super) fn versions_of(&self, name: &Glob) -> Option<String> {
        let mut direct: Vec<_> =
            self.direct().filter(|package| name.matches_name(package.name) && !package.version.is_empty()).collect();
        if direct.iter().any(|package| package.is_fixed) {
            direct.retain(|package| package.is_fixed);
        }
        let mut seen = BTreeSet::new();
        direct.retain(|package| seen.insert(package.version));
        let first = direct.first()?;
        let versions: Vec<_> = direct.iter().map(|package| package.version).collect();
        let versions =
            if versions.len() > MOST_VERSIONS { format!("in {} versions", versions.len()) } else { versions.join(" and ") };
        Some(format!("{} {versions}", first.name))
    }

    /// Every package that a file of the tree names.
    fn named(&self) -> impl Iterator<Item = Named<'a>> {
        self.dependencies().flat_map(|(_, found)| found.named())
    }

    /// Every package that a manifest of the tree asks for by name, as the lockfile fixes it.
    fn direct(&self) -> impl Iterator<Item = Named<'a>> {
        let found = || {
            let files: Vec<_> = self.dependencies().collect();
            projects(&files, &group::station).iter().flat_map(direct).collect()
        };
        self.direct.get_or_init(found).iter().copied()
    }

    fn dependencies(&self) -> impl Iterator<Item = (&'a SourceFile, &'a Dependencies)> {
        let files = self.context.workspace.files.iter().zip(self.context.artifacts).filter(|(file, _)| belongs(file));
        files.filter_map(|(file, artifact)| Some((file, artifact.dependencies.as_ref()?)))
    }

    fn has_file(&self, globs: &[Glob]) -> bool {
        self.context.workspace.files.iter().any(|file| belongs(file) && matches_any(globs, file))
    }

    fn is_mostly(&self, globs: &[Glob]) -> bool {
        let Context { program, workspace, .. } = &self.context;
        let files = shipped_units(program, workspace).map(|id| workspace.file(program.file(id)));
        let (matching, all) = files.fold((0, 0), |(matching, all), file| {
            let bytes = file.text.len();
            (matching + if matches_any(globs, file) { bytes } else { 0 }, all + bytes)
        });
        all > 0 && 2 * matching >= all
    }

    fn packages(&self) -> usize {
        let lockfiles = self.dependencies().filter_map(|(_, found)| found.lockfile.as_ref());
        lockfiles.map(|lockfile| lockfile.packages.iter().filter(|package| !package.is_development).count()).sum()
    }

    fn has_import(&self, globs: &[Glob]) -> bool {
        shipped_units(self.context.program, self.context.workspace).any(|id| {
            let unit = self.context.program.unit(id);
            unit.imports.iter().any(|import| {
                let module = unit.names.text(import.module);
                globs.iter().any(|glob| glob.matches_name(module))
            })
        })
    }

    fn has_text(&self, fact: &Fact) -> bool {
        let is_asked = |file: &SourceFile| {
            if fact.file.is_empty() { ships(file) } else { belongs(file) && matches_any(&fact.file, file) }
        };
        let files: Vec<_> = self.context.workspace.files.iter().filter(|file| is_asked(file)).collect();
        files.par_iter().any(|file| fact.text.iter().any(|pattern| self.context.texts.has_match(file, pattern)))
    }
}

fn shipped_units<'u>(program: &'u Program<'_>, workspace: &'u Workspace) -> impl Iterator<Item = UnitId> + 'u {
    program.unit_ids().filter(|id| ships(workspace.file(program.file(*id))))
}

/// Whether a file is the project's own: its documentation and tests tell of it, other people's code and examples do not.
fn belongs(file: &SourceFile) -> bool {
    !matches!(file.role, Role::Vendored | Role::Example | Role::Idle)
}

/// Whether a file is part of the product or of its build.
fn ships(file: &SourceFile) -> bool {
    matches!(file.role, Role::Product | Role::Build)
}

fn matches_any(globs: &[Glob], file: &SourceFile) -> bool {
    globs.iter().any(|glob| glob.matches_path(&file.path))
}

/// What the manifests of a project ask for. A lockfile without a manifest has forgotten who asked: all that it fixes counts.
fn direct<'a>(project: &Project<'a>) -> Vec<Named<'a>> {
    if project.manifests.is_empty() {
        return project.packages().map(|(_, package, _)| Named::from(package)).collect();
    }
    let asked = project.manifests.iter().flat_map(|&(file, manifest)| {
        manifest.requirements.iter().map(move |wish| match project.locked((file, manifest), wish) {
            Some(package) => Named::from(package),
            None => Named::asked(manifest, wish),
        })
    });
    asked.collect()
}

/// Whether one of some packages has a name, and a version if one is wanted: what a lockfile fixes decides, and where there is none the
/// oldest that a manifest accepts.
fn has_one<'n>(packages: impl Iterator<Item = Named<'n>>, names: &[Glob], version: Option<&str>) -> bool {
    let mut named = packages.filter(|package| names.iter().any(|glob| glob.matches_name(package.name)));
    let Some(wanted) = version else { return named.next().is_some() };
    let mut named: Vec<_> = named.collect();
    if named.iter().any(|package| package.is_fixed) {
        named.retain(|package| package.is_fixed);
    }
    named.iter().any(|package| {
        let oldest = if package.is_fixed { package.version.to_owned() } else { oldest(package.version) };
        version::matches(package.ecosystem, wanted, &oldest)
    })
}

/// The first version that a range of a manifest names: `^1.2` and `1.2.x` begin at 1.2.0.
fn oldest(range: &str) -> String {
    let text = range.trim_start_matches(|char: char| !char.is_ascii_digit());
    let text = text.split(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '+'))).next().unwrap_or("");
    let mut parts: Vec<_> = text.split('.').map(|part| if matches!(part, "x" | "X" | "") { "0" } else { part }).collect();
    parts.resize(parts.len().max(3), "0");
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_begins_at_its_oldest_version() {
        let cases = [
            ("^4.1.0", "4.1.0"),
            ("~1.2", "1.2.0"),
            (">= 2.0.1 < 3", "2.0.1"),
            ("1.x", "1.0.0"),
            ("v3.0.0-beta.1", "3.0.0-beta.1"),
        ];
        for (range, expected) in cases {
            assert_eq!(oldest(range), expected, "{range}");
        }
    }
}
