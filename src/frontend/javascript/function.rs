//! Functions, arrows and their parameters.

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, BindingPattern, FormalParameter, FormalParameters, Function, FunctionBody,
    TSTypeAnnotation,
};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::lower::Lowerer;
use crate::ir::{Block, Expr, FunctionId, NameId, NodeId, Parameter, StatementKind, VariableId, VariableKind};

/// What a function's head says.
struct Head<'s, 'a> {
    name: NameId,
    parameters: &'s FormalParameters<'a>,
    returns: Option<&'s TSTypeAnnotation<'a>>,
    is_async: bool,
    is_generator: bool,
    span: OxcSpan,
}

impl Lowerer {
    /// Lowers a function as a value; its own name, if it is an expression, is known within it only.
    pub(super) fn function(&mut self, function: &Function<'_>, name: NameId) -> NodeId {
        let own = function.id.as_ref().filter(|_| function.is_expression());
        let name = function.id.as_ref().map_or(name, |id| self.builder.name(&id.name));
        self.scopes.enter();
        let own = own.map(|id| self.declare(id, VariableKind::Function));
        let id = self.function_body(function, name);
        self.scopes.leave();
        let closure = self.node(Expr::Closure(id), function.span);
        if let Some(own) = own {
            self.builder.define(own, closure);
        }
        closure
    }

    /// Lowers a function, without a value of it: methods.
    pub(super) fn function_body(&mut self, function: &Function<'_>, name: NameId) -> FunctionId {
        let head = Head {
            name,
            parameters: &function.params,
            returns: function.return_type.as_deref(),
            is_async: function.r#async,
            is_generator: function.generator,
            span: function.span,
        };
        self.within(&head, |this| {
            if let Some(body) = &function.body {
                this.body(body);
            }
        })
    }

    /// Lowers an arrow function as a value.
    pub(super) fn arrow(&mut self, arrow: &ArrowFunctionExpression<'_>, name: NameId) -> NodeId {
        let head = Head {
            name,
            parameters: &arrow.params,
            returns: arrow.return_type.as_deref(),
            is_async: arrow.r#async,
            is_generator: false,
            span: arrow.span,
        };
        let id = self.within(&head, |this| match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => this.body(body),
            _ => {
                let value = this.expression(arrow.body.to_expression());
                this.push(StatementKind::Return(Some(value)), arrow.body.span());
            }
        });
        self.node(Expr::Closure(id), arrow.span)
    }

    fn within(&mut self, head: &Head<'_, '_>, lower: impl FnOnce(&mut Self)) -> FunctionId {
        let span = self.span(head.span);
        let id = self.builder.enter_function(head.name, span);
        self.scopes.enter();
        let body: Block = self.apart(|this| {
            this.block(|this| {
                this.parameters(id, head.parameters);
                let returns = head.returns.and_then(|annotation| this.type_name(&annotation.type_annotation));
                let function = this.builder.function_mut(id);
                function.returns = returns;
                function.modifiers.is_async = head.is_async;
                function.modifiers.is_generator = head.is_generator;
                lower(this);
            })
        });
        self.scopes.leave();
        self.builder.leave_function(body)
    }

    fn body(&mut self, body: &FunctionBody<'_>) {
        self.declare_vars(&body.statements);
        self.declare_block(&body.statements);
        self.define_functions(&body.statements);
        self.statements(&body.statements);
    }

    fn parameters(&mut self, function: FunctionId, parameters: &FormalParameters<'_>) {
        let variables: Vec<_> =
            parameters.items.iter().map(|item| self.parameter_variable(&item.pattern, VariableKind::Parameter)).collect();
        let rest =
            parameters.rest.as_ref().map(|rest| (rest, self.parameter_variable(&rest.rest.argument, VariableKind::Parameter)));
        for (item, variable) in parameters.items.iter().zip(variables) {
            self.parameter(function, item, variable);
        }
        if let Some((rest, variable)) = rest {
            self.add_parameter(function, Parameter { is_rest: true, ..Parameter::new(variable) });
            self.open_parameter(variable, &rest.rest.argument, rest.type_annotation.as_deref());
        }
    }

    fn parameter(&mut self, function: FunctionId, item: &FormalParameter<'_>, variable: VariableId) {
        let name = self.builder.unit().variable(variable).name;
        let default = item.initializer.as_ref().map(|value| self.conditional(|this| this.named(value, name)));
        self.add_parameter(function, Parameter { default, ..Parameter::new(variable) });
        self.open_parameter(variable, &item.pattern, item.type_annotation.as_deref());
        if item.has_modifier() {
            self.store_property(item, variable);
        }
    }

    fn add_parameter(&mut self, function: FunctionId, parameter: Parameter) {
        self.builder.function_mut(function).parameters.push(parameter);
    }

    /// Declares the variable of a parameter: its name, or one without a name for a pattern, whose own names are declared too.
    pub(super) fn parameter_variable(&mut self, pattern: &BindingPattern<'_>, kind: VariableKind) -> VariableId {
        if let BindingPattern::BindingIdentifier(id) = pattern {
            let name = self.builder.name(&id.name);
            let span = self.span(id.span);
            let variable = self.builder.variable(name, kind, span);
            self.scopes.declare(name, variable);
            return variable;
        }
        let span = self.span(pattern.span());
        let variable = self.builder.variable(NameId::EMPTY, kind, span);
        self.declare_pattern(pattern, VariableKind::Local);
        variable
    }

    /// Gives a parameter its type and takes its pattern apart.
    pub(super) fn open_parameter(
        &mut self,
        variable: VariableId,
        pattern: &BindingPattern<'_>,
        annotation: Option<&TSTypeAnnotation<'_>>,
    ) {
        let ty = annotation.map(|annotation| &annotation.type_annotation);
        if let Some(ty) = ty {
            let ty = self.type_name(ty);
            self.builder.variable_mut(variable).ty = ty;
        }
        if !matches!(pattern, BindingPattern::BindingIdentifier(_)) {
            let value = self.node(Expr::Variable(variable), pattern.span());
            self.bind(pattern, value, ty, pattern.span());
        }
    }

    /// `constructor(private name: T)` writes the field of that name.
    fn store_property(&mut self, item: &FormalParameter<'_>, variable: VariableId) {
        let name = self.builder.unit().variable(variable).name;
        let base = self.node(Expr::This, item.span);
        let target = self.node(Expr::Field { base, name }, item.span);
        let value = self.node(Expr::Variable(variable), item.span);
        self.assign(target, value, item.span);
    }
}
