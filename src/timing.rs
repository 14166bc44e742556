//! How long the stages of a run take: told to people who ask, and never a reason for anything.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Where the time of a run goes. A run that nobody asks measures nothing.
#[derive(Clone, Debug, Default)]
pub struct Timings(Option<Arc<Mutex<Taken>>>);

/// What was measured, by the name of the stage.
type Taken = Vec<(&'static str, Duration)>;

/// A stage, or a part of the stage before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it is called; a part follows its stage after a slash.
    pub name: &'static str,
    /// How long it took. Parts that run at the same time may take longer than their stage.
    pub seconds: f64,
    /// Which share of all stages it has, from 0 to 1.
    pub share: f64,
}

impl Timings {
    /// Timings that are taken.
    #[must_use]
    pub fn on() -> Self {
        Self(Some(Arc::default()))
    }

    /// Does a piece of work of a stage, such as `read`, or of a part of one, such as `audit/text`.
    pub fn of<T>(&self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let Some(taken) = &self.0 else { return work() };
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        if let Ok(mut taken) = taken.lock() {
            match taken.iter_mut().find(|(known, _)| *known == stage) {
                Some((_, sum)) => *sum += took,
                None => taken.push((stage, took)),
            }
        }
        result
    }

    /// The stages in the order in which they ended, each followed by its parts, the longest first.
    #[must_use]
    pub fn stages(&self) -> Vec<Stage> {
        let taken = self.0.as_ref().and_then(|taken| taken.lock().ok());
        let taken = taken.as_deref().map_or(&[][..], Vec::as_slice);
        let whole: Duration = taken.iter().filter(|(name, _)| !name.contains('/')).map(|(_, took)| *took).sum();
        let stage = |&(name, took): &(&'static str, Duration)| {
            let share = if whole.is_zero() { 0.0 } else { took.as_secs_f64() / whole.as_secs_f64() };
            Stage { name, seconds: took.as_secs_f64(), share }
        };
        let mut stages = Vec::new();
        for of_stage in taken.iter().filter(|(name, _)| !name.contains('/')) {
            stages.push(stage(of_stage));
            let is_part = |(name, _): &&(&'static str, Duration)| name.split_once('/').is_some_and(|(of, _)| of == of_stage.0);
            let mut parts: Vec<_> = taken.iter().filter(is_part).collect();
            parts.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
            stages.extend(parts.into_iter().map(stage));
        }
        stages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_their_stage_and_add_nothing_to_the_whole() {
        let timings = Timings::on();
        timings.of("audit/text", || ());
        assert_eq!(timings.of("read", || 1) + timings.of("audit", || 2), 3);
        timings.of("read", || ());
        let stages = timings.stages();
        assert_eq!(stages.iter().map(|stage| stage.name).collect::<Vec<_>>(), ["read", "audit", "audit/text"]);
        let whole: f64 = stages[..2].iter().map(|stage| stage.share).sum();
        assert!((whole - 1.0).abs() < 1e-9, "{whole}");
        assert!(Timings::default().of("read", || true) && Timings::default().stages().is_empty());
    }
}
