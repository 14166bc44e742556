use super::Span;

/// A part of a file that is not the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Where.
    pub span: Span,
    /// In which way it is not.
    pub kind: AsideKind,
    /// Why that is thought, in a clause for people.
    pub reason: String,
}

/// In which way a part of a file is not the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AsideKind {
    /// A comment.
    Comment,
    /// A comment or string that documents: what stands in it is an example.
    Documentation,
    /// The build takes it out in every case.
    Unbuilt,
    /// Built for tests only.
    Test,
    /// Built, or run, only while somebody develops.
    Debug,
    /// Run only while a switch is on that is off when the program starts.
    Switch,
    /// For an environment that no user has: a staging server, a test network.
    Environment,
    /// Shows a form of something: an example of an API description, a placeholder.
    Sample,
}
