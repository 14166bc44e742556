//! What is known before any value is followed: where values arise, which variables are shared, who calls whom. Built by `build`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::access::{Path, Symbol};
use super::label::Labels;
use super::origin::{Accessor, Cell};
use super::registry::Registry;
use super::role::Roles;
use crate::ir::{ClassId, Expr, NameId, NodeId, VariableId};
use crate::program::{ClassRef, FunctionRef, Program, UnitId, Value};
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::{Effect, RowId, Subject};
use crate::rule::{Confidence, Knowledge};

/// A class that is made in so many places holds everything.
const MANY_INSTANCES: usize = 8;

/// By function and parameter: the members that hold secrets, by their names.
pub(super) type Shapes = FxHashMap<(FunctionRef, usize), Vec<(Symbol, KindId)>>;

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
    pub(super) readers: Vec<(Cell, FunctionRef)>,
    /// Who calls a function; ordered.
    pub(super) callers: Vec<(FunctionRef, Caller)>,
    /// Targets of calls of parameters, known from what callers hand in; ordered.
    pub(super) handed: Vec<((UnitId, NodeId), Handed)>,
    /// What libraries handed in and the tree keeps, by the calls that may call it.
    pub(super) passed_on: FxHashMap<(UnitId, NodeId), Vec<Cell>>,
    /// Functions that give the entry of a shared table under a key that is their parameter.
    pub(super) accessors: FxHashMap<FunctionRef, Accessor>,
    /// Members named like secrets of parameters that functions hand on to others, which take them out.
    pub(super) shapes: Shapes,
    /// Fields that some method writes on `this`.
    pub(super) written_fields: FxHashSet<Symbol>,
    /// Fields by the class that declares them, or whose methods write them.
    pub(super) class_fields: FxHashSet<(ClassRef, Symbol)>,
    /// The only class that declares a field, of those that extend another: what an instance has that was tested to be of that class.
    pub(super) heirs: FxHashMap<(ClassRef, Symbol), Option<ClassRef>>,
    /// The names of those fields.
    pub(super) field_names: FxHashSet<Symbol>,
    /// Members that are compared with constant texts.
    pub(super) compared: FxHashSet<Symbol>,
    /// Members that are not what the whole is, by what reading them amounts to.
    pub(super) members: FxHashMap<Symbol, KindId>,
    /// Names that give away what they hold.
    pub(super) telling: FxHashSet<Symbol>,
    /// Classes that extend what is not of the tree.
    pub(super) foreign: FxHashSet<ClassRef>,
    /// Classes that others of the tree extend.
    pub(super) extended: FxHashSet<ClassRef>,
    /// Global names that the tree declares or writes; all others are the platform's.
    pub(super) made: FxHashSet<Symbol>,
    /// Names that say that they are public.
    pub(super) public: FxHashSet<Symbol>,
    /// Types that print themselves without what they hold.
    pub(super) silent: FxHashSet<String>,
    /// Objects that files share by handing them on.
    pub(super) registry: Registry,
    /// What instances of classes of the tree give away as a whole.
    pub(super) shown: Shown,
    /// Functions that write to what their parameters or their receiver refer to; ordered.
    pub(super) writers: Vec<FunctionRef>,
    /// Functions that throw what is more than a fixed text, and those that call them; ordered.
    pub(super) throwers: Vec<FunctionRef>,
    /// Places that add elements to tables, until they are counted.
    pub(super) table_writers: Vec<(Cell, Option<FunctionRef>)>,
    /// How many places write elements of no known name into a table that functions share.
    pub(super) table_writes: FxHashMap<Cell, u32>,
    /// Exported variables by the expression that defines them.
    pub(super) definitions: FxHashMap<(UnitId, NodeId), VariableId>,
}

/// Members that tell by their names what they hold, by the class of which an attribute says that it shows them.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) members: FxHashMap<ClassRef, Vec<(Symbol, KindId)>>,
    /// All fields that an instance of a class shows.
    pub(super) fields: FxHashMap<ClassRef, Vec<Symbol>>,
    /// The classes of which instances show some fields and hide others.
    pub(super) hiding: FxHashSet<ClassRef>,
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
    /// If it is kept under a key: the function that looks for it, the parameter by which it does, and the key.
    pub(super) key: Option<(FunctionRef, u32, Symbol)>,
}

/// What is known of a unit's names and variables.
#[derive(Debug, Default)]
pub(super) struct UnitIndex {
    /// Kinds by name.
    pub(super) name_kinds: Vec<Option<KindId>>,
    /// Places by name.
    pub(super) name_places: Vec<Option<KindId>>,
    /// Variables that more than their own function uses.
    pub(super) is_shared: Vec<bool>,
    /// Variables that another function than their own writes.
    pub(super) is_written_inside: Vec<bool>,
}

impl<'a> World<'a> {
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

    /// How sure it is that a call reaches one of several implementations; None if no other class has the method. What such a method
    /// makes by itself (`arises`) says less of the call than what every implementation may hand on.
    pub(super) fn choice_of(&self, caller: Caller, function: FunctionRef, arises: bool) -> Option<Confidence> {
        if caller.argument.is_some() || caller.handed_by.is_some() {
            return None;
        }
        let rivals = self.program.rivals(Value { unit: caller.function.unit, node: caller.call });
        let is_unlikely = rivals > 2 && arises || rivals > 1 && self.program.is_stand_in(function);
        (rivals > 1).then_some(if is_unlikely { Confidence::Low } else { Confidence::Medium })
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
        let kinds = read.parts().iter().filter_map(|part| self.members.get(part)).copied();
        // The key under which a loop finds something only says where it is.
        let key = self.roles.description.filter(|_| read.is_of_key());
        kinds.chain(key).fold(KindSet::EMPTY, |set, kind| set | KindSet::one(kind))
    }

    /// Whether what is read from a shared table is hardly ever the very element that went in: many things are kept there, or
    /// whatever callers hand in.
    pub(super) fn is_table(&self, cell: Cell) -> bool {
        match (self.table_writes.get(&cell), cell) {
            (Some(&count), _) => count != 1,
            // What is written there as a whole is one thing.
            (None, Cell::Field(..) | Cell::Variable(..)) => false,
            (None, _) => true,
        }
    }

    /// Whether several places, or whatever callers hand in, fill a table.
    pub(super) fn holds_many(&self, cell: Cell) -> bool {
        self.table_writes.get(&cell).is_some_and(|&count| count > 1)
    }

    /// Whether a place is a field of a class that is made in many places, under a name that says nothing: what one instance is given
    /// is hardly ever what another gives.
    pub(super) fn is_general(&self, cell: Cell) -> bool {
        let Cell::Field(unit, class, name) = cell else { return false };
        class != u32::MAX
            && !self.telling.contains(&name)
            && self.program.times_made(ClassRef { unit, class: ClassId(class) }) >= MANY_INSTANCES
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

    /// Whether a function may throw a value that came to it.
    pub(super) fn throws(&self, function: FunctionRef) -> bool {
        self.throwers.binary_search(&function).is_ok()
    }

    /// The rows that speak of an expression.
    pub(super) fn rows(&self, unit: UnitId, node: NodeId, subject: Subject, is_new: bool) -> Vec<RowId> {
        if !self.labels.is_labelled(self.program, unit, node) {
            return Vec::new();
        }
        let rows = self.labels.rows((self.program, self.knowledge), (unit, node), subject, is_new);
        rows.filter(|&row| self.speaks_in(row, unit)).collect()
    }

    /// The rows that speak of what a method without a body is marked with: `@Insert` writes to a database.
    pub(super) fn promised(&self, unit: UnitId, callee: NodeId) -> Vec<RowId> {
        let Some((home, promise)) = self.program.promise_of(Value { unit, node: callee }) else { return Vec::new() };
        let declared = self.program.unit(home);
        let marks = promise.attributes.iter().flat_map(|&mark| {
            let name = if let Expr::Call { callee, .. } = *declared.expr(mark) { callee } else { mark };
            let rows = self.rows(home, name, Subject::Attribute, false);
            rows.into_iter().filter(move |&row| !self.is_source(row) && self.holds(row, home, mark))
        });
        marks.collect()
    }

    /// The kind that the name of a method without a body, and without any that stands in for it, gives away of what it gives.
    pub(super) fn told_by_promise(&self, unit: UnitId, call: NodeId, callee: NodeId) -> Option<KindId> {
        let Expr::Field { name, .. } = *self.program.unit(unit).expr(callee) else { return None };
        if !self.program.targets(unit, call).is_empty() {
            return None;
        }
        let kind = self.knowledge.lexicon.kind_of_given(self.program.unit(unit).name(name))?;
        let (home, promise) = self.program.unwritten(Value { unit, node: callee })?;
        let declared = self.program.unit(home);
        let is_plain = promise.returns.is_some_and(|ty| match declared.expr(ty) {
            Expr::Global(name) => self.program.language(home).plain_types.contains(&declared.name(*name)),
            _ => false,
        });
        (!is_plain).then_some(kind)
    }

    fn is_source(&self, row: RowId) -> bool {
        matches!(self.effect(row), Effect::Source(..))
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
}

/// The rows of an ordered table with a key.
pub(super) fn equal_range<K: Ord + Copy, V>(table: &[(K, V)], key: K) -> &[(K, V)] {
    let start = table.partition_point(|(known, _)| *known < key);
    let end = start + table[start..].partition_point(|(known, _)| *known == key);
    &table[start..end]
}
