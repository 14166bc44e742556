//! What `break` and `continue` leave: loops, and switches where these are left by `break`.

use super::Lowering;
use crate::ir::{Block, NameId, Statement, StatementKind};
use crate::source::Span;

/// Something that can be left by `break`.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) struct Frame {
    label: Option<NameId>,
    is_loop: bool,
}

impl Lowering {
    /// Gives the loop or switch that follows a label.
    pub(in crate::frontend) fn label(&mut self, text: &str) {
        self.next_label = Some(self.builder.name(text));
    }

    /// Begins the body of a loop; [`Lowering::leave_frame`] ends it.
    pub(in crate::frontend) fn enter_loop(&mut self) {
        self.enter_frame(true);
    }

    /// Begins the arms of a switch that `break` leaves. They are lowered as if a loop were around them.
    pub(super) fn enter_switch(&mut self) {
        self.enter_frame(false);
    }

    fn enter_frame(&mut self, is_loop: bool) {
        let label = self.next_label.take();
        self.frames.push(Frame { label, is_loop });
    }

    /// Ends the body of a loop or the arms of a switch.
    pub(in crate::frontend) fn leave_frame(&mut self) {
        self.frames.pop();
    }

    /// `break`, of what has the label if one is written.
    pub(in crate::frontend) fn leave(&mut self, label: Option<&str>, span: Span) {
        let levels = self.levels(label, |_| true);
        self.push(StatementKind::Break(levels), span);
    }

    /// `continue`, of what has the label if one is written.
    pub(in crate::frontend) fn go_on(&mut self, label: Option<&str>, span: Span) {
        let levels = self.levels(label, |frame| frame.is_loop);
        self.push(StatementKind::Continue(levels), span);
    }

    fn levels(&mut self, label: Option<&str>, fits: fn(&Frame) -> bool) -> u32 {
        let label = label.map(|label| self.builder.name(label));
        let is_meant = |frame: &Frame| label.map_or_else(|| fits(frame), |label| frame.label == Some(label));
        self.frames.iter().rev().position(is_meant).unwrap_or_default() as u32
    }
}

/// Whether a block leaves what is around it by `break`.
pub(super) fn leaves(block: &[Statement], levels: u32) -> bool {
    block.iter().any(|statement| match &statement.kind {
        StatementKind::Break(left) => *left == levels,
        StatementKind::Loop { body, update, .. } => leaves(body, levels + 1) || leaves(update, levels + 1),
        kind => blocks(kind).into_iter().any(|block| leaves(block, levels)),
    })
}

/// Takes away a level around a block that nothing in it leaves: jumps further out pass one level less.
pub(super) fn lift(block: &mut Block, levels: u32) {
    for statement in block {
        match &mut statement.kind {
            StatementKind::Break(left) | StatementKind::Continue(left) if *left > levels => *left -= 1,
            StatementKind::Loop { body, update, .. } => {
                lift(body, levels + 1);
                lift(update, levels + 1);
            }
            StatementKind::Branch { then, otherwise, .. } => {
                lift(then, levels);
                lift(otherwise, levels);
            }
            StatementKind::Try { body, handler, finally, .. } => {
                lift(body, levels);
                handler.iter_mut().for_each(|handler| lift(handler, levels));
                lift(finally, levels);
            }
            _ => {}
        }
    }
}

fn blocks(kind: &StatementKind) -> Vec<&Block> {
    match kind {
        StatementKind::Branch { then, otherwise, .. } => vec![then, otherwise],
        StatementKind::Try { body, handler, finally, .. } => [body, finally].into_iter().chain(handler).collect(),
        _ => Vec::new(),
    }
}
