//! The fit report: how the model does on trees that it was not fitted on.

use std::fmt::Write as _;

use crate::risk::Knowledge;
use crate::risk::fit::{Fit, Side, Snapshot};

/// `rules/risk/fit.md`.
#[must_use]
pub fn fit_report(snapshots: &[Snapshot], fit: &Fit) -> String {
    let model = &fit.model;
    let fitted = &model.fitted;
    let mut text = format!(
        "# Fit of the risk score\n\nWritten by `forewarn train`. {} judged findings; {} cases and {} audited controls from {} repositories. \
         Scores of cases and controls are from models that saw nothing of their repositories.\n\n",
        fitted.judgements, fitted.cases, fitted.controls, fitted.repositories
    );
    let _ = writeln!(text, "| trees | cases | controls | AUC | median of cases | of controls |\n|---|---|---|---|---|---|");
    for (name, seen) in [("all", None), ("no rule was tried on them", Some(false))] {
        let of = |side| scores(snapshots, fit, side, seen);
        let (cases, controls) = (of(Side::Case), of(Side::Control));
        let (area, high, low) = (told(area(&cases, &controls)), told(median(&cases)), told(median(&controls)));
        let _ = writeln!(text, "| {name} | {} | {} | {area} | {high} | {low} |", cases.len(), controls.len());
    }
    let background = scores(snapshots, fit, Side::Background, None);
    let left_out = fit.scores.iter().filter(|score| score.is_none()).count();
    let _ = writeln!(
        text,
        "\nBackground: {} trees, median {}. {left_out} trees have no score: too little of them was analysed.\n",
        background.len(),
        told(median(&background))
    );
    let _ = writeln!(text, "| verdict | from | of audited controls |\n|---|---|---|");
    let controls = scores(snapshots, fit, Side::Control, None);
    for band in model.bands() {
        let reached = controls.iter().filter(|score| **score >= band.from).count();
        let _ = writeln!(text, "| {} | {:.0} | {} |", band.name, band.from, share(reached, controls.len()));
    }
    text + &numbers(fit)
}

fn numbers(fit: &Fit) -> String {
    let (truth, whole) = (&fit.model.truth, &fit.model.whole);
    let mut text = format!(
        "\n## Stage 1\n\nRules differ by {:.2} logits around their pack, packs by {:.2}, tiers by {:.2} around what was believed. A further finding \
         of a rule counts {:.2} of the one before.\n\n| pack | judged | serious | logits |\n|---|---|---|---|\n",
        truth.spread.rule, truth.spread.pack, truth.spread.tier, truth.repeat
    );
    for (name, effect) in &truth.pack {
        let _ = writeln!(text, "| {name} | {} | {} | {:+.2} |", effect.judged, effect.serious, effect.effect);
    }
    text.push_str("\n## Stage 2\n\n| weakness | serious | critical or costly | weight |\n|---|---|---|---|\n");
    for weakness in &Knowledge::embedded().weaknesses {
        if let Some(weight) = fit.model.weight.get(&weakness.name) {
            let _ = writeln!(text, "| {} | {} | {} | {:.2} |", weakness.name, weight.serious, weight.costly, weight.weight);
        }
    }
    text.push_str("\n## Stage 3\n\n| column | fitted | 80 % interval |\n|---|---|---|\n");
    for (at, (name, value)) in whole.columns.iter().zip(&whole.coefficients).enumerate() {
        let mut drawn: Vec<f64> = whole.draws.iter().filter_map(|draw| draw.get(at).copied()).collect();
        drawn.sort_by(f64::total_cmp);
        let at = |share: f64| drawn.get((share * drawn.len() as f64) as usize).copied().unwrap_or(*value);
        let _ = writeln!(text, "| {name} | {value:+.3} | {:+.3} to {:+.3} |", at(0.1), at(0.9));
    }
    text
}

fn scores(snapshots: &[Snapshot], fit: &Fit, side: Side, seen: Option<bool>) -> Vec<f64> {
    let is_meant = |snapshot: &Snapshot| snapshot.side == side && seen.is_none_or(|seen| seen == snapshot.is_seen);
    snapshots.iter().zip(&fit.scores).filter(|(snapshot, _)| is_meant(snapshot)).filter_map(|(_, score)| *score).collect()
}

/// The chance that a case has the higher score (Mann and Whitney, 1947).
fn area(cases: &[f64], controls: &[f64]) -> Option<f64> {
    let pairs = cases.iter().flat_map(|case| controls.iter().map(move |control| (case, control)));
    let won: f64 = pairs
        .map(|(case, control)| {
            if case > control {
                1.0
            } else if case < control {
                0.0
            } else {
                0.5
            }
        })
        .sum();
    let all = cases.len() * controls.len();
    (all > 0).then(|| won / all as f64)
}

fn median(scores: &[f64]) -> Option<f64> {
    let mut scores = scores.to_vec();
    scores.sort_by(f64::total_cmp);
    scores.get(scores.len() / 2).copied()
}

fn told(number: Option<f64>) -> String {
    match number {
        None => "–".into(),
        Some(number) if number <= 1.0 => format!("{number:.2}"),
        Some(number) => format!("{number:.0}"),
    }
}

fn share(part: usize, all: usize) -> String {
    if all == 0 { "–".into() } else { format!("{:.0} %", 100.0 * part as f64 / all as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_chance_of_the_right_order() {
        assert_eq!(area(&[3.0, 2.0], &[1.0, 2.0]), Some(0.875));
        assert_eq!(area(&[], &[1.0]), None);
        assert_eq!((median(&[3.0, 1.0, 2.0]), share(1, 4)), (Some(2.0), "25 %".into()));
    }
}
