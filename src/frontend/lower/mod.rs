//! What the lowering of every language needs, whatever parser reads it: blocks, scopes, branches, functions, classes, packages.
//!
//! Knows the IR only. A front end walks its syntax tree and calls [`Lowering`]; each file here is one concern.

mod bind;
mod branch;
mod class;
mod function;
mod jump;
mod operator;
mod package;
mod scope;

pub(super) use branch::Arm;
pub(super) use class::Surrounding;
pub(super) use operator::{Operator, binary};

use crate::ir::{
    Block, Builder, CallKind, Expr, Literal, NameId, NodeId, Statement, StatementKind, Unit, VariableId, VariableKind,
};
use crate::source::Span;
use scope::Scopes;

/// How deep expressions and statements of a unit may nest, so that later stages can recurse without care.
pub(super) const MAX_DEPTH: u32 = 250;

/// A lowering under way.
#[derive(Debug)]
pub(super) struct Lowering {
    /// The unit that grows.
    pub(super) builder: Builder,
    /// What names mean.
    pub(super) scopes: Scopes,
    /// The statements of the block being lowered.
    block: Block,
    /// The classes around, from the outermost.
    surroundings: Vec<Surrounding>,
    /// The loops and switches around, within the function.
    frames: Vec<jump::Frame>,
    /// The label of the loop or switch that comes next.
    next_label: Option<NameId>,
    /// By function around: what runs when it is left.
    deferred: Vec<Block>,
    /// The type that the class being lowered adds to, where it may come from elsewhere.
    extended: Option<NodeId>,
    depth: u32,
    cut_at: Option<Span>,
}

impl Lowering {
    /// A lowering of a file whose text has this span.
    pub(super) fn new(language: &'static str, span: Span) -> Self {
        let mut lowering = Self {
            builder: Builder::new(language, span),
            scopes: Scopes::default(),
            block: Block::new(),
            surroundings: Vec::new(),
            frames: Vec::new(),
            next_label: None,
            deferred: vec![Block::new()],
            extended: None,
            depth: 0,
            cut_at: None,
        };
        lowering.scopes.enter_function();
        lowering
    }

    /// The unit, and where the first part stood that was nested too deeply to be lowered.
    pub(super) fn finish(mut self) -> (Unit, Option<Span>) {
        let mut body = std::mem::take(&mut self.block);
        body.extend(self.deferred.pop().unwrap_or_default());
        (self.builder.finish(body), self.cut_at)
    }

    /// Takes a level if one is left; a caller that got it gives it back by [`Lowering::ascend`].
    pub(super) fn descend(&mut self, span: Span) -> bool {
        if self.depth >= MAX_DEPTH {
            self.cut(span);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Gives a level back.
    pub(super) const fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// The levels that are left.
    pub(super) const fn levels_left(&self) -> usize {
        (MAX_DEPTH - self.depth) as usize
    }

    /// Notes that something was left out for its depth.
    pub(super) fn cut(&mut self, span: Span) {
        self.cut_at.get_or_insert(span);
    }

    // Nodes

    /// Adds an expression.
    pub(super) fn node(&mut self, expr: Expr, span: Span) -> NodeId {
        self.builder.node(expr, span)
    }

    /// The expression of a node.
    pub(super) fn expr(&self, node: NodeId) -> &Expr {
        self.builder.unit().expr(node)
    }

    /// Where a node stands.
    pub(super) fn span_of(&self, node: NodeId) -> Span {
        self.builder.unit().span(node)
    }

    /// Adds `null`.
    pub(super) fn null(&mut self, span: Span) -> NodeId {
        self.node(Expr::Literal(Literal::Null), span)
    }

    /// Adds a number.
    pub(super) fn number(&mut self, value: f64, span: Span) -> NodeId {
        self.node(Expr::Literal(Literal::Number(value)), span)
    }

    /// Adds a value of which nothing is known but its parts.
    pub(super) fn unknown(&mut self, parts: Vec<NodeId>, span: Span) -> NodeId {
        self.node(Expr::Unknown(parts.into()), span)
    }

    /// Adds a read of a variable.
    pub(super) fn read(&mut self, variable: VariableId, span: Span) -> NodeId {
        self.node(Expr::Variable(variable), span)
    }

    /// Adds `base.name`.
    pub(super) fn field(&mut self, base: NodeId, name: &str, span: Span) -> NodeId {
        self.builder.field(base, name, span)
    }

    /// Adds a call.
    pub(super) fn call(&mut self, callee: NodeId, arguments: Vec<NodeId>, kind: CallKind, span: Span) -> NodeId {
        self.node(Expr::Call { callee, arguments: arguments.into(), kind }, span)
    }

    /// Whether a node is text that is written out, or put together.
    pub(super) fn is_text(&self, node: NodeId) -> bool {
        matches!(self.expr(node), Expr::Literal(Literal::Text(_)) | Expr::Template(_))
    }

    // Statements

    /// Adds a statement to the block being lowered.
    pub(super) fn push(&mut self, kind: StatementKind, span: Span) {
        self.block.push(Statement { kind, span });
    }

    /// Adds statements that were lowered apart.
    pub(super) fn append(&mut self, block: Block) {
        self.block.extend(block);
    }

    /// Evaluates a node by a statement, unless that does nothing.
    pub(super) fn evaluate(&mut self, node: NodeId) {
        if !matches!(self.expr(node), Expr::Literal(_) | Expr::Variable(_)) {
            let span = self.span_of(node);
            self.push(StatementKind::Evaluate(node), span);
        }
    }

    /// Writes `value` to `target` by a statement.
    pub(super) fn assign(&mut self, target: NodeId, value: NodeId, span: Span) {
        let node = self.node(Expr::Assign { target, value }, span);
        self.push(StatementKind::Evaluate(node), span);
    }

    /// Begins a block of its own: what stood in the block so far is handed out and given back to [`Lowering::leave_block`].
    pub(super) fn enter_block(&mut self) -> Block {
        std::mem::take(&mut self.block)
    }

    /// Ends a block and goes on with the one around.
    pub(super) fn leave_block(&mut self, outer: Block) -> Block {
        std::mem::replace(&mut self.block, outer)
    }

    /// A new variable without a name.
    pub(super) fn temporary(&mut self, span: Span) -> VariableId {
        self.builder.variable(NameId::EMPTY, VariableKind::Local, span)
    }

    /// A node for the value of `node` that may be read many times: `node` itself if it is a path, else a new variable.
    pub(super) fn stable(&mut self, node: NodeId) -> NodeId {
        if self.is_path(node) {
            return node;
        }
        let span = self.span_of(node);
        let variable = self.temporary(span);
        let target = self.read(variable, span);
        self.assign(target, node, span);
        self.read(variable, span)
    }

    fn is_path(&self, mut node: NodeId) -> bool {
        while let Expr::Field { base, .. } = *self.expr(node) {
            node = base;
        }
        matches!(
            self.expr(node),
            Expr::Variable(_) | Expr::Global(_) | Expr::Module(_) | Expr::This | Expr::Super | Expr::Literal(_)
        )
    }
}
