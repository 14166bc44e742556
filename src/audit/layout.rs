//! How a text stands in its file: the lines around it, the headings above it, and the name that takes it. Read off the lines, so that
//! it is the same for every language and for files that no reader knows.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// So much of a line is looked at on either side of a text.
const LONGEST_LINE: usize = 2_000;
/// Lines that are looked at for headings.
const MOST_LINES: usize = 600;
/// Headings that are told.
const MOST_HEADINGS: usize = 8;
/// What stands between a name and the text that it takes is taken off in so many steps.
const MOST_WRAPPERS: usize = 6;

/// The lines that a range touches, and so many before and after, without the last line's end. Of lines that nobody wrote by hand only
/// what stands near.
pub(super) fn lines_around(text: &str, range: &Range<usize>, lines: u32) -> Range<usize> {
    let reach = LONGEST_LINE.saturating_mul(lines as usize + 1);
    let from = text.floor_char_boundary(range.start.saturating_sub(reach));
    let to = text.ceil_char_boundary(range.end.saturating_add(reach).min(text.len()));
    let before = text[from..range.start].rmatch_indices('\n').nth(lines as usize);
    let after = text[range.end..to].match_indices('\n').nth(lines as usize);
    before.map_or(from, |(newline, _)| from + newline + 1)..after.map_or(to, |(newline, _)| range.end + newline)
}

/// The first lines of the blocks around a place, from the inside: lines above it that begin further left than all between.
pub(super) fn headings(text: &str, start: usize) -> Vec<&str> {
    let line = lines_around(text, &(start..start), 0);
    let mut least = indentation(&text[line.clone()]);
    let mut found = Vec::new();
    for above in text[..line.start].lines().rev().take(MOST_LINES) {
        if least == 0 || found.len() == MOST_HEADINGS {
            break;
        }
        let trimmed = above.trim();
        if trimmed.is_empty() || is_remark(trimmed) || trimmed.chars().all(|char| ")]};,".contains(char)) {
            continue;
        }
        let indentation = indentation(above);
        if indentation >= least {
            continue;
        }
        found.push(above);
        // The end of a list of arguments opens the block; what it belongs to stands above, as far left.
        least = if trimmed.starts_with([')', ']', '}']) { indentation + 1 } else { indentation };
    }
    found
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line is a comment of its own.
pub(super) fn is_remark(trimmed: &str) -> bool {
    ["//", "/*", "*", "#", "<!--", "--", ";"].iter().any(|mark| trimmed.starts_with(mark))
}

/// The name that takes the text at `start`: of a variable, a member, a key or a function that returns it; for an entry of a list, of
/// the list.
pub(super) fn bound_name(text: &str, start: usize) -> Option<&str> {
    let line = lines_around(text, &(start..start), 0);
    let before = unwrapped(&text[line.start..start]);
    if !before.trim().is_empty() {
        return name_at_end(before);
    }
    let heading = headings(text, start).into_iter().find(|heading| !heading.trim().starts_with([')', ']', '}']))?;
    name_at_end(unwrapped(heading))
}

/// A line without what stands between a name and its value: marks of quotes and lists, calls that only wrap, other choices.
fn unwrapped(mut line: &str) -> &str {
    static WRAPPER: LazyLock<Regex> = LazyLock::new(|| {
        let ways = [
            r#"["'`]"#,
            r#"(?:new\s+)?[\w.$:]+!?\s*(?:<[^<>]*>)?\(\s*(?:\w+\s*[:=]\s*)?"#,
            r"[\[{(]",
            r"[\w.!()&|\s]*\?[^?]*\s:",
            r"(?:\|\||\?\?|&)",
            r"\b(?:return|await|new|f|r|b)",
            r"\([^()]*\)\s*=>",
            r#"(?:["'`][^"'`]*["'`]|[\w.]+)\s*,"#,
        ];
        Regex::new(&format!(r"(?:{})\s*$", ways.join("|"))).expect("a valid pattern")
    });
    static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"["'`][A-Za-z_][\w.-]*["'`]\s*,\s*$"#).expect("a valid pattern"));
    for _ in 0..MOST_WRAPPERS {
        if NAMED.is_match(line) {
            break;
        }
        let Some(found) = WRAPPER.find(line) else { break };
        line = &line[..found.start()];
    }
    line
}

fn name_at_end(line: &str) -> Option<&str> {
    static NAMES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let patterns = [
            r#"([A-Za-z_$][\w$-]*)["'`\]]?\s*(?:\??\s*:\s*[^=:(){}"',]{1,60})?\s*(?::=|=|=>|->)\s*$"#,
            r#"([A-Za-z_$][\w$.-]*)["'`]?\s*:\s*$"#,
            r#"["'`]([A-Za-z_][\w.-]*)["'`]\s*,\s*$"#,
            r"(?:function|fun|func|fn|def|get)\s+([A-Za-z_$][\w$]*)\s*\([^()]*\)[^()]*$",
            r"([A-Za-z_$][\w$]*)\s*\([^()]*\)\s*(?:=>|\{|:|$)\s*$",
        ];
        patterns.into_iter().map(|pattern| Regex::new(pattern).expect("a valid pattern")).collect()
    });
    NAMES.iter().find_map(|pattern| Some(pattern.captures(line)?.get(1)?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_off_any_language() {
        let cases = [
            ("export const GUIDE_URL = \"@\";", Some("GUIDE_URL")),
            ("    static final String NAMESPACE = \"@\";", Some("NAMESPACE")),
            ("pub const NODE: &str = \"@\";", Some("NODE")),
            ("let api = URL(string: \"@\")!", Some("api")),
            ("  rpcUrl: '@',", Some("rpcUrl")),
            ("node: @", Some("node")),
            ("  'ws': isMain ? 'wss://a' : '@',", Some("ws")),
            ("    buildConfigField \"String\", \"API_URL\", '\"@\"'", Some("API_URL")),
            ("    API_URL = os.environ.get('API') or x || \"@\"", None),
            ("const peers = [\n  'a',\n  '@',\n];", Some("peers")),
            ("fun home(): String {\n    return \"@\"\n}", Some("home")),
            ("const base = () => '@';", Some("base")),
            ("  first: new Explorer('https://a', '@'),", Some("first")),
        ];
        for (text, expected) in cases {
            let start = text.find('@').expect("a mark");
            assert_eq!(bound_name(text, start), expected, "{text}");
        }
    }

    #[test]
    fn headings_are_lines_further_left() {
        let text = "android {\n    flavours {\n        stage {\n            a 1\n        }\n        shop(\n            x,\n        ) {\n            // left\n            url '@'\n";
        let found: Vec<_> = headings(text, text.find('@').expect("a mark")).into_iter().map(str::trim).collect();
        assert_eq!(found, [") {", "shop(", "flavours {", "android {"]);
    }
}
