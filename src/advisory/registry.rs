//! The hosts of registries: several names of one are no two places.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::written;

/// Hosts by ecosystem and registry.
type Registries = BTreeMap<String, BTreeMap<String, Vec<String>>>;

static REGISTRIES: LazyLock<Registries> = LazyLock::new(|| written("registries.toml"));

/// The registry of an ecosystem that answers under a host.
#[must_use]
pub fn of_host(ecosystem: &str, host: &str) -> Option<&'static str> {
    let is_below = |known: &String| host.strip_suffix(&**known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let mut registries = REGISTRIES.get(ecosystem)?.iter();
    registries.find(|(_, hosts)| hosts.iter().any(is_below)).map(|(name, _)| &**name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_only_ends_alike_is_another_place() {
        assert_eq!(of_host("npm", "registry.yarn.example"), of_host("npm", "npm.example"));
        assert!(of_host("npm", "npm.example").is_some());
        assert_eq!(of_host("npm", "evilnpm.example"), None);
        assert_eq!(of_host("npm", "packages.coffer.example"), None);
    }
}
