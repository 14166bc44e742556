//! What the command line promises: exit codes, errors that help, the same bytes whatever the machine does.

use std::io::Read;
use std::process::Stdio;

use super::tree::{Pack, Tree, command, danger_rule, forewarn};

/// Files, rules, further arguments, and the exit code.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a Pack, &'a [&'a str], i32);

#[test]
fn exit_codes_say_how_the_scan_ended() {
    let high = Pack::danger("high");
    let medium = Pack::danger("medium");
    let cases: &[Case<'_>] = &[
        (&[], &high, &[], 3),
        (&[("README.md", "danger(1)"), ("logo.png", "\0")], &high, &[], 3),
        (&[("a.zig", "danger(1)")], &high, &[], 3),
        (&[("a.ts", "safety(1)")], &high, &[], 0),
        (&[("a.ts", "danger(1)")], &high, &[], 1),
        (&[("a.ts", "danger(1)")], &high, &["--fail-on", "never"], 0),
        (&[("a.ts", "danger(1)")], &medium, &[], 0),
        (&[("a.ts", "danger(1)")], &medium, &["--fail-on", "medium"], 1),
        (&[("a.ts", "danger(1)")], &medium, &["--max-score", "2"], 3),
        (&[("a.ts", "safety(1)"), ("b.zig", "x\ny\nz")], &high, &["--min-coverage", "0.9"], 3),
        (&[("a.ts", "safety(1)"), ("forewarn.toml", "fail-on = 'never'")], &high, &[], 0),
    ];
    for (files, pack, more, code) in cases {
        let said = Tree::new(files).scan(&pack.arguments(more));
        assert_eq!(said.code, *code, "{files:?} {more:?}\n{}\n{}", said.out, said.err);
    }
    // With every rule there is a score that can be too high.
    let folder = medium.folder();
    let said = Tree::new(&[("a.ts", "danger(1)")]).scan(&["--no-db", "--rules", &folder, "--max-score", "2"]);
    assert_eq!(said.code, 1, "{}", said.out);
}

#[test]
fn wrong_usage_is_told_with_place_and_suggestion() {
    let tree = Tree::new(&[("a.ts", "x"), ("bad.json", "{"), ("broken/p/r.toml", "title = 1\n")]);
    let cases: &[(&[&str], &str)] = &[
        (&["--rule", "keygen-seeded-prgn"], "did you mean `keygen-seeded-prng`?"),
        (&["--format", "tabel"], "table"),
        (&["--as-of", "yesterday"], "write it as 2022-08-03"),
        (&["--max-score", "101"], "from 0 to 100"),
        (&["--fail-on", "hihg"], "invalid severity `hihg` (expected critical, high"),
        (&["--baseline", "bad.json"], "not a baseline"),
        (&["--baseline", "gone.json"], "gone.json"),
        (&["--rules", "broken"], "r.toml:1:9"),
        (&["--threads", "0"], "--threads"),
    ];
    for (arguments, part) in cases {
        let said = tree.scan(arguments);
        assert_eq!(said.code, 2, "{arguments:?}");
        assert!(said.err.contains(part), "{arguments:?}: {}", said.err);
        assert!(said.out.is_empty(), "{arguments:?}: {}", said.out);
    }
    let said = forewarn(tree.root(), &["scan", "nowhere"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("nowhere"), "{}", said.err);
}

#[test]
fn settings_are_read_at_the_root_and_mistakes_named() {
    let pack = Pack::danger("high");
    let cases = [
        ("fail-no = 'high'", "forewarn.toml:1:1: unknown field `fail-no`"),
        ("\n[rule.own-dagner]\nenabled = false", "did you mean `own-danger`?"),
        ("packs = ['key-handlin']", "did you mean `key-handling`?"),
        ("max-score = 200", "between 0 and 100"),
    ];
    for (settings, part) in cases {
        let said = Tree::new(&[("a.ts", "x"), ("forewarn.toml", settings)]).scan(&pack.arguments(&[]));
        assert_eq!(said.code, 2, "{settings}");
        assert!(said.err.contains(part), "{settings}: {}", said.err);
    }
}

#[test]
fn settings_move_findings_and_rules_of_the_tree_are_used() {
    let rule = danger_rule("high");
    let tree = |settings: &str| {
        Tree::new(&[
            ("a.ts", "danger(1)"),
            ("old/b.ts", "danger(2)"),
            ("rules/own/own-danger.toml", &rule),
            ("forewarn.toml", settings),
        ])
    };
    let places = |settings: &str| {
        let said = tree(settings).scan(&["--format", "json", "--rule", "own-danger"]);
        let report: serde_json::Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.err));
        let findings = report["findings"].as_array().expect("findings").clone();
        findings
            .iter()
            .map(|finding| format!("{} {}", finding["severity"].as_str().unwrap(), finding["place"]["path"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(places("rules = ['rules']"), ["high a.ts", "high old/b.ts"]);
    assert_eq!(places("rules = ['rules']\nexclude = ['old/**']"), ["high a.ts"]);
    assert_eq!(places("rules = ['rules']\n[rule.own-danger]\nexclude = ['a.ts']\nseverity = 'low'"), ["low old/b.ts"]);
}

#[test]
fn comments_and_baselines_set_findings_aside() {
    let pack = Pack::danger("high");
    let text = "danger(1)\n// forewarn: ignore[own-danger] a drill\ndanger(2)\n// forewarn: ignore[own-danger]\nsafety(3)\n";
    let tree = Tree::new(&[("a.ts", text)]);
    let first = tree.scan(&pack.arguments(&["--full"]));
    assert_eq!(first.code, 1);
    let flat = first.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("1 by comments in the code"), "{}", first.out);
    let made = forewarn(tree.root(), &[&["baseline", "create", "--file", "known.json"], &*pack.arguments(&[])].concat());
    assert_eq!((made.code, made.out.as_str()), (0, "known.json: 1 accepted, 1 new, 0 gone\n"), "{}", made.err);
    assert!(first.out.contains("gives no reason") && first.out.contains("suppresses nothing"), "{}", first.out);

    let moved = format!("\n\n{text}");
    tree.write("a.ts", &moved);
    let second = tree.scan(&pack.arguments(&["--baseline", "known.json"]));
    assert_eq!(second.code, 0, "{}", second.out);
    assert!(second.out.contains("1 known from the baseline"), "{}", second.out);

    tree.write("a.ts", "safety(1)\n");
    let third = tree.scan(&pack.arguments(&["--baseline", "known.json", "--full"]));
    let flat = third.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("matches no finding any more"), "{}", third.out);
    let pruned = forewarn(tree.root(), &[&["baseline", "prune", "--file", "known.json"], &*pack.arguments(&[])].concat());
    assert_eq!((pruned.code, pruned.out.as_str()), (0, "known.json: 0 accepted, 0 new, 1 gone\n"), "{}", pruned.err);
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let pack = Pack::danger("medium");
    let files: Vec<_> =
        (0..40).map(|number| (format!("src/f{number}.ts"), format!("danger({number})\n").repeat(number + 1))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let tree = Tree::new(&files);
    for format in ["table", "json", "sarif", "markdown", "html", "junit", "gitlab", "github"] {
        let run = |threads| {
            tree.scan(&pack.arguments(&["--format", format, "--threads", threads, "--as-of", "2026-01-01", "--full"])).out
        };
        let one = run("1");
        assert!(one.len() > 500, "{format}");
        assert_eq!(one, run("2"), "{format}");
    }
}

#[test]
fn colour_is_for_those_who_ask() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "danger(1)")]);
    assert!(!tree.scan(&pack.arguments(&[])).out.contains('\u{1b}'), "piped output has no colour");
    assert!(tree.scan(&pack.arguments(&["--color", "always"])).out.contains('\u{1b}'));
    let arguments = [vec!["scan", "."], pack.arguments(&[])].concat();
    let output = command(tree.root(), &arguments).env("NO_COLOR", "1").output().expect("the program starts");
    assert!(!output.stdout.contains(&0x1b));
    assert!(tree.scan(&pack.arguments(&["--quiet"])).out.is_empty());
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let pack = Pack::danger("medium");
    let text = "danger(1)\n".repeat(3000);
    let tree = Tree::new(&[("a.ts", &text)]);
    let arguments = [vec!["scan", ".", "--format", "json"], pack.arguments(&[])].concat();
    let mut child = command(tree.root(), &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut out = child.stdout.take().expect("piped");
    let mut few = [0; 16];
    out.read_exact(&mut few).expect("the report begins");
    drop(out);
    let mut err = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut err).expect("remarks are UTF-8");
    assert_eq!((child.wait().expect("it ends").code(), err.as_str()), (Some(0), ""));
}

#[test]
fn reports_go_to_files_and_rules_are_explained() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "danger(1)")]);
    let said = tree.scan(&pack.arguments(&["--output", "report.json", "--format", "json"]));
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    let text = tree.read("report.json");
    assert!(text.starts_with('{') && text.contains("forewarn/v1"));

    let folder = pack.arguments(&[])[1].to_owned();
    let said = forewarn(tree.root(), &["explain", "own-danger", "--rules", &folder]);
    assert_eq!(said.code, 0);
    assert!(
        ["Danger loses funds.", "Slope Wallet, August 2022", "Bad example"].iter().all(|part| said.out.contains(part)),
        "{}",
        said.out
    );
    let said = forewarn(tree.root(), &["explain", "own-dagner", "--rules", &folder]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("did you mean `own-danger`?"), "{}", said.err);
}

#[test]
fn rules_are_listed_and_their_examples_run() {
    let tree = Tree::new(&[("own/own-danger.toml", &danger_rule("high"))]);
    tree.write("own/own-wrong.toml", danger_rule("high").replace("safety(1)", "danger(2)"));
    let said = forewarn(tree.root(), &["rules", "test", "own/own-danger.toml"]);
    assert_eq!((said.code, said.out.as_str()), (0, "1 rule tested, 0 failed\n"), "{}", said.err);
    let said = forewarn(tree.root(), &["rules", "test", "own/own-wrong.toml"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("example 2: is good, but the rule reports a.ts:1"), "{}", said.err);

    let said = forewarn(tree.root(), &["rules", "list", "--format", "json", "--rules", "own"]);
    let list: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let ids: Vec<_> = list["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert!(ids.contains(&"own-danger") && ids.contains(&"keygen-seeded-prng") && ids.is_sorted());
}

#[test]
fn the_intermediate_representation_can_be_seen() {
    let tree = Tree::new(&[("a.ts", "const x = f(1)"), ("b.txt", "x")]);
    let said = forewarn(tree.root(), &["debug", "ir", "a.ts"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.out.is_empty());
    assert_eq!(forewarn(tree.root(), &["debug", "ir", "b.txt"]).code, 2);
}

#[test]
fn calls_and_summaries_can_be_seen_with_their_lines() {
    let tree = Tree::new(&[
        ("src/a.ts", "import { note } from './b';\nexport const run = (seed: string) => note(seed);\n"),
        ("src/b.ts", "export function note(text: string) {\n  console.log(text);\n}\n"),
    ]);
    let said = |command, file| forewarn(tree.root(), &["debug", command, file, "--root", "."]).out;
    assert_eq!(said("calls", "src/a.ts"), "    2  ?note -> note\n");
    assert!(said("summaries", "src/b.ts").contains("parameter `text` -> log, `console.log()` (line 2)"));
}
