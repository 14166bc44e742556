//! Calls of certain functions with certain arguments.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::callee::{Callees, calls_any, written_name};
use super::condition::{self, Subject};
use super::flow::way_to;
use super::{Audit, Context, matching_rules};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM};
use crate::ir::{CallKind, Expr, FunctionId, NodeId, Unit};
use crate::program::{FunctionRef, PathId, Program, UnitId, Value};
use crate::rule::matcher::call::{CallMatch, Condition};
use crate::rule::{CalleePattern, Match, Rule, Severity, TextPattern};
use crate::source::{FileId, SourceFile, Span};

/// Why what is inferred weighs less.
const INFERRED: &str = "the value is the one that callers, a default or one of several branches are seen to give";

/// The audit of `[match.call]`.
pub(super) struct CallAudit;

impl Audit for CallAudit {
    fn stage(&self) -> &'static str {
        "audit/call"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Call(call) = matcher { Some(call) } else { None });
        let index = Callees::new(context.program, patterns(&rules, |matcher| &matcher.callee));
        let written = Callees::new(context.program, patterns(&rules, |matcher| &matcher.assigned));
        let units: Vec<_> = context.program.unit_ids().collect();
        units
            .par_iter()
            .flat_map_iter(|&id| {
                let unit = context.program.unit(id);
                let rules = &rules;
                let (index, written) = (&index, &written);
                let calls = unit.all_nodes().filter_map(move |(node, content)| match content.expr {
                    Expr::Call { callee, kind, .. } => {
                        let path = context.program.path_id(id, callee)?;
                        Some((node, owners(index, context.program, id, (node, kind, path))))
                    }
                    Expr::Assign { target, .. } if matches!(unit.expr(target), Expr::Field { .. }) => {
                        let path = context.program.path_id(id, target)?;
                        Some((node, written.owners(path, CallKind::Call).collect()))
                    }
                    _ => None,
                });
                calls.flat_map(move |(node, owners)| {
                    owners.into_iter().filter_map(move |owner| {
                        let (rule, matcher) = rules[owner];
                        rule.applies_to(unit.language).then_some(())?;
                        let story = judge(context, matcher, Value { unit: id, node })?;
                        let file = context.program.file(id);
                        let call = head(context, id, node);
                        let span = story.place.unwrap_or(call);
                        let mut related = story.related(context.program);
                        if !unit.span(node).contains(span) {
                            related.push((file, call, "used by this call".into()));
                        }
                        let way = matcher.follows.as_ref().and_then(|follows| way_to(context, follows, (id, unit.span(node))));
                        let builder = FindingBuilder::new(rule, context.workspace, file, span)
                            .at_most(matcher.at_most, LESSER_FORM)
                            .at_most(story.is_inferred.then_some(Severity::Medium), INFERRED)
                            .form(matcher.form.clone().filter(|_| !story.is_inferred))
                            .message(story.message(&rule.body.title))
                            .related(related)
                            .whole(unit.span(node));
                        let builder = match way {
                            Some(way) => builder.flow(way).on_secret_path(),
                            None => builder,
                        };
                        let function = FunctionRef { unit: id, function: unit.nodes[node.index()].function };
                        Some(super::in_function(context, builder, function).build())
                    })
                })
            })
            .collect()
    }
}

/// The patterns of some rules, each with the number of its rule.
fn patterns<'p>(
    rules: &'p [(&Arc<Rule>, &'p CallMatch)],
    of: fn(&CallMatch) -> &Vec<CalleePattern>,
) -> impl Iterator<Item = (usize, &'p CalleePattern)> {
    rules.iter().enumerate().flat_map(move |(owner, (_, matcher))| of(matcher).iter().map(move |pattern| (owner, pattern)))
}

/// The rules whose callee a call has.
fn owners(index: &Callees, program: &Program<'_>, id: UnitId, (node, kind, path): (NodeId, CallKind, PathId)) -> Vec<usize> {
    let mut owners: Vec<_> = index.owners(path, kind).collect();
    let unit = program.unit(id);
    if let Expr::Call { callee, kind: CallKind::Element, .. } = unit.expr(node)
        && let Some(name) = written_name(unit, *callee)
    {
        owners.extend(index.owners_of_element(name));
        owners.sort_unstable();
        owners.dedup();
    }
    owners
}

/// What is told of a call that matched.
struct Story {
    details: Vec<String>,
    place: Option<Span>,
    written: Vec<Value>,
    /// That a value is fixed follows from what others are seen to give for it.
    is_inferred: bool,
}

impl Story {
    fn related(&self, program: &Program<'_>) -> Vec<(FileId, Span, String)> {
        let place = |value: &Value| (program.file(value.unit), program.unit(value.unit).span(value.node));
        self.written.iter().map(place).map(|(file, span)| (file, span, "the value is written here".into())).collect()
    }

    fn message(&self, title: &str) -> String {
        if self.details.is_empty() { title.to_owned() } else { format!("{title} ({})", self.details.join(", ")) }
    }
}

/// Whether a call whose callee matches is a finding.
fn judge(context: &Context<'_>, matcher: &CallMatch, call: Value) -> Option<Story> {
    let program = context.program;
    let subject = Subject { program, knowledge: &context.rules.knowledge, call, asks_callers: true };
    let spared = Subject { asks_callers: false, ..subject };
    let unit = program.unit(call.unit);
    let file = context.workspace.file(program.file(call.unit));
    let held = |conditions: &BTreeMap<String, Condition>| -> Vec<_> {
        conditions.iter().map(|(name, condition)| detail(name, condition, condition::holds(&subject, condition), file)).collect()
    };
    let required = held(&matcher.conditions);
    let optional = held(&matcher.any);
    let is_met = required.iter().all(Option::is_some) && (optional.is_empty() || optional.iter().any(Option::is_some));
    let is_spared = calls_any(program, call.unit, call.node, &matcher.not_callee)
        || matcher.spare.values().any(|condition| condition::holds(&spared, condition).is_some());
    if !is_met || is_spared || !stands_beside(program, matcher, call) || !fits_context(unit, matcher, call.node) {
        return None;
    }
    // One form of the defect that is certain is enough.
    let is_inferred = required.iter().flatten().any(|evidence| evidence.is_inferred)
        || optional.iter().flatten().next().is_some() && optional.iter().flatten().all(|evidence| evidence.is_inferred);
    let details: Vec<_> = required.into_iter().chain(optional).flatten().collect();
    let place = details.iter().find_map(|detail| detail.place);
    let written = details.iter().filter_map(|detail| detail.written).collect();
    Some(Story { details: details.into_iter().filter_map(|detail| detail.text).collect(), place, written, is_inferred })
}

/// A condition that holds, its value told: of a member by the name that the code has for it, of anything else by what the rule calls it.
fn detail(
    name: &str,
    condition: &Condition,
    evidence: Option<condition::Evidence>,
    file: &SourceFile,
) -> Option<condition::Evidence> {
    let member = condition.field.as_deref().and_then(|field| field.rsplit('.').next()).filter(|_| condition.result_of.is_none());
    let told =
        |text| member.map_or_else(|| format!("{}: {text}", name.replace('-', " ")), |member| format!("`{member}` is {text}"));
    evidence.map(|evidence| {
        let literal = evidence.place.map(|place| file.snippet(place)).filter(|literal| is_prefixed(literal));
        let text = evidence.text.map(|text| literal.filter(|_| text.parse::<f64>().is_ok()).map_or(text, ToOwned::to_owned));
        condition::Evidence { text: text.map(told), ..evidence }
    })
}

/// Whether a literal is a number to another base than ten: `0o666` says more than 438.
fn is_prefixed(literal: &str) -> bool {
    let digits = literal.strip_prefix('0').unwrap_or_default();
    (1..=LITERAL).contains(&digits.len()) && digits.chars().all(|digit| digit.is_ascii_alphanumeric() || digit == '_')
}

/// Characters of such a literal.
const LITERAL: usize = 18;

fn stands_beside(program: &Program<'_>, matcher: &CallMatch, call: Value) -> bool {
    let has = |patterns: &[CalleePattern]| {
        let unit = program.unit(call.unit);
        let around = unit.nodes[call.node.index()].function;
        let calls = |node: NodeId| calls_any(program, call.unit, node, patterns);
        if around == FunctionId::MODULE {
            return unit.all_nodes().any(|(node, _)| calls(node));
        }
        program.body(FunctionRef { unit: call.unit, function: around }).iter().any(|&node| calls(node))
    };
    (matcher.beside.is_empty() || has(&matcher.beside)) && (matcher.not_beside.is_empty() || !has(&matcher.not_beside))
}

fn fits_context(unit: &Unit, matcher: &CallMatch, call: NodeId) -> bool {
    if matcher.context.is_empty() && matcher.not_context.is_empty() {
        return true;
    }
    let names = names_around(unit, call);
    let matches = |patterns: &[TextPattern]| names.iter().any(|name| patterns.iter().any(|pattern| pattern.is_match(name)));
    (matcher.context.is_empty() || matches(&matcher.context)) && !matches(&matcher.not_context)
}

/// The names that say what a call is for: of the functions around it, and of what takes a value that it is part of.
fn names_around(unit: &Unit, call: NodeId) -> Vec<&str> {
    let content = &unit.nodes[call.index()];
    let mut names = Vec::new();
    let mut function = Some(content.function);
    while let Some(id) = function {
        names.push(unit.name(unit.function(id).name));
        if let Some(class) = unit.function(id).class {
            names.push(unit.name(unit.class(class).name));
        }
        function = unit.function(id).owner;
    }
    // A node's children come before it, so what holds the call stands after it, in the same function.
    let holders = unit.nodes[call.index() + 1..].iter().filter(|node| node.span.contains(content.span));
    for holder in holders.filter(|node| node.function == content.function) {
        match &holder.expr {
            Expr::Assign { target, .. } => names.extend(written_name(unit, *target)),
            Expr::Object(properties) => {
                let property = properties.iter().find(|property| unit.span(property.value).contains(content.span));
                if let Some(crate::ir::PropertyKey::Name(name)) = property.map(|property| property.key) {
                    names.push(unit.name(name));
                }
            }
            Expr::Call { callee, .. } => names.extend(written_name(unit, *callee)),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The text of a call up to its arguments: what people look for.
fn head(context: &Context<'_>, id: UnitId, call: NodeId) -> Span {
    let unit = context.program.unit(id);
    let whole = unit.span(call);
    let text = context.workspace.file(context.program.file(id)).snippet(whole);
    let first_line = text.lines().next().unwrap_or(text).len() as u32;
    Span::new(whole.start, whole.start + first_line.min(whole.end - whole.start))
}
