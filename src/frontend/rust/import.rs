//! `use` and `extern crate`.

use proc_macro2::Span as Place;
use syn::{ItemUse, UseTree};

use super::path::{Segment, plain};
use super::{Lowerer, VariableKind};
use crate::ir::{Export, Expr};

/// One name that a `use` brings.
struct Leaf {
    path: Vec<Segment>,
    /// What it is called here; none for `*` and `_`.
    name: Option<String>,
    is_glob: bool,
    last: Place,
}

impl Lowerer<'_> {
    /// Declares the names of a `use`, so that the items before it can read them.
    pub(super) fn declare_use(&mut self, item: &ItemUse) {
        for leaf in leaves(&item.tree) {
            let sees_parent = leaf.is_glob && leaf.path.len() == 1 && leaf.path[0].name == "super";
            if sees_parent && self.scopes.is_module_level() {
                self.scopes.see_parent();
            }
            if let Some(name) = &leaf.name {
                self.declare(name, VariableKind::Import, leaf.last);
            }
        }
    }

    /// Gives the names of a `use` their values.
    pub(super) fn lower_use(&mut self, item: &ItemUse) {
        let is_public = !matches!(item.vis, syn::Visibility::Inherited);
        let first = item.use_token.span;
        for leaf in leaves(&item.tree) {
            self.mention_leaf(&leaf);
            self.define_leaf(&leaf, item, is_public, first);
        }
    }

    fn define_leaf(&mut self, leaf: &Leaf, item: &ItemUse, is_public: bool, first: Place) {
        let start = leaf.path.first().map_or(first, |segment| segment.last);
        let is_absolute = item.leading_colon.is_some();
        let Some(name) = &leaf.name else {
            if leaf.is_glob && is_public {
                let value = self.segments(&leaf.path, is_absolute, start);
                let name = self.builder.name("*");
                self.builder.export(Export { name, value });
            }
            return;
        };
        let Some(variable) = self.scopes.own(name) else { return };
        let value = self.imported(leaf, name, is_absolute, start);
        self.builder.define(variable, value);
        if is_public {
            self.export(name, variable, leaf.last);
        }
    }

    /// `use log::log` does not name itself by its first segment, and `use log` alone is a crate.
    fn imported(&mut self, leaf: &Leaf, name: &str, is_absolute: bool, start: Place) -> crate::ir::NodeId {
        let head = &leaf.path[0].name;
        let names_itself = head == name && self.scopes.inline_module(self.scopes.current_module(), head).is_none();
        let is_alone = leaf.path.len() == 1 && !matches!(head.as_str(), "self" | "super" | "crate");
        let is_crate = (names_itself || is_alone) && !self.scopes.is_file(head);
        self.segments(&leaf.path, is_absolute || is_crate, start)
    }

    /// Within the crate the whole path is noted, of other crates their name; of `a::*` both that and `a`.
    fn mention_leaf(&mut self, leaf: &Leaf) {
        let length = if leaf.is_glob { leaf.path.len() } else { leaf.path.len().saturating_sub(1) };
        let names: Vec<_> = leaf.path[..length].iter().map(|segment| segment.name.as_str()).collect();
        let span = self.between(leaf.path.first().map_or(leaf.last, |segment| segment.last), leaf.last);
        if leaf.is_glob {
            self.mention(&format!("{}::*", names.join("::")), span);
        } else if matches!(names.first(), Some(&("crate" | "self" | "super"))) {
            self.mention(&names.join("::"), span);
        }
    }

    pub(super) fn declare_extern_crate(&mut self, item: &syn::ItemExternCrate) {
        let ident = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
        if ident != "self" && ident != "_" {
            self.declare(&plain(ident), VariableKind::Import, ident.span());
        }
    }

    pub(super) fn lower_extern_crate(&mut self, item: &syn::ItemExternCrate) {
        let span = self.place(item.ident.span());
        let value = self.module(&plain(&item.ident), span);
        let ident = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
        if let Some(variable) = self.scopes.own(&plain(ident)) {
            self.builder.define(variable, value);
        }
    }

    /// Makes a variable of the file known outside.
    pub(super) fn export(&mut self, name: &str, variable: crate::ir::VariableId, place: Place) {
        let span = self.place(place);
        let value = self.builder.node(Expr::Variable(variable), span);
        let name = self.builder.name(name);
        self.builder.export(Export { name, value });
    }
}

fn leaves(tree: &UseTree) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

fn collect(tree: &UseTree, path: &mut Vec<Segment>, found: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(inner) => {
            path.push(Segment::of(&inner.ident));
            collect(&inner.tree, path, found);
            path.pop();
        }
        UseTree::Name(leaf) => found.push(named(path, &leaf.ident, None)),
        UseTree::Rename(leaf) => found.push(named(path, &leaf.ident, Some(&leaf.rename))),
        UseTree::Glob(glob) => {
            if !path.is_empty() {
                found.push(Leaf { path: path.clone(), name: None, is_glob: true, last: glob.star_token.span });
            }
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| collect(item, path, found)),
    }
}

/// `a::b::{self as c}` names `a::b`.
fn named(path: &[Segment], ident: &syn::Ident, rename: Option<&syn::Ident>) -> Leaf {
    let mut path = path.to_vec();
    if ident != "self" || path.is_empty() {
        path.push(Segment::of(ident));
    }
    let last = rename.unwrap_or(ident).span();
    let own = path.last().map(|segment| segment.name.clone());
    let name = rename.map(plain).or(own).filter(|name| name != "_");
    Leaf { path, name, is_glob: false, last }
}
