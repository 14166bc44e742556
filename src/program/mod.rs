//! The units of a workspace, linked: which path a callee has, which value a name stands for, which functions a call reaches.
//!
//! Everything here is answered from single definitions: a variable that is written twice stands for nothing, and its path is
//! unknown. What changes on the way through a function is the business of `taint`.

pub mod argument;
mod body;
mod bridge;
mod call;
mod class;
mod constant;
mod joined;
mod lineage;
mod module;
mod path;
mod possible;
mod realm;
mod resolve;
mod shipping;
#[cfg(test)]
mod tests;
mod wrapper;
mod written;

use std::borrow::Cow;
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::frontend::Language;
use crate::ir::{ClassId, Expr, FunctionId, NodeId, Promise, Unit};
use crate::rule::model::Models;
use crate::source::{FileId, Notice};
use crate::standing;
use crate::target::Workspace;

pub use crate::frontend::LocalPackage;
pub use bridge::Handover;
pub use constant::Constant;
pub use path::PathId;

use bridge::{Handovers, Known};
use call::Targets;
use class::Classes;
use joined::Joined;
use lineage::Ancestors;
use module::Modules;
use path::{Paths, UnitPaths};
use possible::Instances;
use realm::Realms;
use shipping::Shipping;
use wrapper::Wrappers;
use written::WrittenMembers;

/// Index of a unit in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub u32);

/// An expression of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value {
    /// The unit.
    pub unit: UnitId,
    /// The expression.
    pub node: NodeId,
}

/// A function of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionRef {
    /// The unit.
    pub unit: UnitId,
    /// The function.
    pub function: FunctionId,
}

/// A class of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    /// The unit.
    pub unit: UnitId,
    /// The class.
    pub class: ClassId,
}

/// The units of a workspace and what connects them, before paths and targets are known.
#[derive(Debug)]
struct Linkage<'a> {
    units: Vec<(FileId, &'a Unit)>,
    /// The paths of the units' files.
    files: Vec<Box<str>>,
    modules: Modules,
    realms: Realms,
    classes: Classes<'a>,
    ancestors: Ancestors,
    wrappers: Wrappers,
    joined: Joined,
    written: WrittenMembers,
    /// The classes that types name, of the values that may stand for instances; None until all else is linked.
    declared: Option<FxHashMap<Value, ClassRef>>,
}

/// All units of a workspace and what connects them.
#[derive(Debug)]
pub struct Program<'a> {
    linkage: Linkage<'a>,
    paths: Paths,
    unit_paths: Vec<UnitPaths>,
    targets: Vec<Targets>,
    /// How calls hand their arguments to functions of other languages.
    handovers: Handovers,
    /// Calls by the function of the tree that they reach.
    callers: FxHashMap<FunctionRef, Vec<Value>>,
    /// What is part of the product or of its build.
    shipping: Shipping,
    /// What instances are made with; found at the first question.
    instances: OnceLock<Instances>,
    /// By unit: what stands in which function; found at the first question.
    bodies: Vec<OnceLock<body::Bodies>>,
}

impl<'a> Program<'a> {
    /// Links units, which stand in the order of their files; models say which calls only wrap what they are given.
    #[must_use]
    pub fn link(
        workspace: &Workspace,
        units: Vec<(FileId, &'a Unit)>,
        packages: &[LocalPackage],
        models: &Models,
    ) -> (Self, Vec<Notice>) {
        let (modules, notices) = Modules::resolve(workspace, &units, packages);
        let mut realms = Realms::new(workspace, &units, packages);
        realms.join(&modules);
        let classes = Classes::index(&units, &realms);
        let files = units.iter().map(|(file, _)| (*workspace.file(*file).path).into()).collect();
        let (ancestors, wrappers, joined, written, declared) = Default::default();
        let mut linkage = Linkage { units, files, modules, realms, classes, ancestors, wrappers, joined, written, declared };
        linkage.wrappers = linkage.wrappers(models);
        linkage.joined = linkage.joined(models);
        linkage.written = linkage.written_members();
        linkage.ancestors = linkage.all_ancestors();
        linkage.declared = Some(linkage.declared_classes());
        let ids = 0..linkage.units.len() as u32;
        let (local, mut targets): (Vec<_>, Vec<_>) =
            ids.into_par_iter().map(|index| (linkage.unit_paths(UnitId(index)), linkage.targets(UnitId(index)))).unzip();
        let (paths, unit_paths) = Paths::merge(local);
        // Callers in another language hand over what parameters do not take by their places.
        let callers = callers(&targets);
        let known = Known { paths: &paths, units: &unit_paths };
        let handovers = linkage.join_bridges(&known, models, &mut targets);
        let shipping = Shipping::new(workspace, &linkage.units);
        let bodies = linkage.units.iter().map(|_| OnceLock::new()).collect();
        (Self { linkage, paths, unit_paths, targets, handovers, callers, shipping, instances: OnceLock::new(), bodies }, notices)
    }

    /// The units with their files, in the order of their ids.
    #[must_use]
    pub fn units(&self) -> &[(FileId, &'a Unit)] {
        &self.linkage.units
    }

    /// All unit ids.
    pub fn unit_ids(&self) -> impl Iterator<Item = UnitId> + use<> {
        (0..self.linkage.units.len() as u32).map(UnitId)
    }

    /// The unit of an id.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> &'a Unit {
        self.linkage.unit(id)
    }

    /// The file of a unit.
    #[must_use]
    pub fn file(&self, id: UnitId) -> FileId {
        self.linkage.units[id.0 as usize].0
    }

    /// The path of the file of a unit.
    #[must_use]
    pub fn file_path(&self, id: UnitId) -> &str {
        &self.linkage.files[id.0 as usize]
    }

    /// The unit of a file, if it holds code.
    #[must_use]
    pub fn unit_of(&self, file: FileId) -> Option<UnitId> {
        let index = self.linkage.units.binary_search_by_key(&file, |(file, _)| *file).ok()?;
        Some(UnitId(index as u32))
    }

    /// The resolved path of an expression, for [`crate::rule::CalleePattern`]: a module or global, then members, `()` for the
    /// result of a call and for an instance of a class; `?name` first if the root is a value that nothing is known of.
    /// None for literals and the like.
    #[must_use]
    pub fn path(&self, unit: UnitId, node: NodeId) -> Option<&str> {
        self.path_id(unit, node).map(|id| self.paths.text(id))
    }

    /// The same as a number: equal paths have equal numbers below [`Program::path_count`].
    #[must_use]
    pub fn path_id(&self, unit: UnitId, node: NodeId) -> Option<PathId> {
        self.unit_paths[unit.0 as usize].get(node)
    }

    /// A path by its number.
    #[must_use]
    pub fn path_text(&self, path: PathId) -> &str {
        self.paths.text(path)
    }

    /// How many different paths there are.
    #[must_use]
    pub fn path_count(&self) -> usize {
        self.paths.len()
    }

    /// All paths with their numbers, to match patterns once per path.
    pub fn all_paths(&self) -> impl Iterator<Item = (PathId, &str)> {
        self.paths.iter()
    }

    /// The functions of the tree that a call may reach; empty if it leaves the tree or nothing is known.
    #[must_use]
    pub fn targets(&self, unit: UnitId, call: NodeId) -> &[FunctionRef] {
        self.targets[unit.0 as usize].get(&call).map_or(&[], |targets| targets)
    }

    /// How many classes compete for a call, each with a method that it may reach: which one runs is decided elsewhere.
    #[must_use]
    pub fn rivals(&self, call: Value) -> usize {
        let targets = self.targets(call.unit, call.node);
        if targets.len() < 2 {
            return targets.len();
        }
        let class = |target: &FunctionRef| {
            let class = self.unit(target.unit).function(target.function).class;
            class.map(|class| self.whole_class(ClassRef { unit: target.unit, class }))
        };
        let mut classes: Vec<_> = targets.iter().map(class).collect();
        classes.sort_unstable();
        classes.dedup();
        classes.len()
    }

    /// Whether a function is a method of a class whose name says that it only stands in for another.
    #[must_use]
    pub fn is_stand_in(&self, function: FunctionRef) -> bool {
        let unit = self.unit(function.unit);
        let class = unit.function(function.function).class;
        class.is_some_and(|class| standing::is_stand_in(unit.name(unit.class(class).name)))
    }

    /// How a call hands its arguments to a function of another language; None for calls within one.
    #[must_use]
    pub fn handover(&self, call: Value, target: FunctionRef) -> Option<&Handover> {
        if self.handovers.is_empty() {
            return None;
        }
        self.handovers.get(&(call, target))
    }

    /// What an expression stands for, followed through single definitions, imports, re-exports and members of object literals as
    /// far as they go.
    #[must_use]
    pub fn resolve(&self, value: Value) -> Value {
        self.linkage.resolve(value)
    }

    /// The member of a value, if the value resolves to an object literal, class or module that has it.
    #[must_use]
    pub fn member(&self, value: Value, name: &str) -> Option<Value> {
        self.linkage.member(value, name)
    }

    /// The member of an object literal as it is written there, not followed to what it stands for.
    #[must_use]
    pub fn written_member(&self, object: Value, name: &str) -> Option<Value> {
        let unit = self.unit(object.unit);
        let crate::ir::Expr::Object(properties) = unit.expr(object.node) else { return None };
        let is_it = |key| matches!(key, crate::ir::PropertyKey::Name(key) if unit.name(key) == name);
        let property = properties.iter().rev().find(|property| is_it(property.key))?;
        Some(Value { unit: object.unit, node: property.value })
    }

    /// The values that are written to a member of an object literal after it was made.
    pub fn written_later(&self, object: Value, name: &str) -> impl Iterator<Item = Value> {
        self.linkage.written_later(object, name)
    }

    /// Whether the product calls a function, as far as is known.
    #[must_use]
    pub fn is_called(&self, function: FunctionRef) -> bool {
        let callers = self.callers.get(&function).map_or(&[][..], Vec::as_slice);
        callers.iter().any(|&call| self.ships(call))
    }

    /// What the callers within the product hand in for a parameter: nothing if a value is no parameter or too many call.
    #[must_use]
    pub fn handed_in(&self, value: Value) -> Vec<Value> {
        /// A function with more callers is a library of its own.
        const MOST: usize = 16;
        let unit = self.unit(value.unit);
        let crate::ir::Expr::Variable(variable) = *unit.expr(value.node) else { return Vec::new() };
        let owner = unit.variable(variable).owner;
        let position = unit.function(owner).parameters.iter().position(|parameter| parameter.variable == variable);
        let callers = self.callers.get(&FunctionRef { unit: value.unit, function: owner });
        let (Some(position), Some(callers)) = (position.filter(|_| unit.variable(variable).assignments == 0), callers) else {
            return Vec::new();
        };
        let shipping = callers.iter().filter(|call| self.ships(**call)).take(MOST);
        let argument = |call: &Value| {
            let caller = self.unit(call.unit);
            let arguments = argument::of(caller, call.node);
            let index = argument::for_parameter(caller, arguments, (unit, unit.function(owner)), position)?;
            let is_spread = |node: &NodeId| matches!(caller.expr(*node), crate::ir::Expr::Spread(_));
            let is_certain = !arguments[..=index].iter().any(is_spread);
            is_certain.then(|| Value { unit: call.unit, node: caller.given(arguments[index]) })
        };
        shipping.filter_map(argument).collect()
    }

    /// The call that makes a value: its definition, or the one thing that the class writes to the field of `this` that it is.
    #[must_use]
    pub fn construction(&self, value: Value) -> Option<Value> {
        let resolved = self.resolve(value);
        let made = match *self.unit(resolved.unit).expr(resolved.node) {
            crate::ir::Expr::Field { base, name } => {
                let owner = self.class_of(Value { unit: resolved.unit, node: base })?;
                self.linkage.written_to(owner, self.unit(resolved.unit).name(name))?
            }
            _ => resolved,
        };
        matches!(self.unit(made.unit).expr(made.node), crate::ir::Expr::Call { .. }).then_some(made)
    }

    /// The function that a value is, if it is one of the tree: a closure, a named function, a bound method.
    #[must_use]
    pub fn function_of(&self, value: Value) -> Option<FunctionRef> {
        self.linkage.function_of(value)
    }

    /// The functions that stand for what a value is declared to be, an interface with a method of this name.
    #[must_use]
    pub fn stand_ins(&self, value: Value, name: &str) -> Vec<Value> {
        let Some(class) = self.class_of(value) else { return Vec::new() };
        self.linkage.stand_ins(class, self.linkage.realms.family(value.unit), name)
    }

    /// The constant that an expression always is.
    #[must_use]
    pub fn constant(&self, value: Value) -> Option<Constant> {
        self.linkage.constant(value)
    }

    /// The text that an expression always is: a constant's, or that of a regular expression.
    #[must_use]
    pub fn text_of(&self, value: Value) -> Option<String> {
        let unit = self.unit(value.unit);
        match unit.expr(value.node) {
            crate::ir::Expr::Literal(crate::ir::Literal::Regex(name)) => Some(unit.name(*name).to_owned()),
            _ => self.constant(value).map(|constant| constant.text()),
        }
    }

    /// The constant text that a value begins with: of a template or sum of texts the first part, as far as it is known.
    #[must_use]
    pub fn beginning(&self, value: Value) -> Option<String> {
        /// Sums of more parts than these are not looked into.
        const MAX_PARTS: usize = 64;
        let mut value = value;
        for _ in 0..MAX_PARTS {
            if let Some(text) = self.text_of(value) {
                return Some(text);
            }
            let resolved = self.resolve(value);
            value.unit = resolved.unit;
            value.node = match self.unit(resolved.unit).expr(resolved.node) {
                crate::ir::Expr::Template(parts) => *parts.first()?,
                crate::ir::Expr::Binary { op: crate::ir::BinaryOp::Add, left, .. } => *left,
                _ => return None,
            };
        }
        None
    }

    /// Whether a value is all that a file of the tree exports.
    #[must_use]
    pub fn is_module(&self, value: Value) -> bool {
        self.linkage.is_module(value)
    }

    /// The class of the tree that a value is an instance of, by its type, its construction, or `this`.
    #[must_use]
    pub fn class_of(&self, value: Value) -> Option<ClassRef> {
        self.linkage.class_of(value)
    }

    /// The marked method without a body that a callee names, and the unit that declares it.
    #[must_use]
    pub fn promise_of(&self, callee: Value) -> Option<(UnitId, &'a Promise)> {
        self.promised(callee, &self.linkage.classes.promised)
    }

    /// The method without a body that a callee names, marked or not, and the unit that declares it.
    #[must_use]
    pub fn unwritten(&self, callee: Value) -> Option<(UnitId, &'a Promise)> {
        self.promised(callee, &self.linkage.classes.unwritten)
    }

    /// The method without a body that a callee names, if there may be one of its name.
    fn promised(&self, callee: Value, names: &FxHashSet<&str>) -> Option<(UnitId, &'a Promise)> {
        let unit = self.unit(callee.unit);
        let Expr::Field { name, .. } = *unit.expr(callee.node) else { return None };
        names.contains(unit.name(name)).then(|| self.linkage.promise_of(callee, call::MAX_DEPTH)).flatten()
    }

    /// The class of the tree that an expression names.
    #[must_use]
    pub fn class_named(&self, value: Value) -> Option<ClassRef> {
        self.linkage.class_named_by(value, 4)
    }

    /// The field of the receiver that a bare name means which the file itself does not declare: its class and its name.
    #[must_use]
    pub fn implied_field(&self, value: Value) -> Option<(ClassRef, &'a str)> {
        self.linkage.implied_field(value)
    }

    /// The class that stands for all parts of one that is written in several places.
    #[must_use]
    pub fn whole_class(&self, class: ClassRef) -> ClassRef {
        self.linkage.classes.whole(class)
    }

    /// The classes of the tree that a class extends or implements, the nearest first.
    #[must_use]
    pub fn ancestors(&self, class: ClassRef) -> &[ClassRef] {
        self.linkage.ancestors_of(class)
    }

    /// The only thing that is ever written to a field of a class, constants at its beginning left out.
    #[must_use]
    pub fn lasting_member(&self, class: ClassRef, name: &str) -> Option<Value> {
        let whole = self.whole_class(class);
        let written = self.written_to_instances(whole, name);
        match *written {
            [] => self.linkage.written_to(whole, name),
            [only] => {
                let begun =
                    self.linkage.declared_field(whole, name).and_then(|(unit, field)| Some(Value { unit, node: field.value? }));
                let is_constant = |value: Value| matches!(self.unit(value.unit).expr(value.node), Expr::Literal(_));
                begun.is_none_or(is_constant).then_some(only)
            }
            _ => None,
        }
    }

    /// Whether a class, or one of the tree that it extends, extends something that is not of the tree.
    #[must_use]
    pub fn has_foreign_base(&self, class: ClassRef) -> bool {
        let whole = self.whole_class(class);
        let lineage = std::iter::once(whole).chain(self.ancestors(whole).iter().copied());
        lineage.flat_map(|class| std::iter::once(class).chain(self.linkage.parts(class))).any(|part| {
            let bases = &self.unit(part.unit).class(part.class).bases;
            bases.iter().any(|&node| self.class_named(Value { unit: part.unit, node }).is_none())
        })
    }

    /// The fields that classes declare, or that their methods write to `this`.
    pub fn class_fields(&self) -> impl Iterator<Item = (ClassRef, &'a str)> {
        self.linkage.class_fields()
    }

    /// The class in one of whose methods an expression stands.
    #[must_use]
    pub fn enclosing_class(&self, value: Value) -> Option<ClassRef> {
        self.linkage.enclosing_class(value)
    }

    /// The number of the product that a unit is part of: units that import each other or lie below one manifest, in one language.
    #[must_use]
    pub fn product(&self, unit: UnitId) -> u32 {
        self.linkage.realms.product(unit)
    }

    /// The number of the project that a unit is part of: one for the whole tree, unless that is nothing but folders with a manifest each.
    #[must_use]
    pub fn project(&self, unit: UnitId) -> u32 {
        self.linkage.realms.project(unit)
    }

    /// What is known of the language of a unit.
    #[must_use]
    pub fn language(&self, unit: UnitId) -> &'static Language {
        self.linkage.realms.language(unit)
    }

    /// What a name that a unit does not declare stands for, if it is something of its package.
    #[must_use]
    pub fn undeclared(&self, unit: UnitId, name: crate::ir::NameId) -> Option<Value> {
        self.linkage.realms.undeclared(unit, self.unit(unit), name)
    }

    /// The name of a function, for people.
    #[must_use]
    pub fn function_name(&self, function: FunctionRef) -> Cow<'a, str> {
        let unit = self.unit(function.unit);
        let name = unit.name(unit.function(function.function).name);
        if name.is_empty() { Cow::Borrowed("anonymous function") } else { Cow::Borrowed(name) }
    }
}

/// The calls that reach each function, in the order of the source.
#[allow(clippy::iter_over_hash_type, reason = "each list is sorted in the end")]
fn callers(targets: &[Targets]) -> FxHashMap<FunctionRef, Vec<Value>> {
    let mut callers: FxHashMap<FunctionRef, Vec<Value>> = FxHashMap::default();
    for (index, targets) in targets.iter().enumerate() {
        let unit = UnitId(index as u32);
        for (&node, functions) in targets {
            functions.iter().for_each(|&function| callers.entry(function).or_default().push(Value { unit, node }));
        }
    }
    callers.values_mut().for_each(|calls| calls.sort_unstable());
    callers
}

impl<'a> Linkage<'a> {
    fn unit(&self, id: UnitId) -> &'a Unit {
        self.units[id.0 as usize].1
    }
}
