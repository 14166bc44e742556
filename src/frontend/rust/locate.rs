//! Where syntax stands. `syn`'s own way prints a node's tokens to find its first and last, which is quadratic in depth.

use proc_macro2::{LineColumn, Span as Place};
use syn::spanned::Spanned;
use syn::{Expr, ExprRange, PathArguments, ReturnType};

use super::Lowerer;
use crate::source::Span;

impl Lowerer<'_> {
    /// The bytes from the beginning of one token to the end of another.
    pub(super) fn between(&self, first: Place, last: Place) -> Span {
        Span::new(self.offset(first.start()), self.offset(last.end()))
    }

    /// The byte of a line and a column in characters. The parser can tell bytes too, but remembers each one in a tree.
    fn offset(&self, at: LineColumn) -> u32 {
        self.start + self.lines.offset(self.code, at.line as u32, at.column)
    }

    /// The bytes of a token.
    pub(super) fn place(&self, place: Place) -> Span {
        self.between(place, place)
    }

    /// The bytes of a small node.
    pub(super) fn span_of(&self, node: &impl Spanned) -> Span {
        self.place(node.span())
    }

    /// The bytes of an expression.
    pub(super) fn expr_span(&self, expr: &Expr) -> Span {
        self.between(first(expr), last(expr))
    }

    pub(super) fn path_span(&self, path: &syn::Path) -> Span {
        self.between(path_first(path), path_last(path))
    }
}

/// The first token of an expression, its attributes left out.
pub(super) fn first(expr: &Expr) -> Place {
    let mut expr = expr;
    loop {
        expr = match expr {
            Expr::Assign(assign) => &assign.left,
            Expr::Await(wait) => &wait.base,
            Expr::Binary(binary) => &binary.left,
            Expr::Call(call) => &call.func,
            Expr::Cast(cast) => &cast.expr,
            Expr::Field(field) => &field.base,
            Expr::Index(index) => &index.expr,
            Expr::MethodCall(call) => &call.receiver,
            Expr::Range(ExprRange { start: Some(start), .. }) => start,
            Expr::Try(tried) => &tried.expr,
            _ => return first_token(expr),
        };
    }
}

fn first_token(expr: &Expr) -> Place {
    let label = |label: &Option<syn::Label>, place: Place| label.as_ref().map_or(place, |label| label.name.apostrophe);
    match expr {
        Expr::Async(block) => block.async_token.span,
        Expr::Block(block) => label(&block.label, block.block.brace_token.span.open()),
        Expr::Break(leave) => leave.break_token.span,
        Expr::Closure(closure) => first_of_closure(closure),
        Expr::Const(block) => block.const_token.span,
        Expr::ForLoop(each) => label(&each.label, each.for_token.span),
        Expr::If(branch) => branch.if_token.span,
        Expr::Let(test) => test.let_token.span,
        Expr::Loop(repeat) => label(&repeat.label, repeat.loop_token.span),
        Expr::Macro(call) => path_first(&call.mac.path),
        Expr::Match(choice) => choice.match_token.span,
        Expr::Reference(reference) => reference.and_token.span,
        Expr::Return(leave) => leave.return_token.span,
        Expr::Struct(literal) => literal.qself.as_ref().map_or_else(|| path_first(&literal.path), |own| own.lt_token.span),
        Expr::TryBlock(block) => block.try_token.span,
        Expr::Unary(unary) => unary.op.span(),
        Expr::Unsafe(block) => block.unsafe_token.span,
        Expr::While(repeat) => label(&repeat.label, repeat.while_token.span),
        _ => whole_token(expr),
    }
}

fn first_of_closure(closure: &syn::ExprClosure) -> Place {
    let asynchronous = closure.asyncness.as_ref().map(|token| token.span);
    asynchronous.or(closure.capture.as_ref().map(|token| token.span)).unwrap_or(closure.inputs_begin.span)
}

/// Brackets as one place, and what is left to `syn`.
fn whole_token(expr: &Expr) -> Place {
    match expr {
        Expr::Array(array) => array.bracket_token.span.join(),
        Expr::Lit(literal) => literal.lit.span(),
        Expr::Paren(paren) => paren.paren_token.span.join(),
        Expr::Repeat(repeat) => repeat.bracket_token.span.join(),
        Expr::Tuple(tuple) => tuple.paren_token.span.join(),
        _ => expr.span(),
    }
}

/// The last token of an expression.
pub(super) fn last(expr: &Expr) -> Place {
    let mut expr = expr;
    loop {
        expr = match expr {
            Expr::Assign(assign) => &assign.right,
            Expr::Binary(binary) => &binary.right,
            Expr::Break(syn::ExprBreak { expr: Some(value), .. }) => value,
            Expr::Closure(closure) => &closure.body,
            Expr::If(syn::ExprIf { else_branch: Some((_, otherwise)), .. }) => otherwise,
            Expr::Let(test) => &test.expr,
            Expr::Range(ExprRange { end: Some(end), .. }) => end,
            Expr::Reference(reference) => &reference.expr,
            Expr::Return(syn::ExprReturn { expr: Some(value), .. }) => value,
            Expr::Unary(unary) => &unary.expr,
            _ => return last_token(expr),
        };
    }
}

fn last_token(expr: &Expr) -> Place {
    match expr {
        Expr::Async(block) => last_of_block(&block.block),
        Expr::Await(wait) => wait.await_token.span,
        Expr::Block(block) => last_of_block(&block.block),
        Expr::Call(call) => call.paren_token.span.close(),
        Expr::Cast(cast) => cast.ty.span(),
        Expr::Const(block) => last_of_block(&block.block),
        Expr::Field(field) => field.member.span(),
        Expr::ForLoop(each) => last_of_block(&each.body),
        Expr::If(branch) => last_of_block(&branch.then_branch),
        Expr::Index(index) => index.bracket_token.span.close(),
        Expr::Loop(repeat) => last_of_block(&repeat.body),
        Expr::Macro(call) => call.mac.delimiter.span().close(),
        Expr::Match(choice) => choice.brace_token.span.close(),
        Expr::MethodCall(call) => call.paren_token.span.close(),
        Expr::Struct(literal) => literal.brace_token.span.close(),
        Expr::Try(tried) => tried.question_token.span,
        Expr::TryBlock(block) => last_of_block(&block.block),
        Expr::Unsafe(block) => last_of_block(&block.block),
        Expr::While(repeat) => last_of_block(&repeat.body),
        _ => whole_token(expr),
    }
}

fn last_of_block(block: &syn::Block) -> Place {
    block.brace_token.span.close()
}

pub(super) fn path_first(path: &syn::Path) -> Place {
    let colon = path.leading_colon.as_ref().map(|colon| colon.spans[0]);
    colon.or_else(|| path.segments.first().map(|segment| segment.ident.span())).unwrap_or_else(Place::call_site)
}

pub(super) fn path_last(path: &syn::Path) -> Place {
    path.segments.last().map_or_else(Place::call_site, segment_last)
}

pub(super) fn segment_last(segment: &syn::PathSegment) -> Place {
    match &segment.arguments {
        PathArguments::None => segment.ident.span(),
        PathArguments::AngleBracketed(generics) => generics.gt_token.span,
        PathArguments::Parenthesized(generics) => match &generics.output {
            ReturnType::Default => generics.paren_token.span.close(),
            ReturnType::Type(_, ty) => ty.span(),
        },
    }
}
