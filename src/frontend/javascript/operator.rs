//! Operators on two values. Long chains are walked along their left side, without recursion.

use oxc_ast::ast::{BinaryExpression, Expression, LogicalExpression, PrivateInExpression};
use oxc_span::{GetSpan, Span as OxcSpan};
use oxc_syntax::operator::{AssignmentOperator, BinaryOperator, LogicalOperator};

use super::lower::Lowerer;
use crate::ir::{BinaryOp, Expr, Literal, LogicalOp, NodeId};

impl Lowerer {
    /// Lowers a chain of binary operators; text that is put together with `+` is a template.
    pub(super) fn binary(&mut self, binary: &BinaryExpression<'_>) -> NodeId {
        let mut spine = vec![binary];
        let mut first = &binary.left;
        while let Expression::BinaryExpression(inner) = first {
            spine.push(inner);
            first = &inner.left;
        }
        let mut chain = Chain { node: self.expression(first), parts: Vec::new(), span: first.span(), length: 0 };
        let limit = self.levels_left();
        for link in spine.into_iter().rev() {
            let right = self.expression(&link.right);
            chain.length += 1;
            if chain.length < limit {
                self.extend(&mut chain, link.operator, right);
            } else {
                // Too many operators to nest: the operands side by side.
                chain.gather(right);
            }
            chain.span = link.span;
        }
        self.close(&mut chain);
        chain.node
    }

    fn extend(&mut self, chain: &mut Chain, operator: BinaryOperator, right: NodeId) {
        let is_text =
            operator == BinaryOperator::Addition && (!chain.parts.is_empty() || self.is_text(chain.node) || self.is_text(right));
        if is_text {
            return chain.gather(right);
        }
        self.close(chain);
        let (op, left) = (binary_op(operator), chain.node);
        let span = self.builder.unit().span(left).to(self.builder.unit().span(right));
        chain.node = self.builder.node(Expr::Binary { op, left, right }, span);
    }

    fn close(&mut self, chain: &mut Chain) {
        if !chain.parts.is_empty() {
            let parts = std::mem::take(&mut chain.parts);
            chain.node = self.node(Expr::Template(parts.into()), chain.span);
        }
    }

    fn is_text(&self, node: NodeId) -> bool {
        matches!(self.builder.unit().expr(node), Expr::Literal(Literal::Text(_)) | Expr::Template(_))
    }

    /// Lowers a chain of `&&`, `||` and `??`.
    pub(super) fn logical(&mut self, logical: &LogicalExpression<'_>) -> NodeId {
        let mut spine = vec![logical];
        let mut first = &logical.left;
        while let Expression::LogicalExpression(inner) = first {
            spine.push(inner);
            first = &inner.left;
        }
        let mut left = self.expression(first);
        let limit = self.levels_left();
        for (length, link) in spine.into_iter().rev().enumerate() {
            if length >= limit {
                self.cut(link.right.span());
                break;
            }
            let right = self.conditional(|this| this.expression(&link.right));
            left = self.node(Expr::Logical { op: logical_op(link.operator), left, right }, link.span);
        }
        left
    }

    /// `#name in value`
    pub(super) fn private_in(&mut self, test: &PrivateInExpression<'_>) -> NodeId {
        let name = self.private_name(&test.left.name);
        let left = self.node(Expr::Literal(Literal::Text(name)), test.left.span);
        let right = self.expression(&test.right);
        self.node(Expr::Binary { op: BinaryOp::In, left, right }, test.span)
    }
}

/// The operators of a chain that were lowered so far.
struct Chain {
    node: NodeId,
    /// The parts of a text that is being put together, `node` among them.
    parts: Vec<NodeId>,
    span: OxcSpan,
    length: usize,
}

impl Chain {
    fn gather(&mut self, right: NodeId) {
        if self.parts.is_empty() {
            self.parts.push(self.node);
        }
        self.parts.push(right);
    }
}

const fn binary_op(operator: BinaryOperator) -> BinaryOp {
    match operator {
        BinaryOperator::Equality | BinaryOperator::StrictEquality => BinaryOp::Equal,
        BinaryOperator::Inequality | BinaryOperator::StrictInequality => BinaryOp::NotEqual,
        BinaryOperator::LessThan => BinaryOp::Less,
        BinaryOperator::LessEqualThan => BinaryOp::LessEqual,
        BinaryOperator::GreaterThan => BinaryOp::Greater,
        BinaryOperator::GreaterEqualThan => BinaryOp::GreaterEqual,
        BinaryOperator::Addition => BinaryOp::Add,
        BinaryOperator::Subtraction => BinaryOp::Subtract,
        BinaryOperator::Multiplication => BinaryOp::Multiply,
        BinaryOperator::Division => BinaryOp::Divide,
        BinaryOperator::Remainder => BinaryOp::Remainder,
        BinaryOperator::Exponential => BinaryOp::Power,
        BinaryOperator::ShiftLeft => BinaryOp::ShiftLeft,
        BinaryOperator::ShiftRight | BinaryOperator::ShiftRightZeroFill => BinaryOp::ShiftRight,
        BinaryOperator::BitwiseOR => BinaryOp::BitOr,
        BinaryOperator::BitwiseXOR => BinaryOp::BitXor,
        BinaryOperator::BitwiseAnd => BinaryOp::BitAnd,
        BinaryOperator::In => BinaryOp::In,
        BinaryOperator::Instanceof => BinaryOp::InstanceOf,
    }
}

const fn logical_op(operator: LogicalOperator) -> LogicalOp {
    match operator {
        LogicalOperator::And => LogicalOp::And,
        LogicalOperator::Or => LogicalOp::Or,
        LogicalOperator::Coalesce => LogicalOp::Coalesce,
    }
}

/// What a compound assignment does to the old value.
pub(super) enum Compound {
    Plain,
    Binary(BinaryOp),
    Logical(LogicalOp),
}

pub(super) const fn compound(operator: AssignmentOperator) -> Compound {
    let op = match operator {
        AssignmentOperator::Assign => return Compound::Plain,
        AssignmentOperator::LogicalOr => return Compound::Logical(LogicalOp::Or),
        AssignmentOperator::LogicalAnd => return Compound::Logical(LogicalOp::And),
        AssignmentOperator::LogicalNullish => return Compound::Logical(LogicalOp::Coalesce),
        AssignmentOperator::Addition => BinaryOp::Add,
        AssignmentOperator::Subtraction => BinaryOp::Subtract,
        AssignmentOperator::Multiplication => BinaryOp::Multiply,
        AssignmentOperator::Division => BinaryOp::Divide,
        AssignmentOperator::Remainder => BinaryOp::Remainder,
        AssignmentOperator::Exponential => BinaryOp::Power,
        AssignmentOperator::ShiftLeft => BinaryOp::ShiftLeft,
        AssignmentOperator::ShiftRight | AssignmentOperator::ShiftRightZeroFill => BinaryOp::ShiftRight,
        AssignmentOperator::BitwiseOR => BinaryOp::BitOr,
        AssignmentOperator::BitwiseXOR => BinaryOp::BitXor,
        AssignmentOperator::BitwiseAnd => BinaryOp::BitAnd,
    };
    Compound::Binary(op)
}
