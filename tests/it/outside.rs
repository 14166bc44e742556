//! Our judgements beside those of the ecosystems' own tools, where they are installed: `cargo test --test it outside -- --nocapture`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use forewarn::advisory::version;

/// What node's `semver`, the library with which npm decides, says of ranges and versions: a line each, `true` or `false`, or `none`
/// for what it does not read.
const ANSWERS: &str = r#"
const semver = require(process.argv[1]);
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
for (const line of lines) {
  const [range, version] = line.split('\t');
  const read = semver.validRange(range.replaceAll(',', ' '), { includePrerelease: true });
  console.log(read === null || !semver.valid(version) ? 'none' : semver.satisfies(version, read, { includePrerelease: true }));
}
"#;

/// Where that library lies: it comes with npm.
const FIND: &str = r#"
const path = require('path');
const root = require('child_process').execSync('npm root -g', { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
process.stdout.write(require.resolve(path.join(root, 'npm', 'node_modules', 'semver')));
"#;

fn semver() -> Option<String> {
    let found =
        Command::new("node").args(["-e", FIND]).stderr(Stdio::null()).output().ok().filter(|output| output.status.success());
    found.and_then(|output| String::from_utf8(output.stdout).ok())
}

/// Every bound of every row, with its neighbours and pre-releases.
fn boundaries(affected: &str) -> Vec<String> {
    let bounds = affected.split([',', '|', ' ']).map(|term| term.trim_start_matches(['<', '>', '=']));
    let mut versions = Vec::new();
    for bound in bounds.filter(|bound| bound.starts_with(|first: char| first.is_ascii_digit())) {
        versions.push(bound.to_owned());
        let core = bound.split(['-', '+']).next().unwrap_or(bound);
        let numbers: Vec<u64> = core.split('.').filter_map(|part| part.parse().ok()).collect();
        if let [major, minor, patch] = numbers[..] {
            let before = patch.saturating_sub(1);
            versions.extend([format!("{core}-0"), format!("{core}-beta.1"), format!("{core}-rc.10")]);
            versions.extend([format!("{major}.{minor}.{before}"), format!("{major}.{minor}.{}", patch + 1)]);
            versions.extend([format!("{major}.{}.0", minor + 1), format!("{}.0.0", major + 1), core.to_owned()]);
        }
    }
    if affected.contains('*') {
        versions.extend(["0.0.0", "0.0.1-0", "1.0.0", "99.9.9"].map(ToOwned::to_owned));
    }
    versions
}

#[test]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are what it is run for; a test that is skipped says so")]
fn npm_advisories_match_what_npm_would_match() {
    let Some(semver) = semver() else {
        eprintln!("skipped: there is no node with npm on this machine (Debian: apt-get install npm)");
        return;
    };
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/advisories/npm.tsv");
    let text = std::fs::read_to_string(table).expect("the table");
    let ranges: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').nth(2)).collect();
    let cases: Vec<(&str, String)> =
        ranges.iter().flat_map(|range| boundaries(range).into_iter().map(move |version| (*range, version))).collect();
    let mut node = Command::new("node")
        .args(["-e", ANSWERS, &semver])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let input: String = cases.iter().map(|(range, version)| format!("{range}\t{version}\n")).collect();
    let mut stdin = node.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = node.wait_with_output().expect("node ends");
    writer.join().expect("a thread").expect("node reads");
    let answers = String::from_utf8(output.stdout).expect("text");
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), cases.len());
    let judged = cases.iter().zip(&answers).filter(|(_, answer)| **answer != "none").count();
    let ours = |range: &str, version: &str| version::matches("npm", range, version).to_string();
    let differing: Vec<_> = cases
        .iter()
        .zip(&answers)
        .filter(|((range, version), answer)| **answer != "none" && ours(range, version) != **answer)
        .collect();
    println!("{} rows, {} versions, {judged} judged by both, {} differ", ranges.len(), cases.len(), differing.len());
    assert!(differing.is_empty(), "{:#?}", &differing[..differing.len().min(20)]);
}
