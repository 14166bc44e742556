//! Figures over trees whose fate is known, and how far the choice of the repositories may have moved them.

use std::collections::BTreeMap;

use serde::Serialize;

/// A tree as the figures see it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Trees of one repository are much alike: they are drawn together.
    pub(super) repository: String,
    pub(super) is_case: bool,
    /// How likely it was said to be a case, or whatever else orders the trees.
    pub(super) value: f64,
}

/// A figure, and between what it lies in nine of ten draws of other repositories.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// A twentieth of the draws lies below.
    pub low: f64,
    /// A twentieth of the draws lies above.
    pub high: f64,
}

/// How often repositories are drawn.
const DRAWS: usize = 2_000;
/// Equal trees give equal intervals.
const SEED: u64 = 0x666f_7265_7761_726e;

/// A figure and its interval: the repositories are drawn with replacement, all trees of one together (the cluster bootstrap: Davison
/// and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8). `figure` gets how often each tree was drawn.
pub(super) fn estimate(items: &[Item], figure: impl Fn(&[f64]) -> Option<f64>) -> Option<Estimate> {
    let value = figure(&vec![1.0; items.len()])?;
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        members.entry(&item.repository).or_default().push(index);
    }
    let members: Vec<_> = members.into_values().collect();
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut weights = vec![0.0; items.len()];
    let mut drawn: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            weights.fill(0.0);
            for _ in 0..members.len() {
                members[random.usize(..members.len())].iter().for_each(|&index| weights[index] += 1.0);
            }
            figure(&weights)
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn.get((drawn.len() as f64 * share) as usize).copied().unwrap_or(value);
    Some(Estimate { value, low: at(0.05), high: at(0.95) })
}

/// The chance that a case drawn at random has a greater value than a control drawn at random, equal ones counting half: the area
/// under the ROC curve (Hanley and McNeil, "The meaning and use of the area under a ROC curve", 1982). None without both.
pub(super) fn auc(items: &[Item], weights: &[f64]) -> Option<f64> {
    let (mut below, mut concordant, mut cases) = (0.0, 0.0, 0.0);
    for tied in by_value(items).chunk_by(|&a, &b| items[a].value == items[b].value) {
        let weight = |of_case: bool| -> f64 {
            tied.iter().filter(|&&index| items[index].is_case == of_case).map(|&index| weights[index]).sum()
        };
        let (here, controls) = (weight(true), weight(false));
        concordant += here * (below + controls / 2.0);
        cases += here;
        below += controls;
    }
    (cases > 0.0 && below > 0.0).then(|| concordant / (cases * below))
}

/// The trees from the least value to the greatest.
fn by_value(items: &[Item]) -> Vec<usize> {
    let mut order: Vec<_> = (0..items.len()).collect();
    order.sort_by(|&a, &b| items[a].value.total_cmp(&items[b].value));
    order
}

/// The same for cases against the controls that each is like: the mean over cases that have one.
pub(super) fn matched_auc(items: &[Item], is_like: impl Fn(usize, usize) -> bool) -> impl Fn(&[f64]) -> Option<f64> {
    let all = || 0..items.len();
    let like = |case: usize| all().filter(|&other| !items[other].is_case && is_like(case, other)).collect::<Vec<_>>();
    let matched: Vec<_> = all().filter(|&case| items[case].is_case).map(|case| (case, like(case))).collect();
    let values: Vec<_> = items.iter().map(|item| item.value).collect();
    move |weights| {
        let (mut sum, mut cases) = (0.0, 0.0);
        for (case, controls) in &matched {
            let total: f64 = controls.iter().map(|&control| weights[control]).sum();
            let won = |control: usize| match values[*case].total_cmp(&values[control]) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
            if total > 0.0 {
                let won: f64 = controls.iter().map(|&control| weights[control] * won(control)).sum();
                sum += weights[*case] * won / total;
                cases += weights[*case];
            }
        }
        (cases > 0.0).then(|| sum / cases)
    }
}

/// The value from which on a tree is warned of so that at most this share of the controls is; infinite if that warns of none.
pub(super) fn threshold(items: &[Item], weights: &[f64], rate: f64) -> f64 {
    let weight = |index: &&usize| !items[**index].is_case;
    let order = by_value(items);
    let controls: f64 = order.iter().filter(weight).map(|&index| weights[index]).sum();
    let (mut warned, mut threshold) = (0.0, f64::INFINITY);
    let descending: Vec<_> = order.into_iter().rev().collect();
    for tied in descending.chunk_by(|&a, &b| items[a].value == items[b].value) {
        warned += tied.iter().filter(weight).map(|&index| weights[index]).sum::<f64>();
        if warned > rate * controls + 1e-9 {
            break;
        }
        threshold = items[tied[0]].value;
    }
    threshold
}

/// The share of the cases that are warned of at such a share of false alarms.
pub(super) fn recall(items: &[Item], weights: &[f64], rate: f64) -> Option<f64> {
    let threshold = threshold(items, weights, rate);
    let cases = || items.iter().zip(weights).filter(|(item, _)| item.is_case);
    let all: f64 = cases().map(|(_, weight)| weight).sum();
    let warned: f64 = cases().filter(|(item, _)| item.value >= threshold).map(|(_, weight)| weight).sum();
    (all > 0.0).then(|| warned / all)
}

/// Weights by which the cases count as much as the controls, all of them as much as there are trees: the fit believes beforehand that a
/// wallet is as likely a case as not, so that its probabilities are of such a population.
pub(super) fn balanced(items: &[Item]) -> Vec<f64> {
    let cases = items.iter().filter(|item| item.is_case).count();
    let half = items.len() as f64 / 2.0;
    let of = |item: &Item| half / if item.is_case { cases } else { items.len() - cases } as f64;
    items.iter().map(of).collect()
}

/// The mean square of what a probability was wrong by (Brier, "Verification of forecasts expressed in terms of probability", 1950).
pub(super) fn brier(items: &[Item], weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    let wrong = |(item, weight): (&Item, &f64)| weight * (item.value - f64::from(u8::from(item.is_case))).powi(2);
    (total > 0.0).then(|| items.iter().zip(weights).map(wrong).sum::<f64>() / total)
}

/// Trees with about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// How many.
    pub trees: usize,
    /// How much they count together.
    pub weight: f64,
    /// The mean probability that was given them.
    pub said: f64,
    /// The share that were cases.
    pub was: f64,
}

/// Probabilities by tenths beside what became of them; tenths without trees are left out.
pub(super) fn calibration(items: &[Item], weights: &[f64]) -> Vec<Bin> {
    let tenth = |item: &Item| ((item.value * 10.0) as usize).min(9);
    let bin = |number: usize| {
        let inside: Vec<_> = items.iter().zip(weights).filter(|(item, _)| tenth(item) == number).collect();
        let weight: f64 = inside.iter().map(|(_, weight)| **weight).sum();
        let mean = |of: &dyn Fn(&Item) -> f64| inside.iter().map(|(item, weight)| *weight * of(item)).sum::<f64>() / weight;
        (weight > 0.0).then(|| Bin {
            trees: inside.len(),
            weight,
            said: mean(&|item| item.value),
            was: mean(&|item| f64::from(u8::from(item.is_case))),
        })
    };
    (0..10).filter_map(bin).collect()
}

/// By how much probabilities are wrong on the average over the bins (Naeini and others, "Obtaining well calibrated probabilities
/// using Bayesian binning", 2015).
pub(super) fn calibration_error(bins: &[Bin]) -> Option<f64> {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    let wrong: f64 = bins.iter().map(|bin| bin.weight * (bin.said - bin.was).abs()).sum();
    (total > 0.0).then(|| wrong / total)
}

/// The values at the first quarter, in the middle and at the third quarter.
pub(super) fn quartiles(mut values: Vec<f64>) -> Option<[f64; 3]> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| {
        let place = share * last as f64;
        let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
        low + (high - low) * place.fract()
    };
    Some([at(0.25), at(0.5), at(0.75)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(cases: &[f64], controls: &[f64]) -> Vec<Item> {
        let item =
            |is_case| move |(number, &value): (usize, &f64)| Item { repository: format!("{is_case}{number}"), is_case, value };
        cases.iter().enumerate().map(item(true)).chain(controls.iter().enumerate().map(item(false))).collect()
    }

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-9)
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        let ones = [1.0; 8];
        for (cases, controls, expected) in [
            (&[0.9, 0.8][..], &[0.1, 0.2][..], 1.0),
            (&[0.1, 0.2], &[0.9, 0.8], 0.0),
            (&[0.5, 0.5], &[0.5], 0.5),
            (&[0.9, 0.4], &[0.5, 0.1], 0.75),
        ] {
            assert!(close(auc(&items(cases, controls), &ones), expected), "{cases:?} {controls:?}");
        }
        assert_eq!(auc(&items(&[0.5], &[]), &ones), None);
        // A tree that was drawn twice counts twice.
        assert!(close(auc(&items(&[0.9, 0.1], &[0.5]), &[2.0, 1.0, 1.0]), 2.0 / 3.0));
    }

    #[test]
    fn cases_are_compared_with_controls_that_are_like_them() {
        let items = items(&[0.9, 0.2], &[0.1, 0.5, 0.8]);
        let is_like =
            |case: usize, control: usize| (case, control) == (0, 2) || (case, control) == (0, 4) || (case, control) == (1, 3);
        assert!(close(matched_auc(&items, is_like)(&[1.0; 5]), 0.5));
        assert_eq!(matched_auc(&items, |_, _| false)(&[1.0; 5]), None);
    }

    #[test]
    fn no_more_controls_are_warned_of_than_allowed() {
        let items = items(&[0.9, 0.7, 0.5, 0.3], &[0.8, 0.6, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1]);
        let ones = [1.0; 14];
        for (rate, expected) in [(0.0, 0.25), (0.1, 0.5), (0.2, 0.75), (0.3, 0.75), (0.4, 1.0), (1.0, 1.0)] {
            assert!(close(recall(&items, &ones, rate), expected), "{rate}");
        }
    }

    #[test]
    fn probabilities_are_held_against_what_became_of_the_trees() {
        let items = items(&[0.85, 0.15], &[0.15, 0.11]);
        let ones = [1.0; 4];
        assert!(close(brier(&items, &ones), (0.15_f64.powi(2) + 0.85_f64.powi(2) + 0.15_f64.powi(2) + 0.11_f64.powi(2)) / 4.0));
        let bins = calibration(&items, &ones);
        assert_eq!(bins.iter().map(|bin| bin.trees).collect::<Vec<_>>(), [3, 1]);
        let expected = (3.0 * (0.41_f64 / 3.0 - 1.0 / 3.0).abs() + 0.15) / 4.0;
        assert!(close(calibration_error(&bins), expected));
    }

    #[test]
    fn whoever_says_one_half_every_time_is_right_if_cases_count_as_much_as_controls() {
        let items = items(&[0.5, 0.5, 0.5], &[0.5]);
        assert!(close(calibration_error(&calibration(&items, &balanced(&items))), 0.0));
        assert!(close(calibration_error(&calibration(&items, &[1.0; 4])), 0.25));
        assert!(close(brier(&items, &balanced(&items)), 0.25));
    }

    #[test]
    fn the_interval_holds_the_figure_and_is_the_same_every_time() {
        let items = items(&[0.9, 0.8, 0.4, 0.7], &[0.1, 0.5, 0.3, 0.75]);
        let first = estimate(&items, |weights| auc(&items, weights)).unwrap();
        assert!(first.low < first.value && first.value < first.high, "{first:?}");
        assert_eq!(Some(first), estimate(&items, |weights| auc(&items, weights)));
    }

    #[test]
    fn quartiles_lie_between_values() {
        assert_eq!(quartiles(vec![3.0, 1.0, 2.0, 4.0, 5.0]), Some([2.0, 3.0, 4.0]));
        assert_eq!(quartiles(vec![1.0, 2.0]), Some([1.25, 1.5, 1.75]));
        assert_eq!(quartiles(Vec::new()), None);
    }
}
