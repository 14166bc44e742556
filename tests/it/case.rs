//! Small trees with their right answers: what a whole scan of each must report, and what it may not.
//!
//! The cases are data, in `tests/fixtures/cases/`. A file holds cases, each begun by a line `# NAME`. Its next lines say what is asked:
//!
//! | line | meaning |
//! |---|---|
//! | `as-of DAY` | the day on which the tree is judged; without it, all knowledge counts |
//! | `finds RULE PATH:LINE` | the rule reports this line |
//! | `finds RULE PATH:LINE SEVERITY` | the same, at exactly this severity |
//! | `finds RULE/FORM PATH:LINE SEVERITY` | the same, in a form of the rule that is judged apart |
//! | `finds RULE/ PATH:LINE` | the rule reports this line, in no such form |
//! | `once RULE` | the rule reports a single finding |
//! | `silent RULE` | the rule reports nothing |
//! | `at-least SEVERITY RULE PATH:LINE` | the rule reports this line, no less grave |
//! | `at-most SEVERITY` | no finding of any rule is graver |
//! | `at-most SEVERITY RULE` | no finding of this rule is graver |
//! | `is KIND`, `is-not KIND` | the profile has this kind of `rules/profile.toml`, or has it not |
//! | `is-told DETAIL` | the profile tells this of a kind: `electron 27.1.0` |
//! | `clean` | nothing is reported above `info` |
//!
//! Severities are those of the rule and of the circumstances: what people said of other findings of the rule is no part of an answer.
//!
//! The files of the tree follow, each begun by `//- PATH`. `CASES=word cargo test --test it case` runs the cases whose name has the word.

use std::path::Path;
use std::sync::Arc;

use forewarn::finding::Finding;
use forewarn::report::Report;
use forewarn::rule::{RuleSet, Severity};
use forewarn::scan::{ScanOptions, scan_workspace};
use forewarn::target::{OpenOptions, open_folder};

struct Case {
    name: String,
    asks: Vec<String>,
    files: Vec<(String, String)>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("the fixtures").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| file_cases(path)).collect()
}

fn file_cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a readable fixture");
    let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut cases: Vec<Case> = Vec::new();
    let mut is_head = true;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ").filter(|_| is_head || cases.last().is_some_and(ends_with_blank)) {
            cases.push(Case { name: format!("{stem}: {name}"), asks: Vec::new(), files: Vec::new() });
            is_head = true;
            continue;
        }
        let case = cases.last_mut().expect("a file begins with `# NAME`");
        if let Some(path) = line.strip_prefix("//- ") {
            case.files.push((path.to_owned(), String::new()));
            is_head = false;
        } else if let Some((_, content)) = case.files.last_mut() {
            // With one blank line before its heading, a case would silently be part of the one before.
            let is_asked = ["finds ", "silent ", "once "].iter().any(|word| line.starts_with(word));
            assert!(!is_asked || !stem.starts_with("lang-"), "{stem}: a case begins behind two blank lines: {line}");
            content.push_str(line);
            content.push('\n');
        } else if !line.trim().is_empty() {
            case.asks.push(line.to_owned());
        }
    }
    cases
}

/// A heading of Markdown inside a file of a case is no new case: a case begins behind two blank lines.
fn ends_with_blank(case: &Case) -> bool {
    case.files.last().is_none_or(|(_, content)| content.ends_with("\n\n\n"))
}

fn run(case: &Case, rules: &RuleSet) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in &case.files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    let day = case.asks.iter().find_map(|ask| ask.strip_prefix("as-of "));
    let mut options = ScanOptions::new(folder.path());
    if let Some(day) = day {
        options.as_of = day.parse().expect("a day");
    }
    let workspace = open_folder(folder.path(), &OpenOptions::default()).expect("a case can be opened");
    scan_workspace(&workspace, &rules.clone().as_of(options.as_of), &options)
}

/// What is wrong with the answers to one line, if anything.
fn check(ask: &str, report: &Report) -> Option<String> {
    let words: Vec<_> = ask.split_whitespace().collect();
    let found = || report.triage.reported.iter();
    let of = |rule: &str| found().filter(|finding| finding.rule.id == rule).count();
    let at = |place: &str| {
        found().filter(|finding| format!("{}:{}", finding.place.path, finding.place.start.line) == place).collect::<Vec<_>>()
    };
    let severity = |name: &str| Severity::ALL.into_iter().find(|severity| severity.name() == name).expect("a severity");
    let is_of = |finding: &Finding, name: &str| match name.split_once('/') {
        Some((rule, form)) => finding.rule.id == rule && finding.form.as_deref().unwrap_or_default() == form,
        None => finding.rule.id == name,
    };
    let is_right = match words.as_slice() {
        ["as-of", _] => true,
        ["finds", name, place] => at(place).iter().any(|finding| is_of(finding, name)),
        ["finds", name, place, level] => at(place).iter().any(|finding| is_of(finding, name) && finding.claimed == severity(level)),
        ["once", rule] => of(rule) == 1,
        ["silent", rule] => of(rule) == 0,
        ["at-most", level] => found().all(|finding| finding.claimed <= severity(level)),
        ["at-most", level, rule] => {
            found().filter(|finding| finding.rule.id == *rule).all(|finding| finding.claimed <= severity(level))
        }
        ["is", kind] => report.profile.iter().any(|profile| profile.kind == *kind),
        ["is-not", kind] => report.profile.iter().all(|profile| profile.kind != *kind),
        ["is-told", ..] => {
            let wanted = ask.trim_start_matches("is-told ");
            report.profile.iter().any(|profile| profile.detail.as_deref() == Some(wanted))
        }
        ["at-least", level, rule, place] => {
            at(place).iter().any(|finding| finding.rule.id == *rule && finding.claimed >= severity(level))
        }
        ["clean"] => found().all(|finding| finding.claimed == Severity::Info),
        _ => return Some(format!("`{ask}` asks nothing that is known")),
    };
    (!is_right).then(|| ask.to_owned())
}

fn told(report: &Report) -> String {
    let line = |finding: &Finding| {
        let form = finding.form.as_ref().map(|form| format!("/{form}")).unwrap_or_default();
        format!("{}{form} {}:{} {}", finding.rule.id, finding.place.path, finding.place.start.line, finding.claimed.name())
    };
    report.triage.reported.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_case_has_its_right_answer() {
    let rules = RuleSet::default().with_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).expect("the rules load");
    let word = std::env::var("CASES").unwrap_or_default();
    let cases: Vec<_> = cases().into_iter().filter(|case| case.name.contains(&word)).collect();
    let mut failures = Vec::new();
    for case in &cases {
        assert!(!case.asks.is_empty() && !case.files.is_empty(), "{}: asks nothing", case.name);
        let known = |name: &&str| {
            let rule = name.split('/').next();
            rules.rules.iter().any(|known| Some(Arc::as_ref(known).id.as_str()) == rule)
        };
        let named = case.asks.iter().filter(|ask| ["finds", "once", "silent"].iter().any(|word| ask.starts_with(word)));
        let unknown: Vec<_> = named.filter_map(|ask| ask.split_whitespace().nth(1)).filter(|rule| !known(rule)).collect();
        failures.extend(unknown.iter().map(|rule| format!("{}: there is no rule {rule}", case.name)));
        let report = run(case, &rules);
        let wrong = case.asks.iter().filter_map(|ask| check(ask, &report));
        failures.extend(wrong.map(|ask| format!("{}: not so: {ask}; reported: {}", case.name, told(&report))));
    }
    assert!(failures.is_empty(), "{} failures in {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
