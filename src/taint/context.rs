//! Which of several objects or closures a call is about: two that were made by different calls share nothing.
//!
//! A wrapper that remembers (`keep(f)`) and a class that holds (`new Box()`) are written once and made many times. What one of them is
//! given belongs to the call that made it, as far as that call can be seen.

use super::index::{Caller, World};
use super::origin::Cell;
use crate::ir::{Expr, FunctionId, NodeId};
use crate::program::{ClassRef, FunctionRef, UnitId, Value};

/// How many definitions are followed to the call that made something.
const MAX_STEPS: u32 = 8;

/// A call that makes an object or closure; for a class that nothing extends, a number beyond those of the calls.
pub(super) type Maker = (UnitId, NodeId);

impl World<'_> {
    /// The functions around a function, itself first, without the top level of the file.
    fn around(&self, function: FunctionRef) -> impl Iterator<Item = FunctionRef> + '_ {
        let unit = self.program.unit(function.unit);
        let outer = std::iter::successors(Some(function.function), move |&at| unit.function(at).owner);
        outer.filter(|&at| at != FunctionId::MODULE).map(move |at| FunctionRef { unit: function.unit, function: at })
    }

    /// For a call of `function`: the call that made what it belongs to, which is an instance of what `owner` makes; None if that
    /// cannot be seen.
    pub(super) fn maker(&self, caller: Caller, function: FunctionRef, owner: FunctionRef) -> Option<Maker> {
        if caller.argument.is_some() || caller.handed_by.is_some() {
            return None;
        }
        let unit = caller.function.unit;
        if function == owner {
            return Some((unit, caller.call));
        }
        let Expr::Call { callee, .. } = *self.program.unit(unit).expr(caller.call) else { return None };
        self.made_by(Value { unit, node: callee }, owner)
    }

    /// The call of `owner` that made a value, or the object of which the value is a member.
    fn made_by(&self, value: Value, owner: FunctionRef) -> Option<Maker> {
        let mut at = value;
        for _ in 0..MAX_STEPS {
            let unit = self.program.unit(at.unit);
            at.node = match *unit.expr(at.node) {
                Expr::Call { .. } => {
                    let is_owner = self.program.targets(at.unit, at.node).contains(&owner);
                    return is_owner.then_some((at.unit, at.node));
                }
                Expr::Field { base, .. } => base,
                Expr::Typed { value, .. } => value,
                Expr::Variable(variable) if unit.variable(variable).definition.is_some_and(|it| self.leads_on(at.unit, it)) => {
                    unit.variable(variable).definition?
                }
                _ => {
                    let resolved = self.program.resolve(at);
                    if resolved == at {
                        return None;
                    }
                    at = resolved;
                    continue;
                }
            };
        }
        None
    }

    /// Whether an expression is not the import of something from elsewhere.
    fn leads_on(&self, unit: UnitId, node: NodeId) -> bool {
        match *self.program.unit(unit).expr(node) {
            Expr::Field { base, .. } => !matches!(self.program.unit(unit).expr(base), Expr::Module(_)),
            Expr::Module(_) => false,
            _ => true,
        }
    }

    /// The function each call of which makes the place anew: the owner of a captured variable.
    pub(super) fn owner_of(&self, cell: Cell) -> Option<FunctionRef> {
        let Cell::Variable(unit, variable) = cell else { return None };
        let variable = self.program.unit(unit).variables.get(variable.index())?;
        (variable.owner != FunctionId::MODULE).then_some(FunctionRef { unit, function: variable.owner })
    }

    /// The instance that a call of a method is about, by the call that made it.
    pub(super) fn instance(&self, caller: Caller) -> Option<Maker> {
        if caller.argument.is_some() || caller.handed_by.is_some() {
            return None;
        }
        let unit = caller.function.unit;
        match *self.program.unit(unit).expr(caller.call) {
            Expr::Call { kind: crate::ir::CallKind::New, .. } => Some((unit, caller.call)),
            Expr::Call { callee, .. } => match *self.program.unit(unit).expr(callee) {
                Expr::Field { base, .. } => self.construction(Value { unit, node: base }),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether two functions are methods of one class.
    pub(super) fn is_one_class(&self, one: FunctionRef, other: FunctionRef) -> bool {
        let class = |function: FunctionRef| {
            let class = self.program.unit(function.unit).function(function.function).class?;
            Some(self.program.whole_class(ClassRef { unit: function.unit, class }))
        };
        class(one).zip(class(other)).is_some_and(|(one, other)| one == other)
    }

    /// The class of the instance that a call of a method is about, if it inherits a field from `owner` and nothing extends it: an
    /// instance of such a class is none of another.
    fn heir(&self, caller: Caller, owner: (UnitId, u32)) -> Option<Maker> {
        if caller.argument.is_some() || caller.handed_by.is_some() {
            return None;
        }
        let unit = caller.function.unit;
        let node = match *self.program.unit(unit).expr(caller.call) {
            Expr::Call { kind: crate::ir::CallKind::New, .. } => caller.call,
            Expr::Call { callee, .. } => match *self.program.unit(unit).expr(callee) {
                Expr::Field { base, .. } if !matches!(self.program.unit(unit).expr(base), Expr::This | Expr::Super) => base,
                _ => return None,
            },
            _ => return None,
        };
        let class = self.program.whole_class(self.program.class_of(Value { unit, node })?);
        let is_heir = (class.unit, class.class.0) != owner && !self.extended.contains(&class);
        is_heir.then(|| (class.unit, NodeId(u32::MAX - class.class.0)))
    }

    /// The `new` that made a value.
    fn construction(&self, value: Value) -> Option<Maker> {
        let made = self.program.construction(value)?;
        let is_new = matches!(self.program.unit(made.unit).expr(made.node), Expr::Call { kind: crate::ir::CallKind::New, .. });
        is_new.then_some((made.unit, made.node))
    }

    /// By which call what a call of `function` writes to, or reads from, a shared place was made.
    pub(super) fn context(&self, cell: Cell, caller: Caller, function: FunctionRef) -> Option<Maker> {
        match cell {
            Cell::Variable(..) => {
                let owner = self.owner_of(cell)?;
                self.around(function).find(|&outer| outer == owner)?;
                self.maker(caller, function, owner)
            }
            Cell::Field(unit, class, _) if class != u32::MAX => {
                let declared = self.program.unit(function.unit).function(function.function).class?;
                let whole = self.program.whole_class(ClassRef { unit: function.unit, class: declared });
                let mut lineage = std::iter::once(&whole).chain(self.program.ancestors(whole));
                let is_own = lineage.any(|part| (part.unit, part.class.0) == (unit, class));
                let instance = || self.heir(caller, (unit, class)).or_else(|| self.instance(caller));
                is_own.then(instance).flatten()
            }
            _ => None,
        }
    }

    /// The function whose parameter is called by a call, and which therefore is made or called by whoever hands a function in.
    pub(super) fn called_owner(&self, unit: UnitId, call: NodeId) -> Option<FunctionRef> {
        super::handed::owner_of_called(self.program.unit(unit), call).map(|function| FunctionRef { unit, function })
    }
}
