//! Values of some kind that reach places of some kind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Audit, Context, matching_rules};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM};
use crate::program::UnitId;
use crate::rule::kind::{KindSet, Kinds};
use crate::rule::matcher::flow::{FlowMatch, Follows};
use crate::rule::{Confidence, Match, Rule, Severity, TextPattern};
use crate::source::{Aside, AsideKind, FileId, Role, Span};
use crate::standing;
use crate::taint::{BY_NAME, Flow, FlowStep};

/// Through so many calls, returns and shared places a value that is likely to arrive is as likely as others. Readers judged 51 flows of
/// more than six steps (two or three of these): 42 were wrong and three more were hygiene.
const MOST_LIKELY_HOPS: usize = 4;

/// The same for flows that are certain step by step: of eight that were judged, the five with more than 14 steps were wrong.
const MOST_CERTAIN_HOPS: usize = 8;

/// Through more than these, a value that is likely to arrive hardly ever does: it was mixed with others on the way.
const MOST_DOUBTFUL_HOPS: usize = 2 * MOST_LIKELY_HOPS;

/// The audit of `[match.flow]`.
pub(super) struct FlowAudit;

impl Audit for FlowAudit {
    fn stage(&self) -> &'static str {
        "audit/flow"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Flow(flow) = matcher { Some(flow) } else { None });
        rules.par_iter().flat_map_iter(|(rule, matcher)| findings(context, rule, matcher)).collect()
    }
}

/// The findings of a rule.
fn findings(context: &Context<'_>, rule: &Arc<Rule>, matcher: &FlowMatch) -> Vec<Finding> {
    let also = Places::new(context, &matcher.also);
    arrivals(context, rule, matcher).iter().map(|place| finding(context, (rule, matcher), &also, place)).collect()
}

/// The flows that lead to one place.
struct Arrivals<'a> {
    /// What is reported of it.
    reported: Reported,
    /// The surest, then the shortest.
    best: &'a Flow,
    /// One for each further value, by where it arises.
    others: Vec<&'a Flow>,
}

/// Which end of a flow is reported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reported {
    /// Where the value gets to.
    Place,
    /// Where it arises: in one of several implementations, through which it may or may not get to many places.
    Source,
}

/// How many further values are told of one place.
const MOST_VALUES: usize = 10;

impl<'a> Arrivals<'a> {
    /// A flow that users can meet comes before one of tests, however sure that is.
    fn new(context: &Context<'_>, reported: Reported, flows: Vec<&'a Flow>) -> Option<Self> {
        let reach = |flow: &Flow| withheld(context, flow).map_or(Severity::Critical, |(ceiling, _)| ceiling);
        let better = |best, flow| if (reach(flow), rank(flow)) > (reach(best), rank(best)) { flow } else { best };
        let best = flows.iter().copied().reduce(better)?;
        let mut others: Vec<_> = flows.into_iter().filter(|flow| source_of(flow) != source_of(best)).collect();
        others.sort_by_key(|flow| source_of(flow));
        others.dedup_by_key(|flow| source_of(flow));
        others.truncate(MOST_VALUES);
        Some(Self { reported, best, others })
    }
}

/// The flows of a rule, by the place to which they lead.
fn arrivals<'a>(context: &'a Context<'_>, rule: &Rule, matcher: &FlowMatch) -> Vec<Arrivals<'a>> {
    let wanted = Wanted::new(&context.rules.knowledge.kinds, matcher);
    let mut by_place: BTreeMap<(UnitId, Span), Vec<&Flow>> = BTreeMap::new();
    let mut by_source: BTreeMap<(UnitId, Span), Vec<&Flow>> = BTreeMap::new();
    for flow in &context.taint.flows {
        if wanted.wants(flow)
            && rule.applies_to(context.program.unit(flow.sink.unit).language)
            && in_context(context, matcher, flow)
            && !is_of_tests(context, flow)
            && !context.exclusive.excludes(context.program, flow)
        {
            if is_made_by_rival(flow) {
                by_source.entry(source_of(flow)).or_default().push(flow);
            } else {
                by_place.entry((flow.sink.unit, flow.sink.span)).or_default().push(flow);
            }
        }
    }
    let mut by_place: Vec<_> = by_place.into_values().collect();
    if matcher.first_only {
        by_place = first_places(by_place);
    }
    let places = by_place.into_iter().filter_map(|flows| Arrivals::new(context, Reported::Place, flows));
    let mut arrivals = without_stopovers(places.collect());
    // What is certain says more than what one of several implementations may do.
    let certain: BTreeSet<_> = arrivals.iter().map(|place| source_of(place.best)).collect();
    let uncertain = by_source.into_iter().filter(|(source, _)| !certain.contains(source));
    arrivals.extend(uncertain.filter_map(|(_, flows)| Arrivals::new(context, Reported::Source, flows)));
    arrivals
}

/// Whether a test makes a guessable value and hands it to the product, which makes none. A secret that a test hands over is another
/// matter: the product does the same with those of its users.
fn is_of_tests(context: &Context<'_>, flow: &Flow) -> bool {
    let kinds = &context.rules.knowledge.kinds;
    let is_test = |step: &FlowStep| {
        let file = context.workspace.file(context.program.file(step.unit));
        file.role == Role::Test || standing::aside_at(file, step.span).is_some_and(|aside| aside.kind == AsideKind::Test)
    };
    kinds.name(kinds.root(flow.kind)) == "guessable" && is_test(&flow.source) && !is_test(&flow.sink)
}

/// Whether a value arises in one of several implementations of what its users call.
fn is_made_by_rival(flow: &Flow) -> bool {
    let choice = flow.steps.iter().position(|step| step.is_choice);
    choice.is_some_and(|choice| !flow.steps[..choice].iter().any(|step| step.enters))
}

/// Leaves out flows whose value was at another of the places before.
fn first_places(by_place: Vec<Vec<&Flow>>) -> Vec<Vec<&Flow>> {
    let places: BTreeSet<_> = by_place.iter().flatten().map(|flow| (source_of(flow), flow.sink.unit, flow.sink.span)).collect();
    let is_first = |flow: &&Flow| {
        let before = |step: &FlowStep| (step.unit, step.span) != (flow.sink.unit, flow.sink.span);
        !flow.steps.iter().any(|step| before(step) && places.contains(&(source_of(flow), step.unit, step.span)))
    };
    by_place.into_iter().map(|flows| flows.into_iter().filter(is_first).collect()).collect()
}

/// Leaves out calls into the tree by which a value gets to another place of the rule: that place is where it happens.
fn without_stopovers(places: Vec<Arrivals<'_>>) -> Vec<Arrivals<'_>> {
    let flows = places.iter().flat_map(|place| std::iter::once(place.best).chain(place.others.iter().copied()));
    let entered = flows.flat_map(|flow| flow.steps.iter().filter(|step| step.enters).map(|step| (source_of(flow), step)));
    let entered: BTreeSet<_> = entered.map(|(source, step)| (source, step.unit, step.span)).collect();
    let is_last = |place: &Arrivals<'_>| !entered.contains(&(source_of(place.best), place.best.sink.unit, place.best.sink.span));
    places.into_iter().filter(is_last).collect()
}

/// What flows of a rule have in common that are shown as one: one value that reaches several places of one function is one defect.
fn group(context: &Context<'_>, rule: &Rule, flow: &Flow) -> String {
    let function = context.program.unit(flow.sink_function.unit).function(flow.sink_function.function);
    let at = |unit: UnitId, span: Span| format!("{}:{}-{}", context.program.file(unit).0, span.start, span.end);
    format!("{} {} {}", rule.id, at(flow.sink_function.unit, function.span), at(flow.source.unit, flow.source.span))
}

/// The value that a flow is about.
const fn source_of(flow: &Flow) -> (UnitId, Span) {
    (flow.source.unit, flow.source.span)
}

/// Further places of some kinds, by the value that reaches them.
struct Places<'a>(BTreeMap<(UnitId, Span), Vec<&'a Flow>>);

impl<'a> Places<'a> {
    fn new(context: &'a Context<'_>, names: &[String]) -> Self {
        let mut by_source: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let kinds = kinds(&context.rules.knowledge.kinds, names);
        if !names.is_empty() {
            for flow in context.taint.flows.iter().filter(|flow| kinds.contains(flow.place)) {
                by_source.entry(source_of(flow)).or_default().push(flow);
            }
        }
        Self(by_source)
    }

    fn of(&self, flow: &Flow) -> &[&'a Flow] {
        self.0.get(&source_of(flow)).map_or(&[], Vec::as_slice)
    }
}

/// The way of the surest value of some kinds that reaches a place of some kinds at an expression.
pub(super) fn way_to(context: &Context<'_>, follows: &Follows, at: (UnitId, Span)) -> Option<Vec<(FileId, Span, String)>> {
    let known = &context.rules.knowledge.kinds;
    let (from, to, through) = (kinds(known, &follows.from), kinds(known, &follows.to), kinds(known, &follows.through));
    let flows = &context.taint.flows;
    let start = flows.partition_point(|flow| (flow.sink.unit, flow.sink.span) < at);
    let here = flows[start..].iter().take_while(|flow| (flow.sink.unit, flow.sink.span) == at);
    let fits = |flow: &&Flow| {
        from.contains(flow.kind)
            && to.contains(flow.place)
            && sureness(flow) >= Confidence::Medium
            && !flow.passed.intersects(known.cleaners(flow.kind).without(through))
    };
    here.filter(fits).max_by_key(|flow| rank(flow)).map(|flow| way(context, flow))
}

/// The kinds of some names, with their descendants.
fn kinds(kinds: &Kinds, names: &[String]) -> KindSet {
    let ids = names.iter().filter_map(|name| kinds.find(name).ok());
    ids.fold(KindSet::EMPTY, |set, kind| set | kinds.closure(kind))
}

/// What comes out of a table that functions share is hardly ever the very element that went in.
fn sureness(flow: &Flow) -> Confidence {
    if flow.passed.intersects(KindSet::TABLE) { Confidence::Low } else { flow.confidence }
}

fn rank(flow: &Flow) -> (Confidence, std::cmp::Reverse<usize>) {
    (sureness(flow), std::cmp::Reverse(flow.steps.len()))
}

/// A matcher with its names looked up.
struct Wanted<'a> {
    kinds: &'a Kinds,
    from: KindSet,
    to: KindSet,
    unless: KindSet,
    through: KindSet,
    guards: KindSet,
    min_confidence: Confidence,
}

impl<'a> Wanted<'a> {
    fn new(kinds: &'a Kinds, matcher: &FlowMatch) -> Self {
        let set = |names: &[String]| self::kinds(kinds, names);
        Self {
            kinds,
            from: set(&matcher.from),
            to: set(&matcher.to),
            unless: set(&matcher.unless),
            through: set(&matcher.through),
            guards: set(&matcher.unguarded_by),
            min_confidence: matcher.min_confidence.unwrap_or(Confidence::Medium),
        }
    }

    fn wants(&self, flow: &Flow) -> bool {
        let cleaned = self.kinds.cleaners(flow.kind).without(self.through) | self.unless | self.guards;
        self.from.contains(flow.kind)
            && self.to.contains(flow.place)
            && sureness(flow) >= self.min_confidence
            && !flow.passed.intersects(cleaned)
            && (self.through.is_empty() || flow.passed.intersects(self.through))
    }
}

/// Whether the rule's patterns of names allow a flow.
fn in_context(context: &Context<'_>, matcher: &FlowMatch, flow: &Flow) -> bool {
    let fits = |pattern: &TextPattern| names_fit(context, pattern, flow);
    matcher.context.as_ref().is_none_or(fits) && !matcher.not_context.as_ref().is_some_and(fits)
}

/// Whether a pattern fits a name on the way of a flow: of its functions, its steps or their files.
fn names_fit(context: &Context<'_>, pattern: &TextPattern, flow: &Flow) -> bool {
    let program = context.program;
    let names = [program.function_name(flow.source_function), program.function_name(flow.sink_function)];
    let steps = [&flow.source, &flow.sink].into_iter().chain(&flow.steps);
    let file = |step: &FlowStep| context.workspace.file(program.file(step.unit)).name().to_owned();
    names.iter().any(|name| pattern.is_match(name))
        || steps.clone().any(|step| pattern.is_match(&step.message))
        || steps.clone().any(|step| pattern.is_match(&file(step)))
}

/// A flow in steps, from where the value arises to the place that it reaches.
fn way(context: &Context<'_>, flow: &Flow) -> Vec<(FileId, Span, String)> {
    let place = |step: &FlowStep| (context.program.file(step.unit), step.span, step.message.clone());
    std::iter::once(&flow.source).chain(&flow.steps).chain([&flow.sink]).map(place).collect()
}

/// Other places where the value goes, and other values that come where it does.
fn related(context: &Context<'_>, also: &Places<'_>, place: &Arrivals<'_>) -> Vec<(FileId, Span, String)> {
    let flow = place.best;
    let mut further = also.of(flow).to_vec();
    further.sort_by_key(|other| (other.sink.unit, other.sink.span));
    further.dedup_by_key(|other| (other.sink.unit, other.sink.span));
    let told = |step: &FlowStep, message: String| (context.program.file(step.unit), step.span, message);
    let further = further.into_iter().map(|other| told(&other.sink, format!("the same value {}", other.sink.message)));
    let mut sources = vec![&flow.source];
    for other in &place.others {
        if !sources.iter().any(|known| on_one_line(context, known, &other.source)) {
            sources.push(&other.source);
        }
    }
    let others = sources[1..].iter().map(|source| told(source, format!("{} reaches the same place", name_of(source))));
    further.chain(others).collect()
}

/// Whether two steps stand on one line.
fn on_one_line(context: &Context<'_>, a: &FlowStep, b: &FlowStep) -> bool {
    let file = context.workspace.file(context.program.file(a.unit));
    let between = Span::new(a.span.start.min(b.span.start), a.span.start.max(b.span.start));
    a.unit == b.unit && !file.snippet(between).contains('\n')
}

/// The name under which a value arises, for people.
fn name_of(source: &FlowStep) -> &str {
    source.message.split(" holds ").next().unwrap_or_default()
}

/// What the file is in which a value arises.
fn origin_role(context: &Context<'_>, flow: &Flow) -> Role {
    context.workspace.file(context.program.file(flow.source.unit)).role
}

/// The least that a flow can be, and why, if it goes where no user comes: it arises in a test or in other people's code, or passes
/// through a branch for developers.
fn withheld(context: &Context<'_>, flow: &Flow) -> Option<(Severity, String)> {
    let of_step = |step: &FlowStep| {
        let file = context.workspace.file(context.program.file(step.unit));
        let is_source = std::ptr::eq(step, &flow.source);
        let counts = |role| !matches!(role, Role::Vendored | Role::Docs) || is_source;
        let of_role = standing::ceiling_of_role(file.role).filter(|_| counts(file.role));
        let of_role = of_role.map(|ceiling| (ceiling, format!("the value arrives via {}: {}", file.path, file.role_reason)));
        let is_code = |aside: &&Aside| aside.kind > AsideKind::Documentation;
        let aside = standing::aside_at(file, step.span).filter(is_code);
        let aside = aside.or_else(|| context.branches.around(context.program, step.unit, step.span));
        let of_aside = aside.map(|aside| (standing::ceiling_of_aside(aside.kind), aside.reason.clone()));
        of_role.into_iter().chain(of_aside).min_by_key(|(ceiling, _)| *ceiling)
    };
    std::iter::once(&flow.source).chain(&flow.steps).filter_map(of_step).min_by_key(|(ceiling, _)| *ceiling)
}

/// A value that went far is less certain to arrive, and the finding one step less grave: no more, or what is fatal would pass for having
/// gone through many functions.
fn far(builder: FindingBuilder<'_>, severity: Severity) -> FindingBuilder<'_> {
    let lower = Severity::ALL.into_iter().filter(|other| *other < severity && *other > Severity::Info).max();
    let builder = builder.confidence_below().form(None);
    match lower {
        Some(lower) => builder.severity_because(lower, "its path is long"),
        None => builder,
    }
}

/// A finding as grave as what is known of its path allows.
fn weighed<'a>(builder: FindingBuilder<'a>, (rule, matcher): (&Arc<Rule>, &FlowMatch), flow: &Flow) -> FindingBuilder<'a> {
    // A name alone is no proof of a grave defect (of 22 that were reported as grave, readers confirmed four), nor is a way that is long
    // or passes where values are mixed.
    let doubt = if flow.is_by_name {
        Some((Severity::Medium, "judged by its name"))
    } else if !flow.is_complete || sureness(flow) < Confidence::High {
        Some((Severity::High, "its path is likely, not certain"))
    } else {
        None
    };
    let builder = match doubt {
        Some((most, doubt)) => builder.severity_because(rule.body.severity.min(most), doubt),
        None => builder,
    };
    let builder = builder.form(matcher.form.clone().filter(|_| doubt.is_none()));
    let most = if doubt.is_some() { MOST_LIKELY_HOPS } else { MOST_CERTAIN_HOPS };
    let builder = if flow.hops > most {
        let doubted = doubt.map_or(Severity::Critical, |(most, _)| most);
        far(builder, rule.body.severity.min(doubted).min(matcher.at_most.unwrap_or(Severity::Critical)))
    } else {
        builder
    };
    let is_doubtful = doubt.is_some() && flow.hops > MOST_DOUBTFUL_HOPS;
    let doubtful = is_doubtful.then_some(Severity::Low);
    let lesser = doubt.map_or(LESSER_FORM, |(_, doubt)| doubt);
    builder.at_most(matcher.at_most, lesser).at_most(doubtful, "its path is so long that it is hardly ever taken")
}

/// A finding about the flows to one place.
fn finding(context: &Context<'_>, (rule, matcher): (&Arc<Rule>, &FlowMatch), also: &Places<'_>, place: &Arrivals<'_>) -> Finding {
    let kinds = &context.rules.knowledge.kinds;
    let flow = place.best;
    let (origin, what) = (name_of(&flow.source), kinds.get(flow.kind).what.as_str());
    let value = match origin.strip_suffix(BY_NAME) {
        Some(name) => format!("{name}, {what} by its name,"),
        None => format!("{what} ({origin})"),
    };
    let message = format!("{}: {value} reaches {}", rule.body.title, kinds.get(flow.place).what);
    let (reported, message) = match place.reported {
        Reported::Place => (&flow.sink, message),
        Reported::Source => (&flow.source, format!("{message} where this implementation is used")),
    };
    let file = context.program.file(reported.unit);
    let builder = FindingBuilder::new(rule, context.workspace, file, reported.span)
        .message(message)
        .flow(way(context, flow))
        .related(related(context, also, place))
        .group(group(context, rule, flow))
        .by_name(flow.is_by_name)
        .confidence(rule.body.confidence.min(sureness(flow)));
    // What was followed is the secret, or becomes it: untrusted input is neither.
    let is_secret = matches!(kinds.name(kinds.root(flow.kind)), "secret" | "guessable");
    let builder = if is_secret { builder.on_secret_path() } else { builder };
    let builder = weighed(builder, (rule, matcher), flow);
    let builder = withheld(context, flow).into_iter().fold(builder, |builder, (ceiling, reason)| builder.at_most(ceiling, reason));
    // What the product hands to other people's code is the product's doing.
    let is_own = !matches!(origin_role(context, flow), Role::Vendored);
    let builder = if is_own { builder.counting_in(Role::Vendored) } else { builder };
    super::in_function(context, builder, flow.sink_function).build()
}
