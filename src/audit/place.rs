//! What stands at a place of a file with code: found in steps that do not depend on how much code there is.

use std::cell::OnceCell;
use std::cmp::Reverse;

use crate::ir::{FunctionId, Unit};
use crate::source::Span;

/// The places of a file's code, ordered when first asked for.
pub(super) struct Places<'a> {
    /// The code, if the file has any.
    pub(super) unit: Option<&'a Unit>,
    functions: OnceCell<Vec<Around>>,
    code: OnceCell<Vec<Span>>,
}

/// A function and the one around it, by its place in the list.
struct Around {
    span: Span,
    function: FunctionId,
    around: Option<usize>,
}

impl<'a> Places<'a> {
    /// The places of a unit.
    pub(super) const fn of(unit: Option<&'a Unit>) -> Self {
        Self { unit, functions: OnceCell::new(), code: OnceCell::new() }
    }

    /// The innermost function around a place.
    pub(super) fn function_at(&self, span: Span) -> FunctionId {
        let functions = self.functions.get_or_init(|| self.unit.map_or_else(Vec::new, nested));
        let mut at = functions.partition_point(|function| function.span.start <= span.start).checked_sub(1);
        while let Some(function) = at.map(|at| &functions[at]) {
            if function.span.contains(span) {
                return function.function;
            }
            at = function.around;
        }
        FunctionId::MODULE
    }

    /// Whether an expression stands within a place.
    pub(super) fn has_code(&self, span: Span) -> bool {
        let code = self.code.get_or_init(|| self.unit.map_or_else(Vec::new, written));
        let first = code.partition_point(|node| node.start < span.start);
        code[first..].iter().take_while(|node| node.start < span.end).any(|node| node.end <= span.end)
    }
}

/// The functions by their beginnings, the outer ones first.
fn nested(unit: &Unit) -> Vec<Around> {
    let functions = unit.functions.iter().enumerate();
    let mut nested: Vec<_> = functions
        .map(|(index, function)| Around { span: function.span, function: FunctionId(index as u32), around: None })
        .collect();
    nested.sort_by_key(|it| (it.span.start, Reverse(it.span.end), Reverse(it.function.0)));
    let mut open: Vec<usize> = Vec::new();
    for index in 0..nested.len() {
        while open.last().is_some_and(|&outer| !nested[outer].span.contains(nested[index].span)) {
            open.pop();
        }
        nested[index].around = open.last().copied();
        open.push(index);
    }
    nested
}

/// The expressions that are written, by their beginnings.
fn written(unit: &Unit) -> Vec<Span> {
    let mut spans: Vec<_> = unit.nodes.iter().map(|node| node.span).filter(|span| span.end > span.start).collect();
    spans.sort_unstable();
    spans
}
