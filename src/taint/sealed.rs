//! What functions of the tree give that encrypt: it often goes by the name of what is in it.

use super::index::World;
use crate::ir::{CallKind, Expr};
use crate::program::{FunctionRef, Value};
use crate::rule::model::{Effect, Subject};

/// Through how many functions encryption is looked for.
const MAX_CALLS: u32 = 2;

/// How many members and conversions stand behind the call.
const MAX_MEMBERS: u32 = 6;

impl World<'_> {
    /// Whether a value is the result of a function of the tree that encrypts, or is read from it: `Blob::seal(seed).encoded()`.
    pub(super) fn is_encrypted_by_tree(&self, value: Value) -> bool {
        let mut at = value;
        for _ in 0..MAX_MEMBERS {
            let unit = self.program.unit(at.unit);
            let mut targets = self.program.targets(at.unit, at.node).iter();
            if targets.any(|&target| self.encrypts(target, MAX_CALLS)) {
                return true;
            }
            let next = match *unit.expr(at.node) {
                Expr::Call { callee, .. } => match *unit.expr(callee) {
                    Expr::Field { base, .. } => base,
                    _ => return false,
                },
                Expr::Field { base, .. } | Expr::Typed { value: base, .. } | Expr::Deref(base) => base,
                Expr::Variable(variable) => match unit.variable(variable).definition {
                    Some(definition) if definition < at.node => definition,
                    _ => return false,
                },
                _ => return false,
            };
            at = Value { unit: at.unit, node: next };
        }
        false
    }

    /// Whether the body of a function has a call that encrypts.
    fn encrypts(&self, function: FunctionRef, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let Some(wanted) = self.roles.encryption else { return false };
        let unit = self.program.unit(function.unit);
        self.program.body(function).iter().any(|&node| {
            let Expr::Call { callee, kind, .. } = *unit.expr(node) else { return false };
            let rows = self.rows(function.unit, callee, Subject::Callee, kind == CallKind::New);
            rows.into_iter().any(|row| matches!(self.effect(row), Effect::Sanitizer(done, ..) if *done == wanted))
                || self.program.targets(function.unit, node).iter().any(|&inner| self.encrypts(inner, depth))
        })
    }
}
