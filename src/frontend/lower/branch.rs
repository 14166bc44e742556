//! Ways that code can take: branches, chains of them, loops, and values that may not be evaluated.

use super::Lowering;
use super::jump::{leaves, lift};
use crate::ir::{Block, Expr, LogicalOp, NodeId, Statement, StatementKind};
use crate::source::Span;

/// A longer chain is cut in pieces that stand one after another: cases exclude each other in any case.
const LONGEST_CHAIN: usize = 50;

/// A way that a `switch`, `when` or `match` can take.
#[derive(Debug)]
pub(in crate::frontend) struct Arm {
    /// It is taken if one of these holds.
    pub(in crate::frontend) tests: Vec<NodeId>,
    /// It is taken if no other is.
    pub(in crate::frontend) is_default: bool,
    /// What happens.
    pub(in crate::frontend) body: Block,
    /// What the whole is worth then.
    pub(in crate::frontend) value: Option<NodeId>,
    /// Whether the arm behind it happens too.
    pub(in crate::frontend) falls_through: bool,
    /// Where it stands.
    pub(in crate::frontend) span: Span,
}

impl Lowering {
    /// Adds a branch.
    pub(in crate::frontend) fn branch(&mut self, condition: NodeId, then: Block, otherwise: Block, span: Span) {
        self.push(StatementKind::Branch { condition, then, otherwise }, span);
    }

    /// `if` with what each side does and is worth; the value of the whole if it is used.
    pub(in crate::frontend) fn choose(
        &mut self,
        condition: NodeId,
        then: (Block, Option<NodeId>),
        otherwise: (Block, Option<NodeId>),
        is_used: bool,
        span: Span,
    ) -> Option<NodeId> {
        let arm = |tests, (body, value)| Arm { is_default: false, tests, body, value, falls_through: false, span };
        let arms = vec![arm(vec![condition], then), Arm { is_default: true, ..arm(Vec::new(), otherwise) }];
        self.arms(arms, is_used, false, span)
    }

    /// Arms in order. Where `break` leaves the whole (they were lowered by [`Lowering::enter_arms`]) and an arm has one that is not
    /// its end, the chain stands in a loop that runs once.
    pub(in crate::frontend) fn arms(&mut self, mut arms: Vec<Arm>, is_used: bool, breaks: bool, span: Span) -> Option<NodeId> {
        let result = (is_used && arms.iter().any(|arm| arm.value.is_some())).then(|| self.temporary(span));
        for arm in &mut arms {
            let Some(value) = arm.value else { continue };
            let outer = self.enter_block();
            match result {
                Some(variable) => {
                    let at = self.span_of(value);
                    let target = self.read(variable, at);
                    self.assign(target, value, at);
                }
                None => self.evaluate(value),
            }
            let last = self.leave_block(outer);
            arm.body.extend(last);
        }
        if breaks && arms.iter().any(|arm| leaves(&arm.body, 0)) {
            let outer = self.enter_block();
            self.chains(arms);
            self.push(StatementKind::Break(0), span);
            let body = self.leave_block(outer);
            self.push_loop(None, body, Block::new(), false, span);
        } else {
            if breaks {
                arms.iter_mut().for_each(|arm| lift(&mut arm.body, 0));
            }
            self.chains(arms);
        }
        result.map(|variable| self.read(variable, span))
    }

    /// Chains of groups: arms of which each falls through to the next are one group.
    fn chains(&mut self, arms: Vec<Arm>) {
        let mut groups: Vec<Vec<Arm>> = vec![Vec::new()];
        for arm in arms {
            let falls_through = arm.falls_through;
            groups.last_mut().expect("there is always a group").push(arm);
            if !falls_through {
                groups.push(Vec::new());
            }
        }
        groups.retain(|group| !group.is_empty());
        let default = groups.iter().position(|group| group.iter().any(|arm| arm.is_default)).map(|at| groups.remove(at));
        let mut rest = default.map(|group| self.group(group).1).unwrap_or_default();
        let mut pieces = Vec::new();
        while !groups.is_empty() {
            let chain = groups.split_off(groups.len().saturating_sub(LONGEST_CHAIN));
            pieces.push(self.chain(chain, std::mem::take(&mut rest)));
        }
        self.append(rest);
        pieces.into_iter().rev().for_each(|piece| self.append(piece));
    }

    fn chain(&mut self, groups: Vec<Vec<Arm>>, rest: Block) -> Block {
        groups.into_iter().rev().fold(rest, |otherwise, group| {
            let span = group[0].span;
            let (condition, then) = self.group(group);
            let condition = condition.unwrap_or_else(|| self.unknown(Vec::new(), span));
            vec![Statement { kind: StatementKind::Branch { condition, then, otherwise }, span }]
        })
    }

    /// When a group is entered, and its bodies: each happens if its arm or one before it was chosen, the last one always.
    fn group(&mut self, group: Vec<Arm>) -> (Option<NodeId>, Block) {
        let has_default = group.iter().any(|arm| arm.is_default);
        let last = group.len() - 1;
        let (mut condition, mut block, mut always) = (None, Block::new(), false);
        for (index, arm) in group.into_iter().enumerate() {
            always |= arm.is_default || (!has_default && index == last) || index >= LONGEST_CHAIN;
            condition = self.any(condition.into_iter().chain(arm.tests));
            match condition {
                Some(condition) if !always && !arm.body.is_empty() => {
                    let kind = StatementKind::Branch { condition, then: arm.body, otherwise: Block::new() };
                    block.push(Statement { kind, span: arm.span });
                }
                _ => block.extend(arm.body),
            }
        }
        (condition, block)
    }

    /// `left && right` and its like, where the right side was lowered apart: its effects happen only if it is evaluated.
    pub(in crate::frontend) fn logical(&mut self, op: LogicalOp, left: NodeId, right: (Block, NodeId), span: Span) -> NodeId {
        let (mut effects, right) = right;
        if effects.is_empty() {
            return self.node(Expr::Logical { op, left, right }, span);
        }
        let variable = self.temporary(span);
        let target = self.read(variable, span);
        self.assign(target, left, span);
        let outer = self.enter_block();
        let target = self.read(variable, span);
        self.assign(target, right, span);
        effects.extend(self.leave_block(outer));
        let condition = self.read(variable, span);
        match op {
            LogicalOp::And => self.branch(condition, effects, Block::new(), span),
            LogicalOp::Or | LogicalOp::Coalesce => self.branch(condition, Block::new(), effects, span),
        }
        self.read(variable, span)
    }

    /// `condition ? then : otherwise`, each side lowered apart.
    pub(in crate::frontend) fn conditional(
        &mut self,
        condition: NodeId,
        then: (Block, NodeId),
        otherwise: (Block, NodeId),
        span: Span,
    ) -> NodeId {
        if then.0.is_empty() && otherwise.0.is_empty() {
            return self.node(Expr::Conditional { condition, then: then.1, otherwise: otherwise.1 }, span);
        }
        let (then, otherwise) = ((then.0, Some(then.1)), (otherwise.0, Some(otherwise.1)));
        self.choose(condition, then, otherwise, true, span).unwrap_or(condition)
    }

    /// Begins the arms of a switch; `break` leaves it in some languages.
    pub(in crate::frontend) fn enter_arms(&mut self, breaks: bool) {
        if breaks {
            self.enter_switch();
        }
    }

    /// Ends the arms of a switch.
    pub(in crate::frontend) fn leave_arms(&mut self, breaks: bool) {
        if breaks {
            self.leave_frame();
        }
    }

    /// A loop that tests before each round; what the test does beside being worth something happens in each round, too.
    pub(in crate::frontend) fn repeat(&mut self, test: Option<(Block, NodeId)>, body: Block, update: Block, span: Span) {
        let (condition, body) = match test {
            Some((effects, condition)) if !effects.is_empty() => {
                let mut round = effects;
                let otherwise = vec![Statement { kind: StatementKind::Break(0), span }];
                round.push(Statement { kind: StatementKind::Branch { condition, then: Block::new(), otherwise }, span });
                round.extend(body);
                (None, round)
            }
            test => (test.map(|(_, condition)| condition), body),
        };
        self.push_loop(condition, body, update, false, span);
    }

    /// A loop that tests after each round.
    pub(in crate::frontend) fn repeat_until(&mut self, body: Block, test: (Block, NodeId), span: Span) {
        self.push_loop(Some(test.1), body, test.0, true, span);
    }

    fn push_loop(&mut self, condition: Option<NodeId>, body: Block, update: Block, tests_last: bool, span: Span) {
        self.push(StatementKind::Loop { condition, body, update, tests_last }, span);
    }
}
