//! The package managers of JavaScript: npm, yarn, pnpm and bun.

mod berry;
mod bun;
mod manifest;
mod package_lock;
mod patterns;
mod pnpm;
mod spec;
mod yarn;

pub(super) use bun::BunLock;
pub(super) use manifest::PackageJson;
pub(super) use package_lock::PackageLock;
pub(super) use pnpm::PnpmLock;
pub(super) use yarn::YarnLock;

/// The ecosystem as OSV spells it.
const NPM: &str = "npm";

#[cfg(test)]
mod tests;
