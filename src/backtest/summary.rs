//! The sums of a backtest.

use std::collections::BTreeMap;

use crate::rule::Severity;

use super::{Backtest, Detectable};

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// Cases at whose place a rule spoke that speaks of such a defect.
    pub located: usize,
    /// Cases at whose place any rule spoke.
    pub by_any_rule: usize,
    /// How many would be located if the findings of the right rules lay anywhere in the code.
    pub by_chance: f64,
    /// Cases that were scanned.
    pub scanned: usize,
}

impl Share {
    /// As a percentage; None of nothing.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        self.percent_of(self.located as f64)
    }

    /// A number of cases as a percentage of those that were scanned; None of nothing.
    #[must_use]
    pub fn percent_of(self, cases: f64) -> Option<f64> {
        (self.scanned > 0).then(|| 100.0 * cases / self.scanned as f64)
    }
}

/// The sums of a backtest.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Located incidents by class and by whether they can be seen.
    pub by_class: BTreeMap<(String, Detectable), Share>,
    /// Located incidents by whether they can be seen.
    pub by_detectable: BTreeMap<Detectable, Share>,
    /// Incidents and controls that were not scanned.
    pub skipped: usize,
    /// Controls that were scanned.
    pub controls: usize,
    /// Lines of the controls.
    pub control_lines: u64,
    /// Findings in the controls by severity, in the order of [`Severity::ALL`].
    pub control_counts: [usize; Severity::ALL.len()],
}

impl Summary {
    /// Adds up a backtest.
    #[must_use]
    pub fn of(backtest: &Backtest) -> Self {
        let mut summary = Self::default();
        for (incident, tried) in &backtest.incidents {
            let Ok(run) = tried else {
                summary.skipped += 1;
                continue;
            };
            let by_class = summary.by_class.entry((incident.class.clone(), incident.detectable)).or_default();
            let by_detectable = summary.by_detectable.entry(incident.detectable).or_default();
            for share in [by_class, by_detectable] {
                share.scanned += 1;
                share.located += usize::from(run.is_located());
                share.by_any_rule += usize::from(!run.hits.is_empty());
                share.by_chance += run.chance;
            }
        }
        for (_, tried) in &backtest.controls {
            let Ok(run) = tried else {
                summary.skipped += 1;
                continue;
            };
            summary.controls += 1;
            summary.control_lines += run.lines;
            for (sum, count) in summary.control_counts.iter_mut().zip(run.counts) {
                *sum += count;
            }
        }
        summary
    }
}

/// Findings for each thousand lines; 0 without lines.
pub(super) fn per_thousand(count: usize, lines: u64) -> f64 {
    if lines == 0 { 0.0 } else { count as f64 * 1_000.0 / lines as f64 }
}
