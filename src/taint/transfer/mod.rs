//! What one function does with values: an abstract run of its body, statement by statement, with strong updates of locals, joins
//! where ways meet, and the checks that were passed on every way here.

mod assign;
mod call;
mod check;
mod distinguish;
mod expr;
mod hand;
mod mix;
mod narrow;
mod port;
mod shown;

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::access::{Path, Symbol};
use super::graph::{Edge, Graph, Output, Site, Source, Step, TrailId};
use super::index::World;
use super::mark::{ConditionSet, Mark};
use super::origin::{Atom, Cell, Fact, THIS, THROWN};
use super::value::Value;
use crate::ir::{Block, Expr, FunctionId, Literal, NodeId, Statement, StatementKind, Unit, VariableId, VariableKind};
use crate::program::{Constant, FunctionRef, UnitId, Value as ProgramValue};
use crate::rule::Confidence;
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::{Effect, Subject};

pub(super) use port::RECEIVER;

/// What functions say of checks: passed when they return, and when they return true.
pub(super) type Checks = FxHashMap<FunctionRef, (KindSet, KindSet)>;

/// How many expressions are evaluated per function, rounds of loops counted; functions that people write need fewer.
const MAX_STEPS: u32 = 200_000;

/// How often the body of a loop is run; by then a value has passed through every variable that matters.
const MAX_ROUNDS: u32 = 3;

/// How deep expressions and blocks are followed.
const MAX_DEPTH: u32 = 160;

/// Runs a function.
pub(super) fn run(world: &World<'_>, function: FunctionRef, checks: &Checks) -> Graph {
    let unit = world.program.unit(function.unit);
    let mut transfer = Transfer {
        world,
        checks,
        id: function.unit,
        unit,
        me: function,
        graph: Graph::default(),
        seen: FxHashSet::default(),
        sources: FxHashMap::default(),
        handed: FxHashMap::default(),
        state: State::start(),
        loops: Vec::new(),
        caught: Vec::new(),
        returned: None,
        returned_true: None,
        steps: 0,
        depth: 0,
    };
    transfer.enter();
    transfer.block(&unit.function(function.function).body);
    if function.function == FunctionId::MODULE {
        transfer.declared_classes();
    }
    transfer.finish()
}

/// What holds at a point of the function.
#[derive(Clone, Debug)]
struct State {
    values: BTreeMap<VariableId, Rc<Value>>,
    checked: KindSet,
    /// Comparisons that hold.
    when: ConditionSet,
    /// Members of variables that are known to be cleaned.
    narrowed: BTreeMap<(VariableId, Path), KindSet>,
    is_reachable: bool,
}

impl State {
    const fn start() -> Self {
        Self {
            values: BTreeMap::new(),
            checked: KindSet::EMPTY,
            when: ConditionSet::EMPTY,
            narrowed: BTreeMap::new(),
            is_reachable: true,
        }
    }

    /// What holds where two ways meet.
    fn join(&mut self, other: Self) {
        if !other.is_reachable {
            return;
        }
        if !self.is_reachable {
            *self = other;
            return;
        }
        self.checked = self.checked.and(other.checked);
        self.when = self.when.and(other.when);
        let both = |place, kinds: KindSet| other.narrowed.get(place).map_or(KindSet::EMPTY, |&known| kinds.and(known));
        self.narrowed.iter_mut().for_each(|(place, kinds)| *kinds = both(place, *kinds));
        self.narrowed.retain(|_, kinds| !kinds.is_empty());
        for (variable, value) in other.values {
            match self.values.get_mut(&variable) {
                Some(known) if Rc::ptr_eq(known, &value) => {}
                Some(known) => Rc::make_mut(known).join(&value),
                None => {
                    let mut value = Rc::unwrap_or_clone(value);
                    value.settled = KindSet::EMPTY;
                    self.values.insert(variable, Rc::new(value));
                }
            }
        }
    }

    fn same(&self, other: &Self) -> bool {
        self.is_reachable == other.is_reachable
            && self.checked == other.checked
            && self.when == other.when
            && self.values.len() == other.values.len()
            && self.values.iter().zip(&other.values).all(|((a, x), (b, y))| a == b && (Rc::ptr_eq(x, y) || x.same(y)))
    }
}

#[derive(Debug, Default)]
struct LoopExits {
    breaks: Vec<State>,
    continues: Vec<State>,
}

struct Transfer<'w, 'a> {
    world: &'w World<'a>,
    checks: &'w Checks,
    id: UnitId,
    unit: &'a Unit,
    me: FunctionRef,
    graph: Graph,
    seen: FxHashSet<(Fact, Output, Path, Mark, KindSet, ConditionSet)>,
    sources: FxHashMap<(NodeId, VariableId, KindId), u32>,
    /// What functions of libraries gave that were handed to a call, by the call and the argument that they are.
    handed: FxHashMap<(NodeId, u32), Value>,
    state: State,
    loops: Vec<LoopExits>,
    /// What is thrown within each block around whose errors are caught.
    caught: Vec<Value>,
    returned: Option<KindSet>,
    returned_true: Option<KindSet>,
    steps: u32,
    depth: u32,
}

/// Stands for no node or variable in the key of a source.
const NO_NODE: NodeId = NodeId(u32::MAX);
const NO_VARIABLE: VariableId = VariableId(u32::MAX);

impl Transfer<'_, '_> {
    fn enter(&mut self) {
        let function = self.unit.function(self.me.function);
        if let Some(receiver) = function.receiver {
            let fact = Fact { atom: Atom::Parameter(THIS), read: Path::EMPTY };
            self.declare(receiver, Value::from(fact, TrailId::START), NO_NODE);
        }
        for (index, parameter) in function.parameters.iter().enumerate() {
            let fact = Fact { atom: Atom::Parameter(index as u32), read: Path::EMPTY };
            let mut value = Value::from(fact, TrailId::START);
            if let Some(default) = parameter.default {
                value.join(&self.eval(default));
            }
            if let Some(members) = self.world.shapes.get(&(self.me, index)) {
                self.show(members, Site::Variable(parameter.variable), &mut value);
            }
            self.declare(parameter.variable, value, NO_NODE);
        }
    }

    fn finish(mut self) -> Graph {
        if self.state.is_reachable {
            self.leave(None);
        }
        self.graph.returned = self.returned.unwrap_or_default();
        self.graph.returned_true = self.returned_true.unwrap_or_default();
        self.graph.edges.sort_by_key(|edge| edge.from);
        self.graph
    }

    fn block(&mut self, block: &Block) {
        if self.depth >= MAX_DEPTH {
            self.graph.is_cut = true;
            return;
        }
        self.depth += 1;
        for statement in block {
            if !self.state.is_reachable {
                break;
            }
            self.statement(statement);
        }
        self.depth -= 1;
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Evaluate(node) => {
                self.eval(*node);
            }
            StatementKind::Return(node) => self.leave(*node),
            StatementKind::Throw(node) => {
                let thrown = self.eval(*node);
                let mut thrown = self.printed(*node, thrown);
                for (name, cell) in self.world.fields_of(self.id, *node) {
                    thrown.put(Path::one(name), &expr::cell_value(cell));
                }
                self.throw(&thrown, *node);
                self.state.is_reachable = false;
            }
            StatementKind::Branch { condition, then, otherwise } => self.branch(*condition, then, otherwise),
            StatementKind::Loop { condition, body, update, tests_last } => self.repeat(*condition, (body, update), *tests_last),
            StatementKind::Try { body, parameter, handler, finally } => {
                self.attempt(body, handler.as_ref().map(|handler| (*parameter, handler)), finally);
            }
            StatementKind::Break(outer) => self.jump(*outer, |exits| &mut exits.breaks),
            StatementKind::Continue(outer) => self.jump(*outer, |exits| &mut exits.continues),
        }
    }

    fn leave(&mut self, node: Option<NodeId>) {
        let mut if_true = Some(KindSet::EMPTY);
        if let Some(node) = node {
            let mut value = self.eval(node);
            let name = self.unit.name(self.unit.function(self.me.function).name);
            let public = self.world.roles.description.filter(|_| self.lexicon().says_public(name));
            let masked = self.world.roles.redaction.filter(|_| self.lexicon().says_masked(name));
            for kind in public.into_iter().chain(masked) {
                value = value.map(|strand| strand.passed |= KindSet::one(kind));
            }
            self.give(&value, Output::Return, Path::EMPTY, Step::Returned, node);
            if let Some(kind) = self.lexicon().result(name) {
                self.give(&value, Output::Sink(node, kind, Confidence::Medium), Path::EMPTY, Step::Sink, node);
            }
            let never_true = matches!(self.unit.expr(node), Expr::Literal(Literal::Bool(false) | Literal::Null));
            if_true = (!never_true).then(|| self.implied(node, true));
        }
        let checked = self.state.checked;
        self.returned = Some(self.returned.map_or(checked, |known| known.and(checked)));
        if let Some(implied) = if_true {
            let checked = checked | implied;
            self.returned_true = Some(self.returned_true.map_or(checked, |known| known.and(checked)));
        }
        self.state.is_reachable = false;
    }

    fn branch(&mut self, condition: NodeId, then: &Block, otherwise: &Block) {
        self.eval(condition);
        let before = self.state.clone();
        self.assume(condition, true);
        self.block(then);
        let after_then = std::mem::replace(&mut self.state, before);
        self.assume(condition, false);
        self.block(otherwise);
        self.state.join(after_then);
    }

    fn repeat(&mut self, condition: Option<NodeId>, (body, update): (&Block, &Block), tests_last: bool) {
        let mut exits = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let before = self.state.clone();
            if let Some(condition) = condition.filter(|_| !tests_last) {
                exits.push(self.test(condition));
            }
            self.loops.push(LoopExits::default());
            self.block(body);
            let round = self.loops.pop().unwrap_or_default();
            exits.extend(round.breaks);
            round.continues.into_iter().for_each(|state| self.state.join(state));
            self.block(update);
            if let Some(condition) = condition.filter(|_| tests_last && self.state.is_reachable) {
                exits.push(self.test(condition));
            }
            self.state.join(before.clone());
            if self.state.same(&before) || self.graph.is_cut {
                break;
            }
        }
        if !exits.is_empty() {
            self.state.is_reachable = false;
        }
        exits.into_iter().for_each(|state| self.state.join(state));
    }

    /// Goes on where a condition holds; gives what is known where it does not.
    fn test(&mut self, condition: NodeId) -> State {
        self.eval(condition);
        let entered = self.state.clone();
        self.assume(condition, false);
        let failed = std::mem::replace(&mut self.state, entered);
        self.assume(condition, true);
        failed
    }

    /// What is thrown goes to what catches it here, or to the callers.
    pub(super) fn throw(&mut self, thrown: &Value, node: NodeId) {
        match self.caught.last_mut() {
            Some(caught) => caught.join(thrown),
            None => self.give(thrown, Output::Written(THROWN), Path::EMPTY, Step::Returned, node),
        }
    }

    fn attempt(&mut self, body: &Block, handler: Option<(Option<VariableId>, &Block)>, finally: &Block) {
        let before = self.state.clone();
        if handler.is_some() {
            self.caught.push(Value::unknown());
        }
        self.block(body);
        let thrown = if handler.is_some() { self.caught.pop() } else { None };
        if let Some((parameter, handler)) = handler {
            let mut failed = before;
            failed.join(State {
                checked: failed.checked,
                when: failed.when,
                narrowed: failed.narrowed.clone(),
                is_reachable: true,
                ..self.state.clone()
            });
            let after_body = std::mem::replace(&mut self.state, failed);
            if let Some((variable, thrown)) = parameter.zip(thrown).filter(|(_, thrown)| !thrown.is_empty()) {
                self.declare(variable, thrown, NO_NODE);
            }
            self.block(handler);
            self.state.join(after_body);
        }
        let was_reachable = self.state.is_reachable;
        self.state.is_reachable = true;
        self.block(finally);
        self.state.is_reachable &= was_reachable;
    }

    fn jump(&mut self, outer: u32, exits: impl Fn(&mut LoopExits) -> &mut Vec<State>) {
        let meant = self.loops.len().checked_sub(outer as usize + 1);
        if let Some(around) = meant.and_then(|index| self.loops.get_mut(index)) {
            exits(around).push(self.state.clone());
            self.state.is_reachable = false;
        }
    }

    /// Gives a variable a value; without a value that says where it comes from, its name or type may say what it is.
    fn declare(&mut self, variable: VariableId, mut value: Value, node: NodeId) {
        let declared = self.unit.variable(variable);
        if let Some(kind) = declared.ty.and_then(|ty| self.cleaner_of_type(ty)) {
            value = if node == NO_NODE {
                let mut value = value.map(|strand| strand.passed |= KindSet::one(kind));
                value.settled |= KindSet::one(kind);
                value
            } else {
                self.cleaned(&value, kind, node)
            };
        }
        self.tell(variable, &mut value);
        if node != NO_NODE && !self.unit.name(declared.name).is_empty() {
            value = value.map(|strand| strand.trail = self.graph.extend(strand.trail, Step::Variable(variable), node));
        }
        if self.world.units[self.id.0 as usize].is_shared[variable.index()] {
            self.give(&value, Output::Cell(Cell::Variable(self.id, variable)), Path::EMPTY, Step::Written, node);
        }
        if self.lexicon().says_public(self.unit.name(declared.name))
            && let Some(kind) = self.world.roles.public_name
        {
            value = value.map(|strand| strand.passed |= KindSet::one(kind));
        }
        // What is chosen under a condition is used behind it, too.
        let (checked, when) = (self.state.checked, self.state.when);
        let value = value.map(|strand| {
            strand.passed |= checked;
            strand.when |= when;
        });
        self.state.values.insert(variable, Rc::new(value));
        self.state.narrowed.retain(|(known, _), _| *known != variable);
    }

    fn lexicon(&self) -> &crate::rule::lexicon::Lexicon {
        &self.world.knowledge.lexicon
    }

    /// Gives an instance the members that it shows as a whole.
    fn show(&mut self, members: &[(Symbol, KindId)], site: Site, value: &mut Value) {
        for &(name, kind) in members {
            let mut member = Value::unknown();
            self.arise(&mut member, kind, site, Confidence::Medium, true);
            value.put(Path::one(name), &member);
        }
    }

    /// What the type or the name of a variable tells of the value that it is given.
    fn tell(&mut self, variable: VariableId, value: &mut Value) {
        let declared = self.unit.variable(variable);
        if matches!(declared.kind, VariableKind::Function | VariableKind::Class | VariableKind::Import) {
            return;
        }
        if let Some(ty) = declared.ty.filter(|_| declared.kind == VariableKind::Parameter) {
            let shown = self.world.shown.by_type(self.world, self.id, ty);
            self.show(shown, Site::Variable(variable), value);
        }
        let by_type = declared.ty.and_then(|ty| self.source_kind(ty, Subject::Type));
        if let Some((kind, sure)) = by_type.filter(|&(kind, _)| !self.is_settled(value, kind)) {
            self.arise(value, kind, Site::Variable(variable), sure, false);
        } else if by_type.is_none()
            && let Some(kind) = self.world.name_kind(self.id, declared.name)
            && !self.is_settled(value, kind)
            && !declared.ty.is_some_and(|ty| self.is_harmless_type(ty) || self.world.is_silent(self.id, ty))
            && !self.is_always_constant(variable)
            && !self.is_label(variable)
            && !self.is_always_cleaned(variable, kind)
            && !self.is_encrypted_by_tree(variable)
            && !self.is_silent_instance(variable)
            && !self.is_beside_others(variable)
        {
            self.arise(value, kind, Site::Variable(variable), Confidence::Medium, true);
        }
    }

    /// Whether a variable is a constant of the source, or a parameter for which every caller hands in one: a name, a key of a store,
    /// a password that everybody has.
    fn is_always_constant(&self, variable: VariableId) -> bool {
        let declared = self.unit.variable(variable);
        if declared.kind == VariableKind::Parameter {
            let given = self.parameter(variable).map(|index| self.handed_in(index as usize));
            return given.is_some_and(|given| !given.is_empty() && given.into_iter().all(|it| self.is_written_out(it)));
        }
        declared.definition.is_some_and(|node| self.is_written_out(Some(ProgramValue { unit: self.id, node })))
    }

    /// Whether a variable is made of parts with a mark between them that stands in no key: the name of an entry.
    fn is_label(&self, variable: VariableId) -> bool {
        let definition = self.unit.variable(variable).definition;
        definition.is_some_and(|node| crate::taint::entry::is_entry_name(self.unit, node))
    }

    /// Whether every caller hands in what was cleaned before: a key that was encrypted.
    fn is_always_cleaned(&self, variable: VariableId, kind: KindId) -> bool {
        if self.unit.variable(variable).kind != VariableKind::Parameter {
            return false;
        }
        let cleaners = self.world.knowledge.kinds.cleaners(kind);
        let is_cleaned = |given: Option<ProgramValue>| {
            let Some(given) = given.map(|given| self.world.program.resolve(given)) else { return false };
            let Expr::Call { callee, kind, .. } = *self.world.program.unit(given.unit).expr(given.node) else { return false };
            let rows = self.world.rows(given.unit, callee, Subject::Callee, kind == crate::ir::CallKind::New);
            rows.into_iter().any(|row| matches!(self.world.effect(row), Effect::Sanitizer(done, ..) if cleaners.contains(*done)))
                || self.world.is_encrypted_by_tree(given)
        };
        let given = self.parameter(variable).map(|index| self.handed_in(index as usize)).unwrap_or_default();
        !given.is_empty() && given.into_iter().all(is_cleaned)
    }

    /// Whether a variable is what a function of the tree gives that encrypts: it goes by the name of what is in it.
    fn is_encrypted_by_tree(&self, variable: VariableId) -> bool {
        let definition = self.unit.variable(variable).definition;
        definition.is_some_and(|node| self.world.is_encrypted_by_tree(ProgramValue { unit: self.id, node }))
    }

    /// Whether a variable holds an instance of a class that prints itself without what it holds.
    fn is_silent_instance(&self, variable: VariableId) -> bool {
        let declared = self.unit.variable(variable);
        let Some(node) = declared.definition.filter(|_| !self.world.silent.is_empty()) else { return false };
        let class = self.world.program.class_of(ProgramValue { unit: self.id, node });
        let Some(class) = class else {
            // Where nobody says what it is, its name may be that of the type.
            let name = self.unit.name(declared.name);
            return declared.ty.is_none() && self.world.silent.iter().any(|ty| ty.eq_ignore_ascii_case(name));
        };
        let unit = self.world.program.unit(class.unit);
        self.world.silent.contains(unit.name(unit.class(class.class).name))
    }

    /// What the callers hand in for a parameter, as far as they are known.
    fn handed_in(&self, index: usize) -> Vec<Option<ProgramValue>> {
        let argument = |caller: crate::taint::index::Caller| {
            let unit = self.world.program.unit(caller.function.unit);
            let Expr::Call { arguments, .. } = unit.expr(caller.call) else { return None };
            let node = arguments.get(index).filter(|_| caller.argument.is_none() && caller.handed_by.is_none())?;
            Some(ProgramValue { unit: caller.function.unit, node: *node })
        };
        self.world.callers(self.me).map(argument).collect()
    }

    /// Whether a value is a text or number of the source; what is empty at first is there to be filled.
    fn is_written_out(&self, value: Option<ProgramValue>) -> bool {
        let Some(value) = value else { return false };
        let resolved = self.world.program.resolve(value);
        let is_variable = matches!(self.world.program.unit(resolved.unit).expr(resolved.node), Expr::Variable(_));
        let constant = self.world.program.constant(value).filter(|_| !is_variable);
        constant.is_some_and(|constant| !matches!(constant, Constant::Null) && !constant.text().is_empty())
    }

    /// Whether a parameter stands beside another, or in a function, that says what it belongs to: a wireless network, a mail server.
    fn is_beside_others(&self, variable: VariableId) -> bool {
        let declared = self.unit.variable(variable);
        let function = self.unit.function(declared.owner);
        let is_other = |name| self.lexicon().is_beside(self.unit.name(name));
        declared.kind == VariableKind::Parameter
            && (is_other(function.name) || function.parameters.iter().any(|it| is_other(self.unit.variable(it.variable).name)))
    }

    /// Whether enough is known of a value for a name to say nothing of a kind.
    fn is_settled(&self, value: &Value, kind: KindId) -> bool {
        value.is_settled(self.world.knowledge.kinds.cleaners(kind))
    }

    /// The kind that the first source row about an expression gives.
    fn source_kind(&self, node: NodeId, subject: Subject) -> Option<(KindId, Confidence)> {
        let rows = self.world.rows(self.id, node, subject, false);
        rows.into_iter().find_map(|row| match self.world.effect(row) {
            Effect::Source(Some(kind), _) => Some((*kind, self.world.knowledge.models.row_of(row).confidence)),
            _ => None,
        })
    }

    /// What a value must have passed to be of a type: a public key was derived.
    fn cleaner_of_type(&self, ty: NodeId) -> Option<KindId> {
        let rows = self.world.rows(self.id, ty, Subject::Type, false);
        rows.into_iter().find_map(|row| match self.world.effect(row) {
            Effect::Sanitizer(kind, ..) => Some(*kind),
            _ => None,
        })
    }

    /// Types whose values hold no secret, whatever their name.
    fn is_harmless_type(&self, ty: NodeId) -> bool {
        let name = match self.unit.expr(ty) {
            Expr::Global(name) | Expr::Literal(Literal::Text(name)) => self.unit.name(*name),
            Expr::Literal(_) | Expr::Closure(_) => return true,
            _ => return false,
        };
        self.world.program.language(self.id).plain_types.contains(&name)
    }

    /// Marks a value as being of a kind, unless it is known to be of a related kind already, or was cleaned.
    fn arise(&mut self, value: &mut Value, kind: KindId, site: Site, sure: Confidence, is_by_name: bool) {
        let kinds = &self.world.knowledge.kinds;
        let choice = self.world.choice.map_or(KindSet::EMPTY, KindSet::one);
        let is_better = |strand: &super::value::Strand| match strand.fact.atom {
            Atom::Source(source) => kinds.root(self.graph.sources[source as usize].kind) == kinds.root(kind),
            _ => !strand.passed.and(kinds.cleaners(kind)).without(choice).is_empty(),
        };
        if is_by_name && value.strands().iter().any(is_better) {
            return;
        }
        let source = self.source(Source { kind, site, sure, is_by_name });
        let fact = Fact { atom: Atom::Source(source), read: Path::EMPTY };
        value.join(&Value::from(fact, TrailId::START).map(|strand| strand.sure = sure));
    }

    fn source(&mut self, source: Source) -> u32 {
        let key = match source.site {
            Site::Node(node) => (node, NO_VARIABLE, source.kind),
            Site::Variable(variable) => (NO_NODE, variable, source.kind),
        };
        let graph = &mut self.graph;
        *self.sources.entry(key).or_insert_with(|| {
            graph.sources.push(source);
            graph.sources.len() as u32 - 1
        })
    }

    /// Lets a value leave the function.
    fn give(&mut self, value: &Value, to: Output, outer: Path, step: Step, node: NodeId) {
        for strand in value.strands() {
            let at = outer.join(strand.at);
            let in_table = at.has_elements() && matches!(to, Output::Cell(cell) if self.world.is_table(cell));
            let table = if in_table { KindSet::TABLE } else { KindSet::EMPTY };
            let passed = strand.passed | self.state.checked | table;
            let (mark, when) = (strand.mark.under(outer), self.state.when | strand.when);
            if self.seen.insert((strand.fact, to, at, mark, passed, when)) {
                let trail = if node == NO_NODE { strand.trail } else { self.graph.extend(strand.trail, step, node) };
                self.graph.edges.push(Edge { from: strand.fact, to, at, passed, sure: strand.sure, mark, when, trail });
            }
        }
    }
}
