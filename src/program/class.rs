//! The classes of a program: by name, with their parts, and the functions that extend types from elsewhere.

use rustc_hash::{FxHashMap, FxHashSet};

use super::realm::Realms;
use super::{ClassRef, FunctionRef, UnitId, Value};
use crate::ir::{CallKind, ClassId, Expr, FunctionId, Literal, NameId, NodeId, PropertyKey, StatementKind, Unit};
use crate::source::FileId;

/// Things of a family of languages, by name.
pub(super) type ByName<'a, T> = FxHashMap<&'static str, FxHashMap<&'a str, Vec<T>>>;

pub(super) fn named<'m, T>(map: &'m ByName<'_, T>, family: &'static str, name: &str) -> &'m [T] {
    map.get(family).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
}

/// The classes of a program by name, and their methods.
#[derive(Debug, Default)]
pub(super) struct Classes<'a> {
    pub(super) by_name: ByName<'a, ClassRef>,
    pub(super) methods: ByName<'a, FunctionRef>,
    /// Functions without a class that say how instances become text, under no name.
    pub(super) free_printers: ByName<'a, FunctionRef>,
    /// Members of objects that are written out and declared to be of a type, each with the type; functions that stand for an
    /// instance of one, under no name.
    pub(super) objects: ByName<'a, (Value, Value)>,
    /// Parts of classes, by the class that stands for all of them.
    pub(super) wholes: FxHashMap<ClassRef, ClassRef>,
    /// Functions with a receiver of a type that the tree does not declare, by name.
    pub(super) extensions: ByName<'a, FunctionRef>,
    /// Names of members that run a function when they are read or written.
    pub(super) accessors: FxHashSet<&'a str>,
    /// Names of methods without a body that are marked.
    pub(super) promised: FxHashSet<&'a str>,
    /// Names of methods without a body.
    pub(super) unwritten: FxHashSet<&'a str>,
    /// Names of fields that may be delegated to another object.
    pub(super) delegated: FxHashSet<&'a str>,
    /// What methods write to a field of `this`, if that is one expression.
    pub(super) written: FxHashMap<(ClassRef, NameId), Option<NodeId>>,
}

impl<'a> Classes<'a> {
    pub(super) fn index(units: &[(FileId, &'a Unit)], realms: &Realms) -> Self {
        let mut classes = Self::default();
        for (index, (_, unit)) in units.iter().enumerate() {
            let id = UnitId(index as u32);
            let family = realms.family(id);
            for (number, class) in unit.classes.iter().enumerate() {
                let reference = ClassRef { unit: id, class: crate::ir::ClassId(number as u32) };
                if realms.language(id).delegate.is_some() {
                    let marked = class.fields.iter().filter(|field| !field.attributes.is_empty());
                    classes.delegated.extend(marked.map(|field| unit.name(field.name)));
                }
                classes.unwritten.extend(class.promises.iter().map(|promise| unit.name(promise.name)));
                let marked = class.promises.iter().filter(|promise| !promise.attributes.is_empty());
                classes.promised.extend(marked.map(|promise| unit.name(promise.name)));
                classes.by_name.entry(family).or_default().entry(unit.name(class.name)).or_default().push(reference);
                for &function in &class.methods {
                    let name = unit.name(unit.function(function).name);
                    classes.methods.entry(family).or_default().entry(name).or_default().push(FunctionRef { unit: id, function });
                    if unit.function(function).modifiers.is_accessor {
                        classes.accessors.insert(name);
                    }
                }
            }
            if !unit.classes.is_empty() {
                classes.note_written(id, unit);
            }
            classes.note_free_printers(id, unit, realms);
            classes.note_objects(id, unit, family);
            if !realms.language(id).invokers.is_empty() {
                classes.note_stand_ins(id, unit, family);
            }
        }
        let declared = declared(units);
        classes.join_parts(realms, &declared);
        classes.note_extensions(units, realms, &declared);
        classes
    }

    fn note_free_printers(&mut self, id: UnitId, unit: &'a Unit, realms: &Realms) {
        let names = realms.language(id).free_printers;
        if names.is_empty() {
            return;
        }
        for (number, function) in (0..).zip(&unit.functions) {
            if function.class.is_none() && names.contains(&unit.name(function.name)) {
                let known = self.free_printers.entry(realms.family(id)).or_default().entry("").or_default();
                known.push(FunctionRef { unit: id, function: FunctionId(number) });
            }
        }
    }

    /// Says which class stands for all parts of one: the declaration in the same file or, where a class may be written in several, the
    /// only one of its package or manifest; or else the first part in the file.
    #[allow(clippy::iter_over_hash_type, reason = "each name is a matter of its own")]
    fn join_parts(&mut self, realms: &Realms, declared: &FxHashSet<ClassRef>) {
        for (name, classes) in self.by_name.values().flatten() {
            if name.is_empty() || classes.len() < 2 {
                continue;
            }
            for &class in classes {
                // Classes stand in the order of their units.
                let start = classes.partition_point(|other| other.unit < class.unit);
                let mut near = classes[start..].iter().take_while(|other| other.unit == class.unit);
                let first = near.clone().next();
                let here = near.find(|other| declared.contains(other));
                let is_split = realms.language(class.unit).splits_classes;
                let home = realms.home(class.unit);
                let mut far = classes.iter().filter(|other| declared.contains(other) && realms.home(other.unit) == home);
                let only = if is_split && here.is_none() { far.next().filter(|_| far.next().is_none()) } else { None };
                if let Some(&whole) = here.or(only).or(first).filter(|whole| **whole != class) {
                    self.wholes.insert(class, whole);
                }
            }
        }
    }

    /// The class that stands for all parts of one.
    pub(super) fn whole(&self, class: ClassRef) -> ClassRef {
        self.wholes.get(&class).copied().unwrap_or(class)
    }

    /// Notes the functions that extend types from elsewhere: without a class, or of a class that is declared nowhere in the tree.
    fn note_extensions(&mut self, units: &[(FileId, &'a Unit)], realms: &Realms, declared: &FxHashSet<ClassRef>) {
        let is_declared = |family: &'static str, name: &str, by_name: &ByName<'a, ClassRef>| {
            named(by_name, family, name).iter().any(|class| declared.contains(class))
        };
        for (index, &(_, unit)) in units.iter().enumerate() {
            if !unit.functions.iter().any(|function| function.receiver.is_some())
                && unit.classes.iter().all(|class| class.bases.is_empty())
            {
                continue;
            }
            let id = UnitId(index as u32);
            let family = realms.family(id);
            let functions: Vec<_> = (0..unit.functions.len() as u32).map(FunctionId).collect();
            self.extend_by(id, unit, realms, functions.iter().filter(|function| unit.function(**function).class.is_none()));
            for class in &unit.classes {
                if is_declared(family, unit.name(class.name), &self.by_name) {
                    continue;
                }
                let bases: Vec<_> = class.bases.iter().filter_map(|&base| last_name(unit, base)).collect();
                if bases.is_empty() || bases.iter().any(|&base| is_declared(family, unit.name(base), &self.by_name)) {
                    self.extend_by(id, unit, realms, class.methods.iter());
                    bases.into_iter().for_each(|base| self.extend_by_defaults(units, realms, (family, unit.name(base))));
                }
            }
        }
    }

    /// What a trait of the tree does by default, it does for a type from elsewhere that implements it.
    fn extend_by_defaults(&mut self, units: &[(FileId, &'a Unit)], realms: &Realms, base: (&'static str, &'a str)) {
        let declared = named(&self.by_name, base.0, base.1).to_vec();
        for class in declared {
            let owner = units[class.unit.0 as usize].1;
            self.extend_by(class.unit, owner, realms, owner.class(class.class).methods.iter());
        }
    }

    fn extend_by<'f>(&mut self, id: UnitId, unit: &'a Unit, realms: &Realms, functions: impl Iterator<Item = &'f FunctionId>) {
        let common = realms.language(id).common_methods;
        for &function in functions {
            let reference = FunctionRef { unit: id, function };
            let name = unit.name(unit.function(function).name);
            if unit.function(function).receiver.is_none() || common.contains(&name) {
                continue;
            }
            let known = self.extensions.entry(realms.family(id)).or_default().entry(name).or_default();
            if !known.contains(&reference) {
                known.push(reference);
            }
        }
    }

    /// Notes what the methods of a unit write to fields of `this`; writing null says nothing.
    fn note_written(&mut self, id: UnitId, unit: &Unit) {
        for (node, content) in unit.all_nodes() {
            let Expr::Assign { target, value } = content.expr else { continue };
            let Expr::Field { base, name } = *unit.expr(target) else { continue };
            if !matches!(unit.expr(base), Expr::This) || matches!(unit.expr(value), Expr::Literal(Literal::Null)) {
                continue;
            }
            if let Some(class) = enclosing_class(unit, node) {
                let field = self.written.entry((ClassRef { unit: id, class }, name));
                field.and_modify(|known| *known = None).or_insert(Some(value));
            }
        }
    }

    /// Notes the members of objects that are written out and declared to be of a type, by a variable or the function that gives them.
    fn note_objects(&mut self, id: UnitId, unit: &'a Unit, family: &'static str) {
        let of_variable = unit.variables.iter().filter_map(|variable| Some((variable.ty?, variable.definition?)));
        let of_function = unit.functions.iter().filter_map(|function| match function.body.last()?.kind {
            StatementKind::Return(Some(node)) => Some((function.returns?, node)),
            _ => None,
        });
        for (ty, node) in of_variable.chain(of_function) {
            if matches!(unit.expr(node), Expr::Closure(_) | Expr::Field { .. }) {
                self.note_stand_in(family, (id, ty, node));
            }
            let Expr::Object(properties) = unit.expr(node) else { continue };
            for property in &**properties {
                let PropertyKey::Name(name) = property.key else { continue };
                let member = (Value { unit: id, node: ty }, Value { unit: id, node: property.value });
                self.objects.entry(family).or_default().entry(unit.name(name)).or_default().push(member);
            }
        }
    }

    /// Notes functions that stand for an instance of what their place is declared to be: `Source weak = random::nextBytes`, or
    /// `Source { random.nextBytes(it) }`.
    fn note_stand_ins(&mut self, id: UnitId, unit: &'a Unit, family: &'static str) {
        let fields = unit.classes.iter().flat_map(|class| &class.fields);
        for (ty, node) in fields.filter_map(|field| Some((field.ty?, field.value?))) {
            if matches!(unit.expr(node), Expr::Closure(_) | Expr::Field { .. }) {
                self.note_stand_in(family, (id, ty, node));
            }
        }
        for (_, content) in unit.all_nodes() {
            if let Expr::Call { callee, ref arguments, kind: CallKind::New } = content.expr
                && let [only] = **arguments
                && matches!(unit.expr(unit.given(only)), Expr::Closure(_))
            {
                self.note_stand_in(family, (id, callee, unit.given(only)));
            }
        }
    }

    fn note_stand_in(&mut self, family: &'static str, (unit, ty, node): (UnitId, NodeId, NodeId)) {
        let known = self.objects.entry(family).or_default().entry("").or_default();
        known.push((Value { unit, node: ty }, Value { unit, node }));
    }

    /// Methods of a name in a family of languages, if there are few enough for the name to mean them.
    pub(super) fn few_methods(&self, family: &'static str, name: &str, most: usize) -> &[FunctionRef] {
        let methods = named(&self.methods, family, name);
        if methods.len() <= most { methods } else { &[] }
    }
}

/// The classes that are declared where they stand, and not only added to.
fn declared(units: &[(FileId, &Unit)]) -> FxHashSet<ClassRef> {
    let units = units.iter().enumerate().filter(|(_, (_, unit))| !unit.classes.is_empty());
    let declared = units.flat_map(|(index, (_, unit))| {
        let classes = unit.nodes.iter().filter_map(|node| if let Expr::Class(class) = node.expr { Some(class) } else { None });
        classes.map(move |class| ClassRef { unit: UnitId(index as u32), class })
    });
    declared.collect()
}

/// The last of the names by which an expression names something.
pub(super) fn last_name(unit: &Unit, node: NodeId) -> Option<NameId> {
    match *unit.expr(node) {
        Expr::Global(name) | Expr::Field { name, .. } => Some(name),
        Expr::Variable(variable) => Some(unit.variable(variable).name),
        _ => None,
    }
}

/// The class in one of whose methods a node stands.
pub(super) fn enclosing_class(unit: &Unit, node: NodeId) -> Option<ClassId> {
    let mut function = Some(unit.nodes[node.index()].function);
    while let Some(id) = function {
        let declared = unit.function(id);
        if declared.class.is_some() {
            return declared.class;
        }
        function = declared.owner;
    }
    initialised(unit, node)
}

/// The class of whose fields one begins with an expression that the node is part of.
fn initialised(unit: &Unit, node: NodeId) -> Option<ClassId> {
    /// So many fields of a file are looked at.
    const MOST: usize = 4_000;
    let classes = (0..unit.classes.len() as u32).map(ClassId);
    let mut fields = classes.flat_map(|id| unit.class(id).fields.iter().map(move |field| (id, field))).take(MOST);
    let span = unit.span(node);
    let is_within = |value: NodeId| node <= value && unit.span(value).contains(span);
    fields.find(|(_, field)| field.value.is_some_and(is_within)).map(|(id, _)| id)
}
