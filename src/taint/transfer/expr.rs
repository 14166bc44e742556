//! Expressions.

use super::mix::Beginning;
use super::{MAX_DEPTH, MAX_STEPS, Site, Transfer};
use crate::frontend::Each;
use crate::ir::{
    BinaryOp, ClassId, Expr, Literal, LogicalOp, NameId, NodeId, Property, PropertyKey, UnaryOp, VariableId, VariableKind,
};
use crate::program::{ClassRef, Constant, Value as ProgramValue};
use crate::rule::Confidence;
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::{Effect, Subject};
use crate::taint::access::{Path, Symbol};
use crate::taint::graph::{Output, Step, TrailId};
use crate::taint::origin::{Atom, Cell, Fact, THIS};
use crate::taint::value::Value;

impl Transfer<'_, '_> {
    /// What an expression evaluates to.
    pub(super) fn eval(&mut self, node: NodeId) -> Value {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth >= MAX_DEPTH {
            self.graph.is_cut = true;
            return Value::unknown();
        }
        self.depth += 1;
        let value = self.expr(node);
        self.depth -= 1;
        value
    }

    fn expr(&mut self, node: NodeId) -> Value {
        match self.unit.expr(node) {
            Expr::Literal(_) | Expr::Closure(_) | Expr::Module(_) => Value::known(),
            Expr::This => {
                let receiver = self.unit.receiver(self.me.function);
                let mut value = receiver.map_or_else(Value::unknown, |receiver| self.variable(node, receiver));
                let shown = self.world.shown.by_instance(self.world, self.id, node);
                self.show(shown, Site::Node(node), &mut value);
                value
            }
            Expr::Super => Value::unknown(),
            Expr::Variable(variable) => self.variable(node, *variable),
            Expr::Global(name) => {
                let symbol = Symbol::of(self.unit.name(*name));
                let mut value = cell_value(self.global(node, symbol));
                value.join(&self.computed(node));
                self.labelled_member(node, value)
            }
            Expr::Field { base, name } => self.field(node, *base, *name),
            Expr::Index { base, index } => self.index(node, *base, *index),
            Expr::Call { callee, arguments, kind } => self.call(node, *callee, arguments, *kind),
            Expr::Object(properties) => self.object(properties),
            Expr::Array(elements) => self.array(elements),
            Expr::Named { value, .. } | Expr::Deref(value) => self.eval(*value),
            Expr::Spread(inner) => self.eval(*inner).read(Path::one(self.each())),
            Expr::Template(parts) => self.template(parts),
            Expr::Unknown(parts) => self.all(parts).collapsed(),
            Expr::Binary { op, .. } if op.is_comparison() => {
                self.operands(node);
                Value::known()
            }
            Expr::Binary { .. } => self.operands(node),
            Expr::Logical { op, left, right } => self.logical(*op, *left, *right),
            Expr::Unary { op, operand } => {
                let value = self.eval(*operand);
                if matches!(op, UnaryOp::Negate | UnaryOp::BitNot) { value.collapsed() } else { Value::known() }
            }
            Expr::Conditional { condition, then, otherwise } => self.conditional(*condition, *then, *otherwise),
            Expr::Assign { target, value } => self.assign(node, *target, *value),
            Expr::Class(class) => self.class(*class),
            Expr::Typed { value, ty } => self.typed(node, *value, *ty),
        }
    }

    fn typed(&mut self, node: NodeId, inner: NodeId, ty: NodeId) -> Value {
        let mut value = self.eval(inner);
        // What a named constructor makes has fields as any instance has.
        if let Expr::Object(properties) = self.unit.expr(inner)
            && self.world.program.language(self.id).implicit_receiver
            && let Some(class) = self.world.program.class_named(ProgramValue { unit: self.id, node: ty })
        {
            self.give_fields(class, properties, &[(inner, value.clone())], node);
        }
        if let Some((kind, sure)) = self.source_kind(ty, Subject::Type).filter(|&(kind, _)| !self.is_settled(&value, kind)) {
            self.arise(&mut value, kind, Site::Node(node), sure, false);
        }
        value
    }

    /// All values in order, as one.
    fn all(&mut self, nodes: &[NodeId]) -> Value {
        let mut whole = Value::known();
        for &node in nodes {
            let part = self.eval(node);
            whole.join(&part);
        }
        whole
    }

    /// A text of parts: `password=${x}` names the place of what follows.
    fn template(&mut self, parts: &[NodeId]) -> Value {
        let mut whole = Value::known();
        let mut beginning = Beginning::default();
        let is_mixed = parts.iter().any(|&part| self.is_strong(part));
        for (index, &part) in parts.iter().enumerate() {
            let value = self.eval(part);
            let value = self.printed(part, value).collapsed();
            if let Some(before) = index.checked_sub(1) {
                self.labelled_part(parts[before], part, &value);
            }
            let value = self.behind(&mut beginning, part, value);
            whole.join(&value);
        }
        self.mixed(whole, is_mixed)
    }

    /// A part of a text behind another that ends with a name and `=` or `:`.
    fn labelled_part(&mut self, before: NodeId, part: NodeId, value: &Value) {
        if value.is_empty() {
            return;
        }
        let Expr::Literal(Literal::Text(text)) = *self.unit.expr(before) else { return };
        let place = name_before(self.unit.name(text)).and_then(|name| self.world.knowledge.lexicon.place(name));
        if let Some(kind) = place {
            self.give(value, Output::Sink(part, kind, Confidence::Medium), Path::EMPTY, Step::Sink, part);
        }
    }

    /// Both sides of an operator; long sums lean to the left and are taken from there without recursion.
    fn operands(&mut self, node: NodeId) -> Value {
        let mut rights = Vec::new();
        let mut left = node;
        while let Expr::Binary { left: next, right, .. } = *self.unit.expr(left) {
            rights.push(right);
            left = next;
        }
        let is_sum = matches!(self.unit.expr(node), Expr::Binary { op: BinaryOp::Add, .. });
        let is_mixed = self.is_strong(left) || rights.iter().any(|&right| self.is_strong(right));
        let mut beginning = Beginning::default();
        let first = self.eval(left).collapsed();
        let mut whole = if is_sum { self.behind(&mut beginning, left, first) } else { first };
        let mut before = left;
        for right in rights.into_iter().rev() {
            let value = self.eval(right).collapsed();
            self.labelled_part(before, right, &value);
            let value = if is_sum { self.behind(&mut beginning, right, value) } else { value };
            whole.join(&value);
            before = right;
        }
        self.mixed(whole, is_mixed)
    }

    fn logical(&mut self, op: LogicalOp, left: NodeId, right: NodeId) -> Value {
        let mut value = self.eval(left);
        let condition = match op {
            LogicalOp::And => Some((left, true)),
            LogicalOp::Or => Some((left, false)),
            LogicalOp::Coalesce => None,
        };
        let other = self.eval_if(condition, right);
        value.join(&other);
        value
    }

    fn conditional(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) -> Value {
        self.eval(condition);
        let mut value = self.eval_if(Some((condition, true)), then);
        let other = self.eval_if(Some((condition, false)), otherwise);
        value.join(&other);
        value
    }

    pub(super) fn variable(&mut self, node: NodeId, variable: VariableId) -> Value {
        let declared = self.unit.variable(variable);
        if declared.kind == VariableKind::Import {
            let cell = self.world.shared_variable(ProgramValue { unit: self.id, node });
            return self.labelled_member(node, cell.map_or_else(Value::unknown, cell_value));
        }
        if matches!(declared.kind, VariableKind::Function | VariableKind::Class) {
            return Value::known();
        }
        let index = &self.world.units[self.id.0 as usize];
        let mut value = self.state.values.get(&variable).map_or_else(Value::unknown, |value| (**value).clone());
        if declared.owner != self.me.function || index.is_written_inside[variable.index()] {
            value.join(&cell_value(Cell::Variable(self.id, variable)));
        }
        if let Some(original) = self.original(variable)
            && let Expr::Variable(other) = *self.unit.expr(original)
            && let Some(now) = self.state.values.get(&other)
        {
            value.join(&now.members());
        }
        value
    }

    fn field(&mut self, node: NodeId, base: NodeId, name: NameId) -> Value {
        let symbol = Symbol::of(self.unit.name(name));
        let whole = self.eval(base);
        let mut value = whole.read(Path::one(symbol));
        if let Some(kind) = self.world.roles.description.filter(|_| self.world.says_public(symbol)) {
            // A member that was put there by hand is what it is.
            let put = whole.members().read(Path::one(symbol));
            value = value.map(|strand| strand.passed |= KindSet::one(kind));
            value.join(&put);
        }
        if !self.state.narrowed.is_empty()
            && let Some(kinds) = self.place(node).and_then(|place| self.state.narrowed.get(&place)).copied()
        {
            value = value.map(|strand| strand.passed |= kinds);
        }
        self.shared_field(&mut value, node, base, symbol);
        let mut places = self.world.program.language(self.id).places.iter();
        let place = places.position(|names| names.contains(&self.unit.name(name)));
        if let Some(place) = place.and_then(|place| Symbol::index(place as u32)) {
            value.join(&whole.read(Path::one(place)));
        }
        let targets = self.world.program.targets(self.id, node).iter().filter(|target| !self.world.is_printer(**target));
        let targets: Vec<_> = targets.copied().collect();
        if targets.iter().any(|&target| self.world.takes_receiver(target)) {
            // What is computed from a value of another library is no member of it.
            value = Value::unknown();
            self.give(&whole, Output::Argument(node, THIS), Path::EMPTY, Step::Argument, node);
        }
        if !targets.is_empty() {
            value.join(&Value::from(Fact { atom: Atom::Result(node), read: Path::EMPTY }, TrailId::START));
        }
        if let Some(kind) = self.world.roles.redaction.filter(|_| self.world.knowledge.lexicon.says_masked(self.unit.name(name))) {
            value = value.map(|strand| strand.passed |= KindSet::one(kind));
        }
        let mut value = self.labelled_member(node, value);
        for row in self.world.rows(self.id, node, Subject::Member, false) {
            if let Effect::Propagation(from, _) = self.world.effect(row) {
                from.iter().for_each(|path| value.join(&whole.read(Path::of(&path.fields))));
            }
        }
        if let Some(kind) = self.world.name_kind(self.id, name)
            && !self.is_settled(&value, kind)
            && !self.is_fixed(node)
            && !self.is_display(base)
            && !self.is_constant_by_style(base, name)
            && !self.world.is_enumerated(ProgramValue { unit: self.id, node: base }, self.unit.name(name))
        {
            self.arise(&mut value, kind, Site::Node(node), Confidence::Medium, true);
        }
        value
    }

    /// What the accessors of the receiver give that a bare name runs.
    fn computed(&mut self, node: NodeId) -> Value {
        let targets = self.world.program.targets(self.id, node).iter().filter(|target| !self.world.is_printer(**target));
        let targets: Vec<_> = targets.copied().collect();
        if targets.is_empty() {
            return Value::unknown();
        }
        if targets.iter().any(|&target| self.world.takes_receiver(target))
            && let Some(receiver) = self.unit.receiver(self.me.function)
        {
            let receiver = self.variable(node, receiver);
            self.give(&receiver, Output::Argument(node, THIS), Path::EMPTY, Step::Argument, node);
        }
        Value::from(Fact { atom: Atom::Result(node), read: Path::EMPTY }, TrailId::START)
    }

    /// What other functions wrote to the field.
    fn shared_field(&self, value: &mut Value, node: NodeId, base: NodeId, symbol: Symbol) {
        let cell = match *self.unit.expr(base) {
            Expr::This => Some(self.world.own_field(self.id, base, symbol)),
            Expr::Module(_) => self.world.shared_variable(ProgramValue { unit: self.id, node }),
            // A member of all that another file exports, or of an instance that it exports.
            Expr::Variable(variable) if self.unit.variable(variable).kind == VariableKind::Import => self
                .world
                .shared_variable(ProgramValue { unit: self.id, node })
                .or_else(|| self.world.instance_field(self.id, base, symbol)),
            Expr::Global(_) => self.world.global_member(self.id, base, node, symbol),
            _ => self.world.instance_field(self.id, base, symbol),
        };
        if let Some(cell) = cell {
            value.join(&cell_value(cell));
        }
    }

    /// Whether an object holds what is shown, not what it is named after.
    pub(super) fn is_display(&self, base: NodeId) -> bool {
        let name = match *self.unit.expr(base) {
            Expr::Variable(variable) => self.unit.variable(variable).name,
            Expr::Field { name, .. } | Expr::Global(name) => name,
            _ => return false,
        };
        self.world.knowledge.lexicon.is_harmless_object(self.unit.name(name))
    }

    /// Whether a member and its object are both written as constants are: `WalletId.SEED_PHRASE`, `ROUTES.MNEMONIC`.
    fn is_constant_by_style(&self, base: NodeId, name: NameId) -> bool {
        let object = match *self.unit.expr(base) {
            Expr::Variable(variable) => self.unit.variable(variable).name,
            Expr::Field { name, .. } | Expr::Global(name) => name,
            _ => return false,
        };
        self.world.knowledge.lexicon.is_constant(self.unit.name(object), self.unit.name(name))
    }

    /// Whether a member is a function, or what the source itself says: a member of an enumeration, a route.
    fn is_fixed(&self, node: NodeId) -> bool {
        let value = ProgramValue { unit: self.id, node };
        let resolved = self.world.program.resolve(value);
        let unit = self.world.program.unit(resolved.unit);
        // What is empty at first is there to be filled.
        let is_written_out = || match unit.expr(resolved.node) {
            Expr::Literal(Literal::Text(text)) => !unit.name(*text).is_empty(),
            Expr::Literal(literal) => *literal != Literal::Null,
            Expr::Object(_) | Expr::Template(_) => true,
            _ => false,
        };
        self.world.program.function_of(value).is_some() || (resolved != value && is_written_out())
    }

    fn index(&mut self, node: NodeId, base: NodeId, index: NodeId) -> Value {
        let value = self.eval(base);
        let key = self.eval(index).collapsed();
        let symbol = self.symbol(index);
        let is_loop = matches!(self.unit.expr(index), Expr::Unknown(parts) if parts.is_empty());
        let mut part = value.read(Path::one(if is_loop { self.each() } else { symbol.as_entry() }));
        if symbol.is_known() && matches!(self.unit.expr(base), Expr::This) {
            self.shared_field(&mut part, node, base, symbol);
        }
        if let Some((field, cell)) = self.world.field_by_place(self.id, base, index) {
            part.join(&value.read(Path::one(field)));
            part.join(&cell_value(cell));
        }
        // A letter of a written text by its place says where it stands: an alphabet, by which bytes become text.
        let is_alphabet =
            matches!(self.world.program.constant(ProgramValue { unit: self.id, node: base }), Some(Constant::Text(_)));
        if is_alphabet {
            part.join(&key);
        } else if let Some(choice) = self.world.choice.filter(|_| !key.is_empty()) {
            part.join(&self.cleaned(&key, choice, node));
        }
        self.labelled_member(node, part)
    }

    /// The member that a computed key names.
    pub(super) fn symbol(&self, key: NodeId) -> Symbol {
        self.world.key((self.id, key))
    }

    /// What a loop is given of what it goes over.
    pub(super) fn each(&self) -> Symbol {
        match self.world.program.language(self.id).tables.each {
            Each::Value => Symbol::ELEMENT,
            Each::Key => Symbol::KEY,
            Each::Pair => Symbol::PAIR,
        }
    }

    /// Where something is written by a key that is computed.
    pub(super) fn written_key(&self, base: NodeId, key: NodeId) -> Symbol {
        let symbol = self.symbol(key);
        // Where loops are given keys, a list must not be taken for a table.
        let may_be_list = symbol == Symbol::ELEMENT && self.world.program.language(self.id).tables.each == Each::Key && {
            let resolved = self.world.program.resolve(ProgramValue { unit: self.id, node: base });
            !matches!(self.world.program.unit(resolved.unit).expr(resolved.node), Expr::Object(_))
        };
        if may_be_list { symbol } else { self.entry(symbol) }
    }

    /// The entry of a table under a key that is computed, as it is written.
    fn entry(&self, key: Symbol) -> Symbol {
        match key {
            _ if !self.world.program.language(self.id).tables.are_indexed => key,
            Symbol::ELEMENT => Symbol::VALUE,
            _ => key.as_entry(),
        }
    }

    fn object(&mut self, properties: &[Property]) -> Value {
        let mut object = Value::known();
        let tables = self.world.program.language(self.id).tables;
        for property in properties {
            let value = self.eval(property.value);
            let at = match property.key {
                PropertyKey::Name(name) => {
                    let symbol = Symbol::of(self.unit.name(name));
                    Path::one(if tables.are_written_out { symbol.as_entry() } else { symbol })
                }
                PropertyKey::Computed(key) => {
                    self.eval(key);
                    Path::one(self.entry(self.symbol(key)))
                }
                PropertyKey::Spread => Path::EMPTY,
            };
            if let PropertyKey::Name(name) = property.key
                && let Some(kind) = self.world.name_place(self.id, name)
                && !self.was_at_place(property.value, kind)
            {
                self.give(&value, Output::Sink(property.value, kind, Confidence::Medium), Path::EMPTY, Step::Sink, property.value);
            }
            if property.key != PropertyKey::Spread {
                object.cut(at);
            }
            object.put(at, &value);
        }
        let mark = self.mark(properties);
        object.map(|strand| strand.mark = mark.or(strand.mark))
    }

    /// Whether a value is a member that is itself a place of the kind, by its name, or a form of it: it was told when it got there.
    fn was_at_place(&self, node: NodeId, kind: KindId) -> bool {
        let mut at = node;
        loop {
            at = match *self.unit.expr(at) {
                Expr::Call { callee, .. } => callee,
                Expr::Typed { value, .. } => value,
                Expr::Field { base, name } => {
                    if self.world.name_place(self.id, name) == Some(kind) {
                        return true;
                    }
                    base
                }
                _ => return false,
            };
        }
    }

    fn array(&mut self, elements: &[NodeId]) -> Value {
        let mut array = Value::known();
        let mut next = Some(0);
        for &element in elements {
            if matches!(self.unit.expr(element), Expr::Spread(_)) {
                next = None;
            }
            let value = self.eval(element);
            array.put(Path::one(next.and_then(Symbol::index).unwrap_or(Symbol::ELEMENT)), &value);
            next = next.map(|index| index + 1);
        }
        array
    }

    /// Classes that are declared, not evaluated as a part of something.
    pub(super) fn declared_classes(&mut self) {
        for class in (0..self.unit.classes.len() as u32).map(ClassId) {
            self.class(class);
        }
    }

    /// A class is evaluated for what its fields begin with.
    fn class(&mut self, class: ClassId) -> Value {
        let unit = self.unit;
        for field in &unit.class(class).fields {
            let Some(initial) = field.value else { continue };
            if unit.nodes[initial.index()].function != self.me.function {
                continue;
            }
            let value = self.eval(initial);
            let cell = self.world.class_field(ClassRef { unit: self.id, class }, Symbol::of(unit.name(field.name)));
            self.give(&value, Output::Cell(cell), Path::EMPTY, Step::Written, initial);
        }
        Value::known()
    }

    /// Applies what models say of the member that a node reads.
    pub(super) fn labelled_member(&mut self, node: NodeId, mut value: Value) -> Value {
        for row in self.world.rows(self.id, node, Subject::Member, false) {
            let entry = self.world.knowledge.models.row_of(row);
            match &entry.effect {
                Effect::Source(kind, _) => {
                    let by_name = || self.name_of_member(node).and_then(|name| self.world.name_kind(self.id, name));
                    if let Some(kind) = kind.or_else(by_name) {
                        self.arise(&mut value, kind, Site::Node(node), entry.confidence, false);
                    }
                }
                Effect::Sanitizer(kind, ..) => {
                    let kind = *kind;
                    value = self.cleaned(&value, kind, node);
                }
                _ => {}
            }
        }
        value
    }

    fn name_of_member(&self, node: NodeId) -> Option<crate::ir::NameId> {
        match *self.unit.expr(node) {
            Expr::Field { name, .. } | Expr::Global(name) => Some(name),
            Expr::Index { index, .. } => match self.world.program.constant(ProgramValue { unit: self.id, node: index }) {
                Some(Constant::Text(text)) => self.unit.names.find(&text),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The name that a text assigns to at its end: `rpcuser` in `…\nrpcuser=user`.
fn name_before(text: &str) -> Option<&str> {
    let line = text.rsplit(['\n', '&', '?', ';', ' ']).next()?;
    let (name, _) = line.split_once(['=', ':'])?;
    Some(name.trim_matches(['"', '\'', '-']))
}

/// The value of a shared place.
pub(super) fn cell_value(cell: Cell) -> Value {
    Value::from(Fact { atom: Atom::Cell(cell), read: Path::EMPTY }, TrailId::START)
}
