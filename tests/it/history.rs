//! The history of a repository says of each release what a scan of it says.

use super::tree::{Pack, Said, Tree, forewarn};

/// A repository with a release for each list of files, a month apart.
fn repository(releases: &[(&str, &[(&str, &str)])]) -> Tree {
    let tree = Tree::new(&[]);
    let git = |day: &str, arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b.example"]).arg("-C").arg(tree.root());
        git.env("GIT_COMMITTER_DATE", day).env("GIT_AUTHOR_DATE", day);
        assert!(git.args(arguments).output().expect("git").status.success(), "{arguments:?}");
    };
    git("", &["init", "--quiet"]);
    for (month, (name, files)) in (1..).zip(releases) {
        let day = format!("2021-{month:02}-10T12:00:00Z");
        git(&day, &["rm", "-r", "--quiet", "--ignore-unmatch", "."]);
        files.iter().for_each(|(path, text)| tree.write(path, text));
        git(&day, &["add", "--all"]);
        git(&day, &["commit", "--quiet", "--allow-empty", "-m", name]);
        git(&day, &["tag", name]);
    }
    tree
}

fn history(tree: &Tree, arguments: &[&str]) -> serde_json::Value {
    let said = forewarn(tree.root(), &[&["history", ".", "--format", "json"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).expect("JSON")
}

#[test]
fn each_release_is_what_a_scan_of_it_says_and_changes_are_told() {
    let main = "import { x } from './b';\nexport const start = () => x(1);\n";
    let danger = "export const x = (a) => danger(a);\n";
    let tree = repository(&[
        ("v1", &[("a.ts", main), ("b.ts", "export const x = (a) => a;\n")]),
        ("v2", &[("a.ts", main), ("b.ts", danger)]),
        ("v3", &[("a.ts", main), ("lib/b.ts", danger), ("README.md", "text")]),
        ("v4", &[("a.ts", main), ("lib/b.ts", "export const x = (a) => a;\n")]),
    ]);
    let pack = Pack::danger("high");
    let rules = pack.arguments(&[]);
    let found = history(&tree, &rules[..2]);
    let releases = found["releases"].as_array().expect("releases");
    assert_eq!(releases.len(), 4);
    for release in releases {
        let (name, day) = (release["release"].as_str().expect("a name"), release["date"].as_str().expect("a day"));
        let revision = format!(".@{name}");
        let arguments =
            ["scan", &revision, "--as-of", day, "--no-db", "--format", "json", "--fail-on", "never", rules[0], rules[1]];
        let Said { out, err, .. } = forewarn(tree.root(), &arguments);
        let scan: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        for severity in ["critical", "high", "medium", "low", "info"] {
            let same =
                scan["findings"].as_array().expect("findings").iter().filter(|finding| finding["severity"] == severity).count();
            assert_eq!(release["findings"][severity].as_u64(), Some(same as u64), "{name}: {severity}");
        }
    }
    let rules_of = |index: usize, what: &str| -> Vec<String> {
        let changes = releases[index][what].as_array().expect("changes").iter();
        changes.map(|change| change["rule"].as_str().expect("a rule").to_owned()).filter(|rule| rule == "own-danger").collect()
    };
    assert_eq!(rules_of(1, "introduced"), ["own-danger"]);
    assert!(rules_of(2, "introduced").is_empty() && rules_of(2, "removed").is_empty(), "the file was renamed: {releases:?}");
    assert_eq!(rules_of(3, "removed"), ["own-danger"]);
    assert!(found["reading"]["readBefore"].as_u64() >= Some(3), "{}", found["reading"]);
}

#[test]
fn releases_are_chosen_by_tag_step_and_day_and_equal_trees_are_scanned_once() {
    let file: &[(&str, &str)] = &[("a.ts", "danger(1)\n")];
    let tree = repository(&[("v1", file), ("beta", file), ("v2", file), ("v3", file)]);
    let names = |arguments: &[&str]| -> Vec<String> {
        let found = history(&tree, arguments);
        let releases = found["releases"].as_array().expect("releases").iter();
        releases.map(|release| release["release"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&["--tags", "v*"]), ["v1", "v2", "v3"]);
    assert_eq!(names(&["--since", "2021-02-01", "--until", "2021-03-31"]), ["beta", "v2"]);
    assert_eq!(names(&["--every", "2"]).len(), 2);
    let found = history(&tree, &["--as-of", "2022-01-01"]);
    let same: Vec<_> = found["releases"].as_array().expect("releases").iter().map(|release| release["sameFiles"] == true).collect();
    assert_eq!(same, [false, true, true, true]);
    let none = forewarn(tree.root(), &["history", ".", "--tags", "w*"]);
    assert!(none.code == 2 && none.err.contains("no such releases in"), "{}", none.err);
}

#[test]
fn a_history_is_drawn_with_what_happened() {
    let tree = repository(&[("v1", &[("a.ts", "x")]), ("v<2>", &[("a.ts", "danger(1)\n")])]);
    let arguments = ["history", ".", "--name", "near/near-wallet", "--output", "h.svg", "--output", "h.md", "--quiet"];
    let said = forewarn(tree.root(), &arguments);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    let (picture, table) = (tree.read("h.svg"), tree.read("h.md"));
    assert!(picture.contains("NEAR Wallet") && picture.contains("v&lt;2&gt;") && !picture.contains("v<2>"), "{picture}");
    assert!(table.contains("| v1 ") && table.contains("***") && table.contains("2 releases of near/near-wallet"), "{table}");
}
