//! Checks: what is known to have been checked where a condition holds or a call has returned.

use super::Transfer;
use super::narrow::is_position;
use crate::ir::{BinaryOp, Expr, LogicalOp, NodeId, UnaryOp};
use crate::program::{Constant, FunctionRef, Value};
use crate::rule::kind::KindSet;
use crate::rule::model::{Effect, Subject, When};

/// How deep conditions are looked into.
const MAX_DEPTH: u32 = 12;

impl Transfer<'_, '_> {
    /// The checks that are passed where an expression is true, or false.
    pub(super) fn implied(&self, node: NodeId, truth: bool) -> KindSet {
        self.implied_within(node, truth, MAX_DEPTH)
    }

    fn implied_within(&self, node: NodeId, truth: bool, depth: u32) -> KindSet {
        let Some(depth) = depth.checked_sub(1) else { return KindSet::EMPTY };
        let both = |left, right, truth| (self.implied_within(left, truth, depth), self.implied_within(right, truth, depth));
        match *self.unit.expr(node) {
            Expr::Unary { op: UnaryOp::Not, operand } => self.implied_within(operand, !truth, depth),
            Expr::Logical { op, left, right } => {
                let (left, right) = both(left, right, truth);
                let all_hold = truth == (op == LogicalOp::And);
                if all_hold { left | right } else { left.and(right) }
            }
            Expr::Binary { op, left, right } => self.compared(op, left, right, truth),
            Expr::Call { callee, ref arguments, .. } if truth => self.true_call(node, callee, arguments),
            Expr::Call { .. } => KindSet::EMPTY,
            Expr::Variable(variable) => {
                let definition = self.unit.variable(variable).definition;
                let member = if truth { self.tested(node) } else { KindSet::EMPTY };
                definition.map_or(member, |definition| member | self.implied_within(definition, truth, depth))
            }
            Expr::Field { .. } | Expr::Global(_) | Expr::Index { .. } if truth => self.tested(node),
            Expr::Typed { value, .. } => self.implied_within(value, truth, depth),
            _ => KindSet::EMPTY,
        }
    }

    /// A comparison of a member that is worth comparing.
    fn compared(&self, op: BinaryOp, left: NodeId, right: NodeId, truth: bool) -> KindSet {
        let holds = match op {
            BinaryOp::Equal | BinaryOp::In | BinaryOp::InstanceOf => truth,
            BinaryOp::NotEqual => !truth,
            _ => op.is_comparison(),
        };
        let compared = if holds { self.subject_of_check(left) | self.subject_of_check(right) } else { KindSet::EMPTY };
        compared | self.found((left, right), op, truth)
    }

    /// The checks that are passed where a list has a position for something: `LIST.indexOf(x) >= 0`.
    fn found(&self, (call, bound): (NodeId, NodeId), op: BinaryOp, truth: bool) -> KindSet {
        let Expr::Call { callee, ref arguments, .. } = *self.unit.expr(call) else { return KindSet::EMPTY };
        match self.world.program.constant(Value { unit: self.id, node: bound }) {
            Some(Constant::Number(number)) if is_position((op, number), truth) => self.true_call(call, callee, arguments),
            _ => KindSet::EMPTY,
        }
    }

    /// The kinds of check that comparing an expression is.
    fn subject_of_check(&self, node: NodeId) -> KindSet {
        self.guards(node, node, Subject::Compared, When::True)
    }

    /// The kinds of check that a truthy member is.
    fn tested(&self, node: NodeId) -> KindSet {
        self.guards(node, node, Subject::Member, When::True)
    }

    /// The checks that rows about `node` say of `site`: the call of which it is the callee, or itself.
    fn guards(&self, site: NodeId, node: NodeId, subject: Subject, when: When) -> KindSet {
        let rows = self.world.rows(self.id, node, subject, false).into_iter();
        rows.filter(|&row| self.world.holds(row, self.id, site)).fold(KindSet::EMPTY, |set, row| match self.world.effect(row) {
            Effect::Guard(kind, holds) if *holds == when => set | KindSet::one(*kind),
            _ => set,
        })
    }

    /// The checks that are passed where a call gave true: it is a check itself, tests a member that is worth testing, or is a
    /// function of the tree that returns true only after checks.
    fn true_call(&self, node: NodeId, callee: NodeId, arguments: &[NodeId]) -> KindSet {
        let mut set = self.guards(node, callee, Subject::Callee, When::True);
        if let Expr::Field { base, .. } = *self.unit.expr(callee) {
            set |= self.subject_of_check(base);
        }
        for &argument in arguments {
            set |= self.subject_of_check(self.unit.given(argument));
        }
        set | self.by_targets(node, |(_, returned_true)| returned_true) | self.by_predicate(node, callee, arguments)
    }

    /// What the function that a call asks of elements has checked where it is true of one.
    fn by_predicate(&self, node: NodeId, callee: NodeId, arguments: &[NodeId]) -> KindSet {
        let rows = self.world.rows(self.id, callee, Subject::Callee, false).into_iter();
        let asks = |row: crate::rule::model::RowId| {
            matches!(self.world.effect(row), Effect::Guard(_, When::Some)) && self.world.holds(row, self.id, node)
        };
        let function = arguments.first().filter(|_| rows.clone().any(asks));
        let function = function.and_then(|&node| self.world.program.function_of(crate::program::Value { unit: self.id, node }));
        function.and_then(|function| self.checks.get(&function)).map_or(KindSet::EMPTY, |&(_, returned_true)| returned_true)
    }

    /// The checks that are passed after a call returned.
    pub(super) fn after_call(&self, node: NodeId, callee: NodeId) -> KindSet {
        self.guards(node, callee, Subject::Callee, When::Returned) | self.by_targets(node, |(returned, _)| returned)
    }

    /// What all functions that a call may reach have checked.
    fn by_targets(&self, node: NodeId, which: impl Fn((KindSet, KindSet)) -> KindSet) -> KindSet {
        let of = |target: FunctionRef| self.checks.get(&target).map_or(KindSet::EMPTY, |&checks| which(checks));
        let mut targets = self.world.targets(self.id, node);
        let Some(first) = targets.next() else { return KindSet::EMPTY };
        targets.fold(of(first), |set, target| set.and(of(target)))
    }
}
