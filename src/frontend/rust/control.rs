//! Blocks, branches and loops.

use syn::{Block as SyntaxBlock, Expr as Syntax, Stmt};

use super::pattern::always_fits;
use super::{Expr, Literal, Lowerer, NodeId, Statement, StatementKind, VariableId};
use crate::ir::Block;
use crate::source::Span;

/// So many arms become branches within branches; those after them stand side by side.
const MAX_NESTED_ARMS: usize = 128;

/// So many arms may become one conditional expression.
const MAX_CONDITIONAL_ARMS: usize = 8;

/// Macros that do not come back.
const DIVERGING: [&str; 6] = ["bail", "panic", "throw", "todo", "unimplemented", "unreachable"];

/// One way that a `match` or an `if` can take.
struct Arm {
    /// What must be computed before the condition.
    before: Block,
    /// None if it is always taken.
    condition: Option<NodeId>,
    body: Block,
    value: Option<NodeId>,
    span: Span,
}

/// Methods that hand out elements to be written.
const BORROWERS: [&str; 5] = ["chunks_exact_mut", "chunks_mut", "iter_mut", "values_mut", "as_mut"];

/// A loop around what is being lowered.
pub(super) struct Loop {
    label: Option<String>,
    /// The variable that takes the value of its `break`.
    result: Option<VariableId>,
    /// A block that only a `break` with its label leaves.
    is_block: bool,
}

impl Loop {
    fn of(label: Option<&syn::Label>, result: Option<VariableId>) -> Self {
        Self { label: label.map(|label| label.name.ident.to_string()), result, is_block: false }
    }
}

impl Lowerer<'_> {
    /// Control flow, or a plain value. `is_used` says whether the value of a branch is wanted.
    pub(super) fn flow(&mut self, expr: &Syntax, is_used: bool) -> Option<NodeId> {
        match expr {
            Syntax::Paren(paren) => self.flow(&paren.expr, is_used),
            Syntax::Group(group) => self.flow(&group.expr, is_used),
            Syntax::Block(block) if block.label.is_some() => self.labelled_block(block, is_used),
            Syntax::Block(block) => self.block(&block.block, is_used),
            Syntax::Unsafe(block) => self.block(&block.block, is_used),
            Syntax::Const(block) => self.block(&block.block, is_used),
            Syntax::TryBlock(block) => self.block(&block.block, is_used),
            Syntax::Async(block) => self.async_block(&block.block),
            Syntax::If(branch) => self.branch(branch, is_used),
            Syntax::Match(choice) => self.choice(choice, is_used),
            Syntax::Let(test) => Some(self.let_condition(test)),
            Syntax::While(repeat) => self.while_loop(repeat),
            Syntax::Loop(repeat) => self.endless_loop(repeat, is_used),
            Syntax::ForLoop(each) => self.for_loop(each),
            Syntax::Return(leave) => self.leave(expr, leave.expr.as_deref()),
            Syntax::Break(leave) => self.leave_loop(expr, leave),
            Syntax::Continue(next) => {
                let (outer, _) = self.loop_around(next.label.as_ref());
                let span = self.expr_span(expr);
                self.emit(StatementKind::Continue(outer), span);
                None
            }
            Syntax::Macro(call) if diverges(&call.mac) => {
                let node = self.macro_call(&call.mac);
                let span = self.expr_span(expr);
                self.emit(StatementKind::Throw(node), span);
                None
            }
            _ => Some(self.plain(expr)),
        }
    }

    /// The statements of a block go to the current one; its last expression is its value.
    pub(super) fn block(&mut self, block: &SyntaxBlock, is_used: bool) -> Option<NodeId> {
        self.scopes.enter_block();
        let items = || block.stmts.iter().filter_map(|statement| if let Stmt::Item(item) = statement { Some(item) } else { None });
        self.declare_items(items());
        self.lower_items(items());
        let value = match block.stmts.split_last() {
            Some((Stmt::Expr(value, None), before)) => {
                self.statements(before);
                self.deeper(value, |lowerer| lowerer.flow(value, is_used))
            }
            Some((Stmt::Macro(syn::StmtMacro { mac, semi_token: None, .. }), before)) if !diverges(mac) => {
                self.statements(before);
                Some(self.macro_call(mac))
            }
            _ => {
                self.statements(&block.stmts);
                None
            }
        };
        self.scopes.leave_block();
        value
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for statement in statements {
            match statement {
                Stmt::Local(local) => self.local_statement(local),
                Stmt::Expr(expr, _) => self.statement(expr),
                Stmt::Macro(call) => {
                    let node = self.macro_call(&call.mac);
                    let span = self.builder.unit().span(node);
                    let kind = if diverges(&call.mac) { StatementKind::Throw(node) } else { StatementKind::Evaluate(node) };
                    self.emit(kind, span);
                }
                Stmt::Item(_) => {}
            }
        }
    }

    fn statement(&mut self, expr: &Syntax) {
        let value = self.deeper(expr, |lowerer| lowerer.flow(expr, false));
        if let Some(value) = value {
            self.evaluate(value);
        }
    }

    fn local_statement(&mut self, local: &syn::Local) {
        let Some(init) = &local.init else { return self.declare_unset(&local.pat) };
        let value = self.expr(&init.expr);
        let Some((_, otherwise)) = &init.diverge else {
            let subject = if always_fits_whole(&local.pat) { value } else { self.stable(value) };
            if matches!(local.pat, syn::Pat::Wild(_)) {
                self.evaluate(value);
            }
            return self.bind(&local.pat, subject);
        };
        let subject = self.stable(value);
        let condition = self.test(&local.pat, subject);
        let (body, _) = self.collect(|lowerer| lowerer.statement(otherwise));
        if let Some(condition) = condition {
            let span = self.expr_span(otherwise);
            self.emit(StatementKind::Branch { condition, then: Block::new(), otherwise: body }, span);
        }
        self.bind(&local.pat, subject);
    }

    /// Inlined: what it gives is awaited sooner or later.
    fn async_block(&mut self, block: &SyntaxBlock) -> Option<NodeId> {
        let around = std::mem::replace(&mut self.in_async, true);
        let value = self.block(block, true);
        self.in_async = around;
        value
    }

    fn branch(&mut self, branch: &syn::ExprIf, is_used: bool) -> Option<NodeId> {
        let last = match &branch.else_branch {
            Some((_, otherwise)) => super::locate::last(otherwise),
            None => branch.then_branch.brace_token.span.close(),
        };
        let span = self.between(branch.if_token.span, last);
        self.scopes.enter_block();
        let condition = self.expr(&branch.cond);
        let (body, value) = self.collect(|lowerer| lowerer.block(&branch.then_branch, is_used));
        self.scopes.leave_block();
        let mut arms = vec![Arm { before: Block::new(), condition: Some(condition), body, value, span }];
        if let Some((_, otherwise)) = &branch.else_branch {
            let span = self.expr_span(otherwise);
            let (body, value) = self.collect(|lowerer| lowerer.deeper(otherwise, |lowerer| lowerer.flow(otherwise, is_used)));
            arms.push(Arm { before: Block::new(), condition: None, body, value, span });
        }
        self.join_arms(arms, is_used, span)
    }

    fn choice(&mut self, choice: &syn::ExprMatch, is_used: bool) -> Option<NodeId> {
        let span = self.between(choice.match_token.span, choice.brace_token.span.close());
        let subject = self.expr(&choice.expr);
        let subject = self.stable(subject);
        let mut arms: Vec<_> = choice.arms.iter().map(|arm| self.arm(arm, subject, is_used)).collect();
        if let Some(last) = arms.last_mut() {
            last.condition = None;
        }
        self.join_arms(arms, is_used, span)
    }

    fn arm(&mut self, arm: &syn::Arm, subject: NodeId, is_used: bool) -> Arm {
        self.scopes.enter_block();
        let (before, condition) = self.collect(|lowerer| lowerer.test(&arm.pat, subject));
        let (body, value) = self.collect(|lowerer| {
            if !matches!(arm.pat, syn::Pat::Guard(_)) {
                lowerer.bind(&arm.pat, subject);
            }
            lowerer.deeper(&arm.body, |lowerer| lowerer.flow(&arm.body, is_used))
        });
        self.scopes.leave_block();
        let span = self.expr_span(&arm.body);
        Arm { before, condition, body, value, span }
    }

    /// Arms to one value: a conditional if nothing but values is in them, or else branches that write a made-up variable.
    fn join_arms(&mut self, arms: Vec<Arm>, is_used: bool, span: Span) -> Option<NodeId> {
        if is_used && arms.len() <= MAX_CONDITIONAL_ARMS && arms.iter().all(Arm::is_value) && ends_always(&arms) {
            return self.conditional(&arms, span);
        }
        let wants_value = is_used && arms.iter().any(|arm| arm.value.is_some());
        let result = wants_value.then(|| self.temporary(span));
        let statements = self.branches(arms, result);
        self.out.extend(statements);
        result.map(|variable| self.read(variable, span))
    }

    fn conditional(&mut self, arms: &[Arm], span: Span) -> Option<NodeId> {
        let (last, rest) = arms.split_last()?;
        rest.iter().rev().try_fold(last.value?, |otherwise, arm| {
            let (condition, then) = (arm.condition?, arm.value?);
            Some(self.builder.node(Expr::Conditional { condition, then, otherwise }, span))
        })
    }

    fn branches(&mut self, arms: Vec<Arm>, result: Option<VariableId>) -> Block {
        let mut arms: Vec<_> = arms.into_iter().map(|arm| self.give_value(arm, result)).collect();
        let rest = arms.split_off(arms.len().min(MAX_NESTED_ARMS));
        let side_by_side = rest.into_iter().flat_map(|arm| arm.into_statements(Block::new())).collect();
        arms.into_iter().rev().fold(side_by_side, |otherwise, arm| arm.into_statements(otherwise))
    }

    /// Writes the value of an arm to the result, or evaluates it.
    fn give_value(&mut self, mut arm: Arm, result: Option<VariableId>) -> Arm {
        let (last, ()) = self.collect(|lowerer| match (arm.value, result) {
            (Some(value), Some(result)) => {
                let span = lowerer.builder.unit().span(value);
                lowerer.assign(result, value, span);
            }
            (Some(value), None) => lowerer.evaluate(value),
            (None, _) => {}
        });
        if !arm.body.last().is_some_and(leaves) {
            arm.body.extend(last);
        }
        arm
    }

    /// `let p = x` as a condition, alone or among `&&`.
    fn let_condition(&mut self, test: &syn::ExprLet) -> NodeId {
        let value = self.expr(&test.expr);
        let subject = self.stable(value);
        let condition = self.test(&test.pat, subject);
        self.bind(&test.pat, subject);
        condition.unwrap_or_else(|| {
            let span = self.span_of(&test.pat);
            self.literal(Literal::Bool(true), span)
        })
    }

    fn while_loop(&mut self, repeat: &syn::ExprWhile) -> Option<NodeId> {
        let span = self.between(repeat.while_token.span, repeat.body.brace_token.span.close());
        self.scopes.enter_block();
        self.loops.push(Loop::of(repeat.label.as_ref(), None));
        let (mut body, condition) = self.collect(|lowerer| lowerer.expr(&repeat.cond));
        let is_simple = body.is_empty();
        if !is_simple {
            let stop = Statement { kind: StatementKind::Break(0), span };
            let kind = StatementKind::Branch { condition, then: Block::new(), otherwise: vec![stop] };
            body.push(Statement { kind, span: self.expr_span(&repeat.cond) });
        }
        body.extend(self.round(&repeat.body));
        self.loops.pop();
        self.scopes.leave_block();
        self.emit(
            StatementKind::Loop { condition: is_simple.then_some(condition), body, update: Block::new(), tests_last: false },
            span,
        );
        None
    }

    fn endless_loop(&mut self, repeat: &syn::ExprLoop, is_used: bool) -> Option<NodeId> {
        let span = self.between(repeat.loop_token.span, repeat.body.brace_token.span.close());
        let result = is_used.then(|| self.temporary(span));
        self.loops.push(Loop::of(repeat.label.as_ref(), result));
        let body = self.round(&repeat.body);
        self.loops.pop();
        self.emit(StatementKind::Loop { condition: None, body, update: Block::new(), tests_last: false }, span);
        result.map(|variable| self.read(variable, span))
    }

    fn for_loop(&mut self, each: &syn::ExprForLoop) -> Option<NodeId> {
        let span = self.between(each.for_token.span, each.body.brace_token.span.close());
        let iterated = self.expr(&each.expr);
        let owner = self.borrowed(&each.expr, iterated);
        let iterated = self.stable(iterated);
        let lent = self.lent.len();
        self.scopes.enter_block();
        self.loops.push(Loop::of(each.label.as_ref(), None));
        let (mut body, ()) = self.collect(|lowerer| {
            let place = lowerer.span_of(&*each.pat);
            let element = lowerer.element(iterated, place);
            let first = lowerer.builder.unit().variables.len();
            lowerer.bind(&each.pat, element);
            let bound = first..lowerer.builder.unit().variables.len();
            lowerer.lent.extend(owner.into_iter().flat_map(|owner| bound.clone().map(move |it| (VariableId(it as u32), owner))));
        });
        body.extend(self.round(&each.body));
        self.loops.pop();
        self.lent.truncate(lent);
        self.scopes.leave_block();
        self.emit(StatementKind::Loop { condition: None, body, update: Block::new(), tests_last: false }, span);
        None
    }

    /// A block that `break` leaves: a loop that ends with a break.
    fn labelled_block(&mut self, block: &syn::ExprBlock, is_used: bool) -> Option<NodeId> {
        let span = self.span_of(block);
        let result = is_used.then(|| self.temporary(span));
        self.loops.push(Loop { is_block: true, ..Loop::of(block.label.as_ref(), result) });
        let (body, ()) = self.collect(|lowerer| {
            match (lowerer.block(&block.block, is_used), result) {
                (Some(value), Some(result)) => lowerer.assign(result, value, span),
                (Some(value), None) => lowerer.evaluate(value),
                (None, _) => {}
            }
            lowerer.emit(StatementKind::Break(0), span);
        });
        self.loops.pop();
        self.emit(StatementKind::Loop { condition: None, body, update: Block::new(), tests_last: false }, span);
        result.map(|variable| self.read(variable, span))
    }

    /// What a loop borrows elements of to write them: `key` of `key.iter_mut().enumerate()` and of `&mut key`.
    fn borrowed(&self, expr: &Syntax, iterated: NodeId) -> Option<NodeId> {
        if let Syntax::Reference(syn::ExprReference { mutability: Some(_), .. }) = expr {
            return Some(iterated);
        }
        let unit = self.builder.unit();
        let mut node = iterated;
        loop {
            let Expr::Call { callee, .. } = *unit.expr(node) else { return None };
            let Expr::Field { base, name } = *unit.expr(callee) else { return None };
            if BORROWERS.contains(&unit.name(name)) {
                return Some(base);
            }
            node = base;
        }
    }

    /// A write to a borrowed element is one to what it is an element of.
    pub(super) fn write_through(&mut self, reference: NodeId, value: NodeId, span: Span) {
        let Expr::Variable(variable) = *self.builder.unit().expr(reference) else { return };
        let Some(&(_, owner)) = self.lent.iter().find(|(known, _)| *known == variable) else { return };
        let element = self.element(owner, span);
        let node = self.builder.node(Expr::Assign { target: element, value }, span);
        self.evaluate(node);
    }

    /// The body of a loop; a value at its end is dropped.
    fn round(&mut self, body: &SyntaxBlock) -> Block {
        let (statements, ()) = self.collect(|lowerer| {
            if let Some(value) = lowerer.block(body, false) {
                lowerer.evaluate(value);
            }
        });
        statements
    }

    fn leave(&mut self, expr: &Syntax, value: Option<&Syntax>) -> Option<NodeId> {
        let value = value.map(|value| self.expr(value));
        let span = self.expr_span(expr);
        match value {
            Some(value) if self.in_async => self.evaluate(value),
            None if self.in_async => {}
            _ => self.emit(StatementKind::Return(value), span),
        }
        None
    }

    fn leave_loop(&mut self, expr: &Syntax, leave: &syn::ExprBreak) -> Option<NodeId> {
        let value = leave.expr.as_deref().map(|value| self.expr(value));
        let span = self.expr_span(expr);
        let (outer, result) = self.loop_around(leave.label.as_ref());
        match (value, result) {
            (Some(value), Some(result)) => self.assign(result, value, span),
            (Some(value), None) => self.evaluate(value),
            (None, _) => {}
        }
        self.emit(StatementKind::Break(outer), span);
        None
    }

    /// The loop that a jump means: how many lie between, and the variable that takes its value.
    fn loop_around(&self, label: Option<&syn::Lifetime>) -> (u32, Option<VariableId>) {
        let is_meant = |around: &Loop| match label {
            Some(label) => around.label.as_ref() == Some(&label.ident.to_string()),
            None => !around.is_block,
        };
        let found = self.loops.iter().rev().enumerate().find(|(_, around)| is_meant(around));
        found.map_or((0, None), |(outer, around)| (outer as u32, around.result))
    }

    /// Whether nothing after the statements so far is reached.
    pub(super) fn has_left(&self) -> bool {
        self.out.last().is_some_and(leaves)
    }
}

impl Arm {
    fn is_value(&self) -> bool {
        self.before.is_empty() && self.body.is_empty() && self.value.is_some()
    }

    fn into_statements(self, otherwise: Block) -> Block {
        let mut statements = self.before;
        match self.condition {
            Some(condition) => {
                let kind = StatementKind::Branch { condition, then: self.body, otherwise };
                statements.push(Statement { kind, span: self.span });
            }
            // What follows an arm that is always taken is never reached.
            None => statements.extend(self.body),
        }
        statements
    }
}

/// The last arm takes whatever is left, and only it.
fn ends_always(arms: &[Arm]) -> bool {
    arms.len() > 1 && arms.split_last().is_some_and(|(_, rest)| rest.iter().all(|arm| arm.condition.is_some()))
}

fn leaves(statement: &Statement) -> bool {
    matches!(
        statement.kind,
        StatementKind::Return(_) | StatementKind::Throw(_) | StatementKind::Break(_) | StatementKind::Continue(_)
    )
}

/// A name alone takes the value as it is.
fn always_fits_whole(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Type(typed) => always_fits_whole(&typed.pat),
        syn::Pat::Ident(_) | syn::Pat::Wild(_) => always_fits(pattern),
        _ => false,
    }
}

fn diverges(call: &syn::Macro) -> bool {
    call.path.segments.last().is_some_and(|last| DIVERGING.iter().any(|name| last.ident == name))
}
