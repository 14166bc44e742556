//! Indicators of compromise: addresses, contracts, domains and package scopes tied to theft, sanctions or phishing.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::rows;
use crate::rule::{Confidence, Date};

/// Something that has no business in a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// `domain`, `address`, `contract` or `npm-scope`.
    pub kind: &'static str,
    /// The value, as its source writes it.
    pub value: &'static str,
    /// The chain of an address, if it is known.
    pub chain: &'static str,
    /// What it is.
    pub label: &'static str,
    /// Where that is said.
    pub source: &'static str,
    /// How sure its source is.
    pub confidence: Confidence,
    /// The day on which it was listed, or a later one where that is not known.
    pub listed: Date,
    /// The day on which it was taken off the list.
    pub delisted: Option<Date>,
}

static INDICATORS: LazyLock<HashMap<String, Indicator>> = LazyLock::new(|| {
    let labels: HashMap<_, _> = rows("labels.tsv")
        .filter_map(|row| row.try_into().ok())
        .map(|[key, source, label]: [&str; 3]| (key, (source, label)))
        .collect();
    rows("indicators.tsv").filter_map(|row| parse(&row, &labels)).map(|found| (key(found.kind, found.value), found)).collect()
});

/// What was known of a value on a day: a domain (the whole host, never its parent), an address in any case, a scope with its `@`.
#[must_use]
pub fn find(kind: &str, value: &str, as_of: Date) -> Option<Indicator> {
    let found = INDICATORS.get(&key(kind, value)).copied()?;
    let is_listed = found.listed <= as_of && found.delisted.is_none_or(|day| as_of < day);
    is_listed.then_some(found)
}

/// Every indicator of a kind that was listed on a day, ordered by value: for scans of text.
#[must_use]
pub fn all(kind: &str, as_of: Date) -> Vec<Indicator> {
    let mut found: Vec<_> = rows("indicators.tsv").filter_map(|row| find(row.first()?, row.get(1)?, as_of)).collect();
    found.retain(|indicator| indicator.kind == kind);
    found
}

/// Hosts and hexadecimal addresses do not depend on case; other addresses do.
fn key(kind: &str, value: &str) -> String {
    let is_case_free = kind == "domain" || value.starts_with("0x") || value.starts_with("bc1");
    let value = if is_case_free { value.to_ascii_lowercase() } else { value.to_owned() };
    let sort = if kind == "contract" { "address" } else { kind };
    format!("{sort} {value}")
}

fn parse(row: &[&'static str], labels: &HashMap<&str, (&'static str, &'static str)>) -> Option<Indicator> {
    let &[kind, value, chain, listed, delisted, confidence, label] = row else { return None };
    let (source, label) = labels.get(label)?;
    let levels = [Confidence::High, Confidence::Medium, Confidence::Low];
    Some(Indicator {
        kind,
        value,
        chain,
        label,
        source,
        confidence: levels.into_iter().find(|level| level.name() == confidence)?,
        listed: listed.parse().ok()?,
        delisted: delisted.parse().ok(),
    })
}
