//! Objects that files hand to each other to hang functions on: `module.exports = (api) => { api.log = …; return api; }`.
//!
//! Which object a parameter is cannot be seen, but where several files write functions to members of a parameter of one name, that
//! name stands for one object.

use rustc_hash::FxHashMap;

use super::access::Symbol;
use super::origin::Cell;
use crate::ir::{Expr, FunctionId, NodeId, Unit, VariableId, VariableKind};
use crate::program::{FunctionRef, Program, UnitId, Value};

/// So many files must write functions to a parameter of a name.
const MIN_UNITS: usize = 2;

/// The shared objects of a program.
#[derive(Debug, Default)]
pub(super) struct Registry {
    /// Functions by the name of the parameter and of the member.
    functions: FxHashMap<(Symbol, Symbol), Vec<FunctionRef>>,
    /// Names of parameters that stand for such an object.
    names: Vec<Symbol>,
}

/// A function that is written to a member of a parameter.
pub(super) type Entry = (Symbol, Symbol, FunctionRef);

/// The functions that a unit writes to members of parameters of its exported functions.
pub(super) fn entries(program: &Program<'_>, id: UnitId) -> Vec<Entry> {
    let unit = program.unit(id);
    let exported = exported(program, id);
    if exported.is_empty() {
        return Vec::new();
    }
    let entry = |expr: &Expr| {
        let Expr::Assign { target, value } = *expr else { return None };
        let Expr::Field { base, name } = *unit.expr(target) else { return None };
        let variable = parameter(unit, base).filter(|&variable| exported.contains(&unit.variable(variable).owner))?;
        let function = program.function_of(Value { unit: id, node: value })?;
        Some((Symbol::of(unit.name(unit.variable(variable).name)), Symbol::of(unit.name(name)), function))
    };
    unit.all_nodes().filter_map(|(_, node)| entry(&node.expr)).collect()
}

fn exported(program: &Program<'_>, id: UnitId) -> Vec<FunctionId> {
    let functions =
        program.unit(id).exports.iter().filter_map(|export| program.function_of(Value { unit: id, node: export.value }));
    functions.filter(|function| function.unit == id).map(|function| function.function).collect()
}

fn parameter(unit: &Unit, node: NodeId) -> Option<VariableId> {
    match *unit.expr(node) {
        Expr::Variable(variable) if unit.variable(variable).kind == VariableKind::Parameter => Some(variable),
        _ => None,
    }
}

impl Registry {
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        let mut registry = Self::default();
        let mut units: FxHashMap<Symbol, Vec<UnitId>> = FxHashMap::default();
        for (name, member, function) in entries {
            registry.functions.entry((name, member)).or_default().push(function);
            let known = units.entry(name).or_default();
            if known.last() != Some(&function.unit) {
                known.push(function.unit);
            }
        }
        registry.names = units.into_iter().filter(|(_, units)| units.len() >= MIN_UNITS).map(|(name, _)| name).collect();
        registry.names.sort_unstable();
        registry
    }

    /// The name of the shared object that an expression is.
    fn object(&self, unit: &Unit, node: NodeId) -> Option<Symbol> {
        if self.names.is_empty() {
            return None;
        }
        let name = Symbol::of(unit.name(unit.variable(parameter(unit, node)?).name));
        self.names.binary_search(&name).is_ok().then_some(name)
    }

    /// The functions that a call of a member of a shared object reaches.
    pub(super) fn targets(&self, unit: &Unit, callee: NodeId) -> &[FunctionRef] {
        let Expr::Field { base, name } = *unit.expr(callee) else { return &[] };
        let key = self.object(unit, base).map(|object| (object, Symbol::of(unit.name(name))));
        key.and_then(|key| self.functions.get(&key)).map_or(&[], |functions| functions)
    }

    /// The shared place of a member of a shared object.
    pub(super) fn cell(&self, unit: &Unit, base: NodeId, member: Symbol) -> Option<Cell> {
        Some(Cell::Shared(self.object(unit, base)?, member))
    }
}
