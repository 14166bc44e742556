//! Branches that only a build for developers takes, or that a switch holds back which is off at the start.
//!
//! A condition is judged by what its names stand for: the environment of the build, a constant of the project, an imported one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use crate::ir::{BinaryOp, Block, Expr, LogicalOp, NodeId, Statement, StatementKind, UnaryOp, Unit, VariableId, VariableKind};
use crate::program::{Constant, Program, UnitId, Value};
use crate::source::{Aside, AsideKind, Span};
use crate::standing;

/// How deep conditions are followed through constants.
const MOST_DEPTH: u32 = 12;

/// The environment of a build, as a path of the code.
static ENVIRONMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:process\.env|import\.meta\.env|Deno\.env)\.(\w+)$").expect("a pattern"));
/// Words of values of an environment that no user has.
const DEVELOPMENT: &[&str] =
    &["dev", "develop", "development", "debug", "local", "test", "testing", "staging", "stage", "qa", "e2e"];
/// Words of values of the environment that users have.
const PRODUCTION: &[&str] = &["prod", "production", "release", "live", "mainnet"];
/// Words of names of switches for developers.
const SWITCHES: &[&str] =
    &["chatty", "debug", "debugging", "dev", "development", "log", "logging", "tracing", "trace", "verbose", "verbosity"];

/// The branches of every unit, made for those that somebody asks about.
#[derive(Debug)]
pub struct Branches(Vec<OnceLock<Box<[Aside]>>>);

impl Branches {
    /// Of a program; nothing is looked at yet.
    #[must_use]
    pub fn new(program: &Program<'_>) -> Self {
        Self(program.units().iter().map(|_| OnceLock::new()).collect())
    }

    /// The branch around a place that takes most from a finding there.
    pub(super) fn around(&self, program: &Program<'_>, unit: UnitId, span: Span) -> Option<&Aside> {
        let known = self.0.get(unit.0 as usize)?;
        let asides = known.get_or_init(|| find(program, unit).into_boxed_slice());
        asides.iter().filter(|aside| aside.span.contains(Span::new(span.start, span.start))).min_by_key(|aside| aside.kind)
    }
}

fn find(program: &Program<'_>, id: UnitId) -> Vec<Aside> {
    let unit = program.unit(id);
    let mut search = Search { program, id, unit, found: Vec::new() };
    for function in &unit.functions {
        search.block(&function.body);
    }
    for (node, _) in unit.all_nodes() {
        search.expression(node);
    }
    if !search.found.is_empty() {
        search.functions();
    }
    search.found
}

struct Search<'a> {
    program: &'a Program<'a>,
    id: UnitId,
    unit: &'a Unit,
    found: Vec<Aside>,
}

/// What holds a branch back, and how that is told.
type Cause = (AsideKind, String);

impl Search<'_> {
    fn block(&mut self, block: &Block) {
        for (index, statement) in block.iter().enumerate() {
            match &statement.kind {
                StatementKind::Branch { condition, then, otherwise } => {
                    self.branch(*condition, (then, otherwise), &block[index + 1..]);
                    self.block(then);
                    self.block(otherwise);
                }
                StatementKind::Loop { body, .. } => self.block(body),
                StatementKind::Try { body, handler, finally, .. } => {
                    self.block(body);
                    handler.iter().for_each(|handler| self.block(handler));
                    self.block(finally);
                }
                _ => {}
            }
        }
    }

    fn branch(&mut self, condition: NodeId, (then, otherwise): (&Block, &Block), rest: &[Statement]) {
        let value = Value { unit: self.id, node: condition };
        if let Some(cause) = judge(self.program, value, true, MOST_DEPTH) {
            self.add(then, &cause);
        }
        if let Some(cause) = judge(self.program, value, false, MOST_DEPTH) {
            self.add(otherwise, &cause);
            // `if (isProduction) return;`: what follows is for the others.
            if super::leaves(then) {
                self.add(rest, &cause);
            }
        }
    }

    fn add(&mut self, block: &[Statement], (kind, reason): &Cause) {
        if let (Some(first), Some(last)) = (block.first(), block.last()) {
            self.found.push(Aside { span: first.span.to(last.span), kind: *kind, reason: reason.clone() });
        }
    }

    /// `isDevelopment && f()`, `isDevelopment ? f() : g()`.
    fn expression(&mut self, node: NodeId) {
        let mut parts = Vec::new();
        match *self.unit.expr(node) {
            Expr::Logical { op: LogicalOp::And, left, right } => parts.push((left, true, right)),
            Expr::Logical { op: LogicalOp::Or, left, right } => parts.push((left, false, right)),
            Expr::Conditional { condition, then, otherwise } => {
                parts.extend([(condition, true, then), (condition, false, otherwise)]);
            }
            _ => {}
        }
        for (condition, wanted, part) in parts {
            if let Some((kind, reason)) = judge(self.program, Value { unit: self.id, node: condition }, wanted, MOST_DEPTH) {
                self.found.push(Aside { span: self.unit.span(part), kind, reason });
            }
        }
    }
}

impl Search<'_> {
    /// Functions of the file that only such branches name: a logger that is put into the chain in development.
    fn functions(&mut self) {
        let unit = self.unit;
        let exported: BTreeSet<VariableId> = unit
            .exports
            .iter()
            .filter_map(|export| if let Expr::Variable(variable) = *unit.expr(export.value) { Some(variable) } else { None })
            .collect();
        let mut uses: BTreeMap<VariableId, Vec<Span>> = BTreeMap::new();
        let mut targets = BTreeSet::new();
        for (node, content) in unit.all_nodes() {
            match content.expr {
                Expr::Variable(variable) => uses.entry(variable).or_default().push(unit.span(node)),
                Expr::Assign { target, .. } => drop(targets.insert(unit.span(target))),
                _ => {}
            }
        }
        for (variable, spans) in uses {
            let definition = unit.variable(variable).definition.filter(|_| !exported.contains(&variable));
            let Some(Expr::Closure(function)) = definition.map(|node| unit.expr(node)) else { continue };
            let own = unit.function(*function).span;
            let mut named = spans.into_iter().filter(|span| !targets.contains(span) && !own.contains(*span)).peekable();
            let first = named.peek().and_then(|&span| self.found.iter().find(|aside| aside.span.contains(span)).cloned());
            let is_held_back = |span: Span| self.found.iter().any(|aside| aside.span.contains(span));
            if let Some(aside) = first.filter(|_| named.all(is_held_back)) {
                let name = unit.name(unit.variable(variable).name);
                let reason = format!("`{name}` is used only in a branch that is {}", aside.reason);
                self.found.push(Aside { span: own, kind: aside.kind, reason });
            }
        }
    }
}

/// What must be so that a condition comes out as it is wanted, if users never have it so.
fn judge(program: &Program<'_>, value: Value, wanted: bool, depth: u32) -> Option<Cause> {
    let depth = depth.checked_sub(1)?;
    let unit = program.unit(value.unit);
    let part = |node: NodeId, wanted: bool| judge(program, Value { unit: value.unit, node }, wanted, depth);
    match *unit.expr(value.node) {
        Expr::Unary { op: UnaryOp::Not, operand } => part(operand, !wanted),
        Expr::Logical { op, left, right } if op != LogicalOp::Coalesce => {
            let parts = [part(left, wanted), part(right, wanted)];
            // Both sides are needed, or either is enough.
            if (op == LogicalOp::And) == wanted {
                parts.into_iter().flatten().min()
            } else {
                let [left, right] = parts;
                left.zip(right).map(|(left, right)| left.max(right))
            }
        }
        Expr::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } => {
            let is_equal = matches!(*unit.expr(value.node), Expr::Binary { op: BinaryOp::Equal, .. });
            let at = |node: NodeId| Value { unit: value.unit, node };
            compared(program, (at(left), at(right)), is_equal == wanted)
                .or_else(|| compared(program, (at(right), at(left)), is_equal == wanted))
        }
        Expr::Typed { value: inner, .. } => part(inner, wanted),
        _ => named(program, value, wanted, depth),
    }
}

/// The environment against a text.
fn compared(program: &Program<'_>, (name, text): (Value, Value), is_equal: bool) -> Option<Cause> {
    let path = environment(program, name)?;
    let Constant::Text(text) = program.constant(text)? else { return None };
    let has = |list: &[&str]| standing::words(&text).iter().any(|word| list.contains(&word.as_str()));
    let sign = if is_equal { "is" } else { "is not" };
    let cause = || (AsideKind::Debug, format!("run only if `{path}` {sign} `{text}`"));
    (if is_equal { has(DEVELOPMENT) } else { has(PRODUCTION) }).then(cause)
}

/// The path of an environment of the build that a value is.
fn environment(program: &Program<'_>, value: Value) -> Option<String> {
    let at = program.resolve(value);
    let path =
        [value, at].into_iter().find_map(|value| program.path(value.unit, value.node).filter(|path| ENVIRONMENT.is_match(path)));
    path.map(ToOwned::to_owned)
}

/// A constant, a flag of the build, a switch.
fn named(program: &Program<'_>, value: Value, wanted: bool, depth: u32) -> Option<Cause> {
    let name = name_of(program, value);
    if let Some(Constant::Bool(flag)) = program.constant(value) {
        let is_written_out = !matches!(program.unit(value.unit).expr(value.node), Expr::Literal(_));
        return (flag != wanted && is_written_out)
            .then(|| (AsideKind::Debug, format!("run only if `{name}`, which is `{flag}`, is not")));
    }
    if let Some(path) = program.path(value.unit, value.node)
        && let Some(is_development) = flag(path)
    {
        return (is_development == wanted).then(|| (AsideKind::Debug, format!("run only in a build for developers (`{path}`)")));
    }
    let resolved = program.resolve(value);
    if resolved != value
        && let Some(cause) = judge(program, resolved, wanted, depth)
    {
        return Some(cause);
    }
    if wanted { switch(program, value) } else { None }
}

/// Whether a path is a flag of a build for developers, or of one for users.
fn flag(path: &str) -> Option<bool> {
    let is_named = |names: &[&str]| names.iter().any(|name| path == *name || path.ends_with(&format!(".{name}")));
    if is_named(&["__DEV__", "import.meta.env.DEV", "BuildConfig.DEBUG", "kDebugMode", "Debugger.IsAttached"]) {
        return Some(true);
    }
    is_named(&["import.meta.env.PROD", "kReleaseMode", "app.isPackaged"]).then_some(false)
}

/// A switch for developers that is off when the program starts: a variable, a field of an atomic one, of the environment.
fn switch(program: &Program<'_>, value: Value) -> Option<Cause> {
    let unit = program.unit(value.unit);
    let asked = match unit.expr(value.node) {
        Expr::Call { callee, .. } => match unit.expr(*callee) {
            Expr::Field { base, name } if ["load", "get", "value"].contains(&unit.name(*name)) => *base,
            _ => return None,
        },
        _ => value.node,
    };
    let at = Value { unit: value.unit, node: asked };
    let name = name_of(program, at);
    let is_for_developers = standing::words(&name).iter().any(|word| SWITCHES.contains(&word.as_str()));
    let told = || (AsideKind::Switch, format!("run only while the switch `{name}` is on, which is off at the start"));
    if is_for_developers && is_set_by_build(program, at) {
        return Some((AsideKind::Switch, format!("run only if the build sets `{name}`")));
    }
    (is_for_developers && (environment(program, at).is_some() || is_off_at_start(program, at))).then(told)
}

/// A global in capitals that no file of the tree gives a value: bundlers put one in.
fn is_set_by_build(program: &Program<'_>, value: Value) -> bool {
    let resolved = program.resolve(value);
    let unit = program.unit(resolved.unit);
    let Expr::Global(name) = *unit.expr(resolved.node) else { return false };
    let name = unit.name(name);
    name.len() > 2 && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn is_off_at_start(program: &Program<'_>, value: Value) -> bool {
    let resolved = program.resolve(value);
    let unit = program.unit(resolved.unit);
    let is_false = |node: NodeId| program.constant(Value { unit: resolved.unit, node }) == Some(Constant::Bool(false));
    match unit.expr(resolved.node) {
        // `AtomicBool::new(false)`, `Cell::new(false)`.
        Expr::Call { arguments, .. } => arguments.first().is_some_and(|first| is_false(*first)),
        // A variable that is written more than once: what comes first counts.
        Expr::Variable(variable) if unit.variable(*variable).kind != VariableKind::Parameter => {
            let writes = |node: &NodeId| matches!(unit.expr(*node), Expr::Variable(written) if written == variable);
            let mut assigned = unit.nodes.iter().filter_map(|node| match &node.expr {
                Expr::Assign { target, value } if writes(target) => Some(*value),
                _ => None,
            });
            assigned.next().is_some_and(is_false)
        }
        _ => false,
    }
}

/// The name that a condition is written with.
fn name_of(program: &Program<'_>, value: Value) -> String {
    let unit = program.unit(value.unit);
    super::callee::written_name(unit, value.node).unwrap_or("it").to_owned()
}
