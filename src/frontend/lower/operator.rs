//! Operators by the text that most languages write them with.

use super::Lowering;
use crate::ir::{BinaryOp, Expr, LogicalOp, NodeId};
use crate::source::Span;

/// What an operator on two values does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend) enum Operator {
    /// Both sides are evaluated.
    Binary(BinaryOp),
    /// The right side may not be.
    Logical(LogicalOp),
}

/// The operator that a text means.
pub(in crate::frontend) fn binary(text: &str) -> Option<Operator> {
    use BinaryOp as Op;
    Some(Operator::Binary(match text {
        "+" | "&+" => Op::Add,
        "-" | "&-" => Op::Subtract,
        "*" | "&*" => Op::Multiply,
        "/" | "//" | "~/" => Op::Divide,
        "%" => Op::Remainder,
        "**" => Op::Power,
        "&" | "&^" => Op::BitAnd,
        "|" => Op::BitOr,
        "^" => Op::BitXor,
        "<<" => Op::ShiftLeft,
        ">>" | ">>>" => Op::ShiftRight,
        "==" | "===" => Op::Equal,
        "!=" | "!==" | "<>" => Op::NotEqual,
        "<" => Op::Less,
        "<=" => Op::LessEqual,
        ">" => Op::Greater,
        ">=" => Op::GreaterEqual,
        "in" | "!in" | "not in" => Op::In,
        "is" | "!is" | "is not" | "instanceof" => Op::InstanceOf,
        "&&" | "and" => return Some(Operator::Logical(LogicalOp::And)),
        "||" | "or" => return Some(Operator::Logical(LogicalOp::Or)),
        "?:" | "??" => return Some(Operator::Logical(LogicalOp::Coalesce)),
        _ => return None,
    }))
}

impl Lowering {
    /// An operation of which both sides are lowered. Text that is put together with `+` is a template.
    pub(in crate::frontend) fn operation(&mut self, operator: Option<Operator>, left: NodeId, right: NodeId, span: Span) -> NodeId {
        match operator {
            Some(Operator::Binary(BinaryOp::Add)) if self.is_text(left) || self.is_text(right) => {
                let mut parts = match self.expr(left) {
                    Expr::Template(parts) => parts.to_vec(),
                    _ => vec![left],
                };
                match self.expr(right) {
                    Expr::Template(more) => parts.extend(more.to_vec()),
                    _ => parts.push(right),
                }
                self.node(Expr::Template(parts.into()), span)
            }
            Some(Operator::Binary(op)) => self.node(Expr::Binary { op, left, right }, span),
            Some(Operator::Logical(op)) => self.node(Expr::Logical { op, left, right }, span),
            None => self.unknown(vec![left, right], span),
        }
    }

    /// `left == right`
    pub(in crate::frontend) fn equals(&mut self, left: NodeId, right: NodeId) -> NodeId {
        let span = self.span_of(right);
        self.node(Expr::Binary { op: BinaryOp::Equal, left, right }, span)
    }

    /// Whether any of these holds; None if there are none.
    pub(in crate::frontend) fn any(&mut self, tests: impl IntoIterator<Item = NodeId>) -> Option<NodeId> {
        tests.into_iter().reduce(|left, right| {
            let span = self.span_of(left).to(self.span_of(right));
            self.node(Expr::Logical { op: LogicalOp::Or, left, right }, span)
        })
    }

    /// `target = target + 1`
    pub(in crate::frontend) fn increment(&mut self, target: NodeId, op: BinaryOp, span: Span) -> NodeId {
        let right = self.number(1.0, span);
        let value = self.node(Expr::Binary { op, left: target, right }, span);
        self.node(Expr::Assign { target, value }, span)
    }
}
