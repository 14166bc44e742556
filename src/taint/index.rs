//! What a pass over all expressions finds out before any value is followed: where values arise, which variables are shared, who
//! calls whom.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::access::{Path, Symbol};
use super::label::Labels;
use super::registry::Registry;
use super::role::Roles;
use super::shown::Shown;
use super::value::Cell;
use crate::ir::{
    BinaryOp, CallKind, ClassId, Expr, FunctionId, Literal, NameId, NodeId, Property, PropertyKey, Unit, VariableId, VariableKind,
};
use crate::program::{ClassRef, Constant, FunctionRef, Program, UnitId, Value};
use crate::rule::kind::{KindId, KindRole, KindSet};
use crate::rule::model::{Effect, RowId, Subject};
use crate::rule::{AccessPath, FunctionPort, Knowledge, Port};

/// The cleaner that reading from a table is for the key.
const CHOICE: &str = "choice";
/// The cleaner that a good generator is.
const STRONG: &str = "strong-random";

/// Everything that following values may ask.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) program: &'a Program<'a>,
    pub(super) knowledge: &'a Knowledge,
    pub(super) labels: Labels,
    /// What becomes of a key by which something is read from a table.
    pub(super) choice: Option<KindId>,
    /// What random bytes of the system are.
    pub(super) strong: Option<KindId>,
    /// Cleaners that ways of writing amount to.
    pub(super) roles: Roles,
    pub(super) units: Vec<UnitIndex>,
    /// Functions in which values arise; ordered.
    pub(super) seeds: Vec<FunctionRef>,
    /// Functions that hold checks; ordered.
    pub(super) checks: Vec<FunctionRef>,
    /// Which functions read a shared place; ordered.
    readers: Vec<(Cell, FunctionRef)>,
    /// Who calls a function; ordered.
    callers: Vec<(FunctionRef, Caller)>,
    /// Targets of calls of parameters, known from what callers hand in; ordered.
    handed: Vec<((UnitId, NodeId), Handed)>,
    /// Fields that some method writes on `this`.
    written_fields: FxHashSet<Symbol>,
    /// Members that are compared with constant texts.
    compared: FxHashSet<Symbol>,
    /// Members that are not what the whole is, by what reading them amounts to.
    members: FxHashMap<Symbol, KindId>,
    /// Names that say that they are public.
    public: FxHashSet<Symbol>,
    /// Types that print themselves without what they hold.
    pub(super) silent: FxHashSet<String>,
    /// Objects that files share by handing them on.
    pub(super) registry: Registry,
    /// What instances of classes of the tree give away as a whole.
    pub(super) shown: Shown,
    /// Functions that write to what their parameters or their receiver refer to; ordered.
    writers: Vec<FunctionRef>,
    /// How many places write elements of no known name into a table that functions share.
    table_writes: FxHashMap<Cell, u32>,
    /// Exported variables by the expression that defines them.
    definitions: FxHashMap<(UnitId, NodeId), VariableId>,
}

/// A call that may reach a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Caller {
    pub(super) function: FunctionRef,
    pub(super) call: NodeId,
    /// The argument that the function is, if it is not what is called.
    pub(super) argument: Option<u32>,
    /// The call that handed the function in, if what is called is a parameter.
    pub(super) handed_by: Option<(UnitId, NodeId)>,
}

/// A function that may be called as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Handed {
    pub(super) function: FunctionRef,
    /// The call that handed it in; None for objects that files share.
    pub(super) by: Option<(UnitId, NodeId)>,
}

/// What is known of a unit's names and variables.
#[derive(Debug, Default)]
pub(super) struct UnitIndex {
    /// Kinds by name.
    name_kinds: Vec<Option<KindId>>,
    /// Places by name.
    name_places: Vec<Option<KindId>>,
    /// Variables that more than their own function uses.
    pub(super) is_shared: Vec<bool>,
    /// Variables that another function than their own writes.
    pub(super) is_written_inside: Vec<bool>,
}

/// What the pass over one unit gives.
#[derive(Debug, Default)]
struct Found {
    index: UnitIndex,
    seeds: Vec<FunctionId>,
    checks: Vec<FunctionId>,
    readers: Vec<(Cell, FunctionId)>,
    callers: Vec<(FunctionRef, Caller)>,
    written_fields: Vec<Symbol>,
    compared: Vec<Symbol>,
    writers: Vec<FunctionId>,
    /// Calls that hand on what belongs to a caller: the function that is called, and the one that calls.
    hands_on: Vec<(FunctionRef, FunctionId)>,
    definitions: Vec<(NodeId, VariableId)>,
    table_writes: Vec<Cell>,
}

impl<'a> World<'a> {
    pub(super) fn new(program: &'a Program<'a>, knowledge: &'a Knowledge) -> Self {
        let labels = Labels::new(program, knowledge);
        let mut world = Self {
            program,
            knowledge,
            labels,
            choice: knowledge.kinds.find_role(CHOICE, KindRole::Cleaner).ok(),
            strong: knowledge.kinds.find_role(STRONG, KindRole::Cleaner).ok(),
            roles: Roles::new(knowledge),
            units: Vec::new(),
            seeds: Vec::new(),
            checks: Vec::new(),
            readers: Vec::new(),
            callers: Vec::new(),
            handed: Vec::new(),
            written_fields: FxHashSet::default(),
            compared: FxHashSet::default(),
            members: knowledge.lexicon.members().map(|(name, kind)| (Symbol::of(name), kind)).collect(),
            public: super::print::public_names(program, knowledge),
            silent: super::print::silent_types(program, &knowledge.lexicon),
            registry: Registry::default(),
            shown: Shown::default(),
            writers: Vec::new(),
            table_writes: FxHashMap::default(),
            definitions: FxHashMap::default(),
        };
        let ids: Vec<_> = program.unit_ids().collect();
        if let Some(kind) = world.roles.description {
            world.public.iter().for_each(|&name| {
                world.members.entry(name).or_insert(kind);
            });
        }
        world.shown = Shown::of(&world);
        let mut found: Vec<_> = ids.par_iter().map(|&id| Pass::run(&world, id)).collect();
        let hands_on = hands_on(&ids, &mut found);
        for (&unit, found) in ids.iter().zip(found) {
            world.take(unit, found);
        }
        world.add_writers(&hands_on);
        world.registry = Registry::new(ids.par_iter().flat_map_iter(|&id| super::registry::entries(program, id)).collect());
        let fields: Vec<_> = ids.par_iter().flat_map_iter(|&id| world.instance_reads(id)).collect();
        world.readers.extend(fields);
        world.sort();
        world.handed = ids.par_iter().flat_map_iter(|&id| world.handed_functions(id)).collect();
        world.handed.sort_unstable();
        let called = world.handed.iter().map(|&((unit, call), handed)| {
            let function = FunctionRef { unit, function: program.unit(unit).nodes[call.index()].function };
            (handed.function, Caller { function, call, argument: None, handed_by: handed.by })
        });
        world.callers.extend(called.collect::<Vec<_>>());
        world.sort();
        world
    }

    fn take(&mut self, unit: UnitId, found: Found) {
        let here = |function| FunctionRef { unit, function };
        self.units.push(found.index);
        self.seeds.extend(found.seeds.into_iter().map(here));
        self.checks.extend(found.checks.into_iter().map(here));
        self.readers.extend(found.readers.into_iter().map(|(cell, function)| (cell, here(function))));
        self.callers.extend(found.callers);
        self.written_fields.extend(found.written_fields);
        self.compared.extend(found.compared);
        self.writers.extend(found.writers.into_iter().map(here));
        found.table_writes.into_iter().for_each(|cell| *self.table_writes.entry(cell).or_default() += 1);
        self.definitions.extend(found.definitions.into_iter().map(|(node, variable)| ((unit, node), variable)));
    }

    /// What a function hands on to one that writes to it, it writes to itself.
    fn add_writers(&mut self, hands_on: &[(FunctionRef, FunctionRef)]) {
        let mut known: FxHashSet<_> = self.writers.iter().copied().collect();
        let mut waiting = std::mem::take(&mut self.writers);
        while let Some(writer) = waiting.pop() {
            self.writers.push(writer);
            let callers = equal_range(hands_on, writer).iter().map(|&(_, caller)| caller);
            waiting.extend(callers.filter(|&caller| known.insert(caller)));
        }
    }

    fn sort(&mut self) {
        self.seeds.sort_unstable();
        self.seeds.dedup();
        self.checks.sort_unstable();
        self.checks.dedup();
        self.writers.sort_unstable();
        self.writers.dedup();
        self.readers.sort_unstable();
        self.readers.dedup();
        self.callers.sort_unstable();
        self.callers.dedup();
    }

    /// The functions that read a shared place.
    pub(super) fn readers(&self, cell: Cell) -> impl Iterator<Item = FunctionRef> + '_ {
        equal_range(&self.readers, cell).iter().map(|&(_, function)| function)
    }

    /// The calls that may reach a function.
    pub(super) fn callers(&self, function: FunctionRef) -> impl Iterator<Item = Caller> + '_ {
        equal_range(&self.callers, function).iter().map(|&(_, caller)| caller)
    }

    /// The functions that a call may reach, those that callers hand in included.
    pub(super) fn targets(&self, unit: UnitId, call: NodeId) -> impl Iterator<Item = FunctionRef> + '_ {
        self.program.targets(unit, call).iter().copied().chain(self.handed(unit, call).map(|handed| handed.function))
    }

    /// The functions that a call of a parameter may reach.
    pub(super) fn handed(&self, unit: UnitId, call: NodeId) -> impl Iterator<Item = Handed> + '_ {
        equal_range(&self.handed, (unit, call)).iter().map(|&(_, handed)| handed)
    }

    /// Whether a member of that name is compared with constant texts anywhere.
    pub(super) fn is_compared(&self, name: Symbol) -> bool {
        self.compared.contains(&name)
    }

    /// Whether a member's name says that it is public.
    pub(super) fn says_public(&self, name: Symbol) -> bool {
        self.public.contains(&name)
    }

    /// What reading these members from a value amounts to: the address of a wallet is not its key.
    pub(super) fn cleaned_by(&self, read: Path) -> KindSet {
        let kinds = read.parts().iter().filter_map(|part| self.members.get(part));
        kinds.fold(KindSet::EMPTY, |set, &kind| set | KindSet::one(kind))
    }

    /// Whether what is read from a shared table is hardly ever the very element that went in: many things are kept there, or
    /// whatever callers hand in.
    pub(super) fn is_table(&self, cell: Cell) -> bool {
        self.table_writes.get(&cell) != Some(&1)
    }

    /// Whether any values can be told apart by a member.
    pub(super) fn has_marks(&self) -> bool {
        !self.compared.is_empty()
    }

    /// Whether a function is given its receiver as a value.
    pub(super) fn takes_receiver(&self, function: FunctionRef) -> bool {
        self.program.unit(function.unit).function(function.function).receiver.is_some()
    }

    /// Whether a function writes to what its parameters or its receiver refer to.
    pub(super) fn writes_parameters(&self, function: FunctionRef) -> bool {
        self.writers.binary_search(&function).is_ok()
    }

    /// The rows that speak of an expression.
    pub(super) fn rows(&self, unit: UnitId, node: NodeId, subject: Subject, is_new: bool) -> Vec<RowId> {
        if !self.labels.is_labelled(self.program, unit, node) {
            return Vec::new();
        }
        let rows = self.labels.rows((self.program, self.knowledge), (unit, node), subject, is_new);
        rows.filter(|&row| self.speaks_in(row, unit)).collect()
    }

    /// Whether a row speaks in the file of a unit.
    fn speaks_in(&self, row: RowId, unit: UnitId) -> bool {
        let not_file = &self.knowledge.models.row_of(row).not_file;
        not_file.is_empty() || !not_file.iter().any(|glob| glob.matches_path(self.program.file_path(unit)))
    }

    /// The rows that speak of a callee with a path.
    pub(super) fn rows_of_path(&self, unit: UnitId, path: &str) -> Vec<RowId> {
        Labels::rows_of(self.knowledge, path, self.program.unit(unit).language)
    }

    /// The rows that speak of any expression of the program; ordered.
    pub(super) fn fired(&self) -> Vec<RowId> {
        self.labels.fired()
    }

    /// What a row says.
    pub(super) fn effect(&self, row: RowId) -> &'a Effect {
        &self.knowledge.models.row_of(row).effect
    }

    /// The kind that a name of a unit gives away.
    pub(super) fn name_kind(&self, unit: UnitId, name: NameId) -> Option<KindId> {
        self.units[unit.0 as usize].name_kinds[name.0 as usize]
    }

    /// The kind of place that a name of a unit is.
    pub(super) fn name_place(&self, unit: UnitId, name: NameId) -> Option<KindId> {
        self.units[unit.0 as usize].name_places[name.0 as usize]
    }

    /// The shared variable that an expression stands for, if it is one of another function or file.
    pub(super) fn shared_variable(&self, value: Value) -> Option<Cell> {
        let resolved = self.program.resolve(value);
        if let Expr::Variable(variable) = *self.program.unit(resolved.unit).expr(resolved.node) {
            return Some(Cell::Variable(resolved.unit, variable)).filter(|_| resolved.unit != value.unit);
        }
        let variable = *self.definitions.get(&(resolved.unit, resolved.node))?;
        Some(Cell::Variable(resolved.unit, variable))
    }

    /// The cell of a field of `this`.
    pub(super) fn own_field(&self, unit: UnitId, node: NodeId, name: Symbol) -> Cell {
        let class = self.program.class_of(Value { unit, node });
        class.map_or(Cell::Field(unit, u32::MAX, name), |class| self.class_field(class, name))
    }

    /// The cell of a field of a class.
    pub(super) fn class_field(&self, class: ClassRef, name: Symbol) -> Cell {
        Cell::Field(class.unit, self.class_number(class.unit, class.class), name)
    }

    /// The number by which a class, with all its parts, is known.
    pub(super) fn class_number(&self, unit: UnitId, class: ClassId) -> u32 {
        // What a language declares apart from its methods is one class to us: both have one name.
        let unit = self.program.unit(unit);
        let named = unit.class(class).name;
        let first = unit.classes.iter().position(|other| other.name == named).filter(|_| named != NameId::EMPTY);
        first.map_or(class.0, |index| index as u32)
    }

    /// The cell of a field of an instance of a class of the tree.
    pub(super) fn instance_field(&self, unit: UnitId, base: NodeId, name: Symbol) -> Option<Cell> {
        if let Some(cell) = self.registry.cell(self.program.unit(unit), base, name) {
            return Some(cell);
        }
        if !self.written_fields.contains(&name) {
            return None;
        }
        let class = self.program.class_of(Value { unit, node: base })?;
        Some(self.class_field(class, name))
    }

    /// A struct of the tree that a call writes out with its fields: no function runs, the one argument is what it becomes.
    pub(super) fn struct_literal(&self, unit: UnitId, call: NodeId) -> Option<(ClassRef, &'a [Property])> {
        let code = self.program.unit(unit);
        let Expr::Call { arguments, kind: CallKind::New, .. } = code.expr(call) else { return None };
        let [argument] = **arguments else { return None };
        let Expr::Object(properties) = code.expr(argument) else { return None };
        let is_literal = self.program.targets(unit, call).is_empty();
        let class = self.program.class_of(Value { unit, node: call }).filter(|_| is_literal)?;
        Some((class, properties))
    }

    /// Reads of fields of instances, once it is known which fields are written.
    fn instance_reads(&self, id: UnitId) -> Vec<(Cell, FunctionRef)> {
        let unit = self.program.unit(id);
        let mut reads = Vec::new();
        for (_, node) in unit.all_nodes() {
            let Expr::Field { base, name } = node.expr else { continue };
            if matches!(unit.expr(base), Expr::This) {
                continue;
            }
            if let Some(cell) = self.instance_field(id, base, Symbol::of(unit.name(name))) {
                reads.push((cell, FunctionRef { unit: id, function: node.function }));
            }
        }
        reads
    }

    /// The place that holds what a function in an argument of a call passes to its parameter, if that is what a path names.
    pub(super) fn passed(&self, unit: UnitId, call: NodeId, path: &AccessPath) -> Option<Cell> {
        let (Some((FunctionPort::Passed(parameter), _)), Port::Argument(position)) = (&path.function, &path.root) else {
            return None;
        };
        let node = self.argument_at(Value { unit, node: call }, position)?;
        let function = self.program.function_of(Value { unit, node })?;
        let parameters = &self.program.unit(function.unit).function(function.function).parameters;
        Some(Cell::Passed(function.unit, parameters.get(*parameter)?.variable))
    }
}

/// The calls that hand on what belongs to a caller, by the function that is called; ordered.
fn hands_on(ids: &[UnitId], found: &mut [Found]) -> Vec<(FunctionRef, FunctionRef)> {
    let calls = ids.iter().zip(found).flat_map(|(&unit, found)| {
        std::mem::take(&mut found.hands_on).into_iter().map(move |(target, function)| (target, FunctionRef { unit, function }))
    });
    let mut calls: Vec<_> = calls.collect();
    calls.sort_unstable();
    calls.dedup();
    calls
}

fn equal_range<K: Ord + Copy, V>(table: &[(K, V)], key: K) -> &[(K, V)] {
    let start = table.partition_point(|(known, _)| *known < key);
    let end = start + table[start..].partition_point(|(known, _)| *known == key);
    &table[start..end]
}

/// The pass over one unit.
struct Pass<'w, 'a> {
    world: &'w World<'a>,
    id: UnitId,
    unit: &'a Unit,
    found: Found,
}

impl<'w, 'a> Pass<'w, 'a> {
    fn run(world: &'w World<'a>, id: UnitId) -> Found {
        let unit = world.program.unit(id);
        let name_kinds = unit.names.iter().map(|(_, name)| world.knowledge.lexicon.kind(name)).collect();
        let name_places = unit.names.iter().map(|(_, name)| world.knowledge.lexicon.place(name)).collect();
        let count = unit.variables.len();
        let index = UnitIndex { name_kinds, name_places, is_shared: vec![false; count], is_written_inside: vec![false; count] };
        let mut pass = Self { world, id, unit, found: Found { index, ..Found::default() } };
        pass.variables();
        for (node, content) in unit.all_nodes() {
            pass.node(node, &content.expr, content.function);
        }
        pass.exports();
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
                self.found.readers.push((Cell::Global(Symbol::of(self.unit.name(name))), function));
                self.member(node, function);
            }
            Expr::Field { base, name } => {
                self.accessed(node, function);
                self.field(node, base, name, function);
            }
            Expr::Index { .. } => self.member(node, function),
            Expr::This => {
                self.receiver(function);
                if !self.world.shown.by_instance(self.world, self.id, node).is_empty() {
                    self.found.seeds.push(function);
                }
            }
            Expr::Assign { target, .. } => {
                self.accessed(node, function);
                self.assign(target, function);
            }
            Expr::Call { callee, ref arguments, .. } => self.call(node, callee, arguments, function),
            Expr::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } => {
                self.compare(left, right);
                self.compare(right, left);
            }
            _ => {}
        }
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
            Expr::Field { .. } | Expr::Variable(_) => {
                let constant = self.world.program.constant(Value { unit: self.id, node: constant });
                matches!(constant, Some(Constant::Text(_)))
            }
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
            Expr::Global(_) => self.found.readers.push((Cell::Global(symbol), function)),
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

    fn assign(&mut self, target: NodeId, function: FunctionId) {
        match *self.unit.expr(target) {
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
            Expr::Field { .. } | Expr::Deref(_) => self.written_through(target, function),
            Expr::Index { base, .. } => {
                if let Expr::Variable(variable) = *self.unit.expr(base) {
                    self.found.table_writes.extend([Cell::Variable(self.id, variable); 2]);
                }
                self.written_through(target, function);
            }
            _ => {}
        }
    }

    /// The variable, or the receiver, of which an expression is a part.
    fn root(&self, node: NodeId, function: FunctionId) -> Option<VariableId> {
        let mut at = node;
        while let Expr::Field { base, .. } | Expr::Index { base, .. } | Expr::Deref(base) | Expr::Typed { value: base, .. } =
            *self.unit.expr(at)
        {
            at = base;
        }
        match *self.unit.expr(at) {
            Expr::Variable(variable) => Some(variable),
            Expr::This => self.unit.receiver(function),
            _ => None,
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
        let caller = |argument| Caller { function: FunctionRef { unit: self.id, function }, call: node, argument, handed_by: None };
        let targets = self.world.program.targets(self.id, node);
        let called: Vec<_> = targets.iter().map(|&target| (target, caller(None))).collect();
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
            self.table_write(callee, arguments);
            if !matches!(self.unit.expr(callee), Expr::Variable(_)) {
                self.written_through(callee, function);
            }
            self.written_by_call(node, callee, function);
            self.labelled_call(node, callee, function);
        }
    }

    /// Notes a call that adds an element to a table. What is a parameter stands for whatever callers hand in, and counts twice.
    fn table_write(&mut self, callee: NodeId, arguments: &[NodeId]) {
        let (Expr::Field { base, .. }, Some(&added)) = (self.unit.expr(callee), arguments.last()) else { return };
        let adds = |row: RowId| match self.world.effect(row) {
            Effect::Propagation(_, to) => {
                to.root == Port::Receiver && to.fields.first().is_some_and(|field| field == crate::rule::ELEMENT)
            }
            _ => false,
        };
        if !self.world.rows(self.id, callee, Subject::Callee, true).into_iter().any(adds) {
            return;
        }
        let cell = match *self.unit.expr(*base) {
            Expr::Variable(variable) => Cell::Variable(self.id, variable),
            Expr::Field { base: owner, name } if matches!(self.unit.expr(owner), Expr::This) => {
                self.world.own_field(self.id, owner, Symbol::of(self.unit.name(name)))
            }
            _ => return,
        };
        let is_parameter =
            matches!(*self.unit.expr(added), Expr::Variable(it) if self.unit.variable(it).kind == VariableKind::Parameter);
        let count = if is_parameter { 2 } else { 1 };
        self.found.table_writes.extend(std::iter::repeat_n(cell, count));
    }

    /// Notes that a function reads what functions that it hands over pass to their parameters.
    fn passed_parameters(&mut self, row: RowId, call: NodeId, function: FunctionId) {
        let paths = match self.world.effect(row) {
            Effect::Propagation(from, _) | Effect::Sink(_, from) => from,
            Effect::Channel(channel) => &channel.from,
            _ => return,
        };
        for path in paths {
            self.found.readers.extend(self.world.passed(self.id, call, path).into_iter().map(|cell| (cell, function)));
            self.handed_members(path, call, function);
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
