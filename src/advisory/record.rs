use super::{Impact, version};
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

    /// How bad it is where no source says so.
    #[must_use]
    pub fn usual_severity(self) -> Severity {
        match self {
            Self::Malicious => Severity::Critical,
            Self::Vulnerability | Self::WeakDefault | Self::Risky => Severity::Medium,
            Self::Unsound | Self::Unmaintained => Severity::Low,
            Self::Notice => Severity::Info,
        }
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
    /// Damage, as its source or our table says; the usual one of its kind if neither does.
    pub severity: Severity,
    /// Whether a source says how bad it is.
    pub is_rated: bool,
    /// The day on which it was public, or a later one where that is not known.
    pub published: Date,
    /// Its id and other ids of the same thing; empty for packages that are to be avoided without a single flaw.
    pub ids: Vec<String>,
    /// The address of its source, if it does not follow from the id.
    pub source: String,
    /// What it means for a wallet.
    pub summary: String,
    /// The day from which its source no longer stands by it.
    pub withdrawn: Option<Date>,
    /// What an attacker gains by it, where its source says so in terms of its own (CWE, CVSS).
    pub stated: Option<Impact>,
}

/// In the column of the severity: no source says how bad it is.
const UNRATED: &str = "unrated";

impl Advisory {
    /// The names of the columns in a table, in order. The day of a withdrawal and the impact stand behind them in the lines
    /// that need one.
    pub const COLUMNS: [&str; 9] = ["package", "kind", "affected", "fixed", "severity", "published", "ids", "source", "summary"];

    /// Reads a line of a table; None if it is none.
    #[must_use]
    pub fn parse(ecosystem: &str, line: &str) -> Option<Self> {
        let mut fields: Vec<&str> = line.split('\t').collect();
        let further = fields.split_off(fields.len().min(Self::COLUMNS.len()));
        let stated = further.iter().find_map(|field| Impact::parse(field));
        let withdrawn: Vec<&str> = further.into_iter().filter(|field| Impact::parse(field).is_none()).collect();
        if withdrawn.len() > 1 {
            return None;
        }
        let [package, kind, affected, fixed, severity, published, ids, source, summary] = fields.try_into().ok()?;
        let kind = AdvisoryKind::parse(kind)?;
        let is_rated = severity != UNRATED;
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect();
        Some(Self {
            ecosystem: ecosystem.to_owned(),
            package: package.to_owned(),
            kind,
            affected: affected.to_owned(),
            fixed: words(fixed),
            severity: if is_rated {
                Severity::ALL.into_iter().find(|known| known.name() == severity)?
            } else {
                kind.usual_severity()
            },
            is_rated,
            published: published.parse().ok()?,
            ids: words(ids),
            source: source.to_owned(),
            summary: summary.to_owned(),
            withdrawn: withdrawn.first().map(|day| day.parse()).transpose().ok()?,
            stated,
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
            if self.is_rated { self.severity.name() } else { UNRATED },
            &published,
            &ids,
            &self.source,
            &self.summary,
        ];
        let mut line = fields.map(|field| field.replace(['\t', '\n', '\r'], " ")).join("\t");
        if let Some(day) = self.withdrawn {
            line.push_str(&format!("\t{day}"));
        }
        if let Some(impact) = self.stated {
            line.push('\t');
            line.push_str(impact.name());
        }
        line
    }

    /// What an attacker gains by it: as its source says, else as its sentence does.
    #[must_use]
    pub fn impact(&self) -> Impact {
        self.stated.unwrap_or_else(|| Impact::of_sentence(&self.summary))
    }

    /// Whether it stood on a day: public by then, and not yet withdrawn.
    #[must_use]
    pub fn stood(&self, on: Date) -> bool {
        self.published <= on && self.withdrawn.is_none_or(|day| on < day)
    }

    /// Whether it is about a version.
    #[must_use]
    pub fn affects(&self, version: &str) -> bool {
        version::matches(&self.ecosystem, &self.affected, version)
    }

    /// Whether both are about one flaw: known by a common id, or read at one address. What one database tells apart stays apart,
    /// even if it gives both a common alias.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        if let (Some(id), Some(other)) = (self.id(), other.id())
            && id != other
            && database(id) == database(other)
        {
            return false;
        }
        let has_address = !self.source.is_empty() || !other.source.is_empty();
        self.ids.iter().any(|id| other.ids.contains(id))
            || has_address && self.kind == other.kind && self.address() == other.address()
    }

    /// Adds what another source says of the same flaw: its ids, and what this one leaves open.
    pub fn join(&mut self, other: &Self) {
        let new = other.ids.iter().filter(|id| !self.ids.contains(id)).cloned().collect::<Vec<_>>();
        self.ids.extend(new);
        if self.fixed.is_empty() {
            self.fixed.clone_from(&other.fixed);
        }
        if !self.is_rated && other.is_rated {
            (self.severity, self.is_rated) = (other.severity, true);
        }
    }

    /// Takes over what another source makes of the same flaw.
    pub fn judge_as(&mut self, other: &Self) {
        self.kind = other.kind;
        if other.is_rated {
            (self.severity, self.is_rated) = (other.severity, true);
        }
        self.summary.clone_from(&other.summary);
        // What this source says in terms counts where the other has neither terms nor a telling sentence.
        let is_told = Impact::of_sentence(&other.summary) != Impact::Other;
        self.stated = other.stated.or(if is_told { None } else { self.stated });
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

/// The database that gave an id: `RUSTSEC` of `RUSTSEC-2020-0036`.
fn database(id: &str) -> &str {
    id.split('-').next().unwrap_or_default()
}
