//! Telling messages apart: the constant members of what is sent, and the comparisons of what is received.

use std::rc::Rc;

use super::Transfer;
use crate::ir::{BinaryOp, Expr, LogicalOp, NodeId, Property, PropertyKey, UnaryOp};
use crate::program::Value as ProgramValue;
use crate::taint::access::Symbol;
use crate::taint::mark::{Condition, ConditionSet, Mark};
use crate::taint::value::Value;

/// How deep conditions are looked into.
const MAX_DEPTH: u32 = 12;

impl Transfer<'_, '_> {
    /// Goes on where a condition is true, or false.
    pub(super) fn assume(&mut self, condition: NodeId, truth: bool) {
        self.state.checked |= self.implied(condition, truth);
        if self.world.has_marks() {
            let holding = self.comparisons(condition, truth, MAX_DEPTH);
            self.state.when |= holding;
        }
        self.narrow(condition, truth);
    }

    /// What an expression evaluates to where a condition is true, or false; what is known there is forgotten behind it.
    pub(super) fn eval_if(&mut self, condition: Option<(NodeId, bool)>, node: NodeId) -> Value {
        let Some((condition, truth)) = condition else { return self.eval(node) };
        let (checked, when, values) = (self.state.checked, self.state.when, self.state.values.clone());
        let places = self.state.narrowed.clone();
        self.assume(condition, truth);
        let changed = values.iter().map(|(&id, before)| (id, Rc::clone(&self.state.values[&id]), Rc::clone(before)));
        let changed: Vec<_> = changed.filter(|(_, now, before)| !Rc::ptr_eq(now, before)).collect();
        drop(values);
        let value = self.eval(node);
        self.state.narrowed = places;
        for (id, narrow, before) in changed {
            // Unless it was written meanwhile.
            if self.state.values.get(&id).is_some_and(|now| Rc::ptr_eq(now, &narrow)) {
                self.state.values.insert(id, before);
            }
        }
        let (passed, held) = (self.state.checked.without(checked), self.state.when.without(when));
        (self.state.checked, self.state.when) = (checked, when);
        value.map(|strand| {
            strand.passed |= passed;
            strand.when |= held;
        })
    }

    /// What an object that is written out says of itself.
    pub(super) fn mark(&self, properties: &[Property]) -> Mark {
        let mark = |property: &Property| {
            let PropertyKey::Name(name) = property.key else { return None };
            let symbol = Symbol::of(self.unit.name(name));
            let text = self.world.is_compared(symbol).then(|| self.constant_text(property.value))??;
            Some(Mark::new(symbol, &text))
        };
        properties.iter().find_map(mark).unwrap_or(Mark::NONE)
    }

    fn constant_text(&self, node: NodeId) -> Option<String> {
        self.world.mark_text(ProgramValue { unit: self.id, node })
    }

    /// The comparisons that hold where an expression is true, or false.
    fn comparisons(&mut self, node: NodeId, truth: bool, depth: u32) -> ConditionSet {
        let Some(depth) = depth.checked_sub(1) else { return ConditionSet::EMPTY };
        match *self.unit.expr(node) {
            Expr::Unary { op: UnaryOp::Not, operand } => self.comparisons(operand, !truth, depth),
            Expr::Logical { op, left, right } if truth == (op == LogicalOp::And) => {
                self.comparisons(left, truth, depth) | self.comparisons(right, truth, depth)
            }
            _ => self.condition(node, truth, depth).map_or(ConditionSet::EMPTY, |condition| self.note(condition)),
        }
    }

    fn note(&mut self, condition: Condition) -> ConditionSet {
        let known = &mut self.graph.conditions;
        let index = known.iter().position(|other| *other == condition).unwrap_or_else(|| {
            known.push(condition);
            known.len() - 1
        });
        ConditionSet::one(index)
    }

    /// The one comparison that an expression is; alternatives about one member are one.
    fn condition(&mut self, node: NodeId, truth: bool, depth: u32) -> Option<Condition> {
        let depth = depth.checked_sub(1)?;
        match *self.unit.expr(node) {
            Expr::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right } => {
                let (member, text) = match (self.constant_text(left), self.constant_text(right)) {
                    (None, Some(text)) => (left, text),
                    (Some(text), None) => (right, text),
                    _ => return None,
                };
                self.compared_member(member, &text, truth == (op == BinaryOp::Equal))
            }
            Expr::Logical { left, right, .. } => {
                let mut both = self.condition(left, truth, depth)?;
                let other = self.condition(right, truth, depth)?;
                let is_same = both.is_one == other.is_one && both.atom == other.atom && both.member == other.member;
                both.texts.extend(other.texts);
                (is_same && both.is_one).then_some(both)
            }
            _ => None,
        }
    }

    fn compared_member(&mut self, node: NodeId, text: &str, is_one: bool) -> Option<Condition> {
        if !matches!(self.unit.expr(node), Expr::Field { .. } | Expr::Index { .. } | Expr::Variable(_)) {
            return None;
        }
        let value = self.eval(node);
        let [strand] = value.strands() else { return None };
        let fact = strand.fact;
        let texts = vec![Symbol::of(text)];
        (!fact.read.is_empty()).then_some(Condition { atom: fact.atom, member: fact.read, texts, is_one })
    }
}
