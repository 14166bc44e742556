//! What instances of classes of the tree show where they become text: what their class prints, or all that they hold.

use super::{Site, Transfer};
use crate::ir::{CallKind, Expr, Literal, NodeId, VariableKind};
use crate::program::Value as ProgramValue;
use crate::rule::kind::KindSet;
use crate::rule::model::{Effect, Subject};
use crate::taint::access::Path;
use crate::taint::format;
use crate::taint::graph::{Output, Step, TrailId};
use crate::taint::origin::{Atom, Fact, THIS};
use crate::taint::transfer::expr::cell_value;
use crate::taint::value::Value;

impl Transfer<'_, '_> {
    /// What a value is where it becomes text.
    pub(super) fn printed(&mut self, node: NodeId, value: Value) -> Value {
        if let Some(printer) = self.world.printer(self.id, node) {
            if self.world.takes_receiver(printer) {
                self.give(&value, Output::Argument(node, THIS), Path::EMPTY, Step::Argument, node);
            }
            let mut printed = Value::from(Fact { atom: Atom::Result(node), read: Path::EMPTY }, TrailId::START);
            if let Some(index) = self.world.printed_parameter(printer) {
                self.give(&value, Output::Argument(node, index), Path::EMPTY, Step::Argument, node);
                // What is written to a stream or a document comes out of it.
                if index > 0 {
                    printed.join(&Value::from(Fact { atom: Atom::Written(node, 0), read: Path::EMPTY }, TrailId::START));
                }
            }
            return printed;
        }
        let mut value = self.visible(node, value);
        let is_told = match *self.unit.expr(node) {
            Expr::This => true,
            Expr::Variable(variable) => self.unit.variable(variable).kind == VariableKind::Parameter,
            _ => false,
        };
        if !is_told {
            let shown = self.world.shown.by_instance(self.world, self.id, node);
            self.show(shown, Site::Node(node), &mut value);
        }
        for (name, cell) in self.world.printed_fields(self.id, node) {
            value.put(name, &cell_value(cell));
        }
        value
    }

    /// What an instance shows of what it holds: fields that hide what they hold by their type or a mark are left out.
    fn visible(&self, node: NodeId, value: Value) -> Value {
        let Some(fields) = self.world.visible_fields(self.id, node) else {
            return if self.world.hides_all(self.id, node) { Value::known() } else { value };
        };
        let mut shown = Value::unknown();
        for &name in fields {
            shown.put(Path::one(name), &value.read(Path::one(name)));
        }
        shown
    }

    /// What a call outside of the tree is given: a log is given texts, anything else the instances as well. Whether it is given texts.
    pub(super) fn print_arguments(
        &mut self,
        node: NodeId,
        callee: NodeId,
        kind: CallKind,
        arguments: &mut [(NodeId, Value)],
    ) -> bool {
        let hides = !self.world.shown.hiding.is_empty() || !self.world.silent.is_empty();
        if !self.world.prints(self.id) && !hides || self.world.targets(self.id, node).next().is_some() {
            return false;
        }
        let rows = self.world.rows(self.id, callee, Subject::Callee, kind == CallKind::New);
        let kinds = &self.world.knowledge.kinds;
        let is_log = rows.iter().any(|&row| match self.world.effect(row) {
            Effect::Sink(place, _) => self.world.roles.log.is_some_and(|log| kinds.closure(log).contains(*place)),
            _ => false,
        });
        for (argument, value) in arguments {
            if !self.world.prints(self.id) {
                if is_log {
                    *value = self.visible(*argument, std::mem::take(value));
                }
                continue;
            }
            for (name, cell) in self.world.kept_fields(self.id, callee, *argument) {
                value.put(Path::one(name), &cell_value(cell));
            }
            let printer = self.world.printer(self.id, *argument);
            if is_log {
                *value = self.printed(*argument, std::mem::take(value));
            } else if printer.is_some() && self.world.program.class_of(ProgramValue { unit: self.id, node: *argument }).is_some() {
                let printed = self.printed(*argument, value.clone());
                value.join(&printed);
            }
        }
        is_log && self.world.prints(self.id)
    }

    /// What a format shows as an address or as the name of a type, or of which it shows a few letters: `%p`, `%T`, `%.4s`.
    pub(super) fn shorten(&self, arguments: &mut [(NodeId, Value)]) {
        let Some(kind) = self.world.roles.description else { return };
        let text = |&(node, _): &(NodeId, Value)| match *self.unit.expr(node) {
            Expr::Literal(Literal::Text(text)) => Some(self.unit.name(text)),
            _ => None,
        };
        let Some((at, text)) = arguments.iter().enumerate().find_map(|(at, argument)| Some((at, text(argument)?))) else { return };
        let Some(shown) = format::shown(text, arguments.len() - at - 1) else { return };
        for ((_, value), is_whole) in arguments[at + 1..].iter_mut().zip(shown) {
            if !is_whole {
                *value = std::mem::take(value).map(|strand| strand.passed |= KindSet::one(kind));
            }
        }
    }
}
