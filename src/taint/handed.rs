//! Functions that reach a call as a parameter of the function around it.

use super::access::Symbol;
use super::index::{Caller, Handed, World};
use crate::ir::{Expr, NameId, NodeId, Unit, VariableId, VariableKind};
use crate::program::{FunctionRef, UnitId, Value};
use crate::rule::model::RowId;

impl World<'_> {
    /// The functions that callers hand in for parameters which a unit's functions call.
    pub(super) fn handed_functions(&self, id: UnitId) -> Vec<((UnitId, NodeId), Handed)> {
        /// So many callers are looked at: a function that more than these call is a library of its own.
        const MAX_CALLERS: usize = 64;
        let unit = self.program.unit(id);
        let mut handed = Vec::new();
        for (call, node) in unit.all_nodes() {
            let Expr::Call { callee, .. } = node.expr else { continue };
            if self.program.targets(id, call).is_empty() {
                handed.extend(
                    self.registry
                        .targets(unit, callee)
                        .iter()
                        .map(|&function| ((id, call), Handed { function, by: None, key: None })),
                );
            }
            handed.extend(
                self.kept_functions(id, call).into_iter().map(|function| ((id, call), Handed { function, by: None, key: None })),
            );
            let Some((variable, member)) = called_parameter(unit, callee) else { continue };
            let owner = unit.variable(variable).owner;
            let position = unit.function(owner).parameters.iter().position(|parameter| parameter.variable == variable);
            let Some(position) = position.filter(|_| self.program.targets(id, call).is_empty()) else { continue };
            let called = FunctionRef { unit: id, function: owner };
            for caller in self.callers(called).take(MAX_CALLERS) {
                let by = Some((caller.function.unit, caller.call));
                let function = self.argument_function(caller, (called, position), member.map(|name| unit.name(name)));
                handed.extend(function.map(|function| ((id, call), Handed { function, by, key: None })));
            }
        }
        handed
    }

    /// The functions that a field which a call calls may hold: what others write to it, or an instance is made with.
    fn kept_functions(&self, id: UnitId, call: NodeId) -> Vec<FunctionRef> {
        let unit = self.program.unit(id);
        let Expr::Call { callee, .. } = *unit.expr(call) else { return Vec::new() };
        // A bare name may be that of a field.
        if let Expr::Global(name) = *unit.expr(callee) {
            let is_field = self.field_names.contains(&Symbol::of(unit.name(name))) && self.program.targets(id, call).is_empty();
            return if is_field { self.chosen_functions(Value { unit: id, node: callee }) } else { Vec::new() };
        }
        let Expr::Field { mut base, mut name } = *unit.expr(callee) else { return Vec::new() };
        let mut callee = callee;
        // `this.handler.accept(x)` calls what the field holds.
        if let Expr::Field { base: owner, name: field } = *unit.expr(base)
            && (self.is_invoker(id, unit.name(name)) || self.is_listener(Value { unit: id, node: base }, unit.name(name)))
        {
            (callee, base, name) = (base, owner, field);
        }
        let symbol = Symbol::of(unit.name(name));
        if !self.field_names.contains(&symbol) || !self.program.targets(id, call).is_empty() {
            return Vec::new();
        }
        let class = self.program.class_of(Value { unit: id, node: base }).map(|class| self.program.whole_class(class));
        if !class.is_some_and(|class| self.class_fields.contains(&(class, symbol))) {
            return Vec::new();
        }
        self.chosen_functions(Value { unit: id, node: callee })
    }

    /// The functions among what a value may be, also behind `given or default`.
    fn chosen_functions(&self, value: Value) -> Vec<FunctionRef> {
        let direct = |choice: &Value| self.program.function_of(*choice);
        let choices = self.program.choices(value);
        let mut found: Vec<_> = choices.iter().filter_map(direct).collect();
        for choice in choices.into_iter().filter(|choice| direct(choice).is_none()) {
            found.extend(self.program.choices(choice).iter().filter_map(direct));
        }
        found
    }

    /// The rows that speak of functions of libraries which a field that is called was given: `copier: clipboard.write`.
    pub(super) fn rows_of_kept(&self, id: UnitId, callee: NodeId) -> Vec<RowId> {
        let unit = self.program.unit(id);
        let is_kept = match *unit.expr(callee) {
            Expr::Field { base, name } => {
                let symbol = Symbol::of(unit.name(name));
                let class = || self.program.class_of(Value { unit: id, node: base }).map(|class| self.program.whole_class(class));
                self.field_names.contains(&symbol) && class().is_some_and(|class| self.class_fields.contains(&(class, symbol)))
            }
            Expr::Global(name) => self.field_names.contains(&Symbol::of(unit.name(name))),
            Expr::Variable(variable) => unit.variable(variable).kind == VariableKind::Parameter,
            _ => false,
        };
        let mut choices = match *unit.expr(callee) {
            _ if is_kept => self.program.choices(Value { unit: id, node: callee }),
            Expr::Field { base, name } if self.is_listener(Value { unit: id, node: base }, unit.name(name)) => {
                self.program.stand_ins(Value { unit: id, node: base }, unit.name(name))
            }
            _ => return Vec::new(),
        };
        let mut rows = Vec::new();
        let further: Vec<_> = choices.iter().flat_map(|&choice| self.program.choices(choice)).collect();
        choices.extend(further);
        for choice in choices {
            let is_named = matches!(self.program.unit(choice.unit).expr(choice.node), Expr::Field { .. } | Expr::Global(_));
            let path = self.program.path(choice.unit, choice.node).filter(|path| is_named && !path.starts_with('?'));
            rows.extend(path.map(|path| self.rows_of_path(choice.unit, path)).unwrap_or_default());
        }
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|&row| self.knowledge.models.row_of(row).argument.is_empty());
        rows
    }

    fn argument_function(
        &self,
        caller: Caller,
        (called, parameter): (FunctionRef, usize),
        member: Option<&str>,
    ) -> Option<FunctionRef> {
        let argument = self.argument_for(Value { unit: caller.function.unit, node: caller.call }, called, parameter)?;
        let Some(name) = member else { return self.program.function_of(argument) };
        if let Some(function) = self.program.member(argument, name) {
            return self.program.function_of(function);
        }
        let resolved = self.program.resolve(argument);
        let is_function = matches!(self.program.unit(resolved.unit).expr(resolved.node), Expr::Closure(_) | Expr::Field { .. });
        let is_called = self.is_invoker(called.unit, name) || self.is_promised(called, parameter, name);
        self.program.function_of(argument).filter(|_| is_function && is_called)
    }

    pub(super) fn is_invoker(&self, unit: UnitId, name: &str) -> bool {
        self.program.language(unit).invokers.contains(&name)
    }

    /// Whether a parameter is of an interface with a method of this name, which a function may stand for.
    fn is_promised(&self, called: FunctionRef, parameter: usize, name: &str) -> bool {
        let unit = self.program.unit(called.unit);
        if self.program.language(called.unit).invokers.is_empty() {
            return false;
        }
        let ty = unit.variable(unit.function(called.function).parameters[parameter].variable).ty;
        let class = ty.and_then(|node| self.program.class_named(Value { unit: called.unit, node }));
        class.is_some_and(|class| self.promises(class, name))
    }

    /// Whether a value is of an interface of the tree with a method of this name, which a function may stand for.
    pub(super) fn is_listener(&self, value: Value, name: &str) -> bool {
        !self.program.language(value.unit).invokers.is_empty()
            && self.program.class_of(value).is_some_and(|class| self.promises(class, name))
    }

    fn promises(&self, class: crate::program::ClassRef, name: &str) -> bool {
        let home = self.program.unit(class.unit);
        home.class(class.class).promises.iter().any(|promise| home.name(promise.name) == name)
    }
}

/// The function whose parameter a call calls.
pub(super) fn owner_of_called(unit: &Unit, call: NodeId) -> Option<crate::ir::FunctionId> {
    let Expr::Call { callee, .. } = *unit.expr(call) else { return None };
    called_parameter(unit, callee).map(|(variable, _)| unit.variable(variable).owner)
}

/// The parameter that is called, or of which a member is called.
fn called_parameter(unit: &Unit, callee: NodeId) -> Option<(VariableId, Option<NameId>)> {
    let parameter = |node: NodeId| match *unit.expr(node) {
        Expr::Variable(variable) if unit.variable(variable).kind == VariableKind::Parameter => Some(variable),
        _ => None,
    };
    let member = |node: NodeId| match *unit.expr(node) {
        Expr::Field { base, name } => Some((parameter(base)?, Some(name))),
        _ => None,
    };
    let Expr::Variable(variable) = *unit.expr(callee) else { return member(callee) };
    parameter(callee).map(|variable| (variable, None)).or_else(|| member(unit.variable(variable).definition?))
}
