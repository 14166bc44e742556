use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::finding::{Exposure, FindingBuilder};
use crate::rule::{Confidence, Rule, RuleSet, Severity};
use crate::source::{FileId, Span};
use crate::target::Workspace;

const PACKS: [&str; 6] = ["key-generation", "key-handling", "cryptography", "dependencies", "electron", "own"];

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

/// A wallet of 10,000 lines without credit.
fn wallet() -> Circumstances {
    Circumstances { coverage: 1.0, lines: 10_000, platform: "desktop".into(), credits: Vec::new() }
}

fn assessed(findings: &[Finding], seen: &Circumstances) -> Assessment {
    assess(Model::embedded(), Population::embedded(), findings, seen)
}

fn value(findings: &[Finding]) -> f64 {
    assessed(findings, &wallet()).score.expect("all code was analysed").value
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
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_further_finding_never_lowers_the_score(findings in findings(12)) {
        let mut last = value(&[]);
        for count in 1..=findings.len() {
            let now = value(&findings[..count]);
            prop_assert!(now >= last - 1e-9, "{last} to {now} with finding {count}");
            last = now;
        }
    }

    #[test]
    fn a_further_credit_never_raises_it_and_order_does_not_matter(findings in findings(8), credits in 0..9_usize) {
        let credits = vec!["credit".to_owned(); credits];
        let with = assessed(&findings, &Circumstances { credits, ..wallet() }).score.expect("all code was analysed");
        let mut reversed = findings.clone();
        reversed.reverse();
        prop_assert!(with.value <= value(&findings) + 1e-9);
        prop_assert!((value(&reversed) - value(&findings)).abs() < 1e-9);
    }

    #[test]
    fn a_wallet_beside_an_unrelated_clean_tree_keeps_its_verdict(findings in findings(8), more in 0..5_000_u64) {
        let alone = assessed(&findings, &wallet()).score.expect("all code was analysed");
        let beside = assessed(&findings, &Circumstances { lines: 10_000 + more, ..wallet() }).score.expect("all code was analysed");
        prop_assert!((alone.value - beside.value).abs() < 2.0, "{} to {}", alone.value, beside.value);
    }

    #[test]
    fn the_parts_add_up_to_the_score(findings in findings(8)) {
        let assessment = assessed(&findings, &wallet());
        let score = assessment.score.expect("all code was analysed");
        let unseen: f64 = score.terms.iter().map(|term| term.log_hazard).sum();
        prop_assert!((score.unseen - (1.0 - (-unseen.exp()).exp())).abs() < 1e-9);
        let sound = (1.0 - score.unseen) * (1.0 - score.findings).powf(score.trust);
        prop_assert!((score.value - 100.0 * (1.0 - sound)).abs() < 0.01);
        let clear: f64 = assessment.weaknesses.iter().map(|weakness| 1.0 - weakness.risk).product();
        prop_assert!((1.0 - clear - score.findings).abs() < 1e-9);
        prop_assert!(score.range.0 <= score.value && score.value <= score.range.1);
        prop_assert!(score.value >= score.band.from);
    }
}

#[test]
fn what_is_missing_is_a_remark_and_counts_nothing() {
    let text = "title = 'T'\nseverity = 'critical'\nconfidence = 'high'\nknown-since = 2020-01-01\nwhat = 'w'\nwhy = 'y'\nfix = 'f'\n\
                remark = 'no policy'\n[match.text]\npattern = ['x']";
    let rules = RuleSet::from_texts([("packs/hygiene/hygiene-nothing.toml", text)]).expect("the rule is valid");
    let absent = finding(&rules.rules[0], Severity::Critical, Confidence::High, Exposure::Shipped, 0);
    assert!((value(std::slice::from_ref(&absent)) - value(&[])).abs() < 1e-12);
    assert!(assessed(std::slice::from_ref(&absent), &wallet()).worth(&absent).is_none());
}

#[test]
fn repeats_add_little_and_the_hundredth_nothing() {
    let rule = rule("electron", "electron-a");
    let many =
        |count| (0..count).map(|at| finding(&rule, Severity::High, Confidence::High, Exposure::Shipped, at)).collect::<Vec<_>>();
    let values: Vec<_> = [0, 1, 2, 60, 100].into_iter().map(|count| value(&many(count))).collect();
    assert!(values.is_sorted(), "{values:?}");
    assert!(values[2] - values[1] <= values[1] - values[0] + 1e-9 && values[4] - values[3] < 0.01, "{values:?}");
}

#[test]
fn what_does_not_ship_counts_less_and_is_ranked_lower() {
    let rule = rule("key-generation", "keygen-insecure-random");
    let at = |exposure| finding(&rule, Severity::Critical, Confidence::High, exposure, 0);
    let (shipped, tested) = (at(Exposure::OnSecretPath), at(Exposure::Test));
    assert!(value(std::slice::from_ref(&shipped)) > value(std::slice::from_ref(&tested)));
    let both = [shipped, tested];
    let assessment = assessed(&both, &wallet());
    assert!(assessment.damage(&both[0]) > assessment.damage(&both[1]));
    let judged = assessment.worth(&both[0]).expect("it was assessed");
    assert!(judged.weight > 0.0 && judged.belief.chance > 0.0);
}

#[test]
fn unread_code_gets_no_score_and_fixes_are_named_where_there_is_one() {
    let findings: Vec<_> = (0..3)
        .map(|at| {
            finding(&rule("key-storage", &format!("r-{at}")), Severity::Critical, Confidence::High, Exposure::OnSecretPath, at)
        })
        .collect();
    let blind = assessed(&findings, &Circumstances { coverage: 0.5, ..wallet() });
    assert!(blind.score.is_none() && blind.weaknesses.len() == 1);
    let fixed = |seen: &Circumstances| fixes(Model::embedded(), &findings, seen, &["r-2", "r-0", "r-1"]);
    assert!(fixed(&Circumstances { coverage: 0.5, ..wallet() }).is_empty());
    let before = assessed(&findings, &wallet()).score.expect("a score").value;
    let after = fixed(&wallet());
    assert_eq!(after.iter().map(|fix| fix.rule.as_str()).collect::<Vec<_>>(), ["r-2", "r-0", "r-1"], "in the order asked for");
    let scores: Vec<f64> = std::iter::once(before).chain(after.iter().map(|fix| fix.score)).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) && scores[0] > scores[3], "{scores:?}");
}

#[test]
fn a_held_out_model_forgets_the_judgements_of_its_repository() {
    let ledger = embedded_ledger();
    let rules = RuleSet::embedded().expect("the embedded rules load");
    let packs = fit::packs(&rules);
    let repository = &ledger[0].repository;
    let held_out = Model::embedded().held_out(repository, &ledger, &packs);
    let judged = |model: &Model| model.truth.rule.values().map(|effect| effect.judged).sum::<usize>();
    let own = ledger.iter().filter(|judgement| judgement.repository == *repository).count();
    assert!(judged(&held_out) + own <= ledger.len());
}

#[test]
fn a_rule_that_readers_seldom_confirmed_has_not_earned_its_severity() {
    let confirmed = |judged, serious, effect| {
        let mut model = Model::embedded().clone();
        model.truth.rule.insert("electron-a".into(), Effect { effect, doubt: 0.5, judged, serious });
        let one = finding(&rule("electron", "electron-a"), Severity::High, Confidence::High, Exposure::Shipped, 0);
        assess(&model, Population::embedded(), [&one], &wallet()).unearned(&one)
    };
    assert_eq!(confirmed(30, 0, -5.0).as_deref(), Some("0 of 30 judged findings of this rule were serious"));
    assert_eq!(confirmed(30, 20, 2.0), None);
    assert_eq!(confirmed(1, 0, -5.0).as_deref(), Some("0 of 1 judged finding of this rule was serious"));
    assert_eq!(confirmed(0, 0, -5.0), None, "nobody has seen one");
}

#[test]
fn a_form_that_is_judged_apart_keeps_its_severity_whatever_was_said_of_its_rule() {
    let mut model = Model::embedded().clone();
    model.truth.rule.insert("electron-a".into(), Effect { effect: -5.0, doubt: 0.5, judged: 30, serious: 0 });
    let mut one = finding(&rule("electron", "electron-a"), Severity::High, Confidence::High, Exposure::Shipped, 0);
    let doubted = |model: &Model, one: &Finding| assess(model, Population::embedded(), [one], &wallet()).unearned(one);
    assert!(doubted(&model, &one).is_some());
    one.form = Some("certain".into());
    assert_eq!(doubted(&model, &one), None, "nobody has seen one");
    model.truth.rule.insert("electron-a/certain".into(), Effect { effect: -5.0, doubt: 0.5, judged: 4, serious: 0 });
    assert_eq!(doubted(&model, &one).as_deref(), Some("0 of 4 judged findings of this form of the rule were serious"));
}
