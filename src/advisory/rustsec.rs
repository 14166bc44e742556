//! Advisories as RustSec's own database keeps them: Markdown with a head in TOML.

use semver::{Comparator, Op, Prerelease, Version, VersionReq};
use serde::Deserialize;

use super::osv::{informational, one_line, severity};
use super::{Advisory, AdvisoryKind, Impact};
use crate::rule::Date;

/// What its advisories are about.
pub const ECOSYSTEM: &str = "crates.io";
const FENCE: &str = "```";

#[derive(Debug, Deserialize)]
struct Head {
    advisory: Facts,
    versions: Versions,
}

#[derive(Debug, Deserialize)]
struct Facts {
    id: String,
    package: String,
    date: Date,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
    informational: Option<String>,
    cvss: Option<String>,
    withdrawn: Option<Date>,
    /// `rust` for the tools and the standard library, which are no packages.
    collection: Option<String>,
    title: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

/// The id of an advisory that has none yet: the example of the database, and drafts.
const PLACEHOLDER: &str = "RUSTSEC-0000-0000";

/// Whether a text begins as an advisory of RustSec does.
#[must_use]
pub fn is_advisory(text: &str) -> bool {
    head(text).is_some_and(|(head, _)| head.contains("[advisory]"))
}

/// Reads an advisory; None for one that has no id yet.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse(text: &str) -> Result<Option<Advisory>, String> {
    let (head, body) = head(text).ok_or("it does not begin with TOML between ``` lines")?;
    let Head { advisory, versions } = toml::from_str(head).map_err(|error| error.message().to_owned())?;
    if advisory.collection.as_deref() == Some("rust") {
        return Err("it is about Rust itself and no package".to_owned());
    }
    if advisory.id == PLACEHOLDER {
        return Ok(None);
    }
    let kind = advisory.kind();
    let rated = advisory.cvss.as_deref().and_then(severity);
    let title = advisory.title.as_deref().or_else(|| body.lines().find_map(|line| line.strip_prefix("# ")));
    Ok(Some(Advisory {
        ecosystem: ECOSYSTEM.to_owned(),
        kind,
        affected: affected(&versions)?,
        fixed: versions.patched.iter().filter_map(first_version).map(|version| version.to_string()).collect(),
        severity: rated.unwrap_or(kind.usual_severity()),
        is_rated: rated.is_some(),
        published: advisory.date,
        source: String::new(),
        summary: one_line(title.unwrap_or(&advisory.id)),
        withdrawn: advisory.withdrawn,
        stated: Impact::of_facts(advisory.cvss.as_deref(), advisory.categories.iter().map(String::as_str)),
        ids: std::iter::once(advisory.id).chain(advisory.aliases).collect(),
        package: advisory.package,
    }))
}

impl Facts {
    fn kind(&self) -> AdvisoryKind {
        if self.categories.iter().any(|category| category == AdvisoryKind::Malicious.name()) {
            return AdvisoryKind::Malicious;
        }
        self.informational.as_deref().and_then(informational).unwrap_or(AdvisoryKind::Vulnerability)
    }
}

/// The head between the first two fences, and what follows.
fn head(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim_start_matches('\u{feff}').strip_prefix("```toml")?;
    rest.split_once(&format!("\n{FENCE}"))
}

/// Where an interval begins or ends; None for "anywhere".
#[derive(Clone, Debug)]
struct Bound {
    version: Version,
    is_included: bool,
}

/// Versions without the fault, in the order of precedence, where a pre-release stands before its release.
#[derive(Clone, Debug)]
struct Interval {
    low: Option<Bound>,
    high: Option<Bound>,
}

/// What lies between the patched and unaffected versions, as comparators.
fn affected(versions: &Versions) -> Result<String, String> {
    let all = versions.patched.iter().chain(&versions.unaffected);
    let mut clean: Vec<Interval> = all.map(interval).collect::<Result<_, _>>()?;
    // "Anywhere" comes first.
    clean.sort_by(|a, b| {
        let key = |interval: &Interval| interval.low.as_ref().map(|low| (low.version.clone(), !low.is_included));
        key(a).cmp(&key(b))
    });
    let mut gaps = Vec::new();
    // The clean versions end here so far: before anything, then at a bound.
    let mut reached: Option<Bound> = None;
    for interval in clean {
        if let Some(low) = &interval.low {
            gaps.extend(gap(reached.as_ref(), Some(low)));
        }
        match interval.high {
            None => return Ok(joined(gaps)),
            Some(high) if is_further(&high, reached.as_ref()) => reached = Some(high),
            Some(_) => {}
        }
    }
    gaps.extend(gap(reached.as_ref(), None));
    Ok(joined(gaps))
}

fn joined(gaps: Vec<String>) -> String {
    // Everything is clean: no version is older than the oldest.
    if gaps.is_empty() { "<0.0.0-0".to_owned() } else { gaps.join(" || ") }
}

fn is_further(high: &Bound, reached: Option<&Bound>) -> bool {
    reached.is_none_or(|reached| (&high.version, high.is_included) > (&reached.version, reached.is_included))
}

/// What lies after one clean interval and before the next; None if nothing does.
fn gap(after: Option<&Bound>, before: Option<&Bound>) -> Option<String> {
    if let (Some(after), Some(before)) = (after, before) {
        let touches = after.version == before.version && (after.is_included || before.is_included);
        if touches || after.version > before.version {
            return None;
        }
    }
    let low = after.map(|bound| format!("{}{}", if bound.is_included { ">" } else { ">=" }, bound.version));
    let high = before.map(|bound| format!("{}{}", if bound.is_included { "<" } else { "<=" }, bound.version));
    let terms: Vec<_> = low.into_iter().chain(high).collect();
    Some(if terms.is_empty() { "*".to_owned() } else { terms.join(", ") })
}

/// What a requirement takes in.
fn interval(requirement: &VersionReq) -> Result<Interval, String> {
    let mut interval = Interval { low: None, high: None };
    for comparator in &requirement.comparators {
        let version = version(comparator);
        let bound = |is_included| Some(Bound { version: version.clone(), is_included });
        match comparator.op {
            Op::Greater => interval.low = bound(false),
            Op::GreaterEq => interval.low = bound(true),
            Op::Less => interval.high = bound(false),
            Op::LessEq => interval.high = bound(true),
            Op::Exact => interval = Interval { low: bound(true), high: bound(true) },
            Op::Caret | Op::Tilde => interval = Interval { low: bound(true), high: Some(end(comparator)) },
            Op::Wildcard if requirement.comparators.len() == 1 => {
                interval = Interval { low: bound(true), high: Some(end(comparator)) };
            }
            _ => return Err(format!("the requirement {requirement} is not understood")),
        }
    }
    Ok(interval)
}

/// Where `^` and `~` end: before the first pre-release of what no longer is compatible.
fn end(comparator: &Comparator) -> Bound {
    let Comparator { major, minor, patch, .. } = *comparator;
    let mut version = match (comparator.op, major, minor, patch) {
        (Op::Caret, 0, Some(0), Some(patch)) => Version::new(0, 0, patch + 1),
        (Op::Caret, 0, Some(minor), _) => Version::new(0, minor + 1, 0),
        (Op::Caret, ..) | (_, _, None, _) => Version::new(major + 1, 0, 0),
        (_, _, Some(minor), _) => Version::new(major, minor + 1, 0),
    };
    version.pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
    Bound { version, is_included: false }
}

fn version(comparator: &Comparator) -> Version {
    let Comparator { major, minor, patch, .. } = *comparator;
    Version { pre: comparator.pre.clone(), ..Version::new(major, minor.unwrap_or(0), patch.unwrap_or(0)) }
}

/// The oldest version of a requirement, which somebody can move to.
fn first_version(requirement: &VersionReq) -> Option<Version> {
    let is_low = |comparator: &&Comparator| matches!(comparator.op, Op::GreaterEq | Op::Exact | Op::Caret | Op::Tilde);
    requirement.comparators.iter().find(is_low).map(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Severity;

    fn parse_one(text: &str) -> Advisory {
        parse(text).expect("an advisory").expect("one with an id")
    }

    fn text(facts: &str, versions: &str) -> String {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"p\"\ndate = \"2020-01-02\"\n{facts}\n\n[versions]\n{versions}\n```\n\n# A flaw in `p`\n\nText.\n"
        )
    }

    #[test]
    fn what_is_not_clean_is_affected() {
        let cases = [
            ("patched = []", "*"),
            (r#"patched = [">= 1.2.3"]"#, "<1.2.3"),
            (r#"patched = ["> 1.2.3"]"#, "<=1.2.3"),
            (
                r#"patched = [">= 1.2"]
unaffected = ["< 1.0"]"#,
                ">=1.0.0, <1.2.0",
            ),
            (r#"patched = ["^1.2.3", ">= 2.0.1"]"#, "<1.2.3 || >=2.0.0-0, <2.0.1"),
            (r#"patched = ["~0.3.4", "^0.0.5", ">= 1.0.0"]"#, "<0.0.5 || >=0.0.6-0, <0.3.4 || >=0.4.0-0, <1.0.0"),
            (
                r#"patched = []
unaffected = ["<= 0.3.9"]"#,
                ">0.3.9",
            ),
            (r#"patched = [">= 1.0, < 1.4", ">= 1.4"]"#, "<1.0.0"),
            (r#"patched = ["=1.0.0"]"#, "<1.0.0 || >1.0.0"),
            (
                r#"patched = [">= 2"]
unaffected = ["< 1.5", "< 1.2"]"#,
                ">=1.5.0, <2.0.0",
            ),
            (r#"patched = ["*"]"#, "<0.0.0-0"),
        ];
        for (versions, expected) in cases {
            let advisory = parse_one(&text("", versions));
            assert_eq!(advisory.affected, expected, "{versions}");
        }
    }

    #[test]
    fn facts_are_taken_over() {
        let facts = r#"aliases = ["CVE-2020-1"]
cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
withdrawn = "2021-01-01""#;
        let advisory = parse_one(&text(facts, r#"patched = [">= 1.0.0", "^0.9.2"]"#));
        assert_eq!((advisory.kind, advisory.severity, advisory.is_rated), (AdvisoryKind::Vulnerability, Severity::High, true));
        assert_eq!(
            (advisory.ids.join(" "), advisory.fixed.join(" ")),
            ("RUSTSEC-2020-0001 CVE-2020-1".into(), "1.0.0 0.9.2".into())
        );
        assert_eq!(advisory.summary, "A flaw in `p`");
        assert!(!advisory.stood("2021-01-01".parse().expect("a date")));
        for (facts, kind) in [
            (r#"informational = "unmaintained""#, AdvisoryKind::Unmaintained),
            (r#"categories = ["malicious"]"#, AdvisoryKind::Malicious),
        ] {
            assert_eq!(parse_one(&text(facts, "patched = []")).kind, kind);
        }
    }

    #[test]
    fn what_is_no_advisory_says_so() {
        let draft = text("# Write RUSTSEC-0000-0000 before.", "patched = []");
        assert_eq!(parse_one(&draft).ids, ["RUSTSEC-2020-0001"]);
        assert_eq!(parse(&draft.replace("2020-0001", "0000-0000")), Ok(None));
        assert!(!is_advisory("# A page\n") && is_advisory(&text("", "patched = []")));
        for (broken, expected) in [
            ("# A page".to_owned(), "does not begin"),
            ("```toml\n[advisory]\n```\n".to_owned(), "missing field"),
            (text("collection = \"rust\"", "patched = []"), "no package"),
            (text("", r#"patched = ["one"]"#), "unexpected character"),
        ] {
            let message = parse(&broken).expect_err(expected);
            assert!(message.contains(expected), "{message}");
        }
    }

    proptest::proptest! {
        /// What the requirements say of a release by the library that defines them, and what the comparators say.
        #[test]
        fn comparators_say_what_requirements_say(
            requirements in proptest::collection::vec(("(>=|>|<|<=|=|\\^|~) ?[0-3]\\.[0-3](\\.[0-3])?", proptest::bool::ANY), 0..5),
            releases in proptest::collection::vec((0_u64..4, 0_u64..4, 0_u64..4), 8),
        ) {
            let list = |wanted: bool| requirements.iter().filter(|(_, is_patch)| *is_patch == wanted).map(|(text, _)| format!("{text:?}")).collect::<Vec<_>>().join(", ");
            // `= 1.2`, `> 1.2` and `<= 1.2` mean more than one version to Cargo, and 1.2.0 to RustSec, which never writes them so.
            let is_short = |text: &str| text.split('.').count() == 2 && ["=", ">", "<="].contains(&text.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.' || char == ' '));
            proptest::prop_assume!(!requirements.iter().any(|(text, _)| is_short(text)));
            let advisory = parse_one(&text("", &format!("patched = [{}]\nunaffected = [{}]", list(true), list(false))));
            for (major, minor, patch) in releases {
                let release = Version::new(major, minor, patch);
                let is_clean = requirements.iter().any(|(text, _)| VersionReq::parse(text).expect("a requirement").matches(&release));
                proptest::prop_assert_eq!(advisory.affects(&release.to_string()), !is_clean, "{} in {}", release, advisory.affected);
            }
        }
    }
}
