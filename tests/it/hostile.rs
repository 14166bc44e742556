//! Trees made to break the scan: none may, and each must be told of.

use std::fs::{self, File};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use forewarn::report::{Gate, Outcome};
use forewarn::scan::{ScanError, scan};
use forewarn::source::NoticeKind;

use crate::tree::{Tree, notices, options, report};

/// A harmless file: what is hostile beside it may not hide it.
const PLAIN: &str = "export const answer = 42;\n";

#[test]
fn a_tree_without_code_is_incomplete() {
    for files in [&[][..], &[("notes.bin", "\0\0\0")], &[("poem.txt", "no code at all")]] {
        let root = Tree::new(files);
        let report = report(root.root());
        let outcome = Gate::default().outcome(&report);
        assert!(matches!(outcome, Outcome::Incomplete(_)), "{files:?}: {outcome:?}");
        assert_eq!(outcome.exit_code(), 3);
    }
}

#[test]
fn a_huge_file_is_a_notice_and_not_memory() {
    let root = Tree::new(&[("a.js", PLAIN)]);
    File::create(root.path("huge.js")).and_then(|file| file.set_len(200 << 20)).expect("a sparse file");
    let report = report(root.root());
    assert_eq!(notices(&report, "huge.js"), [NoticeKind::LimitReached]);
    assert_eq!(report.coverage.analysed_files(), 1);
}

#[test]
fn deep_nesting_is_a_notice() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let cases = [
        ("deep.json", deep("[", "]")),
        ("objects.json", deep("{\"a\":", "}").replacen('}', "1}", 1)),
        ("deep.yaml", deep("[", "]")),
        ("deep.toml", format!("a = {}", deep("[", "]"))),
        ("deep.xml", deep("<a>", "</a>")),
        ("deep.html", deep("<div>", "</div>")),
        ("deep.js", format!("x = {};", deep("(", ")"))),
        ("arrays.js", format!("x = {};", deep("[", "]"))),
        ("blocks.ts", deep("{", "}")),
        ("chain.js", format!("x{};", ".a()".repeat(100_000))),
        ("sum.ts", format!("x = 1{};", " + 1".repeat(100_000))),
        ("deep.rs", format!("fn f() {{ let x = {}; }}", deep("(", ")"))),
        ("blocks.rs", format!("fn f() {}", deep("{", "}"))),
        ("sum.rs", format!("fn f() {{ let x = 1{}; }}", " + 1".repeat(100_000))),
        ("types.rs", format!("type T = {}u8{};", "Vec<".repeat(100_000), ">".repeat(100_000))),
        ("package-lock.json", format!("{{\"lockfileVersion\": 1, \"dependencies\": {}", deep("{\"a\":", "}"))),
    ];
    for (path, text) in &cases {
        let root = Tree::new(&[(*path, text.as_str()), ("plain.js", PLAIN)]);
        let report = report(root.root());
        let said = notices(&report, path);
        let is_read = path.starts_with("chain") || path.starts_with("sum") || path.ends_with(".html") || path.ends_with(".xml");
        assert!(is_read || !said.is_empty(), "{path}: no notice");
        assert!(report.coverage.analysed_files() >= 1, "{path}: the file beside it was lost");
    }
}

#[test]
fn odd_bytes_are_noticed_and_the_rest_is_read() {
    let root = Tree::new(&[("long.js", &format!("var a = \"{}\";", "x".repeat(5 << 20)))]);
    root.write("latin.js", b"// caf\xe9\nexport const answer = 42;\n");
    root.write("zeros.js", [0; 4096]);
    root.write("utf16.js", b"\xff\xfea\0=\x001\0");
    root.write("escape.js", "// \u{1b}[31m\u{202e}red\nvar a = 1;\n");
    let report = report(root.root());
    assert_eq!(notices(&report, "latin.js"), [NoticeKind::Encoding]);
    assert_eq!(notices(&report, "utf16.js"), []);
    assert!(report.coverage.analysed_files() >= 3, "{:?}", report.coverage);
}

#[test]
fn links_are_not_followed() {
    let outside = Tree::new(&[("secret.js", PLAIN)]);
    let root = Tree::new(&[("src/a.js", PLAIN)]);
    let link = |from: &str, to: &std::path::Path| std::os::unix::fs::symlink(to, root.path(from)).expect("a link");
    link("loop", root.root());
    link("out", outside.root());
    link("passwd.js", std::path::Path::new("/etc/passwd"));
    link("dangling.js", std::path::Path::new("nowhere.js"));
    link("self.js", std::path::Path::new("self.js"));
    link("twin.js", std::path::Path::new("src/a.js"));
    let report = report(root.root());
    for path in ["out", "passwd.js", "dangling.js", "self.js"] {
        assert_eq!(notices(&report, path), [NoticeKind::Link], "{path}");
    }
    assert_eq!(notices(&report, "loop"), []);
    assert_eq!(report.coverage.analysed_files(), 1);
}

#[test]
fn only_regular_files_are_opened() {
    let root = Tree::new(&[("a.js", PLAIN)]);
    let made = Command::new("mkfifo").arg(root.path("pipe.js")).status().expect("mkfifo");
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(root.path("socket.js")).expect("a socket");
    assert_eq!(report(root.root()).coverage.analysed_files(), 1);
}

#[test]
fn an_unreadable_file_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let root = Tree::new(&[("a.js", PLAIN), ("closed.js", PLAIN)]);
    let closed = root.path("closed.js");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).expect("permissions");
    let is_superuser = fs::read(&closed).is_ok();
    let report = report(root.root());
    // Nothing is closed to the superuser; what becomes of a file that cannot be read is tested beside the walk as well.
    let expected: &[NoticeKind] = if is_superuser { &[] } else { &[NoticeKind::Unreadable] };
    assert_eq!(notices(&report, "closed.js"), expected);
}

#[test]
fn a_file_that_changes_meanwhile_does_no_harm() {
    let root = Tree::new(&[("a.js", PLAIN)]);
    let path = root.path("moving.js");
    let is_done = AtomicBool::new(false);
    // Ends the writer even if an assertion fails.
    struct Done<'a>(&'a AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    thread::scope(|scope| {
        let done = Done(&is_done);
        scope.spawn(|| {
            for size in (0..).map(|round| (round * 7919) % 100_000) {
                if is_done.load(Ordering::Relaxed) {
                    break;
                }
                fs::write(&path, "a();\n".repeat(size / 5)).expect("a file");
                fs::remove_file(&path).expect("the same file");
            }
        });
        for _ in 0..20 {
            let report = report(root.root());
            assert!(report.coverage.analysed_files() >= 1);
            assert!(notices(&report, "a.js").is_empty());
        }
        drop(done);
    });
}

#[test]
fn deep_folders_and_odd_names_are_survived() {
    let root = Tree::new(&[("a.js", PLAIN)]);
    let deep = "d/".repeat(80);
    root.write(&format!("{deep}b.js"), PLAIN);
    root.write("new\nline \u{1b}[2J.js", PLAIN);
    let report = report(root.root());
    let limit = "d/".repeat(64);
    assert_eq!(notices(&report, limit.trim_end_matches('/')), [NoticeKind::LimitReached]);
    assert_eq!(report.coverage.analysed_files(), 2);
}

#[test]
fn a_broken_rule_is_an_error_that_names_its_place() {
    let root = Tree::new(&[("a.js", PLAIN)]);
    let cases = [
        ("title = ", "bad-rule.toml:1"),
        ("severty = \"high\"", "did you mean `severity`?"),
        ("\0", "bad-rule.toml:1"),
        ("title = \"t\"\nseverity = \"huge\"", "bad-rule.toml:2"),
    ];
    for (text, expected) in cases {
        let rules = Tree::new(&[("packs/own/bad-rule.toml", text)]);
        let mut options = options(root.root());
        options.rule_folders.push(rules.root().into());
        let error = scan(&options).expect_err("a broken rule");
        assert!(matches!(error, ScanError::Rule(_)), "{error}");
        assert!(error.to_string().contains(expected), "{text:?}: {error}");
    }
}
