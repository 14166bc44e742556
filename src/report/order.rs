//! The order in which findings are told: first what is to be expected to do the most damage, and of equals the gravest and what is
//! nearest to the keys.

use std::cmp::Reverse;

use super::coverage::is_code;
use crate::finding::{Exposure, Finding};
use crate::rule::matcher::Match;
use crate::rule::{Confidence, Severity};

/// What a finding is about, the nearest to the keys first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Matter {
    /// The wallet's own code.
    Code,
    /// Its configuration.
    Configuration,
    /// How it is built, and of which packages.
    Supply,
    /// What does not ship: tests, examples, documents.
    Aside,
}

/// What a finding is about.
pub(super) fn matter(finding: &Finding) -> Matter {
    let is_dependency = |one: &Match| matches!(one, Match::Dependency(_));
    let is_supply = finding.subject.is_some() || finding.rule.body.matchers.iter().any(is_dependency);
    match finding.exposure {
        Exposure::OnSecretPath | Exposure::Shipped | Exposure::Unknown if is_supply => Matter::Supply,
        Exposure::OnSecretPath | Exposure::Shipped | Exposure::Unknown if is_code(&finding.place.path) => Matter::Code,
        Exposure::OnSecretPath | Exposure::Shipped | Exposure::Unknown => Matter::Configuration,
        Exposure::Build => Matter::Supply,
        Exposure::Vendored | Exposure::Test | Exposure::Docs => Matter::Aside,
    }
}

/// Less is told first.
pub(super) type Rank = (Reverse<u64>, Reverse<Severity>, Matter, Reverse<Confidence>, Exposure);

/// Where a finding stands among others.
pub(super) fn rank(finding: &Finding) -> Rank {
    // Numbers that are not negative have the order of their bits.
    let damage = finding.damage.max(0.0).to_bits();
    (Reverse(damage), Reverse(finding.severity), matter(finding), Reverse(finding.confidence), finding.exposure)
}

/// Findings of one rule and severity, which stand together in a report; the groups are in order, the findings of each as they were.
pub(super) fn by_rule(findings: &[Finding]) -> Vec<&[Finding]> {
    let together = |a: &Finding, b: &Finding| a.rule.id == b.rule.id && a.severity == b.severity;
    let mut groups: Vec<_> = findings.chunk_by(together).collect();
    groups.sort_by_cached_key(|group| group.iter().map(rank).min());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FindingBuilder, test_rule};
    use crate::source::{FileId, Role, Span};
    use crate::target::Workspace;

    #[test]
    fn own_code_comes_before_the_build_and_both_before_tests() {
        let mut workspace = Workspace::in_memory([("a.yml", "x"), ("b.yml", "x"), ("c.ts", "x"), ("d.ts", "x")]);
        workspace.files[0].role = Role::Build;
        workspace.files[3].role = Role::Test;
        let finding = |file| FindingBuilder::new(&test_rule("own-rule"), &workspace, FileId(file), Span::new(0, 1)).build();
        let all: Vec<_> = (0..4).map(finding).collect();
        let matters: Vec<_> = all.iter().map(matter).collect();
        assert_eq!(matters, [Matter::Supply, Matter::Configuration, Matter::Code, Matter::Aside]);
        assert!(rank(&all[2]) < rank(&all[1]) && rank(&all[1]) < rank(&all[0]), "of equally grave ones");
    }
}
