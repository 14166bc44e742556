//! Classes.

use oxc_ast::ast::{
    AccessorProperty, ArrowFunctionExpression, Class as OxcClass, ClassElement, Decorator, Expression, FormalParameter, Function,
    MethodDefinition, MethodDefinitionKind, PropertyDefinition, PropertyKey as OxcKey, StaticBlock, TSAccessibility,
    TSTypeAnnotation,
};
use oxc_span::Span as OxcSpan;

use super::lower::Lowerer;
use crate::ir::{Class, ClassId, Expr, FieldDeclaration, FunctionId, NameId, NodeId, PropertyKey, VariableKind};

impl Lowerer {
    /// Lowers a declared class; its variable is declared.
    pub(super) fn class_declaration(&mut self, class: &OxcClass<'_>) {
        if class.declare {
            return;
        }
        let value = self.class(class, NameId::EMPTY);
        if let Some(id) = &class.id {
            let name = self.builder.name(&id.name);
            if let Some(variable) = self.scopes.find(name) {
                self.builder.define(variable, value);
            }
        }
    }

    /// Lowers a class as a value; its own name, if it is an expression, is known within it only.
    pub(super) fn class(&mut self, class: &OxcClass<'_>, name: NameId) -> NodeId {
        let own = class.id.as_ref().filter(|_| class.is_expression());
        let name = class.id.as_ref().map_or(name, |id| self.builder.name(&id.name));
        self.scopes.enter();
        let own = own.map(|id| self.declare(id, VariableKind::Class));
        let id = self.class_body(class, name);
        self.scopes.leave();
        let value = self.node(Expr::Class(id), class.span);
        if let Some(own) = own {
            self.builder.define(own, value);
        }
        value
    }

    fn class_body(&mut self, class: &OxcClass<'_>, name: NameId) -> ClassId {
        let mut bases: Vec<_> = class.heritage.iter().map(|heritage| self.expression(&heritage.expression)).collect();
        bases.extend(class.implements.iter().filter_map(|implements| self.type_reference(&implements.expression)));
        let attributes = self.decorators(&class.decorators);
        let span = self.span(class.span);
        let id = self.builder.class(Class {
            name,
            bases,
            methods: Vec::new(),
            fields: Vec::new(),
            promises: Vec::new(),
            attributes,
            span,
        });
        for element in &class.body.body {
            self.class_element(id, element);
        }
        id
    }

    fn class_element(&mut self, class: ClassId, element: &ClassElement<'_>) {
        match element {
            ClassElement::MethodDefinition(method) => self.method(class, method),
            ClassElement::PropertyDefinition(property) if !property.declare => self.property_definition(class, property),
            ClassElement::AccessorProperty(property) => self.accessor(class, property),
            ClassElement::StaticBlock(block) => self.static_block(class, block),
            ClassElement::PropertyDefinition(_) | ClassElement::TSIndexSignature(_) => {}
        }
    }

    fn method(&mut self, class: ClassId, method: &MethodDefinition<'_>) {
        if method.value.body.is_none() {
            return;
        }
        let name = match method.kind {
            MethodDefinitionKind::Constructor => self.builder.name("constructor"),
            _ => self.member_name(&method.key),
        };
        let id = self.function_body(&method.value, name);
        self.add_method(class, id, &method.decorators, method.r#static, method.accessibility);
        self.builder.function_mut(id).modifiers.is_accessor =
            matches!(method.kind, MethodDefinitionKind::Get | MethodDefinitionKind::Set);
        if method.kind == MethodDefinitionKind::Constructor {
            self.parameter_properties(class, &method.value);
        }
    }

    fn add_method(
        &mut self,
        class: ClassId,
        id: FunctionId,
        decorators: &[Decorator<'_>],
        is_static: bool,
        accessibility: Option<TSAccessibility>,
    ) {
        let attributes = self.decorators(decorators);
        let is_private = matches!(accessibility, Some(TSAccessibility::Private | TSAccessibility::Protected));
        let name = self.builder.unit().function(id).name;
        let is_public = !is_private && !self.builder.unit().name(name).starts_with('#');
        let function = self.builder.function_mut(id);
        function.class = Some(class);
        function.attributes = attributes;
        function.modifiers.is_static = is_static;
        function.modifiers.is_public = is_public;
        self.builder.class_mut(class).methods.push(id);
    }

    /// A parameter with a modifier declares a field.
    fn parameter_properties(&mut self, class: ClassId, constructor: &Function<'_>) {
        for item in constructor.params.items.iter().filter(|item| item.has_modifier()) {
            self.parameter_property(class, item);
        }
    }

    fn parameter_property(&mut self, class: ClassId, item: &FormalParameter<'_>) {
        let Some(name) = item.pattern.get_identifier_name() else { return };
        let name = self.builder.name(&name);
        let ty = item.type_annotation.as_ref().and_then(|annotation| self.type_name(&annotation.type_annotation));
        self.add_field(class, FieldDeclaration { name, ty, value: None, attributes: Vec::new(), span: self.span(item.span) });
    }

    fn add_field(&mut self, class: ClassId, field: FieldDeclaration) {
        self.builder.class_mut(class).fields.push(field);
    }

    fn property_definition(&mut self, class: ClassId, property: &PropertyDefinition<'_>) {
        match &property.value {
            Some(Expression::ArrowFunctionExpression(arrow)) => self.arrow_method(class, property, arrow),
            value => self.field(
                class,
                &property.key,
                property.type_annotation.as_deref(),
                value.as_ref(),
                &property.decorators,
                property.span,
            ),
        }
    }

    /// A field that holds an arrow function is a method whose receiver is bound.
    fn arrow_method(&mut self, class: ClassId, property: &PropertyDefinition<'_>, arrow: &ArrowFunctionExpression<'_>) {
        let name = self.member_name(&property.key);
        let closure = self.arrow(arrow, name);
        if let Expr::Closure(id) = *self.builder.unit().expr(closure) {
            self.add_method(class, id, &property.decorators, property.r#static, property.accessibility);
        }
    }

    fn accessor(&mut self, class: ClassId, property: &AccessorProperty<'_>) {
        let annotation = property.type_annotation.as_deref();
        self.field(class, &property.key, annotation, property.value.as_ref(), &property.decorators, property.span);
    }

    fn field(
        &mut self,
        class: ClassId,
        key: &OxcKey<'_>,
        annotation: Option<&TSTypeAnnotation<'_>>,
        value: Option<&Expression<'_>>,
        decorators: &[Decorator<'_>],
        span: OxcSpan,
    ) {
        let name = self.member_name(key);
        let ty = annotation.and_then(|annotation| self.type_name(&annotation.type_annotation));
        let value = value.map(|value| self.named(value, name));
        let attributes = self.decorators(decorators);
        self.add_field(class, FieldDeclaration { name, ty, value, attributes, span: self.span(span) });
    }

    /// A static block is a static method without a name.
    fn static_block(&mut self, class: ClassId, block: &StaticBlock<'_>) {
        let span = self.span(block.span);
        let id = self.builder.enter_function(NameId::EMPTY, span);
        let body = self.block(|this| {
            this.scopes.enter();
            this.declare_vars(&block.body);
            this.scoped(&block.body);
            this.scopes.leave();
        });
        self.builder.leave_function(body);
        self.add_method(class, id, &[], true, Some(TSAccessibility::Private));
    }

    /// The name of a member; empty for a computed one, whose key is evaluated.
    fn member_name(&mut self, key: &OxcKey<'_>) -> NameId {
        match self.key(key) {
            PropertyKey::Name(name) => name,
            PropertyKey::Computed(node) => {
                self.effect(node);
                NameId::EMPTY
            }
            PropertyKey::Spread => NameId::EMPTY,
        }
    }

    fn decorators(&mut self, decorators: &[Decorator<'_>]) -> Vec<NodeId> {
        decorators.iter().map(|decorator| self.expression(&decorator.expression)).collect()
    }
}
