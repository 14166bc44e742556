//! Macro calls. Their arguments are read as expressions where they are; of other macros the expressions within are kept.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Expr as Syntax, Ident, Lit, Token};

use super::format::{Piece, pieces};
use super::path::{Segment, plain};
use super::{CallKind, Expr, Lowerer, NodeId, Property};
use crate::ir::PropertyKey;
use crate::source::Span;

/// Macros whose value is the text that they build.
const TEXTS: [&str; 3] = ["concat", "format", "format_args"];

/// One argument: `x`, `name = x`, `name: x`; the marks `%` and `?` of tracing macros are dropped.
struct Argument {
    name: Option<Ident>,
    value: Syntax,
}

/// Arguments, separated by commas.
struct Arguments(Vec<Argument>);

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Vec::new();
        while !input.is_empty() {
            arguments.push(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self(arguments))
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_pair = input.peek(Ident)
            && ((input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]))
                || (input.peek2(Token![:]) && !input.peek2(Token![::])));
        let name = if is_pair { Some(input.parse()?) } else { None };
        if is_pair && input.parse::<Option<Token![=]>>()?.is_none() {
            input.parse::<Token![:]>()?;
        }
        if input.peek(Token![%]) {
            input.parse::<Token![%]>()?;
        } else if input.peek(Token![?]) {
            input.parse::<Token![?]>()?;
        }
        Ok(Self { name, value: input.parse()? })
    }
}

/// The items of `lazy_static!`.
pub(super) struct LazyStatics(pub(super) Vec<LazyStatic>);

/// `static ref NAME: T = value;`
pub(super) struct LazyStatic {
    pub(super) name: Ident,
    ty: syn::Type,
    value: Syntax,
}

impl Parse for LazyStatics {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut statics = Vec::new();
        while !input.is_empty() {
            statics.push(input.parse()?);
        }
        Ok(Self(statics))
    }
}

impl Parse for LazyStatic {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(syn::Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<Token![static]>()?;
        input.parse::<Token![ref]>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self { name, ty, value })
    }
}

/// The constants of a macro call, if it is `lazy_static!`.
pub(super) fn lazy_statics(call: &syn::Macro) -> Option<LazyStatics> {
    let is_lazy = call.path.segments.last().is_some_and(|last| last.ident == "lazy_static");
    if is_lazy { call.parse_body().ok() } else { None }
}

impl Lowerer<'_> {
    /// A macro as an expression.
    pub(super) fn macro_call(&mut self, call: &syn::Macro) -> NodeId {
        let span = self.between(super::locate::path_first(&call.path), call.delimiter.span().close());
        let name = call.path.segments.last().map(|last| plain(&last.ident)).unwrap_or_default();
        if name == "vec"
            && let Some(array) = self.vec(call, span)
        {
            return array;
        }
        let arguments = match call.parse_body::<Arguments>() {
            Ok(Arguments(arguments)) => self.written_arguments(&arguments, span),
            Err(_) => {
                let parts = self.salvage(&call.tokens);
                vec![self.unknown(parts, span)]
            }
        };
        if TEXTS.contains(&name.as_str()) {
            return self.text_of(arguments, span);
        }
        let callee = self.macro_path(&call.path);
        self.call(callee, arguments, CallKind::Macro, span)
    }

    /// The arguments of a macro or an attribute, whatever its form.
    pub(super) fn macro_arguments(&mut self, tokens: &TokenStream) -> Vec<NodeId> {
        match syn::parse2::<Arguments>(tokens.clone()) {
            Ok(Arguments(arguments)) => arguments.into_iter().map(|argument| self.expr(&argument.value)).collect(),
            Err(_) => self.salvage(tokens),
        }
    }

    fn text_of(&mut self, arguments: Vec<NodeId>, span: Span) -> NodeId {
        match arguments.as_slice() {
            [only] if matches!(self.builder.unit().expr(*only), Expr::Template(_) | Expr::Literal(_)) => *only,
            _ => self.builder.node(Expr::Template(arguments.into()), span),
        }
    }

    fn vec(&mut self, call: &syn::Macro, span: Span) -> Option<NodeId> {
        let repeated = |input: ParseStream<'_>| {
            let element = input.parse::<Syntax>()?;
            input.parse::<Token![;]>()?;
            Ok((element, input.parse::<Syntax>()?))
        };
        if let Ok((element, length)) = call.parse_body_with(repeated) {
            return Some(self.repeat(&element, &length, span));
        }
        let Arguments(arguments) = call.parse_body().ok()?;
        Some(self.array(arguments.iter().map(|argument| &argument.value), span))
    }

    /// `println` is the global `println!`, `log::info` ends with the member `info!`.
    fn macro_path(&mut self, path: &syn::Path) -> NodeId {
        let span = self.path_span(path);
        let mut segments: Vec<_> = path.segments.iter().map(Segment::whole).collect();
        let Some(last) = segments.pop() else { return self.unknown(Vec::new(), span) };
        let name = format!("{}!", last.name);
        if segments.is_empty() {
            let imported = self.scopes.find(&last.name);
            let definition = imported.and_then(|variable| self.builder.unit().variable(variable).definition);
            return match definition {
                Some(definition) => self.imported_macro(definition, &name, span),
                None => self.global(&name, span),
            };
        }
        let is_crate = segments.len() == 1 && self.scopes.find(&segments[0].name).is_none();
        let is_keyword = matches!(segments[0].name.as_str(), "crate" | "self" | "super");
        let is_absolute = path.leading_colon.is_some() || (is_crate && !is_keyword);
        let base = self.segments(&segments, is_absolute, super::locate::path_first(path));
        self.builder.field(base, &name, span)
    }

    /// `info!` after `use log::info` is `log::info!`.
    fn imported_macro(&mut self, definition: NodeId, name: &str, span: Span) -> NodeId {
        match *self.builder.unit().expr(definition) {
            Expr::Field { base, .. } => self.builder.field(base, name, span),
            _ => self.global(name, span),
        }
    }

    /// Arguments in order, a format string with what it shows as one template, then the named ones as an object.
    fn written_arguments(&mut self, arguments: &[Argument], span: Span) -> Vec<NodeId> {
        let format = arguments.iter().take(3).position(|argument| is_text(argument) && argument.name.is_none());
        let text = format.and_then(|at| match &arguments[at].value {
            Syntax::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some((at, text)),
            _ => None,
        });
        let values: Vec<_> = arguments.iter().map(|argument| (argument.name.as_ref(), self.expr(&argument.value))).collect();
        let shown = text.and_then(|(at, text)| Some((at, self.template(text, at, &values)?)));
        let (mut positional, mut named) = (Vec::new(), Vec::new());
        for (index, (name, value)) in values.into_iter().enumerate() {
            match (&shown, name) {
                (Some((at, (template, _))), _) if index == *at => positional.push(*template),
                (Some((_, (_, used))), _) if used.contains(&value) => {}
                (_, Some(name)) => {
                    let key = PropertyKey::Name(self.builder.name(&plain(name)));
                    named.push(Property { key, value });
                }
                (_, None) => positional.push(value),
            }
        }
        if !named.is_empty() {
            positional.push(self.object(named, span));
        }
        positional
    }

    /// A format string as a template, and the arguments that it shows; None if it shows nothing or is none.
    fn template(&mut self, text: &syn::LitStr, at: usize, values: &[(Option<&Ident>, NodeId)]) -> Option<(NodeId, Vec<NodeId>)> {
        let value = text.value();
        let pieces = pieces(&value).filter(|pieces| pieces.iter().any(|piece| !matches!(piece, Piece::Text(..))))?;
        let whole = self.place(text.span());
        let inner = self.inner_start(&value, whole);
        let positional: Vec<_> = values[at + 1..].iter().filter(|(name, _)| name.is_none()).map(|(_, value)| *value).collect();
        let mut next = positional.iter();
        let (mut parts, mut used) = (Vec::new(), Vec::new());
        for piece in &pieces {
            let place = |start: usize, length: usize| {
                inner.map_or(whole, |inner| Span::new(start as u32, (start + length) as u32).shifted(inner))
            };
            let shown = match *piece {
                Piece::Text(text, start) => {
                    let node = self.builder.text(text, place(start, text.len()));
                    parts.push(node);
                    continue;
                }
                Piece::NextHidden => {
                    used.push(*next.next()?);
                    continue;
                }
                Piece::Next(_) => *next.next()?,
                Piece::Nth(index, _) => *positional.get(index)?,
                Piece::Name(name, start) => match values.iter().find(|(own, _)| own.is_some_and(|own| own == name)) {
                    Some((_, value)) => *value,
                    None if name == "self" => self.builder.node(Expr::This, place(start, name.len())),
                    None => {
                        let variable = self.scopes.find(name)?;
                        self.read(variable, place(start, name.len()))
                    }
                },
            };
            parts.push(shown);
            used.push(shown);
        }
        Some((self.builder.node(Expr::Template(parts.into()), whole), used))
    }

    /// Where the text of a literal begins in the file, if it stands there as it is, without escapes.
    fn inner_start(&self, value: &str, literal: Span) -> Option<u32> {
        let written = self.code.get((literal.start - self.start) as usize..(literal.end - self.start) as usize)?;
        let quote = written.find('"')? + 1;
        written[quote..].starts_with(value).then_some(literal.start + quote as u32)
    }

    /// Calls of macros among items: their items if they hold items, or else their expressions.
    pub(super) fn item_macro(&mut self, call: &syn::Macro) {
        if call.path.is_ident("macro_rules") {
            return;
        }
        if let Some(LazyStatics(statics)) = lazy_statics(call) {
            for lazy in &statics {
                self.lower_constant(&lazy.name, &lazy.ty, &lazy.value);
            }
            return;
        }
        if let Ok(file) = syn::parse2::<syn::File>(call.tokens.clone()) {
            self.declare_items(&file.items);
            self.lower_items(&file.items);
            return;
        }
        for part in self.salvage(&call.tokens) {
            self.evaluate(part);
        }
    }

    /// All expressions in tokens that are not expressions as a whole.
    pub(super) fn salvage(&mut self, tokens: &TokenStream) -> Vec<NodeId> {
        let mut found = Vec::new();
        for piece in split(tokens.clone()) {
            match syn::parse2::<Syntax>(piece.clone()) {
                Ok(expr) => found.push(self.expr(&expr)),
                Err(_) => {
                    let groups =
                        piece.into_iter().filter_map(|token| if let TokenTree::Group(group) = token { Some(group) } else { None });
                    for group in groups {
                        found.extend(self.salvage(&group.stream()));
                    }
                }
            }
        }
        found
    }
}

fn is_text(argument: &Argument) -> bool {
    matches!(&argument.value, Syntax::Lit(literal) if matches!(literal.lit, Lit::Str(_)))
}

/// The tokens between `,`, `;`, `:`, `=` and `=>` of the uppermost level.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = vec![Vec::new()];
    let mut tokens = tokens.into_iter().peekable();
    let mut after_joint = false;
    while let Some(token) = tokens.next() {
        let TokenTree::Punct(punct) = &token else {
            after_joint = false;
            pieces.last_mut().expect("there is always a piece").push(token);
            continue;
        };
        let is_joint = punct.spacing() == proc_macro2::Spacing::Joint;
        let before_arrow = punct.as_char() == '=' && matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '>');
        let ends = match punct.as_char() {
            ',' | ';' => true,
            ':' | '=' => !after_joint && (!is_joint || before_arrow),
            _ => false,
        };
        after_joint = is_joint;
        if ends {
            if before_arrow {
                tokens.next();
                after_joint = false;
            }
            pieces.push(Vec::new());
        } else {
            pieces.last_mut().expect("there is always a piece").push(token);
        }
    }
    pieces.into_iter().filter(|piece| !piece.is_empty()).map(TokenStream::from_iter).collect()
}
