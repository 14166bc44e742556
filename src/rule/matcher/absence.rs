//! Something expected is nowhere.

use serde::Deserialize;

use super::Fact;
use crate::rule::Glob;

/// Something that a project of this sort should have is nowhere. The rule's `when` says of which sort.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AbsenceMatch {
    /// One of these is enough.
    pub expected: Vec<Fact>,
    /// The file that the finding is put at: the first that matches; the root if none does.
    #[serde(default)]
    pub anchor: Vec<Glob>,
}
