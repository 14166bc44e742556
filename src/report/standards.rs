//! The standards that findings touch: for the finding itself, and for the appendix by framework.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::rule::RuleBody;
use crate::rule::standard::{Provision, Provisions};

/// A label that may lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) label: String,
    pub(super) address: Option<String>,
}

impl Link {
    /// An address of a rule or an advisory: it leads somewhere only if it is one of the web.
    pub(super) fn to(address: &str) -> Self {
        let label = address.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { label, address: web_address(address) }
    }
}

/// An address that a browser may be led to.
pub(super) fn web_address(address: &str) -> Option<String> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = !address.contains(|char: char| char.is_whitespace() || char.is_control());
    (is_web && is_plain).then(|| address.to_owned())
}

/// A framework: its name, what its entries are called, and how a rule names them.
struct Framework {
    name: &'static str,
    unit: &'static str,
    entries: fn(&RuleBody) -> Vec<Link>,
}

const FRAMEWORKS: &[Framework] = &[
    Framework { name: "CWE: Common Weakness Enumeration", unit: "Weakness", entries: cwe },
    Framework { name: "OWASP MASVS", unit: "Control", entries: masvs },
    Framework { name: "CCSS: CryptoCurrency Security Standard", unit: "Aspect", entries: ccss },
];

fn cwe(body: &RuleBody) -> Vec<Link> {
    let link = |number: &u32| Link {
        label: format!("CWE-{number}"),
        address: Some(format!("https://cwe.mitre.org/data/definitions/{number}.html")),
    };
    body.cwe.iter().map(link).collect()
}

fn masvs(body: &RuleBody) -> Vec<Link> {
    let link = |control: &String| {
        let is_control = control.starts_with("MASVS-");
        let address = is_control.then(|| format!("https://mas.owasp.org/MASVS/controls/{control}/"));
        Link { label: control.clone(), address: address.and_then(|address| web_address(&address)) }
    };
    body.masvs.iter().map(link).collect()
}

fn ccss(body: &RuleBody) -> Vec<Link> {
    body.ccss.iter().map(|aspect| Link { label: format!("CCSS {aspect}"), address: None }).collect()
}

/// The heading of what the law may ask for, and what is to be said below it.
pub(super) const REGULATION: &str = "Regulation in the EU";
pub(super) const CAVEAT: &str = "May be relevant to crypto-asset service providers. Self-custody software as such is outside of this \
    regulation, and a static scan cannot show that a firm complies: it gives evidence. Only provisions whose text was read for this \
    table are listed.";

/// The provisions to which a report gives evidence.
pub(super) fn provisions() -> &'static [Provision] {
    &Provisions::embedded().all
}

/// Every entry of a standard that a rule names.
pub(super) fn of_rule(body: &RuleBody) -> Vec<Link> {
    FRAMEWORKS.iter().flat_map(|framework| (framework.entries)(body)).collect()
}

/// The findings of one framework.
#[derive(Clone, Debug)]
pub(super) struct Section<'a> {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    /// By entry, the findings of each rule; entries in the order of their numbers.
    pub(super) entries: Vec<(Link, BTreeMap<&'a str, Vec<&'a Finding>>)>,
}

/// Findings by framework and entry; frameworks that none of them touches are left out.
pub(super) fn sections(findings: &[Finding]) -> Vec<Section<'_>> {
    let section = |framework: &Framework| {
        let mut entries: BTreeMap<_, BTreeMap<&str, Vec<&Finding>>> = BTreeMap::new();
        for finding in findings {
            for link in (framework.entries)(&finding.rule.body) {
                let entry = entries.entry((order(&link.label), link)).or_default();
                entry.entry(finding.rule.id.as_str()).or_default().push(finding);
            }
        }
        let entries = entries.into_iter().map(|((_, link), rules)| (link, rules)).collect();
        Section { name: framework.name, unit: framework.unit, entries }
    };
    FRAMEWORKS.iter().map(section).filter(|section| !section.entries.is_empty()).collect()
}

/// What stands before the first number of a label, and that number: CWE-79 comes before CWE-330, MASVS-CODE-3 before MASVS-CRYPTO-1.
fn order(label: &str) -> (String, u32) {
    let at = label.find(|char: char| char.is_ascii_digit()).unwrap_or(label.len());
    let digits: String = label[at..].chars().take_while(char::is_ascii_digit).collect();
    (label[..at].to_owned(), digits.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_by_subject_and_number() {
        let mut labels = ["MASVS-CRYPTO-1", "CWE-330", "MASVS-CODE-3", "CWE-79", "MASVS-CODE-1"];
        labels.sort_by_key(|label| order(label));
        assert_eq!(labels, ["CWE-79", "CWE-330", "MASVS-CODE-1", "MASVS-CODE-3", "MASVS-CRYPTO-1"]);
    }

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(Link::to("https://a.example/b/").label, "a.example/b");
        for other in ["javascript:alert(1)", "data:text/html,x", "https://a b", "ftp://a"] {
            assert_eq!(Link::to(other).address, None, "{other}");
        }
    }
}
