//! Packages by what asks for them, as yarn's lockfiles write it.

use std::collections::HashMap;

use super::super::Package;
use super::spec::split_at_sign;

/// Packages with the patterns (`name@range`) that lead to them and those that they ask for.
#[derive(Default)]
pub(super) struct Patterns {
    packages: Vec<Package>,
    wishes: Vec<Vec<(String, String)>>,
    by_pattern: HashMap<String, usize>,
}

impl Patterns {
    pub(super) fn add(&mut self, mut package: Package, patterns: &[&str], wishes: Vec<(String, String)>) {
        for pattern in patterns {
            self.by_pattern.insert((*pattern).to_owned(), self.packages.len());
            package.requested.push(split_at_sign(pattern).1.to_owned());
        }
        self.packages.push(package);
        self.wishes.push(wishes);
    }

    /// The package behind a name and a range; berry writes the protocol in the pattern but not always in the wish.
    pub(super) fn find(&self, name: &str, range: &str) -> Option<usize> {
        let direct = self.by_pattern.get(&format!("{name}@{range}"));
        direct.or_else(|| self.by_pattern.get(&format!("{name}@npm:{range}"))).copied()
    }

    /// The packages, linked.
    pub(super) fn finish(mut self) -> Vec<Package> {
        for index in 0..self.packages.len() {
            let wishes = &self.wishes[index];
            self.packages[index].dependencies = wishes.iter().filter_map(|(name, range)| self.find(name, range)).collect();
        }
        self.packages
    }
}
