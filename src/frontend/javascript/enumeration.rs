//! Enums and namespaces of TypeScript: variables with an object.

use oxc_ast::ast::{
    Declaration, Statement, TSEnumDeclaration, TSEnumMember, TSEnumMemberName, TSModuleBlock, TSNamespaceDeclaration,
    TSNamespaceDeclarationBody,
};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::hoist::declaration_of;
use super::lower::Lowerer;
use crate::ir::{Expr, Literal, NameId, NodeId, Property, PropertyKey, VariableKind};

impl Lowerer {
    /// `enum E { A, B = "b" }` is `E = { A: 0, B: "b" }`.
    pub(super) fn enumeration(&mut self, enumeration: &TSEnumDeclaration<'_>) {
        if enumeration.declare {
            return;
        }
        let mut next = Some(0.0);
        let properties = enumeration.body.members.iter().map(|member| self.enumerator(member, &mut next));
        let properties: Vec<_> = properties.collect();
        let value = self.node(Expr::Object(properties.into()), enumeration.span);
        let variable = self.declare(&enumeration.id, VariableKind::Constant);
        let target = self.node(Expr::Variable(variable), enumeration.id.span);
        self.assign(target, value, enumeration.span);
    }

    fn enumerator(&mut self, member: &TSEnumMember<'_>, next: &mut Option<f64>) -> Property {
        let key = match &member.id {
            TSEnumMemberName::Identifier(id) => self.builder.name(&id.name),
            TSEnumMemberName::String(text) | TSEnumMemberName::ComputedString(text) => self.builder.name(&text.value),
            TSEnumMemberName::ComputedTemplateString(_) => NameId::EMPTY,
        };
        let value = match (&member.initializer, *next) {
            (Some(value), _) => self.expression(value),
            (None, Some(number)) => self.node(Expr::Literal(Literal::Number(number)), member.span),
            (None, None) => self.unknown(Vec::new(), member.span),
        };
        *next = match *self.builder.unit().expr(value) {
            Expr::Literal(Literal::Number(number)) => Some(number + 1.0),
            _ => None,
        };
        Property { key: PropertyKey::Name(key), value }
    }

    /// A namespace is a block, and then an object of what it exports.
    pub(super) fn namespace(&mut self, namespace: &TSNamespaceDeclaration<'_>) {
        if namespace.declare {
            return;
        }
        let variable = self.declare(&namespace.id, VariableKind::Constant);
        self.scopes.enter();
        let properties = match &namespace.body {
            TSNamespaceDeclarationBody::TSModuleBlock(block) => self.namespace_block(block),
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => self.inner_namespace(inner),
        };
        self.scopes.leave();
        let value = self.node(Expr::Object(properties.into()), namespace.span);
        let target = self.node(Expr::Variable(variable), namespace.id.span);
        self.assign(target, value, namespace.span);
    }

    /// `namespace A.B {}` is a namespace within `A`.
    fn inner_namespace(&mut self, inner: &TSNamespaceDeclaration<'_>) -> Vec<Property> {
        self.declare(&inner.id, VariableKind::Constant);
        self.deeper(inner.span, |this| this.namespace(inner), |_| ());
        self.property_of(&inner.id.name, inner.id.span).into_iter().collect()
    }

    fn namespace_block(&mut self, block: &TSModuleBlock<'_>) -> Vec<Property> {
        self.declare_vars(&block.body);
        self.declare_block(&block.body);
        self.define_functions(&block.body);
        let mut properties = Vec::new();
        for statement in &block.body {
            match statement {
                Statement::ExportDeclaration(export) => self.declaration(&export.declaration),
                _ => self.statements(std::slice::from_ref(statement)),
            }
            if matches!(statement, Statement::ExportDeclaration(_)) {
                self.exported_members(statement, &mut properties);
            }
        }
        properties
    }

    fn exported_members(&mut self, statement: &Statement<'_>, properties: &mut Vec<Property>) {
        match declaration_of(statement) {
            Some(Declaration::VariableDeclaration(declaration)) => {
                for declarator in &declaration.declarations {
                    for id in declarator.id.get_binding_identifiers() {
                        properties.extend(self.property_of(&id.name, id.span));
                    }
                }
            }
            Some(declaration) => {
                if let Some(id) = declaration.id() {
                    properties.extend(self.property_of(&id.name, declaration.span()));
                }
            }
            None => {}
        }
    }

    fn property_of(&mut self, name: &str, span: OxcSpan) -> Option<Property> {
        let name = self.builder.name(name);
        let variable = self.scopes.find(name)?;
        let value: NodeId = self.node(Expr::Variable(variable), span);
        Some(Property { key: PropertyKey::Name(name), value })
    }
}
