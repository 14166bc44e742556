//! `if` statements on a build for developers, in languages that are read as text only: `if (BuildConfig.DEBUG) { … }`.

use std::sync::LazyLock;

use regex::Regex;

use super::attribute::end_of_block;
use super::scan::Scan;
use crate::source::{Aside, AsideKind, Span};

/// A condition that holds in a build for developers only, up to the brace of its block.
static GUARD: LazyLock<Regex> = LazyLock::new(|| {
    let development = r"BuildConfig\.DEBUG|kDebugMode|__DEV__|import\.meta\.env\.DEV|_isDebugAssertConfiguration\(\)|Debugger\.IsAttached|cfg!\((?:test|debug_assertions)\)|process\.env\.NODE_ENV\s*(?:!==?\s*.production.|===?\s*.(?:development|test).)";
    Regex::new(&format!(r"(?-u:\b)if\s*\(?\s*({development})\s*(?:&&[^|{{\n]*)?\)?\s*\{{")).expect("a pattern")
});

/// The blocks that only a build for developers runs.
pub(super) fn find(text: &str, scan: &Scan) -> Vec<Aside> {
    let of_guard = |captures: regex::Captures<'_>| {
        let whole = captures.get_match();
        let is_code = scan.code[whole.start()] == b'i' && scan.code[whole.end() - 1] == b'{';
        let span = Span::new(whole.end() as u32, end_of_block(&scan.code, whole.end()) as u32);
        is_code.then(|| Aside { span, kind: AsideKind::Debug, reason: format!("run only if `{}`", &captures[1]) })
    };
    GUARD.captures_iter(text).filter_map(of_guard).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::syntax::Syntax;

    #[test]
    fn blocks_for_developers() {
        for (name, text, expected) in [
            ("a.kt", "if (BuildConfig.DEBUG) { a(\"}\") } else { b() }", vec![" a(\"}\") "]),
            ("a.dart", "if (kDebugMode && x) {\n a();\n}\nb();", vec!["\n a();\n"]),
            ("a.kt", "if (BuildConfig.DEBUG || x) { a() }", vec![]),
            ("a.kt", "if (!BuildConfig.DEBUG) { a() }", vec![]),
            ("a.java", "// if (BuildConfig.DEBUG) {\na() }", vec![]),
            ("a.js", "if (process.env.NODE_ENV !== 'production') { a() }", vec![" a() "]),
            ("a.js", "if (process.env.NODE_ENV === 'production') { a() }", vec![]),
        ] {
            let scan = Scan::of(Syntax::of(name).expect("known"), text);
            let found: Vec<_> =
                find(text, &scan).iter().map(|aside| &text[aside.span.start as usize..aside.span.end as usize]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
