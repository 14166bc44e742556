//! CycloneDX 1.5: the packages of the tree as a bill of materials, with what is known about them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use cyclonedx_bom::models::advisory::{Advisories, Advisory as Link};
use cyclonedx_bom::models::bom::{Bom, SpecVersion};
use cyclonedx_bom::models::component::{Classification, Component as Part, Components, Scope};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::models::property::{Properties, Property};
use cyclonedx_bom::models::vulnerability::{Vulnerabilities, Vulnerability};
use cyclonedx_bom::models::vulnerability_analysis::{ImpactAnalysisJustification, ImpactAnalysisState, VulnerabilityAnalysis};
use cyclonedx_bom::models::vulnerability_rating::{Severity as Rating, VulnerabilityRating, VulnerabilityRatings};
use cyclonedx_bom::models::vulnerability_target::{VulnerabilityTarget, VulnerabilityTargets};
use cyclonedx_bom::prelude::{NormalizedString, Purl, Uri};

use super::knowledge::knowledge;
use super::{Report, Reporter, Style};
use crate::advisory::inventory::{Component, Known};
use crate::advisory::purl;
use crate::advisory::vex::{Statement, Status};
use crate::finding::neutralised;

/// The CycloneDX format.
#[derive(Debug)]
pub(super) struct CycloneDx;

impl Reporter for CycloneDx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn write(&self, report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        bill(&report.inventory, metadata(report)).output_as_json_v1_5(&mut text).map_err(io::Error::other)?;
        out.write_all(&text)?;
        out.write_all(b"\n")
    }
}

/// The bill, without a serial number and a time: the same tree gives the same bytes.
fn bill(inventory: &[Component], metadata: Metadata) -> Bom {
    let references: Vec<String> =
        inventory.iter().map(|component| purl::of(component.ecosystem, &component.name, &component.version)).collect();
    let dependencies = inventory.iter().zip(&references).map(|(component, reference)| Dependency {
        dependency_ref: reference.clone(),
        dependencies: component.dependencies.iter().map(|&index| references[index].clone()).collect(),
    });
    Bom {
        serial_number: None,
        metadata: Some(metadata),
        components: Some(Components(
            inventory.iter().zip(&references).map(|(component, reference)| part(component, reference)).collect(),
        )),
        dependencies: Some(Dependencies(dependencies.collect())),
        vulnerabilities: Some(Vulnerabilities(vulnerabilities(inventory, &references))),
        spec_version: SpecVersion::V1_5,
        ..Bom::default()
    }
}

/// Which knowledge the vulnerabilities come from.
fn metadata(report: &Report) -> Metadata {
    let properties = knowledge(report).iter().map(|line| Property::new("forewarn:knowledge", line)).collect();
    Metadata { properties: Some(Properties(properties)), ..Metadata::default() }
}

fn part(component: &Component, reference: &str) -> Part {
    let mut part = Part::new(
        Classification::Library,
        &neutralised(&component.name),
        &neutralised(&component.version),
        Some(reference.to_owned()),
    );
    part.purl = reference.parse::<Purl>().ok();
    part.scope = Some(if component.is_development { Scope::Excluded } else { Scope::Required });
    part
}

/// One entry for each advisory and answer to it, with every component that it is about.
fn vulnerabilities(inventory: &[Component], references: &[String]) -> Vec<Vulnerability> {
    let mut found: BTreeMap<(&str, &str), (&Known, Vec<VulnerabilityTarget>)> = BTreeMap::new();
    for (component, reference) in inventory.iter().zip(references) {
        for known in &component.known {
            let Some(id) = known.advisory.id() else { continue };
            let answer = known.answer.as_ref().map_or("", |answer| &answer.origin);
            found.entry((id, answer)).or_insert((known, Vec::new())).1.push(VulnerabilityTarget::new(reference.clone()));
        }
    }
    found.into_iter().map(|((id, _), (known, targets))| vulnerability(id, known, targets)).collect()
}

fn vulnerability(id: &str, known: &Known, targets: Vec<VulnerabilityTarget>) -> Vulnerability {
    let advisory = &known.advisory;
    let mut entry = Vulnerability::new(None);
    entry.id = Some(NormalizedString::new(id));
    entry.description = Some(advisory.summary.clone());
    entry.vulnerability_ratings = Some(VulnerabilityRatings(vec![VulnerabilityRating::new(
        None,
        Some(Rating::new_unchecked(advisory.severity.name())),
        None,
    )]));
    entry.advisories = advisory.address().map(|address| Advisories(vec![Link::new(Uri::new(&address))]));
    entry.vulnerability_targets = Some(VulnerabilityTargets(targets));
    entry.vulnerability_analysis = known.answer.as_ref().map(analysis);
    entry
}

/// A statement of OpenVEX in the words of CycloneDX.
fn analysis(answer: &Statement) -> VulnerabilityAnalysis {
    let state = match answer.status {
        Status::NotAffected => ImpactAnalysisState::NotAffected,
        Status::Fixed => ImpactAnalysisState::Resolved,
        Status::Affected => ImpactAnalysisState::Exploitable,
        Status::UnderInvestigation => ImpactAnalysisState::InTriage,
    };
    let justification = match answer.justification.as_deref() {
        Some("component_not_present" | "vulnerable_code_not_present") => Some(ImpactAnalysisJustification::CodeNotPresent),
        Some("vulnerable_code_not_in_execute_path") => Some(ImpactAnalysisJustification::CodeNotReachable),
        Some("vulnerable_code_cannot_be_controlled_by_adversary") => Some(ImpactAnalysisJustification::RequiresEnvironment),
        Some("inline_mitigations_already_exist") => Some(ImpactAnalysisJustification::ProtectedByMitigatingControl),
        _ => None,
    };
    let mut analysis = VulnerabilityAnalysis::new(Some(state), justification, None);
    analysis.detail = Some(neutralised(&answer.reason()));
    analysis
}

#[cfg(test)]
mod tests {
    use cyclonedx_bom::prelude::Validate;

    use super::*;
    use crate::advisory::inventory::inventory;
    use crate::advisory::vex::Answers;
    use crate::lockfile::find;
    use crate::source::{FileId, SourceFile};

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
        let packages = inventory(&[(&file, &read)], (&known, &Answers::default()), "2026-11-01".parse().expect("a date"));
        let bom = bill(&packages, Metadata::default());
        assert!(bom.validate_version(SpecVersion::V1_5).passed(), "{:?}", bom.validate_version(SpecVersion::V1_5));
        let mut json = Vec::new();
        bom.output_as_json_v1_5(&mut json).expect("a bill is written");
        let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        let purls: Vec<_> =
            value["components"].as_array().expect("components").iter().map(|part| part["purl"].as_str().unwrap_or("")).collect();
        assert_eq!(purls, ["pkg:npm/%40noble/curves@1.9.7", "pkg:npm/elliptic@6.5.4", "pkg:npm/tool@1.0.0%2Bbuild"]);
        assert_eq!(value["components"][2]["scope"], "excluded");
        assert_eq!(value["dependencies"][0]["dependsOn"][0], "pkg:npm/elliptic@6.5.4");
        let ids: Vec<_> =
            value["vulnerabilities"].as_array().expect("vulnerabilities").iter().map(|entry| entry["id"].clone()).collect();
        assert!(ids.contains(&"GHSA-vjh7-7g9h-fjfh".into()), "{ids:?}");
        assert!(Bom::parse_from_json_v1_5(&json[..]).is_ok());
    }
}
