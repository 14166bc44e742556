//! Stage 3: from the findings of a tree to the chance that an audit would report something serious.
//!
//! A leaky noisy-or (Henrion, "Some practical issues in constructing belief networks", 1989): something serious is there if one of the
//! findings is, or if something is that no rule saw. The first is what stages 1 and 2 give, trusted as far as trees whose fate is known
//! bear it out; the second, the leak, depends on the size of the code, the platform and the evidence of protection. Both are fitted
//! together: the hazard, -ln(1 - chance), is `trust` times that of the findings plus the exponential of a sum. Findings can only raise
//! it, credit can only lower it.
//!
//! Each repository counts once however many of its commits are in the corpus, and cases count as much as controls together: the
//! score is that of a wallet of which, before it is looked at, one thinks that it may as well have a serious weakness as not (King and Zeng,
//! "Logistic regression in rare events data", 2001, on samples drawn by outcome).

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use super::draw::SplitMix;
use super::newton::{Loss, Prior, mode};
use super::{Side, Snapshot};
use crate::risk::knowledge::Knowledge;
use crate::risk::model::{COLUMNS, Seen, TRUST, Whole, columns, hazards};

/// Repositories are drawn anew so many times.
const DRAWS: usize = 100;
const SEED: u64 = 0x666f_7265_7761_726e;

/// A tree with what its findings amount to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// The hazard of its findings.
    pub(super) findings: f64,
}

/// What is believed of the coefficients before any tree is seen: the judgements are right, and a tree without findings is as likely
/// serious as not. More code has not less to find: audited controls are larger than most, but a wallet must not look better for having
/// clean code put beside it.
fn priors(knowledge: &Knowledge) -> Vec<Prior> {
    let trust = Prior::normal(1.0, 0.5).at_least(0.0);
    let base = Prior::normal(-0.5, 1.0);
    let size = Prior::normal(0.0, 0.3).at_least(0.0);
    let credits = Prior::normal(0.0, 0.1).at_most(0.0);
    let platforms = knowledge.platforms.iter().map(|_| Prior::normal(0.0, 0.3));
    [trust, base, size, credits].into_iter().chain(platforms).collect()
}

/// A tree in the columns of the model.
struct Case {
    seen: Vec<(usize, f64)>,
    is_serious: bool,
    weight: f64,
}

struct Leaky<'c>(&'c [Case]);

/// No hazard is less: a chance of 0 has no logarithm.
const LEAST_HAZARD: f64 = 1e-9;

impl Loss for Leaky<'_> {
    fn loss(&self, at: &[f64]) -> f64 {
        let of_case = |case: &Case| {
            let (findings, leak) = hazards(&case.seen, at);
            let hazard = (findings + leak).max(LEAST_HAZARD);
            let log_chance = if case.is_serious { (-(-hazard).exp_m1()).ln() } else { -hazard };
            -case.weight * log_chance
        };
        self.0.iter().map(of_case).sum()
    }

    /// Fisher scoring: what is expected of the second derivatives.
    fn add_slopes(&self, at: &[f64], gradient: &mut DVector<f64>, curvature: &mut DMatrix<f64>) {
        for case in self.0 {
            let (findings, leak) = hazards(&case.seen, at);
            let expected = -(-(findings + leak).max(LEAST_HAZARD)).exp_m1();
            let excess = case.weight * (expected - f64::from(u8::from(case.is_serious))) / expected;
            let spread = case.weight * (1.0 - expected) / expected;
            let slope = |&(column, seen): &(usize, f64)| (column, if column == TRUST { seen } else { leak * seen });
            let slopes: Vec<_> = case.seen.iter().map(slope).collect();
            for &(row, left) in &slopes {
                gradient[row] += excess * left;
                for &(column, right) in &slopes {
                    curvature[(row, column)] += spread * left * right;
                }
            }
        }
    }
}

/// Fits on cases and controls; others are left out.
pub(super) fn fit(weighed: &[Weighed<'_>], knowledge: &Knowledge) -> Whole {
    let judged: Vec<_> = weighed.iter().filter(|tree| tree.snapshot.side != Side::Background).copied().collect();
    let mut sizes: Vec<f64> = judged.iter().map(|tree| (tree.snapshot.lines.max(1) as f64).log10()).collect();
    sizes.sort_by(f64::total_cmp);
    let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(4.0);
    let platforms = knowledge.platforms.iter().map(|platform| platform.name.clone());
    Whole {
        columns: COLUMNS.iter().map(|&name| name.to_owned()).chain(platforms).collect(),
        coefficients: coefficients(&judged, typical, knowledge),
        draws: Vec::new(),
        typical,
    }
}

fn coefficients(judged: &[Weighed<'_>], typical: f64, knowledge: &Knowledge) -> Vec<f64> {
    let mut of_repository: BTreeMap<(Side, &str), f64> = BTreeMap::new();
    for tree in judged {
        *of_repository.entry((tree.snapshot.side, &tree.snapshot.repository)).or_default() += 1.0;
    }
    let repositories = |side| of_repository.keys().filter(|(other, _)| *other == side).count().max(1) as f64;
    let half = of_repository.len() as f64 / 2.0;
    let cases: Vec<Case> = judged
        .iter()
        .map(|&Weighed { snapshot, findings }| {
            let seen = Seen { findings, lines: snapshot.lines, credits: snapshot.credits, platform: &snapshot.platform };
            Case {
                seen: columns(knowledge, typical, seen),
                is_serious: snapshot.side == Side::Case,
                weight: half / repositories(snapshot.side) / of_repository[&(snapshot.side, snapshot.repository.as_str())],
            }
        })
        .collect();
    mode(&Leaky(&cases), &priors(knowledge)).coefficients
}

/// The coefficients again and again, each time on repositories drawn anew with replacement (Efron, 1979; whole repositories, since their
/// commits are not independent: Field and Welsh, 2007).
pub(super) fn draws(weighed: &[Weighed<'_>], typical: f64, knowledge: &Knowledge) -> Vec<Vec<f64>> {
    let mut groups: BTreeMap<(Side, &str), Vec<Weighed<'_>>> = BTreeMap::new();
    for tree in weighed.iter().filter(|tree| tree.snapshot.side != Side::Background) {
        groups.entry((tree.snapshot.side, &tree.snapshot.repository)).or_default().push(*tree);
    }
    let of_side = |side| groups.iter().filter(move |((other, _), _)| *other == side).map(|(_, group)| group).collect::<Vec<_>>();
    let sides = [of_side(Side::Case), of_side(Side::Control)];
    let mut random = SplitMix::new(SEED);
    let mut draw = || {
        let mut drawn = Vec::new();
        for groups in sides.iter().filter(|groups| !groups.is_empty()) {
            for _ in 0..groups.len() {
                drawn.extend(groups[random.below(groups.len())].iter().copied());
            }
        }
        coefficients(&drawn, typical, knowledge)
    };
    (0..DRAWS).map(|_| draw()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(id: usize, side: Side, platform: &str) -> Snapshot {
        Snapshot {
            id: id.to_string(),
            repository: format!("o/{id}"),
            side,
            is_seen: true,
            year: 2020,
            platform: platform.into(),
            lines: 10_000,
            coverage: 1.0,
            credits: id % 3,
            signals: Vec::new(),
        }
    }

    /// Twenty cases and twenty controls with given hazards of their findings.
    fn fitted(of_case: f64, of_control: f64) -> Whole {
        let side = |at: usize| if at.is_multiple_of(2) { Side::Case } else { Side::Control };
        let trees: Vec<_> = (0..40).map(|at| tree(at, side(at), "web")).collect();
        let hazard = |side| if side == Side::Case { of_case } else { of_control };
        let weighed: Vec<_> = trees.iter().map(|snapshot| Weighed { snapshot, findings: hazard(snapshot.side) }).collect();
        let whole = fit(&weighed, Knowledge::embedded());
        assert_eq!(draws(&weighed[..8], whole.typical, Knowledge::embedded()).len(), DRAWS);
        whole
    }

    #[test]
    fn findings_are_trusted_as_far_as_cases_have_more_of_them() {
        let (right, wrong) = (fitted(2.0, 0.1), fitted(0.1, 2.0));
        assert!(right.coefficients[TRUST] > 0.7, "{:?}", right.coefficients);
        assert!(wrong.coefficients[TRUST] < 0.1 && wrong.coefficients[TRUST] >= 0.0, "{:?}", wrong.coefficients);
        assert!([right, wrong].iter().all(|whole| whole.coefficients[3] <= 0.0));
    }

    #[test]
    fn without_findings_the_leak_is_the_share_of_cases() {
        let whole = fitted(0.0, 0.0);
        let seen =
            columns(Knowledge::embedded(), whole.typical, Seen { findings: 0.0, lines: 10_000, credits: 0, platform: "web" });
        let (_, leak) = hazards(&seen, &whole.coefficients);
        assert!((0.4..0.6).contains(&(1.0 - (-leak).exp())), "{leak}");
    }
}
