//! Semantic versions and their relatives, leniently: a leading `v`, missing or further parts, leading zeros.

use std::cmp::Ordering;

/// A version in its parts.
struct Version<'a> {
    numbers: Vec<&'a str>,
    pre_release: Option<&'a str>,
    build: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_start_matches(['v', 'V', '=']);
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (core, pre_release) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
        let numbers: Vec<&str> = core.split('.').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        numbers.iter().all(is_number).then_some(Self { numbers, pre_release, build })
    }
}

/// Semantic Versioning 2.0.0, section 11: build metadata has no say.
pub(super) fn semver(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(precedence(&a, &b))
}

/// The same, but that 1.0.0 < 1.0.0+1 < 1.0.0+2, as Dart has it.
pub(super) fn with_build(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let by_build = || match (a.build, b.build) {
        (Some(a), Some(b)) => identifiers(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    Some(precedence(&a, &b).then_with(by_build))
}

/// The same, but that the case of letters has no say, as .NET has it.
pub(super) fn ignoring_case(a: &str, b: &str) -> Option<Ordering> {
    semver(&a.to_ascii_lowercase(), &b.to_ascii_lowercase())
}

/// Whether a version stands before its release.
pub(super) fn is_early(version: &str) -> bool {
    Version::parse(version).is_some_and(|version| version.pre_release.is_some())
}

/// The same as Ruby has it.
pub(super) fn is_early_gem(version: &str) -> bool {
    gem_parts(version).iter().any(|part| !part.starts_with(|first: char| first.is_ascii_digit()))
}

/// Ruby: parts between dots and between digits and letters; a part of letters makes a pre-release.
pub(super) fn gem(a: &str, b: &str) -> Option<Ordering> {
    let is_version = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    if !is_version(a) || !is_version(b) {
        return None;
    }
    let (a, b) = (gem_parts(a), gem_parts(b));
    let parts = (0..a.len().max(b.len())).map(|at| {
        let part = |parts: &[String]| parts.get(at).cloned().unwrap_or_else(|| "0".to_owned());
        let (a, b) = (part(&a), part(&b));
        match (is_version(&a), is_version(&b)) {
            (true, true) => number(&a, &b),
            (false, false) => a.cmp(&b),
            (is_number, _) => is_number.cmp(&!is_number),
        }
    });
    Some(parts.fold(Ordering::Equal, Ordering::then))
}

fn gem_parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut last = '.';
    for char in text.replace('-', ".pre.").chars() {
        let is_new = last == '.' || char.is_ascii_digit() != last.is_ascii_digit();
        match parts.last_mut() {
            Some(part) if char != '.' && !is_new => part.push(char),
            _ if char != '.' => parts.push(char.to_string()),
            _ => {}
        }
        last = char;
    }
    parts
}

fn precedence(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    let length = a.numbers.len().max(b.numbers.len());
    let part = |version: &Version<'_>, at: usize| version.numbers.get(at).map_or("0", |part| *part).to_owned();
    let numbers = (0..length).map(|at| number(&part(a, at), &part(b, at))).fold(Ordering::Equal, Ordering::then);
    numbers.then_with(|| match (a.pre_release, b.pre_release) {
        (Some(a), Some(b)) => identifiers(a, b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    })
}

/// Numbers of any length.
fn number(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Identifiers between dots: numbers below words, fewer below more.
fn identifiers(a: &str, b: &str) -> Ordering {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (Some(a), Some(b)) => match (is_number(a), is_number(b)) {
                (true, true) => number(a, b),
                (false, false) => a.cmp(b),
                (is_number, _) => (!is_number).cmp(&is_number),
            },
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}
