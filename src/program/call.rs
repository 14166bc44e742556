//! Which functions a call reaches.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{ClassRef, FunctionRef, Linkage, UnitId, Value};
use crate::ir::{CallKind, Class, ClassId, Expr, FunctionId, Literal, NameId, NodeId, StatementKind, Unit, VariableKind};
use crate::source::FileId;

/// How many steps a receiver's class is looked for.
const MAX_DEPTH: u32 = 12;

/// How many methods of one name may stand for a call through an interface.
const MAX_CANDIDATES: usize = 4;

/// Methods that values of the languages' own libraries have: a class of the tree that has one too does not answer for all values.
const COMMON: [&str; 58] = [
    "toString",
    "toLocaleString",
    "hasOwnProperty",
    "isPrototypeOf",
    "toISOString",
    "toUTCString",
    "toDateString",
    "toLowerCase",
    "toUpperCase",
    "charCodeAt",
    "codePointAt",
    "fromCharCode",
    "startsWith",
    "endsWith",
    "trimStart",
    "trimEnd",
    "replaceAll",
    "lastIndexOf",
    "findIndex",
    "findLast",
    "forEach",
    "reduceRight",
    "getItem",
    "setItem",
    "removeItem",
    "appendChild",
    "setAttribute",
    "getAttribute",
    "addEventListener",
    "removeEventListener",
    "dispatchEvent",
    "preventDefault",
    "stopPropagation",
    "querySelector",
    "postMessage",
    "getTime",
    "getRandomValues",
    "toBuffer",
    "readUInt32BE",
    "writeUInt32BE",
    "to_string",
    "to_owned",
    "to_bytes",
    "as_bytes",
    "as_slice",
    "as_mut_slice",
    "into_iter",
    "into_bytes",
    "into_inner",
    "borrow_mut",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "read_exact",
    "read_to_string",
    "write_all",
    "try_into",
    "is_empty",
];

/// The functions that each call of a unit may reach; calls that leave the tree have no entry.
pub(super) type Targets = FxHashMap<NodeId, Box<[FunctionRef]>>;

/// The classes of a program by name, and their methods.
#[derive(Debug, Default)]
pub(super) struct Classes<'a> {
    by_name: FxHashMap<&'a str, Vec<ClassRef>>,
    methods: FxHashMap<&'a str, Vec<FunctionRef>>,
    /// Functions with a receiver of a type that the tree does not declare, by name.
    extensions: FxHashMap<&'a str, Vec<FunctionRef>>,
    /// Names of members that run a function when they are read or written.
    accessors: FxHashSet<&'a str>,
    /// What methods write to a field of `this`, if that is one expression.
    written: FxHashMap<(ClassRef, NameId), Option<NodeId>>,
}

impl<'a> Classes<'a> {
    pub(super) fn index(units: &[(FileId, &'a Unit)]) -> Self {
        let mut classes = Self::default();
        for (index, (_, unit)) in units.iter().enumerate() {
            let id = UnitId(index as u32);
            for (number, class) in unit.classes.iter().enumerate() {
                let reference = ClassRef { unit: id, class: crate::ir::ClassId(number as u32) };
                classes.by_name.entry(unit.name(class.name)).or_default().push(reference);
                for &function in &class.methods {
                    let name = unit.name(unit.function(function).name);
                    classes.methods.entry(name).or_default().push(FunctionRef { unit: id, function });
                    if unit.function(function).modifiers.is_accessor {
                        classes.accessors.insert(name);
                    }
                }
            }
            if !unit.classes.is_empty() {
                classes.note_written(id, unit);
            }
        }
        classes.note_extensions(units);
        classes
    }

    /// Notes the functions that extend types from elsewhere: without a class, or of a class that is declared nowhere in the tree.
    fn note_extensions(&mut self, units: &[(FileId, &'a Unit)]) {
        let takes_receiver = |unit: &&Unit| unit.functions.iter().any(|function| function.receiver.is_some());
        let languages: FxHashSet<_> =
            units.iter().map(|&(_, unit)| unit).filter(takes_receiver).map(|unit| unit.language).collect();
        let mut declared: FxHashSet<(&str, &str)> = FxHashSet::default();
        for (_, unit) in units.iter().filter(|(_, unit)| languages.contains(unit.language)) {
            let classes = unit.nodes.iter().filter_map(|node| if let Expr::Class(class) = node.expr { Some(class) } else { None });
            declared.extend(classes.map(|class| (unit.language, unit.name(unit.class(class).name))));
        }
        for (index, &(_, unit)) in units.iter().enumerate().filter(|(_, (_, unit))| languages.contains(unit.language)) {
            let id = UnitId(index as u32);
            let is_extension = |function: &&FunctionId| {
                let function = unit.function(**function);
                function.receiver.is_some() && function.class.is_none()
            };
            let functions: Vec<_> = (0..unit.functions.len() as u32).map(FunctionId).collect();
            self.extend_by(id, unit, functions.iter().filter(is_extension));
            let is_foreign = |class: &&Class| !declared.contains(&(unit.language, unit.name(class.name)));
            for class in unit.classes.iter().filter(is_foreign) {
                let bases: Vec<_> = class.bases.iter().filter_map(|&base| last_name(unit, base)).collect();
                let is_own = |base: &NameId| declared.contains(&(unit.language, unit.name(*base)));
                if bases.is_empty() || bases.iter().any(is_own) {
                    self.extend_by(id, unit, class.methods.iter());
                    bases.into_iter().for_each(|base| self.extend_by_defaults(units, unit, base));
                }
            }
        }
    }

    /// What a trait of the tree does by default, it does for a type from elsewhere that implements it.
    fn extend_by_defaults(&mut self, units: &[(FileId, &'a Unit)], unit: &Unit, base: NameId) {
        let declared = self.by_name.get(unit.name(base)).map_or(&[][..], Vec::as_slice).to_vec();
        for class in declared {
            let owner = units[class.unit.0 as usize].1;
            if owner.language == unit.language {
                self.extend_by(class.unit, owner, owner.class(class.class).methods.iter());
            }
        }
    }

    fn extend_by<'f>(&mut self, id: UnitId, unit: &'a Unit, functions: impl Iterator<Item = &'f FunctionId>) {
        for &function in functions {
            let reference = FunctionRef { unit: id, function };
            let name = unit.name(unit.function(function).name);
            if unit.function(function).receiver.is_none() || COMMON.contains(&name) {
                continue;
            }
            let known = self.extensions.entry(name).or_default();
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

    /// Methods of a name, if there are few enough for the name to mean them.
    fn few_methods(&self, name: &str, most: usize) -> &[FunctionRef] {
        self.methods.get(name).filter(|methods| methods.len() <= most).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Linkage<'a> {
    pub(super) fn targets(&self, id: UnitId) -> Targets {
        let unit = self.unit(id);
        let targets = unit.all_nodes().filter_map(|(node, content)| {
            let targets = match content.expr {
                Expr::Call { callee, kind, .. } => self.called(Value { unit: id, node: callee }, kind),
                Expr::Field { .. } => self.accessor(Value { unit: id, node }, 0).into_iter().collect(),
                Expr::Assign { target, .. } => self.accessor(Value { unit: id, node: target }, 1).into_iter().collect(),
                _ => return None,
            };
            (!targets.is_empty()).then(|| (node, targets.into_boxed_slice()))
        });
        targets.collect()
    }

    /// The function that runs when a member is read (without parameters) or written (with one).
    fn accessor(&self, member: Value, parameters: usize) -> Option<FunctionRef> {
        let unit = self.unit(member.unit);
        let Expr::Field { base, name } = *unit.expr(member.node) else { return None };
        let name = unit.name(name);
        if !self.classes.accessors.contains(name) {
            return None;
        }
        let class = self.class_of(Value { unit: member.unit, node: base })?;
        let owner = self.unit(class.unit);
        let is_it = |function: &&FunctionId| {
            let function = owner.function(**function);
            function.modifiers.is_accessor && owner.name(function.name) == name && function.parameters.len() == parameters
        };
        let function = *self.class(class).methods.iter().find(is_it)?;
        Some(FunctionRef { unit: class.unit, function })
    }

    /// The functions that a callee stands for.
    pub(super) fn called(&self, callee: Value, kind: CallKind) -> Vec<FunctionRef> {
        let resolved = self.resolve(callee);
        let unit = self.unit(resolved.unit);
        match unit.expr(resolved.node) {
            Expr::Closure(function) => vec![FunctionRef { unit: resolved.unit, function: *function }],
            Expr::Class(class) => {
                let class = ClassRef { unit: resolved.unit, class: *class };
                let name = if kind == CallKind::Element { "render" } else { "constructor" };
                self.method(class, name, MAX_DEPTH).into_iter().collect()
            }
            Expr::Super => self.super_method(resolved, "constructor").into_iter().collect(),
            Expr::Call { callee, kind: CallKind::Call, .. } => self.returned_function(Value { unit: resolved.unit, node: *callee }),
            Expr::Field { base, name } => self.method_call(Value { unit: resolved.unit, node: *base }, unit.name(*name)),
            _ => Vec::new(),
        }
    }

    /// The function that a call gives, to be called in its turn.
    fn returned_function(&self, callee: Value) -> Vec<FunctionRef> {
        let made = self.made_by(callee, MAX_DEPTH);
        let function = made.and_then(|made| match self.unit(made.unit).expr(made.node) {
            Expr::Closure(function) => Some(FunctionRef { unit: made.unit, function: *function }),
            _ => None,
        });
        function.into_iter().collect()
    }

    fn method_call(&self, receiver: Value, name: &str) -> Vec<FunctionRef> {
        if matches!(self.unit(receiver.unit).expr(receiver.node), Expr::Super) {
            return self.super_method(receiver, name).into_iter().collect();
        }
        if let Some(class) = self.class_of(receiver).or_else(|| self.class_named_by(receiver, MAX_DEPTH)) {
            return match self.method(class, name, MAX_DEPTH) {
                Some(method) => vec![method],
                None => self.classes.few_methods(name, MAX_CANDIDATES).to_vec(),
            };
        }
        let extensions = self.extensions(receiver, name);
        if !extensions.is_empty() {
            return extensions;
        }
        // Nothing is known of the receiver: a name of several words that one class alone has means that class.
        let is_telling = name.len() >= 8 && name.chars().any(|char| char.is_uppercase() || char == '_') && !COMMON.contains(&name);
        let only = if is_telling { self.classes.few_methods(name, 1) } else { &[] };
        if only.is_empty() || !self.is_unknown(receiver, MAX_DEPTH) || self.is_from_outside(receiver) {
            Vec::new()
        } else {
            only.to_vec()
        }
    }

    /// The functions that extend a type from elsewhere by a method of a name, as far as a unit can see them.
    fn extensions(&self, receiver: Value, name: &str) -> Vec<FunctionRef> {
        let Some(known) = self.classes.extensions.get(name) else { return Vec::new() };
        let seen = known.iter().filter(|extension| self.sees(receiver.unit, **extension));
        let seen: Vec<_> = seen.take(MAX_CANDIDATES + 1).copied().collect();
        if seen.len() > MAX_CANDIDATES { Vec::new() } else { seen }
    }

    /// Whether a unit can see a function that extends a type: it is its own or of its package, or the unit names what declares it.
    fn sees(&self, from: UnitId, extension: FunctionRef) -> bool {
        let (unit, owner) = (self.unit(from), self.unit(extension.unit));
        if from == extension.unit {
            return true;
        }
        if unit.language != owner.language {
            return false;
        }
        if unit.package.is_some() && unit.package.map(|name| unit.name(name)) == owner.package.map(|name| owner.name(name)) {
            return true;
        }
        let function = owner.function(extension.function);
        match function.class {
            // The trait that is implemented, or the type with the methods.
            Some(class) => {
                let class = owner.class(class);
                let declares = class.bases.first().and_then(|&base| last_name(owner, base)).unwrap_or(class.name);
                unit.names.find(owner.name(declares)).is_some()
            }
            None => unit
                .variables
                .iter()
                .any(|variable| variable.kind == VariableKind::Import && unit.name(variable.name) == owner.name(function.name)),
        }
    }

    /// Whether a receiver comes from nowhere that is known: a parameter, a field, the result of a call within the tree.
    fn is_unknown(&self, receiver: Value, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        let resolved = self.resolve(receiver);
        let unit = self.unit(resolved.unit);
        match unit.expr(resolved.node) {
            Expr::Variable(variable) => unit.variable(*variable).kind != VariableKind::Import,
            Expr::Field { base, .. } => self.is_unknown(Value { unit: resolved.unit, node: *base }, depth),
            Expr::This => true,
            Expr::Call { callee, .. } => self.is_of_tree(Value { unit: resolved.unit, node: *callee }, depth),
            _ => false,
        }
    }

    /// Whether what is called may be a function of the tree: no global, and nothing that comes from a library.
    fn is_of_tree(&self, callee: Value, depth: u32) -> bool {
        let resolved = self.resolve(callee);
        match self.unit(resolved.unit).expr(resolved.node) {
            Expr::Global(_) | Expr::Module(_) => false,
            Expr::Field { base, .. } => self.is_unknown(Value { unit: resolved.unit, node: *base }, depth),
            _ => true,
        }
    }

    /// Whether a receiver is known to come from a library.
    fn is_from_outside(&self, receiver: Value) -> bool {
        self.foreign_path(receiver, MAX_DEPTH).is_some_and(|path| !path.starts_with('?'))
    }

    fn super_method(&self, at: Value, name: &str) -> Option<FunctionRef> {
        let class = self.enclosing_class(at)?;
        let base = self.base(class)?;
        self.method(base, name, MAX_DEPTH)
    }

    /// The method of a class, its other parts (implementations beside the type's declaration), or its bases.
    fn method(&self, class: ClassRef, name: &str, depth: u32) -> Option<FunctionRef> {
        let depth = depth.checked_sub(1)?;
        let own = self.own_method(class, name);
        own.or_else(|| self.parts(class).find_map(|part| self.own_method(part, name)))
            .or_else(|| self.method(self.base(class)?, name, depth))
    }

    /// Classes of the same name: those of the same unit first.
    fn parts(&self, class: ClassRef) -> impl Iterator<Item = ClassRef> {
        let name = self.unit(class.unit).name(self.class(class).name);
        let same = self.classes.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let near = same.iter().filter(move |part| part.unit == class.unit);
        let far = same.iter().filter(move |part| part.unit != class.unit);
        near.chain(far).copied().filter(move |_| !name.is_empty())
    }

    fn own_method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        let unit = self.unit(class.unit);
        let wanted = unit.names.find(name)?;
        let method = self.class(class).methods.iter().find(|method| unit.function(**method).name == wanted)?;
        Some(FunctionRef { unit: class.unit, function: *method })
    }

    pub(super) fn class(&self, class: ClassRef) -> &'a Class {
        self.unit(class.unit).class(class.class)
    }

    fn base(&self, class: ClassRef) -> Option<ClassRef> {
        let node = *self.class(class).bases.first()?;
        self.class_named_by(Value { unit: class.unit, node }, MAX_DEPTH).filter(|base| *base != class)
    }

    /// The class in one of whose methods a node stands.
    pub(super) fn enclosing_class(&self, at: Value) -> Option<ClassRef> {
        let class = enclosing_class(self.unit(at.unit), at.node)?;
        Some(ClassRef { unit: at.unit, class })
    }

    pub(super) fn class_of(&self, value: Value) -> Option<ClassRef> {
        self.instance(value, MAX_DEPTH)
    }

    fn instance(&self, value: Value, depth: u32) -> Option<ClassRef> {
        let depth = depth.checked_sub(1)?;
        let unit = self.unit(value.unit);
        let here = |node: NodeId| Value { unit: value.unit, node };
        match unit.expr(value.node) {
            Expr::This => self.enclosing_class(value).or_else(|| {
                let receiver = unit.variable(unit.receiver(unit.nodes[value.node.index()].function)?);
                self.class_named_by(here(receiver.ty?), depth)
            }),
            Expr::Variable(variable) => {
                let variable = unit.variable(*variable);
                let by_type = variable.ty.and_then(|ty| self.class_named_by(here(ty), depth));
                by_type.or_else(|| self.instance(here(variable.definition?), depth))
            }
            Expr::Typed { value, ty } => self.class_named_by(here(*ty), depth).or_else(|| self.instance(here(*value), depth)),
            Expr::Assign { value, .. } | Expr::Named { value, .. } | Expr::Deref(value) => self.instance(here(*value), depth),
            Expr::Call { callee, kind, .. } => self.constructed(here(*callee), *kind, depth),
            Expr::Field { base, name } => {
                let owner = self.instance(here(*base), depth);
                let by_declaration = owner.and_then(|owner| self.field_class(owner, unit.name(*name), depth));
                by_declaration.or_else(|| {
                    let resolved = self.resolve(value);
                    (resolved != value).then(|| self.instance(resolved, depth)).flatten()
                })
            }
            _ => None,
        }
    }

    /// The class of what a call gives: of a constructor, or by the written type of a function's result.
    fn constructed(&self, callee: Value, kind: CallKind, depth: u32) -> Option<ClassRef> {
        if kind == CallKind::New {
            return self.class_named_by(callee, depth);
        }
        let function = self.called_plainly(callee, depth)?;
        let unit = self.unit(function.unit);
        let Some(node) = unit.function(function.function).returns else {
            let StatementKind::Return(Some(node)) = unit.function(function.function).body.last()?.kind else { return None };
            return self.instance(Value { unit: function.unit, node }, depth);
        };
        let by_type = self.class_named_by(Value { unit: function.unit, node }, depth);
        let is_self = matches!(unit.expr(node), Expr::Global(name) if unit.name(*name) == "Self");
        by_type.or_else(|| {
            let class = unit.function(function.function).class.filter(|_| is_self)?;
            Some(ClassRef { unit: function.unit, class })
        })
    }

    /// The function of a call, if it is known without knowing the class of its receiver's receiver, and so on without end.
    fn called_plainly(&self, callee: Value, depth: u32) -> Option<FunctionRef> {
        let resolved = self.resolve(callee);
        let unit = self.unit(resolved.unit);
        match unit.expr(resolved.node) {
            Expr::Closure(function) => Some(FunctionRef { unit: resolved.unit, function: *function }),
            Expr::Field { base, name } => {
                let receiver = Value { unit: resolved.unit, node: *base };
                let class = self.instance(receiver, depth).or_else(|| self.class_named_by(receiver, depth))?;
                self.method(class, unit.name(*name), depth)
            }
            _ => None,
        }
    }

    fn field_class(&self, class: ClassRef, name: &str, depth: u32) -> Option<ClassRef> {
        let declared = std::iter::once(class).chain(self.parts(class)).find_map(|part| {
            let wanted = self.unit(part.unit).names.find(name)?;
            let field = self.class(part).fields.iter().find(|field| field.name == wanted)?;
            Some((part.unit, field))
        });
        let by_declaration = declared.and_then(|(unit, field)| {
            let here = |node: NodeId| Value { unit, node };
            let by_type = field.ty.and_then(|ty| self.class_named_by(here(ty), depth));
            by_type.or_else(|| self.instance(here(field.value?), depth))
        });
        by_declaration.or_else(|| self.instance(self.written_to(class, name)?, depth))
    }

    /// The one expression that a class begins a field with, or that its methods write to it.
    pub(super) fn written_to(&self, class: ClassRef, name: &str) -> Option<Value> {
        let unit = self.unit(class.unit);
        let name = unit.names.find(name)?;
        let field = self.class(class).fields.iter().find(|field| field.name == name).and_then(|field| field.value);
        let first = field.filter(|&value| !matches!(unit.expr(value), Expr::Literal(_)));
        let node = match (first, self.classes.written.get(&(class, name))) {
            (Some(first), None) => first,
            (None, Some(&written)) => written?,
            _ => return None,
        };
        Some(Value { unit: class.unit, node })
    }

    /// What a class begins a field with that no method writes again; `at` stands in one of its methods.
    pub(super) fn lasting_field(&self, at: Value, name: &str) -> Option<Value> {
        let class = self.enclosing_class(at)?;
        let unit = self.unit(class.unit);
        let name = unit.names.find(name)?;
        let field = self.class(class).fields.iter().find(|field| field.name == name)?;
        let is_written = self.classes.written.contains_key(&(class, name));
        Some(Value { unit: class.unit, node: field.value.filter(|_| !is_written)? })
    }

    /// The class that an expression names: a resolved class, or the only class of that name.
    pub(super) fn class_named_by(&self, value: Value, depth: u32) -> Option<ClassRef> {
        depth.checked_sub(1)?;
        let resolved = self.resolve(value);
        let unit = self.unit(resolved.unit);
        match unit.expr(resolved.node) {
            Expr::Class(class) => Some(ClassRef { unit: resolved.unit, class: *class }),
            Expr::Global(name) | Expr::Field { name, .. } => self.only_class(resolved.unit, unit, *name),
            _ => None,
        }
    }

    fn only_class(&self, id: UnitId, unit: &Unit, name: NameId) -> Option<ClassRef> {
        let same = self.classes.by_name.get(unit.name(name))?;
        let near = same.iter().find(|class| class.unit == id);
        near.or_else(|| same.first().filter(|first| same.iter().all(|class| class.unit == first.unit))).copied()
    }

    /// The function that a value is, if it is one of the tree.
    pub(super) fn function_of(&self, value: Value) -> Option<FunctionRef> {
        let resolved = self.resolve(value);
        match self.unit(resolved.unit).expr(resolved.node) {
            Expr::Closure(function) => Some(FunctionRef { unit: resolved.unit, function: *function }),
            Expr::Field { .. } => self.called_plainly(resolved, MAX_DEPTH),
            _ => None,
        }
    }
}

/// The last of the names by which an expression names something.
fn last_name(unit: &Unit, node: NodeId) -> Option<NameId> {
    match *unit.expr(node) {
        Expr::Global(name) | Expr::Field { name, .. } => Some(name),
        Expr::Variable(variable) => Some(unit.variable(variable).name),
        _ => None,
    }
}

/// The class in one of whose methods a node stands.
fn enclosing_class(unit: &Unit, node: NodeId) -> Option<ClassId> {
    let mut function = Some(unit.nodes[node.index()].function);
    while let Some(id) = function {
        let declared = unit.function(id);
        if declared.class.is_some() {
            return declared.class;
        }
        function = declared.owner;
    }
    None
}
