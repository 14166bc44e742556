//! Calls.

use super::Transfer;
use super::port::Site;
use crate::ir::{CallKind, Expr, NodeId, Property, PropertyKey, VariableKind};
use crate::program::ClassRef;
use crate::rule::Confidence;
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::{Effect, RowId, Subject};
use crate::taint::access::{Path, Symbol};
use crate::taint::argument::MEMBERS;
use crate::taint::graph::{self, Output, Step, TrailId};
use crate::taint::mark::Mark;
use crate::taint::origin::{Accessor, Atom, Cell, Fact, THIS, THROWN};
use crate::taint::transfer::expr::cell_value;
use crate::taint::value::{Strand, Value};

impl Transfer<'_, '_> {
    pub(super) fn call(&mut self, node: NodeId, callee: NodeId, arguments: &[NodeId], kind: CallKind) -> Value {
        let receiver = match *self.unit.expr(callee) {
            Expr::Field { base, .. } => Some((base, self.eval(base))),
            Expr::Closure(_) | Expr::Variable(_) | Expr::Global(_) | Expr::Module(_) | Expr::Super => None,
            _ => {
                self.eval(callee);
                None
            }
        };
        let given = arguments;
        let mut arguments: Vec<_> = arguments.iter().map(|&argument| (self.unit.given(argument), self.eval(argument))).collect();
        self.shorten(&mut arguments);
        let is_told = self.print_arguments(node, callee, kind, &mut arguments);
        self.pass_on(callee, &arguments, node);
        if kind == CallKind::Element {
            self.give_attributes(&arguments, node);
        }
        let mut result = self.inside(node, receiver.as_ref(), &arguments);
        if let Some((class, object)) = self.world.struct_literal(self.id, node) {
            self.give_fields(class, object, &arguments, node);
            result.join(&arguments[0].1);
        } else if self.world.is_foreign_literal(self.id, given, kind) {
            result.join(&arguments[0].1);
        }
        let is_inside = !result.is_empty();
        if let ([(_, given)], false, CallKind::Call | CallKind::New) = (&*arguments, is_inside, kind)
            && (kind == CallKind::Call || matches!(self.unit.expr(callee), Expr::Field { .. }))
            && self.world.is_conversion(self.id, callee)
        {
            result.join(given);
        }
        if !is_inside && given.len() > 1 && kind != CallKind::Element && self.world.is_conversion(self.id, callee) {
            self.hold_named(given, &arguments, &mut result);
        }
        if !is_inside && !is_told {
            self.give_own_fields(&mut arguments);
        }
        let site = Site { node, callee, receiver: receiver.as_ref(), arguments: &arguments, assigned: None, is_handed: false };
        let mut settled = KindSet::EMPTY;
        for row in self.speaking(node, callee, kind, is_inside) {
            let part = self.apply(row, &site);
            settled |= part.settled;
            result.join(&part);
        }
        if result.is_empty()
            && let Some(kind) = self.world.told_by_promise(self.id, node, callee)
        {
            self.arise(&mut result, kind, graph::Site::Node(node), Confidence::Medium, true);
        }
        // A value that is called was handed over as what gives it: `@autoclosure`.
        if !is_inside
            && let (Expr::Variable(variable), []) = (self.unit.expr(callee), given)
            && self.unit.variable(*variable).kind == VariableKind::Parameter
        {
            let value = self.variable(callee, *variable);
            result.join(&value);
        }
        if is_inside && kind == CallKind::New {
            result.join(&self.made_by_base(&site));
            self.hold_shown(node, &mut result);
        }
        result.settled = if is_inside { KindSet::EMPTY } else { settled };
        self.state.checked |= self.after_call(node, callee);
        result
    }

    /// What an instance holds because its base class, which comes from elsewhere, is told it: the message of an error.
    fn made_by_base(&mut self, site: &Site<'_>) -> Value {
        let mut result = Value::unknown();
        let path = self.world.program.path(self.id, site.node).and_then(|path| path.strip_suffix("()"));
        let Some(path) = path.filter(|path| !path.starts_with('?')) else { return result };
        let mut rows = self.world.rows_of_path(self.id, path);
        rows.retain(|&row| matches!(self.world.effect(row), Effect::Propagation(..)));
        let tells_base = |target: crate::program::FunctionRef| {
            let unit = self.world.program.unit(target.unit);
            self.world.program.body(target).iter().any(|&node| match unit.expr(node) {
                Expr::Call { callee, arguments, .. } => !arguments.is_empty() && matches!(unit.expr(*callee), Expr::Super),
                _ => false,
            })
        };
        if rows.is_empty() || !self.world.targets(self.id, site.node).any(tells_base) {
            return result;
        }
        for row in rows {
            let part = self.apply(row, site);
            result.join(&part);
        }
        result
    }

    /// An instance of a class of the tree without a constructor holds what it is given by name.
    fn hold_named(&self, given: &[NodeId], arguments: &[(NodeId, Value)], result: &mut Value) {
        for (node, (_, value)) in given.iter().zip(arguments) {
            if let Some(name) = self.unit.argument_name(*node) {
                result.put(Path::one(Symbol::of(self.unit.name(name))), value);
            }
        }
    }

    /// The receiver as a whole, given to what is not of the tree, is all of its fields: `serialize(this)`.
    fn give_own_fields(&self, arguments: &mut [(NodeId, Value)]) {
        for (argument, value) in arguments {
            for (name, cell) in self.world.own_fields_of(self.id, *argument) {
                value.put(Path::one(name), &cell_value(cell));
            }
        }
    }

    /// A new instance holds what it shows as a whole, for places that do not know its type: a listener, an element of a list.
    fn hold_shown(&self, node: NodeId, instance: &mut Value) {
        for (name, cell) in self.world.printed_fields(self.id, node) {
            instance.put(name, &cell_value(cell));
        }
    }

    fn cleans_on_condition(&self, row: RowId) -> bool {
        let row = self.world.knowledge.models.row_of(row);
        matches!(row.effect, Effect::Sanitizer(..)) && !row.argument.is_empty()
    }

    /// The rows that speak of a call. Guesses by the last name are for callees of which nothing else is said that holds here.
    fn speaking(&self, node: NodeId, callee: NodeId, kind: CallKind, is_inside: bool) -> Vec<RowId> {
        let mut rows = self.world.rows(self.id, callee, Subject::Callee, kind == CallKind::New);
        rows.retain(|&row| self.world.holds(row, self.id, node));
        rows.extend(self.world.promised(self.id, callee));
        let models = &self.world.knowledge.models;
        let path = self.world.program.path(self.id, callee).unwrap_or_default();
        let is_guess = |row: RowId| models.is_guess(row, Subject::Callee, path);
        if !is_inside && rows.iter().all(|&row| is_guess(row)) {
            // What stands in the place of the method is known better than what its name may mean.
            let kept = self.world.rows_of_kept(self.id, callee);
            if !kept.is_empty() {
                return kept;
            }
        }
        let is_certain = |&row: &RowId| !models.row_of(row).argument.is_empty() && !models.row_of(row).is_check() && !is_guess(row);
        if is_inside || rows.iter().any(is_certain) {
            rows.retain(|&row| models.row_of(row).is_check() || !is_guess(row));
        }
        // A call that is known exactly passes on what is said of it, not what its last name would.
        let passes_on = |row: RowId| matches!(self.world.effect(row), Effect::Propagation(..));
        if rows.iter().any(|&row| passes_on(row) && !is_guess(row)) {
            rows.retain(|&row| !passes_on(row) || !is_guess(row));
        }
        // What is known of these very arguments counts more than that such calls pass on what they are given.
        if rows.iter().any(|&row| self.cleans_on_condition(row)) {
            rows.retain(|&row| !matches!(self.world.effect(row), Effect::Propagation(..)));
        }
        rows
    }

    /// What goes to a parameter that is called: the other end may be whoever handed the function in.
    fn pass_on(&mut self, callee: NodeId, arguments: &[(NodeId, Value)], node: NodeId) {
        for &cell in self.world.passed_on.get(&(self.id, node)).map_or(&[][..], Vec::as_slice) {
            if let Some((_, value)) = arguments.first() {
                self.give(value, Output::Cell(cell), Path::EMPTY, Step::Argument, node);
            }
        }
        if let Expr::Variable(variable) = *self.unit.expr(callee)
            && self.unit.variable(variable).kind == VariableKind::Parameter
            && let Some((_, value)) = arguments.first()
        {
            self.give(value, Output::Cell(Cell::Passed(self.id, variable)), Path::EMPTY, Step::Argument, node);
        }
    }

    /// The fields of a struct that is written out are those of every instance.
    pub(super) fn give_fields(&mut self, class: ClassRef, object: &[Property], arguments: &[(NodeId, Value)], node: NodeId) {
        for property in object {
            let PropertyKey::Name(name) = property.key else { continue };
            let symbol = Symbol::of(self.unit.name(name));
            let value = arguments[0].1.read(Path::one(symbol));
            let cell = self.world.class_field(class, symbol);
            self.give(&value, Output::Cell(cell), Path::EMPTY, Step::Written, node);
        }
    }

    /// The attributes of an element whose component is a class are a member of the instance.
    fn give_attributes(&mut self, arguments: &[(NodeId, Value)], node: NodeId) {
        let Some((_, attributes)) = arguments.first() else { return };
        let targets: Vec<_> = self.world.targets(self.id, node).collect();
        for target in targets {
            let class = self.world.program.unit(target.unit).function(target.function).class;
            let Some(class) = class.map(|class| ClassRef { unit: target.unit, class }) else { continue };
            let Some(component) = self.world.program.language(class.unit).component else { continue };
            let cell = self.world.class_field(class, Symbol::of(component.attributes));
            self.give(attributes, Output::Cell(cell), Path::EMPTY, Step::Argument, node);
        }
    }

    /// A call of functions of the tree.
    fn inside(&mut self, node: NodeId, receiver: Option<&(NodeId, Value)>, arguments: &[(NodeId, Value)]) -> Value {
        if self.world.targets(self.id, node).next().is_none() {
            return Value::unknown();
        }
        let writes = self.world.targets(self.id, node).any(|target| self.world.writes_parameters(target));
        let takes_receiver = self.world.targets(self.id, node).any(|target| self.world.takes_receiver(target));
        let receiver = receiver.filter(|_| takes_receiver).map(|receiver| (THIS, receiver));
        for (index, (argument, value)) in (0..).zip(arguments).chain(receiver) {
            self.give(value, Output::Argument(node, index), Path::EMPTY, Step::Argument, node);
            // What is given as anything at all may be shown as what it is.
            for (part, cell) in self.world.printed_fields(self.id, *argument) {
                self.give(&cell_value(cell), Output::Argument(node, index), part, Step::Argument, node);
            }
            let target = if writes { self.owner_of(*argument) } else { *argument };
            if writes && is_place(self.unit.expr(target)) {
                let fact = Fact { atom: Atom::Written(node, index), read: Path::EMPTY };
                let written = Value::from(fact, TrailId::START);
                self.write(target, &written, node, false);
            }
        }
        self.give_members(node, arguments);
        if self.world.targets(self.id, node).any(|target| self.world.throws(target)) {
            let thrown = Value::from(Fact { atom: Atom::Written(node, THROWN), read: Path::EMPTY }, TrailId::START);
            self.throw(&thrown, node);
        }
        let mut result = Value::from(Fact { atom: Atom::Result(node), read: Path::EMPTY }, TrailId::START);
        result.join(&self.entries(node));
        result
    }

    /// The entries of tables that the functions of a call give, by the keys that the call asks for.
    fn entries(&self, node: NodeId) -> Value {
        let mut entries = Value::unknown();
        for target in self.world.targets(self.id, node) {
            if let Some(accessor) = self.world.accessors.get(&target) {
                let key = self.world.key_given(crate::program::Value { unit: self.id, node }, target, accessor.key);
                entries.join(&cell_value(accessor.cell).read(Accessor::entry(key)));
            }
        }
        entries
    }

    /// What another language takes as parameters are members of an argument here, by name.
    fn give_members(&mut self, node: NodeId, arguments: &[(NodeId, Value)]) {
        let call = crate::program::Value { unit: self.id, node };
        let targets: Vec<_> = self.world.targets(self.id, node).collect();
        for target in targets {
            let handover = self.world.program.handover(call, target).filter(|handover| handover.members);
            let Some((_, object)) = handover.and_then(|handover| arguments.get(handover.from)) else { continue };
            let unit = self.world.program.unit(target.unit);
            for (number, parameter) in (0..).zip(&unit.function(target.function).parameters) {
                let name = unit.name(unit.variable(parameter.variable).name);
                for name in [name.to_owned(), camel_case(name)] {
                    let value = object.read(Path::one(Symbol::of(&name)));
                    self.give(&value, Output::Argument(node, MEMBERS + number), Path::EMPTY, Step::Argument, node);
                }
            }
        }
    }

    /// A value that passed a cleaner.
    pub(super) fn cleaned(&mut self, value: &Value, kind: KindId, node: NodeId) -> Value {
        let mut cleaned = Value::known();
        // What is made of a constant is none: random bytes of a certain number.
        let before = if value.settled == KindSet::ALL { KindSet::EMPTY } else { value.settled };
        cleaned.settled = before | KindSet::one(kind);
        for strand in value.strands() {
            let trail = self.graph.extend(strand.trail, Step::Cleaned(kind), node);
            cleaned.add(Strand { at: Path::EMPTY, mark: Mark::NONE, passed: strand.passed | KindSet::one(kind), trail, ..*strand });
        }
        cleaned
    }
}

/// `seed_phrase` as others write it: `seedPhrase`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let mut chars = word.chars();
        text.extend(chars.next().into_iter().flat_map(char::to_uppercase).chain(chars));
        text
    })
}

/// Whether a function that is given this may write to it.
const fn is_place(expr: &Expr) -> bool {
    matches!(expr, Expr::Variable(_) | Expr::Field { .. } | Expr::Index { .. } | Expr::This | Expr::Typed { .. })
}
