//! What is true of the project as a whole: rules ask for it in `when`, `unless` and `expected`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::callee::CalleeIndex;
use super::{Context, config};
use crate::rule::{Fact, Glob, Rule, RuleSet};
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
        (fact.file.is_empty() || !fact.text.is_empty() || self.has_file(&fact.file))
            && (fact.dependency.is_empty() || self.has_dependency(fact))
            && (fact.import.is_empty() || self.has_import(&fact.import))
            && (fact.call.is_empty() || self.has_call(fact))
            && fact.config.as_ref().is_none_or(|matcher| config::occurs(&self.context, matcher))
            && (fact.text.is_empty() || self.has_text(fact))
            && fact.kind.is_empty()
    }

    fn has_file(&self, globs: &[Glob]) -> bool {
        self.context.workspace.files.iter().any(|file| belongs(file) && matches_any(globs, file))
    }

    fn has_dependency(&self, fact: &Fact) -> bool {
        let files = self.context.workspace.files.iter().zip(self.context.artifacts).filter(|(file, _)| belongs(file));
        let mut packages = files.filter_map(|(_, artifact)| artifact.dependencies.as_ref()).flat_map(|found| found.named());
        packages.any(|package| {
            let is_named = fact.dependency.iter().any(|glob| glob.matches_name(package.name));
            is_named && fact.version.as_ref().is_none_or(|wanted| wanted == package.version)
        })
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
        let index = CalleeIndex::new(self.context.program, fact.call.iter().map(|pattern| (0, pattern)));
        self.shipped_units().any(|id| !index.owners_in(self.context.program, id).is_empty())
    }

    fn has_text(&self, fact: &Fact) -> bool {
        let is_asked = |file: &SourceFile| {
            if fact.file.is_empty() { ships(file) } else { belongs(file) && matches_any(&fact.file, file) }
        };
        let files: Vec<_> = self.context.workspace.files.iter().filter(|file| is_asked(file)).collect();
        files.par_iter().any(|file| fact.text.iter().any(|pattern| pattern.is_match(&file.text)))
    }

    fn shipped_units(&self) -> impl Iterator<Item = crate::program::UnitId> + '_ {
        let program = self.context.program;
        program.unit_ids().filter(move |id| ships(self.context.workspace.file(program.file(*id))))
    }
}

/// Whether a file is the project's own: its documentation and tests tell of it, other people's code and examples do not.
fn belongs(file: &SourceFile) -> bool {
    !matches!(file.role, Role::Vendored | Role::Example)
}

/// Whether a file is part of the product or of its build.
fn ships(file: &SourceFile) -> bool {
    matches!(file.role, Role::Product | Role::Build)
}

fn matches_any(globs: &[Glob], file: &SourceFile) -> bool {
    globs.iter().any(|glob| glob.matches_path(&file.path))
}
