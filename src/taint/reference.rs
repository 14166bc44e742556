//! Calls that give a reference: what is written to the result is written to the receiver, as to `guard` of `lock.lock()`.

use super::access::{Path, Symbol};
use super::index::World;
use crate::ir::{Expr, NodeId, StatementKind};
use crate::program::{FunctionRef, UnitId};
use crate::rule::model::{Effect, Subject};
use crate::rule::{AccessPath, ENTRY, Port};

impl World<'_> {
    /// What a call gives a reference to: the receiver, and the part of it.
    pub(super) fn referred(&self, id: UnitId, call: NodeId) -> Option<(NodeId, Path)> {
        let unit = self.program.unit(id);
        let Expr::Call { callee, ref arguments, .. } = *unit.expr(call) else { return None };
        if let [target] = *self.program.targets(id, call) {
            let base = if let Expr::Field { base, .. } = *unit.expr(callee) { Some(base) } else { None };
            return base.filter(|_| self.gives_receiver(target)).map(|base| (base, Path::EMPTY));
        }
        let rows = self.rows(id, callee, Subject::Callee, false);
        let path = rows.into_iter().find_map(|row| match self.effect(row) {
            Effect::Reference(path) => Some(path),
            _ => None,
        })?;
        let base = self.referred_node(id, (callee, arguments), path)?;
        let symbol = |field: &String| match arguments.first() {
            Some(&key) if field == ENTRY => self.key((id, key)),
            _ if field == ENTRY => Symbol::ELEMENT,
            _ => Symbol::of(field),
        };
        Some((base, path.fields.iter().fold(Path::EMPTY, |path, field| path.push(symbol(field)))))
    }

    /// Whether a function ends by giving its receiver, for calls to be chained.
    fn gives_receiver(&self, function: FunctionRef) -> bool {
        let unit = self.program.unit(function.unit);
        let Some(StatementKind::Return(Some(node))) = unit.function(function.function).body.last().map(|last| &last.kind) else {
            return false;
        };
        matches!(unit.expr(*node), Expr::This)
    }

    fn referred_node(&self, id: UnitId, (callee, arguments): (NodeId, &[NodeId]), path: &AccessPath) -> Option<NodeId> {
        let unit = self.program.unit(id);
        match &path.root {
            Port::Receiver => match *unit.expr(callee) {
                Expr::Field { base, .. } => Some(base),
                _ => None,
            },
            Port::Argument(position) => arguments.get(position.index()?).map(|&node| unit.given(node)),
            _ => None,
        }
    }
}
