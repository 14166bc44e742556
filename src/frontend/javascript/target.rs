//! What `break` and `continue` may leave.

use crate::ir::NameId;

/// What a jump may leave.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A loop: `break` leaves it, `continue` begins its next round.
    Loop,
    /// A `switch` that is lowered to a loop: `break` leaves it.
    Switch,
    /// A block with a label: only a `break` with that label leaves it.
    Block,
}

/// The statements around that are lowered to loops, from the outside in, with the labels that they have.
#[derive(Default)]
pub(super) struct Jumps {
    pub(super) around: Vec<(Target, Vec<NameId>)>,
    /// Labels of the statement that is lowered next.
    pub(super) labels: Vec<NameId>,
}

impl Jumps {
    /// How many loops lie between a jump and the one that it means.
    pub(super) fn distance(&self, label: Option<NameId>, is_meant: impl Fn(Target) -> bool) -> u32 {
        let is_it = |(target, labels): &(Target, Vec<NameId>)| match label {
            Some(label) => labels.contains(&label),
            None => is_meant(*target),
        };
        self.around.iter().rev().position(is_it).unwrap_or(0) as u32
    }

    /// A label of the statement that is lowered next.
    pub(super) fn label(&mut self, label: NameId) {
        self.labels.push(label);
    }
}
