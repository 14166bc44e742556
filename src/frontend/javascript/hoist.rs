//! Declaring names before the code that uses them: `var` in its function, everything else in its block.

use oxc_ast::ast::{
    BindingIdentifier, BindingPattern, Declaration, ExportDefaultDeclarationKind, ForStatementInit, ForStatementLeft, Function,
    Statement, VariableDeclaration, VariableDeclarationKind,
};

use super::lower::Lowerer;
use crate::ir::{VariableId, VariableKind};

impl Lowerer {
    /// Declares the `var` variables of a function body, at any depth but not in the functions within.
    pub(super) fn declare_vars(&mut self, statements: &[Statement<'_>]) {
        for statement in statements {
            self.declare_vars_of(statement);
        }
    }

    fn declare_vars_of(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::BlockStatement(block) => self.declare_vars(&block.body),
            Statement::IfStatement(branch) => {
                self.declare_vars_of(&branch.consequent);
                if let Some(alternate) = &branch.alternate {
                    self.declare_vars_of(alternate);
                }
            }
            Statement::ForStatement(each) => {
                if let Some(ForStatementInit::VariableDeclaration(declaration)) = &each.init {
                    self.declare_if_var(declaration);
                }
                self.declare_vars_of(&each.body);
            }
            Statement::ForInStatement(each) => self.declare_loop_vars(&each.left, &each.body),
            Statement::ForOfStatement(each) => self.declare_loop_vars(&each.left, &each.body),
            Statement::WhileStatement(each) => self.declare_vars_of(&each.body),
            Statement::DoWhileStatement(each) => self.declare_vars_of(&each.body),
            Statement::LabeledStatement(labeled) => self.declare_vars_of(&labeled.body),
            Statement::WithStatement(with) => self.declare_vars_of(&with.body),
            Statement::SwitchStatement(switch) => switch.cases.iter().for_each(|case| self.declare_vars(&case.consequent)),
            Statement::TryStatement(attempt) => {
                self.declare_vars(&attempt.block.body);
                attempt.handler.iter().for_each(|handler| self.declare_vars(&handler.body.body));
                attempt.finalizer.iter().for_each(|block| self.declare_vars(&block.body));
            }
            _ => {
                if let Some(Declaration::VariableDeclaration(declaration)) = declaration_of(statement) {
                    self.declare_if_var(declaration);
                }
            }
        }
    }

    fn declare_loop_vars(&mut self, left: &ForStatementLeft<'_>, body: &Statement<'_>) {
        if let ForStatementLeft::VariableDeclaration(declaration) = left {
            self.declare_if_var(declaration);
        }
        self.declare_vars_of(body);
    }

    fn declare_if_var(&mut self, declaration: &VariableDeclaration<'_>) {
        if declaration.kind.is_var() {
            self.declare_declarators(declaration);
        }
    }

    /// Declares the `let`, `const` and `using` variables of a declaration.
    pub(super) fn declare_if_lexical(&mut self, declaration: &VariableDeclaration<'_>) {
        if !declaration.kind.is_var() {
            self.declare_declarators(declaration);
        }
    }

    fn declare_declarators(&mut self, declaration: &VariableDeclaration<'_>) {
        if declaration.declare {
            return;
        }
        let kind = match declaration.kind {
            VariableDeclarationKind::Var | VariableDeclarationKind::Let => VariableKind::Local,
            _ => VariableKind::Constant,
        };
        for declarator in &declaration.declarations {
            self.declare_pattern(&declarator.id, kind);
        }
    }

    /// Declares every name of a pattern.
    pub(super) fn declare_pattern(&mut self, pattern: &BindingPattern<'_>, kind: VariableKind) {
        match pattern {
            BindingPattern::BindingIdentifier(id) => {
                self.declare(id, kind);
            }
            BindingPattern::ObjectPattern(object) => {
                object.properties.iter().for_each(|property| self.declare_pattern(&property.value, kind));
                object.rest.iter().for_each(|rest| self.declare_pattern(&rest.argument, kind));
            }
            BindingPattern::ArrayPattern(array) => {
                array.elements.iter().flatten().for_each(|element| self.declare_pattern(element, kind));
                array.rest.iter().for_each(|rest| self.declare_pattern(&rest.argument, kind));
            }
            BindingPattern::AssignmentPattern(assignment) => self.declare_pattern(&assignment.left, kind),
        }
    }

    /// Declares a name in the innermost scope; a second declaration there means the same variable.
    pub(super) fn declare(&mut self, id: &BindingIdentifier<'_>, kind: VariableKind) -> VariableId {
        let name = self.builder.name(&id.name);
        if let Some(variable) = self.scopes.own(name) {
            return variable;
        }
        let span = self.span(id.span);
        let variable = self.builder.variable(name, kind, span);
        self.scopes.declare(name, variable);
        variable
    }

    /// Declares the names of a block's own statements. Types come last, for a value of the same name is what code means.
    pub(super) fn declare_block(&mut self, statements: &[Statement<'_>]) {
        for statement in statements {
            self.declare_values(statement);
        }
        for statement in statements {
            match declaration_of(statement) {
                Some(Declaration::TSInterfaceDeclaration(interface)) => {
                    self.declare(&interface.id, VariableKind::Class);
                }
                Some(Declaration::TSTypeAliasDeclaration(alias)) => {
                    self.declare(&alias.id, VariableKind::Class);
                }
                _ => {}
            }
        }
    }

    fn declare_values(&mut self, statement: &Statement<'_>) {
        if let Statement::ImportDeclaration(import) = statement {
            self.declare_import(import);
        } else if let Some(function) = function_of(statement) {
            function.id.iter().for_each(|id| {
                self.declare(id, VariableKind::Function);
            });
        } else if let Statement::ExportDefaultDeclaration(export) = statement {
            if let ExportDefaultDeclarationKind::ClassDeclaration(class) = &export.declaration {
                class.id.iter().for_each(|id| {
                    self.declare(id, VariableKind::Class);
                });
            }
        } else if let Some(declaration) = declaration_of(statement) {
            self.declare_declaration(declaration);
        }
    }

    fn declare_declaration(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::VariableDeclaration(declaration) => self.declare_if_lexical(declaration),
            Declaration::ClassDeclaration(class) if !class.declare => {
                class.id.iter().for_each(|id| {
                    self.declare(id, VariableKind::Class);
                });
            }
            Declaration::TSEnumDeclaration(enumeration) if !enumeration.declare => {
                self.declare(&enumeration.id, VariableKind::Constant);
            }
            Declaration::TSNamespaceDeclaration(namespace) if !namespace.declare => {
                self.declare(&namespace.id, VariableKind::Constant);
            }
            Declaration::TSImportEqualsDeclaration(import) => {
                self.declare(&import.id, VariableKind::Import);
            }
            _ => {}
        }
    }

    /// Lowers the function declarations of a block: they have their value before its first statement runs.
    pub(super) fn define_functions(&mut self, statements: &[Statement<'_>]) {
        for function in statements.iter().filter_map(function_of) {
            let Some(id) = &function.id else { continue };
            let variable = self.declare(id, VariableKind::Function);
            let name = self.builder.name(&id.name);
            let closure = self.function(function, name);
            self.builder.define(variable, closure);
        }
    }
}

/// The declaration that a statement makes, exported or not.
pub(super) fn declaration_of<'s, 'a>(statement: &'s Statement<'a>) -> Option<&'s Declaration<'a>> {
    match statement {
        Statement::ExportDeclaration(export) => Some(&export.declaration),
        _ => statement.as_declaration(),
    }
}

/// The function that a statement declares, exported or not; none if it has no body.
fn function_of<'s, 'a>(statement: &'s Statement<'a>) -> Option<&'s Function<'a>> {
    let function = match statement {
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => function,
            _ => return None,
        },
        _ => match declaration_of(statement)? {
            Declaration::FunctionDeclaration(function) => function,
            _ => return None,
        },
    };
    (function.body.is_some() && !function.declare).then_some(function)
}
