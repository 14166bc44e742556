//! The settings that changed a result, in `forewarn/v1`.

use serde::Serialize;

use crate::finding::fit_to_show;
use crate::report::adjustments::ABOVE;
use crate::report::{Adjustments, Regraded};
use crate::settings::Origin;

/// What settings, comments and options changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdjustmentsV1<'a> {
    settings: OriginV1<'a>,
    excluded: ExcludedV1,
    rules_off: &'a [String],
    only_packs: &'a [String],
    only_rules: &'a [String],
    severities: Vec<RegradedV1<'a>>,
    silenced: SilencedV1,
    gate: &'a [String],
    claims: &'a [&'static str],
    min_confidence: Option<&'static str>,
    unheard_comments: usize,
}

/// The settings file of the run.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
enum OriginV1<'a> {
    Default,
    File { file: &'a str },
    Refused { file: &'a str, reason: &'a str },
}

/// Files that settings exclude.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExcludedV1 {
    files: usize,
    lines: u64,
    first: Vec<String>,
}

#[derive(Serialize)]
struct RegradedV1<'a> {
    rule: &'a str,
    from: &'static str,
    to: &'static str,
    findings: usize,
}

/// Findings that do not count, by what silenced them.
#[derive(Serialize)]
struct SilencedV1 {
    comments: usize,
    vex: usize,
    baseline: usize,
    confidence: usize,
    paths: usize,
}

/// So many excluded files are named.
const NAMED: usize = 100;

impl<'a> AdjustmentsV1<'a> {
    pub(super) fn of(adjustments: &'a Adjustments) -> Self {
        let silenced = adjustments.silenced;
        Self {
            settings: OriginV1::of(&adjustments.origin),
            excluded: ExcludedV1 {
                files: adjustments.excluded.len(),
                lines: adjustments.excluded_lines(),
                first: adjustments.excluded.iter().take(NAMED).map(|file| fit_to_show(&file.path)).collect(),
            },
            rules_off: &adjustments.rules_off,
            only_packs: &adjustments.only_packs,
            only_rules: &adjustments.only_rules,
            severities: adjustments.severities.iter().map(RegradedV1::of).collect(),
            silenced: SilencedV1 {
                comments: silenced.comments,
                vex: silenced.vex,
                baseline: silenced.baseline,
                confidence: silenced.confidence,
                paths: silenced.paths,
            },
            gate: &adjustments.gate,
            claims: &adjustments.claims,
            min_confidence: adjustments.min_confidence.map(crate::rule::Confidence::name),
            unheard_comments: adjustments.unheard_comments,
        }
    }
}

impl<'a> OriginV1<'a> {
    fn of(origin: &'a Origin) -> Self {
        match origin {
            Origin::Default => Self::Default,
            Origin::File(file) => Self::File { file },
            Origin::Refused { file, reason } => Self::Refused { file, reason },
            Origin::Above { file, .. } => Self::Refused { file, reason: ABOVE },
        }
    }
}

impl<'a> RegradedV1<'a> {
    fn of(regraded: &'a Regraded) -> Self {
        let Regraded { rule, from, to, findings } = regraded;
        Self { rule, from: from.name(), to: to.name(), findings: *findings }
    }
}
