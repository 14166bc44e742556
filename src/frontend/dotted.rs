//! Modules that are named by the dotted path of their file: `wallet.keys`, `.keys`, `..util.log`.

use std::collections::HashMap;

use super::{LocalPackage, ModuleResolver};
use crate::source::SourceFile;

/// Endings of files that are such modules.
const EXTENSIONS: &[&str] = &[".py", ".pyw"];
/// The file that stands for its folder.
const PACKAGE: &str = "__init__";
/// Folders from which modules are looked for although they are no part of their names.
const ROOTS: &[&str] = &["src", "lib", "python"];

/// The modules of a tree by their dotted paths from its root.
#[derive(Debug, Default)]
pub(super) struct DottedModules {
    /// Paths of files by the names of their modules.
    by_path: HashMap<String, String>,
    /// Modules within packages: the package, the name there, the module.
    children: Vec<(String, String, String)>,
}

impl DottedModules {
    /// Those among the files of a tree.
    pub(super) fn new(files: &[SourceFile], _packages: &[LocalPackage]) -> Self {
        let modules = files.iter().filter_map(|file| Some((dotted(&file.path)?, (*file.path).to_owned())));
        let by_path: HashMap<_, _> = modules.collect();
        let child = |(name, file): (&String, &String)| {
            let (package, name) = name.rsplit_once('.')?;
            Some((by_path.get(package)?.clone(), name.to_owned(), file.clone()))
        };
        let mut children: Vec<_> = by_path.iter().filter_map(child).collect();
        children.sort_unstable();
        Self { by_path, children }
    }

    fn below(&self, folders: &[&str], name: &str) -> Option<String> {
        let parts = folders.iter().copied().chain(name.split('.')).filter(|part| !part.is_empty());
        self.by_path.get(&parts.collect::<Vec<_>>().join(".")).cloned()
    }
}

impl ModuleResolver for DottedModules {
    fn resolve(&self, path: &str, name: &str) -> Option<String> {
        let folders: Vec<_> = path.split('/').collect();
        let folders = &folders[..folders.len() - 1];
        let below = name.trim_start_matches('.');
        let levels = name.len() - below.len();
        if levels > 0 {
            let kept = folders.len().checked_sub(levels - 1)?;
            return self.below(&folders[..kept], below);
        }
        // From the folder of the file outwards: the program may be started in any of them.
        (0..=folders.len()).rev().find_map(|kept| {
            let root = &folders[..kept];
            self.below(root, below).or_else(|| ROOTS.iter().find_map(|inner| self.below(&[root, &[inner]].concat(), below)))
        })
    }

    fn children(&self) -> &[(String, String, String)] {
        &self.children
    }
}

fn dotted(path: &str) -> Option<String> {
    let stem = EXTENSIONS.iter().find_map(|extension| path.strip_suffix(extension))?;
    let stem = stem.strip_suffix(PACKAGE).map_or(stem, |folder| folder.trim_end_matches('/'));
    Some(stem.replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Workspace;

    #[test]
    fn names_are_looked_for_from_the_file_outwards() {
        let paths = ["wallet/__init__.py", "wallet/keys.py", "wallet/ui/main.py", "src/core/db.py", "run.py"];
        let workspace = Workspace::in_memory(paths.map(|path| (path, "")));
        let modules = DottedModules::new(&workspace.files, &[]);
        let cases = [
            ("wallet/ui/main.py", "wallet.keys", Some(1)),
            ("wallet/ui/main.py", "..keys", Some(1)),
            ("wallet/keys.py", ".", Some(0)),
            ("wallet/keys.py", "core.db", Some(3)),
            ("wallet/keys.py", "json", None),
            ("run.py", "...keys", None),
        ];
        for (path, name, unit) in cases {
            assert_eq!(modules.resolve(path, name), unit.map(|unit: usize| paths[unit].to_owned()), "{name} in {path}");
        }
        let child = ("wallet/__init__.py".to_owned(), "keys".to_owned(), "wallet/keys.py".to_owned());
        assert!(modules.children().contains(&child));
    }
}
