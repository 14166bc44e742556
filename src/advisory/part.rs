//! Which part of a package a flaw is in, where that is known.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Advisory, written};
use crate::rule::{CalleePattern, Severity};

/// The part of a package that has a flaw.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Part {
    ecosystem: String,
    package: String,
    ids: Vec<String>,
    #[serde(default)]
    source: Option<String>,
    /// What it is called.
    pub what: String,
    /// The functions that lead to it.
    #[serde(default)]
    pub calls: Vec<CalleePattern>,
    /// The modules that hold it.
    #[serde(default)]
    pub modules: Vec<String>,
    /// How bad the flaw is at most where the part is used.
    #[serde(default)]
    pub at_most: Option<Severity>,
    /// Why it is no worse.
    #[serde(default)]
    pub because: Option<String>,
}

#[derive(Default, Deserialize)]
struct Parts {
    part: Vec<Part>,
}

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| written::<Parts>("parts.toml").part);

impl Part {
    /// The part that an advisory is about; None if nobody wrote it down.
    #[must_use]
    pub fn of(advisory: &Advisory) -> Option<&'static Self> {
        PARTS.iter().find(|part| {
            part.ecosystem == advisory.ecosystem
                && part.package == advisory.package
                && (advisory.ids.iter().any(|id| part.ids.contains(id))
                    || part.source.as_ref().is_some_and(|source| *source == advisory.source))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisory::Advisories;

    /// A part whose advisory nobody knows, or that nothing can reach, would be a slip of the pen.
    #[test]
    fn each_part_is_of_known_advisories_and_can_be_reached() {
        let parts: Parts = written("parts.toml");
        let known = Advisories::default();
        for part in &parts.part {
            assert!(!part.calls.is_empty() || !part.modules.is_empty(), "{part:?}");
            let is_known = known.about(&part.ecosystem, &part.package).any(|advisory| Part::of(&advisory).is_some());
            assert!(is_known, "no advisory on {}: {:?}", part.package, part.ids);
        }
    }
}
