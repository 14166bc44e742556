//! How the files of a language find each other by the names of modules.

/// A package of the tree itself: other packages of the tree may import it by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPackage {
    /// Its name.
    pub name: String,
    /// Its folder, relative to the root; empty at the root.
    pub folder: String,
}

/// Which files of a tree the module names of a language mean.
pub trait ModuleResolver: Send + Sync {
    /// The path of the file that a module name means in the file at `from`; none if it leads out of the tree.
    fn resolve(&self, from: &str, module: &str) -> Option<String>;

    /// Files that lie below others in a tree of modules: the file above, the name there, and the file.
    fn children(&self) -> &[(String, String, String)] {
        &[]
    }
}
