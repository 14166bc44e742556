//! Modules that are named by the dotted path of their file: `wallet.keys`, `.keys`, `..util.log`.

use std::collections::{BTreeMap, HashMap};

use super::UnitId;

/// Endings of files that are such modules.
const EXTENSIONS: &[&str] = &[".py", ".pyw"];
/// The file that stands for its folder.
const PACKAGE: &str = "__init__";
/// Folders from which modules are looked for although they are no part of their names.
const ROOTS: &[&str] = &["src", "lib", "python"];

/// The modules of a tree by their dotted paths from its root.
#[derive(Debug, Default)]
pub(super) struct DottedModules {
    by_path: HashMap<String, UnitId>,
}

impl DottedModules {
    /// Those among the files of a tree.
    pub(super) fn new(by_path: &HashMap<&str, UnitId>) -> Self {
        let modules = by_path.iter().filter_map(|(path, unit)| Some((dotted(path)?, *unit)));
        Self { by_path: modules.collect() }
    }

    /// Whether a file is such a module.
    pub(super) fn is_module(path: &str) -> bool {
        dotted(path).is_some()
    }

    /// The module that a name means in a file.
    pub(super) fn resolve(&self, path: &str, name: &str) -> Option<UnitId> {
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

    fn below(&self, folders: &[&str], name: &str) -> Option<UnitId> {
        let parts = folders.iter().copied().chain(name.split('.')).filter(|part| !part.is_empty());
        self.by_path.get(&parts.collect::<Vec<_>>().join(".")).copied()
    }

    /// The modules within packages, by their names there.
    pub(super) fn children(&self, children: &mut HashMap<UnitId, BTreeMap<String, UnitId>>) {
        for (path, unit) in &self.by_path {
            let parent = path.rsplit_once('.').and_then(|(parent, name)| Some((self.by_path.get(parent)?, name)));
            if let Some((parent, name)) = parent {
                children.entry(*parent).or_default().insert(name.to_owned(), *unit);
            }
        }
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

    #[test]
    fn names_are_looked_for_from_the_file_outwards() {
        let paths = ["wallet/__init__.py", "wallet/keys.py", "wallet/ui/main.py", "src/core/db.py", "run.py"];
        let by_path = paths.iter().enumerate().map(|(index, path)| (*path, UnitId(index as u32))).collect();
        let modules = DottedModules::new(&by_path);
        let cases = [
            ("wallet/ui/main.py", "wallet.keys", Some(1)),
            ("wallet/ui/main.py", "..keys", Some(1)),
            ("wallet/keys.py", ".", Some(0)),
            ("wallet/keys.py", "core.db", Some(3)),
            ("wallet/keys.py", "json", None),
            ("run.py", "...keys", None),
        ];
        for (path, name, unit) in cases {
            assert_eq!(modules.resolve(path, name), unit.map(UnitId), "{name} in {path}");
        }
        let mut children = HashMap::new();
        modules.children(&mut children);
        assert_eq!(children[&UnitId(0)]["keys"], UnitId(1));
    }
}
