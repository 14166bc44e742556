//! The first screen, and what is said where nobody sees it.

use serde_json::Value;

use super::tree::{Pack, Said, Tree, command, danger_rule, forewarn};

/// A folder of many rules with long names, and a tree in which all of them speak many times.
fn crowd() -> (Tree, Tree) {
    let severities = ["critical", "high", "medium", "low"];
    let rule = |number: usize| {
        let text = danger_rule(severities[number % 4]).replace("danger", &format!("danger{number}"));
        text.replace("Something dangerous", &format!("A rather long description number {number} of what is so dangerous here"))
    };
    let texts: Vec<_> = (0..90).map(|number| (format!("own/own-rule-with-a-long-name-{number}.toml"), rule(number))).collect();
    let rules = Tree::new(&texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let calls: String = (0..90).map(|number| format!("danger{number}(1)\n")).collect();
    let folder = "packages/a-long-name-of-a-package/source/components/deep";
    let files: Vec<_> = (0..9).map(|number| format!("{folder}/AVeryLongNameOfAComponentOfThisWallet{number}.ts")).collect();
    let files: Vec<_> = files.iter().map(|path| (path.as_str(), calls.as_str())).collect();
    let kotlin: Vec<_> = ["zig", "cob", "elm", "pl", "hs", "ml", "lua", "rb"].map(|ext| format!("other/file.{ext}")).to_vec();
    let modules: String =
        (0..30).map(|number| format!("[submodule \"m\"]\n\tpath = libraries/of/others/number{number}\n")).collect();
    let manifest = r#"{"name": "a-wallet", "version": "1.0.0"}"#;
    let others = kotlin.iter().map(|path| (path.as_str(), "x\n")).chain([(".gitmodules", &*modules), ("package.json", manifest)]);
    (rules, Tree::new(&files.into_iter().chain(others).collect::<Vec<_>>()))
}

#[test]
fn the_first_screen_fits_whatever_is_found() {
    let (rules, tree) = crowd();
    let folder = rules.root().to_str().expect("UTF-8");
    let said = tree.scan(&["--rules", folder]);
    assert_eq!(said.code, 1, "{}", said.err);
    let lines: Vec<_> = said.out.lines().collect();
    assert!(lines.len() <= 40, "{} lines:\n{}", lines.len(), said.out);
    let wide: Vec<_> = lines.iter().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    let parts = [" CRITICAL", "more rules", "Not read:", "name and version from package.json", "Exit code 1:", "--full"];
    for part in parts {
        assert!(said.out.contains(part), "{part} is not in\n{}", said.out);
    }
    assert!(lines[0].starts_with("a-wallet 1.0.0") && lines[1].starts_with("FAILED   ") && lines[2].contains(" critical · "));
    assert!(lines[3].is_empty() && lines[4].starts_with(" CRITICAL"), "three lines, and the findings begin:\n{}", said.out);
    assert!(tree.scan(&["--rules", folder, "--full"]).out.lines().count() > 200);
}

/// What is told first, the rules of the rows and of the steps, and the risks that the steps lead to.
#[test]
fn what_to_do_first_is_what_stands_first_and_has_an_effect_or_none() {
    let rule = |id: &str, severity: &str| (format!("packs/key-storage/own-{id}.toml"), danger_rule(severity).replace("danger", id));
    let rules = [rule("alpha", "critical"), rule("beta", "high"), rule("gamma", "medium"), rule("delta", "low")];
    let rules = Tree::new(&rules.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let folder = rules.root().to_str().expect("UTF-8").to_owned();
    let told = |code: &str| Tree::new(&[("a.ts", code)]).scan(&["--no-db", "--rules", &folder]).out;
    let steps = |screen: &str| {
        let lines = screen.lines().skip_while(|line| !line.starts_with("Do first: "));
        lines
            .take_while(|line| line.starts_with("Do first: ") || line.starts_with("          "))
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let all = told("delta(1)\ngamma(1)\nbeta(1)\nalpha(1)\n");
    let first = steps(&all);
    assert_eq!(first.len(), 3, "{all}");
    for (step, place) in first.iter().zip(["a.ts:4", "a.ts:3", "a.ts:2"]) {
        assert!(step.contains(place), "in the order of the findings: {all}");
    }
    let percent = regex::Regex::new(r"isk (?:→ )?(\d+) %").expect("a pattern");
    let figures: Vec<u64> = percent.captures_iter(&all).filter_map(|found| found[1].parse().ok()).collect();
    assert!(figures.len() > 1 && figures.is_sorted_by(|a, b| a > b), "no step is said to lead to the risk that there is: {all}");
    assert!(steps(&told("delta(1)\n")).is_empty(), "nothing of it is urgent: {}", told("delta(1)\n"));
}

#[test]
fn ids_are_never_broken() {
    let said = forewarn(Tree::new(&[]).root(), &["rules", "list"]);
    let ids: Vec<_> = said.out.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let rules = forewarn::rule::RuleSet::embedded().expect("the embedded rules load").rules;
    assert_eq!(ids[..rules.len()], rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>());
}

#[test]
fn a_failed_run_speaks_even_if_its_report_goes_elsewhere() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "danger(1)")]);
    let said = tree.scan(&pack.arguments(&["--output", "sarif=a.sarif", "--output", "html=b.html", "-o", "c.md"]));
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("FAILED") && said.err.contains("HIGH") && said.err.contains("a.ts:1"), "{}", said.err);
    assert!(tree.read("a.sarif").contains("\"2.1.0\"") && tree.read("b.html").contains("<html"));
    assert!(tree.read("c.md").starts_with('#'), "the name of a file says its format");
    let rerun = |more: &[&str]| tree.scan(&pack.arguments(&[&["--output", "table=old.ts", "--format", "json"], more].concat())).out;
    let first: Value = serde_json::from_str(&rerun(&[])).expect("JSON");
    assert!(tree.read("old.ts").contains("danger("), "a report that a rule would speak of");
    let second: Value = serde_json::from_str(&rerun(&[])).expect("JSON");
    assert_eq!(first["findings"], second["findings"], "a report of yesterday is no part of the wallet");
    std::fs::remove_file(tree.path("old.ts")).expect("removed");
    assert_eq!(tree.scan(&pack.arguments(&["--quiet", "--output", "x.json"])).err, "");
    assert!(tree.scan(&pack.arguments(&["--quiet", "--format", "json"])).out.starts_with('{'));
    let both = tree.scan(&pack.arguments(&["--format", "json", "--output", "sarif=d.sarif"]));
    assert!(both.out.contains("forewarn/v1") && tree.read("d.sarif").contains("\"2.1.0\""));
}

/// Every format that can be told from other text, and the name of a file in it.
const LEFT: &[(&str, &[&str], &str)] = &[
    ("json", &[], "report.json"),
    ("sarif", &[], "results/forewarn.sarif"),
    ("markdown", &[], "AUDIT.md"),
    ("markdown", &["--summary"], "comment.md"),
    ("html", &[], "report.html"),
    ("cyclonedx", &[], "wallet.cdx.json"),
    ("openvex", &[], "wallet.openvex.json"),
    ("junit", &[], "forewarn.xml"),
    ("gitlab", &[], "gl-code-quality-report.json"),
    ("csv", &[], "findings.csv"),
];

#[test]
fn a_report_that_was_left_in_the_tree_is_no_part_of_the_wallet() {
    let rules = Pack::danger("high");
    let csp = "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'unsafe-inline' *\">";
    let tree = Tree::new(&[
        ("package.json", r#"{ "name": "a", "version": "1.0.0", "dependencies": { "crypto-js": "3.1.9-1" } }"#),
        ("a.ts", "danger(1)\nlocalStorage.setItem('mnemonic', mnemonic);\nconsole.log(mnemonic);\n"),
        ("index.html", csp),
    ]);
    let folder = rules.folder();
    let told = |more: &[&str]| tree.scan(&[&["--no-db", "--no-cache", "--rules", &folder], more].concat());
    let report = || -> Value {
        let mut report: Value = serde_json::from_str(&told(&["--format", "json"]).out).expect("JSON");
        report["notices"] = Value::Null;
        report["counts"]["notices"] = Value::Null;
        report
    };
    let before = report();
    assert!(before["findings"].as_array().is_some_and(|findings| findings.len() > 3), "{before}");
    for (format, more, path) in LEFT {
        let text = told(&[&["--format", format], *more].concat()).out;
        tree.write(path, text);
        assert_eq!(report(), before, "{path}");
        assert!(told(&[]).out.contains("1 file that Forewarn wrote, set aside"), "{path} is named");
        std::fs::remove_file(tree.path(path)).expect("removed");
    }
    for (option, path) in [("--write-baseline", "known.json"), ("--write-review", "review.toml")] {
        told(&["--quiet", option, tree.path(path).to_str().expect("UTF-8")]);
        assert_eq!(report(), before, "{path}");
    }
    // A page, settings and code that only say so are judged.
    let page =
        told(&["--format", "html"]).out.replace("</main>", &format!("</main>{csp}<iframe src=\"http://a.example\"></iframe>"));
    tree.write("posing.html", page);
    tree.write("app/manifest.json", r#"{ "schema": "forewarn/v1", "manifest_version": 3, "name": "x", "version": "1" }"#);
    tree.write("app/a.js", told(&["--format", "json"]).out);
    let after = report();
    let documents = |report: &Value| {
        report["coverage"]["documents"].as_array().expect("documents").iter().map(|one| one["files"].as_u64()).sum::<Option<u64>>()
    };
    assert_eq!(documents(&after), documents(&before).map(|files| files + 2), "{after}");
}

#[test]
fn a_run_with_some_of_the_rules_has_no_score() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "danger(1)")]);
    let said = tree.scan(&pack.arguments(&[]));
    assert!(
        said.out.contains("no score: 1 rule applied, and a score needs all") && !said.out.contains("at risk than"),
        "{}",
        said.out
    );
    let html = tree.scan(&pack.arguments(&["--format", "html"])).out;
    assert!(html.contains("No score: only some of the rules were applied") && !html.contains("class=\"gauge\""), "{html}");
    let gated = tree.scan(&pack.arguments(&["--fail-on", "never", "--max-score", "50"]));
    assert_eq!(gated.code, 3, "{}", gated.out);
    let folder = pack.folder();
    let review = tree.path("review.toml");
    let refused = tree.scan(&["--rules", &folder, "--rule", "own-danger", "--write-review", review.to_str().expect("UTF-8")]);
    assert!(refused.code == 2 && refused.err.contains("needs a scan with every rule"), "{}", refused.err);
}

#[test]
fn nothing_to_analyse_is_never_called_analysed() {
    let said = Tree::new(&[]).scan(&["--no-db", "--full"]);
    assert_eq!(said.code, 3);
    assert!(said.out.contains("Not read: no code, configuration or lockfile was found."), "{}", said.out);
    assert!(!said.out.contains("was analysed."), "{}", said.out);
}

#[test]
fn a_review_is_told_on_the_screen_and_keeps_the_words_of_people() {
    let pack = Pack::danger("high");
    let folder = pack.folder();
    let tree = Tree::new(&[("a.ts", "danger(1)\n"), ("b.ts", "danger(2)\n")]);
    let path = tree.path("review.toml").to_str().expect("UTF-8").to_owned();
    let scan = |more: &[&str]| tree.scan(&[&["--no-db", "--rules", &folder], more].concat());
    scan(&["--quiet", "--write-review", &path]);
    let text = tree.read("review.toml");
    let decided = text.replacen("status = \"open\"", "status = 'accepted' # for the demo\nwho = \"Ada\"\nwhy = \"A drill.\"", 1);
    tree.write("review.toml", &decided);
    std::fs::rename(tree.path("b.ts"), tree.path("c.ts")).expect("renamed");
    let said = scan(&["--review", &path]).out;
    assert!(said.contains("REVIEW   1 new, 1 risk accepted; 1 finding no longer found."), "{said}");
    let same = scan(&["--rule", "own-danger", "--review", &path]).out;
    assert!(same.contains("REVIEW   1 new, 1 risk accepted; 1 finding no longer found."), "a scan with its rule alone: {same}");
    let full = scan(&["--review", &path, "--full"]).out;
    assert!(
        full.contains("Review: Risk accepted, Ada: A drill.") && full.contains("No longer found since the last review"),
        "{full}"
    );
    scan(&["--quiet", "--write-review", &path]);
    let after = tree.read("review.toml");
    assert!(after.contains("status = 'accepted' # for the demo") && after.contains("status = \"fixed\""), "{after}");
    assert_eq!(after.matches("[[finding]]").count(), 3, "{after}");
}

#[test]
fn a_bill_of_materials_does_not_trip_the_gate() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "danger(1)")]);
    for format in ["openvex", "cyclonedx"] {
        let said = tree.scan(&pack.arguments(&["--format", format]));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{format}");
    }
    assert_eq!(tree.scan(&pack.arguments(&["--format", "cyclonedx", "--output", "sarif=x.sarif"])).code, 1);
}

#[test]
fn other_tools_read_their_formats() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("src/a,b:c.ts", "danger(1)\n"), ("src/<x>&\"y.ts", "danger(2)\n")]);
    let issues: Value = serde_json::from_str(&tree.scan(&pack.arguments(&["--format", "gitlab"])).out).expect("JSON");
    let prints: Vec<_> = issues.as_array().expect("issues").iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!((prints.len(), prints[0].len(), prints[0] == prints[1]), (2, 64, false));
    assert_eq!((issues[0]["severity"].as_str(), issues[0]["location"]["lines"]["begin"].as_u64()), (Some("critical"), Some(1)));

    let junit = tree.scan(&pack.arguments(&["--format", "junit"])).out;
    assert!(junit.contains("tests=\"3\" failures=\"2\" errors=\"0\"") && junit.contains("src/&lt;x&gt;&amp;&quot;y.ts"), "{junit}");
    assert!(Tree::new(&[("a.zig", "x")]).scan(&pack.arguments(&["--format", "junit"])).out.contains("<error message="));

    let github = tree.scan(&pack.arguments(&["--format", "github"])).out;
    assert!(github.starts_with("::error file=src/<x>&\"y.ts,line=1,") || github.contains("::error file=src/a%2Cb%3Ac.ts,line=1,"));
    assert_eq!(github.lines().count(), 2);
}

#[test]
fn a_workflow_of_github_gets_marks_and_a_summary() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "danger(1)")]);
    let arguments = [vec!["scan", "."], pack.arguments(&["--output", "sarif=a.sarif"])].concat();
    let mut run = command(tree.root(), &arguments);
    let said = Said::of(run.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", tree.path("summary.md")));
    assert_eq!(said.out, "");
    assert!(said.err.contains("::error file=a.ts,line=1,"), "{}", said.err);
    assert!(tree.read("summary.md").contains("Exit code 1: 1 finding"), "{}", tree.read("summary.md"));
}

fn git(tree: &Tree, arguments: &[&str]) {
    let mut git = std::process::Command::new("git");
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
    assert!(git.arg("-C").arg(tree.root()).args(identity).args(arguments).output().expect("git").status.success(), "{arguments:?}");
}

#[test]
fn only_what_a_change_introduces_is_reported_since_a_revision() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("app/a.ts", "danger(1)\n"), ("app/old.ts", "danger(2)\n")]);
    git(&tree, &["init", "--quiet"]);
    git(&tree, &["add", "."]);
    git(&tree, &["commit", "--quiet", "-m", "first"]);
    git(&tree, &["tag", "v1"]);
    let since = |more: &[&str]| tree.scan(&pack.arguments(&[&["--since", "v1"], more].concat()));
    assert_eq!(since(&[]).code, 0, "{}", since(&[]).out);
    tree.write("app/a.ts", "\n\nsafety(0)\n  danger(1)\n");
    std::fs::rename(tree.path("app/old.ts"), tree.path("app/renamed.ts")).expect("renamed");
    assert_eq!(since(&[]).code, 0, "moved lines and renamed files are not new: {}", since(&["--full"]).out);
    tree.write("app/new.ts", "danger(3)\n");
    let said = since(&["--format", "json"]);
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    let paths: Vec<_> = report["findings"].as_array().expect("findings").iter().map(|one| one["place"]["path"].clone()).collect();
    assert_eq!((said.code, paths), (1, vec![Value::from("app/new.ts")]));
    assert!(since(&[]).out.contains("Only what is new since v1."), "{}", since(&[]).out);
    let passed = since(&["--fail-on", "never"]);
    assert!(passed.code == 0 && !passed.out.contains("nothing new"), "a run that passes may tell of new findings: {}", passed.out);

    let path = format!("{}@v1", tree.path("app").display());
    let said = forewarn(tree.root(), &[&["scan", &path, "--format", "json"], &*pack.arguments(&[])].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.err));
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(2), "the tree of the tag, below the folder");
    for (path, part) in [("nowhere", "no such file"), ("https://example.org/a/b", "clone the repository")] {
        let said = forewarn(tree.root(), &["scan", path]);
        assert!(said.code == 2 && said.err.contains(part), "{path}: {}", said.err);
    }
    tree.write("wallet.crx", "x");
    assert!(forewarn(tree.root(), &["scan", "wallet.crx"]).err.contains("is an archive"));
}

#[test]
fn a_repository_is_set_up_and_the_settings_are_read_back() {
    let tree = Tree::new(&[("a.ts", "safety(1)"), (".pre-commit-config.yaml", "mine")]);
    let said = forewarn(tree.root(), &["init", "--github", "--gitlab", "--pre-commit"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("kept    .pre-commit-config.yaml"), "{}", said.out);
    assert_eq!(tree.read(".pre-commit-config.yaml"), "mine");
    let scanned = tree.scan(&["--no-db", "--format", "json"]);
    let report: Value = serde_json::from_str(&scanned.out).unwrap_or_else(|error| panic!("{error}: {}", scanned.err));
    let in_workflow = report["findings"].as_array().expect("findings").iter().filter(|finding| {
        finding["place"]["path"].as_str().is_some_and(|path| path.starts_with(".github") || path.starts_with(".gitlab"))
    });
    let rules: Vec<_> = in_workflow.map(|finding| finding["rule"].as_str().unwrap_or_default()).collect();
    assert!(rules.is_empty(), "our own rules speak of our own workflow: {rules:?}");
}

#[test]
fn shells_and_readers_of_manuals_are_served() {
    let tree = Tree::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(forewarn(tree.root(), &["completions", shell]).out.contains("forewarn"), "{shell}");
    }
    assert!(forewarn(tree.root(), &["man"]).out.contains(".TH forewarn 1"));
    assert_eq!(forewarn(tree.root(), &["man", "pages"]).code, 0);
    assert!(tree.read("pages/forewarn-scan.1").contains("fail\\-on"));
}

#[test]
fn a_rule_is_explained_whatever_the_case_with_its_day_and_how_to_silence_it() {
    let said = forewarn(Tree::new(&[]).root(), &["explain", "SECRET-TO-LOG"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["known since ", "forewarn: ignore[secret-to-log]", "[rule.secret-to-log]"] {
        assert!(said.out.contains(part), "{part} is not in\n{}", said.out);
    }
}
