use crate::lockfile::{Dependencies, PackageSource, Purpose, find};
use crate::source::{FileId, SourceFile};

fn read(path: &str, text: &str) -> Dependencies {
    let file = SourceFile::in_memory(FileId(0), path, text);
    let (dependencies, notices) = find(&file).expect("a reader").read(&file);
    assert!(notices.is_empty(), "{notices:?}");
    dependencies.expect("dependencies")
}

const LOCK: &str = r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["left", "twice 2.0.0"]

[[package]]
name = "left"
version = "1.0.0"
source = "registry+https://index.example"
checksum = "aa"
dependencies = ["twice 1.0.0", "forked"]

[[package]]
name = "forked"
version = "0.3.0"
source = "git+https://h.example/forked?branch=main#c0ffee"

[[package]]
name = "twice"
version = "1.0.0"
source = "registry+https://index.example"
checksum = "bb"

[[package]]
name = "twice"
version = "2.0.0"
source = "registry+https://index.example"
"#;

#[test]
fn a_lockfile_gives_packages_and_edges() {
    let lockfile = read("Cargo.lock", LOCK).lockfile.expect("a lockfile");
    let names: Vec<_> = lockfile.packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect();
    assert_eq!(names, ["left 1.0.0", "forked 0.3.0", "twice 1.0.0", "twice 2.0.0"]);
    assert_eq!(lockfile.packages[0].dependencies, [2, 1]);
    assert_eq!(lockfile.packages[3].integrity, None);
    let git = PackageSource::Git { url: "https://h.example/forked".into(), reference: Some("c0ffee".into()) };
    assert_eq!(lockfile.packages[1].source, git);
    let direct: Vec<_> = lockfile.importers[0].requirements.iter().filter_map(|(_, package)| *package).collect();
    assert_eq!(direct, [0, 3]);
}

#[test]
fn our_reading_is_that_of_the_cargo_lock_crate() {
    let theirs: cargo_lock::Lockfile = include_str!("../../../Cargo.lock").parse().expect("our own lockfile");
    let ours = read("Cargo.lock", include_str!("../../../Cargo.lock")).lockfile.expect("a lockfile");
    let fetched: Vec<_> = theirs.packages.iter().filter(|package| package.source.is_some()).collect();
    assert_eq!(ours.packages.len(), fetched.len());
    for (ours, theirs) in ours.packages.iter().zip(fetched) {
        assert_eq!((&*ours.name, &*ours.version), (theirs.name.as_str(), &*theirs.version.to_string()));
        assert_eq!(ours.integrity, theirs.checksum.as_ref().map(ToString::to_string));
        assert_eq!(ours.dependencies.len(), theirs.dependencies.len(), "{}", ours.name);
    }
}

#[test]
fn a_manifest_gives_sections_renames_and_sources() {
    let text = r#"
[package]
name = "app"
[dependencies]
left = "1"
nick = { package = "real", version = "=2.0.0" }
near = { path = "../near" }
shared = { workspace = true }
[target.'cfg(unix)'.dependencies]
forked = { git = "https://h.example/forked", branch = "main" }
[dev-dependencies]
tool = "*"
[workspace]
members = ["crates/*"]
[workspace.dependencies]
shared = "3"
[patch.crates-io]
left = { git = "https://h.example/left" }
"#;
    let manifest = read("Cargo.toml", text).manifest.expect("a manifest");
    let asked: Vec<_> = manifest.requirements.iter().map(|wish| (&*wish.name, &*wish.range, wish.purpose)).collect();
    let (production, development) = (Purpose::Production, Purpose::Development);
    let expected = [
        ("left", "1", production),
        ("real", "=2.0.0", production),
        ("near", "", production),
        ("shared", "", production),
        ("forked", "", production),
        ("tool", "*", development),
    ];
    assert_eq!(asked, expected);
    assert_eq!(manifest.shared[0].range, "3");
    assert!(matches!(&manifest.overrides[0].source, PackageSource::Git { reference: None, .. }));
    assert_eq!(manifest.members, ["crates/*"]);
}
