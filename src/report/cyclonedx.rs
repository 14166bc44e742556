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
use cyclonedx_bom::models::vulnerability_rating::{Severity as Rating, VulnerabilityRating, VulnerabilityRatings};
use cyclonedx_bom::models::vulnerability_target::{VulnerabilityTarget, VulnerabilityTargets};
use cyclonedx_bom::prelude::{NormalizedString, Purl, Uri};

use super::knowledge::knowledge;
use super::{Report, Reporter, Style};
use crate::advisory::Advisory;
use crate::advisory::inventory::Component;

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
    let references: Vec<String> = inventory.iter().map(purl).collect();
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
    let mut part = Part::new(Classification::Library, &component.name, &component.version, Some(reference.to_owned()));
    part.purl = reference.parse::<Purl>().ok();
    part.scope = Some(if component.is_development { Scope::Excluded } else { Scope::Required });
    part
}

/// One entry for each advisory, with every component that it is about.
fn vulnerabilities(inventory: &[Component], references: &[String]) -> Vec<Vulnerability> {
    let mut found: BTreeMap<&str, (&Advisory, Vec<VulnerabilityTarget>)> = BTreeMap::new();
    for (component, reference) in inventory.iter().zip(references) {
        for advisory in &component.advisories {
            let Some(id) = advisory.id() else { continue };
            found.entry(id).or_insert((advisory, Vec::new())).1.push(VulnerabilityTarget::new(reference.clone()));
        }
    }
    found.into_iter().map(|(id, (advisory, targets))| vulnerability(id, advisory, targets)).collect()
}

fn vulnerability(id: &str, advisory: &Advisory, targets: Vec<VulnerabilityTarget>) -> Vulnerability {
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
    entry
}

/// The package URL: `pkg:npm/%40scope/name@1.0.0`.
fn purl(component: &Component) -> String {
    const TYPES: &[(&str, &str)] = &[
        ("npm", "npm"),
        ("crates.io", "cargo"),
        ("PyPI", "pypi"),
        ("Go", "golang"),
        ("Maven", "maven"),
        ("NuGet", "nuget"),
        ("Pub", "pub"),
        ("CocoaPods", "cocoapods"),
        ("SwiftURL", "swift"),
    ];
    let sort = TYPES.iter().find(|(ecosystem, _)| *ecosystem == component.ecosystem).map_or("generic", |(_, sort)| sort);
    let name = if component.ecosystem == "Maven" { component.name.replacen(':', "/", 1) } else { component.name.clone() };
    format!("pkg:{sort}/{}@{}", encoded(&name), encoded(&component.version))
}

/// Percent-encodes what a segment of a package URL may not hold.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use cyclonedx_bom::prelude::Validate;

    use super::*;
    use crate::advisory::inventory::inventory;
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
        let packages = inventory(&[(&file, &read)], &known, "2026-11-01".parse().expect("a date"));
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
