//! Written types: as expressions that name them, and interfaces as classes with fields.

use oxc_ast::ast::{
    PropertyKey as OxcKey, TSImportType, TSImportTypeQualifier, TSInterfaceDeclaration, TSSignature, TSType,
    TSTypeAliasDeclaration, TSTypeName, TSTypeReference,
};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::lower::Lowerer;
use crate::ir::{Class, Expr, FieldDeclaration, NameId, NodeId, PropertyKey};

/// Generic types whose argument is what matters: their values hold or become values of it.
const TRANSPARENT: &[&str] =
    &["Array", "Awaited", "NonNullable", "Partial", "Promise", "Readonly", "ReadonlyArray", "Required", "Set"];

impl Lowerer {
    /// The expression that names a type; none for what has no name.
    pub(super) fn type_name(&mut self, ty: &TSType<'_>) -> Option<NodeId> {
        self.deeper(ty.span(), |this| this.type_name_within(ty), |_| None)
    }

    fn type_name_within(&mut self, ty: &TSType<'_>) -> Option<NodeId> {
        match ty {
            TSType::TSTypeReference(reference) => self.named_type(reference),
            TSType::TSNumberKeyword(keyword) => Some(self.global("number", keyword.span)),
            TSType::TSBooleanKeyword(keyword) => Some(self.global("boolean", keyword.span)),
            // A list of numbers may well be bytes.
            TSType::TSArrayType(array) => Some(&array.element_type).filter(|ty| !is_scalar(ty)).and_then(|ty| self.type_name(ty)),
            TSType::TSParenthesizedType(inner) => self.type_name(&inner.type_annotation),
            TSType::TSTypeOperatorType(operator) => self.type_name(&operator.type_annotation),
            TSType::JSDocNullableType(inner) => self.type_name(&inner.type_annotation),
            TSType::JSDocNonNullableType(inner) => self.type_name(&inner.type_annotation),
            TSType::TSImportType(import) => Some(self.imported_type(import)),
            TSType::TSUnionType(union) => {
                let mut named = union.types.iter().filter(|ty| !is_empty(ty));
                match (named.next(), named.next()) {
                    (Some(only), None) => self.type_name(only),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn named_type(&mut self, reference: &TSTypeReference<'_>) -> Option<NodeId> {
        if let (TSTypeName::IdentifierReference(id), Some(arguments)) = (&reference.type_name, &reference.type_arguments)
            && let [argument] = &arguments.params[..]
            && TRANSPARENT.contains(&id.name.as_str())
            && (!is_scalar(argument) || id.name == "Promise")
        {
            return self.type_name(argument);
        }
        self.type_reference(&reference.type_name)
    }

    /// The expression of a type's name.
    pub(super) fn type_reference(&mut self, name: &TSTypeName<'_>) -> Option<NodeId> {
        match name {
            TSTypeName::IdentifierReference(id) => Some(self.identifier(id)),
            TSTypeName::QualifiedName(name) => Some(self.qualified(name)),
            TSTypeName::ThisExpression(_) => None,
        }
    }

    /// `import("x").A`
    fn imported_type(&mut self, import: &TSImportType<'_>) -> NodeId {
        let module = self.import(&import.source.value, true, false, import.source.span);
        match &import.qualifier {
            Some(qualifier) => self.qualifier(module, qualifier, import.span),
            None => module,
        }
    }

    fn qualifier(&mut self, module: NodeId, qualifier: &TSImportTypeQualifier<'_>, span: OxcSpan) -> NodeId {
        let (base, name) = match qualifier {
            TSImportTypeQualifier::Identifier(id) => (module, self.builder.name(&id.name)),
            TSImportTypeQualifier::QualifiedName(name) => {
                let base = self.deeper(span, |this| this.qualifier(module, &name.left, span), |_| module);
                (base, self.builder.name(&name.right.name))
            }
        };
        self.node(Expr::Field { base, name }, span)
    }

    /// An interface is a class with fields, unless its name means a value.
    pub(super) fn interface(&mut self, interface: &TSInterfaceDeclaration<'_>) {
        let bases = interface.extends.iter().filter_map(|heritage| self.type_reference(&heritage.type_name)).collect();
        self.type_declaration(interface.id.span, &interface.id.name, bases, &interface.body.body, interface.span);
    }

    /// An object type with a name is a class with fields; another name of a type is that type.
    pub(super) fn type_alias(&mut self, alias: &TSTypeAliasDeclaration<'_>) {
        if let TSType::TSTypeLiteral(literal) = &alias.type_annotation {
            self.type_declaration(alias.id.span, &alias.id.name, Vec::new(), &literal.members, alias.span);
            return;
        }
        let ty = self.type_name(&alias.type_annotation);
        let name = self.builder.name(&alias.id.name);
        if let (Some(ty), Some(variable)) = (ty, self.scopes.find(name))
            && self.builder.unit().variable(variable).span == self.span(alias.id.span)
        {
            self.builder.define(variable, ty);
        }
    }

    fn type_declaration(&mut self, id: OxcSpan, name: &str, bases: Vec<NodeId>, members: &[TSSignature<'_>], span: OxcSpan) {
        let name = self.builder.name(name);
        let fields = members.iter().filter_map(|member| self.member_declaration(member)).collect();
        let class =
            Class { name, bases, methods: Vec::new(), fields, promises: Vec::new(), attributes: Vec::new(), span: self.span(span) };
        let class = self.builder.class(class);
        let value = self.node(Expr::Class(class), span);
        let Some(variable) = self.scopes.find(name) else { return };
        if self.builder.unit().variable(variable).span == self.span(id) {
            self.builder.define(variable, value);
        }
    }

    fn member_declaration(&mut self, member: &TSSignature<'_>) -> Option<FieldDeclaration> {
        let TSSignature::TSPropertySignature(property) = member else { return None };
        let name = match self.key(&property.key) {
            PropertyKey::Name(name) => name,
            _ => NameId::EMPTY,
        };
        let ty = property.type_annotation.as_ref().and_then(|annotation| self.type_name(&annotation.type_annotation));
        Some(FieldDeclaration { name, ty, value: None, attributes: Vec::new(), span: self.span(property.span) })
    }
}

/// Whether a type holds nothing.
fn is_empty(ty: &TSType<'_>) -> bool {
    matches!(ty, TSType::TSNullKeyword(_) | TSType::TSUndefinedKeyword(_) | TSType::TSVoidKeyword(_))
}

/// The type of a member in an object type that is written out.
pub(super) fn member_type<'s, 'a>(ty: &'s TSType<'a>, key: &OxcKey<'_>) -> Option<&'s TSType<'a>> {
    let (TSType::TSTypeLiteral(literal), OxcKey::StaticIdentifier(key)) = (ty, key) else { return None };
    literal.members.iter().find_map(|member| match member {
        TSSignature::TSPropertySignature(property) if property.key.is_specific_id(&key.name) => {
            property.type_annotation.as_ref().map(|annotation| &annotation.type_annotation)
        }
        _ => None,
    })
}

const fn is_scalar(ty: &TSType<'_>) -> bool {
    matches!(ty, TSType::TSNumberKeyword(_) | TSType::TSBooleanKeyword(_))
}
