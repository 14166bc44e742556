//! Expressions that compute a value where they stand.

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{BinOp, Expr as Syntax, Lit, Member, Token, UnOp};

use super::path::{Segment, plain};
use super::{CallKind, Expr, Literal, Lowerer, NodeId, Property};
use crate::ir::{BinaryOp, LogicalOp, NameId, PropertyKey, UnaryOp};
use crate::source::Span;

/// How deep expressions are followed.
const MAX_DEPTH: usize = 256;

/// Up to this length `[x; n]` is written out: longer than any key, nonce or seed.
const MAX_REPEAT: usize = 64;

/// Methods that give a constant another type only.
const CONVERSIONS: [&str; 9] =
    ["as_bytes", "as_ref", "as_slice", "as_str", "into", "to_owned", "to_string", "to_vec", "into_bytes"];

impl Lowerer<'_> {
    /// The value of an expression; `()` for what has none.
    pub(super) fn expr(&mut self, expr: &Syntax) -> NodeId {
        let value = self.deeper(expr, |lowerer| lowerer.flow(expr, true));
        value.unwrap_or_else(|| {
            let span = self.expr_span(expr);
            self.unit_value(span)
        })
    }

    /// Counts the depth, and gives up where it is too great.
    pub(super) fn deeper(&mut self, expr: &Syntax, lower: impl FnOnce(&mut Self) -> Option<NodeId>) -> Option<NodeId> {
        if self.depth >= MAX_DEPTH {
            let span = self.expr_span(expr);
            self.too_deep.get_or_insert(span);
            return Some(self.unknown(Vec::new(), span));
        }
        self.depth += 1;
        let value = lower(self);
        self.depth -= 1;
        value
    }

    /// Everything but control flow.
    pub(super) fn plain(&mut self, expr: &Syntax) -> NodeId {
        match expr {
            Syntax::Reference(reference) => self.expr(&reference.expr),
            Syntax::RawAddr(reference) => self.expr(&reference.expr),
            Syntax::Try(tried) => self.expr(&tried.expr),
            Syntax::Await(wait) => self.expr(&wait.base),
            Syntax::Unary(unary) => self.unary(expr, unary),
            Syntax::Lit(literal) => self.lit(&literal.lit),
            Syntax::Path(path) => match &path.qself {
                Some(own) => self.qualified_path(own, &path.path),
                None => self.path(&path.path),
            },
            Syntax::Field(field) => self.field(expr, field),
            Syntax::Index(index) => {
                let (base, key) = (self.expr(&index.expr), self.expr(&index.index));
                let span = self.expr_span(expr);
                self.builder.node(Expr::Index { base, index: key }, span)
            }
            Syntax::Call(call) => self.function_call(expr, call),
            Syntax::MethodCall(call) => self.method_call(expr, call),
            Syntax::Macro(call) => self.macro_call(&call.mac),
            Syntax::Binary(binary) => self.binary(expr, binary),
            Syntax::Assign(assign) => self.assignment(expr, assign),
            Syntax::Cast(cast) => self.cast(expr, cast),
            Syntax::Closure(closure) => self.closure(expr, closure),
            Syntax::Verbatim(tokens) => {
                let parts = self.salvage(tokens);
                let span = self.expr_span(expr);
                self.unknown(parts, span)
            }
            _ => self.composite(expr),
        }
    }

    fn composite(&mut self, expr: &Syntax) -> NodeId {
        let span = self.expr_span(expr);
        match expr {
            Syntax::Array(array) => self.array(&array.elems, span),
            Syntax::Tuple(tuple) if tuple.elems.is_empty() => self.unit_value(span),
            Syntax::Tuple(tuple) => self.array(&tuple.elems, span),
            Syntax::Repeat(repeat) => self.repeat(&repeat.expr, &repeat.len, span),
            Syntax::Struct(literal) => self.struct_literal(literal, span),
            Syntax::Range(range) => {
                let parts = [&range.start, &range.end].into_iter().flatten().map(|end| self.expr(end)).collect();
                self.unknown(parts, span)
            }
            Syntax::Yield(result) => {
                let parts = result.expr.iter().map(|value| self.expr(value)).collect();
                self.unknown(parts, span)
            }
            _ => self.unknown(Vec::new(), span),
        }
    }

    pub(super) fn array<'s>(&mut self, elements: impl IntoIterator<Item = &'s Syntax>, span: Span) -> NodeId {
        let elements: Vec<_> = elements.into_iter().map(|element| self.expr(element)).collect();
        self.builder.node(Expr::Array(elements.into()), span)
    }

    /// `[x; n]`: n times the same node if n is written out and small.
    pub(super) fn repeat(&mut self, element: &Syntax, length: &Syntax, span: Span) -> NodeId {
        let element = self.expr(element);
        let known = match length {
            Syntax::Lit(syn::ExprLit { lit: Lit::Int(length), .. }) => length.base10_parse::<usize>().ok(),
            _ => None,
        };
        let elements = match known.filter(|&length| length <= MAX_REPEAT) {
            Some(length) => vec![element; length],
            None => {
                let length = self.expr(length);
                let parts = self.unknown(vec![element, length], span);
                vec![self.builder.node(Expr::Spread(parts), span)]
            }
        };
        self.builder.node(Expr::Array(elements.into()), span)
    }

    fn unary(&mut self, expr: &Syntax, unary: &syn::ExprUnary) -> NodeId {
        let operand = self.expr(&unary.expr);
        let op = match unary.op {
            UnOp::Not(_) => UnaryOp::Not,
            UnOp::Neg(_) => UnaryOp::Negate,
            _ => return operand,
        };
        let span = self.expr_span(expr);
        self.builder.node(Expr::Unary { op, operand }, span)
    }

    pub(super) fn lit(&mut self, lit: &Lit) -> NodeId {
        let span = self.place(lit.span());
        let literal = match lit {
            Lit::Str(text) => Literal::Text(self.builder.name(&text.value())),
            Lit::ByteStr(text) => Literal::Text(self.builder.name(&String::from_utf8_lossy(&text.value()))),
            Lit::CStr(text) => Literal::Text(self.builder.name(&text.value().to_string_lossy())),
            Lit::Char(char) => Literal::Text(self.builder.name(&char.value().to_string())),
            Lit::Byte(byte) => Literal::Number(f64::from(byte.value())),
            Lit::Int(number) => number.base10_digits().parse().map_or(Literal::Null, Literal::Number),
            Lit::Float(number) => number.base10_digits().parse().map_or(Literal::Null, Literal::Number),
            Lit::Bool(flag) => Literal::Bool(flag.value),
            _ => return self.unknown(Vec::new(), span),
        };
        self.literal(literal, span)
    }

    fn field(&mut self, expr: &Syntax, field: &syn::ExprField) -> NodeId {
        let base = self.expr(&field.base);
        let span = self.expr_span(expr);
        self.member(base, &field.member, span)
    }

    /// `base.name`, `base.0`.
    pub(super) fn member(&mut self, base: NodeId, member: &Member, span: Span) -> NodeId {
        match member {
            Member::Named(name) => self.builder.field(base, &plain(name), span),
            Member::Unnamed(index) => self.index(base, index.index as usize, span),
        }
    }

    fn function_call(&mut self, expr: &Syntax, call: &syn::ExprCall) -> NodeId {
        if let (Syntax::Path(callee), Some(only)) = (&*call.func, call.args.first())
            && call.args.len() == 1
            && self.is_success(&callee.path)
        {
            return self.expr(only);
        }
        let callee = self.expr(&call.func);
        let arguments = self.arguments(&call.args);
        let span = self.expr_span(expr);
        self.call(callee, arguments, CallKind::Call, span)
    }

    /// `Some` and `Ok`, unless the file means something else by them.
    pub(super) fn is_success(&self, path: &syn::Path) -> bool {
        path.get_ident().is_some_and(|name| (name == "Some" || name == "Ok") && self.scopes.find(&name.to_string()).is_none())
    }

    fn arguments(&mut self, arguments: &Punctuated<Syntax, Token![,]>) -> Vec<NodeId> {
        arguments.iter().map(|argument| self.expr(argument)).collect()
    }

    fn method_call(&mut self, expr: &Syntax, call: &syn::ExprMethodCall) -> NodeId {
        let receiver = self.expr(&call.receiver);
        if self.is_transparent(receiver, call) {
            return receiver;
        }
        let span = self.between(super::locate::first(&call.receiver), call.method.span());
        let callee = self.builder.field(receiver, &plain(&call.method), span);
        let arguments = self.arguments(&call.args);
        let span = self.expr_span(expr);
        self.call(callee, arguments, CallKind::Call, span)
    }

    /// `unwrap` and `expect` are like `?`, and a converted literal is still that literal.
    fn is_transparent(&self, receiver: NodeId, call: &syn::ExprMethodCall) -> bool {
        let is = |names: &[&str]| names.iter().any(|name| call.method == name);
        match call.args.len() {
            0 => is(&["unwrap"]) || (is(&CONVERSIONS) && matches!(self.builder.unit().expr(receiver), Expr::Literal(_))),
            1 => is(&["expect"]),
            _ => false,
        }
    }

    fn binary(&mut self, expr: &Syntax, binary: &syn::ExprBinary) -> NodeId {
        let (left, right) = (self.expr(&binary.left), self.expr(&binary.right));
        let span = self.expr_span(expr);
        if let Some(op) = logical_op(&binary.op) {
            return self.builder.node(Expr::Logical { op, left, right }, span);
        }
        let Some((op, is_assignment)) = binary_op(&binary.op) else { return self.unknown(vec![left, right], span) };
        let value = self.builder.node(Expr::Binary { op, left, right }, span);
        if !is_assignment {
            return value;
        }
        self.write_through(left, value, span);
        let target = if is_dereference(&binary.left) { self.builder.node(Expr::Deref(left), span) } else { left };
        self.builder.node(Expr::Assign { target, value }, span)
    }

    fn assignment(&mut self, expr: &Syntax, assign: &syn::ExprAssign) -> NodeId {
        let value = self.expr(&assign.right);
        self.assign_to(&assign.left, value, self.expr_span(expr))
    }

    /// `target = value`; tuples, arrays and structs are taken apart.
    fn assign_to(&mut self, target: &Syntax, value: NodeId, span: Span) -> NodeId {
        match target {
            Syntax::Infer(_) => value,
            Syntax::Paren(paren) => self.assign_to(&paren.expr, value, span),
            Syntax::Unary(unary) if is_dereference(target) => {
                let reference = self.expr(&unary.expr);
                self.write_through(reference, value, span);
                let target = self.builder.node(Expr::Deref(reference), span);
                self.builder.node(Expr::Assign { target, value }, span)
            }
            Syntax::Tuple(tuple) => self.assign_parts(&tuple.elems, value, span),
            Syntax::Array(array) => self.assign_parts(&array.elems, value, span),
            Syntax::Struct(literal) => {
                let whole = self.stable(value);
                for field in &literal.fields {
                    let part = self.member(whole, &field.member, span);
                    let node = self.assign_to(&field.expr, part, span);
                    self.evaluate(node);
                }
                whole
            }
            _ => {
                let target = self.expr(target);
                self.builder.node(Expr::Assign { target, value }, span)
            }
        }
    }

    fn assign_parts(&mut self, targets: &Punctuated<Syntax, Token![,]>, value: NodeId, span: Span) -> NodeId {
        let whole = self.stable(value);
        for (index, target) in targets.iter().enumerate() {
            let part = self.index(whole, index, span);
            let node = self.assign_to(target, part, span);
            self.evaluate(node);
        }
        whole
    }

    fn cast(&mut self, expr: &Syntax, cast: &syn::ExprCast) -> NodeId {
        let value = self.expr(&cast.expr);
        let Some(ty) = self.ty(&cast.ty) else { return value };
        let span = self.expr_span(expr);
        self.builder.node(Expr::Typed { value, ty }, span)
    }

    fn closure(&mut self, expr: &Syntax, closure: &syn::ExprClosure) -> NodeId {
        let span = self.expr_span(expr);
        let function = self.in_function(NameId::EMPTY, span, |lowerer, function| {
            let returns = lowerer.return_type(&closure.output);
            let is_test = lowerer.in_test;
            let declared = lowerer.builder.function_mut(function);
            declared.returns = returns;
            declared.modifiers.is_async = closure.asyncness.is_some();
            declared.modifiers.is_test = is_test;
            for input in &closure.inputs {
                lowerer.parameter(function, input, None);
            }
            let value = lowerer.deeper(&closure.body, |lowerer| lowerer.flow(&closure.body, true));
            lowerer.return_value(value);
        });
        self.builder.node(Expr::Closure(function), span)
    }

    fn struct_literal(&mut self, literal: &syn::ExprStruct, span: Span) -> NodeId {
        let callee = match &literal.qself {
            Some(own) => self.qualified_path(own, &literal.path),
            None => self.path(&literal.path),
        };
        let mut properties: Vec<_> = literal.fields.iter().map(|field| self.property(field)).collect();
        if let Some(rest) = &literal.rest {
            let value = self.expr(rest);
            properties.push(Property { key: PropertyKey::Spread, value });
        }
        let braces = self.place(literal.brace_token.span.join());
        let object = self.object(properties, braces);
        self.call(callee, vec![object], CallKind::New, span)
    }

    fn property(&mut self, field: &syn::FieldValue) -> Property {
        let key = match &field.member {
            Member::Named(name) => self.builder.name(&plain(name)),
            Member::Unnamed(index) => self.builder.name(&index.index.to_string()),
        };
        let value = match (&field.colon_token, &field.member) {
            (None, Member::Named(name)) => self.segments(&[Segment::of(name)], false, field.member.span()),
            _ => self.expr(&field.expr),
        };
        self.name_closure(value, key);
        Property { key: PropertyKey::Name(key), value }
    }

    /// A closure takes the name of what it is given to.
    pub(super) fn name_closure(&mut self, value: NodeId, name: NameId) {
        if let Expr::Closure(function) = *self.builder.unit().expr(value) {
            let function = self.builder.function_mut(function);
            if function.name == NameId::EMPTY {
                function.name = name;
            }
        }
    }
}

/// `*p`, what `p` refers to.
fn is_dereference(expr: &Syntax) -> bool {
    match expr {
        Syntax::Paren(paren) => is_dereference(&paren.expr),
        Syntax::Unary(unary) => matches!(unary.op, UnOp::Deref(_)),
        _ => false,
    }
}

const fn logical_op(op: &BinOp) -> Option<LogicalOp> {
    match op {
        BinOp::And(_) => Some(LogicalOp::And),
        BinOp::Or(_) => Some(LogicalOp::Or),
        _ => None,
    }
}

/// The operator, and whether the result is assigned to the left side.
const fn binary_op(op: &BinOp) -> Option<(BinaryOp, bool)> {
    Some(match op {
        BinOp::Add(_) => (BinaryOp::Add, false),
        BinOp::Sub(_) => (BinaryOp::Subtract, false),
        BinOp::Mul(_) => (BinaryOp::Multiply, false),
        BinOp::Div(_) => (BinaryOp::Divide, false),
        BinOp::Rem(_) => (BinaryOp::Remainder, false),
        BinOp::BitXor(_) => (BinaryOp::BitXor, false),
        BinOp::BitAnd(_) => (BinaryOp::BitAnd, false),
        BinOp::BitOr(_) => (BinaryOp::BitOr, false),
        BinOp::Shl(_) => (BinaryOp::ShiftLeft, false),
        BinOp::Shr(_) => (BinaryOp::ShiftRight, false),
        BinOp::Eq(_) => (BinaryOp::Equal, false),
        BinOp::Lt(_) => (BinaryOp::Less, false),
        BinOp::Le(_) => (BinaryOp::LessEqual, false),
        BinOp::Ne(_) => (BinaryOp::NotEqual, false),
        BinOp::Ge(_) => (BinaryOp::GreaterEqual, false),
        BinOp::Gt(_) => (BinaryOp::Greater, false),
        BinOp::AddAssign(_) => (BinaryOp::Add, true),
        BinOp::SubAssign(_) => (BinaryOp::Subtract, true),
        BinOp::MulAssign(_) => (BinaryOp::Multiply, true),
        BinOp::DivAssign(_) => (BinaryOp::Divide, true),
        BinOp::RemAssign(_) => (BinaryOp::Remainder, true),
        BinOp::BitXorAssign(_) => (BinaryOp::BitXor, true),
        BinOp::BitAndAssign(_) => (BinaryOp::BitAnd, true),
        BinOp::BitOrAssign(_) => (BinaryOp::BitOr, true),
        BinOp::ShlAssign(_) => (BinaryOp::ShiftLeft, true),
        BinOp::ShrAssign(_) => (BinaryOp::ShiftRight, true),
        _ => return None,
    })
}
