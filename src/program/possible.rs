//! The constants that an expression may be, where it is not always the same one: what callers hand in, what an instance is made with.

use rustc_hash::FxHashMap;

use super::constant::{Constant, binary, unary};
use super::{ClassRef, FunctionRef, Program, UnitId, Value, argument};
use crate::ir::{BinaryOp, Block, CallKind, Expr, NodeId, Property, PropertyKey, StatementKind, Unit, VariableId, VariableKind};

/// How many steps lead from a use to a definition.
const MAX_DEPTH: u32 = 12;

/// How many constants are told apart.
const MOST: usize = 8;

/// How many expressions are looked at for one question.
const MAX_STEPS: u32 = 400;

/// A function with more callers is a library of its own.
const MOST_CALLERS: usize = 16;

/// What is written to the members of instances, other than by their own methods.
#[derive(Debug, Default)]
pub(super) struct Instances {
    /// The calls that make an instance of a class.
    made: FxHashMap<ClassRef, Vec<Value>>,
    /// What is written to a member of an instance, by the class and the member.
    written: FxHashMap<(ClassRef, Box<str>), Vec<Value>>,
}

impl Program<'_> {
    /// The constants that a value may be, each with the expression that writes it out. Empty if none is known.
    #[must_use]
    pub fn possible(&self, value: Value) -> Vec<(Constant, Value)> {
        let mut search = Search { program: self, steps: MAX_STEPS };
        search.constants(value, MAX_DEPTH)
    }

    /// The expressions that a value may stand for, where callers, branches or the makers of an instance decide; nothing if it is
    /// one of its own.
    #[must_use]
    pub fn choices(&self, value: Value) -> Vec<Value> {
        let mut search = Search { program: self, steps: MAX_STEPS };
        search.choices(value, MAX_DEPTH).unwrap_or_default()
    }

    /// In how many places of the product instances of a class are made.
    #[must_use]
    pub fn times_made(&self, class: ClassRef) -> usize {
        self.instances().made.get(&class).map_or(0, Vec::len)
    }

    /// What is written to a member of any instance of a class, wherever that stands.
    pub(super) fn written_to_instances(&self, class: ClassRef, name: &str) -> &[Value] {
        self.instances().written.get(&(class, name.into())).map_or(&[][..], Vec::as_slice)
    }

    /// What is written to a variable, in the order of the text.
    fn assigned(&self, id: UnitId, variable: VariableId) -> Vec<NodeId> {
        let unit = self.unit(id);
        let owner = FunctionRef { unit: id, function: unit.variable(variable).owner };
        let written = self.nodes_within(owner).filter_map(|node| match *unit.expr(node) {
            Expr::Assign { target, value } => matches!(unit.expr(target), Expr::Variable(it) if *it == variable).then_some(value),
            _ => None,
        });
        let mut written: Vec<_> = written.collect();
        written.sort_unstable();
        written.truncate(MOST);
        written
    }

    fn instances(&self) -> &Instances {
        self.instances.get_or_init(|| {
            let mut instances = Instances::default();
            for id in self.unit_ids().filter(|&id| self.shipping.has(id)) {
                let unit = self.unit(id);
                for (node, content) in unit.all_nodes() {
                    self.note_instance(&mut instances, Value { unit: id, node }, &content.expr);
                }
            }
            instances
        })
    }

    fn note_instance(&self, instances: &mut Instances, at: Value, expr: &Expr) {
        if !matches!(expr, Expr::Call { kind: CallKind::New, .. } | Expr::Assign { .. }) || !self.ships(at) {
            return;
        }
        let unit = self.unit(at.unit);
        match *expr {
            Expr::Call { kind: CallKind::New, .. } => {
                if let Some(class) = self.class_of(at) {
                    instances.made.entry(self.whole_class(class)).or_default().push(at);
                }
            }
            Expr::Assign { target, value } => {
                let Expr::Field { base, name } = *unit.expr(target) else { return };
                if let Some(class) = self.class_of(Value { unit: at.unit, node: base }) {
                    let key = (self.whole_class(class), unit.name(name).into());
                    instances.written.entry(key).or_default().push(Value { unit: at.unit, node: value });
                }
            }
            _ => {}
        }
    }
}

struct Search<'p, 'a> {
    program: &'p Program<'a>,
    steps: u32,
}

impl Search<'_, '_> {
    fn step(&mut self, depth: u32) -> Option<u32> {
        self.steps = self.steps.checked_sub(1)?;
        depth.checked_sub(1)
    }

    fn constants(&mut self, value: Value, depth: u32) -> Vec<(Constant, Value)> {
        let Some(depth) = self.step(depth) else { return Vec::new() };
        let resolved = self.program.resolve(value);
        if let Some(choices) = self.choices(resolved, depth) {
            let mut found = Vec::new();
            for choice in choices {
                self.constants(choice, depth).into_iter().for_each(|constant| add(&mut found, constant));
            }
            return found;
        }
        let unit = self.program.unit(resolved.unit);
        let here = |node: NodeId| Value { unit: resolved.unit, node };
        match *unit.expr(resolved.node) {
            Expr::Binary { op, left, right } => {
                let (left, right) = (self.constants(here(left), depth), self.constants(here(right), depth));
                let mut found = Vec::new();
                for (one, at) in &left {
                    let sums = right.iter().filter_map(|(other, _)| binary(op, one, other));
                    sums.for_each(|sum| add(&mut found, (sum, *at)));
                }
                found
            }
            Expr::Template(ref parts) => {
                let mut found: Vec<(Constant, Value)> = vec![(Constant::Text(String::new()), resolved)];
                for &part in &**parts {
                    let texts = self.constants(here(part), depth);
                    let joined = found.iter().flat_map(|(text, at)| {
                        texts.iter().filter_map(move |(more, _)| Some((binary(BinaryOp::Add, text, more)?, *at)))
                    });
                    found = joined.take(MOST).collect();
                }
                found
            }
            Expr::Unary { op, operand } => {
                let operands = self.constants(here(operand), depth);
                operands.into_iter().filter_map(|(operand, at)| Some((unary(op, &operand)?, at))).collect()
            }
            Expr::Call { callee, ref arguments, .. } => match (self.conversion(here(callee)), &**arguments) {
                (true, [only]) => self.constants(here(unit.given(*only)), depth),
                _ => Vec::new(),
            },
            _ => self.program.constant(resolved).map(|constant| (constant, resolved)).into_iter().collect(),
        }
    }

    /// Whether a callee only changes the type of a number.
    fn conversion(&self, callee: Value) -> bool {
        let unit = self.program.unit(callee.unit);
        let name = match *unit.expr(callee.node) {
            Expr::Global(name) => unit.name(name),
            _ => return false,
        };
        self.program.language(callee.unit).plain_types.contains(&name)
    }

    /// What a value may stand for; None if it is not for others to decide.
    fn choices(&mut self, value: Value, depth: u32) -> Option<Vec<Value>> {
        let depth = self.step(depth)?;
        let resolved = self.program.resolve(value);
        let unit = self.program.unit(resolved.unit);
        let here = |node: NodeId| Value { unit: resolved.unit, node };
        match *unit.expr(resolved.node) {
            Expr::Conditional { then, otherwise, .. } => Some(vec![here(then), here(otherwise)]),
            Expr::Logical { left, right, .. } => Some(vec![here(left), here(right)]),
            Expr::Variable(variable) => self.of_variable(resolved.unit, variable),
            Expr::Field { .. } | Expr::Global(_) if self.getter(resolved).is_some() => {
                self.getter(resolved).map(|getter| self.returned(getter)).filter(|returned| !returned.is_empty())
            }
            Expr::Field { base, name } => self.members(here(base), unit.name(name), depth),
            Expr::Index { base, .. } => self.elements(here(base)),
            Expr::Global(_) => {
                let (class, name) = self.program.implied_field(resolved)?;
                self.of_instances(self.program.whole_class(class), name)
            }
            Expr::Call { kind: CallKind::Call, .. } => {
                let [function] = *self.program.targets(resolved.unit, resolved.node) else { return None };
                Some(self.returned(function)).filter(|returned| !returned.is_empty())
            }
            _ => None,
        }
    }

    /// The function that reading a member runs.
    fn getter(&self, member: Value) -> Option<FunctionRef> {
        let [function] = *self.program.targets(member.unit, member.node) else { return None };
        let declared = self.program.unit(function.unit).function(function.function);
        (declared.modifiers.is_accessor && declared.parameters.is_empty()).then_some(function)
    }

    /// What a table that is written out holds, of which any element may be meant.
    fn elements(&self, table: Value) -> Option<Vec<Value>> {
        let table = self.program.resolve(table);
        let nodes: Vec<_> = match self.program.unit(table.unit).expr(table.node) {
            Expr::Array(elements) => elements.iter().copied().take(MOST).collect(),
            Expr::Object(properties) => properties.iter().map(|property| property.value).take(MOST).collect(),
            _ => return None,
        };
        (!nodes.is_empty()).then(|| nodes.into_iter().map(|node| Value { unit: table.unit, node }).collect())
    }

    /// What a parameter is given, or a variable that is written several times.
    fn of_variable(&self, id: UnitId, variable: VariableId) -> Option<Vec<Value>> {
        let unit = self.program.unit(id);
        let declared = unit.variable(variable);
        if declared.kind != VariableKind::Parameter || declared.assignments > 0 {
            return Some(self.program.assigned(id, variable).into_iter().map(|node| Value { unit: id, node }).collect());
        }
        let function = FunctionRef { unit: id, function: declared.owner };
        let position = unit.function(declared.owner).parameters.iter().position(|parameter| parameter.variable == variable)?;
        Some(self.given(function, position))
    }

    /// What the callers within the product give for a parameter; its default if any leaves it out, or none is known.
    fn given(&self, function: FunctionRef, position: usize) -> Vec<Value> {
        let unit = self.program.unit(function.unit);
        let declared = unit.function(function.function);
        let calls = self.program.callers.get(&function).map_or(&[][..], Vec::as_slice);
        let shipping: Vec<_> = calls.iter().filter(|call| self.program.ships(**call)).collect();
        let default = declared.parameters[position].default.map(|node| Value { unit: function.unit, node });
        let argument = |call: &&Value| {
            let caller = self.program.unit(call.unit);
            let arguments = argument::of(caller, call.node);
            let index = argument::for_parameter(caller, arguments, (unit, declared), position)?;
            let is_spread = |node: &NodeId| matches!(caller.expr(*node), Expr::Spread(_));
            let is_certain = !arguments[..=index].iter().any(is_spread);
            is_certain.then(|| Value { unit: call.unit, node: caller.given(arguments[index]) })
        };
        let looked_at = shipping.len().min(MOST_CALLERS);
        let mut given: Vec<_> = shipping.iter().take(MOST_CALLERS).filter_map(argument).collect();
        if given.len() < looked_at || looked_at == 0 {
            given.extend(default);
        }
        given
    }

    fn returned(&self, function: FunctionRef) -> Vec<Value> {
        let mut nodes = Vec::new();
        collect_returned(&self.program.unit(function.unit).function(function.function).body, &mut nodes);
        nodes.truncate(MOST);
        nodes.into_iter().map(|node| Value { unit: function.unit, node }).collect()
    }

    /// What a member of an object of a class of the tree may be: what the very object is made with, if that is known, or what any
    /// instance is.
    fn members(&mut self, base: Value, name: &str, depth: u32) -> Option<Vec<Value>> {
        let depth = self.step(depth)?;
        let made = self.program.resolve(base);
        let unit = self.program.unit(made.unit);
        match unit.expr(made.node) {
            Expr::Call { kind: CallKind::New, .. } => return self.made_with(made, name),
            Expr::Object(properties) => return self.of_object((made.unit, properties), name, depth),
            _ => {}
        }
        if !matches!(unit.expr(made.node), Expr::This)
            && let Some(choices) = self.choices(made, depth)
        {
            let mut found = Vec::new();
            for choice in choices {
                let object = self.program.member(choice, name).map(|member| vec![member]);
                let members = object.or_else(|| self.members(choice, name, depth)).unwrap_or_default();
                found.extend(members);
                found.truncate(MOST);
            }
            if !found.is_empty() {
                return Some(found);
            }
        }
        let class = self.program.class_of(made)?;
        self.of_instances(self.program.whole_class(class), name)
    }

    /// What a member of an object is that is written out, the last first: `{ ...defaults, ...options }`.
    fn of_object(&mut self, (id, properties): (UnitId, &[Property]), name: &str, depth: u32) -> Option<Vec<Value>> {
        let unit = self.program.unit(id);
        let mut found = Vec::new();
        for property in properties.iter().rev() {
            let value = Value { unit: id, node: property.value };
            match property.key {
                PropertyKey::Name(key) if unit.name(key) == name => {
                    found.push(value);
                    break;
                }
                PropertyKey::Spread => match self.program.member(value, name) {
                    Some(member) => found.push(member),
                    None => found.extend(self.members(value, name, depth).unwrap_or_default()),
                },
                _ => {}
            }
        }
        found.truncate(MOST);
        (!found.is_empty()).then_some(found)
    }

    /// What a member of an instance is, by the call that makes the instance.
    fn made_with(&self, call: Value, name: &str) -> Option<Vec<Value>> {
        let class = self.program.whole_class(self.program.class_of(call)?);
        let unit = self.program.unit(call.unit);
        if let Some(node) = written_at_once(self.program, call, name) {
            return Some(vec![Value { unit: call.unit, node }]);
        }
        if let Some(&constructor) = self.program.targets(call.unit, call.node).first() {
            let code = self.program.unit(constructor.unit);
            let written = made_member(code, constructor, name).unwrap_or_else(|| written_to_this(self.program, constructor, name));
            let [value] = *written else { return self.declared(class, name) };
            let Expr::Variable(variable) = *code.expr(value) else {
                return Some(vec![Value { unit: constructor.unit, node: value }]);
            };
            let parameters = &code.function(constructor.function).parameters;
            let Some(position) = parameters.iter().position(|parameter| parameter.variable == variable) else {
                return Some(vec![Value { unit: constructor.unit, node: value }]);
            };
            let arguments = argument::of(unit, call.node);
            let declared = (code, code.function(constructor.function));
            let given = argument::for_parameter(unit, arguments, declared, position);
            let given = given.map(|index| Value { unit: call.unit, node: unit.given(arguments[index]) });
            let default = parameters[position].default.map(|node| Value { unit: constructor.unit, node });
            return given.or(default).map(|value| vec![value]).or_else(|| self.declared(class, name));
        }
        self.written_out(call, class, name).map(|value| vec![value]).or_else(|| self.declared(class, name))
    }

    /// What a call of a class without a constructor gives for a field: by its name, in an object, or by its place.
    fn written_out(&self, call: Value, class: ClassRef, name: &str) -> Option<Value> {
        let unit = self.program.unit(call.unit);
        let arguments = argument::of(unit, call.node);
        if let [only] = arguments
            && let Some(member) = self.program.written_member(Value { unit: call.unit, node: *only }, name)
        {
            return Some(member);
        }
        let named = arguments.iter().find(|&&node| unit.argument_name(node).is_some_and(|given| unit.name(given) == name));
        let by_place = || {
            let owner = self.program.unit(class.unit);
            let position = owner.class(class.class).fields.iter().position(|field| owner.name(field.name) == name)?;
            let is_plain = arguments.iter().all(|&node| unit.argument_name(node).is_none());
            // An instance that is made of nothing has no member at any place.
            let is_object = matches!(arguments, [only] if match unit.expr(*only) {
                Expr::Object(_) => true,
                Expr::Array(parts) => parts.is_empty(),
                _ => false,
            });
            arguments.get(position).filter(|_| is_plain && !is_object)
        };
        let node = *named.or_else(by_place)?;
        Some(Value { unit: call.unit, node: unit.given(node) })
    }

    fn declared(&self, class: ClassRef, name: &str) -> Option<Vec<Value>> {
        let (unit, field) = self.program.linkage.declared_field(class, name)?;
        Some(vec![Value { unit, node: field.value? }])
    }

    /// What a member of any instance of a class may be.
    fn of_instances(&mut self, class: ClassRef, name: &str) -> Option<Vec<Value>> {
        let mut found = Vec::new();
        let instances = self.program.instances();
        let made = instances.made.get(&class).map_or(&[][..], Vec::as_slice);
        for call in made.iter().take(MOST) {
            found.extend(self.made_with(*call, name).unwrap_or_default());
        }
        if made.is_empty() {
            found.extend(self.declared(class, name).unwrap_or_default());
        }
        let written = self.program.written_to_instances(class, name);
        let is_new = |value: &&Value| {
            let unit = self.program.unit(value.unit);
            !matches!(unit.expr(value.node), Expr::Variable(variable) if unit.variable(*variable).kind == VariableKind::Parameter)
                || made.is_empty()
        };
        found.extend(written.iter().filter(is_new).take(MOST));
        found.dedup();
        found.truncate(MOST);
        (!found.is_empty()).then_some(found)
    }
}

fn add(found: &mut Vec<(Constant, Value)>, constant: (Constant, Value)) {
    if found.len() < MOST && !found.iter().any(|(known, _)| *known == constant.0) {
        found.push(constant);
    }
}

/// What is written to a member of the variable that an instance is made for: `new Options { Rounds = 9 }`.
fn written_at_once(program: &Program<'_>, made: Value, name: &str) -> Option<NodeId> {
    let unit = program.unit(made.unit);
    let name = unit.names.find(name)?;
    let variable = unit.variables.iter().position(|variable| variable.definition == Some(made.node))?;
    let is_it = |base: NodeId| matches!(*unit.expr(base), Expr::Variable(it) if it.index() == variable);
    let function = FunctionRef { unit: made.unit, function: unit.nodes[made.node.index()].function };
    program.body(function).iter().filter(|node| **node > made.node).find_map(|&node| {
        let Expr::Assign { target, value } = *unit.expr(node) else { return None };
        matches!(*unit.expr(target), Expr::Field { base, name: member } if member == name && is_it(base)).then_some(value)
    })
}

/// What a constructor that gives the instance as an object makes a member of.
fn made_member(unit: &Unit, function: FunctionRef, name: &str) -> Option<Vec<NodeId>> {
    let StatementKind::Return(Some(mut node)) = unit.function(function.function).body.last()?.kind else { return None };
    while let Expr::Typed { value, .. } = *unit.expr(node) {
        node = value;
    }
    let Expr::Object(properties) = unit.expr(node) else { return None };
    let is_it = |key| matches!(key, PropertyKey::Name(key) if unit.name(key) == name);
    Some(properties.iter().filter(|property| is_it(property.key)).map(|property| property.value).collect())
}

/// What a function writes to a member of `this`.
fn written_to_this(program: &Program<'_>, function: FunctionRef, name: &str) -> Vec<NodeId> {
    let unit = program.unit(function.unit);
    let written = program.body(function).iter().filter_map(|&node| {
        let Expr::Assign { target, value } = *unit.expr(node) else { return None };
        let Expr::Field { base, name: member } = *unit.expr(target) else { return None };
        (matches!(unit.expr(base), Expr::This) && unit.name(member) == name).then_some(value)
    });
    written.collect()
}

/// What the returns of a function give, closures in it left out.
pub(super) fn collect_returned(block: &Block, returned: &mut Vec<NodeId>) {
    for statement in block {
        match &statement.kind {
            StatementKind::Return(Some(node)) => returned.push(*node),
            StatementKind::Branch { then, otherwise, .. } => {
                [then, otherwise].into_iter().for_each(|it| collect_returned(it, returned));
            }
            StatementKind::Loop { body, .. } => collect_returned(body, returned),
            StatementKind::Try { body, handler, finally, .. } => {
                [Some(body), handler.as_ref(), Some(finally)].into_iter().flatten().for_each(|it| collect_returned(it, returned));
            }
            _ => {}
        }
    }
}
