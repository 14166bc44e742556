//! What names and types say of the whole tree at once: names of what is public, types that print themselves without what they hold.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::access::Symbol;
use super::index::World;
use crate::ir::{Expr, FunctionId, Literal, NodeId, Unit, VariableId};
use crate::program::{FunctionRef, Program, UnitId};
use crate::rule::Knowledge;
use crate::rule::lexicon::Lexicon;

impl World<'_> {
    /// Whether what is of a written type prints itself without what it holds.
    pub(super) fn is_silent(&self, unit: UnitId, ty: NodeId) -> bool {
        if self.silent.is_empty() {
            return false;
        }
        let code = self.program.unit(unit);
        let written = match *code.expr(ty) {
            Expr::Global(name) | Expr::Literal(Literal::Text(name)) => Some(code.name(name)),
            Expr::Variable(variable) => Some(code.name(code.variable(variable).name)),
            _ => self.program.path(unit, ty),
        };
        let last = written.and_then(|path| path.rsplit(['.', ':']).next());
        last.is_some_and(|name| self.silent.contains(name))
    }
}

/// The names of the tree that say that what they name is public.
pub(super) fn public_names(program: &Program<'_>, knowledge: &Knowledge) -> FxHashSet<Symbol> {
    let ids: Vec<_> = program.unit_ids().collect();
    let names = ids.par_iter().flat_map_iter(|&id| {
        let names = program.unit(id).names.iter().filter(|(_, name)| knowledge.lexicon.says_public(name));
        names.map(|(_, name)| Symbol::of(name))
    });
    names.collect::<Vec<_>>().into_iter().collect()
}

/// The names of the tree that give away a kind.
pub(super) fn telling_names(program: &Program<'_>, knowledge: &Knowledge) -> FxHashSet<Symbol> {
    let ids: Vec<_> = program.unit_ids().collect();
    let names = ids.par_iter().flat_map_iter(|&id| {
        let names = program.unit(id).names.iter().filter(|(_, name)| knowledge.lexicon.kind(name).is_some());
        names.map(|(_, name)| Symbol::of(name))
    });
    names.collect::<Vec<_>>().into_iter().collect()
}

/// The names of the types of the tree whose every way to print itself leaves out what is secret.
pub(super) fn silent_types(program: &Program<'_>, lexicon: &Lexicon) -> FxHashSet<String> {
    let mut types: FxHashMap<&str, bool> = FxHashMap::default();
    for id in program.unit_ids() {
        let unit = program.unit(id);
        for class in &unit.classes {
            let printers = class.methods.iter().filter(|method| lexicon.is_printer(unit.name(unit.function(**method).name)));
            for method in printers {
                *types.entry(unit.name(class.name)).or_insert(true) &=
                    is_silent(program, FunctionRef { unit: id, function: *method }, None, lexicon);
            }
        }
        // What prints a type of which it is no method takes it as its last parameter.
        let printers = (0..unit.functions.len() as u32).map(FunctionId);
        for function in printers.filter(|&function| lexicon.is_printer(unit.name(unit.function(function).name))) {
            let declared = unit.function(function);
            let Some(shown) = declared.parameters.last().filter(|_| declared.class.is_none()) else { continue };
            let ty = unit.variable(shown.variable).ty.and_then(|ty| type_name(unit, ty));
            if let Some(ty) = ty {
                let printer = FunctionRef { unit: id, function };
                *types.entry(ty).or_insert(true) &= is_silent(program, printer, Some(shown.variable), lexicon);
            }
        }
    }
    types.into_iter().filter(|(name, is_silent)| *is_silent && !name.is_empty()).map(|(name, _)| name.to_owned()).collect()
}

/// Whether a function reads nothing of what it shows, its object if it is given none, but plain fields whose names say that they are
/// no secret, and how long others are.
fn is_silent(program: &Program<'_>, printer: FunctionRef, shown: Option<VariableId>, lexicon: &Lexicon) -> bool {
    let unit = program.unit(printer.unit);
    let is_own = |node: NodeId| match (unit.expr(node), shown) {
        (Expr::This, None) => true,
        (Expr::Variable(variable), Some(shown)) => *variable == shown,
        _ => false,
    };
    let body = program.body(printer);
    let measured = body.iter().filter_map(|&node| match *unit.expr(node) {
        Expr::Field { base, name } if MEASURES.contains(&unit.name(name)) => Some(base),
        _ => None,
    });
    // `bytes().size()` measures what the method gives.
    let measured: FxHashSet<_> =
        measured.map(|node| if let Expr::Call { callee, .. } = *unit.expr(node) { callee } else { node }).collect();
    let (mut uses, mut plain) = (0_usize, 0_usize);
    for &node in body {
        match *unit.expr(node) {
            Expr::This if shown.is_none() => uses += 1,
            Expr::Variable(_) if is_own(node) => uses += 1,
            Expr::Field { base, name } if is_own(base) && (is_plain(unit.name(name), lexicon) || measured.contains(&node)) => {
                plain += 1
            }
            // What a method of its own gives may be anything.
            Expr::Call { callee, .. }
                if shown.is_none()
                    && !measured.contains(&callee)
                    && matches!(*unit.expr(callee), Expr::Field { base, .. } if is_own(base)) =>
            {
                uses += 1;
            }
            _ => {}
        }
    }
    uses == plain
}

/// Members that tell how much there is of something.
const MEASURES: &[&str] = &["size", "length", "len", "count", "isEmpty", "empty", "isNotEmpty"];

/// The last name by which a type is written.
fn type_name(unit: &Unit, ty: NodeId) -> Option<&str> {
    match *unit.expr(ty) {
        Expr::Global(name) | Expr::Field { name, .. } => Some(unit.name(name)),
        Expr::Variable(variable) => Some(unit.name(unit.variable(variable).name)),
        _ => None,
    }
}

fn is_plain(name: &str, lexicon: &Lexicon) -> bool {
    lexicon.kind(name).is_none() && !name.starts_with(|first: char| first.is_ascii_digit()) && !lexicon.is_inner(name)
}
