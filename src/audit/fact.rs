//! What is true of the project as a whole: rules ask for it in `when`, `unless` and `expected`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::callee::Callees;
use super::{Context, config};
use crate::lockfile::version;
use crate::rule::{Fact, Glob, ProfileKind, Rule, RuleSet, TextPattern};
use crate::source::{Role, SourceFile};

/// Answers whether facts hold, each different one once.
pub(super) struct Facts<'a> {
    context: Context<'a>,
    known: RefCell<BTreeMap<String, bool>>,
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
    pub(super) fn new(context: &Context<'a>) -> Self {
        Self { context: *context, known: RefCell::default() }
    }

    pub(super) fn any(&self, facts: &[Fact]) -> bool {
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
            && (fact.dependency.is_empty() || self.has_dependency(fact))
            && fact.packages.is_none_or(|least| self.packages() >= least)
            && (fact.import.is_empty() || self.has_import(&fact.import))
            && (fact.call.is_empty() || self.has_call(fact))
            && fact.config.as_ref().is_none_or(|matcher| config::occurs(&self.context, matcher))
            && (fact.text.is_empty() || self.has_text(fact))
            && (fact.any.is_empty() || self.any(&fact.any))
    }

    /// Whether the tree is of a kind of `rules/profile.toml`.
    pub(super) fn is_kind(&self, name: &str) -> bool {
        let kind = ProfileKind::all().iter().find(|kind| kind.name == name);
        kind.is_some_and(|kind| self.any(&kind.seen) && !self.any(&kind.unless))
    }

    /// A package with its version: the one that a lockfile fixes, or what a manifest writes.
    pub(super) fn version_of(&self, name: &Glob) -> Option<String> {
        let files = self.context.workspace.files.iter().zip(self.context.artifacts).filter(|(file, _)| belongs(file));
        let packages = files.filter_map(|(_, artifact)| artifact.dependencies.as_ref()).flat_map(|found| found.named());
        let named: Vec<_> = packages.filter(|package| name.matches_name(package.name) && !package.version.is_empty()).collect();
        let best = named.iter().find(|package| package.is_fixed).or_else(|| named.first())?;
        Some(format!("{} {}", best.name, best.version))
    }

    fn has_file(&self, globs: &[Glob]) -> bool {
        self.context.workspace.files.iter().any(|file| belongs(file) && matches_any(globs, file))
    }

    /// A version is asked for: what a lockfile fixes decides, and where there is none the oldest that a manifest accepts.
    fn has_dependency(&self, fact: &Fact) -> bool {
        let files = self.context.workspace.files.iter().zip(self.context.artifacts).filter(|(file, _)| belongs(file));
        let packages = files.filter_map(|(_, artifact)| artifact.dependencies.as_ref()).flat_map(|found| found.named());
        let mut named: Vec<_> =
            packages.filter(|package| fact.dependency.iter().any(|glob| glob.matches_name(package.name))).collect();
        let Some(wanted) = &fact.version else { return !named.is_empty() };
        if named.iter().any(|package| package.is_fixed) {
            named.retain(|package| package.is_fixed);
        }
        named.iter().any(|package| {
            let oldest = if package.is_fixed { package.version.to_owned() } else { oldest(package.version) };
            version::matches(package.ecosystem, wanted, &oldest)
        })
    }

    fn packages(&self) -> usize {
        let files = self.context.workspace.files.iter().zip(self.context.artifacts).filter(|(file, _)| belongs(file));
        let lockfiles = files.filter_map(|(_, artifact)| artifact.dependencies.as_ref()?.lockfile.as_ref());
        lockfiles.map(|lockfile| lockfile.packages.iter().filter(|package| !package.is_development).count()).sum()
    }

    fn has_import(&self, globs: &[Glob]) -> bool {
        self.shipped_units().any(|id| {
            let unit = self.context.program.unit(id);
            unit.imports.iter().any(|import| {
                let module = unit.names.text(import.module);
                globs.iter().any(|glob| glob.matches_name(module))
            })
        })
    }

    fn has_call(&self, fact: &Fact) -> bool {
        let index = Callees::new(self.context.program, fact.call.iter().map(|pattern| (0, pattern)));
        self.shipped_units().any(|id| !index.owners_in(self.context.program, id).is_empty())
    }

    fn has_text(&self, fact: &Fact) -> bool {
        let is_asked = |file: &SourceFile| {
            if fact.file.is_empty() { ships(file) } else { belongs(file) && matches_any(&fact.file, file) }
        };
        let files: Vec<_> = self.context.workspace.files.iter().filter(|file| is_asked(file)).collect();
        let has = |file: &SourceFile, pattern: &TextPattern| {
            self.context.texts.is_possible(file.id, pattern) && pattern.is_match(&file.text)
        };
        files.par_iter().any(|file| fact.text.iter().any(|pattern| has(file, pattern)))
    }

    fn shipped_units(&self) -> impl Iterator<Item = crate::program::UnitId> + '_ {
        let program = self.context.program;
        program.unit_ids().filter(move |id| ships(self.context.workspace.file(program.file(*id))))
    }
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
