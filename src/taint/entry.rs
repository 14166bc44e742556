//! Names of entries: texts that are joined with marks between their parts, as no key or phrase is.

use crate::ir::{BinaryOp, Expr, Literal, NodeId, Unit};

/// How many definitions and parts are looked through.
const MAX_DEPTH: u32 = 8;

/// Whether an expression is made of parts with a mark between them: `${address}:${suffix}`, `"wallet_" + id`. Blanks join the words
/// of a phrase, and `0x` begins a number.
pub(super) fn is_entry_name(unit: &Unit, node: NodeId) -> bool {
    is_joined(unit, node, MAX_DEPTH)
}

fn is_joined(unit: &Unit, node: NodeId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let text = |node: &NodeId| match *unit.expr(*node) {
        Expr::Literal(Literal::Text(text)) => Some(unit.name(text)),
        _ => None,
    };
    match unit.expr(node) {
        Expr::Template(parts) => {
            let is_open = parts.iter().any(|part| text(part).is_none());
            is_open && parts.iter().filter_map(text).any(is_mark)
        }
        Expr::Binary { op: BinaryOp::Add, left, right } => {
            let sides = [left, right];
            let is_open = sides.iter().any(|side| text(side).is_none());
            is_open && (sides.iter().filter_map(|side| text(side)).any(is_mark) || is_joined(unit, *left, depth))
        }
        // A format, or a list that is joined by a mark.
        Expr::Call { callee, arguments, .. } => {
            let texts = arguments.iter().map(|&argument| unit.given(argument)).filter_map(|argument| text(&argument));
            let is_method_named =
                |names: &[&str]| matches!(unit.expr(*callee), Expr::Field { name, .. } if names.contains(&unit.name(*name)));
            let is_join = is_method_named(JOINS);
            texts.into_iter().any(|text| is_format(text) || is_join && is_mark(text))
        }
        Expr::Typed { value, .. } | Expr::Named { value, .. } => is_joined(unit, *value, depth),
        _ => false,
    }
}

/// Methods that join the parts of a list.
const JOINS: &[&str] = &["join", "joined", "joinToString", "componentsJoinedByString"];

/// Marks that stand between the parts of a name.
const MARKS: &[char] = &[':', '/', '_', '-', '.', '|', '#', '@'];

/// Whether a part of a text holds a mark, so that the whole is a name.
fn is_mark(text: &str) -> bool {
    text.contains(MARKS) && !text.contains(char::is_whitespace)
}

/// Whether a text is a format with a mark next to a place for a part: `%s:%s`, `{}/{}`.
fn is_format(text: &str) -> bool {
    let has_place = |text: &str| text.contains('%') || text.contains('{');
    let ends_with_place =
        |text: &str| text.ends_with('}') || text.ends_with(|char: char| char.is_ascii_alphabetic() || char == '@');
    let mut ends = text.char_indices().filter(|(_, char)| MARKS.contains(char));
    !text.contains(char::is_whitespace)
        && ends.any(|(at, char)| {
            let (before, after) = (&text[..at], &text[at + char.len_utf8()..]);
            (has_place(before) && ends_with_place(before)) && has_place(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_names_have_marks_between_places() {
        for text in ["%s:%s", "{}/{}", "%@_%@", "wallet_{id}-{name}"] {
            assert!(is_format(text), "{text}");
        }
        for text in ["%s", "{}", "%02x", "%s %s", "0x{}", "a-b"] {
            assert!(!is_format(text), "{text}");
        }
    }

    #[test]
    fn marks_join_names_and_blanks_join_phrases() {
        assert!(is_mark(":") && is_mark("wallet_") && is_mark("/keys/"));
        assert!(!is_mark(" ") && !is_mark("0x") && !is_mark("m - n"));
    }
}
