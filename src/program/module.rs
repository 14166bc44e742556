//! Which unit an import means.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{LocalPackage, UnitId};
use crate::frontend::{FRONTENDS, ModuleResolver};
use crate::ir::{Expr, NameId, Unit};
use crate::source::{FileId, Notice};
use crate::target::Workspace;

/// The units that module names stand for, and the units within a unit's name space.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// By unit: the unit that a module name means there.
    imports: Vec<FxHashMap<NameId, UnitId>>,
    /// Units that lie below another one in a tree of modules, by name.
    children: HashMap<UnitId, BTreeMap<String, UnitId>>,
}

impl Modules {
    /// Resolves every module name of every unit against the tree. Names that lead out of the tree have no entry.
    pub(super) fn resolve(workspace: &Workspace, units: &[(FileId, &Unit)], packages: &[LocalPackage]) -> (Self, Vec<Notice>) {
        let files = units.iter().enumerate().map(|(index, (file, _))| (*file, UnitId(index as u32)));
        let by_path: HashMap<&str, UnitId> = files.map(|(file, unit)| (&*workspace.file(file).path, unit)).collect();
        let resolvers = resolvers(workspace, units, packages);
        let imports = units
            .par_iter()
            .map(|(file, unit)| {
                let path = &workspace.file(*file).path;
                let resolver = resolvers.get(unit.language);
                let resolve = |name: &str| {
                    let found = resolver?.resolve(path, name)?;
                    by_path.get(found.as_str()).copied()
                };
                module_names(unit).into_iter().filter_map(|module| Some((module, resolve(unit.name(module))?))).collect()
            })
            .collect();
        let mut children: HashMap<UnitId, BTreeMap<String, UnitId>> = HashMap::new();
        for (above, name, file) in resolvers.values().flat_map(|resolver| resolver.children()) {
            if let (Some(&above), Some(&unit)) = (by_path.get(above.as_str()), by_path.get(file.as_str())) {
                children.entry(above).or_default().insert(name.clone(), unit);
            }
        }
        (Self { imports, children }, Vec::new())
    }

    /// The unit that a module name means in a unit.
    pub(super) fn find(&self, unit: UnitId, module: NameId) -> Option<UnitId> {
        self.imports[unit.0 as usize].get(&module).copied()
    }

    /// Which units import which.
    pub(super) fn links(&self) -> impl Iterator<Item = (UnitId, UnitId)> {
        let units = self.imports.iter().enumerate();
        #[allow(clippy::iter_over_hash_type, reason = "what is joined does not depend on the order")]
        units.flat_map(|(index, imports)| imports.values().map(move |&to| (UnitId(index as u32), to)))
    }

    /// The unit of a name within the name space of another.
    pub(super) fn child(&self, unit: UnitId, name: &str) -> Option<UnitId> {
        self.children.get(&unit)?.get(name).copied()
    }
}

/// Every module name of a unit, in imports and in paths written out.
fn module_names(unit: &Unit) -> FxHashSet<NameId> {
    let in_paths = unit.nodes.iter().filter_map(|node| if let Expr::Module(name) = node.expr { Some(name) } else { None });
    unit.imports.iter().map(|import| import.module).chain(in_paths).collect()
}

/// The resolvers of the languages that occur, by their names.
fn resolvers(
    workspace: &Workspace,
    units: &[(FileId, &Unit)],
    packages: &[LocalPackage],
) -> BTreeMap<&'static str, Box<dyn ModuleResolver>> {
    let languages: BTreeSet<_> = units.iter().map(|(_, unit)| unit.language).collect();
    let frontends = FRONTENDS.iter().filter(|frontend| languages.contains(frontend.language()));
    frontends.filter_map(|frontend| Some((frontend.language(), frontend.modules(&workspace.files, packages)?))).collect()
}
