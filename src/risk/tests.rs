use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::finding::FindingBuilder;
use crate::rule::{Rule, RuleSet};
use crate::source::{FileId, Span};
use crate::target::Workspace;

const PACKS: [&str; 6] = ["key-generation", "key-handling", "cryptography", "dependencies", "electron", "hygiene"];

fn rule(pack: &str, id: &str) -> Arc<Rule> {
    let text = "title = 'T'\nseverity = 'high'\nconfidence = 'high'\nknown-since = 2020-01-01\nwhat = 'w'\nwhy = 'y'\nfix = 'f'\n\
                [match.text]\npattern = ['x']";
    let path = format!("packs/{pack}/{id}.toml");
    Arc::clone(&RuleSet::from_texts([(path.as_str(), text)]).expect("the rule is valid").rules[0])
}

/// A finding of a rule at byte `at`.
fn finding(rule: &Arc<Rule>, severity: Severity, confidence: Confidence, exposure: Exposure, at: u32) -> Finding {
    let text = "x".repeat(at as usize + 1);
    let workspace = Workspace::in_memory([("a.ts", text.as_str())]);
    let span = Span::new(at, at + 1);
    FindingBuilder::new(rule, &workspace, FileId(0), span).severity(severity).confidence(confidence).exposure(exposure).build()
}

fn value(findings: &[Finding], credits: &[&Credit]) -> f64 {
    assess(Weights::embedded(), findings, 1.0, credits).score.expect("all code was analysed").value
}

prop_compose! {
    /// Findings of some rules, each at a place of its own.
    fn findings(most: usize)(
        drawn in prop::collection::vec((0..PACKS.len(), 0..4_u8, 0..5_usize, 0..3_usize, 0..7_usize), 0..most)
    ) -> Vec<Finding> {
        let each = (0..).zip(drawn);
        each.map(|(at, (pack, id, severity, confidence, exposure))| {
            let rule = rule(PACKS[pack], &format!("{}-{id}", PACKS[pack]));
            finding(&rule, Severity::ALL[severity], Confidence::ALL[confidence], Exposure::ALL[exposure], at)
        }).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_further_finding_never_lowers_the_score(findings in findings(10)) {
        let mut last = value(&[], &[]);
        for count in 1..=findings.len() {
            let now = value(&findings[..count], &[]);
            prop_assert!(now >= last - 1e-9, "{last} to {now} with finding {count}");
            last = now;
        }
    }

    #[test]
    fn evidence_never_raises_it_and_order_does_not_matter(findings in findings(8)) {
        let credits: Vec<_> = Weights::embedded().credits.iter().collect();
        let mut reversed = findings.clone();
        reversed.reverse();
        prop_assert!(value(&findings, &credits) <= value(&findings, &[]) + 1e-9);
        prop_assert!((value(&reversed, &credits) - value(&findings, &credits)).abs() < 1e-9);
    }

    #[test]
    fn the_terms_add_up_to_the_score(findings in findings(8)) {
        let score = assess(Weights::embedded(), &findings, 1.0, &[]).score.expect("all code was analysed");
        let sum: f64 = score.terms.iter().map(|term| term.logit).sum();
        let chance = 1.0 / (1.0 + (-(sum + model::logit(Weights::embedded().base_rate))).exp());
        prop_assert!((score.before_floor.unwrap_or(score.value) - 100.0 * chance).abs() < 1e-6);
    }
}

#[test]
fn nothing_found_is_the_base_rate() {
    assert!((value(&[], &[]) - 3.0).abs() < 1e-9);
}

#[test]
fn repeats_of_low_rules_stay_under_a_tenth() {
    let rules: Vec<_> = (0..6).map(|id| rule("electron", &format!("low-{id}"))).collect();
    let findings: Vec<_> =
        (0..600).map(|at| finding(&rules[at as usize % 6], Severity::Low, Confidence::High, Exposure::Shipped, at)).collect();
    assert!(value(&findings, &[]) < 10.0);
    let fewer = value(&findings[..60], &[]);
    assert!((value(&findings, &[]) - fewer).abs() < 0.01, "the hundredth repeat adds nothing");
}

#[test]
fn faults_in_tests_leave_the_score_almost_as_it_was() {
    let rule = rule("key-generation", "keygen-insecure-random");
    let in_tests = finding(&rule, Severity::Critical, Confidence::High, Exposure::Test, 0);
    assert!(value(&[in_tests], &[]) < 5.0);
    let shipped = finding(&rule, Severity::Critical, Confidence::High, Exposure::OnSecretPath, 0);
    let assessment = assess(Weights::embedded(), &[shipped], 1.0, &[]);
    let score = assessment.score.expect("all code was analysed");
    assert!((score.value - 80.0).abs() < 1e-9 && score.before_floor.is_some_and(|before| before < 80.0));
    assert_eq!((assessment.fixes[0].rule.as_str(), score.band.name.as_str()), ("keygen-insecure-random", "severe"));
    assert!((assessment.fixes[0].score - 3.0).abs() < 1e-9);
}

#[test]
fn a_doubtful_finding_widens_the_range() {
    let rule = rule("key-handling", "a-rule");
    let range = |confidence| {
        let finding = finding(&rule, Severity::Critical, confidence, Exposure::OnSecretPath, 0);
        assess(Weights::embedded(), &[finding], 1.0, &[]).score.expect("all code was analysed").range
    };
    let (sure, doubtful) = (range(Confidence::High), range(Confidence::Medium));
    assert!((sure.1 - sure.0).abs() < 1e-9);
    assert!((doubtful.0 - 3.0).abs() < 1e-9 && (doubtful.1 - sure.1).abs() < 1e-9);
}

#[test]
fn badges_move_a_bad_wallet_by_little_and_uncovered_code_gets_no_score() {
    let rules = [("cryptography", "crypto-ecb-mode"), ("electron", "electron-node-integration"), ("key-handling", "b")];
    let findings: Vec<_> = (0..)
        .zip(rules)
        .map(|(at, (pack, id))| finding(&rule(pack, id), Severity::Critical, Confidence::High, Exposure::OnSecretPath, at))
        .collect();
    let credits: Vec<_> = Weights::embedded().credits.iter().collect();
    assert!(value(&findings, &[]) > 65.0);
    assert!(value(&findings, &[]) - value(&findings, &credits) < 5.0);
    let blind = assess(Weights::embedded(), &findings, 0.5, &[]);
    assert!(blind.score.is_none() && blind.families.len() == 3);
    assert_eq!(blind.grounds.iter().filter(|ground| ground.findings > 0).count(), 3);
}
