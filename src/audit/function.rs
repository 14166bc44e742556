//! Functions with certain facts and a certain content.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::callee::{Callees, body_calls, calls_any, mentions_any, reached};
use super::{Audit, Context, in_function, leaves, matching_rules};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM};
use crate::ir::{Block, Expr, FunctionId, NodeId, Statement, StatementKind, Unit, VariableId, VariableKind};
use crate::program::argument;
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
                        && matcher.text.as_ref().is_none_or(|pattern| context.texts.is_possible(file.id, pattern))
                });
                let rules: Vec<_> = rules.map(|(_, rule)| rule).collect();
                let places = if falls_back.is_empty() { NodesByPlace::default() } else { NodesByPlace::of(unit) };
                for index in 0..unit.functions.len() as u32 {
                    let function = FunctionRef { unit: id, function: FunctionId(index) };
                    let (program, handlers, places, codes) = (context.program, &handlers, &places, &codes);
                    let candidate = Candidate { program, handlers, function, unit, file, places, codes };
                    for (rule, matcher) in &rules {
                        if let Some(span) = candidate.judge(matcher) {
                            let builder = FindingBuilder::new(rule, context.workspace, file.id, span)
                                .at_most(matcher.at_most, LESSER_FORM)
                                .message(format!("{} (in {})", rule.body.title, described(context.program, function)));
                            findings.push(in_function(context, builder, function).build());
                        }
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
    function: FunctionRef,
    unit: &'a Unit,
    file: &'a SourceFile,
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
    fn judge(&self, matcher: &FunctionMatch) -> Option<Span> {
        if !self.has_facts(matcher) {
            return None;
        }
        let span = self.unit.function(self.function.function).span;
        // Without its comments it has no words that it has not with them.
        let written = self.file.snippet(span);
        if matcher.text.as_ref().is_some_and(|pattern| !pattern.may_hold(written)) {
            return None;
        }
        let text = self.codes.text(self.function.unit, span);
        let is_met = matcher.text.as_ref().is_none_or(|pattern| pattern.is_match(text))
            && matcher.lacks_text.as_ref().is_none_or(|pattern| !pattern.is_match(text))
            && self.fits_class(matcher)
            && matcher.lacks_reached.as_ref().is_none_or(|pattern| !self.reaches(pattern))
            && (matcher.lacks.is_empty() || !body_calls(self.program, self.function, &matcher.lacks));
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
        if matcher.on_parameter {
            return self
                .first_call_on_parameter(&matcher.calls)
                .map(|node| node.map_or_else(|| head(text, span), |it| self.unit.span(it)));
        }
        self.first_call(&matcher.calls)
            .map(|node| self.unit.span(node))
            .or_else(|| body_calls(self.program, self.function, &matcher.calls).then(|| head(text, span)))
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

    /// Whether the text of the function, or of one that it calls, has a match.
    fn reaches(&self, pattern: &TextPattern) -> bool {
        reached(self.program, self.function).into_iter().any(|function| {
            let span = self.program.unit(function.unit).function(function.function).span;
            pattern.is_match(self.codes.text(function.unit, span))
        })
    }

    /// The first of some calls that is made on a parameter of the function; without a place, if the function only hands one to
    /// others that call it.
    fn first_call_on_parameter(&self, patterns: &[CalleePattern]) -> Option<Option<NodeId>> {
        let own = self.program.whole_body(self.function).into_iter().find(|&node| {
            calls_any(self.program, self.function.unit, node, patterns)
                && !parameters_called(self.program, Value { unit: self.function.unit, node }).is_empty()
        });
        let handed =
            || !Handed { program: self.program, patterns, known: FxHashMap::default() }.by(self.function, MAX_HANDED).is_empty();
        own.map(Some).or_else(|| handed().then_some(None))
    }

    fn first_call(&self, patterns: &[CalleePattern]) -> Option<NodeId> {
        let mut nodes = self.program.whole_body(self.function).into_iter();
        nodes.find(|&node| calls_any(self.program, self.function.unit, node, patterns))
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

/// Parameters on which some calls are made, through functions that hand them on.
struct Handed<'a> {
    program: &'a Program<'a>,
    patterns: &'a [CalleePattern],
    known: FxHashMap<(FunctionRef, u32), Vec<VariableId>>,
}

impl Handed<'_> {
    /// The parameters of a function on which it makes one of the calls, or which it hands to functions that do.
    fn by(&mut self, function: FunctionRef, depth: u32) -> Vec<VariableId> {
        if let Some(known) = self.known.get(&(function, depth)) {
            return known.clone();
        }
        let unit = self.program.unit(function.unit);
        let mut called = Vec::new();
        for node in self.program.whole_body(function) {
            if !matches!(unit.expr(node), Expr::Call { .. }) {
                continue;
            }
            let call = Value { unit: function.unit, node };
            if calls_any(self.program, function.unit, node, self.patterns) {
                called.extend(parameters_called(self.program, call));
            }
            for &target in self.program.targets(function.unit, node).iter().filter(|target| depth > 0 && **target != function) {
                let variables = self.by(target, depth - 1);
                called.extend(variables.into_iter().filter_map(|variable| self.given(call, target, variable)));
            }
        }
        called.sort_unstable();
        called.dedup();
        self.known.insert((function, depth), called.clone());
        called
    }

    /// The caller's parameter that a call gives for one of its target's.
    fn given(&self, call: Value, target: FunctionRef, variable: VariableId) -> Option<VariableId> {
        let unit = self.program.unit(call.unit);
        let Expr::Call { callee, arguments, .. } = unit.expr(call.node) else { return None };
        let within = self.program.unit(target.unit);
        let declared = within.function(target.function);
        let node = match (declared.parameters.iter().position(|it| it.variable == variable), unit.expr(*callee)) {
            (Some(position), _) => {
                let index = argument::for_parameter(unit, arguments, (within, declared), position)?;
                unit.given(arguments[index])
            }
            (None, Expr::Field { base, .. }) if declared.receiver == Some(variable) => *base,
            _ => return None,
        };
        of_parameter(self.program, Value { unit: call.unit, node })
    }
}

/// How many functions a parameter is handed through before it is called.
const MAX_HANDED: u32 = 3;

/// The parameters on which, or on a part of which, a call is made; or, if it is made on nothing, those that it is given.
fn parameters_called(program: &Program<'_>, call: Value) -> Vec<VariableId> {
    let unit = program.unit(call.unit);
    let Expr::Call { callee, arguments, .. } = unit.expr(call.node) else { return Vec::new() };
    let of = |node: NodeId| of_parameter(program, Value { unit: call.unit, node });
    match *unit.expr(*callee) {
        Expr::Field { base, .. } => of(base).into_iter().collect(),
        _ => arguments.iter().filter_map(|&node| of(unit.given(node))).collect(),
    }
}

/// How deep members of members are looked through for the value that they belong to.
const MAX_MEMBERS: u32 = 8;

/// The parameter that a value is, or is a part of.
fn of_parameter(program: &Program<'_>, value: Value) -> Option<VariableId> {
    let mut value = value;
    for _ in 0..MAX_MEMBERS {
        value = program.resolve(value);
        let unit = program.unit(value.unit);
        value.node = match *unit.expr(value.node) {
            Expr::Variable(variable) => return (unit.variable(variable).kind == VariableKind::Parameter).then_some(variable),
            Expr::Field { base, .. } | Expr::Index { base, .. } | Expr::Typed { value: base, .. } => base,
            _ => return None,
        };
    }
    None
}

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
