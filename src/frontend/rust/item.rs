//! Items: functions, constants, modules, and the order in which names become known.

use proc_macro2::Span as Place;
use syn::spanned::Spanned;
use syn::{FnArg, Item, ItemMod, Visibility};

use super::attribute::is_test;
use super::macro_call::lazy_statics;
use super::path::plain;
use super::{Expr, Literal, Lowerer, Property, StatementKind, VariableId, VariableKind};
use crate::ir::{ClassId, Export, FunctionId, Modifiers, NameId, Parameter, PropertyKey};
use crate::source::Span;

/// A function with a body, wherever it stands.
pub(super) struct Callable<'s> {
    pub(super) attributes: &'s [syn::Attribute],
    pub(super) visibility: &'s Visibility,
    pub(super) signature: &'s syn::Signature,
    pub(super) block: &'s syn::Block,
    pub(super) class: Option<ClassId>,
}

impl Lowerer<'_> {
    /// Items of the file or of a module in it.
    pub(super) fn module_items(&mut self, items: &[Item]) {
        self.declare_items(items);
        self.lower_items(items);
    }

    /// All names of items are known before any item is lowered.
    pub(super) fn declare_items<'s>(&mut self, items: impl IntoIterator<Item = &'s Item>) {
        for item in items {
            self.declare_item(item);
        }
    }

    fn declare_item(&mut self, item: &Item) {
        match item {
            Item::Use(item) => self.declare_use(item),
            Item::ExternCrate(item) => self.declare_extern_crate(item),
            Item::Mod(item) => self.declare_module(item),
            Item::Macro(item) => {
                for lazy in lazy_statics(&item.mac).into_iter().flat_map(|statics| statics.0) {
                    self.declare(&plain(&lazy.name), VariableKind::Constant, lazy.name.span());
                }
            }
            _ => {
                if let Some((ident, kind)) = declared(item) {
                    self.declare(&plain(ident), kind, ident.span());
                }
            }
        }
    }

    /// Declares a name that has no order among its neighbours. Variants for several platforms share one variable.
    pub(super) fn declare(&mut self, name: &str, kind: VariableKind, place: Place) {
        if self.scopes.own(name).is_none() {
            let span = self.place(place);
            let id = self.builder.name(name);
            let variable = self.builder.variable(id, kind, span);
            self.scopes.insert(name, variable);
        }
    }

    fn declare_module(&mut self, item: &ItemMod) {
        let name = plain(&item.ident);
        match &item.content {
            None => self.scopes.declare_file(&name),
            Some((_, items)) => {
                let entered = self.scopes.enter_module(&name);
                self.declare_items(items);
                self.scopes.leave_module(entered);
            }
        }
    }

    pub(super) fn lower_items<'s>(&mut self, items: impl IntoIterator<Item = &'s Item>) {
        for item in items {
            self.lower_item(item);
        }
    }

    fn lower_item(&mut self, item: &Item) {
        let around = self.in_test;
        self.in_test |= is_test(attributes_of(item));
        match item {
            Item::Use(item) => self.lower_use(item),
            Item::ExternCrate(item) => self.lower_extern_crate(item),
            Item::Mod(item) => self.lower_module(item),
            Item::Fn(item) => self.lower_function(item),
            Item::Const(item) => self.lower_constant(&item.ident, &item.ty, &item.expr),
            Item::Static(item) => self.lower_constant(&item.ident, &item.ty, &item.expr),
            Item::Struct(item) => self.lower_struct(item),
            Item::Union(item) => self.lower_union(item),
            Item::Enum(item) => self.lower_enum(item),
            Item::Trait(item) => self.lower_trait(item),
            Item::Impl(item) => self.lower_impl(item),
            Item::Type(item) => self.lower_alias(item),
            Item::Macro(item) => self.item_macro(&item.mac),
            _ => {}
        }
        self.in_test = around;
    }

    fn lower_module(&mut self, item: &ItemMod) {
        let name = plain(&item.ident);
        let Some((_, items)) = &item.content else {
            let span = self.place(item.ident.span());
            return self.mention(&format!("self::{name}"), span);
        };
        let entered = self.scopes.enter_module(&name);
        self.lower_items(items);
        let members = self.scopes.own_names();
        self.scopes.leave_module(entered);
        if self.scopes.is_file_level() && !self.in_test {
            self.export_module(item, &members);
        }
    }

    /// A module that is written out in this file is known outside as an object of its names.
    fn export_module(&mut self, item: &ItemMod, members: &[(String, VariableId)]) {
        let span = self.place(item.ident.span());
        let member = |lowerer: &mut Self, (name, variable): &(String, VariableId)| {
            let value = lowerer.read(*variable, span);
            Property { key: PropertyKey::Name(lowerer.builder.name(name)), value }
        };
        let properties = members.iter().map(|entry| member(self, entry)).collect();
        let value = self.object(properties, span);
        let name = self.builder.name(&plain(&item.ident));
        self.builder.export(Export { name, value });
    }

    fn lower_function(&mut self, item: &syn::ItemFn) {
        let callable =
            Callable { attributes: &item.attrs, visibility: &item.vis, signature: &item.sig, block: &item.block, class: None };
        let span = self.callable_span(&callable);
        let function = self.function(&callable);
        let value = self.builder.node(Expr::Closure(function), span);
        self.define_item(&item.sig.ident, value);
    }

    fn lower_alias(&mut self, item: &syn::ItemType) {
        if let Some(ty) = self.ty(&item.ty) {
            self.define_item(&item.ident, ty);
        }
    }

    pub(super) fn lower_constant(&mut self, ident: &syn::Ident, ty: &syn::Type, value: &syn::Expr) {
        let value = self.expr(value);
        let Some(variable) = self.item_variable(ident) else { return };
        let ty = self.ty(ty);
        self.builder.variable_mut(variable).ty = ty;
        let span = self.place(ident.span());
        self.assign(variable, value, span);
    }

    /// Gives a function, type or class its value.
    pub(super) fn define_item(&mut self, ident: &syn::Ident, value: crate::ir::NodeId) {
        if let Some(variable) = self.item_variable(ident) {
            self.builder.define(variable, value);
        }
    }

    fn item_variable(&mut self, ident: &syn::Ident) -> Option<VariableId> {
        let name = plain(ident);
        let variable = self.scopes.own(&name)?;
        // Modules below this one may use what is private here.
        if self.scopes.is_file_level() && !self.in_test {
            self.export(&name, variable, ident.span());
        }
        Some(variable)
    }

    pub(super) fn callable_span(&self, callable: &Callable<'_>) -> Span {
        let signature = callable.signature;
        let first = match callable.visibility {
            Visibility::Inherited => first_of_signature(signature),
            visibility => visibility.span(),
        };
        self.between(first, callable.block.brace_token.span.close())
    }

    /// A function with its parameters and its body.
    pub(super) fn function(&mut self, callable: &Callable<'_>) -> FunctionId {
        self.with_bounds(&callable.signature.generics, |lowerer| lowerer.plain_function(callable))
    }

    fn plain_function(&mut self, callable: &Callable<'_>) -> FunctionId {
        let signature = callable.signature;
        let name = self.builder.name(&plain(&signature.ident));
        let span = self.callable_span(callable);
        let around = self.in_test;
        self.in_test |= is_test(callable.attributes);
        let modifiers = Modifiers {
            is_async: signature.asyncness.is_some(),
            is_static: callable.class.is_some() && !signature.inputs.iter().any(|input| matches!(input, FnArg::Receiver(_))),
            is_public: !matches!(callable.visibility, Visibility::Inherited),
            is_test: self.in_test,
            is_generator: false,
            is_accessor: false,
        };
        let function = self.in_function(name, span, |lowerer, function| {
            let attributes = lowerer.attributes(callable.attributes);
            let returns = lowerer.return_type(&signature.output);
            let declared = lowerer.builder.function_mut(function);
            (declared.attributes, declared.returns) = (attributes, returns);
            (declared.class, declared.modifiers) = (callable.class, modifiers);
            for input in &signature.inputs {
                match input {
                    FnArg::Receiver(receiver) => lowerer.receiver(function, receiver),
                    FnArg::Typed(input) => lowerer.parameter(function, &input.pat, Some(&input.ty)),
                }
            }
            let value = lowerer.block(callable.block, true);
            lowerer.return_value(value);
        });
        self.in_test = around;
        function
    }

    /// Lowers into a function of its own.
    pub(super) fn in_function(&mut self, name: NameId, span: Span, lower: impl FnOnce(&mut Self, FunctionId)) -> FunctionId {
        let loops = std::mem::take(&mut self.loops);
        let in_async = std::mem::replace(&mut self.in_async, false);
        let function = self.builder.enter_function(name, span);
        self.scopes.enter_block();
        let (body, ()) = self.collect(|lowerer| lower(lowerer, function));
        self.scopes.leave_block();
        self.loops = loops;
        self.in_async = in_async;
        self.builder.leave_function(body)
    }

    /// The value of a body, unless it was left before.
    pub(super) fn return_value(&mut self, value: Option<crate::ir::NodeId>) {
        if let Some(value) = value.filter(|_| !self.has_left()) {
            let span = self.builder.unit().span(value);
            self.emit(StatementKind::Return(Some(value)), span);
        }
    }

    /// `self`, of the type that is implemented.
    fn receiver(&mut self, function: FunctionId, receiver: &syn::Receiver) {
        let span = self.place(receiver.self_token.span);
        let variable = self.builder.variable(NameId::EMPTY, VariableKind::Parameter, span);
        self.builder.variable_mut(variable).ty = self.self_type;
        self.builder.function_mut(function).receiver = Some(variable);
    }

    /// A parameter; a pattern is taken apart at the head of the body.
    pub(super) fn parameter(&mut self, function: FunctionId, pattern: &syn::Pat, ty: Option<&syn::Type>) {
        let span = self.span_of(pattern);
        let (pattern, written) = match pattern {
            syn::Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            _ => (pattern, ty),
        };
        let simple = match pattern {
            syn::Pat::Ident(ident) if ident.subpat.is_none() => Some(plain(&ident.ident)),
            _ => None,
        };
        let name = simple.as_ref().map_or(NameId::EMPTY, |name| self.builder.name(name));
        let variable = self.builder.variable(name, VariableKind::Parameter, span);
        let ty = written.and_then(|ty| self.ty(ty));
        self.builder.variable_mut(variable).ty = ty;
        self.builder.function_mut(function).parameters.push(Parameter::new(variable));
        match simple {
            Some(name) => self.scopes.insert(&name, variable),
            None => {
                let subject = self.read(variable, span);
                self.bind(pattern, subject);
            }
        }
    }

    /// `()`.
    pub(super) fn unit_value(&mut self, span: Span) -> crate::ir::NodeId {
        self.literal(Literal::Null, span)
    }
}

fn first_of_signature(signature: &syn::Signature) -> Place {
    let constness = signature.constness.as_ref().map(|token| token.span);
    let asyncness = signature.asyncness.as_ref().map(|token| token.span);
    let safety = match &signature.safety {
        syn::Safety::Unsafe(token) => Some(token.span),
        _ => None,
    };
    constness.or(asyncness).or(safety).unwrap_or(signature.fn_token.span)
}

fn declared(item: &Item) -> Option<(&syn::Ident, VariableKind)> {
    Some(match item {
        Item::Fn(item) => (&item.sig.ident, VariableKind::Function),
        Item::Const(item) => (&item.ident, VariableKind::Constant),
        Item::Static(item) => (&item.ident, VariableKind::Constant),
        Item::Struct(item) => (&item.ident, VariableKind::Class),
        Item::Enum(item) => (&item.ident, VariableKind::Class),
        Item::Union(item) => (&item.ident, VariableKind::Class),
        Item::Trait(item) => (&item.ident, VariableKind::Class),
        Item::Type(item) => (&item.ident, VariableKind::Class),
        _ => return None,
    })
}

fn attributes_of(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        _ => &[],
    }
}
