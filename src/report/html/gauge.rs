//! The picture of where a wallet stands: the verdicts side by side, and a needle.

use crate::risk::{Band, Model, Place, Score};

/// Places in the picture. Every verdict is equally wide, so that the narrow ones at the good end can be read.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    pub(super) title: String,
    pub(super) width: usize,
    pub(super) bands: Vec<Segment>,
    pub(super) end: usize,
    pub(super) at: usize,
    pub(super) low: usize,
    pub(super) high: usize,
    pub(super) score: String,
    pub(super) anchor: &'static str,
    pub(super) least: String,
    pub(super) most: String,
    pub(super) has_range: bool,
    pub(super) place: Option<String>,
    /// How well the score ranks wallets whose fate is known.
    pub(super) skill: Option<String>,
}

/// One verdict.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) from: String,
    pub(super) x: usize,
    pub(super) middle: usize,
    pub(super) width: usize,
    /// From 0, the best, to 4, the worst.
    pub(super) rank: usize,
    pub(super) is_here: bool,
}

const MARGIN: usize = 12;
const SEGMENT: usize = 82;
const WORST_RANK: usize = 4;

impl Gauge {
    pub(super) fn of(score: &Score) -> Self {
        let bands = &Model::embedded().bands();
        let (low, high) = score.range;
        let end = MARGIN + SEGMENT * bands.len();
        let at = place(bands, score.value);
        let segment = |(index, band): (usize, &Band)| Segment {
            name: band.name.clone(),
            from: format!("{:.0}", band.from),
            x: MARGIN + SEGMENT * index,
            middle: MARGIN + SEGMENT * index + SEGMENT / 2,
            width: SEGMENT - 1,
            rank: rank(bands, band.from),
            is_here: band == &score.band,
        };
        Self {
            title: format!("Score {:.0} of 100: {}, {}", score.value, score.band.name, score.band.meaning),
            width: end + MARGIN,
            bands: bands.iter().enumerate().map(segment).collect(),
            end,
            at,
            low: place(bands, low),
            high: place(bands, high),
            score: format!("{:.0}", score.value),
            anchor: if at + MARGIN * 2 > end { "end" } else { "middle" },
            least: format!("{low:.0}"),
            most: format!("{high:.0}"),
            has_range: high - low >= 1.0,
            place: score.place.as_ref().map(Place::sentence),
            skill: score.skill.map(|skill| skill.sentence()),
        }
    }
}

/// Where a score from 0 to 100 stands.
fn place(bands: &[Band], score: f64) -> usize {
    let index = bands.iter().rposition(|band| score >= band.from).unwrap_or(0);
    let from = bands[index].from;
    let to = bands.get(index + 1).map_or(100.0, |next| next.from);
    let part = ((score - from) / (to - from).max(f64::EPSILON)).clamp(0.0, 1.0);
    MARGIN + SEGMENT * index + (part * SEGMENT as f64) as usize
}

/// The colour of a score from 0 to 100: from 0, the best, to 4, the worst.
fn rank(bands: &[Band], score: f64) -> usize {
    let index = bands.iter().rposition(|band| score >= band.from).unwrap_or(0);
    index * WORST_RANK / (bands.len() - 1).max(1)
}
