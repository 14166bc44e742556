//! Results that are told again: the same words, whatever becomes of the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::tree::{Said, Tree, command};

const SECRET: &str =
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";

fn wallet() -> Tree {
    let manifest = "{ \"name\": \"w\", \"dependencies\": { \"event-stream\": \"3.3.6\" } }";
    let code =
        format!("export function seed() {{ return Math.random().toString(16); }}\nconst key = \"{SECRET}\";\nconsole.log(key);\n");
    Tree::new(&[("package.json", manifest), ("src/seed.ts", &code)])
}

fn scan(tree: &Tree, cache: &Path, arguments: &[&str]) -> Command {
    let mut command = command(tree.root(), &[&["scan", ".", "--no-db"], arguments].concat());
    command.env_remove("FOREWARN_CACHE").arg("--cache").arg(cache);
    command
}

fn told(tree: &Tree, cache: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Said { code, out, err } = Said::of(&mut scan(tree, cache, arguments));
    (code, out, err)
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(cache).into_iter().flatten().flatten().map(|entry| entry.path());
    found.filter(|path| path.file_name().is_some_and(|name| name.len() == 64)).collect()
}

#[test]
fn a_warm_scan_tells_what_a_cold_one_told() {
    let (tree, folder) = (wallet(), TempDir::new().expect("a folder"));
    for format in ["table", "json", "sarif"] {
        let without = Said::of(&mut command(tree.root(), &["scan", ".", "--no-db", "--format", format]));
        let without = (without.code, without.out, without.err);
        let cache = folder.path().join(format);
        for threads in ["1", "2", "8", "1"] {
            assert_eq!(told(&tree, &cache, &["--format", format, "--threads", threads]), without, "{format}, {threads} threads");
        }
        assert_eq!(entries(&cache).len(), 1, "{format}: all but the first were told again");
        let entry = entries(&cache).remove(0);
        let kept = String::from_utf8_lossy(&fs_read(&entry)).into_owned();
        assert!(!kept.contains(SECRET), "no secret is kept");
    }
}

#[expect(clippy::disallowed_methods, reason = "a test looks at what the program wrote")]
fn fs_read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("it is there")
}

#[test]
fn what_differs_is_scanned() {
    let (tree, folder) = (wallet(), TempDir::new().expect("a folder"));
    let cache = folder.path().join("c");
    let first = told(&tree, &cache, &["--format", "json"]);
    for (number, arguments) in
        [&["--format", "json", "--as-of", "2019-01-01"][..], &["--format", "json", "--fail-on", "never"], &["--full"]]
            .iter()
            .enumerate()
    {
        told(&tree, &cache, arguments);
        assert_eq!(entries(&cache).len(), number + 2, "{arguments:?}");
    }
    tree.write("src/more.ts", "console.log(mnemonic);\n");
    let second = told(&tree, &cache, &["--format", "json"]);
    assert_ne!(first.1, second.1);
    fs::remove_file(tree.path("src/more.ts")).expect("our file");
    assert_eq!(told(&tree, &cache, &["--format", "json"]), first);
    assert_eq!(entries(&cache).len(), 5);
    // A file that is written is written again.
    let output = folder.path().join("report.json");
    let output = output.to_str().expect("UTF-8");
    told(&tree, &cache, &["--output", output]);
    fs::remove_file(output).expect("the report");
    told(&tree, &cache, &["--output", output]);
    assert!(Path::new(output).is_file());
}

#[test]
fn a_cache_that_cannot_be_used_costs_a_remark() {
    let (tree, folder) = (wallet(), TempDir::new().expect("a folder"));
    let plain = Said::of(&mut command(tree.root(), &["scan", ".", "--no-db", "--format", "json"]));
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let inside = tree.path("cache");
    for cache in [file.as_path(), &file.join("below"), &inside, tree.root()] {
        let said = told(&tree, cache, &["--format", "json"]);
        assert_eq!((said.0, &said.1), (plain.code, &plain.out), "{}", cache.display());
        assert!(said.2.contains("is not used"), "{}", said.2);
    }
    assert!(!inside.exists());
}

#[test]
fn what_is_damaged_is_scanned_anew() {
    let (tree, folder) = (wallet(), TempDir::new().expect("a folder"));
    let cache = folder.path().join("c");
    let first = told(&tree, &cache, &["--format", "json"]);
    let entry = entries(&cache).remove(0);
    let whole = fs_read(&entry);
    for damaged in [&whole[..whole.len() / 2], b"", &[&whole[..whole.len() - 1], b"!"].concat()] {
        fs::write(&entry, damaged).expect("our entry");
        assert_eq!(told(&tree, &cache, &["--format", "json"]), first);
        assert_eq!(fs_read(&entry), whole);
    }
}

#[test]
fn several_at_once_do_not_disturb_each_other() {
    let (tree, folder) = (wallet(), TempDir::new().expect("a folder"));
    let cache = folder.path().join("c");
    let start = |_| scan(&tree, &cache, &["--format", "json"]).stdout(std::process::Stdio::piped()).spawn().expect("it starts");
    let running: Vec<_> = (0..4).map(start).collect();
    let outs: Vec<_> = running.into_iter().map(|child| child.wait_with_output().expect("it ends").stdout).collect();
    assert!(outs.windows(2).all(|pair| pair[0] == pair[1]) && !outs[0].is_empty());
}
