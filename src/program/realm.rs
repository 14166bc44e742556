//! Which units share names: those of one manifest, of one package, of one product.

use rustc_hash::{FxHashMap, FxHashSet};

use super::module::Modules;
use super::{LocalPackage, UnitId, Value};
use crate::frontend::{self, Language};
use crate::ir::{Expr, NameId, NodeId, Unit};
use crate::source::FileId;
use crate::target::Workspace;

/// A package that files declare themselves part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PackageId(u32);

/// What units share.
#[derive(Debug, Default)]
pub(super) struct Realms {
    languages: Vec<&'static Language>,
    families: Vec<&'static str>,
    /// By unit: units of one family below one manifest.
    homes: Vec<u32>,
    /// By unit: homes that import each other.
    products: Vec<u32>,
    /// By unit: what is one work, whatever its languages.
    projects: Vec<u32>,
    /// By unit.
    packages: Vec<Option<PackageId>>,
    /// By family and name.
    by_name: FxHashMap<&'static str, FxHashMap<Box<str>, PackageId>>,
    /// By unit: the packages that it imports.
    imported: Vec<Box<[PackageId]>>,
    /// By unit: other packages whose names its language sees.
    seen: Vec<Box<[PackageId]>>,
    /// By package: what its units export.
    members: Vec<FxHashMap<Box<str>, Value>>,
    /// Prefixes of module names that are folders of the tree.
    folders: Vec<(Box<str>, Box<str>)>,
}

impl Realms {
    pub(super) fn new(workspace: &Workspace, units: &[(FileId, &Unit)], packages: &[LocalPackage]) -> Self {
        let languages: Vec<_> = units.iter().map(|(_, unit)| frontend::facts(unit.language)).collect();
        let family = |(language, (_, unit)): (&&'static Language, &(FileId, &Unit))| match language.family {
            "" => unit.language,
            family => family,
        };
        let families: Vec<_> = languages.iter().zip(units).map(family).collect();
        let folders = packages.iter().map(|package| (package.name.as_str().into(), package.folder.as_str().into())).collect();
        let mut realms = Self { languages, families, folders, ..Self::default() };
        let mut homes: FxHashMap<(&str, &str), u32> = FxHashMap::default();
        let manifests: FxHashSet<&str> = packages.iter().map(|package| package.folder.as_str()).collect();
        let shelves = Shelves::new(workspace, &manifests);
        let mut projects: FxHashMap<&str, u32> = FxHashMap::default();
        for (index, (file, _)) in units.iter().enumerate() {
            let path = &*workspace.file(*file).path;
            let next = homes.len() as u32;
            realms.homes.push(*homes.entry((realms.families[index], nearest(&manifests, path))).or_insert(next));
            let next = projects.len() as u32;
            realms.projects.push(*projects.entry(shelves.project(path)).or_insert(next));
            let package = realms.declare(UnitId(index as u32), units, folder(path));
            realms.packages.push(package);
        }
        realms.products = realms.homes.clone();
        realms.open(units);
        realms
    }

    /// Notes which packages each unit may take names from, once all of them are declared.
    fn open(&mut self, units: &[(FileId, &Unit)]) {
        let ids = || (0..units.len() as u32).map(UnitId);
        let imported = |id: UnitId| {
            let unit = units[id.0 as usize].1;
            unit.imports.iter().filter_map(|import| self.package(id, unit.name(import.module))).collect()
        };
        let seen = |id| self.language(id).also_sees.iter().filter_map(|&(family, name)| self.of_family(family, name)).collect();
        (self.imported, self.seen) = (ids().map(imported).collect(), ids().map(seen).collect());
    }

    /// Joins the homes of units that import each other to products.
    pub(super) fn join(&mut self, modules: &Modules) {
        let mut parents: Vec<u32> = (0..self.homes.iter().max().map_or(0, |most| most + 1)).collect();
        for (from, to) in modules.links() {
            let ends = (self.homes[from.0 as usize], self.homes[to.0 as usize]);
            let (one, other) = (root(&parents, ends.0), root(&parents, ends.1));
            parents[one.max(other) as usize] = one.min(other);
        }
        self.products = self.homes.iter().map(|&home| root(&parents, home)).collect();
    }

    /// Adds what a unit exports to its package.
    fn declare(&mut self, id: UnitId, units: &[(FileId, &Unit)], folder: &str) -> Option<PackageId> {
        let unit = units[id.0 as usize].1;
        let language = self.language(id);
        let declared = unit.package.map(|package| unit.name(package)).or(language.default_package)?;
        let name = if language.packages_are_folders { folder } else { declared };
        let next = PackageId(self.members.len() as u32);
        let package = *self.by_name.entry(self.families[id.0 as usize]).or_default().entry(name.into()).or_insert(next);
        if package == next {
            self.members.push(FxHashMap::default());
        }
        let members = &mut self.members[package.0 as usize];
        for export in &unit.exports {
            let value = Value { unit: id, node: export.value };
            let known = members.entry(unit.name(export.name).into()).or_insert(value);
            // What is only declared, in a header, gives way to its definition.
            if is_promise(units[known.unit.0 as usize].1, known.node) && !is_promise(unit, export.value) {
                *known = value;
            }
        }
        Some(package)
    }

    pub(super) fn language(&self, unit: UnitId) -> &'static Language {
        self.languages[unit.0 as usize]
    }

    pub(super) fn family(&self, unit: UnitId) -> &'static str {
        self.families[unit.0 as usize]
    }

    /// The number of the product that a unit is part of.
    pub(super) fn product(&self, unit: UnitId) -> u32 {
        self.products[unit.0 as usize]
    }

    /// The number of the project that a unit is part of.
    pub(super) fn project(&self, unit: UnitId) -> u32 {
        self.projects[unit.0 as usize]
    }

    /// Where a class of a unit is one with others of its name: in its package, or else below its manifest.
    pub(super) fn home(&self, unit: UnitId) -> (u32, Option<PackageId>) {
        match self.packages[unit.0 as usize] {
            Some(package) => (u32::MAX, Some(package)),
            None => (self.homes[unit.0 as usize], None),
        }
    }

    /// Whether classes of one name in two units may be parts of one: in one package or, where none is declared, in one product.
    pub(super) fn is_together(&self, one: UnitId, other: UnitId) -> bool {
        let package = |unit: UnitId| self.packages[unit.0 as usize];
        package(one) == package(other) && (package(one).is_some() || self.product(one) == self.product(other))
    }

    /// Whether two units declare themselves part of one package.
    pub(super) fn is_one_package(&self, one: UnitId, other: UnitId) -> bool {
        let package = self.packages[one.0 as usize];
        package.is_some() && package == self.packages[other.0 as usize]
    }

    /// Whether a unit imports the package of another.
    pub(super) fn imports(&self, id: UnitId, other: UnitId) -> bool {
        self.packages[other.0 as usize].is_some_and(|package| self.imported[id.0 as usize].contains(&package))
    }

    /// What the units of a package export under a name.
    pub(super) fn member(&self, package: PackageId, name: &str) -> Option<Value> {
        self.members[package.0 as usize].get(name).copied()
    }

    /// What the units of a unit's own package export under a name.
    pub(super) fn member_of_own(&self, id: UnitId, name: &str) -> Option<Value> {
        self.member(self.packages[id.0 as usize]?, name)
    }

    /// What a name that a unit does not declare means there: something of its own package, or of one whose names it imports.
    pub(super) fn undeclared(&self, id: UnitId, unit: &Unit, name: NameId) -> Option<Value> {
        let own = self.packages[id.0 as usize]?;
        let name = unit.name(name);
        self.member(own, name).or_else(|| {
            let imported = self.imported[id.0 as usize].iter().filter(|&&package| package != own);
            imported.chain(&self.seen[id.0 as usize]).find_map(|&package| self.member(package, name))
        })
    }

    /// The package of a name in a family of languages.
    fn of_family(&self, family: &str, name: &str) -> Option<PackageId> {
        self.by_name.get(family)?.get(name).copied()
    }

    /// The package that a module name means in a unit.
    pub(super) fn package(&self, unit: UnitId, module: &str) -> Option<PackageId> {
        if self.by_name.is_empty() {
            return None;
        }
        let of = |name: &str| self.of_family(self.family(unit), name);
        if !self.language(unit).packages_are_folders {
            return of(module);
        }
        self.folders
            .iter()
            .find_map(|(name, folder)| {
                let rest = module.strip_prefix(&**name)?;
                match rest.strip_prefix('/') {
                    Some(rest) if folder.is_empty() => of(rest),
                    Some(rest) => of(&format!("{folder}/{rest}")),
                    None if rest.is_empty() => of(folder),
                    None => None,
                }
            })
            .or_else(|| self.folder_of_no_manifest(unit, module))
    }

    /// The folder that the name of a module ends with, where no manifest says what the module itself is called: its first names are
    /// those of a host and a project.
    fn folder_of_no_manifest(&self, unit: UnitId, module: &str) -> Option<PackageId> {
        let (host, rest) = module.split_once('/').filter(|(host, _)| host.contains('.'))?;
        let is_module = |name: &str| name.split_once('/').is_some_and(|(host, _)| host.contains('.') && !host.starts_with('@'));
        if self.folders.iter().any(|(name, _)| is_module(name)) {
            return None;
        }
        // Hosts of many projects have their owners first.
        let is_shared = ["github.com", "gitlab.com", "bitbucket.org"].contains(&host);
        let skipped = rest.split('/').take(if is_shared { 2 } else { 1 }).map(|name| name.len() + 1).sum::<usize>();
        let mut folder = rest.get(skipped..)?;
        loop {
            if let Some(package) = self.of_family(self.family(unit), folder) {
                return Some(package);
            }
            folder = folder.split_once('/').filter(|(_, rest)| rest.contains('/'))?.1;
        }
    }

    /// The member of a package that a module name ends with: the class of `import static a.b.C.d`.
    pub(super) fn within_package(&self, unit: UnitId, module: &str) -> Option<Value> {
        let (package, name) = module.rsplit_once('.')?;
        self.member(self.package(unit, package)?, name)
    }
}

/// Whether what is exported is a variable without a value, or a name that only stands for a namespace.
fn is_promise(unit: &Unit, node: NodeId) -> bool {
    match *unit.expr(node) {
        Expr::Variable(variable) => match unit.variable(variable).definition {
            Some(definition) => matches!(unit.expr(definition), Expr::Module(_)),
            None => unit.variable(variable).assignments == 0,
        },
        _ => false,
    }
}

/// The folder of the manifest that a file lies below; empty if there is none.
fn nearest<'p>(manifests: &FxHashSet<&str>, path: &'p str) -> &'p str {
    let mut folders = path.rmatch_indices('/').map(|(end, _)| &path[..end]);
    folders.find(|folder| manifests.contains(folder)).unwrap_or_default()
}

/// Trees in which several projects lie side by side: nothing but folders, each with a manifest at its top.
struct Shelves<'a> {
    /// Folders in which a file lies.
    filled: FxHashSet<&'a str>,
    manifests: &'a FxHashSet<&'a str>,
}

impl<'a> Shelves<'a> {
    fn new(workspace: &'a Workspace, manifests: &'a FxHashSet<&'a str>) -> Self {
        Self { filled: workspace.files.iter().map(|file| folder(&file.path)).collect(), manifests }
    }

    /// The folder of the project that a file is part of; empty where the whole tree is one.
    fn project<'p>(&self, path: &'p str) -> &'p str {
        let mut folders = std::iter::once("").chain(path.match_indices('/').map(|(end, _)| &path[..end]));
        let first = folders.find(|folder| self.filled.contains(folder)).unwrap_or_default();
        if self.manifests.contains(first) { first } else { "" }
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn root(parents: &[u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        at = parents[at as usize];
    }
    at
}
