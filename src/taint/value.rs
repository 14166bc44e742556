//! What is known of a value inside one function: where its parts come from.

use super::access::Path;
use super::graph::TrailId;
use super::mark::{ConditionSet, Mark};
use super::origin::Fact;
use crate::rule::Confidence;
use crate::rule::kind::KindSet;

/// That some part of a value comes from somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strand {
    /// Which part.
    pub(super) at: Path,
    /// From where.
    pub(super) fact: Fact,
    /// What it passed on the way.
    pub(super) passed: KindSet,
    /// How sure the way is.
    pub(super) sure: Confidence,
    /// What the whole value says of itself.
    pub(super) mark: Mark,
    /// The comparisons that held where it was chosen.
    pub(super) when: ConditionSet,
    /// The way.
    pub(super) trail: TrailId,
}

impl Strand {
    fn covers(&self, other: &Self) -> bool {
        self.at == other.at
            && self.mark == other.mark
            && self.fact == other.fact
            && self.passed.is_subset(other.passed)
            && self.when.is_subset(other.when)
            && self.sure >= other.sure
    }
}

/// How many strands a value may have; what exceeds them is dropped. Values of that many origins are tables, not secrets.
const MAX_STRANDS: usize = 40;

/// What is known of a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    strands: Vec<Strand>,
    /// What is known to have been done to it, so that its name tells nothing of it: everything for a constant and for the result
    /// of something that a model describes, nothing for a value of which nobody knows where it comes from.
    pub(super) settled: KindSet,
}

impl Value {
    /// A value of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self::default()
    }

    /// A value that comes from nowhere: a constant, a test, a function.
    pub(super) fn known() -> Self {
        Self { strands: Vec::new(), settled: KindSet::ALL }
    }

    pub(super) fn from(fact: Fact, trail: TrailId) -> Self {
        let strand = Strand {
            at: Path::EMPTY,
            fact,
            passed: KindSet::EMPTY,
            sure: Confidence::High,
            mark: Mark::NONE,
            when: ConditionSet::EMPTY,
            trail,
        };
        Self { strands: vec![strand], settled: KindSet::EMPTY }
    }

    pub(super) fn of(strand: Strand) -> Self {
        Self { strands: vec![strand], settled: KindSet::EMPTY }
    }

    pub(super) fn strands(&self) -> &[Strand] {
        &self.strands
    }

    /// Whether its name says nothing: something that leaves nothing of a kind with these cleaners is known to have been done to it.
    pub(super) fn is_settled(&self, cleaners: KindSet) -> bool {
        self.settled == KindSet::ALL || self.settled.intersects(cleaners)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.strands.is_empty()
    }

    pub(super) fn add(&mut self, strand: Strand) {
        if self.strands.len() < MAX_STRANDS && !self.strands.iter().any(|known| known.covers(&strand)) {
            self.strands.push(strand);
        }
    }

    /// This value or the other.
    pub(super) fn join(&mut self, other: &Self) {
        other.strands.iter().for_each(|strand| self.add(*strand));
        self.settled = self.settled.and(other.settled);
    }

    /// The strands of the other value too, as part of this one at `at`.
    pub(super) fn put(&mut self, at: Path, other: &Self) {
        other.strands.iter().for_each(|strand| self.add(Strand { at: at.join(strand.at), mark: strand.mark.under(at), ..*strand }));
    }

    /// Forgets what is at `at`.
    pub(super) fn cut(&mut self, at: Path) {
        self.strands.retain(|strand| !strand.at.starts_with(at));
    }

    /// The part at `read`.
    pub(super) fn read(&self, read: Path) -> Self {
        let mut part = Self { strands: Vec::new(), settled: self.settled };
        for strand in &self.strands {
            if let Some((at, rest)) = strand.at.after_reading(read) {
                let fact = Fact { read: strand.fact.read.join(rest), ..strand.fact };
                part.add(Strand { at, fact, mark: strand.mark.after(read), ..*strand });
            }
        }
        part
    }

    /// What it is itself, without what its members hold.
    pub(super) fn scalar(&self) -> Self {
        let strands = self.strands.iter().filter(|strand| strand.at.is_empty()).copied().collect();
        Self { strands, settled: self.settled }
    }

    /// What its members hold.
    pub(super) fn members(&self) -> Self {
        let strands = self.strands.iter().filter(|strand| !strand.at.is_empty()).copied().collect();
        Self { strands, settled: self.settled }
    }

    /// All parts as one: what a text, a sum or a serialisation of the value holds.
    pub(super) fn collapsed(&self) -> Self {
        let mut whole = Self { strands: Vec::new(), settled: self.settled };
        self.strands.iter().for_each(|strand| whole.add(Strand { at: Path::EMPTY, mark: Mark::NONE, ..*strand }));
        whole
    }

    /// The value after something was done to each strand.
    pub(super) fn map(mut self, change: impl FnMut(&mut Strand)) -> Self {
        self.strands.iter_mut().for_each(change);
        self
    }

    /// Whether the two say the same, apart from trails.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.settled == other.settled
            && self.strands.len() == other.strands.len()
            && self.strands.iter().all(|strand| other.strands.iter().any(|known| known.covers(strand)))
    }
}
