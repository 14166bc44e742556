//! Which file a module of Rust is.

use std::collections::HashMap;

use crate::frontend::{LocalPackage, ModuleResolver};
use crate::source::SourceFile;

/// The module trees of the crates among some files: `src/a/b.rs` is `crate::a::b`.
pub(super) struct CrateTree {
    /// By file: the root of its crate, and the module above it.
    places: HashMap<String, (String, String)>,
    /// Module, name of a module in it, and its file.
    children: Vec<(String, String, String)>,
    /// Roots of library crates by the name that other crates use.
    libraries: HashMap<String, String>,
}

/// Files by their paths.
type Paths<'p> = HashMap<&'p str, ()>;

impl CrateTree {
    pub(super) fn new(files: &[SourceFile], packages: &[LocalPackage]) -> Self {
        let mut tree = Self { places: HashMap::new(), children: Vec::new(), libraries: HashMap::new() };
        let paths: Paths<'_> = files.iter().filter(|file| file.path.ends_with(".rs")).map(|file| (&*file.path, ())).collect();
        for path in files.iter().map(|file| &*file.path).filter(|path| path.ends_with(".rs")) {
            let Some(root) = Self::root_of(path, &paths) else { continue };
            let above = Self::parent_of(path, root, &paths).unwrap_or(root);
            tree.places.insert(path.to_owned(), (root.to_owned(), above.to_owned()));
            if path != root {
                tree.children.push((above.to_owned(), Self::module_name(path).to_owned(), path.to_owned()));
            }
        }
        for package in packages {
            let path = if package.folder.is_empty() { "src/lib.rs".into() } else { format!("{}/src/lib.rs", package.folder) };
            if paths.contains_key(path.as_str()) {
                tree.libraries.insert(package.name.replace('-', "_"), path);
            }
        }
        tree
    }

    /// The root file of the crate that a source file belongs to: `lib.rs` or `main.rs` in the nearest folder above that has one.
    fn root_of<'p>(path: &'p str, paths: &Paths<'p>) -> Option<&'p str> {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            folder = above;
            for name in ["lib.rs", "main.rs"] {
                if let Some((&path, ())) = paths.get_key_value(format!("{folder}/{name}").as_str()) {
                    return Some(path);
                }
            }
        }
        None
    }

    /// The module that declares the one at `path`.
    fn parent_of<'p>(path: &str, root: &'p str, paths: &Paths<'p>) -> Option<&'p str> {
        let folder = path.rsplit_once('/')?.0;
        let folder = if path.ends_with("/mod.rs") { folder.rsplit_once('/')?.0 } else { folder };
        if Some(folder) == root.rsplit_once('/').map(|(folder, _)| folder) {
            return Some(root);
        }
        let candidates = [format!("{folder}/mod.rs"), format!("{folder}.rs")];
        candidates.iter().find_map(|candidate| paths.get_key_value(candidate.as_str()).map(|(&path, ())| path))
    }

    fn module_name(path: &str) -> &str {
        let stem = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or(path);
        stem.rsplit('/').next().unwrap_or(stem)
    }
}

impl ModuleResolver for CrateTree {
    fn resolve(&self, from: &str, module: &str) -> Option<String> {
        let (root, above) = self.places.get(from)?;
        match module {
            "self" => Some(from.to_owned()),
            "crate" => Some(root.clone()),
            "super" => Some(above.clone()),
            other => self.libraries.get(other).cloned(),
        }
    }

    fn children(&self) -> &[(String, String, String)] {
        &self.children
    }
}
