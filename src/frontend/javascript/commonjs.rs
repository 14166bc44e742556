//! CommonJS: `require`, `module.exports`, `exports`, and what compilers make of ECMAScript modules with them.

use oxc_ast::ast::{Argument, CallExpression, Expression};

use super::expression::constant_text;
use super::lower::Lowerer;
use crate::ir::{CallKind, Expr, FunctionId, Literal, NodeId, Property, PropertyKey, StatementKind};

/// Functions that compilers wrap around `require` so that `.default` exists. They give the module back.
const INTEROP: &[&str] = &[
    "__importDefault",
    "__importStar",
    "_interopRequireDefault",
    "_interopRequireWildcard",
    "_interopDefault",
    "_interopNamespace",
];

/// Functions that copy all exports of a module.
const EXPORT_STAR: &[&str] = &["__exportStar", "_exportStar", "__export"];

impl Lowerer {
    /// Lowers a call; `require("x")` is the module itself.
    pub(super) fn call(&mut self, call: &CallExpression<'_>) -> NodeId {
        if let Some(value) = self.required(call).or_else(|| self.reflected(call)) {
            return value;
        }
        let callee = self.expression(&call.callee);
        // The base class makes a part of the instance.
        let kind = if matches!(call.callee, Expression::Super(_)) { CallKind::New } else { CallKind::Call };
        let node = self.call_node(callee, &call.arguments, kind, call.span);
        self.compiled_exports(node).unwrap_or(node)
    }

    /// `Reflect.get(a, b)` is `a[b]`.
    fn reflected(&mut self, call: &CallExpression<'_>) -> Option<NodeId> {
        let Expression::StaticMemberExpression(member) = &call.callee else { return None };
        let Expression::Identifier(object) = &member.object else { return None };
        let [base, key] = call.arguments.as_slice() else { return None };
        let (base, key) = (base.as_expression()?, key.as_expression()?);
        let name = self.builder.name("Reflect");
        if object.name != "Reflect" || member.property.name != "get" || self.scopes.find(name).is_some() {
            return None;
        }
        let base = self.expression(base);
        let index = self.expression(key);
        Some(self.element_of(base, index, call.span))
    }

    fn required(&mut self, call: &CallExpression<'_>) -> Option<NodeId> {
        let Expression::Identifier(callee) = &call.callee else { return None };
        if callee.name != "require" {
            return None;
        }
        let name = self.builder.name("require");
        if self.scopes.find(name).is_some() {
            return None;
        }
        let argument = call.arguments.first().and_then(Argument::as_expression)?;
        let Some(module) = constant_text(argument) else {
            self.computed_import(call.span);
            return None;
        };
        Some(self.module(module, false, call.span))
    }

    /// Understands the helpers of compilers. Gives what stands in place of the call, if anything does.
    fn compiled_exports(&mut self, node: NodeId) -> Option<NodeId> {
        let unit = self.builder.unit();
        let Expr::Call { callee, arguments, .. } = unit.expr(node) else { return None };
        let (callee, first) = (*callee, *arguments.first()?);
        let name = match *unit.expr(callee) {
            Expr::Global(name) | Expr::Field { name, .. } => name,
            Expr::Variable(variable) => unit.variable(variable).name,
            _ => return None,
        };
        let name = unit.name(name);
        let is_module = matches!(unit.expr(first), Expr::Module(_));
        if is_module && INTEROP.contains(&name) {
            return Some(first);
        }
        if is_module && EXPORT_STAR.contains(&name) {
            self.export("*", first);
            return None;
        }
        let is_object = matches!(unit.expr(callee), Expr::Field { base, .. } if self.is_global(*base, "Object"));
        match name {
            "defineProperty" if is_object => self.define_export(node),
            "assign" if is_object => self.assign_exports(node),
            _ => {}
        }
        None
    }

    fn arguments_of(&self, call: NodeId) -> Vec<NodeId> {
        match self.builder.unit().expr(call) {
            Expr::Call { arguments, .. } => arguments.to_vec(),
            _ => Vec::new(),
        }
    }

    /// `Object.defineProperty(exports, "name", { get: function () { return value; } })`
    fn define_export(&mut self, call: NodeId) {
        let [target, name, descriptor] = self.arguments_of(call)[..] else { return };
        let Expr::Literal(Literal::Text(name)) = *self.builder.unit().expr(name) else { return };
        if !self.is_exports(target) || self.builder.unit().name(name) == "__esModule" {
            return;
        }
        if let Some(value) = self.described_value(descriptor) {
            self.builder.export(crate::ir::Export { name, value });
        }
    }

    /// The value that a property descriptor gives.
    fn described_value(&self, descriptor: NodeId) -> Option<NodeId> {
        let unit = self.builder.unit();
        let Expr::Object(properties) = unit.expr(descriptor) else { return None };
        properties.iter().find_map(|property| match property.key {
            PropertyKey::Name(name) if unit.name(name) == "value" => Some(property.value),
            PropertyKey::Name(name) if unit.name(name) == "get" => match *unit.expr(property.value) {
                Expr::Closure(function) => self.returned(function),
                _ => None,
            },
            _ => None,
        })
    }

    fn returned(&self, function: FunctionId) -> Option<NodeId> {
        match self.builder.unit().function(function).body.last()?.kind {
            StatementKind::Return(value) => value,
            _ => None,
        }
    }

    /// `Object.assign(module.exports, …)`
    fn assign_exports(&mut self, call: NodeId) {
        let arguments = self.arguments_of(call);
        if let Some((&target, sources)) = arguments.split_first()
            && self.is_exports(target)
        {
            sources.iter().for_each(|&source| self.export_members(source));
        }
    }

    /// Notes what an assignment exports.
    pub(super) fn export_commonjs(&mut self, target: NodeId, value: NodeId) {
        let value = self.assigned(value);
        let Expr::Field { base, name } = *self.builder.unit().expr(target) else { return };
        if self.is_exports(target) {
            self.export("default", value);
            self.export_members(value);
        } else if self.is_exports(base) && !matches!(self.builder.unit().expr(value), Expr::Literal(Literal::Null)) {
            self.builder.export(crate::ir::Export { name, value });
        }
    }

    /// What `a = b = value` writes.
    fn assigned(&self, mut value: NodeId) -> NodeId {
        while let Expr::Assign { value: inner, .. } = *self.builder.unit().expr(value) {
            value = inner;
        }
        value
    }

    /// Exports the members of an object that is exported as a whole.
    pub(super) fn export_members(&mut self, value: NodeId) {
        match self.builder.unit().expr(value) {
            Expr::Module(_) => self.export("*", value),
            Expr::Object(properties) => {
                for property in properties.clone() {
                    self.export_property(property);
                }
            }
            _ => {}
        }
    }

    fn export_property(&mut self, property: Property) {
        match property.key {
            PropertyKey::Name(name) => self.builder.export(crate::ir::Export { name, value: property.value }),
            PropertyKey::Spread if matches!(self.builder.unit().expr(property.value), Expr::Module(_)) => {
                self.export("*", property.value);
            }
            _ => {}
        }
    }

    /// Whether a node is `exports` or `module.exports` of the file.
    fn is_exports(&self, node: NodeId) -> bool {
        match *self.builder.unit().expr(node) {
            Expr::Field { base, name } => self.builder.unit().name(name) == "exports" && self.is_global(base, "module"),
            _ => self.is_global(node, "exports"),
        }
    }

    fn is_global(&self, node: NodeId, text: &str) -> bool {
        matches!(*self.builder.unit().expr(node), Expr::Global(name) if self.builder.unit().name(name) == text)
    }
}
