//! Conditions on the values of a call.

use super::alternative::{alternatives, collect_returned};
use super::callee::{body_calls, body_may_call, calls_any, written_name};
use super::fixed::{Fixed, written_out};
use crate::ir::{Expr, Literal, NodeId, PropertyKey, Unit, VariableId};
use crate::program::argument;
use crate::program::{Constant, FunctionRef, Program, UnitId, Value};
use crate::rule::matcher::call::{Condition, Scalar};
use crate::rule::{CalleePattern, Confidence, Knowledge, Position};
use crate::source::Span;

/// How deep a value is searched for the calls that it is built from.
const MAX_DEPTH: u32 = 8;

/// The call that conditions are about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) program: &'a Program<'a>,
    pub(super) knowledge: &'a Knowledge,
    pub(super) call: Value,
    /// Whether it is enough that one caller of the function around it hands in what is asked for.
    pub(super) asks_callers: bool,
}

/// Why a condition holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// The value, if it may be told: numbers, booleans and the words that the rule asks for.
    pub(super) text: Option<String>,
    /// Where it is to be changed, if that is in the call's own file.
    pub(super) place: Option<Span>,
    /// The told value, if it is written outside of the call.
    pub(super) written: Option<Value>,
    /// For a condition that asks whether a value is fixed: it is so only as far as callers, defaults and branches are seen.
    pub(super) is_inferred: bool,
}

/// What a condition looks at.
#[derive(Clone, Debug)]
enum Looked {
    /// A value, and how the call writes it: a name says something that what it stands for may not.
    Value { value: Value, written: Value, is_one_of_several: bool },
    /// A constant that it may be, and where that is written out.
    Constant(Constant, Value),
    /// Nothing: certainly not written.
    Absent,
    /// Nobody can say.
    Unknown,
}

impl Looked {
    /// A value as it is written.
    const fn plain(value: Value) -> Self {
        Self::Value { value, written: value, is_one_of_several: false }
    }

    /// What it is among other values.
    fn among(self, others: usize) -> Self {
        match self {
            Self::Value { value, written, is_one_of_several } => {
                Self::Value { value, written, is_one_of_several: is_one_of_several || others > 0 }
            }
            other => other,
        }
    }
}

/// Whether a condition holds, and why.
pub(super) fn holds(subject: &Subject<'_>, condition: &Condition) -> Option<Evidence> {
    if !condition.callee.is_empty() && !calls_any(subject.program, subject.call.unit, subject.call.node, &condition.callee) {
        return None;
    }
    let mut looked = subject.look(condition).flat_map(|looked| subject.with_callers(condition, looked));
    looked.find_map(|looked| subject.check(condition, looked))
}

impl Subject<'_> {
    fn look(&self, condition: &Condition) -> impl Iterator<Item = Looked> {
        let bases = self.bases(condition);
        let fields = condition.field.as_deref();
        let through = condition.result_of.as_ref();
        bases.into_iter().flat_map(move |base| {
            let members = fields.into_iter().flat_map(|fields| fields.split('.'));
            let looked = members.fold(vec![base], |looked, name| looked.into_iter().flat_map(|it| self.field(it, name)).collect());
            looked.into_iter().flat_map(move |member| match (through, &member) {
                (Some(through), Looked::Value { value, is_one_of_several, .. }) => {
                    let others = usize::from(*is_one_of_several);
                    let found = self.arguments_of(*value, &through.callee, through.argument.as_ref()).into_iter();
                    found.map(|looked| looked.among(others)).collect()
                }
                _ => vec![member],
            })
        })
    }

    /// The values that a condition begins with.
    fn bases(&self, condition: &Condition) -> Vec<Looked> {
        if let Expr::Assign { target, value } = *self.unit().expr(self.call.node) {
            return self.written(condition, target, value);
        }
        let Expr::Call { callee, arguments, .. } = self.unit().expr(self.call.node) else { return Vec::new() };
        if let Some(position) = &condition.argument {
            return vec![given(self.program, self.call, arguments, position)];
        }
        if condition.any_argument {
            return arguments.iter().map(|&node| Looked::plain(self.here(node))).collect();
        }
        match (condition.receiver, self.unit().expr(*callee)) {
            (true, Expr::Field { base, .. }) => vec![Looked::plain(self.here(*base))],
            (true, _) => vec![Looked::Unknown],
            (false, _) => vec![Looked::plain(self.call)],
        }
    }

    /// The value that a condition begins with where a member is written.
    fn written(&self, condition: &Condition, target: NodeId, value: NodeId) -> Vec<Looked> {
        match *self.unit().expr(target) {
            Expr::Field { base, .. } if condition.receiver => vec![Looked::plain(self.here(base))],
            _ => vec![Looked::plain(self.here(value))],
        }
    }

    fn unit(&self) -> &Unit {
        self.program.unit(self.call.unit)
    }

    const fn here(&self, node: NodeId) -> Value {
        Value { unit: self.call.unit, node }
    }

    /// A member of an object, of each of those that it may be.
    fn field(&self, looked: Looked, name: &str) -> Vec<Looked> {
        let Looked::Value { value, is_one_of_several, .. } = looked else { return vec![looked] };
        let later = |object| self.program.written_later(object, name).map(Looked::plain);
        let objects = alternatives(self.program, value).into_iter();
        let of_object =
            |object| std::iter::once(self.field_of(object, name)).chain(later(object)).chain(self.handed_in_field(object, name));
        let found: Vec<_> = objects.flat_map(of_object).collect();
        let others = found.len().saturating_sub(1) + usize::from(is_one_of_several);
        found.into_iter().map(|looked| looked.among(others)).collect()
    }

    /// The member of what callers hand in for a parameter that is spread in an object.
    fn handed_in_field(&self, object: Value, name: &str) -> Vec<Looked> {
        let Expr::Object(properties) = self.program.unit(object.unit).expr(object.node) else { return Vec::new() };
        let spread = properties.iter().filter(|property| property.key == PropertyKey::Spread && self.asks_callers);
        let spread = spread.map(|property| self.program.resolve(Value { unit: object.unit, node: property.value }));
        let handed = spread.flat_map(|value| self.program.handed_in(value));
        handed.map(|value| self.field_of(self.program.resolve(value), name)).collect()
    }

    /// A value and, if a constant is asked, what callers hand in for it or an instance is made with.
    fn with_callers(&self, condition: &Condition, looked: Looked) -> Vec<Looked> {
        let mut all = Vec::new();
        if let (Looked::Value { value, .. }, true) = (&looked, self.asks_callers && condition.asks_constant()) {
            let resolved = self.program.resolve(*value);
            let known = self.program.possible(resolved);
            // What an instance is made with counts, and not what its class begins with.
            if !known.is_empty() && matches!(self.program.unit(resolved.unit).expr(resolved.node), Expr::Field { .. }) {
                return known.into_iter().map(|(constant, at)| Looked::Constant(constant, at)).collect();
            }
            all.extend(self.program.handed_in(resolved).into_iter().map(Looked::plain));
            all.extend(known.into_iter().map(|(constant, at)| Looked::Constant(constant, at)));
        }
        all.insert(0, looked);
        all
    }

    fn field_of(&self, object: Value, name: &str) -> Looked {
        if let Some(member) = self.program.member(object, name) {
            let written = self.program.written_member(object, name).unwrap_or(member);
            return Looked::Value { value: member, written, is_one_of_several: false };
        }
        match self.program.unit(object.unit).expr(object.node) {
            Expr::Object(properties) => {
                let is_closed = properties.iter().all(|property| matches!(property.key, PropertyKey::Name(_)))
                    && self.program.written_later(object, name).next().is_none();
                if is_closed { Looked::Absent } else { Looked::Unknown }
            }
            Expr::Literal(Literal::Null) => Looked::Absent,
            _ => Looked::Unknown,
        }
    }

    /// The argument of the call whose result `value` is, or is one of those that it may be.
    fn arguments_of(&self, value: Value, callee: &[CalleePattern], index: Option<&Position>) -> Vec<Looked> {
        let resolved = self.program.resolve(value);
        let of_call = |value: Value| self.argument_of(value, callee, index);
        of_call(resolved).map_or_else(
            || {
                let possible = alternatives(self.program, resolved);
                let others = possible.len().saturating_sub(1);
                possible.into_iter().map(|it| of_call(it).unwrap_or(Looked::Unknown).among(others)).collect()
            },
            |found| vec![found],
        )
    }

    fn argument_of(&self, value: Value, callee: &[CalleePattern], index: Option<&Position>) -> Option<Looked> {
        let unit = self.program.unit(value.unit);
        let Expr::Call { callee: called, arguments, .. } = unit.expr(value.node) else { return None };
        if !calls_any(self.program, value.unit, value.node, callee) {
            return None;
        }
        match (index, unit.expr(*called)) {
            (Some(position), _) => Some(given(self.program, value, arguments, position)),
            (None, Expr::Field { base, .. }) => Some(Looked::plain(Value { unit: value.unit, node: *base })),
            _ => None,
        }
    }

    fn check(&self, condition: &Condition, looked: Looked) -> Option<Evidence> {
        let (value, written, constant, is_one_of_several) = match looked {
            Looked::Value { value, written, is_one_of_several } => {
                (value, written, self.program.constant(value), is_one_of_several)
            }
            Looked::Constant(constant, value) => (value, value, Some(constant), true),
            Looked::Absent => return (condition.present == Some(false)).then(Evidence::default),
            Looked::Unknown => return None,
        };
        let fixed = || Fixed::new(self.program, self.knowledge).sureness(value);
        let is_met = condition.present != Some(false)
            && meets_constant(condition, constant.as_ref())
            && self.meets_text(condition, value, constant.as_ref())
            && self.meets_shape(condition, value, constant.as_ref())
            && condition.fixed.is_none_or(|wanted| wanted == fixed().is_some())
            && self.meets_name(condition, [value, written])
            && self.meets_origin(condition, value)
            && (condition.passed_to.is_empty() || is_passed(self.program, written, &condition.passed_to));
        let is_inferred = || match (condition.fixed, condition.constant) {
            _ if is_one_of_several => condition.asks_fixed(),
            (Some(true), _) => fixed() != Some(Confidence::High),
            (_, Some(true)) => written_out(self.program, value) != Confidence::High,
            _ => false,
        };
        is_met.then(|| Evidence { is_inferred: is_inferred(), ..self.evidence(condition, value, constant.as_ref()) })
    }

    fn evidence(&self, condition: &Condition, value: Value, constant: Option<&Constant>) -> Evidence {
        let is_asked_for = condition.equals.is_some() || !condition.one_of.is_empty();
        let text = match constant {
            Some(Constant::Text(text)) if is_asked_for => Some(format!("`{text}`")),
            Some(Constant::Number(_) | Constant::Bool(_)) if condition.constant.is_none() => constant.map(Constant::text),
            _ => None,
        };
        let is_here = value.unit == self.call.unit;
        let is_looked_into = condition.field.is_some();
        let place = || self.unit().span(value.node);
        // A switch stands where it is to be changed, although the options are written elsewhere; other values lead back to the call.
        let is_place = |place: &Span| is_asked_for || self.unit().span(self.call.node).contains(*place);
        let place = (is_here && is_looked_into).then(place).filter(is_place);
        let resolved = self.program.resolve(value);
        let is_within =
            resolved.unit == self.call.unit && self.unit().span(self.call.node).contains(self.unit().span(resolved.node));
        let written = (text.is_some() && place.is_none() && !is_within).then_some(resolved);
        Evidence { text, place, written, is_inferred: false }
    }

    /// A string as far as it is known, the rest as `${}`.
    fn known_text(&self, value: Value) -> Option<String> {
        let resolved = self.program.resolve(value);
        let unit = self.program.unit(resolved.unit);
        let part = |node: NodeId| {
            let constant = self.program.constant(Value { unit: resolved.unit, node });
            constant.map_or_else(|| "${}".to_owned(), |constant| constant.text())
        };
        match unit.expr(resolved.node) {
            Expr::Template(parts) => Some(parts.iter().map(|node| part(*node)).collect()),
            Expr::Binary { op: crate::ir::BinaryOp::Add, left, right } => {
                let left_text = self.known_text(Value { unit: resolved.unit, node: *left }).unwrap_or_else(|| part(*left));
                Some(left_text + &part(*right)).filter(|text| !text.trim_matches(['$', '{', '}']).is_empty())
            }
            Expr::Literal(Literal::Regex(source)) => Some(unit.name(*source).to_owned()),
            _ => self.program.constant(resolved).map(|constant| constant.text()),
        }
    }

    fn meets_text(&self, condition: &Condition, value: Value, constant: Option<&Constant>) -> bool {
        if condition.matches.is_none() && condition.lacks.is_none() {
            return true;
        }
        // What stands for no value has no text.
        let text = match constant {
            Some(Constant::Null) => None,
            Some(constant) => Some(constant.text()),
            None => self.known_text(value),
        };
        text.is_some_and(|text| {
            condition.matches.as_ref().is_none_or(|pattern| pattern.is_match(&text))
                && condition.lacks.as_ref().is_none_or(|pattern| !pattern.is_match(&text))
        })
    }

    fn meets_shape(&self, condition: &Condition, value: Value, constant: Option<&Constant>) -> bool {
        let resolved = self.program.resolve(value);
        let unit = self.program.unit(resolved.unit);
        let items = match unit.expr(resolved.node) {
            Expr::Array(items) => Some(items),
            _ => None,
        };
        let is_known = |node: &NodeId| self.program.constant(Value { unit: resolved.unit, node: *node }).is_some();
        let is_constant = match items {
            Some(items) => !items.is_empty() && items.iter().all(is_known),
            None => match constant {
                Some(Constant::Text(text)) => !text.is_empty() && !self.knowledge.lexicon.is_label(text),
                constant => matches!(constant, Some(Constant::Number(_))),
            },
        };
        let length = match (items, constant) {
            (Some(items), _) if !items.iter().any(|item| matches!(unit.expr(*item), Expr::Spread(_))) => Some(items.len()),
            (_, Some(Constant::Text(text))) => Some(text.len()),
            _ => None,
        };
        condition.constant.is_none_or(|wanted| wanted == is_constant)
            && condition.shorter_than.is_none_or(|limit| length.is_some_and(|length| length < limit))
    }

    /// Whether what is given, or how it is written, has the name that is asked for.
    fn meets_name(&self, condition: &Condition, values: [Value; 2]) -> bool {
        let name = |value: Value| written_name(self.program.unit(value.unit), value.node);
        condition.named.as_ref().is_none_or(|pattern| values.into_iter().filter_map(name).any(|name| pattern.is_match(name)))
    }

    fn meets_origin(&self, condition: &Condition, value: Value) -> bool {
        let path = || self.program.path(value.unit, value.node);
        let is_one = |path: &str, patterns: &[CalleePattern]| patterns.iter().any(|pattern| pattern.matches(path, true));
        let is_at = |patterns: &[CalleePattern]| {
            let mut choices = self.program.choices(value).into_iter();
            path().is_some_and(|path| is_one(path, patterns))
                || choices.any(|it| self.program.path(it.unit, it.node).is_some_and(|path| is_one(path, patterns)))
        };
        let built_from = |patterns: &[CalleePattern]| is_built_from((self.program, self.call), value, patterns, MAX_DEPTH);
        let body = |patterns: &[CalleePattern], calls: BodyCalls| {
            let is_meant = |unit, node| calls_any(self.program, unit, node, patterns);
            self.program.function_of(value).map(|function| calls(self.program, function, &is_meant))
        };
        (condition.from_call.is_empty() || built_from(&condition.from_call))
            && (condition.not_from_call.is_empty() || !built_from(&condition.not_from_call))
            && (condition.path.is_empty() || is_at(&condition.path))
            && (condition.body_calls.is_empty() || body(&condition.body_calls, body_calls) == Some(true))
            && (condition.body_lacks.is_empty() || body(&condition.body_lacks, body_may_call) == Some(false))
    }
}

/// How it is asked whether a function makes some calls.
type BodyCalls = fn(&Program<'_>, FunctionRef, &dyn Fn(UnitId, NodeId) -> bool) -> bool;

/// The argument of a call at a position.
fn given(program: &Program<'_>, call: Value, arguments: &[NodeId], position: &Position) -> Looked {
    let unit = program.unit(call.unit);
    let found = argument::find(unit, arguments, position);
    let is_named = found.is_some_and(|index| unit.argument_name(arguments[index]).is_some());
    // What is spread before an index moves it, and may hold any name.
    let last = found.or_else(|| position.index().filter(|_| position.name().is_none()));
    let before = last.map_or(arguments.len(), |index| index + 1);
    if !is_named && arguments.iter().take(before).any(|node| matches!(unit.expr(*node), Expr::Spread(_))) {
        return Looked::Unknown;
    }
    found.map_or(Looked::Absent, |index| Looked::plain(Value { unit: call.unit, node: unit.given(arguments[index]) }))
}

fn meets_constant(condition: &Condition, constant: Option<&Constant>) -> bool {
    let number = if let Some(Constant::Number(number)) = constant { Some(*number) } else { None };
    let is_one_of = |wanted: &[Scalar]| constant.is_some_and(|constant| wanted.iter().any(|scalar| equals(scalar, constant)));
    condition.equals.as_ref().is_none_or(|wanted| is_one_of(std::slice::from_ref(wanted)))
        && (condition.one_of.is_empty() || is_one_of(&condition.one_of))
        && (condition.none_of.is_empty() || constant.is_some() && !is_one_of(&condition.none_of))
        && condition.less_than.is_none_or(|limit| number.is_some_and(|number| number < limit))
        && condition.at_least.is_none_or(|limit| number.is_some_and(|number| number >= limit))
}

fn equals(wanted: &Scalar, constant: &Constant) -> bool {
    match (wanted, constant) {
        (Scalar::Bool(a), Constant::Bool(b)) => a == b,
        #[allow(clippy::float_cmp, reason = "both were written as literals")]
        (Scalar::Number(a), Constant::Number(b)) => a == b,
        (Scalar::Text(a), Constant::Text(b)) => a == b,
        _ => false,
    }
}

/// Whether a value is the result of one of some calls, or has one among its parts; `asked` is the call that the condition is about.
fn is_built_from((program, asked): (&Program<'_>, Value), value: Value, patterns: &[CalleePattern], depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let resolved = program.resolve(value);
    let unit = program.unit(resolved.unit);
    let part = |node: &NodeId| is_built_from((program, asked), Value { unit: resolved.unit, node: *node }, patterns, depth);
    if calls_any(program, resolved.unit, resolved.node, patterns) {
        return true;
    }
    match unit.expr(resolved.node) {
        Expr::Call { callee, arguments, .. } => {
            let returned = program.choices(resolved).into_iter();
            part(callee)
                || arguments.iter().any(part)
                || returned.into_iter().any(|it| is_built_from((program, asked), it, patterns, depth))
        }
        Expr::Field { base, .. } | Expr::Spread(base) | Expr::Named { value: base, .. } => part(base),
        Expr::Index { base, index } => part(base) || part(index),
        Expr::Array(parts) | Expr::Template(parts) | Expr::Unknown(parts) => parts.iter().any(part),
        Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } => part(left) || part(right),
        Expr::Unary { operand, .. } => part(operand),
        Expr::Conditional { then, otherwise, .. } => part(then) || part(otherwise),
        Expr::Object(properties) => properties.iter().any(|property| part(&property.value)),
        Expr::Typed { value, .. } | Expr::Assign { value, .. } => part(value),
        Expr::Variable(variable) => is_filled_by((program, asked), resolved, *variable, patterns),
        _ => false,
    }
}

/// Whether one of some calls before the one that is asked about is given a variable as its first argument, which it fills. What is
/// returned at once is made of its arguments and fills none.
fn is_filled_by((program, asked): (&Program<'_>, Value), value: Value, variable: VariableId, patterns: &[CalleePattern]) -> bool {
    let unit = program.unit(value.unit);
    let is_beside =
        |node: NodeId| asked.unit == value.unit && unit.nodes[node.index()].function == unit.nodes[asked.node.index()].function;
    let is_returned = |node: NodeId| {
        let mut returned = Vec::new();
        collect_returned(&unit.function(unit.nodes[node.index()].function).body, &mut returned);
        returned.contains(&node)
    };
    unit.all_nodes().any(|(node, content)| {
        let Expr::Call { arguments, .. } = &content.expr else { return false };
        let first = arguments.first().map(|&first| unit.expr(owner_of(unit, unit.given(first))));
        let is_other = asked != Value { unit: value.unit, node } && !(is_beside(node) && node > asked.node);
        is_other
            && matches!(first, Some(Expr::Variable(it)) if *it == variable)
            && calls_any(program, value.unit, node, patterns)
            && !is_returned(node)
    })
}

/// Whether the file of a variable gives it to one of some calls, as it is or after methods of its own.
fn is_passed(program: &Program<'_>, value: Value, patterns: &[CalleePattern]) -> bool {
    let unit = program.unit(value.unit);
    let Expr::Variable(variable) = *unit.expr(value.node) else { return false };
    let is_given = |argument: &NodeId| matches!(*unit.expr(owner_of(unit, *argument)), Expr::Variable(it) if it == variable);
    unit.all_nodes().any(|(node, content)| {
        let Expr::Call { arguments, .. } = &content.expr else { return false };
        arguments.iter().any(is_given) && calls_any(program, value.unit, node, patterns)
    })
}

/// The value whose own methods give a value: `typed` of `typed.trim().toLowerCase()`.
fn owner_of(unit: &Unit, node: NodeId) -> NodeId {
    let mut node = node;
    for _ in 0..MAX_DEPTH {
        let Expr::Call { callee, .. } = *unit.expr(node) else { break };
        let Expr::Field { base, .. } = *unit.expr(callee) else { break };
        node = base;
    }
    node
}
