//! Functions with certain facts and a certain content.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::callee::{Callees, body_calls, body_may_call, calls_any, mentions_any, reached};
use super::handed_on::{HandedOn, parameters_called};
use super::{Audit, Context, in_function, leaves, matching_rules};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM};
use crate::ir::{Block, Expr, FunctionId, NodeId, Statement, StatementKind, Unit};
use crate::program::{Constant, FunctionRef, Program, UnitId, Value};
use crate::rule::matcher::function::FunctionMatch;
use crate::rule::{CalleePattern, Match, TextPattern};
use crate::source::{AsideKind, SourceFile, Span};
use crate::standing;

/// The audit of `[match.function]`.
pub(super) struct FunctionAudit;

impl Audit for FunctionAudit {
    fn stage(&self) -> &'static str {
        "audit/function"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Function(function) = matcher { Some(function) } else { None });
        if rules.is_empty() {
            return Vec::new();
        }
        let handlers = Handlers::of(context.program, rules.iter().flat_map(|(_, matcher)| &matcher.handler_of));
        let fallbacks = rules.iter().enumerate();
        let fallbacks = Callees::new(
            context.program,
            fallbacks.flat_map(|(owner, (_, matcher))| matcher.falls_back_to.iter().map(move |pattern| (owner, pattern))),
        );
        let sought = Sought::of(context.program, rules.iter().map(|(_, matcher)| *matcher));
        let met = sought.0.met();
        let units: Vec<_> = context.program.unit_ids().collect();
        let codes = Codes::of(context);
        units
            .par_iter()
            .flat_map_iter(|&id| {
                let unit = context.program.unit(id);
                let file = context.workspace.file(context.program.file(id));
                let mut findings = Vec::new();
                let falls_back = fallbacks.owners_in(context.program, id);
                let rules = rules.iter().enumerate().filter(|(owner, (rule, matcher))| {
                    rule.applies_to(unit.language)
                        && !matcher.not_file.iter().any(|glob| glob.matches_path(&file.path))
                        && (matcher.falls_back_to.is_empty() || falls_back.contains(owner))
                        && (matcher.calls.is_empty() || !matcher.falls_back_to.is_empty() || met.contains(&(2 * owner)))
                        && (matcher.inlined || matcher.text.as_ref().is_none_or(|it| context.texts.is_possible(file.id, it)))
                });
                let rules: Vec<_> = rules.collect();
                let places = if falls_back.is_empty() { NodesByPlace::default() } else { NodesByPlace::of(unit) };
                for (function, at) in codes.candidates(id, rules.iter().map(|&(_, (_, matcher))| *matcher)) {
                    let (owner, (rule, matcher)) = rules[at];
                    let function = FunctionRef { unit: id, function };
                    let (program, handlers, sought, places, codes) = (context.program, &handlers, &sought, &places, &codes);
                    let candidate = Candidate { program, handlers, sought, function, unit, places, codes };
                    if let Some(span) = candidate.judge(owner, matcher) {
                        let builder = FindingBuilder::new(rule, context.workspace, file.id, span)
                            .at_most(matcher.at_most, LESSER_FORM)
                            .message(format!("{} (in {})", rule.body.title, described(context.program, function)));
                        findings.push(in_function(context, builder, function).build());
                    }
                }
                findings
            })
            .collect()
    }
}

fn described(program: &Program<'_>, function: FunctionRef) -> String {
    let unit = program.unit(function.unit);
    match unit.name(unit.function(function.function).name) {
        _ if function.function == FunctionId::MODULE => "the top level of the file".into(),
        "" => "an anonymous function".into(),
        name => format!("`{name}`"),
    }
}

/// The calls that rules ask for in functions, by the number of the rule: those that must be there, and those that may not.
struct Sought(Callees);

impl Sought {
    fn of<'m>(program: &Program<'_>, matchers: impl Iterator<Item = &'m FunctionMatch>) -> Self {
        let patterns = matchers.enumerate().flat_map(|(owner, matcher)| {
            let calls = matcher.calls.iter().map(move |pattern| (2 * owner, pattern));
            calls.chain(matcher.lacks.iter().map(move |pattern| (2 * owner + 1, pattern)))
        });
        Self(Callees::new(program, patterns))
    }

    /// Whether a node is a call that a rule asks for.
    fn is_wanted(&self, program: &Program<'_>, unit: UnitId, node: NodeId, owner: usize) -> bool {
        self.0.is_call_of(program, (unit, node), 2 * owner)
    }

    /// Whether a node is a call that may not be there.
    fn is_unwanted(&self, program: &Program<'_>, unit: UnitId, node: NodeId, owner: usize) -> bool {
        self.0.is_call_of(program, (unit, node), 2 * owner + 1)
    }
}

/// The calls that some rule asks for and that functions are handed to.
struct Handlers {
    calls: FxHashMap<FunctionRef, Vec<Value>>,
}

impl Handlers {
    fn of<'p>(program: &Program<'_>, patterns: impl Iterator<Item = &'p CalleePattern>) -> Self {
        let callees = Callees::new(program, patterns.map(|pattern| (0, pattern)));
        let units: Vec<_> = program.unit_ids().collect();
        let handed: Vec<_> = units.par_iter().flat_map_iter(|&id| handed(program, &callees, id)).collect();
        let mut calls: FxHashMap<FunctionRef, Vec<Value>> = FxHashMap::default();
        handed.into_iter().for_each(|(function, call)| calls.entry(function).or_default().push(call));
        Self { calls }
    }

    fn of_function(&self, function: FunctionRef) -> &[Value] {
        self.calls.get(&function).map_or(&[], Vec::as_slice)
    }
}

/// The functions that a unit hands to calls of some callees, with those calls.
fn handed(program: &Program<'_>, callees: &Callees, id: UnitId) -> Vec<(FunctionRef, Value)> {
    let mut handed = Vec::new();
    for (node, content) in program.unit(id).all_nodes() {
        let Expr::Call { callee, arguments, kind } = &content.expr else { continue };
        let is_asked_for = program.path_id(id, *callee).is_some_and(|path| callees.owners(path, *kind).next().is_some());
        if is_asked_for {
            let functions = arguments.iter().filter_map(|&node| program.function_of(Value { unit: id, node }));
            handed.extend(functions.map(|function| (function, Value { unit: id, node })));
        }
    }
    handed
}

/// A function that is looked at.
struct Candidate<'a> {
    program: &'a Program<'a>,
    handlers: &'a Handlers,
    sought: &'a Sought,
    function: FunctionRef,
    unit: &'a Unit,
    places: &'a NodesByPlace,
    codes: &'a Codes<'a>,
}

/// The texts of units without their comments: what a comment says of a check checks nothing.
struct Codes<'a> {
    context: &'a Context<'a>,
    texts: Vec<OnceLock<String>>,
}

impl<'a> Codes<'a> {
    fn of(context: &'a Context<'a>) -> Self {
        Self { context, texts: context.program.units().iter().map(|_| OnceLock::new()).collect() }
    }

    fn text(&self, id: UnitId, span: Span) -> &str {
        let program = self.context.program;
        let whole = self.texts[id.0 as usize].get_or_init(|| without_comments(self.context.workspace.file(program.file(id))));
        whole.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The functions of a unit, each with the numbers of those of some matchers whose text it has, as far as that is a text of the file.
    fn candidates<'m>(&self, id: UnitId, matchers: impl Iterator<Item = &'m FunctionMatch>) -> Vec<(FunctionId, usize)> {
        let unit = self.context.program.unit(id);
        let file = self.context.workspace.file(self.context.program.file(id));
        let all = || (0..unit.functions.len() as u32).map(FunctionId);
        let of_matcher = |(number, matcher): (usize, &FunctionMatch)| {
            let functions = match matcher.text.as_ref().filter(|_| !matcher.inlined) {
                Some(pattern) => {
                    let has_match = |function: &FunctionId| self.has_match(id, unit.function(*function).span, pattern);
                    self.context.texts.functions(file, pattern, || all().filter(has_match).collect())
                }
                None => all().collect(),
            };
            functions.iter().map(|&function| (function, number)).collect::<Vec<_>>()
        };
        let mut candidates: Vec<_> = matchers.enumerate().flat_map(of_matcher).collect();
        candidates.sort_unstable();
        candidates
    }

    /// Whether a pattern matches within a span.
    fn has_match(&self, id: UnitId, span: Span, pattern: &TextPattern) -> bool {
        // Without its comments it has no words that it has not with them.
        let written = self.context.workspace.file(self.context.program.file(id)).snippet(span);
        pattern.may_hold(written) && pattern.is_match(self.text(id, span))
    }
}

/// The text of a file with comments as blanks; ends of lines stay.
fn without_comments(file: &SourceFile) -> String {
    let is_comment = |kind| matches!(kind, AsideKind::Comment | AsideKind::Documentation);
    let mut bytes = file.text.as_bytes().to_vec();
    for aside in standing::asides(file).iter().filter(|aside| is_comment(aside.kind)) {
        let span = aside.span.start as usize..(aside.span.end as usize).min(bytes.len());
        bytes[span].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    // A comment begins and ends between characters; if one did not, the text as it is will do.
    String::from_utf8(bytes).unwrap_or_else(|_| file.text.to_string())
}

/// The expressions of a unit in the order of the text, to find those within a span without looking at all.
#[derive(Default)]
struct NodesByPlace {
    nodes: Vec<(Span, NodeId)>,
}

impl NodesByPlace {
    fn of(unit: &Unit) -> Self {
        let mut nodes: Vec<_> = unit.all_nodes().map(|(id, node)| (node.span, id)).collect();
        nodes.sort_unstable();
        Self { nodes }
    }

    fn within(&self, span: Span) -> impl Iterator<Item = NodeId> {
        let first = self.nodes.partition_point(|(place, _)| place.start < span.start);
        let from = self.nodes[first..].iter().take_while(move |(place, _)| place.start < span.end.max(span.start + 1));
        from.filter(move |(place, _)| span.contains(*place)).map(|&(_, id)| id)
    }
}

impl Candidate<'_> {
    /// Where the finding stands, if the function matches.
    fn judge(&self, owner: usize, matcher: &FunctionMatch) -> Option<Span> {
        if !self.has_facts(matcher) {
            return None;
        }
        let span = self.unit.function(self.function.function).span;
        let text = self.codes.text(self.function.unit, span);
        let inlined = if matcher.inlined { self.inlined(self.function, MAX_INLINED) } else { None };
        let whole = inlined.as_deref().unwrap_or(text);
        let lacks = |pattern: &TextPattern| !pattern.is_match(text) && (inlined.is_none() || !pattern.is_match(whole));
        // What is not inlined is known to match.
        let is_met = matcher.text.as_ref().filter(|_| matcher.inlined).is_none_or(|pattern| pattern.is_match(whole))
            && matcher.lacks_text.as_ref().is_none_or(lacks)
            && !is_preceded(matcher, whole)
            && self.fits_class(matcher)
            && matcher.lacks_reached.as_ref().is_none_or(|pattern| !self.reaches(pattern))
            && (matcher.lacks.is_empty() || !self.may_make_unwanted(owner));
        if !is_met {
            return None;
        }
        if !matcher.falls_back_to.is_empty() {
            let body = &self.unit.function(self.function.function).body;
            return self.fallback(body, matcher).map(|node| self.unit.span(node));
        }
        if matcher.calls.is_empty() {
            return Some(head(text, span));
        }
        let is_wanted = |unit, node| self.sought.is_wanted(self.program, unit, node, owner);
        if matcher.on_parameter {
            return self
                .first_call_on_parameter(&is_wanted)
                .map(|node| node.map_or_else(|| head(text, span), |it| self.unit.span(it)));
        }
        self.program
            .first_call_within(self.function, |node| is_wanted(self.function.unit, node))
            .map(|node| self.unit.span(node))
            .or_else(|| body_calls(self.program, self.function, &is_wanted).then(|| head(text, span)))
    }

    fn may_make_unwanted(&self, owner: usize) -> bool {
        let is_unwanted = |unit, node| self.sought.is_unwanted(self.program, unit, node, owner);
        body_may_call(self.program, self.function, &is_unwanted)
    }

    /// Name, attributes, and what the function is handed to.
    fn has_facts(&self, matcher: &FunctionMatch) -> bool {
        let declared = self.unit.function(self.function.function);
        let name = self.unit.name(declared.name);
        if matcher.not_named.as_ref().is_some_and(|pattern| pattern.is_match(name)) {
            return false;
        }
        let is_named = matcher.named.as_ref().is_none_or(|pattern| pattern.is_match(name));
        let has_attribute = matcher.attribute.as_ref().is_none_or(|pattern| {
            let text = |node: &NodeId| self.codes.text(self.function.unit, self.unit.span(*node));
            declared.attributes.iter().any(|node| pattern.is_match(text(node)))
        });
        is_named && has_attribute && (matcher.handler_of.is_empty() || self.is_handler(matcher))
    }

    fn is_handler(&self, matcher: &FunctionMatch) -> bool {
        self.handlers.of_function(self.function).iter().any(|call| {
            calls_any(self.program, call.unit, call.node, &matcher.handler_of)
                && matcher
                    .event
                    .as_ref()
                    .is_none_or(|pattern| event(self.program, *call).is_some_and(|event| pattern.is_match(&event)))
        })
    }

    /// The class around, by its text.
    fn fits_class(&self, matcher: &FunctionMatch) -> bool {
        if matcher.class_text.is_none() && matcher.class_lacks_text.is_none() {
            return true;
        }
        let Some(class) = self.unit.function(self.function.function).class else { return matcher.class_text.is_none() };
        let text = self.codes.text(self.function.unit, self.unit.class(class).span);
        matcher.class_text.as_ref().is_none_or(|pattern| pattern.is_match(text))
            && matcher.class_lacks_text.as_ref().is_none_or(|pattern| !pattern.is_match(text))
    }

    /// The text of a function with the bodies of those that it calls, each behind the call; None if it calls none of the tree.
    fn inlined(&self, function: FunctionRef, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let unit = self.program.unit(function.unit);
        let span = unit.function(function.function).span;
        let mut calls: Vec<_> = Vec::new();
        for node in self.program.calls_within(function) {
            let place = unit.span(node);
            let targets = self.program.targets(function.unit, node);
            if let Some(&target) = targets.first().filter(|target| **target != function && span.contains(place)) {
                calls.push((place.end - span.start, target));
            }
        }
        calls.sort_unstable();
        calls.dedup();
        let text = self.codes.text(function.unit, span);
        let (mut whole, mut at) = (String::new(), 0);
        for (end, target) in calls {
            let end = end as usize;
            let body = self.inlined(target, depth).unwrap_or_else(|| self.text_of(target).to_owned());
            let body = body.find('{').and_then(|start| body.get(start..));
            if let (Some(body), Some(before)) = (body, text.get(at..end)) {
                if whole.len() + before.len() + body.len() > MAX_TEXT {
                    break;
                }
                whole.push_str(before);
                whole.push_str(body);
                at = end;
            }
        }
        (at > 0).then(|| whole + text.get(at..).unwrap_or_default())
    }

    fn text_of(&self, function: FunctionRef) -> &str {
        self.codes.text(function.unit, self.program.unit(function.unit).function(function.function).span)
    }

    /// Whether the text of the function, or of one that it calls, has a match.
    fn reaches(&self, pattern: &TextPattern) -> bool {
        reached(self.program, self.function).into_iter().any(|function| pattern.is_match(self.text_of(function)))
    }

    /// The first of some calls that is made on a parameter of the function; without a place, if the function only hands one to
    /// others that call it.
    fn first_call_on_parameter(&self, is_wanted: &dyn Fn(UnitId, NodeId) -> bool) -> Option<Option<NodeId>> {
        let unit = self.function.unit;
        let is_on_parameter = |node| is_wanted(unit, node) && !parameters_called(self.program, Value { unit, node }).is_empty();
        let own = self.program.first_call_within(self.function, is_on_parameter);
        let handed = || HandedOn::new(self.program, is_wanted).is_any(self.function);
        own.map(Some).or_else(|| handed().then_some(None))
    }

    /// The call that stands in for one that is tested for, or fails, in a block.
    fn fallback(&self, block: &Block, matcher: &FunctionMatch) -> Option<NodeId> {
        block.iter().enumerate().find_map(|(index, statement)| match &statement.kind {
            StatementKind::Branch { condition, then, otherwise } => {
                let nested = || self.fallback(then, matcher).or_else(|| self.fallback(otherwise, matcher));
                if !self.holds_any(self.unit.span(*condition), &matcher.after_testing, true) {
                    return nested();
                }
                // Only the way on which the secure generator is not used counts; what follows an early return is such a way.
                let ways = [then, otherwise].into_iter().filter(|way| !self.uses(way, &matcher.after_testing));
                let inside = ways.filter_map(|way| self.weak_in(way, &matcher.falls_back_to)).next();
                inside.or_else(|| self.weak_in(&block[index + 1..], &matcher.falls_back_to).filter(|_| leaves(then)))
            }
            StatementKind::Try { body, handler: Some(handler), .. } if self.uses(body, &matcher.after_testing) => {
                self.weak_in(handler, &matcher.falls_back_to)
            }
            StatementKind::Try { body, handler, finally, .. } => {
                let blocks = std::iter::once(body).chain(handler).chain(std::iter::once(finally));
                blocks.into_iter().find_map(|block| self.fallback(block, matcher))
            }
            StatementKind::Loop { body, .. } => self.fallback(body, matcher),
            _ => self.conditional(statement.span, matcher),
        })
    }

    /// `secure ? secure() : weak()`, `secure || weak` within one statement.
    fn conditional(&self, span: Span, matcher: &FunctionMatch) -> Option<NodeId> {
        self.places.within(span).find_map(|node| {
            let (tested, weak) = match *self.unit.expr(node) {
                Expr::Conditional { condition, otherwise, .. } => (condition, otherwise),
                Expr::Logical { left, right, .. } => (left, right),
                _ => return None,
            };
            let is_tested = self.holds_any(self.unit.span(tested), &matcher.after_testing, true);
            self.call_in(self.unit.span(weak), &matcher.falls_back_to).filter(|_| is_tested)
        })
    }

    fn uses(&self, block: &[Statement], patterns: &[CalleePattern]) -> bool {
        block.iter().any(|statement| self.holds_any(statement.span, patterns, false))
    }

    fn weak_in(&self, block: &[Statement], patterns: &[CalleePattern]) -> Option<NodeId> {
        block.iter().find_map(|statement| self.call_in(statement.span, patterns))
    }

    fn call_in(&self, span: Span, patterns: &[CalleePattern]) -> Option<NodeId> {
        self.places.within(span).find(|node| calls_any(self.program, self.function.unit, *node, patterns))
    }

    /// Whether an expression within `span` calls one of some functions, or also only names one.
    fn holds_any(&self, span: Span, patterns: &[CalleePattern], or_names: bool) -> bool {
        self.places.within(span).any(|node| {
            let id = self.function.unit;
            if or_names { mentions_any(self.program, id, node, patterns) } else { calls_any(self.program, id, node, patterns) }
        })
    }
}

/// Whether what may not stand before the text that a rule asks for does.
fn is_preceded(matcher: &FunctionMatch, text: &str) -> bool {
    let Some((asked, before)) = matcher.text.as_ref().zip(matcher.lacks_before.as_ref()) else { return false };
    asked.regex().find(text).is_some_and(|found| before.is_match(&text[..found.start]))
}

/// The bodies of functions are put in place of calls through so many calls, the function's own text counted.
const MAX_INLINED: u32 = 3;
/// A longer text is not put together.
const MAX_TEXT: usize = 64 * 1024;

/// The first constant string among a call's arguments: the event or channel.
fn event(program: &Program<'_>, call: Value) -> Option<String> {
    let Expr::Call { arguments, .. } = program.unit(call.unit).expr(call.node) else { return None };
    arguments.iter().find_map(|&node| match program.constant(Value { unit: call.unit, node })? {
        Constant::Text(text) => Some(text),
        _ => None,
    })
}

/// The first line of a function.
fn head(text: &str, span: Span) -> Span {
    let first_line = text.lines().next().map_or(0, str::len) as u32;
    Span::new(span.start, (span.start + first_line).min(span.end))
}
