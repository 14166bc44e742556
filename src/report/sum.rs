//! The sum behind a score, to the last digit: every finding with the judgements behind it, and how they are joined.

use std::fmt::Write as _;

use super::Report;
use super::text::{counted, place_of};
use crate::finding::Finding;
use crate::risk::{Effect, Knowledge, Model, RuleShare, Score};

/// Explains the score of a report.
#[must_use]
pub fn sum(report: &Report) -> String {
    let mut text = match &report.assessment.score {
        Some(score) => head(score, report),
        None => {
            let needed = Knowledge::embedded().least_coverage * 100.0;
            format!("No score: {:.0} % of the code was analysed, {needed:.0} % are needed.\n", report.coverage.share() * 100.0)
        }
    };
    let truth = &Model::embedded().truth;
    let _ = writeln!(
        text,
        "\nFindings, by weakness and rule. Of a rule the most probable finding counts in full and each further one {:.3} of the one before, three at most; so do \
         the rules of a weakness, by {:.3}. What is left is joined as 1 - (1 - a) x (1 - b) x …",
        truth.repeat, truth.kin
    );
    for weakness in &report.assessment.weaknesses {
        let _ = writeln!(text, "\n{}: {:.6}", weakness.name, weakness.risk);
        let is_meant = |share: &&RuleShare| Knowledge::embedded().weaknesses[share.weakness].name == weakness.name;
        report.assessment.rules.iter().filter(is_meant).for_each(|share| rule(&mut text, share, report));
    }
    text
}

fn head(score: &Score, report: &Report) -> String {
    let Score { value, range: (low, high), findings, trust, unseen, terms, .. } = score;
    let mut text = format!(
        "Risk {value:.1} %, {low:.1} to {high:.1}: {}\n\n{value:.4} % = 1 - (1 - {unseen:.6}) x (1 - {findings:.6})^{trust:.6}\n\n\
         What no rule saw: {unseen:.6}\n",
        score.band.name
    );
    for term in terms {
        let _ = writeln!(text, "  {:<12} {:+.6}", term.name, term.log_hazard);
    }
    let sum: f64 = terms.iter().map(|term| term.log_hazard).sum();
    let seen = &report.assessment.seen;
    let credits = if seen.credits.is_empty() { "no credit".into() } else { seen.credits.join(", ") };
    let lines = counted(seen.lines as usize, "line");
    let _ = writeln!(text, "  sum {sum:+.6}; 1 - exp(-exp(sum)) = {unseen:.6} ({}, {lines}; {credits})", seen.platform);
    let _ = writeln!(text, "\nWhat the findings say: {findings:.6}");
    text
}

fn rule(text: &mut String, share: &RuleShare, report: &Report) {
    let _ = writeln!(
        text,
        "  {}: {:.6} x {:.6} = {:.6} ({})",
        share.rule,
        share.chance,
        share.weight,
        share.damage(),
        counted(share.findings, "finding")
    );
    let findings = report.triage.standing().filter(|finding| finding.rule.id == share.rule);
    let worth = |finding: &Finding| report.assessment.worth(finding).cloned();
    let mut told: Vec<_> = findings.filter_map(|finding| Some((finding, worth(finding)?))).collect();
    told.sort_by(|a, b| b.1.belief.chance.total_cmp(&a.1.belief.chance));
    if let Some((_, worth)) = told.first() {
        let _ = writeln!(text, "    judged: {}; its pack: {}", judged(worth.belief.rule), judged(worth.belief.pack));
    }
    for (finding, worth) in told {
        let belief = worth.belief;
        let tier = [finding.severity.name(), finding.confidence.name(), finding.exposure.name()].join(", ");
        let evidence = if finding.is_by_name { ", by name" } else { "" };
        let _ = writeln!(
            text,
            "    {:.6}  {} ({tier}{evidence}: {:.6}; of its pack {:.6})",
            belief.chance,
            place_of(finding),
            belief.of_tier,
            belief.of_pack
        );
    }
}

fn judged(effect: Effect) -> String {
    let Effect { effect, doubt, judged, serious } = effect;
    format!("{serious} of {judged} serious, {effect:+.3} logits (± {doubt:.3})")
}
