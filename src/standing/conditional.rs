//! `#if DEBUG`, `#ifdef` and their like: which lines are built for whom.

use super::scan::Scan;
use super::word::words;
use crate::source::{Aside, AsideKind, Span};

/// Words of names that are defined while somebody develops.
const DEBUG: &[&str] = &["debug", "dev", "development", "developer", "simulator"];
/// Words of names that are defined for tests.
const TEST: &[&str] =
    &["test", "tests", "testing", "unittest", "unittests", "uitest", "uitests", "mock", "mocks", "fuzz", "fuzzing"];
/// Words of names that say what ships.
const RELEASE: &[&str] = &["release", "production", "prod", "ndebug"];

/// One `#if` that is open.
struct Open {
    /// What the branches so far ask for.
    asked: Vec<String>,
    /// What the present branch is, since which byte.
    branch: Option<(usize, AsideKind, String)>,
}

/// The branches that are not built for users.
pub(super) fn find(text: &str, scan: &Scan) -> Vec<Aside> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let code = scan.code[start..end].trim_ascii_start();
        let Some(directive) = code.strip_prefix(b"#") else { continue };
        let directive = String::from_utf8_lossy(directive);
        let (name, condition) = split(directive.trim());
        match name {
            "if" => open.push(Open::new(condition, end)),
            "ifdef" => open.push(Open::new(&format!("defined({condition})"), end)),
            "ifndef" => open.push(Open::new(&format!("!defined({condition})"), end)),
            "elif" | "elseif" | "elsif" => {
                if let Some(last) = open.last_mut() {
                    found.extend(last.close(start));
                    *last = Open { branch: branch(condition, end), asked: std::mem::take(&mut last.asked) };
                    last.asked.push(condition.to_owned());
                }
            }
            "else" => {
                if let Some(last) = open.last_mut() {
                    found.extend(last.close(start));
                    last.branch = otherwise(&last.asked, end);
                }
            }
            "endif" => found.extend(open.pop().and_then(|mut last| last.close(start))),
            _ => {}
        }
    }
    found
}

fn split(directive: &str) -> (&str, &str) {
    let end = directive.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(directive.len());
    (&directive[..end], directive[end..].trim())
}

impl Open {
    fn new(condition: &str, at: usize) -> Self {
        Self { asked: vec![condition.to_owned()], branch: branch(condition, at) }
    }

    fn close(&mut self, end: usize) -> Option<Aside> {
        let (start, kind, reason) = self.branch.take()?;
        Some(Aside { span: Span::new(start as u32, end as u32), kind, reason })
    }
}

fn branch(condition: &str, at: usize) -> Option<(usize, AsideKind, String)> {
    let kind = judge(condition)?;
    Some((at, kind, format!("between `#if {}` and its end", shown(condition))))
}

/// What `#else` is: the one branch that is left when all before it ship.
fn otherwise(asked: &[String], at: usize) -> Option<(usize, AsideKind, String)> {
    let [condition] = asked else { return None };
    let bare = condition.replace(' ', "");
    let negated = bare.strip_prefix('!').map(ToOwned::to_owned);
    let kind = match negated {
        Some(positive) => judge(&positive)?,
        None if has_word(&bare, RELEASE) && !bare.contains("||") => AsideKind::Debug,
        None if bare == "1" || bare == "true" => AsideKind::Unbuilt,
        None => return None,
    };
    Some((at, kind, format!("in the `#else` of `#if {}`", shown(condition))))
}

/// What holds a branch back: each way to fulfil the condition must do so.
fn judge(condition: &str) -> Option<AsideKind> {
    let kinds: Option<Vec<_>> = condition.split("||").map(|way| way.split("&&").filter_map(judge_term).min()).collect();
    kinds?.into_iter().max()
}

fn judge_term(term: &str) -> Option<AsideKind> {
    let bare: String =
        term.chars().filter(|char| !char.is_whitespace()).map(|char| if "()".contains(char) { '_' } else { char }).collect();
    let bare = bare.trim_start_matches('_');
    match bare.strip_prefix('!') {
        Some(name) if has_word(name, RELEASE) => Some(AsideKind::Debug),
        Some(_) => None,
        None if matches!(bare.trim_end_matches('_'), "0" | "false") => Some(AsideKind::Unbuilt),
        None if has_word(bare, RELEASE) || bare.ends_with("==0") => None,
        None if has_word(bare, TEST) => Some(AsideKind::Test),
        None if has_word(bare, DEBUG) => Some(AsideKind::Debug),
        None => None,
    }
}

/// Whether a word of a name is one of some; `testnet` and `developerID` are other words.
pub(super) fn has_word(name: &str, list: &[&str]) -> bool {
    words(name).iter().any(|word| list.contains(&word.as_str()))
}

/// A condition as it is told: short, in one line.
fn shown(condition: &str) -> String {
    condition.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::syntax::Syntax;

    #[test]
    fn branches_that_do_not_ship() {
        use AsideKind::{Debug, Test, Unbuilt};
        for (text, expected) in [
            ("#if DEBUG\nx\n#else\ny\n#endif\nz", vec![(Debug, "x\n")]),
            ("#if !DEBUG\ny\n#else\nx\n#endif\n", vec![(Debug, "x\n")]),
            ("  #if DEBUG || BETA\nx\n#endif\n", vec![]),
            ("#if DEBUG && BETA\nx\n#endif\n", vec![(Debug, "x\n")]),
            ("#ifdef UNIT_TEST\nx\n#endif\n", vec![(Test, "x\n")]),
            ("#ifndef NDEBUG\nx\n#endif\n", vec![(Debug, "x\n")]),
            ("#if targetEnvironment(simulator)\nx\n#elseif os(iOS)\ny\n#endif\n", vec![(Debug, "x\n")]),
            ("#if 0\nx\n#endif\n", vec![(Unbuilt, "x\n")]),
            ("#if DEBUG == 0\nx\n#endif\n", vec![]),
            ("#ifdef TESTNET\nx\n#endif\n", vec![]),
            ("// #if DEBUG\nx\n// #endif\n", vec![]),
            ("#if DEBUG\n#if A\nx\n#endif\ny\n#endif\n", vec![(Debug, "#if A\nx\n#endif\ny\n")]),
            ("#if A\nx\n#elif DEBUG\ny\n#endif\n", vec![(Debug, "y\n")]),
            ("#if DEBUG\nx", vec![]),
        ] {
            let scan = Scan::of(Syntax::of("a.c").expect("known"), text);
            let found = find(text, &scan);
            let found: Vec<_> =
                found.iter().map(|aside| (aside.kind, &text[aside.span.start as usize..aside.span.end as usize])).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
