//! What functions take out of what they are given. Where a function that is reached by way of a table, a parameter or a wrapper takes
//! its parameter apart, and a member is named like a secret, whoever hands the whole on holds that secret, too.

use super::access::Symbol;
use super::index::{Shapes, World};
use crate::ir::{Expr, PropertyKey, VariableId, VariableKind};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::kind::KindId;

/// Through so many functions a whole is handed on.
const MAX_LAYERS: usize = 3;
/// From so many callers a parameter's shape is handed back.
const MAX_CALLERS: usize = 64;
/// So many expressions lead from an argument to the parameter that it is.
const MAX_DEPTH: u32 = 8;
/// So many members of one parameter are told apart.
const MOST_MEMBERS: usize = 16;

impl World<'_> {
    /// The shapes of parameters that are handed on to functions which take them apart.
    pub(super) fn shapes_of(&self, ids: &[UnitId]) -> Shapes {
        let mut shapes = Shapes::default();
        let mut last: Vec<_> = ids.iter().flat_map(|&id| self.taken_apart(id)).collect();
        for _ in 0..MAX_LAYERS {
            let mut next = Vec::new();
            for &((function, position), member) in &last {
                for caller in self.callers(function).filter(|caller| caller.argument.is_none()).take(MAX_CALLERS) {
                    let call = Value { unit: caller.function.unit, node: caller.call };
                    let given = self.argument_for(call, function, position);
                    let Some(place) = given.and_then(|given| self.parameter_in(given)) else { continue };
                    let known = shapes.entry(place).or_default();
                    if place != (function, position) && known.len() < MOST_MEMBERS && !known.contains(&member) {
                        known.push(member);
                        next.push((place, member));
                    }
                }
            }
            last = next;
        }
        shapes.retain(|_, members| !members.is_empty());
        shapes
    }

    /// The members named like secrets that functions of a unit take out of parameters which are patterns.
    fn taken_apart(&self, id: UnitId) -> Vec<((FunctionRef, usize), (Symbol, KindId))> {
        let unit = self.program.unit(id);
        let mut taken = Vec::new();
        for (_, content) in unit.all_nodes() {
            let Expr::Field { base, name } = content.expr else { continue };
            let Expr::Variable(variable) = *unit.expr(base) else { continue };
            let declared = unit.variable(variable);
            if declared.kind != VariableKind::Parameter || !unit.name(declared.name).is_empty() {
                continue;
            }
            let Some(kind) = self.name_kind(id, name) else { continue };
            let place = self.place_of(id, variable);
            taken.extend(place.map(|place| (place, (Symbol::of(unit.name(name)), kind))));
        }
        taken
    }

    fn place_of(&self, id: UnitId, variable: VariableId) -> Option<(FunctionRef, usize)> {
        let unit = self.program.unit(id);
        let owner = unit.variable(variable).owner;
        let position = unit.function(owner).parameters.iter().position(|parameter| parameter.variable == variable)?;
        Some((FunctionRef { unit: id, function: owner }, position))
    }

    /// The parameter that an argument is, or that it is a copy of: `args`, `{ ...args }`, what is left of a pattern.
    fn parameter_in(&self, value: Value) -> Option<(FunctionRef, usize)> {
        let unit = self.program.unit(value.unit);
        let mut node = unit.given(value.node);
        for _ in 0..MAX_DEPTH {
            node = match unit.expr(node) {
                Expr::Variable(variable) => {
                    let declared = unit.variable(*variable);
                    if declared.kind == VariableKind::Parameter {
                        return self.place_of(value.unit, *variable);
                    }
                    declared.definition.filter(|_| declared.kind != VariableKind::Import)?
                }
                Expr::Object(properties) => properties.iter().find(|property| property.key == PropertyKey::Spread)?.value,
                Expr::Typed { value, .. } | Expr::Named { value, .. } | Expr::Deref(value) | Expr::Spread(value) => *value,
                _ => return None,
            };
        }
        None
    }
}
