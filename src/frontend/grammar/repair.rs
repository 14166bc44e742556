//! Texts as a parser can read them where conditions of the preprocessor stand within declarations and expressions.

/// The text without the lines of conditions: both sides of each are read, one after the other.
pub(in crate::frontend) fn both_branches(text: &str) -> Option<String> {
    without_conditions(text, false)
}

/// The text without the lines of conditions and without all sides but the first: where each side opens the same brace.
pub(in crate::frontend) fn first_branches(text: &str) -> Option<String> {
    without_conditions(text, true)
}

/// The text without macros that stand among members in a line of their own and end without a semicolon: `DEFINE_MEMBERS(a, b)`.
pub(in crate::frontend) fn without_macros(text: &str) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut changed = false;
    for line in text.split_inclusive('\n') {
        let (code, end) = line.split_at(line.trim_end().len());
        let (name, rest) = code.trim_start().split_once('(').unwrap_or_default();
        let is_macro = code.starts_with([' ', '\t'])
            && name.len() > SHORTEST_MACRO
            && name.starts_with(|char: char| char.is_ascii_uppercase())
            && name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
            && rest.matches('(').count() + 1 == rest.matches(')').count()
            && rest.ends_with(')');
        changed |= is_macro;
        match is_macro {
            true => result.extend(code.bytes().map(|_| ' ')),
            false => result.push_str(code),
        }
        result.push_str(end);
    }
    changed.then_some(result)
}

/// Names of macros are longer than this.
const SHORTEST_MACRO: usize = 5;

fn without_conditions(text: &str, is_first_only: bool) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    // For each condition around: whether the side that is read now is left out.
    let mut left_out: Vec<bool> = Vec::new();
    let (mut is_continued, mut changed) = (false, false);
    for line in text.split_inclusive('\n') {
        let directive = line.trim_start().strip_prefix('#').map(str::trim_start);
        let word = directive.map_or("", |directive| directive.split(|char: char| !char.is_alphabetic()).next().unwrap_or_default());
        let is_directive = is_continued || matches!(word, "if" | "ifdef" | "ifndef" | "else" | "elif" | "elseif" | "endif");
        match word {
            _ if is_continued => {}
            "if" | "ifdef" | "ifndef" => left_out.push(false),
            "else" | "elif" | "elseif" => left_out.iter_mut().next_back().into_iter().for_each(|last| *last = is_first_only),
            "endif" => drop(left_out.pop()),
            _ => {}
        }
        is_continued = is_directive && line.trim_end().ends_with('\\');
        if is_directive || left_out.contains(&true) {
            changed = true;
            result.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            result.push_str(line);
        }
    }
    changed.then_some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_without_an_end_become_blank() {
        let text = "struct A {\n  int b;\n  DEFINE_MEMBERS(A, b(c))\n  DEFINED(b);\n};\n";
        let left = without_macros(text).expect("it has a macro");
        assert_eq!(left.len(), text.len());
        assert_eq!(left.split_whitespace().collect::<Vec<_>>(), ["struct", "A", "{", "int", "b;", "DEFINED(b);", "};"]);
        assert_eq!(without_macros("  f(a)\n"), None);
    }

    #[test]
    fn conditions_become_blank_lines_of_the_same_length() {
        let text = "f(\n#if A && \\\n B\n  a\n#else\n  é\n#endif\n);\n#define X 1\n";
        let both = both_branches(text).expect("it has a condition");
        assert_eq!(both.len(), text.len());
        assert_eq!(both.split_whitespace().collect::<Vec<_>>(), ["f(", "a", "é", ");", "#define", "X", "1"]);
        let first = first_branches(text).expect("it has a condition");
        assert_eq!(first.len(), text.len());
        assert_eq!(first.split_whitespace().collect::<Vec<_>>(), ["f(", "a", ");", "#define", "X", "1"]);
        assert_eq!(both_branches("int a;"), None);
    }
}
