//! Ways that no run can take: a value that arises where something lasting is so, and gets to a place where it is not.
//!
//! Whether the system can encrypt, which platform it is, what the build was made for: such things do not change while a program
//! runs. What changes, such as whether a wallet is open, says nothing of a way, and is left out.

use std::sync::OnceLock;

use super::leaves;
use crate::ir::{BinaryOp, Block, CallKind, Expr, Literal, LogicalOp, NodeId, StatementKind, UnaryOp, Unit, VariableKind};
use crate::program::{ClassRef, FunctionRef, Program, UnitId, Value};
use crate::source::Span;
use crate::standing::words;
use crate::taint::{Flow, FlowStep};

/// How deep conditions are followed through definitions.
const MAX_DEPTH: u32 = 8;

/// Something that stays as it is while a program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lasting {
    /// A field that is written once, with what the system says.
    Field(ClassRef, String),
    /// What the platform says when it is asked without arguments.
    Path(String),
    /// Whether something is a certain text.
    Text(Box<Lasting>, String),
}

/// A part of a unit that only runs where something lasting is so, or is not.
#[derive(Clone, Debug)]
struct Part {
    span: Span,
    lasting: Lasting,
    holds: bool,
}

/// The parts of every unit, made for those that somebody asks about.
#[derive(Debug)]
pub struct Exclusive(Vec<OnceLock<Box<[Part]>>>);

impl Exclusive {
    /// Of a program; nothing is looked at yet.
    #[must_use]
    pub fn new(program: &Program<'_>) -> Self {
        Self(program.units().iter().map(|_| OnceLock::new()).collect())
    }

    /// Whether a value would have to pass where something lasting is so and where it is not.
    pub(super) fn excludes(&self, program: &Program<'_>, flow: &Flow) -> bool {
        let mut passed: Vec<&Part> = Vec::new();
        for step in std::iter::once(&flow.source).chain(&flow.steps).chain([&flow.sink]) {
            let start = passed.len();
            passed.extend(self.around(program, step));
            let (before, here) = passed.split_at(start);
            if here.iter().any(|part| before.iter().any(|other| other.lasting == part.lasting && other.holds != part.holds)) {
                return true;
            }
        }
        false
    }

    fn around<'e>(&'e self, program: &Program<'_>, step: &FlowStep) -> impl Iterator<Item = &'e Part> {
        let at = Span::new(step.span.start, step.span.start);
        let parts = self.0[step.unit.0 as usize].get_or_init(|| Search::new(program, step.unit).run());
        parts.iter().filter(move |part| part.span.contains(at))
    }
}

/// The search through a unit.
struct Search<'p, 'a> {
    program: &'p Program<'a>,
    id: UnitId,
    unit: &'a Unit,
    found: Vec<Part>,
}

impl<'p, 'a> Search<'p, 'a> {
    fn new(program: &'p Program<'a>, id: UnitId) -> Self {
        Self { program, id, unit: program.unit(id), found: Vec::new() }
    }

    fn run(mut self) -> Box<[Part]> {
        let unit = self.unit;
        unit.functions.iter().for_each(|function| self.block(&function.body));
        for (_, content) in unit.all_nodes() {
            match content.expr {
                Expr::Conditional { condition, then, otherwise } => {
                    self.note(condition, true, unit.span(then));
                    self.note(condition, false, unit.span(otherwise));
                }
                Expr::Logical { op: LogicalOp::And, left, right } => self.note(left, true, unit.span(right)),
                Expr::Logical { op: LogicalOp::Or, left, right } => self.note(left, false, unit.span(right)),
                _ => {}
            }
        }
        self.found.into_boxed_slice()
    }

    fn block(&mut self, block: &Block) {
        for (index, statement) in block.iter().enumerate() {
            match &statement.kind {
                StatementKind::Branch { condition, then, otherwise } => {
                    let rest = block.get(index + 1).zip(block.last());
                    let rest = rest.map(|(first, last)| Span::new(first.span.start, last.span.end));
                    for (way, other, truth) in [(then, otherwise, true), (otherwise, then, false)] {
                        if let Some(span) = whole(way) {
                            self.note(*condition, truth, span);
                        }
                        if let Some(rest) = rest.filter(|_| leaves(other)) {
                            self.note(*condition, truth, rest);
                        }
                        self.block(way);
                    }
                }
                StatementKind::Loop { body, .. } => self.block(body),
                StatementKind::Try { body, handler, finally, .. } => {
                    [Some(body), handler.as_ref(), Some(finally)].into_iter().flatten().for_each(|block| self.block(block));
                }
                _ => {}
            }
        }
    }

    /// Notes what holds in a part of the unit where a condition is true, or false.
    fn note(&mut self, condition: NodeId, truth: bool, span: Span) {
        let mut held = Vec::new();
        Asked { program: self.program }.hold(Value { unit: self.id, node: condition }, truth, MAX_DEPTH, &mut held);
        self.found.extend(held.into_iter().map(|(lasting, holds)| Part { span, lasting, holds }));
    }
}

fn whole(block: &Block) -> Option<Span> {
    let (first, last) = block.first().zip(block.last())?;
    Some(Span::new(first.span.start, last.span.end))
}

/// What conditions ask for.
struct Asked<'p, 'a> {
    program: &'p Program<'a>,
}

impl Asked<'_, '_> {
    /// Adds what is so where a condition is true, or false.
    fn hold(&self, condition: Value, truth: bool, depth: u32, held: &mut Vec<(Lasting, bool)>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let unit = self.program.unit(condition.unit);
        let here = |node: NodeId| Value { unit: condition.unit, node };
        match *unit.expr(condition.node) {
            Expr::Unary { op: UnaryOp::Not, operand } => self.hold(here(operand), !truth, depth, held),
            Expr::Logical { op, left, right } if truth == (op == LogicalOp::And) && op != LogicalOp::Coalesce => {
                self.hold(here(left), truth, depth, held);
                self.hold(here(right), truth, depth, held);
            }
            Expr::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right } => {
                let truth = truth == (op == BinaryOp::Equal);
                match *unit.expr(right) {
                    Expr::Literal(Literal::Bool(wanted)) => self.hold(here(left), truth == wanted, depth, held),
                    Expr::Literal(Literal::Text(text)) => {
                        let lasting = self.lasting(here(left), depth);
                        held.extend(lasting.map(|it| (Lasting::Text(Box::new(it), unit.name(text).to_owned()), truth)));
                    }
                    _ => {}
                }
            }
            _ => held.extend(self.lasting(condition, depth).map(|lasting| (lasting, truth))),
        }
    }

    /// What an expression reads that does not change.
    fn lasting(&self, value: Value, depth: u32) -> Option<Lasting> {
        let depth = depth.checked_sub(1)?;
        let unit = self.program.unit(value.unit);
        let here = |node: NodeId| Value { unit: value.unit, node };
        match *unit.expr(value.node) {
            Expr::Variable(variable) if unit.variable(variable).kind != VariableKind::Import => {
                let definition = unit.variable(variable).definition?;
                self.lasting(here(definition), depth)
            }
            Expr::Typed { value, .. } => self.lasting(here(value), depth),
            Expr::Field { base, name } => {
                let class = self.program.class_of(here(base));
                let Some(class) = class else { return self.of_platform(value, value.node) };
                let written = self.program.lasting_member(class, unit.name(name))?;
                self.lasting(written, depth)?;
                Some(Lasting::Field(self.program.whole_class(class), unit.name(name).to_owned()))
            }
            Expr::Call { callee, ref arguments, kind: CallKind::Call } if arguments.is_empty() => {
                let targets = self.program.targets(value.unit, value.node);
                match *targets {
                    [] => self.of_platform(value, callee),
                    [function] => self.returned(function, depth),
                    _ => None,
                }
            }
            Expr::Global(_) | Expr::Variable(_) => {
                let resolved = self.program.resolve(value);
                if resolved != value { self.lasting(resolved, depth) } else { None }
            }
            _ => None,
        }
    }

    /// What a function does that only gives something lasting.
    fn returned(&self, function: FunctionRef, depth: u32) -> Option<Lasting> {
        let unit = self.program.unit(function.unit);
        let [only] = &*unit.function(function.function).body else { return None };
        let StatementKind::Return(Some(node)) = only.kind else { return None };
        self.lasting(Value { unit: function.unit, node }, depth)
    }

    /// What the platform says, by its path.
    fn of_platform(&self, value: Value, named: NodeId) -> Option<Lasting> {
        let resolved = self.program.resolve(value);
        if resolved != value {
            return None;
        }
        let path = self.program.path(value.unit, named)?;
        let name = path.rsplit(['.', ':']).next().unwrap_or(path);
        (!path.starts_with('?') && path.contains('.') && asks_for_ability(name)).then(|| Lasting::Path(path.to_owned()))
    }
}

/// Whether a name asks what a system is or can do, and not what has been done with it.
fn asks_for_ability(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let asks = words.first().is_some_and(|word| ASKING.contains(&word.as_str())) || has(ABILITIES);
    asks && !has(STATES)
}

/// Words with which a question for a system begins.
const ASKING: &[&str] = &["can", "has", "is", "supports"];

/// Words for what a system is or can do.
const ABILITIES: &[&str] =
    &["available", "capable", "desktop", "enabled", "linux", "mobile", "os", "platform", "supported", "web", "windows"];

/// Words for what changes while a program runs.
const STATES: &[&str] = &[
    "active",
    "authenticated",
    "busy",
    "closed",
    "connected",
    "empty",
    "focused",
    "hidden",
    "initialized",
    "loaded",
    "loading",
    "locked",
    "online",
    "open",
    "paused",
    "ready",
    "running",
    "started",
    "unlocked",
    "valid",
    "visible",
];
