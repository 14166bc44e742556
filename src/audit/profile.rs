//! What the tree is: recognised once, told in every report, asked for by rules.

use super::Context;
use super::fact::Facts;
use crate::configfile::{Reached, Value, select};
use crate::rule::ProfileKind;
use crate::rule::profile::ProfileSetting;

/// One of the things that a tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in rules.
    pub kind: &'static str,
    /// Its name for people.
    pub what: &'static str,
    /// What more is known of it: `electron 27.1.0`, `electron 11.0.0 and 43.0.0`, `manifest version 3`.
    pub detail: Option<String>,
}

/// All that a tree is, in the order of the table.
#[must_use]
pub fn profile(context: &Context<'_>, facts: &Facts<'_>) -> Vec<Profile> {
    let kinds = ProfileKind::all().iter().filter(|kind| facts.is_kind(&kind.name));
    kinds.map(|kind| Profile { kind: &kind.name, what: &kind.what, detail: detail(context, facts, kind) }).collect()
}

fn detail(context: &Context<'_>, facts: &Facts<'_>, kind: &ProfileKind) -> Option<String> {
    let package = kind.version.iter().find_map(|name| facts.versions_of(name));
    package.or_else(|| setting(context, kind.setting.as_ref()?))
}

/// The different values of a setting over all files that have it.
fn setting(context: &Context<'_>, setting: &ProfileSetting) -> Option<String> {
    let files = context.workspace.files.iter().zip(context.artifacts);
    let asked = files.filter(|(file, _)| setting.file.iter().any(|glob| glob.matches_path(&file.path)));
    let documents = asked.filter_map(|(_, artifact)| artifact.document.as_ref());
    let text = |reached: &Reached<'_>| Value::scalar_text(reached.value);
    let mut values: Vec<_> =
        documents.flat_map(|document| select(&setting.path, document).iter().filter_map(text).collect::<Vec<_>>()).collect();
    values.sort();
    values.dedup();
    (!values.is_empty()).then(|| format!("{} {}", setting.label, values.join(" and ")))
}
