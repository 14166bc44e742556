//! Every table against its grammar, and what no table may do to a scan. Golden texts stand in `tests/fixtures/ir`.

use super::grammar::{self, Grammar};
use crate::ir::{Expr, write_text};
use crate::source::{FileId, NoticeKind, SourceFile};

const GRAMMARS: &[&Grammar] = &[
    &super::java::GRAMMAR,
    &super::go::GRAMMAR,
    &super::kotlin::GRAMMAR,
    &super::python::GRAMMAR,
    &super::solidity::GRAMMAR,
    &super::c::GRAMMAR,
    &super::c::CPP_GRAMMAR,
    &super::swift::GRAMMAR,
    &super::dart::GRAMMAR,
    &super::objc::GRAMMAR,
    &super::csharp::GRAMMAR,
];

fn lower(grammar: &'static Grammar, text: &str) -> super::Lowered {
    let path = format!("a.{}", grammar.extensions[0]);
    grammar::lower(grammar, &SourceFile::in_memory(FileId(0), &path, text))
}

#[test]
fn every_row_names_a_kind_and_every_kind_has_a_row() {
    for grammar in GRAMMARS {
        let (unknown, lost) = grammar.faults();
        assert!(unknown.is_empty(), "{}: rows that name no kind of the grammar: {unknown:?}", grammar.language);
        assert!(lost.is_empty(), "{}: kinds that no row names: {lost:?}", grammar.language);
    }
}

#[test]
fn hostile_depth_neither_panics_nor_overflows() {
    let deep = [
        ("f(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("(", ")"),
        ("!", ""),
        ("a+", ""),
        ("a.b(", ")"),
        ("if(a){", "}"),
        ("x=", ""),
        ("a?b:", ""),
    ];
    for grammar in GRAMMARS {
        for (open, close) in deep {
            for depth in [350, 4_000] {
                let nest = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                for text in [nest.clone(), format!("void f() {{ {nest}; }}"), format!("package a\nfunc f() {{ {nest} }}")] {
                    let _ = write_text(&lower(grammar, &text).unit);
                }
            }
        }
    }
}

#[test]
fn no_more_lines_are_skipped_than_there_are() {
    // Each once counted a line more: behind the last end of a line, or twice.
    let cases = [
        ("a.js", "}\n"),
        ("a.html", "<script>}</script><script>}</script>\n"),
        ("a.cpp", "t _{R#h>\n"),
        ("a.swift", "\"\"-d\")\n"),
        ("a.rs", "fn f( {\n"),
        ("a.py", "def f(:\n"),
        ("a.go", "func (\n"),
    ];
    for (path, text) in cases {
        let file = SourceFile::in_memory(FileId(0), path, text);
        let lowered = super::find(&file).expect("a front end").lower(&file);
        assert_eq!((lowered.lines_analysed, lowered.lines_skipped), (0, 1), "{path}");
    }
}

#[test]
fn a_broken_file_gives_a_notice_with_its_line_and_keeps_the_rest() {
    let cases = [
        (&super::java::GRAMMAR, "class A {\n  void f() { before(); }\n  void g( { int = ; }\n  void h() { after(); }\n}\n"),
        (&super::go::GRAMMAR, "package a\nfunc f() { before() }\nfunc ( { := }\nfunc h() { after() }\n"),
    ];
    for (grammar, text) in cases {
        let lowered = lower(grammar, text);
        let [notice] = &lowered.notices[..] else { panic!("{}: {:?}", grammar.language, lowered.notices) };
        assert_eq!((notice.kind, notice.line), (NoticeKind::ParseError, Some(3)), "{}", grammar.language);
        assert!(lowered.lines_skipped > 0 && lowered.lines_analysed > 0, "{}", grammar.language);
        let calls = lowered.unit.all_nodes().filter(|(_, node)| matches!(node.expr, Expr::Call { .. })).count();
        assert!(calls >= 2, "{}: {}", grammar.language, write_text(&lowered.unit));
    }
}

#[test]
fn a_scanner_that_looks_through_the_rest_of_the_text_at_each_token_runs_out_of_it() {
    // 100 kB of comments that never end once took 19 s: the scanner of Kotlin's grammar is a loop of its own, which no callback ends.
    let lowered = lower(&super::kotlin::GRAMMAR, &"/*".repeat(50_000));
    let [notice] = &lowered.notices[..] else { panic!("{:?}", lowered.notices) };
    assert_eq!(notice.kind, NoticeKind::LimitReached);
}

#[test]
fn an_annotation_at_the_very_end_of_a_kotlin_file_ends() {
    // The scanner of the grammar waits for a white space that never comes.
    for text in ["class A {\n val a: Int = 1\n@x", "val a: Int = 1\n@x", "class A {\n var a: Int = 1\n @x("] {
        let lowered = lower(&super::kotlin::GRAMMAR, text);
        assert_eq!(lowered.lines_analysed + lowered.lines_skipped, text.lines().count() as u32, "{text}");
    }
}
