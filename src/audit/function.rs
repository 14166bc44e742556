//! Functions with certain facts and a certain content.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::callee::{Callees, body_calls, calls_any, is_within, mentions_any, reached};
use super::{Audit, Context, in_function, leaves, matching_rules};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM};
use crate::ir::{Block, Expr, FunctionId, NodeId, Statement, StatementKind, Unit, VariableKind};
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

    /// The first of some calls that is made on a parameter: of the function, or (without a place) of one that it calls.
    fn first_call_on_parameter(&self, patterns: &[CalleePattern]) -> Option<Option<NodeId>> {
        let find = |function: FunctionRef| {
            let mut nodes = self.program.unit(function.unit).all_nodes().map(|(node, _)| node);
            nodes.find(|&node| {
                let around = self.program.unit(function.unit).nodes[node.index()].function;
                is_within(self.program, function, around)
                    && calls_any(self.program, function.unit, node, patterns)
                    && is_on_parameter(self.program, Value { unit: function.unit, node })
            })
        };
        let own = find(self.function).map(Some);
        own.or_else(|| reached(self.program, self.function).into_iter().skip(1).find_map(find).map(|_| None))
    }

    fn first_call(&self, patterns: &[CalleePattern]) -> Option<NodeId> {
        let mut nodes = self.unit.all_nodes().filter(|(_, node)| is_within(self.program, self.function, node.function));
        nodes.find(|(node, _)| calls_any(self.program, self.function.unit, *node, patterns)).map(|(node, _)| node)
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

/// Whether a call is made on a parameter or a part of one; or, if it is made on nothing, is given one.
fn is_on_parameter(program: &Program<'_>, call: Value) -> bool {
    let unit = program.unit(call.unit);
    let Expr::Call { callee, arguments, .. } = unit.expr(call.node) else { return false };
    match *unit.expr(*callee) {
        Expr::Field { base, .. } => is_of_parameter(program, Value { unit: call.unit, node: base }),
        _ => arguments.iter().any(|&node| is_of_parameter(program, Value { unit: call.unit, node: unit.given(node) })),
    }
}

/// How deep members of members are looked through for the value that they belong to.
const MAX_MEMBERS: u32 = 8;

/// Whether a value is a parameter or a part of one.
fn is_of_parameter(program: &Program<'_>, value: Value) -> bool {
    let mut value = value;
    for _ in 0..MAX_MEMBERS {
        value = program.resolve(value);
        let unit = program.unit(value.unit);
        value.node = match *unit.expr(value.node) {
            Expr::Variable(variable) => return unit.variable(variable).kind == VariableKind::Parameter,
            Expr::Field { base, .. } | Expr::Index { base, .. } | Expr::Typed { value: base, .. } => base,
            _ => return false,
        };
    }
    false
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
