//! Provisions of the law to which a report gives evidence.

use std::sync::LazyLock;

use serde::Deserialize;

/// `rules/standards.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provisions {
    /// In the order of a report.
    #[serde(rename = "provision")]
    pub all: Vec<Provision>,
}

/// A provision whose text was read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// Its name: the act and the article.
    pub name: String,
    /// What it asks for.
    pub subject: String,
    /// What of a report gives evidence.
    pub evidence: String,
}

impl Provisions {
    /// Those that ship with the program.
    ///
    /// # Panics
    /// Never in a released program: a test reads them.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static PROVISIONS: LazyLock<Provisions> =
            LazyLock::new(|| super::load::vocabulary("standards.toml").expect("the embedded provisions are valid"));
        &PROVISIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_provisions_can_be_read() {
        assert!(Provisions::embedded().all.iter().all(|provision| !provision.name.is_empty()));
    }
}
