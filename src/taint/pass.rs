//! The pass over all expressions of a unit: where values arise, what is shared, who calls whom.

use super::access::Symbol;
use super::index::{Caller, UnitIndex, World};
use super::origin::Cell;
use crate::ir::{
    BinaryOp, Block, CallKind, Expr, FunctionId, Literal, NameId, NodeId, PropertyKey, StatementKind, Unit, VariableId,
    VariableKind,
};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::model::{Effect, RowId, Subject};
use crate::rule::{AccessPath, ELEMENT, ENTRY, OWN, Port};

/// What the pass over one unit gives.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) index: UnitIndex,
    pub(super) seeds: Vec<FunctionId>,
    pub(super) checks: Vec<FunctionId>,
    pub(super) readers: Vec<(Cell, FunctionId)>,
    pub(super) callers: Vec<(FunctionRef, Caller)>,
    pub(super) written_fields: Vec<Symbol>,
    pub(super) compared: Vec<Symbol>,
    /// Global names that the unit declares or writes.
    pub(super) made: Vec<Symbol>,
    pub(super) writers: Vec<FunctionId>,
    pub(super) throwers: Vec<FunctionId>,
    /// Calls that hand on what belongs to a caller: the function that is called, and the one that calls.
    pub(super) hands_on: Vec<(FunctionRef, FunctionId)>,
    pub(super) definitions: Vec<(NodeId, VariableId)>,
    /// Places that add elements to a table, with the function whose callers say what is added.
    pub(super) table_writes: Vec<(Cell, Option<FunctionId>)>,
}

/// The pass over one unit.
pub(super) struct Pass<'w, 'a> {
    world: &'w World<'a>,
    id: UnitId,
    unit: &'a Unit,
    found: Found,
}

impl<'w, 'a> Pass<'w, 'a> {
    pub(super) fn run(world: &'w World<'a>, id: UnitId) -> Found {
        let unit = world.program.unit(id);
        let name_kinds = unit.names.iter().map(|(_, name)| world.knowledge.lexicon.kind(name)).collect();
        let name_places = unit.names.iter().map(|(_, name)| world.knowledge.lexicon.place(name)).collect();
        let count = unit.variables.len();
        let index = UnitIndex { name_kinds, name_places, is_shared: vec![false; count], is_written_inside: vec![false; count] };
        let mut pass = Self { world, id, unit, found: Found { index, ..Found::default() } };
        pass.variables();
        pass.makes();
        pass.begun_fields();
        for (node, content) in unit.all_nodes() {
            pass.node(node, &content.expr, content.function);
        }
        pass.exports();
        pass.throwers();
        pass.found.seeds.sort_unstable();
        pass.found.seeds.dedup();
        pass.found
    }

    fn variables(&mut self) {
        for variable in &self.unit.variables {
            let is_value = matches!(variable.kind, VariableKind::Parameter | VariableKind::Local | VariableKind::Constant);
            let named = self.found.index.name_kinds[variable.name.0 as usize].is_some();
            let is_shown =
                |ty| variable.kind == VariableKind::Parameter && !self.world.shown.by_type(self.world, self.id, ty).is_empty();
            if is_value && (named || variable.ty.is_some_and(|ty| self.arises(ty, Subject::Type) || is_shown(ty))) {
                self.found.seeds.push(variable.owner);
            }
        }
    }

    /// Notes the fields that classes begin with more than what is written out.
    fn begun_fields(&mut self) {
        let unit = self.unit;
        let fields = unit.classes.iter().flat_map(|class| &class.fields);
        let is_made = |field: &&crate::ir::FieldDeclaration| {
            field.value.is_some_and(|value| !matches!(unit.expr(value), Expr::Literal(_) | Expr::Closure(_)))
        };
        self.found.written_fields.extend(fields.filter(is_made).map(|field| Symbol::of(unit.name(field.name))));
    }

    /// Notes the functions that throw what is more than a fixed text.
    fn throwers(&mut self) {
        let unit = self.unit;
        for function in (0..unit.functions.len() as u32).map(FunctionId) {
            let mut nodes = Vec::new();
            thrown(unit, &unit.function(function).body, &mut nodes);
            if !nodes.is_empty() {
                self.found.throwers.push(function);
            }
            for &node in &nodes {
                let fields = self.world.fields_of(self.id, node);
                self.found.readers.extend(fields.into_iter().map(|(_, cell)| (cell, function)));
            }
            nodes.into_iter().for_each(|node| self.shown(node, function));
        }
    }

    fn exports(&mut self) {
        for export in &self.unit.exports {
            self.export(export.value, 8);
        }
    }

    /// Marks the variables that an exported value makes visible to other files.
    fn export(&mut self, value: NodeId, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match self.unit.expr(value) {
            Expr::Variable(variable) => {
                self.found.index.is_shared[variable.index()] = true;
                if let Some(definition) = self.unit.variable(*variable).definition {
                    self.found.definitions.push((definition, *variable));
                }
            }
            Expr::Object(properties) => properties.iter().for_each(|property| self.export(property.value, depth)),
            _ => {}
        }
    }

    fn arises(&self, node: NodeId, subject: Subject) -> bool {
        let rows = self.world.rows(self.id, node, subject, true);
        rows.into_iter().any(|row| match self.world.effect(row) {
            Effect::Source(..) => true,
            Effect::Channel(channel) => channel.source.is_some(),
            _ => false,
        })
    }

    fn node(&mut self, node: NodeId, expr: &Expr, function: FunctionId) {
        match *expr {
            Expr::Variable(variable) if self.unit.variable(variable).kind == VariableKind::Import => {
                self.import(node, function);
                self.member(node, function);
            }
            Expr::Variable(variable) if self.unit.variable(variable).owner != function => {
                self.found.index.is_shared[variable.index()] = true;
                self.found.readers.push((Cell::Variable(self.id, variable), function));
            }
            Expr::Global(name) => {
                let inherited = self.world.inherited_field(self.id, node, Symbol::of(self.unit.name(name)));
                let of_package = self.world.package_variable(self.id, name);
                self.found.readers.extend(inherited.into_iter().chain(of_package).map(|cell| (cell, function)));
                self.found.readers.push((self.world.global(self.id, Symbol::of(self.unit.name(name))), function));
                self.accessed(node, function);
                self.member(node, function);
            }
            Expr::Field { base, name } => {
                self.accessed(node, function);
                self.field(node, base, name, function);
            }
            Expr::Index { base, index } => {
                let taken = self.world.field_by_place(self.id, base, index);
                self.found.readers.extend(taken.map(|(_, cell)| (cell, function)));
                if matches!(self.unit.expr(base), Expr::This) {
                    let key = self.world.key((self.id, index));
                    self.found.readers.push((self.world.own_field(self.id, base, key), function));
                }
                self.member(node, function);
            }
            Expr::This => {
                self.receiver(function);
                if !self.world.shown.by_instance(self.world, self.id, node).is_empty() {
                    self.found.seeds.push(function);
                }
            }
            Expr::Assign { target, value } => {
                self.accessed(node, function);
                if matches!(self.unit.expr(target), Expr::Field { .. }) {
                    self.hands_room(&[value], function);
                }
                self.assign(target, function);
            }
            Expr::Call { callee, ref arguments, .. } => {
                if self.calls_a_kept_source(node, callee) {
                    self.found.seeds.push(function);
                }
                arguments.iter().for_each(|&argument| {
                    self.shown(self.unit.given(argument), function);
                    let kept = self.world.kept_fields(self.id, callee, self.unit.given(argument));
                    let own = self.world.own_fields_of(self.id, self.unit.given(argument));
                    self.found.readers.extend(kept.into_iter().chain(own).map(|(_, cell)| (cell, function)));
                });
                self.call(node, callee, arguments, function);
            }
            Expr::Template(ref parts) => parts.iter().for_each(|&part| self.shown(part, function)),
            Expr::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } => {
                self.compare(left, right);
                self.compare(right, left);
            }
            _ => {}
        }
    }

    /// Notes what an instance shows where it becomes text.
    fn shown(&mut self, node: NodeId, function: FunctionId) {
        if !self.world.prints(self.id) {
            return;
        }
        if self.world.printer(self.id, node).is_some() {
            self.accessed(node, function);
        }
        if !self.world.shown.by_instance(self.world, self.id, node).is_empty() {
            self.found.seeds.push(function);
        }
        let fields = self.world.printed_fields(self.id, node);
        self.found.readers.extend(fields.into_iter().map(|(_, cell)| (cell, function)));
    }

    /// Whether a call may be of a library's function that a field was given and in which values arise.
    fn calls_a_kept_source(&self, node: NodeId, callee: NodeId) -> bool {
        self.world.program.targets(self.id, node).is_empty()
            && self.world.rows_of_kept(self.id, callee).into_iter().any(|row| matches!(self.world.effect(row), Effect::Source(..)))
    }

    /// A closure that uses the receiver of the function around it shares it.
    fn receiver(&mut self, function: FunctionId) {
        let Some(receiver) = self.unit.receiver(function) else { return };
        if self.unit.variable(receiver).owner != function {
            self.found.index.is_shared[receiver.index()] = true;
            self.found.readers.push((Cell::Variable(self.id, receiver), function));
        }
    }

    /// Notes a member that is compared with a constant text.
    fn compare(&mut self, member: NodeId, constant: NodeId) {
        let name = match *self.unit.expr(member) {
            Expr::Field { name, .. } => name,
            Expr::Variable(variable) => self.unit.variable(variable).name,
            _ => return,
        };
        let is_text = match self.unit.expr(constant) {
            Expr::Literal(literal) => matches!(literal, Literal::Text(_)),
            Expr::Field { .. } | Expr::Variable(_) => self.world.mark_text(Value { unit: self.id, node: constant }).is_some(),
            _ => false,
        };
        if is_text {
            self.found.compared.push(Symbol::of(self.unit.name(name)));
        }
    }

    /// Notes the function that reading or writing a member runs.
    fn accessed(&mut self, node: NodeId, function: FunctionId) {
        let caller = Caller { function: FunctionRef { unit: self.id, function }, call: node, argument: None, handed_by: None };
        self.found.callers.extend(self.world.program.targets(self.id, node).iter().map(|&target| (target, caller)));
    }

    /// A use of what may be a variable of another file.
    fn import(&mut self, node: NodeId, function: FunctionId) {
        let resolved = self.world.program.resolve(Value { unit: self.id, node });
        let unit = self.world.program.unit(resolved.unit);
        if resolved.unit != self.id && !matches!(unit.expr(resolved.node), Expr::Closure(_) | Expr::Class(_)) {
            // Which variable it is shows only when all units were passed; the definition stands for it until then.
            self.found.readers.push((Cell::Variable(resolved.unit, self.exported_variable(resolved)), function));
        }
    }

    /// The variable that an exported expression defines or is.
    fn exported_variable(&self, value: Value) -> VariableId {
        let unit = self.world.program.unit(value.unit);
        if let Expr::Variable(variable) = *unit.expr(value.node) {
            return variable;
        }
        let by_definition = unit.variables.iter().position(|variable| variable.definition == Some(value.node));
        VariableId(by_definition.map_or(u32::MAX, |index| index as u32))
    }

    fn field(&mut self, node: NodeId, base: NodeId, name: NameId, function: FunctionId) {
        let symbol = Symbol::of(self.unit.name(name));
        match *self.unit.expr(base) {
            Expr::This => self.found.readers.push((self.world.own_field(self.id, base, symbol), function)),
            Expr::Variable(variable) if self.unit.variable(variable).kind == VariableKind::Import => self.import(node, function),
            Expr::Module(_) => self.import(node, function),
            Expr::Global(_) => {
                let cell = self.world.global_member(self.id, base, node, symbol);
                self.found.readers.extend(cell.map(|cell| (cell, function)));
            }
            _ => {}
        }
        if self.found.index.name_kinds[name.0 as usize].is_some() {
            self.found.seeds.push(function);
        }
        self.member(node, function);
    }

    fn member(&mut self, node: NodeId, function: FunctionId) {
        if !self.world.labels.is_labelled(self.world.program, self.id, node) {
            return;
        }
        if self.arises(node, Subject::Member) || self.arises(node, Subject::Assigned) {
            self.found.seeds.push(function);
        }
        self.check(node, Subject::Compared, function);
    }

    fn check(&mut self, node: NodeId, subject: Subject, function: FunctionId) {
        let rows = self.world.rows(self.id, node, subject, false);
        if rows.into_iter().any(|row| matches!(self.world.effect(row), Effect::Guard(..))) {
            self.found.checks.push(function);
        }
    }

    /// Notes the names that a unit gives to all others.
    fn makes(&mut self) {
        let unit = self.unit;
        let variables = unit.variables.iter().filter(|variable| variable.owner == FunctionId::MODULE);
        let names = variables.map(|variable| variable.name).chain(unit.classes.iter().map(|class| class.name));
        self.found.made.extend(names.map(|name| Symbol::of(unit.name(name))));
    }

    fn assign(&mut self, target: NodeId, function: FunctionId) {
        match *self.unit.expr(target) {
            Expr::Global(name) => self.found.made.push(Symbol::of(self.unit.name(name))),
            Expr::Variable(variable) if self.unit.variable(variable).owner != function => {
                self.found.index.is_written_inside[variable.index()] = true;
                self.found.readers.push((Cell::Variable(self.id, variable), self.unit.variable(variable).owner));
                if self.found.index.name_kinds[self.unit.variable(variable).name.0 as usize].is_some() {
                    self.found.seeds.push(function);
                }
            }
            Expr::Variable(variable) => {
                let parameters = &self.unit.function(function).parameters;
                if parameters.iter().any(|parameter| parameter.variable == variable && parameter.is_reference) {
                    self.found.writers.push(function);
                }
            }
            Expr::Field { base, name } if matches!(self.unit.expr(base), Expr::This) => {
                self.found.written_fields.push(Symbol::of(self.unit.name(name)));
                self.written_through(target, function);
            }
            Expr::Field { base, name } => {
                let symbol = Symbol::of(self.unit.name(name));
                if self.world.global_member(self.id, base, target, symbol).is_some() {
                    self.found.made.push(symbol);
                }
                if self.world.program.class_of(Value { unit: self.id, node: base }).is_some() {
                    self.found.written_fields.push(Symbol::of(self.unit.name(name)));
                }
                self.written_through(target, function);
            }
            Expr::Deref(_) => self.written_through(target, function),
            Expr::Index { base, .. } => {
                if let Expr::Variable(variable) = *self.unit.expr(base) {
                    let count = if self.is_own_list(variable) { 1 } else { 2 };
                    self.found.table_writes.extend(std::iter::repeat_n((Cell::Variable(self.id, variable), None), count));
                }
                self.written_through(target, function);
            }
            _ => {}
        }
    }

    /// Whether a variable is a list that one call of its function makes and fills: the closures that use it are of that call.
    fn is_own_list(&self, variable: VariableId) -> bool {
        let declared = self.unit.variable(variable);
        let is_list = |node| matches!(self.unit.expr(node), Expr::Array(_) | Expr::Call { .. });
        declared.owner != FunctionId::MODULE && declared.definition.is_some_and(is_list)
    }

    /// The variable, or the receiver, of which an expression is a part.
    fn root(&self, node: NodeId, function: FunctionId) -> Option<VariableId> {
        /// So many names and references are followed.
        const MOST: usize = 16;
        let mut at = node;
        for _ in 0..MOST {
            at = match *self.unit.expr(at) {
                Expr::Field { base, .. } | Expr::Index { base, .. } | Expr::Deref(base) | Expr::Typed { value: base, .. } => base,
                Expr::Call { .. } => self.world.referred(self.id, at)?.0,
                Expr::Variable(variable) => match self.reference(variable) {
                    Some(definition) => definition,
                    None => return Some(variable),
                },
                Expr::This => return self.unit.receiver(function),
                _ => return None,
            };
        }
        None
    }

    /// What a variable is a reference to.
    fn reference(&self, variable: VariableId) -> Option<NodeId> {
        let declared = self.unit.variable(variable);
        let definition = declared.definition.filter(|_| declared.kind != VariableKind::Parameter)?;
        let is_reference = match *self.unit.expr(definition) {
            Expr::Call { .. } => self.world.referred(self.id, definition).is_some(),
            Expr::Field { base, .. } | Expr::Index { base, .. } => matches!(self.unit.expr(base), Expr::This | Expr::Variable(_)),
            _ => false,
        };
        is_reference.then_some(definition)
    }

    /// Notes the room that a structure is told of before it is filled: who has the structure has what is put there.
    fn hands_room(&mut self, given: &[NodeId], function: FunctionId) {
        if !self.world.program.language(self.id).room_is_shared {
            return;
        }
        for &node in given {
            let Expr::Variable(variable) = *self.unit.expr(self.unit.given(node)) else { continue };
            let declared = self.unit.variable(variable);
            let is_room = declared.kind == VariableKind::Local && declared.definition.is_none() && declared.assignments == 0;
            if is_room && declared.owner == function && !self.found.index.is_shared[variable.index()] {
                self.found.index.is_shared[variable.index()] = true;
                self.found.index.is_written_inside[variable.index()] = true;
                self.found.readers.push((Cell::Variable(self.id, variable), function));
            }
        }
    }

    /// Notes that a function writes to what a parameter refers to, or to a part of it.
    fn written_through(&mut self, target: NodeId, function: FunctionId) {
        let Some(variable) = self.root(target, function) else { return };
        let owner = self.unit.variable(variable).owner;
        if owner != function && !self.found.index.is_written_inside[variable.index()] {
            self.found.index.is_written_inside[variable.index()] = true;
            self.found.readers.push((Cell::Variable(self.id, variable), owner));
        }
        if self.unit.variable(variable).kind == VariableKind::Parameter {
            self.found.writers.push(function);
        }
    }

    /// Notes what a call of functions of the tree hands on of what belongs to the function's callers.
    fn hands_on(&mut self, targets: &[FunctionRef], (callee, arguments): (NodeId, &[NodeId]), function: FunctionId) {
        let base = if let Expr::Field { base, .. } = *self.unit.expr(callee) { Some(base) } else { None };
        let mut given = arguments.iter().map(|&argument| self.unit.given(argument)).chain(base);
        let is_callers = |variable: VariableId| self.unit.variable(variable).kind == VariableKind::Parameter;
        if given.any(|node| self.root(node, function).is_some_and(is_callers)) {
            self.found.hands_on.extend(targets.iter().map(|&target| (target, function)));
        }
    }

    /// Notes that a function calls what writes to an argument of it.
    fn written_by_call(&mut self, call: NodeId, callee: NodeId, function: FunctionId) {
        for row in self.world.rows(self.id, callee, Subject::Callee, true) {
            let targets = match self.world.effect(row) {
                Effect::Source(_, to) => to.as_slice(),
                Effect::Sanitizer(_, _, to) | Effect::Propagation(_, to) => std::slice::from_ref(to),
                _ => &[],
            };
            for path in targets {
                let Port::Argument(position) = &path.root else { continue };
                if let Some(target) = self.world.argument_at(Value { unit: self.id, node: call }, position) {
                    self.written_through(target, function);
                }
            }
        }
    }

    fn call(&mut self, node: NodeId, callee: NodeId, arguments: &[NodeId], function: FunctionId) {
        if matches!(self.unit.expr(node), Expr::Call { kind: CallKind::New, .. }) {
            self.hands_room(arguments, function);
        }
        let caller = |argument| Caller { function: FunctionRef { unit: self.id, function }, call: node, argument, handed_by: None };
        let targets = self.world.program.targets(self.id, node);
        let called: Vec<_> = targets.iter().map(|&target| (target, caller(None))).collect();
        if let (Expr::Call { kind: CallKind::New, .. }, false) = (self.unit.expr(node), targets.is_empty()) {
            let fields = self.world.printed_fields(self.id, node);
            self.found.readers.extend(fields.into_iter().map(|(_, cell)| (cell, function)));
        }
        if self.world.told_by_promise(self.id, node, callee).is_some() {
            self.found.seeds.push(function);
        }
        let labelled = self.world.labels.is_labelled(self.world.program, self.id, callee);
        let mut handed = Vec::new();
        if labelled {
            for (index, &argument) in arguments.iter().enumerate() {
                let target = self.world.program.function_of(Value { unit: self.id, node: argument });
                handed.extend(target.map(|target| (target, caller(Some(index as u32)))));
                // What is handed over may be a function of a library that gives a value.
                if self.world.labels.is_labelled(self.world.program, self.id, argument) && self.arises(argument, Subject::Callee) {
                    self.found.seeds.push(function);
                }
            }
            if let Expr::Field { base, .. } = *self.unit.expr(callee) {
                let target = self.world.program.function_of(Value { unit: self.id, node: base });
                handed.extend(target.map(|target| (target, caller(Some(super::transfer::RECEIVER)))));
            }
        }
        if let Some((_, properties)) = self.world.struct_literal(self.id, node) {
            let names = properties.iter().filter_map(|property| match property.key {
                PropertyKey::Name(name) => Some(Symbol::of(self.unit.name(name))),
                _ => None,
            });
            self.found.written_fields.extend(names);
        }
        self.found.callers.extend(called);
        self.found.callers.extend(handed);
        if !targets.is_empty() {
            self.hands_on(targets, (callee, arguments), function);
        }
        if labelled {
            self.table_write(callee, arguments, function);
            if !matches!(self.unit.expr(callee), Expr::Variable(_)) {
                self.written_through(callee, function);
            }
            self.written_by_call(node, callee, function);
            self.labelled_call(node, callee, function);
        }
    }

    /// Whether what is added to a table is a parameter, or made of one: whatever callers hand in.
    fn is_given(&self, added: NodeId) -> bool {
        match *self.unit.expr(added) {
            Expr::Variable(variable) => self.unit.variable(variable).kind == VariableKind::Parameter,
            Expr::Object(ref properties) => properties.iter().any(|property| self.is_given(property.value)),
            _ => false,
        }
    }

    /// Notes a call that adds an element to a table. What is a parameter stands for whatever callers hand in, and counts for each.
    fn table_write(&mut self, callee: NodeId, arguments: &[NodeId], function: FunctionId) {
        let Expr::Field { base, .. } = self.unit.expr(callee) else { return };
        let adds = |row: RowId| match self.world.effect(row) {
            Effect::Propagation(from, to) if to.root == Port::Receiver => match to.fields.first().map(String::as_str) {
                Some(ELEMENT) => Some((from, false)),
                Some(ENTRY) => Some((from, true)),
                _ => None,
            },
            _ => None,
        };
        let rows = self.world.rows(self.id, callee, Subject::Callee, true);
        let Some((from, is_entry)) = rows.into_iter().find_map(adds) else { return };
        let place = match &from[0].root {
            Port::ArgumentsFrom(start) => Some(*start),
            Port::Argument(position) => position.index(),
            _ => None,
        };
        let Some(&added) = place.and_then(|place| arguments.get(place)).or_else(|| arguments.last()) else { return };
        let cell = match *self.unit.expr(*base) {
            Expr::Variable(variable) => Cell::Variable(self.id, variable),
            Expr::Field { base: owner, name } if matches!(self.unit.expr(owner), Expr::This) => {
                self.world.own_field(self.id, owner, Symbol::of(self.unit.name(name)))
            }
            _ => return,
        };
        // Under a key that is handed in, too, it is a table for anything.
        let is_anything = is_entry && self.is_given(added) && arguments.first().is_some_and(|&key| self.is_given(key));
        let count = if is_anything { 2 } else { 1 };
        let by_callers = (!is_anything && self.is_given(added)).then_some(function);
        self.found.table_writes.extend(std::iter::repeat_n((cell, by_callers), count));
    }

    /// Notes that a function reads what functions that it hands over pass to their parameters.
    fn passed_parameters(&mut self, row: RowId, call: NodeId, function: FunctionId) {
        let paths = match self.world.effect(row) {
            Effect::Propagation(from, _) | Effect::Sink(_, from) => from,
            Effect::Channel(channel) => &channel.from,
            _ => return,
        };
        for path in paths {
            self.own_members(path, call, function);
            self.found.readers.extend(self.world.passed(self.id, call, path).into_iter().map(|cell| (cell, function)));
            self.handed_members(path, call, function);
        }
    }

    /// Notes that a function reads what those of an object that it hands over write to their `this`.
    fn own_members(&mut self, path: &AccessPath, call: NodeId, function: FunctionId) {
        let Port::Argument(position) = &path.root else { return };
        if path.fields.first().is_some_and(|field| field == OWN)
            && let Some(node) = self.world.argument_at(Value { unit: self.id, node: call }, position)
        {
            let members = self.world.own_members(self.id, node);
            self.found.readers.extend(members.into_iter().map(|(_, cell)| (cell, function)));
        }
    }

    /// Notes the functions that a call is handed as members of an object.
    fn handed_members(&mut self, path: &AccessPath, call: NodeId, function: FunctionId) {
        let Port::Argument(position) = &path.root else { return };
        if path.function.is_none() || path.fields.is_empty() {
            return;
        }
        let arguments = crate::program::argument::of(self.unit, call);
        let Some(index) = crate::program::argument::find(self.unit, arguments, position) else { return };
        let argument = Value { unit: self.id, node: self.unit.given(arguments[index]) };
        let found = super::channel::numbered(self.world, (index, argument), &path.fields);
        let here = FunctionRef { unit: self.id, function };
        let caller = |number| Caller { function: here, call, argument: Some(number), handed_by: None };
        self.found.callers.extend(found.into_iter().map(|(number, _, target)| (target, caller(number))));
    }

    fn labelled_call(&mut self, node: NodeId, callee: NodeId, function: FunctionId) {
        if self.arises(callee, Subject::Callee) {
            self.found.seeds.push(function);
        }
        self.check(callee, Subject::Callee, function);
        for row in self.world.rows(self.id, callee, Subject::Callee, true) {
            self.passed_parameters(row, node, function);
            if let Effect::Channel(channel) = self.world.effect(row) {
                let cells = super::channel::read(self.world, self.id, node, channel);
                self.found.readers.extend(cells.into_iter().map(|cell| (cell, function)));
            }
        }
    }
}

/// What a block throws that is more than a fixed text.
fn thrown(unit: &Unit, block: &Block, nodes: &mut Vec<NodeId>) {
    for statement in block {
        match &statement.kind {
            StatementKind::Throw(node) => {
                let is_told = match unit.expr(*node) {
                    Expr::Call { arguments, .. } => {
                        arguments.iter().any(|&node| !matches!(unit.expr(unit.given(node)), Expr::Literal(_)))
                    }
                    Expr::Literal(_) => false,
                    _ => true,
                };
                nodes.extend(Some(*node).filter(|_| is_told));
            }
            StatementKind::Branch { then, otherwise, .. } => [then, otherwise].into_iter().for_each(|it| thrown(unit, it, nodes)),
            StatementKind::Loop { body, update, .. } => [body, update].into_iter().for_each(|it| thrown(unit, it, nodes)),
            StatementKind::Try { body, handler, finally, .. } => {
                [Some(body), handler.as_ref(), Some(finally)].into_iter().flatten().for_each(|it| thrown(unit, it, nodes));
            }
            _ => {}
        }
    }
}
