use std::io::Write as _;

use super::*;
use crate::advisory::{Advisories, AdvisoryKind};
use crate::rule::Severity;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn options() -> ImportOptions {
    ImportOptions::new(day("2026-01-01"))
}

fn origin(from: &str) -> Origin {
    Origin { from: from.into(), on: Some(day("2026-01-01")), sha256: None, etag: None }
}

/// An OSV record of an npm package.
fn record(id: &str, package: &str, range: &str) -> String {
    format!(
        r#"{{"id": "{id}", "published": "2020-05-01T00:00:00Z", "summary": "About {package}", "affected": [{{"package": {{"ecosystem": "npm", "name": "{package}"}}, {range}}}]}}"#
    )
}

const ALL: &str = r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn archive(entries: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = std::fs::File::create(folder.path().join("all.zip")).expect("a file");
    let mut zip = zip::ZipWriter::new(file);
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("an archive");
    folder
}

fn add(store: &Path, from: &Path) -> Vec<Change> {
    let mut update = Update::begin(store).expect("a store");
    let import = Import::read(from, &options()).expect("an import");
    let changes = update.add(import, &origin("test")).expect("a change");
    update.commit().expect("a commit");
    changes
}

fn known(store: &Path) -> Advisories {
    Advisories::default().with(open_table(store).expect("a store").expect("a table"))
}

fn ids(advisories: &Advisories, name: &str, version: &str, on: &str) -> Vec<String> {
    let found = advisories.affecting("npm", name, version, day(on));
    found.iter().map(|advisory| advisory.ids.join(" ")).collect()
}

#[test]
fn every_package_is_found_among_many() {
    let records: Vec<_> = (0..3_000)
        .map(|number| (format!("{number}.json"), record(&format!("GHSA-{number}"), &format!("p-{}", number / 3), ALL)))
        .collect();
    let records: Vec<_> = records.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let store = tempfile::tempdir().expect("a folder");
    let changes = add(store.path(), folder(&records).path());
    assert_eq!(changes, [Change { ecosystem: "npm".into(), added: 3_000, removed: 0, total: 3_000 }]);
    let known = known(store.path());
    for number in 0..1_000 {
        assert_eq!(ids(&known, &format!("p-{number}"), "1.0.0", "2026-01-01").len(), 3, "{number}");
    }
    for absent in ["a", "p", "p-1000", "p-", "zzz", ""] {
        assert!(ids(&known, absent, "1.0.0", "2026-01-01").is_empty(), "{absent}");
    }
    assert!(known.problems().is_empty());
}

#[test]
fn a_broken_record_costs_itself_only() {
    let good = record("GHSA-1", "p", ALL);
    let huge = vec![b' '; 2_000];
    let zip = archive(&[
        ("../../escape.json", good.as_bytes()),
        ("/etc/bad.json", b"{\"id\": "),
        ("huge.json", &huge),
        ("none.json", record("GHSA-2", "q", r#""versions": []"#).as_bytes()),
        ("notes.txt", b"not a record"),
    ]);
    let limits = ImportOptions { max_record_bytes: 1_000, ..options() };
    let import = Import::read(&zip.path().join("all.zip"), &limits).expect("an import");
    assert_eq!(import.counts().collect::<Vec<_>>(), [("npm", 1)]);
    let notices: Vec<_> = import.notices.iter().map(|notice| notice.path.as_deref().expect("a path")).collect();
    assert_eq!(notices, ["/etc/bad.json", "huge.json", "none.json"]);
    assert!(!zip.path().parent().expect("a parent").join("escape.json").exists());
}

#[test]
fn archives_have_limits() {
    let bomb = vec![b' '; 1 << 20];
    let zip = archive(&[("a.json", &bomb), ("b.json", &bomb), ("c.json", &bomb)]);
    let path = zip.path().join("all.zip");
    let limits = ImportOptions { max_total_bytes: 1 << 21, ..options() };
    let import = Import::read(&path, &limits).expect("an import");
    assert!(import.notices.iter().any(|notice| notice.message.contains("the limits are")), "{:?}", import.notices);
    std::fs::write(&path, b"PK\x03\x04 cut").expect("a file");
    assert!(matches!(Import::read(&path, &limits), Err(DbError::Import { .. })));
    let empty = tempfile::tempdir().expect("a folder");
    assert!(Import::read(empty.path(), &limits).is_err());
}

#[test]
fn an_import_replaces_the_records_that_it_has() {
    let store = tempfile::tempdir().expect("a folder");
    add(store.path(), folder(&[("1.json", &record("GHSA-1", "p", ALL)), ("2.json", &record("GHSA-2", "p", ALL))]).path());
    let before = Store::open(store.path()).expect("a store").expect("one").digest();
    for left in ["npm.new", "npm.tmp", "npm-0123456789abcdef.tsv"] {
        std::fs::write(store.path().join(left), "half").expect("what an interrupted run leaves");
    }
    let changes = add(store.path(), folder(&[("1.json", &record("GHSA-1", "moved", ALL))]).path());
    assert_eq!(changes, [Change { ecosystem: "npm".into(), added: 1, removed: 1, total: 2 }]);
    let known = known(store.path());
    assert_eq!(ids(&known, "p", "1.0.0", "2026-01-01"), ["GHSA-2"]);
    assert_eq!(ids(&known, "moved", "1.0.0", "2026-01-01"), ["GHSA-1"]);
    assert_ne!(Store::open(store.path()).expect("a store").expect("one").digest(), before);
    // The old file is gone, and so is whatever an interrupted run left.
    let files = std::fs::read_dir(store.path()).expect("a folder").flatten().map(|file| file.file_name());
    let mut files: Vec<_> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    files.sort();
    assert!(files.len() == 3 && files[..2] == ["index.json", "lock"] && files[2] != "npm-0123456789abcdef.tsv", "{files:?}");
}

#[test]
fn knowledge_of_both_tables_is_joined() {
    // The embedded tables have GHSA-f7q4-pwc6-w24p of elliptic, in their own words.
    let embedded =
        Advisories::default().about("npm", "elliptic").find(|advisory| advisory.ids.iter().any(|id| id.starts_with("GHSA-")));
    let embedded = embedded.expect("an advisory");
    let id = embedded.ids.iter().find(|id| id.starts_with("GHSA-")).expect("an id").clone();
    let store = tempfile::tempdir().expect("a folder");
    add(
        store.path(),
        folder(&[("1.json", &record(&id, "elliptic", ALL)), ("2.json", &record("MAL-2020-1", "elliptic-evil", ALL))]).path(),
    );
    let known = known(store.path());
    // A version that the embedded table does not name: the store's range, the embedded judgement.
    let found = known.affecting("npm", "elliptic", "99.0.0", day("2026-01-01"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].severity, &found[0].summary), (embedded.severity, &embedded.summary));
    let evil = known.affecting("npm", "elliptic-evil", "1.0.0", day("2026-01-01"));
    assert_eq!((evil[0].kind, evil[0].severity), (AdvisoryKind::Malicious, Severity::Critical));
}

#[test]
fn days_of_publication_and_withdrawal_count() {
    let mut withdrawn = record("GHSA-1", "p", ALL);
    withdrawn.insert_str(1, r#""withdrawn": "2022-01-01T00:00:00Z", "#);
    let aliased = |id: &str, alias: &str, severity: &str| {
        let mut text = record(id, "q", ALL);
        text.insert_str(1, &format!(r#""aliases": ["{alias}"], "database_specific": {{"severity": "{severity}"}}, "#));
        text
    };
    let store = tempfile::tempdir().expect("a folder");
    let files = [("1.json", withdrawn), ("2.json", aliased("GHSA-2", "CVE-2", "HIGH")), ("3.json", aliased("GO-3", "CVE-2", ""))];
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    add(store.path(), folder(&files).path());
    let known = known(store.path());
    for (on, expected) in [("2020-04-30", 0), ("2020-05-01", 1), ("2021-12-31", 1), ("2022-01-01", 0)] {
        assert_eq!(ids(&known, "p", "1.0.0", on).len(), expected, "{on}");
    }
    // One flaw under three ids, rated by one of them.
    let found = known.affecting("npm", "q", "1.0.0", day("2026-01-01"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].ids.join(" "), found[0].severity), ("GO-3 CVE-2 GHSA-2".to_owned(), Severity::High));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
fn a_damaged_store_says_so() {
    let store = tempfile::tempdir().expect("a folder");
    assert!(Store::open(store.path()).expect("nothing").is_none());
    add(store.path(), folder(&[("1.json", &record("GHSA-1", "p", ALL))]).path());
    let whole = Store::open(store.path()).expect("a store").expect("one");
    whole.verify().expect("checksums that hold");
    let table = store.path().join(&whole.entries().next().expect("an entry").1.file);
    let text = std::fs::read(&table).expect("a table");
    let mut changed = text.clone();
    changed[40] ^= 1;
    std::fs::write(&table, changed).expect("a change");
    assert!(matches!(whole.verify(), Err(DbError::Damaged { .. })));
    std::fs::write(&table, &text[..text.len() - 1]).expect("a cut");
    assert!(matches!(whole.table(), Err(DbError::Damaged { .. })));
    std::fs::write(store.path().join("index.json"), r#"{"schema": "forewarn-advisories/v2", "ecosystems": {}}"#).expect("an index");
    assert!(matches!(Store::open(store.path()), Err(DbError::Damaged { .. })));
    std::fs::write(store.path().join("index.json"), "{").expect("an index");
    assert!(matches!(Store::open(store.path()), Err(DbError::Damaged { .. })));
}

#[test]
fn equal_knowledge_has_an_equal_digest() {
    let (first, second) = (record("GHSA-1", "p", ALL), record("GHSA-2", "q", ALL));
    let folders = [folder(&[("1.json", &first)]), folder(&[("2.json", &second)])];
    let digest = |order: [usize; 2]| {
        let store = tempfile::tempdir().expect("a folder");
        for number in order {
            add(store.path(), folders[number].path());
        }
        Store::open(store.path()).expect("a store").expect("one").digest()
    };
    assert_eq!(digest([0, 1]), digest([1, 0]));
}

#[test]
fn one_writes_at_a_time() {
    let store = tempfile::tempdir().expect("a folder");
    let first = Update::begin(store.path()).expect("a store");
    assert!(matches!(Update::begin(store.path()), Err(DbError::Locked(_))));
    drop(first);
    Update::begin(store.path()).expect("the lock is free again");
}
