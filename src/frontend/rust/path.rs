//! Paths: `a::b::C` is a chain of members from a variable, a module or a global.

use proc_macro2::Span as Place;
use syn::Path;

use super::locate::{path_first, segment_last};
use super::scope::Home;
use super::{Expr, Literal, Lowerer, NodeId, VariableKind};
use crate::ir::Import;
use crate::source::Span;

/// Types that are written in lower case and are no modules.
const PRIMITIVES: [&str; 17] =
    ["bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128", "usize"];

/// One name of a path and its last token.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) last: Place,
}

impl Segment {
    pub(super) fn of(ident: &syn::Ident) -> Self {
        Self { name: plain(ident), last: ident.span() }
    }

    /// With its generic arguments.
    pub(super) fn whole(segment: &syn::PathSegment) -> Self {
        Self { name: plain(&segment.ident), last: segment_last(segment) }
    }
}

/// The name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(ToOwned::to_owned).unwrap_or(name)
}

impl Lowerer<'_> {
    /// A path as a value or a type.
    pub(super) fn path(&mut self, path: &Path) -> NodeId {
        let segments: Vec<_> = path.segments.iter().map(Segment::whole).collect();
        self.segments(&segments, path.leading_colon.is_some(), path_first(path))
    }

    /// `<T as Trait>::rest` and `<T>::rest`.
    pub(super) fn qualified_path(&mut self, own: &syn::QSelf, path: &Path) -> NodeId {
        let first = own.lt_token.span;
        let rest: Vec<_> = path.segments.iter().skip(own.position).map(|segment| Segment::of(&segment.ident)).collect();
        let span = self.span_of(&*own.ty);
        let base = self.ty(&own.ty).unwrap_or_else(|| self.unknown(Vec::new(), span));
        self.chain(base, &rest, first)
    }

    /// Names to a chain; `first` is where the path begins.
    pub(super) fn segments(&mut self, segments: &[Segment], is_absolute: bool, first: Place) -> NodeId {
        let Some((head, rest)) = segments.split_first() else {
            let span = self.place(first);
            return self.unknown(Vec::new(), span);
        };
        let span = self.between(first, head.last);
        match head.name.as_str() {
            _ if is_absolute => {
                let base = self.module(&head.name, span);
                self.chain(base, rest, first)
            }
            "crate" => {
                let base = self.module("crate", span);
                self.chain(base, rest, first)
            }
            "self" if rest.is_empty() => self.builder.node(Expr::This, span),
            "self" | "super" => self.relative(segments, first),
            "Self" => {
                let base = self.self_type(span);
                self.chain(base, rest, first)
            }
            _ if rest.is_empty() => self.name(&head.name, span),
            _ => self.head_and_rest(head, rest, first),
        }
    }

    fn head_and_rest(&mut self, head: &Segment, rest: &[Segment], first: Place) -> NodeId {
        let span = self.between(first, head.last);
        if let Some(module) = self.scopes.inline_module(self.scopes.current_module(), &head.name) {
            return self.within(module, rest, first, span);
        }
        let base = match self.scopes.find(&head.name) {
            Some(variable) if self.holds_names(variable) => self.read(variable, span),
            _ if self.scopes.is_file(&head.name) => {
                let base = self.module("self", span);
                self.builder.field(base, &head.name, span)
            }
            _ if is_module_name(&head.name) => self.module(&head.name, span),
            _ => self.global(&head.name, span),
        };
        self.chain(base, rest, first)
    }

    /// Types and imports can be followed by `::`, values cannot.
    fn holds_names(&self, variable: crate::ir::VariableId) -> bool {
        matches!(self.builder.unit().variable(variable).kind, VariableKind::Class | VariableKind::Import)
    }

    /// A name alone.
    fn name(&mut self, name: &str, span: Span) -> NodeId {
        match self.scopes.find(name) {
            Some(variable) => self.read(variable, span),
            None if name == "None" => self.literal(Literal::Null, span),
            None => self.global(name, span),
        }
    }

    /// `self::…` and `super::…`.
    fn relative(&mut self, segments: &[Segment], first: Place) -> NodeId {
        let levels = segments.iter().take_while(|segment| segment.name == "super").count();
        let skipped = segments.iter().take_while(|segment| matches!(&*segment.name, "super" | "self")).count();
        let (heads, rest) = segments.split_at(skipped);
        let span = self.between(first, heads.last().map_or(first, |head| head.last));
        match self.scopes.above(levels) {
            Home::Inside(module) => self.within(module, rest, first, span),
            Home::Above(levels) => {
                let mut base = self.module("super", span);
                for _ in 1..levels {
                    base = self.builder.field(base, "super", span);
                }
                self.chain(base, rest, first)
            }
        }
    }

    /// Names of a module of this file; what it does not declare is left to who links the files.
    fn within(&mut self, module: usize, rest: &[Segment], first: Place, span: Span) -> NodeId {
        let Some((head, tail)) = rest.split_first() else { return self.module("self", span) };
        let whole = self.between(first, head.last);
        if let Some(inner) = self.scopes.inline_module(module, &head.name).filter(|_| !tail.is_empty()) {
            return self.within(inner, tail, first, whole);
        }
        if let Some(variable) = self.scopes.find_in_module(module, &head.name) {
            let base = self.read(variable, whole);
            return self.chain(base, tail, first);
        }
        let base = self.module("self", span);
        self.chain(base, rest, first)
    }

    fn self_type(&mut self, span: Span) -> NodeId {
        let Some(own) = self.self_type else { return self.global("Self", span) };
        match *self.builder.unit().expr(own) {
            Expr::Variable(variable) => self.read(variable, span),
            _ => own,
        }
    }

    fn chain(&mut self, base: NodeId, rest: &[Segment], first: Place) -> NodeId {
        rest.iter().fold(base, |base, segment| {
            let span = self.between(first, segment.last);
            self.builder.field(base, &segment.name, span)
        })
    }

    /// The base of a path into another module, noted as an import once.
    pub(super) fn module(&mut self, name: &str, span: Span) -> NodeId {
        let module = self.builder.name(name);
        self.mention(name, span);
        self.builder.node(Expr::Module(module), span)
    }

    pub(super) fn mention(&mut self, module: &str, span: Span) {
        let module = self.builder.name(module);
        if self.mentioned.insert(module) {
            self.builder.import(Import { module, is_type_only: false, is_dynamic: false, span });
        }
    }
}

fn is_module_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_lowercase() || first == '_') && !PRIMITIVES.contains(&name)
}
