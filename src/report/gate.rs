//! Whether a run fails.

use super::{Report, counted};
use crate::risk::Knowledge;
use crate::rule::Severity;

/// When a run fails.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gate {
    /// From which severity on a reported finding fails the run; never if absent.
    pub fail_on: Option<Severity>,
    /// From which score on the run fails, 0 to 100.
    pub max_score: Option<f64>,
    /// Below which share of analysed code the run is incomplete, 0 to 1; below which there is no score, if absent.
    pub min_coverage: Option<f64>,
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Below the gate.
    Passed,
    /// The gate tripped, for these reasons.
    Failed(Vec<String>),
    /// Too little was analysed, for this reason.
    Incomplete(String),
}

impl Outcome {
    /// The exit code of the process.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed(_) => 1,
            Self::Incomplete(_) => 3,
        }
    }
}

impl Gate {
    /// Whether neither a finding nor the score can fail the run.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.fail_on.is_none() && self.max_score.is_none()
    }

    /// How a run with this report ends. A finding fails the run however little was read.
    #[must_use]
    pub fn outcome(&self, report: &Report) -> Outcome {
        let reasons: Vec<_> = self.severe(report).into_iter().chain(self.risky(report)).collect();
        if reasons.is_empty() {
            self.incomplete(report).map_or(Outcome::Passed, Outcome::Incomplete)
        } else {
            Outcome::Failed(reasons)
        }
    }

    fn severe(&self, report: &Report) -> Option<String> {
        let least = self.fail_on?;
        let count = report.triage.reported.iter().filter(|finding| finding.severity >= least).count();
        (count > 0).then(|| format!("{} of {} severity or above", counted(count, "finding"), least.name()))
    }

    fn risky(&self, report: &Report) -> Option<String> {
        let (most, score) = (self.max_score?, report.assessment.score.as_ref()?.value);
        (score >= most).then(|| format!("the score {score:.0} is not below {most:.0}"))
    }

    fn incomplete(&self, report: &Report) -> Option<String> {
        let share = report.coverage.share();
        if self.max_score.is_some() && report.adjustments.is_partial() {
            return Some("a scan with some of the rules has no score that --max-score could be compared with".into());
        }
        if report.coverage.is_nothing() {
            Some("there was nothing to analyse".into())
        } else if share == 0.0 {
            Some("no code could be analysed".into())
        } else {
            let least = self.min_coverage.unwrap_or(Knowledge::embedded().least_coverage);
            let percent = |share: f64| (share * 100.0).floor();
            let told = || format!("{} % of the code was analysed, below the required {} %", percent(share), percent(least));
            (share < least).then(told)
        }
    }
}
