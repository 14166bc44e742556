//! Functions that are kept in lists and tables and called from there: listeners of an event, handlers by name, tasks of a queue.
//!
//! Where a function is kept is a place that functions share, with the members on the way. What is put there under a key is called by
//! that key, as far as keys are constants, or parameters for which callers give constants.

use rustc_hash::FxHashMap;

use super::access::Symbol;
use super::index::{Handed, World};
use super::origin::Cell;
use crate::ir::{Expr, LogicalOp, NodeId, Property, PropertyKey, VariableId, VariableKind};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::model::{Effect, Subject};
use crate::rule::{AccessPath, ELEMENT, ENTRY, FunctionPort, Port};

/// How many expressions are passed on the way to where something is kept.
const MAX_DEPTH: u32 = 16;
/// How many members are told apart on the way.
const MAX_KEYS: usize = 4;
/// From so many callers functions are taken that are handed on to be kept.
const MAX_CALLERS: usize = 64;
/// So many functions are kept in one place; what holds more is a table of everything.
const MAX_KEPT: usize = 256;
/// So many functions may one call reach.
const MAX_REACHED: usize = 32;

/// Where something is kept.
#[derive(Clone, Debug)]
struct Place {
    cell: Cell,
    /// The members from the outside in: names, elements, or parameters of the function by which they are called.
    keys: Vec<Symbol>,
    /// The function whose parameters the keys are.
    function: FunctionRef,
}

impl Place {
    fn under(mut self, key: Symbol) -> Self {
        if self.keys.len() < MAX_KEYS {
            self.keys.push(key);
        }
        self
    }
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Function(FunctionRef),
    /// A parameter by which a library hands in a function of its own: `resolve` of a promise.
    Parameter(UnitId, VariableId),
}

/// Functions by the place where they are kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    functions: FxHashMap<Cell, Vec<(Vec<Symbol>, What)>>,
}

impl World<'_> {
    /// All functions of a unit that are kept somewhere, with the place.
    pub(super) fn functions_kept_by(&self, id: UnitId) -> Vec<KeptFunction> {
        let unit = self.program.unit(id);
        let mut kept = Vec::new();
        for (_, content) in unit.all_nodes() {
            match content.expr {
                Expr::Assign { target, value } => {
                    let is_part = matches!(unit.expr(target), Expr::Index { .. } | Expr::Field { .. });
                    let is_new = matches!(unit.expr(value), Expr::Object(_) | Expr::Array(_) | Expr::Call { .. });
                    let is_kept = is_part && self.may_be_function((id, value));
                    if (is_kept || is_new)
                        && let Some(place) = self.kept_at((id, target), MAX_DEPTH)
                    {
                        self.keep((id, value), place, MAX_DEPTH, &mut kept);
                    }
                }
                Expr::Call { callee, ref arguments, .. } => self.added(id, callee, arguments, &mut kept),
                _ => {}
            }
        }
        for class in (0..unit.classes.len() as u32).map(crate::ir::ClassId) {
            for field in &unit.class(class).fields {
                let Some(value) = field.value else { continue };
                let function = FunctionRef { unit: id, function: unit.nodes[value.index()].function };
                let name = Symbol::of(unit.name(field.name));
                let cell = self.class_field(crate::program::ClassRef { unit: id, class }, name);
                self.keep((id, value), Place { cell, keys: Vec::new(), function }, MAX_DEPTH, &mut kept);
            }
        }
        kept
    }

    /// Whether an expression may be a function that is kept as it is.
    fn may_be_function(&self, (id, node): (UnitId, NodeId)) -> bool {
        matches!(
            self.program.unit(id).expr(node),
            Expr::Closure(_) | Expr::Variable(_) | Expr::Field { .. } | Expr::Object(_) | Expr::Array(_) | Expr::Call { .. }
        )
    }

    /// What a call adds to a list or table.
    fn added(&self, id: UnitId, callee: NodeId, arguments: &[NodeId], kept: &mut Vec<KeptFunction>) {
        let unit = self.program.unit(id);
        let Expr::Field { base, .. } = *unit.expr(callee) else { return };
        if !arguments.iter().any(|&argument| self.may_be_function((id, unit.given(argument)))) {
            return;
        }
        for row in self.rows(id, callee, Subject::Callee, false) {
            let Effect::Propagation(from, to) = self.effect(row) else { continue };
            let Some(field) = Some(to).filter(|to| to.root == Port::Receiver).and_then(|to| to.fields.first()) else { continue };
            let Some(place) = self.kept_at((id, base), MAX_DEPTH) else { return };
            let key = if field == ENTRY { self.key((id, arguments[0])) } else { Symbol::ELEMENT };
            for argument in given_at(from, arguments) {
                self.keep((id, unit.given(argument)), place.clone().under(key), MAX_DEPTH, kept);
            }
        }
    }

    /// The key that an expression is: a constant, or a parameter of the function around it.
    pub(super) fn key(&self, (id, node): (UnitId, NodeId)) -> Symbol {
        let unit = self.program.unit(id);
        let node = unit.given(node);
        match self.program.constant(Value { unit: id, node }) {
            Some(crate::program::Constant::Text(text)) => return Symbol::of(&text),
            Some(crate::program::Constant::Number(number)) => return Symbol::of(&number.to_string()),
            _ => {}
        }
        let Expr::Variable(variable) = *unit.expr(node) else { return Symbol::ELEMENT };
        let declared = unit.variable(variable);
        let owner = unit.nodes[node.index()].function;
        if declared.kind != VariableKind::Parameter || declared.owner != owner || declared.assignments > 0 {
            return self.unique((id, node));
        }
        let position = unit.function(owner).parameters.iter().position(|parameter| parameter.variable == variable);
        position.map_or(Symbol::ELEMENT, Symbol::parameter)
    }

    /// A key that is like no other, by what makes it: `Symbol("text")`.
    fn unique(&self, (id, node): (UnitId, NodeId)) -> Symbol {
        let resolved = self.program.resolve(Value { unit: id, node });
        let unit = self.program.unit(resolved.unit);
        let is_made_once = unit.nodes[resolved.node.index()].function == crate::ir::FunctionId::MODULE;
        match *unit.expr(resolved.node) {
            Expr::Call { callee, .. } if is_made_once && matches!(unit.expr(callee), Expr::Global(_)) => {
                Symbol::of(&format!("@{}:{}", resolved.unit.0, resolved.node.0))
            }
            _ => Symbol::ELEMENT,
        }
    }

    /// Where the thing that an expression is is kept.
    fn kept_at(&self, (id, node): (UnitId, NodeId), depth: u32) -> Option<Place> {
        let depth = depth.checked_sub(1)?;
        let unit = self.program.unit(id);
        let function = FunctionRef { unit: id, function: unit.nodes[node.index()].function };
        let root = |cell| Some(Place { cell, keys: Vec::new(), function });
        match *unit.expr(node) {
            Expr::Variable(variable) => self.kept_in_variable((id, node), variable, depth),
            Expr::Field { base, name } => {
                let symbol = Symbol::of(unit.name(name));
                if matches!(unit.expr(base), Expr::This) {
                    return root(self.own_field(id, base, symbol));
                }
                if let Some(cell) = self.static_field(id, base, symbol) {
                    return root(cell);
                }
                if let Some(class) = self.program.class_of(Value { unit: id, node: base }) {
                    return root(self.class_field(class, symbol));
                }
                if let Some(cell) = self.shared_variable(Value { unit: id, node }) {
                    return root(cell);
                }
                Some(self.kept_at((id, base), depth)?.under(symbol))
            }
            Expr::Index { base, index } => {
                let key = self.key((id, index));
                Some(self.kept_at((id, base), depth)?.under(key))
            }
            Expr::Call { callee, ref arguments, .. } => {
                let Expr::Field { base, .. } = *unit.expr(callee) else { return None };
                let fields = self.read_by_call((id, callee))?;
                let place = self.kept_at((id, base), depth)?;
                Some(match fields.first().map(String::as_str) {
                    Some(ENTRY) => place.under(arguments.first().map_or(Symbol::ELEMENT, |&key| self.key((id, key)))),
                    Some(ELEMENT) => place.under(Symbol::ELEMENT),
                    _ => place,
                })
            }
            Expr::Logical { op: LogicalOp::Or | LogicalOp::Coalesce, left, right } => {
                self.kept_at((id, left), depth).or_else(|| self.kept_at((id, right), depth))
            }
            Expr::Logical { right, .. } => self.kept_at((id, right), depth),
            Expr::Assign { target, .. } => self.kept_at((id, target), depth),
            Expr::Typed { value, .. } | Expr::Deref(value) | Expr::Spread(value) | Expr::Named { value, .. } => {
                self.kept_at((id, value), depth)
            }
            _ => None,
        }
    }

    /// What a call of a method gives of its receiver: all of it, or an element.
    fn read_by_call(&self, (id, callee): (UnitId, NodeId)) -> Option<&[String]> {
        let rows = self.rows(id, callee, Subject::Callee, false);
        rows.into_iter().find_map(|row| match self.effect(row) {
            Effect::Propagation(from, to) if to.root == Port::Return && to.function.is_none() => {
                let from = from.iter().find(|path| path.root == Port::Receiver && path.function.is_none())?;
                Some(from.fields.as_slice())
            }
            _ => None,
        })
    }

    fn kept_in_variable(&self, (id, node): (UnitId, NodeId), variable: VariableId, depth: u32) -> Option<Place> {
        let unit = self.program.unit(id);
        let function = FunctionRef { unit: id, function: unit.nodes[node.index()].function };
        let declared = unit.variable(variable);
        let root = |cell| Some(Place { cell, keys: Vec::new(), function });
        match declared.kind {
            VariableKind::Import => return root(self.shared_variable(Value { unit: id, node })?),
            VariableKind::Function | VariableKind::Class => return None,
            VariableKind::Parameter => {
                return self.given_by_library((id, variable), depth).or_else(|| root(Cell::Variable(id, variable)));
            }
            VariableKind::Local | VariableKind::Constant => {}
        }
        let leads_on = |definition: NodeId| {
            let is_read = !matches!(unit.expr(definition), Expr::Object(_) | Expr::Array(_) | Expr::Closure(_));
            // The keys on the way are those of the function in which it is defined.
            is_read && unit.nodes[definition.index()].function == function.function
        };
        let kept = declared.definition.filter(|&it| leads_on(it)).and_then(|it| self.kept_at((id, it), depth));
        kept.or_else(|| root(Cell::Variable(id, variable)))
    }

    /// The element that a library hands to a parameter of a function that it is given: `listeners.forEach((listener) => …)`.
    fn given_by_library(&self, (id, variable): (UnitId, VariableId), depth: u32) -> Option<Place> {
        let unit = self.program.unit(id);
        let owner = unit.variable(variable).owner;
        let position = unit.function(owner).parameters.iter().position(|parameter| parameter.variable == variable)?;
        let callers = super::index::equal_range(&self.callers, FunctionRef { unit: id, function: owner });
        let (_, caller) = callers.iter().find(|(_, caller)| caller.argument.is_some() && caller.function.unit == id)?;
        let Expr::Call { callee, .. } = *unit.expr(caller.call) else { return None };
        let Expr::Field { base, .. } = *unit.expr(callee) else { return None };
        let is_element = |row| match self.effect(row) {
            Effect::Propagation(from, to) => {
                to.function == Some((FunctionPort::Parameter(position), Vec::new()))
                    && from.iter().any(|path| path.root == Port::Receiver && path.function.is_none())
            }
            _ => false,
        };
        let is_handed = self.rows(id, callee, Subject::Callee, false).into_iter().any(is_element);
        Some(self.kept_at((id, base), depth).filter(|_| is_handed)?.under(Symbol::ELEMENT))
    }

    /// Notes the functions of a value that is kept at a place.
    fn keep(&self, (id, node): (UnitId, NodeId), place: Place, depth: u32, kept: &mut Vec<KeptFunction>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let unit = self.program.unit(id);
        match unit.expr(node) {
            Expr::Object(properties) => {
                for property in &**properties {
                    let place = self.under_property((id, property), place.clone());
                    self.keep((id, property.value), place, depth, kept);
                }
            }
            Expr::Array(elements) => {
                for &element in &**elements {
                    // A pair may be an entry of a table that is made of pairs.
                    if let Expr::Array(pair) = unit.expr(element)
                        && let [key, value] = **pair
                    {
                        self.keep((id, value), place.clone().under(self.key((id, key))), depth, kept);
                        let member = Symbol::index(1).unwrap_or(Symbol::ELEMENT);
                        self.keep((id, value), place.clone().under(Symbol::ELEMENT).under(member), depth, kept);
                    } else {
                        self.keep((id, element), place.clone().under(Symbol::ELEMENT), depth, kept);
                    }
                }
            }
            Expr::Spread(value) | Expr::Typed { value, .. } | Expr::Named { value, .. } => {
                self.keep((id, *value), place, depth, kept);
            }
            Expr::Call { callee, arguments, .. } => self.keep_given((id, *callee), arguments, &place, depth, kept),
            _ => self.keep_function((id, node), &place, kept),
        }
    }

    fn under_property(&self, (id, property): (UnitId, &Property), place: Place) -> Place {
        match property.key {
            PropertyKey::Name(name) => place.under(Symbol::of(self.program.unit(id).name(name))),
            PropertyKey::Computed(key) => place.under(self.key((id, key))),
            PropertyKey::Spread => place,
        }
    }

    /// What a call makes of what it is given: `new Map([[key, value]])`, `Box::new(value)`.
    fn keep_given(
        &self,
        (id, callee): (UnitId, NodeId),
        arguments: &[NodeId],
        place: &Place,
        depth: u32,
        kept: &mut Vec<KeptFunction>,
    ) {
        let unit = self.program.unit(id);
        for row in self.rows(id, callee, Subject::Callee, true) {
            let Effect::Propagation(from, to) = self.effect(row) else { continue };
            if to.root != Port::Return || to.function.is_some() {
                continue;
            }
            for argument in given_at(from, arguments) {
                self.keep((id, unit.given(argument)), place.clone(), depth, kept);
            }
        }
    }

    /// The function that a value is, or that it is made of: `Box::new(|text| …)`.
    fn function_in(&self, value: Value, depth: u32) -> Option<FunctionRef> {
        let depth = depth.checked_sub(1)?;
        if let Some(function) = self.program.function_of(value) {
            return Some(function);
        }
        let Expr::Call { callee, ref arguments, .. } = *self.program.unit(value.unit).expr(value.node) else { return None };
        let rows = self.rows(value.unit, callee, Subject::Callee, true);
        let given = rows.into_iter().find_map(|row| match self.effect(row) {
            Effect::Propagation(from, to) if to.root == Port::Return && to.function.is_none() => given_at(from, arguments).next(),
            _ => None,
        })?;
        self.function_in(Value { unit: value.unit, node: given }, depth)
    }

    fn keep_function(&self, (id, node): (UnitId, NodeId), place: &Place, kept: &mut Vec<KeptFunction>) {
        let value = Value { unit: id, node };
        if let Some(function) = self.program.function_of(value) {
            kept.push((place.cell, place.keys.clone(), What::Function(function)));
            return;
        }
        let unit = self.program.unit(id);
        let Expr::Variable(variable) = *unit.expr(node) else { return };
        let declared = unit.variable(variable);
        if declared.kind != VariableKind::Parameter {
            return;
        }
        let owner = FunctionRef { unit: id, function: declared.owner };
        let position = unit.function(declared.owner).parameters.iter().position(|parameter| parameter.variable == variable);
        let Some(position) = position else { return };
        for caller in self.callers(owner).take(MAX_CALLERS) {
            if caller.argument.is_some() {
                kept.push((place.cell, place.keys.clone(), What::Parameter(id, variable)));
                continue;
            }
            let call = Value { unit: caller.function.unit, node: caller.call };
            let given = self.argument_for(call, owner, position).and_then(|argument| self.function_in(argument, MAX_KEYS as u32));
            if let Some(function) = given {
                let key = |index| self.key_given(call, place.function, index);
                let keys = place.keys.iter().map(|&part| part.as_parameter().map_or(part, key)).collect();
                kept.push((place.cell, keys, What::Function(function)));
            }
        }
    }

    /// The key that a call gives for a parameter of the function that it calls: a constant, or a parameter of the caller.
    pub(super) fn key_given(&self, call: Value, function: FunctionRef, parameter: usize) -> Symbol {
        let argument = self.argument_for(call, function, parameter);
        argument.map_or(Symbol::ELEMENT, |argument| self.key((argument.unit, argument.node)))
    }

    /// The functions that calls of a unit reach by way of where they are kept; the places to which they pass what they are given.
    pub(super) fn reached_by_place(&self, id: UnitId, kept: &Kept) -> Vec<((UnitId, NodeId), Reach)> {
        let unit = self.program.unit(id);
        let mut reached = Vec::new();
        for (call, content) in unit.all_nodes() {
            let Expr::Call { callee, .. } = content.expr else { continue };
            if !self.program.targets(id, call).is_empty() || matches!(unit.expr(callee), Expr::Global(_) | Expr::Closure(_)) {
                continue;
            }
            // A method of the table itself, such as `get`, is no entry of it.
            let is_invoked = matches!(*unit.expr(callee), Expr::Field { base, name }
                if self.is_invoker(id, unit.name(name)) || self.is_listener(Value { unit: id, node: base }, unit.name(name)));
            let is_method = matches!(unit.expr(callee), Expr::Field { .. }) && !is_invoked;
            if is_method && !self.rows(id, callee, Subject::Callee, false).is_empty() {
                continue;
            }
            // `handlers.get(name).apply(text)` calls what is kept, not a member of it.
            let called = match *unit.expr(callee) {
                Expr::Field { base, .. } if is_invoked => base,
                _ => callee,
            };
            let Some(mut place) = self.kept_at((id, called), MAX_DEPTH) else { continue };
            // Where a table gives what it holds by no key that is known, it may be any of it.
            if place.keys.is_empty() && is_invoked && matches!(unit.expr(called), Expr::Call { .. }) {
                place = place.under(Symbol::ELEMENT);
            }
            if place.keys.is_empty() {
                continue;
            }
            let found = kept.at(&place).into_iter().chain(self.given_lists(&place)).take(MAX_REACHED);
            reached.extend(found.map(|reach| ((id, call), reach)));
        }
        reached
    }

    /// The functions in a list that callers hand in for a parameter: `pipe(first, second)`.
    fn given_lists(&self, place: &Place) -> Vec<Reach> {
        let Cell::Variable(id, variable) = place.cell else { return Vec::new() };
        let unit = self.program.unit(id);
        let declared = unit.variable(variable);
        let parameters = &unit.function(declared.owner).parameters;
        let Some(position) = parameters.iter().position(|parameter| parameter.variable == variable) else { return Vec::new() };
        if place.keys.len() != 1 {
            return Vec::new();
        }
        let owner = FunctionRef { unit: id, function: declared.owner };
        let mut found = Vec::new();
        for caller in self.callers(owner).filter(|caller| caller.argument.is_none()).take(MAX_CALLERS) {
            let code = self.program.unit(caller.function.unit);
            let arguments = crate::program::argument::of(code, caller.call);
            let call = Value { unit: caller.function.unit, node: caller.call };
            let given: Vec<_> = if parameters[position].is_rest {
                arguments.iter().skip(position).map(|&node| Value { unit: call.unit, node: code.given(node) }).collect()
            } else {
                let list = self.argument_for(call, owner, position).map(|list| self.program.resolve(list));
                let elements = list.map(|list| (list.unit, self.program.unit(list.unit).expr(list.node)));
                match elements {
                    Some((unit, Expr::Array(elements))) => elements.iter().map(|&node| Value { unit, node }).collect(),
                    _ => Vec::new(),
                }
            };
            found.extend(given.into_iter().filter_map(|value| self.function_in(value, MAX_KEYS as u32)));
            found.truncate(MAX_REACHED);
        }
        found.into_iter().map(|function| Reach::Function(Handed { function, by: None, key: None })).collect()
    }
}

/// A function that is kept, with its place.
pub(super) type KeptFunction = (Cell, Vec<Symbol>, What);

/// What a call reaches by way of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// A function of the tree.
    Function(Handed),
    /// What a library handed in: whatever goes there is what it is given.
    Passed(Cell),
}

impl Kept {
    pub(super) fn new(mut kept: Vec<KeptFunction>) -> Self {
        kept.sort_unstable();
        kept.dedup();
        let mut functions: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (cell, keys, what) in kept {
            let here = functions.entry(cell).or_default();
            if here.len() < MAX_KEPT {
                here.push((keys, what));
            }
        }
        Self { functions }
    }

    /// What is kept where a call looks for it.
    fn at(&self, place: &Place) -> Vec<Reach> {
        let mut found = Vec::new();
        for (keys, what) in self.functions.get(&place.cell).map_or(&[][..], Vec::as_slice) {
            let pairs = || place.keys.iter().zip(keys);
            if keys.len() != place.keys.len() || !pairs().all(|(asked, known)| asked.reads(*known) || *known == Symbol::ELEMENT) {
                continue;
            }
            let mut by_parameter = pairs().filter_map(|(asked, known)| Some((asked.as_parameter()?, *known)));
            let key = by_parameter.find(|(_, known)| known.is_known());
            let key = key.map(|(parameter, known)| (place.function, parameter as u32, known));
            found.push(match *what {
                What::Function(function) => Reach::Function(Handed { function, by: None, key }),
                What::Parameter(unit, variable) => Reach::Passed(Cell::Passed(unit, variable)),
            });
        }
        found
    }
}

/// The arguments that access paths name as a whole.
fn given_at<'p>(paths: &'p [AccessPath], arguments: &'p [NodeId]) -> impl Iterator<Item = NodeId> + 'p {
    let range = |path: &AccessPath| match &path.root {
        _ if path.function.is_some() => 0..0,
        Port::ArgumentsFrom(start) => *start..arguments.len(),
        Port::Argument(position) => position.index().map_or(0..0, |index| index..index + 1),
        _ => 0..0,
    };
    paths.iter().flat_map(move |path| arguments.get(range(path)).unwrap_or_default().iter().copied())
}
