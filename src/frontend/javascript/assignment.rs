//! Writes: assignments, compound assignments, increments.

use oxc_ast::ast::{AssignmentExpression, SimpleAssignmentTarget, UpdateExpression};
use oxc_span::GetSpan;
use oxc_syntax::operator::UpdateOperator;

use super::lower::Lowerer;
use super::operator::{Compound, compound};
use crate::ir::{BinaryOp, Expr, Literal, NameId, NodeId};

impl Lowerer {
    /// `target = value` for its value.
    pub(super) fn assignment(&mut self, assignment: &AssignmentExpression<'_>) -> NodeId {
        match assignment.left.as_simple_assignment_target() {
            Some(target) => self.simple_assignment(assignment, target),
            None => {
                let value = self.expression(&assignment.right);
                let value = self.reusable(value);
                self.destructure(&assignment.left, value, assignment.span);
                value
            }
        }
    }

    /// `target = value;`
    pub(super) fn assignment_statement(&mut self, assignment: &AssignmentExpression<'_>) {
        let node = self.assignment(assignment);
        if assignment.left.as_simple_assignment_target().is_some() {
            self.effect(node);
        }
    }

    fn simple_assignment(&mut self, assignment: &AssignmentExpression<'_>, target: &SimpleAssignmentTarget<'_>) -> NodeId {
        let target = self.target(target);
        let name = self.name_of(target);
        match compound(assignment.operator) {
            Compound::Plain => {
                let value = self.named(&assignment.right, name);
                self.export_commonjs(target, value);
                self.node(Expr::Assign { target, value }, assignment.span)
            }
            Compound::Binary(op) => {
                let left = self.read(target);
                let right = self.expression(&assignment.right);
                let value = self.node(Expr::Binary { op, left, right }, assignment.span);
                self.node(Expr::Assign { target, value }, assignment.span)
            }
            Compound::Logical(op) => {
                let left = self.read(target);
                let right = self.conditional(|this| this.named(&assignment.right, name));
                let value = self.node(Expr::Logical { op, left, right }, assignment.span);
                self.node(Expr::Assign { target, value }, assignment.span)
            }
        }
    }

    /// Lowers the place that is written.
    pub(super) fn target(&mut self, target: &SimpleAssignmentTarget<'_>) -> NodeId {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(id) => self.identifier(id),
            SimpleAssignmentTarget::TSAsExpression(cast) => self.expression(&cast.expression),
            SimpleAssignmentTarget::TSSatisfiesExpression(cast) => self.expression(&cast.expression),
            SimpleAssignmentTarget::TSNonNullExpression(inner) => self.expression(&inner.expression),
            SimpleAssignmentTarget::TSTypeAssertion(cast) => self.expression(&cast.expression),
            _ => {
                let member = target.to_member_expression();
                let span = target.span();
                self.deeper(span, |this| this.member(member), |this| this.unknown(Vec::new(), span))
            }
        }
    }

    /// The name that a closure takes from the place it is written to.
    pub(super) fn name_of(&self, target: NodeId) -> NameId {
        let unit = self.builder.unit();
        match *unit.expr(target) {
            Expr::Variable(variable) => unit.variable(variable).name,
            Expr::Global(name) => name,
            // `module.exports = …` says nothing about what the function is.
            Expr::Field { name, .. } if unit.name(name) != "exports" => name,
            _ => NameId::EMPTY,
        }
    }

    /// A read of the place that `target` writes.
    fn read(&mut self, target: NodeId) -> NodeId {
        let expr = match *self.builder.unit().expr(target) {
            Expr::Field { base, name } => Expr::Field { base: self.again(base), name },
            Expr::Index { base, index } => Expr::Index { base: self.again(base), index: self.again(index) },
            Expr::Variable(variable) => Expr::Variable(variable),
            Expr::Global(name) => Expr::Global(name),
            _ => Expr::Unknown(Box::default()),
        };
        self.node_at(expr, target)
    }

    /// A second use of a node, which must not evaluate it a second time: what is not a path is not followed.
    fn again(&mut self, node: NodeId) -> NodeId {
        if self.is_path(node) { node } else { self.node_at(Expr::Unknown(Box::default()), node) }
    }

    /// `x++` and the like.
    pub(super) fn update(&mut self, update: &UpdateExpression<'_>) -> NodeId {
        let target = self.target(&update.argument);
        let left = self.read(target);
        let right = self.node(Expr::Literal(Literal::Number(1.0)), update.span);
        let op = match update.operator {
            UpdateOperator::Increment => BinaryOp::Add,
            UpdateOperator::Decrement => BinaryOp::Subtract,
        };
        let value = self.node(Expr::Binary { op, left, right }, update.span);
        self.node(Expr::Assign { target, value }, update.span)
    }
}
