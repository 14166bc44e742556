//! Functions that only give the entry of a shared table: `get(key)`. Who calls them reads the entry by the key that the call gives.

use super::access::Symbol;
use super::index::World;
use super::origin::{Accessor, Cell};
use crate::ir::{Block, Expr, FunctionId, LogicalOp, NodeId, StatementKind, VariableKind};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::model::{Effect, Subject};
use crate::rule::{ENTRY, Port};

/// How many expressions are passed on the way to the table.
const MAX_DEPTH: u32 = 8;
/// Through so many functions that call each other a key is handed on.
const MAX_LAYERS: usize = 3;

impl World<'_> {
    /// Notes the functions that give entries of tables, and that those who call them read the tables.
    pub(super) fn add_accessors(&mut self, ids: &[UnitId]) {
        for _ in 0..MAX_LAYERS {
            let mut found = Vec::new();
            for &id in ids {
                let functions = (0..self.program.unit(id).functions.len() as u32).map(FunctionId);
                let functions = functions.map(|function| FunctionRef { unit: id, function });
                let new = functions.filter(|function| !self.accessors.contains_key(function));
                found.extend(new.filter_map(|function| Some((function, self.accessor(function)?))));
            }
            if found.is_empty() {
                break;
            }
            for (function, accessor) in found {
                self.accessors.insert(function, accessor);
                let callers: Vec<_> = self.callers(function).map(|caller| (accessor.cell, caller.function)).collect();
                self.readers.extend(callers);
            }
        }
        self.readers.sort_unstable();
        self.readers.dedup();
    }

    /// The entry that a function gives with every return that gives anything.
    fn accessor(&self, function: FunctionRef) -> Option<Accessor> {
        let unit = self.program.unit(function.unit);
        let declared = unit.function(function.function);
        if declared.parameters.is_empty() {
            return None;
        }
        let mut returned = Vec::new();
        collect(&declared.body, &mut returned);
        let mut found = returned.into_iter().map(|node| self.entry_of((function, node), MAX_DEPTH));
        let first = found.next()??;
        found.all(|other| other == Some(first)).then_some(first)
    }

    fn entry_of(&self, (function, node): (FunctionRef, NodeId), depth: u32) -> Option<Accessor> {
        let depth = depth.checked_sub(1)?;
        let unit = self.program.unit(function.unit);
        let on = |node| self.entry_of((function, node), depth);
        match *unit.expr(node) {
            Expr::Typed { value, .. } | Expr::Deref(value) => on(value),
            Expr::Logical { op: LogicalOp::Or | LogicalOp::Coalesce, left, .. } => on(left),
            Expr::Variable(variable) => {
                on(unit.variable(variable).definition.filter(|_| unit.variable(variable).owner == function.function)?)
            }
            Expr::Index { base, index } => {
                let key = self.key((function.unit, index)).as_parameter()?;
                Some(Accessor { cell: self.table((function, base), depth)?, key })
            }
            Expr::Call { callee, ref arguments, .. } => {
                if let [target] = *self.program.targets(function.unit, node) {
                    let inner = self.accessors.get(&target)?;
                    let key = self.key_given(Value { unit: function.unit, node }, target, inner.key).as_parameter()?;
                    return Some(Accessor { cell: inner.cell, key });
                }
                let Expr::Field { base, .. } = *unit.expr(callee) else { return None };
                if !self.reads_entry((function.unit, callee))? {
                    return on(base);
                }
                let key = self.key((function.unit, *arguments.first()?)).as_parameter()?;
                Some(Accessor { cell: self.table((function, base), depth)?, key })
            }
            _ => None,
        }
    }

    /// Whether a call of a method gives an entry of its receiver, or all of it; None if neither.
    fn reads_entry(&self, (id, callee): (UnitId, NodeId)) -> Option<bool> {
        let rows = self.rows(id, callee, Subject::Callee, false);
        rows.into_iter().find_map(|row| match self.effect(row) {
            Effect::Propagation(from, to) if to.root == Port::Return && to.function.is_none() => {
                let from = from.iter().find(|path| path.root == Port::Receiver && path.function.is_none())?;
                match from.fields.as_slice() {
                    [] => Some(false),
                    [field] => (field == ENTRY).then_some(true),
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// The place that functions share which an expression is.
    fn table(&self, (function, node): (FunctionRef, NodeId), depth: u32) -> Option<Cell> {
        let depth = depth.checked_sub(1)?;
        let unit = self.program.unit(function.unit);
        match *unit.expr(node) {
            Expr::Variable(variable) => {
                let declared = unit.variable(variable);
                let is_plain = matches!(declared.kind, VariableKind::Local | VariableKind::Constant);
                (is_plain && declared.owner != function.function).then_some(Cell::Variable(function.unit, variable))
            }
            Expr::Field { base, name } => {
                let symbol = Symbol::of(unit.name(name));
                match unit.expr(base) {
                    Expr::This => Some(self.own_field(function.unit, base_of(unit, node)?, symbol)),
                    _ => self.instance_field(function.unit, base, symbol),
                }
            }
            Expr::Typed { value, .. } | Expr::Deref(value) => self.table((function, value), depth),
            Expr::Call { callee, .. } if self.reads_entry((function.unit, callee)) == Some(false) => {
                self.table((function, base_of(unit, callee)?), depth)
            }
            _ => None,
        }
    }
}

fn base_of(unit: &crate::ir::Unit, node: NodeId) -> Option<NodeId> {
    if let Expr::Field { base, .. } = *unit.expr(node) { Some(base) } else { None }
}

/// What the returns of a function give; a function that gives nothing in some cases gives what it gives in the others.
fn collect(block: &Block, returned: &mut Vec<NodeId>) {
    for statement in block {
        match &statement.kind {
            StatementKind::Return(Some(node)) => returned.push(*node),
            StatementKind::Branch { then, otherwise, .. } => [then, otherwise].into_iter().for_each(|it| collect(it, returned)),
            StatementKind::Loop { body, .. } => collect(body, returned),
            StatementKind::Try { body, handler, finally, .. } => {
                [Some(body), handler.as_ref(), Some(finally)].into_iter().flatten().for_each(|it| collect(it, returned));
            }
            _ => {}
        }
    }
}
