//! Types with members, and what is implemented for them.

use syn::{Fields, ImplItem, TraitItem, Type, TypeParamBound, Visibility};

use super::item::Callable;
use super::path::plain;
use super::{Expr, Lowerer, NodeId};
use crate::ir::{Class, ClassId, FieldDeclaration, NameId};
use crate::source::Span;

impl Lowerer<'_> {
    pub(super) fn lower_struct(&mut self, item: &syn::ItemStruct) {
        let last = match (&item.semi_token, &item.fields) {
            (Some(semicolon), _) => semicolon.span,
            (None, Fields::Named(fields)) => fields.brace_token.span.close(),
            _ => item.ident.span(),
        };
        let span = self.between(item.struct_token.span, last);
        let class = self.declared_class(&item.ident, &item.attrs, span);
        let fields = self.with_bounds(&item.generics, |lowerer| lowerer.fields(&item.fields));
        self.builder.class_mut(class).fields = fields;
        self.define_class(&item.ident, class, span);
    }

    pub(super) fn lower_union(&mut self, item: &syn::ItemUnion) {
        let span = self.between(item.union_token.span, item.fields.brace_token.span.close());
        let class = self.declared_class(&item.ident, &item.attrs, span);
        let fields = self.fields(&item.fields.named);
        self.builder.class_mut(class).fields = fields;
        self.define_class(&item.ident, class, span);
    }

    /// Variants are fields without a type, the named parts of variants fields with theirs.
    pub(super) fn lower_enum(&mut self, item: &syn::ItemEnum) {
        let span = self.between(item.enum_token.span, item.brace_token.span.close());
        let class = self.declared_class(&item.ident, &item.attrs, span);
        let mut fields = Vec::new();
        for variant in &item.variants {
            fields.push(self.variant(variant));
            if let Fields::Named(_) = variant.fields {
                fields.extend(self.fields(&variant.fields));
            }
        }
        self.builder.class_mut(class).fields = fields;
        self.define_class(&item.ident, class, span);
    }

    fn variant(&mut self, variant: &syn::Variant) -> FieldDeclaration {
        let value = variant.discriminant.as_ref().map(|(_, value)| self.expr(value));
        let attributes = self.attributes(&variant.attrs);
        let name = self.builder.name(&plain(&variant.ident));
        FieldDeclaration { name, ty: None, value, attributes, span: self.place(variant.ident.span()) }
    }

    fn fields<'s>(&mut self, fields: impl IntoIterator<Item = &'s syn::Field>) -> Vec<FieldDeclaration> {
        fields.into_iter().enumerate().map(|(index, field)| self.declared_field(index, field)).collect()
    }

    fn declared_field(&mut self, index: usize, field: &syn::Field) -> FieldDeclaration {
        let text = field.ident.as_ref().map_or_else(|| index.to_string(), plain);
        let name = self.builder.name(&text);
        let ty = self.ty(&field.ty);
        let attributes = self.attributes(&field.attrs);
        let place = self.span_of(&field.ty);
        let span = field.ident.as_ref().map_or(place, |ident| self.place(ident.span()).to(place));
        FieldDeclaration { name, ty, value: None, attributes, span }
    }

    fn declared_class(&mut self, ident: &syn::Ident, attributes: &[syn::Attribute], span: Span) -> ClassId {
        let name = self.builder.name(&plain(ident));
        let attributes = self.attributes(attributes);
        self.empty_class(name, Vec::new(), attributes, span)
    }

    fn empty_class(&mut self, name: NameId, bases: Vec<NodeId>, attributes: Vec<NodeId>, span: Span) -> ClassId {
        self.builder.class(Class { name, bases, methods: Vec::new(), fields: Vec::new(), promises: Vec::new(), attributes, span })
    }

    fn define_class(&mut self, ident: &syn::Ident, class: ClassId, span: Span) {
        let value = self.builder.node(Expr::Class(class), span);
        self.define_item(ident, value);
    }

    /// A trait is a class; methods without a body are left out.
    pub(super) fn lower_trait(&mut self, item: &syn::ItemTrait) {
        let span = self.between(item.trait_token.span, item.brace_token.span.close());
        let class = self.declared_class(&item.ident, &item.attrs, span);
        let bases = item.supertraits.iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(self.path(&bound.path)),
            _ => None,
        });
        let bases = bases.collect();
        self.builder.class_mut(class).bases = bases;
        self.define_class(&item.ident, class, span);
        let own = self.path(&item.ident.clone().into());
        let around = self.self_type.replace(own);
        for member in &item.items {
            self.trait_member(class, member);
        }
        self.self_type = around;
    }

    fn trait_member(&mut self, class: ClassId, member: &TraitItem) {
        match member {
            TraitItem::Fn(method) => {
                let Some(block) = &method.default else { return };
                let visibility = Visibility::Inherited;
                let (attributes, signature) = (&method.attrs, &method.sig);
                self.method(class, &Callable { attributes, visibility: &visibility, signature, block, class: Some(class) });
            }
            TraitItem::Const(constant) => {
                let value = constant.default.as_ref().map(|(_, value)| value);
                self.associated_constant(class, &constant.ident, &constant.ty, value);
            }
            _ => {}
        }
    }

    pub(super) fn lower_impl(&mut self, item: &syn::ItemImpl) {
        self.with_bounds(&item.generics, |lowerer| lowerer.implemented(item));
    }

    fn implemented(&mut self, item: &syn::ItemImpl) {
        let span = self.between(item.impl_token.span, item.brace_token.span.close());
        let name = type_name(&item.self_ty).map_or(NameId::EMPTY, |name| self.builder.name(&name));
        let bases = item.trait_.iter().map(|(path, _)| self.path(path)).collect();
        let attributes = self.attributes(&item.attrs);
        let class = self.empty_class(name, bases, attributes, span);
        let own = self.ty(&item.self_ty);
        let around = std::mem::replace(&mut self.self_type, own);
        for member in &item.items {
            self.impl_member(class, member);
        }
        self.self_type = around;
    }

    fn impl_member(&mut self, class: ClassId, member: &ImplItem) {
        match member {
            ImplItem::Fn(method) => {
                let (attributes, visibility, signature) = (&method.attrs, &method.vis, &method.sig);
                self.method(class, &Callable { attributes, visibility, signature, block: &method.block, class: Some(class) });
            }
            ImplItem::Const(constant) => self.associated_constant(class, &constant.ident, &constant.ty, Some(&constant.expr)),
            ImplItem::Macro(call) => self.item_macro(&call.mac),
            _ => {}
        }
    }

    fn method(&mut self, class: ClassId, callable: &Callable<'_>) {
        let function = self.function(callable);
        self.builder.class_mut(class).methods.push(function);
    }

    fn associated_constant(&mut self, class: ClassId, ident: &syn::Ident, ty: &Type, value: Option<&syn::Expr>) {
        let value = value.map(|value| self.expr(value));
        let ty = self.ty(ty);
        let name = self.builder.name(&plain(ident));
        let span = self.place(ident.span());
        self.builder.class_mut(class).fields.push(FieldDeclaration { name, ty, value, attributes: Vec::new(), span });
    }
}

/// The last name of the type that something is implemented for.
fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| plain(&last.ident)),
        Type::Reference(reference) => type_name(&reference.elem),
        Type::Paren(paren) => type_name(&paren.elem),
        Type::Group(group) => type_name(&group.elem),
        _ => None,
    }
}
