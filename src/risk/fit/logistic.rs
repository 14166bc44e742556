//! Logistic regression: the logarithm of the odds is a sum.

use nalgebra::{DMatrix, DVector};

use super::newton::Loss;
use crate::risk::model::chance;

/// A case: what was seen of it and how it ended.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// Columns that are not 0, with their values.
    pub(super) seen: Vec<(usize, f64)>,
    pub(super) outcome: bool,
}

/// The log loss of cases.
#[derive(Debug)]
pub(super) struct Logistic<'c>(pub(super) &'c [Case]);

impl Case {
    fn logit(&self, at: &[f64]) -> f64 {
        self.seen.iter().map(|&(column, value)| at[column] * value).sum()
    }
}

impl Loss for Logistic<'_> {
    fn loss(&self, at: &[f64]) -> f64 {
        let of_case = |case: &Case| {
            let logit = case.logit(at);
            let against = if case.outcome { -logit } else { logit };
            // ln(1 + e^x) without overflow.
            against.max(0.0) + (-against.abs()).exp().ln_1p()
        };
        self.0.iter().map(of_case).sum()
    }

    fn add_slopes(&self, at: &[f64], gradient: &mut DVector<f64>, curvature: &mut DMatrix<f64>) {
        for case in self.0 {
            let expected = chance(case.logit(at));
            let excess = expected - f64::from(u8::from(case.outcome));
            let spread = expected * (1.0 - expected);
            for &(row, left) in &case.seen {
                gradient[row] += excess * left;
                for &(column, right) in &case.seen {
                    curvature[(row, column)] += spread * left * right;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::fit::newton::{Prior, mode};

    fn cases(rows: &[(f64, bool)]) -> Vec<Case> {
        rows.iter().map(|&(x, outcome)| Case { seen: vec![(0, 1.0), (1, x)], outcome }).collect()
    }

    #[test]
    fn a_mean_is_found_and_pulled_towards_its_prior() {
        let rows = cases(&[(0.0, true), (0.0, true), (0.0, true), (0.0, false)]);
        let wide = mode(&Logistic(&rows), &[Prior::normal(0.0, 100.0), Prior::normal(0.0, 1.0)]);
        assert!((chance(wide.coefficients[0]) - 0.75).abs() < 1e-3);
        assert!(wide.coefficients[1].abs() < 1e-9 && (wide.deviations[1] - 1.0).abs() < 1e-9);
        let narrow = mode(&Logistic(&rows), &[Prior::normal(0.0, 0.1), Prior::normal(0.0, 1.0)]);
        assert!((0.5..0.52).contains(&chance(narrow.coefficients[0])));
    }

    #[test]
    fn a_bound_holds_where_the_data_would_cross_it() {
        let rows = cases(&[(1.0, false), (2.0, false), (-1.0, true), (-2.0, true), (-1.0, false), (1.0, true)]);
        let free = mode(&Logistic(&rows), &[Prior::normal(0.0, 10.0), Prior::normal(0.0, 10.0)]);
        let bound = mode(&Logistic(&rows), &[Prior::normal(0.0, 10.0), Prior::normal(0.0, 10.0).at_least(0.0)]);
        assert!(free.coefficients[1] < -0.1 && bound.coefficients[1].abs() < 1e-12);
        assert!(bound.coefficients[0].abs() < 1e-6);
    }

    #[test]
    fn evidence_prefers_the_prior_that_fits() {
        let rows = cases(&[(1.0, true), (1.0, true), (1.0, false), (-1.0, false), (-1.0, false), (-1.0, true)].repeat(20));
        let evidence = |sd| mode(&Logistic(&rows), &[Prior::normal(0.0, 1.0), Prior::normal(0.0, sd)]).evidence;
        assert!(evidence(2.0) > evidence(0.1) && evidence(2.0) > evidence(200.0));
    }
}
