//! The same verdicts as cargo-audit, on lockfiles that are given, with its database: nothing is compared unless both are named.
//!
//! ```sh
//! FOREWARN_ADVISORY_DB=advisory-db FOREWARN_LOCKFILES=DIR cargo test --test it -- --nocapture same_verdicts
//! ```
//! `FOREWARN_ADVISORY_DB` is a checkout of RustSec's database, `FOREWARN_LOCKFILES` a folder of folders with a `Cargo.lock` each, and
//! `CARGO_AUDIT` the program, if it is not on the path.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use forewarn::advisory::{Advisories, Advisory, AdvisoryKind};
use forewarn::db::{Import, ImportOptions, Origin, Update, open_table};
use forewarn::report::Report;
use forewarn::rule::Date;
use forewarn::scan::{ScanOptions, scan};
use serde_json::Value;

/// `vulnerability name 1.0.0 RUSTSEC-…`: what is said of one version.
type Verdicts = BTreeSet<String>;

#[test]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are what it is run for; a test that is skipped says so")]
fn same_verdicts_as_cargo_audit() {
    let [database, lockfiles] =
        ["FOREWARN_ADVISORY_DB", "FOREWARN_LOCKFILES"].map(|name| std::env::var_os(name).map(PathBuf::from));
    let (Some(database), Some(lockfiles)) = (database, lockfiles) else {
        eprintln!("skipped: FOREWARN_ADVISORY_DB and FOREWARN_LOCKFILES name no folders");
        return;
    };
    let store = tempfile::tempdir().expect("a folder");
    let advisories = Advisories::default().with(imported(&database, store.path()));
    let mut folders: Vec<_> = fs::read_dir(lockfiles).expect("lockfiles").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let (mut agreed, mut differing) = (0, Vec::new());
    for folder in &folders {
        let theirs = cargo_audit(&database, &folder.join("Cargo.lock"));
        let scanned = scan(&ScanOptions { advisories: advisories.clone(), ..ScanOptions::new(folder) }).expect("a scan");
        let ours = verdicts(&scanned);
        agreed += ours.intersection(&theirs).count();
        let name = folder.file_name().expect("a name").to_string_lossy();
        differing.extend(theirs.difference(&ours).map(|verdict| format!("{name}: only cargo-audit: {verdict}")));
        differing.extend(ours.difference(&theirs).map(|verdict| format!("{name}: only Forewarn: {verdict}")));
    }
    println!("{} lockfiles, {agreed} equal verdicts, {} that differ", folders.len(), differing.len());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(agreed > 0, "nothing was compared");
}

fn imported(database: &Path, store: &Path) -> std::sync::Arc<forewarn::advisory::Table> {
    let import = Import::read(database, &ImportOptions::new(Date::LAST)).expect("the database");
    assert_eq!(import.notices, []);
    let mut update = Update::begin(store).expect("a store");
    update.add(import, &Origin { from: "RustSec".into(), on: None, sha256: None, etag: None }).expect("an import");
    update.commit().expect("a commit");
    open_table(store).expect("a store").expect("a table")
}

/// What Forewarn says of the packages of registries: a version of another origin is another package.
fn verdicts(report: &Report) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for component in &report.inventory {
        for advisory in component.known.iter().map(|known| &known.advisory) {
            let ids = advisory.ids.iter().filter(|id| id.starts_with("RUSTSEC-"));
            verdicts.extend(ids.map(|id| format!("{} {} {} {id}", class(advisory), component.name, component.version)));
        }
    }
    verdicts
}

fn class(advisory: &Advisory) -> &'static str {
    match advisory.kind {
        AdvisoryKind::Unmaintained | AdvisoryKind::Unsound | AdvisoryKind::Notice => advisory.kind.name(),
        _ => "vulnerability",
    }
}

fn cargo_audit(database: &Path, lockfile: &Path) -> Verdicts {
    let program = std::env::var_os("CARGO_AUDIT").unwrap_or_else(|| "cargo-audit".into());
    let mut command = Command::new(program);
    command.args(["audit", "--no-fetch", "--json", "--db"]).arg(database).arg("--file").arg(lockfile);
    let output = command.output().expect("cargo-audit runs");
    let json: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", lockfile.display(), String::from_utf8_lossy(&output.stderr)));
    let mut verdicts = Verdicts::new();
    let flaws = json["vulnerabilities"]["list"].as_array().into_iter().flatten().map(|flaw| ("vulnerability", flaw));
    let warnings = json["warnings"].as_object().into_iter().flatten();
    let warnings = warnings.flat_map(|(class, list)| list.as_array().into_iter().flatten().map(|one| (class.as_str(), one)));
    // Whether a version was withdrawn from the registry is the registry's knowledge, not that of the database.
    for (class, verdict) in flaws.chain(warnings).filter(|(class, _)| *class != "yanked") {
        let text = |path: &str| verdict.pointer(path).and_then(Value::as_str).unwrap_or_default();
        verdicts.insert(format!("{class} {} {} {}", text("/package/name"), text("/package/version"), text("/advisory/id")));
    }
    verdicts
}
