use super::version;
use crate::rule::{Date, Severity};

/// What an advisory says of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdvisoryKind {
    /// The release was made to do harm.
    Malicious,
    /// It has a flaw.
    Vulnerability,
    /// It can be made to break its language's promises.
    Unsound,
    /// It is weak unless its user sets it up otherwise.
    WeakDefault,
    /// It is not what secrets should be trusted to.
    Risky,
    /// Nobody mends it any more.
    Unmaintained,
    /// Worth knowing.
    Notice,
}

impl AdvisoryKind {
    /// Every kind with its name in tables and rules.
    pub const ALL: [(Self, &str); 7] = [
        (Self::Malicious, "malicious"),
        (Self::Vulnerability, "vulnerability"),
        (Self::Unsound, "unsound"),
        (Self::WeakDefault, "weak-default"),
        (Self::Risky, "risky"),
        (Self::Unmaintained, "unmaintained"),
        (Self::Notice, "notice"),
    ];

    /// Its name in tables and rules.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// One thing that is known about some versions of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Ecosystem as OSV spells it.
    pub ecosystem: String,
    /// The package, as the ecosystem writes it.
    pub package: String,
    /// What it says.
    pub kind: AdvisoryKind,
    /// The versions that it is about, as comparators (see [`version::matches`]).
    pub affected: String,
    /// Versions without the fault.
    pub fixed: Vec<String>,
    /// Damage, as its source or our table says.
    pub severity: Severity,
    /// The day on which it was public, or a later one where that is not known.
    pub published: Date,
    /// Its id and other ids of the same thing; empty for packages that are to be avoided without a single flaw.
    pub ids: Vec<String>,
    /// The address of its source, if it does not follow from the id.
    pub source: String,
    /// What it means for a wallet.
    pub summary: String,
}

impl Advisory {
    /// The names of the columns in a table, in order.
    pub const COLUMNS: [&str; 9] = ["package", "kind", "affected", "fixed", "severity", "published", "ids", "source", "summary"];

    /// Reads a line of a table; None if it is none.
    #[must_use]
    pub fn parse(ecosystem: &str, line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [package, kind, affected, fixed, severity, published, ids, source, summary] = fields.try_into().ok()?;
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect();
        Some(Self {
            ecosystem: ecosystem.to_owned(),
            package: package.to_owned(),
            kind: AdvisoryKind::parse(kind)?,
            affected: affected.to_owned(),
            fixed: words(fixed),
            severity: Severity::ALL.into_iter().find(|known| known.name() == severity)?,
            published: published.parse().ok()?,
            ids: words(ids),
            source: source.to_owned(),
            summary: summary.to_owned(),
        })
    }

    /// The line of a table that [`Advisory::parse`] reads. Tabs and line breaks in the fields become blanks.
    #[must_use]
    pub fn line(&self) -> String {
        let (fixed, ids, published) = (self.fixed.join(" "), self.ids.join(" "), self.published.to_string());
        let fields = [
            &*self.package,
            self.kind.name(),
            &self.affected,
            &fixed,
            self.severity.name(),
            &published,
            &ids,
            &self.source,
            &self.summary,
        ];
        fields.map(|field| field.replace(['\t', '\n', '\r'], " ")).join("\t")
    }

    /// Whether it is about a version.
    #[must_use]
    pub fn affects(&self, version: &str) -> bool {
        version::matches(&self.ecosystem, &self.affected, version)
    }

    /// Whether both are known by a common id.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self == other || self.ids.iter().any(|id| other.ids.contains(id))
    }

    /// The first id, for messages.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.ids.first().map(String::as_str)
    }

    /// Where to read more: the source, or the page of the id at the database that gave it.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        const DATABASES: &[(&str, &str, &str)] = &[
            ("RUSTSEC-", "https://rustsec.org/advisories/", ".html"),
            ("GHSA-", "https://github.com/advisories/", ""),
            ("CVE-", "https://nvd.nist.gov/vuln/detail/", ""),
            ("GO-", "https://pkg.go.dev/vuln/", ""),
            ("", "https://osv.dev/vulnerability/", ""),
        ];
        if !self.source.is_empty() {
            return Some(self.source.clone());
        }
        let id = self.id()?;
        let (_, before, after) = DATABASES.iter().find(|(prefix, ..)| id.starts_with(prefix))?;
        Some(format!("{before}{id}{after}"))
    }
}
