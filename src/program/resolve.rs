//! What a name stands for.

use rustc_hash::FxHashSet;

use super::realm::PackageId;
use super::wrapper::Wrapped;
use super::{ClassRef, Linkage, UnitId, Value};
use crate::ir::{CallKind, Expr, Literal, NameId, NodeId, PropertyKey, StatementKind};

/// How many definitions are followed: more than any code that people read has, and an end for circular ones.
const MAX_DEPTH: u32 = 24;

/// How deep is looked once a function is asked what it returns: functions may well return what they themselves make.
const MAX_FACTORIES: u32 = 8;

/// In how many of the objects that are merged into one a member is looked for, from the last.
const MOST_MERGED: usize = 4;

/// Lists that are longer than this are tables.
const MOST_ELEMENTS: f64 = 64.0;

/// In how many units a name is looked for that others pass on by `export *`.
const MOST_RE_EXPORTING: usize = 2_000;

/// What an expression stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An expression that leads no further.
    Value(Value),
    /// All that a unit exports.
    Module(UnitId),
    /// All that the units of a package export.
    Package(PackageId),
}

impl Linkage<'_> {
    pub(super) fn resolve(&self, value: Value) -> Value {
        match self.target(value, MAX_DEPTH) {
            Target::Value(target) => target,
            Target::Module(_) | Target::Package(_) => value,
        }
    }

    pub(super) fn is_module(&self, value: Value) -> bool {
        matches!(self.target(value, MAX_DEPTH), Target::Module(_) | Target::Package(_))
    }

    pub(super) fn member(&self, value: Value, name: &str) -> Option<Value> {
        match self.member_of(self.target(value, MAX_DEPTH), name, MAX_DEPTH)? {
            Target::Value(target) => Some(target),
            Target::Module(_) | Target::Package(_) => None,
        }
    }

    pub(super) fn target(&self, value: Value, depth: u32) -> Target {
        self.next(value, depth).unwrap_or(Target::Value(value))
    }

    /// One or more steps from `value`; None if it leads nowhere.
    fn next(&self, value: Value, depth: u32) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let unit = self.unit(value.unit);
        let follow = |node: NodeId| Some(self.target(Value { unit: value.unit, node }, depth));
        match unit.expr(value.node) {
            Expr::Variable(variable) => follow(unit.variable(*variable).definition?),
            Expr::Typed { value, .. } | Expr::Assign { value, .. } | Expr::Named { value, .. } | Expr::Deref(value) => {
                follow(*value)
            }
            Expr::Call { .. } => match self.wrappers.get(&value)? {
                Wrapped::One(inner) => follow(*inner),
                Wrapped::Instance(_) | Wrapped::Merged(_) => None,
            },
            Expr::Module(name) => self.module_target(value.unit, *name, depth),
            Expr::Global(name) => Some(self.target(self.realms.undeclared(value.unit, unit, *name)?, depth)),
            Expr::Field { base, name } => {
                let target = self.target(Value { unit: value.unit, node: *base }, depth);
                self.member_of(target, unit.name(*name), depth)
                    .or_else(|| self.module_within(value.unit, *base, *name))
                    .or_else(|| self.beside_receiver(value, *base, *name, depth))
            }
            Expr::Index { base, index } => {
                if let Expr::Literal(Literal::Text(name)) = *unit.expr(*index) {
                    let base = self.target(Value { unit: value.unit, node: *base }, depth);
                    return self.member_of(base, unit.name(name), depth);
                }
                let Expr::Literal(Literal::Number(index)) = *unit.expr(*index) else { return None };
                let is_place = (0.0..MOST_ELEMENTS).contains(&index) && index.fract() == 0.0;
                self.element(Value { unit: value.unit, node: *base }, is_place.then_some(index as usize)?, depth)
            }
            _ => None,
        }
    }

    /// The function or class at a place of a list that is written out, or that a function of the tree makes: `const [, put] = useIt()`.
    /// What else a list holds may have been changed.
    fn element(&self, list: Value, index: usize, depth: u32) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let Target::Value(list) = self.target(list, depth) else { return None };
        let unit = self.unit(list.unit);
        let list = match *unit.expr(list.node) {
            Expr::Call { callee, kind: CallKind::Call, .. } => self.made_by(Value { unit: list.unit, node: callee }, depth)?,
            _ => list,
        };
        let unit = self.unit(list.unit);
        let Expr::Array(elements) = unit.expr(list.node) else { return None };
        let is_spread = |&node: &NodeId| matches!(unit.expr(node), Expr::Spread(_));
        let node = *elements.get(index).filter(|_| !elements[..=index].iter().any(is_spread))?;
        let Target::Value(found) = self.target(Value { unit: list.unit, node }, depth) else { return None };
        let is_lasting = matches!(self.unit(found.unit).expr(found.node), Expr::Closure(_) | Expr::Class(_));
        is_lasting.then_some(Target::Value(found))
    }

    fn member_of(&self, base: Target, name: &str, depth: u32) -> Option<Target> {
        match base {
            Target::Module(unit) => self.exported(unit, name, depth),
            Target::Package(package) => Some(self.target(self.realms.member(package, name)?, depth)),
            Target::Value(value) => self.property(value, name, depth),
        }
    }

    /// What the package means by a bare name that was taken for a member of the value that a block works on, or that a function extends.
    fn beside_receiver(&self, value: Value, base: NodeId, name: NameId, depth: u32) -> Option<Target> {
        if !self.realms.language(value.unit).blocks_have_receivers {
            return None;
        }
        let unit = self.unit(value.unit);
        let is_implied = match *unit.expr(base) {
            Expr::Variable(variable) => unit.variable(variable).name == NameId::EMPTY,
            Expr::This => self.enclosing_class(value).is_none_or(|class| {
                let name = unit.name(name);
                self.declared_field(class, name).is_none() && self.method(class, name).is_none()
            }),
            _ => false,
        };
        if !is_implied {
            return None;
        }
        Some(self.target(self.realms.undeclared(value.unit, unit, name)?, depth))
    }

    /// The module of a folder that is no module itself: `b` of `from a import b`.
    fn module_within(&self, id: UnitId, folder: NodeId, name: NameId) -> Option<Target> {
        let unit = self.unit(id);
        let Expr::Module(folder) = *unit.expr(folder) else { return None };
        if !self.realms.language(id).folders_are_modules {
            return None;
        }
        let folder = unit.name(folder);
        let dot = if folder.ends_with('.') { "" } else { "." };
        let whole = unit.names.find(&format!("{folder}{dot}{}", unit.name(name)))?;
        self.modules.find(id, whole).map(Target::Module)
    }

    /// A module name: a unit, a package, or a member of one.
    fn module_target(&self, id: UnitId, name: NameId, depth: u32) -> Option<Target> {
        if let Some(unit) = self.modules.find(id, name) {
            return Some(Target::Module(unit));
        }
        let module = self.unit(id).name(name);
        let package = || self.realms.package(id, module).map(Target::Package);
        package().or_else(|| Some(self.target(self.realms.within_package(id, module)?, depth)))
    }

    /// What a unit exports under a name.
    fn exported(&self, id: UnitId, name: &str, depth: u32) -> Option<Target> {
        self.exported_beside(id, name, depth, &mut FxHashSet::default())
    }

    /// The same, but for units in which it was looked for already.
    fn exported_beside(&self, id: UnitId, name: &str, depth: u32, seen: &mut FxHashSet<UnitId>) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let unit = self.unit(id);
        let named = |wanted: &str| {
            let wanted = unit.names.find(wanted)?;
            unit.exports.iter().rev().find(|export| export.name == wanted).map(|export| Value { unit: id, node: export.value })
        };
        if let Some(value) = named(name) {
            return Some(self.target(value, depth));
        }
        if let Some(child) = self.modules.child(id, name) {
            return Some(Target::Module(child));
        }
        self.re_exported(id, name, depth, seen).or_else(|| match named("default") {
            // A CommonJS module is imported both as a whole and by members of what it exports.
            Some(default) => self.member_of(self.target(default, depth), name, depth),
            None => (name == "default").then_some(Target::Module(id)),
        })
    }

    /// What a unit passes on from another by `export *`. Units pass on from each other in circles.
    fn re_exported(&self, id: UnitId, name: &str, depth: u32, seen: &mut FxHashSet<UnitId>) -> Option<Target> {
        let unit = self.unit(id);
        let star = unit.names.find("*")?;
        seen.insert(id);
        unit.exports.iter().filter(|export| export.name == star).find_map(|export| {
            match self.target(Value { unit: id, node: export.value }, depth) {
                Target::Module(other) if seen.len() < MOST_RE_EXPORTING && seen.insert(other) => {
                    self.exported_beside(other, name, depth, seen)
                }
                _ => None,
            }
        })
    }

    /// The member of an object literal or class, or of one that a function of the tree makes.
    fn property(&self, value: Value, name: &str, depth: u32) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let unit = self.unit(value.unit);
        let here = |node: NodeId| Value { unit: value.unit, node };
        match unit.expr(value.node) {
            Expr::Object(properties) => properties
                .iter()
                .rev()
                .find_map(|property| match property.key {
                    PropertyKey::Name(key) if unit.name(key) == name => Some(self.target(here(property.value), depth)),
                    PropertyKey::Computed(key) if matches!(*unit.expr(key), Expr::Literal(Literal::Text(text)) if unit.name(text) == name) => {
                        Some(self.target(here(property.value), depth))
                    }
                    PropertyKey::Spread => self.member_of(self.target(here(property.value), depth), name, depth),
                    PropertyKey::Name(_) | PropertyKey::Computed(_) => None,
                })
                .or_else(|| self.only_written(value, name).map(|written| self.target(written, depth))),
            Expr::Class(class) => {
                let field = unit.class(*class).fields.iter().find(|field| unit.name(field.name) == name);
                let Some(field) = field else { return self.nested(ClassRef { unit: value.unit, class: *class }, name) };
                Some(self.target(here(field.value?), depth))
            }
            Expr::Call { callee, kind, .. } => {
                if let Some(Wrapped::Merged(parts)) = self.wrappers.get(&value) {
                    let depth = depth.min(MAX_FACTORIES);
                    let member = |part: &NodeId| self.member_of(self.target(here(*part), depth), name, depth);
                    return parts.iter().rev().take(MOST_MERGED).find_map(member);
                }
                let joined = self.joined.of_call(value);
                if !joined.is_empty() {
                    return self.of_joined(joined, name, depth);
                }
                let made = self.made_by(here(*callee), depth).filter(|_| *kind == CallKind::Call)?;
                self.property(made, name, depth)
            }
            // A namespace, as its name stands for it.
            Expr::Module(space) if self.realms.language(value.unit).open_namespaces => {
                self.realms.member_of_own(value.unit, unit.name(*space))?;
                Some(self.target(self.realms.member_of_own(value.unit, name)?, depth))
            }
            Expr::Variable(variable) => self.of_joined(self.joined.of_parameter(value.unit, *variable), name, depth),
            _ => None,
        }
    }

    /// A class that stands within another, as its member.
    fn nested(&self, outer: ClassRef, name: &str) -> Option<Target> {
        let nested = self.nested_class(outer, name)?;
        let unit = self.unit(nested.unit);
        let (node, _) = unit.all_nodes().find(|(_, content)| content.expr == Expr::Class(nested.class))?;
        Some(Target::Value(Value { unit: nested.unit, node }))
    }

    /// The member of one of the objects that others put in.
    fn of_joined(&self, objects: &[Value], name: &str, depth: u32) -> Option<Target> {
        let depth = depth.min(MAX_FACTORIES);
        objects.iter().find_map(|&object| self.member_of(self.target(object, depth), name, depth))
    }

    /// What a call gives, if the called function of the tree ends by returning a function, an object, a list or a class that it makes, or
    /// what another makes.
    pub(super) fn made_by(&self, callee: Value, depth: u32) -> Option<Value> {
        let depth = depth.min(MAX_FACTORIES).checked_sub(1)?;
        let Target::Value(called) = self.target(callee, depth) else { return None };
        let unit = self.unit(called.unit);
        // A function that a function gives is called: `write(prefix)(text)`.
        let called = match *unit.expr(called.node) {
            Expr::Call { callee, kind: CallKind::Call, .. } => self.made_by(Value { unit: called.unit, node: callee }, depth)?,
            _ => called,
        };
        let unit = self.unit(called.unit);
        let Expr::Closure(function) = *unit.expr(called.node) else { return None };
        let StatementKind::Return(Some(node)) = unit.function(function).body.last()?.kind else { return None };
        let Target::Value(made) = self.target(Value { unit: called.unit, node }, depth) else { return None };
        match *self.unit(made.unit).expr(made.node) {
            Expr::Closure(_) | Expr::Object(_) | Expr::Class(_) | Expr::Array(_) => Some(made),
            Expr::Call { .. } if !self.joined.of_call(made).is_empty() => Some(made),
            Expr::Call { callee, kind: CallKind::Call, .. } => self.made_by(Value { unit: made.unit, node: callee }, depth),
            _ => None,
        }
    }
}
