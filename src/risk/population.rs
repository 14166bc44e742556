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
