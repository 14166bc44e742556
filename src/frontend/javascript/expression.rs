//! Expressions.

use oxc_ast::ast::{
    Argument, ArrayExpression, ArrayExpressionElement, ChainElement, ConditionalExpression, Expression, IdentifierReference,
    ImportExpression, MemberExpression, ObjectExpression, ObjectProperty, ObjectPropertyKind, PropertyKey as OxcKey, PropertyKind,
    SequenceExpression, TSType, TaggedTemplateExpression, TemplateElement, TemplateLiteral, UnaryExpression, YieldExpression,
};
use oxc_span::{GetSpan, Span as OxcSpan};
use oxc_syntax::operator::UnaryOperator;

use super::lower::Lowerer;
use crate::ir::{Block, CallKind, Expr, Literal, NameId, NodeId, Property, PropertyKey, StatementKind, UnaryOp};

impl Lowerer {
    /// Lowers an expression.
    pub(super) fn expression(&mut self, expression: &Expression<'_>) -> NodeId {
        self.named(expression, NameId::EMPTY)
    }

    /// Lowers an expression; if it is a closure or class without a name, it takes `name`.
    pub(super) fn named(&mut self, expression: &Expression<'_>, name: NameId) -> NodeId {
        let span = expression.span();
        self.deeper(span, |this| this.expression_within(expression, name), |this| this.unknown(Vec::new(), span))
    }

    fn expression_within(&mut self, expression: &Expression<'_>, name: NameId) -> NodeId {
        match expression {
            Expression::Identifier(id) => self.identifier(id),
            Expression::StringLiteral(text) => self.text(&text.value, text.span),
            Expression::ThisExpression(this) => self.node(Expr::This, this.span),
            Expression::Super(base) => self.node(Expr::Super, base.span),
            Expression::CallExpression(call) => self.call(call),
            Expression::NewExpression(new) => {
                let callee = self.expression(&new.callee);
                self.call_node(callee, &new.arguments, CallKind::New, new.span)
            }
            Expression::ArrowFunctionExpression(arrow) => self.arrow(arrow, name),
            Expression::FunctionExpression(function) => self.function(function, name),
            Expression::ClassExpression(class) => self.class(class, name),
            Expression::ObjectExpression(object) => self.object(object),
            Expression::ArrayExpression(array) => self.array(array),
            Expression::TemplateLiteral(template) => self.template(template),
            Expression::TaggedTemplateExpression(tagged) => self.tagged(tagged),
            Expression::AssignmentExpression(assignment) => self.assignment(assignment),
            Expression::UpdateExpression(update) => self.update(update),
            Expression::BinaryExpression(binary) => self.binary(binary),
            Expression::LogicalExpression(logical) => self.logical(logical),
            Expression::UnaryExpression(unary) => self.unary(unary),
            Expression::ConditionalExpression(conditional) => self.conditional_expression(conditional, name),
            Expression::SequenceExpression(sequence) => self.sequence(sequence),
            Expression::AwaitExpression(wait) => self.named(&wait.argument, name),
            Expression::YieldExpression(result) => self.yield_expression(result),
            Expression::ParenthesizedExpression(inner) => self.named(&inner.expression, name),
            Expression::ChainExpression(chain) => self.chain(&chain.expression),
            Expression::JSXElement(element) => self.element(element),
            Expression::JSXFragment(fragment) => self.fragment(fragment),
            Expression::ImportExpression(import) => self.import_expression(import),
            Expression::PrivateInExpression(test) => self.private_in(test),
            Expression::ImportMeta(meta) => self.global("import.meta", meta.span),
            _ => self.typed_or_literal(expression, name),
        }
    }

    fn typed_or_literal(&mut self, expression: &Expression<'_>, name: NameId) -> NodeId {
        match expression {
            Expression::TSAsExpression(cast) => self.typed(&cast.expression, &cast.type_annotation, name, cast.span),
            Expression::TSSatisfiesExpression(cast) => self.typed(&cast.expression, &cast.type_annotation, name, cast.span),
            Expression::TSTypeAssertion(cast) => self.typed(&cast.expression, &cast.type_annotation, name, cast.span),
            Expression::TSNonNullExpression(inner) => self.named(&inner.expression, name),
            Expression::TSInstantiationExpression(inner) => self.named(&inner.expression, name),
            Expression::V8IntrinsicExpression(call) => {
                let callee = self.global(&call.name.name, call.name.span);
                self.call_node(callee, &call.arguments, CallKind::Call, call.span)
            }
            Expression::NewTarget(target) => self.unknown(Vec::new(), target.span),
            _ => match expression.as_member_expression() {
                Some(member) => self.member(member),
                None => self.literal(expression),
            },
        }
    }

    fn literal(&mut self, expression: &Expression<'_>) -> NodeId {
        let literal = match expression {
            Expression::BooleanLiteral(literal) => Literal::Bool(literal.value),
            Expression::NumericLiteral(literal) => Literal::Number(literal.value),
            Expression::BigIntLiteral(literal) => Literal::Number(literal.value.parse().unwrap_or(f64::NAN)),
            Expression::RegExpLiteral(literal) => Literal::Regex(self.builder.name(&literal.regex.pattern.text)),
            _ => Literal::Null,
        };
        self.node(Expr::Literal(literal), expression.span())
    }

    /// Lowers a name to its variable or to a global.
    pub(super) fn identifier(&mut self, id: &IdentifierReference<'_>) -> NodeId {
        let name = self.builder.name(&id.name);
        let expr = match self.scopes.find(name) {
            Some(variable) => Expr::Variable(variable),
            None if id.name == "undefined" => Expr::Literal(Literal::Null),
            None if self.is_template && is_member(&id.name) => Expr::Field { base: self.node(Expr::This, id.span), name },
            None => Expr::Global(name),
        };
        self.node(expr, id.span)
    }

    /// Adds a global by its name.
    pub(super) fn global(&mut self, name: &str, span: OxcSpan) -> NodeId {
        let name = self.builder.name(name);
        self.node(Expr::Global(name), span)
    }

    fn typed(&mut self, value: &Expression<'_>, ty: &TSType<'_>, name: NameId, span: OxcSpan) -> NodeId {
        let value = self.named(value, name);
        match self.type_name(ty) {
            Some(ty) => self.node(Expr::Typed { value, ty }, span),
            None => value,
        }
    }

    fn chain(&mut self, element: &ChainElement<'_>) -> NodeId {
        match element {
            ChainElement::CallExpression(call) => self.call(call),
            ChainElement::TSNonNullExpression(inner) => self.expression(&inner.expression),
            _ => self.member(element.to_member_expression()),
        }
    }

    /// Lowers `a.b`, `a["b"]` and `a.#b` to a field, `a[b]` to an index.
    pub(super) fn member(&mut self, member: &MemberExpression<'_>) -> NodeId {
        let base = self.expression(member.object());
        match member {
            MemberExpression::StaticMemberExpression(member) => {
                let name = self.builder.name(&member.property.name);
                self.node(Expr::Field { base, name }, member.span)
            }
            MemberExpression::PrivateFieldExpression(member) => {
                let name = self.private_name(&member.field.name);
                self.node(Expr::Field { base, name }, member.span)
            }
            MemberExpression::ComputedMemberExpression(member) => {
                let index = self.expression(&member.expression);
                self.element_of(base, index, member.span)
            }
        }
    }

    /// `base[index]`; with a constant string, the field of that name.
    pub(super) fn element_of(&mut self, base: NodeId, index: NodeId, span: OxcSpan) -> NodeId {
        let expr = match *self.builder.unit().expr(index) {
            Expr::Literal(Literal::Text(name)) => Expr::Field { base, name },
            _ => Expr::Index { base, index },
        };
        self.node(expr, span)
    }

    /// The name of a private member, with its `#`.
    pub(super) fn private_name(&mut self, name: &str) -> NameId {
        self.builder.name(&format!("#{name}"))
    }

    /// Adds a call with lowered callee.
    pub(super) fn call_node(&mut self, callee: NodeId, arguments: &[Argument<'_>], kind: CallKind, span: OxcSpan) -> NodeId {
        let arguments = arguments.iter().map(|argument| self.argument(argument)).collect();
        self.node(Expr::Call { callee, arguments, kind }, span)
    }

    fn argument(&mut self, argument: &Argument<'_>) -> NodeId {
        match argument {
            Argument::SpreadElement(spread) => {
                let inner = self.expression(&spread.argument);
                self.node(Expr::Spread(inner), spread.span)
            }
            _ => self.expression(argument.to_expression()),
        }
    }

    fn array(&mut self, array: &ArrayExpression<'_>) -> NodeId {
        let elements = array.elements.iter().map(|element| match element {
            ArrayExpressionElement::SpreadElement(spread) => {
                let inner = self.expression(&spread.argument);
                self.node(Expr::Spread(inner), spread.span)
            }
            ArrayExpressionElement::Elision(hole) => self.null(hole.span),
            _ => self.expression(element.to_expression()),
        });
        let elements = elements.collect();
        self.node(Expr::Array(elements), array.span)
    }

    fn object(&mut self, object: &ObjectExpression<'_>) -> NodeId {
        let properties = object.properties.iter().map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => self.property(property),
            ObjectPropertyKind::SpreadProperty(spread) => {
                Property { key: PropertyKey::Spread, value: self.expression(&spread.argument) }
            }
        });
        let properties: Box<[Property]> = properties.collect();
        self.component_state(&properties);
        self.node(Expr::Object(properties), object.span)
    }

    /// Lowers a member of an object literal. A getter stands for what it gives: its value is a call of it.
    fn property(&mut self, property: &ObjectProperty<'_>) -> Property {
        let key = self.key(&property.key);
        let name = if let PropertyKey::Name(name) = key { name } else { NameId::EMPTY };
        let mut value = self.named(&property.value, name);
        if property.kind == PropertyKind::Get {
            value = self.node(Expr::Call { callee: value, arguments: Box::default(), kind: CallKind::Call }, property.span);
        }
        Property { key, value }
    }

    /// Lowers the key of a property, method or pattern; a constant one is a name, however it is written.
    pub(super) fn key(&mut self, key: &OxcKey<'_>) -> PropertyKey {
        match key {
            OxcKey::StaticIdentifier(id) => PropertyKey::Name(self.builder.name(&id.name)),
            OxcKey::PrivateIdentifier(id) => PropertyKey::Name(self.private_name(&id.name)),
            OxcKey::StringLiteral(text) => PropertyKey::Name(self.builder.name(&text.value)),
            _ => {
                let node = self.expression(key.to_expression());
                match *self.builder.unit().expr(node) {
                    Expr::Literal(Literal::Text(name)) => PropertyKey::Name(name),
                    _ => PropertyKey::Computed(node),
                }
            }
        }
    }

    fn template(&mut self, template: &TemplateLiteral<'_>) -> NodeId {
        let mut parts = Vec::with_capacity(template.quasis.len() + template.expressions.len());
        let mut expressions = template.expressions.iter();
        for quasi in &template.quasis {
            if !quasi_text(quasi).is_empty() {
                parts.push(self.text(quasi_text(quasi), quasi.span));
            }
            if let Some(expression) = expressions.next() {
                parts.push(self.expression(expression));
            }
        }
        if template.expressions.is_empty() {
            return self.text(template.quasis.first().map_or("", quasi_text), template.span);
        }
        self.node(Expr::Template(parts.into()), template.span)
    }

    /// A tag is called with the array of texts and then the values.
    fn tagged(&mut self, tagged: &TaggedTemplateExpression<'_>) -> NodeId {
        let callee = self.expression(&tagged.tag);
        let texts = tagged.quasi.quasis.iter().map(|quasi| self.text(quasi_text(quasi), quasi.span));
        let texts = texts.collect();
        let mut arguments = vec![self.node(Expr::Array(texts), tagged.quasi.span)];
        arguments.extend(tagged.quasi.expressions.iter().map(|expression| self.expression(expression)));
        self.node(Expr::Call { callee, arguments: arguments.into(), kind: CallKind::Tag }, tagged.span)
    }

    fn unary(&mut self, unary: &UnaryExpression<'_>) -> NodeId {
        let operand = self.expression(&unary.argument);
        let op = match unary.operator {
            UnaryOperator::UnaryPlus => return operand,
            UnaryOperator::UnaryNegation => UnaryOp::Negate,
            UnaryOperator::LogicalNot => UnaryOp::Not,
            UnaryOperator::BitwiseNot => UnaryOp::BitNot,
            UnaryOperator::Typeof => UnaryOp::TypeOf,
            UnaryOperator::Void => UnaryOp::Void,
            UnaryOperator::Delete => UnaryOp::Delete,
        };
        if let (UnaryOp::Void, Expr::Literal(_)) = (op, self.builder.unit().expr(operand)) {
            return self.null(unary.span);
        }
        self.node(Expr::Unary { op, operand }, unary.span)
    }

    fn conditional_expression(&mut self, conditional: &ConditionalExpression<'_>, name: NameId) -> NodeId {
        let condition = self.expression(&conditional.test);
        let then = self.conditional(|this| this.named(&conditional.consequent, name));
        let otherwise = self.conditional(|this| this.named(&conditional.alternate, name));
        self.node(Expr::Conditional { condition, then, otherwise }, conditional.span)
    }

    /// `a, b, c` is `c` after the effects of the others.
    fn sequence(&mut self, sequence: &SequenceExpression<'_>) -> NodeId {
        let Some((last, first)) = sequence.expressions.split_last() else { return self.null(sequence.span) };
        for part in first {
            if self.is_conditional() {
                let node = self.expression(part);
                if !self.is_constant(node) {
                    self.effect(node);
                }
            } else if !part.is_literal() && !part.is_identifier_reference() {
                self.evaluate(part);
            }
        }
        self.expression(last)
    }

    fn is_constant(&self, node: NodeId) -> bool {
        matches!(self.builder.unit().expr(node), Expr::Literal(_) | Expr::Variable(_) | Expr::Global(_))
    }

    /// What a generator yields it returns, element by element; the caller may send back anything, mostly what the yielded
    /// promise or effect comes to.
    fn yield_expression(&mut self, result: &YieldExpression<'_>) -> NodeId {
        let Some(argument) = &result.argument else { return self.null(result.span) };
        let value = self.expression(argument);
        if self.is_conditional() {
            return value;
        }
        let value = self.reusable(value);
        let returned = if result.delegate { value } else { self.node(Expr::Array(Box::new([value])), result.span) };
        let then = self.block(|this| this.push(StatementKind::Return(Some(returned)), result.span));
        let condition = self.unknown(Vec::new(), result.span);
        self.push(StatementKind::Branch { condition, then, otherwise: Block::new() }, result.span);
        value
    }

    /// `import(source)`
    fn import_expression(&mut self, import: &ImportExpression<'_>) -> NodeId {
        if let Some(module) = constant_text(&import.source) {
            return self.module(module, true, import.span);
        }
        self.computed_import(import.span);
        let callee = self.global("import", import.span);
        let source = self.expression(&import.source);
        self.node(Expr::Call { callee, arguments: Box::new([source]), kind: CallKind::Call }, import.span)
    }
}

/// The text of an expression that is a string written out.
pub(super) fn constant_text<'s>(expression: &'s Expression<'_>) -> Option<&'s str> {
    match expression {
        Expression::StringLiteral(text) => Some(&text.value),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => template.quasis.first().map(quasi_text),
        _ => None,
    }
}

fn quasi_text<'s>(quasi: &'s TemplateElement<'_>) -> &'s str {
    quasi.value.cooked.as_ref().unwrap_or(&quasi.value.raw)
}

/// Whether a name in a template, which no script declares, is a member of the component and not a global.
fn is_member(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_uppercase())
        && !matches!(name, "window" | "document" | "parseInt" | "parseFloat" | "isNaN")
}
