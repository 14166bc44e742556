//! Whether somebody fills a buffer, list or member before it is used.

use super::place::Place;
use super::{Call, Fixed, ZEROS};
use crate::audit::callee::written_name;
use crate::ir::{CallKind, Expr, Literal, NodeId, VariableId};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::kind::KindRole;
use crate::rule::lexicon::Making;
use crate::rule::model::Effect;
use crate::rule::{AccessPath, Port};

impl Fixed<'_> {
    /// Whether some function fills the member of this name, where what it is made of is written.
    pub(super) fn is_member_filled(&self, value: Value, name: &str, depth: u32) -> bool {
        let written = self.program.choices(value);
        let mut units: Vec<_> = written.iter().map(|choice| choice.unit).collect();
        units.dedup();
        units.into_iter().any(|id| {
            let unit = self.program.unit(id);
            let Some(name) = unit.names.find(name) else { return false };
            let is_it = |node: NodeId| Place::of(unit, node).is_some_and(|place| place.members.last() == Some(&name));
            unit.all_nodes().any(|(node, content)| match &content.expr {
                Expr::Call { callee, arguments, .. } => {
                    arguments.iter().any(|&argument| is_it(unit.given(argument)))
                        && self.fills(&Call { at: Value { unit: id, node }, callee: *callee, arguments }, &is_it, depth)
                }
                _ => false,
            })
        })
    }

    /// Whether a buffer is filled with zeros or other constants, and given to nothing else before it is used.
    pub(super) fn is_filled_with_constants(&self, value: Value, depth: u32) -> bool {
        let unit = self.program.unit(value.unit);
        let Some(place) = Place::of(unit, value.node) else { return false };
        let is_it = |node: NodeId| Place::of(unit, node).is_some_and(|other| other.overlaps(&place));
        let function = unit.nodes[value.node.index()].function;
        let body = self.program.body(FunctionRef { unit: value.unit, function });
        let written = body.iter().take_while(|node| **node < value.node).filter_map(|&node| match unit.expr(node) {
            Expr::Call { callee, arguments, .. } if arguments.iter().any(|&argument| is_it(unit.given(argument))) => Some(
                self.copies_constants(&Call { at: Value { unit: value.unit, node }, callee: *callee, arguments }, &is_it, depth),
            ),
            Expr::Assign { target, value: written } if matches!(unit.expr(*target), Expr::Index { .. }) && is_it(*target) => {
                Some(self.is_fixed(Value { unit: value.unit, node: *written }, None, depth))
            }
            _ => None,
        });
        let mut written = written.peekable();
        written.peek().is_some() && written.all(|is_constant| is_constant)
    }

    /// Whether constants are copied into a member of the receiver, of which nothing else is known.
    pub(super) fn holds_copy(&self, value: Value, depth: u32) -> bool {
        let unit = self.program.unit(value.unit);
        let Some(place) = Place::of(unit, value.node).filter(|place| place.root.is_none()) else { return false };
        let is_it = |node: NodeId| Place::of(unit, node).is_some_and(|other| other.overlaps(&place));
        unit.all_nodes().any(|(node, content)| match &content.expr {
            Expr::Call { callee, arguments, .. } if arguments.iter().any(|&argument| is_it(unit.given(argument))) => {
                self.copies_constants(&Call { at: Value { unit: value.unit, node }, callee: *callee, arguments }, &is_it, depth)
            }
            _ => false,
        })
    }

    /// Whether a call fills what it is given with zeros, or copies constants into it.
    pub(super) fn copies_constants(&self, call: &Call<'_>, is_it: &dyn Fn(NodeId) -> bool, depth: u32) -> bool {
        let unit = self.program.unit(call.at.unit);
        let zeros = self.knowledge.kinds.find_role(ZEROS, KindRole::Cleaner).ok();
        let is_target = |path: &AccessPath| match &path.root {
            Port::Argument(position) => crate::program::argument::find(unit, call.arguments, position)
                .is_some_and(|index| is_it(unit.given(call.arguments[index]))),
            _ => false,
        };
        self.rows(call).iter().any(|row| match &row.effect {
            Effect::Sanitizer(kind, _, to) if Some(*kind) == zeros => to.root != Port::Return,
            Effect::Propagation(from, to) => is_target(to) && self.inputs(call, from, None, depth).is_some(),
            _ => false,
        })
    }

    /// Whether something else is put into what a variable or a member of it holds.
    pub(super) fn is_filled(&self, value: Value, depth: u32) -> bool {
        let unit = self.program.unit(value.unit);
        let Some(place) = Place::of(unit, value.node) else { return false };
        let is_it = |node: NodeId| Place::all(unit, node).iter().any(|other| other.overlaps(&place));
        let is_blank = self.is_blank(value.unit, &place);
        let is_filled_at = |node: NodeId| match unit.expr(node) {
            Expr::Assign { target, value: written } => {
                let is_part = match unit.expr(*target) {
                    Expr::Index { .. } | Expr::Deref(_) => true,
                    Expr::Field { .. } => place.members.is_empty(),
                    _ => false,
                };
                is_part && is_it(*target) && !self.is_fixed(Value { unit: value.unit, node: *written }, None, depth)
            }
            Expr::Call { callee, arguments, .. } => {
                let given = arguments.iter().any(|&node| is_it(unit.given(node)));
                let is_own = matches!(*unit.expr(*callee), Expr::Field { base, .. } if is_it(base));
                let call = Call { at: Value { unit: value.unit, node }, callee: *callee, arguments };
                let is_before = is_blank && node < value.node;
                // `data.withUnsafeMutableBytes { SecRandomCopyBytes(…, $0) }`
                let is_drawn = || is_own && arguments.iter().any(|&node| self.is_drawn_by(value.unit, unit.given(node)));
                (given || is_own) && (self.fills(&call, &is_it, depth) || is_before && self.may_fill(&call) || is_drawn())
            }
            _ => false,
        };
        match place.root {
            Some(variable) => {
                let owner = FunctionRef { unit: value.unit, function: unit.variable(variable).owner };
                self.program.nodes_within(owner).any(is_filled_at)
            }
            None => unit.all_nodes().any(|(node, _)| is_filled_at(node)),
        }
    }

    /// Whether a place is a buffer or list that begins without content: what is handed to somebody before it is used is there to be
    /// filled.
    fn is_blank(&self, id: UnitId, place: &Place) -> bool {
        let unit = self.program.unit(id);
        let Some(variable) = place.root.filter(|_| place.members.is_empty()) else { return false };
        let Some(node) = unit.variable(variable).definition else { return false };
        let is_zero = |node: &NodeId| matches!(unit.expr(*node), Expr::Literal(Literal::Number(number)) if *number == 0.0);
        match *unit.expr(node) {
            Expr::Array(ref parts) => parts.iter().all(is_zero),
            Expr::Call { callee, ref arguments, .. } => {
                let zeros = self.knowledge.kinds.find_role(ZEROS, KindRole::Cleaner).ok();
                let rows = self.rows(&Call { at: Value { unit: id, node }, callee, arguments });
                rows.iter().any(|row| matches!(&row.effect, Effect::Sanitizer(kind, ..) if Some(*kind) == zeros))
            }
            _ => false,
        }
    }

    /// Whether a call of which nothing is known may put something into what it is given.
    fn may_fill(&self, call: &Call<'_>) -> bool {
        let name = written_name(self.program.unit(call.at.unit), call.callee).unwrap_or_default();
        self.rows(call).is_empty() && self.knowledge.lexicon.making(name) != Making::Converts
    }

    /// Whether a call puts what is not fixed into what it is given.
    pub(super) fn fills(&self, call: &Call<'_>, is_it: &dyn Fn(NodeId) -> bool, depth: u32) -> bool {
        let unit = self.program.unit(call.at.unit);
        let is_target = |path: &AccessPath| match &path.root {
            Port::Argument(position) => crate::program::argument::find(unit, call.arguments, position)
                .is_some_and(|index| is_it(unit.given(call.arguments[index]))),
            Port::Receiver => matches!(*unit.expr(call.callee), Expr::Field { base, .. } if is_it(base)),
            _ => false,
        };
        let rows = self.rows(call);
        let mut is_known = false;
        for row in &rows {
            let is_filled = match &row.effect {
                Effect::Source(_, to) => to.iter().any(is_target),
                Effect::Sanitizer(_, from, to) | Effect::Propagation(from, to) => {
                    is_target(to) && self.inputs(call, from, None, depth).is_none()
                }
                _ => false,
            };
            if is_filled {
                return true;
            }
            is_known |= match &row.effect {
                // What gives what its receiver holds, and is given nothing, puts nothing into it.
                Effect::Propagation(_, to) if to.root == Port::Return && call.arguments.is_empty() => true,
                // What is known to write to one argument writes to no other.
                Effect::Propagation(_, to) | Effect::Sanitizer(_, _, to) => is_target(to) || matches!(to.root, Port::Argument(_)),
                Effect::Source(..) | Effect::Sink(..) => true,
                _ => false,
            };
        }
        let is_mutable = |node: NodeId| match *unit.expr(node) {
            Expr::Field { base, name } => unit.name(name).starts_with("mutable") && is_it(base),
            _ => false,
        };
        if !is_known && call.arguments.iter().any(|&node| is_mutable(unit.given(node))) {
            return true;
        }
        // What is handed to a plain function of a library may be what that makes: `digest_final(state, out)`.
        let is_out = || {
            let is_bare = matches!(unit.expr(call.callee), Expr::Global(_)) && call.arguments.len() > 1;
            is_bare && [call.arguments.first(), call.arguments.last()].into_iter().flatten().any(|&node| is_it(unit.given(node)))
        };
        let name = written_name(unit, call.callee).unwrap_or_default();
        let ends = || ["final", "finish", "squeeze", "digest", "hash"].iter().any(|end| name.to_ascii_lowercase().contains(end));
        if !is_known && ends() && is_out() {
            return true;
        }
        // A structure of the tree that is called a store or a request only holds what it is given.
        let is_held = matches!(unit.expr(call.at.node), Expr::Call { kind: CallKind::New, .. })
            && !self.program.targets(call.at.unit, call.at.node).is_empty();
        let draws = || !is_held && self.knowledge.lexicon.making(name) == Making::Draws && !self.knowledge.lexicon.opens(name);
        let is_given = || {
            let is_method = matches!(unit.expr(call.callee), Expr::Field { .. });
            is_method && call.arguments.iter().any(|&node| is_it(unit.given(node)))
        };
        !is_known && (draws() || takes_buffer(name) && is_given() || self.may_write(call, is_it))
    }

    /// Whether a function of the tree that is called may write into what it is given: it writes elements of it, or hands it on to what
    /// draws or reads.
    fn may_write(&self, call: &Call<'_>, is_it: &dyn Fn(NodeId) -> bool) -> bool {
        let unit = self.program.unit(call.at.unit);
        let own = matches!(*unit.expr(call.callee), Expr::Field { base, .. } if is_it(base));
        let targets = self.program.targets(call.at.unit, call.at.node);
        let given: Vec<_> = call.arguments.iter().enumerate().filter(|(_, node)| is_it(unit.given(**node))).collect();
        targets.iter().any(|&target| {
            let code = self.program.unit(target.unit);
            let declared = code.function(target.function);
            let arguments = (code, declared);
            let parameters =
                given.iter().map(|(index, _)| crate::program::argument::taken(unit, call.arguments, *index, arguments));
            let parameters: Vec<_> = parameters.map(|taken| Some(declared.parameters[taken?.parameter].variable)).collect();
            own || parameters.into_iter().any(|parameter| parameter.is_none_or(|parameter| self.is_written_in(target, parameter)))
        })
    }

    /// Whether a function writes elements of a parameter, or gives it to what fills buffers.
    fn is_written_in(&self, function: FunctionRef, parameter: VariableId) -> bool {
        let unit = self.program.unit(function.unit);
        let is_it = |node: NodeId| Place::of(unit, node).is_some_and(|place| place.root == Some(parameter));
        self.program.body(function).iter().any(|&node| match unit.expr(node) {
            Expr::Assign { target, .. } => matches!(unit.expr(*target), Expr::Index { .. } | Expr::Deref(_)) && is_it(*target),
            Expr::Call { callee, arguments, .. } => {
                let is_given = arguments.iter().any(|&argument| is_it(unit.given(argument)));
                let name = written_name(unit, *callee).unwrap_or_default();
                let call = Call { at: Value { unit: function.unit, node }, callee: *callee, arguments };
                let is_source = || self.rows(&call).iter().any(|row| matches!(row.effect, Effect::Source(..)));
                is_given && (self.knowledge.lexicon.making(name) == Making::Draws || takes_buffer(name) || is_source())
            }
            _ => false,
        })
    }
}

/// Whether a method's name says that it fills the buffer that it is given: `input.readFully(nonce)`, `buffer.get(salt)`.
fn takes_buffer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["read", "fill", "recv", "next"].iter().any(|verb| name.starts_with(verb)) || ["get", "getbytes"].contains(&&*name)
}
