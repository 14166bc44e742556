//! Attributes and derives.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use super::{CallKind, Lowerer, NodeId};

/// Attributes that make a function a test.
const TESTS: [&str; 7] = ["bench", "proptest", "quickcheck", "rstest", "test", "test_case", "wasm_bindgen_test"];

/// Whether an item exists in tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = attribute.path().segments.last().is_some_and(|last| TESTS.iter().any(|name| last.ident == name));
        is_test || (attribute.path().is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta)))
    })
}

/// `test` or `all(…, test, …)`.
fn needs_test(meta: &Meta) -> bool {
    match meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            parts.is_ok_and(|parts| parts.iter().any(needs_test))
        }
        _ => false,
    }
}

impl Lowerer<'_> {
    /// Each attribute as a path, or as a call of it; documentation is left out.
    pub(super) fn attributes(&mut self, attributes: &[Attribute]) -> Vec<NodeId> {
        attributes.iter().filter(|attribute| !attribute.path().is_ident("doc")).map(|attribute| self.attribute(attribute)).collect()
    }

    fn attribute(&mut self, attribute: &Attribute) -> NodeId {
        let callee = self.path(attribute.path());
        let span = self.between(attribute.pound_token.span, attribute.bracket_token.span.close());
        let arguments = match &attribute.meta {
            Meta::Path(_) => return callee,
            Meta::List(list) => self.macro_arguments(&list.tokens),
            Meta::NameValue(pair) => vec![self.expr(&pair.value)],
        };
        self.call(callee, arguments, CallKind::Call, span)
    }
}
