use serde::Deserialize;

/// A value of some kind reaches a place of some kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FlowMatch {
    /// Kinds of the value, from `rules/kinds.toml`; a kind stands for its children too.
    pub from: Vec<String>,
    /// Kinds of the place.
    pub to: Vec<String>,
    /// Kinds that clean: a value that passed such a sanitizer no longer counts.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Kinds of checks: the flow counts only if none of them stands before the place on every way to it.
    #[serde(default)]
    pub unguarded_by: Vec<String>,
}
