use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use super::{Advisory, ECOSYSTEMS, TABLES, rows, version};
use crate::rule::Date;
use crate::source::Digest;

/// What reports say of a table: which knowledge was used, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knowledge {
    /// What it is: `embedded`, or `store`.
    pub name: &'static str,
    /// How many lines it has: what one advisory says of one package.
    pub count: usize,
    /// The newest day that it knows of.
    pub newest: Option<Date>,
    /// Lines by ecosystem, ordered.
    pub ecosystems: Vec<(String, usize)>,
    /// Of its content; None for what is fixed by the version of the program.
    pub digest: Option<Digest>,
}

/// A table of advisories, one line each, that finds the lines of a package without reading the others.
pub struct Table {
    /// What it is.
    pub knowledge: Knowledge,
    lines: Box<dyn Lines>,
}

/// Where a table keeps its lines.
pub trait Lines: Send + Sync {
    /// The lines of a package whose name is in its normal form.
    fn find(&self, ecosystem: &str, name: &str) -> Vec<Cow<'_, str>>;

    /// What went wrong in finding lines so far, for people.
    fn problems(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Table {
    /// A table over lines that are elsewhere.
    #[must_use]
    pub fn new(knowledge: Knowledge, lines: Box<dyn Lines>) -> Arc<Self> {
        Arc::new(Self { knowledge, lines })
    }

    /// The table that is part of the program.
    #[must_use]
    pub fn embedded() -> Arc<Self> {
        static TABLE: LazyLock<Arc<Table>> = LazyLock::new(|| Table::new(Embedded::knowledge(), Box::new(Embedded::new())));
        Arc::clone(&TABLE)
    }

    /// What is known about a package whose name is in its normal form.
    #[must_use]
    pub fn about(&self, ecosystem: &str, name: &str) -> Vec<Advisory> {
        let lines = self.lines.find(ecosystem, name);
        lines.iter().filter_map(|line| Advisory::parse(ecosystem, line)).map(with_summary).collect()
    }

    /// What went wrong in reading it so far, for people.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.lines.problems()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({}, {} advisories)", self.knowledge.name, self.knowledge.count)
    }
}

/// The lines of the embedded files, each read when an ecosystem is first asked for.
struct Embedded {
    ecosystems: Vec<(&'static str, &'static str, OnceLock<Packages>)>,
}

/// Lines by the normal name of their package.
type Packages = HashMap<String, Vec<&'static str>>;

impl Embedded {
    fn new() -> Self {
        let ecosystem = |(name, path, ..): &(&'static str, &'static str, usize, &'static str)| {
            let text = TABLES.iter().find(|(file, _)| file == path).map_or("", |(_, text)| *text);
            (*name, text, OnceLock::new())
        };
        Self { ecosystems: ECOSYSTEMS.iter().map(ecosystem).collect() }
    }

    fn knowledge() -> Knowledge {
        let mut ecosystems: Vec<_> = ECOSYSTEMS.iter().map(|&(name, _, count, _)| (name.to_owned(), count)).collect();
        ecosystems.sort();
        Knowledge {
            name: "embedded",
            count: ecosystems.iter().map(|(_, count)| count).sum(),
            newest: ECOSYSTEMS.iter().filter_map(|(.., newest)| newest.parse().ok()).max(),
            ecosystems,
            digest: None,
        }
    }
}

fn packages(ecosystem: &str, text: &'static str) -> Packages {
    let mut packages = Packages::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let package = line.split('\t').next().unwrap_or_default();
        packages.entry(version::normal_name(ecosystem, package).into_owned()).or_default().push(line);
    }
    packages
}

impl Lines for Embedded {
    fn find(&self, ecosystem: &str, name: &str) -> Vec<Cow<'_, str>> {
        let tables = self.ecosystems.iter().filter(|(known, ..)| *known == ecosystem);
        let found = tables.filter_map(|(_, text, read)| read.get_or_init(|| packages(ecosystem, text)).get(name));
        found.flatten().map(|line| Cow::Borrowed(*line)).collect()
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
