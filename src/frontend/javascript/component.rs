//! Components that an object describes: what their `data`, `computed` and `setup` give is what `this` holds.

use super::lower::Lowerer;
use crate::ir::{CallKind, Expr, FunctionId, NodeId, Property, PropertyKey, StatementKind};

/// Members that only the object of a component has, one of which must be there.
const MARKS: &[&str] = &["methods", "computed", "watch", "components", "props", "template", "created", "mounted", "beforeMount"];

impl Lowerer {
    /// Writes to `this` what an object with these members says that its instance holds, if it is that of a component.
    pub(super) fn component_state(&mut self, properties: &[Property]) {
        let named: Vec<_> = properties.iter().filter_map(|property| Some((self.key_text(*property)?, property.value))).collect();
        let value = |name: &str| named.iter().find(|(key, _)| key == name).map(|&(_, value)| value);
        let (data, computed, setup) = (value("data"), value("computed"), value("setup"));
        let is_described = data.is_some() || computed.is_some() || setup.is_some();
        if !is_described || !MARKS.iter().any(|mark| value(mark).is_some()) {
            return;
        }
        for state in [data, setup].into_iter().flatten() {
            self.state_of(state);
        }
        if let Some(computed) = computed {
            self.computed_members(computed);
        }
    }

    fn key_text(&self, property: Property) -> Option<String> {
        let PropertyKey::Name(name) = property.key else { return None };
        Some(self.builder.unit().name(name).to_owned())
    }

    /// `data() { return { a: b } }`: the instance begins with `a`.
    fn state_of(&mut self, state: NodeId) {
        let (object, is_made) = match *self.builder.unit().expr(state) {
            Expr::Closure(function) => (self.last_value(function), true),
            _ => (Some(state), false),
        };
        let Some(object) = object else { return };
        let Expr::Object(members) = self.builder.unit().expr(object) else { return };
        let members = members.to_vec();
        let made = if is_made { self.called(state) } else { object };
        for member in members {
            let PropertyKey::Name(name) = member.key else { continue };
            let value = self.node_at(Expr::Field { base: made, name }, state);
            self.set_own(name, value, state);
        }
    }

    /// The value that a function ends by returning.
    fn last_value(&self, function: FunctionId) -> Option<NodeId> {
        let last = self.builder.unit().function(function).body.last()?;
        if let StatementKind::Return(value) = last.kind { value } else { None }
    }

    /// `computed: { a() { return b } }`: the instance's `a` is what the function gives.
    fn computed_members(&mut self, computed: NodeId) {
        let Expr::Object(members) = self.builder.unit().expr(computed).clone() else { return };
        for member in members {
            let PropertyKey::Name(name) = member.key else { continue };
            if let Some(getter) = self.getter(member.value) {
                let value = self.called(getter);
                self.set_own(name, value, getter);
            }
        }
    }

    /// The function that gives a computed member: itself, or its `get`.
    fn getter(&self, value: NodeId) -> Option<NodeId> {
        let unit = self.builder.unit();
        match unit.expr(value) {
            Expr::Closure(_) => Some(value),
            Expr::Object(parts) => {
                let is_get = |part: &&Property| matches!(part.key, PropertyKey::Name(name) if unit.name(name) == "get");
                let get = parts.iter().find(is_get)?.value;
                matches!(unit.expr(get), Expr::Closure(_)).then_some(get)
            }
            _ => None,
        }
    }

    fn called(&mut self, function: NodeId) -> NodeId {
        self.node_at(Expr::Call { callee: function, arguments: Box::default(), kind: CallKind::Call }, function)
    }

    fn set_own(&mut self, name: crate::ir::NameId, value: NodeId, like: NodeId) {
        let this = self.node_at(Expr::This, like);
        let target = self.node_at(Expr::Field { base: this, name }, like);
        let assignment = self.node_at(Expr::Assign { target, value }, like);
        self.effect(assignment);
    }
}
