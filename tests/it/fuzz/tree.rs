//! Whole programs through the flow engine, and whole scans through every report.

use std::sync::Arc;

use forewarn::finding;
use forewarn::frontend;
use forewarn::program::Program;
use forewarn::report::{REPORTERS, Reporter, Style};
use forewarn::rule::RuleSet;
use forewarn::scan::{ScanOptions, Series};
use forewarn::source::{Digest, SourceFile};
use forewarn::standing;
use forewarn::taint;
use forewarn::target::Workspace;
use forewarn::timing::Timings;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::corpus::Input;
use super::target::{Target, source};

pub(super) fn targets(files: &[Input], rules: &Arc<RuleSet>) -> Vec<Target> {
    let is_code = |file: &&Input| frontend::find(&source(file)).is_some();
    let code: Vec<_> = files.iter().filter(is_code).cloned().collect();
    let knowledge = Arc::clone(rules);
    let options = ScanOptions { threads: Some(1), ..ScanOptions::default() };
    let series = Series::new(&options).expect("the embedded rules");
    vec![
        Target::new("flows", 5, code, Box::new(move |input| follow(input, &knowledge))),
        Target::new("scan and reports", 50, files.to_vec(), Box::new(move |input| report(input, &series, &options))),
    ]
}

/// Follows the values of a program of two files: one cannot import what another does not export.
fn follow(input: &Input, rules: &RuleSet) -> Result<(), String> {
    let text = input.text();
    let second = format!("b/{}", input.path);
    let workspace = Workspace::in_memory([(input.path.as_str(), text.as_str()), (second.as_str(), text.as_str())]);
    let lower = |file: &SourceFile| Some((file.id, frontend::find(file)?.lower(file).unit));
    let units: Vec<_> = workspace.files.iter().filter_map(lower).collect();
    let units = units.iter().map(|(file, unit)| (*file, unit)).collect();
    let (program, _) = Program::link(&workspace, units, &[], &rules.knowledge.models);
    let (taint, _) = taint::solve(&workspace, &program, &rules.knowledge, &Timings::default());
    let most = 5_000 + 200 * text.len();
    if taint.steps > most { Err(format!("{} steps for {} bytes", taint.steps, text.len())) } else { Ok(()) }
}

/// What is planted in each tree: a key, markup, a command to a workflow, and characters that steer a terminal.
const KEY: &str = "8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63";
const PASSWORD: &str = "tr0ub4dor-and-3";
const MARK: &str = "<zq9 onload=alert(1)>";
const COMMAND: &str = "::set-env name=zq9::x";

/// Planted at the end of a line of the input: what stands there before may hide nothing of it but a report must.
fn planted(input: &Input) -> Input {
    let plant = format!(
        "\nprivateKey = \"0x{KEY}\"; console.log(privateKey, \"{MARK}\", \"\u{202e}\u{1b}[2J\")\n{COMMAND}\n\
         rpc = \"https://user:{PASSWORD}@h.example/\"\n"
    );
    let lines = input.bytes.iter().filter(|&&byte| byte == b'\n').count();
    let half = input.bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').nth(lines / 2);
    let at = half.map_or(input.bytes.len(), |(at, _)| at);
    let mut bytes = input.bytes.clone();
    bytes.splice(at..at, plant.bytes());
    Input { path: format!("{KEY}/{MARK}/{}", input.path), bytes }
}

fn report(input: &Input, series: &Series, options: &ScanOptions) -> Result<(), String> {
    let input = planted(input);
    let text = input.text();
    let mut workspace = Workspace::in_memory([(input.path.as_str(), text.as_str())]);
    for file in &mut workspace.files {
        // What a series knows of a file it knows by its digest.
        file.digest = Digest(Sha256::digest(file.text.as_bytes()).into());
        file.binary = source(&input).binary;
    }
    standing::assign(&mut workspace.files);
    let report = series.scan(options, |_| Ok(workspace)).map_err(|error| error.to_string())?;
    series.turn();
    for &reporter in REPORTERS {
        for full in [false, true] {
            let mut out = Vec::new();
            let style = Style { full, summary: !full, ..Style::default() };
            reporter.write(&report, style, &mut out).map_err(|error| error.to_string())?;
            let written = String::from_utf8(out).map_err(|error| error.to_string())?;
            check(reporter, &written).map_err(|said| format!("{}: {said}", reporter.name()))?;
        }
    }
    Ok(())
}

/// Nothing of the tree acts in what reads the report, and none of its secrets is in it.
fn check(reporter: &dyn Reporter, written: &str) -> Result<(), String> {
    if let Some(bad) = written.chars().find(|&char| char != '\n' && finding::acts(char)) {
        return Err(format!("a character that acts: {bad:?}"));
    }
    for secret in [KEY, PASSWORD] {
        if let Some(at) = written.find(secret) {
            let around: String = written[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
            return Err(format!("it repeats a secret behind {around:?}"));
        }
    }
    let markup = written.lines().find(|line| line.contains("<zq9") && matches!(reporter.name(), "html" | "junit"));
    if let Some(line) = markup {
        return Err(format!("markup of the tree: {line}"));
    }
    if let Some(line) = written.lines().find(|line| line.trim_start().starts_with("::set-env")) {
        return Err(format!("a command of the tree: {line}"));
    }
    match reporter.name() {
        "json" | "sarif" | "cyclonedx" | "openvex" | "gitlab" => {
            serde_json::from_str::<Value>(written).map(drop).map_err(|error| format!("no JSON: {error}"))
        }
        _ => Ok(()),
    }
}
