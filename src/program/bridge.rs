//! Calls that reach a function of another language, joined by the names that both ends say.

use rustc_hash::{FxHashMap, FxHashSet};

use super::call::Targets;
use super::class::last_name;
use super::path::{PathId, Paths, UnitPaths};
use super::{ClassRef, FunctionRef, Linkage, UnitId, Value};
use crate::ir::{Expr, FunctionId, NameId, NodeId, StatementKind, Unit};
use crate::rule::CalleePattern;
use crate::rule::bridge::{Bridge, BridgeEnd, BridgeName};
use crate::rule::model::Models;

/// So many functions of one name may be meant by one call.
const MOST: usize = 4;

/// How many steps the class of a receiver is looked for.
const MAX_DEPTH: u32 = 12;

/// How the arguments of a call go to the parameters of a function on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The first argument that is handed over.
    pub from: usize,
    /// The parameter that takes it; further ones follow.
    pub to: usize,
    /// As which member of the parameter it arrives.
    pub under: Option<Box<str>>,
    /// Whether the members of that argument are the parameters, by their names.
    pub members: bool,
}

/// The handovers of a program, by call and function.
pub(super) type Handovers = FxHashMap<(Value, FunctionRef), Handover>;

/// A function that a bridge reaches, by the row that says so.
type Reached<'m> = (FunctionRef, &'m BridgeEnd);

/// Sort of bridge, module (empty for any) and method.
type Key<'m> = (&'m str, String, String);

/// What is reached from elsewhere.
#[derive(Default)]
struct Inward<'m> {
    by_key: FxHashMap<Key<'m>, Vec<Reached<'m>>>,
    methods: FxHashSet<String>,
}

/// The paths of a program, to ask for those of nodes.
pub(super) struct Known<'p> {
    pub(super) paths: &'p Paths,
    pub(super) units: &'p [UnitPaths],
}

impl Known<'_> {
    fn path(&self, value: Value) -> Option<&str> {
        self.path_id(value).map(|id| self.paths.text(id))
    }

    fn path_id(&self, value: Value) -> Option<PathId> {
        self.units[value.unit.0 as usize].get(value.node)
    }
}

/// What is found out of a path once, however often it occurs.
#[derive(Default)]
struct Memo(FxHashMap<PathId, bool>);

impl Memo {
    fn get(&mut self, id: PathId, find_out: impl FnOnce() -> bool) -> bool {
        *self.0.entry(id).or_insert_with(find_out)
    }
}

/// A name without regard to how its language writes it.
fn folded(name: &str) -> String {
    name.chars().filter(|char| *char != '_').flat_map(char::to_lowercase).collect()
}

impl Linkage<'_> {
    /// Adds the functions of other languages to the targets of calls that have none.
    pub(super) fn join_bridges(&self, known: &Known<'_>, models: &Models, targets: &mut [Targets]) -> Handovers {
        let inward = self.inward(known, models);
        let mut handovers = Handovers::default();
        if inward.by_key.is_empty() {
            return handovers;
        }
        let outward: Vec<_> = models.bridges().iter().filter(|bridge| !bridge.is_inward).collect();
        // Most calls end with a name that nothing has.
        let mut has_name = Memo::default();
        for (index, own) in targets.iter_mut().enumerate() {
            let id = UnitId(index as u32);
            let rows: Vec<_> = outward.iter().copied().filter(|bridge| self.speaks(bridge, id)).collect();
            if rows.is_empty() {
                continue;
            }
            for (node, content) in self.unit(id).all_nodes() {
                let Expr::Call { callee, .. } = content.expr else { continue };
                if own.contains_key(&node) {
                    continue;
                }
                let call = Value { unit: id, node };
                let Some(path_id) = known.path_id(Value { unit: id, node: callee }) else { continue };
                let path = known.paths.text(path_id);
                let has_name = has_name.get(path_id, || inward.methods.contains(&folded(last(path))));
                let may_reach = |row: &&&Bridge| has_name || row.end.method != Some(BridgeName::Callee);
                let reached = rows.iter().filter(may_reach).find_map(|row| self.reached(call, path, &row.end, &inward));
                let Some(reached) = reached else { continue };
                handovers.extend(reached.iter().map(|(function, handover)| ((call, *function), handover.clone())));
                own.insert(node, reached.into_iter().map(|(function, _)| function).collect());
            }
        }
        handovers
    }

    fn speaks(&self, bridge: &Bridge, id: UnitId) -> bool {
        bridge.languages.iter().any(|language| *language == self.unit(id).language)
    }

    /// What a call reaches by a row.
    fn reached(&self, call: Value, path: &str, row: &BridgeEnd, inward: &Inward<'_>) -> Option<Vec<(FunctionRef, Handover)>> {
        let method = row.method.as_ref()?;
        if !row.callee.iter().any(|pattern| pattern.matches(path, true)) {
            return None;
        }
        let method = folded(&self.call_name(call, path, method)?);
        let modules = row.module.iter().filter_map(|name| self.call_name(call, path, name));
        let found = modules.map(|module| folded(&module)).chain([String::new()]).find_map(|module| {
            let named = inward.by_key.get(&(row.bridge.as_str(), module.clone(), method.clone()));
            named.or_else(|| inward.by_key.get(&(row.bridge.as_str(), module, String::new())))
        })?;
        let own = self.unit(call.unit).language;
        let handover = |&(function, end): &Reached<'_>| {
            let under = end.under.as_deref().map(Into::into);
            (function, Handover { from: row.first, to: end.first, under, members: row.members || end.members })
        };
        let others = found.iter().filter(|(function, _)| self.unit(function.unit).language != own);
        let others: Vec<_> = others.take(MOST).map(handover).collect();
        (!others.is_empty()).then_some(others)
    }

    /// A name that a call says.
    fn call_name(&self, call: Value, path: &str, name: &BridgeName) -> Option<String> {
        let unit = self.unit(call.unit);
        let Expr::Call { callee, ref arguments, .. } = *unit.expr(call.node) else { return None };
        let here = |node| Value { unit: call.unit, node };
        match name {
            BridgeName::Callee => Some(last(path).to_owned()),
            BridgeName::Receiver => Some(last(path.rsplit_once('.')?.0).to_owned()),
            BridgeName::Class(_) => self.receiver_class(here(callee)).or_else(|| self.call_name(call, path, &BridgeName::Receiver)),
            BridgeName::Argument(index) => self.text(here(unit.given(*arguments.get(*index)?))),
            BridgeName::ReceiverArgument(index) => {
                let callee = self.resolve(here(callee));
                let Expr::Field { base, .. } = *self.unit(callee.unit).expr(callee.node) else { return None };
                self.made_with(Value { unit: callee.unit, node: base }, *index)
            }
            BridgeName::CalleeArgument(index) => self.made_with(here(callee), *index),
            BridgeName::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A constant argument of the call that makes a value.
    fn made_with(&self, value: Value, index: usize) -> Option<String> {
        let mut made = self.resolve(value);
        if let Expr::Field { base, name } = *self.unit(made.unit).expr(made.node) {
            let owner = self.class_of(Value { unit: made.unit, node: base })?;
            made = self.resolve(self.written_to(owner, self.unit(made.unit).name(name))?);
        }
        let unit = self.unit(made.unit);
        let Expr::Call { ref arguments, .. } = *unit.expr(made.node) else { return None };
        self.text(Value { unit: made.unit, node: unit.given(*arguments.get(index)?) })
    }

    fn text(&self, value: Value) -> Option<String> {
        match self.constant(value)? {
            super::Constant::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The name of the class on which a method is called.
    fn receiver_class(&self, callee: Value) -> Option<String> {
        let class = match *self.unit(callee.unit).expr(callee.node) {
            Expr::Field { base, .. } => {
                let base = Value { unit: callee.unit, node: base };
                self.class_of(base).or_else(|| self.class_named_by(base, MAX_DEPTH))?
            }
            _ => self.enclosing_class(callee)?,
        };
        let unit = self.unit(class.unit);
        Some(unit.name(unit.class(class.class).name).to_owned())
    }

    /// All functions that some row says are reached from elsewhere.
    fn inward<'m>(&self, known: &Known<'_>, models: &'m Models) -> Inward<'m> {
        let mut inward = Inward::default();
        for bridge in models.bridges().iter().filter(|bridge| bridge.is_inward) {
            let mut is_met = Memo::default();
            for index in 0..self.units.len() as u32 {
                let id = UnitId(index);
                if self.speaks(bridge, id) {
                    self.add_inward((id, &bridge.end), known, &mut is_met, &mut inward);
                }
            }
        }
        inward
    }

    fn add_inward<'m>(&self, (id, row): (UnitId, &'m BridgeEnd), known: &Known<'_>, is_met: &mut Memo, inward: &mut Inward<'m>) {
        let unit = self.unit(id);
        let mut add = |function: FunctionRef, modules: Vec<String>, method: Option<String>| {
            let method = folded(&method.unwrap_or_default());
            inward.methods.insert(method.clone());
            let modules = if row.module.is_empty() { vec![String::new()] } else { modules };
            for module in modules.into_iter().map(|module| folded(&module)) {
                let known = inward.by_key.entry((row.bridge.as_str(), module, method.clone())).or_default();
                if !known.iter().any(|(other, _)| *other == function) {
                    known.push((function, row));
                }
            }
        };
        if row.callee.is_empty() {
            for number in 0..unit.functions.len() as u32 {
                let function = FunctionRef { unit: id, function: FunctionId(number) };
                if self.is_declared_by(function, row, known) {
                    let names = |name: &BridgeName| self.declared_names(function, name);
                    let modules = row.module.iter().flat_map(names).collect();
                    add(function, modules, row.method.as_ref().and_then(|name| names(name).into_iter().next()));
                }
            }
            return;
        }
        for (node, content) in unit.all_nodes() {
            let Expr::Call { callee, ref arguments, .. } = content.expr else { continue };
            let Some(path_id) = known.path_id(Value { unit: id, node: callee }) else { continue };
            let path = known.paths.text(path_id);
            if !is_met.get(path_id, || row.callee.iter().any(|pattern| pattern.matches(path, true))) {
                continue;
            }
            let call = Value { unit: id, node };
            let name = |name: &BridgeName| match name {
                BridgeName::Beside(other) => self.beside(call, other),
                name => self.call_name(call, path, name),
            };
            let given = |index: usize| arguments.get(index).map(|&argument| Value { unit: id, node: unit.given(argument) });
            let modules: Vec<_> = row.module.iter().filter_map(name).collect();
            if let Some(function) = row.closure.and_then(given).and_then(|value| self.function_of(value)) {
                add(function, modules.clone(), row.method.as_ref().and_then(name));
            }
            if let Some(class) = row.object.and_then(given).and_then(|value| self.class_of(value)) {
                for &function in &self.unit(class.unit).class(class.class).methods {
                    let function = FunctionRef { unit: class.unit, function };
                    if self.is_declared_by(function, row, known) {
                        add(function, modules.clone(), self.declared_names(function, &BridgeName::Name).into_iter().next());
                    }
                }
            }
        }
    }

    /// Whether a function is one that a row is about.
    fn is_declared_by(&self, function: FunctionRef, row: &BridgeEnd, known: &Known<'_>) -> bool {
        let unit = self.unit(function.unit);
        let declared = unit.function(function.function);
        let meets = |patterns: &[CalleePattern], path: &str| patterns.iter().any(|pattern| pattern.matches(path, true));
        let has_attribute = row.attribute.is_empty()
            || declared.attributes.iter().any(|&node| {
                let callee = called(unit, node);
                let path = known.path(Value { unit: function.unit, node: callee });
                let name = last_name(unit, callee).map(|name| unit.name(name));
                path.or(name).is_some_and(|path| meets(&row.attribute, path.trim_end_matches("()")))
            });
        let is_named = row.function.is_empty() || meets(&row.function, unit.name(declared.name));
        let extends = row.extends.is_empty()
            || declared.class.is_some_and(|class| {
                let class = self.classes.whole(ClassRef { unit: function.unit, class });
                let owner = self.unit(class.unit);
                owner
                    .class(class.class)
                    .bases
                    .iter()
                    .any(|&base| last_name(owner, base).is_some_and(|name| meets(&row.extends, owner.name(name))))
            });
        has_attribute && is_named && extends && declared.name != NameId::EMPTY
    }

    /// The names that a function has on the other side.
    fn declared_names(&self, function: FunctionRef, name: &BridgeName) -> Vec<String> {
        let unit = self.unit(function.unit);
        let declared = unit.function(function.function);
        let written = unit.name(declared.name);
        let one = |name: Option<String>| name.into_iter().collect();
        let Some(class) = declared.class.map(|class| ClassRef { unit: function.unit, class }) else {
            return one(match name {
                BridgeName::Name => Some(written.to_owned()),
                BridgeName::Symbol(is_class) => symbol(written, *is_class),
                BridgeName::Attribute(attribute) => self.attribute_text(function.unit, &declared.attributes, attribute),
                BridgeName::Text(text) => Some(text.clone()),
                _ => None,
            });
        };
        match name {
            BridgeName::Name => vec![written.to_owned()],
            BridgeName::Attribute(attribute) => one(self.attribute_text(function.unit, &declared.attributes, attribute)),
            BridgeName::Text(text) => vec![text.clone()],
            BridgeName::Class(prefix) => one(Some(self.class_name(class).trim_start_matches(prefix.as_str()).to_owned())),
            _ => {
                let parts: Vec<_> = std::iter::once(class).chain(self.parts(class)).collect();
                parts.into_iter().filter_map(|part| self.class_text(part, name)).collect()
            }
        }
    }

    fn class_name(&self, class: ClassRef) -> &str {
        let unit = self.unit(class.unit);
        unit.name(unit.class(class.class).name)
    }

    /// What a class says of its name.
    fn class_text(&self, class: ClassRef, name: &BridgeName) -> Option<String> {
        let unit = self.unit(class.unit);
        let declared = unit.class(class.class);
        match name {
            BridgeName::ClassAttribute(attribute) => self.attribute_text(class.unit, &declared.attributes, attribute),
            BridgeName::Method(method) => {
                let own = |id: &&FunctionId| unit.name(unit.function(**id).name) == method;
                let StatementKind::Return(Some(node)) = unit.function(*declared.methods.iter().find(own)?).body.last()?.kind else {
                    return None;
                };
                self.text_in(class, node)
            }
            BridgeName::Field(field) => {
                let own = declared.fields.iter().find(|declared| unit.name(declared.name) == field)?;
                self.text_in(class, own.value?)
            }
            _ => None,
        }
    }

    /// A constant, or a field of the class that begins with one.
    fn text_in(&self, class: ClassRef, node: NodeId) -> Option<String> {
        let unit = self.unit(class.unit);
        self.text(Value { unit: class.unit, node }).or_else(|| {
            let name = last_name(unit, node)?;
            let classes = unit.classes.iter().flat_map(|class| &class.fields);
            let value = classes.into_iter().find(|field| field.name == name)?.value?;
            self.text(Value { unit: class.unit, node: value })
        })
    }

    /// The first constant argument of an attribute.
    fn attribute_text(&self, id: UnitId, attributes: &[NodeId], name: &str) -> Option<String> {
        let unit = self.unit(id);
        attributes.iter().find_map(|&node| {
            let Expr::Call { callee, ref arguments, .. } = *unit.expr(node) else { return None };
            last_name(unit, callee).filter(|&last| unit.name(last) == name)?;
            arguments.iter().find_map(|&argument| self.text(Value { unit: id, node: unit.given(argument) }))
        })
    }

    /// The constant argument of a call of a name in the function around another call, or in one that the function is part of.
    fn beside(&self, call: Value, name: &str) -> Option<String> {
        let unit = self.unit(call.unit);
        let around = unit.nodes[call.node.index()].function;
        unit.all_nodes().find_map(|(node, content)| {
            let Expr::Call { callee, ref arguments, .. } = content.expr else { return None };
            if unit.nodes[node.index()].function != around || last_name(unit, callee).is_none_or(|last| unit.name(last) != name) {
                return None;
            }
            self.text(Value { unit: call.unit, node: unit.given(*arguments.first()?) })
        })
    }
}

/// What an attribute is called, without its arguments.
fn called(unit: &Unit, attribute: NodeId) -> NodeId {
    match *unit.expr(attribute) {
        Expr::Call { callee, .. } => callee,
        _ => attribute,
    }
}

/// The last name of a path, without the mark of a result.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_end_matches("()")
}

/// `Java_com_example_Wallet_sign` is `sign` of `Wallet`.
fn symbol(name: &str, is_class: bool) -> Option<String> {
    let name = name.strip_prefix("Java_")?;
    let name = name.split("__").next().unwrap_or(name).replace("_1", "\u{1}");
    let mut parts = name.rsplit('_');
    let (method, class) = (parts.next()?, parts.next()?);
    Some(if is_class { class } else { method }.replace('\u{1}', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_functions_are_named_by_class_and_method() {
        assert_eq!(symbol("Java_com_example_Wallet_sign", true).as_deref(), Some("Wallet"));
        assert_eq!(symbol("Java_com_example_Wallet_sign_1it__Ljava", false).as_deref(), Some("sign_it"));
        assert_eq!(symbol("wallet_sign", true), None);
    }

    #[test]
    fn names_are_one_however_a_language_writes_them() {
        assert_eq!(folded("save_seed"), folded("saveSeed"));
        assert_eq!(last("a.b().c()"), "c");
    }
}
