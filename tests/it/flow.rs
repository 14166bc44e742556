//! The cross-file benchmark: small programs in pairs, one in which a value goes where it must not and a harmless twin.
//!
//! A fixture says what is asked (`flow secret -> log`, with further matcher lines), then `=== leak PATH:LINE …` and `=== silent`
//! programs, whose files begin with `//- PATH`. A case named `limit` states what cannot be followed today: see `docs/limits.md`.

use std::fmt::Write as _;
use std::path::Path;

use forewarn::rule::RuleSet;
use forewarn::scan::check_examples;

struct Case {
    name: String,
    rule: String,
    programs: usize,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/flow");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the fixtures are there").map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| file_cases(path)).collect()
}

/// A file holds cases, each begun by a line `# NAME`.
fn file_cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a readable fixture");
    let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
    text.split("\n# ").map(|case| case.trim_start_matches("# ")).map(|case| parse(&stem, case)).collect()
}

fn parse(file: &str, text: &str) -> Case {
    let (head, body) = text.split_once("\n=== ").expect("a case has programs");
    let mut lines = head.lines();
    let name = format!("{file}: {}", lines.next().unwrap_or_default());
    let mut rule = String::from(
        "title = \"t\"\nseverity = \"high\"\nconfidence = \"high\"\nknown-since = 2020-01-01\nwhat = \"w\"\nwhy = \"w\"\nfix = \"f\"\n[match.flow]\n",
    );
    for line in lines {
        match line.strip_prefix("flow ").and_then(|flow| flow.split_once(" -> ")) {
            Some((from, to)) => writeln!(rule, "from = [\"{from}\"]\nto = [\"{to}\"]").expect("a string takes it"),
            None => writeln!(rule, "{line}").expect("a string takes it"),
        }
    }
    let programs: Vec<_> = body.split("\n=== ").collect();
    programs.iter().for_each(|program| example(&mut rule, program));
    Case { name, rule, programs: programs.len() }
}

fn example(rule: &mut String, program: &str) {
    let (head, files) = program.split_once('\n').expect("a program has files");
    let (kind, at) = head.split_once(' ').map_or((head, ""), |(kind, at)| (kind, at));
    let kind = if kind == "leak" { "bad" } else { "good" };
    write!(rule, "[[example]]\nkind = \"{kind}\"\n").expect("a string takes it");
    if !at.is_empty() {
        let places: Vec<_> = at.split(' ').map(|place| format!("\"{place}\"")).collect();
        writeln!(rule, "at = [{}]", places.join(", ")).expect("a string takes it");
    }
    rule.push_str("[example.files]\n");
    for file in files.split("//- ").skip(1) {
        let (path, code) = file.split_once('\n').expect("a file has a path");
        writeln!(rule, "\"{path}\" = '''\n{code}'''").expect("a string takes it");
    }
}

#[test]
fn every_leak_is_found_and_every_twin_is_silent() {
    let mut programs = 0;
    let mut failures = Vec::new();
    let house = RuleSet::default().with_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).expect("the rules load");
    let house = RuleSet { rules: Vec::new(), ..house };
    for case in cases() {
        programs += case.programs;
        let set = house.clone().with_texts([("packs/test/under-test.toml", case.rule.as_str())]);
        let set = set.unwrap_or_else(|error| panic!("{}: {error}\n{}", case.name, case.rule));
        let result = check_examples(&set.rules[0], &set);
        failures.extend(result.err().unwrap_or_default().iter().map(|failure| format!("{}: {failure}", case.name)));
    }
    failures.retain(|failure| !failure.contains("has no "));
    assert!(failures.is_empty(), "{} failures in {programs} programs:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_benchmark_is_large_enough() {
    let programs: usize = cases().iter().map(|case| case.programs).sum();
    assert!(programs >= 60, "only {programs} programs");
}
