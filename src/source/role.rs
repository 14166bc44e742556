use std::borrow::Cow;

use serde::Deserialize;

/// What a file is to the wallet: it decides how much a finding in it can hurt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reaches users.
    Product,
    /// Tests, mocks and their data.
    Test,
    /// Demonstrations and templates.
    Example,
    /// Somebody else's code, kept in the tree, minified or not.
    Vendored,
    /// Written by a tool.
    Generated,
    /// Builds, releases, deploys or develops the wallet.
    Build,
    /// Read by people only.
    Docs,
    /// A command or a build for those who develop: users get neither it nor what it makes.
    Tool,
    /// Nothing reads it: the lockfile of a workspace's member, the lists of a vendored module.
    Idle,
}

impl Role {
    /// Every role, in the order of the reports.
    pub const ALL: [Self; 9] = [
        Self::Product,
        Self::Build,
        Self::Vendored,
        Self::Generated,
        Self::Tool,
        Self::Test,
        Self::Example,
        Self::Docs,
        Self::Idle,
    ];

    /// Its name in reports and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Test => "test",
            Self::Example => "example",
            Self::Vendored => "vendored",
            Self::Generated => "generated",
            Self::Build => "build",
            Self::Docs => "docs",
            Self::Tool => "tool",
            Self::Idle => "idle",
        }
    }
}

/// What a file is to the wallet, and why that is thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is.
    pub role: Role,
    /// Why, in a clause for people; empty for the product, which needs no reason.
    pub reason: Cow<'static, str>,
    /// The file that a build merges this one into, as a clause: what is not set here is set there.
    pub merged: Option<&'static str>,
}

impl Standing {
    /// What reaches users.
    pub const PRODUCT: Self = Self { role: Role::Product, reason: Cow::Borrowed(""), merged: None };

    /// A role with its reason.
    #[must_use]
    pub fn new(role: Role, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { role, reason: reason.into(), merged: None }
    }
}
