//! Joining the functions' graphs: from every source along calls, returns and shared places to the sinks.
//!
//! Way by way through calls that match their returns (the tabulation of Reps, Horwitz and Sagiv, "Precise interprocedural dataflow
//! analysis via graph reachability", 1995): a parameter of a function is followed once, relative to that parameter, and what it
//! leads to is applied to every call. Only functions that values reach are ever run.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::access::{Path, Symbol};
use super::audience::Audience;
use super::context::Maker;
use super::graph::{Edge, Graph, Output};
use super::index::{Caller, Handed, World};
use super::mark::Mark;
use super::origin::{Atom, Cell, THIS};
use super::trace::{Trace, TraceId, Traces};
use super::transfer::{self, Checks};
use crate::ir::{Expr, NodeId};
use crate::program::{FunctionRef, Value};
use crate::rule::Confidence;
use crate::rule::kind::{KindId, KindSet};

/// From where something is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Entry {
    /// A source of a function.
    Source(FunctionRef, u32),
    /// A part of what an atom of a function stands for, for any caller: of a parameter, of what a function that was handed in
    /// gave, of a place that belongs to the caller's object.
    Inside(FunctionRef, Atom, Path, Mark),
}

/// Index of an entry.
type EntryId = u32;

/// What a value has gone through since its entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) passed: KindSet,
    pub(super) sure: Confidence,
    pub(super) trace: TraceId,
}

/// That a part of what an atom of a function stands for comes from an entry.
#[derive(Clone, Copy, Debug)]
struct Item {
    entry: EntryId,
    function: FunctionRef,
    atom: Atom,
    at: Path,
    /// What the atom says of itself.
    mark: Mark,
    way: Way,
}

/// What a parameter leads to, outside its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Outcome {
    Return(Path, Mark),
    Written(u32, Path, Mark),
    Sink(FunctionRef, NodeId, KindId, Confidence),
    Cell(Cell, Path, Mark),
    /// It is given to what a call calls, a function that the caller handed in: as this argument.
    Handed(FunctionRef, NodeId, u32, Path, Mark),
}

impl Outcome {
    /// The outcome at another part of where the value goes.
    fn with(self, change: impl Fn(Path) -> Path) -> Self {
        match self {
            Self::Return(at, mark) => Self::Return(change(at), mark),
            Self::Written(parameter, at, mark) => Self::Written(parameter, change(at), mark),
            Self::Cell(cell, at, mark) => Self::Cell(cell, change(at), mark),
            Self::Handed(function, call, index, at, mark) => Self::Handed(function, call, index, change(at), mark),
            Self::Sink(..) => self,
        }
    }
}

/// A call by which an entry was reached.
#[derive(Clone, Copy, Debug)]
struct Incoming {
    entry: EntryId,
    from: Origin,
    way: Way,
}

/// Where an entry was reached from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Origin {
    /// The call; None if the function runs without one that is known.
    caller: Option<Caller>,
    /// If the call is one of a function that was handed in: the call that runs the code around it.
    via: Option<Caller>,
    /// If it came by what closures share: the call that made that.
    maker: Option<Maker>,
}

impl Origin {
    const fn call(caller: Caller) -> Self {
        Self { caller: Some(caller), via: None, maker: None }
    }

    const UNKNOWN: Self = Self { caller: None, via: None, maker: None };
}

/// What is known of an entry.
#[derive(Debug)]
struct Followed {
    entry: Entry,
    incoming: Vec<Incoming>,
    outcomes: Vec<(Outcome, Way)>,
    items: u32,
}

/// What an entry leads to, still to be told to one of those who came through it.
#[derive(Clone, Copy, Debug)]
struct Told {
    function: FunctionRef,
    incoming: Incoming,
    outcome: Outcome,
    way: Way,
}

/// A value that reached a sink.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reached {
    pub(super) source: (FunctionRef, u32),
    pub(super) function: FunctionRef,
    pub(super) node: NodeId,
    pub(super) place: KindId,
    /// How sure it is that the place is of that kind.
    pub(super) sure: Confidence,
    pub(super) way: Way,
}

/// How many facts are followed from one entry; what exceeds it is a table or a library that everything goes through.
const MAX_ITEMS_PER_ENTRY: u32 = 4_000;
/// How many facts are followed in all.
const MAX_ITEMS: u32 = 3_000_000;

/// How many parts of functions values are followed from in all.
const MAX_ENTRIES: usize = 400_000;
/// How often calls lead to them in all. A tree of a million lines has half as many.
const MAX_ARRIVALS: usize = 1_000_000;

/// To how many things outside itself one part of a function leads; what exceeds it is a table or a library again.
const MAX_OUTCOMES_PER_ENTRY: usize = 300;
/// How often callers are told where a call leads, in all. A tree of a million lines takes a fifth of it.
const MAX_TOLD: usize = 2_000_000;

/// Where a value was seen, and on whose behalf.
type Spot = (EntryId, FunctionRef, Atom, Path, Mark);

/// A place that many entries share, as one of them sees it.
type SharedPlace = (EntryId, Cell, Option<Maker>, Path, Mark);

/// The state of the whole search.
pub(super) struct Search<'w, 'a> {
    world: &'w World<'a>,
    checks: &'w Checks,
    pub(super) graphs: FxHashMap<FunctionRef, Graph>,
    entries: FxHashMap<Entry, EntryId>,
    followed: Vec<Followed>,
    seen: FxHashMap<Spot, Vec<(KindSet, Confidence)>>,
    work: Vec<Item>,
    /// Items whose functions were not run yet.
    waiting: Vec<Item>,
    pub(super) traces: Traces,
    /// By which calls, and from which entries, an entry was reached.
    arrived: FxHashMap<(EntryId, EntryId, Origin), Vec<(KindSet, Confidence)>>,
    pub(super) reached: Vec<Reached>,
    /// Which values lie in which shared places.
    shared: FxHashMap<SharedPlace, Vec<(KindSet, Confidence)>>,
    audiences: FxHashMap<Cell, Audience>,
    reached_index: FxHashMap<(FunctionRef, u32, FunctionRef, NodeId, KindId), Vec<usize>>,
    /// What entries lead to.
    led: FxHashMap<(EntryId, Outcome), Vec<(KindSet, Confidence)>>,
    /// The last is told first.
    to_tell: Vec<Told>,
    items: u32,
    arrivals: usize,
    told: usize,
    /// How often a way was kept: what no kept way refers to is forgotten.
    kept: usize,
    /// Whether a budget was used up.
    pub(super) is_cut: bool,
}

impl<'w, 'a> Search<'w, 'a> {
    pub(super) fn new(world: &'w World<'a>, checks: &'w Checks) -> Self {
        Self {
            world,
            checks,
            graphs: FxHashMap::default(),
            entries: FxHashMap::default(),
            followed: Vec::new(),
            seen: FxHashMap::default(),
            work: Vec::new(),
            waiting: Vec::new(),
            traces: Traces::default(),
            arrived: FxHashMap::default(),
            reached: Vec::new(),
            shared: FxHashMap::default(),
            audiences: FxHashMap::default(),
            reached_index: FxHashMap::default(),
            led: FxHashMap::default(),
            to_tell: Vec::new(),
            items: 0,
            arrivals: 0,
            told: 0,
            kept: 0,
            is_cut: false,
        }
    }

    /// Follows everything from the functions in which values arise.
    pub(super) fn run(&mut self) {
        self.build(&self.world.seeds.clone());
        for &function in &self.world.seeds {
            for source in 0..self.graphs[&function].sources.len() as u32 {
                let trace = self.traces.add(Trace::Source);
                let way = Way { passed: KindSet::EMPTY, sure: Confidence::High, trace };
                let entry = self.entry(Entry::Source(function, source)).0;
                self.push(Item { entry, function, atom: Atom::Source(source), at: Path::EMPTY, mark: Mark::NONE, way });
            }
        }
        loop {
            self.drain();
            let waiting = std::mem::take(&mut self.waiting);
            if waiting.is_empty() {
                break;
            }
            let mut needed: Vec<_> = waiting.iter().map(|item| item.function).collect();
            needed.sort_unstable();
            needed.dedup();
            self.build(&needed);
            self.work = waiting;
            self.work.reverse();
        }
    }

    /// Runs functions that were not run yet.
    fn build(&mut self, functions: &[FunctionRef]) {
        let missing: Vec<_> = functions.iter().copied().filter(|function| !self.graphs.contains_key(function)).collect();
        let graphs: Vec<_> =
            missing.into_par_iter().map(|function| (function, transfer::run(self.world, function, self.checks))).collect();
        self.graphs.extend(graphs);
    }

    /// Functions whose budget of steps was used up.
    pub(super) fn cut_functions(&self) -> impl Iterator<Item = FunctionRef> + '_ {
        self.graphs.iter().filter(|(_, graph)| graph.is_cut).map(|(&function, _)| function)
    }

    /// How many facts were followed, calls entered and callers told.
    pub(super) const fn steps(&self) -> usize {
        self.items as usize + self.arrivals + self.told
    }

    fn entry(&mut self, entry: Entry) -> (EntryId, bool) {
        if let Some(&id) = self.entries.get(&entry) {
            return (id, false);
        }
        let id = self.followed.len() as EntryId;
        self.entries.insert(entry, id);
        self.followed.push(Followed { entry, incoming: Vec::new(), outcomes: Vec::new(), items: 0 });
        (id, true)
    }

    /// Whether a function is known to do nothing with an atom: nothing leads on from there.
    fn ends_at(&self, function: FunctionRef, atom: Atom) -> bool {
        self.graphs.get(&function).is_some_and(|graph| graph.edges_from(atom).is_empty())
    }

    /// Notes a fact, unless one that says as much is known.
    fn push(&mut self, item: Item) {
        if self.ends_at(item.function, item.atom) {
            return;
        }
        let spot = (item.entry, item.function, item.atom, item.at, item.mark);
        if self.seen.get(&spot).is_some_and(|known| is_covered(known, item.way)) {
            return;
        }
        let of_entry = &mut self.followed[item.entry as usize].items;
        if *of_entry >= MAX_ITEMS_PER_ENTRY || self.items >= MAX_ITEMS {
            self.is_cut = true;
            return;
        }
        *of_entry += 1;
        self.items += 1;
        self.seen.entry(spot).or_default().push((item.way.passed, item.way.sure));
        self.kept += 1;
        self.work.push(item);
    }

    /// Notes that a value lies in a shared place, unless it is known already: as many may put it there as take it out.
    fn is_shared(&mut self, from: EntryId, (cell, maker): (Cell, Option<Maker>), (at, mark): (Path, Mark), way: Way) -> bool {
        let known = self.shared.entry((from, cell, maker, at, mark)).or_default();
        let is_covered = is_covered(known, way);
        if !is_covered {
            known.push((way.passed, way.sure));
            self.kept += 1;
        }
        is_covered
    }

    /// The functions that read a shared place and take from it what bears a mark.
    fn audience(&mut self, cell: Cell, mark: Mark) -> Vec<FunctionRef> {
        if !self.audiences.contains_key(&cell) {
            let readers: Vec<_> = self.world.readers(cell).collect();
            self.build(&readers);
            let graphs = readers.iter().map(|reader| (*reader, &self.graphs[reader]));
            let audience = Audience::of(graphs, Atom::Cell(cell));
            self.audiences.insert(cell, audience);
        }
        self.audiences[&cell].of_mark(mark)
    }

    fn drain(&mut self) {
        while let Some(item) = self.work.pop() {
            if !self.graphs.contains_key(&item.function) {
                self.waiting.push(item);
                continue;
            }
            let graph = &self.graphs[&item.function];
            let edges = graph.edges_from(item.atom).iter();
            let open: Vec<_> = edges.filter(|edge| edge.when.allow(&graph.conditions, item.atom, item.mark)).copied().collect();
            for edge in open {
                if self.is_given_by_key(&item, &edge) {
                    continue;
                }
                if let Some((at, inside)) = item.at.after_reading(edge.from.read) {
                    let mark = edge.mark.or(item.mark.after(edge.from.read).under(edge.at));
                    let table = self.table_read(&item, &edge);
                    let way = Way { passed: item.way.passed | self.world.cleaned_by(inside) | table, ..item.way };
                    let (traces, kept) = (self.traces.count(), self.kept);
                    self.follow(&Item { way, ..item }, &edge, (edge.at.join(at), mark));
                    self.tell();
                    self.forget(traces, kept);
                }
            }
        }
    }

    /// Whether callers read this entry of a table themselves: a function gives them what is under the key that they ask for.
    fn is_given_by_key(&self, item: &Item, edge: &Edge) -> bool {
        let is_table = |table: Cell| match item.atom {
            Atom::Cell(cell) => cell == table,
            // What is written to a table of the receiver is written to the field that all instances share, too.
            Atom::Parameter(THIS) => matches!(table, Cell::Field(..)),
            _ => false,
        };
        let key = edge.from.read.parts().iter().position(|part| part.as_parameter().is_some());
        edge.to == Output::Return
            && key.is_some_and(|place| item.at.parts().get(place).is_some_and(|key| key.is_known()))
            && self.world.accessors.get(&item.function).is_some_and(|accessor| is_table(accessor.cell))
    }

    /// Whether an entry is read by a key that nobody knows from a table that holds many.
    fn table_read(&self, item: &Item, edge: &Edge) -> KindSet {
        let Atom::Cell(cell) = item.atom else { return KindSet::EMPTY };
        let is_unsure = edge.from.read.has_keys() && item.at.parts().first().is_some_and(|key| key.is_known());
        if is_unsure && self.world.holds_many(cell) { KindSet::TABLE } else { KindSet::EMPTY }
    }

    fn follow(&mut self, item: &Item, edge: &Edge, (at, mark): (Path, Mark)) {
        let trace = self.traces.add(Trace::Local { before: item.way.trace, function: item.function, trail: edge.trail });
        let way = Way { passed: item.way.passed | edge.passed, sure: item.way.sure.min(edge.sure), trace };
        match edge.to {
            Output::Return => self.outcome(item.entry, item.function, Outcome::Return(at, mark), way),
            Output::Written(parameter) => self.outcome(item.entry, item.function, Outcome::Written(parameter, at, mark), way),
            // What only describes a thing, such as the date on which a key was made, is not what the name of a place asks for.
            Output::Sink(node, ..) if self.is_named(item.function, node) && !self.world.cleaned_by(at).is_empty() => {}
            Output::Sink(node, kind, sure) => {
                self.outcome(item.entry, item.function, Outcome::Sink(item.function, node, kind, sure), way);
            }
            Output::Cell(cell) => self.outcome(item.entry, item.function, Outcome::Cell(cell, at, mark), way),
            Output::Argument(call, index) => {
                let caller = Caller { function: item.function, call, argument: None, handed_by: None };
                for &target in self.world.program.targets(item.function.unit, call) {
                    self.enter(item.entry, Origin::call(caller), (target, index), (at, mark), way);
                }
                if self.world.handed(item.function.unit, call).next().is_some() {
                    self.outcome(item.entry, item.function, Outcome::Handed(item.function, call, index, at, mark), way);
                }
            }
            Output::Parameter(target, index, call, argument) => {
                let caller = Caller { function: item.function, call, argument: Some(argument), handed_by: None };
                self.enter(item.entry, Origin::call(caller), (target, index), (at, mark), way);
            }
        }
    }

    /// Whether a place is known by the name to which something is assigned.
    fn is_named(&self, function: FunctionRef, node: NodeId) -> bool {
        let unit = self.world.program.unit(function.unit);
        unit.nodes.get(node.index()).is_some_and(|node| matches!(node.expr, Expr::Assign { .. }))
    }

    /// Goes on in a called function.
    fn enter(&mut self, from: EntryId, origin: Origin, (target, index): (FunctionRef, u32), (at, mark): (Path, Mark), way: Way) {
        let Some((index, part)) = self.world.taken_by(origin.caller, index, target) else { return };
        self.enter_at(from, origin, (target, Atom::Parameter(index)), (part.join(at), mark.under(part)), way);
    }

    /// Goes on at an atom of a function, on behalf of a call of it.
    fn enter_at(&mut self, from: EntryId, origin: Origin, (target, atom): (FunctionRef, Atom), (at, mark): (Path, Mark), way: Way) {
        if self.followed.len() >= MAX_ENTRIES || self.arrivals >= MAX_ARRIVALS {
            self.is_cut = true;
            return;
        }
        if self.ends_at(target, atom) {
            return;
        }
        let at = at.without_keys();
        let (entry, is_new) = self.entry(Entry::Inside(target, atom, at, mark));
        let known = self.arrived.entry((entry, from, origin)).or_default();
        if is_covered(known, way) {
            return;
        }
        known.push((way.passed, way.sure));
        self.arrivals += 1;
        self.kept += 1;
        let incoming = Incoming { entry: from, from: origin, way };
        self.followed[entry as usize].incoming.push(incoming);
        if is_new {
            let trace = self.traces.add(Trace::Parameter);
            let way = Way { passed: KindSet::EMPTY, sure: Confidence::High, trace };
            self.push(Item { entry, function: target, atom, at, mark, way });
        }
        let led = self.followed[entry as usize].outcomes.iter();
        self.to_tell.extend(led.map(|&(outcome, way)| Told { function: target, incoming, outcome, way }));
    }

    /// Notes what an entry leads to, for everybody who came through it to be told.
    fn outcome(&mut self, id: EntryId, function: FunctionRef, outcome: Outcome, way: Way) {
        let followed = &mut self.followed[id as usize];
        let function = match followed.entry {
            Entry::Source(source, index) => return self.arrive(id, (source, index), function, outcome, way),
            Entry::Inside(target, ..) => target,
        };
        if self.led.get(&(id, outcome)).is_some_and(|known| is_covered(known, way)) {
            return;
        }
        if followed.outcomes.len() >= MAX_OUTCOMES_PER_ENTRY {
            self.is_cut = true;
            return;
        }
        self.led.entry((id, outcome)).or_default().push((way.passed, way.sure));
        followed.outcomes.push((outcome, way));
        self.kept += 1;
        self.to_tell.extend(followed.incoming.iter().map(|&incoming| Told { function, incoming, outcome, way }));
    }

    /// Tells callers where their calls lead, and theirs what that leads to, and so on: depth first, as calls are nested.
    fn tell(&mut self) {
        self.to_tell.reverse();
        while let Some(Told { function, incoming, outcome, way }) = self.to_tell.pop() {
            self.told += 1;
            if self.told > MAX_TOLD {
                self.is_cut = true;
                self.to_tell.clear();
                return;
            }
            let (start, traces, kept) = (self.to_tell.len(), self.traces.count(), self.kept);
            self.apply(function, &incoming, outcome, way);
            self.forget(traces, kept);
            self.to_tell[start..].reverse();
        }
    }

    /// Forgets the traces that were made since, if no way was kept.
    fn forget(&mut self, traces: usize, kept: usize) {
        if self.kept == kept {
            self.traces.truncate(traces);
        }
    }

    /// What an entry of `function` leads to, seen from a call.
    fn apply(&mut self, function: FunctionRef, incoming: &Incoming, outcome: Outcome, inner: Way) {
        let trace = self.traces.add(Trace::Call { outer: incoming.way.trace, inner: inner.trace });
        let way = Way { passed: incoming.way.passed | inner.passed, sure: incoming.way.sure.min(inner.sure), trace };
        let Origin { caller, via, .. } = incoming.from;
        let outcome = self.keyed(outcome, caller, function);
        let way = Way { passed: way.passed | self.table_of(outcome), ..way };
        match (outcome, caller) {
            (Outcome::Return(at, mark), Some(caller)) => {
                let sure = self.world.choice_of(caller, function, false).map_or(way.sure, |sure| way.sure.min(sure));
                let way = Way { sure, ..way };
                self.come_back(incoming.entry, (caller, via), result_of(caller), (at, mark), way);
            }
            (Outcome::Written(parameter, at, mark), Some(caller)) => {
                let Some(atom) = self.world.left_in(caller, function, parameter) else { return };
                self.come_back(incoming.entry, (caller, via), atom, (at, mark), way);
            }
            (Outcome::Return(..) | Outcome::Written(..), None) => {}
            (Outcome::Handed(within, call, index, at, mark), _) => {
                self.hand(incoming.entry, (within, call, index), incoming.from, (at, mark), way);
            }
            (Outcome::Cell(cell, at, mark), Some(caller)) if self.world.context(cell, caller, function).is_some() => {
                let maker = self.world.context(cell, caller, function);
                self.share(incoming.entry, (cell, maker), (at, mark), way);
            }
            (Outcome::Cell(cell, ..), Some(caller)) if !self.world.is_one_class(caller.function, function) => {
                let way = Way { passed: way.passed | self.general(cell), ..way };
                self.outcome(incoming.entry, function, outcome, way);
            }
            (Outcome::Sink(..) | Outcome::Cell(..), _) => self.outcome(incoming.entry, function, outcome, way),
        }
    }

    /// What becomes of a value that one instance of many was given, where nobody knows which instance gives it back.
    fn general(&self, cell: Cell) -> KindSet {
        if self.world.is_general(cell) { KindSet::TABLE } else { KindSet::EMPTY }
    }

    /// Gives a value to the functions that a caller handed in, for a call within `function`.
    fn hand(
        &mut self,
        from: EntryId,
        (function, call, index): (FunctionRef, NodeId, u32),
        origin: Origin,
        (at, mark): (Path, Mark),
        way: Way,
    ) {
        let caller = origin.caller;
        let owner = self.world.called_owner(function.unit, call);
        let context = caller.zip(owner).and_then(|(caller, owner)| self.world.maker(caller, function, owner));
        for handed in self.world.handed(function.unit, call).collect::<Vec<_>>() {
            if !is_one(context, handed.by) || !self.has_key(handed, function, origin) {
                continue;
            }
            let here = Caller { function, call, argument: None, handed_by: handed.by };
            let origin = Origin { caller: Some(here), via: caller, maker: None };
            self.enter(from, origin, (handed.function, index), (at, mark), way);
        }
    }

    /// An outcome with the keys that the call gives for the function's parameters.
    fn keyed(&self, outcome: Outcome, caller: Option<Caller>, function: FunctionRef) -> Outcome {
        let key = |parameter| {
            let call = caller.filter(|caller| caller.argument.is_none());
            let call = call.map(|caller| Value { unit: caller.function.unit, node: caller.call });
            call.map_or(Symbol::ELEMENT, |call| self.world.key_given(call, function, parameter))
        };
        outcome.with(|at| at.with_keys(key))
    }

    /// Whether what goes to a place by keys that no call gives goes to a table of many things.
    fn table_of(&self, outcome: Outcome) -> KindSet {
        match outcome {
            Outcome::Cell(cell, at, _) if at.has_elements() && self.world.is_table(cell) => KindSet::TABLE,
            _ => KindSet::EMPTY,
        }
    }

    /// Whether a function that is kept under a key is what a call asks for: unless it is known to ask for another.
    fn has_key(&self, handed: Handed, function: FunctionRef, origin: Origin) -> bool {
        let Some((owner, parameter, key)) = handed.key else { return true };
        let call = match origin.caller {
            Some(caller) if owner == function && caller.argument.is_none() => Some((caller.function.unit, caller.call)),
            _ => origin.maker.filter(|&(unit, node)| node.index() < self.world.program.unit(unit).nodes.len()),
        };
        let given = call.map(|(unit, node)| self.world.key_given(Value { unit, node }, owner, parameter as usize));
        given.is_none_or(|given| !given.is_known() || given == key)
    }

    /// Lets those read a place that belongs to one object or closure.
    fn share(&mut self, from: EntryId, (cell, maker): (Cell, Option<Maker>), (at, mark): (Path, Mark), way: Way) {
        let at = at.without_keys();
        if self.is_shared(from, (cell, maker), (at, mark), way) {
            return;
        }
        let way = Way { trace: self.traces.add(Trace::Shared { before: way.trace }), ..way };
        for reader in self.audience(cell, mark) {
            let callers: Vec<_> = self.world.callers(reader).collect();
            for &caller in &callers {
                let context = self.world.context(cell, caller, reader);
                if is_one(context, maker) {
                    let general = if context.is_none() { self.general(cell) } else { KindSet::EMPTY };
                    let way = Way { passed: way.passed | general, ..way };
                    let origin = Origin { maker, ..Origin::call(caller) };
                    self.enter_at(from, origin, (reader, Atom::Cell(cell)), (at, mark), way);
                }
            }
            if callers.is_empty() {
                let origin = Origin { maker, ..Origin::UNKNOWN };
                self.enter_at(from, origin, (reader, Atom::Cell(cell)), (at, mark), way);
            }
        }
    }

    /// Goes on in the function of a call that has returned.
    fn come_back(
        &mut self,
        entry: EntryId,
        (caller, via): (Caller, Option<Caller>),
        atom: Atom,
        (at, mark): (Path, Mark),
        way: Way,
    ) {
        let way = Way { trace: self.traces.add(Trace::Back { before: way.trace, caller }), ..way };
        match via {
            // The code around the call runs on behalf of another call.
            Some(outer) => self.enter_at(entry, Origin::call(outer), (caller.function, atom), (at, mark), way),
            None => self.push(Item { entry, function: caller.function, atom, at, mark, way }),
        }
    }

    /// What a source leads to.
    fn arrive(&mut self, id: EntryId, source: (FunctionRef, u32), function: FunctionRef, outcome: Outcome, way: Way) {
        let outcome = outcome.with(Path::without_keys);
        let way = Way { passed: way.passed | self.table_of(outcome), ..way };
        match outcome {
            Outcome::Return(at, mark) => {
                for caller in self.world.callers(function).collect::<Vec<_>>() {
                    let chosen = self.world.choice_of(caller, function, true);
                    let way = chosen.map_or(way, |sure| Way { sure: way.sure.min(sure), ..way });
                    self.give_back(id, caller, result_of(caller), (at, mark), way);
                }
            }
            Outcome::Written(parameter, at, mark) => {
                for caller in self.world.callers(function).collect::<Vec<_>>() {
                    let Some(atom) = self.world.left_in(caller, function, parameter) else { continue };
                    self.give_back(id, caller, atom, (at, mark), way);
                }
            }
            Outcome::Cell(cell, at, mark) => {
                if self.is_shared(id, (cell, None), (at, mark), way) {
                    return;
                }
                let way = Way { trace: self.traces.add(Trace::Shared { before: way.trace }), ..way };
                for reader in self.audience(cell, mark) {
                    self.push(Item { entry: id, function: reader, atom: Atom::Cell(cell), at, mark, way });
                }
            }
            Outcome::Handed(within, call, index, at, mark) => {
                let callers: Vec<_> = self.world.callers(function).collect();
                for &caller in &callers {
                    self.hand(id, (within, call, index), Origin::call(caller), (at, mark), way);
                }
                if callers.is_empty() {
                    self.hand(id, (within, call, index), Origin::UNKNOWN, (at, mark), way);
                }
            }
            Outcome::Sink(function, node, place, sure) => self.reach(Reached { source, function, node, place, sure, way }),
        }
    }

    /// Goes back to a caller of the function in which a value arose; a wrapper gives it to the caller that handed the function in.
    fn give_back(&mut self, id: EntryId, caller: Caller, atom: Atom, (at, mark): (Path, Mark), way: Way) {
        let owner = self.world.called_owner(caller.function.unit, caller.call).filter(|_| caller.handed_by.is_some());
        let outer: Vec<_> = owner.map_or_else(Vec::new, |_| self.world.callers(caller.function).collect());
        let Some(owner) = owner.filter(|_| !outer.is_empty()) else {
            return self.come_back(id, (caller, None), atom, (at, mark), way);
        };
        for around in outer {
            if is_one(self.world.maker(around, caller.function, owner), caller.handed_by) {
                self.come_back(id, (caller, Some(around)), atom, (at, mark), way);
            }
        }
    }

    fn reach(&mut self, reached: Reached) {
        let key = (reached.source.0, reached.source.1, reached.function, reached.node, reached.place);
        let known = self.reached_index.entry(key).or_default();
        if !known.iter().any(|&index| covers(self.reached[index].way, reached.way)) {
            known.push(self.reached.len());
            self.reached.push(reached);
            self.kept += 1;
        }
    }
}

/// Whether what two calls are about may be one thing: unless it is known that different calls made it.
fn is_one(one: Option<Maker>, other: Option<Maker>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one == other)
}

const fn result_of(caller: Caller) -> Atom {
    match caller.argument {
        None => Atom::Result(caller.call),
        Some(argument) => Atom::Callback(caller.call, argument),
    }
}

fn covers(known: Way, new: Way) -> bool {
    known.passed.is_subset(new.passed) && known.sure >= new.sure
}

fn is_covered(known: &[(KindSet, Confidence)], new: Way) -> bool {
    known.iter().any(|&(passed, sure)| passed.is_subset(new.passed) && sure >= new.sure)
}
