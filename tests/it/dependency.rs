//! Packages, their lockfiles and the code that uses them, together.

use forewarn::finding::{Exposure, Finding};
use forewarn::report::Report;
use forewarn::rule::Severity;

use crate::tree::{Tree, report};

fn findings<'r>(report: &'r Report, rule: &str) -> Vec<&'r Finding> {
    report.triage.reported.iter().filter(|finding| finding.rule.id == rule).collect()
}

const PACKAGE: &str = r#"{"name": "wallet", "private": true, "dependencies": {"elliptic": "6.5.4", "bip-helper": "1.0.0"}}"#;
const LOCK: &str = r#"{"name": "wallet", "lockfileVersion": 3, "packages": {
"": {"name": "wallet", "dependencies": {"elliptic": "6.5.4", "bip-helper": "1.0.0"}},
"node_modules/elliptic": {"version": "6.5.4", "integrity": "sha512-AAAA"},
"node_modules/bip-helper": {"version": "1.0.0", "integrity": "sha512-AAAA", "dependencies": {"minimist": "1.2.0"}},
"node_modules/minimist": {"version": "1.2.0", "integrity": "sha512-AAAA"}
}}"#;

#[test]
fn a_flaw_beside_the_keys_counts_more() {
    let near = "import EC from 'elliptic';\nimport { words } from 'bip-helper/lib';\nexport function open(mnemonic: string) {\n  return new EC.ec('secp256k1').keyFromPrivate(words(mnemonic));\n}\n";
    let far = "import EC from 'elliptic';\nexport const curve = new EC.ec('secp256k1');\n";
    let scan = |code: &str| {
        let tree = Tree::new(&[("package.json", PACKAGE), ("package-lock.json", LOCK), ("src/keyring.ts", code)]);
        report(tree.root())
    };
    let (beside, away) = (scan(near), scan(far));
    let minimist = |report: &Report| findings(report, "dep-known-vulnerable")[0].clone();
    let (beside_keys, elsewhere) = (minimist(&beside), minimist(&away));
    assert!(
        beside_keys.message.ends_with("; bip-helper is imported by src/keyring.ts:2, which handles a mnemonic"),
        "{}",
        beside_keys.message
    );
    assert_eq!((beside_keys.exposure, &*beside_keys.related[0].place.path), (Exposure::OnSecretPath, "src/keyring.ts"));
    assert_eq!((beside_keys.severity, elsewhere.exposure == Exposure::OnSecretPath), (elsewhere.severity, false));
    let flawed = findings(&beside, "dep-known-vulnerable-crypto");
    assert!(flawed[0].message.ends_with("; imported by src/keyring.ts:1, which handles a mnemonic"), "{}", flawed[0].message);
    assert!(flawed[0].severity >= Severity::High);
}

#[test]
fn checksums_of_go_add_what_an_old_module_file_leaves_out() {
    let sums = "golang.org/x/crypto v0.1.0 h1:AA=\ngithub.com/golang-jwt/jwt/v4 v4.1.0 h1:BB=\n";
    let scan = |release: &str| {
        let module = format!("module example.com/w\ngo {release}\nrequire golang.org/x/crypto v0.1.0\n");
        let tree = Tree::new(&[("go.mod", &module), ("go.sum", sums), ("main.go", "package main\n")]);
        report(tree.root())
    };
    let places = |report: &Report| -> Vec<String> {
        let all = report.triage.reported.iter().filter(|finding| finding.rule.id.starts_with("dep-known-vulnerable"));
        all.map(|finding| finding.place.path.to_string()).collect()
    };
    let (old, new) = (places(&scan("1.13")), places(&scan("1.21")));
    assert!(old.contains(&"go.mod".to_owned()) && old.contains(&"go.sum".to_owned()), "{old:?}");
    assert!(new.contains(&"go.mod".to_owned()) && !new.contains(&"go.sum".to_owned()), "{new:?}");
}
