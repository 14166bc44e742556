//! What a condition says of the values that it is about: a name that is on a list, a text and no object, an error and no value.

use std::rc::Rc;

use super::Transfer;
use crate::ir::{BinaryOp, Expr, Literal, LogicalOp, NodeId, UnaryOp, VariableId};
use crate::program::{Constant, Value as ProgramValue};
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::{Effect, Subject};
use crate::rule::{AccessPath, Port};
use crate::taint::access::{Path, Symbol};
use crate::taint::condition::MAX_FIXED_DEPTH;
use crate::taint::value::Value;

/// How deep conditions are looked into.
const MAX_DEPTH: u32 = 12;

impl Transfer<'_, '_> {
    /// Applies what a condition that is true, or false, says of the variables that it is about.
    pub(super) fn narrow(&mut self, condition: NodeId, truth: bool) {
        self.narrow_within(condition, truth, MAX_DEPTH);
    }

    fn narrow_within(&mut self, node: NodeId, truth: bool, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match *self.unit.expr(node) {
            Expr::Unary { op: UnaryOp::Not, operand } => self.narrow_within(operand, !truth, depth),
            Expr::Logical { op, left, right } if truth == (op == LogicalOp::And) => {
                self.narrow_within(left, truth, depth);
                self.narrow_within(right, truth, depth);
            }
            Expr::Binary { op, left, right } => self.compared_value(op, (left, right), truth),
            Expr::Call { callee, .. } if truth => self.member_of_list(node, callee),
            Expr::Field { .. } if !truth => self.absent(node),
            Expr::Variable(flag) => {
                self.failed(flag, truth);
                if !truth {
                    self.absent(node);
                }
                if let Some(definition) = self.unit.variable(flag).definition {
                    self.narrow_within(definition, truth, depth);
                }
            }
            _ => {}
        }
    }

    fn compared_value(&mut self, op: BinaryOp, (left, right): (NodeId, NodeId), truth: bool) {
        let equal = match op {
            BinaryOp::Equal => truth,
            BinaryOp::NotEqual => !truth,
            BinaryOp::In => return self.key_of_table((left, right), truth),
            _ => return self.position((left, right), op, truth),
        };
        if let (Expr::Unary { op: UnaryOp::TypeOf, operand }, Some(text), true) = (self.unit.expr(left), self.text(right), equal)
            && self.world.program.language(self.id).scalar_types.contains(&text.as_str())
            && let Some((variable, path)) = self.place(*operand)
            && path.is_empty()
        {
            self.change(variable, |value| value.scalar());
        }
        self.position((left, right), op, truth);
    }

    /// `x in { a: …, b: … }`: one of the keys that are written there.
    fn key_of_table(&mut self, (key, table): (NodeId, NodeId), truth: bool) {
        let table = ProgramValue { unit: self.id, node: table };
        if let Some(choice) = self.world.choice.filter(|_| truth && self.world.is_fixed(table, MAX_FIXED_DEPTH)) {
            self.clean(key, choice);
        }
    }

    /// `LIST.indexOf(x) >= 0` and its like.
    fn position(&mut self, (call, bound): (NodeId, NodeId), op: BinaryOp, truth: bool) {
        let Expr::Call { callee, .. } = *self.unit.expr(call) else { return };
        let number = match self.world.program.constant(ProgramValue { unit: self.id, node: bound }) {
            Some(Constant::Number(number)) => number,
            _ => return,
        };
        if is_position((op, number), truth) {
            self.member_of_list(call, callee);
        }
    }

    /// A call that is true only for what a list allows.
    fn member_of_list(&mut self, call: NodeId, callee: NodeId) {
        for row in self.world.rows(self.id, callee, Subject::Callee, false) {
            let Effect::Narrowing(kind, paths) = self.world.effect(row) else { continue };
            if self.world.holds(row, self.id, call) {
                let nodes: Vec<_> = paths.iter().filter_map(|path| self.node_at(call, path)).collect();
                nodes.into_iter().for_each(|node| self.clean(node, *kind));
            }
        }
    }

    fn node_at(&self, call: NodeId, path: &AccessPath) -> Option<NodeId> {
        match &path.root {
            Port::Argument(position) if path.fields.is_empty() => {
                self.world.argument_at(ProgramValue { unit: self.id, node: call }, position)
            }
            _ => None,
        }
    }

    /// What is no value at all holds no secret.
    fn absent(&mut self, node: NodeId) {
        if let Some(kind) = self.world.roles.failure {
            self.clean(node, kind);
        }
    }

    /// A flag that came with a value, and says that there is none.
    fn failed(&mut self, flag: VariableId, truth: bool) {
        let name = self.unit.variable(flag).name;
        let Some(kind) = self.world.roles.failure.filter(|_| self.lexicon().says_failure(self.flag_name(flag, name), truth)) else {
            return;
        };
        let Some(whole) = self.taken_from(flag) else { return };
        let siblings: Vec<_> =
            self.state.values.keys().copied().filter(|&other| other != flag && self.taken_from(other) == Some(whole)).collect();
        for sibling in siblings {
            self.change(sibling, |value| value.map(|strand| strand.passed |= KindSet::one(kind)));
        }
    }

    /// The name of the member that a flag was, whatever the variable is called.
    fn flag_name(&self, flag: VariableId, own: crate::ir::NameId) -> &str {
        let definition = self.unit.variable(flag).definition.map(|node| self.unit.expr(node));
        match definition {
            Some(Expr::Field { name, .. }) => self.unit.name(*name),
            _ => self.unit.name(own),
        }
    }

    /// The variable of which another is a member.
    fn taken_from(&self, variable: VariableId) -> Option<VariableId> {
        let Expr::Field { base, .. } = *self.unit.expr(self.unit.variable(variable).definition?) else { return None };
        match *self.unit.expr(base) {
            Expr::Variable(whole) => Some(whole),
            _ => None,
        }
    }

    fn text(&self, node: NodeId) -> Option<String> {
        match *self.unit.expr(node) {
            Expr::Literal(Literal::Text(text)) => Some(self.unit.name(text).to_owned()),
            _ => None,
        }
    }

    /// Marks what a variable, or a member of one, holds as cleaned.
    fn clean(&mut self, node: NodeId, kind: KindId) {
        match self.place(node) {
            Some((variable, path)) if path.is_empty() => {
                self.change(variable, |value| value.map(|strand| strand.passed |= KindSet::one(kind)));
            }
            Some(place) => *self.state.narrowed.entry(place).or_default() |= KindSet::one(kind),
            None => {}
        }
    }

    /// The variable, and the member of it, that an expression is.
    pub(super) fn place(&self, node: NodeId) -> Option<(VariableId, Path)> {
        let (mut at, mut path) = (node, Path::EMPTY);
        loop {
            match *self.unit.expr(at) {
                Expr::Variable(variable) => return Some((variable, path)),
                Expr::Field { base, name } => {
                    path = Path::one(Symbol::of(self.unit.name(name))).join(path);
                    at = base;
                }
                Expr::Typed { value, .. } => at = value,
                _ => return None,
            }
        }
    }

    fn change(&mut self, variable: VariableId, change: impl FnOnce(Value) -> Value) {
        if let Some(known) = self.state.values.get(&variable) {
            let changed = change((**known).clone());
            self.state.values.insert(variable, Rc::new(changed));
        }
    }
}

/// Whether a comparison with a number that is true, or false, says that something was found at a position.
pub(super) fn is_position((op, number): (BinaryOp, f64), truth: bool) -> bool {
    match op {
        BinaryOp::NotEqual | BinaryOp::Greater if number == -1.0 => truth,
        BinaryOp::GreaterEqual if number == 0.0 => truth,
        BinaryOp::Equal if number == -1.0 => !truth,
        BinaryOp::Less if number == 0.0 => !truth,
        _ => false,
    }
}
