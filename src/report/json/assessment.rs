//! The score in `forewarn/v1`: every part of it, so that it can be added up again.

use serde::Serialize;

use super::round;
use crate::finding::Finding;
use crate::report::Report;
use crate::risk::{Assessment, Knowledge, Place, RuleShare, Score, Skill, Term, WeaknessRisk, Worth};

/// Digits that are told of what can be added up.
const EXACT: f64 = 1e6;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssessmentV1<'a> {
    score: Option<ScoreV1<'a>>,
    weaknesses: Vec<WeaknessV1<'a>>,
    rules: Vec<ShareV1<'a>>,
    fix_first: Vec<FixV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning_resemblance: Option<Vec<GroundV1<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScoreV1<'a> {
    value: f64,
    low: f64,
    high: f64,
    verdict: &'a str,
    meaning: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skill: Option<SkillV1>,
    findings: f64,
    trust: f64,
    unseen: f64,
    terms: Vec<TermV1<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlaceV1<'a> {
    among: &'a str,
    below: usize,
    of: usize,
    first_year: u16,
    last_year: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SkillV1 {
    right_of_100: usize,
    cases: usize,
    controls: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TermV1<'a> {
    name: &'a str,
    seen: f64,
    log_hazard: f64,
}

#[derive(Serialize)]
struct WeaknessV1<'a> {
    name: &'a str,
    risk: f64,
    findings: usize,
}

/// What the findings of a rule amount to.
#[derive(Serialize)]
struct ShareV1<'a> {
    rule: &'a str,
    weakness: &'a str,
    findings: usize,
    chance: f64,
    weight: f64,
}

#[derive(Serialize)]
struct FixV1<'a> {
    rule: &'a str,
    score: f64,
}

#[derive(Serialize)]
struct GroundV1<'a> {
    name: &'a str,
    findings: usize,
}

/// What a finding is worth.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorthV1<'a> {
    chance: f64,
    chance_of_tier: f64,
    chance_of_pack: f64,
    judged: usize,
    serious: usize,
    weakness: &'a str,
    weight: f64,
}

impl<'a> AssessmentV1<'a> {
    pub(super) fn of(assessment: &'a Assessment, resembles: bool) -> Self {
        let grounds = || assessment.grounds.iter().map(|ground| GroundV1 { name: &ground.name, findings: ground.findings });
        Self {
            score: assessment.score.as_ref().map(ScoreV1::of),
            weaknesses: assessment.weaknesses.iter().map(WeaknessV1::of).collect(),
            rules: assessment.rules.iter().map(ShareV1::of).collect(),
            fix_first: assessment.fixes.iter().map(|fix| FixV1 { rule: &fix.rule, score: round(fix.score, 10.0) }).collect(),
            warning_resemblance: resembles.then(|| grounds().collect()),
        }
    }
}

impl<'a> ScoreV1<'a> {
    fn of(score: &'a Score) -> Self {
        let term =
            |term: &'a Term| TermV1 { name: &term.name, seen: round(term.seen, EXACT), log_hazard: round(term.log_hazard, EXACT) };
        Self {
            value: round(score.value, 10.0),
            low: round(score.range.0, 10.0),
            high: round(score.range.1, 10.0),
            verdict: &score.band.name,
            meaning: &score.band.meaning,
            place: score.place.as_ref().map(PlaceV1::of),
            skill: score.skill.map(|Skill { right, cases, controls }| SkillV1 { right_of_100: right, cases, controls }),
            findings: round(score.findings, EXACT),
            trust: round(score.trust, EXACT),
            unseen: round(score.unseen, EXACT),
            terms: score.terms.iter().map(term).collect(),
        }
    }
}

impl<'a> PlaceV1<'a> {
    fn of(place: &'a Place) -> Self {
        let (first_year, last_year) = place.years;
        Self { among: &place.words, below: place.below, of: place.of, first_year, last_year }
    }
}

impl<'a> WeaknessV1<'a> {
    fn of(weakness: &'a WeaknessRisk) -> Self {
        Self { name: &weakness.name, risk: round(weakness.risk, EXACT), findings: weakness.findings }
    }
}

impl<'a> ShareV1<'a> {
    fn of(share: &'a RuleShare) -> Self {
        Self {
            rule: &share.rule,
            weakness: &Knowledge::embedded().weaknesses[share.weakness].name,
            findings: share.findings,
            chance: round(share.chance, EXACT),
            weight: round(share.weight, EXACT),
        }
    }
}

impl<'a> WorthV1<'a> {
    /// None of what is never weighed, or was set aside before the score was made.
    pub(super) fn of(finding: &Finding, report: &'a Report) -> Option<Self> {
        let Worth { belief, weakness, weight } = report.assessment.worth(finding)?;
        Some(Self {
            chance: round(belief.chance, EXACT),
            chance_of_tier: round(belief.of_tier, EXACT),
            chance_of_pack: round(belief.of_pack, EXACT),
            judged: belief.rule.judged,
            serious: belief.rule.serious,
            weakness,
            weight: round(*weight, EXACT),
        })
    }
}
