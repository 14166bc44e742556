//! The resolved paths of expressions: `crypto.createCipheriv().update`.
//!
//! A unit's paths are first built as a tree of segments, so that no text is made per expression; merging the units then gives every
//! different path one number and one text.

use rustc_hash::FxHashMap;

use super::wrapper::Wrapped;
use super::{Linkage, UnitId, Value};
use crate::ir::{CallKind, Expr, FunctionId, Literal, NodeId, Unit};

/// How deep expressions, and definitions of definitions, are followed.
const MAX_DEPTH: u32 = 48;

/// How many segments a path may have; longer ones have none.
const MAX_SEGMENTS: u8 = 16;

/// The number of a path: equal for equal paths of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathId(pub u32);

/// All different paths of a program.
#[derive(Debug, Default)]
pub(super) struct Paths {
    texts: Vec<Box<str>>,
}

/// The paths of one unit's expressions.
#[derive(Debug)]
pub(super) struct UnitPaths {
    /// By node; `u32::MAX` for none.
    by_node: Vec<u32>,
}

impl UnitPaths {
    pub(super) fn get(&self, node: NodeId) -> Option<PathId> {
        Some(self.by_node[node.index()]).filter(|&id| id != NONE).map(PathId)
    }
}

impl Paths {
    /// Gives the paths of all units common numbers, in the order of the units.
    pub(super) fn merge(units: Vec<LocalPaths>) -> (Self, Vec<UnitPaths>) {
        let mut ids: FxHashMap<Box<str>, u32> = FxHashMap::default();
        let mut texts: Vec<Box<str>> = Vec::new();
        let merged = units
            .into_iter()
            .map(|local| {
                let global: Vec<u32> = local
                    .texts
                    .iter()
                    .map(|text| {
                        *ids.entry(text.clone()).or_insert_with(|| {
                            texts.push(text.clone());
                            texts.len() as u32 - 1
                        })
                    })
                    .collect();
                let by_node = local.by_node.iter().map(|&id| if id == NONE { NONE } else { global[id as usize] }).collect();
                UnitPaths { by_node }
            })
            .collect();
        (Self { texts }, merged)
    }

    pub(super) fn text(&self, id: PathId) -> &str {
        &self.texts[id.0 as usize]
    }

    pub(super) const fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PathId, &str)> {
        self.texts.iter().enumerate().map(|(index, text)| (PathId(index as u32), &**text))
    }
}

const NONE: u32 = u32::MAX;
const UNVISITED: u32 = u32::MAX - 1;

/// The paths of one unit before merging.
#[derive(Debug)]
pub(super) struct LocalPaths {
    texts: Vec<Box<str>>,
    by_node: Vec<u32>,
}

impl Linkage<'_> {
    pub(super) fn unit_paths(&self, id: UnitId) -> LocalPaths {
        let mut tracer = Tracer::new(self, id);
        tracer.base_constructors();
        for node in 0..tracer.unit.nodes.len() as u32 {
            tracer.path(NodeId(node), MAX_DEPTH);
        }
        LocalPaths { texts: tracer.texts, by_node: tracer.by_node }
    }

    /// The path of one expression; without memory, so only for few.
    pub(super) fn path_of(&self, value: Value) -> Option<Box<str>> {
        self.foreign_path(value, MAX_DEPTH / 2)
    }

    /// The path of an expression of another unit; without memory, so only where an import leads there.
    pub(super) fn foreign_path(&self, value: Value, depth: u32) -> Option<Box<str>> {
        let mut tracer = Tracer::sparse(self, value.unit);
        let path = tracer.path(value.node, depth)?;
        Some(tracer.texts[path as usize].clone())
    }
}

/// Finds the paths of one unit's expressions.
struct Tracer<'l, 'a> {
    linkage: &'l Linkage<'a>,
    id: UnitId,
    unit: &'a Unit,
    texts: Vec<Box<str>>,
    lengths: Vec<u8>,
    roots: FxHashMap<Box<str>, u32>,
    steps: FxHashMap<(u32, Step), u32>,
    by_node: Vec<u32>,
}

/// One more segment, or the mark of a result.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Member(crate::ir::NameId),
    Element,
    Result,
}

impl<'l, 'a> Tracer<'l, 'a> {
    fn new(linkage: &'l Linkage<'a>, id: UnitId) -> Self {
        let mut tracer = Self::sparse(linkage, id);
        tracer.by_node = vec![UNVISITED; tracer.unit.nodes.len()];
        tracer
    }

    /// A tracer that remembers nothing per node.
    fn sparse(linkage: &'l Linkage<'a>, id: UnitId) -> Self {
        Self {
            linkage,
            id,
            unit: linkage.unit(id),
            texts: Vec::new(),
            lengths: Vec::new(),
            roots: FxHashMap::default(),
            steps: FxHashMap::default(),
            by_node: Vec::new(),
        }
    }

    fn path(&mut self, node: NodeId, depth: u32) -> Option<u32> {
        if let Some(&known) = self.by_node.get(node.index())
            && known != UNVISITED
        {
            return Some(known).filter(|&id| id != NONE);
        }
        let depth = depth.checked_sub(1)?;
        // A definition that leads back to itself finds no path here.
        self.remember(node, NONE);
        let path = self.trace(node, depth);
        self.remember(node, path.unwrap_or(NONE));
        path
    }

    fn remember(&mut self, node: NodeId, path: u32) {
        if let Some(slot) = self.by_node.get_mut(node.index()) {
            *slot = path;
        }
    }

    fn trace(&mut self, node: NodeId, depth: u32) -> Option<u32> {
        match self.unit.expr(node) {
            Expr::Global(name) => self
                .in_tree(node, *name, depth)
                .unwrap_or_else(|| self.implied(node, depth).or_else(|| Some(self.root(self.unit.name(*name))))),
            Expr::Module(name) => Some(self.module(node, self.unit.name(*name))),
            Expr::Variable(_) => self.variable(node, depth),
            Expr::Field { base, name } => self.field(node, *base, *name, depth),
            Expr::Index { base, index } => self.index(*base, *index, depth),
            Expr::Call { callee, kind, .. } => self.wrapped(node, depth).or_else(|| self.result(*callee, *kind, depth)),
            Expr::Typed { value, ty } => self.path(*value, depth).or_else(|| self.instance_of(*ty, depth)),
            Expr::Logical { left, right, .. } => self.known(*left, depth).or_else(|| self.path(*right, depth)),
            Expr::Conditional { then, otherwise, .. } => self.known(*then, depth).or_else(|| self.path(*otherwise, depth)),
            Expr::Assign { value, .. } | Expr::Named { value, .. } | Expr::Deref(value) => self.path(*value, depth),
            Expr::This | Expr::Super => Some(self.receiver(node)),
            _ => None,
        }
    }

    /// What a bare name is that means a field which another file declares, by the field's first value or written type.
    fn implied(&mut self, node: NodeId, depth: u32) -> Option<u32> {
        let (class, name) = self.linkage.implied_field(Value { unit: self.id, node })?;
        let (unit, field) = self.linkage.declared_field(class, name)?;
        let depth = depth.min(MAX_DEPTH / 4);
        let known = |node: NodeId| {
            let text = self.linkage.foreign_path(Value { unit, node }, depth)?;
            (!text.starts_with('?')).then_some(text)
        };
        let by_value = field.value.and_then(known).map(String::from);
        let text = by_value.or_else(|| Some(format!("{}()", field.ty.and_then(known)?)))?;
        Some(self.root(&text))
    }

    /// The path of a node, if it does not begin with an unknown.
    fn known(&mut self, node: NodeId, depth: u32) -> Option<u32> {
        self.path(node, depth).filter(|&path| !self.texts[path as usize].starts_with('?'))
    }

    fn module(&mut self, node: NodeId, name: &str) -> u32 {
        match self.linkage.target(Value { unit: self.id, node }, MAX_DEPTH) {
            super::resolve::Target::Value(value) if value == Value { unit: self.id, node } => {
                let library = self.linkage.realms.language(self.id).library;
                self.root(library(name))
            }
            _ => {
                let own = name.rsplit('/').next().unwrap_or(name).to_owned();
                self.root(&format!("?{own}"))
            }
        }
    }

    fn variable(&mut self, node: NodeId, depth: u32) -> Option<u32> {
        let Expr::Variable(id) = *self.unit.expr(node) else { return None };
        let variable = self.unit.variable(id);
        let by_definition = variable.definition.and_then(|definition| self.path(definition, depth));
        let default = || {
            let parameters = &self.unit.function(variable.owner).parameters;
            parameters.iter().find(|parameter| parameter.variable == id)?.default
        };
        by_definition
            .or_else(|| self.instance_of(variable.ty?, depth))
            .or_else(|| default().and_then(|default| self.known(default, depth)))
            .or_else(|| Some(self.root(&format!("?{}", self.unit.name(variable.name)))))
    }

    /// The path of an instance of a type, if the type comes from outside the tree.
    fn instance_of(&mut self, ty: NodeId, depth: u32) -> Option<u32> {
        let Some(path) = self.known(ty, depth) else {
            // An interface without methods of its own is what it extends.
            let text = self.outside_base(ty, depth).filter(|_| self.is_bare_interface(ty))?;
            return Some(self.root(&text));
        };
        self.step(path, Step::Result)
    }

    fn is_bare_interface(&self, ty: NodeId) -> bool {
        let resolved = self.linkage.resolve(Value { unit: self.id, node: ty });
        let unit = self.linkage.unit(resolved.unit);
        matches!(*unit.expr(resolved.node), Expr::Class(class) if unit.class(class).methods.is_empty() && unit.class(class).fields.is_empty())
    }

    fn field(&mut self, node: NodeId, base: NodeId, name: crate::ir::NameId, depth: u32) -> Option<u32> {
        if let Some(path) = self.in_tree(node, name, depth) {
            return path;
        }
        if self.linkage.realms.language(self.id).fields_are_values
            && matches!(self.unit.expr(base), Expr::This)
            && let Some(path) = self.own_field(node, depth).filter(|&path| !self.texts[path as usize].starts_with('?'))
        {
            return Some(path);
        }
        let Some(path) = self.own_field(base, depth).or_else(|| self.spoken(base, depth)).or_else(|| self.path(base, depth)) else {
            return Some(self.root(&format!("?.{}", self.unit.name(name))));
        };
        let global_objects = self.linkage.realms.language(self.id).global_objects;
        if global_objects.contains(&&*self.texts[path as usize]) {
            return Some(self.root(self.unit.name(name)));
        }
        self.step(path, Step::Member(name))
    }

    /// The path of a bare name that nothing declares where it is used on: a member of the receiver that is known by its name only.
    fn spoken(&mut self, base: NodeId, depth: u32) -> Option<u32> {
        let Expr::Global(name) = *self.unit.expr(base) else { return None };
        let value = Value { unit: self.id, node: base };
        let text = self.unit.name(name);
        let language = self.linkage.realms.language(self.id);
        // Where namespaces are written the same way, members are known by how they are spelt.
        let is_spelt_so = match language.open_namespaces {
            true => text.starts_with('_') || text.starts_with("m_") || text.ends_with('_'),
            false => text.starts_with(|first: char| first.is_lowercase() || first == '_'),
        };
        let is_member = language.bare_receivers_are_members
            && is_spelt_so
            && self.linkage.resolve(value) == value
            && self.implied(base, depth).is_none();
        is_member.then(|| self.root(&format!("?{text}")))
    }

    /// The path of a name that stands for something else in the tree; None if it stands for itself.
    fn in_tree(&mut self, node: NodeId, name: crate::ir::NameId, depth: u32) -> Option<Option<u32>> {
        let value = Value { unit: self.id, node };
        let resolved = self.linkage.resolve(value);
        if resolved == value || depth == 0 {
            return None;
        }
        let found = if resolved.unit == self.id {
            self.known(resolved.node, depth)
        } else {
            let text = self.linkage.foreign_path(resolved, depth.min(MAX_DEPTH / 2));
            text.filter(|text| !text.starts_with('?')).map(|text| self.root(&text))
        };
        // What a file of the tree exports by default is known by the name that the importer gives it.
        let own = Some(self.unit.name(name)).filter(|&name| name != "default");
        Some(found.or_else(|| Some(self.root(&format!("?{}", own?)))))
    }

    /// What a field of `this`, or of such a field, is for its members: by its written type, or by the only thing that is written
    /// to it.
    fn own_field(&mut self, node: NodeId, depth: u32) -> Option<u32> {
        let Expr::Field { base, name } = *self.unit.expr(node) else { return None };
        if let Expr::Field { base: owner, .. } = *self.unit.expr(base)
            && self.receiver_of(owner).is_some()
        {
            return self.field_of_field(base, name, depth);
        }
        let class = self.linkage.enclosing_class(Value { unit: self.id, node: self.receiver_of(base)? })?;
        let declared = self.linkage.class(class).fields.iter().find(|field| field.name == name).and_then(|field| field.ty);
        let by_type = |tracer: &mut Self| tracer.instance_of(declared?, depth);
        if self.linkage.realms.language(self.id).fields_are_values
            && let Some(path) = by_type(self)
        {
            return Some(path);
        }
        // What is written to it says more than what it is declared to be.
        let written = self.linkage.written_to(class, self.unit.name(name));
        written.and_then(|written| self.known(written.node, depth)).or_else(|| by_type(self))
    }

    /// The receiver that a node is, or that it was kept as for a class or function within.
    fn receiver_of(&self, node: NodeId) -> Option<NodeId> {
        match *self.unit.expr(node) {
            Expr::This => Some(node),
            Expr::Variable(variable) => {
                let definition = self.unit.variable(variable).definition?;
                matches!(self.unit.expr(definition), Expr::This).then_some(definition)
            }
            _ => None,
        }
    }

    fn field_of_field(&mut self, base: NodeId, name: crate::ir::NameId, depth: u32) -> Option<u32> {
        let class = self.linkage.class_of(Value { unit: self.id, node: base })?;
        let made = self.linkage.written_to(class, self.unit.name(name))?;
        let text = self.linkage.foreign_path(made, depth.min(MAX_DEPTH / 4))?;
        (!text.starts_with('?')).then(|| self.root(&text))
    }

    fn index(&mut self, base: NodeId, index: NodeId, depth: u32) -> Option<u32> {
        let path = self.path(base, depth)?;
        let constant = self.linkage.constant(Value { unit: self.id, node: index });
        match constant {
            Some(super::Constant::Text(text)) if self.unit.names.find(&text).is_some() => {
                let name = self.unit.names.find(&text)?;
                self.step(path, Step::Member(name))
            }
            _ => self.step(path, Step::Element),
        }
    }

    /// The path of a call's result: what the called function returns if it does nothing else, or the callee's path with `()`.
    fn result(&mut self, callee: NodeId, kind: CallKind, depth: u32) -> Option<u32> {
        if kind == CallKind::Call
            && let Some(text) = self.returned(callee, depth)
        {
            return Some(self.root(&text));
        }
        if kind == CallKind::New
            && let Some(text) = self.outside_base(callee, depth)
        {
            return Some(self.root(&text));
        }
        let path = self.path(callee, depth)?;
        self.step(path, Step::Result)
    }

    /// The path of what a call only wraps.
    fn wrapped(&mut self, call: NodeId, depth: u32) -> Option<u32> {
        match *self.linkage.wrappers.get(&Value { unit: self.id, node: call })? {
            Wrapped::One(inner) => self.known(inner, depth),
            Wrapped::Instance(_) | Wrapped::Merged(_) => None,
        }
    }

    /// The path of an instance of a class of the tree whose base comes from outside: what that base can do, it can.
    fn outside_base(&self, callee: NodeId, depth: u32) -> Option<String> {
        let resolved = self.linkage.resolve(Value { unit: self.id, node: callee });
        let unit = self.linkage.unit(resolved.unit);
        let Expr::Class(class) = *unit.expr(resolved.node) else { return None };
        let outside = unit.class(class).bases.iter().find_map(|&node| {
            let text = self.linkage.foreign_path(Value { unit: resolved.unit, node }, depth.min(MAX_DEPTH / 4))?;
            Some(text).filter(|text| !text.starts_with('?'))
        });
        Some(format!("{}()", outside?))
    }

    fn returned(&mut self, callee: NodeId, depth: u32) -> Option<Box<str>> {
        let function = self.linkage.function_of(Value { unit: self.id, node: callee })?;
        let unit = self.linkage.unit(function.unit);
        let results = results(unit, function.function)?;
        // Ways that fork are followed less far, or they would multiply.
        let depth = depth.min(MAX_DEPTH / 4) / if results.len() > 1 { 2 } else { 1 };
        let mut results = results.into_iter().map(|node| {
            let text = self.linkage.foreign_path(Value { unit: function.unit, node }, depth)?;
            Some(text).filter(|text| !text.starts_with('?'))
        });
        let first = results.next()??;
        results.all(|text| text.as_ref() == Some(&first)).then_some(first)
    }

    /// `this`: an instance of the base class if that comes from outside the tree.
    fn receiver(&mut self, node: NodeId) -> u32 {
        let extended =
            self.unit.receiver(self.unit.nodes[node.index()].function).and_then(|variable| self.unit.variable(variable).ty);
        if let Some(path) = extended.and_then(|ty| self.instance_of(ty, MAX_DEPTH / 4)) {
            return path;
        }
        let class = self.linkage.enclosing_class(Value { unit: self.id, node });
        let bases = class.filter(|class| class.unit == self.id).map_or(&[][..], |class| &self.linkage.class(class).bases);
        let outside = bases.iter().find_map(|&base| self.known(base, MAX_DEPTH / 2)).and_then(|path| self.step(path, Step::Result));
        outside.unwrap_or_else(|| self.root("?this"))
    }

    /// Where a constructor calls that of its base class, that class is what is called.
    fn base_constructors(&mut self) {
        for node in self.unit.all_nodes().map(|(_, node)| node) {
            let Expr::Call { callee, kind: CallKind::New, .. } = node.expr else { continue };
            if !matches!(self.unit.expr(callee), Expr::Super) {
                continue;
            }
            let class = self.linkage.enclosing_class(Value { unit: self.id, node: callee });
            let base =
                class.filter(|class| class.unit == self.id).and_then(|class| self.linkage.class(class).bases.first().copied());
            if let Some(path) = base.and_then(|base| self.known(base, MAX_DEPTH / 2)) {
                self.remember(callee, path);
            }
        }
    }

    fn root(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.roots.get(text) {
            return id;
        }
        let segments = text.matches('.').count().min(usize::from(MAX_SEGMENTS)) as u8 + 1;
        let id = self.add(text.into(), segments);
        self.roots.insert(text.into(), id);
        id
    }

    fn step(&mut self, path: u32, step: Step) -> Option<u32> {
        if let Some(&id) = self.steps.get(&(path, step)) {
            return Some(id);
        }
        let length = self.lengths[path as usize] + u8::from(step != Step::Result);
        if length > MAX_SEGMENTS {
            return None;
        }
        let before = &self.texts[path as usize];
        let text = match step {
            // What a module exports by default, or under the module's own name, and the module itself are one thing to importers.
            Step::Member(name) if [&**before, "default"].contains(&self.unit.name(name)) => before.to_string(),
            Step::Member(name) => format!("{before}.{}", self.unit.name(name)),
            Step::Element => format!("{before}.[]"),
            Step::Result => format!("{before}()"),
        };
        let id = self.add(text.into(), length);
        self.steps.insert((path, step), id);
        Some(id)
    }

    fn add(&mut self, text: Box<str>, segments: u8) -> u32 {
        self.texts.push(text);
        self.lengths.push(segments);
        self.texts.len() as u32 - 1
    }
}

/// What a function returns, if that is known of all its ways; a missing value says nothing.
fn results(unit: &Unit, function: FunctionId) -> Option<Vec<NodeId>> {
    /// So many ways lead to what is one thing.
    const MOST: usize = 4;
    let mut nodes = Vec::new();
    super::possible::collect_returned(&unit.function(function).body, &mut nodes);
    nodes.retain(|&node| !matches!(unit.expr(node), Expr::Literal(Literal::Null)));
    (nodes.len() <= MOST).then_some(nodes)
}
