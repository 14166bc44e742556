//! Destructuring: a pattern becomes one assignment per name, from a field or an index of the value.

use oxc_ast::ast::{
    ArrayAssignmentTarget, ArrayPattern, AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern,
    Expression, ObjectAssignmentTarget, ObjectPattern, PropertyKey as OxcKey, TSType,
};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::lower::Lowerer;
use super::types::member_type;
use crate::ir::{Expr, Literal, LogicalOp, NameId, NodeId, Property, PropertyKey};

impl Lowerer {
    /// Writes `value` to the declared names of a pattern, and gives them the types that are written for it.
    pub(super) fn bind(&mut self, pattern: &BindingPattern<'_>, value: NodeId, ty: Option<&TSType<'_>>, span: OxcSpan) {
        match pattern {
            BindingPattern::BindingIdentifier(id) => {
                self.annotate(pattern, ty);
                let name = self.builder.name(&id.name);
                if let Some(variable) = self.scopes.find(name) {
                    let target = self.node(Expr::Variable(variable), id.span);
                    self.assign(target, value, span);
                }
            }
            BindingPattern::AssignmentPattern(assignment) => {
                let name = assignment.left.get_identifier_name().map_or(NameId::EMPTY, |name| self.builder.name(&name));
                let value = self.or_default(value, &assignment.right, name);
                self.bind(&assignment.left, value, ty, assignment.span);
            }
            BindingPattern::ObjectPattern(object) => self.bind_object(object, value, ty),
            BindingPattern::ArrayPattern(array) => self.bind_array(array, value),
        }
    }

    /// Gives the variable of a plain name its written type.
    pub(super) fn annotate(&mut self, pattern: &BindingPattern<'_>, ty: Option<&TSType<'_>>) {
        let (BindingPattern::BindingIdentifier(id), Some(ty)) = (pattern, ty) else { return };
        let name = self.builder.name(&id.name);
        if let (Some(variable), Some(ty)) = (self.scopes.find(name), self.type_name(ty)) {
            self.builder.variable_mut(variable).ty = Some(ty);
        }
    }

    fn bind_object(&mut self, object: &ObjectPattern<'_>, value: NodeId, ty: Option<&TSType<'_>>) {
        let base = self.shared(value, object.properties.len() + usize::from(object.rest.is_some()));
        for property in &object.properties {
            let member = self.member_of(base, &property.key, property.span);
            let ty = ty.and_then(|ty| member_type(ty, &property.key));
            self.bind(&property.value, member, ty, property.span);
        }
        if let Some(rest) = &object.rest {
            let copy = self.copy_of_object(base, rest.span);
            self.bind(&rest.argument, copy, None, rest.span);
        }
    }

    fn bind_array(&mut self, array: &ArrayPattern<'_>, value: NodeId) {
        let base = self.shared(value, array.elements.len() + usize::from(array.rest.is_some()));
        for (index, element) in array.elements.iter().enumerate() {
            if let Some(element) = element {
                let member = self.nth(base, index, element.span());
                self.bind(element, member, None, element.span());
            }
        }
        if let Some(rest) = &array.rest {
            let copy = self.copy_of_array(base, rest.span);
            self.bind(&rest.argument, copy, None, rest.span);
        }
    }

    /// Writes `value` to the places of an assignment pattern.
    pub(super) fn destructure(&mut self, target: &AssignmentTarget<'_>, value: NodeId, span: OxcSpan) {
        match target {
            AssignmentTarget::ObjectAssignmentTarget(object) => self.destructure_object(object, value),
            AssignmentTarget::ArrayAssignmentTarget(array) => self.destructure_array(array, value),
            _ => {
                let target = self.target(target.to_simple_assignment_target());
                self.assign(target, value, span);
            }
        }
    }

    fn destructure_object(&mut self, object: &ObjectAssignmentTarget<'_>, value: NodeId) {
        let base = self.shared(value, object.properties.len() + usize::from(object.rest.is_some()));
        for property in &object.properties {
            match property {
                AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                    let target = self.identifier(&property.binding);
                    let name = self.builder.name(&property.binding.name);
                    let mut value = self.node(Expr::Field { base, name }, property.span);
                    if let Some(init) = &property.init {
                        value = self.or_default(value, init, name);
                    }
                    self.assign(target, value, property.span);
                }
                AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                    let member = self.member_of(base, &property.name, property.span);
                    self.destructure_or_default(&property.binding, member, property.span);
                }
            }
        }
        if let Some(rest) = &object.rest {
            let copy = self.copy_of_object(base, rest.span);
            self.destructure(&rest.target, copy, rest.span);
        }
    }

    fn destructure_array(&mut self, array: &ArrayAssignmentTarget<'_>, value: NodeId) {
        let base = self.shared(value, array.elements.len() + usize::from(array.rest.is_some()));
        for (index, element) in array.elements.iter().enumerate() {
            if let Some(element) = element {
                let member = self.nth(base, index, element.span());
                self.destructure_or_default(element, member, element.span());
            }
        }
        if let Some(rest) = &array.rest {
            let copy = self.copy_of_array(base, rest.span);
            self.destructure(&rest.target, copy, rest.span);
        }
    }

    fn destructure_or_default(&mut self, target: &AssignmentTargetMaybeDefault<'_>, value: NodeId, span: OxcSpan) {
        match target {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(target) => {
                let value = self.or_default(value, &target.init, NameId::EMPTY);
                self.destructure(&target.binding, value, target.span);
            }
            _ => self.destructure(target.to_assignment_target(), value, span),
        }
    }

    /// `value`, or the default where there is none.
    fn or_default(&mut self, value: NodeId, default: &Expression<'_>, name: NameId) -> NodeId {
        let right = self.conditional(|this| this.named(default, name));
        self.node_at(Expr::Logical { op: LogicalOp::Coalesce, left: value, right }, value)
    }

    /// A node for a value that is used `uses` times.
    fn shared(&mut self, value: NodeId, uses: usize) -> NodeId {
        if uses > 1 { self.reusable(value) } else { value }
    }

    fn member_of(&mut self, base: NodeId, key: &OxcKey<'_>, span: OxcSpan) -> NodeId {
        match self.key(key) {
            PropertyKey::Computed(index) => self.element_of(base, index, span),
            PropertyKey::Name(name) => self.node(Expr::Field { base, name }, span),
            PropertyKey::Spread => base,
        }
    }

    fn nth(&mut self, base: NodeId, index: usize, span: OxcSpan) -> NodeId {
        let index = self.node(Expr::Literal(Literal::Number(index as f64)), span);
        self.node(Expr::Index { base, index }, span)
    }

    fn copy_of_object(&mut self, base: NodeId, span: OxcSpan) -> NodeId {
        self.node(Expr::Object(Box::new([Property { key: PropertyKey::Spread, value: base }])), span)
    }

    fn copy_of_array(&mut self, base: NodeId, span: OxcSpan) -> NodeId {
        let all = self.node(Expr::Spread(base), span);
        self.node(Expr::Array(Box::new([all])), span)
    }
}
