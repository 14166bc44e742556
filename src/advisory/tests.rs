use super::*;
use crate::rule::Severity;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn every_line_of_the_embedded_tables_is_read() {
    let mut lines = 0;
    for (path, text) in ADVISORIES {
        let Some(ecosystem) = text.lines().next().and_then(|line| line.strip_prefix("#ecosystem\t")) else { continue };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let advisory = Advisory::parse(ecosystem, line).unwrap_or_else(|| panic!("{path}: {line}"));
            assert_eq!(advisory.line(), line, "{path}");
            lines += 1;
        }
    }
    assert_eq!(Table::embedded().count, lines);
    assert!(lines > 6_000);
    let shared = rows("summaries.tsv").count();
    assert!(shared > 100 && rows("summaries.tsv").all(|row| row.len() == 3));
}

#[test]
fn no_summary_is_left_a_reference() {
    let knowledge = Advisories::default();
    let advisories = ["event-stream", "elliptic", "chalk", "electron-native-notify"].map(|name| knowledge.about("npm", name));
    for advisory in advisories.into_iter().flatten() {
        assert!(advisory.summary.len() > 20 && !advisory.summary.starts_with('@'), "{advisory:?}");
        assert!(advisory.address().is_some(), "{advisory:?}");
    }
}

#[test]
fn knowledge_has_a_date() {
    let knowledge = Advisories::default();
    let worst = |name, version, on: &str| knowledge.affecting("npm", name, version, day(on)).first().map(|found| found.kind);
    assert_eq!(worst("flatmap-stream", "0.1.1", "2018-11-25"), None);
    assert_eq!(worst("flatmap-stream", "0.1.1", "2018-11-26"), Some(AdvisoryKind::Malicious));
    assert_eq!(worst("event-stream", "3.3.4", "2026-01-01"), None);
    assert_eq!(worst("event-stream", "3.3.6", "2019-01-01"), Some(AdvisoryKind::Malicious));
}

#[test]
fn names_are_compared_as_the_registry_does() {
    let knowledge = Advisories::default();
    let advisory = knowledge.about("PyPI", "pycrypto").next().expect("an old friend");
    assert_eq!(knowledge.about("PyPI", "PyCrypto").next(), Some(advisory));
}

#[test]
fn the_fix_is_the_oldest_clean_newer_version() {
    let row = |affected: &str, fixed: &str| {
        Advisory::parse("npm", &format!("p\tvulnerability\t{affected}\t{fixed}\thigh\t2020-01-01\tX-1\t\ttext")).expect("a row")
    };
    // As crypto-js 3.2 and 3.3: the fault goes and comes back.
    let advisories = [row("<3.2.0 || >=3.3.0, <4.0.0", "3.2.0 4.0.0"), row("<3.2.1", "3.2.1")];
    assert_eq!(fix("npm", "3.1.0", &advisories).as_deref(), Some("3.2.1"));
    assert_eq!(fix("npm", "3.3.0", &advisories).as_deref(), Some("4.0.0"));
    assert_eq!(advisories[0].severity, Severity::High);
}

#[test]
fn an_indicator_counts_while_it_is_listed() {
    let contracts = indicator::all("contract", day("2024-01-01"));
    let delisted = contracts.iter().find(|found| found.delisted.is_some()).expect("a delisted contract");
    assert!(indicator::find("address", &delisted.value.to_ascii_uppercase().replacen("0X", "0x", 1), day("2024-01-01")).is_some());
    assert!(indicator::find("contract", delisted.value, day("2026-01-01")).is_none());
    let domains = indicator::all("domain", day("2026-11-01"));
    assert!(domains.len() > 2_000);
    assert!(indicator::find("domain", "example.com", day("2026-11-01")).is_none());
}

#[test]
fn groups_and_lifecycles_load() {
    assert!(group::names().any(|name| name == "key-library"));
    assert!(group::contains("key-library", "npm", "@noble/hashes") && !group::contains("key-library", "npm", "react"));
    assert!(group::contains("key-library", "Go", "github.com/btcsuite/btcd/btcec/v2"));
    let line = lifecycle::line("npm", "electron", "12.0.5").expect("a line");
    assert_eq!((line.name, line.end), ("12", day("2021-11-16")));
    assert_eq!(lifecycle::line("npm", "electron", "99.0.0"), None);
}
