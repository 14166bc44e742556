//! Bare names that mean a member of a value: of the one that a block works on, or that a function extends.

use super::reader::Reader;
use crate::ir::{Expr, NodeId, VariableId};
use crate::source::Span;

/// How names of constants begin that C gives to languages which see its libraries: `kSecClass`, `errSecSuccess`.
const CONSTANTS: &[&str] = &["k", "err", "no"];

/// How many expressions may stand between the beginning of a block and a name in it.
const MOST_BETWEEN: usize = 4_000;

impl Reader<'_> {
    /// A bare name that is read. One that nothing in the file has is a member of what a block works on, or of what the function extends;
    /// linking looks for it elsewhere if that has no such member.
    pub(in crate::frontend) fn bare(&mut self, name: &str, span: Span) -> NodeId {
        let node = self.ir.name(name, span);
        let is_global = matches!(self.ir.expr(node), Expr::Global(_));
        if !is_global || self.grammar.words.of_receiver.is_empty() || !is_member_name(name) {
            return node;
        }
        // What a class of a library gives has no members of a program's own names: a block around or the function knows better.
        let around = self.ir.all_implied();
        let own = around.iter().copied().find(|&value| !self.is_object(value));
        let base = match own.or_else(|| around.first().copied().filter(|_| !self.ir.has_receiver())) {
            Some(value) => self.ir.read(value, span),
            None if self.ir.has_receiver() => self.ir.node(Expr::This, span),
            None => return node,
        };
        self.ir.field(base, name, span)
    }

    /// A bare name that is called: of functions, those of the language's library count that values of every program have.
    pub(in crate::frontend) fn called_bare(&mut self, name: &str, span: Span) -> NodeId {
        let node = self.ir.name(name, span);
        if !self.is_of_receiver(name) || !matches!(self.ir.expr(node), Expr::Global(_)) {
            return node;
        }
        let this = self.ir.node(Expr::This, span);
        self.ir.field(this, name, span)
    }

    /// Whether a block works on what a class gives, `MessageDigest.getInstance("SHA-256")`, `StringBuilder()`: it is no text and no list.
    pub(in crate::frontend) fn is_object(&self, value: VariableId) -> bool {
        let unit = self.ir.builder.unit();
        let written = unit.nodes.iter().rev().take(MOST_BETWEEN).find_map(|node| match node.expr {
            Expr::Assign { target, value: written } => {
                matches!(unit.expr(target), Expr::Variable(it) if *it == value).then_some(written)
            }
            _ => None,
        });
        let Some(Expr::Call { callee, .. }) = written.map(|written| unit.expr(written)) else { return false };
        let class = match *unit.expr(*callee) {
            Expr::Field { base, .. } => base,
            _ => *callee,
        };
        let name = match *unit.expr(class) {
            Expr::Global(name) | Expr::Field { name, .. } => name,
            Expr::Variable(variable) => unit.variable(variable).name,
            _ => return false,
        };
        unit.name(name).starts_with(char::is_uppercase)
    }

    /// Whether a bare name that is called is a method that what the function extends has of its library.
    pub(in crate::frontend) fn is_of_receiver(&self, name: &str) -> bool {
        self.grammar.words.of_receiver.contains(&name) && self.ir.has_receiver()
    }
}

/// Whether members are named so, and not classes or constants.
fn is_member_name(name: &str) -> bool {
    let is_constant = || {
        let rest = CONSTANTS.iter().find_map(|begin| name.strip_prefix(begin));
        rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
    };
    name.starts_with(char::is_lowercase) && !is_constant() && !["stdout", "stderr", "errno"].contains(&name)
}
