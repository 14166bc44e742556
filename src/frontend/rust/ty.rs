//! Types, as expressions that name them.

use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::path::plain;
use super::{Expr, Literal, Lowerer, NodeId};

/// Types that only wrap the one that matters.
const WRAPPERS: [&str; 6] = ["Arc", "Box", "Option", "Pin", "Rc", "Result"];

/// Traits that say nothing of what a type does.
const MARKERS: [&str; 8] = ["Clone", "Copy", "Debug", "Default", "Send", "Sized", "Sync", "Unpin"];

impl Lowerer<'_> {
    /// The type without references and wrappers; None where there is none to name.
    pub(super) fn ty(&mut self, ty: &Type) -> Option<NodeId> {
        match ty {
            Type::Reference(reference) => self.ty(&reference.elem),
            Type::Paren(paren) => self.ty(&paren.elem),
            Type::Group(group) => self.ty(&group.elem),
            Type::Ptr(pointer) => self.ty(&pointer.elem),
            Type::Path(path) => Some(self.type_path(path)),
            Type::ImplTrait(bounds) => self.first_bound(&bounds.bounds),
            Type::TraitObject(bounds) => self.first_bound(&bounds.bounds),
            Type::Array(array) => Some(self.array_type(ty, [&*array.elem])),
            Type::Slice(slice) => Some(self.array_type(ty, [&*slice.elem])),
            Type::Tuple(tuple) if tuple.elems.is_empty() => {
                let span = self.place(tuple.paren_token.span.join());
                Some(self.literal(Literal::Null, span))
            }
            Type::Tuple(tuple) => Some(self.array_type(ty, &tuple.elems)),
            _ => None,
        }
    }

    pub(super) fn return_type(&mut self, output: &ReturnType) -> Option<NodeId> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => self.ty(ty),
        }
    }

    fn type_path(&mut self, ty: &syn::TypePath) -> NodeId {
        if let Some(own) = &ty.qself {
            return self.qualified_path(own, &ty.path);
        }
        if let Some(bound) = self.bound(&ty.path) {
            return bound;
        }
        let wrapped =
            ty.path.segments.last().filter(|last| WRAPPERS.iter().any(|name| last.ident == name)).and_then(first_argument);
        wrapped.and_then(|inner| self.ty(inner)).unwrap_or_else(|| self.path(&ty.path))
    }

    /// The trait that a type parameter must implement: what has it can do no more.
    fn bound(&self, path: &syn::Path) -> Option<NodeId> {
        let name = plain(path.get_ident()?);
        self.bounds.iter().rev().find(|(parameter, _)| *parameter == name).map(|(_, bound)| *bound)
    }

    /// Lowers what is declared with type parameters.
    pub(super) fn with_bounds<T>(&mut self, generics: &syn::Generics, lower: impl FnOnce(&mut Self) -> T) -> T {
        let around = self.bounds.len();
        for parameter in generics.type_params() {
            self.add_bound(&parameter.ident, &parameter.bounds);
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let syn::WherePredicate::Type(predicate) = predicate
                && let Type::Path(path) = &predicate.bounded_ty
                && let Some(parameter) = path.path.get_ident()
            {
                self.add_bound(parameter, &predicate.bounds);
            }
        }
        let lowered = lower(self);
        self.bounds.truncate(around);
        lowered
    }

    fn add_bound<'t>(&mut self, parameter: &syn::Ident, bounds: impl IntoIterator<Item = &'t TypeParamBound>) {
        let traits = bounds.into_iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(&bound.path),
            _ => None,
        });
        let says = |path: &&syn::Path| path.segments.last().is_some_and(|last| !MARKERS.iter().any(|marker| last.ident == marker));
        if let Some(path) = traits.into_iter().find(says) {
            let bound = self.path(path);
            self.bounds.push((plain(parameter), bound));
        }
    }

    fn array_type<'t>(&mut self, whole: &Type, parts: impl IntoIterator<Item = &'t Type>) -> NodeId {
        let parts: Vec<_> = parts.into_iter().filter_map(|part| self.ty(part)).collect();
        let span = self.span_of(whole);
        self.builder.node(Expr::Array(parts.into()), span)
    }

    fn first_bound<'t>(&mut self, bounds: impl IntoIterator<Item = &'t TypeParamBound>) -> Option<NodeId> {
        let bound = bounds.into_iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(bound),
            _ => None,
        })?;
        Some(self.path(&bound.path))
    }
}

fn first_argument(segment: &syn::PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(generics) = &segment.arguments else { return None };
    generics.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
