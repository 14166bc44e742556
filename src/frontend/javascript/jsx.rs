//! JSX: an element is a call of its component with one object.

use oxc_ast::ast::{
    JSXAttribute, JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild, JSXElement, JSXElementName, JSXExpression,
    JSXExpressionContainer, JSXFragment, JSXMemberExpression, JSXMemberExpressionObject, JSXOpeningElement,
};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::lower::Lowerer;
use crate::ir::{CallKind, Expr, Literal, NodeId, Property, PropertyKey};

impl Lowerer {
    /// `<A b={c}>…</A>`
    pub(super) fn element(&mut self, element: &JSXElement<'_>) -> NodeId {
        let callee = self.element_name(&element.opening_element.name);
        let properties = self.attributes(&element.opening_element);
        self.element_call(callee, properties, &element.children, element.span)
    }

    /// `<>…</>`
    pub(super) fn fragment(&mut self, fragment: &JSXFragment<'_>) -> NodeId {
        let callee = self.global("<>", fragment.opening_fragment.span);
        self.element_call(callee, Vec::new(), &fragment.children, fragment.span)
    }

    fn element_call(&mut self, callee: NodeId, mut properties: Vec<Property>, children: &[JSXChild<'_>], span: OxcSpan) -> NodeId {
        if let Some(value) = self.children(children, span) {
            properties.push(Property { key: PropertyKey::Name(self.builder.name("children")), value });
        }
        let object = self.node(Expr::Object(properties.into()), span);
        self.node(Expr::Call { callee, arguments: Box::new([object]), kind: CallKind::Element }, span)
    }

    fn element_name(&mut self, name: &JSXElementName<'_>) -> NodeId {
        match name {
            JSXElementName::Identifier(id) => self.global(&format!("<{}>", id.name), id.span),
            JSXElementName::IdentifierReference(id) => self.identifier(id),
            JSXElementName::NamespacedName(name) => {
                self.global(&format!("<{}:{}>", name.namespace.name, name.name.name), name.span)
            }
            JSXElementName::MemberExpression(member) => self.element_member(member),
            JSXElementName::ThisExpression(this) => self.node(Expr::This, this.span),
        }
    }

    fn element_member(&mut self, member: &JSXMemberExpression<'_>) -> NodeId {
        let span = member.span;
        let base = self.deeper(
            span,
            |this| match &member.object {
                JSXMemberExpressionObject::IdentifierReference(id) => this.identifier(id),
                JSXMemberExpressionObject::MemberExpression(member) => this.element_member(member),
                JSXMemberExpressionObject::ThisExpression(receiver) => this.node(Expr::This, receiver.span),
            },
            |this| this.unknown(Vec::new(), span),
        );
        let name = self.builder.name(&member.property.name);
        self.node(Expr::Field { base, name }, span)
    }

    fn attributes(&mut self, opening: &JSXOpeningElement<'_>) -> Vec<Property> {
        let properties = opening.attributes.iter().map(|item| match item {
            JSXAttributeItem::Attribute(attribute) => self.attribute(attribute),
            JSXAttributeItem::SpreadAttribute(spread) => {
                Property { key: PropertyKey::Spread, value: self.expression(&spread.argument) }
            }
        });
        properties.collect()
    }

    fn attribute(&mut self, attribute: &JSXAttribute<'_>) -> Property {
        let name = match &attribute.name {
            JSXAttributeName::Identifier(id) => self.builder.name(&id.name),
            JSXAttributeName::NamespacedName(name) => self.builder.name(&format!("{}:{}", name.namespace.name, name.name.name)),
        };
        let value = match &attribute.value {
            None => self.node(Expr::Literal(Literal::Bool(true)), attribute.span),
            Some(JSXAttributeValue::StringLiteral(text)) => self.text(&text.value, text.span),
            Some(JSXAttributeValue::ExpressionContainer(container)) => self.container_named(container, name),
            Some(JSXAttributeValue::Element(element)) => self.nested_element(element),
            Some(JSXAttributeValue::Fragment(fragment)) => self.nested_fragment(fragment),
        };
        Property { key: PropertyKey::Name(name), value }
    }

    fn container_named(&mut self, container: &JSXExpressionContainer<'_>, name: crate::ir::NameId) -> NodeId {
        match &container.expression {
            JSXExpression::EmptyExpression(empty) => self.null(empty.span),
            expression => self.named(expression.to_expression(), name),
        }
    }

    fn nested_element(&mut self, element: &JSXElement<'_>) -> NodeId {
        let span = element.span;
        self.deeper(span, |this| this.element(element), |this| this.unknown(Vec::new(), span))
    }

    fn nested_fragment(&mut self, fragment: &JSXFragment<'_>) -> NodeId {
        let span = fragment.span;
        self.deeper(span, |this| this.fragment(fragment), |this| this.unknown(Vec::new(), span))
    }

    /// The value of the property `children`: the only child, or an array of them.
    fn children(&mut self, children: &[JSXChild<'_>], span: OxcSpan) -> Option<NodeId> {
        let mut nodes: Vec<NodeId> = children.iter().filter_map(|child| self.child(child)).collect();
        match nodes.len() {
            0 => None,
            1 => nodes.pop(),
            _ => Some(self.node(Expr::Array(nodes.into()), span)),
        }
    }

    fn child(&mut self, child: &JSXChild<'_>) -> Option<NodeId> {
        match child {
            JSXChild::Text(text) => {
                let trimmed = text.value.trim();
                (!trimmed.is_empty()).then(|| self.text(trimmed, text.span))
            }
            JSXChild::Element(element) => Some(self.nested_element(element)),
            JSXChild::Fragment(fragment) => Some(self.nested_fragment(fragment)),
            JSXChild::ExpressionContainer(container) => match &container.expression {
                JSXExpression::EmptyExpression(_) => None,
                expression => Some(self.expression(expression.to_expression())),
            },
            JSXChild::Spread(spread) => {
                let inner = self.expression(&spread.expression);
                Some(self.node(Expr::Spread(inner), child.span()))
            }
        }
    }
}
