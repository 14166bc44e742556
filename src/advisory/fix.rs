//! The version to move to: one that people release, and that fixes as much as any.

use std::cmp::Ordering;

use super::Advisory;
use crate::lockfile::version;

/// A newer version without the flaws of an older one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The version.
    pub version: String,
    /// How many of the advisories it leaves: nobody has fixed them, or only in a pre-release.
    pub left: usize,
    /// Whether it is a pre-release: no released version is known to fix anything.
    pub is_pre_release: bool,
}

/// The oldest version that none of the advisories affects, among those that they name as fixed and that are newer than `version`; where
/// there is none, one that fixes all that can be fixed. A pre-release is named only if no release fixes anything.
#[must_use]
pub fn remedy(ecosystem: &str, version: &str, advisories: &[Advisory]) -> Option<Remedy> {
    let is_newer = |fixed: &str| version::compare(ecosystem, fixed, version).is_some_and(Ordering::is_gt);
    let released = |fixed: &str| is_newer(fixed) && !version::is_pre_release(ecosystem, fixed);
    let wanted: [&dyn Fn(&str) -> bool; 2] = [&released, &is_newer];
    let (fix, left) = wanted.into_iter().find_map(|is_wanted| fixing_most(ecosystem, advisories, is_wanted))?;
    let is_pre_release = version::is_pre_release(ecosystem, &fix);
    Some(Remedy { version: fix, left, is_pre_release })
}

/// The oldest of the wanted versions that fixes everything, else everything that one of them fixes; and how much it leaves.
fn fixing_most(ecosystem: &str, advisories: &[Advisory], is_wanted: &dyn Fn(&str) -> bool) -> Option<(String, usize)> {
    let clean_of = |known: &[&Advisory]| {
        let fixed = known.iter().flat_map(|advisory| &advisory.fixed).filter(|fixed| is_wanted(fixed));
        let clean = fixed.filter(|fixed| !known.iter().any(|advisory| advisory.affects(fixed)));
        clean.min_by(|a, b| version::compare(ecosystem, a, b).unwrap_or(Ordering::Equal)).cloned()
    };
    let all: Vec<&Advisory> = advisories.iter().collect();
    clean_of(&all).map(|fix| (fix, 0)).or_else(|| {
        // What nobody has fixed may not hide that the rest is.
        let fixable: Vec<&Advisory> =
            advisories.iter().filter(|advisory| advisory.fixed.iter().any(|fixed| is_wanted(fixed))).collect();
        clean_of(&fixable).map(|fix| (fix, advisories.len() - fixable.len()))
    })
}

impl Remedy {
    /// `fixed in 4.2.0`, `all but 2 fixed in 4.2.0`, `fixed in 5.0.0-beta.1 (a pre-release)`.
    #[must_use]
    pub fn told(&self) -> String {
        let all_but = if self.left == 0 { String::new() } else { format!("all but {} ", self.left) };
        let stage = if self.is_pre_release { " (a pre-release)" } else { "" };
        format!("{all_but}fixed in {}{stage}", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(affected: &str, fixed: &str) -> Advisory {
        Advisory::parse("npm", &format!("p\tvulnerability\t{affected}\t{fixed}\thigh\t2020-01-01\tX-1\t\ttext")).expect("a row")
    }

    fn told(version: &str, advisories: &[Advisory]) -> Option<String> {
        remedy("npm", version, advisories).map(|remedy| remedy.told())
    }

    #[test]
    fn the_fix_is_the_oldest_clean_newer_version() {
        // As crypto-js 3.2 and 3.3: the fault goes and comes back.
        let advisories = [row("<3.2.0 || >=3.3.0, <4.0.0", "3.2.0 4.0.0"), row("<3.2.1", "3.2.1")];
        assert_eq!(told("3.1.0", &advisories).as_deref(), Some("fixed in 3.2.1"));
        assert_eq!(told("3.3.0", &advisories).as_deref(), Some("fixed in 4.0.0"));
        let unfixed = [advisories[0].clone(), row("*", "")];
        assert_eq!(told("3.1.0", &unfixed).as_deref(), Some("all but 1 fixed in 3.2.0"));
        assert_eq!(told("3.1.0", &[row("*", "")]), None);
    }

    #[test]
    fn a_release_is_better_than_a_pre_release() {
        let both = [row("<4.2.0-beta.3", "4.2.0-beta.3 4.2.1")];
        assert_eq!(told("4.1.0", &both).as_deref(), Some("fixed in 4.2.1"));
        let some = [row("<4.1.5", "4.1.5"), row("<5.0.0-rc.1", "5.0.0-rc.1")];
        assert_eq!(told("4.1.0", &some).as_deref(), Some("all but 1 fixed in 4.1.5"), "what people run comes first");
        assert_eq!(told("4.1.6", &some[1..]).as_deref(), Some("fixed in 5.0.0-rc.1 (a pre-release)"));
        let one = remedy("npm", "4.1.6", &some[1..]).expect("a fix");
        assert!(one.is_pre_release && one.left == 0);
    }
}
