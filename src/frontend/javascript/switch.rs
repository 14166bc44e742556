//! `switch`: a chain of branches. Cases that fall through form a group in which each body has its own condition.

use oxc_ast::ast::{Statement as OxcStatement, SwitchCase, SwitchStatement};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::lower::Lowerer;
use super::target::Target;
use crate::ir::{BinaryOp, Block, Expr, Literal, LogicalOp, NodeId, StatementKind};

/// A longer chain is cut in pieces that stand one after another: cases exclude each other in any case.
const LONGEST_CHAIN: usize = 50;

impl Lowerer {
    /// Lowers a `switch`.
    ///
    /// A `break` at the end of a case only ends its body. If there are others, the chain stands in a loop that runs once, so
    /// that they leave it and nothing else.
    pub(super) fn switch(&mut self, switch: &SwitchStatement<'_>) {
        let value = self.expression(&switch.discriminant);
        let value = self.reusable(value);
        self.scopes.enter();
        for case in &switch.cases {
            self.declare_block(&case.consequent);
        }
        for case in &switch.cases {
            self.define_functions(&case.consequent);
        }
        if switch.cases.iter().any(breaks_early) {
            self.once(Target::Switch, switch.span, |this| this.chain_of(value, &switch.cases, switch.span));
        } else {
            self.chain_of(value, &switch.cases, switch.span);
        }
        self.scopes.leave();
    }

    /// The groups in order; the one with `default` is what happens otherwise.
    fn chain_of(&mut self, value: NodeId, cases: &[SwitchCase<'_>], span: OxcSpan) {
        let mut groups: Vec<&[SwitchCase<'_>]> = cases.split_inclusive(ends).collect();
        let default = groups.iter().position(|group| group.iter().any(SwitchCase::is_default_case)).map(|at| groups.remove(at));
        let mut chains = groups.chunks(LONGEST_CHAIN).peekable();
        if chains.peek().is_none() {
            self.groups(value, &[], default, span);
        }
        while let Some(chain) = chains.next() {
            let last = if chains.peek().is_none() { default } else { None };
            self.groups(value, chain, last, span);
        }
    }

    fn groups(&mut self, value: NodeId, groups: &[&[SwitchCase<'_>]], default: Option<&[SwitchCase<'_>]>, span: OxcSpan) {
        let Some((group, others)) = groups.split_first() else {
            if let Some(default) = default {
                self.group_bodies(value, default);
            }
            return;
        };
        let condition = group.iter().fold(None, |any, case| self.or_case(any, value, case));
        let then = self.block(|this| this.group_bodies(value, group));
        let otherwise = self.block(|this| this.deeper(span, |this| this.groups(value, others, default, span), |_| ()));
        let condition = condition.unwrap_or_else(|| self.unknown(Vec::new(), span));
        self.push(StatementKind::Branch { condition, then, otherwise }, group.first().map_or(span, |case| case.span));
    }

    /// The bodies of a group: each runs if the value is that of its case or of one before it, the last one always.
    fn group_bodies(&mut self, value: NodeId, group: &[SwitchCase<'_>]) {
        let has_default = group.iter().any(SwitchCase::is_default_case);
        let mut condition = None;
        let mut always = false;
        for (index, case) in group.iter().enumerate() {
            always |= case.is_default_case() || (!has_default && index + 1 == group.len()) || index >= LONGEST_CHAIN;
            if !always {
                condition = self.or_case(condition, value, case);
            }
            match condition {
                Some(condition) if !always && !case.consequent.is_empty() => {
                    let then = self.block(|this| this.case_body(case));
                    self.push(StatementKind::Branch { condition, then, otherwise: Block::new() }, case.span);
                }
                _ => self.case_body(case),
            }
        }
    }

    fn case_body(&mut self, case: &SwitchCase<'_>) {
        match &case.consequent[..] {
            [OxcStatement::BlockStatement(block)] => self.scoped(without_break(&block.body)),
            statements => self.statements(without_break(statements)),
        }
    }

    /// Whether the value is that of `case`, or `any` holds.
    fn or_case(&mut self, any: Option<NodeId>, value: NodeId, case: &SwitchCase<'_>) -> Option<NodeId> {
        let Some(test) = &case.test else { return any };
        let right = self.conditional(|this| this.expression(test));
        let equal = match *self.builder.unit().expr(value) {
            Expr::Literal(Literal::Bool(true)) => right,
            _ => self.node(Expr::Binary { op: BinaryOp::Equal, left: value, right }, test.span()),
        };
        Some(match any {
            None => equal,
            Some(left) => self.node(Expr::Logical { op: LogicalOp::Or, left, right: equal }, case.span),
        })
    }
}

fn without_break<'s, 'a>(statements: &'s [OxcStatement<'a>]) -> &'s [OxcStatement<'a>] {
    match statements.split_last() {
        Some((OxcStatement::BreakStatement(end), rest)) if end.label.is_none() => rest,
        _ => statements,
    }
}

/// Whether a case can leave the `switch` by a `break` that is not its last statement.
fn breaks_early(case: &SwitchCase<'_>) -> bool {
    let body = match &case.consequent[..] {
        [OxcStatement::BlockStatement(block)] => &block.body,
        _ => &case.consequent,
    };
    without_break(body).iter().any(breaks)
}

/// Whether a case does not fall through.
fn ends(case: &SwitchCase<'_>) -> bool {
    case.consequent.last().is_some_and(jumps)
}

fn jumps(statement: &OxcStatement<'_>) -> bool {
    match statement {
        OxcStatement::BlockStatement(block) => block.body.last().is_some_and(jumps),
        OxcStatement::IfStatement(branch) => jumps(&branch.consequent) && branch.alternate.as_ref().is_some_and(jumps),
        _ => statement.is_jump_statement(),
    }
}

/// Whether a statement can leave the `switch` around it by `break`.
fn breaks(statement: &OxcStatement<'_>) -> bool {
    match statement {
        OxcStatement::BreakStatement(_) => true,
        OxcStatement::BlockStatement(block) => block.body.iter().any(breaks),
        OxcStatement::IfStatement(branch) => breaks(&branch.consequent) || branch.alternate.as_ref().is_some_and(breaks),
        OxcStatement::LabeledStatement(labeled) => breaks(&labeled.body),
        OxcStatement::TryStatement(attempt) => {
            attempt.block.body.iter().any(breaks)
                || attempt.handler.as_ref().is_some_and(|handler| handler.body.body.iter().any(breaks))
                || attempt.finalizer.as_ref().is_some_and(|block| block.body.iter().any(breaks))
        }
        _ => false,
    }
}
