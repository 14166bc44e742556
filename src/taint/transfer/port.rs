//! What the rows of models say of a call or a written member, applied to the values at hand.

use super::expr::cell_value;
use super::{Site as SourceSite, Transfer};
use crate::ir::{Expr, Literal, NodeId};
use crate::program::{Constant, FunctionRef, Value as ProgramValue, argument};
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::{Channel, ChannelName, Effect, RowId};
use crate::rule::{AccessPath, Confidence, EACH, ENTRY, FunctionPort, OWN, Port, Position, THROWN as THROWN_PORT};
use crate::taint::access::{Path, Symbol};
use crate::taint::channel;
use crate::taint::graph::{Output, Step, TrailId};
use crate::taint::origin::{Atom, Fact, THROWN};
use crate::taint::value::Value;

/// Stands for the receiver where an argument's index does for an argument.
pub(in crate::taint) const RECEIVER: u32 = (1 << channel::ARGUMENT_BITS) - 1;

/// A call or write with its values.
pub(super) struct Site<'v> {
    pub(super) node: NodeId,
    /// What is called; for a function that is handed over, what stands for it. The target of a write.
    pub(super) callee: NodeId,
    pub(super) receiver: Option<&'v (NodeId, Value)>,
    pub(super) arguments: &'v [(NodeId, Value)],
    pub(super) assigned: Option<&'v Value>,
    /// Whether it is not called here but handed to this call.
    pub(super) is_handed: bool,
}

impl Site<'_> {
    /// The call itself or, for a function that is handed over, what stands for it.
    const fn subject(&self) -> NodeId {
        if self.is_handed { self.callee } else { self.node }
    }
}

impl Transfer<'_, '_> {
    /// Applies a row; gives what it says of the result.
    pub(super) fn apply(&mut self, row: RowId, site: &Site<'_>) -> Value {
        let mut result = Value::unknown();
        let mut settled = KindSet::EMPTY;
        let entry = self.world.knowledge.models.row_of(row);
        let sure = entry.confidence;
        match &entry.effect {
            Effect::Source(kind, paths) => {
                if let Some(kind) = kind.or_else(|| self.kind_by_name(site)).filter(|_| !self.is_given_public(site)) {
                    settled = if paths.iter().any(is_result) { self.told_by(kind) } else { settled };
                    paths.iter().for_each(|path| self.come_out(kind, sure, path, site, &mut result));
                }
            }
            Effect::Sink(kind, paths) => paths.iter().for_each(|path| self.go_in(*kind, sure, path, site)),
            Effect::Sanitizer(kind, from, to) => {
                let value = self.join_at(from, site);
                let value = self.cleaned(&value, *kind, site.node);
                settled = if is_result(to) { value.settled } else { settled };
                self.put(to, &value, site, &mut result);
            }
            Effect::Wrapper(from) => {
                result = self.join_at(from, site);
                settled = result.settled;
            }
            Effect::Propagation(from, to) => {
                let mut value = self.join_at(from, site);
                settled = if is_result(to) { value.settled } else { settled };
                value = self.through(value, sure, site.node);
                self.put(to, &value, site, &mut result);
            }
            Effect::Channel(ends) => self.channel(ends, sure, site, &mut result),
            Effect::Guard(..) | Effect::Narrowing(..) | Effect::Object(_) | Effect::Instance(_) | Effect::Reference(_) => {}
        }
        result.settled = settled;
        result
    }

    /// What a value is known to be if it is of a kind: all that counts, unless the kind only says where it comes from.
    fn told_by(&self, kind: KindId) -> KindSet {
        let kinds = &self.world.knowledge.kinds;
        if kinds.get(kinds.root(kind)).is_origin { KindSet::EMPTY } else { KindSet::ALL }
    }

    /// Whether a call is given something whose name says that it is public: what comes out of it is, too.
    fn is_given_public(&self, site: &Site<'_>) -> bool {
        let name = |node: NodeId| match *self.unit.expr(node) {
            Expr::Variable(variable) => Some(self.unit.variable(variable).name),
            Expr::Field { name, .. } => Some(name),
            _ => None,
        };
        let mut names = site.arguments.iter().filter_map(|&(node, _)| name(node));
        names.any(|name| self.world.knowledge.lexicon.says_public(self.unit.name(name)))
    }

    /// Applies an end of a channel.
    fn channel(&mut self, ends: &Channel, sure: Confidence, site: &Site<'_>, result: &mut Value) {
        if ends.name == Some(ChannelName::Member) {
            return ends.to.iter().for_each(|path| self.hand_to_members(ends, path, site));
        }
        let Some(cell) = channel::cell(self.world, self.id, site.subject(), ends) else { return };
        let under = channel::prefix(self.world, self.id, site.subject(), ends);
        for path in &ends.from {
            for (name, value) in self.parts(ends, path, site) {
                self.give(&value, Output::Cell(cell), name.map_or(under, Path::one), Step::Written, site.node);
            }
        }
        if let Some(kind) = ends.source {
            let mut value = Value::unknown();
            self.arise(&mut value, kind, SourceSite::Node(site.node), sure, false);
            self.give(&value, Output::Cell(cell), under, Step::Written, site.node);
        }
        if let Some(kind) = ends.sink {
            self.give(&cell_value(cell), Output::Sink(site.node, kind, sure), Path::EMPTY, Step::Sink, site.node);
        }
        ends.to.iter().for_each(|path| self.put(path, &cell_value(cell), site, result));
    }

    /// What goes into a channel from a place; by the name of the member from which it comes, if it goes in under that.
    fn parts(&mut self, ends: &Channel, path: &AccessPath, site: &Site<'_>) -> Vec<(Option<Symbol>, Value)> {
        let (Some(ChannelName::Member), Some((port, fields))) = (&ends.under, &path.function) else {
            return vec![(None, self.get(path, site))];
        };
        let functions = self.functions_at(path, site).into_iter();
        let part = |(argument, name, _): (u32, String, FunctionRef)| {
            let atom = match port {
                FunctionPort::Parameter(parameter) => Atom::Left(site.node, argument, *parameter as u32),
                _ => Atom::Callback(site.node, argument),
            };
            let value = Value::from(Fact { atom, read: Path::EMPTY }, TrailId::START);
            (Some(Symbol::of(&name)), value.read(Path::of(fields)))
        };
        functions.map(part).collect()
    }

    /// Gives each function of an object what is in the channel of its name.
    fn hand_to_members(&mut self, ends: &Channel, path: &AccessPath, site: &Site<'_>) {
        let Some((FunctionPort::Parameter(parameter), fields)) = &path.function else { return };
        for (argument, name, function) in self.functions_at(path, site) {
            let value = cell_value(channel::named(self.world, self.id, ends, &name));
            let to = Output::Parameter(function, *parameter as u32, site.node, argument);
            self.give(&value, to, Path::of(fields), Step::Argument, site.node);
        }
    }

    fn through(&mut self, value: Value, sure: Confidence, node: NodeId) -> Value {
        let mut through = Value::unknown();
        for strand in value.strands() {
            let trail = self.graph.extend(strand.trail, Step::Through, node);
            through.add(crate::taint::value::Strand { trail, sure: strand.sure.min(sure), ..*strand });
        }
        through
    }

    fn join_at(&mut self, paths: &[AccessPath], site: &Site<'_>) -> Value {
        let mut value = Value::known();
        for path in paths {
            value.join(&self.get(path, site));
        }
        value
    }

    /// What an argument holds. One that is empty is only the first of many values, and says nothing of them.
    fn given(&self, (node, value): &(NodeId, Value)) -> Value {
        let mut value = value.clone();
        if value.settled == KindSet::ALL && self.is_blank(*node) {
            value.settled = KindSet::EMPTY;
        }
        value
    }

    fn is_blank(&self, node: NodeId) -> bool {
        let resolved = self.world.program.resolve(ProgramValue { unit: self.id, node });
        let unit = self.world.program.unit(resolved.unit);
        let is_empty = |node: NodeId| match unit.expr(node) {
            Expr::Literal(Literal::Text(text)) => unit.name(*text).is_empty(),
            Expr::Array(elements) => elements.is_empty(),
            Expr::Literal(Literal::Null) | Expr::Closure(_) => true,
            _ => false,
        };
        match unit.expr(resolved.node) {
            Expr::Object(properties) => properties.iter().any(|property| is_empty(property.value)),
            _ => is_empty(resolved.node),
        }
    }

    /// The kind that the name in a call gives away: of its constant arguments, or of the member that is called.
    fn kind_by_name(&self, site: &Site<'_>) -> Option<KindId> {
        let lexicon = &self.world.knowledge.lexicon;
        site.arguments.iter().find_map(|(node, _)| match self.world.program.constant(ProgramValue { unit: self.id, node: *node }) {
            Some(Constant::Text(text)) => lexicon.kind(&text),
            _ => None,
        })
    }

    /// A value of a kind comes out at a port.
    fn come_out(&mut self, kind: KindId, sure: Confidence, path: &AccessPath, site: &Site<'_>, result: &mut Value) {
        let mut value = Value::unknown();
        self.arise(&mut value, kind, SourceSite::Node(site.node), sure, false);
        self.put(path, &value, site, result);
    }

    /// A value goes in at a port.
    fn go_in(&mut self, kind: KindId, sure: Confidence, path: &AccessPath, site: &Site<'_>) {
        let value = self.get(path, site);
        self.give(&value, Output::Sink(site.node, kind, sure), Path::EMPTY, Step::Sink, site.node);
    }

    /// The value at a port.
    fn get(&mut self, path: &AccessPath, site: &Site<'_>) -> Value {
        if let Some((FunctionPort::Return, fields)) = &path.function {
            let mut value = self.returned_by(path, site);
            value.join(&self.handed_out(path, site));
            return value.read(self.path_at(fields, site, true));
        }
        if let Some(cell) = self.world.passed(self.id, site.subject(), path) {
            return cell_value(cell);
        }
        if let Some((FunctionPort::Parameter(parameter), fields)) = &path.function {
            let left = |argument| Atom::Left(site.node, argument, *parameter as u32);
            return self.given_by(path, site, left).read(self.path_at(fields, site, true));
        }
        match path.fields.first().map(String::as_str) {
            Some(OWN) => return self.own_members(path, site),
            Some(THROWN_PORT) => return site.receiver.map_or_else(Value::unknown, |(node, _)| self.thrown_by(*node)),
            _ => {}
        }
        let value = match &path.root {
            Port::Argument(position) => {
                let argument = self.argument_index(site, position).map(|index| &site.arguments[index]);
                argument.map_or_else(Value::unknown, |argument| self.given(argument))
            }
            Port::ArgumentsFrom(start) => {
                let is_meant = |index: usize| index >= *start || self.has_name(site, index);
                let arguments = site.arguments.iter().enumerate().filter(|(index, _)| is_meant(*index));
                let given = arguments.map(|(_, argument)| self.given(argument));
                given
                    .reduce(|mut all, value| {
                        all.join(&value);
                        all
                    })
                    .unwrap_or_default()
            }
            Port::Receiver => site.receiver.map_or_else(Value::unknown, |(_, value)| value.clone()),
            Port::Assigned => site.assigned.cloned().unwrap_or_default(),
            Port::Key => self.method_name(site.callee),
            Port::Return => Value::unknown(),
        };
        value.read(self.path_at(&path.fields, site, true))
    }

    /// What the functions of an object that is written out here write to their `this`, member by member.
    fn own_members(&self, path: &AccessPath, site: &Site<'_>) -> Value {
        let Port::Argument(position) = &path.root else { return Value::unknown() };
        let argument = self.argument_index(site, position).map(|index| site.arguments[index].0);
        let mut members = Value::unknown();
        for (name, cell) in argument.map_or_else(Vec::new, |node| self.world.own_members(self.id, node)) {
            members.put(Path::one(name), &cell_value(cell));
        }
        members
    }

    /// What a call throws, or the one on whose result it is made: `run().then(show)`.
    fn thrown_by(&self, node: NodeId) -> Value {
        const MOST: usize = 8;
        let mut at = node;
        for _ in 0..MOST {
            let Expr::Call { callee, .. } = *self.unit.expr(at) else { break };
            if self.world.targets(self.id, at).any(|target| self.world.throws(target)) {
                return Value::from(Fact { atom: Atom::Written(at, THROWN), read: Path::EMPTY }, TrailId::START);
            }
            let Expr::Field { base, .. } = *self.unit.expr(callee) else { break };
            at = base;
        }
        Value::unknown()
    }

    /// The members on the way of an access path, with the key by which this call reads or writes an entry.
    fn path_at(&self, fields: &[String], site: &Site<'_>, is_read: bool) -> Path {
        let entry = |name: &str| match self.key_argument(site, name).map(|key| self.symbol(key)) {
            None => Symbol::ELEMENT,
            Some(Symbol::ELEMENT) => {
                if is_read {
                    Symbol::ELEMENT
                } else {
                    Symbol::VALUE
                }
            }
            Some(symbol) => symbol.as_entry(),
        };
        let symbol = |field: &String| match field.strip_prefix(ENTRY) {
            Some(name) => entry(name),
            None if field == EACH => {
                if is_read {
                    self.each()
                } else {
                    Symbol::ELEMENT
                }
            }
            None => Symbol::of(field),
        };
        fields.iter().fold(Path::EMPTY, |path, field| path.push(symbol(field)))
    }

    /// The key of an entry that a call reads or writes: the argument of a name or, without one, the first.
    fn key_argument(&self, site: &Site<'_>, name: &str) -> Option<NodeId> {
        if name.is_empty() {
            return site.arguments.first().map(|&(key, _)| key);
        }
        let is_meant = |&node: &NodeId| self.unit.argument_name(node).is_some_and(|it| self.unit.name(it) == name);
        let key = argument::of(self.unit, site.node).iter().copied().find(is_meant);
        key.filter(|_| !site.is_handed).map(|key| self.unit.given(key))
    }

    /// The index of the argument at a position.
    pub(super) fn argument_index(&self, site: &Site<'_>, position: &Position) -> Option<usize> {
        match self.unit.expr(site.node) {
            Expr::Call { arguments, .. } if !site.is_handed => argument::find(self.unit, arguments, position),
            _ => position.index().filter(|&index| index < site.arguments.len()),
        }
    }

    /// Whether an argument is given by its name.
    fn has_name(&self, site: &Site<'_>, index: usize) -> bool {
        let arguments = if site.is_handed { &[] } else { argument::of(self.unit, site.node) };
        arguments.get(index).is_some_and(|&node| self.unit.argument_name(node).is_some())
    }

    /// What chooses the method that is called, if it may be any method of an instance or module of the tree. An object that is
    /// written out is itself the list of what may be called.
    fn method_name(&mut self, callee: NodeId) -> Value {
        let resolved = self.world.program.resolve(ProgramValue { unit: self.id, node: callee });
        let at = match *self.unit.expr(resolved.node) {
            Expr::Field { base, .. } if resolved.unit == self.id => base,
            _ => resolved.node,
        };
        let Expr::Index { base, index } = *self.unit.expr(at) else { return Value::unknown() };
        let object = ProgramValue { unit: self.id, node: base };
        let has_methods = self.world.program.class_of(object).is_some() || self.world.program.is_module(object);
        let is_plain = matches!(self.unit.expr(index), Expr::Variable(_) | Expr::Field { .. });
        if resolved.unit == self.id && has_methods && is_plain { self.eval(index) } else { Value::unknown() }
    }

    /// What the functions at a port return.
    fn returned_by(&self, path: &AccessPath, site: &Site<'_>) -> Value {
        self.given_by(path, site, |argument| Atom::Callback(site.node, argument))
    }

    /// What the functions at a port give, by the index of their argument.
    fn given_by(&self, path: &AccessPath, site: &Site<'_>, atom: impl Fn(u32) -> Atom) -> Value {
        let mut value = Value::unknown();
        for (argument, ..) in self.functions_at(path, site) {
            let fact = Fact { atom: atom(argument), read: Path::EMPTY };
            value.join(&Value::from(fact, TrailId::START));
        }
        value
    }

    /// The functions of the tree at a port, with the index of their argument and the name of the member that they are.
    fn functions_at(&self, path: &AccessPath, site: &Site<'_>) -> Vec<(u32, String, FunctionRef)> {
        let (start, end) = match &path.root {
            Port::Argument(position) => self.argument_index(site, position).map_or((0, 0), |index| (index, index + 1)),
            Port::ArgumentsFrom(start) => (*start, site.arguments.len()),
            Port::Assigned => {
                let function = self.assigned_function(site);
                return function.map(|function| (0, String::new(), function)).into_iter().collect();
            }
            Port::Receiver => {
                let base = site.receiver.map(|(node, _)| ProgramValue { unit: self.id, node: *node });
                let function = base.filter(|_| !site.is_handed).and_then(|base| self.world.program.function_of(base));
                return function.map(|function| (RECEIVER, String::new(), function)).into_iter().collect();
            }
            Port::Return | Port::Key => (0, 0),
        };
        let arguments = site.arguments.iter().enumerate().take(end).skip(start);
        let functions = arguments.flat_map(|(index, (node, _))| {
            channel::numbered(self.world, (index, ProgramValue { unit: self.id, node: *node }), &path.fields)
        });
        functions.collect()
    }

    fn assigned_function(&self, site: &Site<'_>) -> Option<FunctionRef> {
        let Expr::Assign { value, .. } = *self.unit.expr(site.node) else { return None };
        self.world.program.function_of(ProgramValue { unit: self.id, node: value })
    }

    /// Lets a value appear at a port.
    fn put(&mut self, path: &AccessPath, value: &Value, site: &Site<'_>, result: &mut Value) {
        if value.is_empty() {
            return;
        }
        if let Some((FunctionPort::Parameter(parameter), fields)) = &path.function {
            for (argument, _, function) in self.functions_at(path, site) {
                let to = Output::Parameter(function, *parameter as u32, site.node, argument);
                self.give(value, to, self.path_at(fields, site, false), Step::Argument, site.node);
            }
            let mut part = Value::unknown();
            part.put(self.path_at(fields, site, false), value);
            self.hand_in(path, *parameter, &part, site);
            return;
        }
        let mut part = Value::unknown();
        part.put(self.path_at(&path.fields, site, false), value);
        match &path.root {
            Port::Return => result.join(&part),
            Port::Receiver => {
                let target = site.receiver.map(|(node, _)| self.owner_of(*node));
                self.write_port(target, &part, site.node);
            }
            Port::Argument(position) => {
                let index = self.argument_index(site, position);
                let target = index.map(|index| self.owner_of(site.arguments[index].0));
                self.write_port(target, &part, site.node);
            }
            Port::ArgumentsFrom(_) | Port::Assigned | Port::Key => {}
        }
    }

    /// What a value is a form of: the field of `field.text.trim()`.
    pub(super) fn owner_of(&self, node: NodeId) -> NodeId {
        const MOST: usize = 4;
        let mut at = node;
        for _ in 0..MOST {
            let Expr::Call { callee, .. } = *self.unit.expr(at) else { break };
            let Expr::Field { base, .. } = *self.unit.expr(callee) else { break };
            let rows = self.world.rows(self.id, callee, crate::rule::model::Subject::Callee, false);
            let passes_on = |row: RowId| matches!(self.world.effect(row), Effect::Propagation(from, _) if from.iter().any(|path| path.root == Port::Receiver));
            if !rows.into_iter().any(passes_on) {
                break;
            }
            at = base;
        }
        at
    }

    fn write_port(&mut self, target: Option<NodeId>, value: &Value, node: NodeId) {
        if let Some(target) = target {
            self.write(target, value, node, false);
        }
    }
}

/// Whether a path is, or begins with, the result of the call.
fn is_result(path: &AccessPath) -> bool {
    path.root == Port::Return && path.function.is_none()
}
