//! Records of the Open Source Vulnerability format (schema 1.x), as far as they speak of packages.

use cvss::Cvss;
use serde::Deserialize;

use super::{Advisory, AdvisoryKind, Impact, version};
use crate::rule::{Date, Severity};

/// Characters of a summary that are kept.
const SUMMARY: usize = 240;
/// Bytes of a range: more is no range but an attack on whoever compares versions with it.
const LONGEST_RANGE: usize = 256 << 10;
/// The number in the names of weaknesses for code that was put there to do harm.
const EMBEDDED_MALICIOUS_CODE: &str = "CWE-506";

#[derive(Debug, Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    details: Option<String>,
    #[serde(default)]
    severity: Option<Vec<Rating>>,
    #[serde(default)]
    affected: Option<Vec<Affected>>,
    #[serde(default)]
    database_specific: Option<Specific>,
}

#[derive(Debug, Deserialize)]
struct Rating {
    score: String,
}

#[derive(Debug, Deserialize)]
struct Affected {
    #[serde(default)]
    package: Option<Package>,
    #[serde(default)]
    ranges: Option<Vec<Range>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    severity: Option<Vec<Rating>>,
    #[serde(default)]
    ecosystem_specific: Option<Specific>,
    #[serde(default)]
    database_specific: Option<Specific>,
}

#[derive(Debug, Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Range {
    #[serde(rename = "type")]
    sort: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// What databases add of their own: whatever its type, what is not understood counts as absent.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Specific(serde_json::Value);

impl Specific {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// Whether RustSec says that a release was made to do harm.
    fn is_malicious(&self) -> bool {
        let categories = self.0.get("categories").and_then(|categories| categories.as_array());
        categories.into_iter().flatten().any(|category| category.as_str() == Some(AdvisoryKind::Malicious.name()))
    }

    /// The weaknesses, as GitHub or as OpenSSF writes them, and the categories of RustSec.
    fn terms(&self) -> impl Iterator<Item = &str> {
        let list = |key: &str| self.0.get(key).and_then(|ids| ids.as_array()).into_iter().flatten();
        let told = list("cwes").filter_map(|cwe| cwe.get("cweId"));
        list("cwe_ids").chain(list("categories")).chain(told).filter_map(|id| id.as_str())
    }

    fn names_weakness(&self, name: &str) -> bool {
        self.terms().any(|id| id == name)
    }
}

/// What is wrong with a record.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OsvError {
    /// It is not JSON, or not of the format.
    #[error("no OSV record: {0}")]
    Format(String),
    /// It is about a package of ours and names no versions that can be compared.
    #[error("{id} names no usable versions of {package}")]
    Versions {
        /// The record.
        id: String,
        /// The package.
        package: String,
    },
}

/// Reads a record: one advisory for each package of an ecosystem that `takes` wants. A record without a date counts as published
/// on `read_on`, which is never too early.
///
/// # Errors
/// If it is none, or if what it says of a package cannot be used.
pub fn parse(json: &[u8], read_on: Date, takes: &dyn Fn(&str) -> bool) -> Result<Vec<Advisory>, OsvError> {
    let record: Record = serde_json::from_slice(json).map_err(|error| OsvError::Format(error.to_string()))?;
    if record.id.trim().is_empty() {
        return Err(OsvError::Format("its id is empty".to_owned()));
    }
    let mut found: Vec<Advisory> = Vec::new();
    for affected in record.affected.iter().flatten() {
        let Some(package) = affected.package.as_ref().filter(|package| takes(ecosystem(package))) else { continue };
        let advisory = record.about(affected, package, read_on)?;
        // A record may tell of one package in several parts.
        match found.iter_mut().find(|other| other.package == advisory.package && other.ecosystem == advisory.ecosystem) {
            Some(other) => other.extend(advisory),
            None => found.push(advisory),
        }
    }
    Ok(found)
}

/// `Alpine:v3.5` is a release of the ecosystem `Alpine`.
fn ecosystem(package: &Package) -> &str {
    package.ecosystem.split(':').next().unwrap_or_default()
}

impl Record {
    fn about(&self, affected: &Affected, package: &Package, read_on: Date) -> Result<Advisory, OsvError> {
        let ecosystem = ecosystem(package);
        let range = affected.range(ecosystem).filter(|range| range.len() <= LONGEST_RANGE);
        let unusable = || OsvError::Versions { id: self.id.clone(), package: package.name.clone() };
        let kind = self.kind(affected);
        let severity = self.severity(affected);
        Ok(Advisory {
            ecosystem: ecosystem.to_owned(),
            package: package.name.clone(),
            kind,
            affected: range.ok_or_else(unusable)?,
            fixed: affected.fixed(),
            severity: severity.unwrap_or(kind.usual_severity()),
            is_rated: severity.is_some(),
            published: [&self.published, &self.modified].into_iter().find_map(|text| day(text.as_deref())).unwrap_or(read_on),
            ids: self.ids(),
            source: String::new(),
            summary: self.told(),
            withdrawn: self.withdrawn.as_ref().map(|text| day(Some(text)).unwrap_or(read_on)),
            stated: self.impact(affected),
        })
    }

    /// Its id and aliases. An id with a blank in it would be two.
    fn ids(&self) -> Vec<String> {
        let all = std::iter::once(&self.id).chain(self.aliases.iter().flatten());
        all.map(|id| id.split_whitespace().collect::<String>()).filter(|id| !id.is_empty()).collect()
    }

    fn kind(&self, affected: &Affected) -> AdvisoryKind {
        let specific = [&self.database_specific, &affected.database_specific, &affected.ecosystem_specific];
        let mut specific = specific.into_iter().flatten();
        let is_malicious = |specific: &Specific| specific.is_malicious() || specific.names_weakness(EMBEDDED_MALICIOUS_CODE);
        if self.id.starts_with("MAL-") || specific.clone().any(is_malicious) {
            return AdvisoryKind::Malicious;
        }
        specific.find_map(|specific| informational(specific.text("informational")?)).unwrap_or(AdvisoryKind::Vulnerability)
    }

    fn impact(&self, affected: &Affected) -> Option<Impact> {
        let specific = [&affected.database_specific, &affected.ecosystem_specific, &self.database_specific];
        let specific = specific.into_iter().flatten();
        let vectors = affected.severity.iter().chain(&self.severity).flatten().map(|rating| rating.score.as_str());
        let vectors = vectors.chain(specific.clone().filter_map(|specific| specific.text("cvss")));
        Impact::of_facts(vectors.filter(|vector| severity(vector).is_some()), specific.flat_map(Specific::terms))
    }

    /// By its vectors, the worst one; else by the word of its database.
    fn severity(&self, affected: &Affected) -> Option<Severity> {
        let vectors = affected.severity.iter().chain(&self.severity).flatten().map(|rating| rating.score.as_str());
        let specific = [&affected.database_specific, &affected.ecosystem_specific, &self.database_specific];
        let specific = || specific.into_iter().flatten();
        let extra = specific().filter_map(|specific| specific.text("cvss"));
        let rated = vectors.chain(extra).filter_map(severity).max();
        rated.or_else(|| specific().find_map(|specific| word(specific.text("severity")?)))
    }

    /// One line that says what it is about.
    fn told(&self) -> String {
        let texts = [&self.summary, &self.details].into_iter().flatten();
        let lines = texts.flat_map(|text| text.lines()).map(|line| line.trim().trim_start_matches('#').trim());
        one_line(
            lines.filter(|line| line.chars().any(char::is_alphabetic)).find(|line| !line.starts_with("---")).unwrap_or(&self.id),
        )
    }
}

impl Affected {
    /// The affected versions as comparators; None if it names none that can be compared.
    fn range(&self, ecosystem: &str) -> Option<String> {
        let ranges = self.ranges.iter().flatten().filter(|range| range.sort != "GIT");
        let mut parts: Vec<String> = Vec::new();
        for range in ranges {
            for interval in intervals(ecosystem, &range.events)? {
                if !parts.contains(&interval) {
                    parts.push(interval);
                }
            }
        }
        if parts.iter().any(|part| part == "*") {
            return Some("*".to_owned());
        }
        let known = parts.join(" || ");
        let is_new = |version: &&String| is_version(version) && (known.is_empty() || !version::matches(ecosystem, &known, version));
        let mut versions: Vec<_> = self.versions.iter().flatten().filter(is_new).map(|version| format!("={version}")).collect();
        versions.sort();
        versions.dedup();
        parts.extend(versions);
        (!parts.is_empty()).then(|| parts.join(" || "))
    }

    fn fixed(&self) -> Vec<String> {
        let ranges = self.ranges.iter().flatten().filter(|range| range.sort != "GIT");
        let fixed = ranges.flat_map(|range| &range.events).filter_map(|event| event.fixed.clone());
        // A bound below every pre-release, such as 1.2.3-0, is no version that anybody can move to.
        fixed.filter(|version| is_version(version) && !version.ends_with("-0")).collect()
    }
}

impl Advisory {
    /// Adds further versions of the same advisory.
    fn extend(&mut self, other: Self) {
        if self.affected != other.affected {
            self.affected = format!("{} || {}", self.affected, other.affected);
        }
        self.fixed.extend(other.fixed);
        self.severity = self.severity.max(other.severity);
        self.is_rated |= other.is_rated;
        self.stated = self.stated.into_iter().chain(other.stated).min();
    }
}

/// What happens to the flaw at a version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Introduced,
    Fixed,
    LastAffected,
}

/// The intervals between events, as comparators; None if a bound is no version.
fn intervals(ecosystem: &str, events: &[Event]) -> Option<Vec<String>> {
    let mut turns: Vec<(Turn, &str)> = events.iter().filter_map(turn).collect();
    if !turns.iter().all(|(_, version)| is_version(version)) {
        return None;
    }
    let is_first = |version: &str| version == "0";
    turns.sort_by(|(turn, a), (other, b)| {
        let order = version::compare(ecosystem, a, b).unwrap_or(std::cmp::Ordering::Equal);
        // Events of one version stay in their order, but for the last version of an interval, which must have begun.
        let is_last = |turn: &Turn| *turn == Turn::LastAffected;
        is_first(b).cmp(&is_first(a)).then(order).then(is_last(turn).cmp(&is_last(other)))
    });
    let mut found = Vec::new();
    let mut since: Option<&str> = None;
    let interval = |since: &str, end: String| match (is_first(since), end.is_empty()) {
        (true, true) => "*".to_owned(),
        (true, false) => end,
        (false, true) => format!(">={since}"),
        (false, false) => format!(">={since}, {end}"),
    };
    for (turn, version) in turns {
        match (turn, since) {
            (Turn::Introduced, None) => since = Some(version),
            (Turn::Fixed, Some(from)) => {
                found.push(interval(from, format!("<{version}")));
                since = None;
            }
            (Turn::LastAffected, Some(from)) => {
                found.push(interval(from, format!("<={version}")));
                since = None;
            }
            _ => {}
        }
    }
    found.extend(since.map(|from| interval(from, String::new())));
    Some(found)
}

fn turn(event: &Event) -> Option<(Turn, &str)> {
    let turns = [(Turn::Introduced, &event.introduced), (Turn::Fixed, &event.fixed), (Turn::LastAffected, &event.last_affected)];
    turns.into_iter().find_map(|(turn, version)| Some((turn, version.as_deref()?)))
}

/// Whether a text can stand in a comparator: anything else would change what the range says.
fn is_version(text: &str) -> bool {
    !text.is_empty() && text.len() <= 256 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_~:!".contains(&byte))
}

/// The informational advisories of RustSec.
pub(super) fn informational(word: &str) -> Option<AdvisoryKind> {
    let kinds = [AdvisoryKind::Unmaintained, AdvisoryKind::Unsound, AdvisoryKind::Notice];
    kinds.into_iter().find(|kind| kind.name() == word)
}

/// What a CVSS vector of any version comes to; None if it is none, or scores nothing.
pub(super) fn severity(vector: &str) -> Option<Severity> {
    let score = vector.trim().parse::<Cvss>().ok()?.score();
    match score {
        score if score >= 9.0 => Some(Severity::Critical),
        score if score >= 7.0 => Some(Severity::High),
        score if score >= 4.0 => Some(Severity::Medium),
        score if score > 0.0 => Some(Severity::Low),
        _ => None,
    }
}

/// The words of GitHub and others.
fn word(word: &str) -> Option<Severity> {
    match word.to_ascii_lowercase().as_str() {
        "moderate" => Some(Severity::Medium),
        word => Severity::ALL.into_iter().find(|severity| severity.name() == word),
    }
}

/// The day of a time as RFC 3339 writes it. Generated records stand in the year 1 before somebody dates them.
fn day(text: Option<&str>) -> Option<Date> {
    let date: Date = text?.get(..10)?.parse().ok()?;
    (date.year >= 1970).then_some(date)
}

/// A text on one line, of bounded length.
pub(super) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SUMMARY) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_all(json: &str) -> Result<Vec<Advisory>, OsvError> {
        parse(json.as_bytes(), "2026-01-01".parse().expect("a date"), &|ecosystem| ecosystem != "Alpine")
    }

    fn record(affected: &str) -> String {
        format!(r#"{{"id": "GHSA-1", "published": "2021-02-03T04:05:06Z", "summary": "A flaw", "affected": [{affected}]}}"#)
    }

    fn range_of(ecosystem: &str, affected: &str) -> Option<String> {
        let package = format!(r#"{{"package": {{"ecosystem": "{ecosystem}", "name": "p"}}, {affected}}}"#);
        parse_all(&record(&package)).ok()?.first().map(|advisory| advisory.affected.clone())
    }

    #[test]
    fn events_become_comparators() {
        let cases = [
            ("npm", r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]"#, Some("*")),
            ("npm", r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]"#, Some("<1.2.0")),
            (
                "npm",
                r#""ranges": [{"type": "SEMVER", "events": [{"fixed": "2.0.1"}, {"introduced": "2.0.0"}, {"introduced": "0"}, {"fixed": "1.10.0"}]}]"#,
                Some("<1.10.0 || >=2.0.0, <2.0.1"),
            ),
            (
                "PyPI",
                r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"last_affected": "1.4.post1"}]}], "versions": ["1.0", "1.4", "2.0rc1"]"#,
                Some(">=1.0, <=1.4.post1 || =2.0rc1"),
            ),
            ("npm", r#""versions": ["1.4.44", "1.4.41"]"#, Some("=1.4.41 || =1.4.44")),
            // A fix and a new fault at one version: the version is at fault. A fault that is fixed at once never was.
            (
                "npm",
                r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "0.9.2"}, {"introduced": "0.10.0"}, {"fixed": "0.10.0"}]}]"#,
                Some("<0.9.2 || >=0.10.0, <0.10.0"),
            ),
            (
                "npm",
                r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.2.0"}, {"introduced": "1.2.0"}, {"fixed": "1.3.0"}]}]"#,
                Some(">=1.0.0, <1.2.0 || >=1.2.0, <1.3.0"),
            ),
            // Hashes of commits are no versions, and neither is what would be read as a comparator.
            ("npm", r#""ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]"#, None),
            ("npm", r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "1 || *"}]}]"#, None),
            ("npm", r#""versions": ["1.0.0 || *"]"#, None),
        ];
        for (ecosystem, affected, expected) in cases {
            assert_eq!(range_of(ecosystem, affected).as_deref(), expected, "{affected}");
        }
    }

    #[test]
    fn severity_comes_from_the_vector_then_from_the_word() {
        let cases = [
            (r#""severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]"#, Some("critical")),
            (r#""severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}]"#, Some("high")),
            (
                r#""severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N"}]"#,
                Some("medium"),
            ),
            (
                r#""severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/broken"}], "database_specific": {"severity": "LOW"}"#,
                Some("low"),
            ),
            (r#""database_specific": {"severity": "MODERATE"}"#, Some("medium")),
            (r#""database_specific": {"severity": 7}"#, None),
            (r#""database_specific": []"#, None),
        ];
        for (extra, expected) in cases {
            let json = format!(
                r#"{{"id": "X-1", {extra}, "affected": [{{"package": {{"ecosystem": "npm", "name": "p"}}, "versions": ["1.0.0"]}}]}}"#
            );
            let found = parse_all(&json).expect(extra);
            let rated = found[0].is_rated.then(|| found[0].severity.name());
            assert_eq!(rated, expected, "{extra}");
        }
    }

    #[test]
    fn kinds_ids_and_days() {
        let package = r#""affected": [{"package": {"ecosystem": "crates.io", "name": "p"}, "versions": ["1.0.0"], "database_specific": {"informational": "unsound"}}]"#;
        let json = format!(
            r#"{{"id": "RUSTSEC-1", "aliases": ["CVE-1"], "published": "2021-02-03T04:05:06Z", "withdrawn": "2022-01-01T00:00:00Z", {package}}}"#
        );
        let found = parse_all(&json).expect("a record");
        assert_eq!((found[0].kind, found[0].is_rated), (AdvisoryKind::Unsound, false));
        assert_eq!(found[0].ids, ["RUSTSEC-1", "CVE-1"]);
        assert!(found[0].stood("2021-02-03".parse().expect("a date")) && !found[0].stood("2022-01-01".parse().expect("a date")));
        let line = found[0].line();
        assert_eq!(Advisory::parse("crates.io", &line).as_ref(), Some(&found[0]), "{line}");
        let undated = r#"{"id": "MAL-1", "published": "0001-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "p"}, "versions": ["1.0.0"]}]}"#;
        let found = parse_all(undated).expect("a record");
        assert_eq!(
            (found[0].kind, found[0].severity, found[0].published.year),
            (AdvisoryKind::Malicious, Severity::Critical, 2026)
        );
    }

    #[test]
    fn what_is_no_record_says_so() {
        for json in ["", "{", "[]", r#"{"id": 1}"#, r#"{"id": " "}"#, &format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))] {
            assert!(matches!(parse_all(json), Err(OsvError::Format(_))), "{json:.40}");
        }
        assert_eq!(parse_all(r#"{"id": "X", "affected": null}"#), Ok(Vec::new()));
        let elsewhere = r#"{"package": {"ecosystem": "Alpine:v3.5", "name": "p"}}"#;
        assert_eq!(parse_all(&record(elsewhere)), Ok(Vec::new()));
    }

    proptest::proptest! {
        /// The comparators against the algorithm that the specification of the format gives for a version among events.
        #[test]
        fn comparators_say_what_the_specification_says(
            events in proptest::collection::btree_map((0_u64..4, 0_u64..4, 0_u64..3), 0_usize..3, 0..6),
            versions in proptest::collection::vec((0_u64..4, 0_u64..4, 0_u64..3), 8),
        ) {
            const SORTS: [&str; 3] = ["introduced", "fixed", "last_affected"];
            let json: Vec<_> = events.iter().map(|((a, b, c), sort)| format!(r#"{{"{}": "{a}.{b}.{c}"}}"#, SORTS[*sort])).collect();
            let affected = format!(r#""ranges": [{{"type": "SEMVER", "events": [{}]}}]"#, json.join(", "));
            let range = range_of("npm", &affected);
            for version in versions {
                let mut expected = false;
                for (at, sort) in &events {
                    match SORTS[*sort] {
                        "introduced" if version >= *at => expected = true,
                        "fixed" if version >= *at => expected = false,
                        "last_affected" if version > *at => expected = false,
                        _ => {}
                    }
                }
                let text = format!("{}.{}.{}", version.0, version.1, version.2);
                let said = range.as_deref().is_some_and(|range| version::matches("npm", range, &text));
                proptest::prop_assert_eq!(said, expected, "{} in {:?}", text, &range);
            }
        }
    }
}
