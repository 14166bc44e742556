//! The state of a lowering, and what every part of it needs: nodes, statements, temporaries, depth.

use oxc_ast::ast::{Program, Statement as OxcStatement};
use oxc_span::Span as OxcSpan;

use super::scope::Scopes;
use super::target::Jumps;
use super::template::Binding;
use crate::ir::{
    Block, Builder, CallKind, Expr, Literal, NameId, NodeId, Property, PropertyKey, Statement, StatementKind, Unit, VariableId,
    VariableKind,
};
use crate::source::Span;

/// How deep expressions and statements of a unit may nest, so that later stages can recurse without care.
pub(super) const MAX_DEPTH: u32 = 250;

/// One parsed script and where its text begins in the file.
pub(super) struct Script<'a> {
    pub(super) program: Program<'a>,
    pub(super) offset: u32,
}

/// One parsed expression of a template and what it is bound to.
pub(super) struct Bound<'a> {
    pub(super) script: Script<'a>,
    pub(super) binding: &'a Binding,
}

/// What a lowering gives.
pub(super) struct Outcome {
    pub(super) unit: Unit,
    /// Where the first part stood that was nested too deeply to be lowered.
    pub(super) cut_at: Option<u32>,
}

/// Lowers the scripts of one file, which share their top-level scope, and the expressions of its template to one unit.
pub(super) fn lower(language: &'static str, (scripts, bound): (&[Script<'_>], &[Bound<'_>]), span: Span) -> Outcome {
    let mut lowerer = Lowerer {
        builder: Builder::new(language, span),
        scopes: Scopes::default(),
        block: Block::new(),
        pending: None,
        jumps: Jumps::default(),
        depth: 0,
        cut_at: None,
        offset: 0,
        is_template: false,
    };
    lowerer.scripts(scripts, bound);
    let Lowerer { builder, block, cut_at, .. } = lowerer;
    Outcome { unit: builder.finish(block), cut_at }
}

/// A lowering under way.
pub(super) struct Lowerer {
    pub(super) builder: Builder,
    pub(super) scopes: Scopes,
    /// The statements of the block being lowered.
    block: Block,
    /// Where an expression is evaluated only under a condition: the effects that must come before its value.
    pending: Option<Vec<NodeId>>,
    /// What `break` and `continue` may leave here.
    pub(super) jumps: Jumps,
    depth: u32,
    cut_at: Option<u32>,
    offset: u32,
    /// Whether names that no script declares are members of the component.
    pub(super) is_template: bool,
}

impl Lowerer {
    fn scripts(&mut self, scripts: &[Script<'_>], bound: &[Bound<'_>]) {
        self.scopes.enter();
        self.each(scripts, |this, program| this.declare_vars(&program.body));
        self.each(scripts, |this, program| this.declare_block(&program.body));
        self.each(scripts, |this, program| this.define_functions(&program.body));
        self.each(scripts, |this, program| this.statements(&program.body));
        self.is_template = true;
        bound.iter().for_each(|bound| self.bound(bound));
        self.scopes.leave();
    }

    /// `<div v-html="a">`: a call of `<v:div>` with what its attribute is bound to.
    fn bound(&mut self, bound: &Bound<'_>) {
        self.offset = bound.script.offset;
        for statement in &bound.script.program.body {
            let OxcStatement::ExpressionStatement(statement) = statement else { continue };
            let value = self.expression(&statement.expression);
            let key = PropertyKey::Name(self.builder.name(&bound.binding.attribute));
            let object = self.node_at(Expr::Object(Box::new([Property { key, value }])), value);
            let element = self.global(&bound.binding.element, statement.span);
            let call = self.node_at(Expr::Call { callee: element, arguments: Box::new([object]), kind: CallKind::Element }, value);
            self.effect(call);
        }
    }

    fn each(&mut self, scripts: &[Script<'_>], mut step: impl FnMut(&mut Self, &Program<'_>)) {
        for script in scripts {
            self.offset = script.offset;
            step(self, &script.program);
        }
    }

    /// A span of the parser, in the whole file.
    pub(super) const fn span(&self, span: OxcSpan) -> Span {
        Span::new(span.start, span.end).shifted(self.offset)
    }

    /// Adds an expression.
    pub(super) fn node(&mut self, expr: Expr, span: OxcSpan) -> NodeId {
        let span = self.span(span);
        self.builder.node(expr, span)
    }

    /// Adds an expression that stands where `like` stands.
    pub(super) fn node_at(&mut self, expr: Expr, like: NodeId) -> NodeId {
        let span = self.builder.unit().span(like);
        self.builder.node(expr, span)
    }

    /// Adds a string literal.
    pub(super) fn text(&mut self, text: &str, span: OxcSpan) -> NodeId {
        let name = self.builder.name(text);
        self.node(Expr::Literal(Literal::Text(name)), span)
    }

    /// Adds `null`.
    pub(super) fn null(&mut self, span: OxcSpan) -> NodeId {
        self.node(Expr::Literal(Literal::Null), span)
    }

    /// Adds a value of which nothing is known but its parts.
    pub(super) fn unknown(&mut self, parts: Vec<NodeId>, span: OxcSpan) -> NodeId {
        self.node(Expr::Unknown(parts.into()), span)
    }

    /// Adds a statement to the block being lowered.
    pub(super) fn push(&mut self, kind: StatementKind, span: OxcSpan) {
        let span = self.span(span);
        self.block.push(Statement { kind, span });
    }

    /// Whether the expression being lowered is evaluated only under a condition within its statement.
    pub(super) const fn is_conditional(&self) -> bool {
        self.pending.is_some()
    }

    /// Evaluates `node` before the expression being lowered.
    pub(super) fn effect(&mut self, node: NodeId) {
        if let Some(pending) = &mut self.pending {
            pending.push(node);
        } else {
            let span = self.builder.unit().span(node);
            self.block.push(Statement { kind: StatementKind::Evaluate(node), span });
        }
    }

    /// Writes `value` to `target`, before the expression being lowered.
    pub(super) fn assign(&mut self, target: NodeId, value: NodeId, span: OxcSpan) {
        let node = self.node(Expr::Assign { target, value }, span);
        self.effect(node);
    }

    /// Lowers a block of its own.
    pub(super) fn block(&mut self, lower: impl FnOnce(&mut Self)) -> Block {
        let block = std::mem::take(&mut self.block);
        let pending = self.pending.take();
        lower(self);
        self.pending = pending;
        std::mem::replace(&mut self.block, block)
    }

    /// Lowers an expression that may not be evaluated: its effects stay with it.
    pub(super) fn conditional(&mut self, lower: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        let outer = self.pending.replace(Vec::new());
        let value = lower(self);
        let mut parts = std::mem::replace(&mut self.pending, outer).unwrap_or_default();
        if parts.is_empty() {
            return value;
        }
        parts.push(value);
        self.node_at(Expr::Unknown(parts.into()), value)
    }

    /// A node for the value of `node` that may be used many times: `node` itself if it is a short path, else a new variable.
    pub(super) fn reusable(&mut self, node: NodeId) -> NodeId {
        if self.is_path(node) {
            return node;
        }
        let variable = self.temporary(node);
        let target = self.node_at(Expr::Variable(variable), node);
        let assignment = self.node_at(Expr::Assign { target, value: node }, node);
        self.effect(assignment);
        target
    }

    /// A new variable without a name.
    pub(super) fn temporary(&mut self, like: NodeId) -> VariableId {
        let span = self.builder.unit().span(like);
        self.builder.variable(NameId::EMPTY, VariableKind::Constant, span)
    }

    /// Whether evaluating `node` again gives the same value without an effect.
    pub(super) fn is_path(&self, mut node: NodeId) -> bool {
        loop {
            match *self.builder.unit().expr(node) {
                Expr::Field { base, .. } => node = base,
                Expr::Index { base, index } if self.is_simple(index) => node = base,
                _ => return self.is_simple(node),
            }
        }
    }

    fn is_simple(&self, node: NodeId) -> bool {
        matches!(
            self.builder.unit().expr(node),
            Expr::Variable(_) | Expr::Global(_) | Expr::Module(_) | Expr::This | Expr::Super | Expr::Literal(_)
        )
    }

    /// Goes one level deeper for `lower`; beyond the limit it is left out, and `otherwise` stands in for it.
    pub(super) fn deeper<T>(
        &mut self,
        span: OxcSpan,
        lower: impl FnOnce(&mut Self) -> T,
        otherwise: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.depth >= MAX_DEPTH {
            self.cut_at.get_or_insert(span.start + self.offset);
            return otherwise(self);
        }
        self.depth += 1;
        let result = lower(self);
        self.depth -= 1;
        result
    }

    /// The levels that are left.
    pub(super) const fn levels_left(&self) -> usize {
        (MAX_DEPTH - self.depth) as usize
    }

    /// Notes that something at `span` was not lowered for its depth.
    pub(super) fn cut(&mut self, span: OxcSpan) {
        self.cut_at.get_or_insert(span.start + self.offset);
    }
}
