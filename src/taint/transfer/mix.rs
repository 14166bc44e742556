//! Values made of several parts: which part decides where a text leads, and whether one of them is random.

use super::Transfer;
use crate::ir::{Expr, NodeId};
use crate::program::Value as ProgramValue;
use crate::rule::kind::KindSet;
use crate::rule::model::{Effect, Subject};
use crate::taint::value::Value;

/// How deep a part is looked into for a random one.
const MAX_DEPTH: u32 = 6;

/// These end the part of an address that says where it leads.
const ENDS_OF_HOST: [char; 3] = ['/', '?', '#'];

/// What is known of the beginning of a text that is put together.
#[derive(Debug)]
pub(super) enum Beginning {
    /// All parts so far are constants.
    Constant(String),
    /// A part was chosen by somebody, and may go on.
    Open,
    /// It is decided where the text leads.
    Decided,
}

impl Default for Beginning {
    fn default() -> Self {
        Self::Constant(String::new())
    }
}

impl Transfer<'_, '_> {
    /// The value of the next part of a text; what follows a beginning that decides is marked as such.
    pub(super) fn behind(&self, beginning: &mut Beginning, part: NodeId, value: Value) -> Value {
        let constant = self.world.program.constant(ProgramValue { unit: self.id, node: part }).map(|constant| constant.text());
        if let Some(text) = constant {
            match beginning {
                Beginning::Constant(before) => before.push_str(&text),
                Beginning::Open if text.starts_with(ENDS_OF_HOST) => *beginning = Beginning::Decided,
                Beginning::Open | Beginning::Decided => {}
            }
            return value;
        }
        if let Beginning::Constant(text) = beginning {
            let is_fixed = self.world.knowledge.lexicon.fixes(text);
            *beginning = if is_fixed { Beginning::Decided } else { Beginning::Open };
        }
        match (beginning, self.world.roles.continuation) {
            (Beginning::Decided, Some(kind)) => value.map(|strand| strand.passed |= KindSet::one(kind)),
            _ => value,
        }
    }

    /// A value one part of which is random: nobody can guess it, whatever else went in.
    pub(super) fn mixed(&self, value: Value, is_mixed: bool) -> Value {
        match self.world.strong.filter(|_| is_mixed) {
            Some(kind) => value.map(|strand| strand.passed |= KindSet::one(kind)),
            None => value,
        }
    }

    /// Whether a value is what a good generator gave, or made of that alone.
    pub(super) fn is_strong(&self, node: NodeId) -> bool {
        self.world.strong.is_some() && self.is_strong_within(ProgramValue { unit: self.id, node }, MAX_DEPTH)
    }

    fn is_strong_within(&self, value: ProgramValue, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let resolved = self.world.program.resolve(value);
        let unit = self.world.program.unit(resolved.unit);
        let here = |node: NodeId| ProgramValue { unit: resolved.unit, node };
        match *unit.expr(resolved.node) {
            Expr::Call { callee, ref arguments, .. } => {
                let rows = self.world.rows(resolved.unit, callee, Subject::Callee, true);
                let gives = |effect: &Effect| matches!(effect, Effect::Sanitizer(kind, ..) if Some(*kind) == self.world.strong);
                if rows.iter().any(|&row| gives(self.world.effect(row))) {
                    return true;
                }
                let passes = rows.iter().any(|&row| matches!(self.world.effect(row), Effect::Propagation(..)));
                let receiver = match *unit.expr(callee) {
                    Expr::Field { base, .. } => Some(base),
                    _ => None,
                };
                passes
                    && (receiver.is_some_and(|base| self.is_strong_within(here(base), depth))
                        || arguments.iter().any(|&argument| self.is_strong_within(here(argument), depth)))
            }
            Expr::Index { base, .. } | Expr::Spread(base) => self.is_strong_within(here(base), depth),
            Expr::Array(ref elements) => elements.iter().any(|&element| self.is_strong_within(here(element), depth)),
            _ => false,
        }
    }
}
