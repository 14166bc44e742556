//! What trees use from outside of themselves, counted: the list that models are written from.

use std::collections::{BTreeMap, BTreeSet};

use super::{STACK_BYTES, ScanError, fresh, local_packages, read, units};
use crate::ir::{CallKind, Expr};
use crate::program::{Program, UnitId};
use crate::rule::{CalleePattern, Match, RuleSet};
use crate::source::Role;
use crate::target::{OpenOptions, TargetError, Workspace};

/// What is counted, and by what name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outside {
    /// The language of the code.
    pub language: &'static str,
    /// A package, or the resolved path of a callee.
    pub name: String,
}

/// How often something is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Trees that use it.
    pub trees: usize,
    /// Files that use it.
    pub files: usize,
    /// Imports or calls of it.
    pub uses: usize,
    /// Whether a model or a rule knows it by its path.
    pub is_known: bool,
}

/// What trees import and call from outside of themselves. Only files of the product count.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    /// How many trees were counted.
    pub trees: usize,
    /// Packages, by how modules are imported.
    pub packages: BTreeMap<Outside, Count>,
    /// Functions of packages and of the platform, by the paths of their calls.
    pub calls: BTreeMap<Outside, Count>,
}

impl Imports {
    /// Counts one more tree.
    ///
    /// # Errors
    /// If the tree cannot be opened or threads cannot be started.
    pub fn add<F>(&mut self, rules: &RuleSet, open: F) -> Result<(), ScanError>
    where
        F: FnOnce(&OpenOptions) -> Result<Workspace, TargetError> + Send,
    {
        let threads = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build()?;
        threads.install(|| {
            let workspace = open(&OpenOptions::default())?;
            self.count(&workspace, rules);
            Ok(())
        })
    }

    fn count(&mut self, workspace: &Workspace, rules: &RuleSet) {
        let (artifacts, _) = read::read(workspace, &fresh(workspace));
        let units = units(workspace, &artifacts, &[]);
        let models = &rules.knowledge.models;
        let (program, _) = Program::link(workspace, units, &local_packages(workspace, &artifacts), models);
        let known = Known::of(rules);
        self.trees += 1;
        let mut seen = BTreeSet::new();
        for unit in program.unit_ids().filter(|&unit| workspace.file(program.file(unit)).role == Role::Product) {
            let language = program.unit(unit).language;
            for (name, uses) in packages(&program, unit) {
                let outside = Outside { language, name };
                let is_new = seen.insert((true, outside.clone()));
                let count = self.packages.entry(outside).or_insert_with_key(|outside| known.package(outside));
                count.add(is_new, uses);
            }
            for ((name, is_constructed), uses) in calls(&program, unit) {
                let is_known = || known.call(&name, is_constructed, language, rules);
                let outside = Outside { language, name: name.clone() };
                let is_new = seen.insert((false, outside.clone()));
                self.calls.entry(outside).or_insert_with(|| Count { is_known: is_known(), ..Count::default() }).add(is_new, uses);
            }
        }
    }
}

impl Count {
    const fn add(&mut self, is_new_in_tree: bool, uses: usize) {
        self.trees += is_new_in_tree as usize;
        self.files += 1;
        self.uses += uses;
    }
}

/// The patterns with which models and rules know functions and members.
struct Known<'r> {
    by_rules: Vec<&'r CalleePattern>,
    all: Vec<&'r CalleePattern>,
}

impl<'r> Known<'r> {
    fn of(rules: &'r RuleSet) -> Self {
        let matchers = rules.rules.iter().flat_map(|rule| rule.body.matchers.iter());
        let by_rules: Vec<_> = matchers
            .filter_map(|matcher| if let Match::Call(call) = matcher { Some(&call.callee) } else { None })
            .flatten()
            .collect();
        let rows = rules.knowledge.models.rows().flat_map(|(_, row)| row.patterns.iter().map(|(_, pattern)| pattern));
        Self { all: rows.chain(by_rules.iter().copied()).collect(), by_rules }
    }

    fn package(&self, outside: &Outside) -> Count {
        Count { is_known: self.all.iter().any(|pattern| pattern.is_of(&outside.name)), ..Count::default() }
    }

    fn call(&self, path: &str, is_constructed: bool, language: &str, rules: &RuleSet) -> bool {
        let models = &rules.knowledge.models;
        models.about(path).iter().any(|found| models.speaks(found.owner.0, language))
            || self.by_rules.iter().any(|pattern| pattern.matches(path, is_constructed))
    }
}

/// The packages whose modules a unit names, and how often.
fn packages(program: &Program<'_>, unit: UnitId) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (node, _) in program.unit(unit).all_nodes().filter(|(_, node)| matches!(node.expr, Expr::Module(_))) {
        let package = program.path(unit, node).and_then(package_of);
        package.into_iter().for_each(|package| *found.entry(package.to_owned()).or_default() += 1);
    }
    found
}

/// The package of a module from outside: `@a/b` of `@a/b/c`.
fn package_of(module: &str) -> Option<&str> {
    /// What begins the names of modules of the same tree: relative paths, unknown values, and Rust's own words.
    const OWN: [&str; 6] = ["?", ".", "/", "crate", "self", "super"];
    if OWN.iter().any(|own| module.strip_prefix(own).is_some_and(|rest| rest.is_empty() || own.len() == 1)) {
        return None;
    }
    let parts = if module.starts_with('@') { 2 } else { 1 };
    let end = module.match_indices('/').nth(parts - 1).map_or(module.len(), |(at, _)| at);
    Some(&module[..end])
}

/// The paths that a unit calls and that do not begin in the tree, whether something is constructed, and how often.
fn calls(program: &Program<'_>, unit: UnitId) -> BTreeMap<(String, bool), usize> {
    let mut found = BTreeMap::new();
    for (_, node) in program.unit(unit).all_nodes() {
        let Expr::Call { callee, kind, .. } = node.expr else { continue };
        let path = program.path(unit, callee).filter(|path| package_of(path.split('.').next().unwrap_or(path)).is_some());
        if let Some(path) = path {
            *found.entry((path.to_owned(), kind == CallKind::New)).or_default() += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_calls_are_counted_by_tree_file_and_use() {
        let rules = RuleSet::embedded().unwrap();
        let workspace = Workspace::in_memory([
            ("a.ts", "import { generateMnemonic } from 'bip39/src/index'; import { own } from './b'; generateMnemonic(); own();"),
            ("b.ts", "import { x } from '@scope/nobody/deep'; export const own = () => { x(); console.log(1); console.log(2); };"),
            ("c.rs", "use crate::a::b; fn f() { b(); rand::thread_rng(); }"),
        ]);
        let mut imports = Imports::default();
        imports.count(&workspace, &rules);
        imports.count(&workspace, &rules);
        let packages: Vec<_> =
            imports.packages.iter().map(|(outside, count)| (&*outside.name, count.trees, count.is_known)).collect();
        assert_eq!(packages, [("@scope/nobody", 2, false), ("bip39", 2, true), ("rand", 2, true)]);
        let log = &imports.calls[&Outside { language: "javascript", name: "console.log".into() }];
        assert_eq!(*log, Count { trees: 2, files: 2, uses: 4, is_known: true });
        assert!(imports.calls.keys().all(|outside| !outside.name.contains("own")));
    }
}
