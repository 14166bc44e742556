//! The places that functions share, by the expressions that stand for them.

use super::access::Symbol;
use super::index::World;
use super::origin::Cell;
use crate::ir::{CallKind, Expr, FieldDeclaration, Literal, NameId, NodeId, Property, VariableKind};
use crate::program::{ClassRef, Constant, UnitId, Value};
use crate::rule::model::Subject;
use crate::rule::{AccessPath, FunctionPort, Port};

impl<'a> World<'a> {
    /// The members that functions of an object literal, which has no class, write to their `this`, with the places that stand for them.
    pub(super) fn own_members(&self, unit: UnitId, object: NodeId) -> Vec<(Symbol, Cell)> {
        let resolved = self.program.resolve(Value { unit, node: object });
        let code = self.program.unit(resolved.unit);
        let span = code.span(resolved.node);
        if !matches!(code.expr(resolved.node), Expr::Object(_)) {
            return Vec::new();
        }
        let written = code.all_nodes().filter_map(|(_, node)| {
            let Expr::Assign { target, .. } = node.expr else { return None };
            let Expr::Field { base, name } = *code.expr(target) else { return None };
            let is_own = matches!(code.expr(base), Expr::This) && span.contains(node.span);
            let cell = self.own_field(resolved.unit, base, Symbol::of(code.name(name)));
            (is_own && matches!(cell, Cell::Field(_, u32::MAX, _))).then(|| (Symbol::of(code.name(name)), cell))
        });
        let mut members: Vec<_> = written.collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// The fields of an instance that is made here of a class of the tree, with the places that stand for them.
    pub(super) fn fields_of(&self, unit: UnitId, node: NodeId) -> Vec<(Symbol, Cell)> {
        let code = self.program.unit(unit);
        let is_new = matches!(code.expr(node), Expr::Call { kind: CallKind::New, .. });
        let class = self.program.class_of(Value { unit, node }).filter(|_| is_new).map(|class| self.program.whole_class(class));
        let Some(class) = class else { return Vec::new() };
        let named = self.program.class_fields().filter(|&(owner, _)| self.program.whole_class(owner) == class);
        let mut fields: Vec<_> = named.map(|(_, name)| (Symbol::of(name), self.class_field(class, Symbol::of(name)))).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// The constant by which messages are told apart: a text, or a member of an enumeration that is a number.
    pub(super) fn mark_text(&self, value: Value) -> Option<String> {
        match self.program.constant(value)? {
            Constant::Text(text) => Some(text),
            Constant::Number(number) if matches!(self.program.unit(value.unit).expr(value.node), Expr::Field { .. }) => {
                Some(number.to_string())
            }
            _ => None,
        }
    }

    /// The shared variable that an expression stands for, if it is one of another function or file.
    pub(super) fn shared_variable(&self, value: Value) -> Option<Cell> {
        let resolved = self.program.resolve(value);
        if let Expr::Variable(variable) = *self.program.unit(resolved.unit).expr(resolved.node) {
            return Some(Cell::Variable(resolved.unit, variable)).filter(|_| resolved.unit != value.unit);
        }
        let variable = *self.definitions.get(&(resolved.unit, resolved.node))?;
        Some(Cell::Variable(resolved.unit, variable))
    }

    /// The cell of a field of `this`.
    pub(super) fn own_field(&self, unit: UnitId, node: NodeId, name: Symbol) -> Cell {
        let class = self.program.class_of(Value { unit, node });
        class.map_or(Cell::Field(unit, u32::MAX, name), |class| self.class_field(class, name))
    }

    /// The cell of a field of a class.
    pub(super) fn class_field(&self, class: ClassRef, name: Symbol) -> Cell {
        let whole = self.program.whole_class(class);
        let owner = self.owner_of_field(whole, name).unwrap_or(whole);
        Cell::Field(owner.unit, owner.class.0, name)
    }

    /// The field that an instance of a class of the tree gives where it is taken apart by places: `val (name, words) = wallet`.
    pub(super) fn field_by_place(&self, unit: UnitId, base: NodeId, index: NodeId) -> Option<(Symbol, Cell)> {
        let Expr::Literal(Literal::Number(place)) = *self.program.unit(unit).expr(index) else { return None };
        let class = self.program.whole_class(self.program.class_of(Value { unit, node: base })?);
        let declared = self.program.unit(class.unit);
        let name = Symbol::of(declared.name(declared.class(class.class).fields.get(place as usize)?.name));
        Some((name, self.class_field(class, name)))
    }

    /// The class that declares a field, of a class and its ancestors.
    fn owner_of_field(&self, whole: ClassRef, name: Symbol) -> Option<ClassRef> {
        let mut lineage = std::iter::once(&whole).chain(self.program.ancestors(whole));
        let own = lineage.find(|&&class| self.class_fields.contains(&(class, name))).copied();
        own.or_else(|| self.heirs.get(&(whole, name)).copied().flatten())
    }

    /// The field of the receiver that a name means which the file does not declare: one that the class inherits.
    pub(super) fn inherited_field(&self, unit: UnitId, node: NodeId, name: Symbol) -> Option<Cell> {
        if !self.program.language(unit).implicit_receiver {
            return None;
        }
        let class = self.program.whole_class(self.program.enclosing_class(Value { unit, node })?);
        let owner = self.owner_of_field(class, name)?;
        Some(Cell::Field(owner.unit, owner.class.0, name))
    }

    /// The variable of another file of the package that a name means.
    pub(super) fn package_variable(&self, unit: UnitId, name: NameId) -> Option<Cell> {
        let value = self.program.undeclared(unit, name)?;
        let owner = self.program.unit(value.unit);
        let Expr::Variable(variable) = *owner.expr(value.node) else { return None };
        let is_value = matches!(owner.variable(variable).kind, VariableKind::Local | VariableKind::Constant);
        is_value.then_some(Cell::Variable(value.unit, variable))
    }

    /// The cell of a global variable.
    pub(super) fn global(&self, unit: UnitId, name: Symbol) -> Cell {
        Cell::Global(self.program.product(unit), name)
    }

    /// The field that a member of a class of the package is, or the global variable that a member of the global object itself is:
    /// `window.wallet`. What models know of is the platform's.
    pub(super) fn global_member(&self, unit: UnitId, base: NodeId, member: NodeId, name: Symbol) -> Option<Cell> {
        let code = self.program.unit(unit);
        let Expr::Global(object) = *code.expr(base) else { return None };
        if let Some(cell) = self.static_field(unit, base, name) {
            return Some(cell);
        }
        let is_object = self.program.language(unit).global_objects.contains(&code.name(object));
        (is_object && !self.is_of_platform(unit, member)).then(|| self.global(unit, name))
    }

    /// Whether models say what reading or writing an expression does.
    fn is_of_platform(&self, unit: UnitId, node: NodeId) -> bool {
        [Subject::Member, Subject::Assigned].into_iter().any(|subject| !self.rows(unit, node, subject, false).is_empty())
    }

    /// Whether a global name stands for something of the platform, which nothing in the tree declares or writes: what is written to
    /// its members leaves the program, and what is read from them is not what was written.
    pub(super) fn is_outside(&self, cell: Cell, name: Symbol) -> bool {
        matches!(cell, Cell::Global(..)) && !self.made.contains(&name)
    }

    /// The cell of a field that belongs to a class, by the class's name.
    pub(super) fn static_field(&self, unit: UnitId, base: NodeId, name: Symbol) -> Option<Cell> {
        let code = self.program.unit(unit);
        if !self.field_names.contains(&name) {
            return None;
        }
        let at = Value { unit, node: base };
        let class = match *code.expr(base) {
            Expr::Variable(variable) if matches!(code.variable(variable).kind, VariableKind::Class | VariableKind::Import) => {
                let resolved = self.program.resolve(at);
                let Expr::Class(class) = *self.program.unit(resolved.unit).expr(resolved.node) else { return None };
                ClassRef { unit: resolved.unit, class }
            }
            // A class of another file of the package.
            Expr::Global(_) if code.package.is_some() || self.program.language(unit).default_package.is_some() => {
                self.program.class_named(at)?
            }
            _ => return None,
        };
        let class = self.program.whole_class(class);
        self.owner_of_field(class, name).map(|owner| Cell::Field(owner.unit, owner.class.0, name))
    }

    /// The cell of a field of an instance of a class of the tree.
    pub(super) fn instance_field(&self, unit: UnitId, base: NodeId, name: Symbol) -> Option<Cell> {
        if let Some(cell) = self.registry.cell(self.program.unit(unit), base, name) {
            return Some(cell);
        }
        if let Some(cell) = self.static_field(unit, base, name) {
            return Some(cell);
        }
        if !self.written_fields.contains(&name) {
            return None;
        }
        let class = self.program.class_of(Value { unit, node: base })?;
        // What neither it nor an ancestor declares belongs to the base class of a library, such as the text of a control.
        let is_declared = || self.owner_of_field(self.program.whole_class(class), name).is_some();
        (!self.foreign.contains(&self.program.whole_class(class)) || is_declared()).then(|| self.class_field(class, name))
    }

    /// A struct of the tree that a call writes out with its fields: no function runs, the one argument is what it becomes.
    pub(super) fn struct_literal(&self, unit: UnitId, call: NodeId) -> Option<(ClassRef, &'a [Property])> {
        let code = self.program.unit(unit);
        let Expr::Call { arguments, kind: CallKind::New, .. } = code.expr(call) else { return None };
        let [argument] = **arguments else { return None };
        let Expr::Object(properties) = code.expr(argument) else { return None };
        let is_literal = self.program.targets(unit, call).is_empty();
        let class = self.program.class_of(Value { unit, node: call }).filter(|_| is_literal)?;
        Some((class, properties))
    }

    /// Whether a call makes a value of a type of some library by naming its fields, where nothing else can be meant: it holds them.
    pub(super) fn is_foreign_literal(&self, unit: UnitId, arguments: &[NodeId], kind: CallKind) -> bool {
        let code = self.program.unit(unit);
        let is_literal = |node: &NodeId| matches!(code.expr(*node), Expr::Object(_) | Expr::Array(_));
        kind == CallKind::New && self.program.language(unit).new_is_literal && matches!(arguments, [only] if is_literal(only))
    }

    /// Whether a call names a class of the tree that has no constructor: what it is given becomes an instance as it is.
    pub(super) fn is_conversion(&self, unit: UnitId, callee: NodeId) -> bool {
        let code = self.program.unit(unit);
        let may_be_class = match *code.expr(callee) {
            Expr::Variable(variable) => matches!(code.variable(variable).kind, VariableKind::Class | VariableKind::Import),
            Expr::Global(_) => code.package.is_some() || self.program.language(unit).default_package.is_some(),
            // A case of an enumeration of the tree, which holds what it is given.
            Expr::Field { base, .. } => return self.is_case(Value { unit, node: base }),
            _ => false,
        };
        if !may_be_class {
            return false;
        }
        let resolved = self.program.resolve(Value { unit, node: callee });
        matches!(self.program.unit(resolved.unit).expr(resolved.node), Expr::Class(_))
    }

    /// Whether a member of a class of the tree is one of an enumeration: it is declared with neither type nor value, and read of the class.
    pub(super) fn is_enumerated(&self, ty: Value, member: &str) -> bool {
        let code = self.program.unit(ty.unit);
        let may_be_class = match *code.expr(ty.node) {
            Expr::Variable(variable) => matches!(code.variable(variable).kind, VariableKind::Class | VariableKind::Import),
            Expr::Global(_) => true,
            _ => false,
        };
        let Some(class) = self.program.class_named(ty).filter(|_| may_be_class) else { return false };
        let unit = self.program.unit(class.unit);
        let is_it = |field: &FieldDeclaration| unit.name(field.name) == member && field.ty.is_none() && field.value.is_none();
        unit.class(class.class).fields.iter().any(is_it)
    }

    fn is_case(&self, ty: Value) -> bool {
        let code = self.program.unit(ty.unit);
        let may_be_class = match *code.expr(ty.node) {
            Expr::Variable(variable) => code.variable(variable).kind == VariableKind::Class,
            Expr::Global(_) => code.package.is_some() || self.program.language(ty.unit).splits_classes,
            _ => false,
        };
        may_be_class && self.program.class_named(ty).is_some()
    }

    /// The place that holds what a function in an argument of a call passes to its parameter, if that is what a path names.
    pub(super) fn passed(&self, unit: UnitId, call: NodeId, path: &AccessPath) -> Option<Cell> {
        let (Some((FunctionPort::Passed(parameter), _)), Port::Argument(position)) = (&path.function, &path.root) else {
            return None;
        };
        let node = self.argument_at(Value { unit, node: call }, position)?;
        let function = self.program.function_of(Value { unit, node })?;
        let parameters = &self.program.unit(function.unit).function(function.function).parameters;
        Some(Cell::Passed(function.unit, parameters.get(*parameter)?.variable))
    }
}
