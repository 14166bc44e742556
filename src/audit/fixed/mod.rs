//! Whether a value comes from nothing but what the source says: a text, its bytes, their hash, a buffer of zeros that nobody fills.
//!
//! It is certain where the source leaves no choice, and likely where others decide: what a parameter is given, its default, one of
//! several values of a member or a table.

mod filled;
mod place;
mod zeroed;

use std::cell::Cell;

use super::callee::written_name;
use crate::ir::{Expr, FunctionId, Literal, NodeId, StatementKind, Unit, VariableId, VariableKind};
use crate::program::{Constant, FunctionRef, Program, UnitId, Value};
use crate::rule::kind::KindRole;
use crate::rule::lexicon::Making;
use crate::rule::model::{Effect, Row, Subject};
use crate::rule::{AccessPath, Confidence, Knowledge, Port};

/// How many steps lead from a use to what the source says.
const MAX_DEPTH: u32 = 16;

/// How many expressions are looked at for one question.
const MAX_STEPS: u32 = 400;

/// The kind of a buffer that is made of zeros.
const ZEROS: &str = "zero-bytes";

/// One question.
pub(super) struct Fixed<'a> {
    pub(super) program: &'a Program<'a>,
    pub(super) knowledge: &'a Knowledge,
    steps: Cell<u32>,
}

/// What is known about the inputs of a call.
struct Call<'u> {
    at: Value,
    callee: NodeId,
    arguments: &'u [NodeId],
}

impl<'a> Fixed<'a> {
    pub(super) const fn new(program: &'a Program<'a>, knowledge: &'a Knowledge) -> Self {
        Self { program, knowledge, steps: Cell::new(MAX_STEPS) }
    }

    /// How sure it is; None if it is not so.
    pub(super) fn sureness(&self, value: Value) -> Option<Confidence> {
        self.fixed(value, None, MAX_DEPTH)
    }

    fn is_fixed(&self, value: Value, inner: Option<FunctionId>, depth: u32) -> bool {
        self.fixed(value, inner, depth).is_some()
    }

    /// `inner` is a closure whose parameters count as fixed: what fills a buffer by the index.
    fn fixed(&self, value: Value, inner: Option<FunctionId>, depth: u32) -> Option<Confidence> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        let depth = depth.checked_sub(1)?;
        let unit = self.program.unit(value.unit);
        let part = |node: &NodeId| self.fixed(Value { unit: value.unit, node: *node }, inner, depth);
        // Nobody fills a text: what is handed on of it stays what it is. One that the default of a parameter is a part of is judged by its
        // parts, as callers may hand in something else.
        let is_whole = || self.is_parameter(value) || written_out(self.program, value) == CERTAIN;
        if let Some(text) = self.text(value).filter(|_| is_whole()) {
            return (!self.knowledge.lexicon.is_label(&text)).then(|| written_out(self.program, value));
        }
        match unit.expr(value.node) {
            Expr::Literal(Literal::Null | Literal::Bool(_) | Literal::Regex(_)) => None,
            // Without content it only stands for a value that is not there yet, as an empty text does.
            Expr::Array(parts) if parts.is_empty() => None,
            Expr::Literal(Literal::Text(text)) => (!unit.name(*text).is_empty()).then_some(CERTAIN),
            Expr::Literal(Literal::Number(_)) => Some(CERTAIN),
            Expr::Array(parts) | Expr::Template(parts) => weakest(parts.iter().map(part)),
            Expr::Spread(inner) | Expr::Deref(inner) => part(inner),
            Expr::Named { value, .. } | Expr::Typed { value, .. } | Expr::Assign { value, .. } => part(value),
            Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } => weakest([left, right].into_iter().map(part)),
            Expr::Conditional { then, otherwise, .. } => weakest([then, otherwise].into_iter().map(part)),
            Expr::Unary { operand, .. } => part(operand),
            Expr::Index { .. } if self.is_filled(value, depth) => None,
            Expr::Index { base, .. } => {
                let whole = part(base)?;
                Some(if self.is_table(Value { unit: value.unit, node: *base }) { LIKELY.min(whole) } else { whole })
            }
            Expr::Variable(variable) => self.variable(value, *variable, inner, depth),
            Expr::Call { callee, arguments, .. } => self.call(&Call { at: value, callee: *callee, arguments }, inner, depth),
            Expr::Field { .. } | Expr::Global(_) if self.is_filled(value, depth) => None,
            Expr::Field { base, .. } if self.is_built_in(value.unit, *base) => Some(LIKELY),
            Expr::Field { base, name } => {
                let of = Value { unit: value.unit, node: *base };
                if self.is_member_filled(value, unit.name(*name), depth) {
                    return None;
                }
                let known = self
                    .followed(value, inner, depth)
                    .unwrap_or_else(|| self.is_thing(of).then(|| self.fixed(of, inner, depth)).flatten());
                let is_constant = || self.is_member_constant(of, unit.name(*name), depth) || self.holds_copy(value, depth);
                known.or_else(|| is_constant().then_some(LIKELY))
            }
            Expr::Global(_) => {
                let known = self.followed(value, inner, depth).flatten();
                known.or_else(|| self.holds_copy(value, depth).then_some(LIKELY))
            }
            _ => self.followed(value, inner, depth).flatten(),
        }
    }

    /// Whether the build writes what an object holds into the program: `BuildConfig`.
    fn is_built_in(&self, id: UnitId, object: NodeId) -> bool {
        let unit = self.program.unit(id);
        let name = match *unit.expr(object) {
            Expr::Global(name) | Expr::Field { name, .. } => name,
            Expr::Variable(variable) => unit.variable(variable).name,
            _ => return false,
        };
        self.knowledge.lexicon.is_built_in(unit.name(name))
    }

    /// Whether an element of something is a value of its own, and not a byte or a part of one.
    fn is_table(&self, base: Value) -> bool {
        let table = self.program.resolve(base);
        let unit = self.program.unit(table.unit);
        let is_own = |node: &NodeId| !matches!(unit.expr(*node), Expr::Literal(Literal::Number(_)) | Expr::Unary { .. });
        matches!(unit.expr(table.node), Expr::Array(parts) if parts.iter().any(is_own))
    }

    fn is_text(&self, value: Value) -> bool {
        self.text(value).is_some()
    }

    fn text(&self, value: Value) -> Option<String> {
        match self.program.constant(value) {
            Some(Constant::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether an expression is a thing with a value of its own, and no class, module or unknown name.
    fn is_thing(&self, value: Value) -> bool {
        let unit = self.program.unit(value.unit);
        let is_built_in = || matches!(*unit.expr(value.node), Expr::Field { base, .. } if self.is_built_in(value.unit, base));
        is_thing(unit, value.node)
            || is_built_in()
            || self.is_text(value)
            || self.is_member_of_tree(value)
            || self.is_declared_elsewhere(value)
    }

    /// Whether a bare name stands for a value that another file declares.
    fn is_declared_elsewhere(&self, value: Value) -> bool {
        if !matches!(self.program.unit(value.unit).expr(value.node), Expr::Global(_)) {
            return false;
        }
        let resolved = self.program.resolve(value);
        let expr = self.program.unit(resolved.unit).expr(resolved.node);
        resolved != value && !matches!(expr, Expr::Class(_) | Expr::Closure(_) | Expr::Module(_) | Expr::Global(_))
    }

    /// Whether an expression is a member of a class or object of the tree, with a value that the tree writes.
    fn is_member_of_tree(&self, value: Value) -> bool {
        if !matches!(self.program.unit(value.unit).expr(value.node), Expr::Field { .. }) {
            return false;
        }
        let resolved = self.program.resolve(value);
        let is_value = |expr: &Expr| !matches!(expr, Expr::Global(_) | Expr::Module(_) | Expr::Class(_) | Expr::Closure(_));
        let is_written = resolved != value && is_value(self.program.unit(resolved.unit).expr(resolved.node));
        is_written || !self.program.choices(value).is_empty()
    }

    /// What a name or member stands for, elsewhere; None if nobody can say.
    fn followed(&self, value: Value, inner: Option<FunctionId>, depth: u32) -> Option<Option<Confidence>> {
        let resolved = self.program.resolve(value);
        if resolved != value {
            return Some(self.fixed(resolved, inner, depth));
        }
        // A member that is computed is what its function gives.
        if let [function] = *self.program.targets(value.unit, value.node)
            && matches!(self.program.unit(value.unit).expr(value.node), Expr::Field { .. } | Expr::Global(_))
        {
            let body = &self.program.unit(function.unit).function(function.function).body;
            return match body.last().map(|last| &last.kind) {
                Some(StatementKind::Return(Some(node))) => {
                    Some(self.fixed(Value { unit: function.unit, node: *node }, None, depth))
                }
                _ => Some(None),
            };
        }
        // Of a function that most callers give something of their own, one constant among many says nothing: a protocol's public
        // value, a self-test.
        let choices = self.program.choices(value);
        let given: Vec<_> = choices.iter().map(|choice| self.fixed(*choice, inner, depth)).collect();
        let fixed = given.iter().flatten().count();
        // One that others decide is what it is in the callers, makers and branches that are known.
        let is_own = given.len() == 1 && !self.is_parameter(value);
        let sureness = given.into_iter().flatten().min().map(|least| if is_own { least } else { LIKELY.min(least) });
        (!choices.is_empty()).then(|| sureness.filter(|_| 2 * fixed >= choices.len()))
    }

    fn is_parameter(&self, value: Value) -> bool {
        let unit = self.program.unit(value.unit);
        matches!(*unit.expr(value.node), Expr::Variable(variable) if unit.variable(variable).kind == VariableKind::Parameter)
    }

    fn variable(&self, value: Value, variable: VariableId, inner: Option<FunctionId>, depth: u32) -> Option<Confidence> {
        let unit = self.program.unit(value.unit);
        let declared = unit.variable(variable);
        if inner == Some(declared.owner) && declared.kind == VariableKind::Parameter {
            return Some(CERTAIN);
        }
        if self.is_filled(value, depth) {
            return None;
        }
        match declared.definition {
            Some(node) if declared.kind != VariableKind::Import => self.fixed(Value { unit: value.unit, node }, inner, depth),
            None if declared.kind != VariableKind::Parameter && self.is_filled_with_constants(value, depth) => Some(CERTAIN),
            _ => {
                let followed = self.followed(value, inner, depth).flatten()?;
                let is_several = declared.assignments > 1;
                let written = if is_several { self.program.choices(value) } else { Vec::new() };
                weakest(std::iter::once(Some(followed)).chain(written.into_iter().map(|choice| self.fixed(choice, inner, depth))))
            }
        }
    }

    fn rows(&self, call: &Call<'_>) -> Vec<&Row> {
        let language = self.program.unit(call.at.unit).language;
        let path = self.program.path(call.at.unit, call.callee).unwrap_or_default();
        let models = &self.knowledge.models;
        let about = models.about(path).into_iter().filter(|matched| matched.owner.1 == Subject::Callee);
        let rows = about.map(|matched| matched.owner.0).filter(|&row| models.speaks(row, language)).map(|row| models.row_of(row));
        rows.filter(|row| self.is_meant(call, row)).collect()
    }

    /// Whether a row that asks for an argument, or for none, speaks of this call: `Data(count: 12)` is zeros, `Data(text)` is not.
    fn is_meant(&self, call: &Call<'_>, row: &Row) -> bool {
        let unit = self.program.unit(call.at.unit);
        let is_there = |position| crate::program::argument::find(unit, call.arguments, position).is_some();
        let asked = row.argument.iter().filter(|condition| !condition.of_receiver && condition.field.is_none());
        asked.filter_map(|condition| condition.index.as_ref().zip(condition.present)).all(|(at, wanted)| is_there(at) == wanted)
    }

    fn call(&self, call: &Call<'_>, inner: Option<FunctionId>, depth: u32) -> Option<Confidence> {
        let unit = self.program.unit(call.at.unit);
        let kinds = &self.knowledge.kinds;
        let rows = self.rows(call);
        let zeros = kinds.find_role(ZEROS, KindRole::Cleaner).ok();
        let drawn = kinds.find_role("strong-random", KindRole::Cleaner).ok();
        for row in &rows {
            match &row.effect {
                Effect::Sanitizer(kind, _, to) if Some(*kind) == zeros && to.root == Port::Return => {
                    return (!self.is_empty_buffer(call) && self.is_filled_by_index(call, depth)).then_some(CERTAIN);
                }
                Effect::Sanitizer(kind, ..) if Some(*kind) == drawn => return None,
                Effect::Source(..) => return None,
                _ => {}
            }
        }
        if self.is_empty_buffer(call) && self.program.targets(call.at.unit, call.at.node).is_empty() {
            return None;
        }
        if call.arguments.iter().any(|&node| self.is_drawn_by(call.at.unit, unit.given(node))) {
            return None;
        }
        let mut through = rows.iter().filter_map(|row| match &row.effect {
            Effect::Sanitizer(_, from, to) | Effect::Propagation(from, to) if to.root == Port::Return => Some(from),
            _ => None,
        });
        if let Some(sureness) = through.find_map(|from| self.inputs(call, from, inner, depth)) {
            return Some(sureness);
        }
        if let [function] = *self.program.targets(call.at.unit, call.at.node) {
            let body = &self.program.unit(function.unit).function(function.function).body;
            return match body.last().map(|last| &last.kind) {
                Some(StatementKind::Return(Some(node))) => self.fixed(Value { unit: function.unit, node: *node }, None, depth),
                _ => None,
            };
        }
        let name = written_name(unit, call.callee).unwrap_or_default();
        if self.knowledge.lexicon.making(name) != Making::Converts {
            return None;
        }
        let receiver = match *unit.expr(call.callee) {
            Expr::Field { base, .. } if self.is_thing(Value { unit: call.at.unit, node: base }) => Some(base),
            _ => None,
        };
        // A number alone says how what the receiver holds is read, which may be a macro that nobody has read.
        let is_bare = receiver.is_none() && matches!(unit.expr(call.callee), Expr::Field { .. });
        let is_number = |node: NodeId| matches!(unit.expr(unit.given(node)), Expr::Literal(Literal::Number(_)) | Expr::Global(_));
        let is_told =
            !matches!(*call.arguments, [only] if is_bare && is_number(only)) && (receiver.is_some() || !call.arguments.is_empty());
        let inputs = receiver.into_iter().chain(call.arguments.iter().copied());
        is_told.then(|| weakest(inputs.map(|node| self.input(Value { unit: call.at.unit, node }, inner, depth)))).flatten()
    }

    /// Whether an argument is a closure that draws: what a call makes with it is as random, however few its other arguments leave open.
    fn is_drawn_by(&self, id: UnitId, node: NodeId) -> bool {
        let unit = self.program.unit(id);
        let Expr::Closure(function) = *unit.expr(node) else { return false };
        self.program.body(FunctionRef { unit: id, function }).iter().any(|&node| match unit.expr(node) {
            Expr::Call { callee, arguments, .. } => {
                let rows = self.rows(&Call { at: Value { unit: id, node }, callee: *callee, arguments });
                let drawn = self.knowledge.kinds.find_role("strong-random", KindRole::Cleaner).ok();
                rows.iter().any(|row| match &row.effect {
                    Effect::Sanitizer(kind, ..) => Some(*kind) == drawn,
                    Effect::Source(..) => true,
                    _ => false,
                })
            }
            _ => false,
        })
    }

    /// An argument that decides: a flag or an encoding does not.
    fn input(&self, value: Value, inner: Option<FunctionId>, depth: u32) -> Option<Confidence> {
        let unit = self.program.unit(value.unit);
        match *unit.expr(unit.given(value.node)) {
            Expr::Literal(Literal::Text(text)) if self.knowledge.lexicon.is_label(unit.name(text)) => None,
            Expr::Literal(_) => Some(CERTAIN),
            // `.utf8`, `Charsets.UTF_8`, `Base64.DEFAULT`
            Expr::Field { base, .. } if !self.is_thing(Value { unit: value.unit, node: base }) => Some(CERTAIN),
            Expr::Global(_) if self.program.resolve(value) == value => Some(CERTAIN),
            _ => self.fixed(value, inner, depth),
        }
    }

    /// Whether a buffer is made without any room: it only stands for a value that is not there.
    fn is_empty_buffer(&self, call: &Call<'_>) -> bool {
        let unit = self.program.unit(call.at.unit);
        let is_zero =
            |node: &NodeId| matches!(*unit.expr(unit.given(*node)), Expr::Literal(Literal::Number(number)) if number == 0.0);
        matches!(call.arguments, [only] if is_zero(only))
    }

    /// A buffer that is made of zeros, or of what a function gives by the index alone.
    fn is_filled_by_index(&self, call: &Call<'_>, depth: u32) -> bool {
        let unit = self.program.unit(call.at.unit);
        call.arguments.iter().all(|&node| match *unit.expr(unit.given(node)) {
            Expr::Closure(function) => match unit.function(function).body.last().map(|last| &last.kind) {
                Some(StatementKind::Return(Some(node))) => {
                    self.is_fixed(Value { unit: call.at.unit, node: *node }, Some(function), depth)
                }
                _ => false,
            },
            _ => true,
        })
    }

    /// Whether a function that a call is given makes what is fixed of what is fixed; so does one that is not given.
    fn gives_fixed(&self, call: &Call<'_>, port: &Port, depth: u32) -> bool {
        let unit = self.program.unit(call.at.unit);
        let Port::Argument(position) = port else { return false };
        let Some(index) = crate::program::argument::find(unit, call.arguments, position) else { return true };
        let Expr::Closure(function) = *unit.expr(unit.given(call.arguments[index])) else { return false };
        match unit.function(function).body.last().map(|last| &last.kind) {
            Some(StatementKind::Return(Some(node))) => {
                self.is_fixed(Value { unit: call.at.unit, node: *node }, Some(function), depth)
            }
            _ => false,
        }
    }

    /// How sure it is that everything that goes in at some places is fixed.
    fn inputs(&self, call: &Call<'_>, from: &[AccessPath], inner: Option<FunctionId>, depth: u32) -> Option<Confidence> {
        let unit = self.program.unit(call.at.unit);
        let mut nodes = Vec::new();
        for path in from {
            if path.function.is_some() {
                if !self.gives_fixed(call, &path.root, depth) {
                    return None;
                }
                continue;
            }
            match &path.root {
                Port::Receiver => match *unit.expr(call.callee) {
                    Expr::Field { base, .. } if self.is_thing(Value { unit: call.at.unit, node: base }) => nodes.push(base),
                    _ => {}
                },
                Port::Argument(position) => {
                    let index = crate::program::argument::find(unit, call.arguments, position);
                    nodes.extend(index.map(|index| call.arguments[index]));
                }
                Port::ArgumentsFrom(start) => nodes.extend(call.arguments.get(*start..).unwrap_or_default()),
                _ => return None,
            }
        }
        let is_given = |node: NodeId| self.is_text(Value { unit: call.at.unit, node: unit.given(node) });
        let is_setting = |node: NodeId| matches!(*unit.expr(unit.given(node)), Expr::Field { base, .. } if !self.is_thing(Value { unit: call.at.unit, node: base }));
        let decides = |node: &NodeId| is_given(*node) || !is_setting(*node);
        let mut deciding = nodes.iter().filter(|node| decides(node) || nodes.len() == 1).peekable();
        deciding.peek()?;
        weakest(deciding.map(|&node| {
            let is_setting = || matches!(unit.expr(unit.given(node)), Expr::Literal(_) if nodes.len() > 1);
            self.fixed(Value { unit: call.at.unit, node }, inner, depth).or_else(|| is_setting().then_some(CERTAIN))
        }))
    }
}

/// The source leaves no choice.
const CERTAIN: Confidence = Confidence::High;

/// It is so where others do what they are seen to do.
const LIKELY: Confidence = Confidence::Medium;

/// How sure all of some things are.
fn weakest(parts: impl IntoIterator<Item = Option<Confidence>>) -> Option<Confidence> {
    parts.into_iter().try_fold(CERTAIN, |least, part| Some(least.min(part?)))
}

/// How sure it is that a value is the constant that it is taken for: a default of a parameter gives way to what callers hand in.
pub(super) fn written_out(program: &Program<'_>, value: Value) -> Confidence {
    if has_default(program, value, MAX_DEPTH) { LIKELY } else { CERTAIN }
}

/// Whether a constant is, or is built from, the default of a parameter.
fn has_default(program: &Program<'_>, value: Value, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let resolved = program.resolve(value);
    let unit = program.unit(resolved.unit);
    let part = |node: &NodeId| has_default(program, Value { unit: resolved.unit, node: *node }, depth);
    match unit.expr(resolved.node) {
        Expr::Variable(variable) => unit.variable(*variable).kind == VariableKind::Parameter,
        Expr::Template(parts) | Expr::Array(parts) => parts.iter().take(MOST_PARTS).any(part),
        Expr::Binary { left, right, .. } => part(left) || part(right),
        _ => false,
    }
}

/// So many parts of a constant are looked at.
const MOST_PARTS: usize = 16;

/// Whether an expression is a thing with a value of its own, and no class, module or unknown name.
fn is_thing(unit: &Unit, node: NodeId) -> bool {
    match *unit.expr(node) {
        Expr::Global(_) | Expr::Module(_) | Expr::Class(_) => false,
        Expr::Variable(variable) => !matches!(unit.variable(variable).kind, VariableKind::Class | VariableKind::Import),
        Expr::Field { base, .. } => is_thing(unit, base),
        _ => true,
    }
}
