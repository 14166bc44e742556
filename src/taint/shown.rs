//! What an instance of a class of the tree gives away where it is shown or written whole: `#[derive(Debug)]` prints every field.

use rustc_hash::{FxHashMap, FxHashSet};

use super::access::{Path, Symbol};
use super::index::{Shown, World};
use super::origin::Cell;
use crate::ir::{Class, Expr, Literal, NodeId, Unit};
use crate::program::{ClassRef, FunctionRef, UnitId, Value};
use crate::rule::CalleePattern;
use crate::rule::kind::KindId;
use crate::rule::model::{Effect, RowId, Subject};

/// In how many instances within instances fields are shown.
const MOST_NESTED: u32 = 2;

impl World<'_> {
    /// Whether instances of classes become text by themselves in the language of a unit.
    pub(super) fn prints(&self, unit: UnitId) -> bool {
        let language = self.program.language(unit);
        !language.printers.is_empty() || !language.free_printers.is_empty()
    }

    /// Whether a function prints its object.
    pub(super) fn is_printer(&self, function: FunctionRef) -> bool {
        let unit = self.program.unit(function.unit);
        let declared = unit.function(function.function);
        let language = self.program.language(function.unit);
        let known = if declared.class.is_some() { language.printers } else { language.free_printers };
        known.contains(&unit.name(declared.name))
    }

    /// The parameter by which a function without a class is given the instance that it prints.
    pub(super) fn printed_parameter(&self, printer: FunctionRef) -> Option<u32> {
        let unit = self.program.unit(printer.unit);
        let declared = unit.function(printer.function);
        let is_instance = |parameter: &crate::ir::Parameter| {
            let ty = unit.variable(parameter.variable).ty;
            ty.is_some_and(|node| self.program.class_named(Value { unit: printer.unit, node }).is_some())
        };
        let index = declared.parameters.iter().position(is_instance).filter(|_| declared.class.is_none())?;
        u32::try_from(index).ok()
    }

    /// The function that prints an expression, where it is no call of one by itself.
    pub(super) fn printer(&self, unit: UnitId, node: NodeId) -> Option<FunctionRef> {
        if matches!(self.program.unit(unit).expr(node), Expr::Call { .. }) {
            return None;
        }
        self.program.targets(unit, node).iter().copied().find(|&target| self.is_printer(target))
    }

    /// The fields that an instance shows as a whole, with the places that hold them.
    pub(super) fn printed_fields(&self, unit: UnitId, node: NodeId) -> Vec<(Path, Cell)> {
        if self.shown.fields.is_empty() || !self.prints(unit) {
            return Vec::new();
        }
        let class = self.program.class_of(Value { unit, node }).map(|class| self.program.whole_class(class));
        class.map_or_else(Vec::new, |class| self.printed_parts(class, MOST_NESTED))
    }

    /// The fields that an instance shows, if its class hides others.
    pub(super) fn visible_fields(&self, unit: UnitId, node: NodeId) -> Option<&[Symbol]> {
        if self.shown.hiding.is_empty() {
            return None;
        }
        let class = self.program.whole_class(self.program.class_of(Value { unit, node })?);
        self.shown.hiding.contains(&class).then(|| self.shown.fields.get(&class).map(Vec::as_slice))?
    }

    /// Whether an instance prints itself without anything that it holds.
    pub(super) fn hides_all(&self, unit: UnitId, node: NodeId) -> bool {
        if self.silent.is_empty() || matches!(self.program.unit(unit).expr(node), Expr::Call { .. }) {
            return false;
        }
        let class = self.program.class_of(Value { unit, node }).map(|class| self.program.whole_class(class));
        class.is_some_and(|class| {
            let owner = self.program.unit(class.unit);
            let name = owner.name(owner.class(class.class).name);
            !self.shown.fields.contains_key(&class) && self.silent.contains(name)
        })
    }

    /// The same of a class, and of the instances that its fields hold.
    fn printed_parts(&self, class: ClassRef, depth: u32) -> Vec<(Path, Cell)> {
        let Some(fields) = self.shown.fields.get(&class) else { return Vec::new() };
        let unit = self.program.unit(class.unit);
        let mut parts = Vec::new();
        for &name in fields {
            parts.push((Path::one(name), self.class_field(class, name)));
            let declared = unit.class(class.class).fields.iter().find(|field| Symbol::of(unit.name(field.name)) == name);
            let ty = declared.and_then(|field| field.ty).filter(|_| depth > 0);
            let inner = ty.and_then(|node| self.program.class_named(Value { unit: class.unit, node }));
            let inner = inner.map(|inner| self.printed_parts(self.program.whole_class(inner), depth - 1));
            parts.extend(inner.unwrap_or_default().into_iter().map(|(path, cell)| (Path::one(name).join(path), cell)));
        }
        parts
    }
}

impl World<'_> {
    /// The fields of an instance of the tree that a call outside of it keeps or sends as a whole, with the places that hold them.
    pub(super) fn kept_fields(&self, unit: UnitId, callee: NodeId, argument: NodeId) -> Vec<(Symbol, Cell)> {
        let code = self.program.unit(unit);
        if !matches!(*code.expr(argument), Expr::Variable(_) | Expr::Field { .. } | Expr::Call { .. } | Expr::Global(_)) {
            return Vec::new();
        }
        if !self
            .rows(unit, callee, Subject::Callee, false)
            .into_iter()
            .chain(self.promised(unit, callee))
            .any(|row| self.keeps(row))
        {
            return Vec::new();
        }
        let class = self.program.class_of(Value { unit, node: argument }).map(|class| self.program.whole_class(class));
        class.map_or_else(Vec::new, |class| {
            let parts = std::iter::once(&class).chain(self.program.ancestors(class));
            parts.flat_map(|&part| self.own_kept(part)).collect()
        })
    }

    /// The fields of the receiver, where it is given as a whole, with the places that hold them.
    pub(super) fn own_fields_of(&self, unit: UnitId, node: NodeId) -> Vec<(Symbol, Cell)> {
        /// So many fields are told apart.
        const MOST: usize = 24;
        if !matches!(self.program.unit(unit).expr(node), Expr::This) {
            return Vec::new();
        }
        let class = self.program.class_of(Value { unit, node }).map(|class| self.program.whole_class(class));
        class.map_or_else(Vec::new, |class| self.own_kept(class).take(MOST).collect())
    }

    fn own_kept(&self, class: ClassRef) -> impl Iterator<Item = (Symbol, Cell)> + '_ {
        let unit = self.program.unit(class.unit);
        let is_kept = |field: &&crate::ir::FieldDeclaration| {
            let marks = field.attributes.iter().flat_map(|&attribute| attribute_parts(unit, attribute));
            !marks.filter_map(|node| last_name(unit, node)).any(leaves_out)
        };
        let names = unit.class(class.class).fields.iter().filter(is_kept).map(|field| Symbol::of(unit.name(field.name)));
        names.map(move |name| (name, self.class_field(class, name)))
    }

    /// Whether a row is about a place that keeps what it is given.
    fn keeps(&self, row: RowId) -> bool {
        matches!(self.effect(row), Effect::Sink(place, _) if self.roles.keeping.contains(*place))
    }
}

impl Shown {
    /// Looks through all classes.
    pub(super) fn of(world: &World<'_>) -> Self {
        let mut members = FxHashMap::default();
        let mut fields = FxHashMap::default();
        let mut hiding = FxHashSet::default();
        for id in world.program.unit_ids() {
            let unit = world.program.unit(id);
            for (number, class) in
                (0..).zip(&unit.classes).filter(|(_, class)| !class.attributes.is_empty() || !class.bases.is_empty())
            {
                let (all, found) = shown_members(world, id, unit, class);
                let count = class.fields.len();
                let class = world.program.whole_class(ClassRef { unit: id, class: crate::ir::ClassId(number) });
                if !all.is_empty() && all.len() < count {
                    hiding.insert(class);
                }
                if !all.is_empty() {
                    fields.insert(class, all);
                }
                if !found.is_empty() {
                    members.insert(class, found);
                }
            }
        }
        Self { members, fields, hiding }
    }

    /// The members that an instance of a written type shows.
    pub(super) fn by_type(&self, world: &World<'_>, unit: UnitId, ty: NodeId) -> &[(Symbol, KindId)] {
        if self.members.is_empty() {
            return &[];
        }
        let resolved = world.program.resolve(Value { unit, node: ty });
        let Expr::Class(class) = *world.program.unit(resolved.unit).expr(resolved.node) else { return &[] };
        self.of_class(world.program.whole_class(ClassRef { unit: resolved.unit, class }))
    }

    /// The members that an instance shows.
    pub(super) fn by_instance(&self, world: &World<'_>, unit: UnitId, node: NodeId) -> &[(Symbol, KindId)] {
        if self.members.is_empty() {
            return &[];
        }
        let class = world.program.class_of(Value { unit, node });
        class.map_or(&[], |class| self.of_class(world.program.whole_class(class)))
    }

    fn of_class(&self, class: ClassRef) -> &[(Symbol, KindId)] {
        self.members.get(&class).map_or(&[], |members| members)
    }
}

/// The fields that a class shows, and those of them that tell by their names what they hold.
fn shown_members(world: &World<'_>, id: UnitId, unit: &Unit, class: &Class) -> (Vec<Symbol>, Vec<(Symbol, KindId)>) {
    let rows = class.attributes.iter().chain(&class.bases).flat_map(|&attribute| attribute_parts(unit, attribute));
    let rows = rows.flat_map(|part| world.rows(id, part, Subject::Attribute, false));
    let rows: Vec<_> = rows.map(|row| world.knowledge.models.row_of(row)).collect();
    let methods = methods(unit, class);
    let speaks = |row: &&&crate::rule::model::Row| {
        matches!(row.effect, Effect::Source(..)) && !row.not_method.iter().any(|name| methods.contains(name.as_str()))
    };
    let Some(row) = rows.iter().find(speaks) else { return Default::default() };
    let is_hidden = |field: &&crate::ir::FieldDeclaration| {
        let marks = field.attributes.iter().flat_map(|&attribute| attribute_parts(unit, attribute));
        let mut marks = marks.filter_map(|node| last_name(unit, node));
        // Where a class prints by itself, most marks say how a field is stored.
        let is_marked = if world.prints(id) { marks.any(leaves_out) } else { !field.attributes.is_empty() };
        is_marked
            || field.value.is_some_and(|value| is_left_out(unit, value))
            || field.ty.is_some_and(|ty| is_one(world, id, ty, &row.not_type) || world.is_silent(id, ty))
    };
    let shown: Vec<_> = class.fields.iter().filter(|field| !is_hidden(field)).map(|field| unit.name(field.name)).collect();
    let told = shown.iter().filter_map(|name| Some((Symbol::of(name), world.knowledge.lexicon.kind(name)?)));
    (shown.iter().map(|name| Symbol::of(name)).collect(), told.collect())
}

fn last_name(unit: &Unit, node: NodeId) -> Option<&str> {
    match *unit.expr(node) {
        Expr::Global(name) | Expr::Field { name, .. } | Expr::Named { name, .. } => Some(unit.name(name)),
        Expr::Variable(variable) => Some(unit.name(unit.variable(variable).name)),
        _ => None,
    }
}

/// Whether what describes a field says that it is not shown: `field(repr=False)`, `Field(exclude=True)`.
fn is_left_out(unit: &Unit, value: NodeId) -> bool {
    let Expr::Call { arguments, .. } = unit.expr(value) else { return false };
    arguments.iter().any(|&argument| {
        let Expr::Named { name, value } = *unit.expr(argument) else { return false };
        let Expr::Literal(Literal::Bool(is_so)) = *unit.expr(value) else { return false };
        let name = unit.name(name);
        if is_so { leaves_out(name) } else { ["repr", "show", "print"].contains(&name) }
    })
}

/// Whether a mark of a field leaves it out of what is shown.
fn leaves_out(mark: &str) -> bool {
    let mark = mark.to_ascii_lowercase();
    ["ignore", "exclude", "transient", "skip", "redact", "sensitive", "hidden"].iter().any(|word| mark.contains(word))
}

/// An attribute, and what it is given: `derive` and `Debug`.
fn attribute_parts(unit: &Unit, attribute: NodeId) -> Vec<NodeId> {
    match unit.expr(attribute) {
        Expr::Call { callee, arguments, .. } => std::iter::once(*callee).chain(arguments.iter().copied()).collect(),
        _ => vec![attribute],
    }
}

/// The names of the methods of a class, those of its other parts included.
fn methods<'u>(unit: &'u Unit, class: &Class) -> FxHashSet<&'u str> {
    let parts = unit.classes.iter().filter(|part| part.name == class.name);
    parts.flat_map(|part| &part.methods).map(|&method| unit.name(unit.function(method).name)).collect()
}

fn is_one(world: &World<'_>, unit: UnitId, ty: NodeId, patterns: &[CalleePattern]) -> bool {
    let path = world.program.path(unit, ty).unwrap_or_default();
    patterns.iter().any(|pattern| pattern.matches(path, false))
}
