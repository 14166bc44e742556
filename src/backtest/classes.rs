//! Which rules speak of which class of incidents.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::rule::Glob;

use super::corpus::Incident;

/// The table of `rules/classes.toml`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Classes {
    /// What does not count for a class that is a mixture.
    any_but: Vec<Glob>,
    /// The rules by class.
    class: BTreeMap<String, Vec<Glob>>,
}

static CLASSES: LazyLock<Classes> = LazyLock::new(|| {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/classes.toml"));
    toml::from_str(text).expect("the embedded table is read by a test")
});

/// Whether a rule speaks of the defect of an incident: one of those that the case names, else of its class.
pub(super) fn is_right(incident: &Incident, rule: &str) -> bool {
    let is_one = |patterns: &[Glob]| patterns.iter().any(|pattern| pattern.matches_name(rule));
    match CLASSES.class.get(&incident.class) {
        _ if !incident.rules.is_empty() => is_one(&incident.rules),
        Some(patterns) => is_one(patterns),
        None => !is_one(&CLASSES.any_but),
    }
}

/// Whether the table says which rules report a class of incidents.
pub(super) fn is_listed(class: &str) -> bool {
    CLASSES.class.contains_key(class)
}

#[cfg(test)]
mod tests {
    use crate::rule::RuleSet;

    use super::*;

    #[test]
    fn every_pattern_of_the_table_means_a_rule() {
        let rules = RuleSet::embedded().unwrap();
        let is_known = |pattern: &Glob| rules.rules.iter().any(|rule| pattern.matches_name(&rule.id));
        let patterns = CLASSES.class.values().flatten().chain(&CLASSES.any_but);
        let idle: Vec<_> = patterns.filter(|pattern| !is_known(pattern)).map(Glob::text).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }

    #[test]
    fn a_case_that_names_its_rules_is_judged_by_these_alone() {
        let incident = |rules: &str, class: &str| -> Incident {
            toml::from_str(&format!("id = 'i'\nclass = '{class}'\ndetectable = 'yes'\nrules = [{rules}]")).unwrap()
        };
        assert!(is_right(&incident("", "electron"), "electron-sandbox-off"));
        assert!(!is_right(&incident("", "electron"), "secret-to-log"));
        assert!(!is_right(&incident("'electron-node-*'", "electron"), "electron-sandbox-off"));
        assert!(is_right(&incident("", "a mixture"), "secret-to-log"));
        assert!(is_listed("electron") && !is_listed("a mixture"));
        assert!(!is_right(&incident("", "a mixture"), "hygiene-license-missing"));
    }
}
