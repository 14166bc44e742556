//! Which functions a call reaches.

use rustc_hash::FxHashMap;

use super::class::{last_name, named};
use super::wrapper::Wrapped;
use super::{ClassRef, FunctionRef, Linkage, UnitId, Value};
use crate::ir::{CallKind, ClassId, Expr, FieldDeclaration, NameId, NodeId, Promise, StatementKind, Unit, VariableKind};

/// How many steps a receiver's class is looked for.
pub(super) const MAX_DEPTH: u32 = 12;

/// How many methods of one name may stand for a call through an interface.
const MAX_CANDIDATES: usize = 4;

/// Among how many methods of one name those of an interface are looked for.
const MOST_LOOKED_AT: usize = 400;

/// What a call gives: functions of one name may be told apart by it.
#[derive(Clone, Copy)]
pub(super) struct Given<'u> {
    pub(super) unit: &'u Unit,
    pub(super) arguments: &'u [NodeId],
}

/// The functions that each call of a unit may reach; calls that leave the tree have no entry.
pub(super) type Targets = FxHashMap<NodeId, Box<[FunctionRef]>>;

impl<'a> Linkage<'a> {
    pub(super) fn targets(&self, id: UnitId) -> Targets {
        let unit = self.unit(id);
        let called = unit.all_nodes().filter_map(|(node, content)| {
            let targets = match content.expr {
                Expr::Call { callee, ref arguments, kind } => {
                    let called = self.called(Value { unit: id, node: callee }, kind, arguments);
                    self.with_wrappers(called)
                }
                Expr::Field { .. } | Expr::Global(_) => self.accessors(Value { unit: id, node }, 0),
                Expr::Assign { target, .. } => {
                    let target = Value { unit: id, node: target };
                    let accessors = self.accessors(target, 1);
                    if accessors.is_empty() { self.index_writer(target).into_iter().collect() } else { accessors }
                }
                _ => return None,
            };
            (!targets.is_empty()).then(|| (node, targets.into_boxed_slice()))
        });
        let mut targets: Targets = called.collect();
        self.add_printers(id, &mut targets);
        targets
    }

    /// Adds the methods that run where instances become text: as parts of one, or given to what is not of the tree.
    fn add_printers(&self, id: UnitId, targets: &mut Targets) {
        let printers = self.realms.language(id).printers;
        let is_printed = printers.iter().any(|name| !named(&self.classes.methods, self.realms.family(id), name).is_empty());
        if !is_printed && named(&self.classes.free_printers, self.realms.family(id), "").is_empty() {
            return;
        }
        let unit = self.unit(id);
        for (node, content) in unit.all_nodes() {
            let shown: &[NodeId] = match &content.expr {
                Expr::Template(parts) => parts,
                Expr::Call { arguments, .. } if !targets.contains_key(&node) => arguments,
                _ => continue,
            };
            for &part in shown {
                let part = unit.given(part);
                if !may_be_instance(unit.expr(part)) || targets.contains_key(&part) {
                    continue;
                }
                let class = self.class_of(Value { unit: id, node: part });
                let own = |class| printers.iter().find_map(|name| self.method(class, name));
                let printer = class.and_then(|class| own(class).or_else(|| self.free_printer(id, class)));
                if let Some(printer) = printer {
                    targets.insert(part, Box::new([printer]));
                }
            }
        }
    }

    /// The function without a class that says how an instance becomes text: `operator<<(stream, account)`.
    fn free_printer(&self, id: UnitId, class: ClassRef) -> Option<FunctionRef> {
        let shown = self.classes.whole(class);
        let known = named(&self.classes.free_printers, self.realms.family(id), "").iter().copied();
        known.take(MOST_LOOKED_AT).find(|printer| {
            let unit = self.unit(printer.unit);
            unit.function(printer.function).parameters.iter().any(|parameter| {
                let ty = unit.variable(parameter.variable).ty;
                let class = ty.and_then(|node| self.class_named_by(Value { unit: printer.unit, node }, MAX_DEPTH));
                class.is_some_and(|class| self.classes.whole(class) == shown)
            })
        })
    }

    /// Adds the functions that decorators of the tree put in the place of those that are called.
    fn with_wrappers(&self, mut called: Vec<FunctionRef>) -> Vec<FunctionRef> {
        for index in 0..called.len().min(MAX_CANDIDATES) {
            let function = called[index];
            let attributes = &self.unit(function.unit).function(function.function).attributes;
            let wrappers = attributes.iter().filter_map(|&node| self.put_in_place(Value { unit: function.unit, node }));
            let wrappers: Vec<_> = wrappers.filter(|wrapper| !called.contains(wrapper)).collect();
            called.extend(wrappers);
        }
        called
    }

    /// The function that a decorator of the tree gives: `def decorator(f): def wrapper(*args): …; return wrapper`.
    fn put_in_place(&self, decorator: Value) -> Option<FunctionRef> {
        let made = match *self.unit(decorator.unit).expr(decorator.node) {
            // A decorator that is given something makes the one that is meant.
            Expr::Call { callee, .. } => self.made_by(Value { unit: decorator.unit, node: callee }, MAX_DEPTH)?,
            _ => decorator,
        };
        let resolved = self.resolve(made);
        if !matches!(self.unit(resolved.unit).expr(resolved.node), Expr::Closure(_)) {
            return None;
        }
        let wrapper = self.made_by(resolved, MAX_DEPTH)?;
        match *self.unit(wrapper.unit).expr(wrapper.node) {
            Expr::Closure(function) => Some(FunctionRef { unit: wrapper.unit, function }),
            _ => None,
        }
    }

    /// The functions that may run when a member is read (without parameters) or written (with one).
    fn accessors(&self, member: Value, parameters: usize) -> Vec<FunctionRef> {
        let unit = self.unit(member.unit);
        let (base, name) = match *unit.expr(member.node) {
            Expr::Field { base, name } => (Some(base), unit.name(name)),
            Expr::Global(name) if self.realms.language(member.unit).implicit_receiver => (None, unit.name(name)),
            _ => return Vec::new(),
        };
        let is_delegated = self.classes.delegated.contains(name);
        if !is_delegated && !self.classes.accessors.contains(name) {
            return Vec::new();
        }
        let receiver = base.map(|node| Value { unit: member.unit, node });
        let named = |receiver| self.class_of(receiver).or_else(|| self.class_named_by(receiver, MAX_DEPTH));
        let class = receiver.map_or_else(|| self.enclosing_class(member), named);
        let Some(class) = class else {
            let extensions = receiver.map_or_else(Vec::new, |receiver| self.extensions(receiver, name));
            return extensions.into_iter().find(|extension| self.is_accessor(*extension, parameters)).into_iter().collect();
        };
        if let Some(delegate) = Some(class).filter(|_| is_delegated).and_then(|class| self.delegate(class, name, parameters)) {
            return vec![delegate];
        }
        let lineage = self.lineage(class).flat_map(|class| std::iter::once(class).chain(self.parts(class)));
        let mut methods = lineage.flat_map(|class| self.own_methods(class, name));
        match methods.find(|method| self.is_accessor(*method, parameters)) {
            Some(method) => vec![method],
            None if self.declared_field(class, name).is_some() => Vec::new(),
            None => self.accessors_of_heirs(class, name, parameters),
        }
    }

    /// The accessors by which the classes that implement an interface give a member that it only promises.
    fn accessors_of_heirs(&self, class: ClassRef, name: &str, parameters: usize) -> Vec<FunctionRef> {
        let known = named(&self.classes.methods, self.realms.family(class.unit), name).iter().take(MOST_LOOKED_AT);
        let fitting = known.copied().filter(|&method| self.is_accessor(method, parameters) && self.implements(method, class));
        let found: Vec<_> = fitting.take(MAX_CANDIDATES + 1).collect();
        if found.len() > MAX_CANDIDATES { Vec::new() } else { found }
    }

    /// Whether a method belongs to a class that extends or implements another.
    fn implements(&self, method: FunctionRef, base: ClassRef) -> bool {
        let whole = self.classes.whole(base);
        let class = self.unit(method.unit).function(method.function).class;
        class.is_some_and(|class| self.ancestors_of(ClassRef { unit: method.unit, class }).contains(&whole))
    }

    /// The method that runs when an element of an instance is written.
    fn index_writer(&self, element: Value) -> Option<FunctionRef> {
        let name = self.realms.language(element.unit).index_writer?;
        let Expr::Index { base, .. } = *self.unit(element.unit).expr(element.node) else { return None };
        let known = !named(&self.classes.methods, self.realms.family(element.unit), name).is_empty();
        self.method(self.class_of(Value { unit: element.unit, node: base }).filter(|_| known)?, name)
    }

    fn is_accessor(&self, function: FunctionRef, parameters: usize) -> bool {
        let declared = self.unit(function.unit).function(function.function);
        declared.modifiers.is_accessor && declared.parameters.len() == parameters
    }

    /// The function of what a field is delegated to that reading or writing the field runs.
    fn delegate(&self, class: ClassRef, name: &str, parameters: usize) -> Option<FunctionRef> {
        let members = self.realms.language(class.unit).delegate?;
        let member = members[usize::from(parameters > 0)];
        let (unit, field) = self.declared_field(class, name)?;
        field.attributes.iter().find_map(|&node| {
            let value = Value { unit, node };
            let class = self.class_of(value).or_else(|| self.class_named_by(value, MAX_DEPTH));
            let class = class.or_else(|| match *self.unit(unit).expr(node) {
                Expr::Call { callee, .. } => self.class_named_by(Value { unit, node: callee }, MAX_DEPTH),
                _ => None,
            })?;
            let methods = self.lineage(class).flat_map(|class| self.own_methods(class, member));
            let takes = |function: &FunctionRef| {
                let declared = self.unit(function.unit).function(function.function);
                !declared.modifiers.is_accessor || declared.parameters.len() == parameters
            };
            methods.into_iter().find(takes)
        })
    }

    /// The functions that a callee stands for.
    pub(super) fn called(&self, callee: Value, kind: CallKind, arguments: &[NodeId]) -> Vec<FunctionRef> {
        let called = self.called_by_name(callee, kind, arguments);
        if !called.is_empty() || kind != CallKind::Call {
            return called;
        }
        // An instance that is called runs the method which its language has for that.
        let Some(&invoker) = self.realms.language(callee.unit).invokers.first() else { return called };
        let may_be_instance = matches!(self.unit(callee.unit).expr(callee.node), Expr::Variable(_) | Expr::Field { .. });
        let class = Some(callee).filter(|_| may_be_instance).and_then(|callee| self.class_of(callee));
        let given = Given { unit: self.unit(callee.unit), arguments };
        class.map_or(called, |class| self.methods(class, invoker, given))
    }

    fn called_by_name(&self, callee: Value, kind: CallKind, arguments: &[NodeId]) -> Vec<FunctionRef> {
        let given = Given { unit: self.unit(callee.unit), arguments };
        let resolved = self.resolve(callee);
        let unit = self.unit(resolved.unit);
        match unit.expr(resolved.node) {
            Expr::Closure(function) => vec![FunctionRef { unit: resolved.unit, function: *function }],
            Expr::Class(class) => {
                let class = ClassRef { unit: resolved.unit, class: *class };
                let component = self.realms.language(resolved.unit).component.filter(|_| kind == CallKind::Element);
                let name = component.map_or("constructor", |component| component.runs);
                self.methods(class, name, given)
            }
            Expr::Super => self.super_methods(resolved, "constructor", given),
            Expr::Global(name) if self.realms.language(resolved.unit).implicit_receiver => {
                let class = self.enclosing_class(resolved);
                class.map_or_else(Vec::new, |class| {
                    let methods = self.methods(class, unit.name(*name), given);
                    if methods.is_empty() { self.implementations(class, unit.name(*name)) } else { methods }
                })
            }
            Expr::Call { callee, kind: CallKind::Call, .. } => self.returned_function(Value { unit: resolved.unit, node: *callee }),
            Expr::Field { base, name } => {
                let called = self.method_call(Value { unit: resolved.unit, node: *base }, unit.name(*name), given);
                let nested = self.class_named_by(resolved, MAX_DEPTH).filter(|_| kind == CallKind::New && called.is_empty());
                nested.map_or(called, |class| self.methods(class, "constructor", given))
            }
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

    /// The methods by which the classes that implement an interface do what it asks for.
    fn implementations(&self, interface: ClassRef, name: &str) -> Vec<FunctionRef> {
        let methods = self.classes.few_methods(self.realms.family(interface.unit), name, MAX_CANDIDATES).iter().copied();
        methods.filter(|&method| self.implements(method, interface)).collect()
    }

    fn method_call(&self, receiver: Value, name: &str, given: Given<'_>) -> Vec<FunctionRef> {
        if matches!(self.unit(receiver.unit).expr(receiver.node), Expr::Super) {
            return self.super_methods(receiver, name, given);
        }
        if self.realms.language(receiver.unit).invokers.contains(&name)
            && let Some(function) = self.value_function(receiver)
        {
            return vec![function];
        }
        if let Some(class) = self.class_of(receiver).or_else(|| self.class_named_by(receiver, MAX_DEPTH)) {
            let methods = self.methods(class, name, given);
            if !methods.is_empty() {
                return methods;
            }
            if let Some(kept) = self.kept_function(class, name) {
                return vec![kept];
            }
            let extensions = self.extensions(receiver, name);
            if !extensions.is_empty() {
                return extensions;
            }
            return self.implementing(class, self.realms.family(receiver.unit), name);
        }
        let mut extensions = self.extensions(receiver, name);
        if extensions.is_empty() && self.realms.language(receiver.unit).calls_on_first_argument {
            extensions = self.attached(receiver.unit, name, given.arguments.len());
        }
        if !extensions.is_empty() {
            return extensions;
        }
        // Nothing is known of the receiver: a name of several words that one class alone has means that class.
        let common = self.realms.language(receiver.unit).common_methods;
        let is_telling = name.len() >= 8 && name.chars().any(|char| char.is_uppercase() || char == '_') && !common.contains(&name);
        let family = self.realms.family(receiver.unit);
        let only = if is_telling { self.classes.few_methods(family, name, 1) } else { &[] };
        if !self.is_unknown(receiver, MAX_DEPTH) || self.is_from_outside(receiver) {
            return Vec::new();
        }
        if only.is_empty() { self.by_name_of(receiver, name) } else { only.to_vec() }
    }

    /// The methods of the class that a receiver is named after: `self.metrics.hit()` is that of `Metrics`.
    fn by_name_of(&self, receiver: Value, name: &str) -> Vec<FunctionRef> {
        /// A shorter name tells of no class.
        const SHORTEST: usize = 4;
        let unit = self.unit(receiver.unit);
        let Some(own) = last_name(unit, receiver.node).map(|own| plain(unit.name(own))).filter(|own| own.len() >= SHORTEST) else {
            return Vec::new();
        };
        let known = named(&self.classes.methods, self.realms.family(receiver.unit), name);
        let class_name = |method: &FunctionRef| {
            let unit = self.unit(method.unit);
            unit.function(method.function).class.map(|class| plain(unit.name(unit.class(class).name)))
        };
        let methods: Vec<_> = known.iter().take(MOST_LOOKED_AT).filter_map(|method| Some((*method, class_name(method)?))).collect();
        let exact: Vec<_> = methods.iter().filter(|(_, class)| *class == own).map(|(method, _)| *method).collect();
        if !exact.is_empty() {
            return if exact.len() > MAX_CANDIDATES { Vec::new() } else { exact };
        }
        let similar: Vec<_> = methods.iter().filter(|(_, class)| class.ends_with(&own)).map(|(method, _)| *method).collect();
        if similar.len() == 1 { similar } else { Vec::new() }
    }

    /// The methods of a name that classes have which implement an interface; those of any class if there are none.
    fn implementing(&self, class: ClassRef, family: &'static str, name: &str) -> Vec<FunctionRef> {
        let known = named(&self.classes.methods, family, name).iter().take(MOST_LOOKED_AT).copied();
        let by_class = known.filter(|&method| self.implements(method, class));
        let found: Vec<_> = by_class.chain(self.written_as(class, family, name)).take(MAX_CANDIDATES + 1).collect();
        match found.len() {
            0 => self.classes.few_methods(family, name, MAX_CANDIDATES).to_vec(),
            1..=MAX_CANDIDATES => found,
            _ => Vec::new(),
        }
    }

    /// The functions of a name in objects that are written out and declared to be of an interface: `const store: Store = { put }`.
    fn written_as(&self, class: ClassRef, family: &'static str, name: &str) -> impl Iterator<Item = FunctionRef> {
        let members = self.declared_to_be(class, family, name).into_iter();
        members.chain(self.stand_ins(class, family, name)).filter_map(|value| self.function_of(value))
    }

    /// The functions that stand for an instance of an interface with a method of this name.
    pub(super) fn stand_ins(&self, class: ClassRef, family: &'static str, name: &str) -> Vec<Value> {
        let unit = self.unit(class.unit);
        let is_promised = self.class(class).promises.iter().any(|promise| unit.name(promise.name) == name);
        if is_promised { self.declared_to_be(class, family, "") } else { Vec::new() }
    }

    /// What stands under a name and is declared to be of a class.
    fn declared_to_be(&self, class: ClassRef, family: &'static str, name: &str) -> Vec<Value> {
        let whole = self.classes.whole(class);
        let known = named(&self.classes.objects, family, name).iter().take(MOST_LOOKED_AT);
        let is_meant = |ty: &Value| match &self.declared {
            Some(declared) => declared.get(ty) == Some(&whole),
            None => self.declared_class(*ty) == Some(whole),
        };
        known.filter(|(ty, _)| is_meant(ty)).map(|&(_, value)| value).collect()
    }

    fn declared_class(&self, ty: Value) -> Option<ClassRef> {
        self.class_named_by(ty, MAX_DEPTH).map(|class| self.classes.whole(class))
    }

    /// The classes that the types of such values name: calls ask for them again and again.
    pub(super) fn declared_classes(&self) -> FxHashMap<Value, ClassRef> {
        let types = self.classes.objects.values().flat_map(FxHashMap::values).flatten();
        types.filter_map(|&(ty, _)| Some((ty, self.declared_class(ty)?))).collect()
    }

    /// The function that a field holds: what it begins with, or what a constructor is given unless its caller says something else.
    fn kept_function(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        let (unit, field) = self.declared_field(class, name)?;
        let kept = field.value.map(|node| Value { unit, node }).or_else(|| self.written_to(class, name))?;
        let kept = self.resolve(kept);
        let code = self.unit(kept.unit);
        let node = match *code.expr(kept.node) {
            Expr::Variable(variable) => {
                let parameters = &code.function(code.variable(variable).owner).parameters;
                parameters.iter().find(|parameter| parameter.variable == variable)?.default?
            }
            _ => kept.node,
        };
        match *code.expr(node) {
            Expr::Closure(function) => Some(FunctionRef { unit: kept.unit, function }),
            _ => None,
        }
    }

    /// The functions that extend a type from elsewhere by a method of a name, as far as a unit can see them.
    fn extensions(&self, receiver: Value, name: &str) -> Vec<FunctionRef> {
        let known = named(&self.classes.extensions, self.realms.family(receiver.unit), name);
        let seen = known.iter().filter(|extension| self.sees(receiver.unit, **extension));
        let seen: Vec<_> = seen.take(MAX_CANDIDATES + 1).copied().collect();
        if seen.len() > MAX_CANDIDATES { Vec::new() } else { seen }
    }

    /// The functions of classes that a unit names which are called on their first argument.
    fn attached(&self, from: UnitId, name: &str, arguments: usize) -> Vec<FunctionRef> {
        let known = self.classes.few_methods(self.realms.family(from), name, MAX_CANDIDATES);
        let is_attached = |method: &&FunctionRef| {
            let owner = self.unit(method.unit);
            let function = owner.function(method.function);
            let class = function.class.map(|class| owner.name(owner.class(class).name));
            let is_named = class.is_some_and(|class| self.unit(from).names.find(class).is_some());
            is_named && function.parameters.len() == arguments + 1
        };
        known.iter().filter(is_attached).copied().collect()
    }

    /// Whether a unit can see a function that extends a type: it is its own or of its package, or the unit names what declares it.
    fn sees(&self, from: UnitId, extension: FunctionRef) -> bool {
        let (unit, owner) = (self.unit(from), self.unit(extension.unit));
        let is_near = from == extension.unit || self.realms.is_one_package(from, extension.unit);
        if is_near || self.realms.imports(from, extension.unit) {
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
            // The type of a list tells of its elements.
            Expr::Index { base, .. } => self.instance(here(*base), depth),
            Expr::Call { callee, kind, .. } => match self.wrappers.get(&value) {
                Some(&Wrapped::Instance(class)) => self.class_named_by(here(class), depth),
                _ => {
                    let made = self.constructed(here(*callee), *kind, depth).or_else(|| self.opened(here(*callee), depth));
                    made.or_else(|| self.joined.of_call(value).iter().find_map(|&object| self.instance(object, depth)))
                }
            },
            // What is made when it is first asked for.
            Expr::Logical { left, right, .. } => self.instance(here(*right), depth).or_else(|| self.instance(here(*left), depth)),
            Expr::Global(_) => {
                let (class, name) = self.implied_field(value)?;
                self.field_class(class, name, depth)
            }
            Expr::Field { base, name } => {
                let owner = self.instance(here(*base), depth);
                let by_declaration = owner.and_then(|owner| self.field_class(owner, unit.name(*name), depth));
                let resolved = || {
                    let resolved = self.resolve(value);
                    (resolved != value).then(|| self.instance(resolved, depth)).flatten()
                };
                by_declaration.or_else(resolved).or_else(|| self.opened(value, depth))
            }
            _ => None,
        }
    }

    /// The class of what a call gives: of a constructor, or by the written type of a function's result.
    fn constructed(&self, callee: Value, kind: CallKind, depth: u32) -> Option<ClassRef> {
        if kind == CallKind::New {
            return self.class_named_by(callee, depth);
        }
        let resolved = self.resolve(callee);
        if let Expr::Class(class) = *self.unit(resolved.unit).expr(resolved.node) {
            return Some(ClassRef { unit: resolved.unit, class });
        }
        let Some(function) = self.called_plainly(callee, depth) else {
            let Some((unit, promise)) = self.promise_of(callee, depth) else { return self.derived(resolved, depth) };
            return self.class_named_by(Value { unit, node: promise.returns? }, depth);
        };
        let unit = self.unit(function.unit);
        let Some(node) = unit.function(function.function).returns else {
            let StatementKind::Return(Some(node)) = unit.function(function.function).body.last()?.kind else { return None };
            return self.instance(Value { unit: function.unit, node }, depth);
        };
        let by_type = self.class_named_by(Value { unit: function.unit, node }, depth);
        let self_type = self.realms.language(function.unit).self_type;
        let is_self = matches!(unit.expr(node), Expr::Global(name) if Some(unit.name(*name)) == self_type);
        by_type.or_else(|| {
            let class = unit.function(function.function).class.filter(|_| is_self)?;
            Some(ClassRef { unit: function.unit, class })
        })
    }

    /// The class of what is read from a holder, or copied.
    fn opened(&self, member: Value, depth: u32) -> Option<ClassRef> {
        let unit = self.unit(member.unit);
        let Expr::Field { base, name } = *unit.expr(member.node) else { return None };
        let is_opener = self.realms.language(member.unit).openers.contains(&unit.name(name));
        is_opener.then(|| self.instance(Value { unit: member.unit, node: base }, depth)).flatten()
    }

    /// The class of which a function that nobody wrote gives an instance: `Type::default()`.
    fn derived(&self, callee: Value, depth: u32) -> Option<ClassRef> {
        let unit = self.unit(callee.unit);
        let Expr::Field { base, name } = *unit.expr(callee.node) else { return None };
        let is_derived = self.realms.language(callee.unit).derived_constructors.contains(&unit.name(name));
        is_derived.then(|| self.class_named_by(Value { unit: callee.unit, node: base }, depth)).flatten()
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
                self.method(class, unit.name(*name))
            }
            _ => None,
        }
    }

    /// The method without a body that a callee names, by the class of its receiver.
    pub(super) fn promise_of(&self, callee: Value, depth: u32) -> Option<(UnitId, &'a Promise)> {
        let depth = depth.checked_sub(1)?;
        let unit = self.unit(callee.unit);
        let Expr::Field { base, name } = *unit.expr(callee.node) else { return None };
        let class = self.instance(Value { unit: callee.unit, node: base }, depth)?;
        self.lineage(class).flat_map(|class| std::iter::once(class).chain(self.parts(class))).find_map(|part| {
            let wanted = self.unit(part.unit).names.find(unit.name(name))?;
            let promise = self.class(part).promises.iter().find(|promise| promise.name == wanted)?;
            Some((part.unit, promise))
        })
    }

    /// The declaration of a field, by a class, another part of it, or an ancestor.
    pub(super) fn declared_field(&self, class: ClassRef, name: &str) -> Option<(UnitId, &'a FieldDeclaration)> {
        self.lineage(class).flat_map(|class| std::iter::once(class).chain(self.parts(class))).find_map(|part| {
            let wanted = self.unit(part.unit).names.find(name)?;
            let field = self.class(part).fields.iter().find(|field| field.name == wanted)?;
            Some((part.unit, field))
        })
    }

    /// The field of the receiver that a bare name means which the file itself does not declare.
    pub(super) fn implied_field(&self, value: Value) -> Option<(ClassRef, &'a str)> {
        let unit = self.unit(value.unit);
        let Expr::Global(name) = *unit.expr(value.node) else { return None };
        let class = self.enclosing_class(value).filter(|_| self.realms.language(value.unit).implicit_receiver)?;
        let name = unit.name(name);
        self.declared_field(class, name).map(|_| (class, name))
    }

    fn field_class(&self, class: ClassRef, name: &str, depth: u32) -> Option<ClassRef> {
        let by_declaration = self.declared_field(class, name).and_then(|(unit, field)| {
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
        let depth = depth.checked_sub(1)?;
        let resolved = self.resolve(value);
        let unit = self.unit(resolved.unit);
        match unit.expr(resolved.node) {
            Expr::Class(class) => {
                let class = ClassRef { unit: resolved.unit, class: *class };
                Some(class).filter(|class| !self.is_hidden(value, *class))
            }
            Expr::Global(name) => self.only_class(resolved.unit, unit, *name).filter(|class| !self.is_hidden(resolved, *class)),
            Expr::Field { base, name } => {
                let outer = self.class_named_by(Value { unit: resolved.unit, node: *base }, depth);
                let nested = outer.and_then(|outer| self.nested_class(outer, unit.name(*name)));
                nested.or_else(|| self.only_class(resolved.unit, unit, *name))
            }
            _ => None,
        }
    }

    /// Whether a name means a type of the standard library, and not the class of another language that is called so, too.
    fn is_hidden(&self, named: Value, class: ClassRef) -> bool {
        let unit = self.unit(named.unit);
        let Expr::Global(name) = *unit.expr(named.node) else { return false };
        let standard = self.realms.language(named.unit).standard_types;
        self.unit(class.unit).language != unit.language && standard.contains(&unit.name(name))
    }

    /// The class of a name that stands within another.
    pub(super) fn nested_class(&self, outer: ClassRef, name: &str) -> Option<ClassRef> {
        let unit = self.unit(outer.unit);
        let (name, around) = (unit.names.find(name)?, self.class(outer).span);
        let mut classes = (0..).zip(&unit.classes);
        let (index, _) = classes.find(|(_, class)| class.name == name && class.span != around && around.contains(class.span))?;
        Some(ClassRef { unit: outer.unit, class: ClassId(index) })
    }

    fn only_class(&self, id: UnitId, unit: &Unit, name: NameId) -> Option<ClassRef> {
        let same = named(&self.classes.by_name, self.realms.family(id), unit.name(name));
        let near = same.iter().find(|class| class.unit == id);
        near.or_else(|| same.first().filter(|first| same.iter().all(|class| class.unit == first.unit))).copied()
    }

    /// The function that a value is which is no call.
    fn value_function(&self, value: Value) -> Option<FunctionRef> {
        let resolved = self.resolve(value);
        match self.unit(resolved.unit).expr(resolved.node) {
            Expr::Closure(_) => self.function_of(resolved),
            Expr::Field { .. } if resolved != value => self.function_of(resolved),
            _ => None,
        }
    }

    /// The function that a value is, if it is one of the tree.
    pub(super) fn function_of(&self, value: Value) -> Option<FunctionRef> {
        let resolved = self.resolve(value);
        match self.unit(resolved.unit).expr(resolved.node) {
            Expr::Closure(function) => Some(FunctionRef { unit: resolved.unit, function: *function }),
            Expr::Field { .. } => self.called_plainly(resolved, MAX_DEPTH).filter(|&function| !self.is_getter_of_field(function)),
            Expr::Call { callee, kind: CallKind::Call, .. } => {
                self.returned_function(Value { unit: resolved.unit, node: *callee }).first().copied()
            }
            _ => None,
        }
    }

    /// Whether a method gives what a field of its name holds: who reads the field means no function.
    fn is_getter_of_field(&self, method: FunctionRef) -> bool {
        let unit = self.unit(method.unit);
        let declared = unit.function(method.function);
        let class = declared.class.filter(|_| declared.parameters.is_empty());
        class.is_some_and(|class| self.declared_field(ClassRef { unit: method.unit, class }, unit.name(declared.name)).is_some())
    }
}

/// A name without what only sets its words apart: `_crash_reporter` is `crashreporter`.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("m_").unwrap_or(name);
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether an expression may be an instance of a class.
const fn may_be_instance(expr: &Expr) -> bool {
    matches!(expr, Expr::Variable(_) | Expr::Field { .. } | Expr::This | Expr::Global(_) | Expr::Typed { .. } | Expr::Index { .. })
}
