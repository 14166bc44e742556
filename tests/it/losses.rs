//! Nothing is lost: a report or a store is written whole or not at all, whatever ends the writing.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::tree::{Pack, Said, Tree, command};

/// A tree whose report is longer than what the tests below let a process write.
fn tree() -> Tree {
    Tree::new(&[("a.ts", &"danger(1)\n".repeat(3000))])
}

fn record(number: usize) -> String {
    format!(
        r#"{{"id": "GHSA-{number}", "published": "2021-05-01T00:00:00Z", "affected": [{{"package": {{"ecosystem": "npm", "name": "left{number}"}},
        "versions": ["1.0.0"]}}]}}"#
    )
}

/// A folder `records` with advisories.
fn records(count: usize) -> Tree {
    let files: Vec<_> = (0..count).map(|number| (format!("records/{number}.json"), record(number))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Tree::new(&files)
}

fn import(tree: &Tree) -> Command {
    command(tree.root(), &["db", "import", "records", "--db", "store"])
}

fn status(tree: &Tree) -> Said {
    Said::of(&mut command(tree.root(), &["db", "status", "--db", "store"]))
}

/// The command in a process that may write files of so many blocks only, as if the disk were full.
fn with_little_disk(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    limited.current_dir(command.get_current_dir().expect("a folder")).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

/// The names of the files of a folder, ordered.
fn names(tree: &Tree, folder: &str) -> Vec<String> {
    let files = fs::read_dir(tree.path(folder)).expect("a folder").flatten();
    let mut names: Vec<_> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_leaves_the_report_of_before() {
    let (tree, pack) = (tree(), Pack::danger("high"));
    let arguments = [vec!["scan", ".", "--format", "json", "--output", "report.json"], pack.arguments(&[])].concat();
    let mut scan = with_little_disk(&command(tree.root(), &arguments));
    tree.write("report.json", "before");
    let said = Said::of(&mut scan);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("cannot write report.json: "), "{}", said.err);
    assert_eq!(tree.read("report.json"), "before");
    assert_eq!(names(&tree, "."), ["a.ts", "report.json"]);
    // And where nothing was, nothing is.
    fs::remove_file(tree.path("report.json")).expect("the file");
    assert_eq!(Said::of(&mut scan).code, 2);
    assert_eq!(names(&tree, "."), ["a.ts"]);
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let (tree, pack) = (tree(), Pack::danger("high"));
    let said = tree.scan(&pack.arguments(&["--output", "/dev/full"]));
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("cannot write /dev/full: No space left on device"), "{}", said.err);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let arguments = [vec!["scan", "."], pack.arguments(&[])].concat();
    let output = command(tree.root(), &arguments).stdout(full).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left on device"));
    let said = tree.scan(&pack.arguments(&["--output", "nowhere/report.json"]));
    assert_eq!(said.code, 2);
    assert!(said.err.contains("cannot write nowhere/report.json: "), "{}", said.err);
}

#[test]
fn an_interrupt_leaves_a_whole_report() {
    let (tree, pack) = (tree(), Pack::danger("high"));
    let arguments = [vec!["scan", ".", "--format", "json", "--output", "report.json"], pack.arguments(&[])].concat();
    for milliseconds in [1, 5, 20, 60, 120, 250, 500] {
        tree.write("report.json", "before");
        let mut child = command(tree.root(), &arguments).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(milliseconds));
        let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
        interrupt.expect("kill runs");
        child.wait().expect("it ends");
        let report = tree.read("report.json");
        let is_whole = report == "before" || serde_json::from_str::<serde_json::Value>(&report).is_ok();
        assert!(is_whole, "after {milliseconds} ms: {} bytes", report.len());
    }
}

#[test]
fn imports_at_once_do_not_harm_each_other() {
    let tree = records(200);
    let start = || import(&tree).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    let mut done = 0;
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => done += 1,
            code => assert!(code == Some(2) && said.contains("another process is writing to this database"), "{code:?}: {said}"),
        }
    }
    assert!(done > 0, "nobody was let in");
    let said = status(&tree);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("200") && said.out.contains("The checksums match."), "{}", said.out);
    // What is left is the store, and nothing half-made.
    let names = names(&tree, "store");
    assert!(names.len() == 3 && names[0] == "index.json" && names[1] == "lock", "{names:?}");
}

#[test]
fn an_import_that_is_killed_leaves_the_store_of_before() {
    let tree = records(400);
    tree.write("first/0.json", record(1000));
    let first = ["db", "import", "first", "--db", "store"];
    assert_eq!(Said::of(&mut command(tree.root(), &first)).code, 0);
    let before = status(&tree).out;
    for milliseconds in [1, 10, 30, 60, 100, 200] {
        let mut child = import(&tree).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("it is killed or over");
        let is_done = child.wait().expect("it ends").success();
        let said = status(&tree);
        assert_eq!(said.code, 0, "after {milliseconds} ms: {}", said.err);
        if is_done {
            break;
        }
        let is_one_of_both = said.out == before || said.out.contains("401");
        assert!(is_one_of_both, "after {milliseconds} ms: {}", said.out);
    }
    // And whoever comes next is let in.
    let said = Said::of(&mut import(&tree));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(status(&tree).out.contains("401"));
}

#[test]
fn a_full_disk_leaves_the_store_of_before() {
    let tree = records(400);
    tree.write("first/0.json", record(1000));
    assert_eq!(Said::of(&mut command(tree.root(), &["db", "import", "first", "--db", "store"])).code, 0);
    let (before, files) = (status(&tree).out, names(&tree, "store"));
    let said = Said::of(&mut with_little_disk(&import(&tree)));
    assert_eq!(said.code, 2);
    assert!(said.err.contains("store/") && said.err.contains("File too large"), "{}", said.err);
    assert_eq!(status(&tree).out, before);
    assert_eq!(names(&tree, "store"), files);
}

#[test]
fn a_store_that_was_cut_off_says_so_and_is_not_believed() {
    let tree = records(50);
    assert_eq!(Said::of(&mut import(&tree)).code, 0);
    tree.write("package-lock.json", r#"{"lockfileVersion": 3, "packages": {"node_modules/left1": {"version": "1.0.0"}}}"#);
    for name in names(&tree, "store").into_iter().filter(|name| name != "lock") {
        let path = tree.path(&format!("store/{name}"));
        let whole = fs::read(&path).expect("a file of the store");
        for length in [0, 1, whole.len() / 2, whole.len() - 2] {
            fs::write(&path, &whole[..length]).expect("a cut file");
            for arguments in [&["db", "status"][..], &["db", "import", "records"], &["scan", "."]] {
                let said = Said::of(&mut command(tree.root(), &[arguments, &["--db", "store"]].concat()));
                assert_eq!(said.code, 2, "{arguments:?}, {name} cut to {length}: {}", said.err);
                assert!(said.err.contains(&format!("store/{name}")), "{arguments:?}, {name} cut to {length}: {}", said.err);
            }
        }
        fs::write(&path, whole).expect("the file of before");
    }
    assert_eq!(status(&tree).code, 0);
}
