//! Calls that are made on a parameter of a function, by itself or by those to which it hands the parameter on.

use rustc_hash::FxHashMap;

use crate::ir::{Expr, NodeId, VariableId, VariableKind};
use crate::program::{FunctionRef, Program, UnitId, Value, argument};

/// Parameters on which some calls are made, through functions that hand them on.
pub(super) struct HandedOn<'p, 'a> {
    program: &'p Program<'a>,
    is_wanted: &'p dyn Fn(UnitId, NodeId) -> bool,
    known: FxHashMap<(FunctionRef, u32), Vec<VariableId>>,
}

impl<'p, 'a> HandedOn<'p, 'a> {
    pub(super) fn new(program: &'p Program<'a>, is_wanted: &'p dyn Fn(UnitId, NodeId) -> bool) -> Self {
        Self { program, is_wanted, known: FxHashMap::default() }
    }

    /// Whether one of the calls is made on any parameter of a function.
    pub(super) fn is_any(&mut self, function: FunctionRef) -> bool {
        !self.by(function, MAX_HANDED).is_empty()
    }

    /// The parameters of a function on which it makes one of the calls, or which it hands to functions that do.
    fn by(&mut self, function: FunctionRef, depth: u32) -> Vec<VariableId> {
        if let Some(known) = self.known.get(&(function, depth)) {
            return known.clone();
        }
        let mut called = Vec::new();
        for node in self.program.calls_within(function) {
            let call = Value { unit: function.unit, node };
            if (self.is_wanted)(function.unit, node) {
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
pub(super) fn parameters_called(program: &Program<'_>, call: Value) -> Vec<VariableId> {
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
