//! What is known about packages: advisories, malicious releases and packages to avoid, by day of publication.
//!
//! The order of versions and the meaning of ranges are those of [`version`]: `version::matches(ecosystem, range, version)`.

pub use crate::lockfile::version;
