//! One program in many languages gives the same findings in all of them.
//!
//! The programs are data, in `tests/fixtures/same/`: a heading, a line that asks (`finds RULE`, `silent RULE`), then the program in
//! each language that can say it, begun by `//- LANGUAGE PATH`; further files of it by `//+ PATH`. The rule must report every line
//! that says `HERE`, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use forewarn::frontend::FRONTENDS;
use forewarn::rule::RuleSet;
use forewarn::scan::{ScanOptions, scan_workspace};
use forewarn::target::{OpenOptions, open_folder};

struct Program {
    language: String,
    files: Vec<(String, String)>,
}

/// What a file asks, and the program in each language.
fn programs(path: &Path) -> (String, Vec<Program>) {
    let text = std::fs::read_to_string(path).expect("a readable fixture");
    let mut lines = text.lines().skip(1);
    let ask = lines.next().expect("a line that asks").to_owned();
    let mut programs: Vec<Program> = Vec::new();
    for line in lines {
        if let Some((language, path)) = line.strip_prefix("//- ").and_then(|rest| rest.split_once(' ')) {
            programs.push(Program { language: language.into(), files: vec![(path.into(), String::new())] });
        } else if let Some(path) = line.strip_prefix("//+ ") {
            programs.last_mut().expect("a program").files.push((path.into(), String::new()));
        } else if let Some((_, content)) = programs.last_mut().and_then(|program| program.files.last_mut()) {
            content.push_str(line);
            content.push('\n');
        }
    }
    (ask, programs)
}

/// The places that a rule reports in a program.
fn reported(program: &Program, rule: &str, rules: &RuleSet) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in &program.files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    let options = ScanOptions::new(folder.path());
    let workspace = open_folder(folder.path(), &OpenOptions::default()).expect("a program can be opened");
    let report = scan_workspace(&workspace, &rules.clone().as_of(options.as_of), &options);
    let found = report.triage.reported.iter().filter(|finding| finding.rule.id == rule);
    found.map(|finding| format!("{}:{}", finding.place.path, finding.place.start.line)).collect()
}

fn expected(program: &Program) -> BTreeSet<String> {
    let lines = program.files.iter().flat_map(|(path, content)| {
        content.lines().enumerate().filter(|(_, line)| line.contains("HERE")).map(move |(index, _)| format!("{path}:{}", index + 1))
    });
    lines.collect()
}

#[test]
fn one_program_has_the_same_findings_in_every_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = RuleSet::default().with_folder(&root.join("rules")).expect("the rules load");
    let folder = root.join("tests/fixtures/same");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("the fixtures").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    assert!(paths.len() >= 15, "so few programs say little");
    let known: BTreeSet<_> = FRONTENDS.iter().map(|frontend| frontend.language()).collect();
    let mut failures = Vec::new();
    for path in &paths {
        let (ask, programs) = programs(path);
        let (is_found, rule) = match ask.split_once(' ') {
            Some(("finds", rule)) => (true, rule),
            Some(("silent", rule)) => (false, rule),
            _ => panic!("{}: `{ask}` asks nothing", path.display()),
        };
        assert!(programs.len() >= 7, "{}: in so few languages", path.display());
        for program in &programs {
            assert!(known.contains(program.language.as_str()), "{}: {} is not read", path.display(), program.language);
            let (expected, reported) = (expected(program), reported(program, rule, &rules));
            assert_eq!(is_found, !expected.is_empty(), "{}: {}", path.display(), program.language);
            if expected != reported {
                let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
                failures.push(format!("{name} in {}: expected {expected:?}, reported {reported:?}", program.language));
            }
        }
    }
    assert!(failures.is_empty(), "{} programs differ:\n{}", failures.len(), failures.join("\n"));
}
