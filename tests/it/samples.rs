//! The sample wallets: what is planted is found, and the repaired twins are silent.
//!
//! `expected.toml` lists the findings of a sample; `BLESS=1` writes it anew, to be read before it is committed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use forewarn::report::Report;
use forewarn::scan::{ScanOptions, scan};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
struct Expected {
    #[serde(default)]
    finding: Vec<Planted>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Planted {
    path: String,
    line: u32,
    rule: String,
}

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-wallets");
    let folders = std::fs::read_dir(root).expect("the samples").flatten().map(|entry| entry.path());
    let mut folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// On a day on which what the repaired twins are built on was mended.
fn report(folder: &Path) -> Report {
    let as_of = "2026-11-01".parse().expect("a day");
    scan(&ScanOptions { as_of, ..ScanOptions::new(folder) }).expect("a sample can be scanned")
}

fn found(report: &Report) -> Vec<Planted> {
    let planted = report.triage.reported.iter().map(|finding| Planted {
        path: finding.place.path.to_string(),
        line: finding.place.start.line,
        rule: finding.rule.id.clone(),
    });
    let mut planted: Vec<_> = planted.collect();
    planted.sort();
    planted
}

fn written(planted: &[Planted]) -> String {
    let mut text =
        String::from("# What is planted in this sample. Written by `BLESS=1 cargo test samples`, read before it is committed.\n");
    for Planted { path, line, rule } in planted {
        write!(text, "\n[[finding]]\npath = \"{path}\"\nline = {line}\nrule = \"{rule}\"\n").expect("writing to a string");
    }
    text
}

#[test]
fn what_is_planted_is_found_and_nothing_else() {
    assert_eq!(samples().len(), 6);
    for sample in samples() {
        let (file, found) = (sample.join("expected.toml"), found(&report(&sample.join("wallet"))));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, written(&found)).expect("the sample's folder can be written");
        }
        let text = std::fs::read_to_string(&file).expect("expected.toml");
        let mut expected = toml::from_str::<Expected>(&text).expect("expected.toml is as it should be").finding;
        expected.sort();
        let missing: Vec<_> = expected.iter().filter(|planted| !found.contains(planted)).collect();
        let surplus: Vec<_> = found.iter().filter(|planted| !expected.contains(planted)).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "{}: missing {missing:#?}, surplus {surplus:#?}", sample.display());
        assert!(!expected.is_empty(), "{}: nothing is planted", sample.display());
    }
}

#[test]
fn repaired_twins_are_silent_and_were_read() {
    for sample in samples() {
        let report = report(&sample.join("clean"));
        assert_eq!(found(&report), [], "{}", sample.display());
        assert!(report.coverage.share() > 0.99, "{}", sample.display());
    }
}
