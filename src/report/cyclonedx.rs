//! CycloneDX 1.5: the packages of the tree as a bill of materials, with what is known about them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::json::write_json;
use super::knowledge::knowledge;
use super::{Report, Reporter, Style, Subject, TOOL_VERSION};
use crate::advisory::inventory::{Component, Known};
use crate::advisory::purl;
use crate::advisory::vex::{Statement, Status};
use crate::finding::neutralised;
use crate::rule::Date;

/// The CycloneDX format.
#[derive(Debug)]
pub(super) struct CycloneDx;

impl Reporter for CycloneDx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn judges(&self) -> bool {
        false
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        let (references, knowledge) = (references(&report.inventory), knowledge(report));
        write_json(&bill((&report.inventory, &references), &report.subject, &knowledge)?, out)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BillV15<'a> {
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: MetadataV15<'a>,
    components: Vec<PartV15<'a>>,
    dependencies: Vec<DependencyV15<'a>>,
    vulnerabilities: Vec<VulnerabilityV15<'a>>,
}

#[derive(Serialize)]
struct MetadataV15<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    tools: ToolsV15,
    component: PartV15<'a>,
    properties: Vec<PropertyV15<'a>>,
}

#[derive(Serialize)]
struct ToolsV15 {
    components: [PartV15<'static>; 1],
}

#[derive(Serialize)]
struct PropertyV15<'a> {
    name: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PartV15<'a> {
    #[serde(rename = "type")]
    sort: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bom_ref: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DependencyV15<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    depends_on: Vec<&'a str>,
}

#[derive(Serialize)]
struct VulnerabilityV15<'a> {
    id: &'a str,
    ratings: [RatingV15; 1],
    description: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    advisories: Vec<LinkV15>,
    #[serde(skip_serializing_if = "Option::is_none")]
    analysis: Option<AnalysisV15>,
    affects: Vec<TargetV15<'a>>,
}

#[derive(Serialize)]
struct RatingV15 {
    severity: &'static str,
}

#[derive(Serialize)]
struct LinkV15 {
    url: String,
}

#[derive(Serialize)]
struct AnalysisV15 {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'static str>,
    detail: String,
}

#[derive(Serialize)]
struct TargetV15<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
}

/// The reference to the tree itself.
const TREE: &str = "scanned-tree";

/// The bill of a tree on a day: the same bytes for the same tree and day, its serial number included.
fn bill<'a>(
    (inventory, references): (&'a [Component], &'a [String]),
    subject: &'a Subject,
    knowledge: &'a [String],
) -> io::Result<BillV15<'a>> {
    let dependencies = inventory.iter().zip(references).map(|(component, reference)| DependencyV15 {
        reference,
        depends_on: component.dependencies.iter().map(|&index| references[index].as_str()).collect(),
    });
    let tool = PartV15 { version: Some(TOOL_VERSION), ..PartV15::named("application", "forewarn") };
    let tree = PartV15 { bom_ref: Some(TREE), version: subject.version.as_deref(), ..PartV15::named("application", &subject.name) };
    let metadata = MetadataV15 {
        timestamp: (subject.as_of < Date::LAST).then(|| format!("{}T00:00:00Z", subject.as_of)),
        tools: ToolsV15 { components: [tool] },
        component: tree,
        properties: knowledge.iter().map(|value| PropertyV15 { name: "forewarn:knowledge", value }).collect(),
    };
    let mut bill = BillV15 {
        bom_format: "CycloneDX",
        spec_version: "1.5",
        serial_number: String::new(),
        version: 1,
        metadata,
        components: inventory.iter().zip(references).map(|(component, reference)| part(component, reference)).collect(),
        dependencies: dependencies.collect(),
        vulnerabilities: vulnerabilities(inventory, references),
    };
    bill.serial_number = serial_number(&serde_json::to_vec(&bill)?);
    Ok(bill)
}

/// A UUID of version 8 (RFC 9562): its bits are those of a digest of the bill.
fn serial_number(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

impl<'a> PartV15<'a> {
    const fn named(sort: &'static str, name: &'a str) -> Self {
        Self { sort, bom_ref: None, name, version: None, scope: None, purl: None }
    }
}

/// The package URL of each component, by which the others refer to it.
fn references(inventory: &[Component]) -> Vec<String> {
    inventory.iter().map(|component| purl::of(component.ecosystem, &component.name, &component.version)).collect()
}

fn part<'a>(component: &'a Component, reference: &'a str) -> PartV15<'a> {
    PartV15 {
        bom_ref: Some(reference),
        version: Some(&component.version),
        scope: Some(if component.is_development { "excluded" } else { "required" }),
        purl: Some(reference),
        ..PartV15::named("library", &component.name)
    }
}

/// One entry for each advisory and answer to it, with every component that it is about.
fn vulnerabilities<'a>(inventory: &'a [Component], references: &'a [String]) -> Vec<VulnerabilityV15<'a>> {
    let mut found: BTreeMap<(&str, &str), (&Known, Vec<TargetV15<'_>>)> = BTreeMap::new();
    for (component, reference) in inventory.iter().zip(references) {
        for known in &component.known {
            let Some(id) = known.advisory.id() else { continue };
            let answer = known.answer.as_ref().map_or("", |answer| &answer.origin);
            found.entry((id, answer)).or_insert((known, Vec::new())).1.push(TargetV15 { reference });
        }
    }
    found.into_iter().map(|((id, _), (known, affects))| vulnerability(id, known, affects)).collect()
}

fn vulnerability<'a>(id: &'a str, known: &'a Known, affects: Vec<TargetV15<'a>>) -> VulnerabilityV15<'a> {
    let advisory = &known.advisory;
    VulnerabilityV15 {
        id,
        ratings: [RatingV15 { severity: advisory.severity.name() }],
        description: &advisory.summary,
        advisories: advisory.address().map(|url| LinkV15 { url }).into_iter().collect(),
        analysis: known.answer.as_ref().map(analysis),
        affects,
    }
}

/// A statement of OpenVEX in the words of CycloneDX.
fn analysis(answer: &Statement) -> AnalysisV15 {
    let state = match answer.status {
        Status::NotAffected => "not_affected",
        Status::Fixed => "resolved",
        Status::Affected => "exploitable",
        Status::UnderInvestigation => "in_triage",
    };
    let justification = match answer.justification.as_deref() {
        Some("component_not_present" | "vulnerable_code_not_present") => Some("code_not_present"),
        Some("vulnerable_code_not_in_execute_path") => Some("code_not_reachable"),
        Some("vulnerable_code_cannot_be_controlled_by_adversary") => Some("requires_environment"),
        Some("inline_mitigations_already_exist") => Some("protected_by_mitigating_control"),
        _ => None,
    };
    AnalysisV15 { state, justification, detail: neutralised(&answer.reason()) }
}

#[cfg(test)]
mod tests {
    use cyclonedx_bom::models::bom::{Bom, SpecVersion};
    use cyclonedx_bom::prelude::Validate;

    use super::*;
    use crate::advisory::inventory::inventory;
    use crate::advisory::vex::Answers;
    use crate::lockfile::find;
    use crate::source::{FileId, SourceFile};
    use crate::target::Workspace;

    #[test]
    fn a_bill_is_valid_and_names_what_is_known() {
        let text = r#"{"lockfileVersion": 3, "packages": {
            "": {"dependencies": {"@noble/curves": "1"}},
            "node_modules/@noble/curves": {"version": "1.9.7", "dependencies": {"elliptic": "*"}},
            "node_modules/elliptic": {"version": "6.5.4"},
            "node_modules/tool": {"version": "1.0.0+build", "dev": true}}}"#;
        let file = SourceFile::in_memory(FileId(0), "package-lock.json", text);
        let read = find(&file).and_then(|reader| reader.read(&file).0).expect("dependencies");
        let known = crate::advisory::Advisories::default();
        let day = "2026-11-01".parse().expect("a date");
        let packages = inventory(&[(&file, &read)], (&known, &Answers::default()), day);
        let (references, knowledge) = (references(&packages), ["known of packages".to_owned()]);
        let subject = Subject::of(&Workspace::default(), &[], day, Vec::new());
        let mut json = Vec::new();
        let written = bill((&packages, &references), &subject, &knowledge).expect("a bill");
        write_json(&written, &mut json).expect("a bill is written");
        let read = Bom::parse_from_json_v1_5(&json[..]).expect("another program reads it");
        assert!(read.validate_version(SpecVersion::V1_5).passed(), "{:?}", read.validate_version(SpecVersion::V1_5));
        let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        let purls: Vec<_> =
            value["components"].as_array().expect("components").iter().map(|part| part["purl"].as_str().unwrap_or("")).collect();
        assert_eq!(purls, ["pkg:npm/%40noble/curves@1.9.7", "pkg:npm/elliptic@6.5.4", "pkg:npm/tool@1.0.0%2Bbuild"]);
        assert_eq!(value["components"][2]["scope"], "excluded");
        assert_eq!(value["dependencies"][0]["dependsOn"][0], "pkg:npm/elliptic@6.5.4");
        let ids: Vec<_> =
            value["vulnerabilities"].as_array().expect("vulnerabilities").iter().map(|entry| entry["id"].clone()).collect();
        assert!(ids.contains(&"GHSA-vjh7-7g9h-fjfh".into()), "{ids:?}");
        let metadata = &value["metadata"];
        assert_eq!(metadata["timestamp"], "2026-11-01T00:00:00Z");
        assert_eq!(metadata["tools"]["components"][0]["name"], "forewarn");
        assert_eq!(metadata["component"]["name"], "this tree");
    }
}
