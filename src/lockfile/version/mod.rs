//! The order of versions and the meaning of ranges, by each ecosystem's own rules.
//!
//! Two languages of ranges meet here. *Comparators* (`>=1.2.0, <1.4.1 || =2.0.0`) are those of advisories and rules: a total
//! order, pre-releases included, the same for every ecosystem. *Native* ranges (`^1.2`, `~=1.4`, `1.x`) are those of manifests.
//! [`matches()`] takes both; [`satisfies`] takes what a manifest says.

mod maven;
mod ordered;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::str::FromStr;

/// How one ecosystem orders and asks for versions.
struct Scheme {
    ecosystem: &'static str,
    compare: fn(&str, &str) -> Option<Ordering>,
    /// Whether a version is in a native range; None if the range is not understood.
    accepts: fn(&str, &str) -> Option<bool>,
    /// Whether a version comes before its release.
    is_early: fn(&str) -> bool,
}

static SCHEMES: &[Scheme] = &[
    Scheme { ecosystem: "npm", compare: ordered::semver, accepts: npm, is_early: ordered::is_early },
    Scheme { ecosystem: "crates.io", compare: ordered::semver, accepts: cargo, is_early: ordered::is_early },
    Scheme { ecosystem: "PyPI", compare: pep440, accepts: pypi, is_early: is_early_python },
    Scheme { ecosystem: "Go", compare: ordered::semver, accepts: at_least, is_early: is_early_go },
    Scheme { ecosystem: "Maven", compare: maven::compare, accepts: bracketed, is_early: maven::is_early },
    Scheme { ecosystem: "NuGet", compare: ordered::ignoring_case, accepts: bracketed_or_at_least, is_early: ordered::is_early },
    Scheme { ecosystem: "Pub", compare: ordered::with_build, accepts: npm, is_early: ordered::is_early },
    Scheme { ecosystem: "CocoaPods", compare: ordered::gem, accepts: gem, is_early: ordered::is_early_gem },
    Scheme { ecosystem: "RubyGems", compare: ordered::gem, accepts: gem, is_early: ordered::is_early_gem },
];

/// What is done for an ecosystem that is not in the table (`SwiftURL`, `Packagist`).
static OTHER: Scheme = Scheme { ecosystem: "", compare: ordered::semver, accepts: npm, is_early: ordered::is_early };

fn scheme(ecosystem: &str) -> &'static Scheme {
    SCHEMES.iter().find(|scheme| scheme.ecosystem == ecosystem).unwrap_or(&OTHER)
}

/// Which of two versions is newer by the rules of an ecosystem (spelt as OSV does); None if one is no version there.
#[must_use]
pub fn compare(ecosystem: &str, a: &str, b: &str) -> Option<Ordering> {
    (scheme(ecosystem).compare)(a.trim(), b.trim())
}

/// Whether a version was published before its release, for people to try.
#[must_use]
pub fn is_pre_release(ecosystem: &str, version: &str) -> bool {
    (scheme(ecosystem).is_early)(version.trim())
}

/// Whether a version is in a range of a rule or an advisory: alternatives with `||`, each of comparators joined by commas or
/// blanks; `*` for every version; or the ecosystem's native syntax. What is not understood does not match.
#[must_use]
pub fn matches(ecosystem: &str, range: &str, version: &str) -> bool {
    range.split("||").any(|part| match comparators(part) {
        Some(terms) => terms.into_iter().all(|(operator, bound)| holds(ecosystem, operator, version, bound)),
        None => satisfies(ecosystem, part.trim(), version) == Some(true),
    })
}

/// Whether a version is in a range as manifests of the ecosystem write it; None if the range is not understood (a tag, an
/// address) or the version is none.
#[must_use]
pub fn satisfies(ecosystem: &str, range: &str, version: &str) -> Option<bool> {
    (scheme(ecosystem).accepts)(range, version)
}

/// The name under which packages are the same: the registry of Python ignores case and takes `-`, `_` and `.` for one, that of
/// .NET ignores case, and npm's and Cargo's are taken as they are.
#[must_use]
pub fn normal_name<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    match ecosystem {
        "PyPI" if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) => {
            let lower = name.to_ascii_lowercase();
            let words: Vec<_> = lower.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
            Cow::Owned(words.join("-"))
        }
        "NuGet" => Cow::Owned(name.to_ascii_lowercase()),
        "SwiftURL" => Cow::Owned(repository(name)),
        _ => Cow::Borrowed(name),
    }
}

/// `https://github.com/Owner/Name.git` and `github.com/owner/name` are one repository.
fn repository(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let path = lower.split_once("://").map_or(&*lower, |(_, path)| path);
    path.trim_end_matches('/').trim_end_matches(".git").to_owned()
}

/// The operators of comparators, longer ones first.
const OPERATORS: &[&str] = &[">=", "<=", "!=", "==", ">", "<", "="];

/// Splits `>=1.2.0, <1.4.1` into operators and bounds; None if a term has no operator: then the range is a native one.
fn comparators(range: &str) -> Option<Vec<(&str, &str)>> {
    if range.trim() == "*" {
        return Some(Vec::new());
    }
    let parts: Option<Vec<_>> = range.split(',').map(terms).collect();
    parts.map(|parts| parts.concat())
}

/// The terms of `>=1.2 <2` or `>= 1.2`.
fn terms(part: &str) -> Option<Vec<(&str, &str)>> {
    let mut terms = Vec::new();
    let mut rest = part.trim();
    while !rest.is_empty() || terms.is_empty() {
        let operator = OPERATORS.iter().find(|operator| rest.starts_with(**operator))?;
        let bound = rest[operator.len()..].trim_start();
        let end = bound.find(char::is_whitespace).unwrap_or(bound.len());
        terms.push((*operator, &bound[..end]));
        rest = bound[end..].trim_start();
    }
    Some(terms)
}

fn holds(ecosystem: &str, operator: &str, version: &str, bound: &str) -> bool {
    let Some(order) = compare(ecosystem, version, bound) else {
        return matches!(operator, "=" | "==") && version == bound;
    };
    match operator {
        ">=" => order.is_ge(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        "<" => order.is_lt(),
        "!=" => order.is_ne(),
        _ => order.is_eq(),
    }
}

fn npm(range: &str, version: &str) -> Option<bool> {
    if ["", "*", "any", "latest"].contains(&range) {
        return Some(true);
    }
    let range = nodejs_semver::Range::parse(range).ok()?;
    Some(range.satisfies(&nodejs_semver::Version::parse(version).ok()?))
}

fn cargo(range: &str, version: &str) -> Option<bool> {
    let range = semver::VersionReq::parse(if range.is_empty() { "*" } else { range }).ok()?;
    Some(range.matches(&semver::Version::parse(version).ok()?))
}

fn pep440(a: &str, b: &str) -> Option<Ordering> {
    let version = |text| pep440_rs::Version::from_str(text).ok();
    Some(version(a)?.cmp(&version(b)?))
}

fn pypi(range: &str, version: &str) -> Option<bool> {
    let version = pep440_rs::Version::from_str(version).ok()?;
    if ["", "*"].contains(&range) {
        return Some(true);
    }
    // Poetry writes npm's carets and tildes in the place of PEP 440's specifiers.
    match pep440_rs::VersionSpecifiers::from_str(range) {
        Ok(range) => Some(range.contains(&version)),
        Err(_) => npm(range, &version.to_string()),
    }
}

fn is_early_python(version: &str) -> bool {
    pep440_rs::Version::from_str(version).is_ok_and(|version| version.any_prerelease())
}

/// A commit without a tag, `v0.0.0-20230101120000-abcdef123456`, is no pre-release, though it is written as one.
fn is_early_go(version: &str) -> bool {
    let of_commit = |version: &str| {
        let (before, commit) = version.split('+').next().unwrap_or_default().rsplit_once('-')?;
        let moment = before.rsplit(['-', '.']).next()?;
        Some(commit.len() == 12 && moment.len() == 14 && moment.bytes().all(|byte| byte.is_ascii_digit()))
    };
    ordered::is_early(version) && of_commit(version) != Some(true)
}

/// Go asks for the least version that will do.
fn at_least(range: &str, version: &str) -> Option<bool> {
    ordered::semver(version, range).map(Ordering::is_ge)
}

/// `[1.0,2.0)`, `[1.0]`, or a version, which Maven takes for a wish and not for a bound.
fn bracketed(range: &str, version: &str) -> Option<bool> {
    let Some(inner) = range.strip_prefix(['[', '(']).and_then(|rest| rest.strip_suffix([']', ')'])) else {
        return (!range.contains(['[', '(', '$', '+'])).then_some(true);
    };
    let (low, high) = inner.split_once(',').unwrap_or((inner, inner));
    let is_above = |order: Ordering| if range.starts_with('[') { order.is_ge() } else { order.is_gt() };
    let is_below = |order: Ordering| if range.ends_with(']') { order.is_le() } else { order.is_lt() };
    let low_holds = low.trim().is_empty() || is_above(maven::compare(version, low.trim())?);
    let high_holds = high.trim().is_empty() || is_below(maven::compare(version, high.trim())?);
    Some(low_holds && high_holds)
}

fn bracketed_or_at_least(range: &str, version: &str) -> Option<bool> {
    if range.contains(['[', '(']) {
        return bracketed(range, version);
    }
    if range.contains('*') { Some(true) } else { at_least(range, version) }
}

/// `~> 1.2` (at least 1.2, below 2), `1.2` (exactly), and comparators.
fn gem(range: &str, version: &str) -> Option<bool> {
    let holds = |term: &str| match term.strip_prefix("~>").map(str::trim) {
        Some(base) => {
            let kept = base.rsplit_once('.').map_or(base, |(kept, _)| kept);
            let is_within = version == kept || version.starts_with(&format!("{kept}."));
            Some(ordered::gem(version, base)?.is_ge() && (is_within || !base.contains('.')))
        }
        None if terms(term).is_some() => Some(matches("CocoaPods", term, version)),
        None => Some(ordered::gem(version, term)?.is_eq()),
    };
    let terms: Option<Vec<bool>> = range.split(',').map(str::trim).filter(|term| !term.is_empty()).map(holds).collect();
    terms.map(|terms| terms.into_iter().all(|holds| holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_releases_are_told_from_releases() {
        let early = [
            ("npm", "5.0.0-beta.1"),
            ("PyPI", "2.0rc1"),
            ("PyPI", "2.0.dev3"),
            ("Go", "v1.4.0-rc.2"),
            ("Maven", "2.0.0-M1"),
            ("Maven", "1.1-SNAPSHOT"),
            ("NuGet", "6.0.0-Preview.4"),
            ("RubyGems", "3.0.0.beta1"),
        ];
        let released = [
            ("npm", "5.0.0"),
            ("npm", "5.0.0+build-7"),
            ("PyPI", "2.0.post1"),
            ("Go", "v0.0.0-20230101120000-abcdef123456"),
            ("Go", "v1.2.4-0.20230101120000-abcdef123456+incompatible"),
            ("Maven", "31.1-jre"),
            ("Maven", "4.1.100.Final"),
            ("CocoaPods", "1.2.3"),
        ];
        assert_eq!(
            early.iter().filter(|(ecosystem, version)| !is_pre_release(ecosystem, version)).collect::<Vec<_>>(),
            [] as [&(&str, &str); 0]
        );
        assert_eq!(
            released.iter().filter(|(ecosystem, version)| is_pre_release(ecosystem, version)).collect::<Vec<_>>(),
            [] as [&(&str, &str); 0]
        );
    }

    #[test]
    fn versions_are_ordered_by_the_rules_of_their_ecosystem() {
        // Each row rises strictly.
        let rows: &[(&str, &[&str])] = &[
            (
                "npm",
                &["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.0.1", "1.10.0"],
            ),
            ("crates.io", &["0.7.0-alpha.1", "0.7.0-alpha.2", "0.7.0", "0.10.0"]),
            (
                "Go",
                &[
                    "0.0.0-20190101000000-abcdefabcdef",
                    "0.0.0-20200101000000-000000000000",
                    "0.1.0",
                    "1.0.0-rc.1",
                    "v1.0.0",
                    "2.0.0+incompatible",
                ],
            ),
            ("PyPI", &["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"]),
            ("Maven", &["1-alpha-1", "1-beta", "1-m3", "1-rc", "1-SNAPSHOT", "1", "1-sp", "1-foo", "1.1", "1.2", "1.10"]),
            ("Pub", &["1.0.0-dev", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.1"]),
            ("NuGet", &["1.0.0-Beta", "1.0.0-RC", "1.0.0", "1.0.0.1", "1.0.1"]),
            ("CocoaPods", &["1.0.a", "1.0.b2", "1.0.b10", "1.0-rc1", "1.0", "1.0.1", "1.1", "1.9", "1.10"]),
        ];
        for (ecosystem, row) in rows {
            for pair in row.windows(2) {
                assert_eq!(compare(ecosystem, pair[0], pair[1]), Some(Ordering::Less), "{ecosystem} {pair:?}");
                assert_eq!(compare(ecosystem, pair[1], pair[0]), Some(Ordering::Greater), "{ecosystem} {pair:?}");
            }
        }
        for (ecosystem, a, b) in [
            ("npm", "1.0.0+a", "v1.0"),
            ("Go", "2.0.0", "v2.0.0+incompatible"),
            ("Maven", "1.0.0", "1-ga"),
            ("Maven", "1..2", "1.0.2"),
            ("Maven", "1.0.alpha", "1-alpha"),
            ("Maven", "1.0-1", "1-1"),
            ("Maven", "1-a1", "1-alpha-1"),
            ("Maven", "1-b2", "1-beta-2"),
            ("Maven", "1-cr2", "1-rc-2"),
            ("Maven", "1.final", "1"),
            ("Maven", "1-ga-x", "1.0.release-x"),
            ("PyPI", "1.0", "1.0.0"),
            ("NuGet", "1.0", "1.0.0.0"),
        ] {
            assert_eq!(compare(ecosystem, a, b), Some(Ordering::Equal), "{ecosystem} {a} {b}");
        }
        assert_eq!(compare("Maven", "1-2", "1.2"), Some(Ordering::Less), "a number behind a hyphen is less than one behind a dot");
        for (ecosystem, a, b) in [("npm", "next", "1.0.0"), ("CocoaPods", "main", "1.0"), ("CocoaPods", "1.0", "main")] {
            assert_eq!(compare(ecosystem, a, b), None, "{ecosystem} {a} {b}");
        }
    }

    #[test]
    fn ranges_mean_what_their_ecosystem_means() {
        let cases = [
            ("npm", ">=1.2.0, <1.4.1", "1.4.1-beta.1", true),
            ("npm", ">=1.2.0 <1.4.1 || =2.0.0", "2.0.0", true),
            ("npm", ">= 1.2.0, < 1.4.1", "1.4.1", false),
            ("npm", "*", "0.0.0-x", true),
            ("npm", "^1.2", "1.9.0", true),
            ("npm", "^0.2.3", "0.3.0", false),
            ("npm", "1.x || 2.x", "2.5.0", true),
            ("npm", "next", "1.0.0", false),
            ("npm", ">=1.2.0 <1.4.1", "1.4.1", false),
            ("npm", "<=1.2.0", "1.2.0", true),
            ("npm", "<=1.2.0", "1.1.0", true),
            ("npm", "<=1.2.0", "1.2.1", false),
            ("npm", ">1.2.0", "1.2.0", false),
            ("npm", ">1.2.0", "1.2.1", true),
            ("npm", "!=1.2.0", "1.2.0", false),
            ("npm", "!=1.2.0", "1.2.1", true),
            ("npm", "=next", "next", true),
            ("npm", ">=next", "next", false),
            ("npm", "=next", "other", false),
            ("crates.io", "1.2", "1.9.0", true),
            ("crates.io", "=1.2.3", "1.2.4", false),
            ("PyPI", "~=1.4.2", "1.4.9", true),
            ("PyPI", "^1.4", "2.0", false),
            ("PyPI", ">=1.0,<2.0", "2.0rc1", true),
            ("Go", "<1.2.4", "v1.2.3", true),
            ("Maven", "[1.0,2.0)", "2.0", false),
            ("Maven", "<1.78", "1.77.1", true),
            ("Pub", "^1.0.0", "1.4.0", true),
            ("CocoaPods", "~> 1.2", "1.9", true),
            ("CocoaPods", "~> 1.2.0", "1.3.0", false),
            ("NuGet", "1.0", "1.5.0", true),
        ];
        for (ecosystem, range, version, expected) in cases {
            assert_eq!(matches(ecosystem, range, version), expected, "{ecosystem} {range} {version}");
        }
    }

    #[test]
    fn manifests_ask_in_the_language_of_their_ecosystem() {
        let cases = [
            ("crates.io", "1.2", "1.2.0", Some(true)),
            ("crates.io", "1.2", "1.1.9", Some(false)),
            ("crates.io", "1.2", "2.0.0", Some(false)),
            ("crates.io", "", "3.0.0", Some(true)),
            ("crates.io", "main", "1.0.0", None),
            ("Go", "1.2.0", "1.2.0", Some(true)),
            ("Go", "1.2.0", "1.1.9", Some(false)),
            ("Maven", "[1.0,2.0)", "1.0", Some(true)),
            ("Maven", "[1.0,2.0)", "0.9", Some(false)),
            ("Maven", "(1.0,2.0]", "1.0", Some(false)),
            ("Maven", "(1.0,2.0]", "2.0", Some(true)),
            ("Maven", "[1.5]", "1.5", Some(true)),
            ("Maven", "[1.5]", "1.6", Some(false)),
            ("Maven", "(,1.0]", "0.5", Some(true)),
            ("Maven", "(,1.0]", "1.1", Some(false)),
            ("Maven", "[1.0,)", "3.0", Some(true)),
            ("Maven", "[1.0,)", "0.9", Some(false)),
            ("Maven", "1.0", "7.0", Some(true)),
            ("Maven", "${v}", "1.0", None),
            ("Maven", "1.+", "1.0", None),
            ("NuGet", "1.0", "0.9", Some(false)),
            ("NuGet", "[1.0,2.0)", "2.5", Some(false)),
            ("NuGet", "1.*", "2.0", Some(true)),
            ("CocoaPods", "~> 1.2", "1.1", Some(false)),
            ("CocoaPods", "~> 1.2", "2.0", Some(false)),
            ("CocoaPods", "~> 1", "7.0", Some(true)),
            ("CocoaPods", ">= 1.2", "1.3", Some(true)),
            ("CocoaPods", ">= 1.2", "1.1", Some(false)),
            ("CocoaPods", "1.2", "1.2.0", Some(true)),
            ("CocoaPods", "1.2", "1.3", Some(false)),
            ("CocoaPods", "~> 1.2, != 1.5", "1.5", Some(false)),
            ("CocoaPods", "main", "1.0", None),
        ];
        for (ecosystem, range, version, expected) in cases {
            assert_eq!(satisfies(ecosystem, range, version), expected, "{ecosystem} {range} {version}");
        }
    }

    #[test]
    fn names_are_the_same_where_the_registry_says_so() {
        assert_eq!(normal_name("PyPI", "Zope.Interface__x"), "zope-interface-x");
        assert_eq!(normal_name("npm", "JSONStream"), "JSONStream");
        assert_eq!(normal_name("NuGet", "NBitcoin"), "nbitcoin");
        assert_eq!(normal_name("SwiftURL", "https://github.com/A/B.git"), "github.com/a/b");
    }
}
