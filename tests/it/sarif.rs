//! SARIF output is valid by the official schema.

use forewarn::finding::FindingBuilder;
use forewarn::report::{REPORTERS, Report, Style};
use forewarn::rule::RuleSet;
use forewarn::scan::{ScanOptions, scan_workspace};
use forewarn::source::{FileId, Notice, NoticeKind, Span};
use forewarn::target::Workspace;
use serde_json::Value;

use super::tree::danger_rule;

/// A report with everything that the format can show.
fn report() -> Report {
    let text = "danger(1)\ndanger(2) // forewarn: ignore[own-danger] a drill\n";
    let workspace = Workspace::in_memory([("src/a b.ts", text), ("src/c.ts", "x")]);
    let rules = RuleSet::from_texts([("packs/own/own-danger.toml", danger_rule("critical").as_str())]).expect("the rule loads");
    let mut report = scan_workspace(&workspace, &rules, &ScanOptions::default());
    let span = Span::new(0, 6);
    let step = |file, message: &str| (FileId(file), Span::new(0, 1), message.to_owned());
    let flow = FindingBuilder::new(&rules.rules[0], &workspace, FileId(0), span)
        .flow(vec![step(1, "it arises"), step(0, "it leaves")])
        .related(vec![step(1, "declared here")])
        .subject("a-package@1.0.0".into());
    report.triage.reported.push(flow.build());
    report.triage.known.push(FindingBuilder::new(&rules.rules[0], &workspace, FileId(1), Span::default()).build());
    let path = "src/a b.ts".into();
    report.notices.push(Notice::about(&path, NoticeKind::ParseError, "it does not parse").at_line(2));
    report.notices.push(Notice::general(NoticeKind::Missing, "a submodule is missing"));
    report
}

fn written(format: &str) -> String {
    let reporter = REPORTERS.iter().find(|reporter| reporter.name() == format).expect("the format exists");
    let mut text = Vec::new();
    reporter.write(&report(), Style { width: 100, full: true, ..Style::default() }, &mut text).expect("memory can be written");
    String::from_utf8(text).expect("reports are UTF-8")
}

#[test]
fn a_report_with_everything_is_valid() {
    // The official pattern of languages has a bracket that closes nothing, which not every dialect of regular expressions takes.
    let text = include_str!("../fixtures/sarif-2.1.0.schema.json").replace("{2}]?$", "{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    let log: Value = serde_json::from_str(&written("sarif")).expect("the log is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is valid");
    let errors: Vec<_> = validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let broken = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": 1 }] });
    assert!(!validator.is_valid(&broken), "the validator finds faults");
}

#[test]
fn what_code_scanning_needs_is_there() {
    let log: Value = serde_json::from_str(&written("sarif")).expect("the log is JSON");
    let run = &log["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert!(rule["help"]["markdown"].as_str().is_some_and(|help| help.contains("Danger loses funds.")));
    let results = run["results"].as_array().expect("results");
    let place = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!((place["uri"].as_str(), place["uriBaseId"].as_str()), (Some("src/a%20b.ts"), Some("SRCROOT")));
    let flow = results.iter().find(|result| result["codeFlows"].is_array()).expect("a flow");
    assert_eq!(flow["codeFlows"][0]["threadFlows"][0]["locations"].as_array().map(Vec::len), Some(2));
    let kinds: Vec<_> = results.iter().filter_map(|result| result["suppressions"][0]["kind"].as_str()).collect();
    assert_eq!(kinds, ["inSource", "external"]);
    let notices = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notices");
    assert_eq!(notices.len(), 2);
    assert!(run["properties"]["riskScore"].is_number() && run["properties"]["verdict"].is_string());
}

#[test]
fn the_table_shows_flows_and_subjects() {
    let table = written("table");
    for part in
        ["1. src/c.ts:1 it arises", "2. src/a b.ts:1 it leaves", "see src/c.ts:1 declared here", "a-package@1.0.0", "^^^^^^"]
    {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
}
