//! OpenVEX: what the makers of a product say about flaws of its packages.
//!
//! A statement joins a vulnerability, products and a status. The one that was made last counts. `not_affected` and `fixed` set a flaw
//! aside, the others do not.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::purl::Purl;
use super::{Advisory, AdvisoryKind, version};
use crate::rule::Date;
use crate::source::{Notice, NoticeKind};

/// How a product stands to a vulnerability, with the names of OpenVEX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does no harm there.
    NotAffected,
    /// It does.
    Affected,
    /// It was mended there.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// Its name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    /// Whether nothing is left to be done.
    #[must_use]
    pub const fn settles(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }
}

/// One statement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its file and number: `triage.vex.json, statement 2`.
    pub origin: String,
    /// The names of the vulnerability: CVE, GHSA and other ids.
    pub ids: Vec<String>,
    /// How the products stand to it.
    pub status: Status,
    /// Why they are not affected: one of the labels of OpenVEX.
    pub justification: Option<String>,
    /// The same, the measures to take or remarks, in words.
    pub text: Option<String>,
    /// When it was made, as written.
    pub timestamp: String,
    targets: Vec<Target>,
}

/// A product, and the packages in it that are meant, if not all.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    product: Vec<Purl>,
    parts: Vec<Purl>,
}

impl Statement {
    /// Why a finding is set aside, in one sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        let why: Vec<&str> = [&self.justification, &self.text].into_iter().filter_map(|text| text.as_deref()).collect();
        let why = if why.is_empty() { "no justification is given".to_owned() } else { why.join(": ") };
        format!("VEX: {} is {} ({why}; {})", self.ids.first().map_or("", String::as_str), self.status.name(), self.origin)
    }

    fn speaks_of(&self, advisory: &Advisory) -> bool {
        self.ids.iter().any(|id| advisory.ids.iter().any(|known| known.eq_ignore_ascii_case(id)))
    }

    fn day(&self) -> Option<Date> {
        self.timestamp.get(..10)?.parse().ok()
    }
}

/// The statements of all documents of a run.
#[derive(Clone, Debug, Default)]
pub struct Vex {
    statements: Vec<Statement>,
}

/// A text that is no OpenVEX document.
#[derive(Debug, thiserror::Error)]
pub enum VexError {
    /// It does not parse, or lacks what a document must have.
    #[error("not an OpenVEX document: {0}")]
    Syntax(#[from] serde_json::Error),
    /// Its context names another format.
    #[error("not an OpenVEX document: its `@context` is `{0}`")]
    Context(String),
}

impl Vex {
    /// Adds the statements of a document; `name` is that of its file.
    ///
    /// # Errors
    /// If it is no OpenVEX document.
    pub fn with(mut self, name: &str, text: &str) -> Result<Self, VexError> {
        let document: DocumentText = serde_json::from_str(text)?;
        if !document.context.contains("openvex.dev/ns") {
            return Err(VexError::Context(document.context));
        }
        let timestamp = document.last_updated.or(document.timestamp).unwrap_or_default();
        for (number, statement) in (1..).zip(document.statements) {
            self.statements.push(statement.read(format!("{name}, statement {number}"), &timestamp));
        }
        Ok(self)
    }

    /// What the statements that were made by a day say about a tree, in which packages have these ecosystems and names.
    #[must_use]
    pub fn about<'v, 't>(
        &'v self,
        own: impl IntoIterator<Item = (&'t str, &'t str)>,
        packages: impl IntoIterator<Item = (&'t str, &'t str)>,
        as_of: Date,
    ) -> Answers<'v> {
        let is_made = |statement: &&Statement| statement.day().is_none_or(|day| day <= as_of);
        let (mut statements, later): (Vec<_>, Vec<_>) = self.statements.iter().partition(is_made);
        statements.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
        statements.reverse();
        let normal = |(ecosystem, name): (&str, &str)| (ecosystem.to_owned(), version::normal_name(ecosystem, name).into_owned());
        let (own, packages): (BTreeSet<_>, BTreeSet<_>) = if self.statements.is_empty() {
            Default::default()
        } else {
            (own.into_iter().map(normal).collect(), packages.into_iter().map(normal).collect())
        };
        Answers { statements, later, own, packages }
    }
}

/// The statements that count for a tree on a day.
#[derive(Clone, Debug, Default)]
pub struct Answers<'v> {
    /// The last one first.
    statements: Vec<&'v Statement>,
    /// Those that were made after the day.
    later: Vec<&'v Statement>,
    /// The packages that the tree itself is.
    own: BTreeSet<(String, String)>,
    /// All packages that are named in it.
    packages: BTreeSet<(String, String)>,
}

impl<'v> Answers<'v> {
    /// Whether there are no statements at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.later.is_empty()
    }

    /// The last statement about an advisory on a package of the tree. None is taken for a package that was made to do harm.
    #[must_use]
    pub fn on(&self, advisory: &Advisory, version: &str) -> Option<&'v Statement> {
        if advisory.kind == AdvisoryKind::Malicious {
            return None;
        }
        let package = (&*advisory.ecosystem, &*advisory.package, version);
        self.statements.iter().copied().find(|statement| statement.speaks_of(advisory) && self.is_meant(statement, package))
    }

    /// Whether a statement means a package: as its product, as a part of one, or because the tree is the product.
    fn is_meant(&self, statement: &Statement, package: (&str, &str, &str)) -> bool {
        let (ecosystem, name, version) = package;
        let covers = |purl: &Purl| purl.covers(ecosystem, name, version);
        let is_one_of = |set: &BTreeSet<(String, String)>, purl: &Purl| set.iter().any(|(eco, known)| purl.names(eco, known));
        statement.targets.iter().any(|target| {
            let is_own = target.product.iter().any(|purl| is_one_of(&self.own, purl));
            if target.parts.is_empty() {
                return is_own || target.product.iter().any(covers);
            }
            let is_there = is_own || target.product.iter().any(|purl| is_one_of(&self.packages, purl));
            is_there && target.parts.iter().any(covers)
        })
    }

    /// A remark for each statement that means no flaw of these packages with their versions.
    pub fn idle<'t>(&self, known: impl IntoIterator<Item = (&'t Advisory, &'t str)>) -> Vec<Notice> {
        let known: Vec<_> = known.into_iter().collect();
        let is_used = |statement: &Statement| {
            known.iter().any(|(advisory, version)| {
                let package = (&*advisory.ecosystem, &*advisory.package, *version);
                advisory.kind != AdvisoryKind::Malicious && statement.speaks_of(advisory) && self.is_meant(statement, package)
            })
        };
        let remark = |statement: &Statement, why: &str| {
            let id = statement.ids.first().map_or("without a vulnerability", String::as_str);
            Notice::general(NoticeKind::Configuration, format!("{} ({id}) {why}", statement.origin))
        };
        let idle = self.statements.iter().filter(|statement| !is_used(statement));
        let idle = idle.map(|statement| remark(statement, "matches no known vulnerability of a package in this project"));
        let unfounded = self.statements.iter().filter(|statement| {
            statement.status == Status::NotAffected && statement.justification.is_none() && statement.text.is_none()
        });
        let unfounded = unfounded.map(|statement| remark(statement, "says `not_affected` but not why"));
        let later = self.later.iter().map(|statement| remark(statement, "is newer than the day of this scan: it was left out"));
        idle.chain(unfounded).chain(later).collect()
    }
}

/// A document as it is written. Before version 0.2.0 of the format, vulnerabilities and products were plain strings.
#[derive(Deserialize)]
struct DocumentText {
    #[serde(rename = "@context")]
    context: String,
    timestamp: Option<String>,
    last_updated: Option<String>,
    statements: Vec<StatementText>,
}

#[derive(Deserialize)]
struct StatementText {
    vulnerability: VulnerabilityText,
    #[serde(default)]
    products: Vec<ComponentText>,
    #[serde(default)]
    subcomponents: Vec<ComponentText>,
    status: Status,
    justification: Option<String>,
    impact_statement: Option<String>,
    action_statement: Option<String>,
    status_notes: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum VulnerabilityText {
    Name(String),
    Object {
        #[serde(rename = "@id")]
        id: Option<String>,
        name: Option<String>,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ComponentText {
    Id(String),
    Object {
        #[serde(rename = "@id")]
        id: Option<String>,
        #[serde(default)]
        identifiers: Identifiers,
        #[serde(default)]
        subcomponents: Vec<ComponentText>,
    },
}

#[derive(Default, Deserialize)]
struct Identifiers {
    purl: Option<String>,
}

impl StatementText {
    fn read(self, origin: String, of_document: &str) -> Statement {
        let target = |product: &ComponentText| {
            let parts = product.parts().iter().chain(&self.subcomponents).flat_map(ComponentText::purls).collect();
            Target { product: product.purls(), parts }
        };
        let text = self.impact_statement.or(self.action_statement).or(self.status_notes);
        Statement {
            targets: self.products.iter().map(target).collect(),
            origin,
            ids: self.vulnerability.ids(),
            status: self.status,
            justification: self.justification,
            text,
            timestamp: self.last_updated.or(self.timestamp).unwrap_or_else(|| of_document.to_owned()),
        }
    }
}

impl VulnerabilityText {
    /// All names; of an address, its last segment.
    fn ids(self) -> Vec<String> {
        match self {
            Self::Name(name) => vec![name],
            Self::Object { id, name, aliases } => {
                let of_address = id.and_then(|id| id.rsplit('/').next().map(ToOwned::to_owned));
                name.into_iter().chain(aliases).chain(of_address).collect()
            }
        }
    }
}

impl ComponentText {
    fn purls(&self) -> Vec<Purl> {
        let (id, purl) = match self {
            Self::Id(id) => (Some(id), None),
            Self::Object { id, identifiers, .. } => (id.as_ref(), identifiers.purl.as_ref()),
        };
        id.into_iter().chain(purl).filter_map(|text| Purl::parse(text)).collect()
    }

    fn parts(&self) -> &[Self] {
        match self {
            Self::Id(_) => &[],
            Self::Object { subcomponents, .. } => subcomponents,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vex(statements: &str) -> Vex {
        let text = format!(
            r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://w.example/1", "author": "a", "version": 1,
                "timestamp": "2026-01-01T00:00:00Z", "statements": [{statements}]}}"#
        );
        Vex::default().with("t.json", &text).expect("a document")
    }

    fn advisory(kind: &str) -> Advisory {
        let line = format!("keys\t{kind}\t<2\t2.0.0\thigh\t2025-01-01\tGHSA-aaaa CVE-2025-1\t\ta flaw");
        Advisory::parse("npm", &line).expect("a row")
    }

    const OWN: [(&str, &str); 1] = [("npm", "wallet")];
    const PACKAGES: [(&str, &str); 2] = [("npm", "keys"), ("npm", "wrapper")];

    fn status(statements: &str) -> Option<Status> {
        let vex = vex(statements);
        let answers = vex.about(OWN, PACKAGES, Date::LAST);
        answers.on(&advisory("vulnerability"), "1.0.0").map(|statement| statement.status)
    }

    #[test]
    fn products_and_parts_are_met_by_their_urls() {
        let cases = [
            (r#"[{"@id": "pkg:npm/keys@1.0.0"}]"#, true),
            (r#"[{"@id": "pkg:npm/keys"}]"#, true),
            (r#"[{"@id": "pkg:npm/keys@1.0.1"}]"#, false),
            (r#"[{"@id": "https://w.example", "identifiers": {"purl": "pkg:npm/keys@1.0.0"}}]"#, true),
            (r#"[{"@id": "pkg:npm/wallet@9.9.9"}]"#, true),
            (r#"[{"@id": "pkg:npm/wallet", "subcomponents": [{"@id": "pkg:npm/keys"}]}]"#, true),
            (r#"[{"@id": "pkg:npm/wallet", "subcomponents": [{"@id": "pkg:npm/other"}]}]"#, false),
            (r#"[{"@id": "pkg:npm/wrapper", "subcomponents": [{"@id": "pkg:npm/keys"}]}]"#, true),
            (r#"[{"@id": "pkg:oci/elsewhere", "subcomponents": [{"@id": "pkg:npm/keys"}]}]"#, false),
            (r#"["pkg:npm/keys@1.0.0"]"#, true),
        ];
        for (products, expected) in cases {
            let statement = format!(
                r#"{{"vulnerability": {{"name": "CVE-2025-1"}}, "products": {products}, "status": "not_affected", "justification": "component_not_present"}}"#
            );
            assert_eq!(status(&statement).is_some(), expected, "{products}");
        }
    }

    #[test]
    fn the_last_statement_counts() {
        let early = r#"{"vulnerability": {"name": "X", "aliases": ["ghsa-AAAA"]}, "products": [{"@id": "pkg:npm/keys"}], "status": "under_investigation", "timestamp": "2025-02-01T00:00:00Z"}"#;
        let late = r#"{"vulnerability": "CVE-2025-1", "products": [{"@id": "pkg:npm/keys"}], "status": "fixed", "timestamp": "2025-03-01T00:00:00Z"}"#;
        assert_eq!(status(early), Some(Status::UnderInvestigation));
        assert_eq!(status(&format!("{late}, {early}")), Some(Status::Fixed));
        let vex = vex(&format!("{late}, {early}"));
        let answers = vex.about(OWN, PACKAGES, "2025-02-15".parse().expect("a day"));
        assert_eq!(answers.on(&advisory("vulnerability"), "1.0.0").map(|one| one.status), Some(Status::UnderInvestigation));
        assert!(answers.on(&advisory("malicious"), "1.0.0").is_none());
    }

    #[test]
    fn idle_and_unfounded_statements_are_remarked() {
        let vex =
            vex(r#"{"vulnerability": {"name": "CVE-2025-1"}, "products": [{"@id": "pkg:npm/keys"}], "status": "not_affected"},
               {"vulnerability": {"name": "CVE-2025-2"}, "products": [{"@id": "pkg:npm/keys"}], "status": "affected"}"#);
        let flaw = advisory("vulnerability");
        let notices = vex.about(OWN, PACKAGES, Date::LAST).idle([(&flaw, "1.0.0")]);
        let texts: Vec<_> = notices.iter().map(|notice| &*notice.message).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].starts_with("t.json, statement 2 (CVE-2025-2) matches no"), "{texts:?}");
        assert!(texts[1].contains("statement 1 (CVE-2025-1) says `not_affected` but not why"), "{texts:?}");
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let context = r#"{"@context": "https://x.example", "statements": []}"#;
        for text in ["{", "[]", context, r#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"status": "maybe"}]}"#] {
            assert!(Vex::default().with("t.json", text).is_err(), "{text}");
        }
    }
}
