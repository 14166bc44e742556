//! Maven and Gradle. Names are `group:artifact`, as OSV has them.

mod catalog;
mod gradle;
mod pom;
mod verification;

pub(super) use catalog::VersionCatalog;
pub(super) use gradle::{BuildGradle, GradleLock};
pub(super) use pom::Pom;
pub(super) use verification::VerificationMetadata;

/// The ecosystem as OSV spells it.
const MAVEN: &str = "Maven";

#[cfg(test)]
mod tests;
