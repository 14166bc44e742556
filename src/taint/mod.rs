//! Following values: which value of which kind reaches which place, across functions and files.
//!
//! [`solve`] goes over all expressions once (`index`), runs the functions that matter one by one (`transfer`) and joins what they
//! do (`propagate`). It knows no language, no library and no rule: what calls do is read from [`crate::rule::Knowledge`].

mod access;
mod argument;
mod audience;
mod build;
mod channel;
mod condition;
mod context;
mod entry;
mod evidence;
mod format;
mod graph;
mod handed;
mod index;
mod kept;
mod label;
mod mark;
mod origin;
mod pass;
mod place;
mod print;
mod propagate;
mod reference;
mod registry;
mod role;
mod sealed;
mod shape;
mod shown;
mod table;
mod text;
mod trace;
mod transfer;
mod value;

use rayon::prelude::*;

pub use text::{write_calls, write_summaries};
pub use trace::FlowStep;

use crate::program::{FunctionRef, Program, UnitId};
use crate::rule::kind::{KindId, KindSet};
use crate::rule::model::RowId;
use crate::rule::{Confidence, Knowledge};
use crate::source::{Notice, NoticeKind, Span};
use crate::target::Workspace;
use crate::timing::Timings;

use evidence::Evidence;
use index::World;
use propagate::{Reached, Search};
use trace::Teller;
use transfer::Checks;

/// What following values gives.
#[derive(Debug, Default)]
pub struct Taint {
    /// Every value of a kind that reaches a place of a kind, ordered by place and source.
    pub flows: Vec<Flow>,
    /// The rows of models that spoke of anything; ordered.
    pub fired: Vec<RowId>,
    /// How many steps the search took: what its cost is measured by, on any machine.
    pub steps: usize,
}

/// What follows the name of a value that only its name tells of.
pub const BY_NAME: &str = ", by its name,";

/// A value of a kind that reaches a place of a kind.
#[derive(Clone, Debug)]
pub struct Flow {
    /// What the value is.
    pub kind: KindId,
    /// Whether only a name says so.
    pub is_by_name: bool,
    /// Where it arises, and under which name; the first step of the story.
    pub source: FlowStep,
    /// The function in which it arises.
    pub source_function: FunctionRef,
    /// What the place is.
    pub place: KindId,
    /// Where the place is, and what it is called; the last step.
    pub sink: FlowStep,
    /// The function that holds the place.
    pub sink_function: FunctionRef,
    /// What happens between.
    pub steps: Vec<FlowStep>,
    /// Through how many calls, returns and shared places it leads: what happens within a function is one hop at most.
    pub hops: usize,
    /// Cleaners that it passed, and checks that stand before the place.
    pub passed: KindSet,
    /// How sure source, way and place are.
    pub confidence: Confidence,
    /// Whether the way is short and direct enough to prove the worst.
    pub is_complete: bool,
}

/// Follows all values of a program.
#[must_use]
pub fn solve(workspace: &Workspace, program: &Program<'_>, knowledge: &Knowledge, timings: &Timings) -> (Taint, Vec<Notice>) {
    let world = timings.of("flows/index", || World::new(program, knowledge));
    let checks = timings.of("flows/checks", || checks(&world));
    let mut search = Search::new(&world, &checks);
    timings.of("flows/search", || search.run());
    let notices = notices(workspace, &world, &search);
    let teller = Teller { world: &world, traces: &search.traces, graphs: &search.graphs };
    let mut flows: Vec<_> = timings.of("flows/ways", || search.reached.par_iter().map(|reached| flow(&teller, reached)).collect());
    flows.sort_by_cached_key(order);
    (Taint { flows, fired: world.fired(), steps: search.steps() }, notices)
}

/// Through how many calls a check counts for the callers.
const MAX_CHECK_DEPTH: u32 = 4;

/// What functions with checks, and those that call them, have checked when they return.
fn checks(world: &World<'_>) -> Checks {
    let mut checks = Checks::default();
    let mut functions = world.checks.clone();
    for _ in 0..MAX_CHECK_DEPTH {
        let graphs: Vec<_> = functions
            .par_iter()
            .map(|&function| (function, transfer::run(world, function, &checks)))
            .map(|(function, graph)| (function, (graph.returned, graph.returned_true)))
            .filter(|(_, (returned, returned_true))| !returned.is_empty() || !returned_true.is_empty())
            .collect();
        functions = graphs.iter().flat_map(|&(function, _)| world.callers(function)).map(|caller| caller.function).collect();
        functions.sort_unstable();
        functions.dedup();
        checks.extend(graphs);
    }
    checks
}

fn order(flow: &Flow) -> (UnitId, Span, KindId, UnitId, Span, KindId, KindSet, std::cmp::Reverse<Confidence>, usize) {
    let (sink, source) = (&flow.sink, &flow.source);
    let sure = std::cmp::Reverse(flow.confidence);
    (sink.unit, sink.span, flow.place, source.unit, source.span, flow.kind, flow.passed, sure, flow.steps.len())
}

fn flow(teller: &Teller<'_, '_>, reached: &Reached) -> Flow {
    let world = teller.world;
    let (function, index) = reached.source;
    let source = teller.graphs[&function].sources[index as usize];
    let place = reached.place;
    let kinds = &world.knowledge.kinds;
    let (span, name) = teller.source(function, source.site);
    let by_name = if source.is_by_name { BY_NAME } else { "" };
    let sink = reached.function;
    let steps = teller.steps(reached.way.trace);
    let (shared, hops) = teller.hops(reached.way.trace);
    let evidence = Evidence { shared, hops };
    Flow {
        kind: source.kind,
        is_by_name: source.is_by_name,
        source: FlowStep {
            unit: function.unit,
            span,
            message: format!("{name}{by_name} holds {}", kinds.get(source.kind).what),
            enters: false,
            is_choice: false,
        },
        source_function: function,
        place,
        sink: FlowStep {
            unit: sink.unit,
            span: world.program.unit(sink.unit).span(reached.node),
            message: format!("reaches {}: `{}`", kinds.get(place).what, teller.callee(sink.unit, reached.node)),
            enters: false,
            is_choice: false,
        },
        sink_function: sink,
        steps,
        hops,
        passed: reached.way.passed,
        confidence: evidence.confidence(source.sure.min(reached.way.sure).min(reached.sure)),
        is_complete: evidence.is_complete(),
    }
}

/// Functions that were not followed to their end.
fn notices(workspace: &Workspace, world: &World<'_>, search: &Search<'_, '_>) -> Vec<Notice> {
    let mut cut: Vec<_> = search.cut_functions().collect();
    cut.sort_unstable();
    let mut notices: Vec<_> = cut
        .into_iter()
        .map(|function| {
            let file = workspace.file(world.program.file(function.unit));
            let line = file.lines().line(world.program.unit(function.unit).function(function.function).span.start);
            let message = "values were not followed to the end of this function: it is too long or too deep";
            Notice::about(&file.path, NoticeKind::LimitReached, message).at_line(line)
        })
        .collect();
    if search.is_cut {
        let message = "some values spread too far to be followed everywhere";
        notices.push(Notice::general(NoticeKind::LimitReached, message));
    }
    notices
}
