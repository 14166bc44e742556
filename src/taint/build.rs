//! The index, built from what passes over the units find out.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::access::Symbol;
use super::index::{Caller, Shown, World, equal_range};
use super::kept::{Kept, Reach};
use super::label::Labels;
use super::origin::Cell;
use super::pass::{Found, Pass};
use super::registry::Registry;
use super::role::Roles;
use crate::ir::{CallKind, ClassId, Expr, VariableKind};
use crate::program::{ClassRef, FunctionRef, Program, UnitId};
use crate::rule::Knowledge;
use crate::rule::kind::KindRole;

/// The cleaner that reading from a table is for the key.
const CHOICE: &str = "choice";
/// The cleaner that a good generator is.
const STRONG: &str = "strong-random";

/// The classes of the tree.
fn classes(program: &Program<'_>) -> impl Iterator<Item = ClassRef> {
    program.unit_ids().flat_map(|unit| {
        let count = program.unit(unit).classes.len() as u32;
        (0..count).map(move |class| ClassRef { unit, class: ClassId(class) })
    })
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
            passed_on: FxHashMap::default(),
            accessors: FxHashMap::default(),
            shapes: FxHashMap::default(),
            written_fields: FxHashSet::default(),
            class_fields: program.class_fields().map(|(class, name)| (program.whole_class(class), Symbol::of(name))).collect(),
            heirs: heirs(program),
            field_names: program.class_fields().map(|(_, name)| Symbol::of(name)).collect(),
            compared: FxHashSet::default(),
            members: knowledge.lexicon.members().map(|(name, kind)| (Symbol::of(name), kind)).collect(),
            telling: super::print::telling_names(program, knowledge),
            foreign: classes(program)
                .filter(|&class| program.has_foreign_base(class))
                .map(|class| program.whole_class(class))
                .collect(),
            extended: classes(program).flat_map(|class| program.ancestors(program.whole_class(class)).iter().copied()).collect(),
            made: FxHashSet::default(),
            public: super::print::public_names(program, knowledge),
            silent: super::print::silent_types(program, &knowledge.lexicon),
            registry: Registry::default(),
            shown: Shown::default(),
            writers: Vec::new(),
            throwers: Vec::new(),
            table_writers: Vec::new(),
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
        world.count_table_writes();
        world.handed = ids.par_iter().flat_map_iter(|&id| world.handed_functions(id)).collect();
        world.add_kept(&ids);
        world.handed.sort_unstable();
        world.handed.dedup();
        let called = world.handed.iter().map(|&((unit, call), handed)| {
            let function = FunctionRef { unit, function: program.unit(unit).nodes[call.index()].function };
            (handed.function, Caller { function, call, argument: None, handed_by: handed.by })
        });
        world.callers.extend(called.collect::<Vec<_>>());
        world.sort();
        world.shapes = world.shapes_of(&ids);
        world.seeds.extend(world.shapes.keys().map(|&(function, _)| function).collect::<Vec<_>>());
        world.sort();
        world.add_throwers();
        world.add_accessors(&ids);
        world
    }

    /// Counts what is added to tables: by a function that adds what it is given, as often as it is called.
    fn count_table_writes(&mut self) {
        for (cell, function) in std::mem::take(&mut self.table_writers) {
            let count = function.map_or(1, |function| match cell {
                Cell::Field(..) if self.fills_what_callers_make(function) => 1,
                _ => self.callers(function).take(2).count() as u32,
            });
            *self.table_writes.entry(cell).or_default() += count;
        }
    }

    /// Whether everybody who calls a method made its instance just before: what is put into a builder is for one purpose, and comes
    /// out together.
    fn fills_what_callers_make(&self, method: FunctionRef) -> bool {
        /// What is filled from more places is hardly a builder.
        const MOST_CALLERS: usize = 64;
        let mut callers = self.callers(method).take(MOST_CALLERS + 1).peekable();
        callers.peek().is_some() && callers.enumerate().all(|(count, caller)| count < MOST_CALLERS && self.is_about_own(caller))
    }

    /// Whether a call is about an instance that the calling function makes itself.
    fn is_about_own(&self, caller: Caller) -> bool {
        /// Longer chains of calls are cut.
        const MOST_LINKS: usize = 32;
        if caller.argument.is_some() || caller.handed_by.is_some() {
            return false;
        }
        let id = caller.function.unit;
        let unit = self.program.unit(id);
        let Expr::Call { callee, .. } = *unit.expr(caller.call) else { return false };
        let Expr::Field { mut base, .. } = *unit.expr(callee) else { return false };
        for _ in 0..MOST_LINKS {
            match *unit.expr(base) {
                Expr::Call { kind: CallKind::New, .. } | Expr::Object(_) => return true,
                Expr::Call { .. } => match self.referred(id, base) {
                    Some((receiver, _)) => base = receiver,
                    None => return false,
                },
                Expr::Typed { value, .. } => base = value,
                Expr::Variable(variable) => {
                    let declared = unit.variable(variable);
                    if declared.owner != caller.function.function || declared.kind == VariableKind::Parameter {
                        return false;
                    }
                    match declared.definition {
                        Some(definition) if definition != base => base = definition,
                        // `Builder b;` makes one.
                        _ => return self.program.language(id).fields_are_values && declared.ty.is_some(),
                    }
                }
                _ => return false,
            }
        }
        false
    }

    /// Adds the functions that calls reach by way of a list or table in which they are kept.
    fn add_kept(&mut self, ids: &[UnitId]) {
        let kept = Kept::new(ids.par_iter().flat_map_iter(|&id| self.functions_kept_by(id)).collect());
        let reached: Vec<_> = ids.par_iter().flat_map_iter(|&id| self.reached_by_place(id, &kept)).collect();
        for (call, reach) in reached {
            match reach {
                Reach::Function(handed) => self.handed.push((call, handed)),
                Reach::Passed(cell) => self.passed_on.entry(call).or_default().push(cell),
            }
        }
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
        self.made.extend(found.made);
        self.writers.extend(found.writers.into_iter().map(here));
        self.throwers.extend(found.throwers.into_iter().map(here));
        let writes = found.table_writes.into_iter();
        self.table_writers.extend(writes.map(|(cell, function)| (cell, function.map(here))));
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

    /// What a function throws passes those that call it, unless they catch it.
    fn add_throwers(&mut self) {
        /// Errors that pass more functions are hardly what was put in.
        const MOST_PASSED: u32 = 4;
        let mut known: FxHashSet<_> = self.throwers.iter().copied().collect();
        let mut last: Vec<_> = known.iter().copied().collect();
        for _ in 0..MOST_PASSED {
            let callers = last.iter().flat_map(|&thrower| self.callers(thrower)).filter(|caller| caller.argument.is_none());
            let callers: Vec<_> = callers.map(|caller| caller.function).collect();
            last = callers.into_iter().filter(|&function| known.insert(function)).collect();
        }
        self.throwers = known.into_iter().collect();
        self.throwers.sort_unstable();
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

/// The fields that classes have which extend others, by those others; None where several declare one.
fn heirs(program: &Program<'_>) -> FxHashMap<(ClassRef, Symbol), Option<ClassRef>> {
    let mut heirs = FxHashMap::default();
    for (class, name) in program.class_fields() {
        let whole = program.whole_class(class);
        for &ancestor in program.ancestors(whole) {
            let known = heirs.entry((ancestor, Symbol::of(name))).or_insert(Some(whole));
            if *known != Some(whole) {
                *known = None;
            }
        }
    }
    heirs
}
