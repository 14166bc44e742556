//! Which variable a name means at the place that is being lowered.

use crate::ir::{NameId, VariableId};

#[derive(Clone, Copy)]
struct Binding {
    variable: VariableId,
    /// How many scopes were open when it was declared.
    level: u32,
}

/// The open scopes: for each name the innermost binding, and a log to take bindings back when a scope closes.
///
/// Names are small numbers, so a look-up is an index into a vector and closing a scope costs only what it declared.
#[derive(Default)]
pub(super) struct Scopes {
    current: Vec<Option<Binding>>,
    hidden: Vec<(NameId, Option<Binding>)>,
    open: Vec<usize>,
}

impl Scopes {
    /// Opens a scope.
    pub(super) fn enter(&mut self) {
        self.open.push(self.hidden.len());
    }

    /// Closes the innermost scope: what it hid is visible again.
    pub(super) fn leave(&mut self) {
        let mark = self.open.pop().unwrap_or(0);
        for (name, binding) in self.hidden.drain(mark..).rev() {
            self.current[name.0 as usize] = binding;
        }
    }

    /// Binds a name in the innermost scope.
    pub(super) fn declare(&mut self, name: NameId, variable: VariableId) {
        let slot = name.0 as usize;
        if slot >= self.current.len() {
            self.current.resize(slot + 1, None);
        }
        self.hidden.push((name, self.current[slot]));
        self.current[slot] = Some(Binding { variable, level: self.open.len() as u32 });
    }

    /// The variable that a name means here.
    pub(super) fn find(&self, name: NameId) -> Option<VariableId> {
        self.current.get(name.0 as usize).copied().flatten().map(|binding| binding.variable)
    }

    /// The variable that the innermost scope itself declares under a name.
    pub(super) fn own(&self, name: NameId) -> Option<VariableId> {
        let binding = self.current.get(name.0 as usize).copied().flatten()?;
        (binding.level == self.open.len() as u32).then_some(binding.variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_scope_gives_back_what_it_hid() {
        let (name, outer, inner) = (NameId(7), VariableId(1), VariableId(2));
        let mut scopes = Scopes::default();
        scopes.enter();
        scopes.declare(name, outer);
        scopes.enter();
        assert_eq!((scopes.find(name), scopes.own(name)), (Some(outer), None));
        scopes.declare(name, inner);
        assert_eq!((scopes.find(name), scopes.own(name)), (Some(inner), Some(inner)));
        scopes.leave();
        assert_eq!((scopes.find(name), scopes.own(name)), (Some(outer), Some(outer)));
        scopes.leave();
        assert_eq!(scopes.find(name), None);
    }
}
