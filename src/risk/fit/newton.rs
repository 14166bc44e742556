//! The most probable coefficients under Gaussian priors and bounds.
//!
//! The estimate is the mode of the posterior: it minimises a loss plus half the squared distance of each coefficient from its prior
//! mean, in units of its prior variance (Hoerl and Kennard's ridge, 1970, around a mean that need not be 0). It is found by Newton's method;
//! coefficients at a bound that the gradient would leave are held there (Bertsekas, "Projected Newton methods for optimization problems
//! with simple constraints", 1982). How well prior and data agree is told by Laplace's approximation of the marginal likelihood (Tierney
//! and Kadane, 1986).

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// What is believed of a coefficient before any case is seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prior {
    mean: f64,
    sd: f64,
    lower: f64,
    upper: f64,
}

impl Prior {
    pub(super) const fn normal(mean: f64, sd: f64) -> Self {
        Self { mean, sd, lower: f64::NEG_INFINITY, upper: f64::INFINITY }
    }

    pub(super) const fn at_least(self, lower: f64) -> Self {
        Self { lower, ..self }
    }

    pub(super) const fn at_most(self, upper: f64) -> Self {
        Self { upper, ..self }
    }

    fn start(&self) -> f64 {
        self.mean.clamp(self.lower, self.upper)
    }
}

/// What is to be small.
pub(super) trait Loss {
    /// At some coefficients.
    fn loss(&self, at: &[f64]) -> f64;

    /// Adds first derivatives, and second ones or what is expected of them: positive, at any rate.
    fn add_slopes(&self, at: &[f64], gradient: &mut DVector<f64>, curvature: &mut DMatrix<f64>);
}

/// The estimate.
#[derive(Clone, Debug)]
pub(super) struct Estimate {
    pub(super) coefficients: Vec<f64>,
    /// Posterior standard deviations, as the curvature at the mode tells them.
    pub(super) deviations: Vec<f64>,
    /// Laplace's approximation of the logarithm of the marginal likelihood.
    pub(super) evidence: f64,
}

/// Newton's method needs about ten steps; a sum that does not settle is no reason to go on for ever.
const MOST_STEPS: usize = 100;
const SETTLED: f64 = 1e-10;
const MOST_HALVINGS: usize = 40;

/// Finds the mode.
pub(super) fn mode(loss: &dyn Loss, priors: &[Prior]) -> Estimate {
    let mut at: Vec<f64> = priors.iter().map(Prior::start).collect();
    let mut value = penalised(loss, priors, &at);
    for _ in 0..MOST_STEPS {
        let (gradient, curvature) = slopes(loss, priors, &at);
        let is_held = |column: usize| {
            let (value, prior) = (at[column], priors[column]);
            (value <= prior.lower && gradient[column] > 0.0) || (value >= prior.upper && gradient[column] < 0.0)
        };
        let held: Vec<bool> = (0..priors.len()).map(is_held).collect();
        let moving = DVector::from_fn(priors.len(), |row, _| if held[row] { 0.0 } else { gradient[row] });
        let step = decomposed(curvature, &held).solve(&moving);
        let Some((next, next_value)) = shorter(loss, priors, (&at, value), &step) else { break };
        let gain = value - next_value;
        (at, value) = (next, next_value);
        if gain < SETTLED {
            break;
        }
    }
    finished(loss, priors, at, value)
}

/// The longest of the halved steps that lowers the loss.
fn shorter(loss: &dyn Loss, priors: &[Prior], (at, value): (&[f64], f64), step: &DVector<f64>) -> Option<(Vec<f64>, f64)> {
    let mut length = 1.0;
    for _ in 0..MOST_HALVINGS {
        let moved = at.iter().zip(step.iter()).zip(priors);
        let next: Vec<f64> = moved.map(|((at, step), prior)| (at - length * step).clamp(prior.lower, prior.upper)).collect();
        let next_value = penalised(loss, priors, &next);
        if next_value < value {
            return Some((next, next_value));
        }
        length /= 2.0;
    }
    None
}

fn finished(loss: &dyn Loss, priors: &[Prior], at: Vec<f64>, value: f64) -> Estimate {
    let (_, curvature) = slopes(loss, priors, &at);
    let factor = decomposed(curvature, &vec![false; priors.len()]);
    let log_determinant: f64 = factor.l_dirty().diagonal().iter().map(|entry| 2.0 * entry.ln()).sum();
    let log_priors: f64 = priors.iter().map(|prior| 2.0 * prior.sd.ln()).sum();
    Estimate {
        deviations: factor.inverse().diagonal().iter().map(|variance| variance.sqrt()).collect(),
        evidence: -value - 0.5 * (log_priors + log_determinant),
        coefficients: at,
    }
}

fn penalised(loss: &dyn Loss, priors: &[Prior], at: &[f64]) -> f64 {
    let of_prior = |(at, prior): (&f64, &Prior)| ((at - prior.mean) / prior.sd).powi(2) / 2.0;
    loss.loss(at) + at.iter().zip(priors).map(of_prior).sum::<f64>()
}

fn slopes(loss: &dyn Loss, priors: &[Prior], at: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let precision = |prior: &Prior| prior.sd.powi(-2);
    let pull = at.iter().zip(priors).map(|(at, prior)| (at - prior.mean) * precision(prior));
    let mut gradient = DVector::from_iterator(at.len(), pull);
    let mut curvature = DMatrix::from_diagonal(&DVector::from_iterator(at.len(), priors.iter().map(precision)));
    loss.add_slopes(at, &mut gradient, &mut curvature);
    (gradient, curvature)
}

/// The curvature, factored; held coefficients do not move.
fn decomposed(mut curvature: DMatrix<f64>, held: &[bool]) -> Cholesky<f64, Dyn> {
    for (column, _) in held.iter().enumerate().filter(|(_, held)| **held) {
        curvature.column_mut(column).fill(0.0);
        curvature.row_mut(column).fill(0.0);
        curvature[(column, column)] = 1.0;
    }
    Cholesky::new(curvature).expect("priors make the curvature positive")
}
