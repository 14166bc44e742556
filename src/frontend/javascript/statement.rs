//! Statements and loops.

use oxc_ast::ast::{
    BlockStatement, CatchClause, Declaration, DoWhileStatement, Expression, ForStatement, ForStatementInit, ForStatementLeft,
    IfStatement, LabeledStatement, LogicalExpression, Statement, TryStatement, VariableDeclaration, VariableDeclarator,
    WhileStatement,
};
use oxc_span::{GetSpan, Span as OxcSpan};
use oxc_syntax::operator::LogicalOperator;

use super::lower::Lowerer;
use super::target::Target;
use crate::ir::{Block, CallKind, Expr, NameId, NodeId, StatementKind, VariableId, VariableKind};

impl Lowerer {
    /// Lowers statements whose names are declared.
    pub(super) fn statements(&mut self, statements: &[Statement<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    /// Lowers the statements of a block with a scope of its own.
    pub(super) fn scoped(&mut self, statements: &[Statement<'_>]) {
        self.scopes.enter();
        self.declare_block(statements);
        self.define_functions(statements);
        self.statements(statements);
        self.scopes.leave();
    }

    fn statement(&mut self, statement: &Statement<'_>) {
        self.deeper(statement.span(), |this| this.statement_within(statement), |_| ());
    }

    fn statement_within(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::ExpressionStatement(statement) => self.evaluate(&statement.expression),
            Statement::BlockStatement(block) => self.scoped(&block.body),
            Statement::IfStatement(branch) => self.if_statement(branch),
            Statement::ReturnStatement(statement) => {
                let value = statement.argument.as_ref().map(|value| self.expression(value));
                self.push(StatementKind::Return(value), statement.span);
            }
            Statement::ThrowStatement(statement) => {
                let value = self.expression(&statement.argument);
                self.push(StatementKind::Throw(value), statement.span);
            }
            Statement::BreakStatement(statement) => self.break_statement(statement.label.as_ref(), statement.span),
            Statement::ContinueStatement(statement) => self.continue_statement(statement.label.as_ref(), statement.span),
            Statement::ForStatement(each) => self.for_statement(each),
            Statement::ForInStatement(each) => {
                let object = self.expression(&each.right);
                let keys = self.keys(object, each.right.span());
                self.for_each(&each.left, keys, &each.body, (each.right.span(), each.span));
            }
            Statement::ForOfStatement(each) => {
                let iterable = self.expression(&each.right);
                self.for_each(&each.left, iterable, &each.body, (each.right.span(), each.span));
            }
            Statement::WhileStatement(each) => self.while_statement(each),
            Statement::DoWhileStatement(each) => self.do_while(each),
            Statement::LabeledStatement(labeled) => self.labeled(labeled),
            Statement::SwitchStatement(switch) => self.switch(switch),
            Statement::TryStatement(attempt) => self.try_statement(attempt),
            Statement::WithStatement(with) => {
                self.evaluate(&with.object);
                self.alone(&with.body);
            }
            Statement::EmptyStatement(_) | Statement::DebuggerStatement(_) => {}
            _ => self.declaration_or_module(statement),
        }
    }

    fn declaration_or_module(&mut self, statement: &Statement<'_>) {
        if let Some(declaration) = statement.as_declaration() {
            self.declaration(declaration);
        } else if let Some(declaration) = statement.as_module_declaration() {
            self.module_declaration(declaration);
        }
    }

    /// Lowers a declaration whose names are declared; functions have their value already.
    pub(super) fn declaration(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::VariableDeclaration(declaration) => self.variable_declaration(declaration),
            Declaration::ClassDeclaration(class) => self.class_declaration(class),
            Declaration::TSEnumDeclaration(enumeration) => self.enumeration(enumeration),
            Declaration::TSNamespaceDeclaration(namespace) => self.namespace(namespace),
            Declaration::TSImportEqualsDeclaration(import) => self.import_equals(import),
            Declaration::TSInterfaceDeclaration(interface) => self.interface(interface),
            Declaration::TSTypeAliasDeclaration(alias) => self.type_alias(alias),
            Declaration::FunctionDeclaration(_)
            | Declaration::TSExternalModuleDeclaration(_)
            | Declaration::TSGlobalDeclaration(_) => {}
        }
    }

    /// Lowers an expression for its effects only: a choice becomes a branch.
    pub(super) fn evaluate(&mut self, expression: &Expression<'_>) {
        match expression {
            Expression::SequenceExpression(sequence) => {
                for part in &sequence.expressions {
                    self.evaluate(part);
                }
            }
            Expression::LogicalExpression(logical) if logical.operator != LogicalOperator::Coalesce => self.choose(logical),
            Expression::ConditionalExpression(conditional) => {
                let condition = self.expression(&conditional.test);
                let then = self.block(|this| this.evaluate_deeper(&conditional.consequent));
                let otherwise = self.block(|this| this.evaluate_deeper(&conditional.alternate));
                self.push(StatementKind::Branch { condition, then, otherwise }, conditional.span);
            }
            Expression::AssignmentExpression(assignment) => self.assignment_statement(assignment),
            _ => {
                let node = self.expression(expression);
                self.effect(node);
            }
        }
    }

    fn evaluate_deeper(&mut self, expression: &Expression<'_>) {
        self.deeper(expression.span(), |this| this.evaluate(expression), |_| ());
    }

    /// `a && b();` and `a || b();`
    fn choose(&mut self, logical: &LogicalExpression<'_>) {
        let condition = self.expression(&logical.left);
        let chosen = self.block(|this| this.evaluate_deeper(&logical.right));
        let (then, otherwise) = match logical.operator {
            LogicalOperator::And => (chosen, Block::new()),
            _ => (Block::new(), chosen),
        };
        self.push(StatementKind::Branch { condition, then, otherwise }, logical.span);
    }

    /// Lowers a statement that stands alone as the body of another.
    fn alone(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::FunctionDeclaration(_) => self.scoped(std::slice::from_ref(statement)),
            _ => self.statement(statement),
        }
    }

    fn if_statement(&mut self, branch: &IfStatement<'_>) {
        let condition = self.expression(&branch.test);
        let then = self.block(|this| this.alone(&branch.consequent));
        let otherwise = self.block(|this| {
            if let Some(alternate) = &branch.alternate {
                this.alone(alternate);
            }
        });
        self.push(StatementKind::Branch { condition, then, otherwise }, branch.span);
    }

    fn variable_declaration(&mut self, declaration: &VariableDeclaration<'_>) {
        if declaration.declare {
            return;
        }
        for declarator in &declaration.declarations {
            self.declarator(declarator);
        }
    }

    fn declarator(&mut self, declarator: &VariableDeclarator<'_>) {
        let ty = declarator.type_annotation.as_ref().map(|annotation| &annotation.type_annotation);
        match &declarator.init {
            Some(init) => {
                let name = declarator.id.get_identifier_name().map_or(NameId::EMPTY, |name| self.builder.name(&name));
                let value = self.named(init, name);
                self.bind(&declarator.id, value, ty, declarator.span);
            }
            None => self.annotate(&declarator.id, ty),
        }
    }

    fn for_statement(&mut self, each: &ForStatement<'_>) {
        self.scopes.enter();
        match &each.init {
            Some(ForStatementInit::VariableDeclaration(declaration)) => {
                self.declare_if_lexical(declaration);
                self.variable_declaration(declaration);
            }
            Some(init) => self.evaluate(init.to_expression()),
            None => {}
        }
        let condition = each.test.as_ref().map(|test| self.conditional(|this| this.expression(test)));
        let body = self.round(&each.body);
        let update = self.block(|this| {
            if let Some(update) = &each.update {
                this.evaluate(update);
            }
        });
        self.tested(condition, (body, update), false, each.span);
        self.scopes.leave();
    }

    /// One round of a loop.
    fn round(&mut self, body: &Statement<'_>) -> Block {
        self.leavable(Target::Loop, |this| this.block(|this| this.alone(body)))
    }

    fn while_statement(&mut self, each: &WhileStatement<'_>) {
        let condition = self.conditional(|this| this.expression(&each.test));
        let body = self.round(&each.body);
        self.tested(Some(condition), (body, Block::new()), false, each.span);
    }

    fn do_while(&mut self, each: &DoWhileStatement<'_>) {
        let body = self.round(&each.body);
        let condition = self.conditional(|this| this.expression(&each.test));
        self.tested(Some(condition), (body, Block::new()), true, each.span);
    }

    /// `for (left of right)` and `for (left in right)`: the body begins with the assignment of an element.
    /// The names of an object's members.
    fn keys(&mut self, object: NodeId, span: OxcSpan) -> NodeId {
        let base = self.global("Object", span);
        let name = self.builder.name("keys");
        let callee = self.node(Expr::Field { base, name }, span);
        self.node(Expr::Call { callee, arguments: Box::new([object]), kind: CallKind::Call }, span)
    }

    fn for_each(&mut self, left: &ForStatementLeft<'_>, iterable: NodeId, body: &Statement<'_>, (place, span): (OxcSpan, OxcSpan)) {
        self.scopes.enter();
        let body = self.leavable(Target::Loop, |this| {
            this.block(|this| {
                let index = this.unknown(Vec::new(), left.span());
                let element = this.node(Expr::Index { base: iterable, index }, place);
                this.loop_variable(left, element);
                this.alone(body);
            })
        });
        self.scopes.leave();
        self.endless(body, span);
    }

    fn loop_variable(&mut self, left: &ForStatementLeft<'_>, element: NodeId) {
        match left {
            ForStatementLeft::VariableDeclaration(declaration) => {
                self.declare_if_lexical(declaration);
                for declarator in &declaration.declarations {
                    self.bind(&declarator.id, element, None, declarator.span);
                }
            }
            _ => self.destructure(left.to_assignment_target(), element, left.span()),
        }
    }

    fn labeled(&mut self, labeled: &LabeledStatement<'_>) {
        let label = self.builder.name(&labeled.label.name);
        self.jumps.label(label);
        if labeled.body.is_iteration_statement() || matches!(labeled.body, Statement::LabeledStatement(_)) {
            return self.alone(&labeled.body);
        }
        self.once(Target::Block, labeled.span, |this| this.alone(&labeled.body));
    }

    fn try_statement(&mut self, attempt: &TryStatement<'_>) {
        let body = self.block(|this| this.scoped(&attempt.block.body));
        let caught = attempt.handler.as_ref().map(|handler| self.catch(handler));
        let (parameter, handler) = caught.map_or((None, None), |(parameter, block)| (parameter, Some(block)));
        let finally = self.block(|this| this.finalizer(attempt.finalizer.as_deref()));
        self.push(StatementKind::Try { body, parameter, handler, finally }, attempt.span);
    }

    fn finalizer(&mut self, block: Option<&BlockStatement<'_>>) {
        if let Some(block) = block {
            self.scoped(&block.body);
        }
    }

    fn catch(&mut self, clause: &CatchClause<'_>) -> (Option<VariableId>, Block) {
        self.scopes.enter();
        let mut parameter = None;
        let block = self.block(|this| {
            parameter = clause.param.as_ref().map(|param| this.parameter_variable(&param.pattern, VariableKind::Local));
            if let (Some(variable), Some(param)) = (parameter, &clause.param) {
                this.open_parameter(variable, &param.pattern, None);
            }
            this.scoped(&clause.body.body);
        });
        self.scopes.leave();
        (parameter, block)
    }
}
