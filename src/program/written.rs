//! Members that are written to an object after it was made: `const o = {}; o.a = 1`.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Linkage, UnitId, Value};
use crate::ir::{Expr, NodeId, Unit, VariableKind};

/// What is written to the members of each object literal, in the order of the source.
pub(super) type WrittenMembers = FxHashMap<Value, Vec<(Box<str>, Value)>>;

/// So many writes to one object are told apart: more than these are a table.
const MOST: usize = 64;

impl Linkage<'_> {
    /// Finds the writes to members of object literals that a variable or another member holds.
    pub(super) fn written_members(&self) -> WrittenMembers {
        let ids = 0..self.units.len() as u32;
        let found: Vec<_> = ids.into_par_iter().map(|index| self.writes_of(UnitId(index))).collect();
        let mut written = WrittenMembers::default();
        for (object, name, value) in found.into_iter().flatten() {
            let members = written.entry(object).or_default();
            if members.len() < MOST {
                members.push((name, value));
            }
        }
        written
    }

    fn writes_of(&self, id: UnitId) -> Vec<(Value, Box<str>, Value)> {
        let unit = self.unit(id);
        let write = |(_, content): (NodeId, &crate::ir::Node)| {
            let Expr::Assign { target, value } = content.expr else { return None };
            let Expr::Field { base, name } = *unit.expr(target) else { return None };
            if !may_be_object(unit, base) {
                return None;
            }
            let object = self.resolve(Value { unit: id, node: base });
            let is_literal = matches!(self.unit(object.unit).expr(object.node), Expr::Object(_));
            is_literal.then(|| (object, unit.name(name).into(), Value { unit: id, node: value }))
        };
        unit.all_nodes().filter_map(write).collect()
    }

    /// The values that are written to a member of an object literal after it was made.
    pub(super) fn written_later(&self, object: Value, name: &str) -> impl Iterator<Item = Value> {
        let members = self.written.get(&object).map_or(&[][..], Vec::as_slice);
        members.iter().filter(move |(written, _)| **written == *name).map(|(_, value)| *value)
    }

    /// The only value that is written to a member that the literal itself lacks.
    pub(super) fn only_written(&self, object: Value, name: &str) -> Option<Value> {
        let mut values = self.written_later(object, name);
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }
}

/// Whether a variable or member may lead to an object that is written out.
fn may_be_object(unit: &Unit, base: NodeId) -> bool {
    match *unit.expr(base) {
        Expr::Variable(variable) => {
            let variable = unit.variable(variable);
            variable.kind == VariableKind::Import
                || variable.definition.is_some_and(|node| !matches!(unit.expr(node), Expr::Literal(_) | Expr::Closure(_)))
        }
        Expr::Field { base, .. } => may_be_object(unit, base),
        _ => false,
    }
}
