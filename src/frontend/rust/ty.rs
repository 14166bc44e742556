//! Types, as expressions that name them.

use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::{Expr, Literal, Lowerer, NodeId};

/// Types that only wrap the one that matters.
const WRAPPERS: [&str; 6] = ["Arc", "Box", "Option", "Pin", "Rc", "Result"];

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
        let wrapped =
            ty.path.segments.last().filter(|last| WRAPPERS.iter().any(|name| last.ident == name)).and_then(first_argument);
        wrapped.and_then(|inner| self.ty(inner)).unwrap_or_else(|| self.path(&ty.path))
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
