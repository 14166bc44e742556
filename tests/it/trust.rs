//! A tree may not acquit itself: its settings and comments count for those who stand in it, and whatever they change is told.

use serde_json::Value;

use super::tree::{Pack, Said, Tree, forewarn};

/// A tree that would like to be left alone.
fn sly(settings: &str) -> Tree {
    let text = "danger(1)\n// forewarn: ignore[own-danger] nothing to see\ndanger(2)\n";
    Tree::new(&[("wallet/src/a.ts", text), ("wallet/b.ts", "safety(1)\n"), ("wallet/forewarn.toml", settings)])
}

/// The words of a text, so that breaks of lines do not matter.
fn flat(said: &Said) -> String {
    said.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn settings_and_comments_of_a_tree_count_for_those_who_stand_in_it() {
    let pack = Pack::danger("high");
    let tree = sly("fail-on = 'never'\n");
    let from_outside = |more: &[&str]| forewarn(tree.root(), &[&["scan", "wallet"], &*pack.arguments(more)].concat());
    let from_inside = |more: &[&str]| forewarn(&tree.path("wallet"), &[&["scan", "."], &*pack.arguments(more)].concat());
    let findings = |said: &Said| {
        let report: Value = serde_json::from_str(&said.out).expect("JSON");
        report["findings"].as_array().map(Vec::len)
    };
    assert_eq!((from_outside(&[]).code, from_inside(&[]).code), (1, 0));
    assert!(flat(&from_outside(&[])).contains("forewarn.toml was not applied: you are not inside the scanned tree"));
    assert!(flat(&from_outside(&[])).contains("1 suppression comment of the tree not applied."));
    assert!(flat(&from_inside(&[])).contains("Gate from the settings: fail-on = never."));
    assert_eq!(findings(&from_outside(&["--format", "json"])), Some(2));
    assert_eq!(findings(&from_outside(&["--format", "json", "--trust-config"])), Some(1));
    assert_eq!(from_outside(&["--trust-config"]).code, 0);
    assert_eq!(from_outside(&["--config", "wallet/forewarn.toml"]).code, 0);
    assert_eq!(from_inside(&["--no-config"]).code, 1);
    assert_eq!(findings(&from_inside(&["--format", "json"])), Some(1));
    assert_eq!(findings(&from_inside(&["--format", "json", "--no-ignores"])), Some(2));
}

#[test]
fn what_is_excluded_is_told_and_was_not_analysed() {
    let pack = Pack::danger("high");
    let tree = sly("exclude = ['src/**']\n");
    tree.write("wallet/src/b.ts", "safety(2)\n".repeat(20));
    let said = forewarn(&tree.path("wallet"), &[&["scan", "."], &*pack.arguments(&[])].concat());
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.out.contains("INCOMPLETE") && !said.out.contains("PASSED"), "{}", said.out);
    assert!(flat(&said).contains("Excluded by the settings: 2 files, 23 lines"), "{}", said.out);
}

#[test]
fn little_that_was_read_is_never_called_passed() {
    let pack = Pack::danger("high");
    let kotlin: Vec<_> = (0..20).map(|number| (format!("app/F{number}.zig"), "x\n".to_owned())).collect();
    let files = kotlin.iter().map(|(path, text)| (path.as_str(), text.as_str())).chain([("a.ts", "safety(1)\n")]);
    let said = Tree::new(&files.collect::<Vec<_>>()).scan(&pack.arguments(&[]));
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.out.contains("INCOMPLETE") && !said.out.contains("PASSED"), "{}", said.out);
}

#[test]
fn rules_are_read_from_inside_of_the_tree_alone() {
    let pack = Pack::danger("high");
    for folder in ["/", "/etc", "../..", "away"] {
        let tree = Tree::new(&[("a.ts", "safety(1)"), ("forewarn.toml", &format!("rules = ['{folder}']"))]);
        std::os::unix::fs::symlink("/etc", tree.path("away")).expect("a link");
        let said = tree.scan(&pack.arguments(&[]));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{folder}: {}", said.err);
        assert!(said.err.contains("not inside the folder") || said.err.contains("leads out of"), "{folder}: {}", said.err);
    }
}

#[test]
fn settings_of_a_folder_above_are_mentioned_to_those_who_stand_in_it_or_below() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("wallet/a.ts", "safety(1)\n"), ("forewarn.toml", "fail-on = 'low'\n")]);
    std::fs::create_dir(tree.path(".git")).expect("a folder");
    let inside = forewarn(&tree.path("wallet"), &[&["scan", "."], &*pack.arguments(&[])].concat());
    assert!(flat(&inside).contains("../forewarn.toml was not applied: it is for the folder above"), "{}", inside.out);
    let at_it = forewarn(tree.root(), &[&["scan", "wallet"], &*pack.arguments(&[])].concat());
    assert!(flat(&at_it).contains("../forewarn.toml was not applied: it is for the folder above"), "{}", at_it.out);
    let wallet = tree.path("wallet");
    let path = wallet.to_str().expect("UTF-8");
    let outside = forewarn(Tree::new(&[]).root(), &[&["scan", path], &*pack.arguments(&[])].concat());
    assert!(!outside.out.contains("not applied"), "{}", outside.out);
}

#[test]
fn an_unpacked_archive_in_a_repository_is_not_ones_own() {
    let pack = Pack::danger("high");
    let tree = sly("fail-on = 'never'\n");
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
        assert!(git.arg("-C").arg(tree.root()).args(identity).args(arguments).output().expect("git").status.success());
    };
    let code = || forewarn(tree.root(), &[&["scan", "wallet"], &*pack.arguments(&[])].concat()).code;
    tree.write("notes.md", "notes");
    git(&["init", "--quiet"]);
    git(&["add", "notes.md"]);
    git(&["commit", "--quiet", "-m", "notes"]);
    assert_eq!(code(), 1, "it is in the folder of the repository, and no part of it");
    git(&["add", "wallet"]);
    git(&["commit", "--quiet", "-m", "wallet"]);
    assert_eq!(code(), 0, "it is a part of the repository in which the user stands");
}
