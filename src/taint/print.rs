//! What names and types say of the whole tree at once: names of what is public, types that print themselves without what they hold.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::access::Symbol;
use super::index::World;
use crate::ir::{Expr, FunctionId, Literal, NodeId, Unit};
use crate::program::{Program, UnitId};
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

/// The names of the types of the tree whose every way to print itself leaves out what is secret.
pub(super) fn silent_types(program: &Program<'_>, lexicon: &Lexicon) -> FxHashSet<String> {
    let mut types: FxHashMap<&str, bool> = FxHashMap::default();
    for (_, unit) in program.units() {
        for class in &unit.classes {
            let printers = class.methods.iter().filter(|method| lexicon.is_printer(unit.name(unit.function(**method).name)));
            for method in printers {
                *types.entry(unit.name(class.name)).or_insert(true) &= is_silent(unit, *method, lexicon);
            }
        }
    }
    types.into_iter().filter(|(name, is_silent)| *is_silent && !name.is_empty()).map(|(name, _)| name.to_owned()).collect()
}

/// Whether a method reads nothing of its object but plain fields whose names say that they are no secret.
fn is_silent(unit: &Unit, method: FunctionId, lexicon: &Lexicon) -> bool {
    let is_own = |node: NodeId| matches!(unit.expr(node), Expr::This);
    let (mut uses, mut plain) = (0_usize, 0_usize);
    for (_, content) in unit.all_nodes().filter(|(_, content)| content.function == method) {
        match content.expr {
            Expr::This => uses += 1,
            Expr::Field { base, name } if is_own(base) && is_plain(unit.name(name), lexicon) => plain += 1,
            // What a method of its own gives may be anything.
            Expr::Call { callee, .. } if matches!(*unit.expr(callee), Expr::Field { base, .. } if is_own(base)) => uses += 1,
            _ => {}
        }
    }
    uses == plain
}

fn is_plain(name: &str, lexicon: &Lexicon) -> bool {
    lexicon.kind(name).is_none() && !name.starts_with(|first: char| first.is_ascii_digit()) && !lexicon.is_inner(name)
}
