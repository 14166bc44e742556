use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use super::{ADVISORIES, Advisory, rows, version};
use crate::rule::Date;

/// A table of advisories, one line each, that finds the lines of a package without reading the others.
pub struct Table {
    /// What it is, for reports.
    pub name: String,
    /// How many lines it has.
    pub count: usize,
    /// The newest day that it knows of.
    pub newest: Option<Date>,
    lines: Box<dyn Lines>,
}

/// Where a table keeps its lines.
pub(super) trait Lines: Send + Sync {
    /// The lines of a package whose name is in its normal form.
    fn find(&self, ecosystem: &str, name: &str) -> Vec<&str>;
}

impl Table {
    pub(super) fn new(name: impl Into<String>, count: usize, newest: Option<Date>, lines: Box<dyn Lines>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), count, newest, lines })
    }

    /// The table that is part of the program.
    #[must_use]
    pub fn embedded() -> Arc<Self> {
        static TABLE: LazyLock<Arc<Table>> = LazyLock::new(|| {
            let lines = Embedded::new();
            let newest = lines.all().filter_map(|line| line.split('\t').nth(5)?.parse().ok()).max();
            Table::new("embedded", lines.all().count(), newest, Box::new(lines))
        });
        Arc::clone(&TABLE)
    }

    /// What is known about a package whose name is in its normal form.
    #[must_use]
    pub fn about(&self, ecosystem: &str, name: &str) -> Vec<Advisory> {
        self.lines.find(ecosystem, name).into_iter().filter_map(|line| Advisory::parse(ecosystem, line)).map(with_summary).collect()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({}, {} advisories)", self.name, self.count)
    }
}

/// The lines of the embedded files, whose first line names the ecosystem.
struct Embedded {
    ecosystems: HashMap<&'static str, HashMap<String, Vec<&'static str>>>,
}

impl Embedded {
    fn new() -> Self {
        let mut ecosystems: HashMap<_, HashMap<_, Vec<_>>> = HashMap::new();
        for (_, text) in ADVISORIES {
            let Some(ecosystem) = text.lines().next().and_then(|line| line.strip_prefix("#ecosystem\t")) else { continue };
            let packages = ecosystems.entry(ecosystem).or_default();
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let package = line.split('\t').next().unwrap_or_default();
                packages.entry(version::normal_name(ecosystem, package).into_owned()).or_default().push(line);
            }
        }
        Self { ecosystems }
    }

    fn all(&self) -> impl Iterator<Item = &'static str> {
        self.ecosystems.values().flat_map(HashMap::values).flatten().copied()
    }
}

impl Lines for Embedded {
    fn find(&self, ecosystem: &str, name: &str) -> Vec<&str> {
        self.ecosystems.get(ecosystem).and_then(|packages| packages.get(name)).cloned().unwrap_or_default()
    }
}

/// A summary `@key` stands for a row of `summaries.tsv`: sentences that many advisories share.
fn with_summary(mut advisory: Advisory) -> Advisory {
    static SHARED: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
        rows("summaries.tsv")
            .filter_map(|row| row.try_into().ok())
            .map(|[key, source, text]: [&str; 3]| (key, (source, text)))
            .collect()
    });
    let shared = advisory.summary.strip_prefix('@').and_then(|key| SHARED.get(key));
    if let Some((source, text)) = shared {
        if advisory.source.is_empty() && advisory.ids.is_empty() {
            (*source).clone_into(&mut advisory.source);
        }
        advisory.summary = (*text).to_owned();
    }
    advisory
}
