//! What the tests of every language ask of its table.

use std::collections::BTreeSet;

use super::{Form, Grammar};

impl Grammar {
    /// Rows that name no kind of the grammar, and kinds that no row names.
    pub(in crate::frontend) fn faults(&'static self) -> (BTreeSet<String>, BTreeSet<String>) {
        let language = (self.parser)();
        let kinds: BTreeSet<String> = (0..language.node_kind_count() as u16)
            .filter(|&id| {
                language.node_kind_is_named(id) && language.node_kind_is_visible(id) && !language.node_kind_is_supertype(id)
            })
            .filter_map(|id| language.node_kind_for_id(id).map(ToOwned::to_owned))
            .collect();
        let own: BTreeSet<String> = self.named().map(ToOwned::to_owned).collect();
        let all: BTreeSet<String> =
            self.base.into_iter().flat_map(Self::named).chain(self.named()).map(ToOwned::to_owned).collect();
        (own.difference(&kinds).cloned().collect(), kinds.difference(&all).cloned().collect())
    }

    /// Every kind that the table names.
    fn named(&'static self) -> impl Iterator<Item = &'static str> {
        let forms = self.forms.iter().map(|(kind, _)| *kind);
        let within = self.forms.iter().flat_map(|(_, form)| match form {
            Form::Switch(switch) => switch.arms.iter().copied().chain((!switch.label.is_empty()).then_some(switch.label)).collect(),
            Form::Try { handler, .. } => vec![*handler],
            Form::Record { entry, .. } => vec![*entry],
            _ => Vec::new(),
        });
        let parameters = self.parameters.iter().map(|row| row.kind);
        let attributes = self.attributes.iter().map(|row| row.kind);
        let lists = [self.types, self.parts, self.modifiers].into_iter().flatten().copied();
        forms.chain(within).chain(parameters).chain(attributes).chain(lists)
    }
}
