//! Where `break` and `continue` lead.

use super::lower::Lowerer;
use super::target::Target;
use crate::ir::{Block, NodeId, StatementKind};
use oxc_ast::ast::LabelIdentifier;
use oxc_span::Span as OxcSpan;

impl Lowerer {
    /// Lowers what a jump may leave.
    pub(super) fn leavable(&mut self, target: Target, lower: impl FnOnce(&mut Self) -> Block) -> Block {
        let labels = std::mem::take(&mut self.jumps.labels);
        self.jumps.around.push((target, labels));
        let block = lower(self);
        self.jumps.around.pop();
        block
    }

    /// Lowers the body of a function, which jumps do not leave.
    pub(super) fn apart<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let jumps = std::mem::take(&mut self.jumps);
        let result = lower(self);
        self.jumps = jumps;
        result
    }

    pub(super) fn break_statement(&mut self, label: Option<&LabelIdentifier<'_>>, span: OxcSpan) {
        let label = label.map(|label| self.builder.name(&label.name));
        let outer = self.jumps.distance(label, |target| target != Target::Block);
        self.push(StatementKind::Break(outer), span);
    }

    pub(super) fn continue_statement(&mut self, label: Option<&LabelIdentifier<'_>>, span: OxcSpan) {
        let label = label.map(|label| self.builder.name(&label.name));
        let outer = self.jumps.distance(label, |target| target == Target::Loop);
        self.push(StatementKind::Continue(outer), span);
    }

    /// A loop without a test of its own that does nothing between its rounds.
    pub(super) fn endless(&mut self, body: Block, span: OxcSpan) {
        self.push(StatementKind::Loop { condition: None, body, update: Block::new(), tests_last: false }, span);
    }

    /// A block that runs once and can be left: a loop that ends with a break.
    pub(super) fn once(&mut self, target: Target, span: OxcSpan, lower: impl FnOnce(&mut Self)) {
        let body = self.leavable(target, |this| {
            this.block(|this| {
                lower(this);
                this.push(StatementKind::Break(0), span);
            })
        });
        self.endless(body, span);
    }

    /// A loop with a test.
    pub(super) fn tested(&mut self, condition: Option<NodeId>, (body, update): (Block, Block), tests_last: bool, span: OxcSpan) {
        self.push(StatementKind::Loop { condition, body, update, tests_last }, span);
    }
}
