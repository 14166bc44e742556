//! The same small project, fixed by every package manager: `app` needs `left` (which needs `deep`), an alias of `real`, and for
//! development `tool` from a repository.

use crate::lockfile::{Lockfile, Package, PackageSource, find};
use crate::source::{FileId, SourceFile};

const PACKAGE_LOCK_3: &str = r#"{"lockfileVersion": 3, "packages": {
  "": {"name": "app", "dependencies": {"left": "^1", "nick": "npm:real@2"}, "devDependencies": {"tool": "o/tool#main"}},
  "node_modules/left": {"version": "1.2.0", "resolved": "https://registry.example/left/-/left-1.2.0.tgz",
    "integrity": "sha512-AA==", "dependencies": {"deep": "*"}, "hasInstallScript": true},
  "node_modules/left/node_modules/deep": {"version": "0.1.0", "integrity": "sha512-BB=="},
  "node_modules/nick": {"name": "real", "version": "2.0.0", "integrity": "sha512-CC==", "deprecated": "gone"},
  "node_modules/tool": {"version": "3.0.0", "resolved": "git+ssh://git@github.com/o/tool.git#c0ffee", "dev": true}
}}"#;

const PACKAGE_LOCK_1: &str = r#"{"lockfileVersion": 1, "dependencies": {
  "left": {"version": "1.2.0", "integrity": "sha512-AA==", "requires": {"deep": "*"},
    "dependencies": {"deep": {"version": "0.1.0", "integrity": "sha512-BB=="}}},
  "nick": {"version": "npm:real@2.0.0", "integrity": "sha512-CC=="},
  "tool": {"version": "git+ssh://git@github.com/o/tool.git#c0ffee", "from": "o/tool#main", "dev": true}
}}"#;

const YARN_1: &str = r#"# yarn lockfile v1


deep@*:
  version "0.1.0"
  integrity sha512-BB==

"left@^1", left@^1.1:
  version "1.2.0"
  resolved "https://registry.example/left/-/left-1.2.0.tgz#c0ffee"
  integrity sha512-AA==
  dependencies:
    deep "*"

"nick@npm:real@2":
  version "2.0.0"
  integrity sha512-CC==

"tool@o/tool#main":
  version "3.0.0"
  resolved "git+ssh://git@github.com/o/tool.git#c0ffee"
"#;

const YARN_4: &str = r#"__metadata:
  version: 8

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    left: "npm:^1"
    nick: "npm:real@2"
    tool: "o/tool#main"
  languageName: unknown

"deep@npm:*":
  version: 0.1.0
  resolution: "deep@npm:0.1.0"
  checksum: 10/BB

"left@npm:^1, left@npm:^1.1":
  version: 1.2.0
  resolution: "left@npm:1.2.0"
  dependencies:
    deep: "npm:*"
  checksum: 10/AA

"nick@npm:real@2":
  version: 2.0.0
  resolution: "real@npm:2.0.0"
  checksum: 10/CC

"tool@o/tool#main":
  version: 3.0.0
  resolution: "tool@https://github.com/o/tool.git#commit=c0ffee"
"#;

const PNPM_5: &str = "lockfileVersion: 5.4
specifiers:
  left: ^1
  nick: npm:real@2
  tool: o/tool#main
dependencies:
  left: 1.2.0_deep@0.1.0
  nick: /real/2.0.0
devDependencies:
  tool: github.com/o/tool/c0ffee
packages:
  /deep/0.1.0:
    resolution: {integrity: sha512-BB==}
    dev: false
  /left/1.2.0_deep@0.1.0:
    resolution: {integrity: sha512-AA==}
    requiresBuild: true
    dependencies:
      deep: 0.1.0
    dev: false
  /real/2.0.0:
    resolution: {integrity: sha512-CC==}
    deprecated: gone
    dev: false
  github.com/o/tool/c0ffee:
    resolution: {tarball: https://codeload.github.com/o/tool/tar.gz/c0ffee}
    name: tool
    version: 3.0.0
    dev: true
";

const PNPM_6: &str = "lockfileVersion: '6.0'
dependencies:
  left:
    specifier: ^1
    version: 1.2.0(deep@0.1.0)
  nick:
    specifier: npm:real@2
    version: /real@2.0.0
packages:
  /deep@0.1.0:
    resolution: {integrity: sha512-BB==}
  /left@1.2.0(deep@0.1.0):
    resolution: {integrity: sha512-AA==}
    dependencies:
      deep: 0.1.0
  /real@2.0.0:
    resolution: {integrity: sha512-CC==}
";

const PNPM_9: &str = "lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      left:
        specifier: ^1
        version: 1.2.0(deep@0.1.0)
      nick:
        specifier: npm:real@2
        version: real@2.0.0
    devDependencies:
      tool:
        specifier: o/tool#main
        version: https://codeload.github.com/o/tool/tar.gz/c0ffee
packages:
  deep@0.1.0:
    resolution: {integrity: sha512-BB==}
  left@1.2.0:
    resolution: {integrity: sha512-AA==}
  real@2.0.0:
    resolution: {integrity: sha512-CC==}
    deprecated: gone
  tool@https://codeload.github.com/o/tool/tar.gz/c0ffee:
    resolution: {tarball: https://codeload.github.com/o/tool/tar.gz/c0ffee}
    version: 3.0.0
snapshots:
  deep@0.1.0: {}
  left@1.2.0(deep@0.1.0):
    dependencies:
      deep: 0.1.0
  real@2.0.0: {}
  tool@https://codeload.github.com/o/tool/tar.gz/c0ffee: {}
";

const BUN: &str = r#"{
  "lockfileVersion": 1,
  "workspaces": {
    "": {"name": "app", "dependencies": {"left": "^1", "nick": "npm:real@2",}, "devDependencies": {"tool": "o/tool#main"}},
  },
  "packages": {
    "left": ["left@1.2.0", "", {"dependencies": {"deep": "*"}}, "sha512-AA=="],
    "left/deep": ["deep@0.1.0", "", {}, "sha512-BB=="],
    "nick": ["real@2.0.0", "", {}, "sha512-CC=="],
    "tool": ["tool@github:o/tool#c0ffee", {}, "o-tool-c0ffee"],
  }
}"#;

fn read(path: &str, text: &str) -> Lockfile {
    let file = SourceFile::in_memory(FileId(0), path, text);
    let (dependencies, notices) = find(&file).expect("a reader").read(&file);
    assert!(notices.is_empty(), "{path}: {notices:?}");
    dependencies.and_then(|dependencies| dependencies.lockfile).expect("a lockfile")
}

fn package<'a>(lockfile: &'a Lockfile, name: &str) -> &'a Package {
    lockfile.packages.iter().find(|package| package.name == name).unwrap_or_else(|| panic!("{name} in {lockfile:#?}"))
}

#[test]
fn every_format_tells_the_same_story() {
    let cases = [
        ("package-lock.json", PACKAGE_LOCK_3),
        ("npm-shrinkwrap.json", PACKAGE_LOCK_1),
        ("yarn.lock", YARN_1),
        ("yarn.lock", YARN_4),
        ("pnpm-lock.yaml", PNPM_5),
        ("pnpm-lock.yaml", PNPM_6),
        ("pnpm-lock.yaml", PNPM_9),
        ("bun.lock", BUN),
    ];
    for (path, text) in cases {
        let lockfile = read(path, text);
        let left = package(&lockfile, "left");
        assert_eq!((&*left.version, left.source.clone()), ("1.2.0", PackageSource::Registry), "{path}");
        let deep: Vec<_> = left.dependencies.iter().map(|&index| &*lockfile.packages[index].name).collect();
        assert_eq!(deep, ["deep"], "{path} {}", &text[..40]);
        let real = package(&lockfile, "real");
        assert_eq!((&*real.version, real.integrity.is_some()), ("2.0.0", true), "{path}");
        if text != PNPM_6 {
            let tool = &package(&lockfile, "tool").source;
            assert!(matches!(tool, PackageSource::Git { reference: Some(commit), .. } if commit == "c0ffee"), "{path} {tool:?}");
        }
        for importer in &lockfile.importers {
            let found = importer.requirements.iter().all(|(_, package)| package.is_some());
            assert!(found && importer.requirements.len() >= 2, "{path}: {importer:#?}");
        }
    }
}

#[test]
fn what_only_some_formats_say_is_kept() {
    let npm = read("package-lock.json", PACKAGE_LOCK_3);
    assert!(package(&npm, "left").has_install_script && package(&npm, "tool").is_development);
    assert_eq!(package(&npm, "real").deprecated.as_deref(), Some("gone"));
    assert_eq!(package(&npm, "real").alias.as_deref(), Some("nick"));
    assert!(package(&read("npm-shrinkwrap.json", PACKAGE_LOCK_1), "tool").is_development);
    assert!(package(&read("pnpm-lock.yaml", PNPM_5), "left").has_install_script);
    assert_eq!(package(&read("yarn.lock", YARN_1), "left").requested, ["^1", "^1.1"]);
}

#[test]
fn a_manifest_says_what_it_asks_for_and_forces() {
    let text = r#"{"name": "app", "private": true, "workspaces": ["packages/*"], "packageManager": "pnpm@9.0.0",
      "dependencies": {"a": "^1", "b": "file:../b"}, "devDependencies": {"c": "2"}, "optionalDependencies": {"a": "1"},
      "overrides": {"x": {".": "3", "y": "4"}}, "resolutions": {"**/@s/z": "5"}, "scripts": {"postinstall": "node x.js", "test": "t"}}"#;
    let file = SourceFile::in_memory(FileId(0), "package.json", text);
    let (dependencies, notices) = find(&file).expect("a reader").read(&file);
    let manifest = dependencies.and_then(|dependencies| dependencies.manifest).expect("a manifest");
    assert!(notices.is_empty() && !manifest.is_library);
    let wishes: Vec<_> = manifest.requirements.iter().map(|wish| (&*wish.name, wish.purpose.is_development())).collect();
    assert_eq!(wishes, [("b", false), ("c", true), ("a", false)]);
    let forced: Vec<_> = manifest.overrides.iter().map(|wish| (&*wish.name, &*wish.range)).collect();
    assert_eq!(forced, [("x", "3"), ("y", "4"), ("@s/z", "5")]);
    assert_eq!(manifest.install_scripts.len(), 1);
    assert_eq!(file.snippet(manifest.requirements[0].span), r#""b": "file:../b""#);
}

#[test]
fn a_truncated_lockfile_keeps_what_stands_before_the_fault() {
    for (path, text) in [("package-lock.json", PACKAGE_LOCK_3), ("yarn.lock", YARN_1), ("bun.lock", BUN)] {
        for cut in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            let file = SourceFile::in_memory(FileId(0), path, &text[..cut]);
            let (dependencies, notices) = find(&file).expect("a reader").read(&file);
            assert!(notices.iter().all(|notice| notice.line.is_some()));
            let packages = dependencies.and_then(|found| found.lockfile).map_or(0, |lockfile| lockfile.packages.len());
            let half = text.find("nick\": {").unwrap_or(text.len());
            assert!(cut < half || packages >= 2 || !notices.is_empty(), "{path} {cut}");
        }
    }
}
