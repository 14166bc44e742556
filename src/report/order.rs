//! The order in which findings are told to people: the gravest first, since that is what a reader looks for; of equally grave ones
//! those that are to be expected to do the most damage, and of equals what is nearest to the keys.

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
pub(super) type Rank = (Reverse<Severity>, Reverse<u64>, Matter, Reverse<Confidence>, Exposure);

/// Where a finding stands among others.
pub(super) fn rank(finding: &Finding) -> Rank {
    // Numbers that are not negative have the order of their bits.
    let damage = finding.damage.max(0.0).to_bits();
    (Reverse(finding.severity), Reverse(damage), matter(finding), Reverse(finding.confidence), finding.exposure)
}

/// Findings in that order.
pub(super) fn ordered(findings: &[Finding]) -> Vec<&Finding> {
    let mut ordered: Vec<_> = findings.iter().collect();
    ordered.sort_by_cached_key(|finding| rank(finding));
    ordered
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
    fn the_gravest_come_first_whatever_is_to_be_expected_of_them() {
        let workspace = Workspace::in_memory([("a.ts", "x")]);
        let rule = test_rule("own-rule");
        let finding = |severity, damage| {
            let mut finding = FindingBuilder::new(&rule, &workspace, FileId(0), Span::new(0, 1)).severity(severity).build();
            finding.damage = damage;
            finding
        };
        let all = [finding(Severity::Medium, 0.9), finding(Severity::Critical, 0.1), finding(Severity::Critical, 0.2)];
        let told: Vec<_> = ordered(&all).into_iter().map(|finding| (finding.severity, finding.damage)).collect();
        assert_eq!(told, [(Severity::Critical, 0.2), (Severity::Critical, 0.1), (Severity::Medium, 0.9)]);
    }

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
