//! Cargo, the package manager of Rust.

mod lock;
mod manifest;

pub(super) use lock::CargoLock;
pub(super) use manifest::CargoToml;

/// The ecosystem as OSV spells it.
const CRATES: &str = "crates.io";

#[cfg(test)]
mod tests;
