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
fn a_flaw_that_is_reached_beside_the_keys_counts_more() {
    let near = "import EC from 'elliptic';\nimport { words } from 'bip-helper/lib';\nexport function open(mnemonic: string) {\n  return new EC.ec('secp256k1').keyFromPrivate(words(mnemonic)).sign(mnemonic);\n}\n";
    let far = "import EC from 'elliptic';\nexport const curve = new EC.ec('secp256k1');\n";
    let scan = |code: &str| {
        let tree = Tree::new(&[("package.json", PACKAGE), ("package-lock.json", LOCK), ("src/keyring.ts", code)]);
        report(tree.root())
    };
    let (beside, away) = (scan(near), scan(far));
    let first = |report: &Report, rule: &str| findings(report, rule)[0].clone();
    // What only changes prototypes is no worse for the keys beside it.
    let (beside_keys, elsewhere) = (first(&beside, "dep-known-vulnerable"), first(&away, "dep-known-vulnerable"));
    assert_eq!((beside_keys.severity, beside_keys.exposure), (elsewhere.severity, elsewhere.exposure));
    assert_eq!(beside_keys.severity, Severity::Info);
    let (reached, unreached) = (first(&beside, "dep-known-vulnerable-crypto"), first(&away, "dep-known-vulnerable-crypto"));
    assert!(reached.message.contains("imported by src/keyring.ts:1, which handles a mnemonic"), "{}", reached.message);
    let places: Vec<_> = reached.related.iter().map(|step| &*step.place.path).collect();
    assert_eq!((reached.exposure, &places[..]), (Exposure::OnSecretPath, &["package.json", "src/keyring.ts"][..]));
    assert_eq!((reached.severity, unreached.severity), (Severity::Medium, Severity::Low));
    let package = reached.package.as_deref().expect("the package");
    assert_eq!((&*package.purl, package.is_direct, package.ships), ("pkg:npm/elliptic@6.5.4", true, true));
    assert!(package.advisories.len() > 3 && package.fix.is_some(), "{package:?}");
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

const NOT_AFFECTED: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://w.example/vex", "author": "w", "version": 1,
"timestamp": "2026-01-01T00:00:00Z", "statements": [
{"vulnerability": {"name": "NOBODY-1"}, "products": [{"@id": "pkg:npm/minimist@1.2.0"}], "status": "fixed"},
{"vulnerability": {"name": "ID"}, "products": [{"@id": "pkg:npm/minimist@1.2.0"}], "status": "not_affected",
 "justification": "vulnerable_code_not_in_execute_path", "impact_statement": "arguments are constants"}]}"#;

#[test]
fn an_answered_flaw_is_set_aside_with_its_reason() {
    let tree = Tree::new(&[("package.json", PACKAGE), ("package-lock.json", LOCK), ("src/a.ts", "export const a = 1;\n")]);
    let draft: serde_json::Value = serde_json::from_str(&tree.scan(&["--format", "openvex"]).out).expect("a draft");
    let statements = draft["statements"].as_array().expect("statements");
    let minimist = |statement: &&serde_json::Value| statement["products"][0]["@id"] == "pkg:npm/minimist@1.2.0";
    let flaws: Vec<_> = statements.iter().filter(minimist).collect();
    assert!(!flaws.is_empty() && flaws.iter().all(|flaw| flaw["status"] == "under_investigation"), "{draft}");
    // The draft, handed back as it is, changes nothing.
    tree.write("draft.vex.json", draft.to_string());
    let plain = tree.scan(&["--format", "json"]).out;
    assert_eq!(
        tree.scan(&["--format", "json", "--vex", "draft.vex.json"]).out.matches("minimist").count(),
        plain.matches("minimist").count()
    );
    let mut answers = draft.clone();
    for statement in answers["statements"].as_array_mut().expect("statements") {
        if statement["products"][0]["@id"] == "pkg:npm/minimist@1.2.0" {
            statement["status"] = "not_affected".into();
            statement["justification"] = "vulnerable_code_not_in_execute_path".into();
        }
    }
    tree.write("w.vex.json", answers.to_string());
    tree.write("idle.vex.json", NOT_AFFECTED);
    let said = tree.scan(&["--format", "json", "--vex", "w.vex.json", "--vex", "idle.vex.json"]);
    let report: serde_json::Value = serde_json::from_str(&said.out).expect("a report");
    let about_minimist =
        |finding: &&serde_json::Value| finding["subject"] == "minimist 1.2.0" && finding["rule"] == "dep-known-vulnerable";
    let suppressed = report["suppressed"].as_array().expect("a list").iter().find(|one| about_minimist(&&one["finding"]));
    let reason = suppressed.expect("set aside")["reason"].as_str().expect("a reason");
    assert!(reason.contains("not_affected (vulnerable_code_not_in_execute_path; w.vex.json, statement "), "{reason}");
    assert!(!report["findings"].as_array().expect("a list").iter().any(|finding| about_minimist(&finding)));
    assert!(said.out.contains("idle.vex.json, statement 1 (NOBODY-1) matches no known vulnerability"), "{}", report["notices"]);
    let bill: serde_json::Value =
        serde_json::from_str(&tree.scan(&["--format", "cyclonedx", "--vex", "w.vex.json"]).out).expect("a bill");
    let states: Vec<_> = bill["vulnerabilities"].as_array().expect("a list").iter().map(|one| &one["analysis"]["state"]).collect();
    assert!(
        states.iter().any(|state| **state == "not_affected") && states.iter().any(|state| **state == "in_triage"),
        "{states:?}"
    );
    tree.write("broken.vex.json", "{");
    let broken = tree.scan(&["--vex", "broken.vex.json"]);
    assert!(broken.code == 2 && broken.err.contains("broken.vex.json"), "{}", broken.err);
}
