//! What an instance of a class of the tree gives away where it is shown or written whole: `#[derive(Debug)]` prints every field.

use rustc_hash::{FxHashMap, FxHashSet};

use super::access::Symbol;
use super::index::{Shown, World};
use crate::ir::{Class, Expr, NodeId, Unit};
use crate::program::{ClassRef, UnitId, Value};
use crate::rule::CalleePattern;
use crate::rule::kind::KindId;
use crate::rule::model::{Effect, Subject};

impl Shown {
    /// Looks through all classes.
    pub(super) fn of(world: &World<'_>) -> Self {
        let mut members = FxHashMap::default();
        for id in world.program.unit_ids() {
            let unit = world.program.unit(id);
            for (number, class) in (0..).zip(&unit.classes).filter(|(_, class)| !class.attributes.is_empty()) {
                let found = shown_members(world, id, unit, class);
                if !found.is_empty() {
                    let class = ClassRef { unit: id, class: crate::ir::ClassId(number) };
                    members.insert(world.program.whole_class(class), found);
                }
            }
        }
        Self { members }
    }

    /// The members that an instance of a written type shows.
    pub(super) fn by_type(&self, world: &World<'_>, unit: UnitId, ty: NodeId) -> &[(Symbol, KindId)] {
        if self.members.is_empty() {
            return &[];
        }
        let resolved = world.program.resolve(Value { unit, node: ty });
        let Expr::Class(class) = *world.program.unit(resolved.unit).expr(resolved.node) else { return &[] };
        self.of_class(world.program.whole_class(ClassRef { unit: resolved.unit, class }))
    }

    /// The members that an instance shows.
    pub(super) fn by_instance(&self, world: &World<'_>, unit: UnitId, node: NodeId) -> &[(Symbol, KindId)] {
        if self.members.is_empty() {
            return &[];
        }
        let class = world.program.class_of(Value { unit, node });
        class.map_or(&[], |class| self.of_class(world.program.whole_class(class)))
    }

    fn of_class(&self, class: ClassRef) -> &[(Symbol, KindId)] {
        self.members.get(&class).map_or(&[], |members| members)
    }
}

fn shown_members(world: &World<'_>, id: UnitId, unit: &Unit, class: &Class) -> Vec<(Symbol, KindId)> {
    let rows = class.attributes.iter().flat_map(|&attribute| attribute_parts(unit, attribute));
    let rows = rows.flat_map(|part| world.rows(id, part, Subject::Attribute, false));
    let rows: Vec<_> = rows.map(|row| world.knowledge.models.row_of(row)).collect();
    let methods = methods(unit, class);
    let speaks = |row: &&&crate::rule::model::Row| {
        matches!(row.effect, Effect::Source(..)) && !row.not_method.iter().any(|name| methods.contains(name.as_str()))
    };
    let Some(row) = rows.iter().find(speaks) else { return Vec::new() };
    let member = |field: &crate::ir::FieldDeclaration| {
        let name = unit.name(field.name);
        let is_hidden = !field.attributes.is_empty() || field.ty.is_some_and(|ty| is_one(world, id, ty, &row.not_type));
        let kind = world.knowledge.lexicon.kind(name).filter(|_| !is_hidden)?;
        Some((Symbol::of(name), kind))
    };
    class.fields.iter().filter_map(member).collect()
}

/// An attribute, and what it is given: `derive` and `Debug`.
fn attribute_parts(unit: &Unit, attribute: NodeId) -> Vec<NodeId> {
    match unit.expr(attribute) {
        Expr::Call { callee, arguments, .. } => std::iter::once(*callee).chain(arguments.iter().copied()).collect(),
        _ => vec![attribute],
    }
}

/// The names of the methods of a class, those of its other parts included.
fn methods<'u>(unit: &'u Unit, class: &Class) -> FxHashSet<&'u str> {
    let parts = unit.classes.iter().filter(|part| part.name == class.name);
    parts.flat_map(|part| &part.methods).map(|&method| unit.name(unit.function(method).name)).collect()
}

fn is_one(world: &World<'_>, unit: UnitId, ty: NodeId, patterns: &[CalleePattern]) -> bool {
    let path = world.program.path(unit, ty).unwrap_or_default();
    patterns.iter().any(|pattern| pattern.matches(path, false))
}
