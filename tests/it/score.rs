//! The score: trained, explained, and blind to what came later.

use forewarn::rule::Date;
use serde_json::Value;

use super::tree::{Pack, Tree, danger_rule, forewarn};

fn json(tree: &Tree, arguments: &[&str]) -> Value {
    let said = tree.scan(&[arguments, &["--format", "json", "--no-db", "--fail-on", "never"]].concat());
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.err))
}

#[test]
fn nothing_that_is_dated_later_changes_a_score() {
    // `minimist` 1.2.0 has advisories of 2020 and 2022; the rule is of 2020.
    let lock = r#"{"name":"w","lockfileVersion":2,"packages":{"":{"dependencies":{"minimist":"1.2.0"}},
        "node_modules/minimist":{"version":"1.2.0","resolved":"https://registry.example/m.tgz","integrity":"sha512-AA=="}}}"#;
    let tree = Tree::new(&[
        ("package.json", r#"{"name":"w","dependencies":{"minimist":"1.2.0"}}"#),
        ("package-lock.json", lock),
        ("a.ts", "danger(1)"),
    ]);
    let later = danger_rule("critical").replace("2020-01-01", "2021-06-01");
    let (known, unknown) = (Tree::new(&[]), Tree::new(&[("own/own-later.toml", &later)]));
    let scan = |rules: &Tree, day: &str| {
        let report = json(&tree, &["--rules", rules.root().to_str().expect("a path"), "--as-of", day]);
        (report["assessment"].clone(), report["findings"].clone())
    };
    assert_eq!(scan(&known, "2021-05-31"), scan(&unknown, "2021-05-31"), "a rule of the next day");
    assert_ne!(scan(&known, "2021-06-01"), scan(&unknown, "2021-06-01"));
    let (_, findings) = scan(&unknown, "2021-05-31");
    let day = |text: &str| text.parse::<Date>().expect("a day");
    let advisories = findings.as_array().into_iter().flatten().filter_map(|one| one["package"]["advisories"].as_array()).flatten();
    for published in advisories.filter_map(|advisory| advisory["published"].as_str()) {
        assert!(day(published) <= day("2021-05-31"), "{published}");
    }
}

#[test]
fn a_score_is_explained_to_the_last_digit() {
    let pack = Pack::danger("critical");
    let tree = Tree::new(&[("a.ts", "danger(1)\ndanger(2)\n")]);
    let rules = pack.arguments(&[])[1].to_owned();
    let said = forewarn(tree.root(), &["explain", "--score", ".", "--rules", &rules]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["What no rule saw: 0.", "What the findings say: 0.", "own-danger: 0.", "0 of 0 serious", "a.ts:2"] {
        assert!(said.out.contains(part), "{part} is not in\n{}", said.out);
    }
    let report = json(&tree, &["--rules", &rules]);
    let score = &report["assessment"]["score"];
    let number = |name: &str| score[name].as_f64().expect("a number");
    let sound = (1.0 - number("unseen")) * (1.0 - number("findings")).powf(number("trust"));
    assert!((number("value") - 100.0 * (1.0 - sound)).abs() < 0.1, "{score}");
    let text = format!("Risk {:.1} %", number("value"));
    assert!(said.out.starts_with(&text), "{text}: {}", said.out);
    assert_eq!(forewarn(tree.root(), &["explain"]).code, 2);
}

/// A corpus of a case, a control and a background tree, each with a repository of its own.
fn corpus() -> Tree {
    let tree = Tree::new(&[]);
    let entry = |table: &str, id: &str, rest: &str| format!("[[{table}]]\nid = '{id}'\nrepo = 'o/{id}'\n{rest}\n");
    let incident = "class = 'weak-randomness'\nvulnerable_commit = 'HEAD'\ndisclosed_date = '2022-08-03'\ndetectable = 'yes'";
    let control = "commit = 'HEAD'\ndate = '2022-08-02'";
    tree.write("incidents.toml", entry("incident", "case", incident) + &entry("control", "control", control));
    tree.write("background.toml", entry("control", "drawn", control));
    tree.write("calibration.toml", entry("control", "sealed", control) + &entry("control", "absent", control));
    tree.write("ledger.tsv", "rule\tseverity\tconfidence\texposure\tevidence\tverdict\trating\trepository\treader\n");
    for (id, text) in [("case", "danger(1)"), ("control", "safety(1)"), ("drawn", "safety(2)"), ("sealed", "danger(2)")] {
        let folder = format!("repos/o+{id}/repo");
        tree.write(&format!("{folder}/a.ts"), text);
        for arguments in [["init", "--quiet", "."].as_slice(), &["add", "."], &["commit", "--quiet", "-m", "a"]] {
            let mut git = std::process::Command::new("git");
            git.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C"]).arg(tree.path(&folder)).args(arguments);
            assert!(git.output().expect("git").status.success(), "{arguments:?}");
        }
    }
    tree
}

#[test]
fn training_writes_the_same_bytes_again_and_without_a_scan() {
    let (tree, pack) = (corpus(), Pack::danger("critical"));
    let rules = pack.arguments(&[])[1].to_owned();
    let train = |out: &str, more: &[&str]| {
        tree.write(&format!("{out}/keep"), "");
        let files =
            ["train", "incidents.toml", "background.toml", "calibration.toml", "--judgements", "ledger.tsv", "--rules", &rules];
        let said = forewarn(tree.root(), &[&files, ["--out", out].as_slice(), more].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        let written = ["model.toml", "population.toml", "fit.md"].map(|name| tree.read(&format!("{out}/{name}")));
        (written, said.err)
    };
    let scanned = ["--repos", "repos", "--features", "features.csv", "--cache", "kept"];
    let (first, heard) = train("one", &scanned);
    assert!(heard.contains("absent: left out"), "{heard}");
    let features = tree.read("features.csv");
    assert_eq!(features.lines().count(), 5, "{features}");
    assert!(features.contains("own-danger:critical:high:shipped:api:1"), "{features}");
    assert_eq!(train("two", &scanned).0, first, "from what was kept");
    assert_eq!(train("three", &["--features", "features.csv"]).0, first, "from the table");
    let [model, population, report] = &first;
    assert!(model.contains("cases = 1\ncontrols = 2"), "{model}");
    assert!(population.contains("id = \"drawn\"") && population.contains("seen = false"), "{population}");
    assert!(!report.contains("own-danger"), "{report}");
}
