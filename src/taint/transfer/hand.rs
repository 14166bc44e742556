//! Functions of libraries that are handed to a call: `.then(console.log)`, `fork(store.setItem, key, value)`.

use super::Transfer;
use super::port::Site;
use crate::ir::{Expr, NodeId};
use crate::program::{Constant, Value as ProgramValue};
use crate::rule::kind::KindSet;
use crate::rule::model::{Effect, RowId, Subject};
use crate::rule::{AccessPath, Port};
use crate::taint::value::Value;

/// A function of a library at a port, with the rows that speak of it.
struct Library {
    /// The argument that it is.
    argument: u32,
    node: NodeId,
    /// The object whose method it is.
    receiver: Option<NodeId>,
    rows: Vec<RowId>,
    /// Whether it is a method that is named by its type, `str::trim`: what it is given is its receiver.
    is_unbound: bool,
}

impl Transfer<'_, '_> {
    /// A value goes into a parameter of a function that is handed over and that models describe; what comes out is kept for those
    /// who ask what the function returns.
    pub(super) fn hand_in(&mut self, path: &AccessPath, parameter: usize, value: &Value, site: &Site<'_>) {
        for library in self.libraries(path, site) {
            let mut arguments = vec![(library.node, Value::unknown()); parameter];
            arguments.push((library.node, value.clone()));
            let receiver = library.is_unbound.then(|| (library.node, value.clone()));
            let result = self.run_library(&library, receiver, &arguments, site);
            let key = (site.node, library.argument);
            self.handed.entry(key).and_modify(|known| known.join(&result)).or_insert(result);
        }
    }

    /// What functions of libraries at a port return.
    pub(super) fn handed_out(&mut self, path: &AccessPath, site: &Site<'_>) -> Value {
        let mut value = Value::unknown();
        for library in self.libraries(path, site) {
            value.join(&self.run_library(&library, None, &[], site));
            if let Some(known) = self.handed.get(&(site.node, library.argument)) {
                value.join(known);
            }
        }
        value
    }

    fn run_library(
        &mut self,
        library: &Library,
        receiver: Option<(NodeId, Value)>,
        arguments: &[(NodeId, Value)],
        site: &Site<'_>,
    ) -> Value {
        let receiver = receiver.or_else(|| library.receiver.map(|base| (base, self.eval(base))));
        let inner =
            Site { node: site.node, callee: library.node, receiver: receiver.as_ref(), arguments, assigned: None, is_handed: true };
        let mut result = Value::unknown();
        let mut settled = KindSet::EMPTY;
        for &row in &library.rows {
            let part = self.apply(row, &inner);
            settled |= part.settled;
            result.join(&part);
        }
        result.settled = settled;
        result
    }

    /// The functions of libraries at a port. What is handed to such a function in its turn is not followed.
    fn libraries(&self, path: &AccessPath, site: &Site<'_>) -> Vec<Library> {
        if !path.fields.is_empty() || site.is_handed {
            return Vec::new();
        }
        let nodes: Vec<_> = match &path.root {
            Port::Argument(position) => {
                let index = self.argument_index(site, position);
                index.map(|index| (index as u32, site.arguments[index].0)).into_iter().collect()
            }
            Port::Receiver => site.receiver.map(|(node, _)| (super::port::RECEIVER, *node)).into_iter().collect(),
            _ => Vec::new(),
        };
        nodes.into_iter().filter_map(|(argument, node)| self.library(argument, node)).collect()
    }

    /// Whether a function that is handed over is a method by the name of its type, which the file does not declare.
    fn is_unbound(&self, node: NodeId) -> bool {
        let Expr::Field { base, .. } = *self.unit.expr(node) else { return false };
        let is_type = matches!(*self.unit.expr(base), Expr::Global(name) if !self.unit.name(name).is_empty());
        is_type && self.world.program.language(self.id).self_type.is_some()
    }

    fn library(&self, argument: u32, node: NodeId) -> Option<Library> {
        let path_of = |node| self.world.program.path(self.id, node).unwrap_or_default().to_owned();
        let (node, receiver, path, rows) = match self.unit.expr(node) {
            // An object with one of its methods, or with the method's name.
            Expr::Array(parts) => match **parts {
                [object, method] => match self.world.program.constant(ProgramValue { unit: self.id, node: method }) {
                    Some(Constant::Text(name)) => {
                        let path = format!("{}.{name}", path_of(object));
                        let rows = self.world.rows_of_path(self.id, &path);
                        (object, Some(object), path, rows)
                    }
                    _ => (method, Some(object), path_of(method), self.world.rows(self.id, method, Subject::Callee, false)),
                },
                _ => return None,
            },
            Expr::Field { base, .. } => (node, Some(*base), path_of(node), self.world.rows(self.id, node, Subject::Callee, false)),
            Expr::Variable(_) | Expr::Global(_) | Expr::Call { .. } | Expr::Index { .. } => {
                (node, None, path_of(node), self.world.rows(self.id, node, Subject::Callee, false))
            }
            _ => return None,
        };
        let models = &self.world.knowledge.models;
        let is_meant = |&row: &RowId| {
            self.world.holds_for_any(row) && !models.row_of(row).is_check() && !models.is_guess(row, Subject::Callee, &path)
        };
        let is_unbound = self.is_unbound(node);
        let passes_on = |&row: &RowId| is_unbound && matches!(self.world.effect(row), Effect::Propagation(..));
        let rows: Vec<_> = rows.into_iter().filter(|row| is_meant(row) || passes_on(row)).collect();
        (!rows.is_empty()).then_some(Library { argument, node, receiver, rows, is_unbound })
    }
}
