use super::*;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn every_line_of_the_embedded_tables_is_read() {
    let mut lines = 0;
    for (path, text) in TABLES {
        let Some(ecosystem) = text.lines().next().and_then(|line| line.strip_prefix("#ecosystem\t")) else { continue };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let advisory = Advisory::parse(ecosystem, line).unwrap_or_else(|| panic!("{path}: {line}"));
            assert_eq!(advisory.line(), line, "{path}");
            lines += 1;
        }
    }
    assert_eq!(Table::embedded().knowledge.count, lines);
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

/// Every bound of every advisory of an ecosystem with semantic versions, and what lies beside it, judged by another library's order.
#[test]
fn advisories_match_exactly_the_versions_that_they_name() {
    let parse = |text: &str| nodejs_semver::Version::parse(text).ok();
    let mut judged = 0;
    for (path, text) in TABLES {
        let Some(ecosystem) = text.lines().next().and_then(|line| line.strip_prefix("#ecosystem\t")) else { continue };
        if !["npm", "crates.io", "Go", "Pub", "SwiftURL"].contains(&ecosystem) {
            continue;
        }
        for advisory in text.lines().filter_map(|line| Advisory::parse(ecosystem, line)) {
            let bounds: Vec<&str> =
                advisory.affected.split([',', '|', ' ']).map(|term| term.trim_start_matches(['<', '>', '='])).collect();
            for bound in bounds.iter().filter_map(|bound| parse(bound)) {
                for version in beside(&bound) {
                    let Some(expected) = oracle(&advisory.affected, &version) else { continue };
                    assert_eq!(
                        advisory.affects(&version.to_string()),
                        expected,
                        "{path} {} {version} in {}",
                        advisory.package,
                        advisory.affected
                    );
                    judged += 1;
                }
            }
        }
    }
    assert!(judged > 20_000, "{judged}");
}

/// A version, its pre-release, and its neighbours.
fn beside(version: &nodejs_semver::Version) -> Vec<nodejs_semver::Version> {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    let near = [format!("{major}.{minor}.{patch}-0"), format!("{major}.{minor}.{}", patch + 1), format!("{major}.{}.0", minor + 1)];
    let before = patch.checked_sub(1).map(|patch| format!("{major}.{minor}.{patch}"));
    let others = near.into_iter().chain(before).filter_map(|text| nodejs_semver::Version::parse(text).ok());
    std::iter::once(version.clone()).chain(others).collect()
}

/// What the comparators say by the order of `nodejs_semver`; None if one of them is no semantic version.
fn oracle(affected: &str, version: &nodejs_semver::Version) -> Option<bool> {
    let mut is_affected = false;
    for alternative in affected.split("||") {
        let mut holds = true;
        for term in alternative.split(',').map(str::trim).filter(|term| *term != "*") {
            let bound = nodejs_semver::Version::parse(term.trim_start_matches(['<', '>', '='])).ok()?;
            holds &= match term {
                term if term.starts_with(">=") => *version >= bound,
                term if term.starts_with("<=") => *version <= bound,
                term if term.starts_with('>') => *version > bound,
                term if term.starts_with('<') => *version < bound,
                _ => *version == bound,
            };
        }
        is_affected |= holds;
    }
    Some(is_affected)
}
