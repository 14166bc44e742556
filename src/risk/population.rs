//! The wallets that were measured, and where another stands among them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::knowledge::{Knowledge, embedded};

/// Trees with their scores, as `forewarn train` writes them to `rules/risk/population.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Ordered by id.
    #[serde(default, rename = "tree")]
    pub trees: Vec<Measured>,
}

/// A tree that was measured.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Its id in the corpus.
    pub id: String,
    /// `owner/name` of its repository.
    pub repository: String,
    /// How it ended: `case`, `control` or `background`.
    pub side: String,
    /// Whether rules may have been written or tried on it.
    pub seen: bool,
    /// What it is compared with.
    pub platform: String,
    /// As of when.
    pub year: u16,
    /// Lines of code that were analysed.
    pub lines: u64,
    /// Its score, 0 to 100, by a model that saw nothing of its repository if it is a case or control.
    pub score: f64,
}

/// Where a score stands among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it was compared with: `desktop wallets`.
    pub words: String,
    /// How many of them have a lower score.
    pub below: usize,
    /// How many there are.
    pub of: usize,
    /// From when they are.
    pub years: (u16, u16),
}

/// How well scores tell wallets apart whose fate is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Of a hundred pairs of a case and a control, in how many the case has the higher score; ties count half.
    pub right: usize,
    /// Wallets in which a serious weakness became known.
    pub cases: usize,
    /// Audited wallets in which none did.
    pub controls: usize,
}

/// With fewer of its kind, a wallet is compared with all kinds.
const FEWEST: usize = 10;

impl Population {
    /// What is part of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static POPULATION: LazyLock<Population> = LazyLock::new(|| embedded("risk/population.toml"));
        &POPULATION
    }

    /// Where a score stands among trees of a platform; None if nothing was measured.
    #[must_use]
    pub fn place(&self, knowledge: &Knowledge, platform: &str, score: f64) -> Option<Place> {
        let alike: Vec<_> = self.trees.iter().filter(|tree| tree.platform == platform).collect();
        let words = knowledge.platform(platform).filter(|_| alike.len() >= FEWEST);
        let compared = if words.is_some() { alike } else { self.trees.iter().collect() };
        Some(Place {
            words: words.map_or_else(|| "wallets of all kinds".into(), |platform| platform.words.clone()),
            below: compared.iter().filter(|tree| tree.score < score).count(),
            of: compared.len(),
            years: (compared.iter().map(|tree| tree.year).min()?, compared.iter().map(|tree| tree.year).max()?),
        })
    }
}

impl Population {
    /// How well the scores of cases and controls tell them apart: the area under the ROC curve, as the share of pairs that are in the right
    /// order (Mann and Whitney). None without both.
    #[must_use]
    pub fn skill(&self) -> Option<Skill> {
        let of = |side: &str| self.trees.iter().filter(|tree| tree.side == side).map(|tree| tree.score).collect::<Vec<_>>();
        let (cases, controls) = (of("case"), of("control"));
        let points = |case: f64| {
            controls.iter().map(|&control| if case > control { 2 } else { usize::from(case == control) }).sum::<usize>()
        };
        let halves: usize = cases.iter().map(|&case| points(case)).sum();
        let pairs = cases.len() * controls.len();
        (pairs > 0).then(|| Skill { right: (50 * halves + pairs / 2) / pairs, cases: cases.len(), controls: controls.len() })
    }
}

impl Skill {
    /// `of 100 pairs of a wallet whose serious weakness became known (150) and an audited one (81), it puts 64 in the right order; chance
    /// would be 50`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { right, cases, controls } = self;
        format!(
            "of 100 pairs of a wallet in which a serious weakness became known ({cases}) and an audited one ({controls}), the score puts \
             {right} in the right order; chance would be 50"
        )
    }
}

impl Place {
    /// `more at risk than 7 of 10 desktop wallets that we measured (n = 41, 2018 to 2025)`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { words, below, of, years: (first, last) } = self;
        let tenths = (10 * below + of / 2) / (*of).max(1);
        let share = match tenths {
            0 => format!("less at risk than nearly all {words} that we measured"),
            10 => format!("more at risk than nearly all {words} that we measured"),
            _ => format!("more at risk than {tenths} of 10 {words} that we measured"),
        };
        let years = if first == last { first.to_string() } else { format!("{first} to {last}") };
        format!("{share} (n = {of}, {years})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_in_the_right_order_are_counted_and_ties_count_half() {
        let tree = |side: &str, score| Measured {
            id: String::new(),
            repository: String::new(),
            side: side.into(),
            seen: true,
            platform: "desktop".into(),
            year: 2020,
            lines: 1,
            score,
        };
        let population =
            |trees: &[(&str, f64)]| Population { trees: trees.iter().map(|&(side, score)| tree(side, score)).collect() };
        let skill =
            population(&[("case", 60.0), ("case", 40.0), ("control", 40.0), ("control", 50.0), ("background", 99.0)]).skill();
        // Above both, above none, and one tie: 2 + 0.5 of 4 pairs.
        assert_eq!(skill, Some(Skill { right: 63, cases: 2, controls: 2 }));
        assert_eq!(population(&[("case", 60.0)]).skill(), None);
        assert!(Population::embedded().skill().is_some_and(|skill| skill.right > 50), "no better than chance");
    }

    #[test]
    fn a_wallet_stands_among_its_like_if_there_are_enough() {
        let tree = |at: usize, platform: &str| Measured {
            id: at.to_string(),
            repository: "o/n".into(),
            side: "control".into(),
            seen: true,
            platform: platform.into(),
            year: 2018 + (at % 3) as u16,
            lines: 1,
            score: at as f64,
        };
        let trees = (0..20).map(|at| tree(at, "desktop")).chain([tree(90, "web")]).collect();
        let (population, knowledge) = (Population { trees }, Knowledge::embedded());
        let sentence = |platform, score| population.place(knowledge, platform, score).unwrap().sentence();
        assert_eq!(sentence("desktop", 13.5), "more at risk than 7 of 10 desktop wallets that we measured (n = 20, 2018 to 2020)");
        assert_eq!(
            sentence("web", 99.0),
            "more at risk than nearly all wallets of all kinds that we measured (n = 21, 2018 to 2020)"
        );
        assert!(Population::default().place(knowledge, "web", 1.0).is_none());
    }

    #[test]
    fn the_embedded_population_has_only_platforms_that_exist() {
        let knowledge = Knowledge::embedded();
        let trees = &Population::embedded().trees;
        assert!(trees.iter().all(|tree| knowledge.platform(&tree.platform).is_some() && (0.0..=100.0).contains(&tree.score)));
    }
}
