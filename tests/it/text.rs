//! The text audit: what its conditions do, and what its findings show.

use forewarn::finding::Finding;
use forewarn::rule::{Match, RuleSet, TextPattern};
use forewarn::scan::{ScanOptions, scan_workspace};
use forewarn::target::Workspace;

fn find(matcher: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    find_by(&format!("[match.text]\n{matcher}"), files)
}

fn find_by(matchers: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let rule = format!(
        "title = 't'\nseverity = 'low'\nconfidence = 'low'\nknown-since = 2020-01-01\nwhat = 'w'\nwhy = 'w'\nfix = 'f'\n{matchers}"
    );
    let rules = RuleSet::from_texts([("packs/p/a-rule.toml", rule.as_str())]).expect("the rule loads");
    let options = ScanOptions::new("");
    let mut workspace = Workspace::in_memory(files.iter().copied());
    forewarn::standing::assign(&mut workspace.files);
    scan_workspace(&workspace, &rules, &options).triage.reported
}

fn places(matcher: &str, files: &[(&str, &str)]) -> Vec<String> {
    let findings = find(matcher, files);
    findings.iter().map(|finding| format!("{}:{}", finding.place.path, finding.place.start.line)).collect()
}

#[test]
fn each_condition_spares_what_it_should() {
    let files = [
        ("lib/jquery.min.js", "danger()\n"),
        ("notes.txt", "danger()\n"),
        ("src/a.js", "// danger()\ndanger()\n\n\n\n\nsafe danger()\n"),
        ("tests/a.js", "danger()\n"),
    ];
    let cases: [(&str, &[&str]); 13] = [
        ("pattern = ['danger']", &["notes.txt:1", "src/a.js:2", "src/a.js:7", "tests/a.js:1"]),
        ("pattern = ['danger']\ncomments = true\nfile = ['src/**']", &["src/a.js:1", "src/a.js:2", "src/a.js:7"]),
        ("pattern = ['danger']\nkeyword = ['SAFE']", &["src/a.js:2", "src/a.js:7"]),
        ("pattern = ['danger']\nrole = ['vendored']", &["lib/jquery.min.js:1"]),
        ("pattern = ['danger']\nfile = ['src/**']\nnot-line = ['^//']", &["src/a.js:2", "src/a.js:7"]),
        ("pattern = ['danger']\nnot-file = ['*.js']", &["notes.txt:1"]),
        ("pattern = ['danger']\nnear = ['safe']", &["src/a.js:7"]),
        ("pattern = ['danger']\nnear = ['safe']\nnear-lines = 5", &["src/a.js:2", "src/a.js:7"]),
        ("pattern = ['danger']\nfile = ['src/**']\nnot-near = ['safe']", &["src/a.js:2"]),
        ("pattern = ['danger']\nmin-count = 2", &["src/a.js:2"]),
        ("pattern = ['danger']\nfile-lacks = ['safe']\nfile-has = ['danger']", &["notes.txt:1", "tests/a.js:1"]),
        ("pattern = ['danger', 'dang']\nfile = ['notes.txt']", &["notes.txt:1"]),
        ("pattern = ['danger']\nmin-entropy = 3.0", &[]),
    ];
    for (matcher, expected) in cases {
        assert_eq!(places(matcher, &files), expected, "{matcher}");
    }
}

#[test]
fn a_secret_is_judged_and_never_shown() {
    let matcher = "pattern = ['key=(?P<secret>\\w+)']\ncheck = ['secp256k1-scalar']\nnot-check = ['placeholder']";
    let key = "d850dbfb49c01acb75919c5c34e0af3a502b3cd2ff7b8637ad5773d59baef888";
    let text = format!("key=short\nkey={}\nkey={key}\n", "0".repeat(63) + "7");
    let findings = find(matcher, &[("config.txt", &text)]);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].place.start.line, 3);
    assert!(!format!("{findings:?}").contains(&key[..16]));
}

#[test]
fn many_findings_in_one_file_become_few_and_a_number() {
    let findings = find("pattern = ['danger']", &[("a.txt", &"danger\n".repeat(1_000))]);
    assert_eq!(findings.len(), 20);
    assert_eq!(findings[19].message, "t (and 980 more in this file)");
}

#[test]
fn an_unknown_check_is_an_error_with_a_suggestion() {
    let rule = "title = 't'\nseverity = 'low'\nconfidence = 'low'\nknown-since = 2020-01-01\nwhat = 'w'\nwhy = 'w'\nfix = 'f'\n[match.text]\npattern = ['x']\ncheck = ['bip39-checksun']";
    let error = RuleSet::from_texts([("packs/p/a-rule.toml", rule)]).expect_err("there is no such check").to_string();
    assert!(error.contains("did you mean `bip39-checksum`?"), "{error}");
}

#[test]
fn a_line_that_several_matchers_see_is_told_once() {
    let further = "pattern = ['alpha']\nat-most = 'info'\n[[match.text]]\npattern = ['beta\\([a-z]*\\)']\nlacks = ['quiet']\n[match.call]\ncallee = ['gamma']";
    let findings = find_by(
        &format!("[[match.text]]\n{further}"),
        &[("a.js", "alpha; beta(x); gamma();\nalpha;\nbeta(quiet); gamma();\nbeta(quiet);\n")],
    );
    let found: Vec<_> = findings.iter().map(|finding| (finding.place.start.line, finding.severity.name())).collect();
    assert_eq!(found, [(1, "low"), (3, "low"), (2, "info")]);
}

#[test]
fn every_pattern_of_the_embedded_rules_compiles() {
    let rules = RuleSet::embedded().expect("the embedded rules load");
    let mut count = 0;
    for (rule, matcher) in rules.rules.iter().flat_map(|rule| rule.body.matchers.iter().map(move |matcher| (rule, matcher))) {
        let Match::Text(text) = matcher else { continue };
        let lists = [&text.pattern, &text.file_has, &text.file_lacks, &text.not_line, &text.near, &text.not_near];
        for pattern in lists.into_iter().flatten() {
            let checked = TextPattern::check(pattern.text());
            assert!(checked.is_ok(), "{}: {}: {}", rule.id, pattern.text(), checked.expect_err("it is none"));
            count += 1;
        }
    }
    assert!(count > 100, "only {count} patterns were looked at");
}
