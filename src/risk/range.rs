//! How much of a score rests on doubtful findings.

use std::collections::{BTreeMap, BTreeSet};

use super::feature::{Signal, risks};
use super::model::{Circumstances, score};
use super::weights::Weights;

const DRAWS: usize = 500;
/// The seed is fixed: equal findings give equal ranges.
const SEED: u64 = 0x666f_7265_7761_726e;

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): enough for drawing truth values.
struct SplitMix(u64);

impl SplitMix {
    /// The next number, from 0 up to, not including, 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The score below which a tenth, and above which a tenth of the draws lie, when findings are true with their chance. The findings
/// of one rule stand or fall together, the surer ones last: a rule that is wrong is wrong everywhere.
pub(super) fn range(weights: &Weights, signals: &[Signal<'_>], circumstances: &Circumstances) -> (f64, f64) {
    let rules: BTreeSet<&str> = signals.iter().map(|signal| signal.rule.id.as_str()).collect();
    let mut random = SplitMix(SEED);
    let mut scores: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let doubt: BTreeMap<&str, f64> = rules.iter().map(|&rule| (rule, random.unit())).collect();
            let true_ones = signals.iter().filter(|signal| doubt[signal.rule.id.as_str()] < signal.truth);
            let risks = risks(weights, true_ones.map(|signal| (signal, signal.harm)));
            score(weights, &risks, circumstances).1
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    (scores[DRAWS / 10], scores[DRAWS - 1 - DRAWS / 10])
}
