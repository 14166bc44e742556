//! What may be filled.

use crate::ir::{Expr, NameId, NodeId, Unit, VariableId};

/// Something that may be filled: a variable, a member of it, or a member of the receiver.
#[derive(Debug)]
pub(super) struct Place {
    /// None for the receiver.
    pub(super) root: Option<VariableId>,
    pub(super) members: Vec<NameId>,
}

impl Place {
    /// What an expression is a part or a form of: the buffer of `out.data()`, `bytes.as_mut_slice()`, `buffer + 4`.
    pub(super) fn of(unit: &Unit, node: NodeId) -> Option<Self> {
        let (mut at, mut members) = (node, Vec::new());
        let root = loop {
            at = match *unit.expr(at) {
                Expr::Variable(variable) => match unit.variable(variable).definition {
                    // Another name for the same thing.
                    Some(other) if other < at && matches!(unit.expr(other), Expr::Variable(_)) => other,
                    _ => break Some(variable),
                },
                Expr::This => break None,
                // The field of the receiver that a bare name may mean.
                Expr::Global(name) => {
                    members.push(name);
                    break None;
                }
                Expr::Field { base, name } => {
                    members.push(name);
                    base
                }
                Expr::Index { base, .. } => {
                    members.clear();
                    base
                }
                Expr::Deref(inner) | Expr::Named { value: inner, .. } | Expr::Typed { value: inner, .. } => inner,
                Expr::Call { callee, ref arguments, .. } => match *unit.expr(callee) {
                    Expr::Field { base, name } if arguments.is_empty() || is_slice(unit.name(name)) => base,
                    _ => return None,
                },
                Expr::Binary { left, .. } => left,
                _ => return None,
            };
        };
        members.reverse();
        (root.is_some() || !members.is_empty()).then_some(Self { root, members })
    }

    /// What an expression may stand for: of a variable that a loop takes from a list that is written out, all that is listed.
    pub(super) fn all(unit: &Unit, node: NodeId) -> Vec<Self> {
        let own = Self::of(unit, node);
        let listed = own.iter().flat_map(|place| {
            let definition = |variable: VariableId| unit.variable(variable).definition;
            let taken = place.root.filter(|_| place.members.is_empty()).and_then(definition).map(|node| unit.expr(node));
            let list = match taken {
                Some(Expr::Index { base, .. }) => match *unit.expr(*base) {
                    Expr::Variable(list) => definition(list),
                    _ => Some(*base),
                },
                _ => None,
            };
            match list.map(|list| unit.expr(list)) {
                Some(Expr::Array(elements)) => elements.iter().filter_map(|&element| Self::of(unit, element)).collect(),
                _ => Vec::new(),
            }
        });
        let listed: Vec<_> = listed.collect();
        own.into_iter().chain(listed).collect()
    }

    /// Whether one is the other, or a part of it.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        // A member of the receiver is filled where some other instance is at hand.
        let is_shared = other.root.is_none() && self.root.is_some() && !self.members.is_empty() && !other.members.is_empty();
        (self.root == other.root || is_shared) && self.members.iter().zip(&other.members).all(|(one, other)| one == other)
    }
}

/// Whether a method gives a part of a buffer that is written through: `buffer.AsSpan(0, 12)`.
fn is_slice(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["asspan", "asmemory", "slice", "subarray", "subspan", "first", "last", "get_mut", "split_at_mut"].contains(&&*name)
}
