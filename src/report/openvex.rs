//! OpenVEX 0.2.0: every known flaw of a package as a statement, for people to decide on and to hand back with `--vex`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::json::write_json;
use super::{Report, Reporter, Style};
use crate::advisory::inventory::Known;
use crate::advisory::vex::Status;
use crate::advisory::{AdvisoryKind, purl};
use crate::source::Digest;

/// The OpenVEX format.
#[derive(Debug)]
pub(super) struct OpenVex;

impl Reporter for OpenVex {
    fn name(&self) -> &'static str {
        "openvex"
    }

    fn judges(&self) -> bool {
        false
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        write_json(&document(report)?, out)
    }
}

#[derive(Serialize)]
struct DocumentV02<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'static str,
    role: &'static str,
    timestamp: String,
    version: u32,
    tooling: &'static str,
    statements: Vec<StatementV02<'a>>,
}

#[derive(Serialize)]
struct StatementV02<'a> {
    vulnerability: VulnerabilityV02<'a>,
    products: Vec<ProductV02>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact_statement: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_statement: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'a str>,
}

#[derive(Serialize)]
struct VulnerabilityV02<'a> {
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aliases: &'a [String],
}

#[derive(Serialize)]
struct ProductV02 {
    #[serde(rename = "@id")]
    id: String,
}

/// The document. Its id follows from its content: the same tree on the same day gives the same bytes.
fn document(report: &Report) -> io::Result<DocumentV02<'_>> {
    let statements = statements(report);
    let digest = Digest(Sha256::digest(serde_json::to_vec(&statements)?).into());
    Ok(DocumentV02 {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("https://openvex.dev/docs/public/vex-{digest}"),
        author: "Unknown Author",
        role: "Document Creator",
        timestamp: format!("{}T00:00:00Z", report.as_of),
        version: 1,
        tooling: concat!("forewarn/", env!("CARGO_PKG_VERSION")),
        statements,
    })
}

/// One for each vulnerability and answer to it, over all packages that have it. Malicious packages are no question of exploitability.
fn statements(report: &Report) -> Vec<StatementV02<'_>> {
    let mut found: BTreeMap<(&str, &str), (&Known, Vec<ProductV02>)> = BTreeMap::new();
    for component in &report.inventory {
        let id = purl::of(component.ecosystem, &component.name, &component.version);
        for known in component.known.iter().filter(|known| known.advisory.kind != AdvisoryKind::Malicious) {
            let Some(name) = known.advisory.id() else { continue };
            let answer = known.answer.as_ref().map_or("", |answer| &answer.origin);
            found.entry((name, answer)).or_insert((known, Vec::new())).1.push(ProductV02 { id: id.clone() });
        }
    }
    found.into_values().map(|(known, products)| statement(known, products)).collect()
}

fn statement(known: &Known, products: Vec<ProductV02>) -> StatementV02<'_> {
    let advisory = &known.advisory;
    let answer = known.answer.as_ref();
    let status = answer.map_or(Status::UnderInvestigation, |answer| answer.status);
    let text = |wanted: Status| answer.filter(|_| status == wanted).and_then(|answer| answer.text.as_deref());
    StatementV02 {
        vulnerability: VulnerabilityV02 {
            name: advisory.id().unwrap_or_default(),
            description: &advisory.summary,
            aliases: advisory.ids.get(1..).unwrap_or_default(),
        },
        products,
        status: status.name(),
        justification: answer.and_then(|answer| answer.justification.as_deref()),
        impact_statement: text(Status::NotAffected),
        action_statement: text(Status::Affected),
        status_notes: text(Status::Fixed).or_else(|| text(Status::UnderInvestigation)),
        timestamp: answer.map(|answer| &*answer.timestamp).filter(|timestamp| !timestamp.is_empty()),
    }
}
