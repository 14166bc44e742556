//! How doubtful a score is.

use std::collections::BTreeMap;

use super::Circumstances;
use super::combine::combine;
use super::fit::SplitMix;
use super::knowledge::Knowledge;
use super::model::Model;
use super::signal::Signal;

/// Equal findings give equal intervals.
const SEED: u64 = 0x666f_7265_7761_726e;

/// The score below which a tenth, and above which a tenth of what is possible lies: with the coefficients as repositories drawn anew give
/// them, and each rule as much better or worse as its few judgements leave open.
pub(super) fn range(
    model: &Model,
    knowledge: &Knowledge,
    signals: &[(Signal, usize)],
    seen: &Circumstances,
    value: f64,
) -> (f64, f64) {
    let mut random = SplitMix::new(SEED);
    let mut scores: Vec<f64> = Vec::new();
    for coefficients in &model.whole.draws {
        let mut shifts: BTreeMap<&str, f64> = BTreeMap::new();
        for (signal, _) in signals {
            shifts.entry(&signal.rule).or_insert_with(|| random.normal());
        }
        let combined = combine(model, knowledge, signals, &|rule| shifts.get(rule).copied().unwrap_or_default());
        scores.push(super::value(model, knowledge, coefficients, combined.hazard(), seen));
    }
    scores.sort_by(f64::total_cmp);
    let Some(last) = scores.len().checked_sub(1) else { return (value, value) };
    let tenth = scores.len() / 10;
    (scores[tenth].min(value), scores[last - tenth].max(value))
}
