//! Members of structures that nobody fills but with constants: the structure is made of zeros, and such a member stays so.

use super::place::Place;
use super::{Call, Fixed, ZEROS};
use crate::ir::{CallKind, Expr, Literal, NameId, NodeId, Unit};
use crate::program::{ClassRef, UnitId, Value};
use crate::rule::Port;
use crate::rule::kind::KindRole;
use crate::rule::model::Effect;

/// A member of a structure of the tree.
struct Member {
    class: ClassRef,
    /// How many members are declared before it.
    position: usize,
}

impl Fixed<'_> {
    /// Whether a member of a structure is constant: instances are made of zeros, and nothing but constants is ever put into it.
    pub(super) fn is_member_constant(&self, of: Value, name: &str, depth: u32) -> bool {
        // Where instances live in their variables, nobody need make one: it looks through the whole program, and nowhere else is it worth it.
        let language = self.program.language(of.unit);
        if !language.room_is_shared && !language.fields_are_values {
            return false;
        }
        let Some(member) = self.member(of, name) else { return false };
        let mut is_constant = false;
        for id in self.program.unit_ids() {
            let unit = self.program.unit(id);
            let name = unit.names.find(name);
            for (node, content) in unit.all_nodes() {
                // The constructor only says by which order the members are given.
                if unit.function(content.function).class.is_some_and(|class| ClassRef { unit: id, class } == member.class) {
                    continue;
                }
                let at = Value { unit: id, node };
                match name.and_then(|name| self.fills_member((at, &content.expr), (&member, name), depth)) {
                    Some(true) => is_constant = true,
                    Some(false) => return false,
                    None => {}
                }
                match self.makes_zeros((at, &content.expr), &member, depth) {
                    Some(true) => is_constant = true,
                    Some(false) => return false,
                    None => {}
                }
            }
        }
        is_constant
    }

    fn member(&self, of: Value, name: &str) -> Option<Member> {
        let class = self.program.whole_class(self.program.class_of(of)?);
        let unit = self.program.unit(class.unit);
        let name = unit.names.find(name)?;
        // What has methods of its own is no plain structure.
        let declared = unit.class(class.class);
        if declared.methods.iter().any(|&method| unit.name(unit.function(method).name) != "constructor") {
            return None;
        }
        let position = declared.fields.iter().position(|field| field.name == name)?;
        Some(Member { class, position })
    }

    fn is_of(&self, id: UnitId, node: NodeId, class: ClassRef) -> bool {
        self.program.class_of(Value { unit: id, node }).is_some_and(|found| self.program.whole_class(found) == class)
    }

    /// Whether what a node puts into the member is constant; None if it puts nothing there.
    fn fills_member(&self, (at, expr): (Value, &Expr), (member, name): (&Member, NameId), depth: u32) -> Option<bool> {
        let unit = self.program.unit(at.unit);
        let is_it = |node: NodeId| {
            let base = member_base(unit, node, name);
            base.is_some_and(|base| {
                let class = self.program.class_of(Value { unit: at.unit, node: base });
                class.is_none_or(|class| self.program.whole_class(class) == member.class)
            })
        };
        match expr {
            Expr::Assign { target, value } => {
                is_it(*target).then(|| self.is_fixed(Value { unit: at.unit, node: *value }, None, depth))
            }
            Expr::Call { callee, arguments, .. } if arguments.iter().any(|&node| is_it(unit.given(node))) => {
                let call = Call { at, callee: *callee, arguments };
                let is_known = !self.rows(&call).is_empty() || !self.program.targets(at.unit, at.node).is_empty();
                if !is_known || self.fills(&call, &is_it, depth) {
                    return Some(false);
                }
                self.copies_constants(&call, &is_it, depth).then_some(true)
            }
            _ => None,
        }
    }

    /// Whether a node makes an instance with zeros at the place of the member, or with something else; None if it makes none.
    fn makes_zeros(&self, (at, expr): (Value, &Expr), member: &Member, depth: u32) -> Option<bool> {
        let Expr::Call { callee, arguments, kind } = expr else { return None };
        let unit = self.program.unit(at.unit);
        if *kind == CallKind::New {
            let is_instance = self.is_of(at.unit, at.node, member.class);
            let is_left = || {
                let is_named = |node: &NodeId| matches!(unit.expr(*node), Expr::Named { .. });
                let given = arguments.get(member.position).filter(|node| !is_named(node));
                let name = self.program.unit(member.class.unit).class(member.class.class).fields[member.position].name;
                let name = unit.names.find(self.program.unit(member.class.unit).name(name));
                let named = arguments.iter().find(|&&node| name.is_some() && unit.argument_name(node) == name);
                named.or(given).is_none_or(|&node| is_zero(unit, unit.given(node)))
            };
            return is_instance.then(is_left);
        }
        let is_it = |node: NodeId| !matches!(unit.expr(node), Expr::Field { .. }) && self.is_of(at.unit, node, member.class);
        arguments.iter().find(|&&node| is_it(unit.given(node)))?;
        if !self.program.targets(at.unit, at.node).is_empty() {
            return None;
        }
        let call = Call { at, callee: *callee, arguments };
        let zeros = self.knowledge.kinds.find_role(ZEROS, KindRole::Cleaner).ok();
        let is_zeros = self
            .rows(&call)
            .into_iter()
            .any(|row| matches!(&row.effect, Effect::Sanitizer(kind, _, to) if Some(*kind) == zeros && to.root != Port::Return));
        if is_zeros {
            return Some(true);
        }
        // Of a function of which nothing is known, what it is given may be what it fills.
        (self.rows(&call).is_empty() || self.fills(&call, &is_it, depth)).then_some(false)
    }
}

/// The structure whose member of a name an expression is, or is a part of.
fn member_base(unit: &Unit, node: NodeId, name: NameId) -> Option<NodeId> {
    if Place::of(unit, node)?.members.last() != Some(&name) && !matches!(unit.expr(node), Expr::Index { .. }) {
        return None;
    }
    let mut at = node;
    loop {
        at = match *unit.expr(at) {
            Expr::Field { base, name: found } if found == name => return Some(base),
            Expr::Field { base, .. } | Expr::Index { base, .. } => base,
            Expr::Deref(inner) | Expr::Typed { value: inner, .. } => inner,
            Expr::Binary { left, .. } => left,
            _ => return None,
        };
    }
}

fn is_zero(unit: &Unit, node: NodeId) -> bool {
    match unit.expr(node) {
        Expr::Literal(Literal::Number(number)) => *number == 0.0,
        Expr::Array(parts) => parts.iter().all(|&part| is_zero(unit, part)),
        _ => false,
    }
}
