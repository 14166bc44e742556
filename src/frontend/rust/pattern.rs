//! Patterns: a test that may be false, and names that are bound to parts of the subject.

use syn::spanned::Spanned;
use syn::{Pat, Token};

use super::path::plain;
use super::{Expr, Literal, Lowerer, NodeId, VariableKind};
use crate::ir::{BinaryOp, LogicalOp};
use crate::source::Span;

impl Lowerer<'_> {
    /// The value as something that can be read again and again: itself, or a made-up variable.
    pub(super) fn stable(&mut self, value: NodeId) -> NodeId {
        if self.is_place(value) {
            return value;
        }
        let span = self.builder.unit().span(value);
        let variable = self.temporary(span);
        self.assign(variable, value, span);
        self.read(variable, span)
    }

    fn is_place(&self, mut node: NodeId) -> bool {
        loop {
            match *self.builder.unit().expr(node) {
                Expr::Variable(_) | Expr::This | Expr::Global(_) | Expr::Literal(_) => return true,
                Expr::Field { base, .. } => node = base,
                Expr::Index { base, index } if matches!(self.builder.unit().expr(index), Expr::Literal(_)) => node = base,
                _ => return false,
            }
        }
    }

    /// Whether the subject fits, as a condition; None if it always does.
    pub(super) fn test(&mut self, pattern: &Pat, subject: NodeId) -> Option<NodeId> {
        match pattern {
            Pat::Ident(ident) => match &ident.subpat {
                Some((_, inner)) => self.test(inner, subject),
                None if is_constant(ident) => {
                    let span = self.place(ident.ident.span());
                    let path = syn::Path::from(ident.ident.clone());
                    Some(self.equals_path(&path, subject, span))
                }
                None => None,
            },
            Pat::Paren(paren) => self.test(&paren.pat, subject),
            Pat::Reference(reference) => self.test(&reference.pat, subject),
            Pat::Type(typed) => self.test(&typed.pat, subject),
            Pat::Guard(guard) => self.test_guard(guard, subject),
            Pat::Lit(literal) => {
                let right = self.lit(&literal.lit);
                Some(self.compare(BinaryOp::Equal, subject, right))
            }
            Pat::Path(path) => {
                let span = self.path_span(&path.path);
                Some(self.equals_path(&path.path, subject, span))
            }
            Pat::Or(either) => self.test_either(either, subject),
            Pat::Tuple(tuple) => self.test_parts(&tuple.elems, subject),
            Pat::Slice(slice) => self.test_parts(&slice.elems, subject),
            Pat::TupleStruct(variant) => Some(self.test_variant(variant, subject)),
            Pat::Struct(variant) => Some(self.test_struct(variant, subject)),
            Pat::Wild(_) | Pat::Rest(_) => None,
            _ => {
                let span = self.span_of(pattern);
                Some(self.unknown(vec![subject], span))
            }
        }
    }

    fn compare(&mut self, op: BinaryOp, left: NodeId, right: NodeId) -> NodeId {
        let span = self.builder.unit().span(right);
        self.builder.node(Expr::Binary { op, left, right }, span)
    }

    fn equals_path(&mut self, path: &syn::Path, subject: NodeId, span: Span) -> NodeId {
        let right = self.path(path);
        self.builder.node(Expr::Binary { op: BinaryOp::Equal, left: subject, right }, span)
    }

    fn join(&mut self, op: LogicalOp, left: Option<NodeId>, right: Option<NodeId>) -> Option<NodeId> {
        match (left, right) {
            (Some(left), Some(right)) => {
                let span = self.builder.unit().span(left).to(self.builder.unit().span(right));
                Some(self.builder.node(Expr::Logical { op, left, right }, span))
            }
            (one, other) => one.or(other),
        }
    }

    pub(super) fn both(&mut self, left: Option<NodeId>, right: Option<NodeId>) -> Option<NodeId> {
        self.join(LogicalOp::And, left, right)
    }

    /// The guard sees the names of the pattern, so these are bound first.
    fn test_guard(&mut self, guard: &syn::PatGuard, subject: NodeId) -> Option<NodeId> {
        let fits = self.test(&guard.pat, subject);
        self.bind(&guard.pat, subject);
        let condition = self.expr(&guard.guard);
        self.both(fits, Some(condition))
    }

    fn test_either(&mut self, either: &syn::PatOr, subject: NodeId) -> Option<NodeId> {
        let mut condition = None;
        for case in &either.cases {
            let fits = self.test(case, subject)?;
            condition = self.join(LogicalOp::Or, condition, Some(fits));
        }
        condition
    }

    fn test_parts(&mut self, parts: &syn::punctuated::Punctuated<Pat, Token![,]>, subject: NodeId) -> Option<NodeId> {
        let mut condition = None;
        for (index, part) in parts.iter().enumerate().filter(|(_, part)| may_fail(part)) {
            let span = self.span_of(part);
            let value = self.index(subject, index, span);
            let fits = self.test(part, value);
            condition = self.both(condition, fits);
        }
        condition
    }

    fn test_variant(&mut self, variant: &syn::PatTupleStruct, subject: NodeId) -> NodeId {
        let span = self.path_span(&variant.path);
        let right = if self.is_success(&variant.path) { self.literal(Literal::Null, span) } else { self.path(&variant.path) };
        let op = if self.is_success(&variant.path) { BinaryOp::NotEqual } else { BinaryOp::InstanceOf };
        let own = self.builder.node(Expr::Binary { op, left: subject, right }, span);
        let mut condition = Some(own);
        for (index, part) in variant.elems.iter().enumerate().filter(|(_, part)| may_fail(part)) {
            let value = self.variant_part(variant, index, part, subject);
            let fits = self.test(part, value);
            condition = self.both(condition, fits);
        }
        condition.unwrap_or(own)
    }

    fn test_struct(&mut self, variant: &syn::PatStruct, subject: NodeId) -> NodeId {
        let span = self.path_span(&variant.path);
        let right = self.path(&variant.path);
        let own = self.builder.node(Expr::Binary { op: BinaryOp::InstanceOf, left: subject, right }, span);
        let mut condition = Some(own);
        for field in variant.fields.iter().filter(|field| may_fail(&field.pat)) {
            let span = self.place(field.member.span());
            let value = self.member(subject, &field.member, span);
            let fits = self.test(&field.pat, value);
            condition = self.both(condition, fits);
        }
        condition.unwrap_or(own)
    }

    /// `x` of `Some(x)` and `Ok(x)` is the subject itself, of `Err(x)` its member `Err`, of others the nth part.
    fn variant_part(&mut self, variant: &syn::PatTupleStruct, index: usize, part: &Pat, subject: NodeId) -> NodeId {
        if self.is_success(&variant.path) {
            return subject;
        }
        let span = self.span_of(part);
        if variant.path.is_ident("Err") { self.builder.field(subject, "Err", span) } else { self.index(subject, index, span) }
    }

    /// Declares the names of a pattern and writes the parts of the subject to them.
    pub(super) fn bind(&mut self, pattern: &Pat, subject: NodeId) {
        match pattern {
            Pat::Ident(ident) => self.bind_name(ident, subject),
            Pat::Paren(paren) => self.bind(&paren.pat, subject),
            Pat::Reference(reference) => self.bind(&reference.pat, subject),
            Pat::Type(typed) => self.bind_typed(typed, subject),
            // The cases bind the same names; the parts that the first one reads stand for all.
            Pat::Or(either) => either.cases.iter().take(1).for_each(|case| self.bind(case, subject)),
            Pat::Tuple(tuple) => self.bind_parts(&tuple.elems, subject),
            Pat::Slice(slice) => self.bind_parts(&slice.elems, subject),
            Pat::TupleStruct(variant) => {
                for (index, part) in variant.elems.iter().enumerate().filter(|(_, part)| binds(part)) {
                    let value = self.variant_part(variant, index, part, subject);
                    self.bind(part, value);
                }
            }
            Pat::Struct(variant) => {
                for field in variant.fields.iter().filter(|field| binds(&field.pat)) {
                    let span = self.place(field.member.span());
                    let value = self.member(subject, &field.member, span);
                    self.bind(&field.pat, value);
                }
            }
            _ => {}
        }
    }

    fn bind_name(&mut self, ident: &syn::PatIdent, subject: NodeId) {
        if let Some((_, inner)) = &ident.subpat {
            self.bind(inner, subject);
        } else if is_constant(ident) {
            return;
        }
        self.local(&ident.ident, ident.mutability.is_some(), subject);
    }

    /// Declares a local with its first value.
    fn local(&mut self, ident: &syn::Ident, is_mutable: bool, value: NodeId) {
        let name = plain(ident);
        let span = self.place(ident.span());
        let id = self.builder.name(&name);
        let variable = self.builder.variable(id, VariableKind::Local, span);
        self.name_closure(value, id);
        self.assign(variable, value, span);
        // What begins as a constant and is mutable will be filled through a reference: it stands for no value.
        let is_written = matches!(self.builder.unit().expr(value), Expr::Literal(_) | Expr::Array(_) | Expr::Template(_));
        if is_mutable && is_written {
            self.builder.overwrite(variable);
        }
        self.scopes.insert(&name, variable);
    }

    fn bind_typed(&mut self, typed: &syn::PatType, subject: NodeId) {
        self.bind(&typed.pat, subject);
        if let Pat::Ident(ident) = &*typed.pat
            && let Some(variable) = self.scopes.own(&plain(&ident.ident))
        {
            let ty = self.ty(&typed.ty);
            self.builder.variable_mut(variable).ty = ty;
        }
    }

    /// `let x: T;`
    pub(super) fn declare_unset(&mut self, pattern: &Pat) {
        let (inner, ty) = match pattern {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            _ => (pattern, None),
        };
        if let Pat::Ident(ident) = inner {
            let name = plain(&ident.ident);
            let span = self.place(ident.ident.span());
            let id = self.builder.name(&name);
            let variable = self.builder.variable(id, VariableKind::Local, span);
            let ty = ty.and_then(|ty| self.ty(ty));
            self.builder.variable_mut(variable).ty = ty;
            self.scopes.insert(&name, variable);
        }
    }

    /// After `..` the distance to the beginning is not known.
    fn bind_parts(&mut self, parts: &syn::punctuated::Punctuated<Pat, Token![,]>, subject: NodeId) {
        let mut after_rest = false;
        for (index, part) in parts.iter().enumerate() {
            if is_rest(part) {
                after_rest = true;
                self.bind(part, subject);
            } else if binds(part) {
                let span = self.span_of(part);
                let value = if after_rest { self.element(subject, span) } else { self.index(subject, index, span) };
                self.bind(part, value);
            }
        }
    }
}

/// `NONE` and `None` are constants, `none` is a new name.
fn is_constant(ident: &syn::PatIdent) -> bool {
    ident.by_ref.is_none() && ident.mutability.is_none() && ident.ident.to_string().starts_with(char::is_uppercase)
}

/// `..` and `rest @ ..`.
fn is_rest(pattern: &Pat) -> bool {
    match pattern {
        Pat::Rest(_) => true,
        Pat::Ident(ident) => ident.subpat.as_ref().is_some_and(|(_, inner)| matches!(**inner, Pat::Rest(_))),
        _ => false,
    }
}

fn binds(pattern: &Pat) -> bool {
    !matches!(pattern, Pat::Wild(_) | Pat::Rest(_) | Pat::Lit(_) | Pat::Path(_) | Pat::Range(_))
}

fn may_fail(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) | Pat::Rest(_) => false,
        Pat::Ident(ident) => ident.subpat.is_some() || is_constant(ident),
        _ => true,
    }
}

/// Whether a pattern fits every value, as far as it can be seen without types.
pub(super) fn always_fits(pattern: &Pat) -> bool {
    match pattern {
        Pat::Type(typed) => always_fits(&typed.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(always_fits),
        _ => !may_fail(pattern),
    }
}
