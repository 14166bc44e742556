//! How much a way proves: the one place where length and detours cost a flow its weight.
//!
//! Inside a function and through calls that match their returns, each step is proved. A place that functions share (a field, a
//! captured variable, a global, a channel) joins what need not be the same object, and many steps multiply small doubts.

use crate::rule::Confidence;

/// Through so many shared places a way is as sure as its parts.
const FEW_SHARED: usize = 3;
/// A complete way has no more shared places…
const COMPLETE_SHARED: usize = 2;
/// …and no more hops.
const COMPLETE_HOPS: usize = 10;

/// What a way consists of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    /// Places that functions share.
    pub(super) shared: usize,
    /// Calls, returns and shared places.
    pub(super) hops: usize,
}

impl Evidence {
    /// How sure a flow is whose parts are this sure.
    pub(super) fn confidence(self, parts: Confidence) -> Confidence {
        if self.shared > FEW_SHARED { parts.min(Confidence::Medium) } else { parts }
    }

    /// Whether the flow is shown well enough to be critical.
    pub(super) const fn is_complete(self) -> bool {
        self.shared <= COMPLETE_SHARED && self.hops <= COMPLETE_HOPS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_cost_weight_and_never_add_any() {
        let direct = Evidence { shared: 0, hops: 3 };
        let long = Evidence { shared: 5, hops: 20 };
        assert!(direct.is_complete() && !long.is_complete());
        assert_eq!(direct.confidence(Confidence::High), Confidence::High);
        assert_eq!(long.confidence(Confidence::High), Confidence::Medium);
        assert_eq!(long.confidence(Confidence::Low), Confidence::Low);
    }
}
