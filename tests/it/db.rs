//! The store of advisories as a user meets it: fetched from a server on loopback, imported, asked, and told in every report.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::server::{Served, Server};
use super::tree::{Said, Tree, command};

/// A wallet whose only package has the flaw that [`record`] tells of.
const LOCKFILE: &str = r#"{"name": "wallet", "lockfileVersion": 3, "packages": {"": {"name": "wallet", "dependencies": {"left": "^1.0.0"}},
"node_modules/left": {"version": "1.0.0", "integrity": "sha512-AAAA"}}}"#;

fn record(id: &str, ecosystem: &str, package: &str) -> String {
    format!(
        r#"{{"id": "{id}", "published": "2021-05-01T00:00:00Z", "summary": "It leaks keys", "affected": [{{"package": {{"ecosystem": "{ecosystem}", "name": "{package}"}},
        "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "1.0.1"}}]}}]}}]}}"#
    )
}

fn archive(records: &[String]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (number, record) in records.iter().enumerate() {
        zip.start_file(format!("{number}.json"), zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(record.as_bytes()).expect("bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// The head that Google's storage sends for a file.
fn promised(bytes: &[u8]) -> String {
    format!("x-goog-hash: crc32c={}\r\n", BASE64_STANDARD.encode(crc32c::crc32c(bytes).to_be_bytes()))
}

fn wallet() -> Tree {
    Tree::new(&[("package-lock.json", LOCKFILE), ("a.ts", "export const a = 1;")])
}

/// `forewarn db …` with the store in the folder of the test, and the environment that it is given.
fn db(tree: &Tree, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let store: &[&str] = if arguments.contains(&"--db") { &[] } else { &["--db", "store"] };
    let arguments: Vec<_> = ["db"].iter().chain(arguments).chain(store).copied().collect();
    let mut command = command(tree.root(), &arguments);
    for name in [
        "ALL_PROXY",
        "all_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
        "no_proxy",
        "FOREWARN_DB_URL",
    ] {
        command.env_remove(name);
    }
    Said::of(command.envs(environment.iter().copied()))
}

fn update(tree: &Tree, server: &Server) -> Said {
    db(tree, &["update", "--ecosystem", "npm", "--from", &server.address], &[])
}

fn scan_json(tree: &Tree, arguments: &[&str]) -> Value {
    let arguments: Vec<_> = ["--format", "json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&tree.scan(&arguments).out).expect("a report")
}

fn has_finding(report: &Value) -> bool {
    report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .any(|finding| finding["message"].as_str().is_some_and(|text| text.contains("GHSA-1")))
}

#[test]
fn an_update_goes_on_where_it_was_cut() {
    let server = Server::start();
    let bytes = archive(&[record("GHSA-1", "npm", "left"), record("GHSA-2", "npm", "right")]);
    let file = Served { headers: promised(&bytes), etag: "\"one\"".into(), cuts: vec![100, 50], bytes };
    server.serve("/npm/all.zip", file.clone());
    let tree = wallet();
    let said = update(&tree, &server);
    assert_eq!((said.code, &*said.out), (0, "npm: 2 advisories (2 new or changed, 0 gone)\n"), "{}", said.err);
    let ranges: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.lines().find(|line| line.to_lowercase().starts_with("range:")).unwrap_or("all").to_lowercase())
        .collect();
    assert_eq!(ranges, ["all", "range: bytes=100-", "range: bytes=150-"]);

    // Nothing new: nothing is fetched.
    assert_eq!(update(&tree, &server).out, "npm: unchanged\n");
    // A new export takes the place of the old one.
    let bytes = archive(&[record("GHSA-1", "npm", "left")]);
    server.serve("/npm/all.zip", Served { headers: promised(&bytes), etag: "\"two\"".into(), cuts: Vec::new(), bytes });
    assert_eq!(update(&tree, &server).out, "npm: 1 advisories (0 new or changed, 1 gone)\n");
    // A store that was damaged is fetched again, whatever the server calls it.
    let table = std::fs::read_dir(tree.root().join("store"))
        .expect("a store")
        .flatten()
        .find(|file| file.path().extension().is_some_and(|end| end == "tsv"));
    std::fs::write(table.expect("a table").path(), "nothing").expect("a change");
    assert_eq!(db(&tree, &["status"], &[]).code, 2);
    assert_eq!(update(&tree, &server).out, "npm: 1 advisories (1 new or changed, 0 gone)\n");
    assert_eq!(db(&tree, &["status"], &[]).code, 0);
}

#[test]
fn an_update_that_was_ended_goes_on_in_the_next_run() {
    let server = Server::start();
    let bytes = archive(&[record("GHSA-1", "npm", "left")]);
    server.serve("/npm/all.zip", Served { headers: promised(&bytes), etag: "\"one\"".into(), cuts: vec![60, 0, 0, 0, 0], bytes });
    let tree = wallet();
    let said = update(&tree, &server);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("the connection ended after 60 of"), "{}", said.err);
    server.requests();
    assert_eq!(update(&tree, &server).code, 0);
    assert!(server.requests()[0].to_lowercase().contains("range: bytes=60-"));
}

#[test]
fn what_was_not_promised_is_not_taken() {
    let server = Server::start();
    let tree = wallet();
    let bytes = archive(&[record("GHSA-1", "npm", "left")]);
    server.serve(
        "/npm/all.zip",
        Served { headers: promised(&bytes), etag: "\"one\"".into(), bytes: bytes.clone(), ..Served::default() },
    );
    assert_eq!(update(&tree, &server).code, 0);
    let good = db(&tree, &["status", "--format", "json"], &[]).out;
    let digest = "Repr-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n".to_owned();
    let other = archive(&[record("GHSA-9", "npm", "left")]);
    for (file, part) in [
        (Served { headers: promised(b"something else"), bytes: other.clone(), ..Served::default() }, "CRC32C"),
        (Served { headers: digest, bytes: other.clone(), ..Served::default() }, "SHA-256"),
        (Served { bytes: b"<html>".to_vec(), ..Served::default() }, "cannot import"),
        (Served { bytes: archive(&[record("GO-1", "Go", "left")]), ..Served::default() }, "no advisory of"),
    ] {
        server.serve("/npm/all.zip", file);
        let said = update(&tree, &server);
        assert_eq!(said.code, 3, "{part}");
        assert!(said.err.contains(part), "{part}: {}", said.err);
        assert_eq!(db(&tree, &["status", "--format", "json"], &[]).out, good, "{part}");
    }
    // One that fails does not keep the others from being fetched.
    let bytes = archive(&[record("GO-1", "Go", "left")]);
    server.serve("/Go/all.zip", Served { bytes, ..Served::default() });
    let said = db(&tree, &["update", "--ecosystem", "Pub", "--ecosystem", "Go"], &[("FOREWARN_DB_URL", &server.address)]);
    assert_eq!((said.code, &*said.out), (3, "Go: 1 advisories (1 new or changed, 0 gone)\n"));
    assert!(said.err.contains("/Pub/all.zip: the server answers 404"), "{}", said.err);
    assert_eq!(db(&tree, &["update", "--from", "ftp://x"], &[]).code, 2);
}

#[test]
fn a_proxy_is_used_where_the_environment_names_one() {
    let proxy = Server::start();
    let bytes = archive(&[record("GHSA-1", "npm", "left")]);
    proxy.serve("/npm/all.zip", Served { headers: promised(&bytes), etag: "\"one\"".into(), bytes, ..Served::default() });
    let tree = wallet();
    let arguments = ["update", "--ecosystem", "npm", "--from", "http://mirror.example"];
    let said = db(&tree, &arguments, &[("HTTP_PROXY", &proxy.address)]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(proxy.requests()[0].starts_with("CONNECT mirror.example:80"));
}

#[test]
fn a_scan_uses_the_store_and_says_so() {
    let tree = wallet();
    std::fs::write(tree.root().join("all.zip"), archive(&[record("GHSA-1", "npm", "left"), "{".to_owned()])).expect("an archive");
    let without = scan_json(&tree, &[]);
    assert!(!has_finding(&without));
    assert_eq!(without["knowledge"].as_array().expect("tables").len(), 1);

    let said = db(&tree, &["import", "all.zip"], &[]);
    assert_eq!((said.code, &*said.out), (0, "npm: 1 advisories (1 new or changed, 0 gone)\n"));
    assert!(said.err.contains("1.json: no OSV record"), "{}", said.err);
    let with = scan_json(&tree, &["--db", "store", "--as-of", "2021-05-11"]);
    assert!(has_finding(&with));
    let store = &with["knowledge"][1];
    assert_eq!((&store["name"], &store["advisories"], &store["ageDays"]), (&"store".into(), &1.into(), &10.into()));
    let status: Value = serde_json::from_str(&db(&tree, &["status", "--format", "json"], &[]).out).expect("a status");
    assert_eq!(store["digest"], status["digest"]);
    assert!(!has_finding(&scan_json(&tree, &["--db", "store", "--as-of", "2021-04-30"])), "it was not public yet");

    // A release that was made to do harm is what the rule on such releases is about.
    std::fs::write(tree.root().join("mal.json"), record("MAL-2021-1", "npm", "left")).expect("a record");
    db(&tree, &["import", "mal.json", "--db", "evil"], &[]);
    let rules = |report: &Value| {
        report["findings"].as_array().expect("findings").iter().map(|finding| finding["rule"].to_string()).collect::<Vec<_>>()
    };
    assert!(rules(&scan_json(&tree, &["--db", "evil"])).contains(&"\"dep-known-malicious\"".to_owned()));

    let digest = status["digest"].as_str().expect("a digest");
    for format in ["table", "markdown", "html", "sarif", "cyclonedx"] {
        let out = tree.scan(&["--db", "store", "--format", format, "--full"]).out.split_whitespace().collect::<String>();
        assert!(out.contains(digest), "{format}: {out}");
    }
}

#[test]
fn the_store_of_the_user_is_found_and_one_that_is_asked_for_must_be_there() {
    let tree = wallet();
    std::fs::write(tree.root().join("1.json"), record("GHSA-1", "npm", "left")).expect("a record");
    let mut import = command(tree.root(), &["db", "import", "1.json"]);
    assert_eq!(Said::of(&mut import).code, 0);
    assert!(tree.root().join("forewarn/advisories/index.json").is_file(), "in the cache that the environment names");
    assert!(has_finding(&scan_json(&tree, &[])));
    assert!(!has_finding(&scan_json(&tree, &["--no-db"])));

    let said = tree.scan(&["--db", "nowhere"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("there is no advisory database at nowhere"), "{}", said.err);
    std::fs::write(tree.root().join("forewarn/advisories/index.json"), "{").expect("a change");
    let report = scan_json(&tree, &[]);
    let notices = report["notices"].as_array().expect("notices");
    assert!(
        notices.iter().any(|notice| notice["message"].as_str().is_some_and(|text| text.contains("advisory database was not used")))
    );
    assert_eq!(tree.scan(&["--db", "forewarn/advisories"]).code, 2);
}
