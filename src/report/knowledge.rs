//! What was known about packages, as every format tells it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Report;
use crate::advisory::Knowledge;
use crate::rule::Date;

/// One line: which advisories were used and how old they are.
pub(super) fn knowledge(report: &Report) -> Vec<String> {
    let tables: Vec<_> = report.knowledge.iter().map(|table| told(table, report.as_of)).collect();
    if tables.is_empty() {
        return tables;
    }
    let own = if tables.len() == 1 { "; no local database (`forewarn db update` makes one)" } else { "" };
    vec![format!("Advisories: {}{own}.", tables.join("; "))]
}

/// `6633 built in, latest 2026-08-22 (92 days before the scan date)`.
fn told(table: &Knowledge, as_of: Date) -> String {
    let newest = table.newest.map_or_else(String::new, |newest| match age(newest, as_of) {
        Some(days) => format!(", latest {newest} ({days} days before the scan date)"),
        None => format!(", read as of {as_of}"),
    });
    match table.digest {
        Some(digest) => {
            let names: Vec<_> = table.ecosystems.iter().map(|(name, _)| name.as_str()).collect();
            format!("{} in the local database ({}){newest}, sha256 {digest}", table.count, names.join(", "))
        }
        None => format!("{} built in{newest}", table.count),
    }
}

/// Days from the newest advisory to the day of the scan; None if that day lies before it, or at the end of time.
fn age(newest: Date, as_of: Date) -> Option<i64> {
    (as_of < Date::LAST && newest <= as_of).then(|| as_of.days() - newest.days())
}

/// What programs are told of a table.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KnowledgeV1 {
    name: &'static str,
    advisories: usize,
    newest: Option<String>,
    /// Days before the day of the scan.
    age_days: Option<i64>,
    /// SHA-256 of a store; the embedded table is fixed by the version of the program.
    digest: Option<String>,
    /// Advisories by ecosystem.
    ecosystems: Map<String, Value>,
}

impl KnowledgeV1 {
    pub(super) fn of(report: &Report) -> Vec<Self> {
        let table = |table: &Knowledge| Self {
            name: table.name,
            advisories: table.count,
            newest: table.newest.map(|day| day.to_string()),
            age_days: table.newest.and_then(|newest| age(newest, report.as_of)),
            digest: table.digest.map(|digest| digest.to_string()),
            ecosystems: table.ecosystems.iter().map(|(name, count)| (name.clone(), json!(count))).collect(),
        };
        report.knowledge.iter().map(table).collect()
    }
}
