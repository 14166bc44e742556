//! Writes.

use std::rc::Rc;

use super::port::Site as Written;
use super::{NO_NODE, Site, Transfer};
use crate::ir::{Expr, NodeId, VariableId, VariableKind};
use crate::program::Value as ProgramValue;
use crate::rule::Confidence;
use crate::rule::model::Subject;
use crate::taint::access::{Path, Symbol};
use crate::taint::graph::{Output, Step};
use crate::taint::mark::Mark;
use crate::taint::origin::{Cell, THIS};
use crate::taint::value::{Strand, Value};

impl Transfer<'_, '_> {
    pub(super) fn assign(&mut self, node: NodeId, target: NodeId, value: NodeId) -> Value {
        let mut value = self.eval(value);
        self.named_place(target, &value, node);
        match *self.unit.expr(target) {
            Expr::Variable(variable) if self.unit.variable(variable).owner == self.me.function => {
                let from = if self.is_plain_copy(node) { NO_NODE } else { node };
                self.declare(variable, value.clone(), from);
                if let Some(index) = self.parameter(variable).filter(|_| self.is_reference(variable)) {
                    self.give(&value, Output::Written(index), Path::EMPTY, Step::Written, node);
                }
                self.state.values.get(&variable).map_or(value, |value| (**value).clone())
            }
            _ => {
                if let Expr::Variable(variable) = *self.unit.expr(target) {
                    self.tell(variable, &mut value);
                }
                self.tell_member(target, &mut value);
                self.written_member(node, target, &value);
                if let Some(&target) = self.world.program.targets(self.id, node).first() {
                    // What stands for a delegated field is told of whom and for which member before.
                    let parameters = &self.world.program.unit(target.unit).function(target.function).parameters;
                    // A key that has a label follows it: `setObject:forKeyedSubscript:`.
                    let is_first = parameters.len() > 1 && parameters.last().is_some_and(|last| last.label.is_some());
                    let at = if is_first { 0 } else { parameters.len().saturating_sub(1) as u32 };
                    self.give(&value, Output::Argument(node, at), Path::EMPTY, Step::Argument, node);
                }
                self.write(target, &value, node, true);
                value
            }
        }
    }

    /// What the name of a member of a parameter tells of the value that is written to it: `state.mnemonic = action.payload`.
    fn tell_member(&mut self, target: NodeId, value: &mut Value) {
        let Expr::Field { base, name } = *self.unit.expr(target) else { return };
        let Some(kind) = self.world.name_kind(self.id, name).filter(|_| self.is_of_parameter(base)) else { return };
        if !self.is_settled(value, kind) && !self.is_display(base) {
            self.arise(value, kind, Site::Node(target), Confidence::Medium, true);
        }
    }

    /// Whether an expression is a parameter, or a member of one.
    fn is_of_parameter(&self, node: NodeId) -> bool {
        let mut at = node;
        while let Expr::Field { base, .. } = *self.unit.expr(at) {
            at = base;
        }
        matches!(*self.unit.expr(at), Expr::Variable(variable) if self.unit.variable(variable).kind == VariableKind::Parameter)
    }

    /// A variable or member whose name says what is kept there.
    fn named_place(&mut self, target: NodeId, value: &Value, node: NodeId) {
        let mut at = target;
        while let Expr::Index { base, .. } | Expr::Deref(base) = *self.unit.expr(at) {
            at = base;
        }
        let name = match *self.unit.expr(at) {
            Expr::Variable(variable) => self.unit.variable(variable).name,
            Expr::Field { name, .. } | Expr::Global(name) => name,
            _ => return,
        };
        if let Some(kind) = self.world.name_place(self.id, name) {
            self.give(value, Output::Sink(node, kind, Confidence::Medium), Path::EMPTY, Step::Sink, node);
        }
    }

    /// Whether an assignment only takes a member out of a parameter or a hidden variable: no step worth telling.
    fn is_plain_copy(&self, node: NodeId) -> bool {
        let Expr::Assign { target, .. } = *self.unit.expr(node) else { return false };
        matches!(*self.unit.expr(target), Expr::Variable(variable) if self.unit.name(self.unit.variable(variable).name).is_empty())
    }

    /// What models say of the member that is written.
    fn written_member(&mut self, node: NodeId, target: NodeId, value: &Value) {
        if let Expr::Field { base, .. } | Expr::Index { base, .. } = *self.unit.expr(target) {
            self.eval(base);
        }
        let rows = self.world.rows(self.id, target, Subject::Assigned, false).into_iter();
        for row in rows.filter(|&row| self.world.holds(row, self.id, target)).collect::<Vec<_>>() {
            let site = Written { node, callee: target, receiver: None, arguments: &[], assigned: Some(value), is_handed: false };
            self.apply(row, &site);
        }
    }

    /// Writes a value to a place; replaces what was there if `is_strong` and the place is known exactly.
    pub(super) fn write(&mut self, target: NodeId, value: &Value, node: NodeId, is_strong: bool) {
        self.write_to(target, Path::EMPTY, value, node, is_strong);
    }

    /// Writes a value to a part of a place.
    fn write_to(&mut self, target: NodeId, mut path: Path, value: &Value, node: NodeId, is_strong: bool) {
        let mut at = target;
        let mut exact = is_strong;
        let mut is_field_given = false;
        loop {
            match *self.unit.expr(at) {
                Expr::Variable(variable) => return self.write_variable((variable, at), path, value, node, exact),
                Expr::Global(name) => {
                    let symbol = Symbol::of(self.unit.name(name));
                    let cell = self.global(at, symbol);
                    if !path.is_empty() && self.world.is_outside(cell, symbol) {
                        return;
                    }
                    return self.give(value, Output::Cell(cell), path, Step::Written, node);
                }
                Expr::Field { base, name } => {
                    let symbol = Symbol::of(self.unit.name(name));
                    if self.write_field((base, at), symbol, path, value, node) {
                        return;
                    }
                    is_field_given = true;
                    path = Path::one(symbol).join(path);
                    at = base;
                }
                Expr::Index { base, index } => {
                    let symbol = match self.unit.expr(base) {
                        Expr::This => self.symbol(index),
                        _ => self.written_key(base, index),
                    };
                    exact &= symbol.is_known();
                    path = Path::one(symbol).join(path);
                    at = base;
                }
                Expr::Typed { value: inner, .. } | Expr::Named { value: inner, .. } | Expr::Deref(inner) => at = inner,
                Expr::This => {
                    if !is_field_given {
                        self.write_members(at, path, value, node);
                    }
                    if let Some(receiver) = self.unit.receiver(self.me.function) {
                        self.write_variable((receiver, at), path, value, node, false);
                    }
                    return;
                }
                Expr::Call { .. } => {
                    let Some((base, part)) = self.world.referred(self.id, at) else { return };
                    exact = false;
                    path = part.join(path);
                    at = base;
                }
                _ => return,
            }
        }
    }

    /// The place of a name that the file does not declare: a variable of its package, or a global one.
    pub(super) fn global(&self, node: NodeId, name: Symbol) -> Cell {
        if let Some(inherited) = self.world.inherited_field(self.id, node, name) {
            return inherited;
        }
        let of_package = match *self.unit.expr(node) {
            Expr::Global(name) => self.world.package_variable(self.id, name),
            _ => None,
        };
        of_package.unwrap_or_else(|| self.world.global(self.id, name))
    }

    /// Writes the members of a value to the fields of `this`.
    fn write_members(&mut self, this: NodeId, path: Path, value: &Value, node: NodeId) {
        for strand in value.strands() {
            let at = path.join(strand.at);
            let Some((&first, _)) = at.parts().split_first() else { continue };
            let cell = self.world.own_field(self.id, this, first);
            let part = Value::of(Strand { at: at.tail(), mark: Mark::NONE, ..*strand });
            self.give(&part, Output::Cell(cell), Path::EMPTY, Step::Written, node);
        }
    }

    /// Writes to a field that functions share; true if that is all that there is to the place.
    fn write_field(&mut self, (base, member): (NodeId, NodeId), symbol: Symbol, path: Path, value: &Value, node: NodeId) -> bool {
        let cell = match *self.unit.expr(base) {
            Expr::This => Some(self.world.own_field(self.id, base, symbol)),
            Expr::Global(_) => self.world.global_member(self.id, base, member, symbol),
            _ => self.world.instance_field(self.id, base, symbol),
        };
        if let Some(cell) = cell {
            self.give(value, Output::Cell(cell), path, Step::Written, node);
        }
        match self.unit.expr(base) {
            Expr::This => self.unit.receiver(self.me.function).is_none(),
            Expr::Global(_) => cell.is_some(),
            _ => false,
        }
    }

    fn write_variable(&mut self, (variable, at): (VariableId, NodeId), path: Path, value: &Value, node: NodeId, is_strong: bool) {
        let declared = self.unit.variable(variable);
        if declared.kind == VariableKind::Import {
            if let Some(cell) = self.world.shared_variable(ProgramValue { unit: self.id, node: at }) {
                self.give(value, Output::Cell(cell), path, Step::Written, node);
            }
            return;
        }
        if self.world.units[self.id.0 as usize].is_shared[variable.index()] {
            self.give(value, Output::Cell(Cell::Variable(self.id, variable)), path, Step::Written, node);
        }
        if declared.owner != self.me.function {
            return;
        }
        if let Some(index) = self.parameter(variable) {
            self.give(value, Output::Written(index), path, Step::Written, node);
        }
        let known = self.state.values.entry(variable).or_default();
        let known = Rc::make_mut(known);
        if is_strong {
            known.cut(path);
        }
        known.put(path, value);
        if let Some(original) = self.original(variable) {
            self.write_to(original, path, value, node, false);
        }
    }

    /// What a variable is another name of: `b` of `const a = b`, `this.b` of `const a = this.b`, unless either is written again.
    pub(super) fn original(&self, variable: VariableId) -> Option<NodeId> {
        let definition = self.unit.variable(variable).definition?;
        let is_lasting = match *self.unit.expr(definition) {
            Expr::Variable(other) => {
                let other = self.unit.variable(other);
                other.owner == self.me.function && (other.assignments < 2) && other.kind != VariableKind::Import
            }
            Expr::Field { base, .. } | Expr::Index { base, .. } => matches!(self.unit.expr(base), Expr::This | Expr::Variable(_)),
            Expr::Call { .. } => self.world.referred(self.id, definition).is_some(),
            _ => false,
        };
        (is_lasting && self.unit.variable(variable).owner == self.me.function).then_some(definition)
    }

    /// The index of a parameter of this function.
    pub(super) fn parameter(&self, variable: VariableId) -> Option<u32> {
        let function = self.unit.function(self.me.function);
        if function.receiver == Some(variable) {
            return Some(THIS);
        }
        function.parameters.iter().position(|parameter| parameter.variable == variable).map(|index| index as u32)
    }

    /// Whether assigning a parameter writes the caller's variable.
    fn is_reference(&self, variable: VariableId) -> bool {
        let parameters = &self.unit.function(self.me.function).parameters;
        parameters.iter().any(|parameter| parameter.variable == variable && parameter.is_reference)
    }
}
