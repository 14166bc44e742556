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
}

impl Role {
    /// Every role, in the order of the reports.
    pub const ALL: [Self; 7] = [Self::Product, Self::Build, Self::Vendored, Self::Generated, Self::Test, Self::Example, Self::Docs];

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
        }
    }
}
